//! `gennape check`: a row a file, each record that differs, and the code that tells.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::support::{NB201, gennape};

/// A record of [`NB201`] with these params; the MACs are right.
fn record(id: &str, params: u64) -> String {
    format!(
        r#"{{"id":"{id}","family":"nb201","arch":"{NB201}","accuracy":{{"cifar10":0.9}},"params":{params},"macs":113951360}}"#
    ) + "\n"
}

const RIGHT: u64 = 802_426;

fn folder_with(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn path(folder: &Path) -> &str {
    folder.to_str().unwrap()
}

/// The table's row that begins with `name`, cell by cell, without its seconds.
fn row<'a>(table: &'a str, name: &str) -> Vec<&'a str> {
    let line = table.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
    let cells: Vec<&str> = line.split_whitespace().collect();
    cells[1..cells.len() - 1].to_vec()
}

#[test]
fn equal_records_plain_and_compressed_end_in_a_table_and_code_0() {
    let folder = folder_with(&[("nb201.jsonl", record("a", RIGHT)), ("README.md", "no".into())]);
    let file = std::fs::File::create(folder.path().join("more.jsonl.gz")).unwrap();
    let mut packed = GzEncoder::new(file, Compression::fast());
    packed.write_all((record("b", RIGHT) + &record("c", RIGHT)).as_bytes()).unwrap();
    packed.finish().unwrap();
    let table = gennape(&["check", path(folder.path())]).succeeded().stdout;
    assert_eq!(row(&table, "more.jsonl.gz"), ["2", "2", "0", "0", "0"], "{table}");
    assert_eq!(row(&table, "nb201.jsonl"), ["1", "1", "0", "0", "0"], "{table}");
    assert_eq!(row(&table, "total"), ["3", "3", "0", "0", "0"], "{table}");
    assert!(!table.contains("README"), "{table}");
}

#[test]
fn a_record_that_differs_is_named_with_both_counts_and_ends_in_code_1() {
    let folder = folder_with(&[("nb201.jsonl", record("a", RIGHT) + &record("b", 802_427))]);
    let ran = gennape(&["check", path(folder.path())]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    assert_eq!(row(&ran.stdout, "nb201.jsonl"), ["2", "1", "1", "0", "0"], "{}", ran.stdout);
    let finding = "nb201.jsonl:2:1: record `b`: 802,426 params counted, 802,427 recorded";
    assert!(ran.stdout.lines().any(|line| line == finding), "{}", ran.stdout);
}

#[test]
fn only_the_first_findings_are_listed_unless_all_are_asked_for() {
    let records = (1..=12).map(|n| record(&n.to_string(), n)).collect::<String>();
    let folder = folder_with(&[("nb201.jsonl", records)]);
    let listed = |args: &[&str]| {
        let ran = gennape(&[&["check", path(folder.path())], args].concat());
        assert_eq!(ran.code, 1);
        ran.stdout
    };
    let first = listed(&[]);
    assert_eq!(first.matches("params counted").count(), 10, "{first}");
    assert!(first.ends_with("nb201.jsonl: 2 more records; --all lists them\n"), "{first}");
    let all = listed(&["--all"]);
    assert_eq!(all.matches("params counted").count(), 12, "{all}");
    assert!(!all.contains("--all"), "{all}");
}

#[test]
fn what_cannot_be_read_is_listed_at_its_place_and_once_where_it_repeats() {
    let unknown = record("a", RIGHT).replace("\"nb201\"", "\"nb202\"");
    let broken = record("b", RIGHT).replace("nor_conv_3x3~0", "conv~0");
    let folder = folder_with(&[("some.jsonl", unknown.repeat(3) + &broken + "{\n")]);
    let ran = gennape(&["check", path(folder.path())]);
    assert_eq!(ran.code, 1);
    assert_eq!(row(&ran.stdout, "some.jsonl"), ["5", "0", "0", "5", "0"], "{}", ran.stdout);
    for (start, part) in [
        ("some.jsonl:1:", "record `a`: unknown family `nb202`; expected one of "),
        ("some.jsonl:1:", "(2 more like it)"),
        ("some.jsonl:4:", "record `b`: "),
        ("some.jsonl:5:", "the text ends inside a dict"),
    ] {
        let is_it = |line: &str| line.starts_with(start) && line.contains(part);
        assert!(ran.stdout.lines().any(is_it), "no {start} {part} in {}", ran.stdout);
    }
}

#[test]
fn records_that_name_files_or_state_no_counts_are_skipped_by_name() {
    let onnx = r#"{"id":"t","family":"timm","arch":{"onnx":"timm/a.onnx","r":224},"accuracy":{"imagenet":0.8},"params":1}"#;
    let silent = record("s", RIGHT).replace("802426", "null").replace("113951360", "null");
    let folder = folder_with(&[("nb201.jsonl", silent), ("timm.jsonl", onnx.to_owned())]);
    let table = gennape(&["check", path(folder.path())]).succeeded().stdout;
    assert_eq!(row(&table, "timm.jsonl"), ["1", "0", "0", "0", "1"], "{table}");
    for finding in [
        "nb201.jsonl:1:1: states neither params nor macs",
        "timm.jsonl:1:1: names an ONNX file that is not there; unpack it beside the records",
    ] {
        assert!(table.lines().any(|line| line == finding), "{table}");
    }
}

#[test]
fn json_has_the_same_counts_and_findings() {
    let folder = folder_with(&[("nb201.jsonl", record("a", RIGHT) + &record("b", 1))]);
    let file = folder.path().join("nb201.jsonl");
    let ran = gennape(&["check", "--json", file.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    let json = ran.json();
    let counts = ["records", "equal", "differing", "unreadable", "skipped"];
    assert_eq!(counts.map(|key| json["total"][key].as_u64().unwrap()), [2, 1, 1, 0, 0]);
    assert_eq!(json["files"][0]["file"], "nb201.jsonl");
    let finding = &json["files"][0]["findings"][0];
    assert_eq!((&finding["line"], &finding["id"]), (&2.into(), &"b".into()));
}

#[test]
fn a_folder_without_records_and_none_at_all_are_errors() {
    let folder = folder_with(&[]);
    let error = gennape(&["check", path(folder.path())]).failed();
    assert!(error.contains("there is no .jsonl or .jsonl.gz file in "), "{error}");
    let missing = folder.path().join("missing");
    let error = gennape(&["check", path(&missing)]).failed();
    assert!(error.contains("reading the folder "), "{error}");
}
