//! Training: from measured networks to weights that predict. Native only, feature `train`.
//!
//! Records are read, split by structural hash, and learned from; what comes out is a weights file
//! and the figures that stand beside it. This is, with the command line, the one place that touches
//! files and threads. Nothing here prints: notes and progress go to the caller.
//!
//! - [`split`] says on which side a network stands, [`metrics`] how well it was predicted.
//! - [`spectrum`] is what contrastive pre-training compares networks by; [`spectrum_cache`] keeps
//!   it between runs.
//! - [`log`] records a run, [`curves`] draws it, [`atomic`] writes files whole or not at all.

pub mod atomic;
pub mod curves;
pub mod log;
pub mod metrics;
pub mod spectrum;
pub mod spectrum_cache;
pub mod split;
