//! `gennape predict`: what may come in, and the forms in which answers go out.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::support::{NB101, NB201, gennape, gennape_with, keys};

/// The fields of one line, as the README and the issue name them.
const SHORT: [&str; 12] = [
    "id", "accuracy", "low", "high", "target", "family", "params", "macs", "nodes", "edges",
    "novelty", "notes",
];

/// What `--full` and `--format json` add.
const FULL: [&str; 23] = [
    "id",
    "accuracy",
    "low",
    "high",
    "target",
    "rank",
    "networks_share",
    "family",
    "text",
    "membership",
    "head_outputs",
    "embedding",
    "map",
    "novelty",
    "params",
    "macs",
    "graph_params",
    "graph_macs",
    "nodes",
    "edges",
    "depth",
    "input",
    "notes",
];

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn record(id: impl Into<Value>, arch: &str) -> String {
    json!({ "id": id.into(), "arch": arch }).to_string()
}

#[test]
fn a_text_a_file_and_standard_input_give_the_same_prediction() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "cell.txt", format!("\n  {NB201}\n").as_bytes());
    let of = |args: &[&str], stdin: &str| {
        let args = [&["predict", "--format", "jsonl"], args].concat();
        let lines = gennape_with(&args, stdin).succeeded().lines();
        assert_eq!(lines.len(), 1);
        lines.into_iter().next().unwrap()
    };
    let mut found = [of(&[NB201], ""), of(&[&file], ""), of(&["-"], NB201)];
    assert_eq!(
        found.each_ref().map(|line| line["id"].clone()),
        [json!(1), json!(file), json!("-")]
    );
    assert_eq!(keys(&found[0]), SHORT);
    assert_eq!(found[0]["params"], 802_426);
    assert_eq!(found[0]["macs"], 113_951_360);
    found.iter_mut().for_each(|line| line["id"] = Value::Null);
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0], found[2]);
}

#[test]
fn the_table_has_a_row_an_input_and_remarks_go_to_standard_error() {
    let ran = gennape(&["predict", NB201, NB101]).succeeded();
    let rows: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(rows.len(), 3, "{}", ran.stdout);
    for (row, parts) in rows.iter().zip([
        &["input", "accuracy", "90 % interval", "target", "params", "MACs", "nodes", "novelty"][..],
        &["1", "%", "to", "nb201/cifar10", "802,426", "113,951,360"],
        &["2", "%", "to", "nb101/cifar10"],
    ]) {
        let missing: Vec<_> = parts.iter().filter(|part| !row.contains(**part)).collect();
        assert!(missing.is_empty(), "{missing:?} in {row}");
    }

    let ran = gennape(&["predict", NB201, "|x~0|"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (1, 2), "{}", ran.stdout);
    assert!(ran.stderr.starts_with("error in 2: 1:2: unknown operation `x`"), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1);
}

#[test]
fn json_is_one_array_of_whole_predictions() {
    let all = gennape(&["predict", "--format", "json", NB201, NB101]).succeeded().json();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 2);
    for prediction in all {
        assert_eq!(keys(prediction), FULL);
        let of = |key: &str| prediction[key].as_f64().unwrap();
        assert!(0.0 <= of("low") && of("low") <= of("accuracy"), "{prediction}");
        assert!(of("accuracy") <= of("high") && of("high") <= 1.0, "{prediction}");
        assert!((0.0..=1.0).contains(&of("novelty")), "{prediction}");
    }
    assert_eq!(all[0]["text"], NB201);
    assert_eq!(all[0]["input"], json!([32, 32, 3]));
}

#[test]
fn full_lines_have_every_field() {
    let lines = gennape(&["predict", "--format", "jsonl", "--full", NB201]).succeeded().lines();
    assert_eq!(keys(&lines[0]), FULL);
}

#[test]
fn streams_keep_order_and_names_whatever_breaks_in_their_midst() {
    // More lines than are in memory at once.
    let mut lines: Vec<String> =
        (0..300).map(|n| record(n, if n % 2 == 0 { NB201 } else { NB101 })).collect();
    lines[7] = record("seven", &NB201.replace("avg_pool_3x3", "max_pool_3x3"));
    lines[8] = NB201.to_owned();
    lines[290] = r#"{"id": "cut", "arch": "|nor_co"#.to_owned();
    let text = lines.join("\n") + "\n";
    let folder = tempfile::tempdir().unwrap();
    let plain = write(folder.path(), "cells.jsonl", text.as_bytes());
    let packed = write(folder.path(), "cells.jsonl.gz", &gzip(&text));

    let ran = gennape(&["predict", &plain]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let found = ran.lines();
    assert_eq!(found.len(), lines.len());
    for (n, line) in found.iter().enumerate() {
        match n {
            7 => {
                assert_eq!(keys(line), ["id", "error"]);
                assert_eq!(line["id"], "seven");
                assert_eq!(keys(&line["error"]), ["kind", "message", "line", "column"]);
                assert_eq!(
                    (&line["error"]["line"], &line["error"]["column"]),
                    (&json!(1), &json!(34))
                );
            }
            // A plain text goes by the number of its line, and so does a record that can't be read.
            8 => assert_eq!((&line["id"], keys(line)), (&json!(9), SHORT.to_vec())),
            290 => {
                assert_eq!((&line["id"], keys(line)), (&json!(291), vec!["id", "error"]));
                assert_eq!(line["error"]["kind"], "syntax");
                assert_eq!(line["error"]["line"], 291);
            }
            _ => assert_eq!((&line["id"], keys(line)), (&json!(n), SHORT.to_vec())),
        }
    }
    for same in [gennape(&["predict", &packed]), gennape_with(&["predict", "-"], text)] {
        assert_eq!((same.code, same.stdout), (1, ran.stdout.clone()));
    }
}

#[test]
fn a_stream_without_faults_ends_in_success() {
    let text = format!("{}\n\n{}\n", record("a", NB201), record("b", NB101));
    let lines = gennape_with(&["predict", "-"], text).succeeded().lines();
    assert_eq!(lines.iter().map(|line| &line["id"]).collect::<Vec<_>>(), ["a", "b"]);
    let families: Vec<_> = lines.iter().map(|line| &line["family"]).collect();
    assert_eq!(families, ["nb201", "nb101"]);
}

#[test]
fn empty_and_cut_off_streams_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let empty = write(folder.path(), "empty.jsonl", b"");
    let mut bytes = gzip(&format!("{}\n", record("a", NB201)));
    bytes.truncate(bytes.len() - 12);
    let cut_off = write(folder.path(), "cut.jsonl.gz", &bytes);
    for (file, kind, message) in [
        (&empty, "record", "no records; expected lines of "),
        (&cut_off, "io", "the stream breaks off here; the file is cut off, fetch it again"),
    ] {
        let ran = gennape(&["predict", file]);
        let lines = ran.lines();
        let error = &lines.last().unwrap()["error"];
        assert_eq!((ran.code, error["kind"].as_str()), (1, Some(kind)), "{}", ran.stdout);
        assert!(error["message"].as_str().unwrap().starts_with(message), "{error}");
    }
}

#[test]
fn every_target_of_a_family_can_be_asked_for() {
    for target in ["nb201/cifar10", "nb201/cifar100", "nb201/imagenet16-120"] {
        let ran = gennape(&["predict", "--format", "jsonl", "--target", target, NB201]);
        assert_eq!(ran.succeeded().lines()[0]["target"], target);
    }
    let ran = gennape(&["predict", "--format", "jsonl", "--target", "nb101/cifar10", NB201]);
    assert_eq!(ran.succeeded().lines()[0]["notes"][0]["kind"], "nearest");
}

#[test]
fn an_unknown_target_lists_the_known_ones() {
    let error = gennape(&["predict", "--target", "nb201/mars", NB201]).failed();
    let expected = "error in 1: the weights have no target `nb201/mars`; they have ";
    assert!(error.starts_with(expected), "{error}");
    assert!(error.contains("nb101/cifar10") && error.contains("nb201/imagenet16-120"), "{error}");
}
