//! The page's points belong to the page's weights: each lies where its own network is placed.
//!
//! Fails after new weights, a changed sampler or a changed graph of a family: `./build.sh map` then
//! makes weights and points anew, together.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use gennape::family;
use gennape::format::Parsed;
use gennape::predict::{PredictOptions, Predictor};
use serde_json::Value;

static WEIGHTS: &[u8] = include_bytes!("../www/public/weights/gennape.safetensors");
static POINTS: &[u8] = include_bytes!("../www/public/map/points.bin");

/// Points of each family that are looked at: the first, and one in so many behind it.
const EVERY: usize = 400;
/// About three of the steps in which places are stored, of a map about 2 wide.
const TOLERANCE: f64 = 1e-4;

#[test]
fn points_lie_where_the_weights_place_their_networks() {
    assert_eq!(&POINTS[..4], b"GMAP");
    let length = u32::from_le_bytes(POINTS[4..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&POINTS[8..8 + length]).unwrap();
    let columns = &POINTS[8 + length..];
    let counts: Vec<usize> = header["families"]
        .as_array()
        .unwrap()
        .iter()
        .map(|family| family["points"].as_u64().unwrap() as usize)
        .collect();
    let n: usize = counts.iter().sum();
    assert_eq!(columns.len(), 8 * n);
    let coordinate = |column: usize, idx: usize| {
        let at = 2 * (column * n + idx);
        let share = u16::from_le_bytes([columns[at], columns[at + 1]]);
        let end = |which: &str| header[which][column].as_f64().unwrap();
        end("low") + f64::from(share) / 65534.0 * (end("high") - end("low"))
    };

    let predictor = Predictor::load(WEIGHTS).unwrap();
    let mut first = 0;
    for (of_family, count) in header["families"].as_array().unwrap().iter().zip(counts) {
        let name = of_family["name"].as_str().unwrap();
        let mut seed = 0;
        for (nth, idx) in (first..first + count).enumerate() {
            seed += u64::from(columns[7 * n + idx]);
            if nth % EVERY > 0 {
                continue;
            }
            let drawn = family::drawn(family::by_name(name).unwrap(), seed);
            let parsed = Parsed::Architecture(drawn);
            let prediction = predictor.predict_parsed(&parsed, &PredictOptions::default()).unwrap();
            let place = prediction.map.expect("weights that place networks: run ./build.sh map");
            for (axis, along) in place.into_iter().enumerate() {
                let off = (f64::from(along) - coordinate(axis, idx)).abs();
                assert!(
                    off < TOLERANCE,
                    "{name}, seed {seed}, is off by {off}: run ./build.sh map"
                );
            }
        }
        first += count;
    }
}
