//! `gennape import`: files in the published layouts become records that training reads.
//!
//! The files of `tests/import/` are written by the script that stands there; their numbers are made up,
//! but the parameters of three cells, which are the benchmarks' own.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use gennape::format::record::Record;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::{Ran, gennape};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(name)
}

/// Imports `path` with further options into a new folder.
fn import(kind: &str, path: &Path, options: &[&str]) -> (Ran, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jsonl.gz");
    (import_to(kind, path, &out, options), folder)
}

fn import_to(kind: &str, path: &Path, out: &Path, options: &[&str]) -> Ran {
    let (path, out) = (path.to_str().unwrap(), out.to_str().unwrap());
    gennape(&[&["import", kind, path, "--out", out], options].concat())
}

/// The records that were written, each of which training can read.
fn records(folder: &TempDir) -> Vec<Value> {
    let file = std::fs::File::open(folder.path().join("out.jsonl.gz")).unwrap();
    let mut text = String::new();
    MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    let read = |(number, line)| {
        Record::parse(line, number).unwrap_or_else(|error| panic!("{error}\n{line}"));
        serde_json::from_str(line).unwrap()
    };
    (1..).zip(text.lines()).map(read).collect()
}

#[test]
fn nasbench101_takes_the_mean_over_three_runs_of_108_epochs() {
    let (ran, folder) = import("nasbench101", &fixture("nasbench101.tfrecord"), &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.ends_with("out.jsonl.gz: 3 records\n"), "{}", ran.stdout);
    let records = records(&folder);
    let expected = json!({
        "id": "nasbench101-0000e1a2b3c4d5e6f708192a3b4c5d6e", "family": "nb101",
        "arch": {"matrix": [[0,1,1],[0,0,1],[0,0,0]], "ops": ["input", "conv3x3-bn-relu", "output"]},
        "accuracy": {"cifar10": 0.931}, "params": 11_051_402, "macs": null, "label": "measured",
        "origin": "complete"
    });
    assert_eq!((records.len(), &records[1]), (3, &expected));
    assert_eq!(records[2]["params"], 882_570);
}

#[test]
fn nats_bench_takes_the_test_accuracy_behind_the_longest_training() {
    let (ran, folder) = import("nats-bench", &fixture("nats"), &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let records = records(&folder);
    let first = &records[0];
    assert_eq!(
        (records.len(), &first["id"], &first["family"]),
        (2, &json!("nats-000011"), &json!("nb201"))
    );
    // the benchmark's own counts of file 000011
    assert_eq!((&first["params"], &first["macs"]), (&json!(802_426), &json!(113_951_360)));
    assert_eq!(
        first["accuracy"],
        json!({"cifar10": 0.9125, "cifar100": 0.6525, "imagenet16-120": 0.3925})
    );
    assert_eq!(records[1]["accuracy"], json!({"cifar10": 0.1025}));
}

#[test]
fn labelled_graphs_and_caches_of_gennape_keep_architecture_or_graph() {
    let (ran, folder) = import("gennape-json", &fixture("gennape.json"), &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.ends_with(": 3 records, 1 skipped\n"), "{}", ran.stdout);
    let first = &records(&folder)[0];
    assert_eq!(first["arch"], json!(["hiaml_z", "hiaml_a22", "hiaml_src1", "hiaml_r30"]));
    assert_eq!(
        (&first["family"], &first["accuracy"]),
        (&json!("hiaml"), &json!({"cifar10": 0.905}))
    );

    let (ran, folder) =
        import("gennape-cache", &fixture("gennape_cache.pkl"), &["--dataset", "cifar10"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.ends_with(": 4 records, 1 skipped\n"), "{}", ran.stdout);
    let records = records(&folder);
    let families: Vec<_> = records.iter().map(|record| record["family"].clone()).collect();
    assert_eq!(families, [json!("nb101"), json!("nb201"), json!("darts"), Value::Null]);
    let accuracies: Vec<_> =
        records.iter().map(|record| record["accuracy"]["cifar10"].clone()).collect();
    assert_eq!(accuracies, [json!(0.9), json!(0.91), json!(0.92), json!(0.93)]);
    // 3 * 3 * 3 * 8 + 8 * 10 + 10
    assert_eq!(
        (&records[3]["params"], records[3]["arch"]["nodes"].as_array().unwrap().len()),
        (&json!(306), 6)
    );
}

#[test]
fn tables_name_their_columns_and_broken_rows_are_left_out() {
    let options = ["--accuracy-column", "top1", "--percent"];
    let (ran, folder) = import("csv", &fixture("table.csv"), &options);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.ends_with(": 2 records, 2 skipped\n"), "{}", ran.stdout);
    let records = records(&folder);
    assert_eq!(records[0]["id"], "row-1");
    assert_eq!(records[0]["accuracy"], json!({"cifar10": 0.8325}));
    assert_eq!(
        (&records[1]["family"], &records[1]["accuracy"]),
        (&json!("nb101"), &json!({"cifar10": 0.7}))
    );

    let (ran, _folder) = import("csv", &fixture("table.csv"), &["--accuracy-column", "top5"]);
    let error = ran.stderr;
    assert!(
        error.ends_with("there is no column `top5`; expected one of name, arch, top1\n"),
        "{error}"
    );
    let (ran, folder) = import("csv", &fixture("table.csv"), &["--accuracy-column", "top1"]);
    assert_eq!((ran.code, folder.path().read_dir().unwrap().count()), (1, 0), "{}", ran.stderr);
    assert!(ran.stderr.contains("no record came of 4 items"), "{}", ran.stderr);
}

#[test]
fn an_import_that_was_cut_off_goes_on_behind_its_last_whole_piece() {
    let (_, whole) =
        import("csv", &fixture("table.csv"), &["--accuracy-column", "top1", "--percent"]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jsonl.gz");
    let part = folder.path().join("out.jsonl.gz.part");
    let length = fixture("table.csv").metadata().unwrap().len();
    let mut member = flate2::GzBuilder::new()
        .comment(format!("gennape import csv table.csv {length} 2"))
        .write(Vec::new(), flate2::Compression::default());
    member.write_all(serde_json::to_string(&records(&whole)[0]).unwrap().as_bytes()).unwrap();
    member.write_all(b"\n").unwrap();
    let member = member.finish().unwrap();
    // a whole member, and half of another
    std::fs::write(&part, [&member[..], &member[..40]].concat()).unwrap();
    let options = ["--accuracy-column", "top1", "--percent"];
    let ran = import_to("csv", &fixture("table.csv"), &out, &options);
    assert!(ran.stdout.ends_with(": 2 records, 1 skipped\n"), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(records(&folder), records(&whole));
    assert!(!part.exists());

    std::fs::write(&part, &member).unwrap();
    let ran = import_to("gennape-json", &fixture("gennape.json"), &out, &[]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("is a part of another import; finish that one, or delete the file")
    );
}

#[test]
fn damaged_files_end_in_one_sentence_and_leave_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = std::fs::read(fixture(name)).unwrap();
        change(&mut bytes);
        let path = folder.path().join(format!("{}-{name}", bytes.len()));
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let half = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2);
    let flip = |bytes: &mut Vec<u8>| bytes[100] ^= 1;
    let cases: [(&str, PathBuf, &str); 7] = [
        ("nasbench101", damaged("nasbench101.tfrecord", &half), "the file is cut off inside of it"),
        (
            "nasbench101",
            damaged("gennape.json", &|_| ()),
            "frame 0 at byte 0: the checksum of its length is wrong",
        ),
        (
            "nasbench101",
            damaged("nasbench101.tfrecord", &flip),
            "frame 0 at byte 0: its checksum is wrong",
        ),
        ("gennape-json", damaged("gennape.json", &half), "no labelled graphs: EOF while parsing"),
        ("gennape-cache", damaged("gennape_cache.pkl", &half), "the pickle is cut off here"),
        ("gennape-cache", damaged("table.csv", &|_| ()), "is not needed for plain data"),
        ("nats-bench", folder.path().to_owned(), "no NNNNNN.pickle.pbz2 in"),
    ];
    for (kind, path, expected) in cases {
        let (ran, out) = import(kind, &path, &[]);
        assert_eq!(ran.code, 1, "{kind}");
        assert!(ran.stderr.contains(expected), "{}\n{expected}", ran.stderr);
        assert!(!out.path().join("out.jsonl.gz").exists(), "{kind}");
    }
    let pickle = folder.path().join("000000.pickle.pbz2");
    std::fs::write(&pickle, b"BZh9not bzip2 at all").unwrap();
    let (ran, _out) = import("nats-bench", folder.path(), &[]);
    assert!(ran.stderr.contains("can't read on from here"), "{}", ran.stderr);
}
