//! The maximum over each graph's nodes: the second half of the mean-and-max readout.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Shape, Tensor};

use super::sparse::contiguous_f32;
use crate::error::Result;

/// The largest value of each column within each segment of rows.
///
/// Segment `g` holds rows `offsets[g]..offsets[g + 1]`. The gradient goes to the first row that
/// attains the maximum, as in `torch.max` over a dimension (`torch.amax` would share it out).
///
/// # Shapes
/// `x: [n_nodes, d]` to `[n_segments, d]`.
///
/// # Errors
/// Where `x` has another number of rows or a segment is empty.
///
/// # Example
/// ```
/// # use std::sync::Arc;
/// # use candle_core::{Device, Tensor};
/// # use gennape::model::segment_max::segment_max;
/// let x = Tensor::new(&[[1f32], [4.0], [3.0]], &Device::Cpu)?;
/// let max = segment_max(&x, &Arc::new(vec![0, 2, 3]))?;
/// assert_eq!(max.to_vec2::<f32>()?, [[4.0], [3.0]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn segment_max(x: &Tensor, offsets: &Arc<Vec<usize>>) -> Result<Tensor> {
    Ok(x.contiguous()?.apply_op1(SegmentMax(offsets.clone()))?)
}

struct SegmentMax(Arc<Vec<usize>>);

/// For each segment and column, the row of the first maximum.
fn first_maxima(x: &[f32], width: usize, offsets: &[usize]) -> Vec<usize> {
    let mut rows = Vec::with_capacity((offsets.len() - 1) * width);
    for segment in offsets.windows(2) {
        for column in 0..width {
            let mut best = segment[0];
            for row in segment[0]..segment[1] {
                if x[row * width + column] > x[best * width + column] {
                    best = row;
                }
            }
            rows.push(best);
        }
    }
    rows
}

impl CustomOp1 for SegmentMax {
    fn name(&self) -> &'static str {
        "segment-max"
    }

    fn cpu_fwd(
        &self,
        storage: &CpuStorage,
        layout: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        let x = contiguous_f32(storage, layout)?;
        let (n_rows, width) = layout.shape().dims2()?;
        let offsets = &self.0;
        if offsets.last() != Some(&n_rows) || offsets.windows(2).any(|pair| pair[0] >= pair[1]) {
            candle_core::bail!("segment-max: segments do not fill {n_rows} rows");
        }
        let rows = first_maxima(x, width, offsets);
        let values = rows.iter().enumerate().map(|(at, row)| x[row * width + at % width]).collect();
        Ok((CpuStorage::F32(values), Shape::from((offsets.len() - 1, width))))
    }

    fn bwd(
        &self,
        arg: &Tensor,
        _res: &Tensor,
        grad_res: &Tensor,
    ) -> candle_core::Result<Option<Tensor>> {
        let gradient = SegmentMaxGradient(self.0.clone());
        Ok(Some(arg.apply_op2_no_bwd(&grad_res.contiguous()?, &gradient)?))
    }
}

struct SegmentMaxGradient(Arc<Vec<usize>>);

impl CustomOp2 for SegmentMaxGradient {
    fn name(&self) -> &'static str {
        "segment-max-gradient"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        grad: &CpuStorage,
        grad_layout: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        let (x, grad) = (contiguous_f32(x, x_layout)?, contiguous_f32(grad, grad_layout)?);
        let (_, width) = x_layout.shape().dims2()?;
        let mut spread = vec![0.0; x.len()];
        for (at, row) in first_maxima(x, width, &self.0).into_iter().enumerate() {
            spread[row * width + at % width] += grad[at];
        }
        Ok((CpuStorage::F32(spread), x_layout.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    #[test]
    fn each_segment_has_its_own_maximum_in_each_column() {
        let rows = [[-3f32, 1.0], [-1.0, -2.0], [7.0, 7.0], [f32::NEG_INFINITY, 0.0], [-5.0, 0.5]];
        let x = Tensor::new(&rows, &Device::Cpu).unwrap();
        let max = segment_max(&x, &Arc::new(vec![0, 2, 3, 5])).unwrap();
        assert_eq!(max.to_vec2::<f32>().unwrap(), [[-1.0, 1.0], [7.0, 7.0], [-5.0, 0.5]]);
    }

    #[test]
    fn gradient_of_a_shared_maximum_goes_to_its_first_row() {
        let x = Var::new(&[[2f32], [5.0], [5.0], [1.0]], &Device::Cpu).unwrap();
        let max = segment_max(&x, &Arc::new(vec![0, 3, 4])).unwrap();
        let gradients = (max.sum_all().unwrap() * 3.0).unwrap().backward().unwrap();
        let gradient = gradients.get(&x).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!(gradient, [[0.0], [3.0], [0.0], [3.0]]);
    }

    #[test]
    fn segments_that_are_empty_or_do_not_fill_the_rows_are_refused() {
        let x = Tensor::new(&[[1f32], [2.0]], &Device::Cpu).unwrap();
        for offsets in [vec![0, 0, 2], vec![0, 1], vec![0, 3], vec![]] {
            let message = segment_max(&x, &Arc::new(offsets)).unwrap_err().to_string();
            assert!(message.contains("do not fill 2 rows"), "{message}");
        }
    }
}
