//! The network of a genotype: a stem, cells of which two halve the side, and a classifier.

use super::{Cell, EdgeOp, Genotype};
use crate::error::{Error, ErrorKind, Result};
use crate::family::Variant;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Op, Shape, Tensor, Window};

/// What a genotype leaves open.
#[derive(Debug, Clone, Copy)]
pub(in crate::family) struct Network {
    pub(in crate::family) name: &'static str,
    /// Channels of the first cells' nodes; even, since a factorised reduction halves them.
    pub(in crate::family) channels: u32,
    pub(in crate::family) n_cells: usize,
    pub(in crate::family) stem: Stem,
    /// Whether a batch norm follows each pool.
    pub(in crate::family) pool_norm: bool,
}

/// What stands between the image and the first cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::family) enum Stem {
    /// One convolution, which is both inputs of the first cell.
    Small,
    /// Three convolutions that halve the side; the first cell reads the last two.
    ImageNet,
}

/// Whether cell `idx` of `n_cells` halves the side and doubles the channels.
fn reduces(idx: usize, n_cells: usize) -> bool {
    idx == n_cells / 3 || idx == 2 * n_cells / 3
}

impl Genotype {
    /// The exact network of `network`'s size around these cells.
    ///
    /// # Errors
    /// Where the result does not depend on the image, or a map cannot be halved.
    pub(in crate::family) fn build(
        &self,
        variant: &Variant,
        network: &Network,
    ) -> Result<ComputeGraph> {
        if !self.sees_image(network.n_cells) {
            let message = "every path from the image to the classifier goes through `none`, so the \
                           network never sees the image; expected an operation that joins them";
            return Err(Error::new(ErrorKind::InvalidArchitecture, message));
        }
        let mut net = GraphBuilder::new(network.name, variant.input);
        let [mut before_last, mut last] = network.stem.add_to(&mut net, network.channels);
        let mut last_reduces = network.stem == Stem::ImageNet;
        let mut channels = network.channels;
        for idx in 0..network.n_cells {
            let is_reduction = reduces(idx, network.n_cells);
            channels *= if is_reduction { 2 } else { 1 };
            let older = match last_reduces {
                true => factorised_reduction(&mut net, before_last, channels)?,
                false => relu_conv_bn(&mut net, before_last, channels),
            };
            let inputs = [older, relu_conv_bn(&mut net, last, channels)];
            let cell = if is_reduction { &self.reduce } else { &self.normal };
            let place = Place { is_reduction, pool_norm: network.pool_norm };
            let result = cell.add_to(&mut net, inputs, place)?;
            (before_last, last, last_reduces) = (last, result, is_reduction);
        }
        let x = net.global_avg_pool(last);
        let logits = net.linear(x, variant.classes, true);
        net.build(logits)
    }

    /// Whether the result of a network of `n_cells` depends on its image.
    pub(in crate::family) fn sees_image(&self, n_cells: usize) -> bool {
        let mut inputs = [true; 2];
        for idx in 0..n_cells {
            let cell = if reduces(idx, n_cells) { &self.reduce } else { &self.normal };
            inputs = [inputs[1], cell.is_live(inputs)];
        }
        inputs[1]
    }
}

impl Stem {
    /// The first cell's two inputs.
    fn add_to(self, net: &mut GraphBuilder, channels: u32) -> [Tensor; 2] {
        let image = net.image();
        match self {
            Self::Small => [net.conv_bn(image, Conv::square(3, 1, 3 * channels)); 2],
            Self::ImageNet => {
                let x = net.conv_bn(image, Conv::square(3, 2, channels / 2));
                let x = net.activation(x, Op::Relu);
                let older = net.conv_bn(x, Conv::square(3, 2, channels));
                let x = net.activation(older, Op::Relu);
                [older, net.conv_bn(x, Conv::square(3, 2, channels))]
            }
        }
    }
}

/// What the operations of one cell have in common.
#[derive(Debug, Clone, Copy)]
struct Place {
    is_reduction: bool,
    pool_norm: bool,
}

impl Cell {
    /// Writes down every operation. A node of two `none` is zeros, which cut the paths through it.
    fn add_to(&self, net: &mut GraphBuilder, inputs: [Tensor; 2], place: Place) -> Result<Tensor> {
        let mut states = inputs.to_vec();
        for terms in &self.nodes {
            let mut results = Vec::new();
            for term in terms {
                let halves = place.is_reduction && term.source < inputs.len();
                let site = Site { stride: if halves { 2 } else { 1 }, pool_norm: place.pool_norm };
                results.extend(site.add_op(net, term.op, states[term.source])?);
            }
            states.push(match results.is_empty() {
                true => net.zero(inputs[1], place.node_shape(inputs[1].shape())),
                false => net.add(&results),
            });
        }
        let parts: Vec<_> = self.concat.iter().map(|&state| states[state]).collect();
        Ok(net.concat(&parts))
    }
}

impl Place {
    /// The shape of the nodes of a cell whose inputs have the shape `input`.
    fn node_shape(self, input: Shape) -> Shape {
        let step = if self.is_reduction { 2 } else { 1 };
        Shape::new(input.h.div_ceil(step), input.w.div_ceil(step), input.c)
    }
}

/// Where an operation stands.
#[derive(Debug, Clone, Copy)]
struct Site {
    stride: u32,
    pool_norm: bool,
}

impl Site {
    /// `op` of `x`; `none` gives nothing.
    fn add_op(self, net: &mut GraphBuilder, op: EdgeOp, x: Tensor) -> Result<Option<Tensor>> {
        Ok(Some(match op {
            EdgeOp::Nothing => return Ok(None),
            EdgeOp::Skip if self.stride == 1 => x,
            EdgeOp::Skip => factorised_reduction(net, x, x.shape().c)?,
            EdgeOp::MaxPool => self.pool(net, Op::MaxPool, x),
            EdgeOp::AvgPool => self.pool(net, Op::AvgPool, x),
            EdgeOp::Sep3x3 => self.separable_twice(net, x, 3),
            EdgeOp::Sep5x5 => self.separable_twice(net, x, 5),
            EdgeOp::Sep7x7 => self.separable_twice(net, x, 7),
            EdgeOp::Dil3x3 => separable(net, x, self.dilated(3)),
            EdgeOp::Dil5x5 => separable(net, x, self.dilated(5)),
            EdgeOp::Conv7x1 => self.conv_7x1_1x7(net, x),
        }))
    }

    fn pool(self, net: &mut GraphBuilder, op: Op, x: Tensor) -> Tensor {
        let x = net.pool(x, op, Window::square(3, self.stride));
        if self.pool_norm { net.batch_norm(x) } else { x }
    }

    fn separable_twice(self, net: &mut GraphBuilder, x: Tensor, kernel: u32) -> Tensor {
        let x = separable(net, x, Window::square(kernel, self.stride));
        separable(net, x, Window::square(kernel, 1))
    }

    fn dilated(self, kernel: u32) -> Window {
        Window { dilation: 2, ..Window::square(kernel, self.stride) }
    }

    fn conv_7x1_1x7(self, net: &mut GraphBuilder, x: Tensor) -> Tensor {
        let conv = |kernel, stride| Conv {
            window: Window { kernel, stride, ..Window::square(7, 1) },
            ..Conv::square(7, 1, x.shape().c)
        };
        let wide = conv([1, 7], [1, self.stride]);
        let high = conv([7, 1], [self.stride, 1]);
        let x = net.activation(x, Op::Relu);
        let x = net.conv(x, wide);
        net.conv_bn(x, high)
    }
}

/// Relu, depthwise convolution, 1 x 1 convolution, batch norm.
fn separable(net: &mut GraphBuilder, x: Tensor, window: Window) -> Tensor {
    let channels = x.shape().c;
    let x = net.activation(x, Op::Relu);
    let x = net.conv(x, Conv { window, c_out: channels, groups: channels, bias: false });
    net.conv_bn(x, Conv::square(1, 1, channels))
}

fn relu_conv_bn(net: &mut GraphBuilder, x: Tensor, channels: u32) -> Tensor {
    let x = net.activation(x, Op::Relu);
    net.conv_bn(x, Conv::square(1, 1, channels))
}

/// Halves the side by two convolutions, the second of the map shifted by a pixel: a crop, for which
/// the graph has no node.
fn factorised_reduction(net: &mut GraphBuilder, x: Tensor, channels: u32) -> Result<Tensor> {
    let Shape { h, w, .. } = x.shape();
    if !h.is_multiple_of(2) || !w.is_multiple_of(2) {
        let message = format!(
            "a factorised reduction of a {h} x {w} map; expected even sides, so an image of \
             another size"
        );
        return Err(Error::new(ErrorKind::InvalidArchitecture, message));
    }
    let x = net.activation(x, Op::Relu);
    let half = Conv::square(1, 2, channels / 2);
    let halves = [net.conv(x, half), net.conv(x, half)];
    let x = net.concat(&halves);
    Ok(net.batch_norm(x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::literal::Literal;
    use crate::family::{by_name, variant};
    use crate::graph::Cost;

    const NETWORK: Network =
        Network { name: "test", channels: 36, n_cells: 20, stem: Stem::Small, pool_norm: false };

    fn genotype(normal: &str, normal_concat: &str, reduce: &str) -> Genotype {
        let text = format!("Genotype({normal}, {normal_concat}, {reduce}, [2])");
        super::super::text::read(&Literal::read(&text).unwrap()).unwrap()
    }

    fn cifar10() -> Variant {
        *variant(by_name("darts").unwrap(), "cifar10").unwrap()
    }

    #[test]
    fn states_that_nothing_reads_have_their_cost_but_no_nodes() {
        let conv = "[('sep_conv_3x3', 1), ('none', 0)]";
        let graph = genotype(conv, "[2]", conv).build(&cifar10(), &NETWORK).unwrap();
        // input 0 of each cell: a 1 x 1 convolution of what the cell before the last one gives
        let channels =
            |cell: usize| [36, 72, 144][usize::from(cell >= 6) + usize::from(cell >= 13)];
        let sides = [32_u64, 16, 8];
        let mut unread = Cost::default();
        for cell in 0..20 {
            let c_out = channels(cell);
            let c_in = if cell < 2 { 108 } else { channels(cell - 2) };
            // cells 6 and 13 still read the larger map, those behind them halve it
            let side = sides[usize::from(cell >= 7) + usize::from(cell >= 14)];
            unread.params += c_in * c_out + 2 * c_out;
            unread.macs += c_in * c_out * side * side;
        }
        assert_eq!(graph.written_cost().params - graph.cost().params, unread.params);
        assert_eq!(graph.written_cost().macs - graph.cost().macs, unread.macs);
    }

    #[test]
    fn normal_cells_may_end_in_their_inputs() {
        let skips = "[('skip_connect', 0), ('skip_connect', 1)]";
        let graph = genotype(skips, "[0, 1, 2]", skips).build(&cifar10(), &NETWORK).unwrap();
        let pool = graph.nodes().find(|node| node.op == Op::GlobalAvgPool).unwrap();
        assert_eq!(pool.output, Shape::vector(3 * 144));
    }

    #[test]
    fn networks_that_cannot_be_are_errors_that_say_why() {
        let skips = "[('skip_connect', 0), ('skip_connect', 1)]";
        let nothing = "[('none', 0), ('none', 1), ('skip_connect', 2), ('none', 1)]";
        let side = |side| Variant { input: Shape::new(side, side, 3), ..cifar10() };
        let even = "expected even sides, so an image of another size";
        let cases = [
            (skips, "[2]", side(31), format!("a factorised reduction of a 31 x 31 map; {even}")),
            (skips, "[2]", side(30), format!("a factorised reduction of a 15 x 15 map; {even}")),
            (
                nothing,
                "[3]",
                side(32),
                "every path from the image to the classifier goes through `none`, so the network never \
                 sees the image; expected an operation that joins them"
                    .to_owned(),
            ),
        ];
        for (normal, concat, variant, expected) in cases {
            let built = genotype(normal, concat, skips).build(&variant, &NETWORK);
            let error = built.expect_err(&expected);
            assert_eq!(error.to_string(), expected);
        }
    }
}
