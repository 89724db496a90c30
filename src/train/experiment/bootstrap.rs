//! How far a rank correlation might lie elsewhere, had other networks been measured.

use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use crate::train::metrics::spearman;

/// Draws of as many networks as there are.
const N_DRAWS: usize = 1000;

/// The 95 % percentile interval of Spearman's correlation over networks drawn with replacement
/// (Efron, 1979); `None` where the correlation is undefined.
///
/// # Panics
/// Where the two lengths differ.
pub(super) fn interval(scores: &[f64], measured: &[f64], rng: &mut Pcg64Mcg) -> Option<[f64; 2]> {
    spearman(scores, measured)?;
    let mut found: Vec<f64> = (0..N_DRAWS)
        .filter_map(|_| {
            let draw = |_| rng.random_range(0..scores.len());
            let drawn: Vec<usize> = (0..scores.len()).map(draw).collect();
            let of = |values: &[f64]| -> Vec<f64> { drawn.iter().map(|&i| values[i]).collect() };
            spearman(&of(scores), &of(measured))
        })
        .collect();
    found.sort_by(f64::total_cmp);
    let at = |share: f64| found.get((share * (found.len() as f64 - 1.0)).round() as usize).copied();
    Some([at(0.025)?, at(0.975)?])
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    /// With n = 200 and a correlation of .5 the standard error is about (1 - r^2) / sqrt(n) = .053.
    #[test]
    fn an_interval_is_about_four_standard_errors_wide_and_holds_the_figure() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let measured: Vec<f64> = (0..200).map(|_| rng.random_range(-1.0..1.0)).collect();
        let scores: Vec<f64> =
            measured.iter().map(|x| 0.577 * x + rng.random_range(-1.0..1.0)).collect();
        let [low, high] = interval(&scores, &measured, &mut rng).unwrap();
        let whole = spearman(&scores, &measured).unwrap();
        assert!(low < whole && whole < high, "{low} {whole} {high}");
        assert!((0.12..0.32).contains(&(high - low)), "{low} {high}");
    }

    #[test]
    fn constant_scores_have_no_interval() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        assert_eq!(interval(&[1.0; 5], &[1.0, 2.0, 3.0, 4.0, 5.0], &mut rng), None);
    }
}
