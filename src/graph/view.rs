//! What an encoder sees of a graph: every node, or the fused view with half of them.
//!
//! In the fused view norms and activations become flags of the node that feeds them or, in
//! pre-activation cells, of those that they feed. It is a view: the graph stays as it is.

use super::node::Node;
use super::op::Op;
use super::topology::ComputeGraph;

/// A node with the norms and activations fused into it.
#[derive(Debug, Clone)]
pub struct ViewNode<'g> {
    /// The node that stands for the group.
    pub node: &'g Node,
    /// Whether a norm was fused in (or the node is one).
    pub norm: bool,
    /// Whether an activation was fused in (or the node is one).
    pub activation: bool,
    /// Trainable numbers of the group.
    pub params: u64,
    /// Multiply-adds of the group.
    pub macs: u64,
}

/// Nodes in topological order and edges between them.
#[derive(Debug, Clone)]
pub struct GraphView<'g> {
    /// The nodes; the first is the input, the last is the output.
    pub nodes: Vec<ViewNode<'g>>,
    /// Edges `(from, to)` with `from < to`, ascending and without repeats.
    pub edges: Vec<(u32, u32)>,
}

impl<'g> GraphView<'g> {
    /// Every node of the canonical graph.
    pub fn full(graph: &'g ComputeGraph) -> Self {
        Self {
            nodes: graph.nodes().map(ViewNode::of).collect(),
            edges: graph.edges().map(|(from, to)| (from as u32, to as u32)).collect(),
        }
    }

    /// Norms and activations as flags of their neighbours.
    ///
    /// A chain of norms and activations goes to the node before it if that feeds nothing else;
    /// else to the nodes behind it if all of them have weights; else it stays as one node.
    /// Complexity: O(nodes + edges).
    pub fn fused(graph: &'g ComputeGraph) -> Self {
        let chains = Chains::of(graph);
        let mut nodes: Vec<ViewNode<'g>> = graph.nodes().map(ViewNode::of).collect();
        let mut stands_for: Vec<usize> = (0..nodes.len()).collect();
        for (head, tail) in chains.ends() {
            let source = graph.predecessors(head).next().map(|source| stands_for[source]);
            let source = source.unwrap_or(head);
            let readers: Vec<usize> = graph.successors(tail).collect();
            let feeds_only_chain =
                graph.predecessors(head).all(|before| graph.successors(before).count() == 1);
            let hosts = if feeds_only_chain && nodes[source].node.op != Op::Input {
                vec![source]
            } else if readers.iter().all(|&reader| graph.node(reader).op.has_weights()) {
                readers
            } else {
                vec![head]
            };
            let stays = hosts == [head];
            for member in chains.members(head, tail) {
                stands_for[member] = if stays { head } else { source };
                if member != head || !stays {
                    fuse(&mut nodes, member, &hosts);
                }
            }
        }
        compact(graph, nodes, &stands_for)
    }
}

impl<'g> ViewNode<'g> {
    fn of(node: &'g Node) -> Self {
        Self {
            node,
            norm: node.op.is_norm(),
            activation: node.op.is_activation(),
            params: node.params,
            macs: node.macs,
        }
    }
}

/// Flags go to every host, costs to the first.
fn fuse(nodes: &mut [ViewNode<'_>], member: usize, hosts: &[usize]) {
    let ViewNode { norm, activation, params, macs, .. } = nodes[member].clone();
    for &host in hosts {
        nodes[host].norm |= norm;
        nodes[host].activation |= activation;
    }
    if let Some(&first) = hosts.first() {
        nodes[first].params += params;
        nodes[first].macs += macs;
    }
}

/// Only the nodes that stand for themselves, with the edges between them.
fn compact<'g>(
    graph: &ComputeGraph,
    nodes: Vec<ViewNode<'g>>,
    stands_for: &[usize],
) -> GraphView<'g> {
    let mut position = vec![0; nodes.len()];
    let mut kept = Vec::new();
    for (idx, node) in nodes.into_iter().enumerate() {
        if stands_for[idx] == idx {
            position[idx] = kept.len() as u32;
            kept.push(node);
        }
    }
    let place = |idx: usize| position[stands_for[idx]];
    let mut edges: Vec<(u32, u32)> = graph
        .edges()
        .filter(|&(from, to)| stands_for[to] == to || stands_for[to] != stands_for[from])
        .map(|(from, to)| (place(from), place(to)))
        .filter(|(from, to)| from != to)
        .collect();
    edges.sort_unstable();
    edges.dedup();
    GraphView { nodes: kept, edges }
}

/// Maximal chains of norms and activations in which each feeds only the next.
struct Chains {
    /// The chain member that reads this one, where there is one.
    next: Vec<Option<usize>>,
    heads: Vec<usize>,
}

impl Chains {
    fn of(graph: &ComputeGraph) -> Self {
        let fusable = |idx: usize| {
            let op = graph.node(idx).op;
            (op.is_norm() || op.is_activation()) && graph.predecessors(idx).count() == 1
        };
        let mut next = vec![None; graph.n_nodes()];
        let mut heads = Vec::new();
        for idx in (0..graph.n_nodes()).filter(|&idx| fusable(idx)) {
            match graph.predecessors(idx).next() {
                Some(before) if fusable(before) && graph.successors(before).count() == 1 => {
                    next[before] = Some(idx);
                }
                _ => heads.push(idx),
            }
        }
        Self { next, heads }
    }

    /// First and last member of each chain, by ascending first.
    fn ends(&self) -> impl Iterator<Item = (usize, usize)> {
        self.heads.iter().map(|&head| {
            let mut tail = head;
            while let Some(next) = self.next[tail] {
                tail = next;
            }
            (head, tail)
        })
    }

    fn members(&self, head: usize, tail: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(head), move |&idx| self.next[idx].filter(|_| idx != tail))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Conv, GraphBuilder, Shape};
    use super::*;

    fn ops(view: &GraphView<'_>) -> Vec<(Op, bool, bool)> {
        view.nodes.iter().map(|n| (n.node.op, n.norm, n.activation)).collect()
    }

    #[test]
    fn conv_bn_relu_becomes_one_node() {
        let mut builder = GraphBuilder::new("", Shape::new(8, 8, 3));
        let x = builder.conv_bn(builder.image(), Conv::square(3, 1, 4));
        let x = builder.activation(x, Op::Relu);
        let graph = builder.build(x).unwrap();
        let view = GraphView::fused(&graph);
        let expected =
            [(Op::Input, false, false), (Op::Conv, true, true), (Op::Output, false, false)];
        assert_eq!(ops(&view), expected);
        assert_eq!(view.edges, [(0, 1), (1, 2)]);
        assert_eq!(view.nodes[1].params, 3 * 3 * 3 * 4 + 8);
    }

    #[test]
    fn activation_before_two_convolutions_goes_to_both() {
        let mut builder = GraphBuilder::new("", Shape::new(8, 8, 4));
        let stem = builder.conv(builder.image(), Conv::square(3, 1, 4));
        let relu = builder.activation(stem, Op::Relu);
        let a = builder.conv(relu, Conv::square(3, 1, 4));
        let b = builder.conv(relu, Conv::square(1, 1, 4));
        let sum = builder.add(&[a, b, stem]);
        let graph = builder.build(sum).unwrap();
        let view = GraphView::fused(&graph);
        assert_eq!(view.nodes.len(), 6);
        let activated = |k| {
            view.nodes
                .iter()
                .any(|n| n.node.op == Op::Conv && n.node.kernel[0] == k && n.activation)
        };
        assert!(activated(1) && activated(3));
        assert_eq!(view.nodes.iter().filter(|n| n.activation).count(), 2);
        assert_eq!(view.edges.len(), 7);
    }

    #[test]
    fn edges_go_forward_and_every_node_keeps_a_path() {
        let mut builder = GraphBuilder::new("", Shape::new(8, 8, 4));
        let relu = builder.activation(builder.image(), Op::Relu);
        let pool = builder.pool(relu, Op::MaxPool, super::super::Window::square(3, 1));
        let sum = builder.add(&[relu, pool]);
        let graph = builder.build(sum).unwrap();
        let view = GraphView::fused(&graph);
        assert!(view.edges.iter().all(|(from, to)| from < to));
        assert!(view.nodes.iter().any(|n| n.node.op == Op::Relu), "a relu read by a pool stays");
    }
}
