//! The network of a subnet: a stem, four stages of bottlenecks, a classifier.

use super::{STAGES, Subnet};
use crate::error::Result;
use crate::family::Variant;
use crate::family::mbconv::conv_bn_act;
use crate::family::ofa::div8;
use crate::family::relu6::classify;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Op, Padding, Tensor, Window};

/// Channels between the stem's convolutions, by the index of its width.
const STEM_MIDDLE: [u32; 3] = [24, 24, 32];
/// Channels behind the stem.
const STEM: [u32; 3] = [40, 48, 64];
/// Channels of each stage.
const CHANNELS: [[u32; 3]; STAGES] =
    [[168, 208, 256], [336, 408, 512], [664, 816, 1024], [1328, 1640, 2048]];

impl Subnet {
    /// The exact network.
    pub(super) fn network(&self, variant: &Variant) -> Result<ComputeGraph> {
        let mut net = GraphBuilder::new("ofa_resnet", self.side.image(variant));
        let mut x = self.add_stem(&mut net);
        let [_, _, widths @ ..] = self.widths;
        for (idx, (stage, width)) in self.stages.iter().zip(widths).enumerate() {
            for (layer, &expansion) in stage.iter().enumerate() {
                let halves = layer == 0 && idx > 0;
                let block = Block {
                    stride: if halves { 2 } else { 1 },
                    c_out: CHANNELS[idx][width],
                    expansion,
                };
                x = block.add_to(&mut net, x);
            }
        }
        classify(net, x, variant)
    }

    fn add_stem(&self, net: &mut GraphBuilder) -> Tensor {
        let [middle, out, ..] = self.widths;
        let middle = STEM_MIDDLE[middle];
        let image = net.image();
        let mut x = conv_bn_act(net, image, Conv::square(3, 2, middle), Op::Relu);
        if self.has_stem_residual {
            let y = conv_bn_act(net, x, Conv::square(3, 1, middle), Op::Relu);
            x = net.add(&[y, x]);
        }
        let x = conv_bn_act(net, x, Conv::square(3, 1, STEM[out]), Op::Relu);
        net.pool(x, Op::MaxPool, Window::square(3, 2))
    }
}

/// Narrow by a convolution 1 x 1, mix by 3 x 3, widen by 1 x 1, add the input.
struct Block {
    stride: u32,
    c_out: u32,
    /// How wide it is inside, in hundredths of its result.
    expansion: u32,
}

impl Block {
    fn add_to(&self, net: &mut GraphBuilder, x: Tensor) -> Tensor {
        let inner = div8((self.c_out * self.expansion + 50) / 100);
        let y = conv_bn_act(net, x, Conv::square(1, 1, inner), Op::Relu);
        let y = conv_bn_act(net, y, Conv::square(3, self.stride, inner), Op::Relu);
        let y = net.conv_bn(y, Conv::square(1, 1, self.c_out));
        let shortcut = self.add_shortcut(net, x);
        let x = net.add(&[y, shortcut]);
        net.activation(x, Op::Relu)
    }

    /// The input; pooled, also by a window of one pixel, and widened where the shape changes.
    fn add_shortcut(&self, net: &mut GraphBuilder, x: Tensor) -> Tensor {
        if self.stride == 1 && x.shape().c == self.c_out {
            return x;
        }
        let padding = Padding::Explicit([[0, 0]; 2]);
        let window = Window { padding, ceil: true, ..Window::square(self.stride, self.stride) };
        let x = net.pool(x, Op::AvgPool, window);
        net.conv_bn(x, Conv::square(1, 1, self.c_out))
    }
}
