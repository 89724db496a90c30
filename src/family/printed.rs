//! A cursor over the texts that the authors' tools print: tokens, words, numbers, with places.

use super::literal::{self, shorten};
use super::path_ops::Word;
use crate::error::{Error, ErrorKind, Place, Result};

/// The text, and what of it is not read yet.
#[derive(Debug)]
pub(super) struct Printed<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Printed<'a> {
    /// At the beginning of `text`, behind blanks and comments.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, rest: literal::without_blanks(text) }
    }

    /// Where the cursor stands, in bytes.
    pub(super) fn offset(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// Whether nothing is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Whether `token` comes next.
    pub(super) fn is_before(&self, token: &str) -> bool {
        self.rest.starts_with(token)
    }

    /// Whether `token` comes next; if so, it is read, with the blanks behind it.
    pub(super) fn takes(&mut self, token: &str) -> bool {
        let behind = self.rest.strip_prefix(token);
        if let Some(behind) = behind {
            self.rest = behind.trim_start();
        }
        behind.is_some()
    }

    /// Reads `token`.
    pub(super) fn token(&mut self, token: &str) -> Result<()> {
        match self.takes(token) {
            true => Ok(()),
            false => Err(self.expected(&format!("`{token}`"))),
        }
    }

    /// Reads a name of letters, digits and `_`; `-` too where one follows, as in
    /// `bottleneck-e2-k1`, but not the `->` of an arrow.
    pub(super) fn word(&mut self, what: &str) -> Result<Word<'a>> {
        let offset = self.offset();
        let is_inside = |(at, c): (usize, char)| {
            c.is_alphanumeric() || c == '_' || (c == '-' && !self.rest[at..].starts_with("->"))
        };
        let end = self.rest.char_indices().find(|&c| !is_inside(c));
        let word = &self.rest[..end.map_or(self.rest.len(), |(at, _)| at)];
        if word.is_empty() {
            return Err(self.expected(what));
        }
        self.rest = self.rest[word.len()..].trim_start();
        Ok(Word { text: word, offset })
    }

    /// Reads a whole number, and where it stands.
    pub(super) fn number(&mut self, what: &str) -> Result<(i64, usize)> {
        let offset = self.offset();
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let number = self.rest[..end].parse().map_err(|_| self.expected(what))?;
        self.rest = self.rest[end..].trim_start();
        Ok((number, offset))
    }

    /// `what` is expected here, but something else, or the end, was found.
    pub(super) fn expected(&self, what: &str) -> Error {
        let message = match self.rest.lines().next() {
            None => format!("the text ends where {what} is expected"),
            Some(line) => format!("expected {what}, found `{}`", shorten(line)),
        };
        Error::new(ErrorKind::Syntax, message).at(Place::of(self.text, self.offset()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_tokens_are_read_in_turn() {
        let mut printed = Printed::new("# note\n bottleneck-e2-k1 -> 12;x");
        let word = printed.word("a name").unwrap();
        assert_eq!((word.text, word.offset), ("bottleneck-e2-k1", 8));
        printed.token("->").unwrap();
        assert_eq!(printed.number("a number").unwrap(), (12, 28));
        assert!(!printed.takes("x") && printed.takes(";"));
        let error = printed.number("a number").expect_err("x");
        assert_eq!(error.to_string(), "2:25: expected a number, found `x`");
        assert_eq!(printed.word("a name").unwrap().text, "x");
        let error = printed.token("]").expect_err("end");
        assert_eq!(error.to_string(), "2:26: the text ends where `]` is expected");
        assert!(printed.is_at_end());
    }

    #[test]
    fn an_arrow_ends_a_word_and_a_huge_number_is_an_error() {
        let mut printed = Printed::new("a->b");
        assert_eq!(printed.word("a name").unwrap().text, "a");
        assert!(printed.takes("->"));
        let mut printed = Printed::new("99999999999999999999");
        assert!(printed.number("a number").is_err());
    }
}
