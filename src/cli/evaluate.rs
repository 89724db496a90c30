//! `gennape evaluate`: held-out figures as a table or JSON.

use std::process::ExitCode;

use anyhow::Context;

use super::args::{EvaluateArgs, SplitArg};
use super::progress::Progress;
use super::{report, train, weights};
use crate::model::ensemble::Ensemble;
use crate::train::collection;
use crate::train::config::{DataConfig, RunConfig};
use crate::train::data::{DataSet, Featurise};
use crate::train::evaluate::{Row, evaluate};
use crate::train::export;
use crate::train::few_shot::{self, FewShot};
use crate::train::split::Split;

/// Prints one row a scorer for each target.
pub(super) fn run(args: &EvaluateArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::new()?;
    let ensemble = match &args.run {
        None => weights::predictor(args.weights.as_deref())?.ensemble().clone(),
        Some(folder) => {
            let run = train::open_finished(folder, &args.data, &progress)?;
            let members = run.members(run.config().seeds.len())?;
            let weights = export::export(run.config(), run.data(), run.labels(), &members, false)?;
            Ensemble::load(weights)?
        }
    };
    let metadata = ensemble.metadata();
    let trained: RunConfig = serde_json::from_value(metadata.training.clone())?;
    let own = || metadata.targets.iter().map(|target| target.name.clone()).collect();
    let targets = if args.target.is_empty() { own() } else { args.target.clone() };
    let (targets, collections): (Vec<_>, Vec<_>) =
        targets.into_iter().partition(|target| !collection::is_in(&args.data, target));
    let config = DataConfig { targets, pretrain: Vec::new(), ..trained.data };
    let featurise = Featurise { set: metadata.config.features, view: metadata.config.view };
    let mut sets = vec![DataSet::load(&args.data, &config, featurise, None, &progress)?];
    if let Some(n_drawn) = args.adapt {
        anyhow::ensure!(collections.is_empty(), "--adapt draws from families, not {collections:?}");
        return few_shot(args, &ensemble, &sets[0], n_drawn);
    }
    for target in &collections {
        sets.push(collection::data_set(&args.data, target, featurise, &progress)?);
    }
    let split = split_of(args.split);
    let mut rows: Vec<Row> = Vec::new();
    for data in &sets {
        for target in 0..data.targets.len() {
            rows.extend(evaluate(&ensemble, data, target, split, trained.members)?);
        }
    }
    let text =
        if args.json { serde_json::to_string_pretty(&rows)? } else { report::evaluation(&rows) };
    report::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The side that an argument names; `None` for all.
fn split_of(split: SplitArg) -> Option<Split> {
    match split {
        SplitArg::Train => Some(Split::Train),
        SplitArg::Validation => Some(Split::Validation),
        SplitArg::Test => Some(Split::Test),
        SplitArg::All => None,
    }
}

/// Prints how well targets do that were adapted to drawn networks.
fn few_shot(
    args: &EvaluateArgs,
    ensemble: &Ensemble,
    data: &DataSet,
    n_drawn: usize,
) -> anyhow::Result<ExitCode> {
    let split = split_of(args.split).filter(|split| *split != Split::Train);
    let split = split.context("--adapt draws training networks; evaluate on validation or test")?;
    let mut rows: Vec<FewShot> = Vec::new();
    for target in 0..data.targets.len() {
        rows.extend(few_shot::evaluate(ensemble, data, target, split, (n_drawn, args.seeds))?);
    }
    let text =
        if args.json { serde_json::to_string_pretty(&rows)? } else { report::few_shot(&rows) };
    report::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
