//! The library held against numbers that others computed (README.md here says who and how).
//!
//! One file a reference, of the same name: what the JSON holds is computed again through the public
//! interface, with the weights put in by their names. [`gradients`] has a reference of its own:
//! finite differences. Agreement is defined once, in [`support`].

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod baselines;
mod contrastive;
mod encoder;
mod gaussian_process;
mod gradients;
mod graph_conv;
mod heads;
mod labels;
mod optimiser;
mod support;
mod trees;
