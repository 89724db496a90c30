//! GENNAPE's pickled caches: a list of dicts, each a graph with accuracy and configuration.
//!
//! The file is read twice, once to see what its memo must keep, then dict by dict. The configuration is
//! the architecture; where it names none that is known, the graph itself is the record's network.

use std::path::Path;

use super::pickle::{self, Class, Kind, Value};
use super::record::{architecture, data_set};
use super::sink::{Flow, Sink};
use super::{Metered, Record, open};
use crate::error::{Error, ErrorKind, Result};
use crate::family::Architecture;
use crate::format::gennape::{RawGraph, RawNode, convert};
use crate::graph::{ComputeGraph, json};

/// Imports the file at `path`.
pub(super) fn import(path: &Path, wished: Option<&str>, sink: &mut Sink<'_>) -> Result<()> {
    let observer = sink.observer();
    let (file, length) = open(path)?;
    let buffered = |input| std::io::BufReader::with_capacity(1 << 16, input);
    let fetched = pickle::fetched(buffered(Metered::new(file, length, observer)))?;
    observer.end();
    let (file, length) = open(path)?;
    let mut item = 0;
    let mut n_graphs = 0_u64;
    let mut each = |network: Value| {
        let flow = match item < sink.next() {
            true => Flow::On,
            false => sink.take(item, record(item, &network, wished, &mut n_graphs))?,
        };
        item += 1;
        Ok(flow)
    };
    pickle::each_of_list(buffered(Metered::new(file, length, observer)), fetched, &mut each)?;
    if n_graphs > 0 {
        observer.note(&format!(
            "{n_graphs} configurations are of no family known here; their graphs stand for them"
        ));
    }
    Ok(())
}

fn record(item: u64, network: &Value, wished: Option<&str>, n_graphs: &mut u64) -> Result<Record> {
    let accuracy = network.get("acc").and_then(Value::number).ok_or_else(|| {
        let message = "no `acc`: this cache has graphs without labels";
        Error::new(ErrorKind::Record, message)
    })?;
    let id = format!("gennape-cache-{item}");
    let configured = network.get("original config").map(config_architecture);
    let mut record = match configured {
        Some(Ok(architecture)) => {
            let mut record = Record::new(id, architecture.as_ref());
            let measured_on = wished.unwrap_or_else(|| data_set(architecture.as_ref()));
            record.set_accuracy(measured_on, accuracy)?;
            return Ok(record);
        }
        Some(Err(_)) | None => of_graph(id, &graph(network)?),
    };
    *n_graphs += 1;
    record.set_accuracy(wished.unwrap_or("accuracy"), accuracy)?;
    Ok(record)
}

/// The architecture that a configuration spells.
fn config_architecture(config: &Value) -> Result<Box<dyn Architecture>> {
    let text = nb201_text(config).map_or_else(|| config.to_literal(), Ok)?;
    architecture(&text, None)
}

/// Six operations and what each reads, `((0,), (0,), (1,), (0,), (1,), (2, 3))`, as NAS-Bench-201's
/// text: the operations stand in its order.
fn nb201_text(config: &Value) -> Option<String> {
    let [ops, _inputs] = config.items()? else { return None };
    let names: Vec<&str> = ops.items()?.iter().map(Value::text).collect::<Option<_>>()?;
    let [a, b, c, d, e, f] = names[..] else { return None };
    Some(format!("|{a}~0|+|{b}~0|{c}~1|+|{d}~0|{e}~1|{f}~2|"))
}

/// The dict's own graph.
fn graph(network: &Value) -> Result<ComputeGraph> {
    let wrong = |message: &str| Error::new(ErrorKind::Record, message);
    let object = network.get("compute graph").ok_or_else(|| wrong("no `compute graph`"))?;
    match object.kind() {
        Kind::Object { class: Class::ComputeGraph, .. } => (),
        _ => return Err(wrong("its `compute graph` is no ComputeGraph")),
    }
    let raw = raw_graph(object).ok_or_else(|| wrong("its ComputeGraph lacks nodes or edges"))?;
    convert(raw).map(|(graph, _)| graph)
}

fn raw_graph(object: &Value) -> Option<RawGraph> {
    let nodes = |key: &str| -> Option<Vec<RawNode>> {
        object.get(key)?.items()?.iter().map(raw_node).collect()
    };
    let edge = |pair: &Value| match pair.items()? {
        [from, to] => Some((from.whole()?, to.whole()?)),
        _ => None,
    };
    let mut all = nodes("weighted_nodes")?;
    all.extend(nodes("regular_nodes")?);
    Some(RawGraph {
        name: object.get("name").and_then(Value::text).unwrap_or_default().to_owned(),
        image: object.get("input_shape").and_then(numbers).map(|[_, h, w, c]: [u32; 4]| [h, w, c]),
        nodes: all,
        edges: object.get("edge_pairs")?.items()?.iter().map(edge).collect::<Option<_>>()?,
    })
}

fn raw_node(node: &Value) -> Option<RawNode> {
    let inner_two = |[_, h, w, _]: [u32; 4]| [h, w];
    let metadata = node.get("metadata");
    let of_metadata = |key: &str| metadata.and_then(|metadata| metadata.get(key));
    let window = |shape: &Value| match shape.items()? {
        // channels may be divided by 512 here
        [_, _, h, w] => Some([h.whole()?, w.whole()?]),
        _ => None,
    };
    let pool = || of_metadata("ksize").and_then(numbers).map(inner_two);
    let name = node.get("str_id").and_then(Value::text).unwrap_or_default();
    Some(RawNode {
        op_number: node.get("op_type_idx")?.whole()?,
        name: name.split_once('|').map_or(name, |(_, name)| name).to_owned(),
        resolution: numbers(node.get("resolution")?)?,
        kernel: node.get("shape").and_then(window).or_else(pool),
        stride: node.get("strides").and_then(numbers).map(inner_two),
        dilation: of_metadata("dilations").and_then(numbers).map(|all| inner_two(all)[0]),
        bias: of_metadata("use_bias").is_some_and(|bias| matches!(bias.kind(), Kind::Bool(true))),
    })
}

/// A list of exactly `N` whole numbers.
fn numbers<const N: usize>(value: &Value) -> Option<[u32; N]> {
    let numbers: Vec<u32> = value.items()?.iter().map(Value::whole).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// A record whose network is a graph.
fn of_graph(id: String, graph: &ComputeGraph) -> Record {
    Record {
        id,
        family: None,
        arch: serde_json::from_str(&json::to_json(graph)).unwrap_or_default(),
        accuracy: std::collections::BTreeMap::new(),
        params: Some(graph.written_cost().params),
        macs: Some(graph.written_cost().macs),
        label: "measured",
        origin: None,
    }
}
