//! The paper's experiments: every figure of docs/results.md that compares methods, by one runner.
//!
//! An experiment is a grid. A [`cell`] of it names experiment, target, method, number of training
//! networks and seed with all settings; what was measured of it is one file under the hash of
//! that ([`store`]), so a run that was ended goes on where it stood and a [`table`] or [`plot`] is a query.
//! [`plan`] says which cells an experiment has, [`run`] measures those that are missing, by the
//! [`method`] that each names, on the networks that `parts` holds out for it.
//!
//! Settings are fixed for all families alike. Nothing here chooses anything by what it measures.

mod bootstrap;
pub mod cell;
pub mod method;
mod parts;
pub mod plan;
pub mod plot;
mod pretrained;
pub mod run;
pub mod store;
pub mod table;
