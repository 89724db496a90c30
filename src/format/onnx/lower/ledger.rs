//! Who pays for which weights: each tensor of learned numbers counts once, at its first reader.

use super::super::network::{Network, SourceId, ValueId};
use super::super::numbers::elements;

/// What is paid for so far.
#[derive(Debug)]
pub(super) struct Ledger<'n> {
    network: &'n Network,
    is_bare: bool,
    claimed: Vec<bool>,
    other_params: u64,
}

impl<'n> Ledger<'n> {
    pub(super) fn new(network: &'n Network) -> Self {
        let claimed = vec![false; network.sources.len()];
        Self { network, is_bare: network.is_bare(), claimed, other_params: 0 }
    }

    /// Learned numbers that belong to no node.
    pub(super) fn other_params(&self) -> u64 {
        self.other_params
    }

    /// The params of a convolution whose kernel is `id`: its numbers, and where it is computed from
    /// several weights (standardised) one gain for each of `channels`. Those may be laid out twice
    /// in the file, or in a shape that is not known before it runs, so what counts then are the
    /// `elements` of the kernel itself.
    pub(super) fn kernel(&mut self, id: ValueId, elements: u64, channels: u64) -> u64 {
        let value = &self.network.values[id];
        if value.is_source || value.sources.len() < 2 {
            return self.weights(id);
        }
        let learned = self.learned(id);
        let has_gain = value.sources.iter().any(|&idx| {
            let source = &self.network.sources[idx];
            source.is_learnable && source.elements == Some(channels)
        });
        if learned.is_empty() || !self.claim(&learned) {
            return 0;
        }
        elements + if has_gain { channels } else { 0 }
    }

    /// The params of a layer that multiplies, adds or looks up `id`: all numbers that it was made
    /// from and that no layer has paid for.
    pub(super) fn weights(&mut self, id: ValueId) -> u64 {
        let value = &self.network.values[id];
        let n = value.dims.as_deref().and_then(elements).unwrap_or(0);
        if value.sources.is_empty() {
            // computed from nothing that has a name: a weight only in a file that has its weights
            return if self.is_bare { 0 } else { n };
        }
        let learned = self.learned(id);
        let size = |idx: &usize| self.network.sources[*idx].elements.unwrap_or(n);
        let total = learned.iter().filter(|idx| !self.claimed[**idx]).map(size).sum();
        self.claim(&learned);
        total
    }

    /// The params of a bias, scale or shift of a layer that is applied for the first time.
    ///
    /// An initialiser counts even if another layer reads it too: exporters merge equal ones, and
    /// those of untrained layers are all ones or zeros. In a file without weights it may be small
    /// enough to have its numbers.
    pub(super) fn vector(&mut self, id: ValueId) -> u64 {
        match self.network.values[id].sources[..] {
            [only] if self.is_initializer(only) => {
                self.claim(&[only]);
                self.network.sources[only].elements.unwrap_or(0)
            }
            _ => self.weights(id),
        }
    }

    fn is_initializer(&self, source: SourceId) -> bool {
        let source = &self.network.sources[source];
        source.is_learnable && !source.is_input
    }

    /// The weights that `id` was made from: where some have no numbers, those that have are fixed.
    fn learned(&self, id: ValueId) -> Vec<SourceId> {
        let sources = self.network.values[id].sources.iter().copied();
        sources.filter(|&idx| self.network.sources[idx].is_bare || !self.is_bare).collect()
    }

    /// Learned numbers that are added to or multiplied with data go to no node.
    pub(super) fn spend(&mut self, id: ValueId) {
        for &idx in &self.network.values[id].sources {
            let source = &self.network.sources[idx];
            let n = source.elements.unwrap_or(0);
            let is_learned = match self.is_bare {
                _ if n == 1 => source.is_bare || is_name_in_module(&source.name),
                true => source.is_bare,
                false => n > 1 && !source.name.ends_with("mask"),
            };
            if is_learned && source.is_learnable && !self.claimed[idx] {
                self.claimed[idx] = true;
                self.other_params = self.other_params.saturating_add(n);
            }
        }
    }

    /// Marks `sources` as paid for; whether any of them was not yet.
    fn claim(&mut self, sources: &[SourceId]) -> bool {
        let mut is_new = false;
        for &idx in sources {
            is_new |= !std::mem::replace(&mut self.claimed[idx], true);
        }
        is_new
    }
}

/// Whether `name` is a path of modules: a single number with one is a learned gain, else a constant.
fn is_name_in_module(name: &str) -> bool {
    let is_of_quantiser = name.ends_with("_scale") || name.ends_with("_zero_point");
    name.contains('.') && !name.contains(['/', ':']) && !is_of_quantiser
}
