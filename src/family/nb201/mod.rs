//! NAS-Bench-201 and the topology space of NATS-Bench: cells of four nodes and six operations.
//!
//! The text is `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`: for each node after the first the operations
//! that feed it, each with the node it reads. Paper: Dong and Yang, ICLR 2020, and its code. This
//! file prints and draws cells; [`text`] reads them, [`nats`] builds the network around them.

mod text;

use rand::{Rng, RngExt};

use super::nats::{self, Cell, EDGES, Edge, EdgeOp, Stage};
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Shape};
use crate::note::{Note, NoteKind};

/// The search space.
#[derive(Debug)]
pub(super) struct Nb201;

static VARIANTS: [Variant; 3] = [
    Variant {
        name: "cifar10",
        title: "CIFAR-10, 200 epochs",
        input: Shape::new(32, 32, 3),
        classes: 10,
        records: Some(RecordsOf::new("nb201", "cifar10")),
    },
    Variant {
        name: "cifar100",
        title: "CIFAR-100, 200 epochs",
        input: Shape::new(32, 32, 3),
        classes: 100,
        records: Some(RecordsOf::new("nb201", "cifar100")),
    },
    Variant {
        name: "imagenet16-120",
        title: "ImageNet16-120, 200 epochs",
        input: Shape::new(16, 16, 3),
        classes: 120,
        records: Some(RecordsOf::new("nb201", "imagenet16-120")),
    },
];

/// Channels of the three stages.
const STAGES: [u32; 3] = [16, 32, 64];
/// Equal cells in a stage.
const CELLS: usize = 5;
/// All texts: any operation on any edge.
const N_CELLS: usize = EdgeOp::ALL.len().pow(EDGES.len() as u32);
impl Family for Nb201 {
    fn name(&self) -> &'static str {
        "nb201"
    }

    fn title(&self) -> &'static str {
        "NAS-Bench-201"
    }

    fn description(&self) -> &'static str {
        "cells of four nodes joined by six operations, fifteen cells in three stages"
    }

    fn example(&self) -> &'static str {
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"
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
        let ops = EDGES.map(|_| EdgeOp::ALL[rng.random_range(0..EdgeOp::ALL.len())]);
        Box::new(Cell { ops })
    }

    fn size(&self) -> f64 {
        N_CELLS as f64
    }

    fn enumerate(&self) -> Option<Box<dyn Iterator<Item = Box<dyn Architecture>>>> {
        let digit =
            |number: usize, edge: u32| number / EdgeOp::ALL.len().pow(edge) % EdgeOp::ALL.len();
        let cell = move |number| Cell {
            ops: [0, 1, 2, 3, 4, 5].map(|edge| EdgeOp::ALL[digit(number, edge)]),
        };
        Some(Box::new(
            (0..N_CELLS).map(move |number| Box::new(cell(number)) as Box<dyn Architecture>),
        ))
    }
}

impl Architecture for Cell {
    fn family(&self) -> &'static dyn Family {
        &Nb201
    }

    fn text(&self) -> String {
        let node = |node: usize| -> String {
            self.edges()
                .filter(|edge| edge.to == node)
                .map(|edge| format!("{}~{}|", edge.op.name(), edge.from))
                .collect()
        };
        format!("|{}+|{}+|{}", node(1), node(2), node(3))
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        let stage = |channels| Stage { entry: channels, cells: channels, n_cells: CELLS };
        nats::network("nb201", variant, self, STAGES.map(stage))
    }

    fn notes(&self) -> Vec<Note> {
        let live = self.live_nodes();
        let is_dead = |edge: &Edge| {
            edge.op != EdgeOp::Nothing && !(live[edge.from] && self.reaches_output(edge.to))
        };
        let dead: Vec<String> = self.edges().filter(is_dead).map(|edge| edge.to_string()).collect();
        let message = match (dead.as_slice(), live[3]) {
            (_, false) => {
                "nothing joins the cell's input to its output: every cell gives zeros, so \
                           the network never sees the image"
                    .to_owned()
            }
            ([], true) => return Vec::new(),
            (dead, true) => format!(
                "dead operations, counted in params and MACs but left out of the graph: {}",
                dead.join(", ")
            ),
        };
        vec![Note::new(NoteKind::Dead, message)]
    }

    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let mut ops = self.ops;
        let edge = rng.random_range(0..ops.len());
        let step = rng.random_range(1..EdgeOp::ALL.len());
        ops[edge] = EdgeOp::ALL[(ops[edge] as usize + step) % EdgeOp::ALL.len()];
        Box::new(Self { ops })
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (place, edge) in self.edges().enumerate() {
            for op in EdgeOp::ALL {
                let mut ops = self.ops;
                ops[place] = op;
                all.add(format!("replace {edge} by {}", op.name()), Self { ops });
            }
        }
        all.list()
    }

    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        let mut ops = self.ops;
        for (op, theirs) in ops.iter_mut().zip(other.ops) {
            if rng.random_bool(0.5) {
                *op = theirs;
            }
        }
        Some(Box::new(Self { ops }))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    #[test]
    fn dead_operations_are_named() {
        let cases = [
            (
                "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|nor_conv_1x1~0|none~1|none~2|",
                Some(
                    "graph: nor_conv_3x3 from node 0 to node 1, nor_conv_3x3 from node 0 to node 2",
                ),
            ),
            (
                "|none~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|avg_pool_3x3~2|",
                Some(
                    "graph: skip_connect from node 1 to node 2, avg_pool_3x3 from node 2 to node 3",
                ),
            ),
            (
                "|nor_conv_1x1~0|+|none~0|none~1|+|none~0|none~1|none~2|",
                Some("never sees the image"),
            ),
            ("|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|", None),
            (Nb201.example(), None),
        ];
        for (text, expected) in cases {
            let notes = text::read(text).unwrap().notes();
            assert_eq!(notes.len(), usize::from(expected.is_some()), "{text}");
            for (note, end) in notes.iter().zip(expected) {
                assert!(note.kind == NoteKind::Dead && note.message.ends_with(end), "{note:?}");
            }
        }
    }

    #[test]
    fn mutants_differ_in_one_operation_and_samples_take_every_one() {
        let mut rng = Pcg64Mcg::seed_from_u64(3);
        let mut seen = [[false; 5]; 6];
        for _ in 0..200 {
            let cell = text::read(&Nb201.sample(&mut rng).text()).unwrap();
            let mutant = text::read(&cell.mutate(&mut rng).text()).unwrap();
            assert_eq!((0..6).filter(|&edge| cell.ops[edge] != mutant.ops[edge]).count(), 1);
            for (seen, op) in seen.iter_mut().zip(cell.ops) {
                seen[op as usize] = true;
            }
        }
        assert_eq!(seen, [[true; 5]; 6]);
    }
}
