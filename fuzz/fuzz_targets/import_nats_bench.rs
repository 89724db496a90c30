//! The pickle in one file of a NATS-Bench folder.
#![no_main]

use std::io::Write;

use bzip2::Compression;
use bzip2::write::BzEncoder;
use gennape::import::Kind;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut packed = BzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    let packed = packed.finish().unwrap();
    gennape_fuzz::check_import(&Kind::NatsBench, "000011.pickle.pbz2", true, &packed);
});
