//! `gennape map`: all families in the plane, and weights that place others there.

use std::process::ExitCode;

use anyhow::Context;

use super::args::MapArgs;
use super::progress::Progress;
use super::report;
use crate::model::weights::Weights;
use crate::predict::Predictor;
use crate::train::map::figure::{self, Group};
use crate::train::map::preservation::{NEIGHBOURS, Row};
use crate::train::map::{Map, MapConfig, make, measured, points};
use crate::train::{atomic, export};

/// The figure's title.
const TITLE: &str = "Networks of every family, by what the encoder sees (t-SNE)";

/// Makes the map, writes its files and prints how much of the neighbourhoods it keeps.
pub(super) fn run(args: &MapArgs) -> anyhow::Result<ExitCode> {
    let reading = || format!("reading {}", args.weights.display());
    let bytes = std::fs::read(&args.weights).with_context(reading)?;
    let weights = Weights::from_bytes(&bytes).with_context(reading)?;
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("making the folder {}", args.out.display()))?;
    let config = MapConfig { points: args.points, learned: args.learned, ..MapConfig::default() };
    let map = make(&weights, &config, &Progress::new()?)?;
    write(&map, args)?;
    let text = match args.json {
        true => serde_json::to_string_pretty(&map.rows)?,
        false => table(&map.rows),
    };
    report::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn write(map: &Map, args: &MapArgs) -> anyhow::Result<()> {
    let name = args.weights.file_name().context("the weights have no name")?;
    let to = args.to.clone().unwrap_or_else(|| args.out.join(name));
    let entry = export::write(&map.weights, &to)?;
    report::remark(&[format!("{}: {} bytes, sha256 {}", to.display(), entry.bytes, entry.sha256)]);
    let clusters = map.weights.metadata.config.fcm.clusters;
    atomic::write(&args.out.join("points.bin"), &points::to_bytes(&map.families, clusters)?)?;
    let mut groups: Vec<Group> = map
        .families
        .iter()
        .map(|family| Group {
            title: family.family.title().to_owned(),
            points: family.learned.clone(),
            measured: Vec::new(),
        })
        .collect();
    if let Some(folder) = &args.data {
        let predictor = Predictor::load(&map.weights.to_bytes()?)?;
        for (group, points) in groups.iter_mut().zip(measured::places(&predictor, folder)?) {
            group.measured = points;
        }
    }
    atomic::write(&args.out.join("map.svg"), figure::svg(TITLE, &groups).as_bytes())?;
    Ok(())
}

fn table(rows: &[Row]) -> String {
    let [few, many] = NEIGHBOURS;
    let of = |what: &str, k: usize| format!("{what} {k}");
    let header = [
        "plane".to_owned(),
        "networks".to_owned(),
        of("trustworthiness", few),
        of("", many),
        of("continuity", few),
        of("", many),
        of("same family", few),
        of("", many),
        of("in the embedding", few),
        of("", many),
    ];
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = report::table(&header, 1);
    for row in rows {
        let mut cells = vec![row.name.clone(), row.networks.to_string()];
        let known = row.trustworthiness.iter().chain(&row.continuity);
        cells.extend(known.map(|figure| figure.map_or("-".into(), |x| format!("{x:.4}"))));
        cells.extend(row.purity.iter().chain(&row.embedding_purity).map(|x| format!("{x:.4}")));
        table.add_row(cells);
    }
    table.to_string()
}
