//! From layers to the graph, through the builder that every network goes through.

use super::lower::{Layer, Layers, Operand};
use crate::error::Result;
use crate::graph::{ComputeGraph, GraphBuilder, Node, Op, Tensor};

/// The graph of `layers`; where `restored` says so, the bias becomes a batch norm.
///
/// # Errors
/// What makes the graph invalid.
pub(super) fn build(name: &str, layers: Layers, restored: &[bool]) -> Result<ComputeGraph> {
    let image = layers.list[0].node.output;
    let mut builder = GraphBuilder::new(name, image);
    builder.set_other_params(layers.other_params);
    let mut tensors = vec![builder.image()];
    let read = |tensors: &[Tensor], operands: &[Operand]| -> Vec<Tensor> {
        operands.iter().map(|operand| tensors[operand.layer].part(operand.part)).collect()
    };
    for (layer, &is_restored) in layers.list.into_iter().zip(restored).skip(1) {
        let operands = read(&tensors, &layer.operands);
        let bias = layer.bias.clone().filter(|_| is_restored);
        let tensor = match bias {
            None => builder.push_costed(layer.node, &operands),
            Some(bias) => {
                let Layer { node, .. } = layer;
                let name = format!("{} batch norm", node.name);
                let conv = Node { bias: false, params: node.params - bias.params, ..node };
                let shape = conv.output;
                let norm = Node::new(Op::BatchNorm, shape, shape);
                let norm = Node { params: 2 * bias.params, name, ..norm };
                let conv = builder.push_costed(conv, &operands);
                builder.push_costed(norm, &[conv])
            }
        };
        tensors.push(tensor);
    }
    let shape = layers.logits_shape;
    let logits = read(&tensors, &layers.logits);
    let ends = Node::new(Op::Output, shape, shape);
    builder.build_with_output(ends, &logits)
}
