//! From the original's vocabulary and graph to ours: section by section what the released GENNAPE
//! does differently.
//!
//! H-swish and h-sigmoid are spread over relu6 and mul there, a dilated depthwise convolution over
//! three nodes; dropouts are identities; a concat states its first operand's channels. Sizes are
//! taken as the file has them; the canonical form does the rest.

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    ComputeGraph, GraphBuilder, MAX_DRAFT_NODES, MAX_SIDE, Node, Op, Shape, Tensor,
};
use crate::note::{Note, NoteKind};

/// Edges that a file may hold.
const MAX_RAW_EDGES: usize = 3 * MAX_DRAFT_NODES;
/// Bytes of a node's name that are kept.
const MAX_NAME_BYTES: usize = 200;
/// Window of a pool that the file does not state: that of every pool inside a cell or block.
const ASSUMED_POOL: [u32; 2] = [3, 3];
/// Numbers of the original's vocabulary in use; those above are reserved there.
const LAST_OP: u64 = 26;

/// A graph as a file has it.
#[derive(Debug, Default)]
pub(crate) struct RawGraph {
    /// The network's name; may be empty.
    pub(crate) name: String,
    /// Height, width and channels, where the file says so beside the nodes.
    pub(crate) image: Option<[u32; 3]>,
    /// The nodes, in the file's order.
    pub(crate) nodes: Vec<RawNode>,
    /// From and to, by that order.
    pub(crate) edges: Vec<(usize, usize)>,
}

/// A node as a file has it.
#[derive(Debug)]
pub(crate) struct RawNode {
    /// In the original's vocabulary.
    pub(crate) op_number: u64,
    /// The name in the source; may be empty.
    pub(crate) name: String,
    /// Hin, Hout, Win, Wout, Cin, Cout.
    pub(crate) resolution: [u32; 6],
    /// Window of weights or pool.
    pub(crate) kernel: Option<[u32; 2]>,
    /// Vertical and horizontal stride.
    pub(crate) stride: Option<[u32; 2]>,
    /// Distance between the window's pixels.
    pub(crate) dilation: Option<u32>,
    /// Whether a bias is added.
    pub(crate) bias: bool,
}

impl RawNode {
    fn op(&self) -> Op {
        let known = Some(self.op_number).filter(|&number| number <= LAST_OP);
        known.and_then(Op::from_number).unwrap_or(Op::Unknown)
    }

    fn input(&self) -> Shape {
        let [h, _, w, _, c, _] = self.resolution;
        Shape::new(h, w, c)
    }

    fn output(&self) -> Shape {
        let [_, h, _, w, _, c] = self.resolution;
        Shape::new(h, w, c)
    }
}

/// The canonical graph of `raw`, and what was assumed on the way.
///
/// # Errors
/// Names the node or edge that makes it no valid graph.
pub(crate) fn convert(raw: RawGraph) -> Result<(ComputeGraph, Vec<Note>)> {
    let links = Links::of(&raw)?;
    raw.check_sizes()?;
    let order = links.topological_order(&raw)?;
    let input = raw.sole(Op::Input)?;
    let output = raw.sole(Op::Output)?;
    let image = raw.nodes[input].output();
    if let Some([h, w, c]) = raw.image.filter(|&[h, w, c]| image != Shape::new(h, w, c)) {
        let Shape { h: h_in, w: w_in, c: c_in } = image;
        let message = format!(
            "the input node has {h_in} x {w_in} x {c_in}, but input_shape is {h} x {w} x {c}"
        );
        return Err(invalid(message));
    }
    let [logits] = links.reads[output][..] else {
        let count = links.reads[output].len();
        return Err(invalid(format!("the output reads {count} nodes; expected one, the logits")));
    };
    let mut net = GraphBuilder::new(raw.name.clone(), image);
    let mut tensors: Vec<Option<Tensor>> = vec![None; raw.nodes.len()];
    for idx in order.into_iter().filter(|&idx| idx != output) {
        tensors[idx] = Some(match idx == input {
            true => net.image(),
            false => add_node(&mut net, &raw, &links, idx, &tensors)?,
        });
    }
    let logits = tensors[logits].ok_or_else(|| invalid("the output reads itself"))?;
    Ok((net.build(logits)?, notes(&raw)))
}

/// What each node reads and is read by, every edge once, in ascending order.
struct Links {
    reads: Vec<Vec<usize>>,
    read_by: Vec<Vec<usize>>,
}

impl Links {
    fn of(raw: &RawGraph) -> Result<Self> {
        let (n_nodes, n_edges) = (raw.nodes.len(), raw.edges.len());
        if n_nodes > MAX_DRAFT_NODES || n_edges > MAX_RAW_EDGES {
            let message = format!(
                "{n_nodes} nodes and {n_edges} edges; expected at most {MAX_DRAFT_NODES} and \
                 {MAX_RAW_EDGES}"
            );
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        let mut reads = vec![Vec::new(); n_nodes];
        let mut read_by = vec![Vec::new(); n_nodes];
        let mut edges = raw.edges.clone();
        edges.sort_unstable();
        edges.dedup();
        for (from, to) in edges {
            if from >= n_nodes || to >= n_nodes {
                return Err(invalid(format!("edge {from} -> {to} leaves the {n_nodes} nodes")));
            }
            reads[to].push(from);
            read_by[from].push(to);
        }
        Ok(Self { reads, read_by })
    }

    /// Every node after all that it reads.
    fn topological_order(&self, raw: &RawGraph) -> Result<Vec<usize>> {
        let mut unread: Vec<usize> = self.reads.iter().map(Vec::len).collect();
        let mut order: Vec<usize> = (0..unread.len()).filter(|&idx| unread[idx] == 0).collect();
        let mut n_done = 0;
        while let Some(&idx) = order.get(n_done) {
            n_done += 1;
            for &reader in &self.read_by[idx] {
                unread[reader] -= 1;
                if unread[reader] == 0 {
                    order.push(reader);
                }
            }
        }
        match unread.iter().position(|&count| count > 0) {
            None => Ok(order),
            Some(idx) => {
                let message = format!("{} lies on a cycle or behind one", raw.describe(idx));
                Err(invalid(message))
            }
        }
    }

    /// The one reader of `idx`, if it has one only.
    fn only_reader(&self, idx: usize) -> Option<usize> {
        match self.read_by[idx][..] {
            [reader] => Some(reader),
            _ => None,
        }
    }

    /// The one node that `idx` reads, if it reads one only.
    fn only_read(&self, idx: usize) -> Option<usize> {
        match self.reads[idx][..] {
            [read] => Some(read),
            _ => None,
        }
    }
}

impl RawGraph {
    fn op(&self, idx: usize) -> Op {
        self.nodes[idx].op()
    }

    /// The one node of this operator.
    fn sole(&self, op: Op) -> Result<usize> {
        let found: Vec<usize> = (0..self.nodes.len()).filter(|&idx| self.op(idx) == op).collect();
        match found[..] {
            [idx] => Ok(idx),
            _ => Err(invalid(format!(
                "{} {} nodes (operator {}); expected exactly one",
                found.len(),
                op.name(),
                op.number()
            ))),
        }
    }

    fn check_sizes(&self) -> Result<()> {
        let sides =
            |node: &RawNode| node.resolution.into_iter().chain(node.kernel.unwrap_or_default());
        for (idx, node) in self.nodes.iter().enumerate() {
            let bad = |side: &u32| *side > MAX_SIDE;
            let wrong =
                node.resolution.into_iter().find(|side| *side == 0).or(sides(node).find(bad));
            if let Some(side) = wrong {
                let what = self.describe(idx);
                let message = format!("{what} has a size of {side}; expected 1 to {MAX_SIDE}");
                return Err(invalid(message));
            }
        }
        Ok(())
    }

    fn describe(&self, idx: usize) -> String {
        let node = &self.nodes[idx];
        let (op, name) = (node.op().name(), short_name(&node.name));
        if name.is_empty() {
            format!("node {idx} ({op})")
        } else {
            format!("node {idx} ({op}, `{name}`)")
        }
    }
}

/// Writes node `idx`.
fn add_node(
    net: &mut GraphBuilder,
    raw: &RawGraph,
    links: &Links,
    idx: usize,
    tensors: &[Option<Tensor>],
) -> Result<Tensor> {
    let source = &raw.nodes[idx];
    let mut node = Node {
        name: short_name(&source.name),
        ..Node::new(source.op(), source.input(), source.output())
    };
    let mut reads = links.reads[idx].clone();
    match node.op {
        Op::Conv | Op::Depthwise => complete_conv(&mut node, raw, links, idx)?,
        Op::MaxPool | Op::AvgPool => {
            node.kernel = source.kernel.unwrap_or(ASSUMED_POOL);
            node.stride = source.stride.unwrap_or([1, 1]);
        }
        Op::Linear => node.bias = source.bias,
        Op::Relu6 if is_gate(raw, links, idx) => node.op = Op::HSigmoid,
        Op::Add | Op::Mul | Op::Concat => node.input = node.output,
        _ => (),
    }
    // The relu6 of an h-swish is read by nothing then, and drops out.
    if let Some(x) = swish_source(raw, links, idx) {
        node.op = Op::HSwish;
        reads = vec![x];
    }
    let operands: Vec<Tensor> = reads.iter().filter_map(|&from| tensors[from]).collect();
    if operands.is_empty() {
        return Err(invalid(format!("{} reads nothing; only the input may", raw.describe(idx))));
    }
    Ok(net.push(node, &operands))
}

fn complete_conv(node: &mut Node, raw: &RawGraph, links: &Links, idx: usize) -> Result<()> {
    let source = &raw.nodes[idx];
    node.kernel = source.kernel.ok_or_else(|| {
        let message =
            format!("{} has no weight shape; expected Cin, Cout, k1, k2", raw.describe(idx));
        invalid(message)
    })?;
    node.stride = source.stride.unwrap_or([1, 1]);
    node.bias = source.bias;
    node.dilation = source.dilation.unwrap_or(1);
    if node.op == Op::Depthwise {
        let channels = node.input.c;
        node.groups = channels;
        node.op = match node.output.c {
            _ if channels == 1 => Op::Conv,
            c_out if c_out == channels => Op::Depthwise,
            c_out if c_out.is_multiple_of(channels) => Op::GroupConv,
            c_out => {
                let what = raw.describe(idx);
                return Err(invalid(format!("{what} makes {c_out} of {channels} channels")));
            }
        };
    }
    let reader = links.only_reader(idx).filter(|&reader| raw.op(reader) == Op::BatchToSpace);
    let read = links.only_read(idx).filter(|&read| raw.op(read) == Op::SpaceToBatch);
    if let Some((to_batch, to_space)) = read.zip(reader) {
        let whole = &raw.nodes[to_space].output();
        (node.output.h, node.output.w) = (whole.h, whole.w);
        if node.dilation == 1 {
            let parts = &raw.nodes[to_batch];
            node.dilation = parts.input().h.div_ceil(parts.output().h);
        }
    }
    Ok(())
}

/// What `mul` makes an h-swish of: it reads a node and the relu6 of that same node, which nothing
/// else reads.
fn swish_source(raw: &RawGraph, links: &Links, mul: usize) -> Option<usize> {
    let &[a, b] = links.reads[mul].as_slice() else { return None };
    if raw.op(mul) != Op::Mul {
        return None;
    }
    let is_relu6_of = |relu6: usize, x: usize| {
        raw.op(relu6) == Op::Relu6
            && links.only_read(relu6) == Some(x)
            && links.only_reader(relu6) == Some(mul)
    };
    if is_relu6_of(b, a) { Some(a) } else { Some(b).filter(|_| is_relu6_of(a, b)) }
}

/// Whether a relu6 is the h-sigmoid of a squeeze-excite: of one pixel, behind a weight node, and
/// read by a product with another tensor alone.
fn is_gate(raw: &RawGraph, links: &Links, relu6: usize) -> bool {
    let behind_weights = links.only_read(relu6).is_some_and(|read| raw.op(read).has_weights());
    let scales = links.only_reader(relu6).is_some_and(|reader| {
        raw.op(reader) == Op::Mul && swish_source(raw, links, reader).is_none()
    });
    behind_weights && scales && raw.nodes[relu6].output().positions() == 1
}

/// What a person should know of how the graph was read.
fn notes(raw: &RawGraph) -> Vec<Note> {
    let is_pool = |node: &&RawNode| matches!(node.op(), Op::MaxPool | Op::AvgPool);
    let n_pools = raw.nodes.iter().filter(|n| is_pool(n) && n.kernel.is_none()).count();
    let n_unknown = raw.nodes.iter().filter(|node| node.op() == Op::Unknown).count();
    let mut notes = Vec::new();
    if n_pools > 0 {
        let message = format!("{n_pools} pools without a window in the file are taken as 3 x 3");
        notes.push(Note::new(NoteKind::Assumed, message));
    }
    if n_unknown > 0 {
        let message = format!(
            "{n_unknown} of {} nodes have an operator that GENNAPE's vocabulary does not name",
            raw.nodes.len()
        );
        notes.push(Note::new(NoteKind::Assumed, message));
    }
    notes
}

fn short_name(name: &str) -> String {
    let mut end = name.len().min(MAX_NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].to_owned()
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidGraph, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(op: Op, [h_in, h_out, c_in, c_out]: [u32; 4], kernel: Option<u32>) -> RawNode {
        RawNode {
            op_number: u64::from(op.number()),
            name: op.name().to_owned(),
            resolution: [h_in, h_out, h_in, h_out, c_in, c_out],
            kernel: kernel.map(|k| [k, k]),
            stride: None,
            dilation: None,
            bias: false,
        }
    }

    fn graph(nodes: Vec<RawNode>, edges: &[(usize, usize)]) -> RawGraph {
        RawGraph { nodes, edges: edges.to_vec(), ..RawGraph::default() }
    }

    /// Input, output and what lies between: each node reads the one before unless `edges` says so.
    fn chain(inner: Vec<RawNode>, more: &[(usize, usize)], without: &[(usize, usize)]) -> RawGraph {
        let first = inner[0].input();
        let last = inner[inner.len() - 1].output();
        let input = node(Op::Input, [first.h, first.h, first.c, first.c], None);
        let output = node(Op::Output, [last.h, last.h, last.c, last.c], None);
        let nodes: Vec<_> = [input].into_iter().chain(inner).chain([output]).collect();
        let in_row = (1..nodes.len()).map(|to| (to - 1, to));
        let edges: Vec<_> =
            in_row.filter(|edge| !without.contains(edge)).chain(more.iter().copied()).collect();
        graph(nodes, &edges)
    }

    fn ops(graph: &ComputeGraph) -> Vec<&'static str> {
        graph.nodes().map(|node| node.op.name()).collect()
    }

    #[test]
    fn hswish_hsigmoid_and_dropout_become_our_nodes() {
        // conv, its h-swish, a squeeze-excite gate on it, mean, dropout, classifier
        let raw = chain(
            vec![
                node(Op::Conv, [8, 8, 3, 16], Some(3)),
                node(Op::Relu6, [8, 8, 16, 16], None),
                node(Op::Mul, [8, 8, 16, 16], None),
                node(Op::GlobalAvgPool, [8, 1, 16, 16], None),
                node(Op::Conv, [1, 1, 16, 16], Some(1)),
                node(Op::Relu6, [1, 1, 16, 16], None),
                node(Op::Mul, [8, 8, 16, 16], None),
                node(Op::GlobalAvgPool, [8, 1, 16, 16], None),
                node(Op::Identity, [1, 1, 16, 16], None),
                node(Op::Linear, [1, 1, 16, 10], None),
            ],
            &[(1, 3), (3, 7)],
            &[],
        );
        let (graph, notes) = convert(raw).unwrap();
        let expected = [
            "input",
            "conv",
            "hswish",
            "globalavgpool",
            "conv",
            "hsigmoid",
            "mul",
            "globalavgpool",
            "linear",
            "output",
        ];
        assert_eq!(ops(&graph), expected);
        assert_eq!(notes, []);
    }

    #[test]
    fn a_dilated_depthwise_is_one_node_of_the_whole_map() {
        let mut depthwise = node(Op::Depthwise, [5, 4, 8, 8], Some(3));
        depthwise.stride = Some([1, 1]);
        let raw = chain(
            vec![
                node(Op::SpaceToBatch, [8, 5, 8, 8], None),
                depthwise,
                node(Op::BatchToSpace, [4, 8, 8, 8], None),
            ],
            &[],
            &[],
        );
        let (graph, _) = convert(raw).unwrap();
        let depthwise = graph.node(1);
        assert_eq!(depthwise.op, Op::Depthwise);
        assert_eq!((depthwise.input.h, depthwise.output.h, depthwise.groups), (8, 8, 8));
        assert_eq!((depthwise.dilation, depthwise.macs), (2, 9 * 8 * 64));
    }

    #[test]
    fn pools_without_window_and_reserved_numbers_are_noted() {
        let mut reserved = node(Op::Relu, [8, 8, 3, 3], None);
        reserved.op_number = 27;
        let raw = chain(vec![reserved, node(Op::AvgPool, [8, 8, 3, 3], None)], &[], &[]);
        let (graph, notes) = convert(raw).unwrap();
        assert_eq!(ops(&graph), ["input", "unknown", "avgpool", "output"]);
        assert_eq!(graph.node(2).kernel, [3, 3]);
        let messages: Vec<_> = notes.iter().map(|note| note.message.as_str()).collect();
        let expected = [
            "1 pools without a window in the file are taken as 3 x 3",
            "1 of 4 nodes have an operator that GENNAPE's vocabulary does not name",
        ];
        assert_eq!(messages, expected);
    }

    #[test]
    fn graphs_that_are_none_name_the_node_or_edge() {
        let relu = || node(Op::Relu, [8, 8, 3, 3], None);
        let conv = |kernel| node(Op::Conv, [8, 8, 3, 3], kernel);
        let mut wrong_image = chain(vec![relu()], &[], &[]);
        wrong_image.image = Some([9, 8, 3]);
        let cases = [
            (
                chain(vec![relu(), relu()], &[(2, 1)], &[]),
                "node 1 (relu, `relu`) lies on a cycle or behind one",
            ),
            (
                chain(vec![relu()], &[(1, 1)], &[]),
                "node 1 (relu, `relu`) lies on a cycle or behind one",
            ),
            (chain(vec![relu()], &[(0, 9)], &[]), "edge 0 -> 9 leaves the 3 nodes"),
            (
                chain(vec![conv(None)], &[], &[]),
                "node 1 (conv, `conv`) has no weight shape; expected Cin, Cout, k1, k2",
            ),
            (
                chain(vec![relu(), relu()], &[(0, 2)], &[(0, 1), (1, 2)]),
                "node 1 (relu, `relu`) reads nothing; only the input may",
            ),
            (
                chain(vec![relu(), node(Op::Output, [8, 8, 3, 3], None)], &[], &[]),
                "2 output nodes (operator 2); expected exactly one",
            ),
            (
                chain(vec![relu()], &[(0, 2)], &[]),
                "the output reads 2 nodes; expected one, the logits",
            ),
            (
                chain(vec![node(Op::Relu, [8, 0, 3, 3], None)], &[], &[]),
                "node 1 (relu, `relu`) has a size of 0; expected 1 to 16777216",
            ),
            (graph(Vec::new(), &[]), "0 input nodes (operator 1); expected exactly one"),
            (wrong_image, "the input node has 8 x 8 x 3, but input_shape is 9 x 8 x 3"),
        ];
        for (raw, expected) in cases {
            assert_eq!(convert(raw).expect_err(expected).to_string(), expected);
        }
    }

    #[test]
    fn limits_are_kept() {
        let edges = vec![(0, 1); MAX_RAW_EDGES + 1];
        let raw = graph(vec![node(Op::Input, [8, 8, 3, 3], None)], &edges);
        assert_eq!(convert(raw).expect_err("edges").kind(), ErrorKind::TooLarge);
        let mut long = chain(vec![node(Op::Relu, [8, 8, 3, 3], None)], &[], &[]);
        long.nodes[1].name = "é".repeat(MAX_NAME_BYTES);
        let (graph, _) = convert(long).unwrap();
        assert_eq!(graph.node(1).name.len(), MAX_NAME_BYTES);
    }
}
