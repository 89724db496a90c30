//! Two-Path: two paths of two to four blocks from one stem, joined by a concat.
//!
//! The text is JSON, `{"path1": [{"op_names": [...], "op_types": [...]}, ...], "path2": ...,
//! "path1_reduce_inds": [1, 3], "path2_reduce_inds": ...}`. Labels and graphs: Mills et al.,
//! GENNAPE, AAAI 2023. As in the authors' graphs, bottlenecks have no activation.

mod neighbours;
mod text;

use rand::{Rng, RngExt};

use super::path_ops::{self, PathOp, Role, broken_rule};
use super::relu6::{classify, conv_bn_relu6, separable};
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Op, Shape, Tensor, Window};
use crate::note::Note;

/// The search space.
#[derive(Debug)]
pub(super) struct TwoPath;

static VARIANTS: [Variant; 1] = [Variant {
    name: "cifar10",
    title: "CIFAR-10",
    input: Shape::new(32, 32, 3),
    classes: 10,
    records: Some(RecordsOf::new("two_path", "cifar10")),
}];

/// Channels with which each path begins; they double in each of its reducing blocks.
const STEM: u32 = 32;
/// Channels of the layer behind both paths.
const HEAD: u32 = 512;

/// An operation of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BlockOp {
    /// Convolution k x k, relu6; `conv1x1` supports.
    Conv(u32),
    /// Two convolutions 3 x 3, relu6 behind both.
    Double,
    /// Two convolutions k x k with more or fewer channels between them, no activation.
    Bottleneck {
        k: u32,
        expands: bool,
        by: u32,
    },
    /// Convolutions 1 x k and k x 1, relu6 behind both.
    Separable(u32),
    /// Pooling 3 x 3, batch norm.
    AvgPool,
    MaxPool,
}

impl PathOp for BlockOp {
    const ALL: &'static [Self] = &[
        Self::Conv(3),
        Self::Conv(5),
        Self::Double,
        Self::Bottleneck { k: 3, expands: false, by: 2 },
        Self::Bottleneck { k: 3, expands: false, by: 4 },
        Self::Bottleneck { k: 3, expands: true, by: 2 },
        Self::Separable(3),
        Self::Separable(5),
        Self::Conv(1),
        Self::Bottleneck { k: 1, expands: false, by: 2 },
        Self::Bottleneck { k: 1, expands: true, by: 2 },
        Self::AvgPool,
        Self::MaxPool,
    ];
    const NAMES: &'static [&'static str] = &[
        "conv3x3",
        "conv5x5",
        "double3x3",
        "bottleneck-r2-k3",
        "bottleneck-r4-k3",
        "bottleneck-e2-k3",
        "inception_s3x3",
        "inception_s5x5",
        "conv1x1",
        "bottleneck-r2-k1",
        "bottleneck-e2-k1",
        "avgpool3x3",
        "maxpool3x3",
    ];

    fn role(self) -> Role {
        match self {
            Self::Conv(1) | Self::Bottleneck { k: 1, .. } | Self::AvgPool | Self::MaxPool => {
                Role::Supp
            }
            _ => Role::Conv,
        }
    }
}

impl Family for TwoPath {
    fn name(&self) -> &'static str {
        "two_path"
    }

    fn title(&self) -> &'static str {
        "Two-Path"
    }

    fn description(&self) -> &'static str {
        "two paths of two to four blocks, each of one to three operations"
    }

    fn example(&self) -> &'static str {
        r#"{"path1":[{"op_names":["conv3x3","conv1x1"],"op_types":["conv","supp"]},{"op_names":["conv5x5"],"op_types":["conv"]}],"path2":[{"op_names":["double3x3"],"op_types":["conv"]},{"op_names":["inception_s3x3"],"op_types":["conv"]}],"path1_reduce_inds":[0,1],"path2_reduce_inds":[0,1]}"#
    }

    fn variants(&self) -> &'static [Variant] {
        &VARIANTS
    }

    fn recognises(&self, text: &str) -> bool {
        text::recognises(text)
    }

    fn parse(&self, text: &str) -> Result<Box<dyn Architecture>> {
        Ok(Box::new(text::read(text)?))
    }

    /// Numbers of blocks and operations are drawn first: of all networks together, 99.9 % have four
    /// blocks a path, which the released ones have not.
    fn sample(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        Box::new(Net { paths: [Path::sample(rng), Path::sample(rng)] })
    }

    /// (6 b^4 + 3 b^3 + b^2)^2 with b = 1,624 blocks: pairs of reducing blocks times blocks.
    fn size(&self) -> f64 {
        let blocks = 1_624_f64;
        let paths = blocks.powi(4) * 6.0 + blocks.powi(3) * 3.0 + blocks.powi(2);
        paths.powi(2)
    }
}

/// One network.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Net {
    paths: [Path; 2],
}

/// One path: its blocks, and which two of them halve the side and double the channels.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Path {
    blocks: Vec<Vec<BlockOp>>,
    reducing: [usize; 2],
}

impl Architecture for Net {
    fn family(&self) -> &'static dyn Family {
        &TwoPath
    }

    fn text(&self) -> String {
        let blocks = |path: &Path| {
            let block = |ops: &Vec<BlockOp>| format!("{{{}}}", path_ops::to_json(ops, "op_names"));
            path.blocks.iter().map(block).collect::<Vec<_>>().join(",")
        };
        let [first, second] = &self.paths;
        let [[a, b], [c, d]] = [first.reducing, second.reducing];
        format!(
            r#"{{"path1":[{}],"path2":[{}],"path1_reduce_inds":[{a},{b}],"path2_reduce_inds":[{c},{d}]}}"#,
            blocks(first),
            blocks(second)
        )
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        let mut net = GraphBuilder::new("two_path", variant.input);
        let image = net.image();
        let x = conv_bn_relu6(&mut net, image, Conv::square(3, 1, STEM));
        let x = conv_bn_relu6(&mut net, x, Conv::square(3, 2, STEM));
        let ends = self.paths.each_ref().map(|path| path.add(&mut net, x));
        let x = net.concat(&ends);
        let x = conv_bn_relu6(&mut net, x, Conv::square(3, 1, HEAD));
        classify(net, x, variant)
    }

    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }

    /// Changes, adds or removes an operation or a block, or moves the reducing blocks, in one path.
    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        loop {
            let mut mutant = self.clone();
            let path = &mut mutant.paths[rng.random_range(0..2)];
            path.one_step(rng);
            if path.is_valid() && mutant != *self {
                return Box::new(mutant);
            }
        }
    }

    /// A block that is added repeats the one before it.
    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (idx, path) in self.paths.iter().enumerate() {
            for (change, path) in path.changes() {
                let mut neighbour = self.clone();
                neighbour.paths[idx] = path;
                all.add(format!("{change} of path {}", idx + 1), neighbour);
            }
        }
        all.list()
    }

    /// Each path takes length and reducing blocks from one parent, and block by block whichever of
    /// the two has one there.
    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        let mut child = self.clone();
        for (path, theirs) in child.paths.iter_mut().zip(&other.paths) {
            let mut giver = theirs.clone();
            if rng.random_bool(0.5) {
                std::mem::swap(path, &mut giver);
            }
            for (block, given) in path.blocks.iter_mut().zip(giver.blocks) {
                if rng.random_bool(0.5) {
                    *block = given;
                }
            }
        }
        Some(Box::new(child))
    }
}

impl Path {
    fn sample(rng: &mut dyn Rng) -> Self {
        let n_blocks = rng.random_range(text::N_BLOCKS);
        let blocks = (0..n_blocks).map(|_| random_block(rng)).collect();
        Self { blocks, reducing: random_pair(n_blocks, rng) }
    }

    fn is_valid(&self) -> bool {
        let keeps_rules =
            |ops: &Vec<BlockOp>| text::N_OPS.contains(&ops.len()) && broken_rule(ops).is_none();
        text::N_BLOCKS.contains(&self.blocks.len())
            && self.reducing[1] < self.blocks.len()
            && self.blocks.iter().all(keeps_rules)
    }

    /// One random change, which may break the rules or change nothing.
    fn one_step(&mut self, rng: &mut dyn Rng) {
        let n_blocks = self.blocks.len();
        let place = rng.random_range(0..n_blocks);
        match rng.random_range(0..6) {
            0 => self.blocks.insert(place, random_block(rng)),
            1 => {
                self.blocks.remove(place);
            }
            2 => self.reducing = random_pair(n_blocks, rng),
            _ => path_ops::change_one(&mut self.blocks[place], rng),
        }
    }

    fn add(&self, net: &mut GraphBuilder, x: Tensor) -> Tensor {
        self.blocks.iter().enumerate().fold(x, |x, (idx, ops)| {
            let stride = if self.reducing.contains(&idx) { 2 } else { 1 };
            add_block(net, x, ops, stride)
        })
    }
}

fn random_block(rng: &mut dyn Rng) -> Vec<BlockOp> {
    path_ops::sample(rng.random_range(text::N_OPS), rng)
}

/// Two different numbers below `n_blocks`, in order.
fn random_pair(n_blocks: usize, rng: &mut dyn Rng) -> [usize; 2] {
    let first = rng.random_range(0..n_blocks);
    let second = (first + rng.random_range(1..n_blocks)) % n_blocks;
    [first.min(second), first.max(second)]
}

/// The first conv operation takes the stride and doubles the channels; without a stride the block
/// adds what it read.
fn add_block(net: &mut GraphBuilder, input: Tensor, ops: &[BlockOp], stride: u32) -> Tensor {
    let transforms = ops.iter().position(|op| op.role() == Role::Conv);
    let x = ops.iter().enumerate().fold(input, |x, (idx, op)| {
        let s = if transforms == Some(idx) { stride } else { 1 };
        add_op(net, x, *op, s)
    });
    if stride == 1 { net.add(&[x, input]) } else { x }
}

/// `op` of `x`; with stride 2 it doubles the channels.
fn add_op(net: &mut GraphBuilder, x: Tensor, op: BlockOp, s: u32) -> Tensor {
    let c = x.shape().c;
    let c_out = c * s;
    match op {
        BlockOp::Conv(k) => conv_bn_relu6(net, x, Conv::square(k, s, c_out)),
        BlockOp::Double => {
            let x = conv_bn_relu6(net, x, Conv::square(3, s, c));
            conv_bn_relu6(net, x, Conv::square(3, 1, c_out))
        }
        BlockOp::Bottleneck { k, expands, by } => {
            let inner = if expands { c * by } else { (c / by).max(1) };
            let x = net.conv_bn(x, Conv::square(k, s, inner));
            net.conv_bn(x, Conv::square(k, 1, c_out))
        }
        BlockOp::Separable(k) => separable(net, x, [k, s, c_out]),
        BlockOp::AvgPool | BlockOp::MaxPool => {
            let pool = if op == BlockOp::AvgPool { Op::AvgPool } else { Op::MaxPool };
            let x = net.pool(x, pool, Window::square(3, 1));
            net.batch_norm(x)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    #[test]
    fn released_networks_have_their_counts() {
        // TwoPathNet4860 as its authors' graph counts; the other by an independent counter
        let cases = [
            (
                "Path1:[SPBlock(conv3x3+conv3x3+bottleneck-e2-k3;conv+conv+conv), \
                 SPBlock(conv1x1+bottleneck-r2-k3;supp+conv), \
                 SPBlock(bottleneck-e2-k3+bottleneck-r2-k3+bottleneck-e2-k1;conv+conv+supp), \
                 SPBlock(bottleneck-r2-k3;conv)]
                 Path1ReduceInds:[1, 3]
                 Path2:[SPBlock(conv5x5;conv), SPBlock(conv5x5;conv)]
                 Path2ReduceInds:[0, 1]",
                [1_780_362, 57_709_568],
                [55, 57],
            ),
            // the paths share their first pool, but not its batch norms
            (
                "Path1:[SPBlock(maxpool3x3+conv3x3;supp+conv), SPBlock(conv3x3;conv)]
                 Path1ReduceInds:[0, 1]
                 Path2:[SPBlock(maxpool3x3+conv5x5;supp+conv), SPBlock(conv1x1+inception_s5x5;supp+conv)]
                 Path2ReduceInds:[0, 1]",
                [1_467_626, 29_987_840],
                [35, 35],
            ),
        ];
        for (text, cost, size) in cases {
            let graph = text::read(text).unwrap().build(&VARIANTS[0]).unwrap();
            assert_eq!([graph.cost().params, graph.cost().macs], cost, "{text}");
            assert_eq!([graph.n_nodes(), graph.n_edges()], size, "{text}");
        }
    }

    #[test]
    fn there_are_1624_different_blocks() {
        let mut blocks: Vec<Vec<BlockOp>> = vec![Vec::new()];
        let mut n_valid = 0;
        for _ in text::N_OPS {
            let longer = |ops: &Vec<BlockOp>| -> Vec<_> {
                BlockOp::ALL.iter().map(|op| [ops.as_slice(), &[*op]].concat()).collect()
            };
            blocks = blocks.iter().flat_map(longer).collect();
            n_valid += blocks.iter().filter(|ops| broken_rule(ops).is_none()).count();
        }
        assert_eq!(n_valid, 1_624);
    }

    #[test]
    fn samples_take_every_operation_and_every_length() {
        let mut rng = Pcg64Mcg::seed_from_u64(7);
        let mut names = BTreeSet::new();
        let mut lengths = BTreeSet::new();
        for _ in 0..200 {
            let path = Path::sample(&mut rng);
            assert!(path.is_valid(), "{path:?}");
            lengths.insert((path.blocks.len(), path.reducing));
            names.extend(path.blocks.iter().flatten().map(|op| op.name()));
        }
        assert_eq!(names.len(), BlockOp::NAMES.len());
        // 1 + 3 + 6 pairs of reducing blocks
        assert_eq!(lengths.len(), 10);
    }
}
