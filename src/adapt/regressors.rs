//! The row of numbers that stands for a network in a Gaussian process.
//!
//! Nothing here knows whose networks they are, or for what their accuracies are fitted.

use super::source::Opinion;
use crate::features::{GraphFeatures, SCALAR_NAMES, profile_names};
use crate::model::metadata::Metadata;

/// The regressors of one network: the graph's scalars, the kinds of its layers and, where weights
/// were asked, what they see in it. [`regressor_names`] says what each one is.
pub fn regressors(features: &GraphFeatures, opinion: Option<&Opinion>) -> Vec<f64> {
    let graph = features.scalars.iter().chain(&features.profile);
    let graph = graph.map(|number| f64::from(*number));
    let seen = opinion.iter().flat_map(|opinion| opinion.labels.iter().chain(&opinion.embeddings));
    graph.chain(seen.copied()).collect()
}

/// What each regressor is, in their order; `source` are the weights that were asked.
pub fn regressor_names(source: Option<&Metadata>) -> Vec<String> {
    let mut names: Vec<String> = SCALAR_NAMES.iter().map(|name| (*name).to_owned()).collect();
    names.extend(profile_names());
    let Some(Metadata { config, seeds, targets, .. }) = source else { return names };
    for reading in ["own", "pooled"] {
        for member in 0..seeds.len() {
            let of_target = |name: &str| format!("{name} by member {member}, {reading} statistics");
            names.extend(targets.iter().map(|target| of_target(&target.name)));
        }
    }
    for member in 0..seeds.len() {
        let width = config.embedding_width();
        names.extend((0..width).map(|place| format!("embedding {place} of member {member}")));
    }
    names
}
