//! Predictions by targets that were adapted to some measured networks.
//!
//! Such a target stands on the weights: they look at a network as always, and a Gaussian process
//! reads from what they see. It answers by itself for networks of the family that it was made for.

use super::{Answer, PredictOptions, Prediction, Predictor, prediction};
use crate::adapt::adapter::Adapter;
use crate::adapt::file::Adapted;
use crate::adapt::measured::MeasuredSet;
use crate::adapt::regressors::{regressor_names, regressors};
use crate::adapt::source::opinions;
use crate::adapt::target::Range;
use crate::error::{Error, ErrorKind, Result};
use crate::family::Architecture;
use crate::features::GraphFeatures;
use crate::format::Parsed;
use crate::general;
use crate::graph::ComputeGraph;
use crate::note::{Note, NoteKind};

/// Digits of a digest that tell files apart for a person.
const SHOWN_DIGITS: usize = 12;

impl Predictor {
    /// The same predictor with one more target, from the bytes of an adapted target's file; one of
    /// the same name is replaced.
    ///
    /// # Errors
    /// Where the file is damaged, or made from other weights than these.
    pub fn with_adapted(mut self, bytes: &[u8]) -> Result<Self> {
        self.add_adapted(Adapted::from_bytes(bytes)?)?;
        Ok(self)
    }

    /// Takes one more target on.
    ///
    /// # Errors
    /// Where it was made from other weights.
    pub fn add_adapted(&mut self, adapted: Adapted) -> Result<()> {
        let made_from = &adapted.origin.weights;
        if *made_from != self.digest {
            let shown = |digest: &str| digest.chars().take(SHOWN_DIGITS).collect::<String>();
            let message = format!(
                "the target was adapted from weights with sha256 {}..., these have {}...; load it \
                 with those weights, or adapt anew",
                shown(made_from),
                shown(&self.digest)
            );
            return Err(Error::new(ErrorKind::Weights, message));
        }
        let n_regressors = regressor_names(Some(self.ensemble.metadata())).len();
        if !adapted.target.reads(n_regressors) {
            let message = "the adapted target reads more than these weights say; adapt anew";
            return Err(Error::new(ErrorKind::Weights, message));
        }
        let name = adapted.name().to_owned();
        self.adapted.retain(|other| other.name() != name);
        self.adapted.push(adapted);
        Ok(())
    }

    /// SHA-256 of the weights' file, in hex.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The adapted targets.
    pub fn adapted(&self) -> &[Adapted] {
        &self.adapted
    }

    /// An adaptation of these weights to measured networks, nothing of it done.
    pub fn adapter(&self, set: MeasuredSet) -> Adapter {
        Adapter::new(&self.ensemble, set)
    }

    /// The answer of the adapted target that is wished, or made for such networks; `None` where
    /// the weights themselves answer.
    pub(super) fn by_adapted(
        &self,
        parsed: &Parsed,
        options: &PredictOptions,
    ) -> Result<Option<Prediction>> {
        let family = match parsed {
            Parsed::Architecture(architecture) => Some(architecture.family().name()),
            Parsed::Graph { .. } => None,
        };
        let is_meant = |adapted: &&Adapted| match options.wished() {
            Some(name) => adapted.name() == name,
            None => adapted.family_name().is_none_or(|own| Some(own) == family),
        };
        let Some(adapted) = self.adapted.iter().rev().find(is_meant) else { return Ok(None) };
        let mut notes = parsed.notes();
        let graph = match parsed {
            Parsed::Graph { graph, .. } => graph.clone(),
            Parsed::Architecture(architecture) => build_for(adapted, architecture.as_ref())?,
        };
        if let (Some(own), false) = (&adapted.family, adapted.family_name() == family) {
            let message = format!(
                "judged by {}, which was adapted to networks of {own}: expect its order, not its \
                 accuracy",
                adapted.name()
            );
            notes.push(Note::new(NoteKind::Nearest, message));
        }
        let prediction = self.adapted_prediction(adapted, &graph, notes)?;
        Ok(Some(match parsed {
            Parsed::Graph { .. } => prediction,
            Parsed::Architecture(architecture) => Prediction {
                family: Some(architecture.family().name().to_owned()),
                text: Some(architecture.text()),
                ..prediction
            },
        }))
    }

    fn adapted_prediction(
        &self,
        adapted: &Adapted,
        graph: &ComputeGraph,
        notes: Vec<Note>,
    ) -> Result<Prediction> {
        let config = &self.ensemble.metadata().config;
        let features = GraphFeatures::of(graph, config.features, config.view);
        let estimate = self.estimate(&features, &adapted.reading.own)?;
        let seen = opinions(&self.ensemble, &adapted.reading, &[&features])?;
        let Range { accuracy, low, high } =
            adapted.target.predict(&regressors(&features, seen.first()));
        let novelty = self.ensemble.novelty().scale().novelty(estimate.distance);
        let range = general::Range { accuracy, low, high, novelty };
        let target = adapted.name().to_owned();
        let (rank, networks_share, head_outputs) = (None, None, Vec::new());
        let answer = Answer { target, rank, networks_share, head_outputs, range };
        Ok(prediction(graph, answer, estimate, notes))
    }
}

/// The network in the variant that the target was made for, or else in the family's first.
fn build_for(adapted: &Adapted, architecture: &dyn Architecture) -> Result<ComputeGraph> {
    let variants = architecture.variants();
    let meant = variants.iter().find(|variant| {
        let name = format!("{}/{}", architecture.family().name(), variant.name);
        adapted.family.as_deref() == Some(name.as_str())
    });
    architecture.build(meant.unwrap_or(&variants[0]))
}
