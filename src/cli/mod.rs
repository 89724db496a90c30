//! The native program: arguments in, one subcommand a file, tables and JSON out.
//!
//! Only `args` and its parts know clap. Subcommands take resolved options and print to standard output; notes,
//! progress and errors go to standard error.

mod adapt;
mod args;
mod check;
mod evaluate;
mod experiment;
mod import;
mod input;
mod inspect;
mod map;
mod mutate;
mod predict;
mod progress;
mod report;
mod train;
mod weights;

use std::process::ExitCode;

/// Parses the process's arguments and runs what they say.
///
/// # Errors
/// Whatever the subcommand could not do, with its context.
pub fn run() -> anyhow::Result<ExitCode> {
    match args::parse() {
        args::Command::Predict(options) => predict::run(&options),
        args::Command::Mutate(options) => mutate::run(&options),
        args::Command::Inspect(options) => inspect::run(&options),
        args::Command::Check(options) => check::run(&options),
        args::Command::Train(options) => train::run(&options, train::Goal::All),
        args::Command::Pretrain(options) => train::run(&options, train::Goal::Pretrain),
        args::Command::Cluster(options) => train::run(&options, train::Goal::Cluster),
        args::Command::Fit(options) => train::run(&options, train::Goal::Fit),
        args::Command::Evaluate(options) => evaluate::run(&options),
        args::Command::Adapt(options) => adapt::run(&options),
        args::Command::Experiment(options) => experiment::run(&options),
        args::Command::Import(options) => import::run(&options),
        args::Command::Export(options) => train::export(&options),
        args::Command::Map(options) => map::run(&options),
        args::Command::Completions { shell } => args::print_completions(shell),
    }
}
