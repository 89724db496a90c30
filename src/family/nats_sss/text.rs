//! Reads the five widths of a network, and says at which column they are not that.
//!
//! `8:16:32:48:64` with quotes and an assignment if need be, or a list of the five places among the
//! eight widths.

use super::{CHANNELS, N_WIDTHS, Widths};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::family::literal::{self, Kind, Literal, Value};

/// Characters of the longest list that is taken for places.
const MAX_LIST: usize = 200;

/// Whether `text` looks like widths or places, well-formed or not.
pub(super) fn recognises(text: &str) -> bool {
    let body = literal::without_preamble(text);
    let widths = body.trim_start_matches(['"', '\'']).trim_start();
    let behind_number = widths.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_widths =
        behind_number.len() < widths.len() && behind_number.trim_start().starts_with(':');
    is_widths || (body.len() <= MAX_LIST && is_five_numbers(body))
}

fn is_five_numbers(body: &str) -> bool {
    let is_number = |value: &Value| matches!(value.kind, Kind::Integer(_));
    Literal::read(body).is_ok_and(|literal| {
        let items = literal.root.items().unwrap_or_default();
        items.len() == N_WIDTHS && items.iter().all(is_number)
    })
}

/// The widths that `text` spells.
pub(super) fn read(text: &str) -> Result<Widths> {
    let body = literal::without_preamble(text);
    if body.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '\'')) {
        Reader { text }.widths(body)
    } else {
        places(&Literal::read(text)?)
    }
}

/// `[0, 1, 3, 5, 7]`: the places of the widths among [`CHANNELS`].
fn places(literal: &Literal<'_>) -> Result<Widths> {
    let items = literal.items(&literal.root, "five places, or five widths as 8:16:32:48:64")?;
    let place = |value: &Value| match value.kind {
        Kind::Integer(place @ 0..8) => Ok(CHANNELS[place as usize]),
        _ => {
            let message = format!("expected a place from 0 to 7, found {}", value.describe());
            Err(literal.invalid(value.span.start, message))
        }
    };
    let widths = items.iter().map(place).collect::<Result<Vec<_>>>()?;
    let n_widths = widths.len();
    let widths = widths.try_into().map_err(|_| {
        let message = format!("{n_widths} places; expected {N_WIDTHS}");
        literal.invalid(literal.root.span.start, message)
    })?;
    Ok(Widths(widths))
}

/// The whole text, for places in errors.
struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    /// `body`, which is the end of the text, from its first number or quote.
    fn widths(&self, body: &str) -> Result<Widths> {
        let quote = body.chars().next().filter(|c| matches!(c, '"' | '\''));
        let body = &body[quote.map_or(0, char::len_utf8)..];
        let in_widths = |c: char| c.is_ascii_digit() || c == ':' || c.is_whitespace();
        let end = body.find(|c| !in_widths(c)).unwrap_or(body.len());
        let (widths, mut rest) = body.split_at(end);
        if let Some(quote) = quote {
            rest = rest.strip_prefix(quote).ok_or_else(|| {
                self.error(ErrorKind::Syntax, rest, format!("expected `{quote}` behind the widths"))
            })?;
        }
        let rest = literal::without_blanks(rest.trim_start().trim_start_matches([',', ';']));
        if !rest.is_empty() {
            let found = literal::shorten(&rest[..rest.chars().next().map_or(0, char::len_utf8)]);
            let message = format!("expected `:` or the end of the text, found `{found}`");
            return Err(self.error(ErrorKind::Syntax, rest, message));
        }
        let n_widths = widths.split(':').count();
        if n_widths != N_WIDTHS {
            let message = format!("{n_widths} widths; expected {N_WIDTHS}, as 8:16:32:48:64");
            return Err(self.error(ErrorKind::InvalidArchitecture, widths, message));
        }
        let mut channels = [0; N_WIDTHS];
        for (channels, width) in channels.iter_mut().zip(widths.split(':')) {
            *channels = self.width(width)?;
        }
        Ok(Widths(channels))
    }

    fn width(&self, width: &str) -> Result<u32> {
        let channels = width.trim().parse().ok().filter(|channels| CHANNELS.contains(channels));
        channels.ok_or_else(|| {
            let found = literal::shorten(width.trim());
            let message = format!("a width of `{found}`; expected 8, 16, 24, 32, 40, 48, 56 or 64");
            self.error(ErrorKind::InvalidArchitecture, width.trim_start(), message)
        })
    }

    /// An error where `rest`, a part of the text, begins.
    fn error(&self, kind: ErrorKind, rest: &str, message: String) -> Error {
        let offset = rest.as_ptr() as usize - self.text.as_ptr() as usize;
        Error::new(kind, message).at(Place::of(self.text, offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::Architecture;

    #[test]
    fn every_spelling_reads_as_the_same_widths() {
        let cases = [
            "8:8:40:32:64",
            " 8 : 8:40:32:64 \n",
            "arch = '8:8:40:32:64',  # best",
            "\"8:8:40:32:64\";",
            "[0, 0, 4, 3, 7]",
            "genotype = np.array((0, 0, 4, 3, 7), dtype=np.int64)",
        ];
        for text in cases {
            assert!(recognises(text), "{text}");
            assert_eq!(read(text).unwrap().text(), "8:8:40:32:64", "{text}");
        }
    }

    #[test]
    fn signs_are_seen_in_broken_texts_and_not_in_other_formats() {
        let cases = [
            ("8:", true),
            ("'9:9", true),
            ("[0, 1, 2, 3, 9]", true),
            ("[0, 1, 2, 3]", false),
            ("[0, 1, 2, 2, 1, 0, 1, 2]", false),
            ("{8: 8}", false),
            ("01201201", false),
            (":8", false),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(recognises(text), expected, "{text}");
        }
    }

    #[test]
    fn nearly_right_texts_say_what_is_wrong_and_where() {
        let cases = [
            ("8:16:20:48:64", "1:6: a width of `20`; expected 8, 16, 24, 32, 40, 48, 56 or 64"),
            ("x = 8:16::48:64", "1:10: a width of ``; expected 8, 16, 24, 32, 40, 48, 56 or 64"),
            (
                "99999999999:8:8:8:8",
                "1:1: a width of `99999999999`; expected 8, 16, 24, 32, 40, 48, 56 or 64",
            ),
            ("8:16:24", "1:1: 3 widths; expected 5, as 8:16:32:48:64"),
            ("8:8:8:8:8|", "1:10: expected `:` or the end of the text, found `|`"),
            ("'8:8:8:8:8", "1:11: expected `'` behind the widths"),
            ("[0, 1, 2, 3, 8]", "1:14: expected a place from 0 to 7, found `8`"),
            ("[0, 1]", "1:1: 2 places; expected 5"),
            (
                "{}",
                "1:1: expected a list of five places, or five widths as 8:16:32:48:64, found a dict",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).expect_err(text).to_string(), expected, "{text}");
        }
    }

    #[test]
    fn noise_of_ten_megabytes_is_one_short_error() {
        for noise in ["8:".repeat(5 << 20), format!("{}:", "8".repeat(10 << 20))] {
            assert!(recognises(&noise));
            let error = read(&noise).expect_err("noise");
            assert!(error.message().len() < 200, "{error}");
        }
    }
}
