//! The dense layer that all others are made of, initialised as PyTorch does.

use candle_core::Module;
use candle_nn::{Init, Linear, VarBuilder};

use crate::error::Result;

/// y = x W^T + b, with W and b uniform in +-1 / sqrt(`n_in`) when they are made anew.
///
/// # Shapes
/// `x: [n, n_in]` to `[n, n_out]`.
///
/// # Errors
/// Where the weights lack `weight: [n_out, n_in]` or `bias: [n_out]`.
pub fn dense(n_in: usize, n_out: usize, vb: VarBuilder<'_>) -> Result<Linear> {
    let bias = vb.get_with_hints(n_out, "bias", uniform(n_in))?;
    Ok(Linear::new(vb.get_with_hints((n_out, n_in), "weight", uniform(n_in))?, Some(bias)))
}

/// The same without a bias.
///
/// # Errors
/// Where the weights lack `weight: [n_out, n_in]`.
pub fn dense_no_bias(n_in: usize, n_out: usize, vb: VarBuilder<'_>) -> Result<Linear> {
    Ok(Linear::new(vb.get_with_hints((n_out, n_in), "weight", uniform(n_in))?, None))
}

/// A table of `n_out` columns for one-hot rows, drawn from N(0, 1) as `torch.nn.Embedding` is.
///
/// # Errors
/// Where the weights lack `weight: [n_out, n_in]`.
pub fn table(n_in: usize, n_out: usize, vb: VarBuilder<'_>) -> Result<Linear> {
    let normal = Init::Randn { mean: 0.0, stdev: 1.0 };
    Ok(Linear::new(vb.get_with_hints((n_out, n_in), "weight", normal)?, None))
}

/// Uniform in +-1 / sqrt(`n_in`).
pub(super) fn uniform(n_in: usize) -> Init {
    let bound = 1.0 / (n_in as f64).sqrt();
    Init::Uniform { lo: -bound, up: bound }
}

/// Two dense layers with a ReLU between: `n_in` to `n_hidden` to `n_out`.
#[derive(Debug, Clone)]
pub struct Mlp {
    hidden: Linear,
    output: Linear,
}

impl Mlp {
    /// An MLP under `vb`.
    ///
    /// # Errors
    /// Where its weights are missing or of another shape.
    pub fn new(n_in: usize, n_hidden: usize, n_out: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            hidden: dense(n_in, n_hidden, vb.pp("hidden"))?,
            output: dense(n_hidden, n_out, vb.pp("output"))?,
        })
    }

    /// `x: [n, n_in]` to `[n, n_out]`.
    ///
    /// # Errors
    /// Where `x` has another width.
    pub fn forward(&self, x: &candle_core::Tensor) -> Result<candle_core::Tensor> {
        Ok(self.output.forward(&self.hidden.forward(x)?.relu()?)?)
    }
}
