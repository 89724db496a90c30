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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use candle_core::{DType, Device};

    use super::*;

    /// A layer of one row of 6 weights for each of two columns.
    fn layer(weight: [[f32; 6]; 2], bias: [f32; 2]) -> ResidualLayer {
        let weights = HashMap::from([
            ("linear.weight".to_owned(), Tensor::new(&weight, &Device::Cpu).unwrap()),
            ("linear.bias".to_owned(), Tensor::new(&bias, &Device::Cpu).unwrap()),
        ]);
        ResidualLayer::new(2, VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu)).unwrap()
    }

    #[test]
    fn a_lone_node_reads_zeros_for_its_neighbours() {
        let reads_only_neighbours = layer([[0.0, 0.0, 9.0, 9.0, 9.0, 9.0]; 2], [0.5, -0.5]);
        let alone = SparseMatrix::new(1, 1, &[]);
        let h = Tensor::new(&[[3f32, 1.0]], &Device::Cpu).unwrap();
        let h = reads_only_neighbours.forward(&h, &alone, &alone).unwrap();
        assert_eq!(h.to_vec2::<f32>().unwrap(), [[3.5, 1.0]]); // 3 + ReLU(.5), 1 + ReLU(-.5)
    }

    #[test]
    fn both_directions_are_read_in_their_own_columns() {
        // Column 0 adds the first normal value of what stands before, column 1 that of what follows.
        let layer =
            layer([[0.0, 0.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0, 0.0]], [0.0; 2]);
        let before = SparseMatrix::new(2, 2, &[(1, 0, 1.0)]);
        let after = SparseMatrix::new(2, 2, &[(0, 1, 1.0)]);
        let h = Tensor::new(&[[1000f32, 0.0], [2000.0, 0.0]], &Device::Cpu).unwrap();
        let h = layer.forward(&h, &before, &after).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!(h, [[1000.0, 1.0], [2001.0, 0.0]]); // both rows are [1, -1] when normal
    }
}
