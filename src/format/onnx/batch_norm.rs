//! Which convolutions had a batch norm that the exporter folded into them.
//!
//! A folded batch norm leaves its convolution with a bias. Left alone, the graph would differ from
//! all that the weights were trained on, so the bias becomes a batch norm again.

use super::lower::{Layer, Layers};
use crate::graph::Op;

/// For each layer, whether its bias stands for a folded batch norm.
///
/// By name, if any bias (of a dense layer too) still has a module's or has one that says that it was
/// folded: all but those of modules come from folding.
/// Else by count: among convolutions whose result is more than one pixel, more with a bias than with
/// a batch norm behind them mean that the file was folded.
pub(super) fn folded(layers: &Layers) -> Vec<bool> {
    let list = &layers.list;
    if layers.names_tell {
        let unnamed = |layer: &Layer| layer.bias.as_ref().is_some_and(|bias| !bias.is_named);
        return list.iter().map(unnamed).collect();
    }
    let followers = followers(list);
    let counts = |idx: usize| {
        let node = &list[idx].node;
        node.op.is_conv() && node.op != Op::ConvTranspose && node.output.positions() > 1
    };
    let is_normed = |idx: usize| followers[idx].contains(&Op::BatchNorm);
    let n_normed = (0..list.len()).filter(|&idx| counts(idx) && is_normed(idx)).count();
    let has_bias = |idx: usize| counts(idx) && list[idx].bias.is_some();
    let n_biased = (0..list.len()).filter(|&idx| has_bias(idx) && !is_normed(idx)).count();
    let has_other_norms =
        list.iter().any(|layer| matches!(layer.node.op, Op::LayerNorm | Op::GroupNorm));
    let is_activated = |idx: usize| followers[idx].iter().any(|op| op.is_activation());
    (0..list.len())
        .map(|idx| n_biased > n_normed && has_bias(idx) && (!has_other_norms || is_activated(idx)))
        .collect()
}

/// For each layer, the operators that read it.
fn followers(list: &[Layer]) -> Vec<Vec<Op>> {
    let mut followers = vec![Vec::new(); list.len()];
    for layer in list {
        for operand in &layer.operands {
            followers[operand.layer].push(layer.node.op);
        }
    }
    followers
}

#[cfg(test)]
mod tests {
    use super::super::sketch::{Sketch, ops};

    #[test]
    fn a_bias_with_the_name_of_a_module_is_no_batch_norm() {
        // names as PyTorch and tf2onnx write them
        let cases = [
            ("conv.bias", "other", "batchnorm conv conv tanh"),
            ("net/conv/BiasAdd/ReadVariableOp:0", "fused", "batchnorm conv conv tanh"),
            ("conv.bias", "net/conv/BiasAdd/ReadVariableOp:0", "conv conv tanh"),
            ("one", "other", "batchnorm batchnorm conv conv tanh"),
        ];
        for (first, second, expected) in cases {
            let sketch = Sketch::new(&[1, 3, 8, 8])
                .weight("w", &[4, 3, 1, 1])
                .weight("v", &[4, 4, 1, 1])
                .weight(first, &[4])
                .weight(second, &[4])
                .node("Conv", &format!("x w {first}"), "a", &[])
                .node("Tanh", "a", "b", &[])
                .node("Conv", &format!("b v {second}"), "y", &[]);
            let (graph, _) = sketch.ends("y").read().unwrap();
            assert_eq!(ops(&graph), expected, "{first} and {second}");
        }
    }
}
