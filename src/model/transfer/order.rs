//! The order of a set of networks, from what the prior and the networks of the weights say of it.
//!
//! Ranks need a set, and one image for all of it: of networks with images of several sides, those
//! of one side are compared with each other first, and sides then by how much they differ in MACs.

use std::collections::BTreeMap;

use super::gate::Gate;
use crate::features::{GraphFeatures, place};
use crate::model::label::normal_quantile;
use crate::model::statistics::Statistics;

/// Networks from which a side can tell its own statistics.
const LEAST_OF_SIDE: usize = 30;

/// The networks of a set whose images have one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Their places in the set.
    pub places: Vec<usize>,
    /// Statistics of their scalars.
    pub own: Statistics,
}

/// A set by the sides of its images; as one, with the `family`'s statistics, where it has a single
/// side or too few networks of any.
pub fn sides(features: &[&GraphFeatures], family: &Statistics) -> Vec<Side> {
    let mut by_side: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (place, network) in features.iter().enumerate() {
        by_side.entry(network.log2_side().to_bits()).or_default().push(place);
    }
    if by_side.len() < 2 || by_side.values().any(|places| places.len() < LEAST_OF_SIDE) {
        return vec![Side { places: (0..features.len()).collect(), own: family.clone() }];
    }
    let side = |places: Vec<usize>| {
        let own = Statistics::of(places.iter().map(|place| &features[*place].scalars));
        Side { places, own }
    };
    by_side.into_values().map(side).collect()
}

/// The scores of a set from those of its sides: those of each side get the mean and deviation of
/// its log10 MACs, so that sides differ from each other as much as sizes do.
pub fn joined(sides: &[Side], scores: &[Vec<f64>]) -> Vec<f64> {
    if let [scores] = scores {
        return scores.clone();
    }
    let mut all = vec![0.0; sides.iter().map(|side| side.places.len()).sum()];
    for (side, scores) in sides.iter().zip(scores) {
        let count = scores.len().max(1) as f64;
        let mean = scores.iter().sum::<f64>() / count;
        let variance = scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / count;
        let scale = side.own.deviation[place::LOG_MACS] / variance.sqrt().max(f64::MIN_POSITIVE);
        for (place, score) in side.places.iter().zip(scores) {
            all[*place] = side.own.mean[place::LOG_MACS] + (score - mean) * scale;
        }
    }
    all
}

/// The order of a set: `prior` and what the networks say of it with the scalars read against the
/// family's own statistics and against those of the others, pooled.
pub fn score(gate: Gate, prior: &[f64], own: &[f64], pooled: &[f64]) -> Vec<f64> {
    let (own, pooled) = (rank_gauss(own), rank_gauss(pooled));
    let networks = rank_gauss(&own.iter().zip(&pooled).map(|(a, b)| a + b).collect::<Vec<f64>>());
    prior.iter().zip(&networks).map(|(c, n)| gate.prior() * c + gate.networks * n).collect()
}

/// The normal quantile of each value's rank, (rank - 1/2) / n; equal values share the mean rank.
pub(super) fn rank_gauss(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranked = vec![0.0; values.len()];
    let mut n_before = 0;
    for ties in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let middle = n_before as f64 + ties.len() as f64 / 2.0;
        n_before += ties.len();
        for &idx in ties {
            ranked[idx] = normal_quantile(middle / values.len() as f64);
        }
    }
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{N_PROFILE, N_SCALARS};

    #[test]
    fn equal_values_share_their_rank_and_a_closed_gate_leaves_the_prior() {
        let ranked = rank_gauss(&[5.0, 1.0, 5.0, 0.0]);
        assert!(ranked[0] == ranked[2] && ranked[3] < ranked[1] && ranked[1] < ranked[0]);
        assert_eq!(score(Gate::PRIOR, &[0.3, -0.3], &[1.0, 2.0], &[1.0, 2.0]), [0.3, -0.3]);
    }

    fn network(side: f32, log_macs: f32) -> GraphFeatures {
        let (mut scalars, mut profile) = ([0.0; N_SCALARS], [0.0; N_PROFILE]);
        scalars[place::LOG_MACS] = log_macs;
        profile[N_PROFILE - 1] = side;
        GraphFeatures { n_nodes: 0, nodes: Vec::new(), edges: Vec::new(), scalars, profile }
    }

    #[test]
    fn networks_of_one_side_are_compared_first_and_sides_by_their_macs() {
        // 30 networks a side, log10 MACs of 8 to 8.29 and of 9 to 9.29
        let set: Vec<_> = (0..60)
            .map(|n: u16| {
                network(7.0 + f32::from(n % 2), 8.0 + f32::from(n % 2 * 100 + n / 2) / 100.0)
            })
            .collect();
        let set: Vec<_> = set.iter().collect();
        let family = Statistics::of(set.iter().map(|network| &network.scalars));
        let parts = sides(&set, &family);
        assert_eq!(parts.iter().map(|side| side.places.len()).collect::<Vec<_>>(), [30, 30]);
        // the smaller a network, the better within its side
        let within: Vec<f64> = (0..30_u8).map(|n| -1000.0 * f64::from(n)).collect();
        let all = joined(&parts, &[within.clone(), within]);
        assert!((all.iter().step_by(2).sum::<f64>() / 30.0 - 8.145).abs() < 1e-5);
        assert!(all[0] > all[58] && all[59] > all[0] && all[1] > all[59], "{all:?}");
        assert_eq!(sides(&set[..59], &family).len(), 1, "29 of a side are too few");
    }
}
