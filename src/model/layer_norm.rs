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
        for row in x.chunks_exact(width) {
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
        for (row, grad) in x.chunks_exact(width).zip(grad.chunks_exact(width)) {
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
