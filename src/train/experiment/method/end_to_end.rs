//! Graph networks trained end to end: the published baseline, the published method and ours.
//!
//! All learn the rank-Gauss label by squared error, unless a line here says otherwise, with one
//! schedule: fewer networks are gone through more often in smaller batches. One member each, since
//! an ensemble would help any of them.

use serde_json::{Value, json};

use super::{Method, Scores, Task};
use crate::error::{Error, ErrorKind, Result};
use crate::model::statistics::Statistics;
use crate::train::config::RunConfig;
use crate::train::data::{DataSet, Featurise, Network, TargetData};
use crate::train::experiment::pretrained::Pretrained;
use crate::train::regress::{FIT_STAGE, Regression};
use crate::train::split::Split;
use crate::train::stage::{self, Stage};

const OURS: &str = include_str!("../../../../configs/default.toml");
const PUBLISHED: &str = include_str!("../../../../configs/paper.toml");

/// With so many networks the configuration's own epochs are run; with fewer, more by the square
/// root of the ratio: half the steps a network for four times the networks.
const WHOLE: usize = 6400;
/// Epochs, however few the networks.
const MOST_EPOCHS: f64 = 160.0;
/// The batch is this times the square root of the number of networks, from 8 to the
/// configuration's own.
const BATCH: f64 = 1.6;

/// One encoder and head, or several heads, as a configuration has them.
pub(super) struct EndToEnd {
    name: &'static str,
    title: &'static str,
    base: &'static str,
    changes: &'static [&'static str],
}

/// The encoder as published, one head, no pre-training.
pub(super) static K_GNN: EndToEnd = EndToEnd {
    name: "k-gnn",
    title: "k-GNN (published baseline)",
    base: PUBLISHED,
    changes: &["pretrain.stage.epochs=0", "model.fcm.clusters=1", "model.label=\"rank-gauss\""],
};
/// A baseline with the features of ours: an encoder of as many parameters (14,000), one head.
pub(super) static GCN: EndToEnd = EndToEnd {
    name: "gcn",
    title: "GCN",
    base: OURS,
    changes: &[
        "model.encoder={kind=\"gcn\", width=56, layers=5}",
        "model.scalars=false",
        "pretrain.stage.epochs=0",
        "model.fcm.clusters=1",
    ],
};
/// The same with graph isomorphism layers.
pub(super) static GIN: EndToEnd = EndToEnd {
    name: "gin",
    title: "GIN",
    base: OURS,
    changes: &[
        "model.encoder={kind=\"gin\", width=42, layers=4}",
        "model.scalars=false",
        "pretrain.stage.epochs=0",
        "model.fcm.clusters=1",
    ],
};
/// The published method with its own label.
pub(super) static PAPER: EndToEnd =
    EndToEnd { name: "paper", title: "ours, `paper`", base: PUBLISHED, changes: &[] };
/// Our method.
pub(super) static DEFAULT: EndToEnd =
    EndToEnd { name: "default", title: "ours, `default`", base: OURS, changes: &[] };

/// Our method with one part changed.
const fn changed(
    name: &'static str,
    title: &'static str,
    changes: &'static [&'static str],
) -> EndToEnd {
    EndToEnd { name, title, base: OURS, changes }
}

pub(super) static NO_CONTRASTIVE: EndToEnd =
    changed("no-contrastive", "no contrastive pre-training", &["pretrain.stage.epochs=0"]);
pub(super) static ONE_HEAD: EndToEnd = changed("one-head", "one head", &["model.fcm.clusters=1"]);
pub(super) static ONE_WIDE_HEAD: EndToEnd = changed(
    "one-wide-head",
    "one head as large as the six",
    &["model.fcm.clusters=1", "model.heads.hidden=[112, 112]"],
);
pub(super) static CLUSTERS_3: EndToEnd =
    changed("clusters-3", "3 clusters", &["model.fcm.clusters=3"]);
pub(super) static CLUSTERS_8: EndToEnd =
    changed("clusters-8", "8 clusters", &["model.fcm.clusters=8"]);
pub(super) static FUZZIFIER_2: EndToEnd =
    changed("fuzzifier-2", "fuzzifier 2", &["model.fcm.fuzzifier=2.0"]);
pub(super) static FLOPS_LABEL: EndToEnd =
    changed("flops-label", "the published label", &["model.label=\"flops\""]);
pub(super) static NO_SCALARS: EndToEnd =
    changed("no-scalars", "no scalars", &["model.scalars=false"]);
pub(super) static PAIRWISE: EndToEnd = changed(
    "pairwise",
    "with two classifiers of pairs",
    &["model.pairwise={classifiers=2, hidden=64, references=32, share=0.5}"],
);
pub(super) static PAIRWISE_ALONE: EndToEnd = changed(
    "pairwise-alone",
    "the classifiers' word alone",
    &["model.pairwise={classifiers=2, hidden=64, references=32, share=1.0}"],
);
pub(super) static FULL_VIEW: EndToEnd =
    changed("full-view", "every node of the graph", &["model.view=\"full\""]);

impl EndToEnd {
    fn config(&self) -> Result<RunConfig> {
        let fixed = [
            "seeds=[1]",
            "members=1",
            "data.targets=[\"nb101/cifar10\"]",
            "data.pretrain=[\"nb101/cifar10\"]",
        ];
        let changes: Vec<String> =
            fixed.iter().chain(self.changes).map(|&change| change.to_owned()).collect();
        RunConfig::from_toml_with(self.base, &changes).map_err(|error| error.context(self.name))
    }

    /// The configuration for so many training networks.
    fn config_for(&self, n_networks: usize) -> Result<RunConfig> {
        let mut config = self.config()?;
        let n = n_networks as f64;
        let epochs = config.fit.epochs as f64;
        let more = (WHOLE as f64 / n).sqrt().max(1.0);
        config.fit.epochs = (epochs * more).round().min(MOST_EPOCHS.max(epochs)) as usize;
        config.fit.batch = ((BATCH * n.sqrt()).round() as usize).clamp(8, config.fit.batch);
        Ok(config)
    }
}

impl Method for EndToEnd {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn settings(&self) -> Result<Value> {
        let RunConfig { model, pretrain, fit, data, .. } = self.config()?;
        let pretrain = (pretrain.stage.epochs > 0).then_some((pretrain, data.pretrain));
        Ok(json!({
            "model": model,
            "pretrain": pretrain,
            "fit": fit,
            "schedule": { "whole": WHOLE, "most_epochs": MOST_EPOCHS, "batch": BATCH },
        }))
    }

    fn featurise(&self) -> Result<Featurise> {
        let model = self.config()?.model;
        Ok(Featurise { set: model.features, view: model.view })
    }

    fn scores(&self, task: &Task<'_>) -> Result<Option<Scores>> {
        let config = self.config_for(task.training.len())?;
        let Some(encoder) = task.pretrained.encoder(&config, task.seed)? else { return Ok(None) };
        let data = learned_from(task.training)?;
        let (transform, _) = task.labels(config.model.label);
        let labels = [transform];
        let mut learner = Regression::new(&config, task.seed, &data, &labels, &encoder)?;
        learner.cluster(task.seed)?;
        let stage = Stage {
            name: FIT_STAGE,
            seed: task.seed,
            config: config.fit,
            folder: None,
            run: Pretrained::NO_RUN,
            observer: task.observer,
        };
        if stage.run(&mut learner)? == stage::Outcome::Stopped {
            return Ok(None);
        }
        let predicted = learner.predict(task.held_out)?;
        Ok(Some(task.scores(&labels[0], predicted)))
    }
}

/// The training networks as a data set of their own, with their own statistics.
fn learned_from(training: &[&Network]) -> Result<DataSet> {
    if training.is_empty() {
        let message = "there is no network to learn from; ask for at least one";
        return Err(Error::new(ErrorKind::Record, message));
    }
    let scalars = training.iter().map(|network| &network.features.scalars);
    let target = TargetData {
        name: String::new(),
        title: String::new(),
        statistics: Statistics::of(scalars),
    };
    let own = |network: &&Network| Network {
        split: Split::Train,
        is_learned: true,
        ..(*network).clone()
    };
    let networks = training.iter().map(own).collect();
    Ok(DataSet { targets: vec![target], n_labelled: 1, networks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_networks_are_gone_through_more_often_in_smaller_batches() {
        let schedule = |n: usize| {
            let fit = DEFAULT.config_for(n).unwrap().fit;
            (fit.epochs, fit.batch)
        };
        assert_eq!(schedule(100), (128, 16));
        assert_eq!(schedule(400), (64, 32));
        assert_eq!(schedule(1600), (32, 64));
        assert_eq!(schedule(6400), (16, 64));
        assert_eq!(schedule(50_000), (16, 64));
        assert_eq!(schedule(10), (160, 8));
    }

    #[test]
    fn every_method_has_valid_settings_and_a_name_of_its_own() {
        let all = || super::super::METHODS.iter().chain(&super::super::ABLATIONS[1..]);
        for method in all() {
            method.settings().unwrap();
            method.featurise().unwrap();
        }
        let mut names: Vec<_> = all().map(|method| method.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().count());
    }
}
