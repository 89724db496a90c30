//! A weights file.
#![no_main]

use gennape::predict::{PredictOptions, Predictor};

const CELL: &str = "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match Predictor::load(bytes) {
        Err(error) => gennape_fuzz::check_error(&error),
        Ok(predictor) => {
            if let Err(error) = predictor.predict(CELL, &PredictOptions::default()) {
                gennape_fuzz::check_error(&error);
            }
        }
    }
});
