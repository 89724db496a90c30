//! Activations, sums, products and other functions element by element.

use super::super::call::Argument;
use super::super::network::{Step, ValueId};
use super::Lowering;
use crate::error::Result;
use crate::graph::{Node, Op};

/// The activation that an operator is.
fn activation(op: &str) -> Option<Op> {
    Some(match op {
        "Relu" => Op::Relu,
        "Relu6" => Op::Relu6,
        "LeakyRelu" | "PRelu" | "ThresholdedRelu" => Op::LeakyRelu,
        "Elu" | "Selu" | "Celu" => Op::Elu,
        "Sigmoid" => Op::Sigmoid,
        "HardSigmoid" => Op::HSigmoid,
        "Tanh" => Op::Tanh,
        "Softplus" | "Softsign" => Op::Softplus,
        "Softmax" | "LogSoftmax" => Op::Softmax,
        "HardSwish" => Op::HSwish,
        "Swish" => Op::Swish,
        "Gelu" | "FastGelu" | "BiasGelu" | "QuickGelu" => Op::Gelu,
        "Mish" => Op::Mish,
        "Abs" | "Exp" | "Log" | "Sqrt" | "Pow" | "Neg" | "Erf" | "Sin" | "Cos" | "Tan" | "Asin"
        | "Acos" | "Atan" | "Sinh" | "Cosh" | "Asinh" | "Acosh" | "Atanh" | "Reciprocal"
        | "Floor" | "Ceil" | "Round" | "Sign" | "Clip" | "Shrink" | "Hardmax" | "Mod" => {
            Op::Elementwise
        }
        _ => return None,
    })
}

/// Lowers `step` if it works element by element.
pub(super) fn lower<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<bool> {
    match &step.op[..] {
        "Add" | "Sub" | "Sum" | "Mean" => combine(lowering, step, Op::Add)?,
        "Mul" | "Div" => combine(lowering, step, Op::Mul)?,
        "Max" | "Min" => extreme(lowering, step)?,
        op => match activation(op) {
            Some(activation) => activate(lowering, step, activation)?,
            None => return Ok(false),
        },
    }
    Ok(true)
}

fn activate(lowering: &mut Lowering, step: &Step, op: Op) -> Result<()> {
    let data = lowering.data(step);
    if data.len() > 1 {
        // a power or remainder of two activations
        lowering.spend_constants(step);
        return lowering.add_simple(step, Op::Mul);
    }
    let learned = match &step.op[..] {
        "PRelu" | "BiasGelu" | "FastGelu" => step.input(1),
        _ => None,
    };
    let params = learned.map_or(0, |id| lowering.ledger.weights(id));
    lowering.add_simple(step, op)?;
    if let Some(layer) = lowering.layers.last_mut().filter(|_| params > 0) {
        layer.node.params = params;
    }
    Ok(())
}

/// A maximum or minimum: of activations a kind of sum, with a number a function of one input.
fn extreme(lowering: &mut Lowering, step: &Step) -> Result<()> {
    lowering.spend_constants(step);
    let op = if lowering.data(step).len() > 1 { Op::Add } else { Op::Elementwise };
    lowering.add_simple(step, op)
}

/// A sum or product of activations; with a constant it is bridged.
fn combine<'n>(lowering: &mut Lowering<'n>, step: &'n Step, op: Op) -> Result<()> {
    let data = lowering.data(step);
    lowering.spend_constants(step);
    let Some(&result) = step.outputs.first() else { return Ok(()) };
    let call = lowering.call(step);
    if op == Op::Mul && is_zero(&call.inputs) {
        return zero(lowering, step, data[0], result);
    }
    if let [_] = data[..] {
        let is_quotient = step.op == "Div" && step.input(0).is_none_or(|id| id != data[0]);
        return match is_quotient {
            true => lowering.add_simple(step, Op::Elementwise),
            false => {
                let channel = lowering.common_channel(&data, result);
                lowering.bridge(step, channel)
            }
        };
    }
    let first = lowering.operands(data[0]);
    let is_square = op == Op::Mul && data.iter().all(|&id| lowering.operands(id) == first);
    if !is_square {
        return binary(lowering, step, op, &data);
    }
    let channel = lowering.common_channel(&data, result);
    let shape = super::place(lowering.dims(result)?, channel)?;
    lowering.add(step, Node::new(Op::Elementwise, shape, shape), &data[..1], channel);
    Ok(())
}

/// Sums of more than two are written as binary ones, from left to right.
fn binary(lowering: &mut Lowering, step: &Step, op: Op, data: &[ValueId]) -> Result<()> {
    let Some(&result) = step.outputs.first() else { return Ok(()) };
    let channel = lowering.common_channel(data, result);
    let shape = super::place(lowering.dims(result)?, channel)?;
    lowering.add(step, Node::new(op, shape, shape), &data[..2], channel);
    for &next in &data[2..] {
        lowering.add(step, Node::new(op, shape, shape), &[result, next], channel);
    }
    Ok(())
}

fn is_zero(inputs: &[Option<Argument>]) -> bool {
    let numbers = inputs.iter().flatten().filter_map(|argument| argument.numbers);
    numbers
        .map(|numbers| numbers.floats())
        .any(|floats| !floats.is_empty() && floats.iter().all(|&number| number == 0.0))
}

fn zero(lowering: &mut Lowering, step: &Step, x: ValueId, result: ValueId) -> Result<()> {
    let channel = lowering.common_channel(&[x], result);
    let output = super::place(lowering.dims(result)?, channel)?;
    let node = Node::new(Op::Zero, lowering.shape(x)?, output);
    lowering.add(step, node, &[x], channel);
    Ok(())
}
