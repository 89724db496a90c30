//! OFA-ProxylessNAS: subnets of the once-for-all supernet on ProxylessNAS, width 1.3.
//!
//! The text is `{"ks": [21], "e": [21], "d": [6], "r": 224}`, or a pair of image side and lists of
//! `mbconv2_e3_k5`; [`ofa`](super::ofa) reads and prints both.

use rand::Rng;

use super::literal::{Kind, Literal};
use super::mbconv::conv_bn_act;
use super::ofa::{
    Sides, Space, Stage, Subnet, add_bottlenecks, n_stages_of, read_lists, read_pair, write_lists,
};
use super::relu6::classify;
use super::{Architecture, Family, Neighbour, Neighbourhood, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Op, Shape};
use crate::note::Note;

/// The search space.
#[derive(Debug)]
pub(super) struct OfaPn;

static VARIANTS: [Variant; 1] = [Variant {
    name: "imagenet",
    title: "ImageNet, with the supernet's weights",
    input: Shape::new(224, 224, 3),
    classes: 1000,
    records: None,
}];

static SPACE: Space = {
    const DEPTHS: &[u32] = &[2, 3, 4];
    Space {
        prefix: "mbconv2",
        kernels: &[3, 5, 7],
        expansions: &[3, 4, 6],
        depths: &[DEPTHS, DEPTHS, DEPTHS, DEPTHS, DEPTHS, &[1]],
        sides: Sides { first: 128, last: 224, step: 4 },
    }
};

/// Channels behind the stem.
const STEM: u32 = 40;
const FIRST: Stage = stage(24, 1);
const STAGES: [Stage; 6] =
    [stage(32, 2), stage(56, 2), stage(104, 2), stage(128, 1), stage(248, 2), stage(416, 1)];
/// Channels before the classifier.
const HEAD: u32 = 1664;

const fn stage(channels: u32, stride: u32) -> Stage {
    Stage { channels, stride, act: Op::Relu6, excites: false }
}

impl Family for OfaPn {
    fn name(&self) -> &'static str {
        "ofa_pn"
    }

    fn title(&self) -> &'static str {
        "OFA-ProxylessNAS"
    }

    fn description(&self) -> &'static str {
        "subnets of a ProxylessNAS supernet: kernel and expansion of each layer, depth of each stage"
    }

    fn example(&self) -> &'static str {
        r#"{"ks":[3,5,0,0,3,7,5,0,5,3,0,0,7,5,3,0,5,3,7,5,3],"e":[3,4,0,0,4,6,3,0,6,3,0,0,4,4,3,0,6,3,4,6,6],"d":[2,3,2,3,4,1],"r":224}"#
    }

    fn variants(&self) -> &'static [Variant] {
        &VARIANTS
    }

    fn recognises(&self, text: &str) -> bool {
        n_stages_of(text) == Some(STAGES.len())
    }

    fn parse(&self, text: &str) -> Result<Box<dyn Architecture>> {
        let literal = Literal::read(text)?;
        let subnet = match literal.root.kind {
            Kind::Dict(_) | Kind::Call { .. } => read_lists(&literal, &SPACE)?,
            _ => read_pair(&literal, &SPACE)?,
        };
        Ok(Box::new(ProxylessNet(subnet)))
    }

    fn sample(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        Box::new(ProxylessNet(SPACE.sample(rng)))
    }

    fn size(&self) -> f64 {
        SPACE.size()
    }
}

/// One network.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ProxylessNet(Subnet);

impl Architecture for ProxylessNet {
    fn family(&self) -> &'static dyn Family {
        &OfaPn
    }

    fn text(&self) -> String {
        format!("{{{}}}", write_lists(&self.0, &SPACE))
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        let mut net = GraphBuilder::new("ofa_pn", self.0.side.image(variant));
        let image = net.image();
        let x = conv_bn_act(&mut net, image, Conv::square(3, 2, STEM), Op::Relu6);
        let x = add_bottlenecks(&mut net, x, &self.0, (FIRST, &STAGES));
        let x = conv_bn_act(&mut net, x, Conv::square(1, 1, HEAD), Op::Relu6);
        classify(net, x, variant)
    }

    fn notes(&self) -> Vec<Note> {
        self.0.side.notes(SPACE.sides)
    }

    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        Box::new(Self(SPACE.mutate(&self.0, rng)))
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (change, subnet) in SPACE.neighbours(&self.0) {
            all.add(change, Self(subnet));
        }
        all.list()
    }

    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        Some(Box::new(Self(self.0.cross(&other.0, rng))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_spells_the_same_network() {
        let pair = "net = (224, [['mbconv2_e3_k3', 'mbconv2_e4_k5'],\n\
            ['mbconv2_e4_k3', 'mbconv2_e6_k7', 'mbconv2_e3_k5'], ['mbconv2_e6_k5', 'mbconv2_e3_k3'],\n\
            ['mbconv2_e4_k7', 'mbconv2_e4_k5', 'mbconv2_e3_k3'],\n\
            ['mbconv2_e6_k5', 'mbconv2_e3_k3', 'mbconv2_e4_k7', 'mbconv2_e6_k5'],\n\
            ['mbconv2_e6_k3']])";
        let texts = [
            pair.to_owned(),
            OfaPn.example().replace(",1],\"r\":224", "], 'r': [224]"),
            OfaPn.example().replace('{', "{'wid': None, ").replace("\"r\"", "'image_size'"),
        ];
        for text in texts {
            assert!(OfaPn.recognises(&text), "{text}");
            let net = OfaPn.parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(net.text(), OfaPn.example(), "{text}");
        }
    }

    #[test]
    fn the_space_has_its_published_size() {
        // 7371^5 x 9 for each image side
        let per_side = OfaPn.size() / 25.0;
        assert!((per_side / 1.96e20 - 1.0).abs() < 0.005, "{per_side}");
    }

    #[test]
    fn the_first_block_adds_no_input_and_the_last_stage_has_one_layer() {
        let parse = |text: &str| OfaPn.parse(text).map(|net| net.build(&VARIANTS[0]).unwrap());
        let graph = parse(OfaPn.example()).unwrap();
        // layers beyond the first of each stage: 1 + 2 + 1 + 2 + 3
        assert_eq!(graph.nodes().filter(|node| node.op == Op::Add).count(), 9);
        let error = parse(&OfaPn.example().replace(",1],\"r\"", ",2],\"r\"")).expect_err("2");
        assert_eq!(error.to_string(), "1:114: the depth of stage 5 is `2`; expected 1");
    }
}
