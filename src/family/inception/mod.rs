//! Inception: four stages of equal blocks, each block one to four paths that are concatenated.
//!
//! The text is JSON, `{"stages": [{"block": {"paths": [{"ops", "op_types", "C_internal", "C_out"}]},
//! "n_blocks", "C_in", "C_out", "stride"}]}`. Labels and graphs: Mills et al., GENNAPE, AAAI 2023.
//! [`text`] reads it, [`block`] writes a block's network; this file is the space.

mod block;
mod neighbours;
mod size;
mod text;

use rand::{Rng, RngExt};

use self::size::count_blocks;
use super::path_ops::{self, PathOp, Role, broken_rule};
use super::relu6::{classify, conv_bn_relu6};
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Shape};
use crate::note::{Note, NoteKind};

/// The search space.
#[derive(Debug)]
pub(super) struct Inception;

static VARIANTS: [Variant; 1] = [Variant {
    name: "cifar10",
    title: "CIFAR-10",
    input: Shape::new(32, 32, 3),
    classes: 10,
    records: Some(RecordsOf::new("inception", "cifar10")),
}];

/// What is the same in all networks' stages.
struct StageShape {
    c_in: u32,
    c_out: u32,
    stride: u32,
}

const STAGES: [StageShape; 4] = [
    StageShape { c_in: 32, c_out: 32, stride: 1 },
    StageShape { c_in: 32, c_out: 64, stride: 2 },
    StageShape { c_in: 64, c_out: 128, stride: 2 },
    StageShape { c_in: 128, c_out: 256, stride: 2 },
];
/// Channels of the layer behind the stages.
const HEAD: u32 = 512;
/// Operations that the released sampler puts into a block of 1 to 4 paths at most; the released
/// networks have more (the best one 15 in 4 paths), so texts may have [`text::OPS_A_PATH`] a path.
const MAX_SAMPLED_OPS: [usize; 4] = [3, 4, 8, 10];

/// An operation of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InceptionOp {
    /// Convolution k x k, relu6; `conv1x1` supports.
    Conv(u32),
    /// A projection where channels change, then a depthwise convolution, relu6.
    Depthwise(u32),
    /// Convolutions 1 x k and k x 1 one after the other, relu6 behind both.
    Serial(u32),
    /// The same side by side, concatenated, then relu6.
    Parallel(u32),
    /// Two convolutions 1 x 1, relu6 behind both.
    Double,
    /// Pooling 3 x 3, batch norm.
    AvgPool,
    MaxPool,
}

impl PathOp for InceptionOp {
    const ALL: &'static [Self] = &[
        Self::Conv(3),
        Self::Conv(5),
        Self::Depthwise(3),
        Self::Depthwise(5),
        Self::Serial(3),
        Self::Serial(5),
        Self::Parallel(3),
        Self::Parallel(5),
        Self::Conv(1),
        Self::Double,
        Self::AvgPool,
        Self::MaxPool,
    ];
    const NAMES: &'static [&'static str] = &[
        "conv3x3",
        "conv5x5",
        "depthwise3x3",
        "depthwise5x5",
        "inception_s3x3",
        "inception_s5x5",
        "inception_p3x3",
        "inception_p5x5",
        "conv1x1",
        "double1x1",
        "avgpool3x3",
        "maxpool3x3",
    ];

    fn role(self) -> Role {
        match self {
            Self::Conv(1) | Self::Double | Self::AvgPool | Self::MaxPool => Role::Supp,
            _ => Role::Conv,
        }
    }
}

/// The positions of the operations that can change the number of channels.
fn changes_channels(ops: &[InceptionOp]) -> impl DoubleEndedIterator<Item = usize> {
    let is_pool = |op| matches!(op, InceptionOp::AvgPool | InceptionOp::MaxPool);
    (0..ops.len()).filter(move |&idx| !is_pool(ops[idx]))
}

impl Family for Inception {
    fn name(&self) -> &'static str {
        "inception"
    }

    fn title(&self) -> &'static str {
        "Inception"
    }

    fn description(&self) -> &'static str {
        "four stages of two to six equal blocks, each of one to four concatenated paths"
    }

    fn example(&self) -> &'static str {
        r#"{"stages":[{"block":{"paths":[{"ops":["conv3x3"],"op_types":["conv"],"C_internal":32,"C_out":32}]},"n_blocks":2,"C_in":32,"C_out":32,"stride":1},{"block":{"paths":[{"ops":["inception_s3x3","conv1x1"],"op_types":["conv","supp"],"C_internal":32,"C_out":64}]},"n_blocks":2,"C_in":32,"C_out":64,"stride":2},{"block":{"paths":[{"ops":["depthwise5x5"],"op_types":["conv"],"C_internal":64,"C_out":64},{"ops":["maxpool3x3","conv3x3"],"op_types":["supp","conv"],"C_internal":64,"C_out":64}]},"n_blocks":3,"C_in":64,"C_out":128,"stride":2},{"block":{"paths":[{"ops":["inception_p3x3"],"op_types":["conv"],"C_internal":256,"C_out":256}]},"n_blocks":2,"C_in":128,"C_out":256,"stride":2}]}"#
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

    /// As many operations in a block as the released sampler allows; numbers of paths, operations
    /// and blocks are drawn first, then the operations.
    fn sample(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let stages = STAGES.each_ref().map(|shape| Stage::sample(shape.c_out, rng));
        Box::new(Net { stages })
    }

    /// Blocks within [`text`]'s limits whose paths have widths that the space gives them.
    fn size(&self) -> f64 {
        let n_blocks = text::N_BLOCKS.count() as f64;
        STAGES.iter().map(|shape| n_blocks * count_blocks(shape.c_out)).product()
    }
}

/// One network.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Net {
    stages: [Stage; 4],
}

/// One stage: equal blocks of these paths.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stage {
    n_blocks: u32,
    paths: Vec<Path>,
}

/// Operations in a row; the first that can change channels gives `c_internal`, the last `c_out`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Path {
    ops: Vec<InceptionOp>,
    c_internal: u32,
    c_out: u32,
}

impl Architecture for Net {
    fn family(&self) -> &'static dyn Family {
        &Inception
    }

    fn text(&self) -> String {
        let path = |path: &Path| {
            let ops = path_ops::to_json(&path.ops, "ops");
            let Path { c_internal, c_out, .. } = path;
            format!(r#"{{{ops},"C_internal":{c_internal},"C_out":{c_out}}}"#)
        };
        let stage = |(stage, shape): (&Stage, &StageShape)| {
            let paths: Vec<_> = stage.paths.iter().map(path).collect();
            let (paths, n_blocks) = (paths.join(","), stage.n_blocks);
            let StageShape { c_in, c_out, stride } = shape;
            format!(
                r#"{{"block":{{"paths":[{paths}]}},"n_blocks":{n_blocks},"C_in":{c_in},"C_out":{c_out},"stride":{stride}}}"#
            )
        };
        let stages: Vec<_> = self.stages.iter().zip(&STAGES).map(stage).collect();
        format!(r#"{{"stages":[{}]}}"#, stages.join(","))
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        let mut net = GraphBuilder::new("inception", variant.input);
        let stem = Conv { bias: true, ..Conv::square(3, 1, STAGES[0].c_in) };
        let image = net.image();
        let mut x = conv_bn_relu6(&mut net, image, stem);
        for (stage, shape) in self.stages.iter().zip(&STAGES) {
            for position in 0..stage.n_blocks {
                let stride = if position == 0 { shape.stride } else { 1 };
                x = block::add(&mut net, x, &stage.paths, [stride, shape.c_out]);
            }
        }
        let head = Conv { bias: true, ..Conv::square(3, 1, HEAD) };
        let x = conv_bn_relu6(&mut net, x, head);
        classify(net, x, variant)
    }

    fn notes(&self) -> Vec<Note> {
        let of_space = |(stage, shape): (&Stage, &StageShape)| stage.has_widths_of(shape.c_out);
        let outside = self.stages.iter().zip(&STAGES).position(|stage| !of_space(stage));
        let note = outside.map(|idx| {
            let message = format!(
                "the paths of stage {} have other widths than the space gives them (an even share \
                 of {}, halved or doubled inside)",
                idx + 1,
                STAGES[idx].c_out
            );
            Note::new(NoteKind::Outside, message)
        });
        note.into_iter().collect()
    }

    /// In one stage: changes the number of blocks, adds or removes a path (all paths get new
    /// widths), changes, adds or removes an operation, or gives a path other inner channels.
    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        loop {
            let mut mutant = self.clone();
            let idx = rng.random_range(0..STAGES.len());
            let stage = &mut mutant.stages[idx];
            stage.one_step(STAGES[idx].c_out, rng);
            if stage.is_valid() && mutant != *self {
                return Box::new(mutant);
            }
        }
    }

    /// A path that is added has one operation.
    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (idx, stage) in self.stages.iter().enumerate() {
            for (change, stage) in stage.changes(STAGES[idx].c_out) {
                let mut neighbour = self.clone();
                neighbour.stages[idx] = stage;
                all.add(format!("{change} of stage {}", idx + 1), neighbour);
            }
        }
        all.list()
    }

    /// Stage by stage: the number of blocks and the block itself, each from either parent.
    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        let mut child = self.clone();
        for (stage, theirs) in child.stages.iter_mut().zip(&other.stages) {
            if rng.random_bool(0.5) {
                stage.n_blocks = theirs.n_blocks;
            }
            if rng.random_bool(0.5) {
                stage.paths.clone_from(&theirs.paths);
            }
        }
        Some(Box::new(child))
    }
}

impl Stage {
    fn sample(c_out: u32, rng: &mut dyn Rng) -> Self {
        let n_paths = rng.random_range(text::N_PATHS);
        let n_least = if n_paths < 3 { 1 } else { 2 };
        let mut n_ops = vec![n_least; n_paths];
        let n_free = MAX_SAMPLED_OPS[n_paths - 1] - n_paths * n_least;
        for _ in 0..rng.random_range(0..=n_free) {
            n_ops[rng.random_range(0..n_paths)] += 1;
        }
        let path = |(n_ops, c_out): (&usize, u32)| Path::new(path_ops::sample(*n_ops, rng), c_out);
        let mut paths: Vec<Path> = n_ops.iter().zip(widths(n_paths, c_out)).map(path).collect();
        paths.iter_mut().for_each(|path| path.draw_inner(rng));
        Self { n_blocks: rng.random_range(text::N_BLOCKS), paths }
    }

    fn is_valid(&self) -> bool {
        let keeps_rules = |path: &Path| !path.ops.is_empty() && broken_rule(&path.ops).is_none();
        let n_ops: usize = self.paths.iter().map(|path| path.ops.len()).sum();
        text::N_BLOCKS.contains(&self.n_blocks)
            && text::N_PATHS.contains(&self.paths.len())
            && n_ops <= text::OPS_A_PATH * self.paths.len()
            && self.paths.iter().all(keeps_rules)
    }

    /// One random change, which may break the rules or change nothing.
    fn one_step(&mut self, c_out: u32, rng: &mut dyn Rng) {
        let place = rng.random_range(0..self.paths.len());
        match rng.random_range(0..8) {
            0 => self.n_blocks = rng.random_range(text::N_BLOCKS),
            1 => {
                let n_ops = rng.random_range(1..=2);
                self.paths.insert(place, Path::new(path_ops::sample(n_ops, rng), c_out));
                self.share_out(c_out);
            }
            2 => {
                self.paths.remove(place);
                self.share_out(c_out);
            }
            3 => self.paths[place].draw_inner(rng),
            _ => {
                let path = &mut self.paths[place];
                path_ops::change_one(&mut path.ops, rng);
                path.settle_inner();
            }
        }
    }

    /// Gives the paths their widths; inner channels are those of the output.
    fn share_out(&mut self, c_out: u32) {
        let shares = widths(self.paths.len(), c_out);
        for (path, width) in self.paths.iter_mut().zip(shares) {
            (path.c_internal, path.c_out) = (width, width);
        }
    }

    fn has_widths_of(&self, c_out: u32) -> bool {
        let mut found: Vec<u32> = self.paths.iter().map(|path| path.c_out).collect();
        let mut expected = widths(self.paths.len(), c_out);
        found.sort_unstable();
        expected.sort_unstable();
        found == expected
            && self.paths.iter().all(|path| inner_widths(path.c_out).contains(&path.c_internal))
    }
}

impl Path {
    /// The inner channels are those of the output.
    fn new(ops: Vec<InceptionOp>, c_out: u32) -> Self {
        Self { ops, c_internal: c_out, c_out }
    }

    /// Whether the inner channels can differ from those of the output.
    fn has_inner(&self) -> bool {
        changes_channels(&self.ops).count() >= 2
    }

    /// Without room for inner channels, they are those of the output.
    fn settle_inner(&mut self) {
        if !self.has_inner() {
            self.c_internal = self.c_out;
        }
    }

    fn draw_inner(&mut self, rng: &mut dyn Rng) {
        let choices = inner_widths(self.c_out);
        if self.has_inner() {
            self.c_internal = choices[rng.random_range(0..choices.len())];
        }
    }
}

/// What the paths of a block share: evenly, of three the first half of it.
fn widths(n_paths: usize, c_out: u32) -> Vec<u32> {
    let shares: &[u32] = match n_paths {
        3 => &[2, 4, 4],
        n => &[n as u32; 4][..n.min(4)],
    };
    shares.iter().map(|share| (c_out / share).max(*text::WIDTHS.start())).collect()
}

/// The inner channels that the space gives a path: those of its output halved, same, doubled.
fn inner_widths(c_out: u32) -> Vec<u32> {
    let mut choices = vec![(c_out / 2).max(*text::WIDTHS.start()), c_out, 2 * c_out];
    choices.dedup();
    choices
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::size::count_paths;
    use super::*;

    #[test]
    fn the_best_released_network_has_the_counts_of_its_authors_graph() {
        // InceptionNet226
        let text = "Stage1 N:6; C_in:32; C_out:32; Stride:1
            BlockConfig:
            depthwise5x5[conv]+C[16->16]
            inception_s3x3[conv]+C[16->16]
            depthwise5x5[conv]->conv5x5[conv]+C[16->16]
            Stage2 N:2; C_in:32; C_out:64; Stride:2
            BlockConfig:
            conv5x5[conv]->double1x1[supp]+C[128->64]
            Stage3 N:5; C_in:64; C_out:128; Stride:2
            BlockConfig:
            conv3x3[conv]+C[128->128]
            Stage4 N:3; C_in:128; C_out:256; Stride:2
            BlockConfig:
            inception_s5x5[conv]+C[64->64]
            conv5x5[conv]->inception_p5x5[conv]->conv1x1[supp]->conv3x3[conv]->inception_s3x3[conv]\
            ->conv5x5[conv]->inception_s3x3[conv]->depthwise5x5[conv]->inception_p3x3[conv]\
            ->inception_s5x5[conv]->depthwise5x5[conv]+C[32->64]
            inception_p3x3[conv]->inception_s3x3[conv]+C[32->64]
            inception_s3x3[conv]+C[64->64]";
        let net = text::read(text).unwrap();
        assert_eq!(net.notes(), []);
        let graph = net.build(&VARIANTS[0]).unwrap();
        assert_eq!([graph.cost().params, graph.cost().macs], [3_537_898, 242_841_088]);
        assert_eq!([graph.n_nodes(), graph.n_edges()], [402, 444]);
    }

    #[test]
    fn paths_are_counted_as_they_can_be_written() {
        let mut ops: Vec<Vec<InceptionOp>> = vec![Vec::new()];
        for n_ops in 1..=3 {
            let longer = |ops: &Vec<InceptionOp>| -> Vec<_> {
                InceptionOp::ALL.iter().map(|op| [ops.as_slice(), &[*op]].concat()).collect()
            };
            ops = ops.iter().flat_map(longer).collect();
            for c_out in [16, 64] {
                let n_inner = |ops: &Vec<InceptionOp>| {
                    if Path::new(ops.clone(), c_out).has_inner() {
                        inner_widths(c_out).len()
                    } else {
                        1
                    }
                };
                let valid = ops.iter().filter(|ops| broken_rule(ops).is_none());
                let n_paths: usize = valid.map(n_inner).sum();
                assert_eq!(count_paths(n_ops, c_out), n_paths as f64, "{n_ops} {c_out}");
            }
        }
    }

    #[test]
    fn samples_lie_in_the_space_and_take_every_operation() {
        let mut rng = Pcg64Mcg::seed_from_u64(12);
        let mut names = BTreeSet::new();
        let mut n_paths = BTreeSet::new();
        for _ in 0..100 {
            let net = text::read(&Inception.sample(&mut rng).text()).unwrap();
            assert_eq!(net.notes(), []);
            for stage in &net.stages {
                n_paths.insert(stage.paths.len());
                names.extend(stage.paths.iter().flat_map(|path| &path.ops).map(|op| op.name()));
            }
        }
        assert_eq!((names.len(), n_paths.len()), (InceptionOp::NAMES.len(), 4));
    }

    #[test]
    fn widths_beyond_the_space_are_noted() {
        let text = Inception
            .example()
            .replace(r#""C_internal":256,"C_out":256"#, r#""C_internal":96,"C_out":96"#);
        let notes = text::read(&text).unwrap().notes();
        assert!(
            notes[0].message.starts_with("the paths of stage 4 have other widths"),
            "{notes:?}"
        );
        assert_eq!(Inception.parse(Inception.example()).unwrap().notes(), []);
    }
}
