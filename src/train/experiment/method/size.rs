//! Counting: the larger network is the better one.

use super::{Method, Scores, Task};
use crate::error::Result;
use crate::graph::Cost;

/// log10 of the canonical graph's parameters.
pub(super) static LOG_PARAMS: Size =
    Size { name: "log-params", title: "log params", of: |cost| cost.params };
/// log10 of its multiply-adds.
pub(super) static LOG_MACS: Size =
    Size { name: "log-macs", title: "log MACs", of: |cost| cost.macs };

/// Scores a network by one of its costs.
pub(super) struct Size {
    name: &'static str,
    title: &'static str,
    of: fn(Cost) -> u64,
}

impl Method for Size {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn learns(&self) -> bool {
        false
    }

    fn scores(&self, task: &Task<'_>) -> Result<Option<Scores>> {
        let log10 = |count: u64| (count.max(1) as f64).log10();
        let order = task.held_out.iter().map(|network| log10((self.of)(network.cost))).collect();
        Ok(Some(Scores { order, accuracies: None }))
    }
}
