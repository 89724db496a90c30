//! The families' exact networks: against published numbers, an independent counter and each other.
//!
//! [`published`] has networks with numbers from elsewhere, [`every_family`] what must hold of each
//! family, [`shared_records`] whole spaces and the records of the shared folder.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]
#![allow(clippy::print_stdout, reason = "skipped tests say so")]

mod every_family;
mod published;
#[path = "../shared/mod.rs"]
mod shared;
mod shared_records;

use gennape::family::{self, Architecture};
use gennape::graph::ComputeGraph;

pub(crate) fn parse(family: &str, text: &str) -> Box<dyn Architecture> {
    let family = family::by_name(family).unwrap();
    family.parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

pub(crate) fn build(family: &str, text: &str, variant: &str) -> ComputeGraph {
    let variant = family::variant(family::by_name(family).unwrap(), variant).unwrap();
    parse(family, text).build(variant).unwrap_or_else(|error| panic!("{error}\n{text}"))
}
