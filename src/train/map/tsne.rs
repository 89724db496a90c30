//! t-SNE of embeddings (van der Maaten, 2014), the same for the same points.

use bhtsne::{Neighbor, tSNE};

use super::neighbours::by_distance;
use super::plane::Axes;
use crate::error::{Error, ErrorKind, Result};

/// About how many neighbours a point has; the usual choice for some thousand points.
const PERPLEXITY: f32 = 30.0;
/// How coarsely far points are taken together.
const THETA: f32 = 0.5;
/// Iterations; the first 250 exaggerate attraction.
const ITERATIONS: usize = 1000;
/// The start's spread (Kobak and Berens, 2019).
const START: f64 = 1e-4;

/// Points of the plane for standardised embeddings, within -1 and 1.
///
/// # Errors
/// Where there are too few of them, or no principal axes.
pub(super) fn embed(points: &[Vec<f64>]) -> Result<Vec<[f64; 2]>> {
    let n_neighbours = (3.0 * PERPLEXITY) as usize;
    if points.len() <= n_neighbours {
        let message = format!(
            "{} networks are too few for a map; it takes more than {n_neighbours}",
            points.len()
        );
        return Err(Error::new(ErrorKind::Config, message));
    }
    let neighbours: Vec<Vec<Neighbor<f32>>> = by_distance(points, n_neighbours)
        .into_iter()
        .map(|row| {
            row.into_iter().map(|(index, d)| Neighbor { index, distance: d as f32 }).collect()
        })
        .collect();
    // sums of several threads would depend on who comes first
    let alone = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
    let start = start(points)?;
    let found = alone.install(|| {
        let mut tsne: tSNE<'_, f32, Vec<f64>> = tSNE::new(points);
        tsne.perplexity(PERPLEXITY).epochs(ITERATIONS).initial_embedding(start);
        tsne.barnes_hut_with_neighbors(THETA, &neighbours).embedding()
    });
    Ok(framed(found.chunks_exact(2).map(|p| [f64::from(p[0]), f64::from(p[1])]).collect()))
}

/// The principal components, made small.
fn start(points: &[Vec<f64>]) -> Result<Vec<f32>> {
    let axes = Axes::of(points)?;
    let plane: Vec<[f64; 2]> = points.iter().map(|z| axes.project(z)).collect();
    let squares: f64 = plane.iter().map(|p| p[0] * p[0]).sum();
    let deviation = (squares / plane.len() as f64).sqrt().max(f64::MIN_POSITIVE);
    Ok(plane.iter().flatten().map(|x| (x / deviation * START) as f32).collect())
}

/// Moved and scaled alike in both directions, to fill -1 to 1 in the wider one.
fn framed(plane: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    let bounds = |axis: usize| {
        let along = || plane.iter().map(|p| p[axis]);
        (along().fold(f64::INFINITY, f64::min), along().fold(f64::NEG_INFINITY, f64::max))
    };
    let (x, y) = (bounds(0), bounds(1));
    let half = ((x.1 - x.0).max(y.1 - y.0) / 2.0).max(f64::MIN_POSITIVE);
    let centre = [(x.0 + x.1) / 2.0, (y.0 + y.1) / 2.0];
    plane.iter().map(|p| [(p[0] - centre[0]) / half, (p[1] - centre[1]) / half]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three tight groups, far from each other.
    fn groups() -> Vec<Vec<f64>> {
        let noise = |i: usize, axis: usize| ((i * 7919 + axis * 104_729) as f64).sin();
        (0..150)
            .map(|i| {
                (0..5)
                    .map(|axis| 20.0 * f64::from(u8::from(axis == i % 3)) + noise(i, axis))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn groups_stay_apart_and_a_second_run_gives_the_same() {
        let points = groups();
        let plane = embed(&points).unwrap();
        assert_eq!(plane, embed(&points).unwrap());
        assert!(plane.iter().flatten().all(|x| x.abs() <= 1.0 + 1e-9));
        for (idx, row) in by_distance(&plane, 5).iter().enumerate() {
            assert!(row.iter().all(|(other, _)| other % 3 == idx % 3), "{idx}: {row:?}");
        }
    }

    #[test]
    fn too_few_networks_are_refused() {
        let message = embed(&groups()[..90]).unwrap_err().to_string();
        assert!(message.contains("90 networks are too few"), "{message}");
    }
}
