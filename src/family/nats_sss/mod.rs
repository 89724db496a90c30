//! The size space of NATS-Bench: one cell, whose network has five widths of eight each.
//!
//! The text is `c1:c2:c3:c4:c5`: stem, first cell's block, second cell, second block, third cell;
//! each of 8, 16, ..., 64 channels. Paper: Dong et al., NATS-Bench, TPAMI 2021. This file prints and
//! draws widths; [`text`] reads them, [`nats`] builds the network.

mod text;

use rand::{Rng, RngExt};

use super::nats::{self, Cell, EdgeOp, Stage};
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Shape};
use crate::note::Note;

/// The search space.
#[derive(Debug)]
pub(super) struct NatsSss;

static VARIANTS: [Variant; 3] = [
    Variant {
        name: "cifar10",
        title: "CIFAR-10, 90 epochs",
        input: Shape::new(32, 32, 3),
        classes: 10,
        records: Some(RecordsOf::new("nats_sss", "cifar10")),
    },
    Variant {
        name: "cifar100",
        title: "CIFAR-100, 90 epochs",
        input: Shape::new(32, 32, 3),
        classes: 100,
        records: Some(RecordsOf::new("nats_sss", "cifar100")),
    },
    Variant {
        name: "imagenet16-120",
        title: "ImageNet16-120, 90 epochs",
        input: Shape::new(16, 16, 3),
        classes: 120,
        records: Some(RecordsOf::new("nats_sss", "imagenet16-120")),
    },
];

/// Channels that a width may have.
const CHANNELS: [u32; 8] = [8, 16, 24, 32, 40, 48, 56, 64];
const N_WIDTHS: usize = 5;
/// What has each width.
const NAMES: [&str; N_WIDTHS] =
    ["stem", "first reduction", "second cell", "second reduction", "third cell"];
const N_NETS: usize = CHANNELS.len().pow(N_WIDTHS as u32);
/// The cell that every network has.
const CELL: Cell = Cell {
    ops: [
        EdgeOp::Conv3x3,
        EdgeOp::Conv3x3,
        EdgeOp::Conv3x3,
        EdgeOp::Skip,
        EdgeOp::Conv3x3,
        EdgeOp::Conv3x3,
    ],
};

impl Family for NatsSss {
    fn name(&self) -> &'static str {
        "nats_sss"
    }

    fn title(&self) -> &'static str {
        "NATS-Bench size"
    }

    fn description(&self) -> &'static str {
        "one cell in three stages, five widths of 8 to 64 channels"
    }

    fn example(&self) -> &'static str {
        "8:16:32:48:64"
    }

    fn variants(&self) -> &'static [Variant] {
        &VARIANTS
    }

    fn recognises(&self, text: &str) -> bool {
        text::recognises(text)
    }

    fn parse(&self, text: &str) -> Result<Box<dyn Architecture>> {
        Ok(Box::new(text::read(text)?))
    }

    fn sample(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        Box::new(Widths([0; N_WIDTHS].map(|_| CHANNELS[rng.random_range(0..CHANNELS.len())])))
    }

    fn size(&self) -> f64 {
        N_NETS as f64
    }

    fn enumerate(&self) -> Option<Box<dyn Iterator<Item = Box<dyn Architecture>>>> {
        let digit = |number: usize, place: u32| number / CHANNELS.len().pow(place) % CHANNELS.len();
        let widths =
            move |number| Widths([4, 3, 2, 1, 0].map(|place| CHANNELS[digit(number, place)]));
        Some(Box::new(
            (0..N_NETS).map(move |number| Box::new(widths(number)) as Box<dyn Architecture>),
        ))
    }
}

/// The channels of one network, in the order of its text; each is one of [`CHANNELS`].
#[derive(Debug, Clone, PartialEq, Eq)]
struct Widths([u32; N_WIDTHS]);

impl Architecture for Widths {
    fn family(&self) -> &'static dyn Family {
        &NatsSss
    }

    fn text(&self) -> String {
        self.0.map(|channels| channels.to_string()).join(":")
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        let [stem, first, second_entry, second, third] = self.0;
        let stage = |entry, cells| Stage { entry, cells, n_cells: 1 };
        let stages = [stage(stem, stem), stage(first, second_entry), stage(second, third)];
        nats::network("nats_sss", variant, &CELL, stages)
    }

    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }

    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let mut widths = self.clone();
        let width = &mut widths.0[rng.random_range(0..N_WIDTHS)];
        let others: Vec<u32> = CHANNELS.into_iter().filter(|channels| channels != width).collect();
        *width = others[rng.random_range(0..others.len())];
        Box::new(widths)
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (place, name) in NAMES.into_iter().enumerate() {
            for channels in CHANNELS {
                let mut widths = self.clone();
                widths.0[place] = channels;
                let verb = if channels > self.0[place] { "widen" } else { "narrow" };
                let old = self.0[place];
                all.add(format!("{verb} the {name} from {old} to {channels} channels"), widths);
            }
        }
        all.list()
    }

    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        let mut child = self.clone();
        for (width, theirs) in child.0.iter_mut().zip(other.0) {
            if rng.random_bool(0.5) {
                *width = theirs;
            }
        }
        Some(Box::new(child))
    }
}
