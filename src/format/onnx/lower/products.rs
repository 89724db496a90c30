//! Dense layers, products of activations and recurrent layers.

use super::super::call::axis;
use super::super::network::{Step, ValueId};
use super::super::numbers::elements;
use super::super::shapes::product::{Einsum, operands};
use super::Lowering;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Node, Op, Shape};

/// Lowers `step` if it is a product or a recurrent layer.
pub(super) fn lower<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<bool> {
    match &step.op[..] {
        "Gemm" | "MatMul" | "FusedMatMul" => product(lowering, step)?,
        "Einsum" => einsum(lowering, step)?,
        "LSTM" | "GRU" | "RNN" => recurrent(lowering, step)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn product<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<()> {
    let (Some(a), Some(b)) = (step.input(0), step.input(1)) else {
        return Err(invalid("lacks a factor"));
    };
    let [left, _] = operands(&lowering.call(step))
        .ok_or_else(|| invalid("multiplies tensors of unknown shape"))?;
    let contraction = left.last().copied().unwrap_or(1).max(0) as u64;
    multiply(lowering, step, [a, b], contraction, step.input(2))
}

fn einsum<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<()> {
    let [Some(a), Some(b)] = step.inputs[..] else {
        return lowering.bridge(step, None);
    };
    let einsum = Einsum::of(&lowering.call(step))
        .ok_or_else(|| invalid("has an equation that is not understood"))?;
    multiply(lowering, step, [a, b], einsum.contraction(), None)
}

/// A product of two tensors that sums `contraction` products for each element of its result.
fn multiply(
    lowering: &mut Lowering,
    step: &Step,
    factors: [ValueId; 2],
    contraction: u64,
    bias: Option<ValueId>,
) -> Result<()> {
    let Some(&result) = step.outputs.first() else { return Ok(()) };
    let dims = lowering.dims(result)?;
    let macs = elements(dims)
        .and_then(|n| n.checked_mul(contraction))
        .ok_or_else(|| Error::new(ErrorKind::TooLarge, "costs more than 64 bits count"))?;
    let data: Vec<ValueId> =
        factors.into_iter().filter(|&id| lowering.network.is_data(id)).collect();
    let weight = factors.into_iter().find(|&id| !lowering.network.is_data(id));
    let Some(weight) = weight else {
        let output = super::place(dims, None)?;
        let node = Node { macs, ..Node::new(Op::Matmul, lowering.shape(factors[0])?, output) };
        lowering.add(step, node, &data, None);
        return Ok(());
    };
    // a constant on the left mixes what lies before the last axis
    let mixes_last = factors[1] == weight;
    let channel = mixes_last.then(|| dims.len().saturating_sub(1));
    let output = super::place(dims, channel)?;
    let input = super::place(lowering.dims(data[0])?, last_axis(lowering, data[0], mixes_last))?;
    let c_in = u32::try_from(contraction).unwrap_or(u32::MAX);
    let mut params = lowering.ledger.weights(weight);
    if let Some(bias) = bias.filter(|&bias| !lowering.network.is_data(bias)) {
        lowering.is_named_bias(bias);
        if params > 0 {
            params += lowering.ledger.vector(bias);
        }
    }
    let input = if mixes_last { Shape { c: c_in, ..input } } else { input };
    let node = Node { params, macs, bias: bias.is_some(), ..Node::new(Op::Linear, input, output) };
    lowering.add(step, node, &data, channel);
    if let Some(bias) = bias.filter(|&bias| lowering.network.is_data(bias)) {
        lowering.add(step, Node::new(Op::Add, output, output), &[result, bias], channel);
    }
    Ok(())
}

fn last_axis(lowering: &Lowering, id: ValueId, is_last: bool) -> Option<usize> {
    let rank = lowering.network.values[id].dims.as_ref()?.len();
    if is_last { axis(-1, rank) } else { lowering.channel(id) }
}

fn recurrent<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<()> {
    let (Some(x), Some(&result)) = (step.input(0), step.outputs.first()) else { return Ok(()) };
    let size = |position: usize| {
        let id = step.input(position)?;
        elements(lowering.network.values[id].dims.as_deref()?)
    };
    let (Some(input_weights), Some(state_weights)) = (size(1), size(2)) else {
        return Err(invalid("has weights of unknown shape"));
    };
    let &[first, second, _] = &lowering.dims(x)?[..] else {
        return Err(invalid("reads no sequence"));
    };
    let positions = (first.max(0) as u64).checked_mul(second.max(0) as u64);
    let macs = positions.and_then(|n| n.checked_mul(input_weights.checked_add(state_weights)?));
    let macs =
        macs.ok_or_else(|| Error::new(ErrorKind::TooLarge, "costs more than 64 bits count"))?;
    let mut params = 0;
    for position in 1..=3 {
        if let Some(id) = step.input(position).filter(|&id| !lowering.network.is_data(id)) {
            params += lowering.ledger.weights(id);
        }
    }
    let output = super::place(lowering.dims(result)?, None)?;
    let node = Node {
        params,
        macs,
        bias: step.input(3).is_some(),
        ..Node::new(Op::Recurrent, lowering.shape(x)?, output)
    };
    lowering.add(step, node, &[x], None);
    Ok(())
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidGraph, what)
}
