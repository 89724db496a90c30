//! Architecture families: one search space a file, one line in the registry.
//!
//! A family reads the texts in which its architectures are pasted, prints the canonical one, draws
//! and changes architectures with a generator that the caller passes in, and builds the exact
//! network. Nothing outside of a family's file knows it: everybody else goes through [`Family`] and
//! [`Architecture`].

mod choice;
mod darts;
mod genotype;
mod hiaml;
mod inception;
pub(crate) mod literal;
mod mbconv;
mod mnasnet;
mod nats;
mod nats_sss;
mod nb101;
mod nb201;
mod nb301;
mod nb_macro;
mod nearest;
mod neighbour;
mod ofa;
mod ofa_mbv3;
mod ofa_pn;
mod ofa_resnet;
mod path_ops;
mod printed;
mod relu6;
mod two_path;

use std::any::Any;
use std::fmt;

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{ComputeGraph, Cost, Shape};
use crate::note::Note;

use self::neighbour::Neighbourhood;
pub use self::neighbour::{MAX_NEIGHBOURS, Neighbour};

/// Every family, in the order in which their signs are tried on a text.
pub static FAMILIES: &[&dyn Family] = &[
    &nb101::Nb101,
    &nb201::Nb201,
    &nats_sss::NatsSss,
    &darts::Darts,
    &nb301::Nb301,
    &ofa_mbv3::OfaMbv3,
    &ofa_pn::OfaPn,
    &ofa_resnet::OfaResNet,
    &nb_macro::NbMacro,
    &mnasnet::MnasNet,
    &hiaml::HiAml,
    &two_path::TwoPath,
    &inception::Inception,
];

/// The network around what a family describes: data set, image, classes, and whatever else of the
/// network its texts leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// Name of the data set, the second half of a target's name (`cifar10` in `nb201/cifar10`).
    pub name: &'static str,
    /// Data set and training recipe in words, for a person.
    pub title: &'static str,
    /// The image.
    pub input: Shape,
    /// Number of classes.
    pub classes: u32,
    /// Where measured networks of it stand, if there are any.
    pub records: Option<RecordsOf>,
}

/// The records of a variant: `{"family": family, "accuracy": {data_set: ...}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordsOf {
    /// The name of the records' file and of their `family`.
    pub family: &'static str,
    /// The key of the accuracy.
    pub data_set: &'static str,
}

impl RecordsOf {
    /// Accuracies on `data_set` in the records called `family`.
    pub const fn new(family: &'static str, data_set: &'static str) -> Self {
        Self { family, data_set }
    }
}

/// A search space.
pub trait Family: fmt::Debug + Sync {
    /// The short name, the first half of a target's name (`nb201`).
    fn name(&self) -> &'static str;

    /// The name in the literature (`NAS-Bench-201`).
    fn title(&self) -> &'static str;

    /// One sentence on what its architectures are.
    fn description(&self) -> &'static str;

    /// An architecture in its canonical text, for examples and help.
    fn example(&self) -> &'static str;

    /// The networks that an architecture can stand for; the first is the default.
    fn variants(&self) -> &'static [Variant];

    /// Whether `text` carries the sign of this family, well-formed or not.
    fn recognises(&self, text: &str) -> bool;

    /// The architecture that `text` names.
    ///
    /// # Errors
    /// Syntax errors and broken rules, with line and column.
    fn parse(&self, text: &str) -> Result<Box<dyn Architecture>>;

    /// A random architecture, drawn as the family's own benchmark draws: uniformly where it is one
    /// list of independent choices.
    fn sample(&self, rng: &mut dyn Rng) -> Box<dyn Architecture>;

    /// A random architecture whose default variant is `variant`, where a text tells variants apart;
    /// else as [`Family::sample`].
    fn sample_variant(&self, _variant: &Variant, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        self.sample(rng)
    }

    /// How many architectures the space has, different texts of one network counted as often as
    /// they can be written; exact below 2^53.
    fn size(&self) -> f64;

    /// Every architecture of the space, each once, where there are fewer than 10^6.
    fn enumerate(&self) -> Option<Box<dyn Iterator<Item = Box<dyn Architecture>>>> {
        None
    }

    /// What the family's records count for the network `graph`: the cost as written, unless the
    /// benchmark counts something else.
    fn recorded_cost(&self, graph: &ComputeGraph) -> Cost {
        graph.written_cost()
    }
}

/// One architecture of a family.
pub trait Architecture: Any + fmt::Debug + Send + Sync {
    /// The family it belongs to.
    fn family(&self) -> &'static dyn Family;

    /// The canonical text: reading it gives the same architecture.
    fn text(&self) -> String;

    /// The variants that it can be built as; never empty, the first is its default.
    fn variants(&self) -> Vec<&'static Variant> {
        self.family().variants().iter().collect()
    }

    /// The exact network.
    ///
    /// # Errors
    /// Where the architecture gives no valid graph in this variant.
    fn build(&self, variant: &Variant) -> Result<ComputeGraph>;

    /// What a person should know of it (outside of the published space, dead operations).
    fn notes(&self) -> Vec<Note>;

    /// A random valid neighbour that differs in one step.
    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture>;

    /// Every valid neighbour that differs in one step, none twice, at most [`MAX_NEIGHBOURS`], in an
    /// order that never changes. Where a step draws something larger than one choice (the layers of a
    /// deeper stage), one of its outcomes stands for all.
    fn neighbours(&self) -> Vec<Neighbour>;

    /// A valid child that takes each choice from this parent or from `other`, at random; `None`
    /// where `other` is of another family or the two have no valid child.
    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>>;
}

/// The random architecture of `family` that belongs to `seed`: a short name for a whole text.
pub fn drawn(family: &dyn Family, seed: u64) -> Box<dyn Architecture> {
    family.sample(&mut Pcg64Mcg::seed_from_u64(seed))
}

/// `architecture` as its family's own type, if it is of that type.
fn downcast<T: Architecture>(architecture: &dyn Architecture) -> Option<&T> {
    (architecture as &dyn Any).downcast_ref()
}

/// The family called `name`.
///
/// # Errors
/// Lists the known ones where there is none.
pub fn by_name(name: &str) -> Result<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.name() == name).ok_or_else(|| {
        let known: Vec<_> = FAMILIES.iter().map(|family| family.name()).collect();
        let message = format!("unknown family `{name}`; expected one of {}", known.join(", "));
        Error::new(ErrorKind::Target, message)
    })
}

/// The family whose records are called `name`: its own name, or that of a variant's records.
///
/// # Errors
/// Lists the known families where there is none.
pub fn by_record_name(name: &str) -> Result<&'static dyn Family> {
    let holds = |variant: &Variant| variant.records.is_some_and(|records| records.family == name);
    let recorded = FAMILIES.iter().find(|family| family.variants().iter().any(holds));
    recorded.map_or_else(|| by_name(name), |family| Ok(*family))
}

/// The variant of `family` called `name`.
///
/// # Errors
/// Lists the known ones where there is none.
pub fn variant(family: &dyn Family, name: &str) -> Result<&'static Variant> {
    family.variants().iter().find(|variant| variant.name == name).ok_or_else(|| {
        let known: Vec<_> = family.variants().iter().map(|variant| variant.name).collect();
        let message = format!(
            "{} has no variant `{name}`; expected one of {}",
            family.name(),
            known.join(", ")
        );
        Error::new(ErrorKind::Target, message)
    })
}
