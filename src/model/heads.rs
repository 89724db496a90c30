//! One multi-layer perceptron a cluster, computed side by side.
//!
//! y = sum over clusters c of u_c head_c([embedding, scalars]); each head ends in one column a
//! target (paper, section 3.3).

use candle_core::{Module, Tensor};
use candle_nn::VarBuilder;

use super::config::HeadsConfig;
use super::dense::uniform;
use crate::error::Result;

/// Heads of equal shape, their weights stacked.
#[derive(Debug, Clone)]
pub struct Heads {
    layers: Vec<StackedLayer>,
    relu: Vec<bool>,
}

/// y_c = x_c W_c + b_c for every cluster c at once.
#[derive(Debug, Clone)]
struct StackedLayer {
    weight: Tensor,
    bias: Tensor,
}

impl StackedLayer {
    fn new(n_heads: usize, n_in: usize, n_out: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            weight: vb.get_with_hints((n_heads, n_in, n_out), "weight", uniform(n_in))?,
            bias: vb.get_with_hints((n_heads, 1, n_out), "bias", uniform(n_in))?,
        })
    }
}

impl Module for StackedLayer {
    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

impl Heads {
    /// `n_heads` heads from `n_in` columns to `n_targets` under `vb`.
    ///
    /// # Errors
    /// Where weights are missing or of another shape.
    pub fn new(
        config: &HeadsConfig,
        (n_heads, n_in, n_targets): (usize, usize, usize),
        vb: VarBuilder<'_>,
    ) -> Result<Self> {
        let widths = [&[n_in], config.hidden.as_slice(), &[n_targets]].concat();
        let layers = widths
            .windows(2)
            .enumerate()
            .map(|(layer, pair)| {
                StackedLayer::new(n_heads, pair[0], pair[1], vb.pp("layers").pp(layer))
            })
            .collect::<Result<_>>()?;
        Ok(Self { layers, relu: config.relu.clone() })
    }

    /// What each head says of each graph and target.
    ///
    /// # Shapes
    /// `x: [n_graphs, n_in]` to `[n_heads, n_graphs, n_targets]`.
    ///
    /// # Errors
    /// Where `x` has another width.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let n_heads = self.layers[0].weight.dim(0)?;
        let mut y = x.broadcast_left(n_heads)?.contiguous()?; // [n_heads, n_graphs, n_in]
        for (layer, weights) in self.layers.iter().enumerate() {
            y = weights.forward(&y)?;
            if self.relu.get(layer) == Some(&true) {
                y = y.relu()?;
            }
        }
        Ok(y)
    }
}

/// The sum of the heads' outputs, weighted by membership.
///
/// # Shapes
/// `outputs: [n_heads, n_graphs, n_targets]`, `membership: [n_graphs, n_heads]` to
/// `[n_graphs, n_targets]`.
///
/// # Errors
/// Where the shapes do not fit.
pub fn weighted_sum(outputs: &Tensor, membership: &Tensor) -> Result<Tensor> {
    let weights = membership.t()?.unsqueeze(2)?; // [n_heads, n_graphs, 1]
    Ok(outputs.broadcast_mul(&weights)?.sum(0)?)
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::fit::parameters::Parameters;

    #[test]
    fn full_membership_in_one_cluster_gives_the_answer_of_its_head() {
        let config = HeadsConfig { hidden: vec![8], relu: vec![true] };
        let rng = Box::new(Pcg64Mcg::seed_from_u64(1));
        let (heads, _) =
            Parameters::initialise(rng, |vb| Heads::new(&config, (3, 4, 2), vb)).unwrap();
        let x =
            Tensor::new(&[[1f32, -2.0, 0.5, 3.0], [0.0, 1.0, 2.0, -1.0]], &Device::Cpu).unwrap();
        let membership = Tensor::new(&[[0f32, 0.0, 1.0], [1.0, 0.0, 0.0]], &Device::Cpu).unwrap();
        let outputs = heads.forward(&x).unwrap();
        let sum = weighted_sum(&outputs, &membership).unwrap().to_vec2::<f32>().unwrap();
        let outputs = outputs.to_vec3::<f32>().unwrap();
        assert_eq!(sum, [outputs[2][0].clone(), outputs[0][1].clone()]);
        assert_ne!(outputs[0], outputs[1], "heads of their own weights");
    }

    #[test]
    fn relu_follows_only_the_layers_that_ask_for_it() {
        let ones =
            |shape: (usize, usize, usize)| Tensor::ones(shape, DType::F32, &Device::Cpu).unwrap();
        let layer = || StackedLayer { weight: ones((1, 1, 1)), bias: ones((1, 1, 1)) };
        for (relu, expected) in [(true, 1.0), (false, -3.0)] {
            let heads = Heads { layers: vec![layer(), layer()], relu: vec![relu] };
            let x = Tensor::new(&[[-5f32]], &Device::Cpu).unwrap();
            let y = heads.forward(&x).unwrap().to_vec3::<f32>().unwrap();
            assert_eq!(y, [[[expected]]]); // 1 + ReLU(-4) or 1 - 4
        }
    }

    #[test]
    fn every_number_of_layers_has_its_shape() {
        for hidden in [vec![], vec![5], vec![5, 6, 7]] {
            let relu = vec![true; hidden.len()];
            let config = HeadsConfig { hidden, relu };
            let rng = Box::new(Pcg64Mcg::seed_from_u64(1));
            let (heads, _) =
                Parameters::initialise(rng, |vb| Heads::new(&config, (3, 4, 2), vb)).unwrap();
            let x = Tensor::zeros((9, 4), DType::F32, &Device::Cpu);
            assert_eq!(heads.forward(&x.unwrap()).unwrap().dims(), [3, 9, 2]);
        }
    }
}
