//! Means and deviations of the graph scalars within one family.
//!
//! Scalars enter the heads relative to their own family: what matters is whether a network is deep
//! or wide *for its kind*. That carries transfer between families.

use serde::{Deserialize, Serialize};

use crate::features::N_SCALARS;

/// Standardised scalars are cut off here, so that a strange network does not run away.
const CLAMP: f64 = 4.0;
/// Deviations below this are of a scalar that is constant in the family.
const CONSTANT: f64 = 1e-6;

/// Mean and standard deviation of each scalar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Means, one a scalar.
    pub mean: Vec<f64>,
    /// Population standard deviations, one a scalar.
    pub deviation: Vec<f64>,
}

impl Statistics {
    /// The statistics of these networks' scalars; of none, zeros.
    pub fn of<'a>(scalars: impl Iterator<Item = &'a [f32; N_SCALARS]> + Clone) -> Self {
        let count = scalars.clone().count().max(1) as f64;
        let mut mean = vec![0.0; N_SCALARS];
        for row in scalars.clone() {
            mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(*x) / count);
        }
        let mut variance = vec![0.0; N_SCALARS];
        for row in scalars {
            for ((sum, x), mean) in variance.iter_mut().zip(row).zip(&mean) {
                *sum += (f64::from(*x) - mean).powi(2) / count;
            }
        }
        Self { mean, deviation: variance.into_iter().map(f64::sqrt).collect() }
    }

    /// The statistics of several families' networks together, each family counted alike; of none,
    /// zeros.
    pub fn pooled<'a>(families: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let count = families.clone().count().max(1) as f64;
        let mean: Vec<f64> = (0..N_SCALARS)
            .map(|idx| families.clone().map(|family| family.mean[idx]).sum::<f64>() / count)
            .collect();
        let square = |family: &Self, idx: usize| {
            family.deviation[idx].powi(2) + (family.mean[idx] - mean[idx]).powi(2)
        };
        let deviation = (0..N_SCALARS)
            .map(|idx| families.clone().map(|family| square(family, idx)).sum::<f64>() / count)
            .map(f64::sqrt)
            .collect();
        Self { mean, deviation }
    }

    /// (x - mean) / deviation, cut off at +-4; 0 for scalars that are constant in the family.
    pub fn standardise(&self, scalars: &[f32; N_SCALARS]) -> [f32; N_SCALARS] {
        std::array::from_fn(|idx| {
            let deviation = self.deviation[idx];
            if deviation < CONSTANT {
                return 0.0;
            }
            let z = (f64::from(scalars[idx]) - self.mean[idx]) / deviation;
            z.clamp(-CLAMP, CLAMP) as f32
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pooled_statistics_are_those_of_all_networks_where_families_are_of_one_size() {
        let row = |x: f32| [x; N_SCALARS];
        let (small, large) = ([row(1.0), row(3.0)], [row(11.0), row(15.0)]);
        let families = [Statistics::of(small.iter()), Statistics::of(large.iter())];
        let pooled = Statistics::pooled(families.iter());
        let all = Statistics::of(small.iter().chain(&large));
        assert_eq!(pooled.mean, all.mean);
        assert!((pooled.deviation[0] - all.deviation[0]).abs() < 1e-12);
    }

    #[test]
    fn standardised_scalars_are_relative_and_bounded() {
        let row = |x: f32| [x; N_SCALARS];
        let rows = [row(1.0), row(2.0), row(3.0)];
        let statistics = Statistics::of(rows.iter());
        // numpy: mean 2, std([1, 2, 3]) = 0.81649658
        assert!((statistics.deviation[0] - 0.816_496_58).abs() < 1e-8);
        assert!((statistics.standardise(&row(3.0))[0] - 1.224_745).abs() < 1e-5);
        assert_eq!(statistics.standardise(&row(100.0))[5], 4.0);
        assert_eq!(Statistics::of([row(7.0)].iter()).standardise(&row(9.0))[0], 0.0);
    }
}
