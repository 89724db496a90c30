//! How a network arrives: a text is recognised, then read by the family or format it belongs to.
//!
//! [`parse`] is the one entry for a text of unknown kind, [`file::open`] for a file; [`lines`], [`listed`] and [`record`] read
//! streams of networks, with or without what was measured of them. No path is opened here.

mod apart;
mod detect;
pub mod file;
#[cfg(feature = "readers")]
pub mod finished;
pub(crate) mod gennape;
mod json;
#[cfg(feature = "readers")]
mod keras;
pub mod lines;
pub mod listed;
#[cfg(not(feature = "readers"))]
mod missing;
#[cfg(feature = "readers")]
pub mod onnx;
pub mod record;
mod size;
#[cfg(feature = "readers")]
mod unknown;

pub use self::apart::OnnxOptions;
#[cfg(not(feature = "readers"))]
use self::missing::{keras, onnx};
pub use self::size::{DEFAULT_SIDE, DEFAULT_SMALL_SIDE, SMALL_CLASSES, input_size};
#[cfg(feature = "readers")]
pub use self::unknown::MAX_UNKNOWN_PERCENT;

use crate::error::{Error, ErrorKind, Result};
use crate::family::{Architecture, Variant};
use crate::graph::ComputeGraph;
use crate::note::Note;

/// Bytes of one text: the largest graph that is accepted takes less in its own JSON.
pub const MAX_TEXT_BYTES: usize = 32 << 20;

/// A network as it arrived.
#[derive(Debug)]
pub enum Parsed {
    /// An architecture of a family: it has a text, notes, and a network for each variant.
    Architecture(Box<dyn Architecture>),
    /// A graph that a file spells out.
    Graph {
        /// The graph.
        graph: ComputeGraph,
        /// What its reader assumed, left out or does not know.
        notes: Vec<Note>,
    },
}

impl Parsed {
    /// The network; `variant` is what an architecture is built for, a graph is what it is.
    ///
    /// # Errors
    /// Where the architecture gives no valid graph in this variant.
    pub fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        match self {
            Self::Architecture(architecture) => architecture.build(variant),
            Self::Graph { graph, .. } => Ok(graph.clone()),
        }
    }

    /// What a person should know of it.
    pub fn notes(&self) -> Vec<Note> {
        match self {
            Self::Architecture(architecture) => architecture.notes(),
            Self::Graph { notes, .. } => notes.clone(),
        }
    }
}

/// The network that `text` spells, in whichever of the known forms.
///
/// ```
/// # use gennape::format::{Parsed, parse};
/// let text = "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|";
/// let Parsed::Architecture(cell) = parse(text)? else { unreachable!() };
/// assert_eq!(cell.family().name(), "nb201");
/// let error = parse("hello").expect_err("no network");
/// assert!(error.message().starts_with("no known format begins with `hello`"));
/// # Ok::<(), gennape::Error>(())
/// ```
///
/// # Errors
/// What was seen and what would be understood; or what is wrong with a text of a known form, with
/// line and column.
pub fn parse(text: &str) -> Result<Parsed> {
    parse_sized(text, None)
}

/// As [`parse`]; a network that leaves the size of its image open has the height and width
/// `input_size`.
///
/// # Errors
/// As [`parse`].
pub fn parse_sized(text: &str, input_size: Option<[u32; 2]>) -> Result<Parsed> {
    if text.len() > MAX_TEXT_BYTES {
        let message = format!(
            "the text has {} bytes; expected one network of at most {MAX_TEXT_BYTES}",
            text.len()
        );
        return Err(Error::new(ErrorKind::TooLarge, message));
    }
    detect::detect(text)?.read(text, input_size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::FAMILIES;

    #[test]
    fn examples_of_every_family_and_format_are_read() {
        for family in FAMILIES {
            let parsed = parse(family.example()).unwrap();
            let Parsed::Architecture(architecture) = &parsed else { panic!("{parsed:?}") };
            assert_eq!(architecture.family().name(), family.name());
            let graph = parsed.build(&family.variants()[0]).unwrap();
            let again = parse(&crate::graph::json::to_json(&graph)).unwrap();
            let Parsed::Graph { graph: read, .. } = &again else { panic!("{again:?}") };
            assert_eq!(read.structural_hash(), graph.structural_hash());
            assert_eq!(again.build(&family.variants()[0]).unwrap().cost(), graph.cost());
        }
    }

    #[test]
    fn what_is_no_network_says_what_was_seen_and_what_is_understood() {
        let families = FAMILIES.iter().map(|family| family.title());
        let understood = families
            .chain(["a GENNAPE graph", "a Keras model", "a graph"])
            .collect::<Vec<_>>()
            .join(", ");
        let cases = [
            ("", "1:1: the text is empty"),
            (" \n ", "1:1: the text is empty"),
            ("hello world", "1:1: no known format begins with `hello world`"),
            ("\n  # why\n  <html>", "3:3: no known format begins with `<html>`"),
            ("PK\u{3}\u{4}\0", "1:1: no known format begins with `PK\\u{3}\\u{4}\\u{0}`"),
            ("[1, 2]", "1:1: no known format begins with `[1, 2]`"),
        ];
        for (text, seen) in cases {
            let error = parse(text).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::UnknownFormat);
            assert_eq!(error.to_string(), format!("{seen}; expected one of {understood}"));
        }
    }

    #[test]
    fn texts_that_are_nearly_a_network_are_judged_by_its_own_reader() {
        let cases = [
            ("|nor_conv_3x3~0|+|", ErrorKind::Syntax),
            ("ModelSpec(matrix=[[0,1", ErrorKind::Syntax),
            (
                "{\"matrix\":[[0,1],[1,0]],\"ops\":[\"input\",\"output\"]}",
                ErrorKind::InvalidArchitecture,
            ),
            ("{\"nodes\":[{\"op\":\"inp", ErrorKind::Syntax),
            ("{\"nodes\":[],\"edges\":[]}", ErrorKind::InvalidGraph),
        ];
        for (text, kind) in cases {
            assert_eq!(parse(text).expect_err(text).kind(), kind, "{text}");
        }
    }

    #[test]
    fn ten_megabytes_of_noise_are_one_short_error() {
        let noise: String = (0_u32..10 << 20)
            .map(|idx| char::from(32 + (idx.wrapping_mul(2_654_435_761) >> 24) as u8 % 95))
            .collect();
        for text in
            [noise.clone(), format!("|{noise}"), format!("[{noise}"), format!("{{\"ops\":{noise}")]
        {
            let error = parse(&text).expect_err("noise").to_string();
            assert!(error.len() < 1_500 && !error.contains('\n'), "{error}");
        }
        let error = parse(&noise.repeat(4)).expect_err("40 MB");
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert_eq!(
            error.to_string(),
            "the text has 41943040 bytes; expected one network of at most 33554432"
        );
    }

    #[test]
    fn a_text_beyond_the_limit_is_one_short_error() {
        let error = parse(&" ".repeat(MAX_TEXT_BYTES + 1)).expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        let expected = "the text has 33554433 bytes; expected one network of at most 33554432";
        assert_eq!(error.message(), expected);
    }
}
