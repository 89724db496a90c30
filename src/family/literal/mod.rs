//! Values written as Python or JSON literals: the form in which most architectures are pasted.
//!
//! [`Literal::read`] turns a text into a tree of [`Value`]s that remember their bytes, so that a
//! family which finds a value wrong can name its line and column. Nothing is ever evaluated: names
//! stay names and calls stay calls, but for the few that only wrap a value (`np.array`, `list`,
//! `range`). What the values mean is the families' business.

mod grammar;

use std::ops::Range;

use crate::error::{Error, ErrorKind, Place, Result};

/// Bytes of one text: the longest architecture of any family has a few thousand.
pub(crate) const MAX_TEXT_BYTES: usize = 1 << 20;
/// Brackets inside brackets.
pub(crate) const MAX_NESTING: usize = 64;
/// Values in one text, those of a `range` included.
pub(crate) const MAX_VALUES: usize = 1 << 18;

/// A value and the bytes of the text that it was read from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) kind: Kind,
    pub(crate) span: Range<usize>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// `None`, `null`.
    Nothing,
    /// `True`, `true`, `False`, `false`.
    Bool(bool),
    /// A whole number that fits 64 bits.
    Integer(i64),
    /// Any other finite number.
    Float(f64),
    /// A string, escapes resolved.
    Text(String),
    /// A bare name, dots included, such as `INPUT`.
    Name(String),
    /// A list or a tuple.
    Sequence(Vec<Value>),
    /// A dict or an object, in the order written.
    Dict(Vec<(Value, Value)>),
    /// A call, `name(args, keyword=...)`.
    Call { name: String, args: Vec<Value>, keywords: Vec<(String, Value)> },
}

impl Value {
    /// The elements of a list or tuple.
    pub(crate) fn items(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The string.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of the first of `keys` that a dict holds or a call is given.
    pub(crate) fn entry(&self, keys: &[&str]) -> Option<&Value> {
        keys.iter().find_map(|&key| match &self.kind {
            Kind::Dict(entries) => {
                entries.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
            }
            Kind::Call { keywords, .. } => {
                keywords.iter().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            _ => None,
        })
    }

    /// What this is, for `expected a list, found ...`.
    pub(crate) fn describe(&self) -> String {
        match &self.kind {
            Kind::Nothing => "null".to_owned(),
            Kind::Bool(flag) => format!("`{flag}`"),
            Kind::Integer(number) => format!("`{number}`"),
            Kind::Float(number) => format!("`{number}`"),
            Kind::Text(text) => format!("the string `{}`", shorten(text)),
            Kind::Name(name) => format!("the name `{}`", shorten(name)),
            Kind::Sequence(items) => format!("a list of {}", items.len()),
            Kind::Dict(_) => "a dict".to_owned(),
            Kind::Call { name, .. } => format!("a call of `{}`", shorten(name)),
        }
    }
}

/// A text with the value that it holds.
#[derive(Debug)]
pub(crate) struct Literal<'a> {
    source: Source<'a>,
    /// The one value of the text.
    pub(crate) root: Value,
}

/// A text and the number of its first line.
#[derive(Debug, Clone, Copy)]
struct Source<'a> {
    text: &'a str,
    first_line: u32,
}

impl Source<'_> {
    fn place(self, offset: usize) -> Place {
        let Place { line, column } = Place::of(self.text, offset);
        Place { line: line + self.first_line - 1, column }
    }
}

impl<'a> Literal<'a> {
    /// Reads one value, with an assignment in front and a comma behind it if need be.
    ///
    /// # Errors
    /// What was expected and found, at its line and column; or the limit that is exceeded.
    pub(crate) fn read(text: &'a str) -> Result<Self> {
        Self::read_line(text, 1)
    }

    /// The same for line `number` of a file.
    ///
    /// # Errors
    /// As [`Literal::read`].
    pub(crate) fn read_line(text: &'a str, number: u32) -> Result<Self> {
        if text.len() > MAX_TEXT_BYTES {
            let message = format!(
                "the text has {} bytes, an architecture at most {MAX_TEXT_BYTES}; paste one alone",
                text.len()
            );
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        let source = Source { text, first_line: number };
        Ok(Self { source, root: grammar::document(source)? })
    }

    /// An architecture that reads well but is none of its family: `message` at byte `offset`.
    pub(crate) fn invalid(&self, offset: usize, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::InvalidArchitecture, message).at(self.place(offset))
    }

    /// The place of byte `offset`.
    pub(crate) fn place(&self, offset: usize) -> Place {
        self.source.place(offset)
    }

    /// The elements of `value`, a list or tuple of `what`.
    pub(crate) fn items<'v>(&self, value: &'v Value, what: &str) -> Result<&'v [Value]> {
        value.items().ok_or_else(|| {
            let found = value.describe();
            self.invalid(value.span.start, format!("expected a list of {what}, found {found}"))
        })
    }
}

/// `text` without blanks, comments and an assignment (`name = `) in front.
pub(crate) fn without_preamble(text: &str) -> &str {
    &text[grammar::preamble(text)..]
}

/// `text` without blanks and comments in front.
pub(crate) fn without_blanks(text: &str) -> &str {
    &text[grammar::blank_prefix(text)..]
}

/// Whether `key` stands in `text` as the key of a dict or the keyword of a call, well-formed or
/// not.
pub(crate) fn has_key(text: &str, key: &str) -> bool {
    behind_key(text, key).is_some()
}

/// What stands behind the first such `key`, where its value begins.
pub(crate) fn behind_key<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.match_indices(key).find_map(|(start, _)| {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        if text[..start].chars().next_back().is_some_and(is_word) {
            return None;
        }
        let after = text[start + key.len()..].trim_start_matches(['"', '\'']).trim_start();
        after.strip_prefix([':', '=']).map(str::trim_start)
    })
}

/// The beginning of `text`, fit to stand in a message: one line, no control characters.
pub(crate) fn shorten(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    let mut shown = String::new();
    for c in text.chars().take(MAX_CHARS) {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    if text.chars().nth(MAX_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: &[i64]) -> Vec<Kind> {
        values.iter().map(|&number| Kind::Integer(number)).collect()
    }

    fn root(text: &str) -> Value {
        Literal::read(text).unwrap_or_else(|error| panic!("{text}: {error}")).root
    }

    #[test]
    fn python_and_json_spell_the_same_values() {
        let cases = [
            ("None", Kind::Nothing),
            ("null", Kind::Nothing),
            ("True", Kind::Bool(true)),
            ("false", Kind::Bool(false)),
            ("-12", Kind::Integer(-12)),
            ("1e-3", Kind::Float(0.001)),
            (".5", Kind::Float(0.5)),
            ("'a\"b'", Kind::Text("a\"b".to_owned())),
            (r#""\u00e9\ud83d\ude00\x41\n\'""#, Kind::Text("é😀A\n'".to_owned())),
            ("ops.INPUT", Kind::Name("ops.INPUT".to_owned())),
            ("()", Kind::Sequence(Vec::new())),
            ("{}", Kind::Dict(Vec::new())),
            ("\u{feff} cell = config.best = 7 , # done", Kind::Integer(7)),
        ];
        for (text, expected) in cases {
            assert_eq!(root(text).kind, expected, "{text}");
        }
    }

    #[test]
    fn calls_that_only_wrap_a_value_are_that_value() {
        let cases: [(&str, &[i64]); 6] = [
            ("range(2, 6)", &[2, 3, 4, 5]),
            ("range(3)", &[0, 1, 2]),
            ("range(6, 1, -2)", &[6, 4, 2]),
            ("list(range(2, 4))", &[2, 3]),
            ("tuple([1, 2,])", &[1, 2]),
            ("concat = np.array((np.int64(4), 5), dtype=np.int8)\n", &[4, 5]),
        ];
        for (text, expected) in cases {
            let value = root(text);
            let kinds: Vec<_> =
                value.items().unwrap().iter().map(|item| item.kind.clone()).collect();
            assert_eq!(kinds, numbers(expected), "{text}");
        }
    }

    #[test]
    fn brackets_commas_and_comments_may_stand_where_python_lets_them() {
        let text = "# best cell\nspec = api.ModelSpec(\n  [1, (2), (3,),],  # a list\n  ops = ['a', B,],\n)\n";
        let spec = root(text);
        let Kind::Call { name, args, keywords } = &spec.kind else { panic!("{spec:?}") };
        assert_eq!((name.as_str(), args.len(), keywords.len()), ("api.ModelSpec", 1, 1));
        let items = args[0].items().unwrap();
        assert_eq!(items[1].kind, Kind::Integer(2));
        assert_eq!(items[2].items().map(<[_]>::len), Some(1));
        let ops = spec.entry(&["operations", "ops"]).unwrap();
        assert_eq!(&text[ops.span.clone()], "['a', B,]");
        assert_eq!(Place::of(text, items[2].span.start), Place { line: 3, column: 12 });
    }

    #[test]
    fn broken_texts_say_what_was_expected_and_found_and_where() {
        let cases = [
            ("", "1:1: the text ends where a value is expected"),
            ("  x = # nothing", "1:16: the text ends where a value is expected"),
            (
                "spec = [1, 2",
                "1:13: the text ends inside a list that opens at 1:8; expected `,` or `]`",
            ),
            (
                "{'a': [(1, 2), (3",
                "1:18: the text ends inside a tuple that opens at 1:16; expected `,` or `)`",
            ),
            ("{'a':", "1:6: the text ends inside a dict that opens at 1:1; expected a value"),
            ("f(x='ab", "1:8: the text ends inside a string that opens at 1:5; expected `'`"),
            ("['ab\n']", "1:2: this string has no closing `'` on its line"),
            ("[1 2]", "1:4: expected `,` or `]` in the list that opens at 1:1, found `2`"),
            ("[1, 2)", "1:6: expected `,` or `]` in the list that opens at 1:1, found `)`"),
            ("{'a', 'b'}", "1:5: expected `:` in the dict that opens at 1:1, found `,`"),
            ("[1]\n[2]", "2:1: expected the end of the text, found `[`"),
            ("[§]", "1:2: expected a value in the list that opens at 1:1, found `§`"),
            ("\u{1}", "1:1: expected a value, found `\\u{1}`"),
            ("[1.2.3]", "1:2: `1.2.3` is no number"),
            ("1e999", "1:1: `1e999` is no number"),
            (r"'\q'", r"1:2: unknown escape `\q`; write `\\` for a backslash"),
            (
                r"'\ud800'",
                r"1:2: `\ud800` is half of a character; expected the other half behind it",
            ),
            ("range('a')", "1:1: expected range(end) or range(start, end, step) of whole numbers"),
        ];
        for (text, expected) in cases {
            let error = Literal::read(text).expect_err(text);
            assert_eq!(error.to_string(), expected, "{text}");
            assert_eq!(error.kind(), ErrorKind::Syntax);
        }
    }

    #[test]
    fn limits_are_kept() {
        let cases = [
            ("x".repeat(10 << 20), "the text has 10485760 bytes, an architecture at most 1048576"),
            ("[".repeat(MAX_NESTING + 1), "more than 64 brackets inside one another"),
            ("f(".repeat(100_000), "more than 64 brackets inside one another"),
            (format!("[{}]", "0,".repeat(MAX_VALUES)), "more than 262144 values"),
            ("range(0, 9223372036854775807)".to_owned(), "more than 262144 values"),
            ("[range(200000), range(200000)]".to_owned(), "more than 262144 values"),
        ];
        for (text, expected) in cases {
            let error = Literal::read(&text).expect_err(expected);
            assert!(error.message().starts_with(expected), "{error}");
            assert_eq!(error.kind(), ErrorKind::TooLarge);
        }
        let deepest = format!("{}{}", "[".repeat(MAX_NESTING), "]".repeat(MAX_NESTING));
        assert!(Literal::read(&deepest).is_ok());
    }

    #[test]
    fn keys_are_found_in_cut_off_texts_but_not_in_strings() {
        let cases = [
            (r#"{"matrix": [[0"#, true),
            ("ModelSpec(matrix = [", true),
            ("{'matrix' : [", true),
            (r#"{"name": "matrix"}"#, false),
            ("{adjacency_matrix: 1}", false),
            ("matrix", false),
        ];
        for (text, expected) in cases {
            assert_eq!(has_key(text, "matrix"), expected, "{text}");
        }
        assert_eq!(behind_key("{'ks': [3, 5], 's' : 7}", "s"), Some("7}"));
    }
}
