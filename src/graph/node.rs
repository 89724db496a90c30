//! A node of the computational graph: one operator, applied once, for one image.

use super::op::Op;

/// Height, width and channels of one activation tensor (batch 1).
///
/// A vector of length C is 1 x 1 x C, a sequence of T tokens is T x 1 x D.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    /// Height in pixels, or number of tokens.
    pub h: u32,
    /// Width in pixels.
    pub w: u32,
    /// Channels.
    pub c: u32,
}

impl Shape {
    /// A map of `h` x `w` pixels with `c` channels.
    pub const fn new(h: u32, w: u32, c: u32) -> Self {
        Self { h, w, c }
    }

    /// A vector of `c` numbers.
    pub const fn vector(c: u32) -> Self {
        Self::new(1, 1, c)
    }

    /// Height times width.
    pub fn positions(self) -> u64 {
        u64::from(self.h) * u64::from(self.w)
    }
}

/// One operator with everything that features, costs and drawings need to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it computes.
    pub op: Op,
    /// Shape of the first operand: the tensor that the weights act on.
    pub input: Shape,
    /// Shape of the result.
    pub output: Shape,
    /// Window height and width; 0 where the operator has none.
    pub kernel: [u32; 2],
    /// Vertical and horizontal stride.
    pub stride: [u32; 2],
    /// Dilation of the window.
    pub dilation: u32,
    /// Groups of channels that the weights keep apart.
    pub groups: u32,
    /// Whether a weight node adds a bias.
    pub bias: bool,
    /// Trainable numbers of this node.
    pub params: u64,
    /// Multiply-adds for one image.
    pub macs: u64,
    /// Name in the source, for messages and drawings only.
    pub name: String,
}

impl Node {
    /// A node without window, weights or name; costs are 0.
    pub fn new(op: Op, input: Shape, output: Shape) -> Self {
        Self {
            op,
            input,
            output,
            kernel: [0, 0],
            stride: [1, 1],
            dilation: 1,
            groups: 1,
            bias: false,
            params: 0,
            macs: 0,
            name: String::new(),
        }
    }

    /// The larger side of the window; 0 where there is none.
    pub fn window(&self) -> u32 {
        self.kernel[0].max(self.kernel[1])
    }

    /// Whether the window moves by more than one pixel.
    pub fn is_strided(&self) -> bool {
        self.stride[0].max(self.stride[1]) > 1
    }

    /// Everything but the name: what makes two nodes equal.
    pub(super) fn attributes(&self) -> Attributes {
        Attributes {
            op: self.op,
            input: self.input,
            output: self.output,
            kernel: self.kernel,
            stride: self.stride,
            dilation: self.dilation,
            groups: self.groups,
            bias: self.bias,
            params: self.params,
            macs: self.macs,
        }
    }
}

/// A node's attributes without its name, comparable and hashable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Attributes {
    pub(super) op: Op,
    pub(super) input: Shape,
    pub(super) output: Shape,
    pub(super) kernel: [u32; 2],
    pub(super) stride: [u32; 2],
    pub(super) dilation: u32,
    pub(super) groups: u32,
    pub(super) bias: bool,
    pub(super) params: u64,
    pub(super) macs: u64,
}
