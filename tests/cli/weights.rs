//! Weights that can't be used end in one sentence; those that can are used.

use gennape::features::LAYOUT_VERSION;
use gennape::model::metadata::FORMAT_VERSION;

use super::support::{NB201, gennape};

static CARRIED: &[u8] = include_bytes!("../../www/public/weights/gennape.safetensors");

/// The bytes with the first `from` in the header made `to`, which must be as long.
fn patched(from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = CARRIED.windows(from.len()).position(|window| window == from.as_bytes());
    let at = at.unwrap_or_else(|| panic!("no {from} in the weights"));
    [&CARRIED[..at], to.as_bytes(), &CARRIED[at + to.len()..]].concat()
}

fn with_a_tensor_that_is_not_finite() -> Vec<u8> {
    let mut bytes = CARRIED.to_vec();
    let end = bytes.len();
    // The last tensor is a whole number of four or eight byte floats; all ones are NaN in both.
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    bytes[8 + length..end].fill(0xff);
    bytes
}

#[test]
fn the_named_file_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.safetensors");
    std::fs::write(&file, CARRIED).unwrap();
    let args = ["predict", "--format", "jsonl", NB201];
    let own = gennape(&[&args[..], &["--weights", file.to_str().unwrap()]].concat());
    assert_eq!(own.succeeded().stdout, gennape(&args).stdout);
}

#[test]
fn weights_that_cannot_be_used_say_why_in_one_sentence() {
    let layout = |version: u32| format!(r#"\"layout_version\":{version}"#);
    let format = |version: u32| format!(r#"\"format_version\":{version}"#);
    let other = |what: &str, ours: u32| {
        format!(
            "the weights have {what} version 0, this program reads {ours}; take weights of the same \
             release or train them anew"
        )
    };
    let (other_layout, other_format) =
        (other("feature layout", LAYOUT_VERSION), other("format", FORMAT_VERSION));
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("empty", Vec::new(), "no safetensors file, or a damaged one"),
        ("cut off", CARRIED[..CARRIED.len() / 2].to_vec(), "no safetensors file, or a damaged one"),
        ("noise", b"noise".repeat(999), "no safetensors file, or a damaged one"),
        ("another layout", patched(&layout(LAYOUT_VERSION), &layout(0)), &other_layout),
        ("another format", patched(&format(FORMAT_VERSION), &format(0)), &other_format),
        ("not finite", with_a_tensor_that_is_not_finite(), "is not finite"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (what, bytes, expected) in cases {
        let file = folder.path().join("bad.safetensors");
        std::fs::write(&file, bytes).unwrap();
        let file = file.to_str().unwrap();
        let error = gennape(&["predict", "--weights", file, NB201]).failed();
        assert!(error.starts_with(&format!("error: reading {file}: ")), "{what}: {error}");
        assert!(error.contains(expected), "{what}: {error}");
    }
    let error = gennape(&["predict", "--weights", "no/such.safetensors", NB201]).failed();
    assert!(error.starts_with("error: reading no/such.safetensors: No such file"), "{error}");
}
