//! `gennape evaluate`: held-out figures as a table or JSON.

use std::process::ExitCode;

use super::args::{EvaluateArgs, SplitArg};
use super::progress::Progress;
use super::{report, train, weights};
use crate::model::ensemble::Ensemble;
use crate::train::config::{DataConfig, RunConfig};
use crate::train::data::{DataSet, Featurise};
use crate::train::evaluate::{Row, evaluate};
use crate::train::export;
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
    let config = DataConfig { targets, pretrain: Vec::new(), ..trained.data };
    let featurise = Featurise { set: metadata.config.features, view: metadata.config.view };
    let data = DataSet::load(&args.data, &config, featurise, None, &progress)?;
    let split = match args.split {
        SplitArg::Train => Some(Split::Train),
        SplitArg::Validation => Some(Split::Validation),
        SplitArg::Test => Some(Split::Test),
        SplitArg::All => None,
    };
    let mut rows: Vec<Row> = Vec::new();
    for target in 0..data.targets.len() {
        rows.extend(evaluate(&ensemble, &data, target, split, trained.members)?);
    }
    let text =
        if args.json { serde_json::to_string_pretty(&rows)? } else { report::evaluation(&rows) };
    report::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
