//! An ONNX file.
#![no_main]

use std::io::Cursor;

use gennape::format::onnx::{OnnxOptions, read};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    gennape_fuzz::check_read(&read(Cursor::new(bytes), &OnnxOptions::default()));
});
