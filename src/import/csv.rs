//! A table with named columns: one network a row, in whichever text form, with its accuracy.
//!
//! Commas separate, double quotes protect commas, quotes (doubled) and line ends, the first row names
//! the columns.

use std::io::{BufRead, Read};
use std::path::Path;

use super::Record;
use super::record::{architecture, data_set};
use super::sink::{Flow, Sink};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::train::data;

/// Bytes of one row.
const MAX_ROW_BYTES: usize = 1 << 20;

/// Which columns hold what.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The column of the architectures.
    pub arch: String,
    /// The column of the accuracies.
    pub accuracy: String,
    /// Whether accuracies are percent.
    pub percent: bool,
    /// The family of all rows; else it is found out row by row.
    pub family: Option<String>,
    /// The data set of the accuracies; else the family's own.
    pub data_set: Option<String>,
}

/// Imports the table at `path`, plain or gzip'd.
pub(super) fn import(path: &Path, columns: &Columns, sink: &mut Sink<'_>) -> Result<()> {
    let mut rows = Rows { input: data::open(path)?, line: 1 };
    let (_, header) = rows.next()?.ok_or_else(|| {
        Error::new(ErrorKind::Record, "the table is empty; expected a row of column names")
    })?;
    let place = |wanted: &str| {
        header.iter().position(|name| name.trim() == wanted).ok_or_else(|| {
            let message =
                format!("there is no column `{wanted}`; expected one of {}", header.join(", "));
            Error::new(ErrorKind::Record, message)
        })
    };
    let places = [place(&columns.arch)?, place(&columns.accuracy)?];
    let mut item = 0;
    while let Some((line, row)) = rows.next()? {
        if item >= sink.next() {
            let record = read_row(&row, places, columns, item)
                .map_err(|error| error.at(Place { line, column: 1 }));
            if sink.take(item, record)? == Flow::Stop {
                break;
            }
        }
        item += 1;
    }
    Ok(())
}

fn read_row(
    row: &[String],
    [arch, accuracy]: [usize; 2],
    columns: &Columns,
    item: u64,
) -> Result<Record> {
    let field = |place: usize, what: &str| {
        row.get(place).ok_or_else(|| {
            let message = format!("{} fields, none of them `{what}`", row.len());
            Error::new(ErrorKind::Record, message)
        })
    };
    let network = architecture(field(arch, &columns.arch)?, columns.family.as_deref())?;
    let written = field(accuracy, &columns.accuracy)?;
    let number: f64 = written.trim().parse().map_err(|_| {
        let shown = crate::family::literal::shorten(written);
        Error::new(ErrorKind::Record, format!("`{shown}` is no accuracy; expected a number"))
    })?;
    let mut record = Record::new(format!("row-{item}"), network.as_ref());
    let fraction = if columns.percent { number / 100.0 } else { number };
    let measured_on = columns.data_set.as_deref().unwrap_or_else(|| data_set(network.as_ref()));
    record.set_accuracy(measured_on, fraction)?;
    Ok(record)
}

/// The rows of a table, with the line that each begins at.
struct Rows<R> {
    input: R,
    line: u32,
}

impl<R: BufRead> Rows<R> {
    /// The next row that is not empty.
    fn next(&mut self) -> Result<Option<(u32, Vec<String>)>> {
        loop {
            let line = self.line;
            let Some(text) = self.text()? else { return Ok(None) };
            if !text.trim().is_empty() {
                return Ok(Some((line, fields(&text))));
            }
        }
    }

    /// The lines of one row: a quote that is open at a line's end goes on in the next.
    fn text(&mut self) -> Result<Option<String>> {
        let mut bytes = Vec::new();
        let first = self.line;
        let failed = |kind, message: String| {
            Err(Error::new(kind, message).at(Place { line: first, column: 1 }))
        };
        loop {
            let room = (MAX_ROW_BYTES + 1 - bytes.len()) as u64;
            let n_read = match self.input.by_ref().take(room).read_until(b'\n', &mut bytes) {
                Ok(n_read) => n_read,
                Err(error) => return failed(ErrorKind::Io, format!("can't read on: {error}")),
            };
            self.line = self.line.saturating_add(1);
            let is_open = bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
            if bytes.len() > MAX_ROW_BYTES {
                let message = format!("a row of more than {MAX_ROW_BYTES} bytes; is a quote open?");
                return failed(ErrorKind::TooLarge, message);
            }
            match (n_read, is_open) {
                (0, true) => {
                    let message = "the file ends inside a quoted field of this row".to_owned();
                    return failed(ErrorKind::Syntax, message);
                }
                (0, false) if bytes.is_empty() => return Ok(None),
                (_, true) => (),
                (_, false) => break,
            }
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => failed(ErrorKind::Syntax, "no UTF-8 text".to_owned()),
        }
    }
}

/// The fields of one row, quotes resolved.
fn fields(row: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    let mut letters =
        row.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']).chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                push(&mut fields, '"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            other => push(&mut fields, other),
        }
    }
    fields
}

fn push(fields: &mut [String], letter: char) {
    if let Some(field) = fields.last_mut() {
        field.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let mut rows = Rows { input: text.as_bytes(), line: 1 };
        std::iter::from_fn(|| rows.next().unwrap()).collect()
    }

    #[test]
    fn quotes_protect_commas_quotes_and_line_ends() {
        // as Python's csv module reads it
        let text = "\u{feff}arch,acc\r\n\"{\"\"ops\"\": [1, 2]}\",0.9\r\n\n\"a\nb\",,x\n\"\",last";
        let expected: [(u32, &[&str]); 4] = [
            (1, &["arch", "acc"]),
            (2, &["{\"ops\": [1, 2]}", "0.9"]),
            (4, &["a\nb", "", "x"]),
            (6, &["", "last"]),
        ];
        let found = rows(text);
        assert_eq!(found.len(), expected.len());
        for ((line, fields), (expected_line, expected_fields)) in found.iter().zip(expected) {
            assert_eq!((*line, fields.len()), (expected_line, expected_fields.len()));
            assert!(fields.iter().eq(expected_fields.iter()), "{fields:?}");
        }
    }

    #[test]
    fn open_quotes_and_endless_rows_are_errors_with_their_line() {
        let cases = [
            ("a,b\n\"x,1\n".to_owned(), "2:1: the file ends inside a quoted field of this row"),
            (
                format!("a\n{}", "x".repeat(MAX_ROW_BYTES + 1)),
                "2:1: a row of more than 1048576 bytes; is a quote open?",
            ),
        ];
        for (text, expected) in cases {
            let mut rows = Rows { input: text.as_bytes(), line: 1 };
            rows.next().unwrap();
            assert_eq!(rows.next().expect_err(expected).to_string(), expected);
        }
    }
}
