//! The fourteen block types of HiAML, as a table of layers, and the network that a row means.

use crate::family::relu6::separable;
use crate::graph::{Conv, GraphBuilder, Op, Tensor};

/// One layer of a block. Numbers name what it reads: [`X`] is the block's input, [`A`] the result
/// of the first layer, and so on. Layers have the block's output channels unless they say so.
#[derive(Debug, Clone, Copy)]
enum Layer {
    /// Convolution k x k with a stride, then batch norm: `(k, stride, reads)`.
    Cb(u32, u32, usize),
    /// The same, then relu.
    Cbr(u32, u32, usize),
    /// Convolution k x k of the block's input to as many channels as that has, batch norm, relu.
    CbrIn(u32),
    /// Convolutions 1 x 3 and 3 x 1, batch norm and relu6 behind each: `(stride, reads)`.
    Pair(u32, usize),
    /// The block's input, through a convolution 1 x 1 and batch norm where the block changes its
    /// shape; each has weights of its own.
    Shortcut,
    /// The sum of two.
    Add(usize, usize),
}

/// Stands for the block's own stride: 2 in the first block of a stage that halves the side.
const S: u32 = 0;

const X: usize = 0;
const A: usize = 1;
const B: usize = 2;
const C: usize = 3;
const D: usize = 4;
const E: usize = 5;
const F: usize = 6;
const G: usize = 7;

/// Names and layers; relu ends every block.
static BLOCKS: [(&str, &[Layer]); 14] = {
    use Layer::{Add, Cb, Cbr, CbrIn, Pair, Shortcut};
    [
        ("z", &[Cbr(3, S, X), Pair(1, A), Add(A, B)]),
        ("a22", &[Cbr(3, S, X), Cbr(1, 1, A), Cb(1, 1, B), Add(A, C)]),
        ("b23", &[Shortcut, Pair(S, X), Pair(1, B), Add(A, C)]),
        ("j30", &[Shortcut, Cbr(3, S, X), Pair(1, B), Add(A, C)]),
        ("g30", &[Pair(S, X), Shortcut, Add(B, A), Pair(1, C), Cb(1, 1, D), Add(A, E)]),
        (
            "r30",
            &[
                Pair(S, X),
                Shortcut,
                Add(B, A),
                Cb(1, 1, C),
                Pair(1, A),
                Shortcut,
                Add(F, D),
                Add(G, E),
            ],
        ),
        ("l20", &[Cbr(3, S, X), Cb(1, 1, A)]),
        ("t20", &[Cb(1, S, X), Pair(S, X), Add(A, B)]),
        (
            "t31",
            &[
                Pair(S, X),
                Cbr(1, 1, A),
                Shortcut,
                Add(C, B),
                Pair(1, D),
                Shortcut,
                Add(F, B),
                Add(G, E),
            ],
        ),
        ("src0", &[Cbr(1, S, X), Cbr(3, 1, A), Cb(3, 1, B), Add(A, C)]),
        ("src1", &[Cbr(1, S, X), CbrIn(3), Cb(3, S, B), Add(A, C)]),
        ("src3", &[Cb(1, S, X), CbrIn(1), Cbr(3, S, B), Cb(1, 1, C), Add(A, D)]),
        ("src7", &[Cb(1, S, X), Pair(1, A), Pair(1, B), Add(A, C)]),
        ("src8", &[Cb(1, S, X), Pair(1, A), Cb(1, 1, B), Add(A, C)]),
    ]
};

/// What the two blocks of a stage compute: a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockType(usize);

impl BlockType {
    /// How many there are.
    pub(super) const COUNT: usize = BLOCKS.len();

    /// The type at `number`, counted round where there are fewer.
    pub(super) const fn nth(number: usize) -> Self {
        Self(number % Self::COUNT)
    }

    /// Its position.
    pub(super) fn number(self) -> usize {
        self.0
    }

    /// Its name, as in `src1`.
    pub(super) fn name(self) -> &'static str {
        BLOCKS[self.0].0
    }

    /// All names, by number.
    pub(super) fn names() -> [&'static str; Self::COUNT] {
        BLOCKS.each_ref().map(|(name, _)| *name)
    }

    /// The type called `name`.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        BLOCKS.iter().position(|(known, _)| *known == name).map(Self)
    }

    /// Writes the block behind `x`: to `channels`, with `stride` in its first layers.
    pub(super) fn add(self, net: &mut GraphBuilder, x: Tensor, shape: BlockShape) -> Tensor {
        let mut results = vec![x];
        for &layer in BLOCKS[self.0].1 {
            let result = add_layer(net, layer, &results, shape);
            results.push(result);
        }
        net.activation(results[results.len() - 1], Op::Relu)
    }
}

/// How a block changes what it reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct BlockShape {
    /// 2 where it halves the side.
    pub(super) stride: u32,
    /// Output channels.
    pub(super) channels: u32,
}

fn add_layer(
    net: &mut GraphBuilder,
    layer: Layer,
    results: &[Tensor],
    BlockShape { stride, channels }: BlockShape,
) -> Tensor {
    let own = |s| if s == S { stride } else { s };
    match layer {
        Layer::Cb(k, s, reads) => net.conv_bn(results[reads], Conv::square(k, own(s), channels)),
        Layer::Cbr(k, s, reads) => {
            conv_bn_relu(net, results[reads], Conv::square(k, own(s), channels))
        }
        Layer::CbrIn(k) => {
            let c_in = results[X].shape().c;
            conv_bn_relu(net, results[X], Conv::square(k, 1, c_in))
        }
        Layer::Pair(s, reads) => separable(net, results[reads], [3, own(s), channels]),
        Layer::Shortcut if stride == 1 && results[X].shape().c == channels => results[X],
        Layer::Shortcut => net.conv_bn(results[X], Conv::square(1, stride, channels)),
        Layer::Add(a, b) => net.add(&[results[a], results[b]]),
    }
}

/// Convolution, batch norm, relu.
pub(super) fn conv_bn_relu(net: &mut GraphBuilder, x: Tensor, conv: Conv) -> Tensor {
    let x = net.conv_bn(x, conv);
    net.activation(x, Op::Relu)
}
