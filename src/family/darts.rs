//! DARTS: genotypes in the networks that are trained to the end, for CIFAR-10 and ImageNet.
//!
//! Paper: Liu et al., ICLR 2019, and its code. [`genotype`] reads, changes and builds; this file
//! says which networks there are. The auxiliary head and drop path of training are left out.

use rand::Rng;

use super::genotype::network::{Network, Stem};
use super::genotype::{self, Genotype};
use super::literal::Literal;
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Shape};
use crate::note::{Note, NoteKind};

/// The search space.
#[derive(Debug)]
pub(super) struct Darts;

static VARIANTS: [Variant; 3] = [
    Variant {
        name: "cifar10",
        title: "CIFAR-10, 36 channels, 20 cells, 600 epochs",
        input: Shape::new(32, 32, 3),
        classes: 10,
        records: None,
    },
    Variant {
        name: "cifar10-pool-bn",
        title: "CIFAR-10, 36 channels, 20 cells, batch norm behind pools, best of 600 epochs",
        input: Shape::new(32, 32, 3),
        classes: 10,
        records: Some(RecordsOf::new("darts", "cifar10")),
    },
    Variant {
        name: "imagenet",
        title: "ImageNet, 48 channels, 14 cells, 250 epochs",
        input: Shape::new(224, 224, 3),
        classes: 1000,
        records: None,
    },
];

const CIFAR10: Network =
    Network { name: "darts", channels: 36, n_cells: 20, stem: Stem::Small, pool_norm: false };
const IMAGENET: Network = Network { channels: 48, n_cells: 14, stem: Stem::ImageNet, ..CIFAR10 };

/// Attempts at a child before two genotypes are said to have none.
const MAX_CROSSINGS: usize = 100;

/// The network of a variant.
fn network(variant: &Variant) -> Network {
    match variant.name {
        "cifar10-pool-bn" => Network { pool_norm: true, ..CIFAR10 },
        "imagenet" => IMAGENET,
        _ => CIFAR10,
    }
}

impl Family for Darts {
    fn name(&self) -> &'static str {
        "darts"
    }

    fn title(&self) -> &'static str {
        "DARTS"
    }

    fn description(&self) -> &'static str {
        "a normal and a reduction cell whose nodes sum two operations each, 20 cells or 14"
    }

    fn example(&self) -> &'static str {
        "Genotype(\
         normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), \
         ('sep_conv_3x3', 1), ('sep_conv_3x3', 1), ('skip_connect', 0), ('skip_connect', 0), \
         ('dil_conv_3x3', 2)], normal_concat=[2, 3, 4, 5], \
         reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), \
         ('max_pool_3x3', 1), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), \
         ('max_pool_3x3', 1)], reduce_concat=[2, 3, 4, 5])"
    }

    fn variants(&self) -> &'static [Variant] {
        &VARIANTS
    }

    fn recognises(&self, text: &str) -> bool {
        genotype::text::recognises(text)
    }

    fn parse(&self, text: &str) -> Result<Box<dyn Architecture>> {
        Ok(Box::new(Cells(genotype::text::read(&Literal::read(text)?)?)))
    }

    fn sample(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        Box::new(Cells(Genotype::random(rng)))
    }

    /// Each node reads two different states; their order does not count.
    fn size(&self) -> f64 {
        Genotype::N_PUBLISHED
    }
}

/// A genotype, of the published space or not.
#[derive(Debug)]
struct Cells(Genotype);

impl Architecture for Cells {
    fn family(&self) -> &'static dyn Family {
        &Darts
    }

    fn text(&self) -> String {
        self.0.to_string()
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        self.0.build(variant, &network(variant))
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = self.0.dead_parts();
        notes.extend(self.0.outside().map(|reason| {
            let message = format!("{reason}: the space that DARTS searched has no such cell");
            Note::new(NoteKind::Outside, message)
        }));
        notes
    }

    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        loop {
            let mutant = Self(self.0.mutated(rng));
            if mutant.sees_image() || !self.sees_image() {
                return Box::new(mutant);
            }
        }
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (change, genotype) in self.0.neighbours() {
            let neighbour = Self(genotype);
            if neighbour.sees_image() || !self.sees_image() {
                all.add(change, neighbour);
            }
        }
        all.list()
    }

    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        for _ in 0..MAX_CROSSINGS {
            let child = Self(self.0.crossed(&other.0, rng));
            if child.sees_image() {
                return Some(Box::new(child));
            }
        }
        None
    }
}

impl Cells {
    /// Whether the result of every variant depends on its image.
    fn sees_image(&self) -> bool {
        VARIANTS.iter().all(|variant| self.0.sees_image(network(variant).n_cells))
    }
}
