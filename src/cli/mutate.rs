//! `gennape mutate`: what every one-step change of an architecture would do, the best first.

use std::process::ExitCode;

use rayon::prelude::*;

use super::args::{Format, MutateArgs};
use super::input::Input;
use super::{report, weights};
use crate::format::listed::Listed;
use crate::format::onnx::OnnxOptions;
use crate::format::{self, Parsed};
use crate::predict::changes::{Change, Changes};
use crate::predict::{PredictOptions, Prediction, Predictor};

/// Changes that are judged together.
const CHUNK: usize = 32;

/// Prints the changes.
pub(super) fn run(args: &MutateArgs) -> anyhow::Result<ExitCode> {
    let predictor = weights::predictor(args.weights.as_deref())?;
    let parsed = match Input::open(&args.input, 1, &OnnxOptions::default())? {
        Input::Text { text, .. } => format::parse(text.trim())?,
        Input::Network(Listed { network, .. }) => network?,
        Input::Stream(_) => anyhow::bail!("mutate takes one architecture, not a stream of them"),
    };
    anyhow::ensure!(
        matches!(parsed, Parsed::Architecture(_)),
        "a graph of no known family has no changes to list; `gennape inspect` shows its layers"
    );
    let options = PredictOptions { target: args.target.clone() };
    let now = predictor.predict_parsed(&parsed, &options)?;
    let mut all = all_changes(&predictor, &parsed, &now)?;
    all.changes.sort_by(|a, b| b.accuracy.total_cmp(&a.accuracy));
    all.changes.truncate(args.limit.unwrap_or(usize::MAX));
    let text = match args.format.unwrap_or(Format::Table) {
        Format::Table => table(&all, &now),
        Format::Json => serde_json::to_string_pretty(&all)?,
        Format::Jsonl => {
            let lines: Result<Vec<String>, _> =
                all.changes.iter().map(serde_json::to_string).collect();
            lines?.join("\n")
        }
    };
    report::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Judges every change for the target that answered for the network itself.
fn all_changes(
    predictor: &Predictor,
    parsed: &Parsed,
    now: &Prediction,
) -> anyhow::Result<Changes> {
    let options = PredictOptions { target: Some(now.target.clone()) };
    let none = predictor.changes(parsed, &options, 0..0)?;
    let starts: Vec<usize> = (0..none.total).step_by(CHUNK).collect();
    let judged: Vec<Changes> = starts
        .into_par_iter()
        .map(|start| predictor.changes(parsed, &options, start..start + CHUNK))
        .collect::<crate::Result<_>>()?;
    let changes: Vec<Change> = judged.into_iter().flat_map(|some| some.changes).collect();
    Ok(Changes { changes, ..none })
}

/// A row a change, under the network itself.
fn table(all: &Changes, now: &Prediction) -> String {
    let header = ["accuracy", "gain", "params", "MACs", "change"];
    let mut table = report::table(&header, 0);
    if let Some(column) = table.column_mut(4) {
        column.set_cell_alignment(comfy_table::CellAlignment::Left);
    }
    let (params, macs) = (report::count(now.params), report::count(now.macs));
    table.add_row([report::percent(now.accuracy), String::new(), params, macs, "none".into()]);
    for change in &all.changes {
        table.add_row([
            report::percent(change.accuracy),
            format!("{:+.2}", 100.0 * (change.accuracy - now.accuracy)),
            signed(change.params, now.params),
            signed(change.macs, now.macs),
            change.change.clone(),
        ]);
    }
    format!("{}\n{table}", all.target)
}

/// The difference of two counts with its sign.
fn signed(new: u64, old: u64) -> String {
    let sign = if new < old { "-" } else { "+" };
    format!("{sign}{}", report::count(new.abs_diff(old)))
}
