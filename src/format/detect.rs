//! Which family or format a text belongs to, by its signs alone.
//!
//! A sign is enough: a text that carries it and is broken is judged by the reader it belongs to,
//! whose errors are better than "unknown". Formats are tried first: their objects may hold a family's
//! architecture, never the other way round.

use super::Parsed;
use super::apart::KERAS_JSON;
use super::gennape::GENNAPE_JSON;
use super::json::GRAPH_JSON;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::family::literal::{shorten, without_blanks};
use crate::family::{FAMILIES, Family};

/// Formats that belong to no family, in the order in which their signs are tried.
static TEXT_FORMATS: &[&Format] = &[&GENNAPE_JSON, &KERAS_JSON, &GRAPH_JSON];

/// What a text is recognised as.
#[derive(Debug, Clone, Copy)]
pub(super) enum Format {
    /// The text of a family's architecture.
    Family(&'static dyn Family),
    /// Any other text that spells a network.
    Text {
        /// What it is, for messages.
        title: &'static str,
        /// Whether a text carries its sign.
        recognises: fn(&str) -> bool,
        /// Reads it, with the image's height and width for a network that leaves them open.
        read: fn(&str, Option<[u32; 2]>) -> Result<Parsed>,
    },
}

impl Format {
    /// Every known format.
    fn all() -> impl Iterator<Item = Self> {
        let families = FAMILIES.iter().map(|&family| Self::Family(family));
        families.chain(TEXT_FORMATS.iter().map(|&&format| format))
    }

    /// Reads `text` as this; `input_size` is for networks that leave their image's size open.
    pub(super) fn read(self, text: &str, input_size: Option<[u32; 2]>) -> Result<Parsed> {
        match self {
            Self::Family(family) => family.parse(text).map(Parsed::Architecture),
            Self::Text { read, .. } => read(text, input_size),
        }
    }

    pub(super) fn recognises(self, text: &str) -> bool {
        match self {
            Self::Family(family) => family.recognises(text),
            Self::Text { recognises, .. } => recognises(text),
        }
    }

    /// What it is, for messages.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Family(family) => family.title(),
            Self::Text { title, .. } => title,
        }
    }
}

/// The format whose sign `text` carries.
///
/// # Errors
/// What was seen, and what is known by name.
pub(super) fn detect(text: &str) -> Result<Format> {
    let families = FAMILIES.iter().map(|&family| Format::Family(family));
    let mut candidates = TEXT_FORMATS.iter().map(|&&format| format).chain(families);
    candidates.find(|format| format.recognises(text)).ok_or_else(|| {
        let known: Vec<_> = Format::all().map(Format::title).collect();
        let body = without_blanks(text);
        let (seen, place) = if body.is_empty() {
            ("the text is empty".to_owned(), Place::of(text, 0))
        } else {
            let first_line = shorten(body.lines().next().unwrap_or(body));
            let seen = format!("no known format begins with `{first_line}`");
            (seen, Place::of(text, text.len() - body.len()))
        };
        let message = format!("{seen}; expected one of {}", known.join(", "));
        Error::new(ErrorKind::UnknownFormat, message).at(place)
    })
}
