//! A pasted text: any family's forms.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    gennape_fuzz::check_read(&gennape::format::parse(text));
});
