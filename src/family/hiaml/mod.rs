//! HiAML: four stages of two equal blocks, each stage with one of fourteen block types.
//!
//! The text is `["hiaml_src1","hiaml_src1","hiaml_r30","hiaml_src3"]`, or `_src1_src1_r30_src3` for
//! short. Labels and graphs: Mills et al., GENNAPE, AAAI 2023. Activations are those of the authors'
//! graphs; their PyTorch version has relu6 where a block has relu between its layers.

mod block;
mod text;

use rand::{Rng, RngExt};

use self::block::{BlockShape, BlockType, conv_bn_relu};
use super::relu6::classify;
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Shape};
use crate::note::Note;

/// The search space.
#[derive(Debug)]
pub(super) struct HiAml;

static VARIANTS: [Variant; 1] = [Variant {
    name: "cifar10",
    title: "CIFAR-10",
    input: Shape::new(32, 32, 3),
    classes: 10,
    records: Some(RecordsOf::new("hiaml", "cifar10")),
}];

/// Channels behind the stem.
const STEM: u32 = 64;
/// What the first block of each stage does.
const STAGES: [BlockShape; 4] = [
    BlockShape { stride: 1, channels: 64 },
    BlockShape { stride: 2, channels: 128 },
    BlockShape { stride: 1, channels: 128 },
    BlockShape { stride: 2, channels: 256 },
];
/// Equal blocks in a stage.
const BLOCKS: usize = 2;
const N_NETWORKS: usize = BlockType::COUNT.pow(STAGES.len() as u32);

impl Family for HiAml {
    fn name(&self) -> &'static str {
        "hiaml"
    }

    fn title(&self) -> &'static str {
        "HiAML"
    }

    fn description(&self) -> &'static str {
        "four stages of two equal blocks, one of fourteen block types a stage"
    }

    fn example(&self) -> &'static str {
        r#"["hiaml_src1","hiaml_src1","hiaml_r30","hiaml_src3"]"#
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

    fn sample(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let types = STAGES.map(|_| BlockType::nth(rng.random_range(0..BlockType::COUNT)));
        Box::new(Stages { types })
    }

    fn size(&self) -> f64 {
        N_NETWORKS as f64
    }

    fn enumerate(&self) -> Option<Box<dyn Iterator<Item = Box<dyn Architecture>>>> {
        let stages = |number: usize| Stages {
            types: [3, 2, 1, 0].map(|place| BlockType::nth(number / BlockType::COUNT.pow(place))),
        };
        Some(Box::new(
            (0..N_NETWORKS).map(move |number| Box::new(stages(number)) as Box<dyn Architecture>),
        ))
    }
}

/// One network: the block type of each stage.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stages {
    types: [BlockType; 4],
}

impl Architecture for Stages {
    fn family(&self) -> &'static dyn Family {
        &HiAml
    }

    fn text(&self) -> String {
        let names = self.types.map(|block| format!("\"{}{}\"", text::PREFIX, block.name()));
        format!("[{}]", names.join(","))
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        let mut net = GraphBuilder::new("hiaml", variant.input);
        let image = net.image();
        let mut x = conv_bn_relu(&mut net, image, Conv::square(3, 2, STEM));
        for (block, first) in self.types.into_iter().zip(STAGES) {
            x = block.add(&mut net, x, first);
            for _ in 1..BLOCKS {
                x = block.add(&mut net, x, BlockShape { stride: 1, ..first });
            }
        }
        classify(net, x, variant)
    }

    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }

    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let mut types = self.types;
        let stage = rng.random_range(0..types.len());
        let step = rng.random_range(1..BlockType::COUNT);
        types[stage] = BlockType::nth(types[stage].number() + step);
        Box::new(Self { types })
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (stage, old) in self.types.into_iter().enumerate() {
            for new in (0..BlockType::COUNT).map(BlockType::nth) {
                let mut types = self.types;
                types[stage] = new;
                let (old, new) = (old.name(), new.name());
                all.add(format!("replace {old} in stage {} by {new}", stage + 1), Self { types });
            }
        }
        all.list()
    }

    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        let mut types = self.types;
        for (block, theirs) in types.iter_mut().zip(other.types) {
            if rng.random_bool(0.5) {
                *block = theirs;
            }
        }
        Some(Box::new(Self { types }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_every_type_have_the_authors_counts() {
        // four equal stages: params, macs, nodes, edges of the authors' PyTorch networks
        let cases = [
            ("z", [2_714_698, 116_836_864], [95, 102]),
            ("a22", [1_895_498, 83_282_432], [87, 94]),
            ("b23", [2_390_090, 99_011_072], [123, 130]),
            ("j30", [2_756_426, 117_885_440], [99, 106]),
            ("g30", [2_597_194, 107_399_680], [147, 162]),
            ("r30", [2_638_922, 108_448_256], [151, 174]),
            ("l20", [1_688_394, 74_893_824], [55, 54]),
            ("t20", [1_281_098, 54_970_880], [87, 94]),
            ("t31", [2_638_922, 108_448_256], [159, 176]),
            ("src0", [3_861_578, 158_779_904], [87, 94]),
            ("src1", [2_939_594, 149_342_720], [87, 94]),
            ("src3", [1_999_818, 90_622_464], [103, 110]),
            ("src7", [2_637_386, 108_448_256], [135, 142]),
            ("src8", [1_611_082, 66_505_216], [103, 110]),
        ];
        assert_eq!(cases.map(|(name, ..)| name), BlockType::names());
        for (name, cost, size) in cases {
            let stages = text::read(&format!("_{name}").repeat(4)).unwrap();
            let graph = stages.build(&VARIANTS[0]).unwrap();
            assert_eq!([graph.cost().params, graph.cost().macs], cost, "{name}");
            assert_eq!([graph.n_nodes(), graph.n_edges()], size, "{name}");
        }
    }
}
