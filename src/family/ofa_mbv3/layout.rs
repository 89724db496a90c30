//! The networks around a subnet's layers: widths, strides, activations of each supernet.

use crate::error::Result;
use crate::family::Variant;
use crate::family::mbconv::conv_bn_act;
use crate::family::ofa::{Stage, Subnet, add_bottlenecks};
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Op};

/// What a subnet leaves open.
#[derive(Debug)]
pub(super) struct Layout {
    /// Channels behind the stem.
    stem: u32,
    first: Stage,
    stages: [Stage; 5],
    /// Channels before and behind the mean over the map.
    head: [u32; 2],
}

/// The supernet of width 1.0.
pub(super) static W10: Layout = Layout {
    stem: 16,
    first: stage(16, 1, Op::Relu, false),
    stages: mobilenet_v3([24, 40, 80, 112, 160]),
    head: [960, 1280],
};

/// The supernet of width 1.2.
pub(super) static W12: Layout = Layout {
    stem: 24,
    first: stage(24, 1, Op::Relu, false),
    stages: mobilenet_v3([32, 48, 96, 136, 192]),
    head: [1152, 1536],
};

/// MOOFA's supernet. Its activations are those of the others: no count can tell.
pub(super) static MOOFA: Layout = Layout {
    stem: 3,
    first: stage(8, 1, Op::Relu, false),
    stages: [
        stage(24, 2, Op::Relu, false),
        stage(96, 2, Op::Relu, true),
        stage(288, 2, Op::HSwish, true),
        stage(360, 2, Op::HSwish, false),
        stage(384, 2, Op::HSwish, true),
    ],
    head: [392, 392],
};

const fn mobilenet_v3(channels: [u32; 5]) -> [Stage; 5] {
    [
        stage(channels[0], 2, Op::Relu, false),
        stage(channels[1], 2, Op::Relu, true),
        stage(channels[2], 2, Op::HSwish, false),
        stage(channels[3], 1, Op::HSwish, true),
        stage(channels[4], 2, Op::HSwish, true),
    ]
}

const fn stage(channels: u32, stride: u32, act: Op, excites: bool) -> Stage {
    Stage { channels, stride, act, excites }
}

impl Layout {
    /// The network of `subnet`.
    pub(super) fn build(&self, subnet: &Subnet, variant: &Variant) -> Result<ComputeGraph> {
        let mut net = GraphBuilder::new("ofa_mbv3", subnet.side.image(variant));
        let image = net.image();
        let x = conv_bn_act(&mut net, image, Conv::square(3, 2, self.stem), Op::HSwish);
        let x = add_bottlenecks(&mut net, x, subnet, (self.first, &self.stages));
        let [before, behind] = self.head;
        let x = conv_bn_act(&mut net, x, Conv::square(1, 1, before), Op::HSwish);
        let x = net.global_avg_pool(x);
        let x = net.conv(x, Conv::square(1, 1, behind));
        let x = net.activation(x, Op::HSwish);
        let logits = net.linear(x, variant.classes, true);
        net.build(logits)
    }
}
