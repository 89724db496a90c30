//! Parameters and multiply-adds of nodes and networks.
//!
//! FLOPs are 2 x MACs everywhere. Bias additions are no multiply-adds.

use serde::{Deserialize, Serialize};

use super::node::{Node, Shape};
use super::op::Op;

/// Trainable parameters and multiply-adds for one image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Trainable numbers.
    pub params: u64,
    /// Multiply-adds for one image.
    pub macs: u64,
}

impl Cost {
    /// Giga floating point operations: 2 x MACs / 1e9, the F of the label transform.
    ///
    /// ```
    /// # use gennape::graph::Cost;
    /// assert_eq!(Cost { params: 0, macs: 500_000_000 }.gflops(), 1.0);
    /// ```
    pub fn gflops(self) -> f64 {
        2.0 * self.macs as f64 / 1e9
    }
}

/// The cost of a node by its operator, or `None` on overflow of 64 bits.
///
/// | node | macs | params |
/// | --- | --- | --- |
/// | convolutions | kh kw (Cin / groups) Cout Hout Wout | kh kw (Cin / groups) Cout + bias Cout |
/// | transposed convolution | kh kw (Cin / groups) Cout Hin Win | the same |
/// | linear | Cin Cout positions | Cin Cout + bias Cout |
/// | norms | 0 | 2 Cout |
/// | everything else | 0 | 0 |
///
/// Products of two activations and recurrent layers depend on more than a node's attributes; their
/// readers set the cost themselves.
pub fn cost_of(node: &Node) -> Option<Cost> {
    let Shape { c: c_out, .. } = node.output;
    let bias = if node.bias { u128::from(c_out) } else { 0 };
    let dense = u128::from(node.input.c / node.groups.max(1)) * u128::from(c_out);
    let (params, macs) = match node.op {
        op if op.is_conv() => {
            let map = if op == Op::ConvTranspose { node.input } else { node.output };
            let window = u128::from(node.kernel[0]) * u128::from(node.kernel[1]);
            let weights = window.checked_mul(dense)?;
            (weights + bias, weights.checked_mul(u128::from(map.positions()))?)
        }
        Op::Linear => (dense + bias, dense.checked_mul(u128::from(node.output.positions()))?),
        op if op.is_norm() => (2 * u128::from(c_out), 0),
        _ => (0, 0),
    };
    Some(Cost { params: u64::try_from(params).ok()?, macs: u64::try_from(macs).ok()? })
}

/// The sum of the nodes' costs, or `None` on overflow.
pub(super) fn total<'a>(nodes: impl Iterator<Item = &'a Node>, other_params: u64) -> Option<Cost> {
    let mut sum = Cost { params: other_params, macs: 0 };
    for node in nodes {
        sum.params = sum.params.checked_add(node.params)?;
        sum.macs = sum.macs.checked_add(node.macs)?;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_follow_the_table() {
        let image = Shape::new(32, 32, 16);
        let conv = Node { kernel: [3, 3], ..Node::new(Op::Conv, image, Shape::new(16, 16, 32)) };
        let grouped = Node { op: Op::GroupConv, groups: 4, bias: true, ..conv.clone() };
        let linear =
            Node { bias: true, ..Node::new(Op::Linear, Shape::vector(64), Shape::vector(10)) };
        // by hand: 9 * 16 * 32 = 4608, * 256 positions; 9 * 4 * 32 = 1152, + 32; 64 * 10 + 10
        let cases = [
            (conv, Cost { params: 4_608, macs: 1_179_648 }),
            (grouped, Cost { params: 1_184, macs: 294_912 }),
            (linear, Cost { params: 650, macs: 640 }),
            (Node::new(Op::BatchNorm, image, image), Cost { params: 32, macs: 0 }),
            (Node::new(Op::Relu, image, image), Cost::default()),
        ];
        for (node, expected) in cases {
            assert_eq!(cost_of(&node), Some(expected), "{:?}", node.op);
        }
    }

    #[test]
    fn overflow_is_none_instead_of_a_wrong_number() {
        let huge = Shape::new(1 << 24, 1 << 24, 1 << 24);
        let node = Node { kernel: [7, 7], ..Node::new(Op::Conv, huge, huge) };
        assert_eq!(cost_of(&node), None);
    }
}
