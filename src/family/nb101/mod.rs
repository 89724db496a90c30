//! NAS-Bench-101: cells of up to seven vertices and nine edges, each vertex one operation.
//!
//! A cell is an upper triangular matrix of edges and an operation for each vertex. Paper: Ying et
//! al., ICML 2019, and google-research/nasbench. This file checks, prunes, prints, draws and builds
//! cells; [`text`] reads them in all their spellings, [`space`] lists those of the benchmark. Its MD5
//! cell hash is not computed: the graph's own structural hash tells equal cells.

mod neighbours;
mod space;
mod text;

use rand::{Rng, RngExt};

use super::{Architecture, Family, Neighbour, RecordsOf, Variant, downcast};
use crate::error::Result;
use crate::graph::{ComputeGraph, Conv, GraphBuilder, Op, Padding, Shape, Tensor, Window};
use crate::note::{Note, NoteKind};

/// Vertices of the largest cell in the benchmark, input and output included.
const MAX_PUBLISHED_VERTICES: usize = 7;
/// Edges of the largest cell in the benchmark.
const MAX_PUBLISHED_EDGES: usize = 9;
/// Vertices of the largest cell that is built. With 128 channels each of them still has two.
const MAX_VERTICES: usize = 64;
/// Attempts at a child before two cells are said to have none.
const MAX_CROSSINGS: usize = 100;
/// Channels of the three stacks.
const STACKS: [u32; 3] = [128, 256, 512];
/// Equal modules in a stack.
const MODULES: usize = 3;
/// Between two stacks: halves the side, no border.
const HALVE: Window = Window { padding: Padding::Explicit([[0, 0]; 2]), ..Window::square(2, 2) };

/// The search space.
#[derive(Debug)]
pub(super) struct Nb101;

static VARIANTS: [Variant; 1] = [Variant {
    name: "cifar10",
    title: "CIFAR-10, 108 epochs",
    input: Shape::new(32, 32, 3),
    classes: 10,
    records: Some(RecordsOf::new("nb101", "cifar10")),
}];

/// What an inner vertex does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum VertexOp {
    Conv3x3,
    Conv1x1,
    MaxPool,
}

impl VertexOp {
    const ALL: [Self; 3] = [Self::Conv3x3, Self::Conv1x1, Self::MaxPool];
    const NAMES: [&str; 3] = ["conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3"];

    fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    fn random(rng: &mut dyn Rng) -> Self {
        Self::ALL[rng.random_range(0..Self::ALL.len())]
    }
}

impl Family for Nb101 {
    fn name(&self) -> &'static str {
        "nb101"
    }

    fn title(&self) -> &'static str {
        "NAS-Bench-101"
    }

    fn description(&self) -> &'static str {
        "cells of up to seven vertices and nine edges, nine cells in three stacks"
    }

    fn example(&self) -> &'static str {
        r#"{"matrix":[[0,1,1,0],[0,0,1,1],[0,0,0,1],[0,0,0,0]],"ops":["input","conv3x3-bn-relu","maxpool3x3","output"]}"#
    }

    fn variants(&self) -> &'static [Variant] {
        &VARIANTS
    }

    fn recognises(&self, text: &str) -> bool {
        text::recognises(text)
    }

    fn parse(&self, text: &str) -> Result<Box<dyn Architecture>> {
        Ok(Box::new(text::read(text)?))
    }

    /// The benchmark's own recipe: seven vertices, each edge with chance 1/2, drawn again until the
    /// pruned cell is in the space.
    fn sample(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        loop {
            let n = MAX_PUBLISHED_VERTICES;
            let matrix = (0..n)
                .map(|from| (0..n).map(|to| from < to && rng.random_bool(0.5)).collect())
                .collect();
            let ops = (2..n).map(|_| VertexOp::random(rng)).collect();
            if let Some(cell) = Cell::pruned(matrix, ops).filter(Cell::is_published) {
                return Box::new(Cell { n_pruned: 0, ..cell });
            }
        }
    }

    /// Cells that are different by the benchmark's hash (Ying et al., section 2.1).
    fn size(&self) -> f64 {
        423_624.0
    }

    fn enumerate(&self) -> Option<Box<dyn Iterator<Item = Box<dyn Architecture>>>> {
        Some(Box::new(space::cells().map(|cell| Box::new(cell) as Box<dyn Architecture>)))
    }
}

/// One pruned cell: every vertex lies on a path from the first, the input, to the last, the output.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cell {
    /// Row by row, whether an edge leads from the row's vertex to the column's.
    matrix: Vec<Vec<bool>>,
    /// Of the inner vertices.
    ops: Vec<VertexOp>,
    /// Vertices of the text that lie on no path and are left out.
    n_pruned: usize,
}

impl Architecture for Cell {
    fn family(&self) -> &'static dyn Family {
        &Nb101
    }

    fn text(&self) -> String {
        let row = |row: &Vec<bool>| {
            let digits: Vec<_> = row.iter().map(|&edge| if edge { "1" } else { "0" }).collect();
            format!("[{}]", digits.join(","))
        };
        let rows: Vec<_> = self.matrix.iter().map(row).collect();
        let inner = self.ops.iter().map(|op| op.name());
        let ops: Vec<_> = ["input"].into_iter().chain(inner).chain(["output"]).collect();
        format!(r#"{{"matrix":[{}],"ops":["{}"]}}"#, rows.join(","), ops.join(r#"",""#))
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        let mut net = GraphBuilder::new("nb101", variant.input);
        let image = net.image();
        let mut x = conv_bn_relu(&mut net, 3, image, STACKS[0]);
        for (stack, channels) in STACKS.into_iter().enumerate() {
            if stack > 0 {
                x = net.pool(x, Op::MaxPool, HALVE);
            }
            for _ in 0..MODULES {
                x = self.add_module(&mut net, x, channels);
            }
        }
        let x = net.global_avg_pool(x);
        let logits = net.linear(x, variant.classes, true);
        net.build(logits)
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.n_pruned > 0 {
            let message = format!(
                "{} of {} vertices lie on no path from input to output and are left out",
                self.n_pruned,
                self.n_pruned + self.n_vertices()
            );
            notes.push(Note::new(NoteKind::Dead, message));
        }
        if !self.is_published() {
            let message = format!(
                "{} vertices and {} edges after pruning; NAS-Bench-101 has at most \
                 {MAX_PUBLISHED_VERTICES} and {MAX_PUBLISHED_EDGES}, so no cell like this was ever \
                 trained there",
                self.n_vertices(),
                self.n_edges()
            );
            notes.push(Note::new(NoteKind::Outside, message));
        }
        notes
    }

    /// Flips an edge, changes an operation or puts a vertex into an edge.
    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let original = Self { n_pruned: 0, ..self.clone() };
        loop {
            let changed = original.one_step(rng).map(|cell| Self { n_pruned: 0, ..cell });
            if let Some(cell) = changed.filter(|cell| self.allows(cell) && *cell != original) {
                return Box::new(cell);
            }
        }
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        self.changed_cells()
    }

    /// Edge by edge and vertex by vertex; the smaller parent is widened with vertices on no path.
    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        let n = self.n_vertices().max(other.n_vertices());
        let max_edges = self.n_edges().max(other.n_edges()).max(MAX_PUBLISHED_EDGES);
        let (ours, theirs) = (self.widened(n), other.widened(n));
        for _ in 0..MAX_CROSSINGS {
            let mut child = ours.clone();
            for (row, their_row) in child.0.iter_mut().zip(&theirs.0) {
                take_some(row, their_row, rng);
            }
            take_some(&mut child.1, &theirs.1, rng);
            let cell = Self::pruned(child.0, child.1);
            if let Some(cell) = cell.filter(|cell| cell.n_edges() <= max_edges) {
                return Some(Box::new(Self { n_pruned: 0, ..cell }));
            }
        }
        None
    }
}

/// Replaces each entry by that of `others` with chance 1/2.
fn take_some<T: Copy>(entries: &mut [T], others: &[T], rng: &mut dyn Rng) {
    for (entry, other) in entries.iter_mut().zip(others) {
        if rng.random_bool(0.5) {
            *entry = *other;
        }
    }
}

impl Cell {
    /// The cell without the vertices that lie on no path from input to output, or `None` where
    /// there is no such path. `matrix` is upper triangular.
    fn pruned(matrix: Vec<Vec<bool>>, ops: Vec<VertexOp>) -> Option<Self> {
        let n = matrix.len();
        let mut from_input = vec![false; n];
        let mut to_output = vec![false; n];
        from_input[0] = true;
        to_output[n - 1] = true;
        for to in 1..n {
            from_input[to] = (0..to).any(|from| matrix[from][to] && from_input[from]);
        }
        for from in (0..n - 1).rev() {
            to_output[from] = (from + 1..n).any(|to| matrix[from][to] && to_output[to]);
        }
        let kept: Vec<usize> = (0..n).filter(|&v| from_input[v] && to_output[v]).collect();
        if kept.len() < 2 {
            return None;
        }
        Some(Self {
            matrix: kept.iter().map(|&u| kept.iter().map(|&v| matrix[u][v]).collect()).collect(),
            ops: kept[1..kept.len() - 1].iter().map(|&vertex| ops[vertex - 1]).collect(),
            n_pruned: n - kept.len(),
        })
    }

    /// Matrix and operations with unconnected vertices put before the output until there are `n`.
    fn widened(&self, n: usize) -> (Vec<Vec<bool>>, Vec<VertexOp>) {
        let output = self.n_vertices() - 1;
        let place = |vertex| if vertex == output { n - 1 } else { vertex };
        let mut matrix = vec![vec![false; n]; n];
        for (from, row) in self.matrix.iter().enumerate() {
            for (to, &edge) in row.iter().enumerate() {
                matrix[place(from)][place(to)] = edge;
            }
        }
        let mut ops = self.ops.clone();
        ops.resize(n - 2, VertexOp::Conv3x3);
        (matrix, ops)
    }

    fn n_vertices(&self) -> usize {
        self.matrix.len()
    }

    fn n_edges(&self) -> usize {
        self.matrix.iter().flatten().filter(|&&edge| edge).count()
    }

    fn is_published(&self) -> bool {
        self.n_vertices() <= MAX_PUBLISHED_VERTICES && self.n_edges() <= MAX_PUBLISHED_EDGES
    }

    /// One random change; `None` where it has nothing to change or cuts input from output.
    fn one_step(&self, rng: &mut dyn Rng) -> Option<Self> {
        let Self { mut matrix, mut ops, .. } = self.clone();
        let to = rng.random_range(1..self.n_vertices());
        let from = rng.random_range(0..to);
        match rng.random_range(0..3) {
            0 => matrix[from][to] ^= true,
            1 if ops.is_empty() => return None,
            1 => {
                let vertex = rng.random_range(0..ops.len());
                ops[vertex] = VertexOp::random(rng);
            }
            _ if !matrix[from][to] => return None,
            _ => return self.with_vertex_in([from, to], VertexOp::random(rng)),
        }
        Self::pruned(matrix, ops)
    }

    /// The cell with a vertex more, in the middle of an edge.
    fn with_vertex_in(&self, [from, to]: [usize; 2], op: VertexOp) -> Option<Self> {
        let Self { mut matrix, mut ops, .. } = self.clone();
        matrix[from][to] = false;
        matrix.insert(to, vec![false; self.n_vertices()]);
        matrix.iter_mut().for_each(|row| row.insert(to, false));
        matrix[from][to] = true;
        matrix[to][to + 1] = true;
        ops.insert(to - 1, op);
        Self::pruned(matrix, ops)
    }

    /// Whether a step may lead to `cell`: no larger than the benchmark's cells, or than this one.
    fn allows(&self, cell: &Self) -> bool {
        cell.n_vertices() <= self.n_vertices().max(MAX_PUBLISHED_VERTICES)
            && cell.n_edges() <= self.n_edges().max(MAX_PUBLISHED_EDGES)
    }

    /// The output channels of each vertex inside a module of `channels`.
    ///
    /// Those that feed the output share its channels, the first ones taking what is left over; any
    /// other has as many as its widest inner successor.
    fn vertex_channels(&self, channels: u32) -> Vec<u32> {
        let output = self.n_vertices() - 1;
        let feeds_output: Vec<usize> = (1..output).filter(|&v| self.matrix[v][output]).collect();
        let mut widths = vec![0; self.n_vertices()];
        widths[output] = channels;
        let n_feeding = feeds_output.len() as u32;
        for (position, &vertex) in (0..).zip(&feeds_output) {
            let takes_rest = u32::from(position < channels % n_feeding);
            widths[vertex] = channels / n_feeding + takes_rest;
        }
        for vertex in (1..output).rev().filter(|vertex| !self.matrix[*vertex][output]) {
            let successors = (vertex + 1..output).filter(|&to| self.matrix[vertex][to]);
            widths[vertex] = successors.map(|to| widths[to]).max().unwrap_or(0);
        }
        widths
    }

    fn add_module(&self, net: &mut GraphBuilder, input: Tensor, channels: u32) -> Tensor {
        let output = self.n_vertices() - 1;
        let widths = self.vertex_channels(channels);
        let mut results = vec![input];
        for (idx, op) in self.ops.iter().enumerate() {
            let vertex = idx + 1;
            let width = widths[vertex];
            let inner = (1..vertex).filter(|&from| self.matrix[from][vertex]);
            let mut terms: Vec<_> = inner.map(|from| results[from].first_channels(width)).collect();
            if self.matrix[0][vertex] {
                terms.push(conv_bn_relu(net, 1, input, width));
            }
            let x = net.add(&terms);
            results.push(match op {
                VertexOp::Conv3x3 => conv_bn_relu(net, 3, x, width),
                VertexOp::Conv1x1 => conv_bn_relu(net, 1, x, width),
                VertexOp::MaxPool => net.pool(x, Op::MaxPool, Window::square(3, 1)),
            });
        }
        let parts: Vec<_> =
            (1..output).filter(|&from| self.matrix[from][output]).map(|v| results[v]).collect();
        let mut terms = Vec::new();
        if !parts.is_empty() {
            terms.push(net.concat(&parts));
        }
        if self.matrix[0][output] {
            terms.push(conv_bn_relu(net, 1, input, channels));
        }
        net.add(&terms)
    }
}

fn conv_bn_relu(net: &mut GraphBuilder, kernel: u32, x: Tensor, channels: u32) -> Tensor {
    let x = net.conv_bn(x, Conv::square(kernel, 1, channels));
    net.activation(x, Op::Relu)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    fn cell(matrix: &str, ops: &str) -> Cell {
        text::read(&format!(r#"{{"matrix":{matrix},"ops":["input",{ops}"output"]}}"#)).unwrap()
    }

    #[test]
    fn samples_and_their_mutants_are_cells_of_the_space_and_read_back() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let mut n_larger = 0;
        for _ in 0..300 {
            let mut cell = text::read(&Nb101.sample(&mut rng).text()).unwrap();
            for _ in 0..5 {
                assert!(cell.is_published() && cell.notes().is_empty(), "{cell:?}");
                let mutant = cell.mutate(&mut rng).text();
                assert_ne!(mutant, cell.text());
                let read = text::read(&mutant).unwrap();
                assert_eq!(read.text(), mutant);
                n_larger += usize::from(read.n_vertices() > cell.n_vertices());
                cell = read;
            }
        }
        assert!(n_larger > 0, "mutation never adds a vertex, so search could only shrink cells");
    }

    #[test]
    fn even_the_smallest_cell_has_neighbours() {
        let mut rng = Pcg64Mcg::seed_from_u64(2);
        let smallest = cell("[[0,1],[0,0]]", "");
        assert_eq!(text::read(&smallest.mutate(&mut rng).text()).unwrap().n_vertices(), 3);
    }

    #[test]
    fn cells_beyond_the_benchmark_are_built_with_a_note() {
        // eight vertices in a row; seven vertices with ten edges
        let row = |from: usize, n: usize| -> String {
            let digits: Vec<_> = (0..n).map(|to| if to == from + 1 { "1" } else { "0" }).collect();
            format!("[{}]", digits.join(","))
        };
        let rows: Vec<_> = (0..8).map(|from| row(from, 8)).collect();
        let chain = cell(&format!("[{}]", rows.join(",")), &r#""maxpool3x3","#.repeat(6));
        let dense = cell(
            "[[0,1,1,1,1,0,0],[0,0,0,0,0,1,0],[0,0,0,0,0,1,0],[0,0,0,0,0,1,0],[0,0,0,0,0,1,0],\
             [0,0,0,0,0,0,1],[0,0,0,0,0,0,0]]",
            &r#""conv1x1-bn-relu","#.repeat(5),
        );
        let denser = Cell { matrix: with_edge(&dense.matrix, 1, 2), ..dense.clone() };
        assert!(dense.notes().is_empty());
        for (cell, counts) in
            [(chain, "8 vertices and 7 edges"), (denser, "7 vertices and 10 edges")]
        {
            let notes = cell.notes();
            assert_eq!(notes.len(), 1);
            assert_eq!(notes[0].kind, NoteKind::Outside);
            assert!(notes[0].message.starts_with(counts), "{}", notes[0].message);
            assert!(cell.build(&VARIANTS[0]).is_ok());
        }
    }

    fn with_edge(matrix: &[Vec<bool>], from: usize, to: usize) -> Vec<Vec<bool>> {
        let mut matrix = matrix.to_vec();
        matrix[from][to] = true;
        matrix
    }

    #[test]
    fn the_largest_cell_that_is_read_can_be_built() {
        let n = MAX_VERTICES;
        let matrix = (0..n).map(|from| (0..n).map(|to| from < to).collect()).collect();
        let full = Cell::pruned(matrix, vec![VertexOp::Conv1x1; n - 2]).unwrap();
        let graph = full.build(&VARIANTS[0]).unwrap();
        assert!(graph.nodes().all(|node| node.output.c >= 2));
    }

    #[test]
    fn channels_left_over_go_to_the_first_vertices_in_order() {
        // three vertices feed the output; one feeds only them: 128 = 43 + 43 + 42
        let cell = cell(
            "[[0,1,0,0,0,0],[0,0,1,1,1,0],[0,0,0,0,0,1],[0,0,0,0,0,1],[0,0,0,0,0,1],[0,0,0,0,0,0]]",
            &r#""conv3x3-bn-relu","#.repeat(4),
        );
        assert_eq!(cell.vertex_channels(128), [0, 43, 43, 43, 42, 128]);
    }

    #[test]
    fn pruned_vertices_are_noted() {
        let cell =
            cell("[[0,1,1,0],[0,0,0,1],[0,0,0,0],[0,0,0,0]]", r#""conv3x3-bn-relu","maxpool3x3","#);
        let note = "1 of 4 vertices lie on no path from input to output and are left out";
        assert_eq!(cell.notes(), [Note::new(NoteKind::Dead, note)]);
    }
}
