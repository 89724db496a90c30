//! Reads a subnet's dict, alone or in a pair behind the image's side, and says what is wrong.

use super::{BEYOND, EXPANSIONS, FEWEST, N_WIDTHS, STAGES, Subnet, WIDTHS, n_slots};
use crate::error::Result;
use crate::family::choice::{read_list, read_number};
use crate::family::literal::{self, Kind, Literal, Value, has_key};
use crate::family::ofa::Side;

const FORMS: &str =
    r#"expected {"d": [5 depths], "e": [18 expansions], "w": [6 widths], "r": 224}"#;

/// Whether `text` looks like a subnet, well-formed or not.
pub(super) fn recognises(text: &str) -> bool {
    let body = literal::without_preamble(text);
    has_key(body, "d") && has_key(body, "e") && !has_key(body, "ks")
}

/// The subnet that `text` spells.
pub(super) fn read(text: &str) -> Result<Subnet> {
    let literal = Literal::read(text)?;
    match literal.root.items() {
        Some([side, dict]) => subnet(&literal, dict, Side::read(&literal, side)?),
        _ => subnet(&literal, &literal.root, Side::read_entry(&literal, &literal.root)?),
    }
}

fn subnet(literal: &Literal<'_>, dict: &Value, side: Side) -> Result<Subnet> {
    let entry = |key: &str| {
        dict.entry(&[key]).ok_or_else(|| {
            let message = format!("no `{key}` in {}; {FORMS}", dict.describe());
            literal.invalid(dict.span.start, message)
        })
    };
    let depths = read_list(literal, entry("d")?, "depths", 1 + STAGES)?;
    let n_expansions = (0..STAGES).map(n_slots).sum();
    let expansions = read_list(literal, entry("e")?, "expansions", n_expansions)?;
    let widths = read_list(literal, entry("w")?, "widths", N_WIDTHS)?;
    let Kind::Integer(stem) = depths[0].kind else {
        let found = depths[0].describe();
        let message = format!("the stem's depth is {found}; expected 0, or 2 for its residual");
        return Err(literal.invalid(depths[0].span.start, message));
    };
    Ok(Subnet {
        has_stem_residual: stem == 2,
        stages: read_stages(literal, &depths[1..], expansions)?,
        widths: read_widths(literal, widths)?,
        side,
    })
}

fn read_stages(
    literal: &Literal<'_>,
    depths: &[Value],
    expansions: &[Value],
) -> Result<[Vec<u32>; STAGES]> {
    let mut stages = [const { Vec::new() }; STAGES];
    let mut first = 0;
    for (idx, (stage, depth)) in stages.iter_mut().zip(depths).enumerate() {
        let beyond = read_index(literal, depth, &format!("the depth of stage {idx}"), &BEYOND)?;
        let slots = first..first + FEWEST[idx] + beyond;
        *stage = slots
            .map(|slot| read_expansion(literal, &expansions[slot], slot))
            .collect::<Result<_>>()?;
        first += n_slots(idx);
    }
    Ok(stages)
}

/// The expansion in hundredths.
fn read_expansion(literal: &Literal<'_>, value: &Value, slot: usize) -> Result<u32> {
    let written = match value.kind {
        Kind::Float(number) => 100.0 * number,
        _ => f64::NAN,
    };
    let is_near = |hundredths: &u32| (f64::from(*hundredths) - written).abs() < 1e-4;
    EXPANSIONS.into_iter().find(is_near).ok_or_else(|| {
        let found = value.describe();
        let message =
            format!("the expansion in slot {slot} is {found}; expected 0.2, 0.25 or 0.35");
        literal.invalid(value.span.start, message)
    })
}

fn read_widths(literal: &Literal<'_>, values: &[Value]) -> Result<[usize; N_WIDTHS]> {
    let mut widths = [0; N_WIDTHS];
    for (idx, (width, value)) in widths.iter_mut().zip(values).enumerate() {
        let what = format!("width {idx}, an index into 0.65, 0.8 and 1.0,");
        *width = read_index(literal, value, &what, &WIDTHS)?;
    }
    Ok(widths)
}

fn read_index(
    literal: &Literal<'_>,
    value: &Value,
    what: &str,
    allowed: &[usize; 3],
) -> Result<usize> {
    let number = read_number(literal, value, what, &allowed.map(|index| index as u32))?;
    Ok(number as usize)
}

#[cfg(test)]
mod tests {
    use super::super::OfaResNet;
    use super::*;
    use crate::family::{Architecture, Family};

    #[test]
    fn every_form_spells_the_same_subnet() {
        let canonical = OfaResNet.example();
        let texts = [
            canonical.to_owned(),
            format!("(224, {})", canonical.replace(",\"r\":224", "")),
            format!("net = [[224], {}]", canonical.replace('"', "'")),
            canonical.replace("224", "[224]").replace("\"r\"", "\"image_size\""),
            canonical.replace("[0,1,1", "[1,1,1").replace("0.25,0,0.2", "0.25,0.35,0.2"),
            canonical.replace("0.35,0,0,", "0.35,None,'any',").replace('{', "{'wid': None, "),
        ];
        for text in texts {
            assert!(recognises(&text), "{text}");
            let subnet = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(subnet.text(), canonical, "{text}");
        }
        let with_residual = canonical.replace("[0,1,1", "[2,1,1");
        assert_eq!(read(&with_residual).unwrap().text(), with_residual);
    }

    #[test]
    fn signs_are_not_seen_in_other_formats() {
        for text in [
            r#"{"ks":[3],"e":[3],"d":[2]}"#,
            r#"{"e":[1],"k":[3],"l":[1],"se":[true]}"#,
            "[224, 1]",
            "{\"d\": 1}",
        ] {
            assert!(!recognises(text), "{text}");
        }
    }

    #[test]
    fn wrong_values_are_named_with_their_place_and_what_is_allowed() {
        let changed = |old: &str, new: &str| OfaResNet.example().replacen(old, new, 1);
        let cases = [
            (
                changed("[0,1,1", "[0,1,3"),
                "1:11: the depth of stage 1 is `3`; expected 0, 1 or 2".to_owned(),
            ),
            (
                changed("[0.2,0.2,", "[0.2,0.3,"),
                "1:27: the expansion in slot 1 is `0.3`; expected 0.2, 0.25 or 0.35".to_owned(),
            ),
            (
                changed("[0,1,2,2", "[0,1,3,2"),
                "1:103: width 2, an index into 0.65, 0.8 and 1.0, is `3`; expected 0, 1 or 2"
                    .to_owned(),
            ),
            (
                changed("[0,1,1,0,1]", "['x',1,1,0,1]"),
                "1:7: the stem's depth is the string `x`; expected 0, or 2 for its residual"
                    .to_owned(),
            ),
            (changed("[0,1,1,0,1]", "[1,1,0,1]"), "1:6: 4 depths; expected 5".to_owned()),
            (changed("0.2,0.2,0.25,", "0.2,0.25,"), "1:22: 17 expansions; expected 18".to_owned()),
            (changed("\"w\"", "\"v\""), format!("1:1: no `w` in a dict; {FORMS}")),
            (
                changed("224", "0"),
                "1:116: the image's side is `0`; expected a multiple of 4 from 32 to 1024"
                    .to_owned(),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(&text).expect_err(&expected).to_string(), expected, "{text}");
        }
    }
}
