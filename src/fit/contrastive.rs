//! The contrastive loss with soft targets from Laplacian spectra (paper, equations 2 to 4).
//!
//! L = mean over i of - sum_{l != i} alpha_l^(i) log( exp(sim(z_i, z_l)) / sum_{r != i}
//! exp(sim(z_i, z_r)) ), with sim = cosine / tau and alpha^(i) = softmax over l != i of
//! -distance / T. Each row is a cross-entropy, so its floor is the entropy of alpha.

use candle_core::{D, Device, Tensor};

use crate::error::Result;

/// Takes the diagonal out of a softmax.
const EXCLUDED: f32 = -1e9;

/// Soft targets of one batch.
#[derive(Debug, Clone)]
pub struct SoftTargets {
    /// Row-major `[n, n]`, rows sum to 1, zero on the diagonal.
    pub alpha: Vec<f64>,
    /// Number of graphs.
    pub n: usize,
    /// T, found so that the rows have the wished perplexity on average.
    pub temperature: f64,
}

impl SoftTargets {
    /// Targets from spectra: T is set so that the mean of exp(entropy(alpha^(i))) is `perplexity`.
    ///
    /// Complexity: O(n^2 (eigenvalues + 60)).
    pub fn from_spectra<S: AsRef<[f64]>>(spectra: &[S], perplexity: f64) -> Self {
        let n = spectra.len();
        let mut distances = vec![0.0; n * n];
        for (i, a) in spectra.iter().enumerate() {
            for (l, b) in spectra.iter().enumerate() {
                let squares = a.as_ref().iter().zip(b.as_ref()).map(|(a, b)| (a - b) * (a - b));
                distances[i * n + l] = squares.sum::<f64>().sqrt();
            }
        }
        let wished = perplexity.min((n.max(2) - 1) as f64);
        let (mut cold, mut hot) = (-12.0_f64, 6.0_f64);
        for _ in 0..60 {
            let middle = (cold + hot) / 2.0;
            let alpha = soft_rows(&distances, n, middle.exp());
            let mean = entropies(&alpha, n).map(f64::exp).sum::<f64>() / n as f64;
            if mean < wished { cold = middle } else { hot = middle }
        }
        let temperature = ((cold + hot) / 2.0).exp();
        Self { alpha: soft_rows(&distances, n, temperature), n, temperature }
    }

    /// The loss that no embedding can beat: the mean entropy of alpha.
    pub fn floor(&self) -> f64 {
        entropies(&self.alpha, self.n).sum::<f64>() / self.n as f64
    }
}

/// The loss of projections against soft targets.
///
/// # Shapes
/// `z: [n, d]` to a scalar.
///
/// # Errors
/// Where `z` has another number of rows than the targets.
pub fn contrastive_loss(z: &Tensor, targets: &SoftTargets, tau: f64) -> Result<Tensor> {
    let n = targets.n;
    let lengths = (z.sqr()?.sum_keepdim(1)? + 1e-12)?.sqrt()?; // [n, 1]
    let unit = z.broadcast_div(&lengths)?; // [n, d]
    let similarity = (unit.matmul(&unit.t()?)? / tau)?; // [n, n]
    let diagonal: Vec<f32> =
        (0..n * n).map(|at| if at / n == at % n { EXCLUDED } else { 0.0 }).collect();
    let logits = (similarity + Tensor::from_vec(diagonal, (n, n), &Device::Cpu)?)?;
    let log_share = candle_nn::ops::log_softmax(&logits, D::Minus1)?; // [n, n]
    let alpha: Vec<f32> = targets.alpha.iter().map(|a| *a as f32).collect();
    let alpha = Tensor::from_vec(alpha, (n, n), &Device::Cpu)?;
    Ok(((log_share * alpha)?.sum_all()? / -(n as f64))?)
}

/// Row-wise softmax of -distance / T without the diagonal.
fn soft_rows(distances: &[f64], n: usize, temperature: f64) -> Vec<f64> {
    let mut alpha = vec![0.0; n * n];
    for (i, row) in alpha.chunks_exact_mut(n.max(1)).enumerate() {
        let distances = &distances[i * n..(i + 1) * n];
        let others = || (0..n).filter(move |l| *l != i);
        let nearest = others().map(|l| distances[l]).fold(f64::INFINITY, f64::min);
        for l in others() {
            row[l] = (-(distances[l] - nearest) / temperature).exp();
        }
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|a| *a /= sum.max(f64::MIN_POSITIVE));
    }
    alpha
}

fn entropies(alpha: &[f64], n: usize) -> impl Iterator<Item = f64> {
    alpha
        .chunks_exact(n.max(1))
        .map(|row| -row.iter().filter(|a| **a > 0.0).map(|a| a * a.ln()).sum::<f64>())
}
