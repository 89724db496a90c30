//! An accuracy for a network of no known family.
//!
//! A Gaussian process on numbers of the whole graph: its scalars, the side of its image, which
//! operators it has. It answers where the network of the weights has no column to answer with, such
//! as for a file with a network of one's own. Labels are z = ln(1 - A), in which an error halved
//! counts the same everywhere; 90 % of held-out labels lay within `radius` deviations. What it knows
//! comes from [`crate::model::general`]; how it is fitted is `train`'s.

use std::sync::{Arc, OnceLock};

use crate::error::{Error, ErrorKind, Result};
use crate::features::{GraphFeatures, N_PROFILE, N_SCALARS};
use crate::fit::gaussian_process::{GaussianProcess, Kernel, Normal};
use crate::graph::Op;
use crate::model::general::{General, Seen};
use crate::model::weights::Weights;

/// Numbers in a network's row.
pub(crate) const N_NUMBERS: usize = N_SCALARS + 1 + Op::ALL.len();
/// A number is cut off this many deviations from the mean: what lies farther is as unknown.
const REACH: f64 = 5.0;

/// A general target, ready to answer.
#[derive(Debug, Clone)]
pub struct GeneralTarget {
    described: General,
    seen: Seen,
    /// Made when it is first asked: that costs as much as some predictions.
    process: Arc<OnceLock<Result<GaussianProcess>>>,
}

/// What a general target says of a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Predicted accuracy, a fraction.
    pub accuracy: f64,
    /// Lower end of the 90 % interval.
    pub low: f64,
    /// Upper end of the 90 % interval.
    pub high: f64,
    /// Share of held-out networks of which the process was surer: 0 to 1.
    pub novelty: f64,
}

/// The accuracy of a label.
pub(crate) fn accuracy(label: f64) -> f64 {
    (1.0 - label.exp()).clamp(0.0, 1.0)
}

/// The numbers of a network: 44 scalars, log2 of its image's side, 1 for each operator that it has.
///
/// # Shapes
/// `[N_NUMBERS]`, before standardisation.
pub(crate) fn numbers(features: &GraphFeatures) -> Vec<f64> {
    let (counts, rest) = features.profile.split_at(Op::ALL.len());
    let has = counts.iter().map(|count| f64::from(*count > 0.0));
    let scalars = features.scalars.iter().map(|scalar| f64::from(*scalar));
    let side = rest[N_PROFILE - Op::ALL.len() - 1];
    scalars.chain([f64::from(side)]).chain(has).collect()
}

impl General {
    /// The numbers as the kernel of length 1 sees them.
    pub(crate) fn stretched(&self, numbers: &[f64]) -> Vec<f64> {
        let tables = self.mean.iter().zip(&self.deviation).zip(&self.stretch);
        let read = self.places.iter().zip(tables);
        read.map(|(place, ((mean, deviation), stretch))| {
            ((numbers[*place] - mean) / deviation).clamp(-REACH, REACH) * stretch
        })
        .collect()
    }

    /// The interval around what the process expects.
    fn range(&self, expected: Normal) -> Range {
        let half_width = self.radius * expected.deviation;
        Range {
            accuracy: accuracy(expected.mean),
            low: accuracy(expected.mean + half_width),
            high: accuracy(expected.mean - half_width),
            novelty: self.novelty.novelty(expected.deviation),
        }
    }

    /// The process that has seen these networks.
    ///
    /// # Errors
    /// Where the covariance can't be factored.
    pub(crate) fn process(&self, seen: &Seen) -> Result<GaussianProcess> {
        let kernel =
            Kernel { length: 1.0, alpha: self.alpha, linear: self.linear, noise: self.noise };
        GaussianProcess::fit(seen.rows.clone(), &seen.labels, kernel)
    }
}

impl GeneralTarget {
    /// The general targets that a weights' file holds.
    ///
    /// # Errors
    /// Where tensors are missing or do not fit.
    pub fn load(file: &Weights) -> Result<Vec<Self>> {
        let load = |(index, general): (usize, &General)| {
            if general.places.iter().any(|place| *place >= N_NUMBERS) {
                let message = format!("`{}` reads numbers that there are not", general.name);
                return Err(Error::new(ErrorKind::Weights, message));
            }
            let seen = general.seen(file, index)?;
            Ok(Self { described: general.clone(), seen, process: Arc::default() })
        };
        file.metadata.general.iter().enumerate().map(load).collect()
    }

    /// What the file says of it.
    pub fn described(&self) -> &General {
        &self.described
    }

    /// What it says of a network. Complexity: O(n^3) the first time, O(n^2) then.
    ///
    /// # Errors
    /// Where the file's rows make no process.
    pub fn answer(&self, features: &GraphFeatures) -> Result<Range> {
        let process = self.process.get_or_init(|| self.described.process(&self.seen));
        let process = process.as_ref().map_err(Clone::clone)?;
        let row = self.described.stretched(&numbers(features));
        Ok(self.described.range(process.predict(&row)))
    }
}
