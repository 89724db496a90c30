//! Few-shot adaptation: from some measured networks to a target of their own.
//!
//! [`measured`] reads and checks the networks, [`source`] asks the weights what they see in them,
//! [`regressors`] puts that and the graph's own numbers into one row, [`target`] is the Gaussian
//! process that learns their accuracies, [`held_out`] says by cross-validation how far to trust it
//! beside what needs no adaptation, [`adapter`] goes through all of it in steps that can be shown and
//! broken off, [`file`](mod@file) is what is kept. Natively and in WASM the same; nothing here reads
//! files or clocks.

pub mod adapter;
pub mod file;
pub mod held_out;
pub mod measured;
pub mod regressors;
pub mod source;
pub mod target;
