//! `gennape inspect`: a network's summary and what each layer costs; of a folder, a line a file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::InspectArgs;
use super::input::{Input, Stream};
use super::report;
use crate::family;
use crate::format::lines::Lines;
use crate::format::listed::Listed;
use crate::format::{self, Parsed};
use crate::graph::{ComputeGraph, json};
use crate::inspect::csv::to_csv;
use crate::inspect::dot::to_dot;
use crate::inspect::{Inspection, Layer};

/// Columns of the bar that shows a layer's share of the multiply-adds.
const BAR: usize = 12;
/// Bytes of an activation: f32.
const BYTES: u64 = 4;

/// Prints the summary, or another form of it.
pub(super) fn run(args: &InspectArgs) -> anyhow::Result<ExitCode> {
    if args.all {
        return inspect_all(Path::new(&args.input), args);
    }
    let (parsed, graph) = read(&args.input, args)?;
    let inspection = || Inspection::of(&parsed, &graph);
    let text = match () {
        () if args.graph => json::to_json(&graph),
        () if args.dot => to_dot(&graph).trim_end().to_owned(),
        () if args.csv => to_csv(&inspection()).trim_end().to_owned(),
        () if args.json => serde_json::to_string_pretty(&inspection())?,
        () => to_table(&inspection()),
    };
    report::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The network that an argument names, and its graph.
fn read(input: &str, args: &InspectArgs) -> anyhow::Result<(Parsed, ComputeGraph)> {
    let parsed = match Input::open(input, 1, &args.onnx.options())? {
        Input::Text { text, .. } => format::parse_sized(text.trim(), args.onnx.input_size)?,
        Input::Network(line) => line.network?,
        Input::Stream(Stream { reader, files }) => {
            let first = Lines::new(reader).next().transpose()?;
            let (number, line) = first.unwrap_or_default();
            Listed::read(&line, number, |file| files.read(file)).network?
        }
    };
    let graph = match (&parsed, args.variant.as_deref()) {
        (Parsed::Architecture(architecture), Some(name)) => {
            architecture.build(family::variant(architecture.family(), name)?)?
        }
        (Parsed::Architecture(architecture), None) => {
            architecture.build(architecture.variants()[0])?
        }
        (Parsed::Graph { graph, .. }, _) => graph.clone(),
    };
    Ok((parsed, graph))
}

/// One line for each file in a folder; the exit code is 1 if any could not be read.
fn inspect_all(folder: &Path, args: &InspectArgs) -> anyhow::Result<ExitCode> {
    let mut files = Vec::new();
    collect_files(folder, &mut files)?;
    anyhow::ensure!(!files.is_empty(), "there is no file in {}", folder.display());
    files.sort();
    let mut n_failed = 0;
    if args.csv {
        report::print("file,params,macs,flops,peak_activations,nodes,edges,depth,error")?;
    }
    for path in &files {
        let shown = path.strip_prefix(folder).unwrap_or(path).display().to_string();
        let result = read(&path.display().to_string(), args);
        n_failed += usize::from(result.is_err());
        report::print(&line(&shown, &result, args)?)?;
    }
    Ok(if n_failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).map_err(|error| {
        anyhow::anyhow!("can't list {}: {error}; --all takes a folder", folder.display())
    })?;
    for entry in entries {
        let entry = entry?;
        // links are not followed, so a folder can't hold itself
        match entry.file_type()? {
            kind if kind.is_dir() => collect_files(&entry.path(), files)?,
            kind if kind.is_file() => files.push(entry.path()),
            _ => (),
        }
    }
    Ok(())
}

/// A file's line in the form that is asked for.
fn line(
    file: &str,
    result: &anyhow::Result<(Parsed, ComputeGraph)>,
    args: &InspectArgs,
) -> anyhow::Result<String> {
    let inspection = match result {
        Ok((parsed, graph)) => Inspection { layers: Vec::new(), ..Inspection::of(parsed, graph) },
        Err(error) => {
            let message = format!("{error:#}");
            return Ok(match () {
                () if args.json => {
                    serde_json::json!({ "file": file, "error": message }).to_string()
                }
                () if args.csv => format!("{file},,,,,,,,\"{}\"", message.replace('"', "\"\"")),
                () => format!("{file}: {message}"),
            });
        }
    };
    let Inspection { params, macs, flops, peak_activations, nodes, edges, depth, .. } = inspection;
    Ok(match () {
        () if args.json => {
            let mut value = serde_json::to_value(&inspection)?;
            if let Some(object) = value.as_object_mut() {
                object.shift_remove("layers");
                object.shift_remove("groups");
                object.shift_insert(0, "file".to_owned(), file.into());
            }
            value.to_string()
        }
        () if args.csv => {
            format!("{file},{params},{macs},{flops},{peak_activations},{nodes},{edges},{depth},")
        }
        () => format!("{file}: {}", summary(&inspection)),
    })
}

/// Sizes and costs in one line.
fn summary(inspection: &Inspection) -> String {
    let [h, w, c] = inspection.input;
    format!(
        "input {h}x{w}x{c}, {} params, {} MACs, {} FLOPs, peak activations {:.2} MB, {} nodes, \
         {} edges, depth {}",
        report::count(inspection.params),
        report::count(inspection.macs),
        report::count(inspection.flops),
        inspection.peak_activations.saturating_mul(BYTES) as f64 / 1e6,
        inspection.nodes,
        inspection.edges,
        inspection.depth,
    )
}

fn to_table(inspection: &Inspection) -> String {
    let header = ["layer", "op", "output", "kernel", "params", "MACs", "share", ""];
    let mut table = report::table(&header, 2);
    let widest = inspection.layers.iter().map(|layer| layer.share).fold(0.0, f64::max);
    for layer in &inspection.layers {
        table.add_row(row(layer, widest));
    }
    let of_family = inspection.family.map_or(String::new(), |family| format!(" ({family})"));
    let mut text = format!("{}{of_family}\n{}\n", inspection.name, summary(inspection));
    for note in &inspection.notes {
        text += &format!("note: {}\n", note.message);
    }
    text + "\n" + &table.to_string()
}

/// A layer's cells; the bar of the costliest layer is full.
fn row(layer: &Layer, widest: f64) -> [String; 8] {
    let [h, w, c] = layer.output;
    let kernel = match layer.kernel {
        [0, 0] => String::new(),
        [kh, kw] if layer.stride == [1, 1] => format!("{kh}x{kw}"),
        [kh, kw] => format!("{kh}x{kw}/{}", layer.stride[0]),
    };
    let filled = if widest > 0.0 { (layer.share / widest * BAR as f64).round() } else { 0.0 };
    [
        layer.name.clone(),
        layer.op.to_owned(),
        format!("{h}x{w}x{c}"),
        kernel,
        report::count(layer.params),
        report::count(layer.macs),
        format!("{:.1} %", 100.0 * layer.share),
        format!("{:BAR$}", "#".repeat(filled as usize)),
    ]
}
