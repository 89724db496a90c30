//! A pasted JSON text: a graph of ours, GENNAPE's, a Keras model, an OFA config.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if text.trim_start().starts_with(['{', '[']) {
        gennape_fuzz::check_read(&gennape::format::parse(text));
    }
});
