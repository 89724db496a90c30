//! `gennape predict`: texts, files and streams in; a table, JSON or JSON Lines out.

use std::process::ExitCode;

use rayon::prelude::*;
use serde_json::{Map, Value};

use super::args::{Format, PredictArgs};
use super::input::{Files, Input, Stream, next_lines};
use super::{report, weights};
use crate::answer::Answer;
use crate::error::Error;
use crate::format::lines::Lines;
use crate::format::listed::Listed;
use crate::format::{self};
use crate::predict::{PredictOptions, Predictor};

/// Lines of a stream that are in memory at once.
const CHUNK: usize = 256;

/// Prints one answer an input, in the order of the inputs.
pub(super) fn run(args: &PredictArgs) -> anyhow::Result<ExitCode> {
    let predictor = weights::with_adapted(args.weights.as_deref(), &args.adapted)?;
    let options = PredictOptions { target: args.target.clone() };
    let mut printer = Printer { format: args.format, full: args.full, kept: Vec::new(), failed: 0 };
    for (at, argument) in args.inputs.iter().enumerate() {
        let parse = |text: &str| format::parse_sized(text.trim(), args.onnx.input_size);
        match Input::open(argument, at + 1, &args.onnx.options())? {
            Input::Text { id, text } => {
                let line = Listed { id, network: parse(&text) };
                printer.take(vec![Answer::of(&predictor, line, &options)], false)?;
            }
            Input::Network(line) => {
                printer.take(vec![Answer::of(&predictor, line, &options)], false)?;
            }
            Input::Stream(Stream { reader, files }) => {
                let mut lines = Lines::new(reader);
                loop {
                    let chunk = next_lines(&mut lines, CHUNK);
                    if chunk.is_empty() {
                        break;
                    }
                    printer.take(answers(&predictor, &options, &files, chunk), true)?;
                }
            }
        }
    }
    printer.finish()
}

/// The answers to a stretch of a stream, computed side by side.
fn answers(
    predictor: &Predictor,
    options: &PredictOptions,
    files: &Files,
    chunk: Vec<std::result::Result<(u32, String), Error>>,
) -> Vec<Answer> {
    let one = |line: std::result::Result<(u32, String), Error>| {
        let listed = match line {
            Ok((number, line)) => Listed::read(&line, number, |file| files.read(file)),
            Err(error) => Listed::failed(error.place().map_or(0, |place| place.line), error),
        };
        Answer::of(predictor, listed, options)
    };
    chunk.into_par_iter().map(one).collect()
}

/// Prints streams as they come and keeps the rest for one table or array.
struct Printer {
    format: Option<Format>,
    full: bool,
    kept: Vec<Answer>,
    failed: usize,
}

impl Printer {
    fn take(&mut self, answers: Vec<Answer>, is_stream: bool) -> anyhow::Result<()> {
        self.failed += answers.iter().filter(|answer| answer.result.is_err()).count();
        let by_line = self.format.map_or(is_stream, |format| format == Format::Jsonl);
        if !by_line {
            self.kept.extend(answers);
            return Ok(());
        }
        let line = |answer: &Answer| Ok(json_of(answer, self.full)?.to_string());
        let lines = answers.iter().map(line).collect::<anyhow::Result<Vec<String>>>()?;
        report::print(&lines.join("\n"))
    }

    fn finish(self) -> anyhow::Result<ExitCode> {
        if !self.kept.is_empty() {
            if self.format == Some(Format::Json) {
                let all = self.kept.iter().map(|answer| json_of(answer, true));
                let all = all.collect::<anyhow::Result<Vec<Value>>>()?;
                report::print(&serde_json::to_string_pretty(&all)?)?;
            } else {
                if self.kept.iter().any(|answer| answer.result.is_ok()) {
                    report::print(&table(&self.kept))?;
                }
                report::remark(&remarks(&self.kept));
            }
        }
        Ok(if self.failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// An answer's object; `full` has every field of a prediction.
fn json_of(answer: &Answer, full: bool) -> anyhow::Result<Value> {
    let prediction = match &answer.result {
        Ok(prediction) if full => prediction,
        _ => return Ok(serde_json::to_value(answer.short())?),
    };
    let mut object = Map::new();
    object.insert("id".into(), serde_json::to_value(&answer.id)?);
    if let Value::Object(fields) = serde_json::to_value(prediction)? {
        object.extend(fields);
    }
    Ok(Value::Object(object))
}

/// A row a prediction.
fn table(answers: &[Answer]) -> String {
    let header =
        ["input", "accuracy", "90 % interval", "target", "params", "MACs", "nodes", "novelty"];
    let mut table = report::table(&header, 1);
    for Answer { id, result } in answers {
        if let Ok(p) = result {
            table.add_row([
                id.to_string(),
                report::percent(p.accuracy),
                format!("{} to {}", report::percent(p.low), report::percent(p.high)),
                p.target.clone(),
                report::count(p.params),
                report::count(p.macs),
                p.nodes.to_string(),
                format!("{:.0} %", 100.0 * p.novelty),
            ]);
        }
    }
    table.to_string()
}

/// What a person should know of single rows, and why some are missing: one a line.
fn remarks(answers: &[Answer]) -> Vec<String> {
    let of = |Answer { id, result }: &Answer| match result {
        Ok(p) => p.notes.iter().map(|note| format!("note on {id}: {}", note.message)).collect(),
        Err(error) => vec![format!("error in {id}: {error}")],
    };
    answers.iter().flat_map(of).collect()
}
