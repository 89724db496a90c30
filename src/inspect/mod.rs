//! What a network is, layer by layer: the answer of `gennape inspect`, and of the page beside it.
//!
//! Stands beside [`crate::predict`]: needs no weights. [`csv`] and [`dot`] write it down, `repeat`
//! finds what of it comes several times.

pub mod csv;
pub mod dot;
mod repeat;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::format::Parsed;
use crate::graph::{ComputeGraph, Node, Shape};
use crate::note::Note;

pub use self::repeat::Group;

/// A network's sizes, costs and layers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// The network's name.
    pub name: String,
    /// The family it belongs to, if any.
    pub family: Option<&'static str>,
    /// Height, width, channels of the image.
    pub input: [u32; 3],
    /// Trainable parameters, as written.
    pub params: u64,
    /// Multiply-adds of one image, as written.
    pub macs: u64,
    /// Twice the multiply-adds.
    pub flops: u64,
    /// Numbers that activations hold at once, at most ([`ComputeGraph::peak_activations`]).
    pub peak_activations: u64,
    /// Parameters of the canonical graph, dead operations left out.
    pub graph_params: u64,
    /// Multiply-adds of the canonical graph.
    pub graph_macs: u64,
    /// Nodes of the canonical graph.
    pub nodes: usize,
    /// Its edges.
    pub edges: usize,
    /// Edges on its longest path.
    pub depth: usize,
    /// How many nodes of each operator it has.
    pub ops: BTreeMap<&'static str, usize>,
    /// What a person should know of it.
    pub notes: Vec<Note>,
    /// Its nodes, in topological order.
    pub layers: Vec<Layer>,
    /// What comes several times in a row, outer groups first.
    pub groups: Vec<Group>,
}

/// One node of the canonical graph.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Layer {
    /// The source's name for it, or operator and number.
    pub name: String,
    /// Its operator.
    pub op: &'static str,
    /// Height, width, channels of its first operand.
    pub input: [u32; 3],
    /// Height, width, channels of its result.
    pub output: [u32; 3],
    /// Height and width of its window; 0 where it has none.
    pub kernel: [u32; 2],
    /// Vertical and horizontal stride.
    pub stride: [u32; 2],
    /// Distance of the window's taps.
    pub dilation: u32,
    /// Groups of its channels.
    pub groups: u32,
    /// Trainable parameters.
    pub params: u64,
    /// Multiply-adds.
    pub macs: u64,
    /// Its share of the graph's multiply-adds.
    pub share: f64,
    /// The layers that it reads, by their positions.
    pub inputs: Vec<usize>,
    /// The innermost of the network's groups that it lies in.
    pub group: Option<usize>,
}

impl Inspection {
    /// What `graph`, which `parsed` was built to, is made of.
    pub fn of(parsed: &Parsed, graph: &ComputeGraph) -> Self {
        let family = match parsed {
            Parsed::Architecture(architecture) => Some(architecture.family().name()),
            Parsed::Graph { .. } => None,
        };
        let mut ops = BTreeMap::new();
        for node in graph.nodes() {
            *ops.entry(node.op.name()).or_insert(0) += 1;
        }
        let groups = repeat::groups_of(graph);
        let layer = |idx| Layer::of(graph, idx, groups.of_node[idx]);
        let written = graph.written_cost();
        Self {
            name: graph.name().to_owned(),
            family,
            input: sides(graph.input_shape()),
            params: written.params,
            macs: written.macs,
            flops: written.macs.saturating_mul(2),
            peak_activations: graph.peak_activations(),
            graph_params: graph.cost().params,
            graph_macs: graph.cost().macs,
            nodes: graph.n_nodes(),
            edges: graph.n_edges(),
            depth: graph.depth(),
            ops,
            notes: parsed.notes(),
            layers: (0..graph.n_nodes()).map(layer).collect(),
            groups: groups.all,
        }
    }
}

impl Layer {
    fn of(graph: &ComputeGraph, idx: usize, group: Option<usize>) -> Self {
        let node = graph.node(idx);
        let mut inputs: Vec<usize> = graph.predecessors(idx).collect();
        inputs.sort_unstable();
        Self {
            name: display_name(idx, node),
            op: node.op.name(),
            input: sides(node.input),
            output: sides(node.output),
            kernel: node.kernel,
            stride: node.stride,
            dilation: node.dilation,
            groups: node.groups,
            params: node.params,
            macs: node.macs,
            share: node.macs as f64 / graph.cost().macs.max(1) as f64,
            inputs,
            group,
        }
    }
}

/// The source's name for a node, or its operator and number.
fn display_name(idx: usize, node: &Node) -> String {
    if node.name.is_empty() { format!("{}_{idx}", node.op.name()) } else { node.name.clone() }
}

fn sides(shape: Shape) -> [u32; 3] {
    [shape.h, shape.w, shape.c]
}
