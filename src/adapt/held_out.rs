//! How far an adapted target can be trusted: cross-validation, beside what needs no adaptation.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::target::Range;
use crate::fit::metrics::{mae, spearman};

/// Parts that the networks are dealt into; each is predicted from the others.
pub const N_FOLDS: usize = 10;
/// Decides which part a network falls into, together with its hash.
const SALT: u64 = 5;

/// Figures over networks that were not learned from; `None` where undefined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Spearman's rank correlation.
    pub spearman: Option<f64>,
    /// Mean absolute error, a fraction.
    pub mae: Option<f64>,
    /// Share of accuracies inside the 90 % interval, where there is one.
    pub coverage: Option<f64>,
}

/// The adapted target beside what needs no adaptation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Networks, each predicted once from others.
    pub networks: usize,
    /// The adapted target.
    pub adapted: Figures,
    /// The weights as they were.
    pub unadapted: Figures,
    /// The logarithm of parameters; its error is that of the line that fits best.
    pub log_params: Figures,
    /// The logarithm of multiply-adds, the same.
    pub log_macs: Figures,
}

/// A network with what was predicted of it from others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Its record's name.
    pub id: String,
    /// Measured accuracy.
    pub measured: f64,
    /// Predicted accuracy.
    pub predicted: f64,
    /// Lower end of the 90 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The part of each network, from 0: parts are of equal size but for one, and depend on hashes
/// alone.
pub fn folds(hashes: &[u64]) -> Vec<usize> {
    let key = |idx: &usize| {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&hashes[*idx].to_le_bytes());
        bytes[8..].copy_from_slice(&SALT.to_le_bytes());
        xxh3_64(&bytes)
    };
    let mut order: Vec<usize> = (0..hashes.len()).collect();
    order.sort_by_key(key);
    let mut folds = vec![0; hashes.len()];
    order.iter().enumerate().for_each(|(nth, idx)| folds[*idx] = nth % N_FOLDS);
    folds
}

impl Figures {
    /// Of predictions with intervals.
    pub fn of_ranges(predicted: &[Range], measured: &[f64]) -> Self {
        let accuracies: Vec<f64> = predicted.iter().map(|range| range.accuracy).collect();
        let inside = predicted.iter().zip(measured);
        let n_inside = inside.filter(|(r, y)| r.low <= **y && **y <= r.high).count();
        Self {
            coverage: Some(n_inside as f64 / measured.len().max(1) as f64),
            ..Self::of(&accuracies, &accuracies, measured)
        }
    }

    /// Of scores that rank, and accuracies that hit.
    pub fn of(scores: &[f64], accuracies: &[f64], measured: &[f64]) -> Self {
        let (spearman, mae) = (spearman(scores, measured), mae(accuracies, measured));
        Self { spearman, mae, coverage: None }
    }

    /// Of one number a network, as the line through the networks outside of its fold predicts.
    pub fn of_line(numbers: &[f64], measured: &[f64], folds: &[usize]) -> Self {
        let predicted: Vec<f64> = numbers
            .iter()
            .zip(folds)
            .map(|(x, fold)| {
                let others = numbers.iter().zip(measured).zip(folds);
                let pairs: Vec<(f64, f64)> = others
                    .filter(|(_, other)| *other != fold)
                    .map(|((x, y), _)| (*x, *y))
                    .collect();
                line_at(&pairs, *x)
            })
            .collect();
        Self::of(numbers, &predicted, measured)
    }
}

impl Comparison {
    /// What alone orders the networks better than the adapted target does, if anything.
    pub fn better_alone(&self) -> Option<&'static str> {
        let adapted = self.adapted.spearman.unwrap_or(-1.0);
        let rivals = [
            ("the number of parameters", self.log_params),
            ("the number of multiply-adds", self.log_macs),
            ("the weights without adaptation", self.unadapted),
        ];
        let of = |figures: Figures| figures.spearman.unwrap_or(-1.0);
        let best = rivals.into_iter().max_by(|(_, a), (_, b)| of(*a).total_cmp(&of(*b)))?;
        (of(best.1) >= adapted).then_some(best.0)
    }
}

/// The least-squares line through `pairs` at `x`.
fn line_at(pairs: &[(f64, f64)], x: f64) -> f64 {
    let count = pairs.len().max(1) as f64;
    let mean_x = pairs.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = pairs.iter().map(|(_, y)| y).sum::<f64>() / count;
    let product: f64 = pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let square: f64 = pairs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    if square > 0.0 { mean_y + product / square * (x - mean_x) } else { mean_y }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_even_and_belong_to_the_networks() {
        let hashes: Vec<u64> = (0..53).map(|i: u64| i * 977).collect();
        let of = folds(&hashes);
        for fold in 0..N_FOLDS {
            assert!((5..=6).contains(&of.iter().filter(|own| **own == fold).count()));
        }
        let reversed: Vec<u64> = hashes.iter().rev().copied().collect();
        assert!(folds(&reversed).iter().rev().eq(of.iter()));
    }

    // numpy.polyfit([0, 1, 2], [1, 2, 2], 1) is [.5, 1.1667]
    #[test]
    fn a_line_that_fits_best_predicts_and_a_constant_number_gives_the_mean() {
        let pairs = [(0.0, 1.0), (1.0, 2.0), (2.0, 2.0)];
        assert!((line_at(&pairs, 4.0) - 3.1667).abs() < 1e-4);
        assert_eq!(line_at(&[(3.0, 1.0), (3.0, 2.0)], 9.0), 1.5);
    }

    #[test]
    fn what_is_better_alone_is_said() {
        let figures = |spearman| Figures { spearman: Some(spearman), ..Figures::default() };
        let mut comparison = Comparison {
            networks: 50,
            adapted: figures(0.9),
            unadapted: figures(0.7),
            log_params: figures(0.8),
            log_macs: Figures::default(),
        };
        assert_eq!(comparison.better_alone(), None);
        comparison.log_params = figures(0.95);
        assert_eq!(comparison.better_alone(), Some("the number of parameters"));
    }

    #[test]
    fn coverage_counts_both_ends_in() {
        let range = Range { accuracy: 0.9, low: 0.88, high: 0.92 };
        let figures = Figures::of_ranges(&[range; 4], &[0.88, 0.92, 0.93, 0.8]);
        assert_eq!(figures.coverage, Some(0.5));
        assert_eq!(figures.spearman, None);
    }
}
