//! Where imported records go: a gzip'd file beside the wished one, which takes its name at the end.
//!
//! The file grows by whole gzip members. The comment in each member's header says what is imported
//! and which item of the source comes next, so a run that was cut off is taken up behind the last
//! whole member: no second file, and nothing to trust but what was written.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};

use super::{Outcome, Record};
use crate::error::{Error, ErrorKind, Result};
use crate::train::observer::Observer;

/// Bytes of lines that make a member.
const MEMBER_BYTES: usize = 1 << 20;
/// Skipped networks that are told one by one.
const MAX_TOLD: u64 = 5;

/// The output of one import.
pub(super) struct Sink<'a> {
    out: PathBuf,
    aside: PathBuf,
    file: File,
    /// What is imported, as the members' comments have it.
    source: String,
    lines: Vec<u8>,
    n_pending: u64,
    next: u64,
    n_written: u64,
    n_skipped: u64,
    stopped: bool,
    observer: &'a dyn Observer,
}

/// Whether to read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Go on.
    On,
    /// The caller wishes to end.
    Stop,
}

impl<'a> Sink<'a> {
    /// Opens the output of importing `path` as `kind`, behind what an earlier run left.
    ///
    /// # Errors
    /// Where it can't be written, or holds a part of another import.
    pub(super) fn open(
        kind: &str,
        path: &Path,
        out: &Path,
        observer: &'a dyn Observer,
    ) -> Result<Self> {
        if !out.to_string_lossy().ends_with(".jsonl.gz") {
            let message =
                format!("{} does not end in .jsonl.gz, as records' files do", out.display());
            return Err(Error::new(ErrorKind::Io, message));
        }
        let mut aside = out.as_os_str().to_owned();
        aside.push(".part");
        let aside = PathBuf::from(aside);
        let length = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let source = format!("gennape import {kind} {} {length}", name.escape_default());
        let failed = |error| unwritable(&aside, &error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&aside)
            .map_err(failed)?;
        let found = Found::scan(&file, &source, &aside)?;
        file.set_len(found.n_bytes).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        if found.n_records > 0 {
            observer.note(&format!(
                "going on behind the {} records in {}",
                found.n_records,
                aside.display()
            ));
        }
        Ok(Self {
            out: out.to_owned(),
            aside,
            file,
            source,
            lines: Vec::new(),
            n_pending: 0,
            next: found.next,
            n_written: found.n_records,
            n_skipped: 0,
            stopped: false,
            observer,
        })
    }

    /// The first item of the source that is not dealt with yet, from 0.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// The observer of this import.
    pub(super) fn observer(&self) -> &'a dyn Observer {
        self.observer
    }

    /// Takes what became of item `item` of the source: a record, or the reason why there is none.
    pub(super) fn take(&mut self, item: u64, result: Result<Record>) -> Result<Flow> {
        self.next = item + 1;
        match result {
            Ok(record) => {
                let line = serde_json::to_string(&record).map_err(|error| {
                    Error::new(ErrorKind::Internal, format!("can't write a record: {error}"))
                })?;
                self.lines.extend_from_slice(line.as_bytes());
                self.lines.push(b'\n');
                self.n_pending += 1;
            }
            Err(error) => {
                self.n_skipped += 1;
                if self.n_skipped <= MAX_TOLD {
                    self.observer.note(&format!("skipped item {item}: {error}"));
                }
            }
        }
        if self.lines.len() >= MEMBER_BYTES {
            self.flush()?;
        }
        if self.observer.should_stop() {
            self.stopped = true;
            self.flush()?;
            return Ok(Flow::Stop);
        }
        Ok(Flow::On)
    }

    /// Gives the file its name, unless the caller ended the import early.
    ///
    /// # Errors
    /// Where there is no record at all, or the disk is full.
    pub(super) fn finish(mut self) -> Result<Outcome> {
        self.observer.end();
        self.flush()?;
        if self.n_skipped > MAX_TOLD {
            self.observer.note(&format!("skipped {} items in all", self.n_skipped));
        }
        let outcome =
            Outcome { n_written: self.n_written, n_skipped: self.n_skipped, stopped: self.stopped };
        if self.stopped {
            return Ok(outcome);
        }
        if self.n_written == 0 {
            let message = format!(
                "no record came of {} items; is it the right kind of file?",
                self.n_skipped
            );
            self.abandon();
            return Err(Error::new(ErrorKind::Record, message));
        }
        let failed = |error| unwritable(&self.out, &error);
        self.file.sync_all().map_err(failed)?;
        std::fs::rename(&self.aside, &self.out).map_err(failed)?;
        Ok(outcome)
    }

    /// Leaves what was written for a later run, if there is anything.
    pub(super) fn abandon(self) {
        self.observer.end();
        if self.n_written == 0 {
            // An empty part is of no use; where it can't be removed, it does no harm.
            let _ = std::fs::remove_file(&self.aside);
        }
    }

    /// Writes what is pending as one member.
    fn flush(&mut self) -> Result<()> {
        if self.n_pending == 0 {
            return Ok(());
        }
        let comment = format!("{} {}", self.source, self.next);
        let mut member =
            GzBuilder::new().comment(comment).write(Vec::new(), Compression::default());
        let written = member
            .write_all(&self.lines)
            .and_then(|()| member.finish())
            .and_then(|bytes| self.file.write_all(&bytes));
        written.map_err(|error| unwritable(&self.aside, &error))?;
        self.n_written += self.n_pending;
        self.n_pending = 0;
        self.lines.clear();
        Ok(())
    }
}

/// What an earlier run left: the bytes of whole members, their records, the next item.
#[derive(Default)]
struct Found {
    n_bytes: u64,
    n_records: u64,
    next: u64,
}

impl Found {
    fn scan(file: &File, source: &str, path: &Path) -> Result<Self> {
        let mut reader = BufReader::new(file);
        let mut found = Self::default();
        while reader.fill_buf().is_ok_and(|bytes| !bytes.is_empty()) {
            let mut member = GzDecoder::new(&mut reader);
            let comment = member.header().and_then(|header| header.comment()).unwrap_or_default();
            let comment = String::from_utf8_lossy(comment).into_owned();
            let Some(n_records) = count_lines(&mut member) else { break };
            let next = comment.strip_prefix(source).and_then(|next| next.trim().parse().ok());
            found.next = next.ok_or_else(|| {
                let message = format!(
                    "{} is a part of another import; finish that one, or delete the file",
                    path.display()
                );
                Error::new(ErrorKind::Io, message)
            })?;
            found.n_records += n_records;
            let failed = |error| unwritable(path, &error);
            found.n_bytes = reader.stream_position().map_err(failed)?;
        }
        Ok(found)
    }
}

/// The lines of a member; `None` where it is cut off.
fn count_lines(member: &mut impl Read) -> Option<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut n_lines = 0;
    loop {
        match member.read(&mut buffer) {
            Ok(0) => return Some(n_lines),
            Ok(n) => n_lines += buffer[..n].iter().filter(|byte| **byte == b'\n').count() as u64,
            Err(_) => return None,
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("can't write {}: {error}", path.display()))
}
