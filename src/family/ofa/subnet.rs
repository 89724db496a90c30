//! Subnets that choose a kernel and an expansion for each layer, and the spaces that hold them.

use rand::{Rng, RngExt};

use super::side::{Side, Sides};
use crate::family::choice::{draw, draw_other, inherit};

/// What a subnet may choose.
#[derive(Debug)]
pub(in crate::family) struct Space {
    /// What layers are called in the pair form, as in `mbconv3`.
    pub(in crate::family) prefix: &'static str,
    /// Sides of a layer's window.
    pub(in crate::family) kernels: &'static [u32],
    /// How many times as wide as its input a layer is inside.
    pub(in crate::family) expansions: &'static [u32],
    /// Numbers of layers of each stage, ascending.
    pub(in crate::family) depths: &'static [&'static [u32]],
    /// Sides of the image.
    pub(in crate::family) sides: Sides,
}

/// What one layer chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::family) struct Layer {
    pub(in crate::family) kernel: u32,
    pub(in crate::family) expansion: u32,
}

/// The layers of each stage, and the image that they run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::family) struct Subnet {
    pub(in crate::family) stages: Vec<Vec<Layer>>,
    pub(in crate::family) side: Side,
}

impl Space {
    /// Layers that each stage has room for: a text has a slot for each, used or not.
    pub(super) fn slots(&self) -> impl Iterator<Item = usize> {
        self.depths.iter().map(|depths| depths.last().copied().unwrap_or_default() as usize)
    }

    /// How many subnets there are.
    pub(in crate::family) fn size(&self) -> f64 {
        let n_layers = (self.kernels.len() * self.expansions.len()) as f64;
        let stage = |depths: &&[u32]| depths.iter().map(|&d| n_layers.powi(d as i32)).sum::<f64>();
        self.depths.iter().map(stage).product::<f64>() * self.sides.count() as f64
    }

    /// A subnet of which each choice is drawn by itself.
    pub(in crate::family) fn sample(&self, rng: &mut dyn Rng) -> Subnet {
        let stage = |depths: &&'static [u32]| {
            let depth = draw(depths, rng);
            (0..depth).map(|_| self.draw_layer(rng)).collect()
        };
        let stages = self.depths.iter().map(stage).collect();
        Subnet { stages, side: self.sides.draw(rng) }
    }

    /// `subnet` with another kernel, expansion, depth or image side, each as likely.
    pub(in crate::family) fn mutate(&self, subnet: &Subnet, rng: &mut dyn Rng) -> Subnet {
        let mut mutant = subnet.clone();
        let n_layers: usize = mutant.stages.iter().map(Vec::len).sum();
        let open = self.depths.iter().filter(|depths| depths.len() > 1).count();
        let step = rng.random_range(0..2 * n_layers + open + 1);
        if let Some(layer) = mutant.stages.iter_mut().flatten().nth(step / 2) {
            self.change(layer, step % 2 == 0, rng);
        } else if step < 2 * n_layers + open {
            let stages = mutant.stages.iter_mut().zip(self.depths);
            let mut open_stages = stages.filter(|(_, depths)| depths.len() > 1);
            if let Some((stage, depths)) = open_stages.nth(step - 2 * n_layers) {
                let depth = draw_other(depths, stage.len() as u32, rng) as usize;
                resize(stage, depth, || self.draw_layer(rng));
            }
        } else {
            mutant.side = self.sides.draw_other(subnet.side, rng);
        }
        mutant
    }

    /// Every subnet that [`Space::mutate`] may give, with the step to it. Where a stage gets deeper,
    /// its last layer is repeated.
    pub(in crate::family) fn neighbours(&self, subnet: &Subnet) -> Vec<(String, Subnet)> {
        let mut all = Vec::new();
        for (stage, layers) in subnet.stages.iter().enumerate() {
            for (idx, layer) in layers.iter().enumerate() {
                let place = format!("in layer {} of stage {}", idx + 1, stage + 1);
                for (change, layer) in self.other_layers(*layer) {
                    let mut neighbour = subnet.clone();
                    neighbour.stages[stage][idx] = layer;
                    all.push((format!("{change} {place}"), neighbour));
                }
            }
            for &depth in self.depths[stage] {
                let mut neighbour = subnet.clone();
                repeat_last(&mut neighbour.stages[stage], depth as usize);
                let old = layers.len();
                let change = format!("{depth} layers instead of {old} in stage {}", stage + 1);
                all.push((change, neighbour));
            }
        }
        all.extend(
            self.sides
                .others(subnet.side)
                .into_iter()
                .map(|(change, side)| (change, Subnet { side, ..subnet.clone() })),
        );
        all
    }

    fn other_layers(&self, old: Layer) -> Vec<(String, Layer)> {
        let kernels = self.kernels.iter().map(|&kernel| {
            (format!("kernel {kernel} instead of {}", old.kernel), Layer { kernel, ..old })
        });
        let expansions = self.expansions.iter().map(|&expansion| {
            let change = format!("expansion {expansion} instead of {}", old.expansion);
            (change, Layer { expansion, ..old })
        });
        kernels.chain(expansions).collect()
    }

    fn draw_layer(&self, rng: &mut dyn Rng) -> Layer {
        Layer { kernel: draw(self.kernels, rng), expansion: draw(self.expansions, rng) }
    }

    fn change(&self, layer: &mut Layer, its_kernel: bool, rng: &mut dyn Rng) {
        if its_kernel {
            layer.kernel = draw_other(self.kernels, layer.kernel, rng);
        } else {
            layer.expansion = draw_other(self.expansions, layer.expansion, rng);
        }
    }
}

impl Subnet {
    /// A subnet of the same space that takes each choice from this parent or from `other`.
    pub(in crate::family) fn cross(&self, other: &Self, rng: &mut dyn Rng) -> Self {
        let parents = self.stages.iter().zip(&other.stages);
        let stages = parents
            .map(|(mine, theirs)| {
                inherit_stage(mine, theirs, rng, |mine, theirs, rng| Layer {
                    kernel: inherit(mine.kernel, theirs.kernel, rng),
                    expansion: inherit(mine.expansion, theirs.expansion, rng),
                })
            })
            .collect();
        Self { stages, side: inherit(self.side, other.side, rng) }
    }
}

/// Cuts `stage` to `depth` layers, or draws those that it lacks.
pub(in crate::family) fn resize<T>(stage: &mut Vec<T>, depth: usize, draw: impl FnMut() -> T) {
    stage.resize_with(depth, draw);
}

/// Cuts `stage` to `depth` layers, or repeats its last one.
pub(in crate::family) fn repeat_last<T: Copy>(stage: &mut Vec<T>, depth: usize) {
    if let Some(&last) = stage.last() {
        stage.resize(depth, last);
    }
}

/// As many layers as either parent has; each made of both parents' where both have it.
pub(in crate::family) fn inherit_stage<T: Copy>(
    mine: &[T],
    theirs: &[T],
    rng: &mut dyn Rng,
    mut both: impl FnMut(T, T, &mut dyn Rng) -> T,
) -> Vec<T> {
    let depth = inherit(mine.len(), theirs.len(), rng);
    let layer = |idx: usize| match (mine.get(idx), theirs.get(idx)) {
        (Some(&mine), Some(&theirs)) => Some(both(mine, theirs, rng)),
        (one, other) => one.or(other).copied(),
    };
    (0..depth).filter_map(layer).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    static SPACE: Space = Space {
        prefix: "mbconv",
        kernels: &[3, 5, 7],
        expansions: &[3, 4, 6],
        depths: &[&[2, 3, 4], &[1]],
        sides: Sides { first: 128, last: 224, step: 4 },
    };

    #[test]
    fn the_size_counts_every_choice() {
        // (9^2 + 9^3 + 9^4) x 9 x 25 by hand
        assert_eq!(SPACE.size(), 7_371.0 * 9.0 * 25.0);
        assert!(SPACE.slots().eq([4, 1]));
    }

    #[test]
    fn mutants_differ_in_one_choice_and_reach_every_kind() {
        let mut rng = Pcg64Mcg::seed_from_u64(5);
        let mut seen = [0; 3];
        for _ in 0..300 {
            let parent = SPACE.sample(&mut rng);
            let mutant = SPACE.mutate(&parent, &mut rng);
            let depth = |net: &Subnet| net.stages[0].len();
            let layers = parent.stages.iter().flatten().zip(mutant.stages.iter().flatten());
            let n_changed: usize = layers
                .map(|(old, new)| {
                    usize::from(old.kernel != new.kernel)
                        + usize::from(old.expansion != new.expansion)
                })
                .sum();
            let same_depth = depth(&parent) == depth(&mutant);
            let kinds = [
                if same_depth { n_changed } else { 0 },
                usize::from(!same_depth),
                usize::from(parent.side != mutant.side),
            ];
            assert_eq!(kinds.iter().sum::<usize>(), 1, "{parent:?} {mutant:?}");
            assert_eq!(mutant.stages[1].len(), 1);
            seen.iter_mut().zip(kinds).for_each(|(seen, kind)| *seen += kind);
        }
        assert!(seen.iter().all(|&count| count > 5), "{seen:?}");
    }

    #[test]
    fn children_have_the_depth_of_either_and_layers_of_both() {
        let mut rng = Pcg64Mcg::seed_from_u64(6);
        let (mine, theirs) = ([1, 2], [10, 20, 30, 40]);
        let mut depths = Vec::new();
        for _ in 0..20 {
            let child = inherit_stage(&mine, &theirs, &mut rng, |mine, theirs, _| mine + theirs);
            assert!(child.starts_with(&[11, 22]));
            depths.push(child.len());
        }
        assert!(depths.contains(&2) && depths.contains(&4) && !depths.contains(&3));
    }
}
