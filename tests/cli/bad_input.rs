//! Bad input: one clear sentence with the place and the way out, and the exit code 1.

use super::support::{NB201, gennape, gennape_with};

/// A text with the place of its fault and words of the sentence: what is wrong, what would be right.
struct Case {
    text: String,
    place: &'static str,
    says: &'static [&'static str],
}

fn case(text: impl Into<String>, place: &'static str, says: &'static [&'static str]) -> Case {
    Case { text: text.into(), place, says }
}

fn nb101(matrix: &str, ops: &str) -> String {
    format!("{{\"matrix\": {matrix},\n \"ops\": {ops}}}")
}

#[test]
fn texts_that_are_nearly_networks_are_refused_at_their_place() {
    let ops = r#"["input", "conv3x3-bn-relu", "output"]"#;
    let cases = [
        case(
            NB201.replace("avg_pool_3x3", "nor_conv_5x5"),
            "1:34",
            &["unknown operation `nor_conv_5x5`", "avg_pool_3x3"],
        ),
        case(NB201.replacen("3x3~0", "3x3~1", 1), "1:15", &["expected the node", "`0`, found `1`"]),
        case(NB201.trim_start_matches('|'), "1:1", &["expected `|` where node 1 begins"]),
        case(&NB201[..40], "1:34", &["the text ends inside `avg_poo`", "avg_pool_3x3"]),
        case(
            nb101("[[0,1,0],\n [1,0,1],\n [0,0,0]]", ops),
            "2:3",
            &["from vertex 1 to vertex 0", "upper triangular"],
        ),
        case(
            nb101("[[0,1,0],[0,0,1],[0,0,0]]", &ops.replace("conv3x3-bn-relu", "conv9x9")),
            "2:19",
            &["unknown operation `conv9x9`", "conv3x3-bn-relu, conv1x1-bn-relu, maxpool3x3"],
        ),
        case(r#"{"matrix": [[0,1,0],[0,0,1],[0,0,"#, "1:34", &["the text ends inside a list"]),
        case("hello\nworld", "1:1", &["no known format begins with `hello`", "NAS-Bench-201"]),
        case("", "1:1", &["the text is empty", "NAS-Bench-101"]),
    ];
    for Case { text, place, says } in cases {
        for (name, ran) in [
            ("1", gennape(&["predict", "--format", "table", &text])),
            ("-", gennape_with(&["predict", "-"], text.as_str())),
        ] {
            let error = ran.failed();
            assert!(error.starts_with(&format!("error in {name}: {place}: ")), "{text}\n{error}");
            let missing: Vec<_> = says.iter().filter(|words| !error.contains(**words)).collect();
            assert!(missing.is_empty(), "{missing:?} in {error}");
        }
        let error = gennape_with(&["inspect", "-"], text.as_str()).failed();
        assert!(error.starts_with(&format!("error: {place}: ")), "{text}\n{error}");
    }
}

#[test]
fn a_broken_line_of_a_stream_is_named_by_its_own_number() {
    let lines = format!("{NB201}\n\n{{\"id\": \"b\", \"acc\n");
    let ran = gennape_with(&["predict", "-"], lines.as_str());
    assert_eq!(ran.code, 1);
    let last = ran.stdout.lines().last().unwrap();
    let answer: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(answer["id"], 3, "{last}");
    assert_eq!((&answer["error"]["line"], &answer["error"]["column"]), (&3.into(), &1.into()));
}

/// Eight vertices, and seven with ten edges: built exactly, but no such cell was ever trained.
#[test]
fn cells_beyond_the_published_space_are_predicted_with_a_note() {
    let eight = nb101(
        "[[0,1,0,0,0,0,0,0],[0,0,1,0,0,0,0,0],[0,0,0,1,0,0,0,0],[0,0,0,0,1,0,0,0],\
         [0,0,0,0,0,1,0,0],[0,0,0,0,0,0,1,0],[0,0,0,0,0,0,0,1],[0,0,0,0,0,0,0,0]]",
        r#"["input", "maxpool3x3", "maxpool3x3", "maxpool3x3", "maxpool3x3", "maxpool3x3", "maxpool3x3", "output"]"#,
    );
    let ten = nb101(
        "[[0,1,1,1,1,1,0],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],[0,0,0,0,0,0,1],\
         [0,0,0,0,0,0,1],[0,0,0,0,0,0,0]]",
        r#"["input", "conv1x1-bn-relu", "maxpool3x3", "conv1x1-bn-relu", "maxpool3x3", "conv1x1-bn-relu", "output"]"#,
    );
    for (text, size) in [(eight, "8 vertices and 7 edges"), (ten, "7 vertices and 10 edges")] {
        let ran = gennape(&["predict", "--format", "json", &text]).succeeded();
        let notes = &ran.json()[0]["notes"];
        assert_eq!(notes[0]["kind"], "outside", "{notes}");
        let message = notes[0]["message"].as_str().unwrap();
        assert!(message.starts_with(size) && message.contains("at most 7 and 9"), "{message}");
        let table = gennape(&["predict", &text]);
        assert_eq!(table.code, 0);
        assert!(table.stderr.starts_with(&format!("note on 1: {size}")), "{}", table.stderr);
        assert!(gennape(&["inspect", &text]).stdout.contains(&format!("note: {size}")));
    }
}

#[test]
fn ten_megabytes_of_noise_are_one_short_sentence() {
    let noise: Vec<u8> =
        (0_u32..10 << 20).map(|n| 32 + (n.wrapping_mul(2_654_435_761) >> 24) as u8 % 95).collect();
    let too_large = "the text has 10485760 bytes, an architecture at most 1048576; paste one alone";
    for (begin, expected) in [
        ("", "1:1: no known format begins with"),
        ("|", "1:2: unknown operation"),
        ("{\"matrix\": [[0,1],", too_large),
    ] {
        let text = [begin.as_bytes(), &noise[begin.len()..]].concat();
        let error = gennape_with(&["predict", "-"], text).failed();
        assert!(error.starts_with(&format!("error in -: {expected}")), "{error}");
        assert!(error.len() < 700, "{error}");
    }
    let error = gennape_with(&["predict", "-"], vec![0xff; 1 << 20]).failed();
    assert!(error.contains("no UTF-8 text"), "{error}");
}

#[test]
fn a_file_that_is_not_there_is_said_to_be_missing() {
    let error = gennape(&["predict", "no/such.jsonl.gz"]).failed();
    assert_eq!(error, "error: there is no file no/such.jsonl.gz");
}
