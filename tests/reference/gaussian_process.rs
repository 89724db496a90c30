//! Gaussian process regression against scikit-learn's, left out one by one by refitting.

use gennape::fit::gaussian_process::{Columns, GaussianProcess, Kernel, Normal};
use serde_json::Value;

use crate::support::{numbers, reference};

/// Both are in double precision; the file has 8 digits.
const TOLERANCE: f64 = 1e-6;

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

#[test]
fn expectations_of_new_and_of_left_out_rows_agree_with_scikit_learn() {
    let reference = reference("gaussian_process");
    let raw = rows(&reference["rows"]);
    let columns = Columns::of(&raw);
    assert_eq!(columns.places, [0, 1, 2, 4], "the constant column is left out");
    let seen: Vec<_> = raw.iter().map(|row| columns.standardise(row)).collect();
    let kernel: Kernel = serde_json::from_value(reference["kernel"].clone()).unwrap();
    let labels = numbers(&reference["labels"]);
    let process = GaussianProcess::fit(seen, &labels, kernel).unwrap();

    let is_close = |got: f64, expected: f64| (got - expected).abs() < TOLERANCE;
    let likelihood = reference["log_likelihood"].as_f64().unwrap();
    assert!(is_close(process.log_likelihood(), likelihood), "{}", process.log_likelihood());
    let new = rows(&reference["new"]);
    let expected = numbers(&reference["mean"]).into_iter().zip(numbers(&reference["deviation"]));
    for (row, (mean, deviation)) in new.iter().zip(expected) {
        let got = process.predict(&columns.standardise(row));
        assert!(is_close(got.mean, mean) && is_close(got.deviation, deviation), "{got:?}");
    }
    for (got, expected) in process.leave_one_out().into_iter().zip(rows(&reference["left_out"])) {
        let Normal { mean, deviation } = got;
        assert!(is_close(mean, expected[0]) && is_close(deviation, expected[1]), "{got:?}");
    }
}

#[test]
fn the_chosen_kernel_is_the_likeliest_and_fits_like_itself() {
    let reference = reference("gaussian_process");
    let raw = rows(&reference["rows"]);
    let columns = Columns::of(&raw);
    let seen: Vec<_> = raw.iter().map(|row| columns.standardise(row)).collect();
    let labels = numbers(&reference["labels"]);
    let grid: Vec<Kernel> = [0.5, 1.5, 4.0]
        .into_iter()
        .flat_map(|length| {
            [0.01, 0.3].map(|noise| Kernel { length, alpha: None, linear: 0.0, noise })
        })
        .collect();
    let chosen = GaussianProcess::choose(&seen, &labels, &grid).unwrap();
    for kernel in grid {
        let other = GaussianProcess::fit(seen.clone(), &labels, kernel).unwrap();
        assert!(chosen.log_likelihood() >= other.log_likelihood(), "{kernel:?}");
        assert_eq!(chosen == other, chosen.kernel() == kernel);
    }
}
