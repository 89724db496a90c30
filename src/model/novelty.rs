//! How far a network lies from those that the weights were trained on.

use serde::{Deserialize, Serialize};

use super::fcm::Fcm;

/// Embeddings of training networks that are kept with the weights.
pub const BANK_SIZE: usize = 512;
/// Distance is measured to this nearest one.
const NEIGHBOUR: usize = 10;
/// Quantiles of validation distances that are kept: 0, 1, ... 100 %.
const N_QUANTILES: usize = 101;
/// The quantile of validation distances up to which intervals keep their width.
const ORDINARY: usize = 90;
/// Intervals are never widened by more than this.
const MAX_WIDENING: f64 = 4.0;

/// A bank of training embeddings and the scale of distances from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Novelty {
    /// Standardised embeddings, one a row.
    points: Vec<Vec<f64>>,
    /// The index of each row's target.
    targets: Vec<u32>,
    scale: NoveltyScale,
}

/// Quantiles of the distance over validation networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoveltyScale {
    /// 101 distances, from the 0 % to the 100 % quantile.
    pub quantiles: Vec<f64>,
}

impl NoveltyScale {
    /// The scale of these distances; of none, one on which everything is novel.
    pub fn of(mut distances: Vec<f64>) -> Self {
        distances.sort_by(f64::total_cmp);
        let last = distances.len().saturating_sub(1);
        let at = |percent: usize| distances.get((last * percent + 50) / 100).copied();
        let quantiles = (0..N_QUANTILES).map(|percent| at(percent).unwrap_or(0.0)).collect();
        Self { quantiles }
    }

    /// Whether the stored numbers make a scale.
    pub fn is_valid(&self) -> bool {
        self.quantiles.len() == N_QUANTILES
            && self.quantiles.iter().all(|distance| distance.is_finite())
            && self.quantiles.windows(2).all(|pair| pair[0] <= pair[1])
    }

    /// The share of validation networks that lie nearer: 0 to 1.
    pub fn novelty(&self, distance: f64) -> f64 {
        let above = self.quantiles.partition_point(|quantile| *quantile < distance);
        if above == 0 || above == N_QUANTILES {
            return if above == 0 { 0.0 } else { 1.0 };
        }
        let (low, high) = (self.quantiles[above - 1], self.quantiles[above]);
        let share = if high > low { (distance - low) / (high - low) } else { 1.0 };
        ((above - 1) as f64 + share) / (N_QUANTILES - 1) as f64
    }

    /// What intervals are multiplied by: 1 up to the 90 % quantile, then in proportion, at most 4.
    pub fn widening(&self, distance: f64) -> f64 {
        let ordinary = self.quantiles[ORDINARY].max(f64::MIN_POSITIVE);
        (distance / ordinary).clamp(1.0, MAX_WIDENING)
    }
}

impl Novelty {
    /// A bank of embeddings, seen through the standardisation of `fcm`.
    pub fn new(embeddings: &[Vec<f32>], targets: Vec<u32>, fcm: &Fcm, scale: NoveltyScale) -> Self {
        let points = embeddings.iter().map(|embedding| fcm.standardise(embedding)).collect();
        Self { points, targets, scale }
    }

    /// The scale of distances.
    pub fn scale(&self) -> &NoveltyScale {
        &self.scale
    }

    /// Distance to the 10th nearest training network. Complexity: O(bank).
    pub fn distance(&self, embedding: &[f32], fcm: &Fcm) -> f64 {
        let mut distances = self.squared_distances(embedding, fcm);
        if distances.is_empty() {
            return f64::MAX;
        }
        let at = NEIGHBOUR.min(distances.len()) - 1;
        let (_, tenth, _) = distances.select_nth_unstable_by(at, f64::total_cmp);
        tenth.sqrt()
    }

    /// The target of the nearest training network among those that `wished` allows.
    pub fn nearest_target(
        &self,
        embedding: &[f32],
        fcm: &Fcm,
        wished: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let distances = self.squared_distances(embedding, fcm);
        let candidates = distances.iter().zip(&self.targets);
        candidates
            .filter(|(_, target)| wished(**target as usize))
            .min_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, target)| *target as usize)
    }

    fn squared_distances(&self, embedding: &[f32], fcm: &Fcm) -> Vec<f64> {
        let point = fcm.standardise(embedding);
        let squared =
            |other: &Vec<f64>| point.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        self.points.iter().map(squared).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn novelty_is_the_share_of_nearer_validation_networks() {
        let scale = NoveltyScale::of((0..=100).map(f64::from).collect());
        assert!(scale.is_valid());
        assert_eq!(scale.novelty(0.0), 0.0);
        assert!((scale.novelty(25.5) - 0.255).abs() < 1e-9);
        assert_eq!(scale.novelty(1000.0), 1.0);
        assert_eq!(scale.widening(45.0), 1.0);
        assert_eq!(scale.widening(180.0), 2.0);
        assert_eq!(scale.widening(1e9), MAX_WIDENING);
    }

    #[test]
    fn distance_is_to_the_tenth_nearest_and_the_nearest_names_its_target() {
        let fcm = Fcm {
            mean: vec![0.0],
            deviation: vec![1.0],
            centroids: vec![vec![0.0]],
            fuzzifier: 1.5,
        };
        let rows: Vec<Vec<f32>> = (0..20).map(|i| vec![i as f32]).collect();
        let targets = (0..20).map(|i| u32::from(i >= 10)).collect();
        let novelty = Novelty::new(&rows, targets, &fcm, NoveltyScale::of(vec![1.0]));
        assert_eq!(novelty.distance(&[-1.0], &fcm), 10.0);
        assert_eq!(novelty.nearest_target(&[-1.0], &fcm, |_| true), Some(0));
        assert_eq!(novelty.nearest_target(&[-1.0], &fcm, |target| target == 1), Some(1));
    }
}
