//! `gennape predict`: texts, files and streams in; a table, JSON or JSON Lines out.

use std::process::ExitCode;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::args::{Format, PredictArgs};
use super::input::{Files, Input, Line, Stream, next_lines, read_line};
use super::{report, weights};
use crate::error::{Error, Place, Result};
use crate::format::lines::Lines;
use crate::format::record::Id;
use crate::format::{self};
use crate::predict::{PredictOptions, Prediction, Predictor};

/// Lines of a stream that are in memory at once.
const CHUNK: usize = 256;

/// One input and what came of it.
struct Answer {
    id: Id,
    result: Result<Prediction>,
}

/// Prints one answer an input, in the order of the inputs.
pub(super) fn run(args: &PredictArgs) -> anyhow::Result<ExitCode> {
    let predictor = weights::predictor(args.weights.as_deref())?;
    let options = PredictOptions { target: args.target.clone() };
    let mut printer = Printer { format: args.format, full: args.full, kept: Vec::new(), failed: 0 };
    for (at, argument) in args.inputs.iter().enumerate() {
        let parse = |text: &str| format::parse_sized(text.trim(), args.onnx.input_size);
        match Input::open(argument, at + 1, &args.onnx.options())? {
            Input::Text { id, text } => {
                let line = Line { id, network: parse(&text) };
                printer.take(vec![answer(&predictor, &options, line)], false)?;
            }
            Input::Network(line) => {
                printer.take(vec![answer(&predictor, &options, line)], false)?;
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
    let one = |line: std::result::Result<(u32, String), Error>| match line {
        Ok((number, line)) => answer(predictor, options, read_line(&line, number, files)),
        Err(error) => {
            let number = error.place().map_or(0, |place| i64::from(place.line));
            Answer { id: Id::Number(number), result: Err(error) }
        }
    };
    chunk.into_par_iter().map(one).collect()
}

fn answer(predictor: &Predictor, options: &PredictOptions, line: Line) -> Answer {
    let predict = |network| predictor.predict_parsed(&network, options);
    Answer { id: line.id, result: line.network.and_then(predict) }
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
        let lines: Vec<String> =
            answers.iter().map(|answer| json_of(answer, self.full).to_string()).collect();
        report::print(&lines.join("\n"))
    }

    fn finish(self) -> anyhow::Result<ExitCode> {
        if !self.kept.is_empty() {
            if self.format == Some(Format::Json) {
                let all: Vec<Value> =
                    self.kept.iter().map(|answer| json_of(answer, true)).collect();
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

/// The fields that every line has; `--full` prints all.
#[derive(Serialize)]
struct Short<'a> {
    accuracy: f64,
    low: f64,
    high: f64,
    target: &'a str,
    family: &'a Option<String>,
    params: u64,
    macs: u64,
    nodes: usize,
    edges: usize,
    novelty: f64,
    notes: &'a [crate::note::Note],
}

fn json_of(answer: &Answer, full: bool) -> Value {
    let fields = match &answer.result {
        Err(error) => Ok(json!({ "error": error_fields(error) })),
        Ok(prediction) if full => serde_json::to_value(prediction),
        Ok(p) => serde_json::to_value(Short {
            accuracy: p.accuracy,
            low: p.low,
            high: p.high,
            target: &p.target,
            family: &p.family,
            params: p.params,
            macs: p.macs,
            nodes: p.nodes,
            edges: p.edges,
            novelty: p.novelty,
            notes: &p.notes,
        }),
    };
    let mut object = Map::new();
    object.insert("id".into(), json!(answer.id));
    if let Ok(Value::Object(fields)) = fields {
        object.extend(fields);
    }
    Value::Object(object)
}

/// `{"kind", "message", "line", "column"}`; the place where there is one.
fn error_fields(error: &Error) -> Value {
    let mut fields = Map::new();
    fields.insert("kind".into(), json!(error.kind()));
    fields.insert("message".into(), json!(error.message()));
    if let Some(Place { line, column }) = error.place() {
        fields.insert("line".into(), json!(line));
        fields.insert("column".into(), json!(column));
    }
    Value::Object(fields)
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
