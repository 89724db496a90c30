//! Training: from measured networks to weights that predict. Native only, feature `train`.
//!
//! Records are read, split by structural hash, and learned from; what comes out is a weights file
//! and the figures that stand beside it. This is, with the command line, the one place that touches
//! files and threads. Nothing here prints: notes and progress go to the caller.
//!
//! - [`split`] says on which side a network stands, [`metrics`] how well it was predicted.
//! - [`spectrum`] is what contrastive pre-training compares networks by; [`spectrum_cache`] keeps
//!   it between runs.
//! - [`config`] decides what comes out, [`data`] is what it is learned from.
//! - [`run`] goes through the stages of each member; each stage is a loop with checkpoints.
//! - [`general`] fits what answers for networks of no known family, on [`collection`]s among others.
//! - [`evaluate`] and [`export`](mod@export) turn members into figures and into one weights file.
//! - [`experiment`] compares methods: grids of cells, each measured once and kept.
//! - [`few_shot`] says how well targets do that were adapted to some networks ([`crate::adapt`]).
//! - [`map`](mod@map) lays networks of all families out in the plane, and teaches weights to place others.
//! - [`observer`] is how the caller follows a run and ends it.
//! - [`log`] records a run, [`curves`] draws it, [`atomic`] writes files whole or not at all.

pub mod atomic;
pub mod checkpoint;
pub mod collection;
pub mod config;
pub mod curves;
pub mod data;
pub mod evaluate;
pub mod experiment;
pub mod export;
pub mod few_shot;
pub mod general;
pub mod known;
pub mod log;
pub mod map;
pub mod observer;
pub mod origin;
mod pretrain;
mod regress;
pub mod run;
pub mod spectrum;
pub mod spectrum_cache;
pub mod split;
pub mod stage;
mod zero_shot;

pub use crate::fit::metrics;
