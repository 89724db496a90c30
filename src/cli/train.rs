//! `gennape train`, its stages, and `gennape export`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use super::args::{ExportArgs, TrainArgs};
use super::progress::Progress;
use super::report;
use crate::model::weights::Weights;
use crate::train::config::RunConfig;
use crate::train::export::{self, TrainedMember};
use crate::train::observer::Observer;
use crate::train::run::{Run, Until};
use crate::train::stage::Outcome;
use crate::train::{general, known};

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// Contrastive pre-training.
    Pretrain,
    /// Clusters.
    Cluster,
    /// Heads.
    Fit,
    /// Heads, then export into the run's folder.
    All,
}

/// Trains up to `goal`.
pub(super) fn run(args: &TrainArgs, goal: Goal) -> anyhow::Result<ExitCode> {
    let path = &args.config;
    let text = read(path)?;
    let config = RunConfig::from_toml_with(&text, &args.set)
        .with_context(|| format!("reading {}", path.display()))?;
    let progress = Progress::new()?;
    let run = Run::open(config, &args.data, &args.out, args.resume, &progress)?;
    let n_threads = args.threads.unwrap_or_else(rayon::current_num_threads);
    let until = match goal {
        Goal::Pretrain => Until::Pretrain,
        Goal::Cluster => Until::Cluster,
        Goal::Fit | Goal::All => Until::Fit,
    };
    if run.train(until, n_threads)? == Outcome::Stopped {
        let shown = args.out.display();
        progress.note(&format!(
            "stopped; the last complete epoch is in {shown}. Go on with the same command and --resume"
        ));
        return Ok(ExitCode::from(130));
    }
    if goal == Goal::All {
        let weights =
            export::export(run.config(), run.data(), run.labels(), &members(&run)?, false)?;
        let to = args.out.join("gennape.safetensors");
        write(&run, weights, (&args.data, &to), &progress)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a finished run as one weights file.
pub(super) fn export(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::new()?;
    let run = open_finished(&args.run, &args.data, &progress)?;
    let members = members(&run)?;
    let mut weights =
        export::export(run.config(), run.data(), run.labels(), &members, args.open_test)?;
    if args.other_families {
        known::add(&mut weights)?;
    }
    write(&run, weights, (&args.data, &args.to), &progress)?;
    Ok(ExitCode::SUCCESS)
}

/// The members that weights hold.
fn members(run: &Run<'_>) -> anyhow::Result<Vec<TrainedMember>> {
    Ok(run.members(run.config().members)?)
}

/// A run as its folder describes it.
pub(super) fn open_finished<'a>(
    folder: &Path,
    data: &Path,
    observer: &'a dyn Observer,
) -> anyhow::Result<Run<'a>> {
    let path = folder.join("config.toml");
    let config = RunConfig::from_toml(&read(&path)?)
        .with_context(|| format!("reading {}", path.display()))?;
    Ok(Run::open(config, data, folder, true, observer)?)
}

/// Adds the general targets, writes the file and prints its figures.
fn write(
    run: &Run<'_>,
    mut weights: Weights,
    (data, to): (&Path, &Path),
    observer: &dyn Observer,
) -> anyhow::Result<()> {
    let counted = general::add(&mut weights, run.config(), run.data(), data, observer)?;
    let entry = export::write(&weights, to)?;
    report::print(&format!("{}: {} bytes, sha256 {}", to.display(), entry.bytes, entry.sha256))?;
    for target in &weights.metadata.targets {
        for (split, figures) in [("validation", target.validation), ("test", target.test)] {
            if let Some(figures) = figures {
                report::print(&report::held_out(&target.name, split, &figures))?;
            }
        }
    }
    for general in &weights.metadata.general {
        let split = format!("cross-validated, whole {} held out", general.groups);
        report::print(&report::held_out(&general.name, &split, &general.held_out))?;
    }
    for general in &counted {
        report::print(&report::counted(general))?;
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}
