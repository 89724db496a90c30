//! Layers that HiAML, Two-Path and Inception share: convolutions that end in relu6, and the head.

use crate::error::Result;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Op, Tensor, Window};

use super::Variant;

/// Convolution, batch norm, relu6.
pub(super) fn conv_bn_relu6(net: &mut GraphBuilder, x: Tensor, conv: Conv) -> Tensor {
    let x = net.conv_bn(x, conv);
    net.activation(x, Op::Relu6)
}

/// A convolution one pixel high or wide: its window, then as `Conv::square`.
pub(super) const fn flat(kernel: [u32; 2], stride: [u32; 2], c_out: u32) -> Conv {
    let window = Window { kernel, stride, ..Window::square(1, 1) };
    Conv { window, c_out, groups: 1, bias: false }
}

/// Convolution 1 x `k`, batch norm, relu6; then `k` x 1 likewise: both to `c_out` channels, the
/// first alone with stride `s`, on both axes.
pub(super) fn separable(net: &mut GraphBuilder, x: Tensor, [k, s, c_out]: [u32; 3]) -> Tensor {
    let x = conv_bn_relu6(net, x, flat([1, k], [s, s], c_out));
    conv_bn_relu6(net, x, flat([k, 1], [1, 1], c_out))
}

/// Ends the network: mean over the map, dense layer to the classes.
pub(super) fn classify(
    mut net: GraphBuilder,
    x: Tensor,
    variant: &Variant,
) -> Result<ComputeGraph> {
    let x = net.global_avg_pool(x);
    let logits = net.linear(x, variant.classes, true);
    net.build(logits)
}
