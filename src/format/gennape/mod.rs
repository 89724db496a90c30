//! Graphs as the released GENNAPE writes them, in JSON: the `cg` of its labelled networks.
//!
//! Two spellings of one thing: the objects of the published files (`weighted_nodes`,
//! `regular_nodes`, `edge_pairs`; alone or as the `cg` of a labelled network) and one list of nodes
//! with `op_idx`. This file reads either into a [`RawGraph`]; [`convert`] makes it a canonical graph.

mod convert;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};

pub(crate) use self::convert::{RawGraph, RawNode, convert};
use super::Parsed;
use super::detect::Format;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::family::literal::{has_key, without_blanks};
use crate::graph::MAX_SIDE;

/// The format.
pub(super) static GENNAPE_JSON: Format = Format::Text {
    title: "a GENNAPE graph",
    recognises: |text| {
        let keys = ["edge_pairs", "weighted_nodes", "regular_nodes", "op_idx", "cg"];
        without_blanks(text).starts_with('{') && keys.iter().any(|key| has_key(text, key))
    },
    read: |text, _| {
        let (graph, notes) = convert(read(text)?)?;
        Ok(Parsed::Graph { graph, notes })
    },
};

/// The graph that `text` holds, in the vocabulary of the original.
///
/// # Errors
/// Line and column where the JSON is malformed.
fn read(text: &str) -> Result<RawGraph> {
    if has_key(text, "cg") {
        return from_json(text).map(|labelled: Labelled| labelled.cg.into_raw());
    }
    if has_key(text, "op_idx") {
        return from_json(text).map(ListForm::into_raw);
    }
    from_json(text).map(CgForm::into_raw)
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let place = Place { line: error.line() as u32, column: error.column() as u32 };
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        let way_out = "expected one graph, {\"weighted_nodes\", \"regular_nodes\", \
                       \"edge_pairs\"}; files of many networks go through `gennape import`";
        Error::new(ErrorKind::Syntax, format!("no GENNAPE graph: {message}; {way_out}")).at(place)
    })
}

/// A labelled network; its label and configuration are the importer's business.
#[derive(Deserialize)]
struct Labelled {
    cg: CgForm,
}

/// Weighted nodes first, then regular ones; edges index that order.
#[derive(Deserialize)]
pub(crate) struct CgForm {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    input_shape: Option<[Whole; 4]>,
    weighted_nodes: Vec<CgNode>,
    regular_nodes: Vec<CgNode>,
    edge_pairs: Vec<(usize, usize)>,
}

#[derive(Deserialize)]
struct CgNode {
    #[serde(default)]
    str_id: Option<String>,
    op_type_idx: u64,
    resolution: [Whole; 6],
    #[serde(default)]
    strides: Option<[Whole; 4]>,
    /// Channels may be divided by 512 here, so only the window counts.
    #[serde(default)]
    shape: Option<(f64, f64, Whole, Whole)>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    dilations: Option<[Whole; 4]>,
    #[serde(default)]
    ksize: Option<[Whole; 4]>,
    #[serde(default)]
    use_bias: Option<bool>,
}

/// One list of nodes.
#[derive(Deserialize)]
struct ListForm {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    input_shape: Option<[Whole; 4]>,
    nodes: Vec<ListNode>,
    edges: Vec<(usize, usize)>,
}

#[derive(Deserialize)]
struct ListNode {
    op_idx: u64,
    #[serde(default)]
    label: Option<String>,
    resolution: [Whole; 6],
    #[serde(default)]
    strides: Option<[Whole; 4]>,
    #[serde(default)]
    use_bias: bool,
    #[serde(default)]
    shape_ci_co_k1_k2: Option<(f64, f64, Whole, Whole)>,
}

impl CgForm {
    pub(crate) fn into_raw(self) -> RawGraph {
        let nodes = self.weighted_nodes.into_iter().chain(self.regular_nodes);
        RawGraph {
            name: self.name.unwrap_or_default(),
            image: self.input_shape.map(image_of),
            nodes: nodes.map(CgNode::into_raw).collect(),
            edges: self.edge_pairs,
        }
    }
}

impl CgNode {
    fn into_raw(self) -> RawNode {
        let metadata = self.metadata.unwrap_or_default();
        let name = self.str_id.unwrap_or_default();
        RawNode {
            op_number: self.op_type_idx,
            // "number|name"
            name: name.split_once('|').map_or(name.as_str(), |(_, name)| name).to_owned(),
            resolution: self.resolution.map(|side| side.0),
            kernel: self.shape.map(window_of).or(metadata.ksize.map(inner_two)),
            stride: self.strides.map(inner_two),
            dilation: metadata.dilations.map(|dilations| inner_two(dilations)[0]),
            bias: metadata.use_bias.unwrap_or(false),
        }
    }
}

impl ListForm {
    fn into_raw(self) -> RawGraph {
        let node = |node: ListNode| RawNode {
            op_number: node.op_idx,
            name: node.label.unwrap_or_default(),
            resolution: node.resolution.map(|side| side.0),
            kernel: node.shape_ci_co_k1_k2.map(window_of),
            stride: node.strides.map(inner_two),
            dilation: None,
            bias: node.use_bias,
        };
        RawGraph {
            name: self.name.unwrap_or_default(),
            image: self.input_shape.map(image_of),
            nodes: self.nodes.into_iter().map(node).collect(),
            edges: self.edges,
        }
    }
}

/// Height, width, channels of `[1, H, W, C]`.
fn image_of([_, h, w, c]: [Whole; 4]) -> [u32; 3] {
    [h.0, w.0, c.0]
}

/// The two in the middle of `[1, h, w, 1]`.
fn inner_two([_, h, w, _]: [Whole; 4]) -> [u32; 2] {
    [h.0, w.0]
}

/// Window height and width of `[Cin, Cout, k1, k2]`.
fn window_of((_, _, h, w): (f64, f64, Whole, Whole)) -> [u32; 2] {
    [h.0, w.0]
}

/// A whole number from 0 to [`MAX_SIDE`], written with or without a decimal point.
#[derive(Clone, Copy)]
struct Whole(u32);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        if number.fract() == 0.0 && (0.0..=f64::from(MAX_SIDE)).contains(&number) {
            return Ok(Self(number as u32));
        }
        Err(D::Error::custom(format!("{number} is no whole number from 0 to {MAX_SIDE}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::parse;
    use crate::note::NoteKind;

    /// A convolution without padding node, batch norm, h-swish left out, mean, dropout, classifier.
    const CG: &str = r#"{"name": "Net7", "input_shape": [1, 32, 32, 3], "max_hidden_size": 512,
        "edge_pairs": [[2, 0], [0, 3], [3, 4], [4, 5], [5, 6], [6, 1], [1, 7]],
        "weighted_nodes": [
            {"str_id": "12|stem/conv2d", "type_idx": 1, "op_type_idx": 3, "label": "conv2d",
             "resolution": [32, 16, 32, 16, 3, 8], "strides": [1, 2, 2, 1],
             "shape": [0.005859375, 0.015625, 3, 3],
             "metadata": {"data_format": "NHWC", "padding": "same", "dilations": [1, 1, 1, 1], "use_bias": true}},
            {"str_id": "40|matmul", "op_type_idx": 8, "label": "matmul", "resolution": [1, 1, 1, 1, 8, 10],
             "strides": null, "shape": [8, 10, 0, 0], "metadata": {"use_bias": true}}],
        "regular_nodes": [
            {"str_id": "0|input", "op_type_idx": 1, "label": "input", "resolution": [32, 32, 32, 32, 3, 3], "strides": null, "metadata": null},
            {"str_id": "13|bn", "op_type_idx": 5, "label": "fusedbatchnorm", "resolution": [16, 16, 16, 16, 8, 8], "strides": null},
            {"str_id": "15|pool", "op_type_idx": 12, "label": "maxpool", "resolution": [16, 8, 16, 8, 8, 8], "strides": [1, 2, 2, 1],
             "metadata": {"ksize": [1, 2, 2, 1], "padding": "valid"}},
            {"str_id": "16|mean", "op_type_idx": 19, "label": "mean", "resolution": [8, 1, 8, 1, 8.0, 8], "strides": null},
            {"str_id": "17|dropout", "op_type_idx": 25, "label": "identity", "resolution": [1, 1, 1, 1, 8, 8], "strides": null},
            {"str_id": "50|output", "op_type_idx": 2, "label": "output", "resolution": [1, 1, 1, 1, 10, 10], "strides": null}]}"#;

    #[test]
    fn published_objects_are_read_alone_or_with_their_label() {
        let labelled = format!(
            r#"{{"max_perf": 93.1, "net_config": {{"stages": []}}, "perfs": [1.0], "cg": {CG}}}"#
        );
        for text in [CG, &labelled] {
            let Parsed::Graph { graph, notes } = parse(text).unwrap() else { panic!("{text}") };
            assert_eq!((graph.name(), notes.len()), ("Net7", 0));
            let conv = graph.node(1);
            assert_eq!(
                (conv.name.as_str(), conv.kernel, conv.stride),
                ("stem/conv2d", [3, 3], [2, 2])
            );
            // 9 * 3 * 8 + 8, 2 * 8, 8 * 10 + 10
            assert_eq!((conv.params, graph.cost().params), (224, 224 + 16 + 90));
            assert_eq!((graph.node(3).kernel, graph.n_nodes(), graph.n_edges()), ([2, 2], 7, 6));
        }
    }

    #[test]
    fn one_list_of_nodes_is_the_same_graph() {
        let text = r#"{"nodes": [
            {"kind": "regular", "op_idx": 1, "op": "input", "label": "input", "resolution": [8, 8, 8, 8, 3, 3], "strides": null, "use_bias": false},
            {"kind": "weighted", "op_idx": 4, "op": "depthwise", "label": "depthwise", "resolution": [8, 8, 8, 8, 3, 3],
             "strides": [1, 1, 1, 1], "use_bias": false, "shape_ci_co_k1_k2": [3, 1, 5, 5]},
            {"kind": "regular", "op_idx": 12, "op": "maxpool", "label": "maxpool", "resolution": [8, 8, 8, 8, 3, 3], "strides": [1, 1, 1, 1], "use_bias": false},
            {"kind": "regular", "op_idx": 2, "op": "output", "label": "output", "resolution": [8, 8, 8, 8, 3, 3], "strides": null, "use_bias": false}],
            "edges": [[0, 1], [1, 2], [2, 3]]}"#;
        let Parsed::Graph { graph, notes } = parse(text).unwrap() else { panic!("{text}") };
        assert_eq!((graph.node(1).params, graph.node(1).groups), (75, 3));
        assert_eq!(notes.iter().map(|note| note.kind).collect::<Vec<_>>(), [NoteKind::Assumed]);
    }

    #[test]
    fn broken_files_say_where_and_what() {
        let cases = [
            (
                CG.replace("[1, 2, 2, 1]", "[1, 2]"),
                "invalid length 2, expected an array of length 4",
            ),
            (
                CG.replace("[16, 16, 16, 16, 8, 8]", "[16, 16, 16, 16, 8, 8.5]"),
                "8.5 is no whole number",
            ),
            (
                CG.replace("[16, 16, 16, 16, 8, 8]", "[16, 16, 16, 16, 8, 1e30]"),
                "is no whole number",
            ),
            (CG.replace("[[2, 0],", "[[2],"), "invalid length 1"),
            (CG.replace("[[2, 0],", "[[-2, 0],"), "invalid value: integer `-2`"),
            (CG.replace("edge_pairs", "pairs"), "missing field `edge_pairs`"),
            (CG[..400].to_owned(), "EOF while parsing"),
            (format!(r#"{{"cg": {}"#, "[".repeat(100_000)), "invalid"),
            (
                format!(r#"{{"cg": {{"name": null, "x": {}"#, "[".repeat(100_000)),
                "EOF while parsing",
            ),
            (format!(r#"{{"net-1": {{"max_perf": 1, "cg": {CG}}}}}"#), "missing field `cg`"),
        ];
        for (text, expected) in cases {
            let error = parse(&text).expect_err(expected);
            assert!(error.message().starts_with("no GENNAPE graph: "), "{error}");
            assert!(error.message().contains(expected), "{error}\n{expected}");
            assert!(error.message().ends_with("go through `gennape import`"), "{error}");
            assert!(error.place().is_some(), "{error}");
        }
        let error = parse(&CG.replace("[1, 7]", "[1, 99]")).expect_err("edge");
        assert_eq!(error.to_string(), "edge 1 -> 99 leaves the 8 nodes");
    }
}
