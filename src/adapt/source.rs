//! What the weights see in a network that they were not trained for.
//!
//! Each member's embedding, and its labels with the scalars read twice: against the network's own
//! family and against all families together. Which of the two is nearer to the truth differs from
//! family to family; what is fitted on top finds out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::{GraphFeatures, N_SCALARS};
use crate::model::batch::{Batch, BatchItem};
use crate::model::ensemble::Ensemble;
use crate::model::network::memberships;
use crate::model::statistics::Statistics;

/// Networks from which a set can tell its own statistics.
const LEAST_OWN: usize = 30;

/// Against which statistics scalars are read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Of the networks' own family.
    pub own: Statistics,
    /// Of all families that the weights know, together.
    pub pooled: Statistics,
}

/// What the members of an ensemble see in one network.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// For each reading, member and target: a label.
    pub labels: Vec<f64>,
    /// The members' embeddings, one after the other.
    pub embeddings: Vec<f64>,
}

impl Reading {
    /// The reading for networks of `family` (`family/variant`), or else of those with these scalars.
    ///
    /// A set of 30 networks or more tells its own statistics; for a smaller one of no known family
    /// the pooled ones stand in.
    pub fn of(ensemble: &Ensemble, family: Option<&str>, scalars: &[&[f32; N_SCALARS]]) -> Self {
        let known = &ensemble.metadata().statistics;
        let mut seen = BTreeSet::new();
        let first_variants = known.iter().filter_map(|(name, statistics)| {
            seen.insert(name.split('/').next()).then_some(statistics)
        });
        let firsts: Vec<&Statistics> = first_variants.collect();
        let pooled = Statistics::pooled(firsts.iter().copied());
        let own = match family.and_then(|family| known.get(family)) {
            Some(own) => own.clone(),
            None if scalars.len() >= LEAST_OWN => Statistics::of(scalars.iter().copied()),
            None => pooled.clone(),
        };
        Self { own, pooled }
    }

    /// Whether the stored numbers are as many as there are scalars, and finite.
    pub fn is_valid(&self) -> bool {
        let tables = [&self.own, &self.pooled].map(|s| [&s.mean, &s.deviation]);
        tables
            .iter()
            .flatten()
            .all(|table| table.len() == N_SCALARS && table.iter().all(|number| number.is_finite()))
    }
}

/// What the members of `ensemble` see in each network.
///
/// # Errors
/// Where the features are of another set than the weights'.
pub fn opinions(
    ensemble: &Ensemble,
    reading: &Reading,
    networks: &[&GraphFeatures],
) -> Result<Vec<Opinion>> {
    let set = ensemble.metadata().config.features;
    let batch = |statistics: &Statistics| {
        let items: Vec<_> =
            networks.iter().map(|&features| BatchItem { features, statistics }).collect();
        Batch::new(&items, set)
    };
    let batches = [batch(&reading.own)?, batch(&reading.pooled)?];
    let nothing = Opinion { labels: Vec::new(), embeddings: Vec::new() };
    let mut opinions = vec![nothing; networks.len()];
    let mut pooled = vec![Vec::new(); networks.len()];
    for member in ensemble.each_member() {
        // the encoder reads no scalars
        let embedding = member.network.embed(&batches[0])?;
        let membership = memberships(&member.fcm, &embedding)?;
        let labels = batches.each_ref().map(|batch| -> Result<Vec<Vec<f32>>> {
            let inputs = member.network.inputs(&embedding, batch)?;
            let outputs = member.network.head_outputs(&inputs)?;
            Ok(member.network.labels(&inputs, &outputs, &membership)?.to_vec2()?)
        });
        let [own_labels, pooled_labels] = labels;
        let rows = embedding.to_vec2::<f32>()?.into_iter().zip(own_labels?).zip(pooled_labels?);
        for ((opinion, pooled), ((embedding, own), others)) in
            opinions.iter_mut().zip(&mut pooled).zip(rows)
        {
            opinion.embeddings.extend(embedding.into_iter().map(f64::from));
            opinion.labels.extend(own.into_iter().map(f64::from));
            pooled.extend(others.into_iter().map(f64::from));
        }
    }
    for (opinion, pooled) in opinions.iter_mut().zip(pooled) {
        opinion.labels.extend(pooled);
    }
    Ok(opinions)
}

impl Opinion {
    /// The members' mean label for `target` of `n_targets`, read against the own family.
    pub fn own_label(&self, target: usize, n_targets: usize) -> f64 {
        let own = &self.labels[..self.labels.len() / 2];
        let labels = own.iter().skip(target).step_by(n_targets);
        let n_members = (own.len() / n_targets.max(1)).max(1);
        labels.sum::<f64>() / n_members as f64
    }
}
