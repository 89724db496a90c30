//! Networks as Keras 2 and 3 write them: the text of `model.to_json()`.
//!
//! [`model`] reads the JSON, [`steps`] puts the calls of layers in order, [`lower`] turns them into
//! operators. Weights are not needed: the layers' settings say their sizes.

mod config;
mod lower;
mod model;
mod spelled;
mod steps;
mod value;

use std::collections::HashMap;

use serde_json::Value as Json;

use super::Parsed;
use super::size::{self, DEFAULT_SIDE, DEFAULT_SMALL_SIDE, SMALL_CLASSES};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::note::{Note, NoteKind};
use lower::{Lowered, Plan};
use model::{Layer, Model};
use steps::{Output, Steps};

/// Bytes of one text: the largest network of keras.applications takes 1.4 MB.
pub(super) const MAX_BYTES: usize = 16 << 20;

/// The network that `text`, the result of `model.to_json()`, holds.
pub(super) fn read(text: &str, input_size: Option<[u32; 2]>) -> Result<Parsed> {
    if text.len() > MAX_BYTES {
        let message =
            format!("the text has {} bytes, a Keras model at most {MAX_BYTES}", text.len());
        return Err(Error::new(ErrorKind::TooLarge, message));
    }
    let json: Json = serde_json::from_str(text).map_err(|error| {
        let place = Place { line: error.line() as u32, column: error.column() as u32 };
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        let message = format!("no Keras model: {message}; expected the text of model.to_json()");
        Error::new(ErrorKind::Syntax, message).at(place)
    })?;
    let model = model::read(&json)?;
    let steps = steps::expand(&model)?;
    let (output, ancestors) = main_output(&steps);
    let mut notes = output_notes(&steps, output);
    let layer = |step: usize| steps.list[step].layer;
    let inputs: Vec<usize> =
        steps.inputs.iter().copied().filter(|input| ancestors.contains(input)).collect();
    let is_channels_first = is_channels_first(&model);
    let image = image(&steps, &inputs, is_channels_first)?;
    let others: Vec<&str> =
        inputs.iter().filter(|&&input| input != image).map(|&input| layer(input).name).collect();
    if !others.is_empty() {
        let message = format!(
            "the image is `{}`; what only depends on `{}` is left out",
            layer(image).name,
            others.join("`, `")
        );
        notes.push(Note::new(NoteKind::Assumed, message));
    }
    let mut plan = Plan { output, ancestors, image, inputs: HashMap::new(), is_channels_first };
    let (lowered, note) = sized(&model, &steps, &mut plan, &inputs, input_size)?;
    notes.extend(note);
    let are_unknown = "calls are of layers that are not known";
    if let Some(list) = lowered.unknown.listed(lowered.n_steps, are_unknown)? {
        let message = format!("layers that are not known: {list}; their params are not counted");
        notes.push(Note::new(NoteKind::Unknown, message));
    }
    Ok(Parsed::Graph { graph: lowered.graph, notes })
}

/// The output that depends on most steps, the first of equals, and those steps.
fn main_output(steps: &Steps) -> (Output, std::collections::HashSet<usize>) {
    let candidates = steps.outputs.iter().map(|&output| (output, steps.ancestors(output)));
    candidates
        .reduce(|best, next| if next.1.len() > best.1.len() { next } else { best })
        .expect("invariant: a model without outputs is refused when it is read")
}

fn output_notes(steps: &Steps, output: Output) -> Vec<Note> {
    let name = |output: &Output| steps.list[output.step].layer.name;
    let others: Vec<&str> =
        steps.outputs.iter().filter(|&&other| other != output).map(name).collect();
    if others.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "of several outputs, `{}` depends on most layers; `{}` left out",
        name(&output),
        others.join("`, `")
    );
    vec![Note::new(NoteKind::Assumed, message)]
}

/// Whether any layer has its channels in front.
fn is_channels_first(model: &Model) -> bool {
    model.layers.iter().any(|layer| {
        layer.config.text("data_format") == Some("channels_first")
            || layer.inner.as_ref().is_some_and(is_channels_first)
    })
}

/// The input that is the image: the first with 1 to 4 channels, else the first.
fn image(steps: &Steps, inputs: &[usize], is_channels_first: bool) -> Result<usize> {
    let channel = if is_channels_first { 1 } else { 3 };
    let is_image = |&input: &usize| {
        let shape = steps.list[input].layer.config.input_shape().unwrap_or_default();
        shape.len() == 4 && shape[channel].as_u64().is_some_and(|c| (1..=4).contains(&c))
    };
    let mut images = inputs.iter().copied().filter(is_image);
    let first = images.next().or(inputs.first().copied());
    let Some(image) = first else {
        return Err(value::invalid("the output depends on no input"));
    };
    let is_seen = |input: usize| {
        steps.list.iter().any(|step| {
            let mut is_read = false;
            step.each_read(|read| is_read |= read.step == input);
            is_read
                && ["Conv", "Pooling", "Resizing"].iter().any(|of| step.layer.class.contains(of))
        })
    };
    match images.find(|&other| is_seen(other)) {
        Some(other) => Err(value::invalid(format!(
            "the model reads two images, `{}` and `{}`; expected a network of one image",
            steps.list[image].layer.name, steps.list[other].layer.name
        ))),
        None => Ok(image),
    }
}

/// The graph for the image's size: the model's, the caller's, or the default; and what to say of it.
fn sized(
    model: &Model,
    steps: &Steps,
    plan: &mut Plan,
    inputs: &[usize],
    input_size: Option<[u32; 2]>,
) -> Result<(Lowered, Option<Note>)> {
    let mut at = |size: [u32; 2]| -> Result<(Lowered, bool)> {
        let mut is_open = false;
        for &input in inputs {
            let layer = steps.list[input].layer;
            let (dims, has_open_side) = dims(layer, size, plan.is_channels_first)?;
            is_open |= has_open_side && input == plan.image;
            plan.inputs.insert(input, dims);
        }
        Ok((lower::lower(model.name, steps, plan)?, is_open))
    };
    let (lowered, is_open) = at(input_size.unwrap_or([DEFAULT_SIDE; 2]))?;
    let shape = lowered.graph.input_shape();
    if let Some([height, width]) = input_size {
        let note = || {
            let fixed = format!("the model fixes its image at {} x {}", shape.h, shape.w);
            let message = format!("{fixed}, so {height} x {width} is not used");
            Some(Note::new(NoteKind::Assumed, message))
        };
        let is_used = [shape.h, shape.w] == [height, width];
        return Ok((lowered, if is_used || is_open { None } else { note() }));
    }
    if !is_open {
        return Ok((lowered, None));
    }
    let is_small = lowered.classes.is_some_and(|classes| classes <= SMALL_CLASSES);
    let lowered = if is_small { at([DEFAULT_SMALL_SIDE; 2])?.0 } else { lowered };
    let side = if is_small { DEFAULT_SMALL_SIDE } else { DEFAULT_SIDE };
    Ok((lowered, Some(size::assumed("model", side))))
}

/// The sides of an input, batch first, with those of `size` where one is open; and whether one was.
fn dims(layer: &Layer, size: [u32; 2], is_channels_first: bool) -> Result<(Vec<u32>, bool)> {
    let Some([_, sides @ ..]) = layer.config.input_shape() else {
        let message = format!("input `{}` has no shape; expected \"batch_shape\"", layer.name);
        return Err(value::invalid(message));
    };
    let n_before = usize::from(is_channels_first && sides.len() == 3);
    let mut dims = vec![1];
    let mut is_open = false;
    for (idx, json) in sides.iter().enumerate() {
        let given = json.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|&n| n > 0);
        match (given, json) {
            (Some(given), _) => dims.push(given),
            (None, Json::Null) => {
                is_open = true;
                dims.push(size[idx.saturating_sub(n_before).min(1)]);
            }
            (None, json) => {
                let message = format!("input `{}` has a side of {json}", layer.name);
                return Err(value::invalid(message));
            }
        }
    }
    Ok((dims, is_open))
}

#[cfg(test)]
mod tests;
