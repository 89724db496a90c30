//! The graph convolution of Kipf and Welling (2017), a baseline's layer.

use candle_core::{DType, Device, Module, Tensor};
use candle_nn::{Linear, VarBuilder};

use super::dense::{dense_no_bias, uniform};
use super::sparse::SparseMatrix;
use crate::error::Result;

/// x'_v = W sum over u in {v and its predecessors} of x_u / sqrt(d_u d_v) + b, d = 1 + predecessors.
///
/// As PyTorch Geometric's `GCNConv` with self-loops: `lin` has no bias, `bias` is added last.
#[derive(Debug, Clone)]
pub struct GcnConv {
    lin: Linear,
    bias: Tensor,
}

/// 1 / sqrt(d) of each node: `[n_nodes, 1]`.
///
/// # Errors
/// Where the matrix is not square.
pub fn degree_scale(sum_before: &SparseMatrix, n_nodes: usize) -> Result<Tensor> {
    let ones = Tensor::ones((n_nodes, 1), DType::F32, &Device::Cpu)?;
    Ok((sum_before.matmul(&ones)? + 1.0)?.sqrt()?.recip()?)
}

impl GcnConv {
    /// A layer from `n_in` to `n_out` columns under `vb`.
    ///
    /// # Errors
    /// Where its weights are missing or of another shape.
    pub fn new(n_in: usize, n_out: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            lin: dense_no_bias(n_in, n_out, vb.pp("lin"))?,
            bias: vb.get_with_hints(n_out, "bias", uniform(n_in))?,
        })
    }

    /// One round of messages along the edges; `sum_before` sums over predecessors, `scale` is
    /// [`degree_scale`] of it.
    ///
    /// # Shapes
    /// `x: [n_nodes, n_in]`, `scale: [n_nodes, 1]` to `[n_nodes, n_out]`.
    ///
    /// # Errors
    /// Where `x` does not fit the layer or the matrix.
    pub fn forward(&self, x: &Tensor, sum_before: &SparseMatrix, scale: &Tensor) -> Result<Tensor> {
        let scaled = self.lin.forward(x)?.broadcast_mul(scale)?; // [n_nodes, n_out]
        let summed = (sum_before.matmul(&scaled)? + scaled)?;
        Ok(summed.broadcast_mul(scale)?.broadcast_add(&self.bias)?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_node_averages_itself_and_those_before_it_by_their_degrees() {
        let tensor = |values: &[f32], shape: (usize, usize)| {
            Tensor::from_slice(values, shape, &Device::Cpu).unwrap()
        };
        let weights = HashMap::from([
            ("lin.weight".to_owned(), tensor(&[2.0], (1, 1))),
            ("bias".to_owned(), Tensor::new(&[0.5f32], &Device::Cpu).unwrap()),
        ]);
        let vb = VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu);
        let layer = GcnConv::new(1, 1, vb).unwrap();
        // 0 -> 3, 1 -> 3, 2 -> 3: node 3 has degree 4, the others 1.
        let sum_before = SparseMatrix::new(4, 4, &[(3, 0, 1.0), (3, 1, 1.0), (3, 2, 1.0)]);
        let scale = degree_scale(&sum_before, 4).unwrap();
        let y = layer.forward(&tensor(&[1.0, 2.0, 3.0, 8.0], (4, 1)), &sum_before, &scale);
        let y = y.unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(y, [2.5, 4.5, 6.5, 2.0 * (6.0 / 2.0 + 8.0 / 4.0) + 0.5]);
    }
}
