//! The network of NAS-Bench-201 and NATS-Bench: cells of four nodes in three stages.
//!
//! What differs between the two spaces, the operations of the cell or the widths of the stages,
//! comes from their families. Paper: Dong et al., NATS-Bench, TPAMI 2021, and its code.

use std::fmt;

use super::Variant;
use crate::error::Result;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Op, Padding, Shape, Tensor, Window};

/// The edges of a cell in the order of its text: the node that is fed and the one it reads.
pub(super) const EDGES: [(usize, usize); 6] = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)];
/// Of the shortcut in a reduction block: halves the side, no border.
const HALVE: Window = Window { padding: Padding::Explicit([[0, 0]; 2]), ..Window::square(2, 2) };

/// What stands on an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EdgeOp {
    Nothing,
    Skip,
    Conv1x1,
    Conv3x3,
    AvgPool,
}

impl EdgeOp {
    pub(super) const ALL: [Self; 5] =
        [Self::Nothing, Self::Skip, Self::Conv1x1, Self::Conv3x3, Self::AvgPool];
    pub(super) const NAMES: [&str; 5] =
        ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"];

    pub(super) fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.name() == name)
    }
}

/// One cell: an operation for each of [`EDGES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) ops: [EdgeOp; 6],
}

/// One operation in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) to: usize,
    pub(super) from: usize,
    pub(super) op: EdgeOp,
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from node {} to node {}", self.op.name(), self.from, self.to)
    }
}

/// Equal cells behind the stem or a reduction block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stage {
    /// Channels that the stem or the reduction block gives.
    pub(super) entry: u32,
    /// Channels that each cell gives.
    pub(super) cells: u32,
    pub(super) n_cells: usize,
}

/// Stem, three stages of `cell` and classifier.
pub(super) fn network(
    name: &str,
    variant: &Variant,
    cell: &Cell,
    stages: [Stage; 3],
) -> Result<ComputeGraph> {
    let mut net = GraphBuilder::new(name, variant.input);
    let mut x = net.image();
    for (idx, stage) in stages.into_iter().enumerate() {
        x = match idx {
            0 => net.conv_bn(x, Conv::square(3, 1, stage.entry)),
            _ => reduction_block(&mut net, x, stage.entry),
        };
        for _ in 0..stage.n_cells {
            x = cell.add_to(&mut net, x, stage.cells);
        }
    }
    let x = net.batch_norm(x);
    let x = net.activation(x, Op::Relu);
    let x = net.global_avg_pool(x);
    let logits = net.linear(x, variant.classes, true);
    net.build(logits)
}

impl Cell {
    pub(super) fn edges(&self) -> impl Iterator<Item = Edge> {
        EDGES.into_iter().zip(self.ops).map(|((to, from), op)| Edge { to, from, op })
    }

    /// For each node, whether its tensor depends on the cell's input.
    pub(super) fn live_nodes(&self) -> [bool; 4] {
        let mut live = [true, false, false, false];
        for edge in self.edges() {
            live[edge.to] |= live[edge.from] && edge.op != EdgeOp::Nothing;
        }
        live
    }

    /// Whether the cell's output depends on `node`.
    pub(super) fn reaches_output(&self, node: usize) -> bool {
        node == 3
            || self.edges().any(|edge| {
                edge.from == node && edge.op != EdgeOp::Nothing && self.reaches_output(edge.to)
            })
    }

    /// Writes down every operation. One that reads a dead node has its cost, and nothing reads it;
    /// the cell's output is zeros where its last node is dead.
    fn add_to(&self, net: &mut GraphBuilder, input: Tensor, channels: u32) -> Tensor {
        let zeros = net.zero(input, Shape { c: channels, ..input.shape() });
        let mut nodes = [Some(input), None, None, None];
        for node in 1..nodes.len() {
            let mut terms = Vec::new();
            for edge in self.edges().filter(|edge| edge.to == node) {
                let source = nodes[edge.from];
                let result = add_op(net, edge.op, source.unwrap_or(zeros), channels);
                terms.extend(result.filter(|_| source.is_some()));
            }
            nodes[node] = (!terms.is_empty()).then(|| net.add(&terms));
        }
        nodes[3].unwrap_or(zeros)
    }
}

/// `op` of `x`, with `channels` in the result; `none` gives nothing.
fn add_op(net: &mut GraphBuilder, op: EdgeOp, x: Tensor, channels: u32) -> Option<Tensor> {
    let widens = x.shape().c != channels;
    match op {
        EdgeOp::Nothing => None,
        EdgeOp::Skip if widens => Some(net.conv_bn(x, Conv::square(1, 1, channels))),
        EdgeOp::Skip => Some(x),
        EdgeOp::Conv1x1 => Some(relu_conv_bn(net, x, Conv::square(1, 1, channels))),
        EdgeOp::Conv3x3 => Some(relu_conv_bn(net, x, Conv::square(3, 1, channels))),
        EdgeOp::AvgPool => {
            let conv = Conv::square(1, 1, channels);
            let x = if widens { relu_conv_bn(net, x, conv) } else { x };
            Some(net.pool(x, Op::AvgPool, Window::square(3, 1)))
        }
    }
}

/// Halves the side on the way to the next stage.
fn reduction_block(net: &mut GraphBuilder, x: Tensor, channels: u32) -> Tensor {
    let main = relu_conv_bn(net, x, Conv::square(3, 2, channels));
    let main = relu_conv_bn(net, main, Conv::square(3, 1, channels));
    let shortcut = net.pool(x, Op::AvgPool, HALVE);
    let shortcut = net.conv(shortcut, Conv::square(1, 1, channels));
    net.add(&[main, shortcut])
}

fn relu_conv_bn(net: &mut GraphBuilder, x: Tensor, conv: Conv) -> Tensor {
    let x = net.activation(x, Op::Relu);
    net.conv_bn(x, conv)
}
