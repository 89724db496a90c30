//! Every cell of the space, each once: the benchmark's own enumeration, step by step.
//!
//! Graphs come by their number of vertices, then by their edges read as a binary number, then by
//! their operations, and the first of equal cells stands for them all. So its vertices have the
//! order on which the benchmark's published parameter counts depend. Equal are cells with one
//! fingerprint: that of the benchmark (Weisfeiler-Leman labels in and against the direction of
//! edges), but hashed by 64 bits instead of MD5.

use std::collections::HashSet;

use super::{Cell, MAX_PUBLISHED_EDGES, MAX_PUBLISHED_VERTICES, VertexOp};

/// Distinct cells, in the benchmark's order.
pub(super) fn cells() -> impl Iterator<Item = Cell> {
    let mut seen = HashSet::new();
    (2..=MAX_PUBLISHED_VERTICES)
        .flat_map(|n_vertices| {
            (0..1_u32 << (n_vertices * (n_vertices - 1) / 2))
                .filter_map(move |bits| Skeleton::of_space(n_vertices, bits))
        })
        .flat_map(|skeleton| {
            let n_inner = skeleton.n_vertices as u32 - 2;
            (0..VertexOp::ALL.len().pow(n_inner)).map(move |labels| (skeleton, labels))
        })
        .filter(move |&(skeleton, labels)| seen.insert(skeleton.fingerprint(labels)))
        .map(|(skeleton, labels)| skeleton.cell(labels))
}

/// The edges of a cell; bit `v` of a mask stands for vertex `v`.
#[derive(Debug, Clone, Copy)]
struct Skeleton {
    n_vertices: usize,
    successors: [u8; MAX_PUBLISHED_VERTICES],
    predecessors: [u8; MAX_PUBLISHED_VERTICES],
}

impl Skeleton {
    /// The graph whose edge from `u` to `v` is bit `u + v (v - 1) / 2`, if it is in the space: not
    /// too many edges, and every vertex on a path from the first to the last.
    fn of_space(n_vertices: usize, bits: u32) -> Option<Self> {
        if bits.count_ones() as usize > MAX_PUBLISHED_EDGES {
            return None;
        }
        let mut skeleton = Self {
            n_vertices,
            successors: [0; MAX_PUBLISHED_VERTICES],
            predecessors: [0; MAX_PUBLISHED_VERTICES],
        };
        for to in 1..n_vertices {
            for from in (0..to).filter(|from| bits >> (from + to * (to - 1) / 2) & 1 == 1) {
                skeleton.successors[from] |= 1 << to;
                skeleton.predecessors[to] |= 1 << from;
            }
        }
        // edges lead to later vertices, so one neighbour on each side is enough to be on a path
        let last = n_vertices - 1;
        let is_full = (1..=last).all(|vertex| skeleton.predecessors[vertex] != 0)
            && (0..last).all(|vertex| skeleton.successors[vertex] != 0);
        is_full.then_some(skeleton)
    }

    /// The operation of inner vertex `idx` (from 0) in the cell numbered `labels`: the first vertex
    /// has the highest digit.
    fn op(&self, labels: usize, idx: usize) -> VertexOp {
        let n_ops = VertexOp::ALL.len();
        let place = self.n_vertices - 3 - idx;
        VertexOp::ALL[labels / n_ops.pow(place as u32) % n_ops]
    }

    fn cell(&self, labels: usize) -> Cell {
        let n = self.n_vertices;
        let row = |from: usize| (0..n).map(|to| self.successors[from] >> to & 1 == 1).collect();
        Cell {
            matrix: (0..n).map(row).collect(),
            ops: (0..n - 2).map(|idx| self.op(labels, idx)).collect(),
            n_pruned: 0,
        }
    }

    /// The same number for cells that differ in the order of their vertices alone.
    fn fingerprint(&self, labels: usize) -> u64 {
        let vertices = 0..self.n_vertices;
        let mut hashes = [0; MAX_PUBLISHED_VERTICES];
        for vertex in vertices.clone() {
            let label = match vertex {
                0 => 4,
                _ if vertex == self.n_vertices - 1 => 5,
                _ => self.op(labels, vertex - 1) as u64,
            };
            let degrees = [self.successors[vertex], self.predecessors[vertex]].map(u8::count_ones);
            hashes[vertex] =
                mixed(u64::from(degrees[0]) << 16 | u64::from(degrees[1]) << 8 | label);
        }
        for _ in vertices.clone() {
            let old = hashes;
            for vertex in vertices.clone() {
                let before = sum_over(self.predecessors[vertex], &old);
                let behind = sum_over(self.successors[vertex], &old);
                hashes[vertex] = mixed(mixed(mixed(before) ^ behind) ^ old[vertex]);
            }
        }
        let all = hashes[vertices].iter().fold(0_u64, |sum, &hash| sum.wrapping_add(mixed(hash)));
        mixed(all)
    }
}

/// The sum of the hashes of the vertices in `mask`, which does not depend on their order.
fn sum_over(mask: u8, hashes: &[u64; MAX_PUBLISHED_VERTICES]) -> u64 {
    let vertices = (0..MAX_PUBLISHED_VERTICES).filter(|vertex| mask >> vertex & 1 == 1);
    vertices.fold(0, |sum, vertex| sum.wrapping_add(mixed(hashes[vertex])))
}

/// The bits of `x` spread over all 64 (the finaliser of SplitMix64).
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_cells_come_in_the_benchmarks_order_and_number() {
        // counted in Python with the benchmark's own MD5 hash
        let sizes: Vec<usize> =
            cells().map(|cell| cell.n_vertices()).take_while(|&n| n < 6).collect();
        let n_with = |n: usize| sizes.iter().filter(|&&size| size == n).count();
        assert_eq!([2, 3, 4, 5].map(n_with), [1, 6, 84, 2_441]);
        assert!(sizes.is_sorted());
    }
}
