//! One cell of a grid: what is measured, by whom, on what; and what came of it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, ErrorKind, Result};
use crate::train::metrics::Metrics;

/// Which question a cell belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    /// What size alone says of each family, over all its networks.
    Size,
    /// Each family alone: learned from its training networks, judged on its test networks.
    Single,
    /// What weights that never saw a family say of it, and what a few of its networks give.
    Transfer,
    /// What each part of our method gives: one of them changed at a time.
    Ablations,
}

impl Experiment {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Size, Self::Single, Self::Transfer, Self::Ablations];

    /// The word for the command line and for folders.
    pub fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Single => "single",
            Self::Transfer => "transfer",
            Self::Ablations => "ablations",
        }
    }
}

impl fmt::Display for Experiment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How many networks are learned from; as a number, or `null` in JSON for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Option<usize>", into = "Option<usize>")]
pub enum Networks {
    /// So many, drawn by the seed.
    Some(usize),
    /// All of the training side.
    All,
}

impl From<Option<usize>> for Networks {
    fn from(count: Option<usize>) -> Self {
        count.map_or(Self::All, Self::Some)
    }
}

impl From<Networks> for Option<usize> {
    fn from(networks: Networks) -> Self {
        match networks {
            Networks::Some(count) => Some(count),
            Networks::All => None,
        }
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Some(count) => write!(f, "{count}"),
            Self::All => f.write_str("all"),
        }
    }
}

/// Everything that decides what is measured. Equal cells have equal results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The question.
    pub experiment: Experiment,
    /// `family/variant`.
    pub target: String,
    /// The method's name.
    pub method: String,
    /// How many networks it learns from; 0 where it learns nothing.
    pub networks: Networks,
    /// Draws the training networks, and whatever the method draws.
    pub seed: u64,
    /// The method's settings.
    pub settings: Value,
    /// How networks are held out, and which version of the features is read.
    pub protocol: Value,
    /// Digest of the records' file.
    pub records: String,
    /// Digest of the weights that answer, where the method asks any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Cell {
    /// The cell's name: the hash of all that it says.
    ///
    /// # Errors
    /// Where it has no JSON form.
    pub fn hash(&self) -> Result<String> {
        let text = serde_json::to_string(self)
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
        Ok(format!("{:016x}", xxh3_64(text.as_bytes())))
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, method, networks, seed, .. } = self;
        write!(f, "{target}, {method}, {networks} networks, seed {seed}")
    }
}

/// What came of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Outcome {
    /// Figures on networks that were held out.
    Measured(Measured),
    /// The family has fewer training networks than were asked for.
    Beyond {
        /// How many it has.
        available: usize,
    },
    /// The method does not go so far.
    TooMany {
        /// How many networks it can learn from.
        most: usize,
    },
}

/// Figures on networks that were held out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Networks learned from (in cross-validation: in its first part).
    pub trained_on: usize,
    /// One entry a canonical graph, labels of equal graphs averaged.
    pub unique: Metrics,
    /// One entry a record.
    pub all: Metrics,
    /// 95 % bootstrap interval of `unique.spearman`, where all networks were cross-validated.
    pub interval: Option<[f64; 2]>,
    /// Seconds of learning and scoring; reading records and pre-training are not in it.
    pub seconds: f64,
}

/// A cell with what came of it, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// What was measured.
    pub cell: Cell,
    /// What came of it.
    pub outcome: Outcome,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cell(networks: Networks, seed: u64) -> Cell {
        Cell {
            experiment: Experiment::Single,
            target: "nb201/cifar10".into(),
            method: "trees".into(),
            networks,
            seed,
            settings: json!({"trees": 200}),
            protocol: json!({"salt": 0}),
            records: "00".into(),
            source: None,
        }
    }

    #[test]
    fn a_cell_survives_json_and_whatever_differs_gives_it_another_name() {
        let cells = [
            cell(Networks::Some(100), 1),
            cell(Networks::Some(100), 2),
            cell(Networks::All, 1),
            Cell { settings: json!({"trees": 100}), ..cell(Networks::All, 1) },
            Cell { experiment: Experiment::Ablations, ..cell(Networks::All, 1) },
            Cell { source: Some("01".into()), ..cell(Networks::All, 1) },
        ];
        let mut names: Vec<String> = cells.iter().map(|cell| cell.hash().unwrap()).collect();
        for cell in &cells {
            let text = serde_json::to_string(cell).unwrap();
            let again: Cell = serde_json::from_str(&text).unwrap();
            assert_eq!((again.hash().unwrap(), &again), (cell.hash().unwrap(), cell));
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), cells.len());
    }
}
