//! Configurations of NAS-Bench-301: a dict with an entry for each edge that a cell has.
//!
//! `...:edge_normal_3: "sep_conv_3x3"` is the operation on edge 3 of all that a cell could have, and
//! `...:inputs_node_normal_4: "0_2"` are the two states that node 4 reads. Node 2 reads both
//! inputs. The configuration may stand in the benchmark's file of a training run; what it says of
//! training is left out.

use std::ops::RangeInclusive;

use crate::error::Result;
use crate::family::genotype::{self, Cell, EdgeOp, Genotype, Term};
use crate::family::literal::{Kind, Literal, Value};

use super::NETWORK;

/// In front of each key.
const PREFIX: &str = "NetworkSelectorDatasetInfo:darts:";
/// Where a file of a training run has the configuration; the benchmark spells it like the first.
const CONFIGURATIONS: [&str; 2] =
    ["optimized_hyperparamater_config", "optimized_hyperparameter_config"];
/// Nodes by their states.
const NODES: RangeInclusive<usize> = 2..=5;

/// The second genotype that DARTS found, as it is printed.
pub(super) const EXAMPLE: &str = concat!(
    r#"{"NetworkSelectorDatasetInfo:darts:edge_normal_0":"sep_conv_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_normal_1":"sep_conv_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_normal_2":"sep_conv_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_normal_3":"sep_conv_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_normal_5":"skip_connect","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_normal_6":"sep_conv_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_normal_9":"skip_connect","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_normal_11":"dil_conv_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:inputs_node_normal_3":"0_1","#,
    r#""NetworkSelectorDatasetInfo:darts:inputs_node_normal_4":"0_1","#,
    r#""NetworkSelectorDatasetInfo:darts:inputs_node_normal_5":"0_2","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_reduce_0":"max_pool_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_reduce_1":"max_pool_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_reduce_3":"max_pool_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_reduce_4":"skip_connect","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_reduce_5":"max_pool_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_reduce_7":"skip_connect","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_reduce_10":"max_pool_3x3","#,
    r#""NetworkSelectorDatasetInfo:darts:edge_reduce_11":"skip_connect","#,
    r#""NetworkSelectorDatasetInfo:darts:inputs_node_reduce_3":"1_2","#,
    r#""NetworkSelectorDatasetInfo:darts:inputs_node_reduce_4":"0_2","#,
    r#""NetworkSelectorDatasetInfo:darts:inputs_node_reduce_5":"1_2"}"#,
);

/// Whether `text` looks like a configuration, well-formed or not.
pub(super) fn recognises(text: &str) -> bool {
    ["edge_normal_", "edge_reduce_", "inputs_node_normal_", "inputs_node_reduce_"]
        .iter()
        .any(|key| text.contains(key))
}

/// The configuration with the entries that make the cells.
pub(super) fn print(genotype: &Genotype) -> String {
    let mut entries = Vec::new();
    for (name, cell) in [("normal", &genotype.normal), ("reduce", &genotype.reduce)] {
        for (terms, node) in cell.nodes.iter().zip(NODES) {
            for term in terms {
                let edge = first_edge(node) + term.source;
                entries.push(format!(r#""{PREFIX}edge_{name}_{edge}":"{}""#, term.op.name()));
            }
        }
        for ([first, second], node) in cell.nodes.iter().zip(NODES).skip(1) {
            let key = format!("{PREFIX}inputs_node_{name}_{node}");
            entries.push(format!(r#""{key}":"{}_{}""#, first.source, second.source));
        }
    }
    format!("{{{}}}", entries.join(","))
}

/// The genotype of the configuration in `literal`.
pub(super) fn read(literal: &Literal<'_>) -> Result<Genotype> {
    let root = &literal.root;
    let value = root.entry(&CONFIGURATIONS).unwrap_or(root);
    let Kind::Dict(entries) = &value.kind else {
        let found = value.describe();
        let message =
            format!("expected a configuration {{\"{PREFIX}edge_normal_0\": ...}}, found {found}");
        return Err(literal.invalid(value.span.start, message));
    };
    let configuration = Configuration { literal, entries, start: value.span.start };
    configuration.check_size("init_channels", i64::from(NETWORK.channels))?;
    configuration.check_size("layers", NETWORK.n_cells as i64)?;
    Ok(Genotype { normal: configuration.cell("normal")?, reduce: configuration.cell("reduce")? })
}

/// The number of the edge from state 0 to `node`: the nodes before it have an edge from each state
/// before them.
fn first_edge(node: usize) -> usize {
    (2..node).sum()
}

struct Configuration<'a> {
    literal: &'a Literal<'a>,
    entries: &'a [(Value, Value)],
    start: usize,
}

impl<'a> Configuration<'a> {
    /// The value of `key`, whatever its prefix.
    fn get(&self, key: &str) -> Option<&'a Value> {
        let is_key = |name: &Value| {
            name.text().and_then(|name| name.rsplit(':').next()).is_some_and(|last| last == key)
        };
        self.entries.iter().find(|(name, _)| is_key(name)).map(|(_, value)| value)
    }

    fn expect(&self, key: &str, why: &str) -> Result<&'a Value> {
        self.get(key).ok_or_else(|| {
            self.literal.invalid(self.start, format!("no `{PREFIX}{key}`, which is {why}"))
        })
    }

    /// A network of another size would be another network.
    fn check_size(&self, key: &str, size: i64) -> Result<()> {
        match self.get(key) {
            Some(value) if value.kind != Kind::Integer(size) => {
                let message = format!(
                    "`{key}` is {}; NAS-Bench-301's networks have {size}: leave the entry out to \
                     read these cells with {size}",
                    value.describe()
                );
                Err(self.literal.invalid(value.span.start, message))
            }
            _ => Ok(()),
        }
    }

    fn cell(&self, name: &str) -> Result<Cell> {
        let nodes = NODES.map(|node| self.node(name, node)).collect::<Result<_>>()?;
        Ok(Cell { nodes, concat: NODES.collect() })
    }

    fn node(&self, name: &str, node: usize) -> Result<[Term; 2]> {
        let [first, second] = if node == 2 { [0, 1] } else { self.sources(name, node)? };
        let term = |source| -> Result<Term> {
            let key = format!("edge_{name}_{}", first_edge(node) + source);
            let why = format!("the edge from state {source} to node {node} of cell `{name}`");
            let value = self.expect(&key, &why)?;
            let op = genotype::text::operation(self.literal, value)?;
            if op.is_published() {
                return Ok(Term { op, source });
            }
            let known = EdgeOp::NAMES[..EdgeOp::N_PUBLISHED].join(", ");
            let message =
                format!("`{}` is not in NAS-Bench-301; expected one of {known}", op.name());
            Err(self.literal.invalid(value.span.start, message))
        };
        Ok([term(first)?, term(second)?])
    }

    /// The two states that `node` reads, in ascending order.
    fn sources(&self, name: &str, node: usize) -> Result<[usize; 2]> {
        let key = format!("inputs_node_{name}_{node}");
        let why = format!("the two states that node {node} of cell `{name}` reads");
        let value = self.expect(&key, &why)?;
        let number = |digits: &str| digits.parse().ok().filter(|source| (0..node).contains(source));
        let pair = value.text().and_then(|text| text.split_once('_'));
        let sources = pair.and_then(|(first, second)| number(first).zip(number(second)));
        match sources {
            Some((first, second)) if first != second => Ok([first.min(second), first.max(second)]),
            _ => {
                let (found, last) = (value.describe(), node - 1);
                let message = format!(
                    "node {node} reads {found}; expected two different states from 0 to {last}, \
                     as \"0_1\""
                );
                Err(self.literal.invalid(value.span.start, message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Nb301;
    use super::*;
    use crate::family::Family;

    fn text_of(text: &str) -> Result<String> {
        Nb301.parse(text).map(|cells| cells.text())
    }

    #[test]
    fn configurations_and_genotypes_read_as_the_same_cells() {
        let training = r#""NetworkSelectorDatasetInfo:darts:layers": 8, "epochs": 100, "#;
        let commented =
            EXAMPLE.replace("\":\"", "\": \"").replacen('{', &format!("{{{training}"), 1);
        let cases = [
            EXAMPLE.to_owned(),
            format!("config = {}", EXAMPLE.replace('"', "'")),
            EXAMPLE.replace(PREFIX, ""),
            EXAMPLE.replace("_normal_4\":\"0_1\"", "_normal_4\":\"1_0\""),
            commented.clone(),
            format!("{{\"final_metric_score\": -97.68, \"{}\": {commented}}}", CONFIGURATIONS[0]),
            "DARTS_V2".to_owned(),
        ];
        for text in cases {
            let read = text_of(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(read, EXAMPLE, "{text}");
        }
    }

    #[test]
    fn broken_configurations_say_what_is_wrong_and_where() {
        let edge = |op: &str| format!(r#"{{"edge_normal_0": {op}, "edge_normal_1": "none"}}"#);
        let sources = |sources: &str| {
            EXAMPLE.replace(PREFIX, "").replacen("\"0_1\"", &format!("\n{sources}"), 1)
        };
        let different = "expected two different states from 0 to 2, as \"0_1\"";
        let all = EdgeOp::NAMES.join(", ");
        let known = EdgeOp::NAMES[..7].join(", ");
        let cases = [
            (
                edge("\"skip\""),
                format!("1:19: unknown operation `skip`; did you mean `skip_connect`? expected one of {all}"),
            ),
            (
                edge("\"skip_connect\""),
                format!("1:52: `none` is not in NAS-Bench-301; expected one of {known}"),
            ),
            (
                r#"{"edge_normal_0": "skip_connect"}"#.to_owned(),
                format!(
                    "1:1: no `{PREFIX}edge_normal_1`, which is the edge from state 1 to node 2 of cell \
                     `normal`"
                ),
            ),
            (sources("\"0_3\""), format!("2:1: node 3 reads the string `0_3`; {different}")),
            (sources("\"1_1\""), format!("2:1: node 3 reads the string `1_1`; {different}")),
            (sources("\"01\""), format!("2:1: node 3 reads the string `01`; {different}")),
            (sources("1"), format!("2:1: node 3 reads `1`; {different}")),
            (
                EXAMPLE.replacen('{', "{\"init_channels\": 50, ", 1),
                "1:19: `init_channels` is `50`; NAS-Bench-301's networks have 32: leave the entry out to \
                 read these cells with 32"
                    .to_owned(),
            ),
            (
                "['edge_normal_0']".to_owned(),
                format!(
                    "1:1: expected a configuration {{\"{PREFIX}edge_normal_0\": ...}}, found a list of 1"
                ),
            ),
            (
                "NASNet".to_owned(),
                "1:1: 5 nodes in the normal cell, not 4: NAS-Bench-301 has no such cell; name the family \
                 darts to read it"
                    .to_owned(),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(text_of(&text).expect_err(&expected).to_string(), expected, "{text}");
        }
    }
}
