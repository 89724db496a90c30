//! What would change a prediction: every one-step neighbour of an architecture, predicted too.
//!
//! Neighbours come from [`Architecture::neighbours`], which knows no weights; this file scores them
//! for one target, a stretch of the list at a time, so that a caller can stop in between.

use std::ops::Range;

use serde::Serialize;

use super::choice::Answering;
use super::{PredictOptions, Predictor};
use crate::error::{Error, ErrorKind, Result};
use crate::family::{Architecture, Neighbour};
use crate::features::GraphFeatures;
use crate::format::Parsed;
use crate::graph::ComputeGraph;
use crate::model::batch::BatchItem;

/// Nodes of the graphs that are estimated together.
const BATCH_NODES: usize = 2_000;

/// One step and what comes of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The step, as an instruction.
    pub change: String,
    /// The architecture behind it, in its family's canonical text.
    pub text: String,
    /// Its predicted accuracy, a fraction.
    pub accuracy: f64,
    /// Its parameters, as written.
    pub params: u64,
    /// Its multiply-adds, as written.
    pub macs: u64,
}

/// Some of the steps from one architecture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changes {
    /// What the accuracies are about.
    pub target: String,
    /// How many steps there are; a network of no family has none.
    pub total: usize,
    /// Those that were asked for, in the list's order; one that makes no valid network is left out.
    pub changes: Vec<Change>,
}

impl Predictor {
    /// What the steps in `range` of the network's list would do, judged for one target: the wished
    /// one, or that which answers for the network itself.
    ///
    /// # Errors
    /// As [`Predictor::predict_parsed`].
    pub fn changes(
        &self,
        parsed: &Parsed,
        options: &PredictOptions,
        range: Range<usize>,
    ) -> Result<Changes> {
        let name = match options.wished() {
            Some(name) => name.to_owned(),
            None => self.predict_parsed(parsed, options)?.target,
        };
        let answering = self.answering(&name)?;
        let Parsed::Architecture(architecture) = parsed else {
            return Ok(Changes { target: name, total: 0, changes: Vec::new() });
        };
        let neighbours = architecture.neighbours();
        let total = neighbours.len();
        let wished: Vec<Neighbour> =
            neighbours.into_iter().skip(range.start).take(range.len()).collect();
        let changes = self.scored(wished, architecture.as_ref(), (&name, answering))?;
        Ok(Changes { target: name, total, changes })
    }

    fn scored(
        &self,
        neighbours: Vec<Neighbour>,
        centre: &dyn Architecture,
        (name, answering): (&str, Answering<'_>),
    ) -> Result<Vec<Change>> {
        let options = PredictOptions { target: Some(name.to_owned()) };
        let variant = self.variant_of(centre, &options)?;
        let source = format!("{}/{}", centre.family().name(), variant.name);
        let mut scored = Vec::with_capacity(neighbours.len());
        let mut waiting: Vec<(Neighbour, ComputeGraph)> = Vec::new();
        let mut n_nodes = 0;
        for neighbour in neighbours {
            let Ok(graph) = neighbour.architecture.build(variant) else { continue };
            n_nodes += graph.n_nodes();
            waiting.push((neighbour, graph));
            if n_nodes >= BATCH_NODES {
                self.score(std::mem::take(&mut waiting), answering, &source, &mut scored)?;
                n_nodes = 0;
            }
        }
        if !waiting.is_empty() {
            self.score(waiting, answering, &source, &mut scored)?;
        }
        Ok(scored)
    }

    /// Estimates some networks together and adds what came of them.
    fn score(
        &self,
        networks: Vec<(Neighbour, ComputeGraph)>,
        answering: Answering<'_>,
        source: &str,
        scored: &mut Vec<Change>,
    ) -> Result<()> {
        let config = &self.ensemble.metadata().config;
        let features: Vec<GraphFeatures> = networks
            .iter()
            .map(|(_, graph)| GraphFeatures::of(graph, config.features, config.view))
            .collect();
        let accuracies = self.accuracies(&networks, &features, answering, source)?;
        for ((neighbour, graph), accuracy) in networks.into_iter().zip(accuracies) {
            if !accuracy.is_finite() {
                let message = format!("the prediction is not finite: {}", neighbour.change);
                return Err(Error::new(ErrorKind::Internal, message));
            }
            scored.push(Change {
                text: neighbour.architecture.text(),
                change: neighbour.change,
                accuracy,
                params: graph.written_cost().params,
                macs: graph.written_cost().macs,
            });
        }
        Ok(())
    }

    fn accuracies(
        &self,
        networks: &[(Neighbour, ComputeGraph)],
        features: &[GraphFeatures],
        answering: Answering<'_>,
        source: &str,
    ) -> Result<Vec<f64>> {
        let column = match answering {
            Answering::Column(column) => column,
            Answering::General(general) => {
                let accuracy = |features| Ok(general.answer(features)?.accuracy);
                return features.iter().map(accuracy).collect();
            }
        };
        let statistics = self.statistics_of(Some(source), answering)?;
        let items: Vec<BatchItem<'_>> =
            features.iter().map(|features| BatchItem { features, statistics }).collect();
        let estimates = self.ensemble.estimate(&items)?;
        let label = &self.targets()[column].label;
        let pairs = estimates.iter().zip(networks);
        Ok(pairs.map(|(e, (_, graph))| label.inverse(e.labels[column], graph.cost())).collect())
    }
}
