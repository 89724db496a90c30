//! The gradients of our own operations against central finite differences.
//!
//! Loss L(x) = sum of w y(x)^2 with random w, summed in f64, so that only y carries f32 rounding:
//! about 1e-6 in L, and 1e-6 / (2 STEP) = 5e-5 in a difference. The differences' own error is
//! STEP^2 L''' / 6: zero for the sums and maxima (L is quadratic), about 3e-4 of the largest
//! gradient for the layer norm. Hence [`TOLERANCE`]; a wrong sign, factor or row is far above it.

use std::sync::Arc;

use candle_core::{Device, Tensor, Var};
use gennape::Result;
use gennape::model::layer_norm::layer_norm;
use gennape::model::segment_max::segment_max;
use gennape::model::sparse::SparseMatrix;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// How far an input is moved to either side.
const STEP: f32 = 1e-2;
/// The largest difference, as a share of the largest gradient.
const TOLERANCE: f64 = 2e-3;

type Operation = Box<dyn Fn(&Tensor) -> Result<Tensor>>;

struct Case {
    name: &'static str,
    /// Rows and columns of the input.
    shape: (usize, usize),
    operation: Operation,
}

/// Every custom operation; the sparse ones with a row that reads nothing and a column that nobody
/// reads, and with an entry that occurs twice.
fn cases() -> Vec<Case> {
    let sum = [(0, 1, 1.0), (0, 3, 1.0), (2, 0, 1.0), (2, 3, 1.0), (2, 3, 1.0)];
    let mean = [(0, 0, 0.5), (0, 2, 0.5), (3, 1, 0.25), (3, 4, 0.25), (3, 5, 0.5)];
    let square = SparseMatrix::new(4, 4, &sum);
    let oblong = SparseMatrix::new(4, 7, &mean);
    let (segments, single) = (Arc::new(vec![0, 3, 4, 9]), Arc::new(vec![0, 6]));
    vec![
        Case {
            name: "sum over rows",
            shape: (4, 3),
            operation: Box::new(move |x| square.matmul(x)),
        },
        Case {
            name: "mean over rows",
            shape: (7, 2),
            operation: Box::new(move |x| oblong.matmul(x)),
        },
        Case {
            name: "maximum of segments",
            shape: (9, 4),
            operation: Box::new(move |x| segment_max(x, &segments)),
        },
        Case {
            name: "maximum of one segment",
            shape: (6, 1),
            operation: Box::new(move |x| segment_max(x, &single)),
        },
        Case { name: "layer norm", shape: (5, 8), operation: Box::new(layer_norm) },
        Case {
            name: "layer norm of three columns",
            shape: (4, 3),
            operation: Box::new(layer_norm),
        },
        Case {
            name: "layer norm of a transposed matrix",
            shape: (6, 3),
            operation: Box::new(|x| layer_norm(&x.t()?)),
        },
    ]
}

/// Distinct numbers from about -1.5 to 1.5 in random order, none closer than 4 steps to another, so
/// that no maximum changes hands within a step.
fn distinct(n: usize, rng: &mut Pcg64Mcg) -> Vec<f32> {
    let gap = (3.0 / n as f32).max(4.0 * STEP);
    let mut values: Vec<f32> = (0..n).map(|i| (i as f32 - n as f32 / 2.0) * gap).collect();
    values.shuffle(rng);
    values
}

/// L of the module's head.
fn loss(y: &Tensor, weights: &[f32]) -> f64 {
    let y = y.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let square = |y: f32| f64::from(y) * f64::from(y);
    y.into_iter().zip(weights).map(|(y, w)| f64::from(*w) * square(y)).sum()
}

#[test]
fn gradients_of_custom_operations_agree_with_finite_differences() {
    for (case_idx, Case { name, shape, operation }) in cases().into_iter().enumerate() {
        let mut rng = Pcg64Mcg::seed_from_u64(case_idx as u64);
        let values = distinct(shape.0 * shape.1, &mut rng);
        let at = |values: &[f32]| Tensor::from_slice(values, shape, &Device::Cpu).unwrap();
        let x = Var::from_tensor(&at(&values)).unwrap();
        let y = operation(&x).unwrap();
        let weights: Vec<f32> =
            (0..y.elem_count()).map(|_| rng.random_range(-1.0..1.0_f32)).collect();

        let w = Tensor::from_slice(&weights, y.dims(), &Device::Cpu).unwrap();
        let total = (y.sqr().unwrap() * w).unwrap().sum_all().unwrap();
        let gradients = total.backward().unwrap();
        let gradient = gradients.get(&x).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let largest = gradient.iter().fold(0.0_f64, |most, g| most.max(f64::from(g.abs())));
        for (idx, gradient) in gradient.into_iter().enumerate() {
            let moved = |by: f32| {
                let mut values = values.clone();
                values[idx] += by;
                loss(&operation(&at(&values)).unwrap(), &weights)
            };
            let difference = (moved(STEP) - moved(-STEP)) / f64::from(2.0 * STEP);
            let error = (f64::from(gradient) - difference).abs();
            assert!(
                error <= TOLERANCE * largest,
                "{name}: {gradient} instead of {difference} at {idx}"
            );
        }
    }
}
