//! The spellings of a genotype, and what is wrong with a text that is nearly one.
//!
//! `Genotype(normal=[...], normal_concat=..., reduce=[...], reduce_concat=...)` with or without
//! keywords, a dict with the same four keys, or the name of a published one. The pairs of a cell
//! stand in one row or in a group for each node.

use super::published::PUBLISHED;
use super::{Cell, EdgeOp, Genotype, N_INPUTS, Term};
use crate::error::{Error, ErrorKind, Result};
use crate::family::literal::{self, Kind, Literal, Value, has_key};
use crate::family::nearest::nearest;

/// Nodes of the largest cell that is built.
const MAX_NODES: usize = 32;
/// States of the longest concat.
const MAX_CONCAT: usize = 2 * MAX_NODES;
const KEYS: [&str; 4] = ["normal", "normal_concat", "reduce", "reduce_concat"];
const FORM: &str = "expected Genotype(normal=[('sep_conv_3x3', 0), ...], \
                    normal_concat=[2, 3, 4, 5], reduce=[...], reduce_concat=[...])";

/// Whether `text` looks like a genotype, well-formed or not.
pub(in crate::family) fn recognises(text: &str) -> bool {
    let body = literal::without_preamble(text);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let (name, rest) = body.split_at(body.find(|c| !is_name(c)).unwrap_or(body.len()));
    let is_bare = literal::without_blanks(rest.trim_start_matches([',', ';'])).is_empty();
    body.contains("Genotype(")
        || KEYS.iter().any(|key| has_key(body, key))
        || (is_bare && published(name).is_some())
}

/// The genotype that `literal` spells.
pub(in crate::family) fn read(literal: &Literal<'_>) -> Result<Genotype> {
    let root = &literal.root;
    if let Kind::Name(name) = &root.kind {
        let genotype = published(name).ok_or_else(|| {
            let known = PUBLISHED.map(|(name, _)| name).join(", ");
            let name = literal::shorten(name);
            let message = format!("no genotype is called `{name}`; known are {known}");
            literal.invalid(root.span.start, message)
        })?;
        return read(&Literal::read(genotype)?);
    }
    let [normal, normal_concat, reduce, reduce_concat] = fields(literal)?;
    Ok(Genotype {
        normal: cell(literal, [normal, normal_concat], Role::Normal)?,
        reduce: cell(literal, [reduce, reduce_concat], Role::Reduce)?,
    })
}

/// The genotype that papers call `name`, which may have dots.
fn published(name: &str) -> Option<&'static str> {
    let last = name.rsplit('.').next().unwrap_or(name);
    PUBLISHED.into_iter().find(|(known, _)| *known == last).map(|(_, genotype)| genotype)
}

/// The values of [`KEYS`].
fn fields<'a>(literal: &'a Literal<'_>) -> Result<[&'a Value; 4]> {
    let root = &literal.root;
    let args = match &root.kind {
        Kind::Dict(_) => &[],
        Kind::Call { name, args, .. } if name.rsplit('.').next() == Some("Genotype") => {
            args.as_slice()
        }
        _ => {
            let message = format!("{FORM}, found {}", root.describe());
            return Err(literal.invalid(root.span.start, message));
        }
    };
    let mut values = [root; 4];
    for (idx, (value, key)) in values.iter_mut().zip(KEYS).enumerate() {
        *value = root
            .entry(&[key])
            .or(args.get(idx))
            .ok_or_else(|| literal.invalid(root.span.start, format!("no `{key}`; {FORM}")))?;
    }
    Ok(values)
}

/// Which of the two cells is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Normal,
    Reduce,
}

impl Role {
    fn key(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Reduce => "reduce",
        }
    }
}

fn cell(literal: &Literal<'_>, [pairs, concat]: [&Value; 2], role: Role) -> Result<Cell> {
    let start = pairs.span.start;
    let pairs = in_one_row(literal, literal.items(pairs, "pairs of operation and state")?)?;
    let (n_pairs, key) = (pairs.len(), role.key());
    if n_pairs == 0 || !n_pairs.is_multiple_of(2) {
        let message = format!("`{key}` is a list of {n_pairs} pairs; expected two a node");
        return Err(literal.invalid(start, message));
    }
    if n_pairs > 2 * MAX_NODES {
        let message = format!("{} nodes in `{key}`; expected at most {MAX_NODES}", n_pairs / 2);
        return Err(Error::new(ErrorKind::TooLarge, message).at(literal.place(start)));
    }
    let mut nodes = Vec::with_capacity(n_pairs / 2);
    for (pairs, state) in pairs.chunks_exact(2).zip(N_INPUTS..) {
        nodes.push([term(literal, pairs[0], state)?, term(literal, pairs[1], state)?]);
    }
    let concat = concat_states(literal, concat, (role, nodes.len()))?;
    Ok(Cell { nodes, concat })
}

/// The pairs of a cell, taken out of their groups.
fn in_one_row<'a>(literal: &Literal<'_>, items: &'a [Value]) -> Result<Vec<&'a Value>> {
    let is_list = |value: &Value| value.items().is_some();
    let mut pairs = Vec::with_capacity(items.len());
    for item in items {
        match item.items() {
            Some(group) if group.first().is_some_and(is_list) => {
                if group.len() != 2 {
                    let message =
                        format!("a node with a list of {}; expected two pairs", group.len());
                    return Err(literal.invalid(item.span.start, message));
                }
                pairs.extend(group);
            }
            _ => pairs.push(item),
        }
    }
    Ok(pairs)
}

/// `('sep_conv_3x3', 1)`, a pair of the node that adds `state`.
fn term(literal: &Literal<'_>, pair: &Value, state: usize) -> Result<Term> {
    let Some([op, source]) = pair.items() else {
        let found = pair.describe();
        let message = format!("expected a pair like ('sep_conv_3x3', 1), found {found}");
        return Err(literal.invalid(pair.span.start, message));
    };
    let source = match source.kind {
        Kind::Integer(number) => usize::try_from(number).ok().filter(|&source| source < state),
        _ => None,
    }
    .ok_or_else(|| {
        let (found, last) = (source.describe(), state - 1);
        let message = format!("node {state} reads {found}; expected a state from 0 to {last}");
        literal.invalid(source.span.start, message)
    })?;
    Ok(Term { op: operation(literal, op)?, source })
}

/// The operation that the string `value` names.
pub(in crate::family) fn operation(literal: &Literal<'_>, value: &Value) -> Result<EdgeOp> {
    let name = value.text();
    if let Some(op) = EdgeOp::ALL.into_iter().find(|op| Some(op.name()) == name) {
        return Ok(op);
    }
    let known = EdgeOp::NAMES.join(", ");
    let message = match name {
        None => format!("expected one of {known}, found {}", value.describe()),
        Some(name) => {
            let meant = nearest(name, &EdgeOp::NAMES)
                .map_or_else(String::new, |meant| format!("did you mean `{meant}`? "));
            let name = literal::shorten(name);
            format!("unknown operation `{name}`; {meant}expected one of {known}")
        }
    };
    Err(literal.invalid(value.span.start, message))
}

/// The states of a concat, in a cell of `n_nodes`.
fn concat_states(
    literal: &Literal<'_>,
    concat: &Value,
    (role, n_nodes): (Role, usize),
) -> Result<Vec<usize>> {
    let (key, last) = (role.key(), N_INPUTS + n_nodes - 1);
    let items = literal.items(concat, "states")?;
    if items.is_empty() || items.len() > MAX_CONCAT {
        let n_states = items.len();
        let message = format!("{n_states} states in `{key}_concat`; expected 1 to {MAX_CONCAT}");
        return Err(literal.invalid(concat.span.start, message));
    }
    let state = |value: &Value| {
        let number = match value.kind {
            Kind::Integer(number) => usize::try_from(number).ok().filter(|&state| state <= last),
            _ => None,
        };
        match number {
            Some(state) if state >= N_INPUTS || role == Role::Normal => Ok(state),
            Some(state) => {
                let message = format!(
                    "`{key}_concat` has input {state}, whose side is twice that of the nodes; \
                     expected states from {N_INPUTS} to {last}"
                );
                Err(literal.invalid(value.span.start, message))
            }
            None => {
                let found = value.describe();
                let message = format!(
                    "`{key}_concat` has {found}; expected states from {N_INPUTS} to {last}"
                );
                Err(literal.invalid(value.span.start, message))
            }
        }
    };
    items.iter().map(state).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: &str = "[('none', 0), ('sep_conv_3x3', 1), ('skip_connect', 2), ('none', 1)]";

    fn read_text(text: &str) -> Result<Genotype> {
        read(&Literal::read(text)?)
    }

    #[test]
    fn every_spelling_reads_as_the_same_genotype() {
        let json = PAIRS.replace('(', "[").replace(')', "]").replace('\'', "\"");
        let grouped = "[[('none', 0), ('sep_conv_3x3', 1)], [('skip_connect', 2), ('none', 1)]]";
        let cases = [
            format!(
                "Genotype(normal={PAIRS}, normal_concat=[2, 3], reduce={PAIRS}, reduce_concat=[2, 3])"
            ),
            format!(
                "best = g.Genotype(\n  normal={grouped},  # grouped\n  normal_concat=range(2, 4),\n  \
                 reduce={PAIRS},\n  reduce_concat=list(range(2, 4)),\n)\n"
            ),
            format!("Genotype({PAIRS}, range(2, 4), {grouped}, (2, 3))"),
            format!(
                r#"{{"normal": {json}, "normal_concat": [2, 3], "reduce": {json}, "reduce_concat": [2, 3]}}"#
            ),
        ];
        for text in &cases {
            assert!(recognises(text), "{text}");
            let genotype = read_text(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(genotype.to_string(), cases[0], "{text}");
        }
    }

    #[test]
    fn published_genotypes_go_by_their_names() {
        for (name, genotype) in PUBLISHED {
            assert!(recognises(name));
            assert_eq!(read_text(name).unwrap().to_string(), genotype);
        }
        let dotted = " arch = genotypes.DARTS_V2  # second order";
        assert!(recognises(dotted));
        assert_eq!(read_text(dotted).unwrap(), read_text("DARTS_V2").unwrap());
    }

    #[test]
    fn signs_are_seen_in_broken_texts_and_not_in_other_formats() {
        let cases = [
            ("Genotype(", true),
            (r#"{"normal": [["sep"#, true),
            ("DARTS_V2,", true),
            ("DARTS_V2 rocks", false),
            ("DARTS_V3", false),
            (r#"{"name": "normal"}"#, false),
            ("|none~0|", false),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(recognises(text), expected, "{text}");
        }
    }

    #[test]
    fn broken_genotypes_say_what_is_wrong_and_where() {
        let with = |normal: &str, concat: &str| {
            format!("Genotype({normal}, [2], [('none', 0), ('none', 1)], {concat})")
        };
        let normal = |pairs: &str| with(pairs, "[2]");
        let concat = |states: &str| with("[('none', 0), ('none', 1)]", states);
        let known = EdgeOp::NAMES.join(", ");
        let cases = [
            (
                normal("[('sep_conv_3', 0), ('none', 1)]"),
                format!(
                    "1:12: unknown operation `sep_conv_3`; did you mean `sep_conv_3x3`? expected one of \
                     {known}"
                ),
            ),
            (
                normal("[(0, 0), ('none', 1)]"),
                format!("1:12: expected one of {known}, found `0`"),
            ),
            (
                normal("[('none', 0), ('none', 2)]"),
                "1:33: node 2 reads `2`; expected a state from 0 to 1".to_owned(),
            ),
            (
                normal("[('none', -1), ('none', 1)]"),
                "1:20: node 2 reads `-1`; expected a state from 0 to 1".to_owned(),
            ),
            (
                normal("[('none', 0)]"),
                "1:10: `normal` is a list of 1 pairs; expected two a node".to_owned(),
            ),
            (normal("[]"), "1:10: `normal` is a list of 0 pairs; expected two a node".to_owned()),
            (
                normal("[('none', 0), 'none']"),
                "1:24: expected a pair like ('sep_conv_3x3', 1), found the string `none`".to_owned(),
            ),
            (
                normal("[[('none', 0)], [('none', 1)]]"),
                "1:11: a node with a list of 1; expected two pairs".to_owned(),
            ),
            (
                normal("7"),
                "1:10: expected a list of pairs of operation and state, found `7`".to_owned(),
            ),
            (
                normal(&format!("[{}]", "('none', 0), ".repeat(66))),
                "1:10: 33 nodes in `normal`; expected at most 32".to_owned(),
            ),
            (
                concat("[]"),
                "1:71: 0 states in `reduce_concat`; expected 1 to 64".to_owned(),
            ),
            (
                concat("[2, 1]"),
                "1:75: `reduce_concat` has input 1, whose side is twice that of the nodes; expected \
                 states from 2 to 2".to_owned(),
            ),
            (
                concat("range(2, 6)"),
                "1:71: `reduce_concat` has `3`; expected states from 2 to 2".to_owned(),
            ),
            (
                "Genotype([], [2], reduce=[])".to_owned(),
                format!("1:1: no `reduce_concat`; {FORM}"),
            ),
            ("[1]".to_owned(), format!("1:1: {FORM}, found a list of 1")),
            (
                "x.DARTS_V3".to_owned(),
                "1:1: no genotype is called `x.DARTS_V3`; known are DARTS_V1, DARTS_V2, NASNet, AmoebaNet"
                    .to_owned(),
            ),
        ];
        for (text, expected) in &cases {
            assert_eq!(read_text(text).expect_err(expected).to_string(), *expected, "{text}");
        }
    }
}
