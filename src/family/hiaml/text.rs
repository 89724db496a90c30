//! The two spellings of a HiAML network, and what is wrong with a text that is nearly one.

use super::Stages;
use super::block::BlockType;
use crate::error::Result;
use crate::family::literal::{self, Kind, Literal, Value, shorten};
use crate::family::nearest::nearest;

/// What stands before a block type in the long form.
pub(super) const PREFIX: &str = "hiaml_";

const FORMS: &str = r#"expected four block types, as in ["hiaml_src1","hiaml_src1","hiaml_r30","hiaml_src3"] or _src1_src1_r30_src3"#;

/// Whether `text` looks like four block types, well-formed or not.
pub(super) fn recognises(text: &str) -> bool {
    let body = literal::without_preamble(text);
    let short = body.trim_start_matches(['"', '\'']);
    let begins_name = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    short.strip_prefix('_').is_some_and(begins_name)
        || short.starts_with(PREFIX)
        || (body.starts_with(['[', '(']) && body.contains(PREFIX))
}

/// The block types that `text` spells.
pub(super) fn read(text: &str) -> Result<Stages> {
    let literal = Literal::read(text)?;
    let root = &literal.root;
    let named: Vec<(&str, usize)> = match &root.kind {
        Kind::Sequence(items) => {
            items.iter().map(|item| long_name(&literal, item)).collect::<Result<_>>()?
        }
        Kind::Text(short) if short.starts_with('_') => short_names(short, root.span.start + 1),
        Kind::Name(short) if short.starts_with('_') => short_names(short, root.span.start),
        _ => {
            let message = format!("{FORMS}, found {}", root.describe());
            return Err(literal.invalid(root.span.start, message));
        }
    };
    let types: Vec<BlockType> =
        named.iter().map(|name| block_type(&literal, *name)).collect::<Result<_>>()?;
    let types = types.try_into().map_err(|types: Vec<_>| {
        literal.invalid(root.span.start, format!("{} block types; {FORMS}", types.len()))
    })?;
    Ok(Stages { types })
}

/// The name behind `hiaml_`, and its offset.
fn long_name<'a>(literal: &Literal<'_>, value: &'a Value) -> Result<(&'a str, usize)> {
    let (name, offset) = match &value.kind {
        Kind::Text(text) => (text.as_str(), value.span.start + 1),
        Kind::Name(name) => (name.as_str(), value.span.start),
        _ => {
            let message = format!("expected a block type, found {}", value.describe());
            return Err(literal.invalid(value.span.start, message));
        }
    };
    name.strip_prefix(PREFIX).map(|behind| (behind, offset + PREFIX.len())).ok_or_else(|| {
        let shown = shorten(name);
        literal.invalid(offset, format!("`{shown}` does not begin with `{PREFIX}`; {FORMS}"))
    })
}

/// The names of `_a_b_c_d`, each with its offset.
fn short_names(text: &str, start: usize) -> Vec<(&str, usize)> {
    let offset = |name: &str| start + (name.as_ptr() as usize - text.as_ptr() as usize);
    text.split('_').skip(1).map(|name| (name, offset(name))).collect()
}

fn block_type(literal: &Literal<'_>, (name, offset): (&str, usize)) -> Result<BlockType> {
    BlockType::from_name(name).ok_or_else(|| {
        let names = BlockType::names();
        let meant = nearest(name, &names)
            .map_or_else(String::new, |meant| format!("did you mean `{meant}`? "));
        let (shown, known) = (shorten(name), names.join(", "));
        literal.invalid(
            offset,
            format!("unknown block type `{shown}`; {meant}expected one of {known}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::Architecture;

    #[test]
    fn both_forms_spell_the_same_network() {
        let canonical = r#"["hiaml_src1","hiaml_src1","hiaml_r30","hiaml_z"]"#;
        let texts = [
            canonical,
            "('hiaml_src1', 'hiaml_src1', 'hiaml_r30', 'hiaml_z',)",
            "net = ['hiaml_src1', \"hiaml_src1\",\n 'hiaml_r30', 'hiaml_z']  # best",
            "_src1_src1_r30_z",
            " '_src1_src1_r30_z' ",
            "\"_src1_src1_r30_z\",",
        ];
        for text in texts {
            assert!(recognises(text), "{text}");
            assert_eq!(read(text).unwrap().text(), canonical, "{text}");
        }
        for text in ["z_z_z_z", "[\"src1\"]", "\"a_b\"", "__init__", "|none~0|"] {
            assert!(!recognises(text), "{text}");
        }
    }

    #[test]
    fn errors_name_the_block_type_and_its_place() {
        let known = BlockType::names().join(", ");
        let cases = [
            (
                r#"["hiaml_src1","hiaml_src2","hiaml_r30","hiaml_z"]"#,
                format!(
                    "1:22: unknown block type `src2`; did you mean `src0`? expected one of {known}"
                ),
            ),
            ("_src1_src1_r30_", format!("1:16: unknown block type ``; expected one of {known}")),
            ("'_z_z_q_z'", format!("1:7: unknown block type `q`; expected one of {known}")),
            ("_z_z_z", format!("1:1: 3 block types; {FORMS}")),
            ("[\"hiaml_z\",\"r30\"]", format!("1:13: `r30` does not begin with `hiaml_`; {FORMS}")),
            ("['hiaml_z', 7]", "1:13: expected a block type, found `7`".to_owned()),
            ("hiaml_z", format!("1:1: {FORMS}, found the name `hiaml_z`")),
            (
                "['hiaml_z'",
                "1:11: the text ends inside a list that opens at 1:1; expected `,` or `]`"
                    .to_owned(),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).expect_err(text).to_string(), expected, "{text}");
        }
    }
}
