//! How well predictions rank and hit: Spearman, Kendall, NDCG@10, mean absolute error.
//!
//! Plain functions over two vectors of equal length, predictions first. Nothing here is ever NaN:
//! where a figure is undefined it is `None`. That is so where a value is NaN or infinite (a model
//! that diverged), where there are fewer than two networks (fewer than one for the error), and for
//! the rank figures where all predictions or all measurements are equal, as each function says.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// Places of the order that NDCG looks at.
const TOP: usize = 10;

/// The figures of one set of predictions against what was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Number of networks.
    pub networks: usize,
    /// Spearman's rank correlation.
    pub spearman: Option<f64>,
    /// Kendall's tau-b.
    pub kendall: Option<f64>,
    /// NDCG@10, as the paper's published evaluation computes it.
    pub ndcg10: Option<f64>,
    /// Mean absolute error, in the unit of the measurements (accuracies: fractions).
    pub mae: Option<f64>,
}

impl Metrics {
    /// The figures of predicted accuracies.
    ///
    /// # Panics
    /// Where the two lengths differ.
    ///
    /// ```
    /// # use gennape::fit::metrics::Metrics;
    /// let metrics = Metrics::of(&[0.90, 0.92, 0.91], &[0.91, 0.94, 0.92]);
    /// assert_eq!((metrics.networks, metrics.spearman, metrics.ndcg10), (3, Some(1.0), Some(1.0)));
    /// ```
    pub fn of(predicted: &[f64], measured: &[f64]) -> Self {
        Self { mae: mae(predicted, measured), ..Self::of_order(predicted, measured) }
    }

    /// The figures of scores that only rank and are no accuracies: without the error.
    ///
    /// # Panics
    /// Where the two lengths differ.
    pub fn of_order(scores: &[f64], measured: &[f64]) -> Self {
        Self {
            networks: measured.len(),
            spearman: spearman(scores, measured),
            kendall: kendall(scores, measured),
            ndcg10: ndcg_at_k(scores, measured, TOP),
            mae: None,
        }
    }
}

/// Spearman's rank correlation; equal values share the mean of their ranks.
///
/// `None` where one side is constant. Complexity: O(n log n).
///
/// # Panics
/// Where the two lengths differ.
pub fn spearman(predicted: &[f64], measured: &[f64]) -> Option<f64> {
    if !comparable(predicted, measured, 2) {
        return None;
    }
    let (ranks_p, ranks_m) = (ranks(predicted), ranks(measured));
    // With ties shared, ranks 1..n always have this mean.
    let mean = (ranks_p.len() as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    let norm = product(&ranks_p, &ranks_p) * product(&ranks_m, &ranks_m);
    (norm > 0.0).then(|| product(&ranks_p, &ranks_m) / norm.sqrt())
}

/// Kendall's tau-b: concordant minus discordant pairs, corrected for ties.
///
/// tau = (C - D) / sqrt((N - T_p)(N - T_m)), N all pairs, T those tied on one side. `None` where
/// one side is constant. Knight's algorithm: discordant pairs are the exchanges of a merge sort.
/// Complexity: O(n log n).
///
/// # Panics
/// Where the two lengths differ.
pub fn kendall(predicted: &[f64], measured: &[f64]) -> Option<f64> {
    if !comparable(predicted, measured, 2) {
        return None;
    }
    let mut pairs: Vec<(f64, f64)> =
        predicted.iter().copied().zip(measured.iter().copied()).collect();
    pairs.sort_by(|a, b| ascending(&a.0, &b.0).then(ascending(&a.1, &b.1)));
    let tied_predicted = tied_pairs(&pairs, |a, b| a.0 == b.0);
    let tied_both = tied_pairs(&pairs, |a, b| a == b);
    let mut second: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    let discordant = sort_counting_exchanges(&mut second);
    let tied_measured = tied_pairs(&second, |a, b| a == b);

    let all = pairs_among(second.len());
    let tied_any = tied_predicted + tied_measured - tied_both;
    let difference = (all - tied_any) as f64 - 2.0 * discordant as f64;
    let norm = (all - tied_predicted) as f64 * (all - tied_measured) as f64;
    (norm > 0.0).then(|| difference / norm.sqrt())
}

/// NDCG@k: the gain of the networks predicted best, against the gain of those that are.
///
/// DCG = sum over places p = 1..k of gain / log2(p + 1), gain = (measured - min) / (max - min);
/// NDCG = DCG in the order of the predictions / DCG in the order of the measurements. Networks of
/// equal prediction each count with the mean gain of their group. This is what the authors'
/// evaluation computes (Ascend-Research/GENNAPE, `model_src/demo_functions.py`: scikit-learn's
/// `ndcg_score` on accuracies scaled to 0..20, where the 20 cancels).
///
/// `None` where all measurements are equal or k is 0. Complexity: O(n log n).
///
/// # Panics
/// Where the two lengths differ.
pub fn ndcg_at_k(predicted: &[f64], measured: &[f64], k: usize) -> Option<f64> {
    if !comparable(predicted, measured, 2) {
        return None;
    }
    let lowest = measured.iter().copied().fold(f64::INFINITY, f64::min);
    let dcg = |order_by: &[f64]| -> f64 {
        let mut by_score: Vec<(f64, f64)> =
            order_by.iter().zip(measured).map(|(&score, &value)| (score, value - lowest)).collect();
        by_score.sort_by(|a, b| ascending(&b.0, &a.0));
        let mut place = 0;
        let mut sum = 0.0;
        for group in by_score.chunk_by(|a, b| a.0 == b.0) {
            let gain = group.iter().map(|(_, gain)| gain).sum::<f64>() / group.len() as f64;
            sum += gain * discounts(place, (place + group.len()).min(k));
            place += group.len();
        }
        sum
    };
    let ideal = dcg(measured);
    (ideal > 0.0).then(|| dcg(predicted) / ideal)
}

/// Mean absolute error.
///
/// # Panics
/// Where the two lengths differ.
pub fn mae(predicted: &[f64], measured: &[f64]) -> Option<f64> {
    if !comparable(predicted, measured, 1) {
        return None;
    }
    let sum: f64 = predicted.iter().zip(measured).map(|(p, m)| (p - m).abs()).sum();
    Some(sum / measured.len() as f64)
}

/// One figure over several seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OverSeeds {
    /// Number of seeds.
    pub seeds: usize,
    /// Mean.
    pub mean: f64,
    /// Sample standard deviation (divided by n - 1); `None` for a single seed.
    pub spread: Option<f64>,
}

impl OverSeeds {
    /// Mean and spread of `values`, one a seed; `None` where there are none or one is not finite.
    ///
    /// ```
    /// # use gennape::fit::metrics::OverSeeds;
    /// let over = OverSeeds::of(&[1.0, 2.0, 3.0]).unwrap();
    /// assert_eq!((over.seeds, over.mean, over.spread), (3, 2.0, Some(1.0)));
    /// ```
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() || !all_finite(values) {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let spread = (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt());
        Some(Self { seeds: values.len(), mean, spread })
    }
}

/// Whether figures are defined at all: at least `least` networks, all numbers finite.
fn comparable(predicted: &[f64], measured: &[f64], least: usize) -> bool {
    assert_eq!(predicted.len(), measured.len(), "one prediction for each measurement");
    measured.len() >= least && all_finite(predicted) && all_finite(measured)
}

fn all_finite(values: &[f64]) -> bool {
    values.iter().all(|value| value.is_finite())
}

/// The order of finite numbers; unlike `total_cmp` it holds 0 and -0 equal.
fn ascending(a: &f64, b: &f64) -> Ordering {
    a.partial_cmp(b).unwrap_or(Ordering::Equal)
}

/// Ranks from 1; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| ascending(&values[a], &values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let shared = below as f64 + (group.len() as f64 + 1.0) / 2.0;
        group.iter().for_each(|&idx| ranks[idx] = shared);
        below += group.len();
    }
    ranks
}

fn pairs_among(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

/// Pairs of equal neighbours' groups in a sorted list.
fn tied_pairs<T>(sorted: &[T], equal: impl Fn(&T, &T) -> bool) -> u64 {
    sorted.chunk_by(equal).map(|group| pairs_among(group.len())).sum()
}

/// Sorts by merging and returns how many pairs stood in descending order.
fn sort_counting_exchanges(values: &mut [f64]) -> u64 {
    if values.len() < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(values.len() / 2);
    let mut exchanges = sort_counting_exchanges(left) + sort_counting_exchanges(right);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut l, mut r) = (0, 0);
    while l < left.len() && r < right.len() {
        if right[r] < left[l] {
            exchanges += (left.len() - l) as u64;
            merged.push(right[r]);
            r += 1;
        } else {
            merged.push(left[l]);
            l += 1;
        }
    }
    merged.extend_from_slice(&left[l..]);
    merged.extend_from_slice(&right[r..]);
    values.copy_from_slice(&merged);
    exchanges
}

/// Sum of 1 / log2(p + 1) over the places p = from + 1 ..= to.
fn discounts(from: usize, to: usize) -> f64 {
    (from..to).map(|place| 1.0 / (place as f64 + 2.0).log2()).sum()
}

#[cfg(test)]
mod tests {
    use rand::RngExt;
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        name: String,
        truth: Vec<f64>,
        prediction: Vec<f64>,
        spearman: Option<f64>,
        kendall_tau_b: Option<f64>,
        ndcg10_linear: Option<f64>,
        mae: Option<f64>,
    }

    #[track_caller]
    fn assert_close(what: &str, found: Option<f64>, expected: Option<f64>) {
        let is_close = match (found, expected) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-7 * b.abs().max(0.1),
            (a, b) => a.is_none() && b.is_none(),
        };
        assert!(is_close, "{what}: {found:?}, expected {expected:?}");
    }

    // SciPy and scikit-learn, see tests/reference/README.md; 8 significant digits.
    #[test]
    fn agrees_with_scipy_and_scikit_learn_with_and_without_ties() {
        let json = include_str!("../../tests/reference/metrics.json");
        let reference: Reference = serde_json::from_str(json).unwrap();
        assert_eq!(reference.cases.len(), 9);
        for case in reference.cases {
            let found = Metrics::of(&case.prediction, &case.truth);
            let name = &case.name;
            assert_eq!(found.networks, case.truth.len(), "{name}");
            assert_close(&format!("{name}: spearman"), found.spearman, case.spearman);
            assert_close(&format!("{name}: kendall"), found.kendall, case.kendall_tau_b);
            assert_close(&format!("{name}: ndcg10"), found.ndcg10, case.ndcg10_linear);
            assert_close(&format!("{name}: mae"), found.mae, case.mae);
            let order = Metrics::of_order(&case.prediction, &case.truth);
            assert_eq!(order, Metrics { mae: None, ..found }, "{name}");
        }
    }

    #[test]
    fn kendall_counts_the_same_pairs_as_looking_at_each() {
        let mut rng = Pcg64Mcg::seed_from_u64(3);
        for n in [2, 3, 10, 101] {
            let mut draw =
                || -> Vec<f64> { (0..n).map(|_| f64::from(rng.random_range(-4..5_i32))).collect() };
            let (x, y) = (draw(), draw());
            let (mut sum, mut untied_x, mut untied_y) = (0.0, 0.0, 0.0);
            for i in 0..n {
                for j in 0..i {
                    let sign = |v: &[f64]| ascending(&v[i], &v[j]) as i32;
                    sum += f64::from(sign(&x) * sign(&y));
                    untied_x += f64::from(sign(&x).abs());
                    untied_y += f64::from(sign(&y).abs());
                }
            }
            let norm: f64 = untied_x * untied_y;
            let expected = (norm > 0.0).then(|| sum / norm.sqrt());
            assert_close(&format!("n = {n}"), kendall(&x, &y), expected);
        }
    }

    #[test]
    fn undefined_figures_are_none_and_never_nan() {
        let none = Metrics { networks: 0, spearman: None, kendall: None, ndcg10: None, mae: None };
        let cases: [(&[f64], &[f64], Metrics); 5] = [
            (&[], &[], none),
            (&[0.5], &[0.75], Metrics { networks: 1, mae: Some(0.25), ..none }),
            (&[f64::NAN, 0.5], &[0.1, 0.2], Metrics { networks: 2, ..none }),
            (&[0.1, 0.2], &[0.5, f64::INFINITY], Metrics { networks: 2, ..none }),
            (&[0.5, 0.75], &[0.5, 0.5], Metrics { networks: 2, mae: Some(0.125), ..none }),
        ];
        for (predicted, measured, expected) in cases {
            assert_eq!(Metrics::of(predicted, measured), expected, "{predicted:?} {measured:?}");
        }
        assert_eq!(ndcg_at_k(&[0.1, 0.2], &[0.1, 0.2], 0), None);
        assert_eq!(OverSeeds::of(&[]), None);
        assert_eq!(OverSeeds::of(&[0.5, f64::NAN]), None);
        assert_eq!(OverSeeds::of(&[0.5]), Some(OverSeeds { seeds: 1, mean: 0.5, spread: None }));
    }

    #[test]
    fn zero_and_minus_zero_are_one_value() {
        let (x, y) = ([0.0, -0.0, 1.0, -0.0], [3.0, 1.0, 2.0, 0.0]);
        let plain = [0.0, 0.0, 1.0, 0.0];
        assert_eq!(Metrics::of(&x, &y), Metrics::of(&plain, &y));
    }
}
