//! The order of networks of a family that was not trained on: as a set, and one by one.
//!
//! Rows for the tables of [`evaluate`](super::evaluate); what is said of the networks is
//! [`model::transfer`](crate::model::transfer)'s.

use super::data::Network;
use super::evaluate::{
    Row, Scorer, answering_target, estimate_with, over_graphs, over_records, statistics_of,
};
use crate::error::Result;
use crate::features::GraphFeatures;
use crate::fit::metrics::Metrics;
use crate::model::ensemble::{Ensemble, Estimate};
use crate::model::statistics::Statistics;
use crate::model::transfer::{self, Gate, Side, TwoLabels};

/// Rows for a family that was not trained on: the prior, and each group of members without it and
/// with it.
pub(super) fn transfer_rows(
    ensemble: &Ensemble,
    name: &str,
    networks: &[&Network],
    group_size: usize,
) -> Result<Vec<Row>> {
    let row = |scorer, answered_by: &str, scores: &[f64]| Row {
        target: name.to_owned(),
        answered_by: answered_by.to_owned(),
        scorer,
        unique: over_graphs(networks, scores, Metrics::of_order),
        all: over_records(networks, scores, Metrics::of_order),
        coverage: None,
    };
    let mut rows = Vec::new();
    let seeds = &ensemble.metadata().seeds;
    for (idx, group) in seeds.chunks(group_size).enumerate() {
        let first = idx * group_size;
        let members = ensemble.members(first..first + group.len());
        let said = zero_shot(&members, name, networks)?;
        if idx == 0 {
            rows.push(row(Scorer::Prior, name, &said.prior));
        }
        rows.push(row(Scorer::Group(group[0]), &said.answered_by, &said.networks));
        rows.push(row(Scorer::Transfer(group[0]), &said.answered_by, &said.rule));
    }
    if let Some([alone, strangers]) = one_by_one(ensemble, name, networks)? {
        rows.push(row(Scorer::Alone, name, &alone));
        rows.push(row(Scorer::Stranger, name, &strangers));
    }
    Ok(rows)
}

/// The rank that each network gets by itself, as one of its family and as one of no known family;
/// `None` where the weights have no tables for that.
fn one_by_one(
    ensemble: &Ensemble,
    name: &str,
    networks: &[&Network],
) -> Result<Option<[Vec<f64>; 2]>> {
    let metadata = ensemble.metadata();
    let Some(tables) = &metadata.transfer else { return Ok(None) };
    let answering = |statistics: &Statistics| -> Result<Vec<f64>> {
        Ok(labels(&estimate_with(ensemble, statistics, networks)?, 0))
    };
    let others = transfer::others(&metadata.statistics, name);
    let by_own = answering(&statistics_of(ensemble, name, networks))?;
    let by_pooled = answering(&Statistics::pooled(others.into_iter()))?;
    let family = name.split('/').next();
    let of_others = metadata.statistics.iter().filter(|(own, _)| own.split('/').next() != family);
    let of_others = of_others.map(|(own, statistics)| (own.clone(), statistics.clone())).collect();
    let mut ranks = [Vec::new(), Vec::new()];
    for (idx, network) in networks.iter().enumerate() {
        let (own, pooled) = (by_own[idx], by_pooled[idx]);
        let features = &network.features;
        let (known, _) = tables.known(&metadata.statistics, Some(name), features);
        ranks[0].push(known.rank(features, TwoLabels { own, pooled }));
        let (known, _) = tables.known(&of_others, None, features);
        ranks[1].push(known.rank(features, TwoLabels { own: pooled, pooled }));
    }
    Ok(Some(ranks))
}

/// Scores of networks of a family that was not trained on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ZeroShot {
    /// What is said before anything was learned.
    pub(super) prior: Vec<f64>,
    /// What the networks say, by the family's own statistics.
    pub(super) networks: Vec<f64>,
    /// Both, weighed by the family's structure.
    pub(super) rule: Vec<f64>,
    /// The target whose column answered.
    pub(super) answered_by: String,
}

/// What all members say of `networks` of the target called `name`, with the prior and without it.
pub(super) fn zero_shot(
    ensemble: &Ensemble,
    name: &str,
    networks: &[&Network],
) -> Result<ZeroShot> {
    let others = transfer::others(&ensemble.metadata().statistics, name);
    let pooled = Statistics::pooled(others.iter().copied());
    let family = statistics_of(ensemble, name, networks);
    let estimates = estimate_with(ensemble, &family, networks)?;
    let target = answering_target(ensemble, name, &estimates)?;
    let answered_by = ensemble.metadata().targets[target].name.clone();
    let source = &ensemble.metadata().statistics[&answered_by];
    let (mut priors, mut rules) = (Vec::new(), Vec::new());
    let sides = transfer::sides(&features_of(networks), &family);
    for Side { places, own } in &sides {
        let of_side: Vec<&Network> = places.iter().map(|place| networks[*place]).collect();
        let features = features_of(&of_side);
        let prior = transfer::prior(&features, own, others.iter().copied());
        let gate = Gate::of(&features, own, source);
        rules.push(if gate == Gate::PRIOR {
            prior.clone()
        } else {
            let by_own = labels(&estimate_with(ensemble, own, &of_side)?, target);
            let by_pooled = labels(&estimate_with(ensemble, &pooled, &of_side)?, target);
            transfer::score(gate, &prior, &by_own, &by_pooled)
        });
        priors.push(prior);
    }
    Ok(ZeroShot {
        prior: transfer::joined(&sides, &priors),
        networks: labels(&estimates, target),
        rule: transfer::joined(&sides, &rules),
        answered_by,
    })
}

fn features_of<'a>(networks: &[&'a Network]) -> Vec<&'a GraphFeatures> {
    networks.iter().map(|network| &network.features).collect()
}

fn labels(estimates: &[Estimate], target: usize) -> Vec<f64> {
    estimates.iter().map(|estimate| estimate.labels[target]).collect()
}
