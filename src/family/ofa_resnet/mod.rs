//! OFA-ResNet50: subnets of the once-for-all supernet on ResNet-50-D.
//!
//! The text is `{"d": [5], "e": [18], "w": [6], "r": 224}`: the stem's residual and each stage's
//! layers beyond its fewest; how wide each layer is inside; the index of each width. Paper: Cai et
//! al., Once-for-All, ICLR 2020, and its code. This file prints and draws subnets; [`text`] reads
//! them, [`network`] builds their networks.

mod network;
mod text;

use rand::{Rng, RngExt};

use super::choice::{draw, draw_other, inherit, json_list};
use super::ofa::{Side, Sides, inherit_stage, repeat_last, resize};
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Shape};
use crate::note::Note;

/// The search space.
#[derive(Debug)]
pub(super) struct OfaResNet;

static VARIANTS: [Variant; 1] = [Variant {
    name: "imagenet",
    title: "ImageNet with the supernet's weights; surrogate labels, as EvoXBench's network guesses",
    input: Shape::new(224, 224, 3),
    classes: 1000,
    records: Some(RecordsOf::new("ofa_resnet_surrogate", "imagenet")),
}];

const STAGES: usize = 4;
/// Layers that each stage has at least.
const FEWEST: [usize; STAGES] = [2, 2, 4, 2];
/// Layers that each stage may have beyond these.
const BEYOND: [usize; 3] = [0, 1, 2];
/// How wide a layer may be inside, in hundredths of its result.
const EXPANSIONS: [u32; 3] = [20, 25, 35];
/// Indices of the widths 0.65, 0.8 and 1.0.
const WIDTHS: [usize; 3] = [0, 1, 2];
/// What each index of a width means.
const WIDTH_NAMES: [&str; 3] = ["0.65", "0.8", "1.0"];
/// Between the stem's convolutions, behind the stem, in each stage.
const N_WIDTHS: usize = 2 + STAGES;
/// EvoXBench's.
const SIDES: Sides = Sides { first: 128, last: 256, step: 16 };

impl Family for OfaResNet {
    fn name(&self) -> &'static str {
        "ofa_resnet"
    }

    fn title(&self) -> &'static str {
        "OFA-ResNet50"
    }

    fn description(&self) -> &'static str {
        "subnets of a ResNet-50-D supernet: depth and width of each stage, inner width of each layer"
    }

    fn example(&self) -> &'static str {
        r#"{"d":[0,1,1,0,1],"e":[0.2,0.2,0.25,0,0.2,0.35,0.25,0,0.35,0.25,0.25,0.35,0,0,0.25,0.2,0.2,0],"w":[0,1,2,2,0,2],"r":224}"#
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
        let stage = |fewest: usize| {
            let depth = fewest + draw(&BEYOND, rng);
            (0..depth).map(|_| draw(&EXPANSIONS, rng)).collect()
        };
        Box::new(Subnet {
            stages: FEWEST.map(stage),
            widths: [(); N_WIDTHS].map(|()| draw(&WIDTHS, rng)),
            has_stem_residual: rng.random_bool(0.5),
            side: SIDES.draw(rng),
        })
    }

    fn size(&self) -> f64 {
        let expansions = EXPANSIONS.len() as f64;
        let of_depth = |depth: usize| expansions.powi(depth as i32);
        let of_stage =
            |fewest: usize| BEYOND.iter().map(|more| of_depth(fewest + more)).sum::<f64>();
        let stages: f64 = FEWEST.into_iter().map(of_stage).product();
        2.0 * stages * (WIDTHS.len() as f64).powi(N_WIDTHS as i32) * SIDES.count() as f64
    }
}

/// One subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Subnet {
    /// Whether the stem has a convolution more, with a residual around it.
    has_stem_residual: bool,
    /// The expansion of each stage's layers, as in [`EXPANSIONS`].
    stages: [Vec<u32>; STAGES],
    /// As in [`WIDTHS`].
    widths: [usize; N_WIDTHS],
    side: Side,
}

impl Subnet {
    /// Lists those with other widths, another stem or another image.
    fn list_frames(&self, all: &mut Neighbourhood) {
        for (place, old) in self.widths.into_iter().enumerate() {
            let of = match place {
                0 => "inside the stem".to_owned(),
                1 => "behind the stem".to_owned(),
                stage => format!("of stage {}", stage - 1),
            };
            for width in WIDTHS {
                let mut neighbour = self.clone();
                neighbour.widths[place] = width;
                let [new, old] = [width, old].map(|width| WIDTH_NAMES[width]);
                all.add(format!("width {new} instead of {old} {of}"), neighbour);
            }
        }
        let has_stem_residual = !self.has_stem_residual;
        let verb = if has_stem_residual { "add a residual to" } else { "remove the residual from" };
        all.add(format!("{verb} the stem"), Self { has_stem_residual, ..self.clone() });
        for (change, side) in SIDES.others(self.side) {
            all.add(change, Self { side, ..self.clone() });
        }
    }

    /// Layers of a stage beyond its fewest.
    fn beyond(&self, stage: usize) -> usize {
        self.stages[stage].len() - FEWEST[stage]
    }
}

/// Layers that a stage has room for: a text has a slot for each, used or not.
fn n_slots(stage: usize) -> usize {
    FEWEST[stage] + BEYOND[BEYOND.len() - 1]
}

impl Architecture for Subnet {
    fn family(&self) -> &'static dyn Family {
        &OfaResNet
    }

    fn text(&self) -> String {
        let stem = if self.has_stem_residual { 2 } else { 0 };
        let depths = (0..STAGES).map(|stage| self.beyond(stage));
        let slots = self.stages.iter().enumerate().flat_map(|(stage, layers)| {
            layers.iter().copied().chain(std::iter::repeat(0)).take(n_slots(stage))
        });
        format!(
            r#"{{"d":{},"e":{},"w":{},"r":{}}}"#,
            json_list([stem].into_iter().chain(depths)),
            json_list(slots.map(|hundredths| f64::from(hundredths) / 100.0)),
            json_list(self.widths),
            self.side.pixels
        )
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        self.network(variant)
    }

    fn notes(&self) -> Vec<Note> {
        self.side.notes(SIDES)
    }

    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let mut mutant = self.clone();
        let n_layers: usize = self.stages.iter().map(Vec::len).sum();
        let step = rng.random_range(0..n_layers + STAGES + N_WIDTHS + 2);
        let of_depths = n_layers + STAGES;
        if let Some(layer) = mutant.stages.iter_mut().flatten().nth(step) {
            *layer = draw_other(&EXPANSIONS, *layer, rng);
        } else if step < of_depths {
            let stage = step - n_layers;
            let beyond = draw_other(&BEYOND, self.beyond(stage), rng);
            resize(&mut mutant.stages[stage], FEWEST[stage] + beyond, || draw(&EXPANSIONS, rng));
        } else if let Some(width) = mutant.widths.get_mut(step - of_depths) {
            *width = draw_other(&WIDTHS, *width, rng);
        } else if step == of_depths + N_WIDTHS {
            mutant.has_stem_residual = !self.has_stem_residual;
        } else {
            mutant.side = SIDES.draw_other(self.side, rng);
        }
        Box::new(mutant)
    }

    /// Where a stage gets deeper, its last layer is repeated.
    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (stage, layers) in self.stages.iter().enumerate() {
            for (idx, old) in layers.iter().enumerate() {
                let place = format!("of {old} % in layer {} of stage {}", idx + 1, stage + 1);
                for new in EXPANSIONS {
                    let mut neighbour = self.clone();
                    neighbour.stages[stage][idx] = new;
                    all.add(format!("inner width of {new} % instead {place}"), neighbour);
                }
            }
            for depth in BEYOND.map(|beyond| FEWEST[stage] + beyond) {
                let mut neighbour = self.clone();
                repeat_last(&mut neighbour.stages[stage], depth);
                let (old, stage) = (layers.len(), stage + 1);
                all.add(format!("{depth} layers instead of {old} in stage {stage}"), neighbour);
            }
        }
        self.list_frames(&mut all);
        all.list()
    }

    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        let mut child = self.clone();
        for (stage, theirs) in child.stages.iter_mut().zip(&other.stages) {
            *stage = inherit_stage(stage, theirs, rng, inherit);
        }
        for (width, theirs) in child.widths.iter_mut().zip(other.widths) {
            *width = inherit(*width, theirs, rng);
        }
        child.has_stem_residual = inherit(self.has_stem_residual, other.has_stem_residual, rng);
        child.side = inherit(self.side, other.side, rng);
        Some(Box::new(child))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    #[test]
    fn the_space_has_its_published_size() {
        let per_side = OfaResNet.size() / 9.0;
        assert!((per_side / 2.46e12 - 1.0).abs() < 0.002, "{per_side}");
    }

    #[test]
    fn mutants_change_every_kind_of_choice() {
        let mut rng = Pcg64Mcg::seed_from_u64(4);
        let mut seen = [0; 5];
        for _ in 0..300 {
            let parent = text::read(&OfaResNet.sample(&mut rng).text()).unwrap();
            let mutant = text::read(&parent.mutate(&mut rng).text()).unwrap();
            let depths = |net: &Subnet| net.stages.each_ref().map(Vec::len);
            let kinds = [
                depths(&parent) != depths(&mutant),
                depths(&parent) == depths(&mutant) && parent.stages != mutant.stages,
                parent.widths != mutant.widths,
                parent.has_stem_residual != mutant.has_stem_residual,
                parent.side != mutant.side,
            ];
            assert_eq!(kinds.iter().filter(|kind| **kind).count(), 1, "{parent:?} {mutant:?}");
            seen.iter_mut().zip(kinds).for_each(|(seen, kind)| *seen += i32::from(kind));
        }
        assert!(seen.iter().all(|&count| count > 3), "{seen:?}");
    }
}
