//! What the arguments of `predict` and `inspect` stand for: a text, a file, a stream.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Component, Path, PathBuf};

use anyhow::Context;

use crate::error::{Error, ErrorKind, Result};
use crate::format::file::{self, SIGN_BYTES};
use crate::format::lines::Lines;
use crate::format::listed::{Listed, is_record};
use crate::format::onnx::{self, OnnxOptions};
use crate::format::record::{Id, NetworkFile};
use crate::format::{self, MAX_TEXT_BYTES, Parsed};
use crate::train::data::open;

/// One argument, opened.
pub(super) enum Input {
    /// One network's text, with the name it goes by in results.
    Text { id: Id, text: String },
    /// One network, read from a file that is no text.
    Network(Listed),
    /// Networks one a line.
    Stream(Stream),
}

/// Networks one a line, some of which may stand in files of their own.
pub(super) struct Stream {
    pub(super) reader: Box<dyn BufRead>,
    pub(super) files: Files,
}

/// Where files that lines name are looked for, and how they are read.
#[derive(Debug, Clone)]
pub(super) struct Files {
    folder: PathBuf,
    options: OnnxOptions,
}

impl Input {
    /// Opens an argument: `-` is standard input, an existing path is a file, the rest is a text.
    pub(super) fn open(
        argument: &str,
        number: usize,
        options: &OnnxOptions,
    ) -> anyhow::Result<Self> {
        let path = Path::new(argument);
        let files = Files::beside(path, options);
        if argument == "-" {
            let reader = Box::new(BufReader::new(std::io::stdin()));
            return Self::from_reader(Id::Text("-".into()), reader, files);
        }
        let is_path = argument.len() < 4096 && !argument.contains('\n') && path.is_file();
        if !is_path {
            let names_lines = [".jsonl", ".jsonl.gz"].iter().any(|end| argument.ends_with(end));
            anyhow::ensure!(!names_lines, "there is no file {argument}");
            let text = argument.to_owned();
            return Ok(Self::Text { id: Id::Number(number as i64), text });
        }
        if is_onnx(path)? {
            let network = read_onnx(path, options);
            return Ok(Self::Network(Listed { id: Id::Text(argument.to_owned()), network }));
        }
        let reader = open(path)?;
        if [".jsonl", ".jsonl.gz"].iter().any(|ending| argument.ends_with(ending)) {
            return Ok(Self::Stream(Stream { reader, files }));
        }
        Self::from_reader(Id::Text(argument.to_owned()), reader, files)
            .with_context(|| format!("reading {argument}"))
    }

    /// A stream where the first line is a network by itself, else one text.
    fn from_reader(id: Id, mut reader: Box<dyn BufRead>, files: Files) -> anyhow::Result<Self> {
        let mut first = Vec::new();
        reader.by_ref().take(MAX_TEXT_BYTES as u64).read_until(b'\n', &mut first)?;
        let is_last = reader.fill_buf()?.is_empty();
        let starts_stream = std::str::from_utf8(&first)
            .is_ok_and(|line| is_record(line) || (!is_last && format::parse(line).is_ok()));
        if starts_stream {
            let reader = Box::new(Cursor::new(first).chain(reader));
            return Ok(Self::Stream(Stream { reader, files }));
        }
        reader.take(MAX_TEXT_BYTES as u64).read_to_end(&mut first)?;
        let text = String::from_utf8(first).context("no UTF-8 text")?;
        Ok(Self::Text { id, text })
    }
}

impl Files {
    /// Files beside the list at `path`.
    pub(super) fn beside(path: &Path, options: &OnnxOptions) -> Self {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Self { folder, options: *options }
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, file: &NetworkFile) -> bool {
        self.folder.join(&file.path).is_file()
    }

    /// The network in a file that a line names, which must lie in the folder or below it.
    pub(super) fn read(&self, file: &NetworkFile) -> Result<Parsed> {
        let path = Path::new(&file.path);
        if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            let message = "a path that leaves the folder of its list; expected one below it";
            return Err(Error::new(ErrorKind::Record, message));
        }
        let size = file.side.map(|side| [side, side]);
        let input_size = self.options.input_size.or(size);
        read_onnx(&self.folder.join(path), &OnnxOptions { input_size, ..self.options })
    }
}

/// Whether a file is an ONNX model, by its name or by how it begins.
fn is_onnx(path: &Path) -> anyhow::Result<bool> {
    let mut start = Vec::new();
    let file = File::open(path).with_context(|| format!("reading {}", path.display()))?;
    file.take(SIGN_BYTES).read_to_end(&mut start)?;
    Ok(file::is_onnx(&path.to_string_lossy(), &start))
}

fn read_onnx(path: &Path, options: &OnnxOptions) -> Result<Parsed> {
    let file = File::open(path).map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?;
    onnx::read(file, options)
}

/// Up to `count` lines of a stream, in their order; an error in the stream itself ends it.
pub(super) fn next_lines(
    lines: &mut Lines<Box<dyn BufRead>>,
    count: usize,
) -> Vec<std::result::Result<(u32, String), Error>> {
    lines.by_ref().take(count).collect()
}
