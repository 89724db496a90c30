//! Gaussian process regression (Rasmussen and Williams, 2006, chapters 2 and 5).
//!
//! For up to about a thousand networks; plain numbers, no tensors, so that it fits in the browser in
//! milliseconds. Columns are standardised here, constant ones are left out. Which columns there are
//! is [`crate::adapt`]'s.

use serde::{Deserialize, Serialize};

use super::cholesky::{Factor, dot};
use crate::error::{Error, ErrorKind, Result};

/// Deviations below this, relative to the mean's size, are of a column that is constant.
const CONSTANT: f64 = 1e-6;

/// A covariance of labels with noise, both as shares of the labels' own variance.
///
/// k(a, b) = (1 + |a - b|^2 / (2 alpha d length^2))^-alpha over d standardised columns: the rational
/// quadratic kernel, a mixture of Gaussian bells of many lengths; its limit for a large alpha,
/// exp(-|a - b|^2 / (2 d length^2)), is one bell. To it comes linear a.b / d, which carries on trends where
/// bells forget them. `noise` is added for one and the same network.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kernel {
    /// How far networks resemble each other, in root mean square deviations a column.
    pub length: f64,
    /// How alike the lengths are that are mixed; without it all bells have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// Variance of the linear trend.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub linear: f64,
    /// Variance of the noise of labels, as a share of what the columns explain.
    pub noise: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
fn is_zero(x: &f64) -> bool {
    *x == 0.0
}

/// A normal distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normal {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
}

/// How raw columns become standardised ones: (x - mean) / deviation of those that vary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Columns {
    /// Places of the columns that vary.
    pub places: Vec<usize>,
    /// Their means.
    pub mean: Vec<f64>,
    /// Their population standard deviations.
    pub deviation: Vec<f64>,
}

/// A process that has seen labels.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianProcess {
    kernel: Kernel,
    /// Standardised rows `[n][d]`.
    rows: Vec<Vec<f64>>,
    labels: Labels,
    /// L of K + noise I = L L^T.
    factor: Factor,
    /// (K + noise I)^-1 of the standardised labels.
    alpha: Vec<f64>,
    /// Variance of the standardised labels that fits them best, y^T alpha / n.
    scale: f64,
}

/// Labels with their mean and deviation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labels {
    pub(super) standardised: Vec<f64>,
    mean: f64,
    deviation: f64,
}

impl Columns {
    /// The columns of `rows`, all of one length.
    pub fn of(rows: &[Vec<f64>]) -> Self {
        let count = rows.len().max(1) as f64;
        let n_columns = rows.first().map_or(0, Vec::len);
        let (mut places, mut means, mut deviations) = (Vec::new(), Vec::new(), Vec::new());
        for place in 0..n_columns {
            let mean = rows.iter().map(|row| row[place]).sum::<f64>() / count;
            let squares: f64 = rows.iter().map(|row| (row[place] - mean).powi(2)).sum();
            let deviation = (squares / count).sqrt();
            if deviation > CONSTANT * (1.0 + mean.abs()) {
                places.push(place);
                means.push(mean);
                deviations.push(deviation);
            }
        }
        Self { places, mean: means, deviation: deviations }
    }

    /// A row's columns that vary, standardised.
    pub fn standardise(&self, row: &[f64]) -> Vec<f64> {
        let scales = self.mean.iter().zip(&self.deviation);
        let columns = self.places.iter().zip(scales);
        columns.map(|(place, (mean, deviation))| (row[*place] - mean) / deviation).collect()
    }
}

impl GaussianProcess {
    /// The process that has seen `rows` (standardised, all of one length) with these labels.
    ///
    /// Complexity: O(n^3 + n^2 d).
    ///
    /// # Errors
    /// Where there are no rows, labels do not vary, or the kernel's numbers are not positive.
    pub fn fit(rows: Vec<Vec<f64>>, labels: &[f64], kernel: Kernel) -> Result<Self> {
        let squares = squared_distances(&rows);
        Self::from_distances(rows, &squares, labels, kernel)
    }

    /// The same with the kernel of `grid` under which the labels are the most likely.
    ///
    /// # Errors
    /// As [`GaussianProcess::fit`], or where the grid is empty.
    pub fn choose(rows: &[Vec<f64>], labels: &[f64], grid: &[Kernel]) -> Result<Self> {
        let squares = squared_distances(rows);
        let mut best: Option<(f64, Self)> = None;
        for kernel in grid {
            let process = Self::from_distances(rows.to_vec(), &squares, labels, *kernel)?;
            let likelihood = process.log_likelihood();
            if best.as_ref().is_none_or(|(most, _)| likelihood > *most) {
                best = Some((likelihood, process));
            }
        }
        best.map(|(_, process)| process).ok_or_else(|| wrong("no kernel to choose from"))
    }

    fn from_distances(
        rows: Vec<Vec<f64>>,
        squares: &[Vec<f64>],
        labels: &[f64],
        kernel: Kernel,
    ) -> Result<Self> {
        let is_positive = |x: f64| x.is_finite() && x > 0.0;
        let numbers = [kernel.length, kernel.noise, kernel.alpha.unwrap_or(1.0)];
        if !numbers.into_iter().all(is_positive) {
            return Err(wrong("a kernel's numbers must be positive"));
        }
        let labels = Labels::of(labels)?;
        if !(kernel.linear.is_finite() && kernel.linear >= 0.0) {
            return Err(wrong("a kernel's linear part must not be negative"));
        }
        let covariance = |(idx, row): (usize, &Vec<f64>)| {
            let pairs = row.iter().zip(&rows);
            let trend = |other: &Vec<f64>| kernel.trend(&rows[idx], other);
            pairs.map(|(square, other)| kernel.of_square(*square) + trend(other)).collect()
        };
        let lower = squares.iter().enumerate().map(covariance).collect();
        let factor = Factor::of(lower, kernel.noise)?;
        let alpha = factor.solve(&labels.standardised);
        let scale = dot(&labels.standardised, &alpha) / alpha.len() as f64;
        Ok(Self { kernel, rows, labels, factor, alpha, scale })
    }

    /// What it expects of another network's label, noise included. Complexity: O(n^2 + n d).
    pub fn predict(&self, row: &[f64]) -> Normal {
        let kernel = self.kernel;
        let seen = |other: &Vec<f64>| {
            kernel.of_square(squared_distance(row, other)) + kernel.trend(row, other)
        };
        let covariances: Vec<f64> = self.rows.iter().map(seen).collect();
        let explained = self.factor.half_solve(&covariances);
        let variance = 1.0 + kernel.trend(row, row) + kernel.noise - dot(&explained, &explained);
        self.normal(dot(&covariances, &self.alpha), variance)
    }

    /// What it would expect of each of its networks without having seen that one's label.
    ///
    /// mu_i = y_i - alpha_i / q_i and sigma_i^2 = scale / q_i, q the diagonal of (K + noise I)^-1.
    /// Complexity: O(n^3).
    pub fn leave_one_out(&self) -> Vec<Normal> {
        let precisions = self.factor.inverse_diagonal();
        let labels = self.labels.standardised.iter().zip(&self.alpha);
        labels.zip(precisions).map(|((y, a), q)| self.normal(y - a / q, 1.0 / q)).collect()
    }

    /// The log density of the standardised labels under the best scale of the kernel.
    pub fn log_likelihood(&self) -> f64 {
        let n = self.alpha.len() as f64;
        let log_scale = self.scale.max(f64::MIN_POSITIVE).ln();
        -self.factor.half_log_determinant()
            - 0.5 * n * (log_scale + 1.0 + std::f64::consts::TAU.ln())
    }

    /// The kernel.
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// The standardised rows that it has seen.
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }

    fn normal(&self, mean: f64, variance: f64) -> Normal {
        let Labels { mean: label_mean, deviation, .. } = self.labels;
        Normal {
            mean: label_mean + deviation * mean,
            deviation: deviation * (self.scale * variance.max(0.0)).sqrt(),
        }
    }
}

impl Kernel {
    /// The covariance that is the linear trend's.
    fn trend(self, a: &[f64], b: &[f64]) -> f64 {
        if self.linear == 0.0 { 0.0 } else { self.linear * dot(a, b) / a.len() as f64 }
    }

    /// The covariance of the bells at a squared distance that is a mean over columns.
    pub(super) fn of_square(self, square: f64) -> f64 {
        let halved = 0.5 * square / (self.length * self.length);
        match self.alpha {
            None => (-halved).exp(),
            Some(alpha) => (1.0 + halved / alpha).powf(-alpha),
        }
    }

    /// How fast the covariance falls, over half the squared distance.
    pub(super) fn fall_at_square(self, square: f64) -> f64 {
        let halved = 0.5 * square / (self.length * self.length);
        match self.alpha {
            None => (-halved).exp(),
            Some(alpha) => (1.0 + halved / alpha).powf(-alpha - 1.0),
        }
    }
}

impl Labels {
    pub(super) fn of(labels: &[f64]) -> Result<Self> {
        let column: Vec<Vec<f64>> = labels.iter().map(|label| vec![*label]).collect();
        let Columns { mean, deviation, .. } = Columns::of(&column);
        let (Some(&mean), Some(&deviation)) = (mean.first(), deviation.first()) else {
            return Err(wrong("the labels do not vary"));
        };
        let standardised = labels.iter().map(|label| (label - mean) / deviation).collect();
        Ok(Self { standardised, mean, deviation })
    }
}

/// Mean squared differences of the columns of each row and those before it: row i has i + 1.
fn squared_distances(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let upto = |(idx, row): (usize, &Vec<f64>)| {
        rows[..=idx].iter().map(|other| squared_distance(row, other)).collect()
    };
    rows.iter().enumerate().map(upto).collect()
}

/// The mean over columns of squared differences.
pub(super) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
    sum / a.len().max(1) as f64
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorKind::Record, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KERNEL: Kernel = Kernel { length: 1.0, alpha: None, linear: 0.0, noise: 0.1 };

    #[test]
    fn far_from_all_that_was_seen_the_mean_of_the_labels_is_expected() {
        let rows = vec![vec![-1.0], vec![0.0], vec![1.0]];
        let process = GaussianProcess::fit(rows, &[0.7, 0.8, 0.9], KERNEL).unwrap();
        let (near, far) = (process.predict(&[1.0]), process.predict(&[99.0]));
        assert!((far.mean - 0.8).abs() < 1e-12 && near.mean > 0.85, "{near:?}, {far:?}");
        assert!(far.deviation > near.deviation);
        assert!(process.predict(&[f64::INFINITY]).mean.is_finite());
    }

    #[test]
    fn a_linear_trend_is_carried_on() {
        let rows = vec![vec![-1.0], vec![0.0], vec![1.0]];
        let kernel = Kernel { linear: 1.0, ..KERNEL };
        let process = GaussianProcess::fit(rows, &[0.7, 0.8, 0.9], kernel).unwrap();
        let (far, farther) = (process.predict(&[3.0]), process.predict(&[6.0]));
        assert!(far.mean > 0.95 && farther.mean > far.mean + 0.1, "{far:?}, {farther:?}");
        assert!(farther.deviation > far.deviation);
    }

    #[test]
    fn what_can_not_be_fitted_is_refused() {
        let rows = || vec![vec![0.0], vec![1.0]];
        let fit = |rows, labels: &[f64], kernel| GaussianProcess::fit(rows, labels, kernel);
        let cases = [
            (fit(rows(), &[0.9, 0.9], KERNEL), "the labels do not vary"),
            (fit(Vec::new(), &[], KERNEL), "the labels do not vary"),
            (fit(rows(), &[0.8, 0.9], Kernel { noise: 0.0, ..KERNEL }), "must be positive"),
            (fit(rows(), &[0.8, 0.9], Kernel { linear: -1.0, ..KERNEL }), "must not be negative"),
            (fit(rows(), &[0.8, 0.9], Kernel { length: f64::NAN, ..KERNEL }), "must be positive"),
            (fit(vec![vec![f64::NAN], vec![1.0]], &[0.8, 0.9], KERNEL), "may not be finite"),
        ];
        for (fitted, expected) in cases {
            let message = fitted.expect_err(expected).to_string();
            assert!(message.contains(expected), "{message}");
        }
        assert!(GaussianProcess::choose(&rows(), &[0.8, 0.9], &[]).is_err());
    }

    #[test]
    fn columns_that_do_not_vary_are_left_out() {
        let columns = Columns::of(&[vec![1.0, 7.0, 1e9], vec![3.0, 7.0, 1e9 + 1.0]]);
        assert_eq!(columns.places, [0]);
        assert_eq!(columns.standardise(&[5.0, 0.0, 0.0]), [3.0]);
        assert_eq!(Columns::of(&[]).standardise(&[]), [0.0; 0]);
    }
}
