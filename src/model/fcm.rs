//! Fuzzy C-means (Bezdek, 1981): soft clusters of embeddings.
//!
//! u_ic = 1 / sum_k (|x_i - v_c| / |x_i - v_k|)^(2 / (m - 1)),   v_c = sum u^m x / sum u^m.
//!
//! Plain f64 arithmetic, no gradients: the clusters describe the embedding, they do not train it.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::config::FcmConfig;
use crate::error::{Error, ErrorKind, Result};

/// Fitting ends when no centroid moves farther than this (relative to the data's spread).
const TOLERANCE: f64 = 1e-5;
/// Fitting ends after this many moves in any case.
const MAX_ITERATIONS: usize = 500;
/// Independent starts; the best objective wins.
const RESTARTS: usize = 5;
/// Columns that vary less than this are left as they are.
const CONSTANT: f64 = 1e-9;

/// Frozen clusters: centroids, fuzzifier and the standardisation of embeddings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fcm {
    /// Column means taken off embeddings.
    pub mean: Vec<f64>,
    /// Column deviations that embeddings are divided by.
    pub deviation: Vec<f64>,
    /// `[n_clusters][width]`, in standardised space.
    pub centroids: Vec<Vec<f64>>,
    /// m > 1.
    pub fuzzifier: f64,
}

impl Fcm {
    /// Clusters of `embeddings` (rows of equal width): k-means++ starts, the best of several.
    ///
    /// # Errors
    /// Where there are fewer embeddings than clusters, or numbers that are not finite.
    pub fn fit(embeddings: &[Vec<f32>], config: &FcmConfig, rng: &mut dyn Rng) -> Result<Self> {
        let (mean, deviation) = standardisation(embeddings, config)?;
        let blank = Self { mean, deviation, centroids: Vec::new(), fuzzifier: config.fuzzifier };
        let points = blank.standardise_all(embeddings);
        let mut best: Option<(f64, Self)> = None;
        for _ in 0..RESTARTS {
            let start = plus_plus(&points, config.clusters, rng);
            let mut candidate = Self { centroids: start, ..blank.clone() };
            let objectives = candidate.iterate(&points, TOLERANCE);
            let objective = objectives.last().copied().unwrap_or(f64::INFINITY);
            if best.as_ref().is_none_or(|(least, _)| objective < *least) {
                best = Some((objective, candidate));
            }
        }
        best.map(|(_, fcm)| fcm).ok_or_else(|| Error::new(ErrorKind::Internal, "no clusters found"))
    }

    /// The same clusters after the encoder has moved a little: the standardisation is taken anew
    /// and the centroids are continued from where they were.
    ///
    /// # Errors
    /// As [`Fcm::fit`].
    pub fn follow(&self, embeddings: &[Vec<f32>]) -> Result<Self> {
        let config = FcmConfig {
            clusters: self.centroids.len(),
            fuzzifier: self.fuzzifier,
            standardise: self.deviation.iter().any(|deviation| *deviation != 1.0),
        };
        let (mean, deviation) = standardisation(embeddings, &config)?;
        let mut fcm = Self { mean, deviation, ..self.clone() };
        let points = fcm.standardise_all(embeddings);
        fcm.iterate(&points, TOLERANCE);
        Ok(fcm)
    }

    /// Number of clusters.
    pub fn n_clusters(&self) -> usize {
        self.centroids.len()
    }

    /// The degrees to which an embedding belongs to each cluster; they sum to 1.
    ///
    /// A point on a centroid belongs to it alone.
    pub fn membership(&self, embedding: &[f32]) -> Vec<f64> {
        self.membership_of_point(&self.standardise(embedding))
    }

    /// Moves centroids until they rest; the objective before each move, and the last one.
    fn iterate(&mut self, points: &[Vec<f64>], tolerance: f64) -> Vec<f64> {
        let mut objectives = Vec::new();
        for _ in 0..MAX_ITERATIONS {
            let memberships: Vec<_> =
                points.iter().map(|point| self.membership_of_point(point)).collect();
            objectives.push(self.objective(points, &memberships));
            if self.move_centroids(points, &memberships) < tolerance {
                break;
            }
        }
        objectives
    }

    fn membership_of_point(&self, point: &[f64]) -> Vec<f64> {
        let squared: Vec<f64> =
            self.centroids.iter().map(|centroid| squared_distance(point, centroid)).collect();
        let nearest = squared.iter().copied().fold(f64::INFINITY, f64::min);
        let closeness = |d: f64| match (nearest == 0.0, d == 0.0) {
            (true, on_centroid) => f64::from(on_centroid),
            (false, _) => (nearest / d).powf(1.0 / (self.fuzzifier - 1.0)),
        };
        let total: f64 = squared.iter().map(|&d| closeness(d)).sum();
        squared.iter().map(|&d| closeness(d) / total).collect()
    }

    /// Sum over points and clusters of u^m |x - v|^2.
    fn objective(&self, points: &[Vec<f64>], memberships: &[Vec<f64>]) -> f64 {
        let terms = points.iter().zip(memberships).flat_map(|(point, membership)| {
            self.centroids.iter().zip(membership).map(move |(centroid, u)| {
                u.powf(self.fuzzifier) * squared_distance(point, centroid)
            })
        });
        terms.sum()
    }

    /// Puts centroids to their points' weighted means; returns the farthest move.
    fn move_centroids(&mut self, points: &[Vec<f64>], memberships: &[Vec<f64>]) -> f64 {
        let mut farthest = 0.0_f64;
        for (cluster, centroid) in self.centroids.iter_mut().enumerate() {
            let mut sums = vec![0.0; centroid.len()];
            let mut weights = 0.0;
            for (point, membership) in points.iter().zip(memberships) {
                let weight = membership[cluster].powf(self.fuzzifier);
                weights += weight;
                sums.iter_mut().zip(point).for_each(|(sum, x)| *sum += weight * x);
            }
            if weights > 0.0 {
                sums.iter_mut().for_each(|sum| *sum /= weights);
                farthest = farthest.max(squared_distance(centroid, &sums).sqrt());
                *centroid = sums;
            }
        }
        farthest
    }

    /// An embedding in the space of the centroids.
    pub(super) fn standardise(&self, embedding: &[f32]) -> Vec<f64> {
        let moments = self.mean.iter().zip(&self.deviation);
        embedding.iter().zip(moments).map(|(x, (mean, dev))| (f64::from(*x) - mean) / dev).collect()
    }

    fn standardise_all(&self, embeddings: &[Vec<f32>]) -> Vec<Vec<f64>> {
        embeddings.iter().map(|embedding| self.standardise(embedding)).collect()
    }
}

/// Column means and deviations, or 0 and 1 where embeddings are taken as they are.
fn standardisation(embeddings: &[Vec<f32>], config: &FcmConfig) -> Result<(Vec<f64>, Vec<f64>)> {
    let wrong = |message: String| Err(Error::new(ErrorKind::Config, message));
    if embeddings.len() < config.clusters {
        let (n, c) = (embeddings.len(), config.clusters);
        return wrong(format!("{n} embeddings can't make {c} clusters; use fewer clusters"));
    }
    if embeddings.iter().flatten().any(|x| !x.is_finite()) {
        return wrong("an embedding is not finite: the encoder has diverged".to_owned());
    }
    let width = embeddings.first().map_or(0, Vec::len);
    let (mut mean, mut deviation) = (vec![0.0; width], vec![1.0; width]);
    if config.standardise {
        let count = embeddings.len() as f64;
        for column in 0..width {
            let values = || embeddings.iter().map(|row| f64::from(row[column]));
            mean[column] = values().sum::<f64>() / count;
            let variance = values().map(|x| (x - mean[column]).powi(2)).sum::<f64>() / count;
            deviation[column] = if variance.sqrt() > CONSTANT { variance.sqrt() } else { 1.0 };
        }
    }
    Ok((mean, deviation))
}

/// k-means++: each further centroid is a point drawn with chance proportional to its squared
/// distance from those before.
fn plus_plus(points: &[Vec<f64>], n_clusters: usize, rng: &mut dyn Rng) -> Vec<Vec<f64>> {
    let mut centroids = vec![points[rng.random_range(0..points.len())].clone()];
    let mut nearest = vec![f64::INFINITY; points.len()];
    while centroids.len() < n_clusters {
        let newest = &centroids[centroids.len() - 1];
        for (distance, point) in nearest.iter_mut().zip(points) {
            *distance = distance.min(squared_distance(point, newest));
        }
        let mut left = rng.random::<f64>() * nearest.iter().sum::<f64>();
        let drawn = nearest.iter().position(|distance| {
            left -= distance;
            left < 0.0
        });
        centroids.push(points[drawn.unwrap_or(points.len() - 1)].clone());
    }
    centroids
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;
    use serde_json::Value;

    use super::*;

    fn rows(value: &Value) -> Vec<Vec<f64>> {
        serde_json::from_value(value.clone()).unwrap()
    }

    fn close(got: &[Vec<f64>], expected: &Value, what: &str) {
        for (got, expected) in got.iter().flatten().zip(rows(expected).iter().flatten()) {
            assert!((got - expected).abs() < 1e-5, "{what}: {got} instead of {expected}");
        }
    }

    /// tests/reference/fcm.json: numpy, checked there against scikit-fuzzy.
    #[test]
    fn centroids_memberships_and_objective_agree_with_the_reference() {
        let text = include_str!("../../tests/reference/fcm.json");
        let reference: Value = serde_json::from_str(text).unwrap();
        let points = rows(&reference["x"]);
        for case in reference["cases"].as_array().unwrap() {
            let mut fcm = Fcm {
                mean: vec![0.0; 5],
                deviation: vec![1.0; 5],
                centroids: rows(&reference["initial_centroids"]),
                fuzzifier: case["m"].as_f64().unwrap(),
            };
            let objectives = fcm.iterate(&points, 1e-10);
            assert!(objectives.windows(2).all(|pair| pair[1] <= pair[0] * (1.0 + 1e-12)));
            close(&fcm.centroids, &case["centroids"], "centroids");
            let of = |points: &[Vec<f64>]| -> Vec<_> {
                points.iter().map(|point| fcm.membership_of_point(point)).collect()
            };
            close(&of(&points), &case["memberships"], "memberships");
            close(
                &of(&rows(&case["new_x"])),
                &case["new_memberships"],
                "memberships of new points",
            );
            let first: Vec<f64> = serde_json::from_value(case["objective"].clone()).unwrap();
            assert!((objectives[0] / first[0] - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn three_blobs_are_found_and_memberships_sum_to_one() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let mut point = |center: f32| -> Vec<f32> {
            (0..4).map(|_| center + rng.random_range(-0.1..0.1_f32)).collect()
        };
        let embeddings: Vec<_> = (0..90).map(|i| point((i % 3) as f32)).collect();
        let config = FcmConfig { clusters: 3, fuzzifier: 1.5, standardise: true };
        let mut rng = Pcg64Mcg::seed_from_u64(2);
        let fcm = Fcm::fit(&embeddings, &config, &mut rng).unwrap();
        for embedding in &embeddings {
            let membership = fcm.membership(embedding);
            assert!((membership.iter().sum::<f64>() - 1.0).abs() < 1e-6);
            assert!(membership.iter().any(|u| *u > 0.9), "{membership:?}");
        }
        assert!(Fcm::fit(&embeddings[..2], &config, &mut rng).is_err());
    }
}
