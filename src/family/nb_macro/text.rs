//! Reads the eight digits of a network, written as a number, a string or a list.

use std::borrow::Cow;

use super::{Layer, Layers};
use crate::error::Result;
use crate::family::literal::{self, Kind, Literal, Value, shorten};

const FORMS: &str = "expected 8 digits, one a layer, as in 01210102";
const DIGITS: &str =
    "expected 0 (identity), 1 (kernel 3, expansion 3) or 2 (kernel 5, expansion 6)";
/// Digits that are near enough to eight to be meant as a network.
const MEANT: std::ops::RangeInclusive<usize> = 6..=10;
/// Characters of the longest list that is taken for digits.
const MAX_LIST: usize = 200;

/// Whether `text` looks like eight digits, well-formed or not.
pub(super) fn recognises(text: &str) -> bool {
    let body = literal::without_preamble(text);
    is_digits(body) || (body.len() <= MAX_LIST && is_list_of_digits(body))
}

fn is_digits(body: &str) -> bool {
    let digits = body.trim_start_matches(['"', '\'']);
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '#');
    MEANT.contains(&(digits.len() - rest.len())) && (rest.is_empty() || rest.starts_with(ends))
}

fn is_list_of_digits(body: &str) -> bool {
    let is_digit = |value: &Value| match &value.kind {
        Kind::Integer(number) => (0..10).contains(number),
        Kind::Text(digit) => digit.len() == 1 && digit.starts_with(|c: char| c.is_ascii_digit()),
        _ => false,
    };
    Literal::read(body).is_ok_and(|literal| {
        let items = literal.root.items().unwrap_or_default();
        MEANT.contains(&items.len()) && items.iter().all(is_digit)
    })
}

/// The layers that `text` spells.
pub(super) fn read(text: &str) -> Result<Layers> {
    let literal = Literal::read(text)?;
    let root = &literal.root;
    let offset = root.span.start;
    let digits: Vec<(Cow<'_, str>, usize)> = match &root.kind {
        // the number itself has lost its zeros in front
        Kind::Integer(_) => characters(&text[root.span.clone()], offset),
        Kind::Text(digits) => characters(digits, offset + 1),
        Kind::Sequence(items) => items.iter().map(element).collect(),
        _ => return Err(literal.invalid(offset, format!("{FORMS}, found {}", root.describe()))),
    };
    let layers = digits.iter().enumerate().map(|(idx, (digit, offset))| {
        let number = digit.parse().ok().filter(|_| digit.len() == 1);
        number.and_then(|number: usize| Layer::ALL.get(number).copied()).ok_or_else(|| {
            let message = format!("layer {} is `{}`; {DIGITS}", idx + 1, shorten(digit));
            literal.invalid(*offset, message)
        })
    });
    let layers: Vec<Layer> = layers.collect::<Result<_>>()?;
    let layers = layers.try_into().map_err(|layers: Vec<_>| {
        literal.invalid(offset, format!("{} digits; {FORMS}", layers.len()))
    })?;
    Ok(Layers(layers))
}

/// The characters of a string that begins at `start`.
fn characters(digits: &str, start: usize) -> Vec<(Cow<'_, str>, usize)> {
    let piece = |(at, digit): (usize, char)| {
        (Cow::Borrowed(&digits[at..at + digit.len_utf8()]), start + at)
    };
    digits.char_indices().map(piece).collect()
}

/// What an element of a list says, and where.
fn element(value: &Value) -> (Cow<'_, str>, usize) {
    let written = match &value.kind {
        Kind::Integer(number) => number.to_string().into(),
        Kind::Text(digit) => digit.as_str().into(),
        _ => value.describe().into(),
    };
    (written, value.span.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::Architecture;

    #[test]
    fn digits_may_be_a_number_a_string_or_a_list() {
        let texts = [
            "01210102",
            " '01210102',",
            "arch = \"01210102\"  # best",
            "net = 01210102;",
            "[0, 1, 2, 1, 0, 1, 0, 2]",
            "(0,1,2,1,0,1,0,2,)",
            "best = ['0','1','2','1','0','1','0','2']",
            "# found\nnp.array([0, 1, 2, 1, 0, 1, 0, 2])",
        ];
        for text in texts {
            assert!(recognises(text), "{text}");
            assert_eq!(read(text).unwrap().text(), "01210102", "{text}");
        }
    }

    #[test]
    fn signs_are_seen_in_broken_texts_and_not_in_other_formats() {
        let cases = [
            ("0121010", true),
            ("'01210103'", true),
            ("[0, 1, 2, 1, 0, 1, 7, 2]", true),
            ("('0', '1', '2', '1', '0', '1', '2')", true),
            ("[0, 1, 2, 3, 4]", false),
            ("[1, 2]", false),
            ("8:16:32:48:64", false),
            ("12345678:16", false),
            ("01210102abcdef", false),
            ("[64, 64, 64, 64, 64, 64, 64, 64]", false),
        ];
        for (text, expected) in cases {
            assert_eq!(recognises(text), expected, "{text}");
        }
    }

    #[test]
    fn wrong_digits_are_named_with_their_layer_and_place() {
        let cases = [
            ("0121010", format!("1:1: 7 digits; {FORMS}")),
            ("'012101020'", format!("1:1: 9 digits; {FORMS}")),
            ("01213102", format!("1:5: layer 5 is `3`; {DIGITS}")),
            ("net = '0121-102'", format!("1:12: layer 5 is `-`; {DIGITS}")),
            ("[0, 1, 2, 10, 0, 1, 0, 2]", format!("1:11: layer 4 is `10`; {DIGITS}")),
            ("[0, 1, 2, None, 0, 1, 0, 2]", format!("1:11: layer 4 is `null`; {DIGITS}")),
            ("{'a': 1}", format!("1:1: {FORMS}, found a dict")),
            (
                "[0, 1",
                "1:6: the text ends inside a list that opens at 1:1; expected `,` or `]`"
                    .to_owned(),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).expect_err(text).to_string(), expected, "{text}");
        }
    }
}
