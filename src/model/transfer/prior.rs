//! What is said of any family before anything was learned: sizes, and how much is mixed and bent.
//!
//! Costs are there twice, as logarithms of their totals, which a few large layers make, and as sums
//! of roots, to which every convolution adds.

use super::order::rank_gauss;
use crate::features::{GraphFeatures, place};
use crate::model::statistics::Statistics;

/// Scalars whose sum is the prior; the first ones say something of any network, the rest of its
/// convolutions alone.
pub(super) const PARTS: [usize; 8] = [
    place::LOG_MACS,
    place::LOG_PARAMS,
    place::ACTIVATION_VOLUME,
    place::FAN_IN,
    place::WALK_FAN_IN,
    place::WALK_ACTIVATIONS,
    place::ROOT_MACS,
    place::ROOT_MACS_PARAMS,
];
/// How many parts say something of any network.
pub(super) const N_WHOLE: usize = 3;
/// The mean share of MACs in products of matrices from which on networks are not convolutional.
const DENSE_SHARE: f64 = 0.05;
/// Deviations below this are of a scalar that is constant.
pub(super) const CONSTANT: f64 = 1e-6;

/// Whether attention, mixers and their like do a part of these networks' work.
pub(super) fn are_dense(features: &[&GraphFeatures]) -> bool {
    let sum: f64 = features.iter().map(|network| network.dense_share()).sum();
    sum / features.len().max(1) as f64 > DENSE_SHARE
}

/// The parts that say something of these networks.
fn parts(features: &[&GraphFeatures]) -> &'static [usize] {
    if are_dense(features) { &PARTS[..N_WHOLE] } else { &PARTS }
}

/// The prior's scores of a set of networks: the ranks of its parts' sum, each part in deviations of
/// the family itself and, with the same weight, in the mean deviations within the `others`.
pub fn prior<'a>(
    features: &[&GraphFeatures],
    family: &Statistics,
    others: impl Iterator<Item = &'a Statistics> + Clone,
) -> Vec<f64> {
    let n_others = others.clone().count().max(1) as f64;
    let typical = |part: usize| others.clone().map(|f| f.deviation[part]).sum::<f64>() / n_others;
    let sum = |deviation: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let scales: Vec<_> = parts(features).iter().map(|&part| (part, deviation(part))).collect();
        let score = |network: &&GraphFeatures| {
            let varying = scales.iter().filter(|(_, scale)| *scale > CONSTANT);
            varying.map(|&(part, scale)| f64::from(network.scalars[part]) / scale).sum()
        };
        rank_gauss(&features.iter().map(score).collect::<Vec<f64>>())
    };
    let (own, typical) = (sum(&|part| family.deviation[part]), sum(&typical));
    rank_gauss(&own.iter().zip(&typical).map(|(a, b)| a + b).collect::<Vec<f64>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{N_PROFILE, N_SCALARS};

    fn network(size: f32, other: f32, dense: f32) -> GraphFeatures {
        let mut scalars = [other; N_SCALARS];
        PARTS.iter().for_each(|&part| scalars[part] = size);
        let mut profile = [0.0; N_PROFILE];
        profile[N_PROFILE - 2] = dense;
        GraphFeatures { n_nodes: 0, nodes: Vec::new(), edges: Vec::new(), scalars, profile }
    }

    fn unit() -> Statistics {
        Statistics { mean: vec![0.0; N_SCALARS], deviation: vec![1.0; N_SCALARS] }
    }

    #[test]
    fn the_prior_prefers_larger_networks_and_ignores_scalars_that_are_no_part_of_it() {
        let set = [network(2.0, 9.0, 0.0), network(1.0, -3.0, 0.0), network(3.0, 0.5, 0.0)];
        let scores = prior(&set.each_ref(), &unit(), [&unit()].into_iter());
        // normal quantiles of 1/6, 1/2, 5/6 (scipy.stats.norm.ppf)
        for (score, expected) in scores.iter().zip([0.0, -0.967_421_57, 0.967_421_57]) {
            assert!((score - expected).abs() < 1e-6, "{scores:?}");
        }
    }

    #[test]
    fn of_networks_of_matrix_products_only_what_any_network_has_counts() {
        let mut set = [network(2.0, 0.0, 0.1), network(1.0, 0.0, 0.1)];
        set[1].scalars[place::FAN_IN] = 50.0;
        let scores = prior(&set.each_ref(), &unit(), [&unit()].into_iter());
        assert!(are_dense(&set.each_ref()) && scores[0] > scores[1], "{scores:?}");
        set.iter_mut().for_each(|network| network.profile[N_PROFILE - 2] = 0.0);
        let scores = prior(&set.each_ref(), &unit(), [&unit()].into_iter());
        assert!(!are_dense(&set.each_ref()) && scores[0] < scores[1], "{scores:?}");
    }
}
