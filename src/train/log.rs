//! The log of a run: JSON Lines, one flat object a line, appended as training goes.
//!
//! A line reaches the operating system before the next step begins, so that a run that ends in any
//! way leaves its log. It is read back for the curves and when a run goes on. No clock is read
//! here: the caller passes the seconds since the start.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::atomic;
use crate::error::{Error, ErrorKind, Place, Result};

/// One line: where the run stood, and what was measured there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Seconds since the start of the run, without those between an end and going on.
    pub time_s: f64,
    /// The stage of training (`pretrain`, `fit` ...).
    pub stage: String,
    /// Passes over the training data that are complete.
    pub epoch: usize,
    /// Optimiser steps of this stage that are complete.
    pub step: usize,
    /// Everything else, by name.
    #[serde(flatten)]
    pub values: Map<String, Value>,
}

impl Entry {
    /// An entry without values.
    pub fn new(time_s: f64, stage: impl Into<String>, epoch: usize, step: usize) -> Self {
        Self { time_s, stage: stage.into(), epoch, step, values: Map::new() }
    }

    /// The same entry with one more value; a number that is not finite becomes `null`.
    ///
    /// # Panics
    /// Where `key` is the name of a field.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        let is_field = ["time_s", "stage", "epoch", "step"].contains(&key);
        assert!(!is_field, "`{key}` is a field of every entry");
        self.values.insert(key.to_owned(), value.into());
        self
    }

    /// The number called `key`; `None` where there is none or it was not finite.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.values.get(key)?.as_f64()
    }
}

/// What counts the run's progress along a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Passes over the training data.
    Epoch,
    /// Optimiser steps.
    Step,
}

impl Axis {
    /// The word beside the axis.
    pub fn name(self) -> &'static str {
        match self {
            Self::Epoch => "epoch",
            Self::Step => "step",
        }
    }
}

/// The numbers called `key` of one stage, in the order of the log, along `axis`.
pub fn points(entries: &[Entry], stage: &str, axis: Axis, key: &str) -> Vec<(f64, f64)> {
    let of_stage = entries.iter().filter(|entry| entry.stage == stage);
    let point = |entry: &Entry| {
        let at = match axis {
            Axis::Epoch => entry.epoch,
            Axis::Step => entry.step,
        };
        entry.number(key).map(|value| (at as f64, value))
    };
    of_stage.filter_map(point).collect()
}

/// A log open for appending.
#[derive(Debug)]
pub struct RunLog {
    path: PathBuf,
    file: File,
}

impl RunLog {
    /// Begins an empty log at `path`, in place of what may be there.
    ///
    /// # Errors
    /// Where the file can't be written.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self> {
        Self::holding(path.into(), &[])
    }

    /// Goes on with the log at `path`, of which only the lines stay that `keep` wants.
    ///
    /// A run goes on from its last checkpoint: lines written after that are about to be written
    /// again. A missing log is begun.
    ///
    /// # Errors
    /// Where the file can't be read or written, or a line is damaged.
    pub fn resume(path: impl Into<PathBuf>, keep: impl FnMut(&Entry) -> bool) -> Result<Self> {
        let path = path.into();
        let mut entries = if path.exists() { read(&path)? } else { Vec::new() };
        entries.retain(keep);
        Self::holding(path, &entries)
    }

    fn holding(path: PathBuf, entries: &[Entry]) -> Result<Self> {
        let lines: Vec<String> = entries.iter().map(line_of).collect::<Result<_>>()?;
        atomic::write(&path, lines.concat().as_bytes())?;
        let opened = OpenOptions::new().append(true).open(&path);
        let file = opened.map_err(|error| io_error("write", &path, &error))?;
        Ok(Self { path, file })
    }

    /// Adds one line.
    ///
    /// # Errors
    /// Where the disk is full or the file is gone.
    pub fn append(&mut self, entry: &Entry) -> Result<()> {
        let line = line_of(entry)?;
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|error| io_error("write", &self.path, &error))
    }
}

/// All entries of the log at `path`.
///
/// A last line without its end was cut off when the run was killed, and is left out.
///
/// # Errors
/// Where the file can't be read, or a whole line is no entry: says which.
pub fn read(path: &Path) -> Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path).map_err(|error| io_error("read", path, &error))?;
    let whole_lines = text.rfind('\n').map_or("", |end| &text[..end]);
    let parse = |(idx, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| {
            let place = Place { line: idx as u32 + 1, column: error.column().max(1) as u32 };
            let shown = path.display();
            let message = format!("{shown} is damaged: {error}; mend or remove the line");
            Error::new(ErrorKind::Record, message).at(place)
        })
    };
    whole_lines.lines().enumerate().map(parse).collect()
}

fn line_of(entry: &Entry) -> Result<String> {
    let json = serde_json::to_string(entry);
    json.map(|json| json + "\n")
        .map_err(|error| Error::new(ErrorKind::Internal, format!("can't write as JSON: {error}")))
}

fn io_error(verb: &str, path: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("can't {verb} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<Entry> {
        vec![
            Entry::new(0.5, "pretrain", 0, 10).with("loss", 4.25).with("floor", 1.95),
            Entry::new(1.0, "pretrain", 1, 20).with("loss", f64::NAN).with("floor", 1.95),
            Entry::new(1.5, "pretrain", 1, 20).with("validation_loss", 4.0).with("kept", true),
            Entry::new(2.0, "fit", 0, 10).with("loss", 1.0).with("note", "clipped"),
        ]
    }

    #[test]
    fn one_flat_object_a_line_in_the_order_of_writing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        let mut log = RunLog::create(&path).unwrap();
        for entry in entries() {
            log.append(&entry).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let expected = r#"{"time_s":0.5,"stage":"pretrain","epoch":0,"step":10,"loss":4.25,"floor":1.95}
{"time_s":1.0,"stage":"pretrain","epoch":1,"step":20,"loss":null,"floor":1.95}
{"time_s":1.5,"stage":"pretrain","epoch":1,"step":20,"validation_loss":4.0,"kept":true}
{"time_s":2.0,"stage":"fit","epoch":0,"step":10,"loss":1.0,"note":"clipped"}
"#;
        assert_eq!(text, expected);
        assert_eq!(read(&path).unwrap(), entries());
    }

    #[test]
    fn points_are_the_finite_numbers_of_one_stage() {
        let entries = entries();
        let cases = [
            ("pretrain", Axis::Step, "loss", vec![(10.0, 4.25)]),
            ("pretrain", Axis::Epoch, "floor", vec![(0.0, 1.95), (1.0, 1.95)]),
            ("pretrain", Axis::Epoch, "validation_loss", vec![(1.0, 4.0)]),
            ("fit", Axis::Step, "note", vec![]),
            ("cluster", Axis::Step, "loss", vec![]),
        ];
        for (stage, axis, key, expected) in cases {
            assert_eq!(points(&entries, stage, axis, key), expected, "{stage} {key}");
        }
    }

    #[test]
    fn going_on_drops_what_came_after_the_checkpoint_and_a_cut_off_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        let mut log = RunLog::resume(&path, |_| true).unwrap();
        for entry in entries() {
            log.append(&entry).unwrap();
        }
        log.file.write_all(br#"{"time_s":2.5,"sta"#).unwrap();
        drop(log);

        let mut log = RunLog::resume(&path, |entry| entry.stage == "pretrain").unwrap();
        let again = Entry::new(2.25, "fit", 0, 10).with("loss", 0.5);
        log.append(&again).unwrap();
        let mut expected = entries();
        expected[3] = again;
        assert_eq!(read(&path).unwrap(), expected);

        drop(RunLog::create(&path).unwrap());
        assert_eq!(read(&path).unwrap(), []);
    }

    #[test]
    fn a_damaged_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        let good = line_of(&entries()[0]).unwrap();
        std::fs::write(&path, format!("{good}{{\"time_s\":1.0}}\n{good}")).unwrap();
        for error in [read(&path).unwrap_err(), RunLog::resume(&path, |_| true).unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::Record);
            assert_eq!(error.place().unwrap().line, 2);
            assert!(error.message().contains("missing field `stage`"), "{error}");
        }
        let error = read(&folder.path().join("none.jsonl")).unwrap_err();
        assert!(error.message().starts_with("can't read "), "{error}");
    }

    #[test]
    fn a_log_in_a_missing_folder_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let error = RunLog::create(folder.path().join("runs").join("log.jsonl")).unwrap_err();
        assert!(error.message().contains("there is no folder"), "{error}");
    }
}
