//! NAS-Bench-Macro: eight layers, each an identity or one of two inverted bottlenecks.
//!
//! The text is one digit a layer, as in `01210102`. Paper: Su et al., Prioritized Architecture
//! Sampling with Monte-Carlo Tree Search, CVPR 2021, and its code. This file prints, draws and
//! builds networks; [`text`] reads them.

mod text;

use rand::{Rng, RngExt};

use super::choice::{draw, draw_other, inherit};
use super::mbconv::{Bottleneck, conv_bn_act};
use super::relu6::classify;
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Op, Shape, Tensor};
use crate::note::Note;

/// The search space.
#[derive(Debug)]
pub(super) struct NbMacro;

static VARIANTS: [Variant; 1] = [Variant {
    name: "cifar10",
    title: "CIFAR-10, 50 epochs",
    input: Shape::new(32, 32, 3),
    classes: 10,
    records: Some(RecordsOf::new("nb_macro", "cifar10")),
}];

/// Channels behind the stem.
const STEM: u32 = 32;
/// Layers and channels of each stage; the first layer halves the side.
const STAGES: [(usize, u32); 3] = [(2, 64), (3, 128), (3, 256)];
/// Channels before the classifier.
const HEAD: u32 = 1280;
const N_LAYERS: usize = 8;
const N_NETWORKS: usize = Layer::ALL.len().pow(N_LAYERS as u32);

/// What a layer does; its number is its digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    /// Nothing; a convolution 1 x 1 where the stage begins.
    Identity,
    /// A bottleneck with window 3, three times as wide inside.
    K3E3,
    /// A bottleneck with window 5, six times as wide inside.
    K5E6,
}

impl Layer {
    const ALL: [Self; 3] = [Self::Identity, Self::K3E3, Self::K5E6];

    /// What it is, in words.
    fn name(self) -> &'static str {
        ["identity", "bottleneck 3x3", "bottleneck 5x5"][self as usize]
    }

    /// Writes the layer behind `x`, to `channels`, with `stride`.
    fn add_to(self, net: &mut GraphBuilder, x: Tensor, [stride, channels]: [u32; 2]) -> Tensor {
        let bottleneck = |kernel, widening| Bottleneck {
            kernel,
            stride,
            inner: widening * x.shape().c,
            c_out: channels,
            act: Op::Relu,
            excite: None,
        };
        match self {
            Self::Identity if stride == 1 => x,
            Self::Identity => net.conv_bn(x, Conv::square(1, stride, channels)),
            Self::K3E3 => bottleneck(3, 3).add_to(net, x),
            Self::K5E6 => bottleneck(5, 6).add_to(net, x),
        }
    }
}

impl Family for NbMacro {
    fn name(&self) -> &'static str {
        "nb_macro"
    }

    fn title(&self) -> &'static str {
        "NAS-Bench-Macro"
    }

    fn description(&self) -> &'static str {
        "eight layers in three stages, each an identity or one of two inverted bottlenecks"
    }

    fn example(&self) -> &'static str {
        "01210102"
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
        Box::new(Layers([(); N_LAYERS].map(|()| draw(&Layer::ALL, rng))))
    }

    fn size(&self) -> f64 {
        N_NETWORKS as f64
    }

    fn enumerate(&self) -> Option<Box<dyn Iterator<Item = Box<dyn Architecture>>>> {
        let digit = |number: usize, place: u32| {
            Layer::ALL[number / Layer::ALL.len().pow(place) % Layer::ALL.len()]
        };
        let layers =
            move |number| Layers([7, 6, 5, 4, 3, 2, 1, 0].map(|place| digit(number, place)));
        Some(Box::new(
            (0..N_NETWORKS).map(move |number| Box::new(layers(number)) as Box<dyn Architecture>),
        ))
    }
}

/// One network.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Layers([Layer; N_LAYERS]);

impl Architecture for Layers {
    fn family(&self) -> &'static dyn Family {
        &NbMacro
    }

    fn text(&self) -> String {
        self.0.map(|layer| (layer as u8).to_string()).concat()
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        let mut net = GraphBuilder::new("nb_macro", variant.input);
        let image = net.image();
        let mut x = conv_bn_act(&mut net, image, Conv::square(3, 1, STEM), Op::Relu);
        let mut layers = self.0.iter();
        for (n_layers, channels) in STAGES {
            for (idx, layer) in layers.by_ref().take(n_layers).enumerate() {
                let stride = if idx == 0 { 2 } else { 1 };
                x = layer.add_to(&mut net, x, [stride, channels]);
            }
        }
        let x = conv_bn_act(&mut net, x, Conv::square(1, 1, HEAD), Op::Relu);
        classify(net, x, variant)
    }

    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }

    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let mut layers = self.clone();
        let layer = &mut layers.0[rng.random_range(0..N_LAYERS)];
        *layer = draw_other(&Layer::ALL, *layer, rng);
        Box::new(layers)
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (idx, old) in self.0.into_iter().enumerate() {
            for new in Layer::ALL {
                let mut layers = self.clone();
                layers.0[idx] = new;
                let (old, new) = (old.name(), new.name());
                all.add(format!("replace {old} in layer {} by {new}", idx + 1), layers);
            }
        }
        all.list()
    }

    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        let mut child = self.clone();
        for (layer, theirs) in child.0.iter_mut().zip(other.0) {
            *layer = inherit(*layer, theirs, rng);
        }
        Some(Box::new(child))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_identity_may_stand_anywhere_behind_the_first_layer_of_its_stage() {
        let hash =
            |text: &str| text::read(text).unwrap().build(&VARIANTS[0]).unwrap().structural_hash();
        assert_eq!(hash("01210102"), hash("01201102"));
        assert_ne!(hash("01210102"), hash("10210102"));
    }

    #[test]
    fn the_27_texts_of_a_stage_of_three_layers_are_21_networks() {
        // so 9 x 21 x 21 = 3,969 in all, the number of different networks of the benchmark
        let hash =
            |layers: Box<dyn Architecture>| layers.build(&VARIANTS[0]).unwrap().structural_hash();
        let last_stage = NbMacro.enumerate().unwrap().take(27);
        assert_eq!(last_stage.map(hash).collect::<BTreeSet<_>>().len(), 21);
    }
}
