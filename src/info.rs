//! What loaded weights are, for a person who chooses a target or judges a number.
//!
//! Taken from the weights' metadata and the registry of families; [`crate::predict`] hands it out.

use serde::Serialize;

use crate::adapt::file::Adapted;
use crate::adapt::held_out::Comparison;
use crate::family::FAMILIES;
use crate::model::general::General;
use crate::model::metadata::{FORMAT_VERSION, Metadata};
use crate::model::target::{HeldOut, Target};

/// What the weights are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelInfo {
    /// Version of the weights' format.
    pub format_version: u32,
    /// Version of the feature columns.
    pub layout_version: u32,
    /// False for a network that was never trained.
    pub trained: bool,
    /// The commit that made the weights.
    pub commit: String,
    /// The seed of each member.
    pub seeds: Vec<u64>,
    /// Number of members.
    pub members: usize,
    /// Number of clusters, and of heads in each member.
    pub clusters: usize,
    /// Size of the weights' file.
    pub bytes: usize,
    /// What can be predicted.
    pub targets: Vec<TargetInfo>,
    /// Which architectures are understood.
    pub families: Vec<FamilyInfo>,
}

/// A target in words and figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetInfo {
    /// `family/dataset`.
    pub name: String,
    /// The family.
    pub family: String,
    /// The data set.
    pub dataset: String,
    /// Data set and training recipe in words.
    pub title: String,
    /// Training networks.
    pub networks: usize,
    /// Figures on networks that were not trained on: the test split, or else the validation split.
    #[serde(flatten)]
    pub held_out: HeldOutInfo,
}

/// Figures on held-out networks; `None` where they were not measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct HeldOutInfo {
    /// How many networks were held out.
    pub held_out: usize,
    /// Spearman's rank correlation.
    pub spearman: Option<f64>,
    /// Kendall's tau-b.
    pub kendall: Option<f64>,
    /// Mean absolute error, a fraction.
    pub mae: Option<f64>,
    /// Share of labels inside the 90 % interval.
    pub coverage: Option<f64>,
}

/// A family in words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FamilyInfo {
    /// The short name.
    pub name: &'static str,
    /// The name in the literature.
    pub title: &'static str,
    /// An architecture in its canonical text.
    pub example: &'static str,
    /// What its architectures are.
    pub description: &'static str,
}

impl ModelInfo {
    /// What a weights' file of `n_bytes` says of itself, and targets that were adapted from it.
    pub(crate) fn of(metadata: &Metadata, adapted: &[Adapted], n_bytes: usize) -> Self {
        let families = FAMILIES.iter().map(|family| FamilyInfo {
            name: family.name(),
            title: family.title(),
            example: family.example(),
            description: family.description(),
        });
        let general = metadata.general.iter().map(TargetInfo::of_general);
        let targets = metadata.targets.iter().map(TargetInfo::of).chain(general);
        let targets = targets.chain(adapted.iter().map(TargetInfo::of_adapted));
        Self {
            format_version: FORMAT_VERSION,
            layout_version: metadata.layout_version,
            trained: metadata.trained,
            commit: metadata.commit.clone(),
            seeds: metadata.seeds.clone(),
            members: metadata.seeds.len(),
            clusters: metadata.config.fcm.clusters,
            bytes: n_bytes,
            targets: targets.collect(),
            families: families.collect(),
        }
    }
}

impl TargetInfo {
    fn of(target: &Target) -> Self {
        let figures = target.test.or(target.validation);
        Self {
            name: target.name.clone(),
            family: target.family().to_owned(),
            dataset: target.variant().to_owned(),
            title: target.title.clone(),
            networks: target.networks,
            held_out: figures.map_or_else(HeldOutInfo::default, HeldOutInfo::of),
        }
    }
}

impl TargetInfo {
    fn of_general(general: &General) -> Self {
        let (family, dataset) = general.name.split_once('/').unwrap_or((&general.name, ""));
        Self {
            name: general.name.clone(),
            family: family.to_owned(),
            dataset: dataset.to_owned(),
            title: general.title.clone(),
            networks: general.networks,
            held_out: HeldOutInfo::of(general.held_out),
        }
    }

    /// An adapted target's figures are of cross-validation.
    fn of_adapted(adapted: &Adapted) -> Self {
        let Comparison { networks, adapted: figures, .. } = adapted.comparison;
        Self {
            name: adapted.name().to_owned(),
            family: adapted.family_name().unwrap_or_default().to_owned(),
            dataset: adapted.data_set.clone(),
            title: adapted.target.description().title.clone(),
            networks: adapted.target.accuracies().len(),
            held_out: HeldOutInfo {
                held_out: networks,
                spearman: figures.spearman,
                kendall: None,
                mae: figures.mae,
                coverage: figures.coverage,
            },
        }
    }
}

impl HeldOutInfo {
    fn of(figures: HeldOut) -> Self {
        Self {
            held_out: figures.networks,
            spearman: figures.spearman,
            kendall: figures.kendall,
            mae: figures.mae,
            coverage: Some(figures.coverage),
        }
    }
}
