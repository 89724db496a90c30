//! Classifiers that say which of two networks is better, and the label that follows from that.
//!
//! The chance that a is better than b is sigmoid(f(a, b) - f(b, a)), so that both orders of a pair
//! agree; f is a perceptron of one hidden layer over what the heads see of both. Each ends in one
//! column a target. The paper's ensemble holds two. What a network's label is follows from its
//! chances against reference networks spread evenly over the ranks of the training networks: their
//! mean is the rank it would have among them, and the normal quantile of a rank is its rank-Gauss
//! label.

use candle_core::{Device, Tensor};
use candle_nn::{Init, VarBuilder};

use super::config::PairwiseConfig;
use super::dense::uniform;
use super::label::normal_quantile;
use crate::error::Result;

/// Several classifiers of equal shape, their weights stacked, with the networks they compare to.
#[derive(Debug, Clone)]
pub struct Pairwise {
    /// What reads the first of a pair: `[n_classifiers, n_in, hidden]`.
    first: Tensor,
    /// What reads the second: `[n_classifiers, n_in, hidden]`.
    second: Tensor,
    /// `[n_classifiers, 1, hidden]`.
    bias: Tensor,
    /// `[n_classifiers, hidden, n_targets]`.
    output: Tensor,
    /// What the heads see of the reference networks: `[n_targets, n_references, n_in]`.
    references: Tensor,
}

/// Networks as the first and as the second of a pair: `[n_classifiers, n, hidden]` each.
struct Sides {
    first: Tensor,
    second: Tensor,
}

impl Pairwise {
    /// The name of the tensor of the reference networks, which is set and not learned.
    pub const REFERENCES: &'static str = "references";

    /// Classifiers over `n_in` columns, one column a target, under `vb`.
    ///
    /// # Errors
    /// Where weights are missing or of another shape.
    pub fn new(
        config: &PairwiseConfig,
        (n_in, n_targets): (usize, usize),
        vb: VarBuilder<'_>,
    ) -> Result<Self> {
        let PairwiseConfig { classifiers, hidden, references, .. } = *config;
        let of_pair = uniform(2 * n_in);
        Ok(Self {
            first: vb.get_with_hints((classifiers, n_in, hidden), "first", of_pair)?,
            second: vb.get_with_hints((classifiers, n_in, hidden), "second", of_pair)?,
            bias: vb.get_with_hints((classifiers, 1, hidden), "bias", of_pair)?,
            output: vb.get_with_hints(
                (classifiers, hidden, n_targets),
                "output",
                uniform(hidden),
            )?,
            references: vb.get_with_hints(
                (n_targets, references, n_in),
                Self::REFERENCES,
                Init::Const(0.0),
            )?,
        })
    }

    /// The log odds that each network of `first` is better than the one beside it in `second`.
    ///
    /// # Shapes
    /// `first, second: [n, n_in]` to `[n_classifiers, n, n_targets]`.
    ///
    /// # Errors
    /// Where the inputs have another width.
    pub fn log_odds(&self, first: &Tensor, second: &Tensor) -> Result<Tensor> {
        let (first, second) = (self.sides(first)?, self.sides(second)?);
        let ahead = (&first.first + &second.second)?.broadcast_add(&self.bias)?.relu()?;
        let behind = (&second.first + &first.second)?.broadcast_add(&self.bias)?.relu()?;
        Ok((ahead - behind)?.matmul(&self.output)?)
    }

    /// The label of each network for each target.
    ///
    /// # Shapes
    /// `inputs: [n, n_in]` to `[n, n_targets]`.
    ///
    /// # Errors
    /// Where the inputs have another width.
    pub fn labels(&self, inputs: &Tensor) -> Result<Tensor> {
        let (n_targets, n_references, _) = self.references.dims3()?;
        let n_networks = inputs.dim(0)?;
        let networks = self.sides(inputs)?;
        let mut labels = vec![0f32; n_networks * n_targets];
        for target in 0..n_targets {
            let references = self.sides(&self.references.get(target)?)?;
            let chances = self.chances(&networks, &references, target)?;
            for (network, chances) in chances.chunks(n_references).enumerate() {
                let wins: f64 = chances.iter().map(|chance| f64::from(*chance)).sum();
                // the reference at place i of n stands at rank (i + 1/2) / n
                let half = 0.5 / n_references as f64;
                let rank = (wins / n_references as f64).clamp(half / 2.0, 1.0 - half / 2.0);
                labels[network * n_targets + target] = normal_quantile(rank) as f32;
            }
        }
        Ok(Tensor::from_vec(labels, (n_networks, n_targets), &Device::Cpu)?)
    }

    /// The chances of each network against each reference, the mean of all classifiers: `[n * n_references]`.
    fn chances(&self, networks: &Sides, references: &Sides, target: usize) -> Result<Vec<f32>> {
        let (n_classifiers, n_networks, hidden) = networks.first.dims3()?;
        let n_references = references.first.dim(1)?;
        let output = self.output.narrow(2, target, 1)?.contiguous()?; // [n_classifiers, hidden, 1]
        let all = (n_classifiers, n_networks * n_references, hidden);
        let meet = |network: &Tensor, reference: &Tensor| -> Result<Tensor> {
            let pairs = network.unsqueeze(2)?.broadcast_add(&reference.unsqueeze(1)?)?;
            Ok(pairs.reshape(all)?.broadcast_add(&self.bias)?.relu()?)
        };
        let ahead = meet(&networks.first, &references.second)?;
        let behind = meet(&networks.second, &references.first)?;
        let log_odds = (ahead - behind)?.matmul(&output)?;
        Ok(candle_nn::ops::sigmoid(&log_odds)?.mean(0)?.flatten_all()?.to_vec1()?)
    }

    fn sides(&self, inputs: &Tensor) -> Result<Sides> {
        let inputs = inputs.broadcast_left(self.bias.dim(0)?)?.contiguous()?;
        Ok(Sides { first: inputs.matmul(&self.first)?, second: inputs.matmul(&self.second)? })
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::fit::parameters::Parameters;

    const CONFIG: PairwiseConfig =
        PairwiseConfig { classifiers: 2, hidden: 8, references: 5, share: 0.5 };

    fn random(rows: usize, seed: u64) -> Tensor {
        let rng = Box::new(Pcg64Mcg::seed_from_u64(seed));
        let normal = Init::Randn { mean: 0.0, stdev: 1.0 };
        let draw = |vb: VarBuilder<'_>| Ok(vb.get_with_hints((rows, 4), "x", normal)?);
        Parameters::initialise(rng, draw).unwrap().0
    }

    fn classifiers() -> (Pairwise, Parameters) {
        let rng = Box::new(Pcg64Mcg::seed_from_u64(3));
        Parameters::initialise(rng, |vb| Pairwise::new(&CONFIG, (4, 3), vb)).unwrap()
    }

    #[test]
    fn both_orders_of_a_pair_agree_and_a_network_is_even_with_itself() {
        let (pairwise, _) = classifiers();
        let (a, b) = (random(6, 1), random(6, 2));
        let (ahead, behind) = (pairwise.log_odds(&a, &b), pairwise.log_odds(&b, &a));
        let sum = (ahead.unwrap() + behind.unwrap()).unwrap().abs().unwrap();
        assert!(sum.max_all().unwrap().to_scalar::<f32>().unwrap() < 1e-6);
        let even = pairwise.log_odds(&a, &a).unwrap().abs().unwrap();
        assert_eq!(even.max_all().unwrap().to_scalar::<f32>().unwrap(), 0.0);
    }

    #[test]
    fn labels_are_quantiles_of_the_mean_chance_against_the_references() {
        let (pairwise, parameters) = classifiers();
        let references = Tensor::stack(&[random(5, 7), random(5, 8), random(5, 9)], 0).unwrap();
        let name = Pairwise::REFERENCES.to_owned();
        parameters.set(Pairwise::REFERENCES, &[(name, references)].into()).unwrap();
        let networks = random(2, 4);
        let labels = pairwise.labels(&networks).unwrap().to_vec2::<f32>().unwrap();
        for (network, labels) in labels.iter().enumerate() {
            for (target, label) in labels.iter().enumerate() {
                let row = networks.narrow(0, network, 1).unwrap().repeat((5, 1)).unwrap();
                let others = pairwise.references.get(target).unwrap();
                let odds = pairwise.log_odds(&row, &others).unwrap().to_vec3::<f32>().unwrap();
                let chance = |of: &Vec<f32>| 1.0 / (1.0 + f64::from(-of[target]).exp());
                let mean = odds.iter().flatten().map(chance).sum::<f64>() / 10.0; // 2 classifiers, 5 references
                assert!((f64::from(*label) - normal_quantile(mean)).abs() < 1e-4, "{label} {mean}");
            }
        }
    }

    #[test]
    fn a_network_that_beats_all_references_keeps_a_finite_label() {
        let (mut pairwise, _) = classifiers();
        pairwise.output = (pairwise.output * 1e6).unwrap();
        let labels = pairwise.labels(&random(9, 5)).unwrap().to_vec2::<f32>().unwrap();
        assert!(labels.iter().flatten().all(|label| label.abs() < 2.0)); // 5 references: at most rank .95
    }
}
