//! NAS-Bench-101's TFRecord, its checksums included.
#![no_main]

use gennape::import::Kind;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    gennape_fuzz::check_import(&Kind::NasBench101, "nasbench.tfrecord", false, bytes);
});
