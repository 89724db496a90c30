//! The spellings of an Inception network, and what is wrong with a text that is nearly one.
//!
//! JSON as the released configurations have it, or what the authors' tools print: for each stage a
//! line `Stage1 N:6; C_in:32; C_out:32; Stride:1`, a line `BlockConfig:`, and a line a path,
//! `depthwise5x5[conv]->conv5x5[conv]+C[16->16]`.

use std::ops::RangeInclusive;

use super::{Net, Path, STAGES, Stage, changes_channels};
use crate::error::Result;
use crate::family::literal::{self, Kind, Literal, Value, has_key};
use crate::family::path_ops::{PathOp, Row, invalid};
use crate::family::printed::Printed;

const FORMS: &str = r#"expected {"stages": [{"block": {"paths": [{"ops": ["conv3x3"], "C_internal": 32, "C_out": 32}]}, "n_blocks": 2, "C_in": 32, "C_out": 32, "stride": 1}, ...]}"#;
/// Equal blocks that a stage may have.
pub(super) const N_BLOCKS: RangeInclusive<u32> = 2..=6;
/// Paths that a block may have.
pub(super) const N_PATHS: RangeInclusive<usize> = 1..=4;
/// Operations that a block may have for each of its paths.
pub(super) const OPS_A_PATH: usize = 4;
/// Channels that a path may have.
pub(super) const WIDTHS: RangeInclusive<u32> = 16..=1024;

/// Whether `text` looks like stages of blocks, well-formed or not.
pub(super) fn recognises(text: &str) -> bool {
    let body = literal::without_preamble(text);
    is_printed(text) || (body.starts_with('{') && has_key(body, "stages"))
}

fn is_printed(text: &str) -> bool {
    literal::without_blanks(text).starts_with("Stage1")
}

/// The network that `text` spells.
pub(super) fn read(text: &str) -> Result<Net> {
    if is_printed(text) {
        return check(text, &printed_stages(text)?, 0);
    }
    let literal = Literal::read(text)?;
    let root = &literal.root;
    let stages = root
        .entry(&["stages"])
        .ok_or_else(|| literal.invalid(root.span.start, format!("no `stages`; {FORMS}")))?;
    let drafts = literal
        .items(stages, "stages")?
        .iter()
        .map(|stage| stage_of_value(&literal, stage))
        .collect::<Result<Vec<_>>>()?;
    check(text, &drafts, stages.span.start)
}

/// A number as written, and where.
type Number = (i64, usize);

/// A stage as written.
struct StageDraft<'a> {
    paths: Vec<PathDraft<'a>>,
    paths_offset: usize,
    n_blocks: Number,
    c_in: Number,
    c_out: Number,
    stride: Number,
}

/// A path as written.
struct PathDraft<'a> {
    row: Row<'a>,
    c_internal: Number,
    c_out: Number,
}

fn stage_of_value<'a>(literal: &'a Literal<'a>, stage: &'a Value) -> Result<StageDraft<'a>> {
    let paths = entry(literal, entry(literal, stage, "block")?, "paths")?;
    let path = |value: &'a Value| {
        let row =
            Row::of_values(literal, entry(literal, value, "ops")?, value.entry(&["op_types"]))?;
        let c_internal = number(literal, value, "C_internal")?;
        Ok(PathDraft { row, c_internal, c_out: number(literal, value, "C_out")? })
    };
    Ok(StageDraft {
        paths: literal.items(paths, "paths")?.iter().map(path).collect::<Result<_>>()?,
        paths_offset: paths.span.start,
        n_blocks: number(literal, stage, "n_blocks")?,
        c_in: number(literal, stage, "C_in")?,
        c_out: number(literal, stage, "C_out")?,
        stride: number(literal, stage, "stride")?,
    })
}

fn entry<'a>(literal: &Literal<'_>, value: &'a Value, key: &str) -> Result<&'a Value> {
    value
        .entry(&[key])
        .ok_or_else(|| literal.invalid(value.span.start, format!("no `{key}`; {FORMS}")))
}

fn number(literal: &Literal<'_>, value: &Value, key: &str) -> Result<Number> {
    let value = entry(literal, value, key)?;
    match value.kind {
        Kind::Integer(number) => Ok((number, value.span.start)),
        _ => {
            let found = value.describe();
            let message = format!("expected a whole number as `{key}`, found {found}");
            Err(literal.invalid(value.span.start, message))
        }
    }
}

fn printed_stages(text: &str) -> Result<Vec<StageDraft<'_>>> {
    let mut printed = Printed::new(text);
    let mut stages = Vec::new();
    while !printed.is_at_end() {
        printed.token(&format!("Stage{}", stages.len() + 1))?;
        stages.push(printed_stage(&mut printed)?);
    }
    Ok(stages)
}

/// The rest of a stage, behind `Stage1`.
fn printed_stage<'a>(printed: &mut Printed<'a>) -> Result<StageDraft<'a>> {
    let mut field = |token: &str| {
        printed.token(token)?;
        printed.number("a number")
    };
    let [n_blocks, c_in] = [field("N:")?, field("; C_in:")?];
    let [c_out, stride] = [field("; C_out:")?, field("; Stride:")?];
    printed.token("BlockConfig:")?;
    let paths_offset = printed.offset();
    let mut paths = Vec::new();
    while !(printed.is_at_end() || printed.is_before("Stage")) {
        paths.push(printed_path(printed)?);
    }
    Ok(StageDraft { paths, paths_offset, n_blocks, c_in, c_out, stride })
}

/// `depthwise5x5[conv]->conv5x5[conv]+C[16->16]`.
fn printed_path<'a>(printed: &mut Printed<'a>) -> Result<PathDraft<'a>> {
    let offset = printed.offset();
    let (mut names, mut roles) = (Vec::new(), Vec::new());
    loop {
        names.push(printed.word("an operation")?);
        printed.token("[")?;
        roles.push(printed.word("`conv` or `supp`")?);
        printed.token("]")?;
        if !printed.takes("->") {
            break;
        }
    }
    printed.token("+C[")?;
    let c_internal = printed.number("the inner channels")?;
    printed.token("->")?;
    let c_out = printed.number("the output channels")?;
    printed.token("]")?;
    Ok(PathDraft { row: Row { names, roles: Some(roles), offset }, c_internal, c_out })
}

fn check(text: &str, drafts: &[StageDraft<'_>], offset: usize) -> Result<Net> {
    if drafts.len() != STAGES.len() {
        let message = format!("{} stages; expected {}", drafts.len(), STAGES.len());
        return Err(invalid(text, offset, message));
    }
    let stages: Vec<Stage> = drafts
        .iter()
        .enumerate()
        .map(|(idx, draft)| check_stage(text, draft, idx))
        .collect::<Result<_>>()?;
    let stages = stages.try_into().expect("invariant: as many stages as drafts");
    Ok(Net { stages })
}

fn check_stage(text: &str, draft: &StageDraft<'_>, idx: usize) -> Result<Stage> {
    let what = format!("stage {}", idx + 1);
    let fixed = [
        ("C_in", draft.c_in, STAGES[idx].c_in),
        ("C_out", draft.c_out, STAGES[idx].c_out),
        ("stride", draft.stride, STAGES[idx].stride),
    ];
    for (key, (found, offset), expected) in fixed {
        if found != i64::from(expected) {
            let message = format!("{key} of {what} is {found}; it is {expected} in every network");
            return Err(invalid(text, offset, message));
        }
    }
    let n_paths = draft.paths.len();
    if !N_PATHS.contains(&n_paths) {
        let message = format!("{what} has {n_paths} paths; expected 1 to 4");
        return Err(invalid(text, draft.paths_offset, message));
    }
    let n_ops: usize = draft.paths.iter().map(|path| path.row.names.len()).sum();
    if n_ops > OPS_A_PATH * n_paths {
        let message = format!(
            "{what} has {n_ops} operations in a block of {n_paths} paths; expected at most {}",
            OPS_A_PATH * n_paths
        );
        return Err(invalid(text, draft.paths_offset, message));
    }
    let n_blocks = within(text, draft.n_blocks, N_BLOCKS, &format!("n_blocks of {what}"))?;
    let path = |(number, path): (usize, &PathDraft<'_>)| {
        check_path(text, path, &format!("path {} of {what}", number + 1))
    };
    Ok(Stage { n_blocks, paths: draft.paths.iter().enumerate().map(path).collect::<Result<_>>()? })
}

fn check_path(text: &str, draft: &PathDraft<'_>, what: &str) -> Result<Path> {
    let path = Path {
        ops: draft.row.check(text, what)?,
        c_internal: within(text, draft.c_internal, WIDTHS, &format!("C_internal of {what}"))?,
        c_out: within(text, draft.c_out, WIDTHS, &format!("C_out of {what}"))?,
    };
    if path.c_internal != path.c_out && changes_channels(&path.ops).count() < 2 {
        let ops: Vec<_> = path.ops.iter().map(|op| op.name()).collect();
        let message = format!(
            "C_internal {} of {what} differs from its C_out {}, but {} can't change channels \
             twice; expected {} for both",
            path.c_internal,
            path.c_out,
            ops.join("->"),
            path.c_out
        );
        return Err(invalid(text, draft.c_internal.1, message));
    }
    Ok(path)
}

fn within(
    text: &str,
    (number, offset): Number,
    range: RangeInclusive<u32>,
    what: &str,
) -> Result<u32> {
    u32::try_from(number).ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let (low, high) = range.clone().into_inner();
        invalid(text, offset, format!("{what} is {number}; expected {low} to {high}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::Architecture;

    const PRINTED: &str = "Stage1 N:2; C_in:32; C_out:32; Stride:1\n\
                           BlockConfig:\n\
                           avgpool3x3[supp]->conv3x3[conv]->double3x3_[conv]+C[16->16]\n\n\
                           Stage2 N:3; C_in:32; C_out:64; Stride:2\n\
                           BlockConfig:\n\
                           conv1x1[supp]->inception_p3x3[conv]+C[32->64]\n\n\
                           Stage3 N:6; C_in:64; C_out:128; Stride:2\n\
                           BlockConfig:\n\
                           conv5x5[conv]+C[64->64]\n\
                           depthwise3x3[conv]+C[64->64]\n\n\
                           Stage4 N:4; C_in:128; C_out:256; Stride:2\n\
                           BlockConfig:\n\
                           inception_s5x5[conv]->conv3x3[conv]+C[512->256]\n";

    fn printed() -> String {
        PRINTED.replace("->double3x3_[conv]+C[16->16]", "+C[32->32]")
    }

    const JSON: &str = r#"{"stages":[{"block":{"paths":[{"ops":["avgpool3x3","conv3x3"],"op_types":["supp","conv"],"C_internal":32,"C_out":32}]},"n_blocks":2,"C_in":32,"C_out":32,"stride":1},{"block":{"paths":[{"ops":["conv1x1","inception_p3x3"],"op_types":["supp","conv"],"C_internal":32,"C_out":64}]},"n_blocks":3,"C_in":32,"C_out":64,"stride":2},{"block":{"paths":[{"ops":["conv5x5"],"op_types":["conv"],"C_internal":64,"C_out":64},{"ops":["depthwise3x3"],"op_types":["conv"],"C_internal":64,"C_out":64}]},"n_blocks":6,"C_in":64,"C_out":128,"stride":2},{"block":{"paths":[{"ops":["inception_s5x5","conv3x3"],"op_types":["conv","conv"],"C_internal":512,"C_out":256}]},"n_blocks":4,"C_in":128,"C_out":256,"stride":2}]}"#;

    #[test]
    fn printed_lines_and_json_with_or_without_types_spell_the_same_network() {
        let without_types = JSON
            .replace(r#""op_types":["supp","conv"],"#, "")
            .replace(r#""op_types":["conv","conv"],"#, "")
            .replace(r#""op_types":["conv"],"#, "");
        assert!(!without_types.contains("types"));
        let python = format!("config = {}", JSON.replace('"', "'"));
        let without_blank_lines = printed().replace("\n\n", "\r\n");
        for text in [&printed(), JSON, &without_types, &python, &without_blank_lines] {
            assert!(recognises(text), "{text}");
            assert_eq!(read(text).unwrap().text(), JSON, "{text}");
        }
        assert!(!recognises("{\"path1\": []}") && !recognises("stages"));
    }

    #[test]
    fn errors_name_stage_and_path_and_the_way_out() {
        let with = |from: &str, to: &str| printed().replacen(from, to, 1);
        let json = |from: &str, to: &str| JSON.replacen(from, to, 1);
        let known = super::super::InceptionOp::NAMES.join(", ");
        let cases = [
            (
                PRINTED.to_owned(),
                format!(
                    "3:34: unknown operation `double3x3_`; did you mean `double1x1`? expected one of {known}"
                ),
            ),
            (
                with("conv1x1[supp]", "conv1x1[conv]"),
                "7:9: conv1x1 is no `conv` operation; expected `supp`".to_owned(),
            ),
            (
                with("C_out:128; Stride", "C_out:160; Stride"),
                "9:28: C_out of stage 3 is 160; it is 128 in every network".to_owned(),
            ),
            (with("N:6", "N:7"), "9:10: n_blocks of stage 3 is 7; expected 2 to 6".to_owned()),
            (
                with("C[32->32]", "C[32->8]"),
                "3:39: C_out of path 1 of stage 1 is 8; expected 16 to 1024".to_owned(),
            ),
            (
                with("depthwise3x3[conv]+C[64->64]", "depthwise3x3[conv]+C[32->64]"),
                "12:22: C_internal 32 of path 2 of stage 3 differs from its C_out 64, but \
                 depthwise3x3 can't change channels twice; expected 64 for both"
                    .to_owned(),
            ),
            (
                with("conv5x5[conv]+", &format!("{}+", ["conv5x5[conv]"; 8].join("->"))),
                "11:1: stage 3 has 9 operations in a block of 2 paths; expected at most 8"
                    .to_owned(),
            ),
            (
                with("conv5x5[conv]+C[64->64]\ndepthwise3x3[conv]+C[64->64]\n", ""),
                "12:1: stage 3 has 0 paths; expected 1 to 4".to_owned(),
            ),
            (
                with("Stage3", "Stage4"),
                "9:1: expected `Stage3`, found `Stage4 N:6; C_in:64; C_out:128; Stride:2`"
                    .to_owned(),
            ),
            (
                with("\nStage4", "\n\n"),
                "15:3: expected `[`, found `:4; C_in:128; C_out:256; Stride:2`".to_owned(),
            ),
            (
                PRINTED[..18].to_owned(),
                "1:19: the text ends where `; C_out:` is expected".to_owned(),
            ),
            (
                json("\"n_blocks\":2", "\"n_blocks\":\"2\""),
                "1:131: expected a whole number as `n_blocks`, found the string `2`".to_owned(),
            ),
            (json("\"paths\"", "\"path\""), format!("1:21: no `paths`; {FORMS}")),
            ("{'stages': []}".to_owned(), "1:12: 0 stages; expected 4".to_owned()),
        ];
        for (text, expected) in cases {
            assert_eq!(read(&text).expect_err(&text).to_string(), expected, "{text}");
        }
    }
}
