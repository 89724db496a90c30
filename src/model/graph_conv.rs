//! GraphConv (Morris et al., 2019), the layer of the published encoder.

use candle_core::{Module, Tensor};
use candle_nn::{Linear, VarBuilder};

use super::dense::{dense, dense_no_bias};
use super::sparse::SparseMatrix;
use crate::error::Result;

/// x'_v = W_root x_v + W_rel sum over predecessors u of x_u + b.
///
/// As PyTorch Geometric's `GraphConv(aggr="add")`: `lin_rel` has the bias, `lin_root` has none.
#[derive(Debug, Clone)]
pub struct GraphConv {
    lin_rel: Linear,
    lin_root: Linear,
}

impl GraphConv {
    /// A layer from `n_in` to `n_out` columns under `vb`.
    ///
    /// # Errors
    /// Where its weights are missing or of another shape.
    pub fn new(n_in: usize, n_out: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            lin_rel: dense(n_in, n_out, vb.pp("lin_rel"))?,
            lin_root: dense_no_bias(n_in, n_out, vb.pp("lin_root"))?,
        })
    }

    /// One round of messages along the edges; `sum_before` sums over predecessors.
    ///
    /// # Shapes
    /// `x: [n_nodes, n_in]` to `[n_nodes, n_out]`.
    ///
    /// # Errors
    /// Where `x` does not fit the layer or the matrix.
    pub fn forward(&self, x: &Tensor, sum_before: &SparseMatrix) -> Result<Tensor> {
        let messages = self.lin_rel.forward(&sum_before.matmul(x)?)?; // [n_nodes, n_out]
        Ok((messages + self.lin_root.forward(x)?)?)
    }
}
