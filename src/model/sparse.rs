//! Products of a constant sparse matrix with node features: aggregation and mean readout.
//!
//! Summing over predecessors, averaging over successors and averaging over a graph's nodes are all
//! Y = A X with a fixed sparse A, and the gradient is A^T dY. One operation serves them all.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Shape, Tensor};

use crate::error::Result;

/// A constant sparse matrix, kept by rows together with its transpose.
#[derive(Debug, Clone)]
pub struct SparseMatrix {
    rows: Arc<Rows>,
    transposed: Arc<Rows>,
}

/// Compressed sparse rows.
#[derive(Debug)]
struct Rows {
    /// Row `i` holds entries `offsets[i]..offsets[i + 1]`.
    offsets: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl SparseMatrix {
    /// The `n_rows` x `n_columns` matrix with these `(row, column, value)` entries.
    ///
    /// Entries of one row are summed in the order given, so a product is the same on every run.
    pub fn new(n_rows: usize, n_columns: usize, entries: &[(u32, u32, f32)]) -> Self {
        let swapped = entries.iter().map(|&(row, column, value)| (column, row, value));
        Self {
            rows: Arc::new(Rows::new(n_rows, entries.iter().copied())),
            transposed: Arc::new(Rows::new(n_columns, swapped)),
        }
    }

    /// The product with `x`.
    ///
    /// # Shapes
    /// `x: [n_columns, d]` to `[n_rows, d]`.
    ///
    /// # Errors
    /// Where `x` has another shape or is not f32.
    ///
    /// # Example
    /// ```
    /// # use candle_core::{Device, Tensor};
    /// # use gennape::model::sparse::SparseMatrix;
    /// let mean = SparseMatrix::new(1, 2, &[(0, 0, 0.5), (0, 1, 0.5)]);
    /// let x = Tensor::new(&[[1f32, 2.0], [3.0, 6.0]], &Device::Cpu)?;
    /// assert_eq!(mean.matmul(&x)?.to_vec2::<f32>()?, [[2.0, 4.0]]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn matmul(&self, x: &Tensor) -> Result<Tensor> {
        Ok(x.contiguous()?.apply_op1(SparseMatmul(self.clone()))?)
    }

    fn transpose(&self) -> Self {
        Self { rows: self.transposed.clone(), transposed: self.rows.clone() }
    }
}

impl Rows {
    fn new(n_rows: usize, entries: impl Iterator<Item = (u32, u32, f32)> + Clone) -> Self {
        let mut offsets = vec![0; n_rows + 1];
        for (row, ..) in entries.clone() {
            offsets[row as usize + 1] += 1;
        }
        for row in 0..n_rows {
            offsets[row + 1] += offsets[row];
        }
        let mut next = offsets.clone();
        let mut columns = vec![0; offsets[n_rows]];
        let mut values = vec![0.0; offsets[n_rows]];
        for (row, column, value) in entries {
            let slot = &mut next[row as usize];
            columns[*slot] = column;
            values[*slot] = value;
            *slot += 1;
        }
        Self { offsets, columns, values }
    }

    fn n_rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// `[n_rows, width]` from `x: [n_columns, width]`.
    fn matmul(&self, x: &[f32], width: usize) -> Vec<f32> {
        let mut product = vec![0.0; self.n_rows() * width];
        for (row, sums) in product.chunks_exact_mut(width.max(1)).enumerate() {
            for entry in self.offsets[row]..self.offsets[row + 1] {
                let start = self.columns[entry] as usize * width;
                let value = self.values[entry];
                for (sum, term) in sums.iter_mut().zip(&x[start..start + width]) {
                    *sum += value * term;
                }
            }
        }
        product
    }
}

struct SparseMatmul(SparseMatrix);

impl CustomOp1 for SparseMatmul {
    fn name(&self) -> &'static str {
        "sparse-matmul"
    }

    fn cpu_fwd(
        &self,
        storage: &CpuStorage,
        layout: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        let x = contiguous_f32(storage, layout)?;
        let (n_columns, width) = layout.shape().dims2()?;
        if n_columns != self.0.transposed.n_rows() {
            candle_core::bail!(
                "sparse-matmul: {n_columns} rows instead of {}",
                self.0.transposed.n_rows()
            );
        }
        let product = self.0.rows.matmul(x, width);
        Ok((CpuStorage::F32(product), Shape::from((self.0.rows.n_rows(), width))))
    }

    fn bwd(
        &self,
        _arg: &Tensor,
        _res: &Tensor,
        grad_res: &Tensor,
    ) -> candle_core::Result<Option<Tensor>> {
        let grad = grad_res.contiguous()?.apply_op1(SparseMatmul(self.0.transpose()))?;
        Ok(Some(grad))
    }
}

/// The numbers of a contiguous f32 tensor, for our own operations.
pub(super) fn contiguous_f32<'a>(
    storage: &'a CpuStorage,
    layout: &Layout,
) -> candle_core::Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => candle_core::bail!("expected a contiguous tensor"),
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};

    use super::*;

    #[test]
    fn product_is_that_of_the_dense_matrix() {
        let entries = [(0, 2, 0.5), (2, 0, -1.0), (2, 2, 3.0), (2, 0, 0.25)];
        let x = Tensor::new(&[[1f32, 2.0], [3.0, 4.0], [5.0, 6.0]], &Device::Cpu).unwrap();
        // [[0, 0, .5], [0, 0, 0], [-.75, 0, 3], [0, 0, 0]] times x, by hand: entries of one place
        // add up, rows without any (nodes that nothing leads to) are zero.
        let expected = [[2.5, 3.0], [0.0, 0.0], [14.25, 16.5], [0.0, 0.0]];
        let product = SparseMatrix::new(4, 3, &entries).matmul(&x).unwrap();
        assert_eq!(product.to_vec2::<f32>().unwrap(), expected);
    }

    #[test]
    fn a_matrix_without_entries_gives_zeros() {
        let x = Tensor::ones((2, 3), DType::F32, &Device::Cpu).unwrap();
        let product = SparseMatrix::new(1, 2, &[]).matmul(&x).unwrap();
        assert_eq!(product.to_vec2::<f32>().unwrap(), [[0.0; 3]]);
    }

    #[test]
    fn a_product_with_no_columns_has_none() {
        let x = Tensor::zeros((2, 0), DType::F32, &Device::Cpu).unwrap();
        let product = SparseMatrix::new(1, 2, &[(0, 1, 1.0)]).matmul(&x).unwrap();
        assert_eq!(product.dims(), [1, 0]);
    }

    #[test]
    fn columns_of_a_view_are_read_as_they_look() {
        let x = Tensor::new(&[[1f32, 2.0, 3.0], [4.0, 5.0, 6.0]], &Device::Cpu).unwrap();
        let view = x.t().unwrap().narrow(0, 1, 2).unwrap(); // [[2, 5], [3, 6]]
        let product = SparseMatrix::new(1, 2, &[(0, 0, 1.0), (0, 1, 1.0)]).matmul(&view).unwrap();
        assert_eq!(product.to_vec2::<f32>().unwrap(), [[5.0, 11.0]]);
    }

    #[test]
    fn other_shapes_and_types_are_refused() {
        let matrix = SparseMatrix::new(1, 2, &[(0, 1, 1.0)]);
        let zeros = |shape: &[usize], kind| Tensor::zeros(shape, kind, &Device::Cpu).unwrap();
        for (x, expected) in [
            (zeros(&[3, 4], DType::F32), "3 rows instead of 2"),
            (zeros(&[2], DType::F32), "rank"),
            (zeros(&[2, 4], DType::F64), "dtype"),
        ] {
            let message = matrix.matmul(&x).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
