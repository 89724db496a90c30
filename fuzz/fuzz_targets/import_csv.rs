//! A table of networks and accuracies.
#![no_main]

use gennape::import::{Columns, Kind};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let columns = Columns {
        arch: "arch".to_owned(),
        accuracy: "top1".to_owned(),
        percent: true,
        family: None,
        data_set: Some("cifar10".to_owned()),
    };
    gennape_fuzz::check_import(&Kind::Csv(columns), "table.csv", false, bytes);
});
