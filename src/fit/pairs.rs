//! The loss of classifiers that say which of two networks is better.

use candle_core::{Device, Tensor};

use crate::error::Result;

/// Which networks of a batch are compared, and how it went: a network with another one of its target.
#[derive(Debug, Clone)]
pub struct Pairs {
    others: Tensor,
    /// 1 where the network is the better one, 1/2 where both are equal: `[n, n_targets]`.
    outcome: Tensor,
    /// 1 in the column of the pair's target: `[n, n_targets]`.
    mask: Tensor,
    n_pairs: usize,
}

impl Pairs {
    /// Each network of a batch, given as target and label, with the next one of its target, the last
    /// with the first. One that is alone with its target is in no pair.
    ///
    /// # Errors
    /// Where the batch is empty.
    pub fn of(batch: &[(usize, f32)], n_targets: usize) -> Result<Self> {
        let other = |idx: usize| {
            let following = (idx + 1..batch.len()).chain(0..idx);
            following.into_iter().find(|&other| batch[other].0 == batch[idx].0)
        };
        let others: Vec<Option<usize>> = (0..batch.len()).map(other).collect();
        let shape = (batch.len(), n_targets);
        let (mut outcome, mut mask) =
            (vec![0f32; shape.0 * n_targets], vec![0f32; shape.0 * n_targets]);
        for (idx, other) in others.iter().enumerate() {
            let Some(other) = other else { continue };
            let ((target, own), (_, others)) = (batch[idx], batch[*other]);
            let place = idx * n_targets + target;
            mask[place] = 1.0;
            outcome[place] = if own == others { 0.5 } else { f32::from(own > others) };
        }
        let places = others.iter().enumerate().map(|(idx, other)| other.unwrap_or(idx) as u32);
        Ok(Self {
            others: Tensor::from_vec(places.collect::<Vec<_>>(), batch.len(), &Device::Cpu)?,
            outcome: Tensor::from_vec(outcome, shape, &Device::Cpu)?,
            mask: Tensor::from_vec(mask, shape, &Device::Cpu)?,
            n_pairs: others.iter().flatten().count(),
        })
    }

    /// The row of the other network of each pair: `[n]`.
    pub fn others(&self) -> &Tensor {
        &self.others
    }

    /// The mean cross-entropy of outcomes over pairs and classifiers; 0 where there is no pair.
    ///
    /// # Shapes
    /// `log_odds: [n_classifiers, n, n_targets]` to a scalar.
    ///
    /// # Errors
    /// Where `log_odds` has another shape.
    pub fn cross_entropy(&self, log_odds: &Tensor) -> Result<Tensor> {
        let n_classifiers = log_odds.dim(0)?;
        // -o ln s(x) - (1 - o) ln s(-x) = ln(1 + e^x) - o x, and ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|)
        let tail = (log_odds.abs()?.neg()?.exp()? + 1.0)?.log()?;
        let softplus = (log_odds.relu()? + tail)?;
        let entropy = (softplus - log_odds.broadcast_mul(&self.outcome)?)?;
        let sum = entropy.broadcast_mul(&self.mask)?.sum_all()?;
        Ok((sum / (self.n_pairs * n_classifiers).max(1) as f64)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_meets_the_next_of_its_target_and_one_alone_meets_nobody() {
        let pairs = Pairs::of(&[(0, 1.0), (1, 3.0), (0, 2.0), (2, 0.0), (1, 3.0)], 3).unwrap();
        assert_eq!(pairs.others().to_vec1::<u32>().unwrap(), [2, 4, 0, 3, 1]);
        let outcome = pairs.outcome.to_vec2::<f32>().unwrap();
        let mask = pairs.mask.to_vec2::<f32>().unwrap();
        assert_eq!((outcome[0][0], outcome[2][0]), (0.0, 1.0)); // 1 < 2
        assert_eq!((outcome[1][1], outcome[4][1]), (0.5, 0.5)); // 3 = 3
        assert_eq!(mask[3], [0.0; 3]);
        assert_eq!(mask.iter().flatten().sum::<f32>(), 4.0);
    }

    #[test]
    fn the_loss_is_that_of_the_definition_and_stays_finite_far_out() {
        let pairs = Pairs::of(&[(0, 1.0), (0, 2.0)], 1).unwrap();
        for (x, y) in [(0.0, 0.0), (0.7, -1.3), (-90.0, 90.0)] {
            let odds = Tensor::new(&[[[x], [y]]], &Device::Cpu).unwrap(); // one classifier, two pairs
            let loss = pairs.cross_entropy(&odds).unwrap().to_scalar::<f32>().unwrap();
            let chance = |x: f32| 1.0 / (1.0 + f64::from(-x).exp());
            let expected = -0.5 * ((1.0 - chance(x)).ln() + chance(y).ln()); // 1 is worse, 2 is better
            assert!((f64::from(loss) - expected).abs() < 1e-5, "{loss} {expected}");
        }
    }

    #[test]
    fn without_a_pair_the_loss_is_zero() {
        let pairs = Pairs::of(&[(0, 1.0)], 2).unwrap();
        let odds = Tensor::new(&[[[5f32, 5.0]]], &Device::Cpu).unwrap();
        assert_eq!(pairs.cross_entropy(&odds).unwrap().to_scalar::<f32>().unwrap(), 0.0);
    }
}
