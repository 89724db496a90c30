//! GENNAPE's labelled graphs in JSON.
#![no_main]

use gennape::import::Kind;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    gennape_fuzz::check_import(&Kind::GennapeJson, "gennape.json", false, bytes);
});
