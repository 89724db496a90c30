//! The residual layer of the `default` encoder: messages along and against the edges.

use candle_core::{Module, Tensor};
use candle_nn::{Linear, VarBuilder};

use super::dense::dense;
use super::layer_norm::layer_norm;
use super::sparse::SparseMatrix;
use crate::error::Result;

/// h' = h + ReLU(W [n, mean of n over predecessors, mean of n over successors] + b), n = LN(h).
///
/// A node without predecessors (or successors) reads zeros in their place.
#[derive(Debug, Clone)]
pub struct ResidualLayer {
    linear: Linear,
}

impl ResidualLayer {
    /// A layer of `width` columns under `vb`.
    ///
    /// # Errors
    /// Where its weights are missing or of another shape.
    pub fn new(width: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self { linear: dense(3 * width, width, vb.pp("linear"))? })
    }

    /// # Shapes
    /// `h: [n_nodes, width]` to the same.
    ///
    /// # Errors
    /// Where `h` does not fit the layer or the matrices.
    pub fn forward(
        &self,
        h: &Tensor,
        mean_before: &SparseMatrix,
        mean_after: &SparseMatrix,
    ) -> Result<Tensor> {
        let normal = layer_norm(h)?;
        let (before, after) = (mean_before.matmul(&normal)?, mean_after.matmul(&normal)?);
        let seen = Tensor::cat(&[&normal, &before, &after], 1)?; // [n_nodes, 3 width]
        Ok((h + self.linear.forward(&seen)?.relu()?)?)
    }
}
