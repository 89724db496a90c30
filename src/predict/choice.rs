//! Which target answers for a network, and against which statistics its scalars are read.
//!
//! The wished target; or that of the network's own family; or a general one for its data set; or, in
//! weights without such, the target whose training networks lie nearest.

use super::{PredictOptions, Predictor};
use crate::adapt::file::Adapted;
use crate::error::{Error, ErrorKind, Result};
use crate::family;
use crate::features::GraphFeatures;
use crate::general::GeneralTarget;
use crate::graph::ComputeGraph;
use crate::model::ensemble::Estimate;
use crate::model::statistics::Statistics;
use crate::note::{Note, NoteKind};

/// Images from this side on are ImageNet's, smaller ones those of CIFAR.
const LARGE_SIDE: u32 = 96;
/// From this rank correlation on, with whole groups held out, a general target is trusted more than a
/// family's whose networks a graph resembles: their recipes are not those that people train with.
const TRUSTED: f64 = 0.9;
/// Classes of CIFAR-10.
const CIFAR10_CLASSES: u32 = 10;
/// Classes of ImageNet: a network with as many is one for it, whatever its image.
const IMAGENET_CLASSES: u32 = 1000;

/// Who answers.
#[derive(Clone, Copy)]
pub(super) enum Answering<'a> {
    /// The heads' column for the target of this index.
    Column(usize),
    /// A general target.
    General(&'a GeneralTarget),
}

/// The choice for one network.
pub(super) struct Choice<'a> {
    pub(super) answering: Answering<'a>,
    pub(super) statistics: &'a Statistics,
    /// Whether a column answers that belongs to another family than the network.
    pub(super) foreign: bool,
}

impl Predictor {
    /// Who answers for a network; `source` is its `family/variant` where it has one.
    pub(super) fn choose(
        &self,
        graph: &ComputeGraph,
        features: &GraphFeatures,
        source: Option<&str>,
        options: &PredictOptions,
        notes: &mut Vec<Note>,
    ) -> Result<Choice<'_>> {
        let answering = match options.wished() {
            Some(name) => {
                let answering = self.answering(name)?;
                let what = source.unwrap_or("a network of no known family");
                if source != Some(name) && matches!(answering, Answering::Column(_)) {
                    let message = format!(
                        "{what} is judged as if it were one of {name}: expect its order, not its \
                         accuracy"
                    );
                    notes.push(Note::new(NoteKind::Nearest, message));
                }
                answering
            }
            None => match source.and_then(|source| self.position(source)) {
                Some(own) => Answering::Column(own),
                None => self.nearest(graph, features, source, notes)?,
            },
        };
        let foreign = match answering {
            Answering::Column(target) => source != Some(self.targets()[target].name.as_str()),
            Answering::General(_) => false,
        };
        Ok(Choice { answering, statistics: self.statistics_of(source, answering)?, foreign })
    }

    /// The statistics of the networks that `source` is one of, or of those that answer.
    pub(super) fn statistics_of(
        &self,
        source: Option<&str>,
        answering: Answering<'_>,
    ) -> Result<&Statistics> {
        let known = &self.ensemble.metadata().statistics;
        let answers = match answering {
            Answering::Column(target) => self.targets()[target].name.as_str(),
            // the heads do not answer, and embeddings do not depend on statistics
            Answering::General(_) => self.targets()[0].name.as_str(),
        };
        let own = source.and_then(|source| known.get(source));
        own.or_else(|| known.get(answers)).ok_or_else(|| {
            let message = format!("the weights hold no statistics of `{answers}`");
            Error::new(ErrorKind::Weights, message)
        })
    }

    /// Who answers for a network without a target of its own, with a note that says so.
    ///
    /// A general target for its data set that can be trusted; or the target among whose networks it
    /// lies, of its image and classes; or a general target of any worth; or the nearest one.
    fn nearest(
        &self,
        graph: &ComputeGraph,
        features: &GraphFeatures,
        source: Option<&str>,
        notes: &mut Vec<Note>,
    ) -> Result<Answering<'_>> {
        let any = &self.ensemble.metadata().statistics[&self.targets()[0].name];
        let estimate = self.estimate(features, any)?;
        let alike = self.nearest_alike(graph, &estimate);
        let is_near = self.ensemble.novelty().scale().widening(estimate.distance) <= 1.0;
        let general = self.general_for(graph, source);
        let speaks = |general: &&GeneralTarget| {
            alike.is_none() || !is_near || general.described().held_out.spearman >= Some(TRUSTED)
        };
        if let Some(general) = general.filter(speaks) {
            let described = general.described();
            let message = format!(
                "{}; {} answers, which knows the size, depth and operators of {} measured networks",
                without_target(source),
                described.name,
                described.networks
            );
            notes.push(Note::new(NoteKind::Nearest, message));
            return Ok(Answering::General(general));
        }
        let any = || self.ensemble.nearest_target(&estimate.embedding, |_| true);
        let target = alike.or_else(any).unwrap_or(0);
        let name = &self.targets()[target].name;
        let message = format!(
            "{}; the nearest one, {name}, answers, with a wider interval",
            without_target(source)
        );
        notes.push(Note::new(NoteKind::Nearest, message));
        Ok(Answering::Column(target))
    }

    /// The general target for a network's data set, where the weights have it.
    fn general_for(&self, graph: &ComputeGraph, source: Option<&str>) -> Option<&GeneralTarget> {
        let image = graph.input_shape();
        let is_large = image.h.min(image.w) >= LARGE_SIDE || classes(graph) >= IMAGENET_CLASSES;
        let by_image = if is_large { "imagenet" } else { "cifar10" };
        // a family says its data set; other data sets than these two have no general target
        let variant = source.and_then(|source| source.split_once('/')).map(|(_, variant)| variant);
        let data_set = match variant {
            Some(variant) if !variant.starts_with(by_image) => return None,
            Some(_) => by_image,
            None if self.is_of_other_classes(graph) => return None,
            None => by_image,
        };
        let is_wanted = |general: &&GeneralTarget| {
            general.described().name.split_once('/').is_some_and(|(_, own)| own == data_set)
        };
        self.general.iter().find(is_wanted)
    }

    /// Whether a graph has image and classes of a known target that is neither CIFAR-10's nor
    /// ImageNet's.
    fn is_of_other_classes(&self, graph: &ComputeGraph) -> bool {
        let classes = classes(graph);
        ![CIFAR10_CLASSES, IMAGENET_CLASSES].contains(&classes)
            && (0..self.targets().len()).any(|target| self.is_alike(graph, target))
    }

    /// The target whose training networks lie nearest among those with this image and classes:
    /// embeddings hardly tell the data sets of one cell apart.
    fn nearest_alike(&self, graph: &ComputeGraph, estimate: &Estimate) -> Option<usize> {
        let is_alike = |target: usize| self.is_alike(graph, target);
        self.ensemble.nearest_target(&estimate.embedding, is_alike)
    }

    fn is_alike(&self, graph: &ComputeGraph, target: usize) -> bool {
        self.variant(target).is_some_and(|variant| {
            variant.input == graph.input_shape() && variant.classes == classes(graph)
        })
    }

    /// The variant whose networks a target was trained on, where this program knows it.
    fn variant(&self, target: usize) -> Option<&'static family::Variant> {
        let target = &self.targets()[target];
        family::variant(family::by_name(target.family()).ok()?, target.variant()).ok()
    }

    /// The target called `name`.
    pub(super) fn answering(&self, name: &str) -> Result<Answering<'_>> {
        let general = self.general.iter().find(|general| general.described().name == name);
        let column = || self.position(name).map(Answering::Column);
        general.map(Answering::General).or_else(column).ok_or_else(|| {
            let columns = self.targets().iter().map(|target| target.name.as_str());
            let general = self.general.iter().map(|general| general.described().name.as_str());
            let adapted = self.adapted.iter().map(Adapted::name);
            let known: Vec<_> = columns.chain(general).chain(adapted).collect();
            let known = known.join(", ");
            let message = format!("the weights have no target `{name}`; they have {known}");
            Error::new(ErrorKind::Target, message)
        })
    }
}

/// Why another target than its own answers for a network.
fn without_target(source: Option<&str>) -> String {
    match source {
        Some(source) => format!("these weights have no target for {source}"),
        None => "the network is of no known family".to_owned(),
    }
}

/// Channels of the last node: the classes that the network tells apart.
fn classes(graph: &ComputeGraph) -> u32 {
    graph.node(graph.n_nodes() - 1).output.c
}
