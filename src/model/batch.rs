//! Several graphs as one: node features, the matrices that pass messages, the scalars.

use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::sparse::SparseMatrix;
use super::statistics::Statistics;
use crate::error::{Error, ErrorKind, Result};
use crate::features::{FeatureSet, GraphFeatures, N_SCALARS};

/// One graph with the statistics that its scalars are read against.
#[derive(Debug, Clone, Copy)]
pub struct BatchItem<'a> {
    /// Node features, edges, raw scalars.
    pub features: &'a GraphFeatures,
    /// The statistics of its family.
    pub statistics: &'a Statistics,
}

/// The block-diagonal union of several graphs.
#[derive(Debug, Clone)]
pub struct Batch {
    /// `[n_nodes, n_columns]`.
    pub nodes: Tensor,
    /// Sum over predecessors: `[n_nodes, n_nodes]`.
    pub sum_before: SparseMatrix,
    /// Mean over predecessors: `[n_nodes, n_nodes]`.
    pub mean_before: SparseMatrix,
    /// Mean over successors: `[n_nodes, n_nodes]`.
    pub mean_after: SparseMatrix,
    /// Mean over a graph's nodes: `[n_graphs, n_nodes]`.
    pub readout: SparseMatrix,
    /// Graph `g` holds nodes `offsets[g]..offsets[g + 1]`.
    pub offsets: Arc<Vec<usize>>,
    /// Standardised scalars `[n_graphs, 44]`.
    pub scalars: Tensor,
}

impl Batch {
    /// The union of `items`.
    ///
    /// # Errors
    /// Where there are none, or features of another set than `set`.
    pub fn new(items: &[BatchItem<'_>], set: FeatureSet) -> Result<Self> {
        let mut offsets = vec![0];
        let mut nodes = Vec::new();
        let mut scalars = Vec::with_capacity(items.len() * N_SCALARS);
        let mut edges = Vec::new();
        for BatchItem { features, statistics } in items {
            let start = *offsets.last().expect("invariant: offsets begin with 0");
            edges.extend(
                features.edges.iter().map(|&(from, to)| (from + start as u32, to + start as u32)),
            );
            offsets.push(start + features.n_nodes);
            nodes.extend_from_slice(&features.nodes);
            scalars.extend(statistics.standardise(&features.scalars));
        }
        let n_nodes = offsets[items.len()];
        if n_nodes == 0 || nodes.len() != n_nodes * set.n_columns() {
            let message = "a batch needs at least one graph, all with the network's feature set";
            return Err(Error::new(ErrorKind::Internal, message));
        }
        Ok(Self {
            nodes: Tensor::from_vec(nodes, (n_nodes, set.n_columns()), &Device::Cpu)?,
            sum_before: messages(n_nodes, edges.iter().map(|&(from, to)| (to, from)), false),
            mean_before: messages(n_nodes, edges.iter().map(|&(from, to)| (to, from)), true),
            mean_after: messages(n_nodes, edges.iter().copied(), true),
            readout: readout(&offsets),
            offsets: Arc::new(offsets),
            scalars: Tensor::from_vec(scalars, (items.len(), N_SCALARS), &Device::Cpu)?,
        })
    }

    /// Number of graphs.
    pub fn n_graphs(&self) -> usize {
        self.offsets.len() - 1
    }
}

/// The matrix in which node `to` reads each `from` of `pairs`, summed or averaged.
fn messages(
    n_nodes: usize,
    pairs: impl Iterator<Item = (u32, u32)> + Clone,
    average: bool,
) -> SparseMatrix {
    let mut degree = vec![0_u32; n_nodes];
    for (to, _) in pairs.clone() {
        degree[to as usize] += 1;
    }
    let weight = |to: u32| if average { 1.0 / degree[to as usize] as f32 } else { 1.0 };
    let entries: Vec<_> = pairs.map(|(to, from)| (to, from, weight(to))).collect();
    SparseMatrix::new(n_nodes, n_nodes, &entries)
}

fn readout(offsets: &[usize]) -> SparseMatrix {
    let mut entries = Vec::new();
    for (graph, range) in offsets.windows(2).enumerate() {
        let weight = 1.0 / (range[1] - range[0]) as f32;
        entries.extend((range[0]..range[1]).map(|node| (graph as u32, node as u32, weight)));
    }
    SparseMatrix::new(offsets.len() - 1, offsets[offsets.len() - 1], &entries)
}
