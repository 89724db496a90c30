//! Reads a subnet in any of its forms, and says what is wrong with a text that is nearly one.

use super::{Form, Mbv3, Supernet};
use crate::error::Result;
use crate::family::choice::one_of;
use crate::family::literal::{Kind, Literal};
use crate::family::ofa::{read_lists, read_pair};

/// The subnet that `text` spells.
pub(super) fn read(text: &str) -> Result<Mbv3> {
    let literal = Literal::read(text)?;
    match literal.root.kind {
        Kind::Dict(_) | Kind::Call { .. } => {
            let form = form(&literal)?;
            Ok(Mbv3 { form, subnet: read_lists(&literal, form.space())? })
        }
        _ => {
            let form = Form::Pair;
            Ok(Mbv3 { form, subnet: read_pair(&literal, form.space())? })
        }
    }
}

/// Lists, with or without the name of a supernet.
fn form(literal: &Literal<'_>) -> Result<Form> {
    let named = literal.root.entry(&["supernet"]);
    let Some(value) = named.filter(|value| value.kind != Kind::Nothing) else {
        return Ok(Form::Lists);
    };
    let known = Supernet::ALL.into_iter().find(|known| value.text() == Some(known.name()));
    known.map(Form::Supernet).ok_or_else(|| {
        let (found, expected) = (value.describe(), one_of(&Supernet::NAMES));
        literal.invalid(value.span.start, format!("the supernet is {found}; expected {expected}"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::OfaMbv3;
    use super::*;
    use crate::family::{Architecture, Family};

    const PAIR: &str = r#"[224,[["mbconv3_e4_k5","mbconv3_e3_k7"],["mbconv3_e4_k3","mbconv3_e6_k3","mbconv3_e3_k3"],["mbconv3_e4_k5","mbconv3_e3_k3"],["mbconv3_e3_k7","mbconv3_e6_k3","mbconv3_e6_k3","mbconv3_e6_k3"],["mbconv3_e4_k5","mbconv3_e3_k5","mbconv3_e4_k5"]]]"#;

    #[test]
    fn every_form_of_lists_spells_the_same_subnet() {
        let canonical = OfaMbv3.example();
        let call = canonical.replace(['{', '"', '}'], "").replace(':', "=");
        let texts = [
            canonical.to_owned(),
            canonical.replace("224", "[224]"),
            canonical.replace("\"r\"", "'image_size'").replace(['['], "(").replace([']'], ")"),
            canonical.replace("\"r\"", "\"resolution\"").replace('{', "{'wid': None, "),
            canonical.replace("[5,7,0,0", "[5, 7, 9, \"any\"").replace("[4,3,0,0", "[4, 3, 3, 0"),
            format!("# best\nsubnet = {canonical},\n"),
            format!("dict({call})"),
            canonical.replace('}', ",\"supernet\":null}"),
        ];
        for text in texts {
            assert!(OfaMbv3.recognises(&text), "{text}");
            let subnet = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!((subnet.text().as_str(), subnet.form), (canonical, Form::Lists), "{text}");
        }
    }

    #[test]
    fn a_pair_is_the_same_subnet_of_width_1_2_and_stays_a_pair() {
        let python = PAIR.replacen('[', "(", 1).replace('"', "'").replace("]]]", "]])");
        for text in [PAIR, &python, &PAIR.replace("224", "[224]")] {
            assert!(OfaMbv3.recognises(text), "{text}");
            let subnet = read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(subnet.text(), PAIR);
            assert_eq!(subnet.variants()[0].name, "imagenet-w1.2");
            assert_eq!(subnet.subnet, read(OfaMbv3.example()).unwrap().subnet);
        }
    }

    #[test]
    fn a_named_supernet_is_kept_and_moofa_has_expansions_of_its_own() {
        for name in Supernet::NAMES {
            let lists = OfaMbv3.example().replace('6', if name == "moofa" { "2" } else { "6" });
            let text = lists.replace('}', &format!(",\"supernet\":\"{name}\"}}"));
            let subnet = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(subnet.text(), text);
            let names: Vec<_> = subnet.variants().iter().map(|variant| variant.name).collect();
            assert_eq!(names, [name]);
        }
    }

    #[test]
    fn a_side_that_is_left_out_is_assumed_and_said_so() {
        let subnet = read(&OfaMbv3.example().replace(",\"r\":224", "")).unwrap();
        assert_eq!(subnet.text(), OfaMbv3.example());
        assert_eq!(subnet.notes().len(), 1);
    }

    #[test]
    fn wrong_values_are_named_with_their_slot_place_and_what_is_allowed() {
        let lists = |old: &str, new: &str| OfaMbv3.example().replacen(old, new, 1);
        let pair = |old: &str, new: &str| PAIR.replacen(old, new, 1);
        let form =
            r#"expected {"ks": [20 kernels], "e": [20 expansions], "d": [5 depths], "r": 224}"#;
        let cases = [
            (
                lists("[5,7", "[5,4"),
                "1:10: the kernel in slot 1 is `4`; expected 3, 5 or 7".to_owned(),
            ),
            (
                lists("[4,3,0,0,4,6", "[4,3,0,0,4,5"),
                "1:64: the expansion in slot 5 is `5`; expected 3, 4 or 6".to_owned(),
            ),
            (
                lists("[2,3,2", "[2,5,2"),
                "1:102: the depth of stage 1 is `5`; expected 2, 3 or 4".to_owned(),
            ),
            (
                lists("224", "225"),
                "1:115: the image's side is `225`; expected a multiple of 4 from 32 to 1024"
                    .to_owned(),
            ),
            (lists("[5,7,", "[5,"), "1:7: 19 kernels; expected 20".to_owned()),
            (lists("[2,3,2,4", "[2,3,2"), "1:99: 4 depths; expected 5".to_owned()),
            (lists("\"e\":", "\"f\":"), format!("1:1: no `e` in a dict; {form}")),
            (
                lists("}", ",\"supernet\":\"fofa\"}"),
                "1:130: the supernet is the string `fofa`; expected ofa, compofa or moofa"
                    .to_owned(),
            ),
            (
                lists("}", ",\"supernet\":\"moofa\"}"),
                "1:64: the expansion in slot 5 is `6`; expected 2, 3 or 4".to_owned(),
            ),
            (
                pair("e4_k5", "e5_k5"),
                "1:8: the expansion of `mbconv3_e5_k5` is 5; expected 3, 4 or 6".to_owned(),
            ),
            (
                pair("e4_k5", "e4_k9"),
                "1:8: the kernel of `mbconv3_e4_k9` is 9; expected 3, 5 or 7".to_owned(),
            ),
            (
                pair("mbconv3_e4_k5", "mbconv3_k5_e4"),
                "1:8: expected a layer such as `mbconv3_e3_k5`, found the string `mbconv3_k5_e4`"
                    .to_owned(),
            ),
            (
                pair(",\"mbconv3_e3_k7\"", ""),
                "1:7: stage 0 has 1 layers; expected 2, 3 or 4".to_owned(),
            ),
            (
                pair("224,", ""),
                "1:1: expected a pair of image side and 5 lists of layers, as in (224, \
                 [[\"mbconv3_e3_k5\", ...], ...]), found a list of 1"
                    .to_owned(),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(&text).expect_err(&expected).to_string(), expected, "{text}");
        }
    }
}
