//! Stages of inverted bottlenecks, as two of the supernets have them, and widths in eights.

use super::subnet::Subnet;
use crate::family::mbconv::{Bottleneck, SqueezeExcite};
use crate::graph::{GraphBuilder, Op, Tensor};

/// What the layers of a stage have in common.
#[derive(Debug, Clone, Copy)]
pub(in crate::family) struct Stage {
    /// Channels of each layer.
    pub(in crate::family) channels: u32,
    /// Of the first layer.
    pub(in crate::family) stride: u32,
    /// The activation.
    pub(in crate::family) act: Op,
    /// Whether squeeze-excite weighs the channels.
    pub(in crate::family) excites: bool,
}

/// Writes the first block, which is not widened and gives `c_first` channels, and the stages of
/// `subnet` behind `x`.
pub(in crate::family) fn add_bottlenecks(
    net: &mut GraphBuilder,
    x: Tensor,
    subnet: &Subnet,
    (first, stages): (Stage, &[Stage]),
) -> Tensor {
    let mut x = block(x, 3, 1, first).add_to(net, x);
    for (stage, layers) in stages.iter().zip(&subnet.stages) {
        for (idx, layer) in layers.iter().enumerate() {
            let stage = Stage { stride: if idx == 0 { stage.stride } else { 1 }, ..*stage };
            x = block(x, layer.kernel, layer.expansion, stage).add_to(net, x);
        }
    }
    x
}

fn block(x: Tensor, kernel: u32, expansion: u32, stage: Stage) -> Bottleneck {
    let c_in = x.shape().c;
    let inner = if expansion == 1 { c_in } else { div8(c_in * expansion) };
    let excite = SqueezeExcite { squeezed: div8(inner / 4), act: Op::Relu, gate: Op::HSigmoid };
    Bottleneck {
        kernel,
        stride: stage.stride,
        inner,
        c_out: stage.channels,
        act: stage.act,
        excite: stage.excites.then_some(excite),
    }
}

/// The multiple of 8 nearest to `width`, but at least 8 and at least nine tenths of it.
pub(in crate::family) fn div8(width: u32) -> u32 {
    let rounded = ((width + 4) / 8 * 8).max(8);
    if 10 * rounded < 9 * width { rounded + 8 } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_tensorflows_make_divisible() {
        // _make_divisible(width, 8) of the MobileNet sources
        let cases = [(1, 8), (8, 8), (11, 16), (12, 16), (18, 24), (20, 24), (34, 32), (83, 80)];
        for (width, expected) in cases {
            assert_eq!(div8(width), expected, "{width}");
        }
    }
}
