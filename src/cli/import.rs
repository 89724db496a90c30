//! `gennape import`: published files in, records out.

use std::process::ExitCode;

use super::args::{ImportArgs, ImportKind};
use super::progress::Progress;
use super::report;
use crate::import::{self, Columns, Kind};
use crate::train::observer::Observer;

/// Imports what the options say.
pub(super) fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let kind = match args.kind {
        ImportKind::Nasbench101 => Kind::NasBench101,
        ImportKind::NatsBench => Kind::NatsBench,
        ImportKind::GennapeJson => Kind::GennapeJson,
        ImportKind::GennapeCache => Kind::GennapeCache(args.dataset.clone()),
        ImportKind::Csv => Kind::Csv(Columns {
            arch: args.arch_column.clone(),
            accuracy: args.accuracy_column.clone(),
            percent: args.percent,
            family: args.family.clone(),
            data_set: args.dataset.clone(),
        }),
    };
    let progress = Progress::new()?;
    let outcome = import::run(&kind, &args.path, &args.out, &progress)?;
    if outcome.stopped {
        progress.note(&format!(
            "stopped behind {} records; go on with the same command",
            outcome.n_written
        ));
        return Ok(ExitCode::from(130));
    }
    let records = report::count(outcome.n_written);
    let skipped = match outcome.n_skipped {
        0 => String::new(),
        n => format!(", {} skipped", report::count(n)),
    };
    report::print(&format!("{}: {records} records{skipped}", args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}
