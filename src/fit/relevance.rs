//! How much each column says about the labels: automatic relevance determination.
//!
//! A Gaussian process whose kernel stretches column d by r_d,
//! k(a, b) = (1 + q / 2 alpha)^-alpha with q = mean_d (r_d (a_d - b_d))^2, or exp(-q / 2) without alpha,
//! learns the r_d and the noise by climbing the log density of the labels (Rasmussen and Williams, 2006, sections 5.1 and 5.4), each log r_d held by
//! a normal prior around that of one shared length. With a few hundred networks and about as many
//! columns the prior does most of the work: what few networks tell apart stays nearly shared.

use super::cholesky::{Factor, dot};
use super::gaussian_process::{Kernel, Labels, squared_distance};
use crate::error::Result;

/// Gradient steps.
const N_STEPS: usize = 60;
/// Their length in log units.
const RATE: f64 = 0.05;
/// Decay of the gradients' mean and mean square (Kingma and Ba, 2015).
const DECAYS: (f64, f64) = (0.9, 0.99);

/// What is believed before labels are seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// The length scale that all columns share at first, in root mean square deviations a column.
    pub length: f64,
    /// Deviation of each log r_d around it.
    pub deviation: f64,
    /// The kernel's alpha, which stays as it is ([`Kernel::alpha`]).
    pub alpha: Option<f64>,
    /// Noise at first, as a share of the variance that columns explain.
    pub noise: f64,
}

/// What was learned: rows whose columns are multiplied by `stretch` go with length 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Relevance {
    /// r_d, one a column.
    pub stretch: Vec<f64>,
    /// The noise.
    pub noise: f64,
}

impl Relevance {
    /// Learns from standardised rows and labels. Complexity: O(steps (n^3 + n^2 d)).
    ///
    /// # Errors
    /// Where labels do not vary, or a covariance can't be factored.
    pub fn learn(rows: &[Vec<f64>], labels: &[f64], prior: Prior) -> Result<Self> {
        let labels = Labels::of(labels)?.standardised;
        let objective = Objective { rows, labels: &labels, prior };
        let mut at = objective.start();
        let (mut mean, mut square) = (vec![0.0; at.len()], vec![0.0; at.len()]);
        for step in 1..=N_STEPS {
            let (_, gradient) = objective.at(&at)?;
            let unbiased = |decay: f64| 1.0 - decay.powi(step as i32);
            for (place, slope) in gradient.iter().enumerate() {
                mean[place] += (1.0 - DECAYS.0) * (slope - mean[place]);
                square[place] += (1.0 - DECAYS.1) * (slope * slope - square[place]);
                let root = (square[place] / unbiased(DECAYS.1)).sqrt().max(f64::MIN_POSITIVE);
                at[place] -= RATE * mean[place] / unbiased(DECAYS.0) / root;
            }
        }
        let noise = at.pop().unwrap_or_default().exp();
        Ok(Self { stretch: at.into_iter().map(f64::exp).collect(), noise })
    }

    /// What is believed of `n_columns` before labels are seen.
    pub fn of(prior: Prior, n_columns: usize) -> Self {
        Self { stretch: vec![1.0 / prior.length; n_columns], noise: prior.noise }
    }

    /// A standardised row as the kernel of length 1 sees it.
    pub fn stretched(&self, row: &[f64]) -> Vec<f64> {
        row.iter().zip(&self.stretch).map(|(x, r)| x * r).collect()
    }
}

/// The negative log density of labels and prior, as a function of log r_d and log noise.
struct Objective<'a> {
    rows: &'a [Vec<f64>],
    /// Standardised.
    labels: &'a [f64],
    prior: Prior,
}

impl Objective<'_> {
    /// All columns at the prior's length.
    fn start(&self) -> Vec<f64> {
        let n_columns = self.rows.first().map_or(0, Vec::len);
        let mut at = vec![-self.prior.length.ln(); n_columns];
        at.push(self.prior.noise.ln());
        at
    }

    /// Value and gradient.
    fn at(&self, at: &[f64]) -> Result<(f64, Vec<f64>)> {
        let n_columns = at.len() - 1;
        let noise = at[n_columns].exp();
        let relevance =
            Relevance { stretch: at[..n_columns].iter().map(|log| log.exp()).collect(), noise };
        let rows: Vec<_> = self.rows.iter().map(|row| relevance.stretched(row)).collect();
        let kernel = Kernel { length: 1.0, alpha: self.prior.alpha, linear: 0.0, noise };
        let square = |i: usize, j: usize| squared_distance(&rows[i], &rows[j]);
        let n = rows.len();
        let squares: Vec<Vec<f64>> =
            (0..n).map(|i| (0..=i).map(|j| square(i, j)).collect()).collect();
        let covariances = |row: &Vec<f64>| row.iter().map(|q| kernel.of_square(*q)).collect();
        let factor = Factor::of(squares.iter().map(covariances).collect(), noise)?;
        let alpha = factor.solve(self.labels);
        let inverse = factor.inverse();
        let scale = dot(self.labels, &alpha) / n as f64;
        let mut value = 0.5 * n as f64 * scale.ln() + factor.half_log_determinant();
        let mut gradient = vec![0.0; at.len()];
        for i in 0..n {
            for j in 0..=i {
                // half the trace runs over both halves of a symmetric matrix
                let times = if i == j { 0.5 } else { 1.0 };
                let pull = times * (inverse[i][j] - alpha[i] * alpha[j] / scale);
                if i == j {
                    gradient[n_columns] += pull * noise;
                    continue;
                }
                let pull = -pull * kernel.fall_at_square(squares[i][j]) / n_columns as f64;
                let differences = rows[i].iter().zip(&rows[j]).map(|(a, b)| (a - b) * (a - b));
                gradient.iter_mut().zip(differences).for_each(|(sum, d)| *sum += pull * d);
            }
        }
        for (place, log) in at[..n_columns].iter().enumerate() {
            let off = (log + self.prior.length.ln()) / self.prior.deviation;
            value += 0.5 * off * off;
            gradient[place] += off / self.prior.deviation;
        }
        Ok((value, gradient))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIOR: Prior = Prior { length: 1.5, deviation: 0.5, alpha: None, noise: 0.1 };

    /// Twelve rows of three columns, labels a wave over the first.
    fn data() -> (Vec<Vec<f64>>, Vec<f64>) {
        let rows: Vec<Vec<f64>> = (0..12)
            .map(|i| [0.7, 2.3, 3.9].map(|f| (f * f64::from(i) + f).sin()).to_vec())
            .collect();
        let labels = rows.iter().map(|row| (2.0 * row[0]).sin()).collect();
        (rows, labels)
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let (rows, labels) = data();
        for alpha in [None, Some(0.7)] {
            let prior = Prior { alpha, ..PRIOR };
            let objective = Objective { rows: &rows, labels: &labels, prior };
            let at = [-0.3, 0.2, -0.7, -2.0];
            let (_, gradient) = objective.at(&at).unwrap();
            for (place, slope) in gradient.iter().enumerate() {
                let moved = |by: f64| {
                    let mut at = at;
                    at[place] += by;
                    objective.at(&at).unwrap().0
                };
                let expected = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((slope - expected).abs() < 1e-5, "{alpha:?} {place}: {slope} {expected}");
            }
        }
    }

    #[test]
    fn the_column_that_labels_depend_on_is_stretched_most() {
        let (rows, labels) = data();
        let Relevance { stretch, noise } = Relevance::learn(&rows, &labels, PRIOR).unwrap();
        assert!(stretch[0] > 2.0 * stretch[1] && stretch[0] > 2.0 * stretch[2], "{stretch:?}");
        assert!(noise < PRIOR.noise, "{noise}");
    }
}
