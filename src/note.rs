//! What a reader assumed, left out or does not know, in words for the person who asked.

use serde::{Deserialize, Serialize};

/// What a note is about, as a stable word for programs to branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoteKind {
    /// Something was not said, so a named default was taken.
    Assumed,
    /// The network leaves the size of its image open: a default was taken, another can be said.
    ImageSize,
    /// The network lies outside of its family's published space.
    Outside,
    /// Parts of the network do nothing and are left out of its graph.
    Dead,
    /// No target of the network's own family exists; the nearest one answers.
    Nearest,
    /// Operators of a file are not known and stand in the graph as such.
    Unknown,
    /// What an exporter folded away is a layer of its own again.
    Restored,
    /// The weights come from a network that was never trained.
    Untrained,
}

/// A remark that goes with a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// One sentence for a person.
    pub message: String,
}

impl Note {
    /// A note of `kind`.
    pub fn new(kind: NoteKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}
