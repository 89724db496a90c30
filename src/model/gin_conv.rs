//! The layer of graph isomorphism networks (Xu et al., 2019), a baseline's layer.

use candle_core::Tensor;
use candle_nn::VarBuilder;

use super::dense::Mlp;
use super::sparse::SparseMatrix;
use crate::error::Result;

/// x'_v = MLP(x_v + sum over predecessors u of x_u), the MLP with one hidden layer.
///
/// As PyTorch Geometric's `GINConv(Sequential(Linear, ReLU, Linear))` with its eps = 0.
#[derive(Debug, Clone)]
pub struct GinConv {
    mlp: Mlp,
}

impl GinConv {
    /// A layer from `n_in` to `n_out` columns, `n_out` hidden ones, under `vb`.
    ///
    /// # Errors
    /// Where its weights are missing or of another shape.
    pub fn new(n_in: usize, n_out: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self { mlp: Mlp::new(n_in, n_out, n_out, vb)? })
    }

    /// One round of messages along the edges; `sum_before` sums over predecessors.
    ///
    /// # Shapes
    /// `x: [n_nodes, n_in]` to `[n_nodes, n_out]`.
    ///
    /// # Errors
    /// Where `x` does not fit the layer or the matrix.
    pub fn forward(&self, x: &Tensor, sum_before: &SparseMatrix) -> Result<Tensor> {
        self.mlp.forward(&(x + sum_before.matmul(x)?)?)
    }
}
