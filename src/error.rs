//! The library's one error type: a kind, a sentence, and the place where there is one.
//!
//! Every fallible function of the crate returns [`Error`]. The command line prints it, the WASM
//! module turns it into a JavaScript `GennapeError` with the same kind, line and column.

use std::fmt;

use serde::Serialize;

/// What went wrong, as a stable word for programs to branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// No known format or family has this look.
    UnknownFormat,
    /// The network is in a form whose reader is not part of this build.
    NoReader,
    /// The text breaks the grammar of its format.
    Syntax,
    /// The text reads well but names no network of its family.
    InvalidArchitecture,
    /// A named limit (bytes, nodes, nesting ...) is exceeded.
    TooLarge,
    /// The graph is no valid computational graph.
    InvalidGraph,
    /// The weights can't be used: damaged, of another version, or of another feature layout.
    Weights,
    /// The wished target or variant does not exist.
    Target,
    /// A record lacks what it should hold.
    Record,
    /// A configuration contradicts itself.
    Config,
    /// A file or stream could not be read or written.
    Io,
    /// Arithmetic in the tensor library failed: a fault of ours, not of the input.
    Internal,
}

impl ErrorKind {
    /// The stable word, as JSON and JavaScript carry it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownFormat => "unknown-format",
            Self::NoReader => "no-reader",
            Self::Syntax => "syntax",
            Self::InvalidArchitecture => "invalid-architecture",
            Self::TooLarge => "too-large",
            Self::InvalidGraph => "invalid-graph",
            Self::Weights => "weights",
            Self::Target => "target",
            Self::Record => "record",
            Self::Config => "config",
            Self::Io => "io",
            Self::Internal => "internal",
        }
    }
}

/// Where in a text something is: both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// The place of byte `offset` in `text`; an offset past the end is the end.
    ///
    /// ```
    /// # use gennape::error::Place;
    /// assert_eq!(Place::of("ab\ncdé!", 7), Place { line: 2, column: 4 });
    /// ```
    pub fn of(text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() as u32 + 1,
            column: before[line_start..].chars().count() as u32 + 1,
        }
    }
}

/// An error of this library: what, where, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    place: Option<Place>,
    file: Option<String>,
}

/// The result of everything fallible here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind`; the message is lower case, without a full stop, and says the way out.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: None, file: None }
    }

    /// The same error at `place`.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same error in the file called `name`.
    pub fn in_file(mut self, name: impl fmt::Display) -> Self {
        self.file = Some(name.to_string());
        self
    }

    /// The same error with `context` and a colon in front, as in ``line 3 of records: ...``.
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// The kind, for programs to branch on.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The sentence, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Line and column, where the input is a text.
    pub fn place(&self) -> Option<Place> {
        self.place
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
        }
        if let Some(Place { line, column }) = self.place {
            write!(f, "{line}:{column}:")?;
        }
        let blank = if self.file.is_some() || self.place.is_some() { " " } else { "" };
        write!(f, "{blank}{}", self.message)
    }
}

impl std::error::Error for Error {}

impl From<candle_core::Error> for Error {
    fn from(error: candle_core::Error) -> Self {
        // a backtrace is for a debugger, not for who reads the message
        let error = match error {
            candle_core::Error::WithBacktrace { inner, .. } => *inner,
            other => other,
        };
        Self::new(ErrorKind::Internal, format!("tensor arithmetic failed: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_file_line_and_column_as_compilers_do() {
        let error = Error::new(ErrorKind::Record, "no accuracy");
        let place = Place { line: 4, column: 1 };
        let cases = [
            (error.clone(), "no accuracy"),
            (error.clone().at(place), "4:1: no accuracy"),
            (error.clone().in_file("a.jsonl"), "a.jsonl: no accuracy"),
            (error.at(place).in_file("a.jsonl"), "a.jsonl:4:1: no accuracy"),
        ];
        for (error, expected) in cases {
            assert_eq!(error.to_string(), expected);
        }
    }
}
