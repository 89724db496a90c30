//! The MnasNet space of Accel-NASBench: seven groups of inverted bottlenecks.
//!
//! The text is `{"e": [7], "k": [7], "l": [7], "se": [7]}`: expansion, kernel, layers and
//! squeeze-excite of each group. Paper: Ahmad et al., Accel-NASBench, DAC 2024. The model's code is
//! not published; that its activation is swish is EfficientNet's habit, costs do not tell. This file
//! prints, draws and builds networks; [`text`] reads them.

mod text;

use rand::{Rng, RngExt};

use super::choice::{draw, draw_other, inherit, json_list};
use super::mbconv::{Bottleneck, SqueezeExcite, conv_bn_act};
use super::relu6::classify;
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Conv, Cost, GraphBuilder, Node, Op, Shape, Tensor};
use crate::note::Note;

/// The search space.
#[derive(Debug)]
pub(super) struct MnasNet;

static VARIANTS: [Variant; 1] = [Variant {
    name: "imagenet",
    title: "ImageNet, Accel-NASBench's reduced training",
    input: Shape::new(224, 224, 3),
    classes: 1000,
    records: Some(RecordsOf::new("mnasnet", "imagenet")),
}];

/// Channels behind the stem.
const STEM: u32 = 32;
/// Channels before the classifier.
const HEAD: u32 = 1280;
const N_GROUPS: usize = 7;
/// Channels of each group's layers.
const CHANNELS: [u32; N_GROUPS] = [16, 24, 40, 80, 112, 192, 320];
/// Stride of each group's first layer.
const STRIDES: [u32; N_GROUPS] = [1, 2, 2, 2, 1, 2, 1];
const EXPANSIONS: &[u32] = &[1, 4, 6];
const KERNELS: &[u32] = &[3, 5];
/// Layers that each group may have.
const LAYERS: [&[u32]; N_GROUPS] = {
    const FEW: &[u32] = &[1, 2, 3];
    [FEW, FEW, FEW, FEW, FEW, &[1, 2, 3, 4], FEW]
};
const ACT: Op = Op::Swish;

impl Family for MnasNet {
    fn name(&self) -> &'static str {
        "mnasnet"
    }

    fn title(&self) -> &'static str {
        "MnasNet (Accel-NASBench)"
    }

    fn description(&self) -> &'static str {
        "seven groups of inverted bottlenecks: expansion, kernel, layers and squeeze-excite of each"
    }

    fn example(&self) -> &'static str {
        r#"{"e":[1,6,6,6,6,6,6],"k":[3,3,5,3,5,5,3],"l":[1,2,2,3,3,4,1],"se":[true,true,true,true,true,true,true]}"#
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
        Box::new(Groups(LAYERS.map(|layers| Group {
            expansion: draw(EXPANSIONS, rng),
            kernel: draw(KERNELS, rng),
            layers: draw(layers, rng),
            excites: draw(&[false, true], rng),
        })))
    }

    fn size(&self) -> f64 {
        let n_choices = |layers: &[u32]| EXPANSIONS.len() * KERNELS.len() * layers.len() * 2;
        LAYERS.iter().map(|layers| n_choices(layers) as f64).product()
    }

    /// The benchmark's multiply-adds: ours, and 4 for each number out of a batch norm, and the
    /// numbers into and out of each global pool.
    fn recorded_cost(&self, graph: &ComputeGraph) -> Cost {
        let numbers = |shape: Shape| shape.positions() * u64::from(shape.c);
        let extra = |node: &Node| match node.op {
            Op::BatchNorm => 4 * numbers(node.output),
            Op::GlobalAvgPool => numbers(node.input) + numbers(node.output),
            _ => 0,
        };
        let Cost { params, macs } = graph.written_cost();
        Cost { params, macs: macs + graph.nodes().map(extra).sum::<u64>() }
    }
}

/// What the layers of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Group {
    /// How many times as wide as its input a layer is inside.
    expansion: u32,
    kernel: u32,
    layers: u32,
    /// Whether squeeze-excite weighs the channels.
    excites: bool,
}

impl Group {
    fn add_layer(&self, net: &mut GraphBuilder, x: Tensor, [stride, c_out]: [u32; 2]) -> Tensor {
        let c_in = x.shape().c;
        let excite = SqueezeExcite { squeezed: (c_in / 4).max(1), act: ACT, gate: Op::Sigmoid };
        let block = Bottleneck {
            kernel: self.kernel,
            stride,
            inner: c_in * self.expansion,
            c_out,
            act: ACT,
            excite: self.excites.then_some(excite),
        };
        block.add_to(net, x)
    }
}

/// One network.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Groups([Group; N_GROUPS]);

impl Architecture for Groups {
    fn family(&self) -> &'static dyn Family {
        &MnasNet
    }

    fn text(&self) -> String {
        format!(
            r#"{{"e":{},"k":{},"l":{},"se":{}}}"#,
            json_list(self.0.map(|group| group.expansion)),
            json_list(self.0.map(|group| group.kernel)),
            json_list(self.0.map(|group| group.layers)),
            json_list(self.0.map(|group| group.excites)),
        )
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        let mut net = GraphBuilder::new("mnasnet", variant.input);
        let image = net.image();
        let mut x = conv_bn_act(&mut net, image, Conv::square(3, 2, STEM), ACT);
        for ((group, c_out), stride) in self.0.iter().zip(CHANNELS).zip(STRIDES) {
            for layer in 0..group.layers {
                let stride = if layer == 0 { stride } else { 1 };
                x = group.add_layer(&mut net, x, [stride, c_out]);
            }
        }
        let x = conv_bn_act(&mut net, x, Conv::square(1, 1, HEAD), ACT);
        classify(net, x, variant)
    }

    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }

    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let mut groups = self.clone();
        let idx = rng.random_range(0..N_GROUPS);
        let group = &mut groups.0[idx];
        match rng.random_range(0..4) {
            0 => group.expansion = draw_other(EXPANSIONS, group.expansion, rng),
            1 => group.kernel = draw_other(KERNELS, group.kernel, rng),
            2 => group.layers = draw_other(LAYERS[idx], group.layers, rng),
            _ => group.excites = !group.excites,
        }
        Box::new(groups)
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (idx, old) in self.0.into_iter().enumerate() {
            let mut add = |change: String, group: Group| {
                let mut groups = self.clone();
                groups.0[idx] = group;
                all.add(format!("{change} group {}", idx + 1), groups);
            };
            let from_to =
                |what: &str, from: u32, to: u32| format!("{what} {to} instead of {from} in");
            for &expansion in EXPANSIONS {
                let change = from_to("expansion", old.expansion, expansion);
                add(change, Group { expansion, ..old });
            }
            for &kernel in KERNELS {
                add(from_to("kernel", old.kernel, kernel), Group { kernel, ..old });
            }
            for &layers in LAYERS[idx] {
                add(
                    format!("{layers} layers instead of {} in", old.layers),
                    Group { layers, ..old },
                );
            }
            let verb =
                if old.excites { "remove squeeze-excite from" } else { "add squeeze-excite to" };
            add(verb.to_owned(), Group { excites: !old.excites, ..old });
        }
        all.list()
    }

    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        let mut child = self.clone();
        for (group, theirs) in child.0.iter_mut().zip(&other.0) {
            *group = Group {
                expansion: inherit(group.expansion, theirs.expansion, rng),
                kernel: inherit(group.kernel, theirs.kernel, rng),
                layers: inherit(group.layers, theirs.layers, rng),
                excites: inherit(group.excites, theirs.excites, rng),
            };
        }
        Some(Box::new(child))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    #[test]
    fn the_benchmarks_own_macs_count_batch_norms_and_pools() {
        // row 0 of Accel-NASBench's table
        let text = r#"[[6,4,6,6,6,1,1],[3,5,3,5,5,3,3],[1,2,3,3,2,2,2],[false,false,false,false,false,false,false]]"#;
        let graph = text::read(text).unwrap().build(&VARIANTS[0]).unwrap();
        assert_eq!(graph.cost().macs, 375_723_888);
        let recorded = Cost { params: 2_501_160, macs: 415_361_072 };
        assert_eq!(MnasNet.recorded_cost(&graph), recorded);
    }

    #[test]
    fn mutants_differ_in_one_choice_of_one_group() {
        let mut rng = Pcg64Mcg::seed_from_u64(7);
        let choices = |text: &str| {
            let Groups(groups) = text::read(text).unwrap();
            groups.map(|g| [g.expansion, g.kernel, g.layers, u32::from(g.excites)]).concat()
        };
        for _ in 0..100 {
            let parent = MnasNet.sample(&mut rng);
            let (before, after) =
                (choices(&parent.text()), choices(&parent.mutate(&mut rng).text()));
            assert_eq!(before.iter().zip(&after).filter(|(old, new)| old != new).count(), 1);
        }
    }

    #[test]
    fn the_space_has_its_published_size() {
        // 36^6 x 48: 1.04e11
        assert_eq!(MnasNet.size(), 104_485_552_128.0);
    }
}
