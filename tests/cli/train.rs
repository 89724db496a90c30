//! `gennape train`, `evaluate` and `export` on a handful of records: files in their places.

use std::path::Path;

use serde_json::json;

use super::support::{NB201, gennape};

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/configs/default.toml");

/// What makes the shipped configuration one that trains in a second.
const SMALL: [&str; 10] = [
    "seeds=[1]",
    "members=1",
    r#"data.targets=["nb201/cifar10"]"#,
    r#"data.pretrain=["nb201/cifar10"]"#,
    "data.general=[]",
    "data.split={validation=0.3, test=0.3}",
    "model.encoder.layers=1",
    "model.fcm.clusters=2",
    "pretrain.stage.epochs=1",
    "fit.epochs=1",
];

/// 48 different cells: every choice of the first three operations but for their last.
fn write_records(folder: &Path) {
    let ops = ["skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"];
    let cells = (0..48).map(|n| {
        let op = |place: u32| ops[n / 4_usize.pow(place) % 4];
        let (a, b, c) = (op(0), op(1), op(2));
        let arch = format!("|{a}~0|+|{b}~0|{c}~1|+|skip_connect~0|none~1|nor_conv_3x3~2|");
        let accuracy = json!({ "cifar10": 0.9 + n as f64 / 1000.0 });
        json!({ "id": n, "family": "nb201", "arch": arch, "accuracy": accuracy }).to_string() + "\n"
    });
    std::fs::write(folder.join("nb201.jsonl"), cells.collect::<String>()).unwrap();
}

#[test]
fn a_run_leaves_weights_that_predict_and_can_be_evaluated_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    write_records(folder.path());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, out, shipped) = (path(""), path("run"), path("shipped.safetensors"));
    let mut args = vec!["train", "--config", CONFIG, "--data", &data, "--out", &out];
    SMALL.iter().for_each(|replacement| args.extend(["--set", *replacement]));

    let trained = gennape(&args);
    assert_eq!(trained.code, 0, "{}", trained.stderr);
    assert!(trained.stdout.contains("sha256 "), "{}", trained.stdout);
    assert!(trained.stdout.contains("nb201/cifar10, validation, "), "{}", trained.stdout);
    for file in ["config.toml", "gennape.safetensors", "manifest.json", "member-1/fit.svg"] {
        assert!(Path::new(&out).join(file).is_file(), "no {file}");
    }

    let again = gennape(&args).failed();
    assert!(again.ends_with("go on with --resume, or take another --out folder"), "{again}");
    args.push("--resume");
    assert_eq!(gennape(&args).code, 0, "a finished run can be gone on with");

    let exported =
        gennape(&["export", "--run", &out, "--data", &data, "--to", &shipped, "--open-test"]);
    assert_eq!(exported.code, 0, "{}", exported.stderr);
    assert!(exported.stdout.contains("nb201/cifar10, test, "), "{}", exported.stdout);

    let predict = ["predict", "--format", "jsonl", "--weights", &shipped, NB201];
    assert_eq!(gennape(&predict).succeeded().lines()[0]["target"], "nb201/cifar10");
    let evaluate = ["evaluate", "--weights", &shipped, "--data", &data, "--json"];
    let rows = gennape(&evaluate).json();
    assert!(rows.as_array().is_some_and(|rows| !rows.is_empty()), "{rows}");
}

#[test]
fn runs_that_cannot_begin_say_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let out = folder.path().join("run");
    let train = |config: &str, data: &str, set: &str| {
        let out = out.to_str().unwrap();
        gennape(&["train", "--config", config, "--data", data, "--out", out, "--set", set]).failed()
    };
    let cases = [
        (train("no.toml", path, "fit.epochs=1"), "reading no.toml: No such file"),
        (train(CONFIG, path, "fit.epochs=1"), "there is no nb101.jsonl.gz or nb101.jsonl in"),
        (train(CONFIG, path, "fit.epoch"), "`fit.epoch`: expected path=value"),
        (train(CONFIG, path, "fit.epohcs=1"), "unknown field `epohcs`"),
    ];
    for (error, expected) in cases {
        assert!(error.contains(expected), "{error}");
    }
}
