//! Arguments of `adapt`.

use std::path::PathBuf;

use clap::Args;

/// Options of `adapt`.
#[derive(Debug, Args)]
#[command(after_help = "\
RECORDS holds at least 8 measured networks of one space, one a line:
  {\"id\": \"a-1\", \"arch\": \"|...|\", \"accuracy\": {\"cifar10\": 0.91}}
Accuracies are fractions, or all percent; arch may be {\"onnx\": \"a file beside it\", \"r\": 224}.
For a table: gennape import csv table.csv --out few.jsonl.gz

The figures are of cross-validation: each network is predicted from others.

Examples:
  gennape adapt --records few.jsonl --out mine.safetensors
  gennape predict --weights mine.safetensors others.jsonl")]
pub(in crate::cli) struct AdaptArgs {
    /// The measured networks, .jsonl or .jsonl.gz
    #[arg(long, value_name = "RECORDS")]
    pub records: PathBuf,
    /// The adapted target's file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Weights to stand on [default: those that the program carries]
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// The data set to learn, where records have several [default: the family's first]
    #[arg(long, value_name = "NAME")]
    pub dataset: Option<String>,
    /// A date to write into the file
    #[arg(long, value_name = "DATE")]
    pub date: Option<String>,
    /// Print JSON, with each network's measured and predicted accuracy
    #[arg(long)]
    pub json: bool,
}
