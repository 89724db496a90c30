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

#[cfg(test)]
mod tests {
    use rand::{Rng, RngExt, SeedableRng};
    use rand_pcg::Pcg64Mcg;

    use super::*;

    fn random_rows(n: usize, width: usize, rng: &mut dyn Rng) -> Vec<Vec<f64>> {
        (0..n).map(|_| (0..width).map(|_| rng.random_range(-1.0..1.0)).collect()).collect()
    }

    fn loss(z: &[Vec<f64>], targets: &SoftTargets, tau: f64) -> f64 {
        let flat: Vec<f32> = z.iter().flatten().map(|x| *x as f32).collect();
        let z = Tensor::from_vec(flat, (z.len(), z[0].len()), &Device::Cpu).unwrap();
        f64::from(contrastive_loss(&z, targets, tau).unwrap().to_scalar::<f32>().unwrap())
    }

    /// Targets that are exactly the softmax of z's similarities.
    fn targets_of(z: &[Vec<f64>], tau: f64) -> SoftTargets {
        let n = z.len();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut alpha = vec![0.0; n * n];
        for (i, a) in z.iter().enumerate() {
            for (l, b) in z.iter().enumerate().filter(|(l, _)| *l != i) {
                let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
                alpha[i * n + l] = (cosine / tau).exp();
            }
            let sum: f64 = alpha[i * n..(i + 1) * n].iter().sum();
            alpha[i * n..(i + 1) * n].iter_mut().for_each(|share| *share /= sum);
        }
        SoftTargets { alpha, n, temperature: 1.0 }
    }

    #[test]
    fn no_projection_is_below_the_floor() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        for n in [2, 3, 10, 60] {
            for _ in 0..20 {
                let spectra = random_rows(n, 21, &mut rng);
                let targets = SoftTargets::from_spectra(&spectra, 8.0);
                let width = rng.random_range(1..12);
                let loss = loss(&random_rows(n, width, &mut rng), &targets, 0.2);
                assert!(loss > targets.floor() - 1e-5, "{loss} below {}", targets.floor());
            }
        }
    }

    #[test]
    fn the_floor_is_reached_when_similarities_match_the_targets() {
        let mut rng = Pcg64Mcg::seed_from_u64(2);
        for tau in [0.1, 0.2, 1.0] {
            let z = random_rows(12, 5, &mut rng);
            let targets = targets_of(&z, tau);
            let (loss, floor) = (loss(&z, &targets, tau), targets.floor());
            assert!((loss - floor).abs() < 1e-5, "{loss} instead of {floor}");
        }
    }

    #[test]
    fn rows_of_alpha_sum_to_one_without_the_diagonal() {
        let mut rng = Pcg64Mcg::seed_from_u64(3);
        let mut spectra = random_rows(9, 21, &mut rng);
        spectra[4] = spectra[2].clone();
        let targets = SoftTargets::from_spectra(&spectra, 4.0);
        for (i, row) in targets.alpha.chunks(9).enumerate() {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert_eq!(row[i], 0.0);
        }
        let perplexity = entropies(&targets.alpha, 9).map(f64::exp).sum::<f64>() / 9.0;
        assert!((perplexity - 4.0).abs() < 1e-9, "{perplexity}");
    }

    #[test]
    fn small_and_uniform_batches_stay_finite() {
        let equal = vec![vec![1.0; 21]; 5];
        let targets = SoftTargets::from_spectra(&equal, 2.0);
        assert!((targets.floor() - 4.0_f64.ln()).abs() < 1e-12, "all others are equally near");
        assert!((loss(&equal, &targets, 0.2) - 4.0_f64.ln()).abs() < 1e-5);
        for (spectra, expected) in [(&equal[..1], 0.0), (&equal[..2], 0.0)] {
            let targets = SoftTargets::from_spectra(spectra, 8.0);
            assert_eq!(targets.floor(), expected);
            assert!(loss(spectra, &targets, 0.2).abs() < 1e-6);
        }
        let zeros = vec![vec![0.0; 3]; 5];
        assert!((loss(&zeros, &targets, 0.2) - 4.0_f64.ln()).abs() < 1e-5);
    }
}
