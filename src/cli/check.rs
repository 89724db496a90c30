//! `gennape check`: params and MACs of every record in a folder, counted again and compared.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use rayon::prelude::*;
use serde::Serialize;

use super::args::CheckArgs;
use super::input::{Files, next_lines};
use super::{progress, report};
use crate::error::{Error, Place, Result};
use crate::format::lines::Lines;
use crate::format::onnx::OnnxOptions;
use crate::format::record::{Entry, Id, Record};
use crate::train::data::unpacked;

/// Lines of a file that are in memory at once.
const CHUNK: usize = 1024;
/// Findings that are listed of one file, unless all are asked for.
const LISTED: usize = 10;

/// What came of one record.
enum Outcome {
    /// The counts agree.
    Equal,
    /// The counts do not agree.
    Differing(Finding),
    /// The record or its network is wrong.
    Unreadable(Finding),
    /// Nothing was counted, through no fault of the record.
    Skipped(Finding),
}

/// A remark on a record, and on those that follow it with the very same remark.
#[derive(Serialize)]
struct Finding {
    line: u32,
    column: u32,
    id: Option<Id>,
    message: String,
    times: usize,
}

/// How many records came to what.
#[derive(Default, Serialize)]
struct Tally {
    records: usize,
    equal: usize,
    differing: usize,
    unreadable: usize,
    skipped: usize,
    seconds: f64,
}

/// What came of one file.
#[derive(Serialize)]
struct Checked {
    file: String,
    #[serde(flatten)]
    tally: Tally,
    findings: Vec<Finding>,
    /// Records with findings beyond those listed.
    unlisted: usize,
}

/// What came of all files.
#[derive(Serialize)]
struct Report {
    files: Vec<Checked>,
    total: Tally,
}

/// Prints a table by file and what was found, or JSON.
pub(super) fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let paths = record_files(&args.path)?;
    let limit = if args.all { usize::MAX } else { LISTED };
    let files: Vec<Checked> =
        paths.iter().map(|path| check_file(path, limit)).collect::<anyhow::Result<_>>()?;
    let mut total = Tally::default();
    files.iter().for_each(|checked| total.add(&checked.tally));
    let report = Report { files, total };
    let text = if args.json { serde_json::to_string_pretty(&report)? } else { report.to_table() };
    report::print(&text)?;
    let Tally { differing, unreadable, .. } = report.total;
    Ok(if differing + unreadable > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The files of records that `path` is or holds, by name.
fn record_files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let shown = path.display();
    let entries = path.read_dir().with_context(|| format!("reading the folder {shown}"))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.with_context(|| format!("reading the folder {shown}"))?.path();
        if [".jsonl", ".jsonl.gz"].iter().any(|ending| name(&file).ends_with(ending)) {
            files.push(file);
        }
    }
    anyhow::ensure!(!files.is_empty(), "there is no .jsonl or .jsonl.gz file in {shown}");
    files.sort();
    Ok(files)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn check_file(path: &Path, limit: usize) -> anyhow::Result<Checked> {
    let begin = Instant::now();
    let file = File::open(path).with_context(|| format!("reading {}", path.display()))?;
    let files = Files::beside(path, &OnnxOptions::default());
    let bar = progress::bytes(name(path), file.metadata()?.len());
    let mut lines = Lines::new(unpacked(path, bar.wrap_read(file)));
    let mut checked =
        Checked { file: name(path), tally: Tally::default(), findings: Vec::new(), unlisted: 0 };
    loop {
        let chunk = next_lines(&mut lines, CHUNK);
        if chunk.is_empty() {
            break;
        }
        let judged: Vec<Outcome> = chunk
            .into_par_iter()
            .map(|line| match line {
                Ok((number, line)) => judge(&line, number, &files),
                Err(error) => Outcome::Unreadable(Finding::of(&error, 1, None)),
            })
            .collect();
        judged.into_iter().for_each(|outcome| checked.take(outcome, limit));
    }
    bar.finish_and_clear();
    checked.tally.seconds = begin.elapsed().as_secs_f64();
    Ok(checked)
}

/// Counts the record on a line again. A further kind of reader is a further case here.
fn judge(line: &str, number: u32, files: &Files) -> Outcome {
    let entry = match Entry::parse(line, number) {
        Ok(entry) => entry,
        Err(error) => return Outcome::Unreadable(Finding::of(&error, number, None)),
    };
    let finding = |message: String| Finding::new(Place { line: number, column: 1 }, message);
    if entry.file.as_ref().is_some_and(|file| !files.has(file)) {
        let message = "names an ONNX file that is not there; unpack it beside the records";
        return Outcome::Skipped(finding(message.to_owned()));
    }
    match compare(line, number, files) {
        Ok(Comparison::Equal) => Outcome::Equal,
        Ok(Comparison::Unstated) => {
            Outcome::Skipped(finding("states neither params nor macs".to_owned()))
        }
        Ok(Comparison::Differing(message)) => {
            Outcome::Differing(Finding { id: Some(entry.id), ..finding(message) })
        }
        Err(error) => Outcome::Unreadable(Finding::of(&error, number, Some(entry.id))),
    }
}

/// How a record's own numbers stand to those counted.
enum Comparison {
    Equal,
    Unstated,
    Differing(String),
}

fn compare(line: &str, number: u32, files: &Files) -> Result<Comparison> {
    let record =
        Record::parse_from(line, number, |entry| entry.network_from(|file| files.read(file)))?;
    if record.params.is_none() && record.macs.is_none() {
        return Ok(Comparison::Unstated);
    }
    let counted = record.recount()?;
    let pairs = [("params", record.params, counted.params), ("macs", record.macs, counted.macs)];
    let differing: Vec<String> = pairs
        .into_iter()
        .filter_map(|(what, recorded, counted)| {
            let recorded = recorded.filter(|&recorded| recorded != counted)?;
            let (counted, recorded) = (report::count(counted), report::count(recorded));
            Some(format!("{counted} {what} counted, {recorded} recorded"))
        })
        .collect();
    if differing.is_empty() {
        return Ok(Comparison::Equal);
    }
    Ok(Comparison::Differing(differing.join("; ")))
}

impl Finding {
    fn new(Place { line, column }: Place, message: String) -> Self {
        Self { line, column, id: None, message, times: 1 }
    }

    /// What `error` says; on `line` where it does not tell the place itself.
    fn of(error: &Error, line: u32, id: Option<Id>) -> Self {
        let place = error.place().unwrap_or(Place { line, column: 1 });
        Self { id, ..Self::new(place, error.message().to_owned()) }
    }

    fn to_line(&self, file: &str) -> String {
        let Self { line, column, message, times, .. } = self;
        let id = self.id.as_ref().map_or(String::new(), |id| format!("record `{id}`: "));
        let more = match times - 1 {
            0 => String::new(),
            more => format!(" ({} more like it)", report::count(more as u64)),
        };
        format!("{file}:{line}:{column}: {id}{message}{more}")
    }
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.equal += other.equal;
        self.differing += other.differing;
        self.unreadable += other.unreadable;
        self.skipped += other.skipped;
        self.seconds += other.seconds;
    }

    fn row(&self, name: &str) -> [String; 7] {
        let count = |count: usize| report::count(count as u64);
        [
            name.to_owned(),
            count(self.records),
            count(self.equal),
            count(self.differing),
            count(self.unreadable),
            count(self.skipped),
            format!("{:.1}", self.seconds),
        ]
    }
}

impl Checked {
    fn take(&mut self, outcome: Outcome, limit: usize) {
        self.tally.records += 1;
        let (count, finding) = match outcome {
            Outcome::Equal => {
                self.tally.equal += 1;
                return;
            }
            Outcome::Differing(finding) => (&mut self.tally.differing, finding),
            Outcome::Unreadable(finding) => (&mut self.tally.unreadable, finding),
            Outcome::Skipped(finding) => (&mut self.tally.skipped, finding),
        };
        *count += 1;
        let is_full = self.findings.len() >= limit;
        match self.findings.last_mut() {
            Some(last) if last.message == finding.message => last.times += 1,
            _ if is_full => self.unlisted += 1,
            _ => self.findings.push(finding),
        }
    }

    /// What was found, one finding a line.
    fn remarks(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.findings.iter().map(|finding| finding.to_line(&self.file)).collect();
        if self.unlisted > 0 {
            let count = report::count(self.unlisted as u64);
            lines.push(format!("{}: {count} more records; --all lists them", self.file));
        }
        lines
    }
}

impl Report {
    fn to_table(&self) -> String {
        let header = ["file", "records", "equal", "differing", "unreadable", "skipped", "seconds"];
        let mut table = report::table(&header, 1);
        for checked in &self.files {
            table.add_row(checked.tally.row(&checked.file));
        }
        if self.files.len() > 1 {
            table.add_row(self.total.row("total"));
        }
        let remarks: Vec<String> = self.files.iter().flat_map(Checked::remarks).collect();
        let remarks =
            if remarks.is_empty() { String::new() } else { format!("\n\n{}", remarks.join("\n")) };
        table.to_string() + &remarks
    }
}
