//! The spectrum of a network: the smallest eigenvalues of its graph's normalised Laplacian.
//!
//! Contrastive pre-training holds two networks the more alike the nearer their spectra are. A
//! spectrum sees the shape of the graph alone, without directions and operators. Keeping spectra
//! between runs is [`spectrum_cache`](super::spectrum_cache)'s part.

use faer::{Mat, Side};
use rayon::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::ComputeGraph;

/// Number of eigenvalues in a spectrum (the paper's choice).
pub const N_EIGENVALUES: usize = 21;

/// No eigenvalue of a normalised Laplacian is larger; it fills the spectra of smaller graphs.
pub const LARGEST: f64 = 2.0;

/// The smallest eigenvalues, ascending.
pub type Spectrum = [f64; N_EIGENVALUES];

/// How far sums over all eigenvalues may lie from what the graph says, a node.
const TOLERANCE: f64 = 1e-9;

/// The 21 smallest eigenvalues of a graph, ascending; a graph of fewer nodes is filled up with 2.
///
/// Complexity: O(nodes^3).
///
/// # Errors
/// Where the eigenvalues fail their check, see [`laplacian_eigenvalues`].
pub fn spectrum(graph: &ComputeGraph) -> Result<Spectrum> {
    let edges: Vec<_> = graph.edges().collect();
    let eigenvalues = laplacian_eigenvalues(graph.n_nodes(), &edges)
        .map_err(|error| error.context(format!("spectrum of network `{}`", graph.name())))?;
    let mut spectrum = [LARGEST; N_EIGENVALUES];
    for (slot, eigenvalue) in spectrum.iter_mut().zip(eigenvalues) {
        *slot = eigenvalue;
    }
    Ok(spectrum)
}

/// The spectra of many graphs, in their order, on all cores; `on_each` is called after each.
///
/// # Errors
/// The first failure of [`spectrum`].
pub fn spectra(graphs: &[&ComputeGraph], on_each: &(dyn Fn() + Sync)) -> Result<Vec<Spectrum>> {
    let one = |graph: &&ComputeGraph| {
        let spectrum = spectrum(graph);
        on_each();
        spectrum
    };
    graphs.par_iter().map(one).collect()
}

/// All eigenvalues, ascending, of the normalised Laplacian of a graph without directions.
///
/// L = I - D^(-1/2) A D^(-1/2), with A\[u\]\[v\] = 1 where an edge joins u and v either way, D the
/// sums of its rows. They lie in 0..=2; what rounding puts below 0 is 0.
///
/// # Errors
/// Where they do not converge or do not sum, themselves and squared, to what the graph says: a
/// fault of the arithmetic, not of the graph.
///
/// # Panics
/// Where an edge leaves the `n_nodes` nodes.
///
/// # Example
/// ```
/// # use gennape::train::spectrum::laplacian_eigenvalues;
/// let path = laplacian_eigenvalues(3, &[(0, 1), (1, 2)])?; // 1 - cos(pi k / 2) of k = 0, 1, 2
/// assert!(path.iter().zip([0.0, 1.0, 2.0]).all(|(found, exact)| (found - exact).abs() < 1e-12));
/// # Ok::<(), gennape::Error>(())
/// ```
pub fn laplacian_eigenvalues(n_nodes: usize, edges: &[(usize, usize)]) -> Result<Vec<f64>> {
    let pairs = undirected(edges);
    let mut degree = vec![0_u32; n_nodes];
    for &(u, v) in &pairs {
        degree[u] += 1;
        degree[v] += 1;
    }
    let mut laplacian = Mat::<f64>::zeros(n_nodes, n_nodes);
    for (node, &degree) in degree.iter().enumerate() {
        laplacian[(node, node)] = if degree > 0 { 1.0 } else { 0.0 };
    }
    for &(u, v) in &pairs {
        // Only the triangle below the diagonal is read.
        laplacian[(v, u)] = -(f64::from(degree[u]) * f64::from(degree[v])).sqrt().recip();
    }
    let mut eigenvalues = laplacian
        .self_adjoint_eigenvalues(Side::Lower)
        .map_err(|_| Error::new(ErrorKind::Internal, "the eigenvalues do not converge"))?;
    check(&eigenvalues, &pairs, &degree)?;
    eigenvalues.iter_mut().for_each(|eigenvalue| *eigenvalue = eigenvalue.max(0.0));
    Ok(eigenvalues)
}

/// Each joined pair once, the smaller index first; an edge from a node to itself joins nothing.
fn undirected(edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<_> =
        edges.iter().filter(|(u, v)| u != v).map(|&(u, v)| (u.min(v), u.max(v))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Compares sum and sum of squares with the trace of L and of L squared.
fn check(eigenvalues: &[f64], pairs: &[(usize, usize)], degree: &[u32]) -> Result<()> {
    let joined = degree.iter().filter(|&&degree| degree > 0).count() as f64;
    let off_diagonal: f64 =
        pairs.iter().map(|&(u, v)| 2.0 / (f64::from(degree[u]) * f64::from(degree[v]))).sum();
    let sum: f64 = eigenvalues.iter().sum();
    let squares: f64 = eigenvalues.iter().map(|eigenvalue| eigenvalue * eigenvalue).sum();
    let allowed = TOLERANCE * degree.len() as f64;
    if (sum - joined).abs() <= allowed && (squares - joined - off_diagonal).abs() <= allowed {
        return Ok(());
    }
    let message = format!(
        "the eigenvalues sum to {sum} and their squares to {squares}; expected {joined} and {}",
        joined + off_diagonal
    );
    Err(Error::new(ErrorKind::Internal, message))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::seq::SliceRandom;
    use rand_pcg::Pcg64Mcg;
    use serde::Deserialize;

    use super::*;
    use crate::graph::{Conv, GraphBuilder, Op, Shape};

    #[derive(Deserialize)]
    struct Reference {
        graphs: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        n_nodes: usize,
        edges: Vec<(usize, usize)>,
        eigenvalues: Vec<f64>,
    }

    fn reference() -> Vec<Case> {
        let json = include_str!("../../tests/reference/laplacian.json");
        serde_json::from_str::<Reference>(json).unwrap().graphs
    }

    #[track_caller]
    fn assert_near(found: &[f64], expected: &[f64], tolerance: f64) {
        assert_eq!(found.len(), expected.len());
        for (idx, (a, b)) in found.iter().zip(expected).enumerate() {
            assert!((a - b).abs() <= tolerance, "eigenvalue {idx}: {a}, expected {b}");
        }
    }

    // networkx, see tests/reference/README.md; 8 significant digits of values up to 2.
    #[test]
    fn agrees_with_networkx() {
        let cases = reference();
        assert_eq!(cases.len(), 6);
        for case in cases {
            let found = laplacian_eigenvalues(case.n_nodes, &case.edges).unwrap();
            assert_near(&found, &case.eigenvalues, 5e-8);
        }
    }

    #[test]
    fn agrees_with_closed_forms_to_1e_9() {
        for n in [1, 2, 3, 4, 7, 33, 180] {
            let path: Vec<_> = (1..n).map(|v| (v - 1, v)).collect();
            let star: Vec<_> = (1..n).map(|v| (v, 0)).collect();
            let whole: Vec<_> = (0..n).flat_map(|v| (0..v).map(move |u| (u, v))).collect();
            let cosine = |k: usize| {
                1.0 - (std::f64::consts::PI * k as f64 / (n as f64 - 1.0).max(1.0)).cos()
            };
            let of_path: Vec<_> = (0..n).map(cosine).collect();
            let mut of_star = vec![1.0; n];
            let mut of_whole = vec![n as f64 / (n as f64 - 1.0); n];
            (of_star[0], of_whole[0]) = (0.0, 0.0);
            if n > 1 {
                of_star[n - 1] = 2.0;
            }
            for (edges, expected) in [(path, of_path), (star, of_star), (whole, of_whole)] {
                assert_near(&laplacian_eigenvalues(n, &edges).unwrap(), &expected, 1e-9);
            }
        }
    }

    #[test]
    fn direction_repeats_loops_and_node_order_leave_no_trace() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        for Case { n_nodes, edges, .. } in reference() {
            let plain = laplacian_eigenvalues(n_nodes, &edges).unwrap();
            let mut place: Vec<usize> = (0..n_nodes).collect();
            place.shuffle(&mut rng);
            let mut renamed: Vec<_> = edges.iter().map(|&(u, v)| (place[v], place[u])).collect();
            renamed.extend_from_slice(&[(place[edges[0].0], place[edges[0].1]), (0, 0)]);
            renamed.shuffle(&mut rng);
            assert_near(&laplacian_eigenvalues(n_nodes, &renamed).unwrap(), &plain, 1e-9);
        }
    }

    #[test]
    fn eigenvalues_that_break_the_sums_are_refused() {
        let (pairs, degree) = ([(0, 1), (1, 2)], [1, 2, 1]);
        assert!(check(&[0.0, 1.0, 2.0], &pairs, &degree).is_ok());
        for wrong in [[0.0, 1.0, 1.9], [0.5, 0.5, 2.0], [f64::NAN, 1.0, 2.0]] {
            let error = check(&wrong, &pairs, &degree).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Internal, "{wrong:?}");
        }
    }

    /// Input, a chain of convolutions, pooling, classifier, output.
    fn chain(n_convs: usize) -> ComputeGraph {
        let mut builder = GraphBuilder::new("chain", Shape::new(32, 32, 3));
        let mut x = builder.image();
        for _ in 0..n_convs {
            x = builder.conv(x, Conv::square(3, 1, 16));
        }
        x = builder.global_avg_pool(x);
        let logits = builder.linear(x, 10, true);
        builder.build(logits).unwrap()
    }

    #[test]
    fn smaller_graphs_are_filled_up_with_two() {
        let graph = chain(2);
        let n = graph.n_nodes();
        assert_eq!(graph.nodes().filter(|node| node.op == Op::Conv).count() + 4, n);
        let found = spectrum(&graph).unwrap();
        assert_eq!(found[0].abs(), found[0]);
        assert!((found[n - 1] - 2.0).abs() < 1e-12, "a path has the eigenvalue 2");
        assert_eq!(found[n..], [2.0; N_EIGENVALUES][n..]);
    }

    #[test]
    fn many_at_once_are_the_same_as_one_by_one() {
        use std::sync::atomic::{AtomicUsize, Ordering};

        let graphs: Vec<_> = (1..40).map(chain).collect();
        let done = AtomicUsize::new(0);
        let each = || {
            done.fetch_add(1, Ordering::Relaxed);
        };
        let found = spectra(&graphs.iter().collect::<Vec<_>>(), &each).unwrap();
        assert_eq!(done.into_inner(), graphs.len());
        for (graph, found) in graphs.iter().zip(found) {
            assert_eq!(spectrum(graph).unwrap(), found);
        }
    }
}
