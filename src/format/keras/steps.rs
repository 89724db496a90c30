//! A model's calls in one list, each behind those it reads, with models inside of it expanded.
//!
//! The list holds what [`super::lower`] turns into layers of a graph, one step after the other.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::model::{Argument, Call, History, Layer, Model};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::MAX_DRAFT_NODES;

/// Outputs that a model may declare.
pub(super) const MAX_OUTPUTS: usize = 256;

/// One call of one layer.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) layer: &'a Layer<'a>,
    pub(super) args: Vec<Operand<'a>>,
    pub(super) kwargs: Vec<(&'a str, Operand<'a>)>,
}

/// What a step reads.
pub(super) type Operand<'a> = Argument<Output, &'a Json>;

/// A result of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Output {
    pub(super) step: usize,
    pub(super) tensor: usize,
}

/// The steps of a model.
#[derive(Debug, Default)]
pub(super) struct Steps<'a> {
    pub(super) list: Vec<Step<'a>>,
    /// What the model declares as inputs, as steps.
    pub(super) inputs: Vec<usize>,
    pub(super) outputs: Vec<Output>,
    /// Shapes with batch that the text says of results; `None` where a side is free.
    pub(super) shapes: HashMap<Output, &'a [Option<u32>]>,
    n_calls: usize,
}

/// The steps of `model`.
///
/// # Errors
/// Where calls go in a circle, read what is not there, or are too many.
pub(super) fn expand<'a>(model: &'a Model<'a>) -> Result<Steps<'a>> {
    let mut steps = Steps::default();
    for input in &model.inputs {
        steps.inputs.push(steps.list.len());
        let layer = &model.layers[input.layer];
        steps.list.push(Step { layer, args: Vec::new(), kwargs: Vec::new() });
    }
    let inputs = steps.inputs.iter().map(|&step| Output { step, tensor: 0 }).collect();
    steps.outputs = steps.expand(model, inputs)?;
    if steps.outputs.len() > MAX_OUTPUTS {
        let message = format!("the model has more than {MAX_OUTPUTS} outputs");
        return Err(Error::new(ErrorKind::TooLarge, message));
    }
    Ok(steps)
}

/// What a call of a layer gave.
enum Called {
    Step(usize),
    Model(Vec<Output>),
}

impl<'a> Steps<'a> {
    /// Appends the steps of `model`, called with `inputs`; gives its outputs.
    fn expand(&mut self, model: &'a Model<'a>, inputs: Vec<Output>) -> Result<Vec<Output>> {
        let mut called: HashMap<(usize, usize), Called> = HashMap::new();
        if inputs.len() < model.inputs.len() {
            return Err(invalid(format!(
                "model `{}` has {} inputs, but is called with {}",
                model.name,
                model.inputs.len(),
                inputs.len()
            )));
        }
        for (input, given) in model.inputs.iter().zip(inputs) {
            called.insert((input.layer, 0), Called::Model(vec![given]));
        }
        for (layer_idx, call_idx) in in_order(model)? {
            self.n_calls += 1;
            if self.n_calls > MAX_DRAFT_NODES {
                let message = format!("the model has more than {MAX_DRAFT_NODES} calls of layers");
                return Err(Error::new(ErrorKind::TooLarge, message));
            }
            let layer = &model.layers[layer_idx];
            let result = self
                .call(model, layer, &layer.calls[call_idx], &called)
                .map_err(|error| error.context(format!("layer `{}`", layer.name)))?;
            called.insert((layer_idx, call_idx), result);
        }
        model.outputs.iter().map(|output| find(model, output, &called)).collect()
    }

    fn call(
        &mut self,
        model: &'a Model<'a>,
        layer: &'a Layer<'a>,
        call: &'a Call<'a>,
        called: &HashMap<(usize, usize), Called>,
    ) -> Result<Called> {
        let mut resolve = |argument| self.resolve(model, argument, called);
        let args = call.args.iter().map(&mut resolve).collect::<Result<Vec<_>>>()?;
        let kwargs = call
            .kwargs
            .iter()
            .map(|(key, argument)| Ok((*key, resolve(argument)?)))
            .collect::<Result<Vec<_>>>()?;
        if let Some(inner) = &layer.inner {
            let mut inputs = Vec::new();
            args.iter().for_each(|arg| arg.each_tensor(&mut |&output| inputs.push(output)));
            return self.expand(inner, inputs).map(Called::Model);
        }
        self.list.push(Step { layer, args, kwargs });
        Ok(Called::Step(self.list.len() - 1))
    }

    fn resolve(
        &mut self,
        model: &Model,
        argument: &'a Argument<History, &'a Json>,
        called: &HashMap<(usize, usize), Called>,
    ) -> Result<Operand<'a>> {
        Ok(match argument {
            Argument::Tensor(history) => {
                let output = find(model, history, called)?;
                if let Some(shape) = &history.shape {
                    self.shapes.entry(output).or_insert(shape);
                }
                Argument::Tensor(output)
            }
            Argument::List(items) => {
                let items = items.iter().map(|item| self.resolve(model, item, called));
                Argument::List(items.collect::<Result<_>>()?)
            }
            Argument::Constant(json) => Argument::Constant(json),
        })
    }

    /// For each step, whether `output` depends on it.
    pub(super) fn ancestors(&self, output: Output) -> HashSet<usize> {
        let mut found = HashSet::from([output.step]);
        let mut open = vec![output.step];
        while let Some(step) = open.pop() {
            self.list[step].each_read(|read| {
                if found.insert(read.step) {
                    open.push(read.step);
                }
            });
        }
        found
    }
}

impl Step<'_> {
    /// Calls `visit` for each result that the step reads, in order.
    pub(super) fn each_read(&self, mut visit: impl FnMut(Output)) {
        let kwargs = self.kwargs.iter().map(|(_, operand)| operand);
        self.args.iter().chain(kwargs).for_each(|operand| operand.each_tensor(&mut |&o| visit(o)));
    }
}

/// The calls of `model`, each as layer and number, behind those it reads.
fn in_order(model: &Model) -> Result<Vec<(usize, usize)>> {
    let starts: Vec<usize> = model
        .layers
        .iter()
        .scan(0, |start, layer| Some(std::mem::replace(start, *start + layer.calls.len())))
        .collect();
    let calls: Vec<(usize, usize)> = model
        .layers
        .iter()
        .enumerate()
        .flat_map(|(idx, layer)| (0..layer.calls.len()).map(move |call| (idx, call)))
        .collect();
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); calls.len()];
    let mut n_missing = vec![0_usize; calls.len()];
    for (idx, &(layer, call)) in calls.iter().enumerate() {
        model.layers[layer].calls[call].each_tensor(|history| {
            let read = &model.layers[history.layer];
            let call = history.node.checked_sub(read.first_node);
            if let Some(call) = call.filter(|&call| call < read.calls.len()) {
                readers[starts[history.layer] + call].push(idx);
                n_missing[idx] += 1;
            }
        });
    }
    let mut ready: Vec<usize> = (0..calls.len()).filter(|&idx| n_missing[idx] == 0).rev().collect();
    let mut order = Vec::with_capacity(calls.len());
    while let Some(idx) = ready.pop() {
        order.push(calls[idx]);
        for &reader in readers[idx].iter().rev() {
            n_missing[reader] -= 1;
            if n_missing[reader] == 0 {
                ready.push(reader);
            }
        }
    }
    if let Some(idx) = (0..calls.len()).find(|&idx| n_missing[idx] > 0) {
        let name = model.layers[calls[idx].0].name;
        return Err(invalid(format!("layer `{name}` reads what depends on itself")));
    }
    Ok(order)
}

fn find(
    model: &Model,
    history: &History,
    called: &HashMap<(usize, usize), Called>,
) -> Result<Output> {
    let History { layer, node, tensor, .. } = *history;
    let layer_read = &model.layers[layer];
    let result =
        node.checked_sub(layer_read.first_node).and_then(|node| called.get(&(layer, node)));
    let output = match result {
        Some(&Called::Step(step)) => Some(Output { step, tensor }),
        Some(Called::Model(outputs)) => outputs.get(tensor).copied(),
        None => None,
    };
    output.ok_or_else(|| {
        let name = layer_read.name;
        invalid(format!("result {tensor} of call {node} of layer `{name}` is read, but not there"))
    })
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidGraph, message)
}
