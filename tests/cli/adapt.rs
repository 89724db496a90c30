//! `gennape adapt`: records in, a small file and its figures out; `predict` takes the file like weights.

use serde_json::{Value, json};

use super::support::{NB201, gennape, keys};

/// Records of 16 different cells, in percent where `scale` is 100.
fn records(scale: f64) -> Vec<String> {
    let ops = ["skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"];
    let line = |nth: usize| {
        let (a, b) = (ops[nth % 4], ops[nth / 4]);
        let arch = format!("|{a}~0|+|{b}~0|nor_conv_3x3~1|+|nor_conv_3x3~0|none~1|nor_conv_1x1~2|");
        let accuracy = scale * (0.6 + 0.05 * (nth % 4) as f64 + 0.01 * (nth / 4) as f64);
        json!({ "id": nth, "arch": arch, "accuracy": { "mine": accuracy } }).to_string()
    };
    (0..16).map(line).collect()
}

#[test]
fn a_target_is_learned_written_and_predicts_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("few.jsonl"), records(100.0).join("\n")).unwrap();
    let out = path("mine.safetensors");
    let shown = gennape(&["adapt", "--records", &path("few.jsonl"), "--out", &out]);
    let table = shown.stdout;
    for expected in
        ["16 networks, cross-validated", "adapted", "unadapted", "log params", "log MACs"]
    {
        assert!(table.contains(expected), "{table}");
    }
    assert!(table.contains("mine.safetensors: target adapted/mine, "), "{table}");

    let predict = |arguments: &[&str]| -> Value {
        let arguments = [&["predict", "--format", "json", NB201], arguments].concat();
        gennape(&arguments).json()
    };
    let as_weights = predict(&["--weights", &out]);
    assert_eq!(as_weights[0]["target"], "adapted/mine");
    assert_eq!(as_weights, predict(&["--adapted", &out]));
    assert_eq!(
        predict(&["--adapted", &out, "--target", "nb201/cifar10"])[0]["target"],
        "nb201/cifar10"
    );

    let json = gennape(&["adapt", "--records", &path("few.jsonl"), "--out", &out, "--json"]).json();
    let expected =
        ["target", "bytes", "networks", "adapted", "unadapted", "log_params", "log_macs", "points"];
    assert_eq!(keys(&json), expected);
}

#[test]
fn what_can_not_be_learned_is_refused_with_the_file_or_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("few.jsonl");
    let path = path.to_str().unwrap();
    let mut broken = records(1.0);
    broken[3] = "{\"arch\": \"|none~0|\", \"accuracy\": {\"mine\": 0.9}}".to_owned();
    let mut mixed = records(1.0);
    mixed[2] = mixed[2].replace("0.7", "70");
    let cases = [
        (records(1.0)[..5].to_vec(), "adaptation needs at least 8 different networks, here are 5"),
        (broken, "4:"),
        (mixed, "accuracies are in mixed units: `0` has 0.6, `2` has 70"),
    ];
    for (lines, expected) in cases {
        std::fs::write(path, lines.join("\n")).unwrap();
        let out = folder.path().join("mine.safetensors");
        let error = gennape(&["adapt", "--records", path, "--out", out.to_str().unwrap()]).failed();
        assert!(error.contains(expected), "{error}");
        assert!(!out.exists(), "nothing is written");
    }
}
