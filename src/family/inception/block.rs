//! The network of one Inception block. Every convolution has a bias but the one that projects in
//! front of a depthwise convolution; activations are those of the authors' graphs.

use super::{InceptionOp, Path, changes_channels};
use crate::family::path_ops::{PathOp, Role};
use crate::family::relu6::{conv_bn_relu6, flat};
use crate::graph::{Conv, GraphBuilder, Op, Tensor, Window};

/// Writes a block behind `x`; its input is added where it has the output's shape.
pub(super) fn add(
    net: &mut GraphBuilder,
    x: Tensor,
    paths: &[Path],
    [stride, c_out]: [u32; 2],
) -> Tensor {
    let ends: Vec<Tensor> = paths.iter().map(|path| add_path(net, x, path, stride)).collect();
    let mut end = net.concat(&ends);
    if end.shape().c != c_out {
        end = net.conv_bn(end, with_bias(Conv::square(1, 1, c_out)));
    }
    if end.shape() == x.shape() { net.add(&[end, x]) } else { end }
}

/// The first conv operation takes the stride.
fn add_path(net: &mut GraphBuilder, input: Tensor, path: &Path, stride: u32) -> Tensor {
    let first_change = changes_channels(&path.ops).next();
    let last_change = changes_channels(&path.ops).next_back();
    let strided = path.ops.iter().position(|op| op.role() == Role::Conv);
    path.ops.iter().enumerate().fold(input, |x, (idx, op)| {
        let c_out = match Some(idx) {
            change if change == first_change => path.c_internal,
            change if change == last_change => path.c_out,
            _ => x.shape().c,
        };
        let s = if strided == Some(idx) { stride } else { 1 };
        add_op(net, x, *op, [s, c_out])
    })
}

fn add_op(net: &mut GraphBuilder, x: Tensor, op: InceptionOp, [s, c_out]: [u32; 2]) -> Tensor {
    match op {
        InceptionOp::Conv(k) => conv_bn_relu6(net, x, with_bias(Conv::square(k, s, c_out))),
        InceptionOp::Depthwise(k) => {
            let projects = x.shape().c != c_out;
            let x = if projects { net.conv(x, Conv::square(1, 1, c_out)) } else { x };
            let depthwise = Conv { groups: c_out, ..Conv::square(k, s, c_out) };
            conv_bn_relu6(net, x, with_bias(depthwise))
        }
        InceptionOp::Serial(k) => {
            let [across, along] = crossed(k, s, c_out);
            let x = conv_bn_relu6(net, x, across);
            conv_bn_relu6(net, x, along)
        }
        InceptionOp::Parallel(k) => add_parallel(net, x, k, [s, c_out]),
        InceptionOp::Double => {
            let conv = with_bias(Conv::square(1, 1, c_out));
            let x = conv_bn_relu6(net, x, conv);
            conv_bn_relu6(net, x, conv)
        }
        InceptionOp::AvgPool | InceptionOp::MaxPool => {
            let pool = if op == InceptionOp::AvgPool { Op::AvgPool } else { Op::MaxPool };
            let x = net.pool(x, pool, Window::square(3, 1));
            net.batch_norm(x)
        }
    }
}

/// 1 x k and k x 1 side by side; where they halve the side, both branches have both, in either
/// order.
fn add_parallel(net: &mut GraphBuilder, x: Tensor, k: u32, [s, c_out]: [u32; 2]) -> Tensor {
    let half = c_out / 2;
    let [across, _] = crossed(k, s, half);
    let [_, along] = crossed(k, s, c_out - half);
    let mut first = net.conv_bn(x, across);
    let mut second = net.conv_bn(x, along);
    if s > 1 {
        let [_, along] = crossed(k, s, half);
        let [across, _] = crossed(k, s, c_out - half);
        first = net.conv_bn(first, along);
        second = net.conv_bn(second, across);
    }
    let x = net.concat(&[first, second]);
    net.activation(x, Op::Relu6)
}

/// Convolutions 1 x k and k x 1, each with stride `s` along its window alone.
fn crossed(k: u32, s: u32, c_out: u32) -> [Conv; 2] {
    [flat([1, k], [1, s], c_out), flat([k, 1], [s, 1], c_out)].map(with_bias)
}

fn with_bias(conv: Conv) -> Conv {
    Conv { bias: true, ..conv }
}
