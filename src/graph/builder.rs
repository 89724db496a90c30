//! The only way to make a graph from operators: write the network down, then [`build`].
//!
//! Families and file readers call one method per operator. Shapes and costs follow from the
//! operands. The first mistake (a window larger than its map, a sum of unlike tensors) is kept and
//! returned by [`build`], so that code which writes networks stays free of error handling.
//!
//! [`build`]: GraphBuilder::build

use super::ComputeGraph;
use super::canonical::canonicalise;
use super::cost::cost_of;
use super::draft::{Draft, Operand, Slot};
use super::node::{Node, Shape};
use super::op::Op;
use super::part::Part;
use super::shape::Window;
use crate::error::{Error, ErrorKind, Result};

/// Nodes that a draft may hold before the canonical form: real exports have up to 9,000.
pub const MAX_DRAFT_NODES: usize = 200_000;

/// A handle to a tensor of the network that is being built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tensor {
    slot: usize,
    shape: Shape,
    part: Part,
}

impl Tensor {
    /// Height, width and channels.
    pub fn shape(self) -> Shape {
        self.shape
    }

    /// The first `channels` channels of this tensor: a slice, for which the graph has no node.
    pub fn first_channels(mut self, channels: u32) -> Self {
        self.shape.c = channels.min(self.shape.c);
        self
    }

    /// The part of this tensor that a slice, split or gather cuts out, for which the graph has no
    /// node either.
    pub fn part(mut self, part: Part) -> Self {
        self.part = self.part.then(part);
        self
    }
}

/// A convolution's window, output channels, groups and bias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conv {
    /// Window, stride, dilation, padding.
    pub window: Window,
    /// Output channels.
    pub c_out: u32,
    /// Groups; `groups == Cin == Cout > 1` is a depthwise convolution.
    pub groups: u32,
    /// Whether a bias is added.
    pub bias: bool,
}

impl Conv {
    /// A `k` x `k` convolution with stride `s` to `c_out` channels, one group, no bias.
    pub const fn square(k: u32, s: u32, c_out: u32) -> Self {
        Self { window: Window::square(k, s), c_out, groups: 1, bias: false }
    }
}

/// Writes a network node by node and turns it into a [`ComputeGraph`].
///
/// ```
/// # use gennape::graph::{Conv, GraphBuilder, Op, Shape};
/// let mut builder = GraphBuilder::new("tiny", Shape::new(32, 32, 3));
/// let image = builder.image();
/// let x = builder.conv(image, Conv::square(3, 1, 16));
/// let x = builder.batch_norm(x);
/// let x = builder.activation(x, Op::Relu);
/// let x = builder.global_avg_pool(x);
/// let logits = builder.linear(x, 10, true);
/// let graph = builder.build(logits)?;
/// assert_eq!(graph.cost().params, 3 * 3 * 3 * 16 + 2 * 16 + 16 * 10 + 10);
/// # Ok::<(), gennape::Error>(())
/// ```
#[derive(Debug)]
pub struct GraphBuilder {
    draft: Draft,
    error: Option<Error>,
}

impl GraphBuilder {
    /// Begins a network that reads `image`.
    pub fn new(name: impl Into<String>, image: Shape) -> Self {
        let input = Slot { node: Node::new(Op::Input, image, image), operands: Vec::new() };
        let draft = Draft { name: name.into(), slots: vec![input], other_params: 0 };
        Self { draft, error: None }
    }

    /// The image.
    pub fn image(&self) -> Tensor {
        self.tensor(0)
    }

    /// A convolution; its operator (conv, depthwise, groupconv) follows from the groups.
    pub fn conv(&mut self, x: Tensor, conv: Conv) -> Tensor {
        let Conv { window, c_out, groups, bias } = conv;
        let c_in = x.shape.c;
        let divides = |channels: u32| groups > 0 && channels.is_multiple_of(groups);
        if !divides(c_in) || !divides(c_out) {
            self.fail(format!("{groups} groups divide neither {c_in} nor {c_out} channels"));
            return x;
        }
        let op = match groups {
            1 => Op::Conv,
            _ if groups == c_in && groups == c_out => Op::Depthwise,
            _ => Op::GroupConv,
        };
        self.windowed(x, op, window, |node| {
            node.output.c = c_out;
            node.groups = groups;
            node.bias = bias;
        })
    }

    /// Convolution `k` x `k`, stride `s`, to `c_out` channels, then batch norm.
    pub fn conv_bn(&mut self, x: Tensor, conv: Conv) -> Tensor {
        let x = self.conv(x, conv);
        self.batch_norm(x)
    }

    /// Pooling over a window (`Op::MaxPool`, `Op::AvgPool`).
    pub fn pool(&mut self, x: Tensor, op: Op, window: Window) -> Tensor {
        self.windowed(x, op, window, |_| ())
    }

    /// Batch normalisation with scale and shift.
    pub fn batch_norm(&mut self, x: Tensor) -> Tensor {
        self.push(Node::new(Op::BatchNorm, x.shape, x.shape), &[x])
    }

    /// A pointwise function of one tensor.
    pub fn activation(&mut self, x: Tensor, op: Op) -> Tensor {
        self.push(Node::new(op, x.shape, x.shape), &[x])
    }

    /// The mean over height and width.
    pub fn global_avg_pool(&mut self, x: Tensor) -> Tensor {
        self.push(Node::new(Op::GlobalAvgPool, x.shape, Shape::vector(x.shape.c)), &[x])
    }

    /// A dense layer over the channels.
    pub fn linear(&mut self, x: Tensor, c_out: u32, bias: bool) -> Tensor {
        let output = Shape { c: c_out, ..x.shape };
        self.push(Node { bias, ..Node::new(Op::Linear, x.shape, output) }, &[x])
    }

    /// The sum of `terms`, written as binary additions from left to right; one term is itself.
    pub fn add(&mut self, terms: &[Tensor]) -> Tensor {
        self.fold(Op::Add, terms)
    }

    /// The product of `factors`, pairwise from left to right; a 1 x 1 factor is broadcast.
    pub fn mul(&mut self, factors: &[Tensor]) -> Tensor {
        self.fold(Op::Mul, factors)
    }

    /// The channels of `parts` one after the other; one part is itself.
    pub fn concat(&mut self, parts: &[Tensor]) -> Tensor {
        let Some((&first, rest)) = parts.split_first() else {
            return self.nothing("a concat of nothing");
        };
        if rest.is_empty() {
            return first;
        }
        let mut shape = first.shape;
        for part in rest {
            if (part.shape.h, part.shape.w) != (shape.h, shape.w) {
                self.fail("a concat of maps of different sizes".to_owned());
            }
            shape.c = shape.c.saturating_add(part.shape.c);
        }
        self.push(Node::new(Op::Concat, shape, shape), parts)
    }

    /// Zeros of `shape` in the place of what follows from `x`: a constant, which cuts the path
    /// through it.
    pub fn zero(&mut self, x: Tensor, shape: Shape) -> Tensor {
        self.push(Node::new(Op::Zero, x.shape, shape), &[x])
    }

    /// A node of any kind; params and macs follow from its operator where they are 0.
    ///
    /// `node.input` and `node.output` must be set; `operands` are what it reads, in order.
    pub fn push(&mut self, mut node: Node, operands: &[Tensor]) -> Tensor {
        match cost_of(&node) {
            Some(cost) if (node.params, node.macs) == (0, 0) => {
                (node.params, node.macs) = (cost.params, cost.macs);
            }
            Some(_) => (),
            None => self.fail(format!("the cost of a {} does not fit 64 bits", node.op.name())),
        }
        self.push_costed(node, operands)
    }

    /// A node of any kind whose params and macs are set, 0 included: of several readers of one
    /// weight only the first has its params.
    pub fn push_costed(&mut self, node: Node, operands: &[Tensor]) -> Tensor {
        if self.is_full() {
            return self.image();
        }
        let read = |tensor: &Tensor| Operand { slot: tensor.slot, part: tensor.part };
        self.draft.slots.push(Slot { node, operands: operands.iter().map(read).collect() });
        self.tensor(self.draft.slots.len() - 1)
    }

    /// Parameters that belong to no node: learned constants that are added or multiplied.
    pub fn set_other_params(&mut self, params: u64) {
        self.draft.other_params = params;
    }

    /// Ends the network at `logits`, brings it into canonical form and checks it.
    ///
    /// # Errors
    /// The first mistake made while building, or what makes the graph invalid.
    pub fn build(self, logits: Tensor) -> Result<ComputeGraph> {
        self.build_with_output(Node::new(Op::Output, logits.shape, logits.shape), &[logits])
    }

    /// As [`build`](Self::build), with an output that is shaped as `output` says (a file's last
    /// tensor may be bridged) and reads `logits`.
    ///
    /// # Errors
    /// The first mistake made while building, or what makes the graph invalid.
    pub fn build_with_output(mut self, output: Node, logits: &[Tensor]) -> Result<ComputeGraph> {
        self.push(output, logits);
        if let Some(error) = self.error {
            return Err(error);
        }
        let written = self.draft.cost().ok_or_else(|| {
            Error::new(ErrorKind::TooLarge, "the network's total cost does not fit 64 bits")
        })?;
        canonicalise(&mut self.draft);
        ComputeGraph::from_draft(self.draft, written)
    }

    fn windowed(
        &mut self,
        x: Tensor,
        op: Op,
        window: Window,
        finish: impl FnOnce(&mut Node),
    ) -> Tensor {
        let Some(output) = window.output(x.shape, x.shape.c) else {
            let ([kh, kw], Shape { h, w, .. }) = (window.kernel, x.shape);
            self.fail(format!("a {kh} x {kw} {} does not fit a {h} x {w} map", op.name()));
            return x;
        };
        let mut node = Node {
            kernel: window.kernel,
            stride: window.stride,
            dilation: window.dilation,
            ..Node::new(op, x.shape, output)
        };
        finish(&mut node);
        self.push(node, &[x])
    }

    fn fold(&mut self, op: Op, terms: &[Tensor]) -> Tensor {
        let Some((&first, rest)) = terms.split_first() else {
            return self.nothing("a sum or product of nothing");
        };
        rest.iter().fold(first, |left, &right| {
            let broadcasts = op == Op::Mul && (left.shape.c == right.shape.c);
            if left.shape != right.shape && !broadcasts {
                let (a, b) = (left.shape, right.shape);
                self.fail(format!(
                    "{} of unlike tensors, {} x {} x {} and {} x {} x {}",
                    op.name(),
                    a.h,
                    a.w,
                    a.c,
                    b.h,
                    b.w,
                    b.c
                ));
            }
            let larger = left.shape.max(right.shape);
            self.push(Node::new(op, larger, larger), &[left, right])
        })
    }

    fn tensor(&self, slot: usize) -> Tensor {
        Tensor { slot, shape: self.draft.slots[slot].node.output, part: Part::WHOLE }
    }

    fn is_full(&mut self) -> bool {
        let is_full = self.draft.slots.len() >= MAX_DRAFT_NODES;
        if is_full {
            self.error.get_or_insert_with(|| {
                let message = format!("the network has more than {MAX_DRAFT_NODES} operations");
                Error::new(ErrorKind::TooLarge, message)
            });
        }
        is_full
    }

    fn nothing(&mut self, what: &str) -> Tensor {
        self.fail(what.to_owned());
        self.image()
    }

    fn fail(&mut self, message: String) {
        self.error.get_or_insert_with(|| Error::new(ErrorKind::InvalidGraph, message));
    }
}
