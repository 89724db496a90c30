//! Held-out figures: the predictor, its members one by one, and what size alone would say.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::data::{DataSet, Network};
use super::metrics::Metrics;
use super::split::Split;
use super::zero_shot::transfer_rows;
pub(super) use super::zero_shot::{ZeroShot, zero_shot};
use crate::error::{Error, ErrorKind, Result};
use crate::model::batch::BatchItem;
use crate::model::ensemble::{Ensemble, Estimate};
use crate::model::label::LabelTransform;
use crate::model::statistics::Statistics;
use crate::model::target::{Interval, Target};

/// Networks that one forward pass takes.
const FORWARD_BATCH: usize = 256;

/// What a row of the table speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scorer {
    /// log10 of the graph's parameters.
    LogParams,
    /// log10 of the graph's multiply-adds.
    LogMacs,
    /// One member alone, by its seed.
    Member(u64),
    /// The whole ensemble.
    Ensemble,
    /// What is said of any family before anything was learned ([`prior`](crate::model::transfer::prior)).
    Prior,
    /// As many members as are shipped, from the one with this seed on.
    Group(u64),
    /// The same with the prior, weighed by the family's structure ([`score`](crate::model::transfer::score)).
    Transfer(u64),
    /// Each network by itself, as `gennape predict` places it.
    Alone,
    /// The same, with nothing known of its family.
    Stranger,
}

impl fmt::Display for Scorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LogParams => f.write_str("log params"),
            Self::LogMacs => f.write_str("log MACs"),
            Self::Member(seed) => write!(f, "member, seed {seed}"),
            Self::Ensemble => f.write_str("ensemble"),
            Self::Prior => f.write_str("prior"),
            Self::Group(seed) => write!(f, "group, seed {seed}"),
            Self::Transfer(seed) => write!(f, "transfer, seed {seed}"),
            Self::Alone => f.write_str("one by one"),
            Self::Stranger => f.write_str("one by one, of no known family"),
        }
    }
}

/// How one scorer ranks and hits the networks of one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Target.
    pub target: String,
    /// The target whose column answered; another one in zero-shot transfer.
    pub answered_by: String,
    /// Who scored.
    pub scorer: Scorer,
    /// One entry a canonical graph, labels of equal graphs averaged.
    pub unique: Metrics,
    /// One entry a record.
    pub all: Metrics,
    /// Share of the unique networks' labels inside the 90 % interval; the ensemble's alone, since
    /// only its first member's embeddings can be held against those of the training networks.
    pub coverage: Option<f64>,
}

/// The rows for one target, over the networks of `split` (or all, where it is `None`).
///
/// Where the target is of a family that was not trained on, groups of `group_size` members are
/// shown with the prior too.
///
/// # Errors
/// Where no network is there, or the weights' features are of another set.
pub fn evaluate(
    ensemble: &Ensemble,
    data: &DataSet,
    target: usize,
    split: Option<Split>,
    group_size: usize,
) -> Result<Vec<Row>> {
    let name = &data.targets[target].name;
    let networks: Vec<&Network> = data
        .networks
        .iter()
        .filter(|n| n.target == target && split.is_none_or(|split| n.split == split))
        .collect();
    if networks.is_empty() {
        return Err(Error::new(
            ErrorKind::Record,
            format!("no network of `{name}` is in this split"),
        ));
    }
    let score = |scorer, scores: Vec<f64>| Row {
        target: name.clone(),
        answered_by: name.clone(),
        scorer,
        unique: over_graphs(&networks, &scores, Metrics::of_order),
        all: over_records(&networks, &scores, Metrics::of_order),
        coverage: None,
    };
    let log10 = |count: u64| (count.max(1) as f64).log10();
    let mut rows = vec![
        score(Scorer::LogParams, networks.iter().map(|n| log10(n.cost.params)).collect()),
        score(Scorer::LogMacs, networks.iter().map(|n| log10(n.cost.macs)).collect()),
    ];
    let seeds = &ensemble.metadata().seeds;
    if seeds.len() > 1 {
        for (idx, &seed) in seeds.iter().enumerate() {
            let member = ensemble.single(idx);
            rows.push(network_row(&member, name, &networks, Scorer::Member(seed))?);
        }
    }
    rows.push(network_row(ensemble, name, &networks, Scorer::Ensemble)?);
    if ensemble.metadata().targets.iter().all(|target| target.name != *name) {
        rows.extend(transfer_rows(ensemble, name, &networks, group_size)?);
    }
    Ok(rows)
}

/// What counts as one entry: [`over_graphs`] or [`over_records`].
pub(super) type Entries = fn(&[&Network], &[f64], fn(&[f64], &[f64]) -> Metrics) -> Metrics;

/// The row of a predictor.
fn network_row(
    ensemble: &Ensemble,
    name: &str,
    networks: &[&Network],
    scorer: Scorer,
) -> Result<Row> {
    let estimates = estimate(ensemble, name, networks)?;
    let target = answering_target(ensemble, name, &estimates)?;
    let described = &ensemble.metadata().targets[target];
    let predictions: Vec<f64> = networks
        .iter()
        .zip(&estimates)
        .map(|(network, estimate)| described.label.inverse(estimate.labels[target], network.cost))
        .collect();
    // Ranks come from labels, which have no ties where the inverse is cut off; errors from accuracies.
    let ranked: Vec<f64> = match described.label {
        LabelTransform::RankGauss { .. } => {
            estimates.iter().map(|estimate| estimate.labels[target]).collect()
        }
        LabelTransform::Flops { .. } => predictions.clone(),
    };
    let metrics = |over: Entries| {
        let order = over(networks, &ranked, Metrics::of_order);
        Metrics { mae: over(networks, &predictions, Metrics::of).mae, ..order }
    };
    let inside = networks.iter().zip(&estimates).filter(|(network, estimate)| {
        let label = described.label.forward(network.mean_accuracy(), network.cost);
        let radius = half_width(ensemble, &described.interval, estimate.distance);
        (label - estimate.labels[target]).abs() <= radius
    });
    let coverage = Some(inside.count() as f64 / networks.len() as f64);
    Ok(Row {
        target: name.to_owned(),
        answered_by: described.name.clone(),
        unique: metrics(over_graphs),
        all: metrics(over_records),
        coverage: coverage.filter(|_| scorer == Scorer::Ensemble),
        scorer,
    })
}

/// Half-width of the interval in label space at this distance from the training networks.
pub(super) fn half_width(ensemble: &Ensemble, interval: &Interval, distance: f64) -> f64 {
    interval.radius * ensemble.novelty().scale().widening(distance)
}

/// What the ensemble says of networks of the target called `name`.
pub(super) fn estimate(
    ensemble: &Ensemble,
    name: &str,
    networks: &[&Network],
) -> Result<Vec<Estimate>> {
    estimate_with(ensemble, &statistics_of(ensemble, name, networks), networks)
}

/// The statistics against which networks of the target called `name` are read: those that the
/// weights know of it, or the networks' own.
pub(super) fn statistics_of<'a>(
    ensemble: &'a Ensemble,
    name: &str,
    networks: &[&Network],
) -> Cow<'a, Statistics> {
    match ensemble.metadata().statistics.get(name) {
        Some(known) => Cow::Borrowed(known),
        None => {
            let scalars = networks.iter().map(|network| &network.features.scalars);
            Cow::Owned(Statistics::of(scalars))
        }
    }
}

/// What the ensemble says of networks whose scalars are read against `statistics`.
pub(super) fn estimate_with(
    ensemble: &Ensemble,
    statistics: &Statistics,
    networks: &[&Network],
) -> Result<Vec<Estimate>> {
    let mut estimates = Vec::with_capacity(networks.len());
    for chunk in networks.chunks(FORWARD_BATCH) {
        let items: Vec<_> = chunk
            .iter()
            .map(|network| BatchItem { features: &network.features, statistics })
            .collect();
        estimates.extend(ensemble.estimate(&items)?);
    }
    Ok(estimates)
}

/// The target's own column or, in zero-shot transfer, that of most networks' nearest target.
pub(super) fn answering_target(
    ensemble: &Ensemble,
    name: &str,
    estimates: &[Estimate],
) -> Result<usize> {
    let targets: &[Target] = &ensemble.metadata().targets;
    if let Some(own) = targets.iter().position(|target| target.name == name) {
        return Ok(own);
    }
    let mut votes = vec![0_usize; targets.len()];
    for estimate in estimates {
        if let Some(nearest) = ensemble.nearest_target(&estimate.embedding, |_| true) {
            votes[nearest] += 1;
        }
    }
    (0..votes.len())
        .max_by_key(|&target| votes[target])
        .ok_or_else(|| Error::new(ErrorKind::Target, "the weights hold no target"))
}

/// Figures with one entry a canonical graph.
pub(super) fn over_graphs(
    networks: &[&Network],
    scores: &[f64],
    metrics: fn(&[f64], &[f64]) -> Metrics,
) -> Metrics {
    let labels: Vec<f64> = networks.iter().map(|network| network.mean_accuracy()).collect();
    metrics(scores, &labels)
}

/// Figures with one entry a record.
pub(super) fn over_records(
    networks: &[&Network],
    scores: &[f64],
    metrics: fn(&[f64], &[f64]) -> Metrics,
) -> Metrics {
    let pairs = networks.iter().zip(scores);
    let (scores, labels): (Vec<f64>, Vec<f64>) = pairs
        .flat_map(|(network, score)| network.accuracies.iter().map(|label| (*score, *label)))
        .unzip();
    metrics(&scores, &labels)
}
