//! Weights that were trained on other families, asked about one that they never saw.

use super::{Method, Scores, Task};
use crate::error::{Error, ErrorKind, Result};
use crate::train::evaluate::{ZeroShot, zero_shot};

/// What is said of any family before anything was learned.
pub(super) static PRIOR: Source =
    Source { name: "prior", title: "prior, no labels", of: |said| said.prior };
/// What the networks say by themselves.
pub(super) static NETWORKS: Source =
    Source { name: "networks", title: "networks alone", of: |said| said.networks };
/// Both, weighed by the family's structure.
pub(super) static RULE: Source =
    Source { name: "rule", title: "networks and prior", of: |said| said.rule };

/// One of the scores that weights give to an unseen family.
pub(super) struct Source {
    name: &'static str,
    title: &'static str,
    of: fn(ZeroShot) -> Vec<f64>,
}

impl Method for Source {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn learns(&self) -> bool {
        false
    }

    fn asks_source(&self) -> bool {
        true
    }

    fn scores(&self, task: &Task<'_>) -> Result<Option<Scores>> {
        let ensemble = task.source.ok_or_else(|| {
            let message = format!("`{}` asks weights; name a file with --weights", self.name);
            Error::new(ErrorKind::Config, message)
        })?;
        let targets = &ensemble.metadata().targets;
        if targets.iter().any(|target| target.name == task.target) {
            let message = format!(
                "the weights were trained on `{}`; take weights that never saw it",
                task.target
            );
            return Err(Error::new(ErrorKind::Config, message));
        }
        let said = zero_shot(ensemble, task.target, task.held_out)?;
        Ok(Some(Scores { order: (self.of)(said), accuracies: None }))
    }
}
