//! What learns: parameters, optimiser, schedule, losses, Gaussian processes; and how well it did.
//!
//! No files, no clock, no randomness but what is passed in, so the same code fits natively and in
//! WASM. The loops that read records and write checkpoints are in `train`.

mod cholesky;
pub mod contrastive;
pub mod gaussian_process;
pub mod metrics;
pub mod optimiser;
pub mod pairs;
pub mod parameters;
pub mod regression;
pub mod relevance;
pub mod schedule;
pub mod trees;
