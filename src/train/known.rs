//! What weights that learned one family tell of others: tables made from random networks of each.
//!
//! No label of theirs takes part. Added to weights before they are written, for
//! [`model::transfer`](crate::model::transfer).

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::data::resolve;
use crate::error::{Error, ErrorKind, Result};
use crate::features::GraphFeatures;
use crate::model::batch::BatchItem;
use crate::model::ensemble::Ensemble;
use crate::model::statistics::Statistics;
use crate::model::transfer::{Gate, Known, Transfer, TwoLabels, others, typical};
use crate::model::weights::Weights;

/// Random networks of each family's variant.
const N_NETWORKS: usize = 256;
/// The seed by which they are drawn.
const SEED: u64 = 0x000d_d5e7;
/// Networks that one forward pass takes.
const FORWARD_BATCH: usize = 64;

/// Random networks of a variant with the labels that they get.
struct Drawn {
    name: String,
    features: Vec<GraphFeatures>,
    /// Read by the family's statistics and by those of the others.
    labels: Vec<TwoLabels>,
    /// Read by those of all families alone.
    by_all: Vec<TwoLabels>,
}

/// Adds the tables to weights, whose targets must be all of one family.
///
/// # Errors
/// Where they are of several, or a family's own sampler makes no valid network.
pub fn add(weights: &mut Weights) -> Result<()> {
    weights.metadata.transfer = Some(transfer(&Ensemble::load(weights.clone())?)?);
    Ok(())
}

fn transfer(ensemble: &Ensemble) -> Result<Transfer> {
    let metadata = ensemble.metadata();
    let source = &metadata.targets[0];
    if let Some(other) = metadata.targets.iter().find(|t| t.family() != source.family()) {
        let message = format!(
            "the weights learned {} and {}; what they know of other families can be told of \
             weights of one family alone",
            source.name, other.name
        );
        return Err(Error::new(ErrorKind::Config, message));
    }
    let statistics = &metadata.statistics;
    let is_learned = |name: &str| metadata.targets.iter().any(|target| target.name == name);
    let names: Vec<&String> = statistics.keys().collect();
    let drawn =
        names.par_iter().map(|name| Drawn::of(ensemble, name)).collect::<Result<Vec<_>>>()?;
    let of_source = &statistics[&source.name];
    let known = |drawn: &Drawn| {
        let features: Vec<_> = drawn.features.iter().collect();
        let own = &statistics[&drawn.name];
        let gate = Gate::of(&features, own, of_source);
        let typical = typical(&others(statistics, &drawn.name));
        (drawn.name.clone(), Known::of(&features, &drawn.labels, &typical, gate))
    };
    let families = drawn.iter().filter(|drawn| !is_learned(&drawn.name)).map(known).collect();
    let firsts = others(statistics, "");
    let is_first = |drawn: &&Drawn| firsts.iter().any(|own| **own == statistics[&drawn.name]);
    let of_all: Vec<&Drawn> = drawn.iter().filter(is_first).collect();
    let features: Vec<_> = of_all.iter().flat_map(|drawn| &drawn.features).collect();
    let labels: Vec<_> = of_all.iter().flat_map(|drawn| drawn.by_all.clone()).collect();
    let of = Known::of(&features, &labels, &typical(&firsts), Gate::PRIOR);
    let dense = Known::of_dense(&features, &labels, &typical(&firsts));
    Ok(Transfer { families, others: of, dense })
}

impl Drawn {
    fn of(ensemble: &Ensemble, name: &str) -> Result<Self> {
        let metadata = ensemble.metadata();
        let (family, variant) = resolve(name)?;
        let mut rng = Pcg64Mcg::seed_from_u64(SEED);
        let features = (0..N_NETWORKS)
            .map(|_| {
                let graph = family.sample_variant(variant, &mut rng).build(variant)?;
                Ok(GraphFeatures::of(&graph, metadata.config.features, metadata.config.view))
            })
            .collect::<Result<Vec<_>>>()?;
        let statistics = &metadata.statistics;
        let pooled = Statistics::pooled(others(statistics, name).into_iter());
        let all = Statistics::pooled(others(statistics, "").into_iter());
        let own = labels(ensemble, &features, &statistics[name])?;
        let by_pooled = labels(ensemble, &features, &pooled)?;
        let by_all = labels(ensemble, &features, &all)?;
        let both = own.into_iter().zip(by_pooled);
        Ok(Self {
            name: name.to_owned(),
            features,
            labels: both.map(|(own, pooled)| TwoLabels { own, pooled }).collect(),
            by_all: by_all
                .into_iter()
                .map(|label| TwoLabels { own: label, pooled: label })
                .collect(),
        })
    }
}

/// The labels for the first target that the ensemble gives networks read by `statistics`.
fn labels(
    ensemble: &Ensemble,
    features: &[GraphFeatures],
    statistics: &Statistics,
) -> Result<Vec<f64>> {
    let mut labels = Vec::with_capacity(features.len());
    for chunk in features.chunks(FORWARD_BATCH) {
        let items: Vec<_> =
            chunk.iter().map(|features| BatchItem { features, statistics }).collect();
        labels.extend(ensemble.estimate(&items)?.iter().map(|estimate| estimate.labels[0]));
    }
    Ok(labels)
}
