//! What the weights' file says of itself, checked before any tensor is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::config::Config;
use super::general::General;
use super::novelty::NoveltyScale;
use super::statistics::Statistics;
use super::target::Target;
use super::transfer::Transfer;
use crate::error::{Error, ErrorKind, Result};
use crate::features::{LAYOUT_VERSION, N_SCALARS};

/// Raised whenever the file's structure changes.
pub const FORMAT_VERSION: u32 = 2;
/// Members that an ensemble may have.
const MAX_MEMBERS: usize = 64;
/// Targets that one file may hold.
const MAX_TARGETS: usize = 256;

/// Everything beside the tensors that a prediction needs, and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// Version of the file's structure.
    pub format_version: u32,
    /// Version of the feature columns.
    pub layout_version: u32,
    /// False for weights of a network that was never trained.
    pub trained: bool,
    /// The shape of every member.
    pub config: Config,
    /// The seed of each member.
    pub seeds: Vec<u64>,
    /// The commit of the program that made the file.
    pub commit: String,
    /// Targets, one a column of the heads.
    pub targets: Vec<Target>,
    /// Targets for networks of no known family; they have no column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub general: Vec<General>,
    /// Statistics of the scalars, by `family/variant`.
    pub statistics: BTreeMap<String, Statistics>,
    /// What is known of other families for networks of theirs; only in weights that learned one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Transfer>,
    /// The scale of novelty.
    pub novelty: NoveltyScale,
    /// The training run's whole configuration, for the record.
    pub training: serde_json::Value,
}

/// Only the versions, so that a file of another version is refused by name.
#[derive(Deserialize)]
struct Versions {
    format_version: u32,
    layout_version: u32,
}

impl Metadata {
    /// Reads and checks the metadata of a weights' file.
    ///
    /// # Errors
    /// Another version, or numbers that contradict each other.
    pub fn from_json(text: &str) -> Result<Self> {
        let damaged = |error: serde_json::Error| weights(format!("damaged metadata: {error}"));
        let versions: Versions = serde_json::from_str(text).map_err(damaged)?;
        let pairs = [
            ("format", versions.format_version, FORMAT_VERSION),
            ("feature layout", versions.layout_version, LAYOUT_VERSION),
        ];
        for (what, got, expected) in pairs {
            if got != expected {
                return Err(weights(format!(
                    "the weights have {what} version {got}, this program reads {expected}; \
                     take weights of the same release or train them anew"
                )));
            }
        }
        let metadata: Self = serde_json::from_str(text).map_err(damaged)?;
        metadata.check()?;
        Ok(metadata)
    }

    /// Checks counts, and that every table has its right size.
    fn check(&self) -> Result<()> {
        self.config.validate().map_err(|error| weights(error.message()))?;
        let counts = [
            ("members", self.seeds.len(), MAX_MEMBERS),
            ("targets", self.targets.len(), MAX_TARGETS),
        ];
        for (what, count, most) in counts {
            if !(1..=most).contains(&count) {
                return Err(weights(format!(
                    "the weights have {count} {what}; expected 1 to {most}"
                )));
            }
        }
        for target in &self.targets {
            if !target.label.is_valid() || !target.interval.radius.is_finite() {
                return Err(weights(format!("target `{}` has a damaged table", target.name)));
            }
            if !self.statistics.contains_key(&target.name) {
                return Err(weights(format!("target `{}` has no statistics", target.name)));
            }
        }
        if self.general.len() > MAX_TARGETS {
            return Err(weights(format!("more than {MAX_TARGETS} general targets")));
        }
        self.general.iter().try_for_each(General::check)?;
        for (name, Statistics { mean, deviation }) in &self.statistics {
            if mean.len() != N_SCALARS || deviation.len() != N_SCALARS {
                return Err(weights(format!("the statistics of `{name}` lack scalars")));
            }
        }
        if self.transfer.as_ref().is_some_and(|transfer| !transfer.is_valid()) {
            return Err(weights("the tables for other families are damaged"));
        }
        if !self.novelty.is_valid() {
            return Err(weights("the novelty scale is damaged"));
        }
        Ok(())
    }
}

pub(super) fn weights(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Weights, message)
}
