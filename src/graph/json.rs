//! The graph's own JSON form: written by us, read from anybody.
//!
//! The file holds a finished graph: it is checked, not brought into canonical form.

use serde::{Deserialize, Serialize};

use super::cost::{Cost, cost_of};
use super::node::{Node, Shape};
use super::op::Op;
use super::topology::ComputeGraph;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::note::Note;

/// `graph` as JSON: `{"name", "input", "other_params", "nodes": [...], "edges": [...]}`.
pub fn to_json(graph: &ComputeGraph) -> String {
    to_json_with(graph, &[])
}

/// The same with the `notes` of whoever read the graph.
pub fn to_json_with(graph: &ComputeGraph, notes: &[Note]) -> String {
    let Shape { h, w, c } = graph.input_shape();
    let form = GraphForm {
        name: graph.name().to_owned(),
        input: Some([h, w, c]),
        other_params: graph.other_params(),
        nodes: graph.nodes().map(NodeForm::of).collect(),
        edges: graph.edges().collect(),
        notes: notes.to_vec(),
    };
    serde_json::to_string(&form).expect("invariant: strings and numbers always serialise")
}

/// The graph that `text` holds, in any node order, operators by name or number.
///
/// # Errors
/// Line and column where the JSON is malformed; the node or edge where the graph is invalid.
pub fn from_json(text: &str) -> Result<ComputeGraph> {
    from_json_with(text).map(|(graph, _)| graph)
}

/// The same with its notes.
///
/// # Errors
/// As [`from_json`].
pub fn from_json_with(text: &str) -> Result<(ComputeGraph, Vec<Note>)> {
    let form: GraphForm = serde_json::from_str(text).map_err(|error| {
        let place = Place { line: error.line() as u32, column: error.column() as u32 };
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        let way_out =
            "expected {\"name\", \"input\": [h, w, c], \"nodes\": [...], \"edges\": [...]}";
        Error::new(ErrorKind::Syntax, format!("no graph JSON: {message}; {way_out}")).at(place)
    })?;
    let nodes = form
        .nodes
        .into_iter()
        .enumerate()
        .map(|(idx, node)| node.into_node(idx))
        .collect::<Result<Vec<_>>>()?;
    let graph = ComputeGraph::from_parts(form.name, nodes, &form.edges, form.other_params)?;
    let Shape { h, w, c } = graph.input_shape();
    match form.input {
        Some(declared) if declared != [h, w, c] => Err(Error::new(
            ErrorKind::InvalidGraph,
            format!("\"input\" is {declared:?}, but the input node has [{h}, {w}, {c}]"),
        )),
        _ => Ok((graph, form.notes)),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GraphForm {
    #[serde(default)]
    name: String,
    input: Option<[u32; 3]>,
    #[serde(default)]
    other_params: u64,
    nodes: Vec<NodeForm>,
    edges: Vec<(usize, usize)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Note>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum OpForm {
    Name(String),
    Number(u64),
}

/// One node; what has its default is left out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeForm {
    op: OpForm,
    h_in: u32,
    w_in: u32,
    c_in: u32,
    h_out: u32,
    w_out: u32,
    c_out: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    kernel_h: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    kernel_w: u32,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    stride_h: u32,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    stride_w: u32,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    dilation: u32,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    groups: u32,
    #[serde(default, skip_serializing_if = "is_false")]
    bias: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    params: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    macs: Option<u64>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
}

fn one() -> u32 {
    1
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

fn is_one(value: &u32) -> bool {
    *value == 1
}

fn is_false(value: &bool) -> bool {
    !value
}

impl NodeForm {
    fn of(node: &Node) -> Self {
        // without either cost, it is derived
        let is_free = node.params == 0 && node.macs == 0;
        let is_told = is_free && cost_of(node) != Some(Cost { params: 0, macs: 0 });
        let given = |value: u64| (value > 0 || is_told).then_some(value);
        Self {
            op: OpForm::Name(node.op.name().to_owned()),
            h_in: node.input.h,
            w_in: node.input.w,
            c_in: node.input.c,
            h_out: node.output.h,
            w_out: node.output.w,
            c_out: node.output.c,
            kernel_h: node.kernel[0],
            kernel_w: node.kernel[1],
            stride_h: node.stride[0],
            stride_w: node.stride[1],
            dilation: node.dilation,
            groups: node.groups,
            bias: node.bias,
            params: given(node.params),
            macs: given(node.macs),
            name: node.name.clone(),
        }
    }

    /// The node; costs that the file leaves out follow from the operator.
    fn into_node(self, idx: usize) -> Result<Node> {
        let (op, seen) = match &self.op {
            OpForm::Name(name) => (Op::from_name(name), format!("`{name}`")),
            OpForm::Number(number) => (Op::from_number(*number), number.to_string()),
        };
        let op = op.ok_or_else(|| {
            let known: Vec<_> = Op::ALL.iter().map(|op| op.name()).collect();
            let message = format!(
                "node {idx} has unknown operator {seen}; expected one of {}",
                known.join(", ")
            );
            Error::new(ErrorKind::InvalidGraph, message)
        })?;
        let node = Node {
            kernel: [self.kernel_h, self.kernel_w],
            stride: [self.stride_h, self.stride_w],
            dilation: self.dilation,
            groups: self.groups,
            bias: self.bias,
            name: self.name,
            ..Node::new(
                op,
                Shape::new(self.h_in, self.w_in, self.c_in),
                Shape::new(self.h_out, self.w_out, self.c_out),
            )
        };
        let derived = || {
            cost_of(&node).ok_or_else(|| {
                let message =
                    format!("the cost of node {idx} ({}) does not fit 64 bits", op.name());
                Error::new(ErrorKind::InvalidGraph, message)
            })
        };
        let cost = match (self.params, self.macs) {
            (None, None) => derived()?,
            (params, macs) => {
                Cost { params: params.unwrap_or_default(), macs: macs.unwrap_or_default() }
            }
        };
        Ok(Node { params: cost.params, macs: cost.macs, ..node })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Conv, GraphBuilder, MAX_EDGES, MAX_NODES, MAX_SIDE};
    use super::*;

    fn small() -> ComputeGraph {
        let mut builder = GraphBuilder::new("small", Shape::new(8, 8, 3));
        let x = builder.conv_bn(builder.image(), Conv::square(3, 2, 4));
        let y = builder.activation(x, Op::Relu);
        let sum = builder.add(&[x, y]);
        let pooled = builder.global_avg_pool(sum);
        let logits = builder.linear(pooled, 10, true);
        builder.build(logits).unwrap()
    }

    #[test]
    fn written_graph_reads_back_equal() {
        let graph = small();
        let text = to_json(&graph);
        let again = from_json(&text).unwrap();
        assert_eq!(again.structural_hash(), graph.structural_hash());
        assert_eq!(again.cost(), graph.cost());
        assert_eq!(to_json(&again), text);
    }

    #[test]
    fn norms_without_parameters_stay_without() {
        let mut builder = GraphBuilder::new("free", Shape::new(8, 8, 3));
        let norm = Node {
            params: 0,
            ..Node::new(Op::GroupNorm, Shape::new(8, 8, 3), Shape::new(8, 8, 3))
        };
        let normed = builder.push_costed(norm, &[builder.image()]);
        let graph = builder.build(normed).unwrap();
        let again = from_json(&to_json(&graph)).unwrap();
        assert_eq!(again.structural_hash(), graph.structural_hash());
        assert_eq!(again.cost(), Cost { params: 0, macs: 0 });
    }

    #[test]
    fn bad_files_say_where_and_what() {
        let text = to_json(&small());
        let cases = [
            (text.replace("\"relu\"", "\"rellu\""), "unknown operator `rellu`"),
            (text.replace("\"relu\"", "45"), "unknown operator 45"),
            (text.replace("[0,1]", "[0,99]"), "edge 0 -> 99 leaves the 8 nodes"),
            (text.replace("[0,1]", "[1,1]"), "is a loop"),
            (text.replace("[0,1],", "[0,1],[0,1],"), "is there twice"),
            (text.replace("[0,1],", ""), "reads nothing"),
            (text.replace("\"input\":[8", "\"input\":[9"), "but the input node has [8, 8, 3]"),
            (text.replace("\"op\":\"conv\",\"h_in\":8", "\"op\":\"conv\",\"h_in\":0"), "h_in 0"),
            (text[..text.len() / 2].to_owned(), "no graph JSON"),
        ];
        for (bad, expected) in cases {
            let error = from_json(&bad).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}\n{expected}");
        }
    }

    #[test]
    fn graphs_beyond_the_limits_are_errors() {
        let text = to_json(&small());
        let relu = r#"{"op":"relu","h_in":8,"w_in":8,"c_in":4,"h_out":8,"w_out":8,"c_out":4},"#;
        let nodes = format!("\"nodes\":[{}", relu.repeat(MAX_NODES));
        let edges = format!("\"edges\":[{}", "[0,1],".repeat(MAX_EDGES));
        let side = format!("\"op\":\"conv\",\"h_in\":{}", MAX_SIDE + 1);
        let cases = [
            (text.replace("\"nodes\":[", &nodes), "more than 20000 nodes"),
            (text.replace("\"edges\":[", &edges), "more than 60000 edges"),
            (text.replace("\"op\":\"conv\",\"h_in\":8", &side), "16777217; expected 1 to 16777216"),
        ];
        for (large, expected) in cases {
            let error = from_json(&large).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}\n{expected}");
        }
    }
}
