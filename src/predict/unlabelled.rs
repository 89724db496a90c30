//! A place for networks of families whose labels the weights never saw.
//!
//! Weights that learned one family say of a network of another only where it stands among its kind,
//! and which of two speaks: what they learned, or its size (DESIGN.md, "Who speaks for a family
//! without labels?"). There is no accuracy to be had that way; the one that is shown is that of the
//! learned family's network of the same rank.

use super::choice::{Answering, Choice};
use super::{Answer, Predictor};
use crate::error::Result;
use crate::features::GraphFeatures;
use crate::general::Range;
use crate::graph::ComputeGraph;
use crate::model::ensemble::Estimate;
use crate::model::label::normal_quantile;
use crate::model::statistics::Statistics;
use crate::model::transfer::{Gate, TwoLabels, others};
use crate::note::{Note, NoteKind};

/// Half-width of the 90 % interval in normal quantiles of ranks: 1.645 sqrt(1 - r^2) for the rank
/// correlation r = .45 that was measured in the hardest family, DARTS (docs/results.md, "Zero-shot").
const HALF_WIDTH: f64 = 1.47;
/// From this share on one of the two is said to speak.
const MOST: f64 = 0.9;

impl Predictor {
    /// The place of a network whose family has no target in these weights, with a note that says
    /// who speaks; `None` where a target of its own answers or the weights learned several families.
    pub(super) fn standing(
        &self,
        graph: &ComputeGraph,
        features: &GraphFeatures,
        (choice, source): (&Choice<'_>, Option<&str>),
        (estimate, notes): (&Estimate, &mut Vec<Note>),
    ) -> Result<Option<Answer>> {
        let metadata = self.ensemble.metadata();
        let (Some(tables), true, Answering::Column(column)) =
            (&metadata.transfer, choice.foreign, choice.answering)
        else {
            return Ok(None);
        };
        let statistics = &metadata.statistics;
        let pooled = Statistics::pooled(others(statistics, source.unwrap_or_default()).into_iter());
        let pooled = self.estimate(features, &pooled)?.labels[column];
        let is_known = source.is_some_and(|source| tables.families.contains_key(source));
        let own = if is_known { estimate.labels[column] } else { pooled };
        let (known, nearest) = tables.known(statistics, source, features);
        let rank = known.rank(features, TwoLabels { own, pooled });
        let target = &self.targets()[column];
        let among = if is_known { source } else { None };
        let spoken = speaker(known.gate, nearest.as_deref(), &target.name);
        notes.push(Note::new(NoteKind::Nearest, sentence(&spoken, among, rank, &target.name)));
        let label = normal_quantile(rank);
        let accuracy_of = |label: f64| target.label.inverse(label, graph.cost());
        let scale = self.ensemble.novelty().scale();
        Ok(Some(Answer {
            target: target.name.clone(),
            rank: Some(rank),
            networks_share: Some(known.gate.networks),
            head_outputs: Vec::new(),
            range: Range {
                accuracy: accuracy_of(label),
                low: accuracy_of(label - HALF_WIDTH),
                high: accuracy_of(label + HALF_WIDTH),
                novelty: scale.novelty(estimate.distance),
            },
        }))
    }
}

/// Who speaks and why; `nearest` is the known family whose structure decided.
fn speaker(gate: Gate, nearest: Option<&str>, learned: &str) -> String {
    let Some(nearest) = nearest else {
        return "products of matrices do much of its work, of which nothing was learned: the \
                estimate leans on its size"
            .to_owned();
    };
    if gate.networks >= MOST {
        format!(
            "networks like {nearest} branch as those of {learned} do: the estimate leans on what \
             was learned there"
        )
    } else if gate.prior() >= MOST {
        format!(
            "networks like {nearest} are chains of convolutions, unlike those of {learned}: the \
             estimate leans on size and depth"
        )
    } else {
        format!(
            "networks like {nearest} branch less than those of {learned}: {:.0} % of the estimate \
             leans on what was learned there, the rest on size and depth",
            100.0 * gate.networks
        )
    }
}

/// The note: who speaks, the rank `among` a family's networks, and what the accuracy is worth.
fn sentence(spoken: &str, among: Option<&str>, rank: f64, learned: &str) -> String {
    let kind = among.map_or("all known families".to_owned(), str::to_owned);
    format!(
        "{spoken}; it ranks above {:.0} % of random networks of {kind}, and the accuracy is that of \
         {learned}'s network of this rank: expect an order, not an accuracy",
        100.0 * rank
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_of_the_two_speaks_and_why() {
        let cases = [
            (Gate { networks: 0.0 }, Some("nb_macro/cifar10"), "are chains of convolutions"),
            (Gate { networks: 1.0 }, Some("nb201/cifar10"), "leans on what was learned there"),
            (Gate { networks: 0.145 }, Some("ofa_resnet/imagenet"), "14 % of the estimate"),
            (Gate::PRIOR, None, "products of matrices"),
        ];
        for (gate, nearest, part) in cases {
            let spoken = speaker(gate, nearest, "nb101/cifar10");
            assert!(spoken.contains(part), "{spoken}");
        }
        let note = sentence("it leans on its size", None, 0.734, "nb101/cifar10");
        assert!(note.contains("73 % of random networks of all known families"), "{note}");
    }
}
