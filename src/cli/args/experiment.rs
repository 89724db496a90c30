//! Arguments of `experiment`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::train::experiment::cell::{Experiment, Networks};
use crate::train::experiment::table::Figure;

/// Options of `experiment`.
#[derive(Debug, Args)]
#[command(after_help = "\
Each cell (target, method, number of training networks, seed) is one file in RUNS, written when it is
measured: the same command goes on behind Ctrl-C, and with more seeds or methods it measures only
what is missing. Two processes can share RUNS.

Examples:
  gennape experiment size --data DIR --out RUNS
  gennape experiment single --data DIR --out RUNS --families nb201 --networks 100,400
  gennape experiment transfer --data DIR --out RUNS --weights transfer.safetensors
  gennape experiment ablations --data DIR --out RUNS --only default --only one-head
  gennape experiment table single --out RUNS --figure kendall
  gennape experiment plot single --out RUNS --to single.svg")]
pub(in crate::cli) struct ExperimentArgs {
    #[command(subcommand)]
    pub what: ExperimentCommand,
}

/// Which experiment, or its table.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ExperimentCommand {
    /// What params and MACs alone say of each family, over all its networks
    Size(GridArgs),
    /// Each family alone: learned from its training networks, judged on its test networks
    Single(GridArgs),
    /// Weights that never saw a family, and what a few of its networks give
    Transfer(GridArgs),
    /// Our method with one part changed at a time
    Ablations(GridArgs),
    /// Print what was measured as Markdown
    Table(TableArgs),
    /// Draw what was measured over the number of training networks, as SVG
    Plot(PlotArgs),
}

/// Options of a grid.
#[derive(Debug, Args)]
pub(in crate::cli) struct GridArgs {
    /// The folder with the records
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The folder of finished cells
    #[arg(long, value_name = "RUNS")]
    pub out: PathBuf,
    /// Only this method (several times) [default: all of the experiment]
    #[arg(long, value_name = "METHOD")]
    pub only: Vec<String>,
    /// Families or targets [default: all measured ones with records in DIR]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub families: Vec<String>,
    /// Numbers of training networks, as in 100,400,all [default: the experiment's]
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = networks)]
    pub networks: Vec<Networks>,
    /// Seeds 1 to N [default: 5, or 3 for ablations]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1000))]
    pub seeds: Option<u64>,
    /// transfer: weights that were trained on other families
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Cells measured side by side [default: the number of cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// Options of `experiment table`.
#[derive(Debug, Args)]
pub(in crate::cli) struct TableArgs {
    /// Which experiment
    #[arg(value_enum)]
    pub experiment: ExperimentName,
    /// The folder of finished cells
    #[arg(long, value_name = "RUNS")]
    pub out: PathBuf,
    /// Which figure
    #[arg(long, value_enum, default_value_t = FigureName::Spearman)]
    pub figure: FigureName,
}

/// Options of `experiment plot`.
#[derive(Debug, Args)]
pub(in crate::cli) struct PlotArgs {
    #[command(flatten)]
    pub table: TableArgs,
    /// Where to write the SVG
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

/// Experiments by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExperimentName {
    /// Params and MACs alone
    Size,
    /// Each family alone
    Single,
    /// Families that the weights never saw
    Transfer,
    /// One part changed at a time
    Ablations,
}

/// Figures by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FigureName {
    /// One entry a canonical graph
    Spearman,
    /// One entry a record
    SpearmanOfRecords,
    /// Kendall's tau-b
    Kendall,
    /// NDCG@10
    Ndcg10,
    /// Mean absolute error in points
    Mae,
    /// Of learning and scoring
    Seconds,
}

impl From<ExperimentName> for Experiment {
    fn from(name: ExperimentName) -> Self {
        match name {
            ExperimentName::Size => Self::Size,
            ExperimentName::Single => Self::Single,
            ExperimentName::Transfer => Self::Transfer,
            ExperimentName::Ablations => Self::Ablations,
        }
    }
}

impl From<FigureName> for Figure {
    fn from(name: FigureName) -> Self {
        match name {
            FigureName::Spearman => Self::Spearman,
            FigureName::SpearmanOfRecords => Self::SpearmanOfRecords,
            FigureName::Kendall => Self::Kendall,
            FigureName::Ndcg10 => Self::Ndcg10,
            FigureName::Mae => Self::Mae,
            FigureName::Seconds => Self::Seconds,
        }
    }
}

/// A number from 2 on, or `all`.
fn networks(text: &str) -> Result<Networks, String> {
    if text == "all" {
        return Ok(Networks::All);
    }
    match text.parse() {
        Ok(count) if count >= 2 => Ok(Networks::Some(count)),
        _ => Err("expected a number from 2 on, or all".to_owned()),
    }
}
