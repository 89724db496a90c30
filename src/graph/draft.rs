//! A network while it is written: nodes with ordered operands, before the canonical form.
//!
//! Operands always stand before the node that reads them, so one forward pass visits a draft in
//! topological order. [`super::builder`] writes drafts, [`super::canonical`] rewrites them.

use super::cost::{self, Cost};
use super::node::Node;
use super::part::Part;

/// A tensor that a node reads: what writes it, and which part of that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Operand {
    pub(super) slot: usize,
    pub(super) part: Part,
}

impl Operand {
    /// All that `slot` writes.
    pub(super) fn whole(slot: usize) -> Self {
        Self { slot, part: Part::WHOLE }
    }
}

/// One node and what it reads, in order and with repeats (a concat may read a tensor twice).
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) node: Node,
    pub(super) operands: Vec<Operand>,
}

/// A network as written. Slot 0 is the input, the last slot is the output.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) slots: Vec<Slot>,
    pub(super) other_params: u64,
}

impl Draft {
    /// The cost of everything written, dead operations included; `None` on overflow.
    pub(super) fn cost(&self) -> Option<Cost> {
        cost::total(self.slots.iter().map(|slot| &slot.node), self.other_params)
    }

    /// Keeps the slots marked in `keep` and renumbers operands; operands without a slot vanish.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        let mut renumbered = vec![None; self.slots.len()];
        let mut kept = Vec::with_capacity(self.slots.len());
        for (old, mut slot) in std::mem::take(&mut self.slots).into_iter().enumerate() {
            if keep[old] {
                slot.operands = std::mem::take(&mut slot.operands)
                    .into_iter()
                    .filter_map(|read| Some(Operand { slot: renumbered[read.slot]?, ..read }))
                    .collect();
                renumbered[old] = Some(kept.len());
                kept.push(slot);
            }
        }
        self.slots = kept;
    }

    /// For each slot, whether the output depends on it.
    pub(super) fn reaches_output(&self) -> Vec<bool> {
        let mut reaches = vec![false; self.slots.len()];
        if let Some(output) = reaches.last_mut() {
            *output = true;
        }
        for idx in (0..self.slots.len()).rev() {
            if reaches[idx] {
                for operand in &self.slots[idx].operands {
                    reaches[operand.slot] = true;
                }
            }
        }
        reaches
    }
}
