//! Learns where t-SNE puts networks, so that others can be put beside them.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64Mcg;

use crate::error::Result;
use crate::fit::optimiser::{AdamW, AdamWConfig};
use crate::fit::parameters::Parameters;
use crate::fit::schedule::OneCycle;
use crate::model::map::MapProjection;

/// The seed of first weights and of the order of networks.
const SEED: u64 = 5;
/// Networks of one step.
const BATCH: usize = 128;
/// The highest rate.
const RATE: f64 = 5e-3;
/// The share of steps that warm up.
const WARM_UP: f64 = 0.1;
/// Little decay: new networks lie among those that are learned from.
const OPTIMISER: AdamWConfig =
    AdamWConfig { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 1e-3, clip: 2.0 };

/// The parameters of a projection that puts `points` near their places in the `plane`.
///
/// # Errors
/// Where learning diverges.
pub(super) fn fit(
    points: &[Vec<f64>],
    plane: &[[f64; 2]],
    epochs: usize,
) -> Result<BTreeMap<String, Tensor>> {
    let width = points.first().map_or(0, Vec::len);
    let rng = Box::new(Pcg64Mcg::seed_from_u64(SEED));
    let (projection, parameters) = Parameters::initialise(rng, |vb| MapProjection::new(width, vb))?;
    let mut rng = Pcg64Mcg::seed_from_u64(SEED + 1);
    let mut order: Vec<usize> = (0..points.len()).collect();
    let n_steps = epochs * points.len().div_ceil(BATCH);
    let schedule = OneCycle { peak: RATE, warm_up: WARM_UP, n_steps };
    let mut optimiser = AdamW::new(OPTIMISER);
    let mut step = 0;
    for _ in 0..epochs {
        order.shuffle(&mut rng);
        for batch in order.chunks(BATCH) {
            let z = matrix(batch, width, |idx| &points[idx])?;
            let wished = matrix(batch, 2, |idx| &plane[idx])?;
            let loss = (projection.forward(&z)? - wished)?.sqr()?.mean_all()?;
            optimiser.step(&parameters, &loss.backward()?, schedule.rate(step))?;
            step += 1;
        }
    }
    parameters.snapshot()
}

/// The rows at some indices as a tensor.
fn matrix<'a>(indices: &[usize], width: usize, row: impl Fn(usize) -> &'a [f64]) -> Result<Tensor> {
    let values: Vec<f32> = indices.iter().flat_map(|idx| row(*idx)).map(|x| *x as f32).collect();
    Ok(Tensor::from_vec(values, (indices.len(), width), &Device::Cpu)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bent_surface_is_learned_and_new_points_lie_on_it() {
        let at = |i: usize| {
            let (a, b) =
                ((i as f64 * 0.618).fract() * 2.0 - 1.0, (i as f64 * 0.414).fract() * 2.0 - 1.0);
            (vec![a, b, a * b, a * a], [a + 0.3 * b * b, b])
        };
        let (points, plane): (Vec<_>, Vec<_>) = (0..600).map(at).unzip();
        let parameters = fit(&points, &plane, 40).unwrap();
        let mut error = 0.0_f64;
        let (projection, own) =
            Parameters::initialise(Box::new(Pcg64Mcg::seed_from_u64(9)), |vb| {
                MapProjection::new(4, vb)
            })
            .unwrap();
        own.set("", &parameters).unwrap();
        for (z, wished) in (600..700).map(at) {
            let placed = projection.place(&z).unwrap();
            error = error.max((f64::from(placed[0]) - wished[0]).abs());
            error = error.max((f64::from(placed[1]) - wished[1]).abs());
        }
        assert!(error < 0.1, "{error}");
    }
}
