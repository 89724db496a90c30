//! Joins operators that exporters spell out into one: activations, norms, biases, batch norms.
//!
//! What an operator that stands alone computes is left to [`super::lower`]. A joined step has the
//! name of the standard's own operator, with further inputs for what it took in.

mod affine;
mod cone;
mod signal;

use super::network::{Network, Step, ValueId};
use super::proto::Attribute;

/// A network whose steps are being joined: who writes and reads what, and which steps are gone.
struct Fusion<'n> {
    network: &'n mut Network,
    producers: Vec<Option<usize>>,
    readers: Vec<Vec<usize>>,
    gone: Vec<bool>,
}

/// Joins what belongs together in `network`. Complexity: O(steps).
pub(super) fn fuse(network: &mut Network) {
    for pass in
        [affine::means, cone::cones, affine::biases, affine::batch_norms, affine::group_norms]
    {
        let mut fusion = Fusion {
            producers: network.producers(),
            readers: network.readers(),
            gone: vec![false; network.steps.len()],
            network,
        };
        pass(&mut fusion);
        let keep: Vec<bool> = fusion.gone.iter().map(|gone| !gone).collect();
        network.retain(&keep);
    }
}

impl Fusion<'_> {
    fn step(&self, idx: usize) -> &Step {
        &self.network.steps[idx]
    }

    /// The one step that reads `value`, if nothing else needs it.
    fn only_reader(&self, value: ValueId) -> Option<usize> {
        match self.readers[value][..] {
            [reader] if value != self.network.output && !self.gone[reader] => Some(reader),
            _ => None,
        }
    }

    /// The step that alone reads the first result of step `idx`.
    fn next(&self, idx: usize) -> Option<usize> {
        self.only_reader(*self.step(idx).outputs.first()?)
    }

    /// Step `last` joins step `first`: it is gone, and `first` writes its result.
    fn absorb(&mut self, first: usize, last: usize) {
        let result = self.network.steps[last].outputs[0];
        self.network.steps[first].outputs = vec![result];
        self.producers[result] = Some(first);
        self.gone[last] = true;
    }

    /// The constant operand of a step that combines one with data.
    fn constant_operand(&self, idx: usize) -> Option<ValueId> {
        match self.step(idx).inputs[..] {
            [Some(a), Some(b)] => match (self.network.is_data(a), self.network.is_data(b)) {
                (true, false) => Some(b),
                (false, true) => Some(a),
                _ => None,
            },
            _ => None,
        }
    }
}

/// An attribute that holds an integer.
fn int_attribute(name: &str, value: usize) -> Attribute {
    Attribute { name: name.to_owned(), i: value as i64, ..Attribute::default() }
}
