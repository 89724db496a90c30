//! Operators and layers that a reader does not know: counted, told, and too many of them refused.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};

/// The share of a network that may be unknown, in percent.
pub const MAX_UNKNOWN_PERCENT: usize = 10;

/// What is unknown, and how often it stands in the network.
#[derive(Debug, Clone, Default)]
pub(super) struct Unknown(BTreeMap<String, usize>);

impl Unknown {
    /// Counts one more of `name`, spelled as messages show it.
    pub(super) fn add(&mut self, name: impl Into<String>) {
        *self.0.entry(name.into()).or_default() += 1;
    }

    /// All of them for a note, as in `Whirl (1), Twist (2)`; nothing where all is known.
    ///
    /// # Errors
    /// Where they are more than [`MAX_UNKNOWN_PERCENT`] of `n_all`; `are_unknown` says what they are, as
    /// in "operations are not known".
    pub(super) fn listed(&self, n_all: usize, are_unknown: &str) -> Result<Option<String>> {
        let n_unknown: usize = self.0.values().sum();
        let named: Vec<String> =
            self.0.iter().map(|(name, times)| format!("{name} ({times})")).collect();
        let list = named.join(", ");
        if n_unknown * 100 > n_all * MAX_UNKNOWN_PERCENT {
            let message = format!(
                "{n_unknown} of {n_all} {are_unknown}: {list}; at most {MAX_UNKNOWN_PERCENT} % may be"
            );
            return Err(Error::new(ErrorKind::InvalidGraph, message));
        }
        Ok((n_unknown > 0).then_some(list))
    }
}
