//! ONNX files on the command line: read by name or by content, sized by `--input-size`, named by records.

use std::fs;
use std::path::Path;

use super::support::gennape;

/// A field of a protobuf message that holds bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let len = u8::try_from(bytes.len()).unwrap();
    let len = if len < 0x80 { vec![len] } else { vec![len, 1] };
    [&[number << 3 | 2][..], &len, bytes].concat()
}

/// The file of one convolution (3 to 4 channels, 1 x 1) on an image whose size is open.
fn model() -> Vec<u8> {
    let side = |side: u8| field(1, &[8, side]);
    let image = [side(1), side(3), field(1, &field(2, b"h")), field(1, &field(2, b"w"))].concat();
    let image = [field(1, b"x"), field(2, &field(1, &field(2, &image)))].concat();
    let kernel = [&[8, 4, 8, 3, 8, 1, 8, 1, 16, 1][..], &field(8, b"w")].concat();
    let conv = [field(1, b"x"), field(1, b"w"), field(2, b"y"), field(4, b"Conv")].concat();
    let graph = [field(1, &conv), field(5, &kernel), field(11, &image), field(12, &field(1, b"y"))]
        .concat();
    let opset = field(8, &[16, 17]);
    [vec![8, 8], field(2, b"test"), field(7, &graph), opset].concat()
}

fn params_and_macs(arguments: &[&str]) -> (u64, u64) {
    let json = gennape(&[&["inspect", "--json"], arguments].concat()).succeeded().json();
    (json["params"].as_u64().unwrap(), json["macs"].as_u64().unwrap())
}

fn written(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, model()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn onnx_files_are_known_by_name_or_content_and_sized_by_the_caller() {
    let folder = tempfile::tempdir().unwrap();
    // by hand: 3 * 4 weights (none has numbers, none is a bias), once a pixel
    for name in ["a.onnx", "model"] {
        let path = written(folder.path(), name);
        assert_eq!(params_and_macs(&[&path]), (12, 12 * 224 * 224));
        assert_eq!(params_and_macs(&[&path, "--input-size", "10"]), (12, 12 * 100));
        assert_eq!(params_and_macs(&[&path, "--input-size", "4x5"]), (12, 12 * 20));
    }
    let path = written(folder.path(), "a.onnx");
    let table = gennape(&["inspect", &path]).succeeded().stdout;
    assert!(table.contains("note: the file does not say how large its image is"), "{table}");
    let wrong = gennape(&["inspect", "--input-size", "4:5", &path]);
    assert!(wrong.code != 0 && wrong.stderr.contains("expected a side as in 224"));
}

#[test]
fn a_record_may_name_an_onnx_file_below_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("nets")).unwrap();
    written(folder.path(), "nets/a.onnx");
    let list = folder.path().join("list.jsonl");
    let inspect = |arch: &str| {
        fs::write(&list, format!("{{\"id\": \"a\", \"arch\": {arch}}}\n")).unwrap();
        gennape(&["inspect", "--json", list.to_str().unwrap()])
    };
    let json = inspect(r#"{"onnx": "nets/a.onnx", "r": 16}"#).succeeded().json();
    assert_eq!(json["macs"], 12 * 16 * 16);
    let error = inspect(r#"{"onnx": "../a.onnx"}"#).failed();
    assert!(error.contains("../a.onnx: a path that leaves the folder of its list"), "{error}");
    let error = inspect(r#"{"onnx": "nets/b.onnx"}"#).failed();
    assert!(error.contains("nets/b.onnx: "), "{error}");
}

#[test]
fn a_broken_onnx_file_is_told_with_its_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.onnx");
    fs::write(&path, &model()[..20]).unwrap();
    let error = gennape(&["inspect", path.to_str().unwrap()]).failed();
    assert!(error.contains("no onnx model: a field of"), "{error}");
    assert!(error.contains("at byte"), "{error}");
}
