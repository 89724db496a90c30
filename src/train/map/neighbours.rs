//! Nearest neighbours by comparing all with all: exact, and quick enough for some thousand points.

use rayon::prelude::*;

/// The others in the order of their distance from each point, with the distance.
///
/// Equal distances keep the points' order. Complexity: O(n^2 (width + log n)).
pub(super) fn by_distance<P: AsRef<[f64]> + Sync>(
    points: &[P],
    most: usize,
) -> Vec<Vec<(usize, f64)>> {
    let of = |idx: usize| {
        let own = points[idx].as_ref();
        let mut others: Vec<(usize, f64)> = (0..points.len())
            .filter(|other| *other != idx)
            .map(|other| (other, distance(own, points[other].as_ref())))
            .collect();
        others.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        others.truncate(most);
        others
    };
    (0..points.len()).into_par_iter().map(of).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}
