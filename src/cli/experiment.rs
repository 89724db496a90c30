//! `gennape experiment`: measures the cells of a grid that are missing, prints and draws what was measured.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use xxhash_rust::xxh3::xxh3_64;

use super::args::{ExperimentArgs, ExperimentCommand, GridArgs, PlotArgs, TableArgs};
use super::progress::Progress;
use super::report;
use crate::model::ensemble::Ensemble;
use crate::model::weights::Weights;
use crate::train::atomic::write;
use crate::train::experiment::cell::{Experiment, Finished};
use crate::train::experiment::plan::{Choice, cells};
use crate::train::experiment::store::Store;
use crate::train::experiment::{plot, run, table};
use crate::train::observer::Observer;
use crate::train::stage::Outcome;

/// Runs an experiment, or shows what it gave.
pub(super) fn run(args: &ExperimentArgs) -> anyhow::Result<ExitCode> {
    match &args.what {
        ExperimentCommand::Size(grid) => measure(Experiment::Size, grid),
        ExperimentCommand::Single(grid) => measure(Experiment::Single, grid),
        ExperimentCommand::Transfer(grid) => measure(Experiment::Transfer, grid),
        ExperimentCommand::Ablations(grid) => measure(Experiment::Ablations, grid),
        ExperimentCommand::Table(args) => print(args),
        ExperimentCommand::Plot(args) => draw(args),
    }
}

fn measure(experiment: Experiment, args: &GridArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::new()?;
    let weights = args.weights.as_deref().map(read).transpose()?;
    let choice = Choice {
        families: args.families.clone(),
        methods: args.only.clone(),
        networks: args.networks.clone(),
        seeds: args.seeds,
        source: weights.as_ref().map(|(digest, _)| digest.clone()),
        seen: weights.as_ref().map(|(_, ensemble)| seen(ensemble)).unwrap_or_default(),
    };
    let cells = cells(experiment, &choice, &args.data)?;
    let n_threads = args.threads.unwrap_or_else(rayon::current_num_threads);
    let store = Store::new(&args.out);
    let sources =
        run::Sources { data: &args.data, weights: weights.as_ref().map(|(_, ensemble)| ensemble) };
    if run::run(cells, sources, &store, n_threads, &progress)? == Outcome::Stopped {
        let shown = args.out.display();
        progress
            .note(&format!("stopped; what is measured is in {shown}. The same command goes on"));
        return Ok(ExitCode::from(130));
    }
    Ok(ExitCode::SUCCESS)
}

/// Digest of a weights' file, and what it holds.
fn read(path: &Path) -> anyhow::Result<(String, Ensemble)> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let weights = Weights::from_bytes(&bytes)?;
    Ok((format!("{:016x}", xxh3_64(&bytes)), Ensemble::load(weights)?))
}

/// The targets that weights were trained on.
fn seen(ensemble: &Ensemble) -> Vec<String> {
    ensemble.metadata().targets.iter().map(|target| target.name.clone()).collect()
}

fn draw(args: &PlotArgs) -> anyhow::Result<ExitCode> {
    let experiment = args.table.experiment.into();
    let finished = finished(experiment, &args.table.out)?;
    let drawn = plot::svg(experiment, &finished, args.table.figure.into())?.ok_or_else(|| {
        anyhow::anyhow!("no cell of `{experiment}` is of this program's settings; run it anew")
    })?;
    write(&args.to, drawn.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn print(args: &TableArgs) -> anyhow::Result<ExitCode> {
    let experiment = args.experiment.into();
    let finished = finished(experiment, &args.out)?;
    report::print(table::markdown(experiment, &finished, args.figure.into())?.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// The cells in `folder`, at least one.
fn finished(experiment: Experiment, folder: &Path) -> anyhow::Result<Vec<Finished>> {
    let finished = Store::new(folder).all(experiment)?;
    if finished.is_empty() {
        let shown = folder.display();
        anyhow::bail!(
            "no cell of `{experiment}` is in {shown}; run `gennape experiment {experiment}` first"
        );
    }
    Ok(finished)
}
