//! The command line as clap sees it; nothing else knows clap.

mod adapt;
mod experiment;
mod map;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::format::input_size;
use crate::format::onnx::OnnxOptions;

pub(super) use self::adapt::AdaptArgs;
pub(super) use experiment::{ExperimentArgs, ExperimentCommand, GridArgs, PlotArgs, TableArgs};
pub(super) use map::MapArgs;

/// Predicts a neural network's accuracy from its graph (GENNAPE, AAAI 2023).
#[derive(Debug, Parser)]
#[command(name = "gennape", version, about, max_term_width = 100, after_help = EXAMPLES)]
pub(super) struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  gennape predict '|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|'
  gennape predict architectures.jsonl.gz > predictions.jsonl
  gennape inspect cell.json
  gennape train --config configs/default.toml --data DIR --out out/train";

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Predict accuracies of networks
    Predict(PredictArgs),
    /// List what every one-step change of an architecture would do to its accuracy
    Mutate(MutateArgs),
    /// Show a network's graph and what each layer costs
    Inspect(InspectArgs),
    /// Count params and MACs of records again and compare
    Check(CheckArgs),
    /// Train weights from measured networks: all stages, then export
    Train(TrainArgs),
    /// Only the first stage: contrastive pre-training of the encoder
    Pretrain(TrainArgs),
    /// Up to the second stage: fuzzy clusters of the pre-trained embeddings
    Cluster(TrainArgs),
    /// Up to the third stage: encoder and heads end to end
    Fit(TrainArgs),
    /// Held-out figures of weights, beside what parameters and MACs alone would say
    Evaluate(EvaluateArgs),
    /// Learn a target of your own from some measured networks
    Adapt(AdaptArgs),
    /// Compare methods on measured networks: the tables of docs/results.md
    Experiment(ExperimentArgs),
    /// Turn published benchmark files into records that `train` reads
    Import(ImportArgs),
    /// Write a finished run as one weights file
    Export(ExportArgs),
    /// Lay networks of all families out in the plane, and teach weights to place others
    Map(MapArgs),
    /// Print a completion script for your shell
    #[command(after_help = "\
Example:
  gennape completions bash > ~/.local/share/bash-completion/completions/gennape")]
    Completions {
        /// bash, zsh, fish, elvish or powershell
        shell: clap_complete::Shell,
    },
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for people
    Table,
    /// One JSON array of whole predictions
    Json,
    /// One JSON object a line, in the order of the inputs
    Jsonl,
}

/// Options for ONNX files and Keras models.
#[derive(Debug, Clone, Args)]
pub(super) struct OnnxArgs {
    /// The image of ONNX files and Keras models that do not fix it, as in 224 or 192x256 (height x width)
    /// [default: 224, or 32 for at most 100 classes]
    #[arg(long, value_name = "SIZE", value_parser = image_size)]
    pub input_size: Option<[u32; 2]>,
    /// Keep the biases that an exporter made of batch norms
    #[arg(long)]
    pub keep_folded: bool,
}

impl OnnxArgs {
    /// The options as the reader takes them.
    pub(super) fn options(&self) -> OnnxOptions {
        OnnxOptions { input_size: self.input_size, restore_batch_norm: !self.keep_folded }
    }
}

/// A size such as `224` or `192x256`.
fn image_size(text: &str) -> Result<[u32; 2], String> {
    input_size(text).map_err(|error| error.message().to_owned())
}

/// Options of `predict`.
#[derive(Debug, Args)]
#[command(after_help = "\
Each INPUT is an architecture's text, a file that holds one, an ONNX file (weights are not needed),
a .jsonl or .jsonl.gz file with one a line, or - for standard input. A line is a text or a record
{\"id\", \"family\", \"arch\"}, whose arch may be {\"onnx\": \"a file beside it\", \"r\": 224}.

Examples:
  gennape predict '{\"matrix\": [[0,1],[0,0]], \"ops\": [\"input\", \"output\"]}'
  gennape predict --target nb201/imagenet16-120 --format json cell.txt
  gennape predict --input-size 192x256 mobilenet.onnx
  zcat cells.jsonl.gz | gennape predict - | jq .accuracy

The exit code is 1 if any input failed; the others are predicted all the same.")]
pub(super) struct PredictArgs {
    /// Architectures: texts, files, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// What accuracy to predict, as in nb201/cifar100 [default: that of the network's own family]
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// Weights to use, or a target that was adapted from those that the program carries [default: these]
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// A target that was adapted from the weights (several times)
    #[arg(long, value_name = "FILE")]
    pub adapted: Vec<PathBuf>,
    /// How to print [default: table, or jsonl for streams]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Every field in JSON Lines, embedding and memberships too
    #[arg(long)]
    pub full: bool,
    #[command(flatten)]
    pub onnx: OnnxArgs,
}

/// Options of `mutate`.
#[derive(Debug, Args)]
#[command(after_help = "\
INPUT is an architecture's text or a file that holds one. A graph of no known family has no
changes to list: `gennape inspect` shows what each of its layers costs.

Examples:
  gennape mutate '|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|'
  gennape mutate --target nb201/cifar100 --limit 5 cell.txt
  gennape mutate --format json cell.txt | jq '.changes[0].text'")]
pub(super) struct MutateArgs {
    /// An architecture's text, or a file that holds one
    pub input: String,
    /// What accuracy to predict, as in nb201/cifar100 [default: that of the network's own family]
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// Weights to use [default: those that the program carries]
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// How many changes to print, the best first [default: all]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// How to print [default: table]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
}

/// Options of `inspect`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gennape inspect '|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|'
  gennape inspect --json cell.txt | jq .ops
  gennape inspect --csv cell.txt > layers.csv
  gennape inspect --dot cell.txt | dot -Tsvg > cell.svg
  gennape inspect --all networks/

With --all, one line a file: the exit code is 1 if any could not be read.")]
pub(super) struct InspectArgs {
    /// An architecture's text, a file that holds one, an ONNX file, or - for standard input; with --all
    /// a folder
    pub input: String,
    /// Sum up every file in a folder and those below it, one a line
    #[arg(long, conflicts_with_all = ["dot", "graph"])]
    pub all: bool,
    /// The family's variant, as in cifar100 [default: the family's first]
    #[arg(long)]
    pub variant: Option<String>,
    /// Print JSON
    #[arg(long, conflicts_with_all = ["csv", "dot", "graph"])]
    pub json: bool,
    /// Print the layers as comma-separated values
    #[arg(long, conflicts_with_all = ["dot", "graph"])]
    pub csv: bool,
    /// Print the graph in Graphviz's language
    #[arg(long, conflicts_with = "graph")]
    pub dot: bool,
    /// Print the canonical graph in gennape's own JSON form
    #[arg(long)]
    pub graph: bool,
    #[command(flatten)]
    pub onnx: OnnxArgs,
}

/// Options of `check`.
#[derive(Debug, Args)]
#[command(after_help = "\
A record is a line {\"id\", \"family\", \"arch\", \"accuracy\", \"params\", \"macs\"}.

Examples:
  gennape check DIR
  gennape check --json DIR/nb201.jsonl.gz | jq .total

The exit code is 1 if any record differs or can't be read.")]
pub(super) struct CheckArgs {
    /// A folder with records in .jsonl or .jsonl.gz files, or one such file
    #[arg(value_name = "DIR")]
    pub path: PathBuf,
    /// List every record that differs or can't be read, not only the first of each file
    #[arg(long)]
    pub all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Options of `train` and its stages.
#[derive(Debug, Args)]
#[command(after_help = "\
DIR holds one FAMILY.jsonl.gz a family, one record a line:
  {\"id\": \"a-1\", \"family\": \"nb201\", \"arch\": \"|...|\", \"accuracy\": {\"cifar10\": 0.91}}
Ctrl-C ends after the step under way; --resume goes on from the last complete epoch.

Examples:
  gennape train --config configs/default.toml --data DIR --out out/train
  gennape train --config configs/paper.toml --data DIR --out out/8 --set fit.epochs=8")]
pub(super) struct TrainArgs {
    /// The run's configuration
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// The folder with the records
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The run's folder: checkpoints, logs, curves, weights
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Go on with the run in the folder
    #[arg(long)]
    pub resume: bool,
    /// Replace a field of the configuration (several times)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Members that train side by side [default: the number of cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// What `import` reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ImportKind {
    /// nasbench_full.tfrecord or nasbench_only108.tfrecord
    Nasbench101,
    /// The folder NATS-tss-v1_0-3ffb9-simple or NATS-sss-v1_0-50262-simple
    NatsBench,
    /// GENNAPE's *_labelled_cg_data.json
    GennapeJson,
    /// GENNAPE's *_comp_graph_cache.pkl
    GennapeCache,
    /// A table whose first row names its columns
    Csv,
}

/// Options of `import`.
#[derive(Debug, Args)]
#[command(after_help = "\
FILE takes its name once all is imported; until then FILE.part grows beside it. The same command
goes on behind it after Ctrl-C or a crash. Networks that can't become a record are named and left
out.

Examples:
  gennape import nasbench101 nasbench_only108.tfrecord --out records/nb101.jsonl.gz
  gennape import nats-bench NATS-tss-v1_0-3ffb9-simple --out records/nb201.jsonl.gz
  gennape import csv t.csv --accuracy-column top1 --percent --out darts.jsonl.gz")]
pub(super) struct ImportArgs {
    /// What PATH is
    #[arg(value_enum)]
    pub kind: ImportKind,
    /// The published file or folder
    pub path: PathBuf,
    /// The records to write, FAMILY.jsonl.gz
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// csv: the column of the architectures
    #[arg(long, value_name = "NAME", default_value = "arch")]
    pub arch_column: String,
    /// csv: the column of the accuracies
    #[arg(long, value_name = "NAME", default_value = "accuracy")]
    pub accuracy_column: String,
    /// csv: accuracies are percent, not fractions
    #[arg(long)]
    pub percent: bool,
    /// csv: the family of all architectures [default: found out by their text]
    #[arg(long, value_name = "NAME")]
    pub family: Option<String>,
    /// csv, gennape-cache: the data set of the accuracies [default: the family's]
    #[arg(long, value_name = "NAME")]
    pub dataset: Option<String>,
}

/// Options of `export`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  gennape export --run out/train --data DIR --to gennape.safetensors --open-test")]
pub(super) struct ExportArgs {
    /// The folder of a finished run
    #[arg(long, value_name = "DIR")]
    pub run: PathBuf,
    /// The folder with the records
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The weights file to write; manifest.json beside it is brought up to date
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Also measure on the test split: once, at the end
    #[arg(long)]
    pub open_test: bool,
    /// Also tell where networks of other families stand, for weights of one family
    #[arg(long)]
    pub other_families: bool,
}

/// Which networks are evaluated on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SplitArg {
    /// Learned from
    Train,
    /// Choices are made on it
    Validation,
    /// Reported on
    Test,
    /// All of them: for families that were not trained on
    All,
}

/// Options of `evaluate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gennape evaluate --data DIR
  gennape evaluate --weights transfer.safetensors --target nb201/cifar10 --data DIR
  gennape evaluate --target mnasnet/imagenet --data DIR --adapt 50")]
pub(super) struct EvaluateArgs {
    /// Weights to use [default: those that the program carries]
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    pub weights: Option<PathBuf>,
    /// A finished run instead: all its seeds, not only the exported members
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// The folder with the records
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Targets to evaluate on, also of families that were not trained on, or of a collection of ONNX
    /// files beside the records (timm/imagenet) [default: the weights']
    #[arg(long, value_name = "TARGET")]
    pub target: Vec<String>,
    /// Which networks
    #[arg(long, value_enum, default_value_t = SplitArg::Validation)]
    pub split: SplitArg,
    /// Instead: adapt to N training networks drawn with each of --seeds seeds, and evaluate on others
    #[arg(long, value_name = "N", conflicts_with = "run")]
    pub adapt: Option<usize>,
    /// Draws for --adapt
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub seeds: u64,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The process's arguments; ends the process with a message where they are wrong.
pub(super) fn parse() -> Command {
    Cli::parse().command
}

/// Prints a completion script.
pub(super) fn print_completions(shell: clap_complete::Shell) -> anyhow::Result<ExitCode> {
    clap_complete::generate(shell, &mut Cli::command(), "gennape", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}
