//! Reads a NAS-Bench-201 cell from left to right, and says at which column it is not one.
//!
//! Quotes, an assignment in front and blanks between any two parts are fine; all six edges must be
//! there, those of one node in any order.

use super::{Cell, EDGES, EdgeOp};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::family::literal;
use crate::family::nearest::nearest;

/// Whether `text` looks like a cell, well-formed or not.
pub(super) fn recognises(text: &str) -> bool {
    let cell = literal::without_preamble(text).trim_start_matches(['"', '\'']).trim_start();
    let behind_word = cell.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    cell.starts_with('|') || (behind_word.len() < cell.len() && behind_word.starts_with('~'))
}

/// The cell that `text` spells.
pub(super) fn read(text: &str) -> Result<Cell> {
    Reader { text, rest: literal::without_preamble(text) }.document()
}

/// The text, and what of it is not read yet.
struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Cell> {
        let quote = self.next().filter(|c| matches!(c, '"' | '\''));
        if let Some(quote) = quote {
            self.token(quote, "")?;
        }
        let cell = self.cell()?;
        if let Some(quote) = quote {
            self.token(quote, " behind the cell")?;
        }
        self.rest = literal::without_blanks(self.rest.trim_start_matches([',', ';']));
        if self.rest.is_empty() {
            return Ok(cell);
        }
        Err(self.expected("the end of the text behind node 3"))
    }

    fn cell(&mut self) -> Result<Cell> {
        let mut ops = Vec::with_capacity(EDGES.len());
        for node in 1..=3 {
            if node > 1 {
                self.token('+', &format!(" before node {node}"))?;
            }
            self.token('|', &format!(" where node {node} begins"))?;
            let mut by_source = vec![None; node];
            for _ in 0..node {
                let (source, op) = self.edge(node, &by_source)?;
                by_source[source] = Some(op);
            }
            ops.extend(by_source.into_iter().flatten());
        }
        let ops = ops.try_into().expect("invariant: each node read each of its sources once");
        Ok(Cell { ops })
    }

    /// `op~source|` of `node`, one that `by_source` does not have yet.
    fn edge(&mut self, node: usize, by_source: &[Option<EdgeOp>]) -> Result<(usize, EdgeOp)> {
        let missing: Vec<usize> = (0..node).filter(|&source| by_source[source].is_none()).collect();
        let next_source = missing[0];
        if self.next() == Some('+') {
            return Err(self.invalid(format!(
                "node {node} lacks its edge from node {next_source}; write `none~{next_source}|` \
                 for no edge"
            )));
        }
        let op = self.op(next_source)?;
        self.token('~', &format!(" between `{}` and the node it reads", op.name()))?;
        let expected: Vec<String> = missing.iter().map(|source| format!("`{source}`")).collect();
        let expected = format!("the node that {} reads, {}", op.name(), expected.join(" or "));
        match self.next().and_then(|c| c.to_digit(10)).map(|digit| digit as usize) {
            Some(source) if missing.contains(&source) => {
                self.skip(1);
                self.token('|', " behind the edge")?;
                Ok((source, op))
            }
            Some(source) if source < node => {
                Err(self
                    .invalid(format!("node {node} reads node {source} twice; expected {expected}")))
            }
            _ => Err(self.expected(&expected)),
        }
    }

    fn op(&mut self, source: usize) -> Result<EdgeOp> {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let word = &self.rest[..self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len())];
        if let Some(op) = EdgeOp::from_name(word) {
            self.skip(word.len());
            return Ok(op);
        }
        let known = EdgeOp::NAMES.join(", ");
        let shown = literal::shorten(word);
        if word.is_empty() {
            return Err(self.expected(&format!("an operation reading node {source} ({known})")));
        }
        if word.len() == self.rest.len() {
            let message = format!("the text ends inside `{shown}`; expected one of {known}");
            return Err(self.error(ErrorKind::Syntax, message));
        }
        let meant = nearest(word, &EdgeOp::NAMES)
            .map_or_else(String::new, |name| format!("did you mean `{name}`? "));
        Err(self.invalid(format!("unknown operation `{shown}`; {meant}expected one of {known}")))
    }

    fn next(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Moves on by `n_bytes` and the blanks behind them.
    fn skip(&mut self, n_bytes: usize) {
        self.rest = self.rest[n_bytes..].trim_start();
    }

    fn token(&mut self, token: char, place: &str) -> Result<()> {
        if self.next() == Some(token) {
            self.skip(token.len_utf8());
            return Ok(());
        }
        Err(self.expected(&format!("`{token}`{place}")))
    }

    fn expected(&self, what: &str) -> Error {
        let message = match self.next() {
            None => format!("the text ends where {what} is expected"),
            Some(c) => {
                format!("expected {what}, found `{}`", literal::shorten(&c.to_string()))
            }
        };
        self.error(ErrorKind::Syntax, message)
    }

    fn invalid(&self, message: String) -> Error {
        self.error(ErrorKind::InvalidArchitecture, message)
    }

    fn error(&self, kind: ErrorKind, message: String) -> Error {
        let place = Place::of(self.text, self.text.len() - self.rest.len());
        Error::new(kind, message).at(place)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Nb201;
    use super::*;
    use crate::family::{Architecture, Family};

    #[test]
    fn the_cell_may_be_quoted_assigned_spaced_and_in_another_order() {
        let canonical = Nb201.example();
        let cases = [
            canonical.to_owned(),
            format!("  \n{canonical}\n"),
            format!("'{canonical}',"),
            format!("# best\narch = \"{canonical}\"  # found"),
            canonical.replace('+', " +\n"),
            canonical.replace("skip_connect~0|nor_conv_3x3~1", "nor_conv_3x3~1|skip_connect~0"),
        ];
        for text in cases {
            assert!(recognises(&text), "{text}");
            let cell = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(cell.text(), canonical, "{text}");
        }
    }

    #[test]
    fn signs_are_seen_in_broken_texts_and_not_in_other_formats() {
        let cases = [
            ("|nor_conv_3x3", true),
            ("nor_conv_3x3~0|+|", true),
            ("arch = '|", true),
            (r#"{"matrix":[[0,1],[0,0]],"ops":["input","output"]}"#, false),
            ("~|", false),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(recognises(text), expected, "{text}");
        }
    }

    #[test]
    fn nearly_right_texts_say_what_is_wrong_and_where() {
        let all = "none, skip_connect, nor_conv_1x1, nor_conv_3x3, avg_pool_3x3";
        let cases = [
            (
                "|nor_conv3x3~0|+|none~0|none~1|+|none~0|none~1|none~2|",
                format!(
                    "1:2: unknown operation `nor_conv3x3`; did you mean `nor_conv_3x3`? expected one of {all}"
                ),
            ),
            (
                "|none~0|+|none~0|none~1|+|none~0|lorem_ipsum~1|none~2|",
                format!("1:34: unknown operation `lorem_ipsum`; expected one of {all}"),
            ),
            (
                "|none~0|+|none~0|+|none~0|none~1|none~2|",
                "1:18: node 2 lacks its edge from node 1; write `none~1|` for no edge".to_owned(),
            ),
            (
                "|none~0|+|none~0|none~1|+|none~0|none~1|",
                format!(
                    "1:41: the text ends where an operation reading node 2 ({all}) is expected"
                ),
            ),
            (
                "|none~1|+|none~0|none~1|+|none~0|none~1|none~2|",
                "1:7: expected the node that none reads, `0`, found `1`".to_owned(),
            ),
            (
                "|none~0|+|none~0|skip_connect~0|+|none~0|none~1|none~2|",
                "1:31: node 2 reads node 0 twice; expected the node that skip_connect reads, `1`"
                    .to_owned(),
            ),
            (
                "|none~0|+|none~0|none~1|+|none~3|none~1|none~2|",
                "1:32: expected the node that none reads, `0` or `1` or `2`, found `3`".to_owned(),
            ),
            (
                "|none~0+|none~0|none~1|+|none~0|none~1|none~2|",
                "1:8: expected `|` behind the edge, found `+`".to_owned(),
            ),
            (
                "none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
                "1:1: expected `|` where node 1 begins, found `n`".to_owned(),
            ),
            (
                "|none~0|\n|none~0|none~1|+|none~0|none~1|none~2|",
                "2:1: expected `+` before node 2, found `|`".to_owned(),
            ),
            (
                "|none0|+|none~0|none~1|+|none~0|none~1|none~2|",
                format!(
                    "1:2: unknown operation `none0`; did you mean `none`? expected one of {all}"
                ),
            ),
            (
                "|none|+|none~0|none~1|+|none~0|none~1|none~2|",
                "1:6: expected `~` between `none` and the node it reads, found `|`".to_owned(),
            ),
            (
                "|none~0|+|nor_con",
                format!("1:11: the text ends inside `nor_con`; expected one of {all}"),
            ),
            ("|none~0|", "1:9: the text ends where `+` before node 2 is expected".to_owned()),
            (
                "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|+|none~0|",
                "1:48: expected the end of the text behind node 3, found `+`".to_owned(),
            ),
            (
                "'|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
                "1:49: the text ends where `'` behind the cell is expected".to_owned(),
            ),
            (
                "|\u{7}~0|",
                format!("1:2: expected an operation reading node 0 ({all}), found `\\u{{7}}`"),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).expect_err(text).to_string(), expected, "{text}");
        }
    }

    #[test]
    fn noise_of_ten_megabytes_is_one_short_error() {
        for noise in ["|".repeat(10 << 20), format!("|{}", "x~0|".repeat(10 << 18))] {
            let error = read(&noise).expect_err("noise");
            assert!(error.message().len() < 200, "{error}");
        }
    }
}
