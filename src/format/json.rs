//! A finished graph in its own JSON, the form that [`crate::graph::json`] defines.

use super::Parsed;
use super::detect::Format;
use crate::family::literal::{has_key, without_blanks};
use crate::graph::json::from_json_with;

/// The format.
pub(super) static GRAPH_JSON: Format = Format::Text {
    title: "a graph",
    recognises: |text| {
        without_blanks(text).starts_with('{') && (has_key(text, "nodes") || has_key(text, "edges"))
    },
    read: |text, _| {
        let (graph, notes) = from_json_with(text)?;
        Ok(Parsed::Graph { graph, notes })
    },
};
