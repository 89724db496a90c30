//! From operations to layers: our operators with their shapes and costs, pass-through ones bridged.
//!
//! Each value becomes a [`View`]: the layers that wrote it, which part of them it is, and which of
//! its axes holds channels. Operations that only move numbers change the view and add no layer.

mod attention;
mod ledger;
mod moves;
mod norms;
mod place;
mod pointwise;
mod products;
mod reductions;
mod windows;

use super::super::unknown::Unknown;
use super::call::Call;
use super::network::{Network, Step, ValueId};
use super::shapes::Dims;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Node, Op, Part, Shape};
use ledger::Ledger;
use place::place;

/// Layers that one bridged value may come from.
const MAX_VIEW_OPERANDS: usize = 64;
/// What all layers together may read.
const MAX_OPERANDS: usize = 1_000_000;

/// One node of the graph to be, with what batch norm restoration asks of it.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) node: Node,
    pub(super) operands: Vec<Operand>,
    /// Its bias, if it is a convolution that has one and whose kernel is a weight.
    pub(super) bias: Option<Bias>,
}

/// A bias and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bias {
    /// Whether its name is that of a module's bias.
    pub(super) is_named: bool,
    pub(super) params: u64,
}

/// A layer's result, or a part of it. Layer 0 is the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operand {
    pub(super) layer: usize,
    pub(super) part: Part,
}

/// The layers of a network.
#[derive(Debug)]
pub(super) struct Layers {
    pub(super) list: Vec<Layer>,
    /// What the output reads, and its shape.
    pub(super) logits: Vec<Operand>,
    pub(super) logits_shape: Shape,
    pub(super) other_params: u64,
    /// Whether names tell a module's bias from a folded one.
    pub(super) names_tell: bool,
    /// Operators that are not known, and how often they stand in the network.
    pub(super) unknown: Unknown,
}

/// How a value is seen: what wrote it, and where its channels are.
#[derive(Debug, Clone)]
struct View {
    operands: Vec<Operand>,
    channel: Option<usize>,
}

/// The layers of `network`, whose image has its channels on axis `channel`.
///
/// # Errors
/// Names the step whose shape is not known or does not fit a graph.
pub(super) fn lower(network: &Network, channel: usize) -> Result<Layers> {
    let image = place(network.values[network.image].dims.as_deref().unwrap_or(&[]), Some(channel))?;
    let input =
        Layer { node: Node::new(Op::Input, image, image), operands: Vec::new(), bias: None };
    let mut lowering = Lowering {
        network,
        layers: vec![input],
        views: vec![None; network.values.len()],
        ledger: Ledger::new(network),
        names_tell: false,
        unknown: Unknown::default(),
    };
    let whole = Operand { layer: 0, part: Part::WHOLE };
    lowering.views[network.image] = Some(View { operands: vec![whole], channel: Some(channel) });
    let mut n_operands = 0;
    for step in &network.steps {
        let first = lowering.layers.len();
        lowering.step(step).map_err(|error| error.context(step.title()))?;
        n_operands +=
            lowering.layers[first..].iter().map(|layer| layer.operands.len()).sum::<usize>();
        if n_operands > MAX_OPERANDS {
            let message = format!("the layers read more than {MAX_OPERANDS} tensors");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
    }
    let logits_shape = lowering.shape(network.output)?;
    let mut logits = lowering.operands(network.output);
    // the softmax that makes probabilities of the logits
    while let [Operand { layer, .. }] = logits[..] {
        match lowering.layers[layer].node.op {
            Op::Softmax => logits = lowering.layers[layer].operands.clone(),
            _ => break,
        }
    }
    Ok(Layers {
        list: lowering.layers,
        logits,
        logits_shape,
        other_params: lowering.ledger.other_params(),
        names_tell: lowering.names_tell,
        unknown: lowering.unknown,
    })
}

struct Lowering<'n> {
    network: &'n Network,
    layers: Vec<Layer>,
    views: Vec<Option<View>>,
    ledger: Ledger<'n>,
    names_tell: bool,
    unknown: Unknown,
}

impl<'n> Lowering<'n> {
    fn step(&mut self, step: &'n Step) -> Result<()> {
        let handled = windows::lower(self, step)?
            || products::lower(self, step)?
            || attention::lower(self, step)?
            || norms::lower(self, step)?
            || reductions::lower(self, step)?
            || pointwise::lower(self, step)?
            || moves::lower(self, step)?;
        if handled {
            return Ok(());
        }
        self.unknown.add(step.op.clone());
        self.spend_constants(step);
        self.add_simple(step, Op::Unknown)
    }

    fn call(&self, step: &'n Step) -> Call<'n> {
        self.network.call(step)
    }

    /// The shape of a value as a tensor.
    fn dims(&self, id: ValueId) -> Result<&'n Dims> {
        self.network.values[id].dims.as_ref().ok_or_else(|| {
            let name = &self.network.values[id].name;
            let message = format!("the shape of `{name}` is not known before the network runs");
            Error::new(ErrorKind::InvalidGraph, message)
        })
    }

    /// Height, width and channels of a value.
    fn shape(&self, id: ValueId) -> Result<Shape> {
        place(self.dims(id)?, self.channel(id))
    }

    fn channel(&self, id: ValueId) -> Option<usize> {
        self.views[id].as_ref().and_then(|view| view.channel)
    }

    fn operands(&self, id: ValueId) -> Vec<Operand> {
        self.views[id].as_ref().map_or_else(Vec::new, |view| view.operands.clone())
    }

    /// The values of a step that depend on the image, in order and with repeats.
    fn data(&self, step: &Step) -> Vec<ValueId> {
        step.inputs.iter().flatten().copied().filter(|&id| self.network.is_data(id)).collect()
    }

    /// Sets how the results of a step are seen.
    fn see(&mut self, step: &Step, view: &View) {
        for &output in &step.outputs {
            self.views[output] = Some(view.clone());
        }
    }

    /// Adds a layer that writes the results of `step` and reads `data`.
    fn add(&mut self, step: &Step, node: Node, data: &[ValueId], channel: Option<usize>) {
        let operands = data.iter().flat_map(|&id| self.operands(id)).collect();
        let node = Node { name: step.name.clone(), ..node };
        self.layers.push(Layer { node, operands, bias: None });
        let whole = Operand { layer: self.layers.len() - 1, part: Part::WHOLE };
        self.see(step, &View { operands: vec![whole], channel });
    }

    /// Adds a layer without window or weights that reads all data of `step` and keeps the axis of
    /// channels.
    fn add_simple(&mut self, step: &Step, op: Op) -> Result<()> {
        let data = self.data(step);
        let (Some(&first), Some(&result)) = (data.first(), step.outputs.first()) else {
            return Ok(());
        };
        let channel = self.common_channel(&data, result);
        let output = place(self.dims(result)?, channel)?;
        let input = match op {
            Op::Add | Op::Mul | Op::Concat => output,
            _ => self.shape(first)?,
        };
        self.add(step, Node::new(op, input, output), &data, channel);
        Ok(())
    }

    /// The results of `step` are what its data is, with `channel` as the axis of channels.
    fn bridge(&mut self, step: &Step, channel: Option<usize>) -> Result<()> {
        let mut operands = Vec::new();
        for id in self.data(step) {
            for operand in self.operands(id) {
                if !operands.contains(&operand) {
                    operands.push(operand);
                }
            }
        }
        if operands.len() > MAX_VIEW_OPERANDS {
            let message =
                format!("joins more than {MAX_VIEW_OPERANDS} tensors without an operator");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        self.see(step, &View { operands, channel });
        Ok(())
    }

    /// The axis of channels of an element by element combination of `data`.
    fn common_channel(&self, data: &[ValueId], result: ValueId) -> Option<usize> {
        let rank = self.network.values[result].dims.as_ref()?.len();
        data.iter().find_map(|&id| {
            let own = self.network.values[id].dims.as_ref()?.len();
            Some(self.channel(id)? + rank.checked_sub(own)?)
        })
    }

    /// Whether a bias still has the name of a module's parameter: folding gives it another one.
    fn is_named_bias(&mut self, id: ValueId) -> bool {
        let value = &self.network.values[id];
        let source = match value.sources[..] {
            [only] => &self.network.sources[only].name[..],
            _ => "",
        };
        let names = [source, &value.name].map(|name| name.trim_end_matches("_quantized"));
        let is_any = |says: fn(&str) -> bool| names.into_iter().any(says);
        let is_named = is_any(|name| name.ends_with(".bias") || name.contains("/BiasAdd/"));
        // tf2onnx names what it folded
        self.names_tell |= is_named || is_any(|name| name.ends_with("_bias_fused_bn"));
        is_named
    }

    /// Whether `id` is written by a layer with weights that another application has paid for.
    fn is_applied_again(&self, id: ValueId) -> bool {
        let operands = self.views[id].as_ref().map_or(&[][..], |view| &view.operands);
        operands.iter().any(|operand| {
            let node = &self.layers[operand.layer].node;
            node.op.has_weights() && node.params == 0
        })
    }

    /// Learned constants that `step` reads beside its data go to no node.
    fn spend_constants(&mut self, step: &Step) {
        for &id in step.inputs.iter().flatten() {
            if !self.network.is_data(id) {
                self.ledger.spend(id);
            }
        }
    }
}
