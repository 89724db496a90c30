//! Arguments of `map`.

use std::path::PathBuf;

use clap::Args;

use crate::train::map::MapConfig;

/// Options of `map`.
#[derive(Debug, Args)]
#[command(after_help = "\
Networks come from the families' own samplers. OUT gets points.bin (what the page draws), map.svg
(the figure), and the weights with the projection that places a network on the map. The same
weights give the same files. How much of the neighbourhoods the map keeps is printed.

Examples:
  gennape map --weights gennape.safetensors --out out/map
  gennape map --weights gennape.safetensors --out out/map --data DIR")]
pub(in crate::cli) struct MapArgs {
    /// The weights that embed networks
    #[arg(long, value_name = "FILE")]
    pub weights: PathBuf,
    /// The folder for what comes out; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Where the weights go that place networks [default: beside the rest, under their name];
    /// manifest.json beside them is brought up to date
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// A folder with records: measured networks of each family are marked in the figure
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Networks of each family among the points
    #[arg(long, value_name = "N", default_value_t = MapConfig::default().points)]
    pub points: usize,
    /// Those of them that t-SNE sees and the projection learns from
    #[arg(long, value_name = "N", default_value_t = MapConfig::default().learned)]
    pub learned: usize,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
}
