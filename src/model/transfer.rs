//! Order without labels: networks that learned another family, and a prior that learned nothing.
//!
//! What a network learned of branching cells does not hold for chains of layers, where size says
//! more (DESIGN.md, "Who speaks for a family without labels?"). A family's structure tells which of
//! the two it is: its **parallelism**, the convolutions a network has for each one on its longest
//! path. All of it works on a set of networks and on statistics of scalars; no label is needed.

use super::label::normal_quantile;
use super::statistics::Statistics;
use crate::features::{N_SCALARS, place};

/// Scalars whose sum is the prior: sizes, and how much a value is mixed and bent on its way.
const PRIOR: [usize; 6] = [
    place::LOG_MACS,
    place::LOG_PARAMS,
    place::ACTIVATION_VOLUME,
    place::FAN_IN,
    place::WALK_FAN_IN,
    place::WALK_ACTIVATIONS,
];
/// How much the prior says where the networks speak and sizes differ as in their own family.
const SIZE_SHARE: f64 = 0.5;
/// Deviations below this are of a scalar that is constant.
const CONSTANT: f64 = 1e-6;

/// Who is to be believed of a family, as shares of the score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    /// Of the networks: 1 in the family that they learned and the like, 0 for chains.
    pub networks: f64,
    /// Of the prior.
    pub prior: f64,
}

impl Gate {
    /// The gate for a family, from its scalars' statistics and those of the family that the
    /// networks learned.
    ///
    /// With l = clip((p - 1) / (p_source - 1), 0, 1), p the parallelism, and w = min(1, s /
    /// s_source), s the deviation of log10 MACs: l for the networks, (1 - l) + l w / 2 for the
    /// prior, whose word on size counts for as much as sizes differ.
    pub fn between(family: &Statistics, source: &Statistics) -> Self {
        let beyond = |statistics: &Statistics| parallelism(statistics) - 1.0;
        let networks = if beyond(source) > 0.0 {
            (beyond(family) / beyond(source)).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let spread = |statistics: &Statistics| statistics.deviation[place::LOG_MACS];
        let width = (spread(family) / spread(source).max(CONSTANT)).min(1.0);
        Self { networks, prior: (1.0 - networks) + SIZE_SHARE * networks * width }
    }
}

/// Convolutions for each one on the longest path: the geometric mean over a family of (1 + n) /
/// (1 + longest). 1 in a chain of layers, 1.5 and more in branching cells.
pub fn parallelism(family: &Statistics) -> f64 {
    let mean = |place: usize| family.mean[place];
    (mean(place::CONVOLUTIONS) - mean(place::LONGEST_CONVOLUTIONS)).exp()
}

/// The prior's scores of a set of networks: the ranks of its parts' sum, each part in deviations of
/// the family itself and, with the same weight, in the mean deviations within the `others`.
pub fn prior<'a>(
    scalars: &[&[f32; N_SCALARS]],
    family: &Statistics,
    others: impl Iterator<Item = &'a Statistics> + Clone,
) -> Vec<f64> {
    let n_others = others.clone().count().max(1) as f64;
    let typical = |part: usize| others.clone().map(|f| f.deviation[part]).sum::<f64>() / n_others;
    let sum = |deviation: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let scales = PRIOR.map(|part| (part, deviation(part)));
        let score = |row: &&[f32; N_SCALARS]| {
            let varying = scales.iter().filter(|(_, scale)| *scale > CONSTANT);
            varying.map(|&(part, scale)| f64::from(row[part]) / scale).sum()
        };
        rank_gauss(&scalars.iter().map(score).collect::<Vec<f64>>())
    };
    rank_gauss(&added(&sum(&|part| family.deviation[part]), &sum(&typical)))
}

/// The order of a set: `prior` and what the networks say of it with the scalars read against the
/// family's own statistics and against those of the others, pooled.
pub fn score(gate: Gate, prior: &[f64], own: &[f64], pooled: &[f64]) -> Vec<f64> {
    let networks = rank_gauss(&added(&rank_gauss(own), &rank_gauss(pooled)));
    prior.iter().zip(&networks).map(|(c, n)| gate.prior * c + gate.networks * n).collect()
}

fn added(left: &[f64], right: &[f64]) -> Vec<f64> {
    left.iter().zip(right).map(|(a, b)| a + b).collect()
}

/// The normal quantile of each value's rank, (rank - 1/2) / n; equal values share the mean rank.
fn rank_gauss(values: &[f64]) -> Vec<f64> {
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

    /// Statistics in which all is 0 and 1 but what a gate reads.
    fn family(convolutions: f64, longest: f64, spread: f64) -> Statistics {
        let mut statistics =
            Statistics { mean: vec![0.0; N_SCALARS], deviation: vec![1.0; N_SCALARS] };
        statistics.mean[place::CONVOLUTIONS] = convolutions.ln_1p();
        statistics.mean[place::LONGEST_CONVOLUTIONS] = longest.ln_1p();
        statistics.deviation[place::LOG_MACS] = spread;
        statistics
    }

    #[test]
    fn chains_are_the_priors_and_the_source_family_the_networks() {
        let source = family(31.0, 15.0, 0.4);
        assert!((parallelism(&source) - 2.0).abs() < 1e-12);
        let cases = [
            // a chain
            (family(20.0, 20.0, 0.2), Gate { networks: 0.0, prior: 1.0 }),
            // the source itself
            (source.clone(), Gate { networks: 1.0, prior: 0.5 }),
            // more parallel, sizes that hardly differ
            (family(31.0, 7.0, 0.04), Gate { networks: 1.0, prior: 0.05 }),
            // half-way
            (family(29.0, 19.0, 0.4), Gate { networks: 0.5, prior: 0.75 }),
        ];
        for (family, expected) in cases {
            let gate = Gate::between(&family, &source);
            let off = |a: f64, b: f64| (a - b).abs() > 1e-9;
            assert!(
                !off(gate.networks, expected.networks) && !off(gate.prior, expected.prior),
                "{gate:?}"
            );
        }
        assert_eq!(
            Gate::between(&source, &family(3.0, 3.0, 0.4)).networks,
            0.0,
            "a source of chains"
        );
    }

    #[test]
    fn the_prior_prefers_larger_networks_and_ignores_scalars_that_are_no_part_of_it() {
        let row = |size: f32, other: f32| {
            let mut row = [other; N_SCALARS];
            PRIOR.iter().for_each(|&part| row[part] = size);
            row
        };
        let rows = [row(2.0, 9.0), row(1.0, -3.0), row(3.0, 0.5)];
        let family = family(1.0, 1.0, 0.5);
        let scores = prior(&rows.each_ref(), &family, [&family].into_iter());
        // normal quantiles of 1/6, 1/2, 5/6 (scipy.stats.norm.ppf)
        for (score, expected) in scores.iter().zip([0.0, -0.967_421_57, 0.967_421_57]) {
            assert!((score - expected).abs() < 1e-6, "{scores:?}");
        }
    }

    #[test]
    fn equal_values_share_their_rank_and_a_closed_gate_leaves_the_prior() {
        let ranked = rank_gauss(&[5.0, 1.0, 5.0, 0.0]);
        assert!(ranked[0] == ranked[2] && ranked[3] < ranked[1] && ranked[1] < ranked[0]);
        let gate = Gate { networks: 0.0, prior: 1.0 };
        assert_eq!(score(gate, &[0.3, -0.3], &[1.0, 2.0], &[1.0, 2.0]), [0.3, -0.3]);
    }
}
