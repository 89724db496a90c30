//! Layer normalisation without scale and shift, with a gradient.
//!
//! candle's fast layer norm has no backward pass and its slow one is eight operations. Scale and
//! shift are left to the linear map that follows each of ours.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Shape, Tensor};

use super::sparse::contiguous_f32;
use crate::error::Result;

/// Added to the variance, as PyTorch does by default.
const EPSILON: f32 = 1e-5;

/// y = (x - mean(x)) / sqrt(var(x) + 1e-5) over each row.
///
/// # Shapes
/// `x: [n, d]` to `[n, d]`.
///
/// # Errors
/// Where `x` is no f32 matrix.
///
/// # Example
/// ```
/// # use candle_core::{Device, Tensor};
/// # use gennape::model::layer_norm::layer_norm;
/// // torch.nn.functional.layer_norm(torch.tensor([[1., 3.]]), (2,))
/// let y = layer_norm(&Tensor::new(&[[1f32, 3.0]], &Device::Cpu)?)?;
/// assert!((y.to_vec2::<f32>()?[0][1] - 0.999_995).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn layer_norm(x: &Tensor) -> Result<Tensor> {
    Ok(x.contiguous()?.apply_op1(LayerNorm)?)
}

struct LayerNorm;

/// Mean and inverse deviation of a row.
fn moments(row: &[f32]) -> (f32, f32) {
    let n = row.len() as f32;
    let mean = row.iter().sum::<f32>() / n;
    let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / n;
    (mean, 1.0 / (variance + EPSILON).sqrt())
}

impl CustomOp1 for LayerNorm {
    fn name(&self) -> &'static str {
        "layer-norm"
    }

    fn cpu_fwd(
        &self,
        storage: &CpuStorage,
        layout: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        let x = contiguous_f32(storage, layout)?;
        let (_, width) = layout.shape().dims2()?;
        let mut normal = Vec::with_capacity(x.len());
        for row in x.chunks_exact(width.max(1)) {
            let (mean, scale) = moments(row);
            normal.extend(row.iter().map(|x| (x - mean) * scale));
        }
        Ok((CpuStorage::F32(normal), layout.shape().clone()))
    }

    fn bwd(
        &self,
        arg: &Tensor,
        _res: &Tensor,
        grad_res: &Tensor,
    ) -> candle_core::Result<Option<Tensor>> {
        Ok(Some(arg.apply_op2_no_bwd(&grad_res.contiguous()?, &LayerNormGradient)?))
    }
}

/// dx = (dy - mean(dy) - y mean(dy y)) / sqrt(var(x) + 1e-5).
struct LayerNormGradient;

impl CustomOp2 for LayerNormGradient {
    fn name(&self) -> &'static str {
        "layer-norm-gradient"
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
        let mut gradient = Vec::with_capacity(x.len());
        let rows = x.chunks_exact(width.max(1)).zip(grad.chunks_exact(width.max(1)));
        for (row, grad) in rows {
            let (mean, scale) = moments(row);
            let mean_grad = grad.iter().sum::<f32>() / width as f32;
            let dot: f32 = row.iter().zip(grad).map(|(x, g)| (x - mean) * scale * g).sum();
            let mean_dot = dot / width as f32;
            gradient.extend(
                row.iter()
                    .zip(grad)
                    .map(|(x, g)| (g - mean_grad - (x - mean) * scale * mean_dot) * scale),
            );
        }
        Ok((CpuStorage::F32(gradient), x_layout.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{D, Device, Var};

    use super::*;

    #[test]
    fn rows_agree_with_the_formula_in_double_precision() {
        // (x - mean) / sqrt(var + 1e-5) in double precision (Python); the second row is constant,
        // the third varies less than epsilon.
        let cases = [
            ([1.0, 2.0, 4.0], [-1.0690, -0.2673, 1.3363]),
            ([7.0, 7.0, 7.0], [0.0, 0.0, 0.0]),
            ([0.001, 0.0, -0.001], [0.3062, 0.0, -0.3062]),
            ([-3e4, 0.0, 3e4], [-1.2247, 0.0, 1.2247]),
        ];
        for (row, expected) in cases {
            let y = layer_norm(&Tensor::new(&[row.map(|x: f64| x as f32)], &Device::Cpu).unwrap());
            let y = y.unwrap().to_vec2::<f32>().unwrap();
            for (got, expected) in y[0].iter().zip(expected) {
                assert!((f64::from(*got) - expected).abs() < 1e-4, "{row:?} gives {y:?}");
            }
        }
    }

    #[test]
    fn rows_without_columns_stay() {
        let x = Tensor::zeros((3, 0), candle_core::DType::F32, &Device::Cpu).unwrap();
        assert_eq!(layer_norm(&x).unwrap().dims(), [3, 0]);
    }

    /// The same from candle's own operations, which have gradients of their own.
    fn composed(x: &Tensor) -> candle_core::Result<Tensor> {
        let centered = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
        let variance = centered.sqr()?.mean_keepdim(D::Minus1)?;
        centered.broadcast_div(&(variance + f64::from(EPSILON))?.sqrt()?)
    }

    #[test]
    fn values_and_gradients_agree_with_composed_operations() {
        let numbers: Vec<f32> = (0..7 * 33).map(|i| (i as f32 * 12.9898).sin() * 3.0).collect();
        let x = Var::from_vec(numbers, (7, 33), &Device::Cpu).unwrap();
        let of = |y: &Tensor| {
            let weights = (y.sqr().unwrap() * y).unwrap();
            let gradients = weights.sum_all().unwrap().backward().unwrap();
            gradients.get(&x).unwrap().clone()
        };
        let (ours, theirs) = (layer_norm(&x).unwrap(), composed(&x).unwrap());
        for (ours, theirs) in [(&ours, &theirs), (&of(&ours), &of(&theirs))] {
            let error = (ours - theirs).unwrap().abs().unwrap().max_all().unwrap();
            assert!(error.to_scalar::<f32>().unwrap() < 1e-5, "{error}");
        }
    }
}
