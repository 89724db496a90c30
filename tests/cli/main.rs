//! The program `gennape` as its users run it: arguments and files in; output, errors and code out.
//!
//! One file a subcommand or concern. Nothing here depends on the numbers of particular weights.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod adapt;
mod bad_input;
mod check;
mod help;
mod import;
mod inspect;
mod map;
mod mutate;
mod onnx;
mod predict;
mod support;
mod train;
mod weights;
