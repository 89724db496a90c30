//! A stream of records, one a line.
#![no_main]

use gennape::format::lines::Lines;
use gennape::format::record::{Entry, Record};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for line in Lines::new(bytes) {
        match line {
            Err(error) => gennape_fuzz::check_error(&error),
            Ok((number, line)) => {
                if let Err(error) = Record::parse(&line, number) {
                    gennape_fuzz::check_error(&error);
                }
                match Entry::parse(&line, number) {
                    Err(error) => gennape_fuzz::check_error(&error),
                    Ok(entry) => gennape_fuzz::check_read(&entry.network()),
                }
            }
        }
    }
});
