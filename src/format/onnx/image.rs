//! Which input of a model is the image, and how large it is.
//!
//! Files without data list every weight as an input. The image is the first input of rank 4 with 1
//! to 4 channels that is read anywhere but where a weight stands; without one (tables, sequences)
//! the first input of any shape that is.

use std::collections::{HashMap, HashSet};

use super::proto::{Graph, Node, ValueInfo};
use super::shapes::Dims;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::MAX_SIDE;

/// The input that is the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) name: String,
    /// Its shape with batch 1; 0 where a side is not said.
    pub(super) dims: Dims,
    /// The axis of channels.
    pub(super) channel: usize,
}

/// What reads a name: the node, and at which position.
type Readers<'a> = HashMap<&'a str, Vec<(&'a Node, usize)>>;

/// The image of `graph`.
///
/// # Errors
/// Where no input is data, or two inputs are read like images.
pub(super) fn find(graph: &Graph) -> Result<Image> {
    let constants: HashSet<&str> =
        graph.initializers.iter().map(|tensor| &tensor.name[..]).collect();
    let mut readers: Readers = HashMap::new();
    for node in &graph.nodes {
        for (idx, input) in node.inputs.iter().enumerate() {
            readers.entry(input).or_default().push((node, idx));
        }
    }
    let inputs: Vec<&ValueInfo> =
        graph.inputs.iter().filter(|input| !constants.contains(&input.name[..])).collect();
    let mut data = inputs.iter().filter(|input| !is_weight(&input.name, &readers));
    let first = data.clone().next();
    let Some(image) = data.find(|input| channel(input).is_some()).or(first) else {
        let message =
            "the onnx model reads no image: each of its inputs stands where a weight does";
        return Err(Error::new(ErrorKind::InvalidGraph, message));
    };
    let is_map = |input: &&&ValueInfo| {
        input.name != image.name && is_convolved(&input.name, &readers) && channel(input).is_some()
    };
    if let Some(other) = inputs.iter().find(is_map) {
        let message = format!(
            "the onnx model reads two images, `{}` and `{}`; expected a network of one image",
            image.name, other.name
        );
        return Err(Error::new(ErrorKind::InvalidGraph, message));
    }
    let mut dims = image.dims().unwrap_or_default();
    if dims.iter().any(|&side| side > i64::from(MAX_SIDE)) {
        let message =
            format!("the image `{}` has sides of more than {MAX_SIDE}: {dims:?}", image.name);
        return Err(Error::new(ErrorKind::TooLarge, message));
    }
    let channel = channel(image).unwrap_or(dims.len().saturating_sub(1));
    if let Some(batch) = dims.first_mut() {
        *batch = 1;
    }
    if dims.len() == 4 && dims[channel] == 0 {
        dims[channel] = read_channels(&image.name, &readers, graph).unwrap_or(3);
    }
    Ok(Image { name: image.name.clone(), dims, channel })
}

/// The axis of channels of an input that may be an image.
fn channel(input: &ValueInfo) -> Option<usize> {
    let dims = input.dims()?;
    let few = |side: i64| (1..=4).contains(&side);
    match dims[..] {
        [_, channels, _, _] if few(channels) => Some(1),
        [_, _, _, channels] if few(channels) => Some(3),
        [_, 0, _, _] => Some(1),
        _ => None,
    }
}

/// Whether a name is read only where a weight stands, directly or through a change of layout.
fn is_weight(name: &str, readers: &Readers) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![name];
    while let Some(name) = open.pop() {
        for (node, idx) in readers.get(name).into_iter().flatten() {
            let is_layout =
                matches!(&node.op_type[..], "Identity" | "Transpose" | "Reshape" | "Cast");
            if is_layout && *idx == 0 {
                open.extend(
                    node.outputs
                        .iter()
                        .filter(|output| seen.insert(&output[..]))
                        .map(|output| &output[..]),
                );
            } else if *idx == 0 || !takes_weights(&node.op_type) {
                return false;
            }
        }
    }
    true
}

fn takes_weights(op: &str) -> bool {
    matches!(
        op,
        "Conv"
            | "ConvTranspose"
            | "FusedConv"
            | "ConvInteger"
            | "QLinearConv"
            | "Gemm"
            | "MatMul"
            | "MatMulInteger"
            | "QLinearMatMul"
            | "FusedMatMul"
            | "BatchNormalization"
            | "LayerNormalization"
            | "InstanceNormalization"
            | "GroupNormalization"
            | "PRelu"
            | "SimplifiedLayerNormalization"
            | "RMSNormalization"
            | "LSTM"
            | "GRU"
            | "RNN"
            | "Reshape"
            | "Expand"
            | "Clip"
            | "Resize"
            | "Slice"
            | "Dropout"
    )
}

/// Whether a convolution, pool or resize reads a name as its data.
fn is_convolved(name: &str, readers: &Readers) -> bool {
    readers.get(name).into_iter().flatten().any(|(node, idx)| {
        let op = &node.op_type[..];
        *idx == 0 && (op.contains("Conv") || op.ends_with("Pool") || op == "Resize")
    })
}

/// The channels that the first convolution of `name` reads.
fn read_channels(name: &str, readers: &Readers, graph: &Graph) -> Option<i64> {
    let convs = readers.get(name)?.iter().filter(|(node, _)| node.op_type == "Conv");
    let kernel = convs.filter_map(|(node, _)| node.inputs.get(1)).next()?;
    let stored = graph.initializers.iter().find(|tensor| &tensor.name == kernel);
    let declared = || graph.inputs.iter().find(|input| &input.name == kernel)?.dims();
    stored.map(|tensor| tensor.dims.clone()).or_else(declared)?.get(1).copied()
}
