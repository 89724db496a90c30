//! A model as its JSON writes it: layers, their settings, and the calls that join them.
//!
//! Keras 2 and 3 write calls in two ways, a `Sequential` model writes none; all become [`Call`]s
//! here, whose tensors name a layer by its position. [`super::steps`] puts the calls in order.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::config::Config;
use crate::error::{Error, ErrorKind, Result};

/// Layers that all models of a text may have together.
pub(super) const MAX_LAYERS: usize = 50_000;

/// A model: the outermost one, or one that stands in the place of a layer.
#[derive(Debug)]
pub(super) struct Model<'a> {
    pub(super) name: &'a str,
    pub(super) layers: Vec<Layer<'a>>,
    pub(super) inputs: Vec<History>,
    pub(super) outputs: Vec<History>,
}

/// A layer and each of its calls.
#[derive(Debug)]
pub(super) struct Layer<'a> {
    /// Different for each layer of a text: what its weights are known by.
    pub(super) id: usize,
    pub(super) name: &'a str,
    pub(super) class: &'a str,
    /// The Python module of the class; Keras 3 writes it.
    pub(super) module: Option<&'a str>,
    pub(super) config: Config<'a>,
    /// The model, if the layer is one.
    pub(super) inner: Option<Model<'a>>,
    pub(super) calls: Vec<Call<'a>>,
    /// The number of the first call in histories: Keras counts a model's own making as a call.
    pub(super) first_node: usize,
}

/// What a layer is called with.
#[derive(Debug, Default)]
pub(super) struct Call<'a> {
    pub(super) args: Vec<Argument<History, &'a Json>>,
    pub(super) kwargs: Vec<(&'a str, Argument<History, &'a Json>)>,
}

/// A tensor, a list, or anything else.
#[derive(Debug, Clone)]
pub(super) enum Argument<Tensor, Constant> {
    Tensor(Tensor),
    List(Vec<Self>),
    Constant(Constant),
}

/// Where a tensor comes from: which call of which layer, and which of its results.
#[derive(Debug, Clone)]
pub(super) struct History {
    pub(super) layer: usize,
    pub(super) node: usize,
    pub(super) tensor: usize,
    /// The shape with batch, as Keras 3 writes it; `None` where a side is free.
    pub(super) shape: Option<Vec<Option<u32>>>,
}

impl<Tensor, Constant> Argument<Tensor, Constant> {
    /// Calls `visit` for each tensor, in order.
    pub(super) fn each_tensor<'s>(&'s self, visit: &mut impl FnMut(&'s Tensor)) {
        match self {
            Self::Tensor(tensor) => visit(tensor),
            Self::List(items) => items.iter().for_each(|item| item.each_tensor(visit)),
            Self::Constant(_) => (),
        }
    }
}

impl Call<'_> {
    /// Calls `visit` for each tensor that the call reads.
    pub(super) fn each_tensor<'s>(&'s self, mut visit: impl FnMut(&'s History)) {
        let kwargs = self.kwargs.iter().map(|(_, argument)| argument);
        self.args.iter().chain(kwargs).for_each(|argument| argument.each_tensor(&mut visit));
    }
}

/// The model that `json` holds.
///
/// # Errors
/// What is missing or of the wrong kind, with the layer's name.
pub(super) fn read(json: &Json) -> Result<Model<'_>> {
    let class = text(json, "class_name").unwrap_or_default();
    let Some(config) = json.get("config").filter(|_| is_model(class)) else {
        let message = format!(
            "the class is `{class}`; expected Functional, Model or Sequential with a \"config\""
        );
        return Err(invalid(message));
    };
    let mut n_layers = 0;
    model(class, config, &mut n_layers)
}

/// Whether `class` is the class of a model that is made of layers.
fn is_model(class: &str) -> bool {
    matches!(class, "Functional" | "Model" | "Sequential")
}

fn model<'a>(class: &str, config: &'a Json, n_layers: &mut usize) -> Result<Model<'a>> {
    // Sequential was a bare list once
    let layers = config.get("layers").unwrap_or(config).as_array();
    let Some(layers) = layers.filter(|layers| !layers.is_empty()) else {
        return Err(invalid("the model has no \"layers\"; expected a list of at least one"));
    };
    let name = text(config, "name").unwrap_or_default();
    let mut read = layers.iter().map(|json| layer(json, n_layers)).collect::<Result<Vec<_>>>()?;
    let (inputs, outputs) = match class {
        "Sequential" => chain(&mut read)?,
        _ => {
            let positions = join(&mut read, layers)?;
            let ends = |key| ends(config.get(key), &positions, key);
            (ends("input_layers")?, ends("output_layers")?)
        }
    };
    let mut model = Model { name, layers: read, inputs, outputs };
    model.find_first_nodes();
    Ok(model)
}

fn layer<'a>(json: &'a Json, n_layers: &mut usize) -> Result<Layer<'a>> {
    static NO_SETTINGS: std::sync::LazyLock<Map<String, Json>> = std::sync::LazyLock::new(Map::new);
    let Some(class) = text(json, "class_name") else {
        return Err(invalid("a layer has no \"class_name\""));
    };
    let settings = json.get("config");
    let name = text(json, "name").or_else(|| text(settings?, "name")).unwrap_or(class);
    *n_layers += 1;
    if *n_layers > MAX_LAYERS {
        let message = format!("the model has more than {MAX_LAYERS} layers");
        return Err(Error::new(ErrorKind::TooLarge, message));
    }
    let id = *n_layers;
    let inner = settings.filter(|_| is_model(class)).map(|config| model(class, config, n_layers));
    let inner = inner.transpose().map_err(|error| error.context(format!("model `{name}`")))?;
    let config = Config::new(settings.and_then(Json::as_object).unwrap_or(&NO_SETTINGS));
    let module = text(json, "module");
    Ok(Layer { id, name, class, module, config, inner, calls: Vec::new(), first_node: 0 })
}

/// Calls each layer with the result of the one before it: a `Sequential` model.
fn chain<'a>(layers: &mut Vec<Layer<'a>>) -> Result<(Vec<History>, Vec<History>)> {
    let result_of = |layer| History { layer, node: 0, tensor: 0, shape: None };
    let first_is_input = layers.first().is_some_and(|layer| layer.class == "InputLayer");
    for (idx, layer) in layers.iter_mut().enumerate().skip(usize::from(first_is_input)) {
        // without an input layer, what the first layer reads stands behind all of them
        let read = idx.checked_sub(1).unwrap_or(usize::MAX);
        let args = vec![Argument::Tensor(result_of(read))];
        layer.calls = vec![Call { args, kwargs: Vec::new() }];
    }
    let last = layers.len() - 1;
    if first_is_input {
        return Ok((vec![result_of(0)], vec![result_of(last)]));
    }
    let input = implied_input(&layers[0])?;
    layers.push(input);
    let end = layers.len() - 1;
    layers[0].calls[0].args = vec![Argument::Tensor(result_of(end))];
    Ok((vec![result_of(end)], vec![result_of(last)]))
}

/// The input layer that a `Sequential` model leaves out: `first` knows the shape it reads.
fn implied_input<'a>(first: &Layer<'a>) -> Result<Layer<'a>> {
    let mut knows = first;
    while let Some(inner) = &knows.inner {
        let Some(input) = inner.inputs.first().and_then(|input| inner.layers.get(input.layer))
        else {
            break;
        };
        knows = input;
    }
    if knows.config.input_shape().is_none() {
        let message = format!(
            "the model does not say what layer `{}` reads; build it with an Input layer first",
            first.name
        );
        return Err(invalid(message));
    }
    Ok(Layer {
        // no weights, so no need of an id of its own
        id: 0,
        name: "input",
        class: "InputLayer",
        module: None,
        config: knows.config,
        inner: None,
        calls: Vec::new(),
        first_node: 0,
    })
}

/// Reads the calls of `layers` from their JSON; gives the position of each name.
fn join<'a>(layers: &mut [Layer<'a>], json: &'a [Json]) -> Result<HashMap<&'a str, usize>> {
    let positions: HashMap<&str, usize> =
        layers.iter().enumerate().map(|(idx, layer)| (layer.name, idx)).collect();
    for (layer, json) in layers.iter_mut().zip(json) {
        let calls =
            json.get("inbound_nodes").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        layer.calls = calls
            .iter()
            .map(|call| read_call(call, &positions))
            .collect::<Result<_>>()
            .map_err(|error| error.context(format!("layer `{}`", layer.name)))?;
    }
    Ok(positions)
}

fn read_call<'a>(json: &'a Json, positions: &HashMap<&str, usize>) -> Result<Call<'a>> {
    if let Some(args) = json.get("args").and_then(Json::as_array) {
        let args = args.iter().map(|arg| argument(arg, positions)).collect::<Result<_>>()?;
        return Ok(Call { args, kwargs: kwargs(json.get("kwargs"), positions)? });
    }
    let Some(entries) = json.as_array() else {
        return Err(invalid("an entry of \"inbound_nodes\" is neither a list nor has \"args\""));
    };
    // Keras 2: [layer, node, tensor, {kwargs}], one or a list of such
    let is_one = entries.first().is_some_and(Json::is_string);
    let entries = if is_one { std::slice::from_ref(json) } else { entries };
    let mut args = entries
        .iter()
        .map(|entry| match entry.get(0).and_then(Json::as_str) {
            Some("_CONSTANT_VALUE") => Ok(Argument::Constant(entry.get(2).unwrap_or(&Json::Null))),
            _ => history(entry, positions).map(Argument::Tensor),
        })
        .collect::<Result<Vec<_>>>()?;
    if args.len() > 1 {
        args = vec![Argument::List(args)];
    }
    let kwargs = kwargs(entries.first().and_then(|entry| entry.get(3)), positions)?;
    Ok(Call { args, kwargs })
}

fn kwargs<'a>(
    json: Option<&'a Json>,
    positions: &HashMap<&str, usize>,
) -> Result<Vec<(&'a str, Argument<History, &'a Json>)>> {
    let settings = json.and_then(Json::as_object).into_iter().flatten();
    settings.map(|(key, value)| Ok((&key[..], argument(value, positions)?))).collect()
}

fn argument<'a>(
    json: &'a Json,
    positions: &HashMap<&str, usize>,
) -> Result<Argument<History, &'a Json>> {
    if text(json, "class_name") == Some("__keras_tensor__") {
        let config = json.get("config").unwrap_or(&Json::Null);
        let tensor = history(config.get("keras_history").unwrap_or(&Json::Null), positions)?;
        let shape = config
            .get("shape")
            .and_then(Json::as_array)
            .map(|sides| sides.iter().map(|side| u32::try_from(side.as_u64()?).ok()).collect());
        return Ok(Argument::Tensor(History { shape, ..tensor }));
    }
    let Some(items) = json.as_array() else { return Ok(Argument::Constant(json)) };
    if let Ok(tensor) = history(json, positions) {
        return Ok(Argument::Tensor(tensor));
    }
    let items = items.iter().map(|item| argument(item, positions)).collect::<Result<Vec<_>>>()?;
    let is_constant = items.iter().all(|item| matches!(item, Argument::Constant(_)));
    Ok(if is_constant { Argument::Constant(json) } else { Argument::List(items) })
}

/// A tensor from `[layer, node, tensor, ...]`.
fn history(json: &Json, positions: &HashMap<&str, usize>) -> Result<History> {
    let number = |idx: usize| json.get(idx)?.as_u64().and_then(|n| usize::try_from(n).ok());
    let (Some(name), Some(node), Some(tensor)) =
        (json.get(0).and_then(Json::as_str), number(1), number(2))
    else {
        return Err(invalid("a tensor is not given as [layer, node index, tensor index]"));
    };
    let Some(&layer) = positions.get(name) else {
        return Err(invalid(format!(
            "a tensor comes from `{name}`, which is no layer of the model"
        )));
    };
    Ok(History { layer, node, tensor, shape: None })
}

/// The tensors of "input_layers" or "output_layers": one, a list or an object of them.
fn ends(json: Option<&Json>, positions: &HashMap<&str, usize>, key: &str) -> Result<Vec<History>> {
    let mut found = Vec::new();
    let mut open: Vec<&Json> = json.into_iter().collect();
    while let Some(json) = open.pop() {
        match json {
            Json::Array(items) if items.first().is_some_and(Json::is_string) => {
                found.push(history(json, positions).map_err(|error| error.context(key))?);
            }
            Json::Array(items) => open.extend(items.iter().rev()),
            Json::Object(items) => open.extend(items.values().rev()),
            _ => (),
        }
    }
    if found.is_empty() {
        return Err(invalid(format!("the model has no \"{key}\"; expected a list of tensors")));
    }
    Ok(found)
}

impl Model<'_> {
    /// Finds the number that histories give to the first call of each model in a layer's place.
    fn find_first_nodes(&mut self) {
        let mut lowest: Vec<Option<usize>> = vec![None; self.layers.len()];
        let mut see = |history: &History| {
            let lowest = &mut lowest[history.layer];
            *lowest = Some(lowest.map_or(history.node, |node| node.min(history.node)));
        };
        self.outputs.iter().for_each(&mut see);
        for layer in &self.layers {
            layer.calls.iter().for_each(|call| call.each_tensor(&mut see));
        }
        for (layer, lowest) in self.layers.iter_mut().zip(lowest) {
            layer.first_node = lowest.filter(|_| layer.inner.is_some()).unwrap_or(0);
        }
    }
}

fn text<'a>(json: &'a Json, key: &str) -> Option<&'a str> {
    json.get(key)?.as_str()
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidGraph, message)
}
