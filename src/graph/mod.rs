//! What a network is here: a valid, canonical directed graph of atomic operators.
//!
//! Everything downstream (features, costs, spectra, drawings) reads a [`ComputeGraph`]; everything
//! upstream (families, file formats) makes one through [`GraphBuilder`] or, for a file that holds a
//! finished graph, [`json`]. Architecture invariant: a `ComputeGraph` that exists is valid, and
//! petgraph is seen by no other module.

mod builder;
mod canonical;
mod cost;
mod draft;
mod hash;
pub mod json;
mod memory;
mod node;
mod op;
mod part;
mod shape;
mod topology;
mod view;

pub use builder::{Conv, GraphBuilder, MAX_DRAFT_NODES, Tensor};
pub use cost::{Cost, cost_of};
pub use node::{Node, Shape};
pub use op::Op;
pub use part::Part;
pub use shape::{Padding, Window};
pub use topology::{ComputeGraph, MAX_EDGES, MAX_NODES, MAX_SIDE};
pub use view::{GraphView, ViewNode};
