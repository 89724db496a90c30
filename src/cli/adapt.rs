//! `gennape adapt`: from some measured networks to a target of their own.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde::Serialize;

use super::args::AdaptArgs;
use super::input::Files;
use super::progress::Progress;
use super::{report, weights};
use crate::adapt::adapter::Adaptation;
use crate::adapt::file::Origin;
use crate::adapt::held_out::{Comparison, Figures, Point};
use crate::adapt::measured::{Measured, MeasuredSet};
use crate::error::Result;
use crate::format::lines::Lines;
use crate::format::onnx::OnnxOptions;
use crate::predict::Predictor;
use crate::train::atomic;
use crate::train::data::open;
use crate::train::observer::Observer;
use crate::train::origin::commit;

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    target: &'a str,
    bytes: usize,
    #[serde(flatten)]
    comparison: Comparison,
    points: &'a [Point],
}

/// Adapts, writes the target's file and prints its cross-validated figures.
pub(super) fn run(args: &AdaptArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::new()?;
    let predictor = weights::predictor(args.weights.as_deref())?;
    let set = read(&args.records, args.dataset.as_deref(), &predictor)?;
    let origin = Origin {
        weights: predictor.digest().to_owned(),
        records: String::new(),
        commit: commit(),
        date: args.date.clone().unwrap_or_default(),
    };
    let Some(Adaptation { adapted, points }) = adapt(&predictor, set, origin, &progress)? else {
        progress.note("stopped; nothing was written");
        return Ok(ExitCode::from(130));
    };
    let bytes = adapted.to_bytes()?;
    atomic::write(&args.out, &bytes)?;
    let comparison = adapted.comparison;
    if args.json {
        let report =
            Report { target: adapted.name(), bytes: bytes.len(), comparison, points: &points };
        report::print(&serde_json::to_string_pretty(&report)?)?;
    } else {
        report::print(&table(&comparison))?;
        let (name, out) = (adapted.name(), args.out.display());
        report::print(&format!("{out}: target {name}, {} bytes", bytes.len()))?;
        let better = comparison.better_alone().map(|what| {
            format!(
                "note: by {what} these networks are ordered as well or better; use that instead"
            )
        });
        report::remark(better.as_slice());
    }
    Ok(ExitCode::SUCCESS)
}

/// The measured networks in a file of records.
fn read(path: &Path, data_set: Option<&str>, predictor: &Predictor) -> anyhow::Result<MeasuredSet> {
    let config = &predictor.ensemble().metadata().config;
    let files = Files::beside(path, &OnnxOptions::default());
    let read = |line: Result<(u32, String)>| {
        let (number, line) = line?;
        Measured::read(&line, number, data_set, config, |entry| {
            entry.network_from(|file| files.read(file))
        })
    };
    let networks = Lines::new(open(path)?).map(read).collect::<Result<Vec<_>>>();
    let set = networks.and_then(MeasuredSet::new);
    set.with_context(|| format!("reading {}", path.display()))
}

/// All steps; `None` where the observer wished to stop.
fn adapt(
    predictor: &Predictor,
    set: MeasuredSet,
    origin: Origin,
    observer: &dyn Observer,
) -> Result<Option<Adaptation>> {
    let mut adapter = predictor.adapter(set);
    observer.begin("adaptation", adapter.progress().total);
    while adapter.progress().done < adapter.progress().total {
        if observer.should_stop() {
            return Ok(None);
        }
        adapter.step(predictor.ensemble())?;
        observer.advance();
    }
    observer.end();
    adapter.finish(predictor.ensemble(), origin).map(Some)
}

fn table(comparison: &Comparison) -> String {
    let Comparison { networks, adapted, unadapted, log_params, log_macs } = comparison;
    let title = format!("{networks} networks, cross-validated");
    let mut table = report::table(&[&title, "Spearman", "MAE", "coverage"], 1);
    let rows: [(&str, &Figures); 4] = [
        ("adapted", adapted),
        ("unadapted", unadapted),
        ("log params", log_params),
        ("log MACs", log_macs),
    ];
    for (name, Figures { spearman, mae, coverage }) in rows {
        table.add_row([
            name.to_owned(),
            report::figure(*spearman),
            report::points(*mae),
            coverage.map_or(String::new(), |share| format!("{:.1} %", 100.0 * share)),
        ]);
    }
    table.to_string()
}
