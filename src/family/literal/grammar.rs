//! The grammar of literals, on winnow's streams: one function a rule, chosen by the next character.
//!
//! No rule is ever tried in vain but the name before `=`, so every error is final and says what was
//! expected. Recursion is bounded by [`MAX_NESTING`].

use winnow::stream::{LocatingSlice, Location, Stateful, Stream};

use super::{Kind, MAX_NESTING, MAX_VALUES, Source, Value, shorten};
use crate::error::{Error, ErrorKind, Place, Result};

/// What is left of the text, with its offset.
type Input<'a> = Stateful<LocatingSlice<&'a str>, State<'a>>;

/// What the rules know of the text behind them.
#[derive(Debug)]
struct State<'a> {
    source: Source<'a>,
    /// Brackets and strings that are open, innermost last: what they are and where they open.
    open: Vec<(&'static str, usize)>,
    n_values: usize,
}

/// The value of a whole text.
pub(super) fn document(source: Source<'_>) -> Result<Value> {
    let mut input = begin(source);
    blanks(&mut input);
    while name_before_equals(&mut input).is_some() {}
    let root = value(&mut input)?;
    blanks(&mut input);
    if next(&input).is_some_and(|c| c == ',' || c == ';') {
        input.next_token();
        blanks(&mut input);
    }
    match next(&input) {
        None => Ok(root),
        Some(_) => Err(expected(&input, "the end of the text")),
    }
}

/// The offset behind blanks, comments and an assignment in front.
pub(super) fn preamble(text: &str) -> usize {
    let mut input = begin(Source { text, first_line: 1 });
    blanks(&mut input);
    while name_before_equals(&mut input).is_some() {}
    input.current_token_start()
}

/// The offset behind blanks and comments in front.
pub(super) fn blank_prefix(text: &str) -> usize {
    let mut input = begin(Source { text, first_line: 1 });
    blanks(&mut input);
    input.current_token_start()
}

fn begin(source: Source<'_>) -> Input<'_> {
    let state = State { source, open: Vec::new(), n_values: 0 };
    Input { input: LocatingSlice::new(source.text), state }
}

fn value(input: &mut Input<'_>) -> Result<Value> {
    count_values(input, 1)?;
    let start = input.current_token_start();
    let kind = match next(input) {
        Some('[') => Kind::Sequence(bracketed(input, "list", ']', value)?.0),
        Some('(') => parenthesised(input)?,
        Some('{') => Kind::Dict(bracketed(input, "dict", '}', dict_entry)?.0),
        Some(quote @ ('"' | '\'')) => Kind::Text(string(input, quote)?),
        Some('0'..='9' | '+' | '-' | '.') => number(input)?,
        Some(c) if starts_name(c) => name_or_call(input)?,
        _ => return Err(expected(input, "a value")),
    };
    Ok(Value { kind, span: start..input.current_token_start() })
}

/// `()`, `(a,)` and `(a, b)` are tuples, `(a)` is a.
fn parenthesised(input: &mut Input<'_>) -> Result<Kind> {
    let (mut items, has_comma) = bracketed(input, "tuple", ')', value)?;
    match items.pop() {
        Some(only) if items.is_empty() && !has_comma => Ok(only.kind),
        last => {
            items.extend(last);
            Ok(Kind::Sequence(items))
        }
    }
}

fn dict_entry(input: &mut Input<'_>) -> Result<(Value, Value)> {
    let key = value(input)?;
    blanks(input);
    if next(input) != Some(':') {
        return Err(expected(input, "`:`"));
    }
    input.next_token();
    blanks(input);
    Ok((key, value(input)?))
}

fn name_or_call(input: &mut Input<'_>) -> Result<Kind> {
    let start = input.current_token_start();
    let name = name(input);
    let behind_name = input.checkpoint();
    blanks(input);
    if next(input) == Some('(') {
        let (arguments, _) = bracketed(input, "call", ')', argument)?;
        return call(input, start, name, arguments);
    }
    input.reset(&behind_name);
    Ok(match name {
        "None" | "null" => Kind::Nothing,
        "True" | "true" => Kind::Bool(true),
        "False" | "false" => Kind::Bool(false),
        name => Kind::Name(name.to_owned()),
    })
}

/// An argument of a call, with its keyword if it has one.
type Argument<'a> = (Option<&'a str>, Value);

fn argument<'a>(input: &mut Input<'a>) -> Result<Argument<'a>> {
    Ok((name_before_equals(input), value(input)?))
}

/// A call, or the value that it only wraps.
fn call(input: &mut Input<'_>, start: usize, name: &str, given: Vec<Argument<'_>>) -> Result<Kind> {
    let mut args = Vec::new();
    let mut keywords = Vec::new();
    for (keyword, value) in given {
        match keyword {
            Some(keyword) => keywords.push((keyword.to_owned(), value)),
            None => args.push(value),
        }
    }
    let last_name = name.rsplit('.').next().unwrap_or(name);
    match (last_name, args.len()) {
        ("range", _) => range(input, start, &args),
        ("array" | "asarray" | "list" | "tuple", 1)
        | ("int8" | "int32" | "int64" | "float32" | "float64", 1) => Ok(args.remove(0).kind),
        _ => Ok(Kind::Call { name: name.to_owned(), args, keywords }),
    }
}

/// The numbers of `range(end)`, `range(start, end)`, `range(start, end, step)`.
fn range(input: &mut Input<'_>, start: usize, args: &[Value]) -> Result<Kind> {
    let bounds: Option<Vec<i128>> = args
        .iter()
        .map(|arg| match arg.kind {
            Kind::Integer(number) => Some(i128::from(number)),
            _ => None,
        })
        .collect();
    let (from, end, step) = match bounds.as_deref() {
        Some(&[end]) => (0, end, 1),
        Some(&[from, end]) => (from, end, 1),
        Some(&[from, end, step]) if step != 0 => (from, end, step),
        _ => {
            let way_out = "expected range(end) or range(start, end, step) of whole numbers";
            return Err(broken(input, start, way_out));
        }
    };
    let distance = if step > 0 { end - from } else { from - end };
    let n_numbers = distance.max(0).unsigned_abs().div_ceil(step.unsigned_abs());
    count_values(input, usize::try_from(n_numbers).unwrap_or(usize::MAX))?;
    let span = start..input.current_token_start();
    let numbers = (0..n_numbers as i128).map(|idx| (from + idx * step) as i64);
    let items = numbers.map(|number| Value { kind: Kind::Integer(number), span: span.clone() });
    Ok(Kind::Sequence(items.collect()))
}

/// Items with commas between them, up to `close`; and whether there was a comma.
fn bracketed<'a, T>(
    input: &mut Input<'a>,
    what: &'static str,
    close: char,
    mut item: impl FnMut(&mut Input<'a>) -> Result<T>,
) -> Result<(Vec<T>, bool)> {
    let start = input.current_token_start();
    if input.state.open.len() == MAX_NESTING {
        let message = format!("more than {MAX_NESTING} brackets inside one another");
        return Err(Error::new(ErrorKind::TooLarge, message).at(input.state.source.place(start)));
    }
    input.state.open.push((what, start));
    input.next_token();
    let mut items = Vec::new();
    let mut has_comma = false;
    blanks(input);
    while next(input) != Some(close) {
        items.push(item(input)?);
        blanks(input);
        match next(input) {
            Some(',') => {
                has_comma = true;
                input.next_token();
                blanks(input);
            }
            Some(c) if c == close => break,
            _ => return Err(expected(input, &format!("`,` or `{close}`"))),
        }
    }
    input.next_token();
    input.state.open.pop();
    Ok((items, has_comma))
}

fn string(input: &mut Input<'_>, quote: char) -> Result<String> {
    let start = input.current_token_start();
    input.state.open.push(("string", start));
    input.next_token();
    let mut content = String::new();
    loop {
        let plain = |c: char| c != quote && c != '\\' && c != '\n';
        content.push_str(take_while(input, plain));
        match next(input) {
            Some('\\') => content.push(escape(input)?),
            Some('\n') => {
                let message = format!("this string has no closing `{quote}` on its line");
                return Err(broken(input, start, message));
            }
            Some(_) => break,
            None => return Err(expected(input, &format!("`{quote}`"))),
        }
    }
    input.next_token();
    input.state.open.pop();
    Ok(content)
}

/// One escape sequence, the backslash included.
fn escape(input: &mut Input<'_>) -> Result<char> {
    let start = input.current_token_start();
    input.next_token();
    Ok(match input.next_token().ok_or_else(|| expected(input, "the escaped character"))? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        same @ ('\\' | '/' | '\'' | '"') => same,
        'x' => code_point(input, start, 2)?,
        'u' => code_point(input, start, 4)?,
        other => {
            let other = other.escape_debug();
            let message = format!("unknown escape `\\{other}`; write `\\\\` for a backslash");
            return Err(broken(input, start, message));
        }
    })
}

/// The character of `\x41`, `\u0041` or the pair `\ud83d\ude00`.
fn code_point(input: &mut Input<'_>, start: usize, n_digits: usize) -> Result<char> {
    let mut code = hex(input, n_digits).unwrap_or(u32::MAX);
    if (0xd800..0xdc00).contains(&code) && input.input.starts_with("\\u") {
        input.next_slice(2);
        let low = hex(input, 4).and_then(|low| low.checked_sub(0xdc00)).unwrap_or(u32::MAX);
        code = if low < 0x400 { 0x10000 + ((code - 0xd800) << 10) + low } else { u32::MAX };
    }
    char::from_u32(code).ok_or_else(|| {
        let written = shorten(&input.state.source.text[start..input.current_token_start()]);
        let message = match code {
            u32::MAX => format!("`{written}` is no character; expected {n_digits} hex digits"),
            _ => format!("`{written}` is half of a character; expected the other half behind it"),
        };
        broken(input, start, message)
    })
}

fn hex(input: &mut Input<'_>, n_digits: usize) -> Option<u32> {
    let digits = input.input.get(..n_digits)?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
    input.next_slice(n_digits);
    Some(code)
}

fn number(input: &mut Input<'_>) -> Result<Kind> {
    let start = input.current_token_start();
    let in_number = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
    let token = take_while(input, in_number);
    if let Ok(integer) = token.parse() {
        return Ok(Kind::Integer(integer));
    }
    match token.parse() {
        Ok(float) if f64::is_finite(float) => Ok(Kind::Float(float)),
        _ => Err(broken(input, start, format!("`{}` is no number", shorten(token)))),
    }
}

/// A name with dots; the next character starts one.
fn name<'a>(input: &mut Input<'a>) -> &'a str {
    take_while(input, |c| c.is_alphanumeric() || c == '_' || c == '.')
}

/// The name of an assignment or keyword, with its `=` and the blanks behind; or nothing at all.
fn name_before_equals<'a>(input: &mut Input<'a>) -> Option<&'a str> {
    if !next(input).is_some_and(starts_name) {
        return None;
    }
    let start = input.checkpoint();
    let name = name(input);
    blanks(input);
    if input.input.starts_with('=') && !input.input.starts_with("==") {
        input.next_token();
        blanks(input);
        return Some(name);
    }
    input.reset(&start);
    None
}

/// White space and comments.
fn blanks(input: &mut Input<'_>) {
    loop {
        take_while(input, |c| c.is_whitespace() || c == '\u{feff}');
        if next(input) != Some('#') {
            return;
        }
        take_while(input, |c| c != '\n');
    }
}

/// The longest run of characters that `belongs` accepts; it may be empty.
fn take_while<'a>(input: &mut Input<'a>, belongs: impl Fn(char) -> bool) -> &'a str {
    let end = input.offset_for(|c| !belongs(c)).unwrap_or_else(|| input.eof_offset());
    input.next_slice(end)
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn next(input: &Input<'_>) -> Option<char> {
    input.input.chars().next()
}

fn count_values(input: &mut Input<'_>, n_more: usize) -> Result<()> {
    input.state.n_values = input.state.n_values.saturating_add(n_more);
    if input.state.n_values <= MAX_VALUES {
        return Ok(());
    }
    let place = input.state.source.place(input.current_token_start());
    let message = format!("more than {MAX_VALUES} values; paste one architecture alone");
    Err(Error::new(ErrorKind::TooLarge, message).at(place))
}

fn broken(input: &Input<'_>, offset: usize, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Syntax, message).at(input.state.source.place(offset))
}

/// `what` is expected here, but something else, or the end, was found.
fn expected(input: &Input<'_>, what: &str) -> Error {
    let offset = input.current_token_start();
    let open = input.state.open.last().map(|&(bracket, start)| {
        let Place { line, column } = input.state.source.place(start);
        (bracket, format!("that opens at {line}:{column}"))
    });
    let rest = *input.input;
    let message = match (rest.is_empty(), open) {
        (true, None) => format!("the text ends where {what} is expected"),
        (true, Some((bracket, place))) => {
            format!("the text ends inside a {bracket} {place}; expected {what}")
        }
        (false, None) => format!("expected {what}, found `{}`", first_token(rest)),
        (false, Some((bracket, place))) => {
            format!("expected {what} in the {bracket} {place}, found `{}`", first_token(rest))
        }
    };
    broken(input, offset, message)
}

/// The word or the character with which `rest` begins.
fn first_token(rest: &str) -> String {
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let first_char = rest.chars().next().map_or(0, char::len_utf8);
    shorten(&rest[..word.max(first_char)])
}
