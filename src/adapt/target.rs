//! A target that a Gaussian process answers for.
//!
//! What it is an accuracy of, the networks it was fitted on, and how wide its intervals are. Its
//! rows are stored in half precision and rounded before the fit, so that a stored target is the one
//! that was fitted.

use candle_core::{DType, Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::fit::gaussian_process::{Columns, GaussianProcess, Kernel, Normal};
use crate::model::target::Interval;

/// Networks that one process may be fitted on: its time grows with the cube.
pub const MAX_NETWORKS: usize = 1000;
/// Standardised regressors are cut off here, so that a strange network does not run away.
const CLAMP: f64 = 8.0;
/// Accuracies are kept this far from 0 and 1, where the logit is infinite.
const MARGIN: f64 = 1e-3;
/// Kernels that are tried, by their lengths and noises. The grid and alpha were chosen on validation
/// networks of NAS-Bench-201, NAS-Bench-Macro and MnasNet, and on DARTS.
const LENGTHS: [f64; 6] = [0.4, 0.7, 1.2, 2.0, 3.5, 6.0];
const NOISES: [f64; 6] = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0];
const ALPHA: f64 = 1.0;

/// What is fitted of an accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// The accuracy itself.
    Accuracy,
    /// log(A / (1 - A)): errors near 0 and 1 count for more.
    Logit,
}

/// A prediction with its 90 % interval, as fractions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Range {
    /// Predicted accuracy.
    pub accuracy: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What is stored of a target beside its rows and accuracies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// `kind/data set`, as in `adapted/cifar10`.
    pub name: String,
    /// What it is an accuracy of, in words.
    pub title: String,
    /// What is fitted.
    pub scale: Scale,
    /// How regressors are read.
    pub columns: Columns,
    /// The covariance.
    pub kernel: Kernel,
    /// Half-width of the interval in deviations that the process expects: split conformal on what
    /// it says of each of its networks without having seen that one's accuracy.
    pub interval: Interval,
}

/// A fitted target.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianTarget {
    description: Description,
    accuracies: Vec<f64>,
    process: GaussianProcess,
}

impl Scale {
    /// The label of an accuracy.
    pub fn forward(self, accuracy: f64) -> f64 {
        match self {
            Self::Accuracy => accuracy,
            Self::Logit => {
                let inner = accuracy.clamp(MARGIN, 1.0 - MARGIN);
                (inner / (1.0 - inner)).ln()
            }
        }
    }

    /// The accuracy of a label, within 0..1.
    pub fn inverse(self, label: f64) -> f64 {
        match self {
            Self::Accuracy => label.clamp(0.0, 1.0),
            Self::Logit => 1.0 / (1.0 + (-label).exp()),
        }
    }
}

impl GaussianTarget {
    /// Fits a target to regressors, one row a network, and accuracies.
    ///
    /// # Errors
    /// Where accuracies do not vary, regressors are not finite, or there are too many networks.
    pub fn fit(
        (name, title): (&str, &str),
        scale: Scale,
        regressors: &[Vec<f64>],
        accuracies: &[f64],
    ) -> Result<Self> {
        check_count(accuracies.len())?;
        let columns = Columns::of(regressors);
        let rows: Vec<_> = regressors.iter().map(|row| read(&columns, row)).collect();
        let rows = rounded(&rows)?;
        let kernels: Vec<Kernel> = LENGTHS
            .into_iter()
            .flat_map(|length| {
                NOISES.map(|noise| Kernel { length, alpha: Some(ALPHA), linear: 0.0, noise })
            })
            .collect();
        let labels = labels(scale, accuracies);
        let process = GaussianProcess::choose(&rows, &labels, &kernels)?;
        let expected = process.leave_one_out();
        let scores = expected.iter().zip(&labels).map(|(Normal { mean, deviation }, label)| {
            (label - mean).abs() / deviation.max(f64::MIN_POSITIVE)
        });
        let description = Description {
            name: name.to_owned(),
            title: title.to_owned(),
            scale,
            columns,
            kernel: process.kernel(),
            interval: Interval::from_scores(scores.collect()),
        };
        Ok(Self { description, accuracies: accuracies.to_vec(), process })
    }

    /// A target from what was stored of it.
    ///
    /// # Errors
    /// Where its parts do not fit each other.
    pub fn from_parts(
        description: Description,
        rows: Vec<Vec<f64>>,
        accuracies: Vec<f64>,
    ) -> Result<Self> {
        check_count(accuracies.len())?;
        let Columns { places, mean, deviation } = &description.columns;
        let n_columns = places.len();
        let is_whole = mean.len() == n_columns
            && deviation.len() == n_columns
            && deviation.iter().all(|deviation| *deviation > 0.0)
            && rows.len() == accuracies.len()
            && rows.iter().all(|row| row.len() == n_columns)
            && description.interval.radius.is_finite();
        if !is_whole {
            let name = &description.name;
            let message = format!("the parts of target `{name}` do not fit each other");
            return Err(Error::new(ErrorKind::Weights, message));
        }
        let labels = labels(description.scale, &accuracies);
        let process = GaussianProcess::fit(rows, &labels, description.kernel)?;
        Ok(Self { description, accuracies, process })
    }

    /// What is stored of it beside rows and accuracies.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The standardised rows that it was fitted on.
    pub fn rows(&self) -> &[Vec<f64>] {
        self.process.rows()
    }

    /// Their accuracies.
    pub fn accuracies(&self) -> &[f64] {
        &self.accuracies
    }

    /// Whether a row of regressors is long enough for it.
    pub fn reads(&self, n_regressors: usize) -> bool {
        self.description.columns.places.iter().all(|place| *place < n_regressors)
    }

    /// The accuracy of a network with these regressors.
    pub fn predict(&self, regressors: &[f64]) -> Range {
        let Description { columns, scale, interval, .. } = &self.description;
        let Normal { mean, deviation } = self.process.predict(&read(columns, regressors));
        let half_width = interval.radius * deviation;
        Range {
            accuracy: scale.inverse(mean),
            low: scale.inverse(mean - half_width),
            high: scale.inverse(mean + half_width),
        }
    }
}

fn check_count(n_networks: usize) -> Result<()> {
    if n_networks <= MAX_NETWORKS {
        return Ok(());
    }
    let message = format!("{n_networks} networks; a Gaussian process takes at most {MAX_NETWORKS}");
    Err(Error::new(ErrorKind::TooLarge, message))
}

fn labels(scale: Scale, accuracies: &[f64]) -> Vec<f64> {
    accuracies.iter().map(|accuracy| scale.forward(*accuracy)).collect()
}

fn read(columns: &Columns, row: &[f64]) -> Vec<f64> {
    columns.standardise(row).into_iter().map(|x| x.clamp(-CLAMP, CLAMP)).collect()
}

/// The rows as half precision holds them.
fn rounded(rows: &[Vec<f64>]) -> Result<Vec<Vec<f64>>> {
    let n_columns = rows.first().map_or(0, Vec::len);
    if n_columns == 0 {
        return Ok(rows.to_vec());
    }
    let tensor = Tensor::from_vec(rows.concat(), (rows.len(), n_columns), &Device::Cpu)?;
    Ok(tensor.to_dtype(DType::F16)?.to_dtype(DType::F64)?.to_vec2()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two regressors, one of which decides.
    fn networks() -> (Vec<Vec<f64>>, Vec<f64>) {
        let rows: Vec<Vec<f64>> =
            (0..24).map(|i| vec![f64::from(i), f64::from(i * 7 % 5), 1.0]).collect();
        let accuracies = rows.iter().map(|row| 0.9 + 0.003 * row[0]).collect();
        (rows, accuracies)
    }

    #[test]
    fn a_stored_target_answers_as_the_fitted_one() {
        let (rows, accuracies) = networks();
        for scale in [Scale::Accuracy, Scale::Logit] {
            let fitted = GaussianTarget::fit(("a/b", "t"), scale, &rows, &accuracies).unwrap();
            let stored = GaussianTarget::from_parts(
                fitted.description().clone(),
                fitted.rows().to_vec(),
                fitted.accuracies().to_vec(),
            );
            assert_eq!(stored.unwrap(), fitted);
            let Range { accuracy, low, high } = fitted.predict(&[11.5, 2.0, 1.0]);
            assert!((accuracy - 0.9345).abs() < 2e-3, "{accuracy}");
            assert!(low < accuracy && accuracy < high && high <= 1.0);
            assert!(fitted.reads(3) && !fitted.reads(1));
        }
    }

    #[test]
    fn logits_have_an_inverse_and_no_infinite_ends() {
        for accuracy in [0.05, 0.5, 0.93] {
            let there = Scale::Logit.forward(accuracy);
            assert!((Scale::Logit.inverse(there) - accuracy).abs() < 1e-12);
        }
        assert!(Scale::Logit.forward(1.0).is_finite() && Scale::Logit.forward(0.0).is_finite());
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let (rows, accuracies) = networks();
        let target = GaussianTarget::fit(("a/b", "t"), Scale::Logit, &rows, &accuracies).unwrap();
        let fewer = accuracies[1..].to_vec();
        let parts = |rows, accuracies| {
            GaussianTarget::from_parts(target.description().clone(), rows, accuracies)
        };
        assert!(parts(target.rows().to_vec(), fewer).is_err());
        assert!(parts(rows, accuracies).is_err(), "raw rows have a column more");
        let many = vec![vec![0.0]; MAX_NETWORKS + 1];
        let labels: Vec<f64> = (0..=MAX_NETWORKS).map(|i| i as f64 / 2000.0).collect();
        let error = GaussianTarget::fit(("a/b", "t"), Scale::Logit, &many, &labels).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }
}
