//! What names stand for: in a graph, in a function's body, in a branch.
//!
//! A branch sees the names around it, a function only those that it is given. Errors that name a
//! node are made here.

use std::collections::HashMap;

use super::network::ValueId;
use super::proto::{Attribute, Node};
use crate::error::{Error, ErrorKind, Result};

/// Functions and branches within each other.
pub const MAX_INLINE_NESTING: usize = 32;

/// What a name stands for, here and in what surrounds this.
pub(super) struct Scope<'a> {
    pub(super) names: HashMap<String, ValueId>,
    pub(super) parent: Option<&'a Scope<'a>>,
    /// Attributes of the call that a function's body refers to.
    pub(super) bound: &'a [Attribute],
    pub(super) depth: usize,
}

impl Scope<'_> {
    /// The value that `name` stands for here.
    pub(super) fn find(&self, name: &str) -> Option<ValueId> {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some(&id) = here.names.get(name) {
                return Some(id);
            }
            scope = here.parent;
        }
        None
    }
}

/// Gives the outputs of `node` the values that its body ends in.
pub(super) fn bind_outputs(
    node: &Node,
    inner_names: &[String],
    inner: &Scope,
    names: &mut HashMap<String, ValueId>,
) -> Result<()> {
    for (outer, name) in node.outputs.iter().zip(inner_names) {
        let id = inner.find(name);
        let id = id.ok_or_else(|| wrong(node, format!("does not write its output `{name}`")))?;
        names.insert(outer.clone(), id);
    }
    Ok(())
}

/// Attributes with those that a function's body takes from its call.
pub(super) fn bind(attributes: &[Attribute], bound: &[Attribute]) -> Vec<Attribute> {
    let resolve = |attribute: &Attribute| {
        if attribute.ref_name.is_empty() {
            return Some(attribute.clone());
        }
        let found = bound.iter().find(|other| other.name == attribute.ref_name)?;
        Some(Attribute { name: attribute.name.clone(), ..found.clone() })
    };
    attributes.iter().filter_map(resolve).collect()
}

/// The nesting of what `node` contains.
pub(super) fn deeper(node: &Node, depth: usize) -> Result<usize> {
    if depth >= MAX_INLINE_NESTING {
        let message =
            format!("{} lies within more than {MAX_INLINE_NESTING} functions", title(node));
        return Err(Error::new(ErrorKind::TooLarge, message));
    }
    Ok(depth + 1)
}

/// How messages call a node.
pub(super) fn title(node: &Node) -> String {
    let name = if node.name.is_empty() { node.outputs.first() } else { Some(&node.name) };
    match name {
        Some(name) => format!("{} `{name}`", node.op_type),
        None => node.op_type.clone(),
    }
}

/// An error that says what is wrong with `node`.
pub(super) fn wrong(node: &Node, what: String) -> Error {
    Error::new(ErrorKind::InvalidGraph, format!("{} {what}", title(node)))
}
