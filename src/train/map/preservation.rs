//! How much of the neighbourhoods in the embedding is left in the plane.
//!
//! Trustworthiness and continuity (Venna and Kaski, 2001), and purity: how many of the nearest are of
//! the same family.
//!
//! T(k) = 1 - 2 / (n k (2 n - 3 k - 1)) sum over i, and over j among the k nearest of i in the plane but
//! not in the embedding, of r(i, j) - k, with r the rank of j by distance from i in the embedding;
//! continuity is the same with plane and embedding exchanged.

use serde::Serialize;

use super::neighbours::by_distance;

/// Sizes of the neighbourhoods that are looked at.
pub const NEIGHBOURS: [usize; 2] = [10, 30];

/// Networks in both spaces, and the family of each.
pub struct Compared<'a> {
    /// Standardised embeddings.
    pub points: &'a [Vec<f64>],
    /// The index of each one's family.
    pub families: &'a [usize],
    /// Their points of the plane.
    pub plane: &'a [[f64; 2]],
}

/// The figures of one way into the plane, each for 10 and for 30 neighbours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Which way, and whose networks.
    pub name: String,
    /// Number of networks.
    pub networks: usize,
    /// Near in the plane is near in the embedding; `None` of fewer networks than two neighbourhoods.
    pub trustworthiness: [Option<f64>; 2],
    /// Near in the embedding is near in the plane; `None` as above.
    pub continuity: [Option<f64>; 2],
    /// Share of the nearest in the plane that are of the same family.
    pub purity: [f64; 2],
    /// The same in the embedding, which no plane need beat.
    pub embedding_purity: [f64; 2],
}

/// The figures of one plane. Complexity: O(n^2 log n).
pub fn measure(name: &str, compared: &Compared<'_>) -> Row {
    let n = compared.points.len();
    let high: Vec<Vec<usize>> = indices(by_distance(compared.points, n));
    let low: Vec<Vec<usize>> = indices(by_distance(compared.plane, n));
    Row {
        name: name.to_owned(),
        networks: n,
        trustworthiness: NEIGHBOURS.map(|k| kept(&high, &low, k)),
        continuity: NEIGHBOURS.map(|k| kept(&low, &high, k)),
        purity: NEIGHBOURS.map(|k| purity(&low, compared.families, k)),
        embedding_purity: NEIGHBOURS.map(|k| purity(&high, compared.families, k)),
    }
}

fn indices(rows: Vec<Vec<(usize, f64)>>) -> Vec<Vec<usize>> {
    rows.into_iter().map(|row| row.into_iter().map(|(idx, _)| idx).collect()).collect()
}

/// 1 less what the neighbours of `seen` lack in rank in `truth`.
fn kept(truth: &[Vec<usize>], seen: &[Vec<usize>], k: usize) -> Option<f64> {
    let n = truth.len();
    if n < 2 * k {
        return None;
    }
    let mut penalty = 0.0;
    let mut rank = vec![0; n];
    for (truth, seen) in truth.iter().zip(seen) {
        truth.iter().enumerate().for_each(|(place, other)| rank[*other] = place + 1);
        penalty +=
            seen[..k].iter().map(|other| rank[*other].saturating_sub(k)).sum::<usize>() as f64;
    }
    Some(1.0 - 2.0 * penalty / (n * k * (2 * n - 3 * k - 1)) as f64)
}

fn purity(nearest: &[Vec<usize>], families: &[usize], k: usize) -> f64 {
    let same = |(idx, row): (usize, &Vec<usize>)| {
        row.iter().take(k).filter(|other| families[**other] == families[idx]).count()
    };
    let total: usize = nearest.iter().enumerate().map(same).sum();
    total as f64 / (nearest.len() * k).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: usize) -> Vec<Vec<f64>> {
        (0..n).map(|i| vec![i as f64 * 1.01_f64.powi(i as i32)]).collect()
    }

    #[test]
    fn nothing_is_lost_where_the_order_of_distances_is_kept() {
        let points = line(70);
        let plane: Vec<[f64; 2]> = points.iter().map(|p| [3.0 * p[0], 3.0 * p[0]]).collect();
        let families: Vec<usize> = (0..70).map(|i| usize::from(i >= 35)).collect();
        let row =
            measure("line", &Compared { points: &points, families: &families, plane: &plane });
        assert_eq!((row.trustworthiness, row.continuity), ([Some(1.0); 2], [Some(1.0); 2]));
        assert_eq!(row.purity, row.embedding_purity);
        assert!(row.purity[0] > 0.8 && row.purity[1] < row.purity[0], "{:?}", row.purity);
    }

    #[test]
    fn a_neighbour_that_is_none_costs_what_it_lacks_in_rank() {
        // by hand: five points at 0, 1, 2, 4, 8, the last moved to 0.5 in the plane. k = 1: for 0, 1 and 2
        // the nearest is then 4 (index), 4 and 1, ranks 4, 4 and 1; for 3 it is 2, rank 1; for 4 it is 0 or
        // 1, both at .5, of rank 4 or 3: the first, 0. Penalty 3 + 3 + 0 + 0 + 3 = 9; 1 - 2 * 9 / (5 * 6)
        let truth = indices(by_distance(&[[0.0], [1.0], [2.0], [4.0], [8.0]], 5));
        let seen = indices(by_distance(&[[0.0], [1.0], [2.0], [4.0], [0.5]], 5));
        let kept_of_one = kept(&truth, &seen, 1).unwrap();
        assert!((kept_of_one - 0.4).abs() < 1e-12, "{kept_of_one}");
        assert_eq!(kept(&truth, &seen, 3), None, "too few points for the figure");
    }
}
