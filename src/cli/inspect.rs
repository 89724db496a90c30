//! `gennape inspect`: a network's summary and what each layer costs.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde::Serialize;

use super::args::InspectArgs;
use super::input::{Input, read_line};
use super::report;
use crate::family;
use crate::format::lines::Lines;
use crate::format::{self, Parsed};
use crate::graph::{ComputeGraph, Node, Shape, json};
use crate::note::Note;

/// Columns of the bar that shows a layer's share of the multiply-adds.
const BAR: usize = 12;

/// What is shown of a network.
#[derive(Serialize)]
struct Inspection {
    name: String,
    family: Option<&'static str>,
    input: [u32; 3],
    params: u64,
    macs: u64,
    graph_params: u64,
    graph_macs: u64,
    nodes: usize,
    edges: usize,
    depth: usize,
    ops: BTreeMap<&'static str, usize>,
    notes: Vec<Note>,
    layers: Vec<Layer>,
}

/// One node of the canonical graph.
#[derive(Serialize)]
struct Layer {
    name: String,
    op: &'static str,
    input: [u32; 3],
    output: [u32; 3],
    kernel: [u32; 2],
    stride: [u32; 2],
    groups: u32,
    params: u64,
    macs: u64,
    share: f64,
}

/// Prints the summary, or JSON.
pub(super) fn run(args: &InspectArgs) -> anyhow::Result<ExitCode> {
    let parsed = match Input::open(&args.input, 1)? {
        Input::Text { text, .. } => format::parse(text.trim())?,
        Input::Stream(reader) => {
            let first = Lines::new(reader).next().transpose()?;
            let (number, line) = first.unwrap_or_default();
            read_line(&line, number).network?
        }
    };
    let graph = build(&parsed, args.variant.as_deref())?;
    if args.graph {
        report::print(&json::to_json(&graph))?;
        return Ok(ExitCode::SUCCESS);
    }
    let inspection = Inspection::of(&parsed, &graph);
    let text =
        if args.json { serde_json::to_string_pretty(&inspection)? } else { inspection.to_table() };
    report::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn build(parsed: &Parsed, variant: Option<&str>) -> crate::Result<ComputeGraph> {
    match (parsed, variant) {
        (Parsed::Architecture(architecture), Some(name)) => {
            architecture.build(family::variant(architecture.family(), name)?)
        }
        (Parsed::Architecture(architecture), None) => {
            architecture.build(architecture.variants()[0])
        }
        (Parsed::Graph { graph, .. }, _) => Ok(graph.clone()),
    }
}

fn sides(shape: Shape) -> [u32; 3] {
    [shape.h, shape.w, shape.c]
}

impl Inspection {
    fn of(parsed: &Parsed, graph: &ComputeGraph) -> Self {
        let family = match parsed {
            Parsed::Architecture(architecture) => Some(architecture.family().name()),
            Parsed::Graph { .. } => None,
        };
        let mut ops = BTreeMap::new();
        for node in graph.nodes() {
            *ops.entry(node.op.name()).or_insert(0) += 1;
        }
        let total = graph.cost().macs.max(1) as f64;
        let layer = |(idx, node): (usize, &Node)| Layer {
            name: if node.name.is_empty() {
                format!("{}_{idx}", node.op.name())
            } else {
                node.name.clone()
            },
            op: node.op.name(),
            input: sides(node.input),
            output: sides(node.output),
            kernel: node.kernel,
            stride: node.stride,
            groups: node.groups,
            params: node.params,
            macs: node.macs,
            share: node.macs as f64 / total,
        };
        Self {
            name: graph.name().to_owned(),
            family,
            input: sides(graph.input_shape()),
            params: graph.written_cost().params,
            macs: graph.written_cost().macs,
            graph_params: graph.cost().params,
            graph_macs: graph.cost().macs,
            nodes: graph.n_nodes(),
            edges: graph.n_edges(),
            depth: graph.depth(),
            ops,
            notes: parsed.notes(),
            layers: graph.nodes().enumerate().map(layer).collect(),
        }
    }

    fn to_table(&self) -> String {
        let header = ["layer", "output", "kernel", "params", "MACs", "share", ""];
        let mut table = report::table(&header, 1);
        for layer in &self.layers {
            let [h, w, c] = layer.output;
            let kernel = match layer.kernel {
                [0, 0] => String::new(),
                [kh, kw] if layer.stride == [1, 1] => format!("{kh}x{kw}"),
                [kh, kw] => format!("{kh}x{kw}/{}", layer.stride[0]),
            };
            let filled = (layer.share * BAR as f64).round() as usize;
            table.add_row([
                layer.name.clone(),
                format!("{h}x{w}x{c}"),
                kernel,
                report::count(layer.params),
                report::count(layer.macs),
                format!("{:.1} %", 100.0 * layer.share),
                format!("{:BAR$}", "#".repeat(filled.min(BAR))),
            ]);
        }
        let [h, w, c] = self.input;
        let of_family = self.family.map_or(String::new(), |family| format!(" ({family})"));
        let mut text = format!(
            "{}{of_family}\ninput {h}x{w}x{c}, {} params, {} MACs, {} FLOPs, {} nodes, {} edges, \
             depth {}\n",
            self.name,
            report::count(self.params),
            report::count(self.macs),
            report::count(self.macs.saturating_mul(2)),
            self.nodes,
            self.edges,
            self.depth,
        );
        for note in &self.notes {
            text += &format!("note: {}\n", note.message);
        }
        text + "\n" + &table.to_string()
    }
}
