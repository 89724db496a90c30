//! GENNAPE (Mills et al., AAAI 2023): a neural network's accuracy, predicted from its graph.

pub mod error;
pub mod family;
pub mod features;
pub mod fit;
pub mod format;
pub mod graph;
pub mod model;
pub mod note;
#[cfg(feature = "train")]
pub mod train;

pub use error::{Error, ErrorKind, Result};
