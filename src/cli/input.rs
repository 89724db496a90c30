//! What the arguments of `predict` and `inspect` stand for: a text, a file, a stream.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

use anyhow::Context;

use crate::error::{Error, Result};
use crate::format::lines::Lines;
use crate::format::record::{Entry, Id};
use crate::format::{self, MAX_TEXT_BYTES, Parsed};
use crate::train::data::open;

/// One argument, opened.
pub(super) enum Input {
    /// One network's text, with the name it goes by in results.
    Text { id: Id, text: String },
    /// Networks one a line.
    Stream(Box<dyn BufRead>),
}

/// A line of a stream: its name, and the network or what is wrong with it.
pub(super) struct Line {
    pub(super) id: Id,
    pub(super) network: Result<Parsed>,
}

impl Input {
    /// Opens an argument: `-` is standard input, an existing path is a file, the rest is a text.
    pub(super) fn open(argument: &str, number: usize) -> anyhow::Result<Self> {
        let path = Path::new(argument);
        if argument == "-" {
            return Self::from_reader(
                Id::Text("-".into()),
                Box::new(BufReader::new(std::io::stdin())),
            );
        }
        let is_path = argument.len() < 4096 && !argument.contains('\n') && path.is_file();
        if !is_path {
            let names_lines = [".jsonl", ".jsonl.gz"].iter().any(|end| argument.ends_with(end));
            anyhow::ensure!(!names_lines, "there is no file {argument}");
            let text = argument.to_owned();
            return Ok(Self::Text { id: Id::Number(number as i64), text });
        }
        let reader = open(path)?;
        if [".jsonl", ".jsonl.gz"].iter().any(|ending| argument.ends_with(ending)) {
            return Ok(Self::Stream(reader));
        }
        Self::from_reader(Id::Text(argument.to_owned()), reader)
            .with_context(|| format!("reading {argument}"))
    }

    /// A stream where the first line is a network by itself, else one text.
    fn from_reader(id: Id, mut reader: Box<dyn BufRead>) -> anyhow::Result<Self> {
        let mut first = Vec::new();
        reader.by_ref().take(MAX_TEXT_BYTES as u64).read_until(b'\n', &mut first)?;
        let is_last = reader.fill_buf()?.is_empty();
        let starts_stream = std::str::from_utf8(&first)
            .is_ok_and(|line| is_record(line) || (!is_last && format::parse(line).is_ok()));
        if starts_stream {
            return Ok(Self::Stream(Box::new(Cursor::new(first).chain(reader))));
        }
        reader.take(MAX_TEXT_BYTES as u64).read_to_end(&mut first)?;
        let text = String::from_utf8(first).context("no UTF-8 text")?;
        Ok(Self::Text { id, text })
    }
}

/// A record's line, or the text of a network, with its number as its name.
pub(super) fn read_line(line: &str, number: u32) -> Line {
    if !is_record(line) {
        return Line { id: Id::Number(i64::from(number)), network: format::parse(line.trim()) };
    }
    match Entry::parse(line, number) {
        Ok(entry) => Line { network: entry.network(), id: entry.id },
        Err(error) => Line { id: Id::Number(i64::from(number)), network: Err(error) },
    }
}

/// Up to `count` lines of a stream, in their order; an error in the stream itself ends it.
pub(super) fn next_lines(
    lines: &mut Lines<Box<dyn BufRead>>,
    count: usize,
) -> Vec<std::result::Result<(u32, String), Error>> {
    lines.by_ref().take(count).collect()
}

fn is_record(line: &str) -> bool {
    line.trim_start().starts_with('{') && line.contains("\"arch\"")
}
