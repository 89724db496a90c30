//! The neighbours of an architecture: all that differ from it in one step, each with its step in words.
//!
//! Families list their steps through [`Neighbourhood`], which leaves out what is no step (the
//! architecture itself, a network listed before) and stops at [`MAX_NEIGHBOURS`]. What a step does
//! to the accuracy is the business of [`crate::changes`].

use std::collections::HashSet;

use super::Architecture;

/// The neighbours that are listed at most. Only cells and paths far beyond their published spaces
/// have more; the rest of theirs is left out.
pub const MAX_NEIGHBOURS: usize = 2_000;

/// An architecture one step away from another.
#[derive(Debug)]
pub struct Neighbour {
    /// The step, as an instruction: `replace none from node 0 to node 1 by skip_connect`.
    pub change: String,
    /// What it leads to.
    pub architecture: Box<dyn Architecture>,
}

/// A list of neighbours while it is made.
#[derive(Debug)]
pub(super) struct Neighbourhood {
    /// Texts of the architecture and of those listed.
    seen: HashSet<String>,
    found: Vec<Neighbour>,
}

impl Neighbourhood {
    /// No neighbours of `centre` so far.
    pub(super) fn of(centre: &dyn Architecture) -> Self {
        Self { seen: HashSet::from([centre.text()]), found: Vec::new() }
    }

    /// Lists `architecture`, to which `change` leads, unless it is listed already.
    pub(super) fn add(&mut self, change: impl Into<String>, architecture: impl Architecture) {
        if self.found.len() < MAX_NEIGHBOURS && self.seen.insert(architecture.text()) {
            let architecture = Box::new(architecture);
            self.found.push(Neighbour { change: change.into(), architecture });
        }
    }

    /// The list, in the order in which it was made.
    pub(super) fn list(self) -> Vec<Neighbour> {
        self.found
    }
}
