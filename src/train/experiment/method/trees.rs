//! Gradient-boosted trees on the graph's scalars.

use serde_json::Value;

use super::{Method, Scores, Task};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::trees::{BoostedTrees, TreesConfig};
use crate::model::config::LabelKind;

/// Trees as DESIGN.md has them, on the 44 scalars as they are.
pub(super) static TREES: Trees = Trees;

pub(super) struct Trees;

impl Method for Trees {
    fn name(&self) -> &'static str {
        "trees"
    }

    fn title(&self) -> &'static str {
        "boosted trees, scalars"
    }

    fn settings(&self) -> Result<Value> {
        serde_json::to_value(TreesConfig::default())
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
    }

    fn scores(&self, task: &Task<'_>) -> Result<Option<Scores>> {
        let (transform, labels) = task.labels(LabelKind::RankGauss);
        let rows: Vec<&[f32]> =
            task.training.iter().map(|network| network.features.scalars.as_slice()).collect();
        let trees = BoostedTrees::fit(&TreesConfig::default(), &rows, &labels)?;
        let held_out = task.held_out.iter();
        let predicted = held_out.map(|network| trees.predict(&network.features.scalars)).collect();
        Ok(Some(task.scores(&transform, predicted)))
    }
}
