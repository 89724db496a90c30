//! What the encoder sees of a graph: a matrix of node features, the edges, the graph's scalars.
//!
//! Stands between [`crate::graph`] and the model; plain numbers, no tensors. Two sets exist: the
//! published one (`paper`) and ours (`node`). Weights name the set and its layout version, so
//! weights trained on another layout are refused instead of misread.

mod node;
pub(crate) mod paper;
mod profile;
mod scalars;

use serde::{Deserialize, Serialize};

use crate::graph::{ComputeGraph, GraphView};

pub use profile::{N_PROFILE, profile_names};
pub(crate) use scalars::place;
pub use scalars::{N_SCALARS, SCALAR_NAMES};

/// Raised whenever a column of any feature set changes its meaning or place.
pub const LAYOUT_VERSION: u32 = 2;

/// Which features describe a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureSet {
    /// 26 scale-free columns shared by similar operators.
    ScaleFree,
    /// The original's tables: operator, resolution, kernel, bias.
    Paper,
}

/// Which nodes are described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// Norms and activations are flags of their neighbours.
    Fused,
    /// Every node of the canonical graph.
    Full,
}

impl FeatureSet {
    /// Columns of the node feature matrix.
    pub fn n_columns(self) -> usize {
        match self {
            Self::ScaleFree => node::N_COLUMNS,
            Self::Paper => paper::N_COLUMNS,
        }
    }
}

/// The features of one graph.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphFeatures {
    /// Number of nodes of the view.
    pub n_nodes: usize,
    /// Row-major `[n_nodes, n_columns]`.
    pub nodes: Vec<f32>,
    /// Edges `(from, to)` of the view, ascending, `from < to`.
    pub edges: Vec<(u32, u32)>,
    /// The graph's scalars, not standardised ([`SCALAR_NAMES`]).
    pub scalars: [f32; N_SCALARS],
    /// Kinds of its layers ([`profile_names`]); the encoder does not read them.
    pub profile: [f32; N_PROFILE],
}

impl GraphFeatures {
    /// The features of `graph`. Complexity: O(nodes + edges).
    pub fn of(graph: &ComputeGraph, set: FeatureSet, view: View) -> Self {
        let view = match view {
            View::Fused => GraphView::fused(graph),
            View::Full => GraphView::full(graph),
        };
        let nodes = match set {
            FeatureSet::ScaleFree => node::features(graph, &view),
            FeatureSet::Paper => paper::features(&view),
        };
        let scalars = scalars::scalars(graph).map(|value| value as f32);
        let profile = profile::profile(graph);
        Self { n_nodes: view.nodes.len(), nodes, edges: view.edges, scalars, profile }
    }

    /// The share of MACs in products of matrices: attention, mixers, classifiers.
    pub(crate) fn dense_share(&self) -> f64 {
        f64::from(self.profile[profile::DENSE_SHARE])
    }

    /// Log2 of the side of the image.
    pub(crate) fn log2_side(&self) -> f32 {
        self.profile[profile::LOG2_SIDE]
    }
}
