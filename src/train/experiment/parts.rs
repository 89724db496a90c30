//! Which networks of a family are learned from and which are held out for one cell.

use rand::seq::SliceRandom;
use serde_json::{Value, json};

use super::cell::{Experiment, Networks};
use crate::features::LAYOUT_VERSION;
use crate::train::data::{DataSet, Network};
use crate::train::split::{Fractions, Split};
use crate::train::stage::generator;

/// A family with fewer networks than this has no test split worth the name: all of it is
/// cross-validated.
const SMALL: usize = 200;
/// Parts of a cross-validation.
const N_FOLDS: usize = 5;

/// One learning with the networks that judge it.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) training: Vec<&'a Network>,
    pub(super) held_out: Vec<&'a Network>,
}

/// All that this module decides, for the hash of a cell.
pub(super) fn protocol() -> Value {
    let Fractions { validation, test } = Fractions::default();
    json!({
        "validation": validation,
        "test": test,
        "small": SMALL,
        "folds": N_FOLDS,
        "layout": LAYOUT_VERSION,
    })
}

/// Whether the family is cross-validated.
pub(super) fn is_small(data: &DataSet) -> bool {
    data.networks.len() < SMALL
}

/// The parts of one cell: one, or as many as the cross-validation has. `Err` has the number of
/// networks that could be learned from where that is less than asked for.
pub(super) fn parts(
    data: &DataSet,
    experiment: Experiment,
    networks: Networks,
    seed: u64,
) -> Result<Vec<Part<'_>>, usize> {
    if experiment == Experiment::Size {
        let held_out = data.networks.iter().collect();
        return Ok(vec![Part { training: Vec::new(), held_out }]);
    }
    let parts = if is_small(data) { folds(data, seed) } else { vec![split(data)] };
    parts.into_iter().map(|part| part.with(networks, seed)).collect()
}

fn split(data: &DataSet) -> Part<'_> {
    Part { training: data.of(Split::Train), held_out: data.of(Split::Test) }
}

/// Each network once among the held out.
fn folds(data: &DataSet, seed: u64) -> Vec<Part<'_>> {
    let mut order: Vec<&Network> = data.networks.iter().collect();
    order.shuffle(&mut generator(seed, "folds", 0));
    let part = |fold: usize| {
        let of = |is_held_out: bool| {
            let places = order.iter().enumerate();
            places
                .filter(move |(place, _)| (place % N_FOLDS == fold) == is_held_out)
                .map(|(_, n)| *n)
        };
        Part { training: of(false).collect(), held_out: of(true).collect() }
    };
    (0..N_FOLDS).map(part).collect()
}

impl Part<'_> {
    /// Only so many of the training networks, drawn by the seed.
    fn with(mut self, networks: Networks, seed: u64) -> Result<Self, usize> {
        if let Networks::Some(count) = networks {
            if count > self.training.len() {
                return Err(self.training.len());
            }
            self.training.shuffle(&mut generator(seed, "training networks", 0));
            self.training.truncate(count);
        }
        Ok(self)
    }
}
