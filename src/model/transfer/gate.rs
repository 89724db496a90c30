//! Who is to be believed of a family: what its structure says of it.
//!
//! A family's **parallelism**, the convolutions a network has for each one on its longest path,
//! tells branching cells from chains of layers. Operators that nothing was learned of count, too.

use serde::{Deserialize, Serialize};

use super::prior::are_dense;
use crate::features::{GraphFeatures, place};
use crate::model::statistics::Statistics;

/// Who is to be believed of a family, as shares of the score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// The share of the networks: 1 in the family that they learned and the like, 0 for chains. The
    /// prior has the rest.
    pub networks: f64,
}

impl Gate {
    /// The prior's word alone.
    pub const PRIOR: Self = Self { networks: 0.0 };

    /// The gate for a set of one family's networks: that of its structure, or the prior alone where
    /// products of matrices do the work, of which a source of convolutions has taught nothing.
    pub fn of(features: &[&GraphFeatures], family: &Statistics, source: &Statistics) -> Self {
        if are_dense(features) { Self::PRIOR } else { Self::between(family, source) }
    }

    /// The gate for a family, from its scalars' statistics and those of the family that the
    /// networks learned: clip((p - 1) / (p_source - 1), 0, 1), p the parallelism.
    pub fn between(family: &Statistics, source: &Statistics) -> Self {
        let beyond = |statistics: &Statistics| parallelism(statistics) - 1.0;
        if beyond(source) <= 0.0 {
            return Self::PRIOR;
        }
        Self { networks: (beyond(family) / beyond(source)).clamp(0.0, 1.0) }
    }

    /// The share of the prior.
    pub fn prior(self) -> f64 {
        1.0 - self.networks
    }
}

/// Convolutions for each one on the longest path: the geometric mean over a family of (1 + n) /
/// (1 + longest). 1 in a chain of layers, 1.5 and more in branching cells.
pub fn parallelism(family: &Statistics) -> f64 {
    let mean = |place: usize| family.mean[place];
    (mean(place::CONVOLUTIONS) - mean(place::LONGEST_CONVOLUTIONS)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::N_SCALARS;

    /// Statistics in which all is 0 and 1 but what a gate reads.
    fn family(convolutions: f64, longest: f64) -> Statistics {
        let mut statistics =
            Statistics { mean: vec![0.0; N_SCALARS], deviation: vec![1.0; N_SCALARS] };
        statistics.mean[place::CONVOLUTIONS] = convolutions.ln_1p();
        statistics.mean[place::LONGEST_CONVOLUTIONS] = longest.ln_1p();
        statistics
    }

    #[test]
    fn chains_are_the_priors_and_the_source_family_the_networks() {
        let source = family(31.0, 15.0);
        assert!((parallelism(&source) - 2.0).abs() < 1e-12);
        let cases = [
            ("a chain", family(20.0, 20.0), 0.0),
            ("the source itself", source.clone(), 1.0),
            ("more parallel than that", family(31.0, 7.0), 1.0),
            ("half-way", family(29.0, 19.0), 0.5),
        ];
        for (what, family, expected) in cases {
            let gate = Gate::between(&family, &source);
            assert!((gate.networks - expected).abs() < 1e-9, "{what}: {gate:?}");
            assert!((gate.networks + gate.prior() - 1.0).abs() < 1e-12);
        }
        let of_chains = Gate::between(&source, &family(3.0, 3.0));
        assert_eq!(of_chains, Gate::PRIOR, "a source of chains");
    }
}
