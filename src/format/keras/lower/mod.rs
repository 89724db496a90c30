//! From calls of Keras layers to operators of the graph: shapes, weights, one node a step or more.
//!
//! Each file below handles a group of layers and says whether a call was its own. Layers that only
//! move numbers give their operand back in another shape and add no node.

mod activation;
mod attention;
mod dense;
mod function;
mod merge;
mod moves;
mod norm;
mod pool;
mod reduce;
mod slice;
mod window;

use std::collections::{HashMap, HashSet};

use super::super::unknown::Unknown;
use super::model::{Argument, Layer};
use super::spelled::{self, Form, Reached, after};
use super::steps::{Operand, Output, Step, Steps};
use super::value::{Dims, Value, count, describe, invalid, narrow, place};
use crate::error::Result;
use crate::graph::{ComputeGraph, GraphBuilder, Node, Op, Tensor, cost_of};

/// Results that a layer of an unknown class may have.
const MAX_RESULTS: usize = 64;

/// A network and what its reader did not know.
#[derive(Debug)]
pub(super) struct Lowered {
    pub(super) graph: ComputeGraph,
    /// Whether the output is a vector, as a classifier's is, and of how many numbers.
    pub(super) classes: Option<u32>,
    /// Classes that are not known, and how often they stand in the network.
    pub(super) unknown: Unknown,
    /// Steps in the network.
    pub(super) n_steps: usize,
}

/// Which part of the steps becomes a graph, and of what image.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) output: Output,
    pub(super) ancestors: HashSet<usize>,
    /// The input that is the image.
    pub(super) image: usize,
    /// Each input's sides, batch first.
    pub(super) inputs: HashMap<usize, Dims>,
    pub(super) is_channels_first: bool,
}

/// The graph of what `plan` says of `steps`.
///
/// # Errors
/// Names the layer that can't be part of a graph.
pub(super) fn lower(name: &str, steps: &Steps, plan: &Plan) -> Result<Lowered> {
    let dims = &plan.inputs[&plan.image];
    let image = place(dims, plan.channel_axis(dims))?;
    let mut lowering = Lowering {
        builder: GraphBuilder::new(name, image),
        steps,
        plan,
        results: HashMap::new(),
        n_readers: count_readers(steps, plan),
        paid: HashSet::new(),
        is_paid: false,
        layer: "",
        other_params: 0,
        unknown: Unknown::default(),
    };
    for (idx, step) in steps.list.iter().enumerate().filter(|(idx, _)| plan.ancestors.contains(idx))
    {
        let results = lowering.step(idx, step).map_err(|error| {
            let Layer { name, class, .. } = step.layer;
            error.context(format!("layer `{name}` ({class})"))
        })?;
        lowering.results.insert(idx, results);
    }
    lowering.finish()
}

impl Plan {
    fn channel_axis(&self, dims: &[u32]) -> usize {
        let is_map = dims.len() == 4;
        if is_map && self.is_channels_first { 1 } else { dims.len().saturating_sub(1) }
    }
}

/// How many steps of the plan read each result.
fn count_readers(steps: &Steps, plan: &Plan) -> HashMap<Output, usize> {
    let mut n_readers = HashMap::from([(plan.output, 1)]);
    for step in plan.ancestors.iter().map(|&idx| &steps.list[idx]) {
        step.each_read(|read| *n_readers.entry(read).or_insert(0) += 1);
    }
    n_readers
}

/// A group of layers with one result; none where a call is not its own.
type Group = for<'a, 'c> fn(&mut Lowering<'a>, &Call<'c>) -> Result<Option<Value>>;

const GROUPS: [Group; 7] = [
    window::lower,
    pool::lower,
    norm::lower,
    activation::lower,
    merge::lower,
    dense::lower,
    moves::lower,
];

struct Lowering<'a> {
    builder: GraphBuilder,
    steps: &'a Steps<'a>,
    plan: &'a Plan,
    results: HashMap<usize, Vec<Value>>,
    n_readers: HashMap<Output, usize>,
    /// Layers whose weights are counted.
    paid: HashSet<usize>,
    /// Whether the weights of the layer at hand are counted already.
    is_paid: bool,
    /// The name of the layer at hand.
    layer: &'a str,
    other_params: u64,
    unknown: Unknown,
}

/// A call with its tensors.
#[derive(Debug)]
struct Call<'a> {
    layer: &'a Layer<'a>,
    step: &'a Step<'a>,
    /// Every tensor that is read, in order.
    reads: Vec<Value>,
}

impl<'a> Call<'a> {
    /// The first tensor.
    fn x(&self) -> Result<&Value> {
        self.reads.first().ok_or_else(|| invalid("the layer is called without a tensor"))
    }

    /// The argument of a name, or at a position.
    fn argument(&self, position: usize, names: &[&str]) -> Option<&'a Operand<'a>> {
        let named = self.step.kwargs.iter().find(|(key, _)| names.contains(key));
        named.map(|(_, value)| value).or_else(|| self.step.args.get(position))
    }
}

impl<'a> Lowering<'a> {
    fn step(&mut self, idx: usize, step: &'a Step<'a>) -> Result<Vec<Value>> {
        let layer = step.layer;
        if layer.class == "InputLayer" {
            return Ok(vec![self.input(idx)]);
        }
        self.is_paid = !self.paid.insert(layer.id);
        self.layer = layer.name;
        let mut outputs = Vec::new();
        step.each_read(|output| outputs.push(output));
        let reads = outputs.iter().map(|&output| self.read(output)).collect::<Result<_>>()?;
        let call = Call { layer, step, reads };
        let found = match function::name(layer) {
            Some(name) => function::lower(self, &call, &name)?,
            None => self.layer(&call)?,
        };
        match found {
            Some(results) => Ok(results),
            None => self.unknown(idx, &call),
        }
    }

    fn layer(&mut self, call: &Call) -> Result<Option<Vec<Value>>> {
        for group in GROUPS {
            if let Some(result) = group(self, call)? {
                let result = self.activate(call, result)?;
                return Ok(Some(vec![result]));
            }
        }
        attention::lower(self, call)
    }

    /// The function that a layer applies to its own result.
    fn activate(&mut self, call: &Call, result: Value) -> Result<Value> {
        let is_own = ["Activation", "LSTM", "GRU", "SimpleRNN"].contains(&call.layer.class);
        match call.layer.config.get("activation").filter(|_| !is_own) {
            Some(function) => activation::apply(self, &result, function),
            None => Ok(result),
        }
    }

    fn input(&self, idx: usize) -> Value {
        let dims = self.plan.inputs.get(&idx).cloned().unwrap_or_default();
        let channel = self.plan.channel_axis(&dims);
        Value::new((idx == self.plan.image).then(|| self.builder.image()), dims, channel)
    }

    /// The tensor that a step reads; its shape must be the one that the text says.
    fn read(&self, output: Output) -> Result<Value> {
        let results = self.results.get(&output.step);
        let Some(value) = results.and_then(|results| results.get(output.tensor)) else {
            let Layer { name, .. } = self.steps.list[output.step].layer;
            return Err(invalid(format!("layer `{name}` has no result {}", output.tensor)));
        };
        let agrees = |said: &&[Option<u32>]| {
            let sides = said.iter().zip(&value.dims).skip(1);
            said.len() == value.dims.len()
                && sides.into_iter().all(|(said, side)| said.is_none_or(|said| said == *side))
        };
        if let Some(said) = self.steps.shapes.get(&output).filter(|said| !agrees(said)) {
            let sides =
                said.iter().map(|side| side.map_or("?".to_owned(), |side| side.to_string()));
            let Layer { name, class, .. } = self.steps.list[output.step].layer;
            return Err(invalid(format!(
                "layer `{name}` ({class}) gives {}, but the model says {}",
                describe(&value.dims),
                sides.collect::<Vec<_>>().join(" x ")
            )));
        }
        let mut value = value.clone();
        if self.n_readers.get(&output).is_some_and(|&n| n > 1) {
            // what others read too stays what it is
            value.form = Form::Plain;
        }
        Ok(value)
    }

    /// Adds `node`, which reads `reads`; without any data among them its weights alone count.
    fn add(&mut self, mut node: Node, reads: &[&Value]) -> Option<Tensor> {
        if self.is_paid {
            node.params = 0;
        }
        let operands: Vec<Tensor> = reads.iter().filter_map(|value| value.tensor).collect();
        if operands.is_empty() {
            self.other_params = self.other_params.saturating_add(node.params);
            return None;
        }
        node.name = self.layer.to_owned();
        Some(self.builder.push_costed(node, &operands))
    }

    /// Adds an operator without weights that keeps the shape of `x`.
    fn add_simple(&mut self, op: Op, x: &Value) -> Result<Value> {
        let shape = x.shape()?;
        let tensor = self.add(Node::new(op, shape, shape), &[x]);
        Ok(Value::new(tensor, x.dims.clone(), x.channel))
    }

    /// Adds an operator from `x` to a tensor of `dims` that has its channels on axis `channel`.
    fn add_from(&mut self, op: Op, x: &Value, dims: Dims, channel: usize) -> Result<Value> {
        let node = Node::new(op, x.shape()?, place(&dims, channel)?);
        Ok(Value::new(self.add(node, &[x]), dims, channel))
    }

    /// Learned numbers that belong to no node.
    fn spend(&mut self, params: u64) {
        if !self.is_paid {
            self.other_params = self.other_params.saturating_add(params);
        }
    }

    /// The operator that a spelled-out function of `x` turns out to be.
    fn spelled(&mut self, reached: Reached, x: Tensor, like: &Value) -> Result<Value> {
        match reached {
            Reached::Part(part) => {
                Ok(Value { form: Form::Part(part, x), logits: None, ..like.clone() })
            }
            Reached::Op(op) => {
                let whole = self.add_simple(op, &Value { tensor: Some(x), ..like.clone() })?;
                // h-sigmoid may be a part of h-swish
                Ok(match after(None, spelled::Step::Op(op)) {
                    Some(Reached::Part(part)) => Value { form: Form::Part(part, x), ..whole },
                    _ => whole,
                })
            }
        }
    }

    /// A layer of a class that is not known: its shape is what others say of it, else its operand's.
    fn unknown(&mut self, idx: usize, call: &Call) -> Result<Vec<Value>> {
        self.unknown.add(format!("`{}`", call.layer.class));
        let said = |tensor| {
            let shape = self.steps.shapes.get(&Output { step: idx, tensor })?;
            let rest: Option<Dims> = shape.iter().skip(1).copied().collect();
            Some([vec![1], rest?].concat())
        };
        let is_read =
            |tensor: &usize| self.n_readers.contains_key(&Output { step: idx, tensor: *tensor });
        let n_results = (0..MAX_RESULTS).rev().find(is_read).map_or(1, |last| last + 1);
        let x = call.x()?;
        let shapes: Vec<Dims> =
            (0..n_results).map(|tensor| said(tensor).unwrap_or_else(|| x.dims.clone())).collect();
        let reads: Vec<&Value> = call.reads.iter().collect();
        let results = shapes.into_iter().map(|dims| {
            let channel =
                if dims.len() == x.dims.len() { x.channel } else { dims.len().saturating_sub(1) };
            let node = Node::new(Op::Unknown, x.shape()?, place(&dims, channel)?);
            Ok(Value::new(self.add(node, &reads), dims, channel))
        });
        results.collect()
    }

    fn finish(mut self) -> Result<Lowered> {
        let value = self.read(self.plan.output)?;
        let Some(end) = value.logits.or(value.tensor) else {
            return Err(invalid("the output does not depend on the image"));
        };
        let shape = value.shape()?;
        self.builder.set_other_params(self.other_params);
        let graph = self.builder.build_with_output(Node::new(Op::Output, shape, shape), &[end])?;
        let classes = (shape.positions() == 1).then_some(shape.c);
        let n_steps = self.plan.ancestors.len();
        Ok(Lowered { graph, classes, unknown: self.unknown, n_steps })
    }
}

/// `node` with the cost that follows from its operator.
///
/// # Errors
/// Where it does not fit 64 bits.
fn costed(mut node: Node) -> Result<Node> {
    let cost = cost_of(&node)
        .ok_or_else(|| invalid(format!("the cost of a {} does not fit 64 bits", node.op.name())))?;
    (node.params, node.macs) = (cost.params, cost.macs);
    Ok(node)
}
