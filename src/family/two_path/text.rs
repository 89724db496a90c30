//! The spellings of a Two-Path network, and what is wrong with a text that is nearly one.
//!
//! JSON as the released configurations have it, or the four lines that the authors' tools print:
//! `Path1:[SPBlock(conv3x3+conv1x1;conv+supp), ...]`, `Path1ReduceInds:[0, 1]`, the same for path 2.

use std::ops::RangeInclusive;

use super::{Net, Path};
use crate::error::Result;
use crate::family::literal::{self, Kind, Literal, Value, has_key};
use crate::family::path_ops::{Row, invalid};
use crate::family::printed::Printed;

const FORMS: &str = r#"expected {"path1": [{"op_names": ["conv3x3"]}, ...], "path2": [...], "path1_reduce_inds": [0, 1], "path2_reduce_inds": [0, 1]}"#;
/// Blocks that a path may have.
pub(super) const N_BLOCKS: RangeInclusive<usize> = 2..=4;
/// Operations that a block may have.
pub(super) const N_OPS: RangeInclusive<usize> = 1..=3;

/// Whether `text` looks like a network of two paths, well-formed or not.
pub(super) fn recognises(text: &str) -> bool {
    let body = literal::without_preamble(text);
    body.starts_with("Path1:")
        || (body.starts_with('{') && ["path1", "path2"].iter().any(|key| has_key(body, key)))
}

/// The network that `text` spells.
pub(super) fn read(text: &str) -> Result<Net> {
    if literal::without_blanks(text).starts_with("Path1:") {
        let mut printed = Printed::new(text);
        let paths = [printed_path(&mut printed, 1)?, printed_path(&mut printed, 2)?];
        if !printed.is_at_end() {
            return Err(printed.expected("the end of the text behind Path2ReduceInds"));
        }
        return check(text, &paths);
    }
    let literal = Literal::read(text)?;
    let paths = [path_of_values(&literal, 1)?, path_of_values(&literal, 2)?];
    check(text, &paths)
}

/// A path as written, each part with its place.
struct PathDraft<'a> {
    blocks: Vec<Row<'a>>,
    blocks_offset: usize,
    reducing: Vec<(i64, usize)>,
    reducing_offset: usize,
}

fn path_of_values<'a>(literal: &'a Literal<'a>, number: usize) -> Result<PathDraft<'a>> {
    let root = &literal.root;
    let entry = |key: &str| {
        let missing = || literal.invalid(root.span.start, format!("no `{key}`; {FORMS}"));
        root.entry(&[key]).ok_or_else(missing)
    };
    let blocks = entry(&format!("path{number}"))?;
    let reducing = entry(&format!("path{number}_reduce_inds"))?;
    let block = |value: &'a Value| {
        let names = value.entry(&["op_names"]).ok_or_else(|| {
            literal.invalid(value.span.start, format!("a block without `op_names`; {FORMS}"))
        })?;
        Row::of_values(literal, names, value.entry(&["op_types"]))
    };
    let index = |value: &Value| match value.kind {
        Kind::Integer(number) => Ok((number, value.span.start)),
        _ => {
            let message = format!("expected a block's number, found {}", value.describe());
            Err(literal.invalid(value.span.start, message))
        }
    };
    Ok(PathDraft {
        blocks: literal.items(blocks, "blocks")?.iter().map(block).collect::<Result<_>>()?,
        blocks_offset: blocks.span.start,
        reducing: literal
            .items(reducing, "the numbers of two blocks")?
            .iter()
            .map(index)
            .collect::<Result<_>>()?,
        reducing_offset: reducing.span.start,
    })
}

/// `Path1:[SPBlock(...), ...]` and `Path1ReduceInds:[0, 2]`.
fn printed_path<'a>(printed: &mut Printed<'a>, number: usize) -> Result<PathDraft<'a>> {
    printed.token(&format!("Path{number}:"))?;
    let blocks_offset = printed.offset();
    printed.token("[")?;
    let mut blocks = Vec::new();
    while !printed.takes("]") {
        blocks.push(printed_block(printed)?);
        if !printed.takes(",") {
            printed.token("]")?;
            break;
        }
    }
    printed.token(&format!("Path{number}ReduceInds:"))?;
    let reducing_offset = printed.offset();
    printed.token("[")?;
    let mut reducing = Vec::new();
    while !printed.takes("]") {
        reducing.push(printed.number("a block's number")?);
        if !printed.takes(",") {
            printed.token("]")?;
            break;
        }
    }
    Ok(PathDraft { blocks, blocks_offset, reducing, reducing_offset })
}

/// `SPBlock(op+op;type+type)`.
fn printed_block<'a>(printed: &mut Printed<'a>) -> Result<Row<'a>> {
    printed.token("SPBlock")?;
    printed.token("(")?;
    let offset = printed.offset();
    let mut names = vec![printed.word("an operation")?];
    while printed.takes("+") {
        names.push(printed.word("an operation")?);
    }
    printed.token(";")?;
    let mut roles = vec![printed.word("`conv` or `supp`")?];
    while printed.takes("+") {
        roles.push(printed.word("`conv` or `supp`")?);
    }
    printed.token(")")?;
    Ok(Row { names, roles: Some(roles), offset })
}

fn check(text: &str, [first, second]: &[PathDraft<'_>; 2]) -> Result<Net> {
    Ok(Net { paths: [check_path(text, first, 1)?, check_path(text, second, 2)?] })
}

fn check_path(text: &str, draft: &PathDraft<'_>, number: usize) -> Result<Path> {
    let n_blocks = draft.blocks.len();
    if !N_BLOCKS.contains(&n_blocks) {
        let message = format!("path {number} has {n_blocks} blocks; expected 2 to 4");
        return Err(invalid(text, draft.blocks_offset, message));
    }
    let block = |(idx, row): (usize, &Row<'_>)| {
        let what = format!("block {idx} of path {number}");
        if !N_OPS.contains(&row.names.len()) {
            let message = format!("{what} has {} operations; expected 1 to 3", row.names.len());
            return Err(invalid(text, row.offset, message));
        }
        row.check(text, &what)
    };
    let blocks = draft.blocks.iter().enumerate().map(block).collect::<Result<_>>()?;
    let &[a, b] = draft.reducing.as_slice() else {
        let found = draft.reducing.len();
        let message =
            format!("{found} reducing blocks in path {number}; expected 2, the side goes 16 to 4");
        return Err(invalid(text, draft.reducing_offset, message));
    };
    let index = |(index, offset): (i64, usize)| {
        usize::try_from(index).ok().filter(|&index| index < n_blocks).ok_or_else(|| {
            let message = format!(
                "path {number} has no block {index} that could reduce; expected two of 0 to {}",
                n_blocks - 1
            );
            invalid(text, offset, message)
        })
    };
    let reducing = [index(a)?, index(b)?];
    if reducing[0] == reducing[1] {
        let message = format!(
            "block {} of path {number} reduces twice; expected two different blocks",
            reducing[0]
        );
        return Err(invalid(text, b.1, message));
    }
    Ok(Path { blocks, reducing: [reducing[0].min(reducing[1]), reducing[0].max(reducing[1])] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::path_ops::PathOp;
    use crate::family::{Architecture, Family};

    const PRINTED: &str = "Path1:[SPBlock(conv3x3+bottleneck-e2-k1;conv+supp), SPBlock(conv5x5;conv)]\n\
                           Path1ReduceInds:[0, 1]\n\
                           Path2:[SPBlock(avgpool3x3+double3x3;supp+conv), SPBlock(inception_s5x5;conv)]\n\
                           Path2ReduceInds:[1, 0]\n";
    const JSON: &str = r#"{"path1":[{"op_names":["conv3x3","bottleneck-e2-k1"],"op_types":["conv","supp"]},{"op_names":["conv5x5"],"op_types":["conv"]}],"path2":[{"op_names":["avgpool3x3","double3x3"],"op_types":["supp","conv"]},{"op_names":["inception_s5x5"],"op_types":["conv"]}],"path1_reduce_inds":[0,1],"path2_reduce_inds":[0,1]}"#;

    #[test]
    fn printed_lines_and_json_with_or_without_types_spell_the_same_network() {
        let without_types = JSON
            .replace(r#","op_types":["conv","supp"]"#, "")
            .replace(r#","op_types":["supp","conv"]"#, "")
            .replace(r#","op_types":["conv"]"#, "");
        assert!(!without_types.contains("types"));
        let python = format!("config = {}  # a net", JSON.replace('"', "'"));
        let on_one_line = PRINTED.replace('\n', " ");
        for text in [PRINTED, JSON, &without_types, &python, &on_one_line] {
            assert!(recognises(text), "{text}");
            assert_eq!(read(text).unwrap().text(), JSON, "{text}");
        }
        assert!(!recognises("{\"stages\": []}") && !recognises("path1"));
    }

    #[test]
    fn errors_name_path_and_block_and_the_way_out() {
        let conv = "conv3x3, conv5x5, double3x3, bottleneck-r2-k3, bottleneck-r4-k3, \
                    bottleneck-e2-k3, inception_s3x3, inception_s5x5";
        let supp = "conv1x1, bottleneck-r2-k1, bottleneck-e2-k1, avgpool3x3, maxpool3x3";
        let rule = format!("expected one of {conv} at least, and one of {supp} at most");
        let known = super::super::BlockOp::NAMES.join(", ");
        let json = |from: &str, to: &str| JSON.replacen(from, to, 1);
        let printed = |from: &str, to: &str| PRINTED.replacen(from, to, 1);
        let cases = [
            (
                json("\"conv3x3\"", "\"conv9x9\""),
                format!(
                    "1:25: unknown operation `conv9x9`; did you mean `conv3x3`? expected one of {known}"
                ),
            ),
            (
                json("[\"conv\",\"supp\"]", "[\"conv\",\"conv\"]"),
                "1:74: bottleneck-e2-k1 is no `conv` operation; expected `supp`".to_owned(),
            ),
            (
                json("[\"conv\",\"supp\"]", "[\"conv\"]"),
                "1:67: 1 types for 2 operations; expected one each, or none at all".to_owned(),
            ),
            (
                printed("conv3x3+bottleneck-e2-k1;conv+supp", "maxpool3x3;supp"),
                format!("1:16: block 0 of path 1 has no conv operation; {rule}"),
            ),
            (
                printed(
                    "avgpool3x3+double3x3;supp+conv",
                    "conv1x1+double3x3+conv1x1;supp+conv+supp",
                ),
                format!("3:16: block 0 of path 2 has more than one supp operation; {rule}"),
            ),
            (
                json(
                    "\"conv5x5\"],\"op_types\":[\"conv\"]",
                    "\"conv5x5\",\"conv5x5\",\"conv5x5\",\"conv5x5\"]",
                ),
                "1:94: block 1 of path 1 has 4 operations; expected 1 to 3".to_owned(),
            ),
            (
                printed(", SPBlock(conv5x5;conv)", ""),
                "1:7: path 1 has 1 blocks; expected 2 to 4".to_owned(),
            ),
            (
                printed("Inds:[1, 0]", "Inds:[1]"),
                "4:17: 1 reducing blocks in path 2; expected 2, the side goes 16 to 4".to_owned(),
            ),
            (
                printed("Inds:[1, 0]", "Inds:[1, 2]"),
                "4:21: path 2 has no block 2 that could reduce; expected two of 0 to 1".to_owned(),
            ),
            (
                printed("Inds:[1, 0]", "Inds:[1, 1]"),
                "4:21: block 1 of path 2 reduces twice; expected two different blocks".to_owned(),
            ),
            (
                printed("Path2:", "Path3:"),
                "3:1: expected `Path2:`, found `Path3:[SPBlock(avgpool3x3+double3x3;supp…`"
                    .to_owned(),
            ),
            (
                printed("Inds:[1, 0]\n", "Inds:[1, 0]\nPath3"),
                "5:1: expected the end of the text behind Path2ReduceInds, found `Path3`"
                    .to_owned(),
            ),
            (
                "Path1:[SPBlock(conv3x3;con".to_owned(),
                "1:27: the text ends where `)` is expected".to_owned(),
            ),
            (json("path2\"", "path3\""), format!("1:1: no `path2`; {FORMS}")),
            (
                json("path1_reduce_inds\":[0,1]", "path1_reduce_inds\":[0,\"b\"]"),
                "1:280: expected a block's number, found the string `b`".to_owned(),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(&text).expect_err(&text).to_string(), expected, "{text}");
        }
        assert!(read(super::super::TwoPath.example()).is_ok());
    }
}
