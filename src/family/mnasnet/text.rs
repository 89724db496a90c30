//! The four spellings of a MnasNet, and what is wrong with a text that is nearly one.
//!
//! A dict of four lists, a dict of `block0_e` and the like, the four lists alone, or seven rows
//! `["MB", e, k, stride, Cin, Cout, l, se]`.

use super::{CHANNELS, EXPANSIONS, Group, Groups, KERNELS, LAYERS, N_GROUPS, STEM, STRIDES};
use crate::error::Result;
use crate::family::choice::{read_list, read_number};
use crate::family::literal::{self, Kind, Literal, Value, has_key};

const FORMS: &str = r#"expected {"e": [7 expansions], "k": [7 kernels], "l": [7 numbers of layers], "se": [7 times true or false]}"#;
/// A group's choices in the order of the lists: key, and what its list holds.
const FIELDS: [(&str, &str); 4] =
    [("e", "expansions"), ("k", "kernels"), ("l", "numbers of layers"), ("se", "flags")];

/// Whether `text` looks like seven groups, well-formed or not.
pub(super) fn recognises(text: &str) -> bool {
    let body = literal::without_preamble(text);
    let has = |key: &str| has_key(body, key);
    let is_object = has("e") && has("k") && (has("l") || has("se")) && !has("d");
    is_object || FIELDS.iter().any(|(key, _)| has(&format!("block0_{key}"))) || is_rows(body)
}

/// Whether a list of lists begins with `"MB"` or an expansion, which is never 0 as a first entry of
/// a matrix is.
fn is_rows(body: &str) -> bool {
    let Some(row) = behind_bracket(body).and_then(behind_bracket) else { return false };
    let is_kind = row.trim_start_matches(['"', '\'']).starts_with("MB");
    let is_number = row.starts_with(|c: char| ('1'..='9').contains(&c));
    is_kind || is_number
}

fn behind_bracket(text: &str) -> Option<&str> {
    text.strip_prefix(['[', '(']).map(str::trim_start)
}

/// The groups that `text` spells.
pub(super) fn read(text: &str) -> Result<Groups> {
    let literal = Literal::read(text)?;
    let groups = match &literal.root.kind {
        Kind::Sequence(rows) if rows.iter().any(is_mb_row) => from_rows(&literal, rows)?,
        Kind::Sequence(lists) => {
            let lists: &[Value; 4] = lists.as_slice().try_into().map_err(|_| {
                let message = format!("{} lists; {FORMS}, or these four lists alone", lists.len());
                literal.invalid(literal.root.span.start, message)
            })?;
            from_lists(&literal, lists.each_ref())?
        }
        _ if has_blocks(&literal.root) => from_blocks(&literal)?,
        _ => {
            let lists = FIELDS.map(|(key, _)| entry(&literal, key));
            let [e, k, l, se] = lists;
            from_lists(&literal, [e?, k?, l?, se?])?
        }
    };
    Ok(Groups(groups))
}

fn has_blocks(root: &Value) -> bool {
    FIELDS.iter().any(|(key, _)| root.entry(&[&format!("block0_{key}")]).is_some())
}

fn is_mb_row(row: &Value) -> bool {
    row.items().and_then(<[Value]>::first).is_some_and(|kind| kind.text().is_some())
}

fn entry<'v>(literal: &'v Literal<'_>, key: &str) -> Result<&'v Value> {
    literal.root.entry(&[key]).ok_or_else(|| {
        let found = literal.root.describe();
        literal.invalid(literal.root.span.start, format!("no `{key}` in {found}; {FORMS}"))
    })
}

fn from_lists(literal: &Literal<'_>, lists: [&Value; 4]) -> Result<[Group; N_GROUPS]> {
    let mut columns = Vec::with_capacity(lists.len());
    for (list, (_, what)) in lists.into_iter().zip(FIELDS) {
        columns.push(read_list(literal, list, what, N_GROUPS)?);
    }
    groups(|idx| group(literal, idx, [0, 1, 2, 3].map(|field| &columns[field][idx])))
}

fn from_blocks(literal: &Literal<'_>) -> Result<[Group; N_GROUPS]> {
    groups(|idx| {
        let [e, k, l, se] = FIELDS.map(|(key, _)| entry(literal, &format!("block{idx}_{key}")));
        group(literal, idx, [e?, k?, l?, se?])
    })
}

fn from_rows(literal: &Literal<'_>, rows: &[Value]) -> Result<[Group; N_GROUPS]> {
    if rows.len() != N_GROUPS {
        let message = format!("{} rows; expected {N_GROUPS}", rows.len());
        return Err(literal.invalid(literal.root.span.start, message));
    }
    groups(|idx| {
        let what = r#"values of a row ["MB", e, k, stride, Cin, Cout, l, se]"#;
        let row = read_list(literal, &rows[idx], what, 8)?;
        if row[0].text() != Some("MB") {
            let message = format!("expected \"MB\" in block {idx}, found {}", row[0].describe());
            return Err(literal.invalid(row[0].span.start, message));
        }
        let c_in = if idx == 0 { STEM } else { CHANNELS[idx - 1] };
        let fixed = [("stride", STRIDES[idx]), ("Cin", c_in), ("Cout", CHANNELS[idx])].into_iter();
        for ((what, only), value) in fixed.zip(&row[3..6]) {
            read_number(literal, value, &format!("{what} of block {idx}"), &[only])?;
        }
        group(literal, idx, [&row[1], &row[2], &row[6], &row[7]])
    })
}

/// All seven, by their index.
fn groups(group: impl Fn(usize) -> Result<Group>) -> Result<[Group; N_GROUPS]> {
    let groups: Vec<Group> = (0..N_GROUPS).map(group).collect::<Result<_>>()?;
    Ok(groups.try_into().expect("invariant: as many groups as indices"))
}

fn group(literal: &Literal<'_>, idx: usize, [e, k, l, se]: [&Value; 4]) -> Result<Group> {
    let number = |value: &Value, what: &str, allowed: &[u32]| {
        read_number(literal, value, &format!("the {what} of block {idx}"), allowed)
    };
    let excites = match se.kind {
        Kind::Bool(flag) => flag,
        Kind::Integer(flag @ 0..=1) => flag == 1,
        _ => {
            let found = se.describe();
            let message =
                format!("the squeeze-excite of block {idx} is {found}; expected true or false");
            return Err(literal.invalid(se.span.start, message));
        }
    };
    Ok(Group {
        expansion: number(e, "expansion", EXPANSIONS)?,
        kernel: number(k, "kernel", KERNELS)?,
        layers: number(l, "number of layers", LAYERS[idx])?,
        excites,
    })
}

#[cfg(test)]
mod tests {
    use super::super::MnasNet;
    use super::*;
    use crate::family::{Architecture, Family};

    fn blocks() -> String {
        let groups = read(MnasNet.example()).unwrap().0;
        let block = |(idx, g): (usize, &Group)| {
            format!(
                "'block{idx}_e': {}, 'block{idx}_k': {}, 'block{idx}_l': {}, 'block{idx}_se': True",
                g.expansion, g.kernel, g.layers
            )
        };
        let blocks: Vec<String> = groups.iter().enumerate().map(block).collect();
        format!("{{{}}}", blocks.join(",\n "))
    }

    const ROWS: &str = r#"[["MB", 1, 3, 1, 32, 16, 1, True],
        ["MB", 6, 3, 2, 16, 24, 2, True], ["MB", 6, 5, 2, 24, 40, 2, True],
        ["MB", 6, 3, 2, 40, 80, 3, True], ["MB", 6, 5, 1, 80, 112, 3, 1],
        ["MB", 6, 5, 2, 112, 192, 4, 1], ["MB", 6, 3, 1, 192, 320, 1, 1]]"#;

    #[test]
    fn every_form_spells_the_same_network() {
        let canonical = MnasNet.example();
        let lists = "arch = ([1,6,6,6,6,6,6], [3,3,5,3,5,5,3], (1,2,2,3,3,4,1), [True]*7)";
        let lists = lists.replace("[True]*7", "(True, True, True, True, True, True, 1)");
        let call = canonical.replace(['{', '"', '}'], "").replace(':', "=");
        let with_more = canonical.replace('{', r#"{"wid": null, "#);
        let texts =
            [canonical.to_owned(), lists, blocks(), ROWS.to_owned(), format!("dict({call})")];
        for text in texts.iter().chain([&with_more]) {
            assert!(recognises(text), "{text}");
            assert_eq!(read(text).unwrap_or_else(|e| panic!("{e}\n{text}")).text(), canonical);
        }
    }

    #[test]
    fn signs_are_not_seen_in_other_formats() {
        let others = [
            "[[0,1],[0,0]]",
            r#"{"ks":[3],"e":[3],"d":[2]}"#,
            r#"{"d":[0],"e":[0.2],"w":[0]}"#,
            "[1,2]",
            r#"{"nodes":[{"op":"conv"}],"edges":[]}"#,
        ];
        for text in others {
            assert!(!recognises(text), "{text}");
        }
    }

    #[test]
    fn wrong_values_are_named_with_their_block_place_and_what_is_allowed() {
        let cases = [
            (
                MnasNet.example().replace("[1,6", "[1,5"),
                "1:9: the expansion of block 1 is `5`; expected 1, 4 or 6",
            ),
            (
                MnasNet.example().replace("[3,3,5", "[3,3,7"),
                "1:31: the kernel of block 2 is `7`; expected 3 or 5",
            ),
            (
                MnasNet.example().replace("[1,2,2", "[4,2,2"),
                "1:47: the number of layers of block 0 is `4`; expected 1, 2 or 3",
            ),
            (
                MnasNet.example().replace("4,1]", "5,1]"),
                "1:57: the number of layers of block 5 is `5`; expected 1, 2, 3 or 4",
            ),
            (
                MnasNet.example().replace("[true", "[\"yes\""),
                "1:68: the squeeze-excite of block 0 is the string `yes`; expected true or false",
            ),
            (MnasNet.example().replace("[1,6,", "[1,"), "1:6: 6 expansions; expected 7"),
            (ROWS.replace("5, 1, 80", "5, 2, 80"), "3:56: stride of block 4 is `2`; expected 1"),
            (
                ROWS.replacen("MB", "IB", 1),
                "1:3: expected \"MB\" in block 0, found the string `IB`",
            ),
            (blocks().replace("block3_l", "block3_n"), "1:1: no `block3_l` in a dict; expected"),
            ("[[1,6],[3,3]]".to_owned(), "1:1: 2 lists; expected"),
            (r#"{"e":[1],"k":[3],"se":[0]}"#.to_owned(), "1:1: no `l` in a dict; expected"),
        ];
        for (text, expected) in cases {
            let error = read(&text).expect_err(expected).to_string();
            assert!(error.starts_with(expected), "{error}\n{expected}");
            assert!(recognises(&text) || text.contains("IB"), "{text}");
        }
    }
}
