//! The facade: weights in, text in, prediction out.
//!
//! Everything a caller needs to know of a network is one [`Prediction`], the same in Rust, JSON and
//! JavaScript. The text is read by [`crate::format`], the number comes from [`crate::model`]; this
//! file joins them: which target answers, against which statistics, with which interval.
//! [`changes`] asks the same of a network's neighbours.

pub mod changes;

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::family::{self, Architecture};
use crate::features::GraphFeatures;
use crate::format::{self, Parsed};
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
    /// where the weights know no ranks.
    pub rank: Option<f64>,
    /// The network's family, where it has one.
    pub family: Option<String>,
    /// The architecture in its family's canonical text, where it has one.
    pub text: Option<String>,
    /// Degrees of membership in the clusters; they sum to 1.
    pub membership: Vec<f64>,
    /// The accuracy that each cluster's head alone would predict.
    pub head_outputs: Vec<f64>,
    /// The embedding.
    pub embedding: Vec<f32>,
    /// Share of validation networks that lie nearer to the training networks: 0 to 1.
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
    n_bytes: usize,
}

/// Which target answers for a network, and against which statistics its scalars are read.
struct Choice<'a> {
    target: usize,
    statistics: &'a Statistics,
    /// Whether the target belongs to another family than the network.
    foreign: bool,
}

impl Predictor {
    /// Reads a weights' file.
    ///
    /// # Errors
    /// Where the bytes are damaged, too many, or of another version.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        let ensemble = Ensemble::load(Weights::from_bytes(bytes)?)?;
        Ok(Self { ensemble, n_bytes: bytes.len() })
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
            Some(name) => named(self.targets()[self.target_index(name)?].variant()),
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
        ModelInfo::of(self.ensemble.metadata(), self.n_bytes)
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
        if !estimate.labels[choice.target].is_finite() {
            let message = "the prediction is not finite: the network lies far outside of what the \
                           weights can judge";
            return Err(Error::new(ErrorKind::Internal, message));
        }
        Ok(self.prediction(graph, &choice, estimate, notes))
    }

    fn estimate(&self, features: &GraphFeatures, statistics: &Statistics) -> Result<Estimate> {
        let estimates = self.ensemble.estimate(&[BatchItem { features, statistics }])?;
        let first = estimates.into_iter().next();
        first.ok_or_else(|| Error::new(ErrorKind::Internal, "no estimate for one graph"))
    }

    /// The wished target, or that of the network's own family, or the nearest by embedding.
    fn choose(
        &self,
        graph: &ComputeGraph,
        features: &GraphFeatures,
        source: Option<&str>,
        options: &PredictOptions,
        notes: &mut Vec<Note>,
    ) -> Result<Choice<'_>> {
        let target = match options.wished() {
            Some(name) => self.target_index(name)?,
            None => match source.and_then(|source| self.position(source)) {
                Some(own) => own,
                None => self.nearest(graph, features, source, notes)?,
            },
        };
        let answering = &self.targets()[target];
        let foreign = source != Some(answering.name.as_str());
        if foreign && options.wished().is_some() {
            let what = source.unwrap_or("a network of no known family");
            let message = format!(
                "{what} is judged as if it were one of {}: expect its order, not its accuracy",
                answering.name
            );
            notes.push(Note::new(NoteKind::Nearest, message));
        }
        Ok(Choice { target, statistics: self.statistics_of(source, target)?, foreign })
    }

    /// The statistics of the networks that `source` is one of, or of the target's.
    fn statistics_of(&self, source: Option<&str>, target: usize) -> Result<&Statistics> {
        let known = &self.ensemble.metadata().statistics;
        let answering = &self.targets()[target].name;
        let own = source.and_then(|source| known.get(source));
        own.or_else(|| known.get(answering)).ok_or_else(|| {
            let message = format!("the weights hold no statistics of `{answering}`");
            Error::new(ErrorKind::Weights, message)
        })
    }

    /// The target whose training networks lie nearest, with a note that says so.
    ///
    /// Embeddings hardly tell the data sets of one cell apart, so those targets come first whose
    /// networks have this one's image and classes.
    fn nearest(
        &self,
        graph: &ComputeGraph,
        features: &GraphFeatures,
        source: Option<&str>,
        notes: &mut Vec<Note>,
    ) -> Result<usize> {
        let any = &self.ensemble.metadata().statistics[&self.targets()[0].name];
        let embedding = self.estimate(features, any)?.embedding;
        let classes = graph.node(graph.n_nodes() - 1).output.c;
        let is_alike = |target: usize| {
            self.variant(target).is_some_and(|variant| {
                variant.input == graph.input_shape() && variant.classes == classes
            })
        };
        let nearest = self.ensemble.nearest_target(&embedding, is_alike);
        let nearest = nearest.or_else(|| self.ensemble.nearest_target(&embedding, |_| true));
        let target = nearest.unwrap_or(0);
        let what = source.unwrap_or("a network of no known family");
        let name = &self.targets()[target].name;
        let message = format!(
            "these weights have no target for {what}; the nearest one, {name}, answers, with a \
             wider interval"
        );
        notes.push(Note::new(NoteKind::Nearest, message));
        Ok(target)
    }

    fn prediction(
        &self,
        graph: &ComputeGraph,
        choice: &Choice<'_>,
        estimate: Estimate,
        notes: Vec<Note>,
    ) -> Prediction {
        let target = &self.targets()[choice.target];
        let scale = self.ensemble.novelty().scale();
        let cost = graph.cost();
        let accuracy_of = |label: f64| target.label.inverse(label, cost);
        let label = estimate.labels[choice.target];
        let foreign = if choice.foreign { FOREIGN_WIDENING } else { 1.0 };
        let half_width = target.interval.radius * scale.widening(estimate.distance) * foreign;
        let image = graph.input_shape();
        Prediction {
            accuracy: accuracy_of(label),
            low: accuracy_of(label - half_width),
            high: accuracy_of(label + half_width),
            target: target.name.clone(),
            rank: target.label.rank(label),
            family: None,
            text: None,
            membership: estimate.membership,
            head_outputs: estimate
                .head_labels
                .iter()
                .map(|labels| accuracy_of(labels[choice.target]))
                .collect(),
            embedding: estimate.embedding,
            novelty: scale.novelty(estimate.distance),
            params: graph.written_cost().params,
            macs: graph.written_cost().macs,
            graph_params: cost.params,
            graph_macs: cost.macs,
            nodes: graph.n_nodes(),
            edges: graph.n_edges(),
            depth: graph.depth(),
            input: [image.h, image.w, image.c],
            notes,
        }
    }

    /// The variant whose networks a target was trained on, where this program knows it.
    fn variant(&self, target: usize) -> Option<&'static family::Variant> {
        let target = &self.targets()[target];
        family::variant(family::by_name(target.family()).ok()?, target.variant()).ok()
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.targets().iter().position(|target| target.name == name)
    }

    fn target_index(&self, name: &str) -> Result<usize> {
        self.position(name).ok_or_else(|| {
            let known: Vec<_> = self.targets().iter().map(|target| target.name.as_str()).collect();
            let known = known.join(", ");
            let message = format!("the weights have no target `{name}`; they have {known}");
            Error::new(ErrorKind::Target, message)
        })
    }
}
