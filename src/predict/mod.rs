//! The facade: weights in, text in, prediction out.
//!
//! Everything a caller needs to know of a network is one [`Prediction`], the same in Rust, JSON and
//! JavaScript. The text is read by [`crate::format`], the number comes from [`crate::model`]; this
//! file joins them: which target answers, against which statistics, with which interval.
//! [`changes`] asks the same of a network's neighbours.

pub mod changes;

mod adapted;
mod choice;
mod unlabelled;

use serde::Serialize;

use self::choice::{Answering, Choice};
use crate::adapt::file::{Adapted, digest};
use crate::error::{Error, ErrorKind, Result};
use crate::family::{self, Architecture};
use crate::features::GraphFeatures;
use crate::format::{self, Parsed};
use crate::general::{GeneralTarget, Range};
use crate::graph::ComputeGraph;
use crate::info::ModelInfo;
use crate::model::batch::BatchItem;
use crate::model::ensemble::{Ensemble, Estimate};
use crate::model::statistics::Statistics;
use crate::model::target::Target;
use crate::model::weights::Weights;
use crate::note::{Note, NoteKind};

/// The interval of a target that answers for another family is this much wider: there are no labels
/// to calibrate it on.
const FOREIGN_WIDENING: f64 = 2.0;

/// The wish for the target of the network's own family, the same as no wish.
const AUTO: &str = "auto";

/// What a caller may wish.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PredictOptions {
    /// The target (`nb201/cifar10`); left out or `auto`, that of the network's own family.
    pub target: Option<String>,
}

impl PredictOptions {
    /// The target that is wished by name.
    fn wished(&self) -> Option<&str> {
        self.target.as_deref().filter(|name| *name != AUTO)
    }
}

/// What is predicted of one network, and what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// Predicted accuracy, a fraction.
    pub accuracy: f64,
    /// Lower end of the 90 % interval.
    pub low: f64,
    /// Upper end of the 90 % interval.
    pub high: f64,
    /// What it is an accuracy of.
    pub target: String,
    /// Share of the networks that the target was learned from that lie below this accuracy; `None`
    /// where the weights know no ranks. Where no label of the network's family was learned, the share
    /// of random networks of its own family that are expected to be worse.
    pub rank: Option<f64>,
    /// How much of the estimate comes from what was learned in another family, 0 to 1; the rest
    /// leans on size. `None` where a target of the network's own family or a general one answers.
    pub networks_share: Option<f64>,
    /// The network's family, where it has one.
    pub family: Option<String>,
    /// The architecture in its family's canonical text, where it has one.
    pub text: Option<String>,
    /// Degrees of membership in the clusters; they sum to 1.
    pub membership: Vec<f64>,
    /// The accuracy that each cluster's head alone would predict; empty for a general or adapted target,
    /// and where no label of the network's family was learned.
    pub head_outputs: Vec<f64>,
    /// The embedding.
    pub embedding: Vec<f32>,
    /// Where it stands on the map of all families; `None` where the weights have no map.
    pub map: Option<[f32; 2]>,
    /// Share of validation networks that are nearer to, or surer from, the training networks: 0 to 1.
    pub novelty: f64,
    /// Parameters of the network as written.
    pub params: u64,
    /// Multiply-adds of the network as written.
    pub macs: u64,
    /// Parameters of the canonical graph.
    pub graph_params: u64,
    /// Multiply-adds of the canonical graph.
    pub graph_macs: u64,
    /// Nodes of the canonical graph.
    pub nodes: usize,
    /// Edges of the canonical graph.
    pub edges: usize,
    /// Edges on the longest path from input to output.
    pub depth: usize,
    /// Height, width and channels of the image.
    pub input: [u32; 3],
    /// What was assumed, left out or is doubtful.
    pub notes: Vec<Note>,
}

/// Weights, ready to predict.
#[derive(Debug, Clone)]
pub struct Predictor {
    ensemble: Ensemble,
    general: Vec<GeneralTarget>,
    adapted: Vec<Adapted>,
    n_bytes: usize,
    digest: String,
}

/// What a target says of a network.
struct Answer {
    target: String,
    rank: Option<f64>,
    networks_share: Option<f64>,
    head_outputs: Vec<f64>,
    range: Range,
}

impl Predictor {
    /// Reads a weights' file.
    ///
    /// # Errors
    /// Where the bytes are damaged, too many, or of another version.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        let weights = Weights::from_bytes(bytes)?;
        let general = GeneralTarget::load(&weights)?;
        let ensemble = Ensemble::load(weights)?;
        let (n_bytes, digest) = (bytes.len(), digest(bytes));
        Ok(Self { ensemble, general, adapted: Vec::new(), n_bytes, digest })
    }

    /// What is predicted of the network that `text` names.
    ///
    /// # Errors
    /// Where the text names no network (with line and column), or there is no such target.
    pub fn predict(&self, text: &str, options: &PredictOptions) -> Result<Prediction> {
        self.predict_parsed(&format::parse(text)?, options)
    }

    /// What is predicted of a network that was read before.
    ///
    /// # Errors
    /// Where there is no such target, or the architecture makes no valid network for it.
    pub fn predict_parsed(&self, parsed: &Parsed, options: &PredictOptions) -> Result<Prediction> {
        if let Some(prediction) = self.by_adapted(parsed, options)? {
            return Ok(prediction);
        }
        match parsed {
            Parsed::Architecture(architecture) => {
                self.predict_architecture(architecture.as_ref(), options)
            }
            Parsed::Graph { graph, notes } => {
                self.predict_graph(graph, None, notes.clone(), options)
            }
        }
    }

    fn predict_architecture(
        &self,
        architecture: &dyn Architecture,
        options: &PredictOptions,
    ) -> Result<Prediction> {
        let family = architecture.family();
        let variant = self.variant_of(architecture, options)?;
        let graph = architecture.build(variant)?;
        let source = format!("{}/{}", family.name(), variant.name);
        let notes = architecture.notes();
        let prediction = self.predict_graph(&graph, Some(&source), notes, options)?;
        Ok(Prediction {
            family: Some(family.name().to_owned()),
            text: Some(architecture.text()),
            ..prediction
        })
    }

    /// The network that a prediction is about: of an architecture that of the target's variant.
    ///
    /// # Errors
    /// As [`Predictor::predict_parsed`].
    pub fn network(&self, parsed: &Parsed, options: &PredictOptions) -> Result<ComputeGraph> {
        match parsed {
            Parsed::Architecture(architecture) => {
                architecture.build(self.variant_of(architecture.as_ref(), options)?)
            }
            Parsed::Graph { graph, .. } => Ok(graph.clone()),
        }
    }

    /// The variant that the wished target is about, or the first that the weights know, or the
    /// architecture's default.
    fn variant_of(
        &self,
        architecture: &dyn Architecture,
        options: &PredictOptions,
    ) -> Result<&'static family::Variant> {
        let variants = architecture.variants();
        let named = |name: &str| variants.iter().copied().find(|variant| variant.name == name);
        let of_target = match options.wished() {
            Some(name) => {
                self.answering(name)?;
                name.split_once('/').and_then(|(_, variant)| named(variant))
            }
            None => {
                let family = architecture.family().name();
                let own = self.targets().iter().filter(|target| target.family() == family);
                own.filter_map(|target| named(target.variant())).next()
            }
        };
        Ok(of_target.unwrap_or(variants[0]))
    }

    /// What the weights are.
    pub fn info(&self) -> ModelInfo {
        ModelInfo::of(self.ensemble.metadata(), &self.adapted, self.n_bytes)
    }

    /// The ensemble behind it.
    pub fn ensemble(&self) -> &Ensemble {
        &self.ensemble
    }

    fn targets(&self) -> &[Target] {
        &self.ensemble.metadata().targets
    }

    /// `source` is `family/variant` where the graph comes from a family.
    fn predict_graph(
        &self,
        graph: &ComputeGraph,
        source: Option<&str>,
        mut notes: Vec<Note>,
        options: &PredictOptions,
    ) -> Result<Prediction> {
        let config = &self.ensemble.metadata().config;
        let features = GraphFeatures::of(graph, config.features, config.view);
        let choice = self.choose(graph, &features, source, options, &mut notes)?;
        let estimate = self.estimate(&features, choice.statistics)?;
        if !self.ensemble.metadata().trained {
            let message = "the weights come from a network that was never trained; \
                           the numbers mean nothing";
            notes.push(Note::new(NoteKind::Untrained, message));
        }
        let standing =
            self.standing(graph, &features, (&choice, source), (&estimate, &mut notes))?;
        let answer = match standing {
            Some(standing) => standing,
            None => self.answer(graph, &features, &choice, &estimate)?,
        };
        let map = self.ensemble.place(&estimate.embedding)?;
        Ok(Prediction { map, ..prediction(graph, answer, estimate, notes) })
    }

    fn estimate(&self, features: &GraphFeatures, statistics: &Statistics) -> Result<Estimate> {
        let estimates = self.ensemble.estimate(&[BatchItem { features, statistics }])?;
        let first = estimates.into_iter().next();
        first.ok_or_else(|| Error::new(ErrorKind::Internal, "no estimate for one graph"))
    }

    fn answer(
        &self,
        graph: &ComputeGraph,
        features: &GraphFeatures,
        choice: &Choice<'_>,
        estimate: &Estimate,
    ) -> Result<Answer> {
        match choice.answering {
            Answering::General(general) => {
                let target = general.described().name.clone();
                let range = general.answer(features)?;
                let (rank, networks_share) = (None, None);
                Ok(Answer { target, rank, networks_share, head_outputs: Vec::new(), range })
            }
            Answering::Column(target) => self.column(graph, target, choice.foreign, estimate),
        }
    }

    /// What the heads say in one column.
    fn column(
        &self,
        graph: &ComputeGraph,
        column: usize,
        foreign: bool,
        estimate: &Estimate,
    ) -> Result<Answer> {
        let label = estimate.labels[column];
        if !label.is_finite() {
            let message = "the prediction is not finite: the network lies far outside of what the \
                           weights can judge";
            return Err(Error::new(ErrorKind::Internal, message));
        }
        let target = &self.targets()[column];
        let scale = self.ensemble.novelty().scale();
        let accuracy_of = |label: f64| target.label.inverse(label, graph.cost());
        let foreign = if foreign { FOREIGN_WIDENING } else { 1.0 };
        let half_width = target.interval.radius * scale.widening(estimate.distance) * foreign;
        let heads = estimate.head_labels.iter();
        Ok(Answer {
            target: target.name.clone(),
            rank: target.label.rank(label),
            networks_share: None,
            head_outputs: heads.map(|labels| accuracy_of(labels[column])).collect(),
            range: Range {
                accuracy: accuracy_of(label),
                low: accuracy_of(label - half_width),
                high: accuracy_of(label + half_width),
                novelty: scale.novelty(estimate.distance),
            },
        })
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.targets().iter().position(|target| target.name == name)
    }
}

fn prediction(
    graph: &ComputeGraph,
    Answer { target, rank, networks_share, head_outputs, range }: Answer,
    estimate: Estimate,
    notes: Vec<Note>,
) -> Prediction {
    let image = graph.input_shape();
    let (written, cost) = (graph.written_cost(), graph.cost());
    Prediction {
        accuracy: range.accuracy,
        low: range.low,
        high: range.high,
        target,
        rank,
        networks_share,
        family: None,
        text: None,
        membership: estimate.membership,
        head_outputs,
        embedding: estimate.embedding,
        map: None,
        novelty: range.novelty,
        params: written.params,
        macs: written.macs,
        graph_params: cost.params,
        graph_macs: cost.macs,
        nodes: graph.n_nodes(),
        edges: graph.n_edges(),
        depth: graph.depth(),
        input: [image.h, image.w, image.c],
        notes,
    }
}
