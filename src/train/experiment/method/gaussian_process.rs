//! A Gaussian process on the graph's scalars.

use serde_json::{Value, json};

use super::{Method, Scores, Task};
use crate::error::Result;
use crate::features::N_SCALARS;
use crate::fit::gaussian_process::{Columns, GaussianProcess, Kernel};
use crate::model::config::LabelKind;

/// The process on the 44 scalars, standardised over the training networks.
pub(super) static GAUSSIAN_PROCESS: ScalarProcess = ScalarProcess;

/// Kernels of which the training labels choose the likeliest.
const LENGTHS: [f64; 3] = [0.6, 1.2, 2.4];
const NOISES: [f64; 4] = [0.01, 0.03, 0.1, 0.3];
/// Its memory grows by the square and its time by the third power.
const MOST_NETWORKS: usize = 1600;

pub(super) struct ScalarProcess;

impl Method for ScalarProcess {
    fn name(&self) -> &'static str {
        "gaussian-process"
    }

    fn title(&self) -> &'static str {
        "Gaussian process, scalars"
    }

    fn settings(&self) -> Result<Value> {
        Ok(json!({ "lengths": LENGTHS, "noises": NOISES }))
    }

    fn most_networks(&self) -> Option<usize> {
        Some(MOST_NETWORKS)
    }

    fn scores(&self, task: &Task<'_>) -> Result<Option<Scores>> {
        let (transform, labels) = task.labels(LabelKind::RankGauss);
        let rows: Vec<_> =
            task.training.iter().map(|network| widened(&network.features.scalars)).collect();
        let columns = Columns::of(&rows);
        let rows: Vec<_> = rows.iter().map(|row| columns.standardise(row)).collect();
        let grid: Vec<Kernel> = LENGTHS
            .into_iter()
            .flat_map(|length| {
                NOISES.map(|noise| Kernel { length, alpha: None, linear: 0.0, noise })
            })
            .collect();
        let process = GaussianProcess::choose(&rows, &labels, &grid)?;
        let expected = |scalars| process.predict(&columns.standardise(&widened(scalars))).mean;
        let held_out = task.held_out.iter();
        let predicted = held_out.map(|network| expected(&network.features.scalars)).collect();
        Ok(Some(task.scores(&transform, predicted)))
    }
}

fn widened(scalars: &[f32; N_SCALARS]) -> Vec<f64> {
    scalars.iter().map(|&scalar| f64::from(scalar)).collect()
}
