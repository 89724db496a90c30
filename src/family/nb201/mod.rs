//! NAS-Bench-201 and the topology space of NATS-Bench: cells of four nodes and six operations.
//!
//! The text is `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`: for each node after the first the operations
//! that feed it, each with the node it reads. Paper: Dong and Yang, ICLR 2020, and its code. This
//! file prints, draws and builds cells; [`text`] reads them.

mod text;

use rand::{Rng, RngExt};

use super::{Architecture, Family, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Op, Padding, Shape, Tensor, Window};
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
/// The edges of a cell in the order of the text: the node that is fed and the one it reads.
const EDGES: [(usize, usize); 6] = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)];
/// All texts: any operation on any edge.
const N_CELLS: usize = EdgeOp::ALL.len().pow(EDGES.len() as u32);
/// Of the shortcut in a reduction block: halves the side, no border.
const HALVE: Window = Window { padding: Padding::Explicit([[0, 0]; 2]), ..Window::square(2, 2) };

/// What stands on an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EdgeOp {
    Nothing,
    Skip,
    Conv1x1,
    Conv3x3,
    AvgPool,
}

impl EdgeOp {
    const ALL: [Self; 5] = [Self::Nothing, Self::Skip, Self::Conv1x1, Self::Conv3x3, Self::AvgPool];
    const NAMES: [&str; 5] =
        ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"];

    fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.name() == name)
    }
}

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

/// One cell: an operation for each of [`EDGES`].
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cell {
    ops: [EdgeOp; 6],
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
        let mut net = GraphBuilder::new("nb201", variant.input);
        let mut x = net.conv_bn(net.image(), Conv::square(3, 1, STAGES[0]));
        for (stage, channels) in STAGES.into_iter().enumerate() {
            if stage > 0 {
                x = reduction_block(&mut net, x, channels);
            }
            for _ in 0..CELLS {
                x = self.add_cell(&mut net, x);
            }
        }
        let x = net.batch_norm(x);
        let x = net.activation(x, Op::Relu);
        let x = net.global_avg_pool(x);
        let logits = net.linear(x, variant.classes, true);
        net.build(logits)
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

/// One operation in its place.
#[derive(Debug, Clone, Copy)]
struct Edge {
    to: usize,
    from: usize,
    op: EdgeOp,
}

impl std::fmt::Display for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} from node {} to node {}", self.op.name(), self.from, self.to)
    }
}

impl Cell {
    fn edges(&self) -> impl Iterator<Item = Edge> {
        EDGES.into_iter().zip(self.ops).map(|((to, from), op)| Edge { to, from, op })
    }

    /// For each node, whether its tensor depends on the cell's input.
    fn live_nodes(&self) -> [bool; 4] {
        let mut live = [true, false, false, false];
        for edge in self.edges() {
            live[edge.to] |= live[edge.from] && edge.op != EdgeOp::Nothing;
        }
        live
    }

    /// Whether the cell's output depends on `node`.
    fn reaches_output(&self, node: usize) -> bool {
        node == 3
            || self.edges().any(|edge| {
                edge.from == node && edge.op != EdgeOp::Nothing && self.reaches_output(edge.to)
            })
    }

    /// Writes down every operation. One that reads a dead node reads the cell's input instead: it
    /// has its cost, and nothing reads it.
    fn add_cell(&self, net: &mut GraphBuilder, input: Tensor) -> Tensor {
        let mut nodes = [Some(input), None, None, None];
        for node in 1..nodes.len() {
            let mut terms = Vec::new();
            for edge in self.edges().filter(|edge| edge.to == node) {
                let source = nodes[edge.from];
                let result = add_op(net, edge.op, source.unwrap_or(input));
                terms.extend(result.filter(|_| source.is_some()));
            }
            nodes[node] = (!terms.is_empty()).then(|| net.add(&terms));
        }
        nodes[3].unwrap_or_else(|| net.zero(input))
    }
}

/// `op` of `x`; `none` gives nothing.
fn add_op(net: &mut GraphBuilder, op: EdgeOp, x: Tensor) -> Option<Tensor> {
    let channels = x.shape().c;
    match op {
        EdgeOp::Nothing => None,
        EdgeOp::Skip => Some(x),
        EdgeOp::Conv1x1 => Some(relu_conv_bn(net, x, Conv::square(1, 1, channels))),
        EdgeOp::Conv3x3 => Some(relu_conv_bn(net, x, Conv::square(3, 1, channels))),
        EdgeOp::AvgPool => Some(net.pool(x, Op::AvgPool, Window::square(3, 1))),
    }
}

fn relu_conv_bn(net: &mut GraphBuilder, x: Tensor, conv: Conv) -> Tensor {
    let x = net.activation(x, Op::Relu);
    net.conv_bn(x, conv)
}

/// Halves the side and doubles the channels between two stages.
fn reduction_block(net: &mut GraphBuilder, x: Tensor, channels: u32) -> Tensor {
    let main = relu_conv_bn(net, x, Conv::square(3, 2, channels));
    let main = relu_conv_bn(net, main, Conv::square(3, 1, channels));
    let shortcut = net.pool(x, Op::AvgPool, HALVE);
    let shortcut = net.conv(shortcut, Conv::square(1, 1, channels));
    net.add(&[main, shortcut])
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
