//! [`ComputeGraph`]: nodes in topological order, edges, totals, and the check that makes it valid.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use petgraph::Direction::{Incoming, Outgoing};
use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::cost::{self, Cost};
use super::draft::Draft;
use super::hash;
use super::node::{Node, Shape};
use super::op::Op;
use crate::error::{Error, ErrorKind, Result};

/// Nodes that a canonical graph may have.
pub const MAX_NODES: usize = 20_000;
/// Edges that a canonical graph may have.
pub const MAX_EDGES: usize = 60_000;
/// Pixels, channels and window sides go from 0 or 1 up to this.
pub const MAX_SIDE: u32 = 1 << 24;

/// A network as a directed acyclic graph of operators: valid, canonical, with its costs.
///
/// Node 0 is the input, the last node is the output, every node lies on a path between them, and
/// nodes stand in a topological order that depends on the graph's structure alone. The graph is a
/// set: how its source numbered the nodes leaves no trace.
#[derive(Debug, Clone)]
pub struct ComputeGraph {
    name: String,
    graph: DiGraph<Node, ()>,
    other_params: u64,
    cost: Cost,
    written: Cost,
    structural_hash: u64,
}

impl ComputeGraph {
    /// A graph from its parts, in any node order; they are checked, not brought into canonical form.
    ///
    /// # Errors
    /// Says which node or edge breaks which rule: exactly one input and one output, no cycle, no
    /// repeated edge, every node on a path from input to output, sizes and counts within limits.
    pub fn from_parts(
        name: impl Into<String>,
        nodes: Vec<Node>,
        edges: &[(usize, usize)],
        other_params: u64,
    ) -> Result<Self> {
        check_counts(nodes.len(), edges.len())?;
        nodes.iter().enumerate().try_for_each(|(idx, node)| check_node(idx, node))?;
        let total = cost::total(nodes.iter(), other_params)
            .ok_or_else(|| invalid("the total cost does not fit 64 bits"))?;
        let graph = connect(nodes, edges)?;
        let order = toposort(&graph, None).map_err(|cycle| {
            invalid(format!("{} lies on a cycle", describe(&graph, cycle.node_id())))
        })?;
        check_paths(&graph, &order)?;
        let labels = hash::labels(&graph, &order);
        Ok(Self {
            name: name.into(),
            graph: in_canonical_order(&graph, &labels),
            other_params,
            cost: total,
            written: total,
            structural_hash: hash::structural_hash(&labels),
        })
    }

    /// A graph from a draft in canonical form; `written` is what the draft cost before.
    pub(super) fn from_draft(draft: Draft, written: Cost) -> Result<Self> {
        let mut edges = Vec::new();
        let mut nodes = Vec::with_capacity(draft.slots.len());
        for (idx, slot) in draft.slots.into_iter().enumerate() {
            let mut operands: Vec<usize> = slot.operands.iter().map(|read| read.slot).collect();
            operands.sort_unstable();
            operands.dedup();
            edges.extend(operands.into_iter().map(|operand| (operand, idx)));
            nodes.push(slot.node);
        }
        let graph = Self::from_parts(draft.name, nodes, &edges, draft.other_params)?;
        Ok(Self { written, ..graph })
    }

    /// The network's name in its source; may be empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of nodes, input and output included.
    pub fn n_nodes(&self) -> usize {
        self.graph.node_count()
    }

    /// Number of edges.
    pub fn n_edges(&self) -> usize {
        self.graph.edge_count()
    }

    /// The nodes, in topological order.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.graph.node_weights()
    }

    /// The node at `idx` (in topological order).
    pub fn node(&self, idx: usize) -> &Node {
        &self.graph[NodeIndex::new(idx)]
    }

    /// What node `idx` reads.
    pub fn predecessors(&self, idx: usize) -> impl Iterator<Item = usize> {
        self.graph.neighbors_directed(NodeIndex::new(idx), Incoming).map(NodeIndex::index)
    }

    /// What reads node `idx`.
    pub fn successors(&self, idx: usize) -> impl Iterator<Item = usize> {
        self.graph.neighbors_directed(NodeIndex::new(idx), Outgoing).map(NodeIndex::index)
    }

    /// The edges, each from a node to one that reads it, in ascending order.
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize)> {
        self.graph.edge_references().map(|edge| (edge.source().index(), edge.target().index()))
    }

    /// The image that the network reads.
    pub fn input_shape(&self) -> Shape {
        self.node(0).output
    }

    /// Parameters and multiply-adds of this graph.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Parameters and multiply-adds of the network as its source wrote it, dead operations
    /// included: what benchmarks publish, and what a person is shown.
    pub fn written_cost(&self) -> Cost {
        self.written
    }

    /// Trainable numbers that belong to no node (position embeddings, layer scales).
    pub fn other_params(&self) -> u64 {
        self.other_params
    }

    /// A hash of the structure: equal for equal graphs in any numbering, names left out.
    pub fn structural_hash(&self) -> u64 {
        self.structural_hash
    }

    /// Edges on the longest path from input to output.
    pub fn depth(&self) -> usize {
        let mut depth = vec![0; self.n_nodes()];
        for idx in 1..self.n_nodes() {
            depth[idx] = self.predecessors(idx).map(|p| depth[p] + 1).max().unwrap_or(0);
        }
        depth.last().copied().unwrap_or(0)
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidGraph, message)
}

fn describe(graph: &DiGraph<Node, ()>, idx: NodeIndex) -> String {
    describe_node(idx.index(), &graph[idx])
}

fn describe_node(idx: usize, node: &Node) -> String {
    match node.name.as_str() {
        "" => format!("node {idx} ({})", node.op.name()),
        name => format!("node {idx} ({}, `{name}`)", node.op.name()),
    }
}

fn check_counts(n_nodes: usize, n_edges: usize) -> Result<()> {
    let too_large = |what, limit| {
        let message = format!("the graph has more than {limit} {what}");
        Err(Error::new(ErrorKind::TooLarge, message))
    };
    match (n_nodes, n_edges) {
        (nodes, _) if nodes > MAX_NODES => too_large("nodes", MAX_NODES),
        (_, edges) if edges > MAX_EDGES => too_large("edges", MAX_EDGES),
        _ => Ok(()),
    }
}

fn check_node(idx: usize, node: &Node) -> Result<()> {
    let Node { input, output, kernel, stride, dilation, groups, .. } = *node;
    let positive = [
        ("h_in", input.h),
        ("w_in", input.w),
        ("c_in", input.c),
        ("h_out", output.h),
        ("w_out", output.w),
        ("c_out", output.c),
        ("stride", stride[0].min(stride[1])),
        ("dilation", dilation),
        ("groups", groups),
    ];
    let largest = [("kernel", kernel[0].max(kernel[1])), ("stride", stride[0].max(stride[1]))];
    let zero = positive.iter().find(|(_, size)| *size == 0);
    let huge = positive.iter().chain(&largest).find(|(_, size)| *size > MAX_SIDE);
    match zero.or(huge) {
        Some((what, size)) => Err(invalid(format!(
            "{} has {what} {size}; expected 1 to {MAX_SIDE}",
            describe_node(idx, node)
        ))),
        None => Ok(()),
    }
}

fn connect(nodes: Vec<Node>, edges: &[(usize, usize)]) -> Result<DiGraph<Node, ()>> {
    let mut graph = DiGraph::with_capacity(nodes.len(), edges.len());
    for node in nodes {
        graph.add_node(node);
    }
    let mut seen = HashSet::with_capacity(edges.len());
    for &(from, to) in edges {
        let n_nodes = graph.node_count();
        if from >= n_nodes || to >= n_nodes {
            return Err(invalid(format!("edge {from} -> {to} leaves the {n_nodes} nodes")));
        }
        if from == to {
            return Err(invalid(format!("edge {from} -> {to} is a loop")));
        }
        if !seen.insert((from, to)) {
            return Err(invalid(format!("edge {from} -> {to} is there twice")));
        }
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
    }
    Ok(graph)
}

/// One input, one output, and every node between them.
fn check_paths(graph: &DiGraph<Node, ()>, order: &[NodeIndex]) -> Result<()> {
    for (op, direction) in [(Op::Input, Incoming), (Op::Output, Outgoing)] {
        let count = graph.node_weights().filter(|node| node.op == op).count();
        if count != 1 {
            return Err(invalid(format!("expected exactly one {} node, found {count}", op.name())));
        }
        for &idx in order {
            let is_end = graph.neighbors_directed(idx, direction).next().is_none();
            if is_end != (graph[idx].op == op) {
                let verb = if direction == Incoming { "reads" } else { "is read by" };
                let what = if is_end { "nothing" } else { "another node" };
                return Err(invalid(format!(
                    "{} {verb} {what}; every node must lie on a path from input to output",
                    describe(graph, idx)
                )));
            }
        }
    }
    Ok(())
}

/// The same graph with nodes in topological order, of the ready ones always the smallest label.
fn in_canonical_order(graph: &DiGraph<Node, ()>, labels: &[u64]) -> DiGraph<Node, ()> {
    let mut unread: Vec<usize> =
        graph.node_indices().map(|idx| graph.neighbors_directed(idx, Incoming).count()).collect();
    let mut position = vec![NodeIndex::end(); unread.len()];
    // Nodes with one label are told apart by what they read, so that twin branches stay in step.
    let entry = |idx: NodeIndex, position: &[NodeIndex]| {
        let first_read = graph.neighbors_directed(idx, Incoming).map(|p| position[p.index()]).min();
        Reverse((labels[idx.index()], first_read, idx))
    };
    let mut ready: BinaryHeap<_> = graph
        .node_indices()
        .filter(|idx| unread[idx.index()] == 0)
        .map(|idx| entry(idx, &position))
        .collect();
    let mut sorted = DiGraph::with_capacity(unread.len(), graph.edge_count());
    while let Some(Reverse((_, _, idx))) = ready.pop() {
        position[idx.index()] = sorted.add_node(graph[idx].clone());
        for successor in graph.neighbors_directed(idx, Outgoing) {
            unread[successor.index()] -= 1;
            if unread[successor.index()] == 0 {
                ready.push(entry(successor, &position));
            }
        }
    }
    let place = |idx: NodeIndex| position[idx.index()];
    let mut edges: Vec<_> =
        graph.edge_references().map(|edge| (place(edge.source()), place(edge.target()))).collect();
    edges.sort_unstable();
    for (from, to) in edges {
        sorted.add_edge(from, to, ());
    }
    sorted
}
