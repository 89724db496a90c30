//! Dense layers, products of activations, attention and recurrent layers.

use super::super::call::axis;
use super::super::network::{Step, ValueId};
use super::super::numbers::elements;
use super::super::shapes::product::{Einsum, factors, operands};
use super::Lowering;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Node, Op, Shape};

/// Lowers `step` if it is a product, an attention or a recurrent layer.
pub(super) fn lower<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<bool> {
    match &step.op[..] {
        "Gemm"
        | "QGemm"
        | "MatMul"
        | "MatMulInteger"
        | "MatMulIntegerToFloat"
        | "QLinearMatMul"
        | "FusedMatMul" => product(lowering, step)?,
        "Einsum" => einsum(lowering, step)?,
        "LSTM" | "GRU" | "RNN" => recurrent(lowering, step)?,
        "Attention" | "MultiHeadAttention" | "GroupQueryAttention" => attention(lowering, step)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn product<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<()> {
    let [a, b] = factors(&step.op).map(|idx| step.input(idx));
    let (Some(a), Some(b)) = (a, b) else { return Err(invalid("lacks a factor")) };
    let [left, _] = operands(&lowering.call(step))
        .ok_or_else(|| invalid("multiplies tensors of unknown shape"))?;
    let contraction = left.last().copied().unwrap_or(1).max(0) as u64;
    let bias = match &step.op[..] {
        "QLinearMatMul" | "MatMulInteger" | "FusedMatMul" => None,
        "QGemm" => step.input(6),
        "MatMulIntegerToFloat" => step.input(6),
        _ => step.input(2),
    };
    multiply(lowering, step, [a, b], contraction, bias)
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

/// An attention layer as ONNX Runtime joins it: the projection if it holds one, scores, softmax,
/// and the weighted sum.
fn attention<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<()> {
    let (Some(x), Some(&result)) = (step.input(0), step.outputs.first()) else { return Ok(()) };
    let projection =
        step.input(1).filter(|&id| !lowering.network.is_data(id) && step.op == "Attention");
    let input = lowering.shape(x)?;
    let output = super::place(lowering.dims(result)?, None)?;
    let mut data = vec![x];
    let (tokens, width) = (u64::from(output.h), u64::from(output.c));
    if let Some(weights) = projection {
        let params = lowering.ledger.weights(weights)
            + step.input(2).map_or(0, |bias| lowering.ledger.weights(bias));
        let fused = Shape { c: output.c.saturating_mul(3), ..output };
        let weights = u64::from(input.c) * 3 * width;
        let macs = weights.saturating_mul(tokens);
        let bias = step.input(2).is_some();
        let node = Node { params, macs, bias, ..Node::new(Op::Linear, input, fused) };
        lowering.add(step, node, &data, None);
        data = vec![result];
    } else {
        data.extend([1, 2].into_iter().filter_map(|idx| step.input(idx)));
        data.retain(|&id| lowering.network.is_data(id));
    }
    let keys = data.get(1).map_or(Ok(output.h), |&id| lowering.shape(id).map(|shape| shape.h))?;
    let heads = u32::try_from(step.attributes.int("num_heads", 1)).unwrap_or(1).max(1);
    let scores = Shape::new(output.h, keys, heads);
    let macs = tokens.saturating_mul(u64::from(keys)).saturating_mul(width);
    let score = Node { macs, ..Node::new(Op::Matmul, output, scores) };
    let values = data.last().copied().unwrap_or(x);
    let read = lowering.operands(values);
    let queries: Vec<ValueId> = data.iter().copied().take(2).collect();
    lowering.add(step, score, &queries, None);
    lowering.add(step, Node::new(Op::Softmax, scores, scores), &[result], None);
    lowering.add(step, Node { macs, ..Node::new(Op::Matmul, scores, output) }, &[result], None);
    if let Some(layer) = lowering.layers.last_mut() {
        layer.operands.extend(read);
    }
    Ok(())
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidGraph, what)
}
