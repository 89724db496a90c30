//! Labels that do not depend on how nodes are numbered, and the structural hash made of them.
//!
//! Labels start from all that lies before and behind a node (one pass each way), then are refined
//! by their neighbours (Weisfeiler-Leman) until no more nodes can be told apart. The hash function
//! (xxh3) is fixed: hashes are stored with splits and weights.

use petgraph::Direction::{self, Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};
use xxhash_rust::xxh3::xxh3_64;

use super::node::Node;

/// Rounds of refinement at most; the count of distinct labels settles after very few.
const MAX_ROUNDS: usize = 16;

/// A label for each node, equal for nodes that their surroundings do not tell apart.
///
/// `order` is any topological order. Complexity: O(rounds (nodes + edges) log degree).
pub(super) fn labels(graph: &DiGraph<Node, ()>, order: &[NodeIndex]) -> Vec<u64> {
    let own: Vec<u64> = graph.node_weights().map(own_label).collect();
    let from_input = sweep(graph, order.iter(), &own, Incoming);
    let from_output = sweep(graph, order.iter().rev(), &own, Outgoing);
    let mut labels: Vec<u64> =
        from_input.iter().zip(&from_output).map(|(&a, &b)| combine(&[a, b])).collect();
    let mut n_distinct = distinct(&labels);
    for _ in 0..MAX_ROUNDS {
        labels = refine(graph, &labels);
        let n_refined = distinct(&labels);
        if n_refined == n_distinct {
            break;
        }
        n_distinct = n_refined;
    }
    labels
}

/// The structural hash: of the sorted multiset of labels.
pub(super) fn structural_hash(labels: &[u64]) -> u64 {
    let mut sorted = labels.to_vec();
    sorted.sort_unstable();
    combine(&sorted)
}

fn own_label(node: &Node) -> u64 {
    let a = node.attributes();
    combine(&[
        u64::from(a.op.number()),
        u64::from(a.input.h),
        u64::from(a.input.w),
        u64::from(a.input.c),
        u64::from(a.output.h),
        u64::from(a.output.w),
        u64::from(a.output.c),
        u64::from(a.kernel[0]),
        u64::from(a.kernel[1]),
        u64::from(a.stride[0]),
        u64::from(a.stride[1]),
        u64::from(a.dilation),
        u64::from(a.groups),
        u64::from(a.bias),
        a.params,
        a.macs,
    ])
}

/// Labels that take in everything on one side of a node, in one pass.
fn sweep<'a>(
    graph: &DiGraph<Node, ()>,
    order: impl Iterator<Item = &'a NodeIndex>,
    own: &[u64],
    side: Direction,
) -> Vec<u64> {
    let mut labels = own.to_vec();
    for &node in order {
        labels[node.index()] = around(graph, node, own[node.index()], &labels, &[side]);
    }
    labels
}

fn refine(graph: &DiGraph<Node, ()>, labels: &[u64]) -> Vec<u64> {
    graph
        .node_indices()
        .map(|node| around(graph, node, labels[node.index()], labels, &[Incoming, Outgoing]))
        .collect()
}

/// Hash of a node's label with the sorted labels of its neighbours on `sides`.
fn around(
    graph: &DiGraph<Node, ()>,
    node: NodeIndex,
    label: u64,
    labels: &[u64],
    sides: &[Direction],
) -> u64 {
    let mut words = vec![label];
    for &side in sides {
        let start = words.len() + 1;
        words.push(graph.neighbors_directed(node, side).count() as u64);
        words.extend(graph.neighbors_directed(node, side).map(|other| labels[other.index()]));
        words[start..].sort_unstable();
    }
    combine(&words)
}

fn combine(words: &[u64]) -> u64 {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    xxh3_64(&bytes)
}

fn distinct(labels: &[u64]) -> usize {
    let mut sorted = labels.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len()
}
