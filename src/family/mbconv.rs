//! The inverted bottleneck of the MobileNets, with squeeze-excite: what five families are made of.

use crate::graph::{Conv, GraphBuilder, Op, Tensor};

/// Widen by a convolution 1 x 1, mix each channel by itself, excite, narrow by a convolution 1 x 1.
///
/// Batch norm follows each of the three convolutions, the activation the first two. The input is
/// added where the result has its shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bottleneck {
    /// Side of the depthwise window.
    pub(super) kernel: u32,
    /// Of the depthwise convolution.
    pub(super) stride: u32,
    /// Channels inside; where the input has as many, nothing widens it.
    pub(super) inner: u32,
    /// Channels of the result.
    pub(super) c_out: u32,
    /// The activation.
    pub(super) act: Op,
    /// What weighs the channels, if anything does.
    pub(super) excite: Option<SqueezeExcite>,
}

/// Weighs each channel by a small network of all channels' means.
#[derive(Debug, Clone, Copy)]
pub(super) struct SqueezeExcite {
    /// Channels between its two convolutions.
    pub(super) squeezed: u32,
    /// The activation between them.
    pub(super) act: Op,
    /// What turns its result into weights.
    pub(super) gate: Op,
}

impl Bottleneck {
    /// Writes the block behind `x`.
    pub(super) fn add_to(&self, net: &mut GraphBuilder, x: Tensor) -> Tensor {
        let c_in = x.shape().c;
        let mut y = x;
        if self.inner != c_in {
            y = conv_bn_act(net, y, Conv::square(1, 1, self.inner), self.act);
        }
        let depthwise = Conv::square(self.kernel, self.stride, self.inner);
        y = conv_bn_act(net, y, Conv { groups: self.inner, ..depthwise }, self.act);
        if let Some(excite) = self.excite {
            y = excite.add_to(net, y);
        }
        y = net.conv_bn(y, Conv::square(1, 1, self.c_out));
        let keeps_shape = self.stride == 1 && self.c_out == c_in;
        if keeps_shape { net.add(&[y, x]) } else { y }
    }
}

impl SqueezeExcite {
    fn add_to(&self, net: &mut GraphBuilder, x: Tensor) -> Tensor {
        let dense = |c_out| Conv { bias: true, ..Conv::square(1, 1, c_out) };
        let means = net.global_avg_pool(x);
        let squeezed = net.conv(means, dense(self.squeezed));
        let squeezed = net.activation(squeezed, self.act);
        let excited = net.conv(squeezed, dense(x.shape().c));
        let weights = net.activation(excited, self.gate);
        net.mul(&[x, weights])
    }
}

/// Convolution, batch norm, activation.
pub(super) fn conv_bn_act(net: &mut GraphBuilder, x: Tensor, conv: Conv, act: Op) -> Tensor {
    let x = net.conv_bn(x, conv);
    net.activation(x, act)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Shape;

    #[test]
    fn a_block_has_the_layers_and_params_of_efficientnets_first_two() {
        // torchvision's MBConv: 32 to 16 channels without expansion, 1,448 params with its
        // squeeze-excite to 8; then 16 to 24, six times as wide inside, 6,004 with one to 4
        let mut net = GraphBuilder::new("blocks", Shape::new(16, 16, 32));
        let excite = |squeezed| Some(SqueezeExcite { squeezed, act: Op::Swish, gate: Op::Sigmoid });
        let first = Bottleneck {
            kernel: 3,
            stride: 1,
            inner: 32,
            c_out: 16,
            act: Op::Swish,
            excite: excite(8),
        };
        let second = Bottleneck { stride: 2, inner: 96, c_out: 24, excite: excite(4), ..first };
        let image = net.image();
        let x = first.add_to(&mut net, image);
        let x = second.add_to(&mut net, x);
        assert_eq!(x.shape(), Shape::new(8, 8, 24));
        let x = net.global_avg_pool(x);
        let graph = net.build(x).unwrap();
        assert_eq!(graph.cost().params, 1_448 + 6_004);
        let muls = graph.nodes().filter(|node| node.op == Op::Mul).count();
        let adds = graph.nodes().filter(|node| node.op == Op::Add).count();
        assert_eq!((muls, adds), (2, 0));
    }

    #[test]
    fn the_input_is_added_where_the_shape_stays() {
        let mut net = GraphBuilder::new("block", Shape::new(8, 8, 24));
        let block =
            Bottleneck { kernel: 5, stride: 1, inner: 72, c_out: 24, act: Op::Relu, excite: None };
        let image = net.image();
        let x = block.add_to(&mut net, image);
        let x = net.global_avg_pool(x);
        let graph = net.build(x).unwrap();
        assert_eq!(graph.nodes().filter(|node| node.op == Op::Add).count(), 1);
    }
}
