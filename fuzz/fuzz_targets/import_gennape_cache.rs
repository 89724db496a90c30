//! GENNAPE's pickled caches.
#![no_main]

use gennape::import::Kind;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    gennape_fuzz::check_import(&Kind::GennapeCache(None), "gennape_cache.pkl", false, bytes);
});
