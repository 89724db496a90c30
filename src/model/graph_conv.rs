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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use candle_core::{DType, Device};

    use super::*;

    #[test]
    fn a_node_adds_itself_and_the_sum_of_those_before_it() {
        let tensor = |rows: &[[f32; 2]]| {
            Tensor::new(rows.concat(), &Device::Cpu).unwrap().reshape(((), 2)).unwrap()
        };
        let weights = HashMap::from([
            ("lin_rel.weight".to_owned(), tensor(&[[10.0, 0.0], [0.0, 100.0]])),
            ("lin_rel.bias".to_owned(), Tensor::new(&[0.5f32, 0.25], &Device::Cpu).unwrap()),
            ("lin_root.weight".to_owned(), tensor(&[[0.0, 1.0], [1.0, 0.0]])),
        ]);
        let vb = VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu);
        let layer = GraphConv::new(2, 2, vb).unwrap();
        // 0 -> 2 and 1 -> 2; nothing leads to 0 and 1, which read the bias alone.
        let sum_before = SparseMatrix::new(3, 3, &[(2, 0, 1.0), (2, 1, 1.0)]);
        let x = tensor(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
        let y = layer.forward(&x, &sum_before).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!(y, [[2.5, 1.25], [4.5, 3.25], [46.5, 605.25]]);
    }
}
