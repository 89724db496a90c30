//! Random networks of a family, with all that the map says of each.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::error::Result;
use crate::family::{self, Family};
use crate::format::Parsed;
use crate::predict::{PredictOptions, Prediction, Predictor};
use crate::train::observer::Observer;

/// Networks at most that are predicted side by side.
const CHUNK: usize = 256;
/// So many draws in a row that bring nothing new, and a family has no more.
const MAX_GAP: u64 = 255;

/// A network that a seed stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The seed: [`family::drawn`] gives the architecture again.
    pub seed: u64,
    /// Its embedding.
    pub embedding: Vec<f32>,
    /// The cluster that it belongs to most.
    pub cluster: usize,
    /// The accuracy on its family's own first target, if the weights have one.
    pub accuracy: Option<f64>,
    /// That target.
    pub target: Option<String>,
}

/// Up to `n` networks of different embeddings, of the seeds 0, 1, 2 and so on.
pub(super) fn draw(
    predictor: &Predictor,
    family: &'static dyn Family,
    n: usize,
    observer: &dyn Observer,
) -> Result<Vec<Drawn>> {
    let mut seen = HashSet::new();
    let mut drawn: Vec<Drawn> = Vec::new();
    let mut first = 0;
    let chunk = n.clamp(1, CHUNK) as u64;
    observer.begin(&format!("drawing {}", family.name()), n);
    loop {
        let seeds = (first..first + chunk).into_par_iter();
        let next = seeds.map(|seed| one(predictor, family, seed)).collect::<Result<Vec<_>>>()?;
        for one in next {
            let last = drawn.last().map_or(0, |last| last.seed);
            if drawn.len() == n || one.seed - last > MAX_GAP {
                observer.end();
                return Ok(drawn);
            }
            let bits: Vec<u32> = one.embedding.iter().map(|x| x.to_bits()).collect();
            if seen.insert(bits) {
                drawn.push(one);
                observer.advance();
            }
        }
        first += chunk;
    }
}

fn one(predictor: &Predictor, family: &'static dyn Family, seed: u64) -> Result<Drawn> {
    let parsed = Parsed::Architecture(family::drawn(family, seed));
    let Prediction { accuracy, target, embedding, membership, .. } =
        predictor.predict_parsed(&parsed, &PredictOptions::default())?;
    let of_family = target.split('/').next() == Some(family.name());
    let most = (0..membership.len()).max_by(|a, b| membership[*a].total_cmp(&membership[*b]));
    Ok(Drawn {
        seed,
        embedding,
        cluster: most.unwrap_or_default(),
        accuracy: of_family.then_some(accuracy),
        target: of_family.then_some(target),
    })
}
