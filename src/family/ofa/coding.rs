//! The two spellings of a subnet with kernels and expansions, shared by two families.
//!
//! The supernets' own: `{"ks": [20], "e": [20], "d": [5], "r": 224}`, four slots a stage, those
//! beyond the stage's depth ignored. GENNAPE's: `(224, [["mbconv3_e6_k5", ...], ...])`, one list a
//! stage.

use super::side::Side;
use super::subnet::{Layer, Space, Subnet};
use crate::error::Result;
use crate::family::choice::{json_list, one_of, read_list, read_number};
use crate::family::literal::{self, Literal, Value, behind_key, has_key, shorten};

/// How many stages the space of `text` has, if it looks like a subnet, well-formed or not.
///
/// Six where it has more than 20 slots, or 6 depths, or layers called `mbconv2_*`; else five.
pub(in crate::family) fn n_stages_of(text: &str) -> Option<usize> {
    let body = literal::without_preamble(text);
    if has_key(body, "ks") {
        let count = |key: &str| behind_key(body, key).map_or(0, n_items);
        let has_six = count("ks") > 20 || count("e") > 20 || count("d") == 6;
        return Some(if has_six { 6 } else { 5 });
    }
    let named = |prefix: &str| body.starts_with(['[', '(']) && body.contains(prefix);
    let (five, six) = (named("mbconv3_"), named("mbconv2_"));
    (five || six).then_some(if five { 5 } else { 6 })
}

/// Elements of the list with which `text` begins, up to its end or that of the text.
fn n_items(text: &str) -> usize {
    let Some(items) = text.strip_prefix(['[', '(']) else { return 0 };
    let end = items.find([']', ')', '}']).unwrap_or(items.len());
    items[..end].split(',').filter(|item| !item.trim().is_empty()).count()
}

/// The subnet that a dict of lists spells.
///
/// # Errors
/// What is missing or not in `space`, and where.
pub(in crate::family) fn read_lists(literal: &Literal<'_>, space: &Space) -> Result<Subnet> {
    let dict = &literal.root;
    let n_slots: usize = space.slots().sum();
    let entry = |key: &str| {
        dict.entry(&[key]).ok_or_else(|| {
            let n_stages = space.depths.len();
            let message = format!(
                "no `{key}` in {}; expected {{\"ks\": [{n_slots} kernels], \"e\": [{n_slots} \
                 expansions], \"d\": [{n_stages} depths], \"r\": 224}}",
                dict.describe()
            );
            literal.invalid(dict.span.start, message)
        })
    };
    let kernels = read_list(literal, entry("ks")?, "kernels", n_slots)?;
    let expansions = read_list(literal, entry("e")?, "expansions", n_slots)?;
    let depths = read_depths(literal, entry("d")?, space)?;
    let mut stages = Vec::with_capacity(depths.len());
    let mut first = 0;
    for (depth, n_slots) in depths.into_iter().zip(space.slots()) {
        let slots = first..first + depth;
        let layer = |slot: usize| -> Result<Layer> {
            let number = |value, what: &str, allowed| {
                read_number(literal, value, &format!("the {what} in slot {slot}"), allowed)
            };
            Ok(Layer {
                kernel: number(&kernels[slot], "kernel", space.kernels)?,
                expansion: number(&expansions[slot], "expansion", space.expansions)?,
            })
        };
        stages.push(slots.map(layer).collect::<Result<_>>()?);
        first += n_slots;
    }
    Ok(Subnet { stages, side: Side::read_entry(literal, dict)? })
}

/// The depth of each stage; last ones that have no choice may be missing.
fn read_depths(literal: &Literal<'_>, value: &Value, space: &Space) -> Result<Vec<usize>> {
    let items = literal.items(value, "depths")?;
    let n_open = space.depths.iter().filter(|depths| depths.len() > 1).count();
    if items.len() != n_open {
        read_list(literal, value, "depths", space.depths.len())?;
    }
    let depth = |(idx, depths): (usize, &&'static [u32])| match items.get(idx) {
        None => Ok(depths[0] as usize),
        Some(value) => read_number(literal, value, &format!("the depth of stage {idx}"), depths)
            .map(|depth| depth as usize),
    };
    space.depths.iter().enumerate().map(depth).collect()
}

/// The subnet that the pair of image side and names of layers spells.
///
/// # Errors
/// What is not in `space`, and where.
pub(in crate::family) fn read_pair(literal: &Literal<'_>, space: &Space) -> Result<Subnet> {
    let root = &literal.root;
    let n_stages = space.depths.len();
    let Some([side, lists]) = root.items() else {
        let example = example_layer(space);
        let message = format!(
            "expected a pair of image side and {n_stages} lists of layers, as in (224, \
             [[\"{example}\", ...], ...]), found {}",
            root.describe()
        );
        return Err(literal.invalid(root.span.start, message));
    };
    let lists = read_list(literal, lists, "lists of layers", n_stages)?;
    let stage = |(idx, list): (usize, &Value)| -> Result<Vec<Layer>> {
        let names = literal.items(list, "layers")?;
        if !space.depths[idx].contains(&u32::try_from(names.len()).unwrap_or(u32::MAX)) {
            let (found, expected) = (names.len(), one_of(space.depths[idx]));
            let message = format!("stage {idx} has {found} layers; expected {expected}");
            return Err(literal.invalid(list.span.start, message));
        }
        names.iter().map(|name| read_layer(literal, name, space)).collect()
    };
    let stages = lists.iter().enumerate().map(stage).collect::<Result<_>>()?;
    Ok(Subnet { stages, side: Side::read(literal, side)? })
}

/// `mbconv3_e6_k5`.
fn read_layer(literal: &Literal<'_>, value: &Value, space: &Space) -> Result<Layer> {
    let parts = value.text().and_then(|name| {
        let numbers = name.strip_prefix(space.prefix)?.strip_prefix("_e")?;
        let (expansion, kernel) = numbers.split_once("_k")?;
        Some((name, expansion.parse::<u32>().ok()?, kernel.parse::<u32>().ok()?))
    });
    let Some((name, expansion, kernel)) = parts else {
        let (found, example) = (value.describe(), example_layer(space));
        let message = format!("expected a layer such as `{example}`, found {found}");
        return Err(literal.invalid(value.span.start, message));
    };
    for (what, number, allowed) in
        [("expansion", expansion, space.expansions), ("kernel", kernel, space.kernels)]
    {
        if !allowed.contains(&number) {
            let (name, expected) = (shorten(name), one_of(allowed));
            let message = format!("the {what} of `{name}` is {number}; expected {expected}");
            return Err(literal.invalid(value.span.start, message));
        }
    }
    Ok(Layer { kernel, expansion })
}

fn example_layer(space: &Space) -> String {
    name_of(space, Layer { kernel: 5, expansion: space.expansions[0] })
}

fn name_of(space: &Space, Layer { kernel, expansion }: Layer) -> String {
    format!("{}_e{expansion}_k{kernel}", space.prefix)
}

/// The entries of the dict that spells `subnet`: unused slots are 0.
pub(in crate::family) fn write_lists(subnet: &Subnet, space: &Space) -> String {
    let slots = |number: fn(&Layer) -> u32| {
        let stages = subnet.stages.iter().zip(space.slots());
        let stage = |(layers, n_slots): (&Vec<Layer>, usize)| {
            let numbers = layers.iter().map(number).chain(std::iter::repeat(0));
            numbers.take(n_slots).collect::<Vec<u32>>()
        };
        json_list(stages.flat_map(stage))
    };
    format!(
        r#""ks":{},"e":{},"d":{},"r":{}"#,
        slots(|layer| layer.kernel),
        slots(|layer| layer.expansion),
        json_list(subnet.stages.iter().map(Vec::len)),
        subnet.side.pixels
    )
}

/// The pair that spells `subnet`.
pub(in crate::family) fn write_pair(subnet: &Subnet, space: &Space) -> String {
    let name = |layer: &Layer| format!("\"{}\"", name_of(space, *layer));
    let stages = subnet.stages.iter().map(|layers| json_list(layers.iter().map(name)));
    format!("[{},{}]", subnet.side.pixels, json_list(stages))
}
