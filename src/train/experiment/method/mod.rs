//! The methods that are compared: each learns from some networks and scores others.
//!
//! A method is one file here and one line in [`METHODS`]; those that only change a part of ours
//! are lines of [`ABLATIONS`].

mod end_to_end;
mod gaussian_process;
mod size;
mod source;
mod trees;

use serde_json::{Value, json};

use super::pretrained::Pretrained;
use crate::error::{Error, ErrorKind, Result};
use crate::features::{FeatureSet, View};
use crate::model::config::LabelKind;
use crate::model::ensemble::Ensemble;
use crate::model::label::LabelTransform;
use crate::train::data::{Featurise, Network};
use crate::train::observer::Observer;

/// The methods of [`Experiment::Single`](super::cell::Experiment::Single), in the order of its tables.
pub static METHODS: &[&dyn Method] = &[
    &size::LOG_PARAMS,
    &size::LOG_MACS,
    &trees::TREES,
    &gaussian_process::GAUSSIAN_PROCESS,
    &end_to_end::K_GNN,
    &end_to_end::GCN,
    &end_to_end::GIN,
    &end_to_end::PAPER,
    &end_to_end::DEFAULT,
];

/// The methods of [`Experiment::Transfer`](super::cell::Experiment::Transfer).
pub static TRANSFER: &[&dyn Method] = &[
    &size::LOG_PARAMS,
    &size::LOG_MACS,
    &source::PRIOR,
    &source::NETWORKS,
    &source::RULE,
    &trees::TREES,
    &gaussian_process::GAUSSIAN_PROCESS,
];

/// Our method whole, and with one part changed.
pub static ABLATIONS: &[&dyn Method] = &[
    &end_to_end::DEFAULT,
    &end_to_end::NO_CONTRASTIVE,
    &end_to_end::ONE_HEAD,
    &end_to_end::ONE_WIDE_HEAD,
    &end_to_end::PAIRWISE,
    &end_to_end::PAIRWISE_ALONE,
    &end_to_end::CLUSTERS_3,
    &end_to_end::CLUSTERS_8,
    &end_to_end::FUZZIFIER_2,
    &end_to_end::FLOPS_LABEL,
    &end_to_end::NO_SCALARS,
    &end_to_end::FULL_VIEW,
];

/// Something that learns from networks and scores others.
pub trait Method: Sync {
    /// One word for the command line and for cells.
    fn name(&self) -> &'static str;

    /// What it is, in a table.
    fn title(&self) -> &'static str;

    /// Everything that decides what it says, for the hash of a cell; nothing for one without settings.
    ///
    /// # Errors
    /// Where the settings contradict each other.
    fn settings(&self) -> Result<Value> {
        Ok(json!({}))
    }

    /// What it reads of a network; of most of them the scalars and costs, which no choice changes.
    ///
    /// # Errors
    /// Where the settings contradict each other.
    fn featurise(&self) -> Result<Featurise> {
        Ok(Featurise { set: FeatureSet::ScaleFree, view: View::Fused })
    }

    /// Whether it learns at all; counting does not.
    fn learns(&self) -> bool {
        true
    }

    /// Whether it asks weights that were trained on other families.
    fn asks_source(&self) -> bool {
        false
    }

    /// How many networks it can learn from.
    fn most_networks(&self) -> Option<usize> {
        None
    }

    /// Learns and scores; `None` where the observer wished to stop.
    ///
    /// # Errors
    /// Where it can't learn from these networks.
    fn scores(&self, task: &Task<'_>) -> Result<Option<Scores>>;
}

/// What a method is asked.
pub struct Task<'a> {
    /// `family/variant` of all networks here.
    pub target: &'a str,
    /// Networks to learn from, with their accuracies; none for one that does not learn.
    pub training: &'a [&'a Network],
    /// Networks to score. Their accuracies are not for the method.
    pub held_out: &'a [&'a Network],
    /// For what the method draws.
    pub seed: u64,
    /// Weights that were trained on other families, where there are any.
    pub source: Option<&'a Ensemble>,
    /// Encoders that were pre-trained without labels.
    pub(super) pretrained: &'a Pretrained<'a>,
    /// Hears of steps, and may wish to stop.
    pub observer: &'a dyn Observer,
}

/// What a method says of the held-out networks.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// One score a network: higher is better.
    pub order: Vec<f64>,
    /// Predicted accuracies, where it predicts any.
    pub accuracies: Option<Vec<f64>>,
}

impl Task<'_> {
    /// The label transform of the training networks, and their labels.
    fn labels(&self, kind: LabelKind) -> (LabelTransform, Vec<f64>) {
        let known: Vec<_> =
            self.training.iter().map(|network| (network.mean_accuracy(), network.cost)).collect();
        let transform = LabelTransform::fit(kind, &known);
        let labels = known.iter().map(|&(accuracy, cost)| transform.forward(accuracy, cost));
        let labels = labels.collect();
        (transform, labels)
    }

    /// Scores from predicted labels.
    ///
    /// Ranks come from labels, which have no ties where the inverse is cut off, unless the label
    /// has another order than the accuracy.
    fn scores(&self, transform: &LabelTransform, labels: Vec<f64>) -> Scores {
        let pairs = self.held_out.iter().zip(&labels);
        let accuracies: Vec<f64> =
            pairs.map(|(network, label)| transform.inverse(*label, network.cost)).collect();
        let order = match transform {
            LabelTransform::RankGauss { .. } => labels,
            LabelTransform::Flops { .. } => accuracies.clone(),
        };
        Scores { order, accuracies: Some(accuracies) }
    }
}

/// The method called `name`.
///
/// # Errors
/// Names those that there are.
pub fn by_name(name: &str) -> Result<&'static dyn Method> {
    let all = || METHODS.iter().chain(TRANSFER).chain(ABLATIONS);
    all().find(|method| method.name() == name).copied().ok_or_else(|| {
        let mut known: Vec<&str> = Vec::new();
        for method in all() {
            if !known.contains(&method.name()) {
                known.push(method.name());
            }
        }
        let message = format!("there is no method `{name}`; expected one of {}", known.join(", "));
        Error::new(ErrorKind::Config, message)
    })
}
