//! NAS-Bench-301: the DARTS space in networks of 8 cells and 32 channels.
//!
//! Paper: Zela et al., Surrogate NAS Benchmarks, ICLR 2022, and its code. [`text`] reads and prints
//! the benchmark's configurations; a genotype is read too where the family is named. What cells are
//! and how networks are built is in [`genotype`].

mod text;

use rand::Rng;

use super::genotype::network::{Network, Stem};
use super::genotype::{self, Genotype};
use super::literal::Literal;
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Shape};
use crate::note::Note;

/// The search space.
#[derive(Debug)]
pub(super) struct Nb301;

static VARIANTS: [Variant; 1] = [Variant {
    name: "cifar10",
    title: "CIFAR-10, 32 channels, 8 cells; surrogate labels, guessed by a model",
    input: Shape::new(32, 32, 3),
    classes: 10,
    records: Some(RecordsOf::new("darts_surrogate", "cifar10")),
}];

const NETWORK: Network =
    Network { name: "nb301", channels: 32, n_cells: 8, stem: Stem::Small, pool_norm: false };

impl Family for Nb301 {
    fn name(&self) -> &'static str {
        "nb301"
    }

    fn title(&self) -> &'static str {
        "NAS-Bench-301"
    }

    fn description(&self) -> &'static str {
        "a normal and a reduction cell whose four nodes sum two operations each, 8 cells"
    }

    fn example(&self) -> &'static str {
        text::EXAMPLE
    }

    fn variants(&self) -> &'static [Variant] {
        &VARIANTS
    }

    fn recognises(&self, text: &str) -> bool {
        text::recognises(text)
    }

    fn parse(&self, text: &str) -> Result<Box<dyn Architecture>> {
        let literal = Literal::read(text)?;
        if text::recognises(text) {
            return Ok(Box::new(Cells(text::read(&literal)?)));
        }
        let genotype = genotype::text::read(&literal)?;
        match genotype.outside() {
            None => Ok(Box::new(Cells(genotype.in_order()))),
            Some(reason) => {
                let message = format!(
                    "{reason}: NAS-Bench-301 has no such cell; name the family darts to read it"
                );
                Err(literal.invalid(literal.root.span.start, message))
            }
        }
    }

    fn sample(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        Box::new(Cells(Genotype::random(rng)))
    }

    fn size(&self) -> f64 {
        Genotype::N_PUBLISHED
    }
}

/// A genotype of the published space, whose nodes read their states in ascending order.
#[derive(Debug)]
struct Cells(Genotype);

impl Architecture for Cells {
    fn family(&self) -> &'static dyn Family {
        &Nb301
    }

    fn text(&self) -> String {
        text::print(&self.0)
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        self.0.build(variant, &NETWORK)
    }

    fn notes(&self) -> Vec<Note> {
        self.0.dead_parts()
    }

    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        Box::new(Self(self.0.mutated(rng).in_order()))
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (change, genotype) in self.0.neighbours() {
            all.add(change, Self(genotype.in_order()));
        }
        all.list()
    }

    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        Some(Box::new(Self(self.0.crossed(&other.0, rng))))
    }
}
