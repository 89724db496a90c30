//! One network's place among those of its family, none of which is at hand, and no label either.
//!
//! What `order` does with ranks of a set is done here with what random networks of the family told
//! when the weights were made: how much each number counts, and where their sums lie.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::gate::Gate;
use super::prior::{CONSTANT, N_WHOLE, PARTS, are_dense};
use crate::features::{GraphFeatures, N_SCALARS, place};
use crate::model::label::{normal_cdf, normal_quantile};
use crate::model::statistics::Statistics;

/// Entries of a table of ranks.
const N_RANKS: usize = 33;
/// The prior's numbers: its parts and the side of the image.
const N_NUMBERS: usize = PARTS.len() + 1;
/// Ranks are told apart up to this many deviations.
const REACH: f64 = 3.2;
/// No scalar is told more finely than this share of its deviation over all families.
const FINEST: f64 = 0.1;

/// What weights that learned one family know of others, for single networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// By `family/variant`.
    pub families: BTreeMap<String, Known>,
    /// Of all families together, for networks of none.
    pub others: Known,
    /// The same for networks that products of matrices make.
    pub dense: Known,
}

/// What random networks of a family tell of where another of them stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Who is to be believed.
    pub gate: Gate,
    /// How much each part of the prior counts, and log2 of the image's side.
    pub weights: Vec<f64>,
    /// The prior's sums.
    pub prior: Ranks,
    /// How much labels count, read by the family's statistics and by those of the others.
    pub labels: [f64; 2],
    /// The sums of the labels.
    pub networks: Ranks,
    /// Correlation of the two in rank.
    pub agreement: f64,
}

/// Where values of a family lie: the value at each of 33 evenly spaced ranks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ranks(Vec<f64>);

/// Labels that networks of the weights give, read in two ways.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoLabels {
    /// By the family's own statistics.
    pub own: f64,
    /// By those of the other families, pooled.
    pub pooled: f64,
}

impl Ranks {
    /// The table of these values, of which there must be some.
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |entry: usize| {
            let position = entry as f64 / (N_RANKS - 1) as f64 * (values.len() - 1) as f64;
            let (below, above) = (position.floor() as usize, position.ceil() as usize);
            values[below] + (values[above] - values[below]) * position.fract()
        };
        Self((0..N_RANKS).map(at).collect())
    }

    /// The normal quantile of a value's rank; beyond the table's ends it goes on, by one for as much
    /// as the whole table spans.
    fn gauss(&self, value: f64) -> f64 {
        let below = self.0.partition_point(|entry| *entry < value);
        let upto = self.0.partition_point(|entry| *entry <= value);
        let position = if upto > below {
            f64::midpoint(below as f64, (upto - 1) as f64)
        } else if below == 0 || below == self.0.len() {
            below.min(N_RANKS - 1) as f64
        } else {
            let (low, high) = (self.0[below - 1], self.0[below]);
            (below - 1) as f64 + (value - low) / (high - low)
        };
        let (first, last) = (self.0[0], self.0[N_RANKS - 1]);
        let beyond = (value - value.clamp(first, last)) / (last - first).max(CONSTANT);
        // the ends stand for half of the first and last stretch
        let within = normal_quantile((position + 0.25) / (N_RANKS as f64 - 0.5));
        (within + beyond).clamp(-REACH, REACH)
    }

    fn is_valid(&self) -> bool {
        self.0.len() == N_RANKS
            && self.0.iter().all(|value| value.is_finite())
            && self.0.windows(2).all(|pair| pair[0] <= pair[1])
    }
}

impl Known {
    /// What `features` of random networks tell with the labels that networks of the weights give
    /// them; `typical` are the mean deviations of scalars within the other families.
    ///
    /// There must be as many labels as networks, and some.
    pub fn of(
        features: &[&GraphFeatures],
        labels: &[TwoLabels],
        typical: &[f64; N_SCALARS],
        gate: Gate,
    ) -> Self {
        Self::by(weights(features, &PARTS, typical), features, labels, gate)
    }

    /// The same for networks that products of matrices make, from `features` of others: by what any
    /// network has, without a word of the networks of the weights.
    pub fn of_dense(
        features: &[&GraphFeatures],
        labels: &[TwoLabels],
        typical: &[f64; N_SCALARS],
    ) -> Self {
        let weights = weights(features, &PARTS[..N_WHOLE], typical);
        Self::by(weights, features, labels, Gate::PRIOR)
    }

    fn by(
        weights: Vec<f64>,
        features: &[&GraphFeatures],
        labels: &[TwoLabels],
        gate: Gate,
    ) -> Self {
        let prior: Vec<f64> = features.iter().map(|network| sum(&weights, network)).collect();
        let inverse = |read: fn(&TwoLabels) -> f64| {
            let values: Vec<f64> = labels.iter().map(read).collect();
            1.0 / deviation(&values).max(CONSTANT)
        };
        let of_labels = [inverse(|labels| labels.own), inverse(|labels| labels.pooled)];
        let networks: Vec<f64> = labels.iter().map(|two| two.sum(of_labels)).collect();
        let mut known = Self {
            gate,
            weights,
            prior: Ranks::of(prior.clone()),
            labels: of_labels,
            networks: Ranks::of(networks.clone()),
            agreement: 0.0,
        };
        let gauss = |ranks: &Ranks, sums: &[f64]| -> Vec<f64> {
            sums.iter().map(|sum| ranks.gauss(*sum)).collect()
        };
        let (prior, networks) = (gauss(&known.prior, &prior), gauss(&known.networks, &networks));
        known.agreement = correlation(&prior, &networks);
        known
    }

    /// The share of the family's networks that are expected to be worse than this one.
    pub fn rank(&self, network: &GraphFeatures, labels: TwoLabels) -> f64 {
        let prior = self.prior.gauss(sum(&self.weights, network));
        let networks = self.networks.gauss(labels.sum(self.labels));
        let (of_prior, of_networks) = (self.gate.prior(), self.gate.networks);
        let variance =
            of_prior.powi(2) + of_networks.powi(2) + 2.0 * of_prior * of_networks * self.agreement;
        normal_cdf((of_prior * prior + of_networks * networks) / variance.sqrt().max(CONSTANT))
    }

    /// Whether the stored numbers make sense.
    fn is_valid(&self) -> bool {
        let shares = 0.0..=1.0;
        let numbers = self.weights.iter().chain(&self.labels).chain([&self.agreement]);
        self.weights.len() == N_NUMBERS
            && numbers.into_iter().all(|number| number.is_finite())
            && shares.contains(&self.gate.networks)
            && self.agreement.abs() <= 1.0 + CONSTANT
            && self.prior.is_valid()
            && self.networks.is_valid()
    }
}

impl TwoLabels {
    fn sum(self, [of_own, of_pooled]: [f64; 2]) -> f64 {
        of_own * self.own + of_pooled * self.pooled
    }
}

impl Transfer {
    /// What is known of networks like this one: of its family's, called `source`, or of all, with
    /// the gate of the nearest family, whose name comes with it.
    pub fn known(
        &self,
        statistics: &BTreeMap<String, Statistics>,
        source: Option<&str>,
        network: &GraphFeatures,
    ) -> (Known, Option<String>) {
        if let Some(own) = source.and_then(|source| self.families.get(source)) {
            return (own.clone(), source.map(str::to_owned));
        }
        if are_dense(&[network]) {
            return (self.dense.clone(), None);
        }
        let nearest =
            nearest(statistics, network).and_then(|name| self.families.get_key_value(name));
        match nearest {
            Some((name, nearest)) => {
                (Known { gate: nearest.gate, ..self.others.clone() }, Some(name.clone()))
            }
            None => (self.others.clone(), None),
        }
    }

    /// Whether all tables make sense.
    pub fn is_valid(&self) -> bool {
        self.families.values().chain([&self.others, &self.dense]).all(Known::is_valid)
    }
}

/// Statistics of the first variant of every family but that of the target called `name`.
pub fn others<'a>(statistics: &'a BTreeMap<String, Statistics>, name: &str) -> Vec<&'a Statistics> {
    let family = |name: &str| name.split('/').next().map(str::to_owned);
    let mut seen = BTreeSet::from([family(name)]);
    statistics.iter().filter(|(name, _)| seen.insert(family(name))).map(|(_, own)| own).collect()
}

/// The mean deviation of each scalar within these families.
pub fn typical(families: &[&Statistics]) -> [f64; N_SCALARS] {
    let count = families.len().max(1) as f64;
    std::array::from_fn(|idx| families.iter().map(|f| f.deviation[idx]).sum::<f64>() / count)
}

/// The family whose scalars are nearest, each in its deviations.
fn nearest<'a>(
    statistics: &'a BTreeMap<String, Statistics>,
    network: &GraphFeatures,
) -> Option<&'a str> {
    let pooled = Statistics::pooled(statistics.values());
    let distance = |family: &Statistics| -> f64 {
        let one = |idx: usize| {
            let least = FINEST * pooled.deviation[idx];
            let deviation = family.deviation[idx].max(least).max(CONSTANT);
            ((f64::from(network.scalars[idx]) - family.mean[idx]) / deviation).powi(2)
        };
        (0..N_SCALARS).map(one).sum()
    };
    let distances = statistics.iter().map(|(name, family)| (name.as_str(), distance(family)));
    distances.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(name, _)| name)
}

/// How much the prior's numbers count (of its parts those that are `known`), so that their sum orders networks as the prior of a set does:
/// parts in the family's deviations and in typical ones, both alike, on images of one side; sides by
/// log10 MACs.
fn weights(features: &[&GraphFeatures], known: &[usize], typical: &[f64; N_SCALARS]) -> Vec<f64> {
    let side: Vec<f64> = features.iter().map(|network| f64::from(network.log2_side())).collect();
    let column = |part: usize| -> Vec<f64> {
        features.iter().map(|network| f64::from(network.scalars[part])).collect()
    };
    let columns: Vec<OnSide> = known.iter().map(|&part| OnSide::of(&column(part), &side)).collect();
    let scaled = |scale: &dyn Fn(usize, &OnSide) -> f64| -> Vec<f64> {
        let each = known.iter().zip(&columns);
        let one = |(&part, column): (&usize, &OnSide)| {
            if deviation(&column.rest) > CONSTANT { 1.0 / scale(part, column) } else { 0.0 }
        };
        let weights: Vec<f64> = each.map(one).collect();
        let spread = deviation(&weighted(&columns, &weights)).max(CONSTANT);
        weights.iter().map(|weight| weight / spread).collect()
    };
    let own = scaled(&|_, column| deviation(&column.rest));
    let typical = scaled(&|part, _| typical[part].max(CONSTANT));
    let both: Vec<f64> = own.iter().zip(&typical).map(|(a, b)| a + b).collect();
    let macs = OnSide::of(&column(place::LOG_MACS), &side);
    let spread = deviation(&weighted(&columns, &both)).max(CONSTANT);
    let stretch = deviation(&macs.rest).max(CONSTANT) / spread;
    let slopes = both.iter().zip(&columns).map(|(weight, column)| weight * column.slope);
    let of_side = macs.slope - stretch * slopes.sum::<f64>();
    let mut weights: Vec<f64> = both.iter().map(|weight| weight * stretch).collect();
    weights.resize(N_NUMBERS - 1, 0.0);
    weights.push(of_side);
    weights
}

/// The sum of the prior's numbers.
fn sum(weights: &[f64], network: &GraphFeatures) -> f64 {
    let parts = PARTS.iter().map(|part| f64::from(network.scalars[*part]));
    let numbers = parts.chain([f64::from(network.log2_side())]);
    numbers.zip(weights).map(|(number, weight)| number * weight).sum()
}

/// A column as a line over the side of the image and the rest.
struct OnSide {
    slope: f64,
    rest: Vec<f64>,
}

impl OnSide {
    fn of(values: &[f64], side: &[f64]) -> Self {
        let (middle, mean) = (mean(side), mean(values));
        let variance: f64 = side.iter().map(|side| (side - middle).powi(2)).sum();
        let pairs = || side.iter().zip(values);
        let shared: f64 = pairs().map(|(side, value)| (side - middle) * (value - mean)).sum();
        let slope = if variance > CONSTANT { shared / variance } else { 0.0 };
        let rest = pairs().map(|(side, value)| value - mean - slope * (side - middle)).collect();
        Self { slope, rest }
    }
}

/// The weighted sum of what is left of columns.
fn weighted(columns: &[OnSide], weights: &[f64]) -> Vec<f64> {
    let n_rows = columns.first().map_or(0, |column| column.rest.len());
    let row =
        |row: usize| columns.iter().zip(weights).map(|(c, weight)| c.rest[row] * weight).sum();
    (0..n_rows).map(row).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / values.len().max(1) as f64).sqrt()
}

fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let (a, b) = (mean(left), mean(right));
    let product: f64 = left.iter().zip(right).map(|(x, y)| (x - a) * (y - b)).sum();
    let spread = deviation(left) * deviation(right) * left.len().max(1) as f64;
    product / spread.max(CONSTANT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::N_PROFILE;
    use crate::model::transfer::{joined, prior, sides};

    /// Numbers in -1..1 that look drawn: the fractional parts of multiples of an irrational one.
    fn noise(idx: usize) -> f32 {
        (idx as f32 * 0.618_034).fract() * 2.0 - 1.0
    }

    /// Networks on images of sides 2^7 and 2^8 that are all the larger there.
    fn family(n_sides: usize) -> Vec<GraphFeatures> {
        let network = |idx: usize| {
            let (mut scalars, mut profile) = ([0.0; N_SCALARS], [0.0; N_PROFILE]);
            let side = (idx % n_sides) as f32;
            scalars.iter_mut().enumerate().for_each(|(place, scalar)| {
                *scalar = noise(idx) + 0.5 * noise(idx * 44 + place) + 3.0 * side;
            });
            profile[N_PROFILE - 1] = 7.0 + side;
            GraphFeatures { n_nodes: 0, nodes: Vec::new(), edges: Vec::new(), scalars, profile }
        };
        (0..200).map(network).collect()
    }

    #[test]
    fn networks_of_a_chain_rank_one_by_one_as_in_their_set() {
        let labels = [TwoLabels { own: 0.0, pooled: 0.0 }; 200];
        for n_sides in [1, 2] {
            let family = family(n_sides);
            let set: Vec<_> = family.iter().collect();
            let own = Statistics::of(family.iter().map(|network| &network.scalars));
            let typical = typical(&[&own]);
            let known = Known::of(&set, &labels, &typical, Gate::PRIOR);
            assert!(known.is_valid());
            let alone: Vec<f64> = set.iter().map(|one| known.rank(one, labels[0])).collect();
            let sides = sides(&set, &own);
            assert_eq!(sides.len(), n_sides);
            let of_side = |side: &crate::model::transfer::Side| {
                let of_side: Vec<_> = side.places.iter().map(|place| set[*place]).collect();
                prior(&of_side, &side.own, [&own].into_iter())
            };
            let scores: Vec<_> = sides.iter().map(of_side).collect();
            let agreement = correlation(&alone, &joined(&sides, &scores));
            assert!(agreement > 0.95, "{n_sides} sides: {agreement}");
        }
    }

    #[test]
    fn tables_of_ranks_are_finite_beyond_their_ends_and_ties_share_a_rank() {
        let ranks = Ranks::of((0..=64_u8).map(f64::from).collect());
        // the middle of 65 values, and symmetry around it
        assert!(ranks.gauss(32.0).abs() < 1e-9);
        assert!((ranks.gauss(10.0) + ranks.gauss(54.0)).abs() < 1e-9);
        assert!(ranks.gauss(-1e9).is_finite() && ranks.gauss(1e9) > ranks.gauss(63.0));
        let constant = Ranks::of(vec![7.0; 5]);
        assert!(constant.gauss(7.0).abs() < 1e-9 && constant.gauss(6.0) < constant.gauss(8.0));
    }

    #[test]
    fn a_network_of_no_known_family_gets_the_gate_of_the_nearest() {
        let (family, labels) = (family(1), [TwoLabels { own: 0.0, pooled: 0.0 }; 200]);
        let set: Vec<_> = family.iter().collect();
        let near = Statistics::of(family.iter().map(|network| &network.scalars));
        let far = Statistics { mean: vec![50.0; N_SCALARS], ..near.clone() };
        let statistics = BTreeMap::from([("near/a".to_owned(), near), ("far/a".to_owned(), far)]);
        let known = |networks| Known::of(&set, &labels, &[1.0; N_SCALARS], Gate { networks });
        let transfer = Transfer {
            families: [("near/a", 0.25), ("far/a", 1.0)]
                .map(|(name, networks)| (name.to_owned(), known(networks)))
                .into(),
            others: known(0.0),
            dense: known(0.0),
        };
        let (unknown, nearest) = transfer.known(&statistics, None, &family[3]);
        assert_eq!((unknown.gate.networks, nearest.as_deref()), (0.25, Some("near/a")));
        let mut dense = family[3].clone();
        dense.profile[N_PROFILE - 2] = 0.5;
        let (unknown, nearest) = transfer.known(&statistics, None, &dense);
        assert_eq!((unknown.gate.networks, nearest), (0.0, None));
        let (own, _) = transfer.known(&statistics, Some("far/a"), &family[3]);
        assert_eq!(own.gate.networks, 1.0);
    }
}
