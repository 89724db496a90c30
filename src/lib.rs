//! GENNAPE (Mills et al., AAAI 2023): a neural network's accuracy, predicted from its graph.

pub mod adapt;
pub mod answer;
#[cfg(feature = "cli")]
pub mod cli;
pub mod error;
pub mod family;
pub mod features;
pub mod fit;
pub mod format;
pub mod general;
pub mod graph;
#[cfg(feature = "train")]
pub mod import;
pub mod info;
pub mod inspect;
pub mod model;
pub mod note;
pub mod predict;
#[cfg(feature = "train")]
pub mod train;
#[cfg(feature = "wasm-bindings")]
pub mod wasm;

pub use error::{Error, ErrorKind, Result};
