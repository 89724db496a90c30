//! Accuracies as labels and back: the paper's FLOPs transform and our rank transform.

use serde::{Deserialize, Serialize};

use super::config::LabelKind;
use crate::graph::Cost;

/// The rank table goes from -`REACH` to `REACH` standard deviations.
const REACH: f64 = 3.2;
/// Number of its entries, evenly spaced.
const N_ENTRIES: usize = 129;

/// A transform fitted to one target's training accuracies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum LabelTransform {
    /// y = Z(A / (log10(F + 1) + 1)), F in GFLOPs (paper, equation 1).
    Flops {
        /// Mean of the divided accuracies.
        mean: f64,
        /// Their population standard deviation.
        deviation: f64,
    },
    /// y = the normal quantile of A's rank among the training accuracies.
    RankGauss {
        /// The accuracy at each of 129 labels from -3.2 to 3.2, never falling.
        accuracies: Vec<f64>,
        /// How many accuracies the table was made of.
        networks: usize,
    },
}

impl LabelTransform {
    /// The transform of `kind` for these accuracies with their networks' costs.
    ///
    /// `networks` must not be empty.
    pub fn fit(kind: LabelKind, networks: &[(f64, Cost)]) -> Self {
        match kind {
            LabelKind::Flops => {
                let divided: Vec<f64> =
                    networks.iter().map(|&(accuracy, cost)| accuracy / divisor(cost)).collect();
                let count = divided.len() as f64;
                let mean = divided.iter().sum::<f64>() / count;
                let variance = divided.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
                Self::Flops { mean, deviation: variance.sqrt().max(f64::MIN_POSITIVE) }
            }
            LabelKind::RankGauss => {
                let mut sorted: Vec<f64> = networks.iter().map(|&(accuracy, _)| accuracy).collect();
                sorted.sort_by(f64::total_cmp);
                let accuracies = (0..N_ENTRIES)
                    .map(|entry| quantile(&sorted, normal_cdf(label_of_entry(entry))))
                    .collect();
                Self::RankGauss { accuracies, networks: sorted.len() }
            }
        }
    }

    /// The label of an accuracy.
    pub fn forward(&self, accuracy: f64, cost: Cost) -> f64 {
        match self {
            Self::Flops { mean, deviation } => (accuracy / divisor(cost) - mean) / deviation,
            Self::RankGauss { accuracies, networks } => {
                let below = accuracies.partition_point(|entry| *entry < accuracy);
                let upto = accuracies.partition_point(|entry| *entry <= accuracy);
                if upto > below {
                    return label_of_ties(below..upto, *networks);
                }
                match (accuracies.get(below.wrapping_sub(1)), accuracies.get(below)) {
                    (Some(low), Some(high)) => {
                        let share = (accuracy - low) / (high - low);
                        label_of_entry(below - 1) + share * step()
                    }
                    (None, _) => -REACH,
                    (_, None) => REACH,
                }
            }
        }
    }

    /// The accuracy of a label: the inverse of [`LabelTransform::forward`], within 0..1.
    pub fn inverse(&self, label: f64, cost: Cost) -> f64 {
        let accuracy = match self {
            Self::Flops { mean, deviation } => (label * deviation + mean) * divisor(cost),
            Self::RankGauss { accuracies, .. } => {
                let position = ((label.clamp(-REACH, REACH) + REACH) / step()).max(0.0);
                let below = (position as usize).min(N_ENTRIES - 2);
                let share = position - below as f64;
                accuracies[below] + share * (accuracies[below + 1] - accuracies[below])
            }
        };
        accuracy.clamp(0.0, 1.0)
    }

    /// The share of the training accuracies that lie below that of a label, where the transform
    /// knows ranks.
    pub fn rank(&self, label: f64) -> Option<f64> {
        match self {
            Self::Flops { .. } => None,
            Self::RankGauss { .. } => Some(normal_cdf(label.clamp(-REACH, REACH))),
        }
    }

    /// Whether the stored numbers make a transform: finite, and a rank table of the right size.
    pub fn is_valid(&self) -> bool {
        match self {
            Self::Flops { mean, deviation } => {
                mean.is_finite() && deviation.is_finite() && *deviation > 0.0
            }
            Self::RankGauss { accuracies, networks } => {
                *networks > 0
                    && accuracies.len() == N_ENTRIES
                    && accuracies.iter().all(|accuracy| accuracy.is_finite())
                    && accuracies.windows(2).all(|pair| pair[0] <= pair[1])
            }
        }
    }
}

/// log10(F + 1) + 1, F in GFLOPs.
fn divisor(cost: Cost) -> f64 {
    (cost.gflops() + 1.0).log10() + 1.0
}

fn step() -> f64 {
    2.0 * REACH / (N_ENTRIES - 1) as f64
}

fn label_of_entry(entry: usize) -> f64 {
    entry as f64 * step() - REACH
}

/// The label of an accuracy that the table has at all of `entries`: the normal quantile of the
/// middle rank. At the table's ends the stretch reaches to the first or last of `networks` ranks.
fn label_of_ties(entries: std::ops::Range<usize>, networks: usize) -> f64 {
    let half_rank = 0.5 / networks as f64;
    let low = match entries.start {
        0 => 0.0,
        start if entries.end == N_ENTRIES => normal_cdf(label_of_entry(start)) - half_rank,
        start => normal_cdf(label_of_entry(start)),
    };
    let high = match entries.end {
        N_ENTRIES => 1.0,
        end if entries.start == 0 => normal_cdf(label_of_entry(end - 1)) + half_rank,
        end => normal_cdf(label_of_entry(end - 1)),
    };
    normal_quantile(f64::midpoint(low, high))
}

/// The label below which a normal variable lies with chance `p`, by bisection on the table's reach.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-REACH, REACH);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if normal_cdf(middle) < p { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The standard normal distribution function.
pub(super) fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// The value at share `p` of `sorted`, whose i-th of n values stands at (i + 1/2) / n.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let last = sorted.len() - 1;
    let position = (p * sorted.len() as f64 - 0.5).clamp(0.0, last as f64);
    let below = position as usize;
    let above = (below + 1).min(last);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn reference() -> Value {
        serde_json::from_str(include_str!("../../tests/reference/labels.json")).unwrap()
    }

    fn numbers(value: &Value) -> Vec<f64> {
        serde_json::from_value(value.clone()).unwrap()
    }

    /// spec section 8 and tests/reference/labels.json.
    #[test]
    fn paper_labels_agree_with_the_reference_and_invert() {
        let paper = &reference()["paper"];
        let networks: Vec<_> = numbers(&paper["accuracy"])
            .into_iter()
            .zip(numbers(&paper["macs"]))
            .map(|(accuracy, macs)| (accuracy, Cost { params: 0, macs: macs as u64 }))
            .collect();
        let transform = LabelTransform::fit(LabelKind::Flops, &networks);
        for (&(accuracy, cost), label) in networks.iter().zip(numbers(&paper["label"])) {
            let got = transform.forward(accuracy, cost);
            assert!((got - label).abs() < 1e-6, "{got} instead of {label}");
            assert!((transform.inverse(got, cost) - accuracy).abs() < 1e-12);
        }
    }

    #[test]
    fn normal_distribution_agrees_with_scipy() {
        let normal = &reference()["normal"];
        for (x, cdf) in numbers(&normal["x"]).into_iter().zip(numbers(&normal["cdf"])) {
            assert!((normal_cdf(x) - cdf).abs() < 1e-8, "at {x}");
        }
    }

    #[test]
    fn rank_labels_are_normal_monotone_and_invert() {
        let none = Cost::default();
        let networks: Vec<_> = (0..1000).map(|i| (0.5 + 0.0004 * f64::from(i), none)).collect();
        let transform = LabelTransform::fit(LabelKind::RankGauss, &networks);
        assert!(transform.is_valid());
        // scipy.stats.norm.ppf(0.975) = 1.959964
        let label = transform.forward(0.5 + 0.0004 * 974.5, none);
        assert!((label - 1.959_964).abs() < 2e-3, "{label}");
        for &(accuracy, _) in &networks[5..995] {
            let there_and_back = transform.inverse(transform.forward(accuracy, none), none);
            assert!((there_and_back - accuracy).abs() < 1e-9, "{accuracy}");
        }
        assert_eq!(transform.forward(0.0, none), -REACH);
        assert_eq!(transform.forward(1.0, none), REACH);
    }

    #[test]
    fn equal_accuracies_share_the_middle_label() {
        let none = Cost::default();
        let networks = [vec![(0.1, none); 50], vec![(0.9, none); 50]].concat();
        let transform = LabelTransform::fit(LabelKind::RankGauss, &networks);
        let (low, high) = (transform.forward(0.1, none), transform.forward(0.9, none));
        assert!(low < 0.0 && high > 0.0 && (low + high).abs() < 1e-9, "{low} {high}");
    }
}
