//! Targets: what an accuracy is an accuracy of, and how sure the predictor is of it.

use serde::{Deserialize, Serialize};

use super::label::LabelTransform;

/// A data set and training recipe for which accuracies are predicted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// `family/variant`, as in `nb201/cifar10`.
    pub name: String,
    /// Data set and recipe in words.
    pub title: String,
    /// From label to accuracy.
    pub label: LabelTransform,
    /// How far labels may lie from their prediction.
    pub interval: Interval,
    /// Training networks that had a label for it.
    pub networks: usize,
    /// How well held-out networks were predicted (validation split).
    pub validation: Option<HeldOut>,
    /// The same on the test split, opened once.
    pub test: Option<HeldOut>,
}

impl Target {
    /// The family, the first half of the name.
    pub fn family(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// The variant (data set) of the family, the second half of the name.
    pub fn variant(&self) -> &str {
        self.name.split_once('/').map_or("", |(_, variant)| variant)
    }
}

/// Agreement of predictions with labels that were not trained on; `None` where undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HeldOut {
    /// How many networks.
    pub networks: usize,
    /// Spearman's rank correlation.
    pub spearman: Option<f64>,
    /// Kendall's tau-b.
    pub kendall: Option<f64>,
    /// Normalised discounted cumulative gain of the ten best predicted.
    pub ndcg10: Option<f64>,
    /// Mean absolute error of the accuracy, as a fraction.
    pub mae: Option<f64>,
    /// Share of labels inside the 90 % interval.
    pub coverage: f64,
}

/// A split-conformal 90 % interval in label space (Papadopoulos et al., 2002).
///
/// The half-width is `radius` times the widening that novelty asks for: scores on the validation
/// split are |y - prediction| / widening, and `radius` is their 90 % quantile.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Half-width in label space for a network as near as most of the validation split.
    pub radius: f64,
}

/// The share of labels that an interval is made to hold.
pub const COVERAGE: f64 = 0.9;

impl Interval {
    /// The interval from validation scores: their ceil(0.9 (n + 1))-th smallest.
    ///
    /// ```
    /// # use gennape::model::target::Interval;
    /// let scores: Vec<f64> = (1..=99).map(f64::from).collect();
    /// assert_eq!(Interval::from_scores(scores).radius, 90.0);
    /// ```
    pub fn from_scores(mut scores: Vec<f64>) -> Self {
        scores.sort_by(f64::total_cmp);
        let rank = (COVERAGE * (scores.len() + 1) as f64).ceil() as usize;
        let radius = scores.get(rank.saturating_sub(1)).or(scores.last()).copied();
        Self { radius: radius.unwrap_or(f64::MAX) }
    }
}
