//! Joins what stands beside a layer with weights: its bias, the batch norm that became a product
//! and a sum, the scale of a group norm; and two means in a row.

use super::super::network::ValueId;
use super::super::numbers::elements;
use super::super::shapes::reduced_axes;
use super::Fusion;
use crate::format::onnx::proto::Attribute;

/// A mean of a mean is the mean over both their axes.
pub(super) fn means(fusion: &mut Fusion) {
    for first in 0..fusion.network.steps.len() {
        while let Some(second) = fusion.next(first).filter(|_| !fusion.gone[first]) {
            let is_mean = |idx: usize| fusion.step(idx).op == "ReduceMean";
            if !is_mean(first) || !is_mean(second) || !join_means(fusion, first, second) {
                break;
            }
        }
    }
}

fn join_means(fusion: &mut Fusion, first: usize, second: usize) -> bool {
    let keeps = |idx: usize| fusion.step(idx).attributes.int("keepdims", 1) == 1;
    if keeps(first) != keeps(second) {
        return false;
    }
    let axes = |idx: usize| reduced_axes(&fusion.network.call(fusion.step(idx))).ok().flatten();
    let (Some(mut before), Some(after)) = (axes(first), axes(second)) else { return false };
    let rank = fusion.step(first).input(0).and_then(|id| fusion.network.values[id].dims.as_ref());
    let kept: Vec<usize> = match rank {
        _ if keeps(first) => Vec::new(),
        Some(dims) => (0..dims.len()).filter(|axis| !before.contains(axis)).collect(),
        None => return false,
    };
    before.extend(after.iter().map(|&axis| kept.get(axis).copied().unwrap_or(axis)));
    before.sort_unstable();
    before.dedup();
    let step = &mut fusion.network.steps[first];
    step.inputs.truncate(1);
    step.attributes.0.retain(|attribute| attribute.name != "axes");
    let ints = before.iter().map(|&axis| axis as i64).collect();
    step.attributes.0.push(Attribute { name: "axes".into(), ints, ..Attribute::default() });
    fusion.absorb(first, second);
    true
}

/// A sum with a constant per channel, right after a layer with weights, is its bias.
pub(super) fn biases(fusion: &mut Fusion) {
    for idx in 0..fusion.network.steps.len() {
        let Some(sum) = fusion.next(idx).filter(|_| is_layer_without_bias(fusion, idx)) else {
            continue;
        };
        let bias = match fusion.step(sum).op == "Add" {
            true => fusion.constant_operand(sum),
            false => None,
        };
        if let Some(bias) = bias.filter(|&bias| is_per_channel(fusion, idx, bias)) {
            let inputs = &mut fusion.network.steps[idx].inputs;
            inputs.resize(2, None);
            inputs.push(Some(bias));
            fusion.absorb(idx, sum);
        }
    }
}

/// A product with a constant per channel, right after a layer without bias, is a batch norm; so is
/// the sum behind it.
pub(super) fn batch_norms(fusion: &mut Fusion) {
    for idx in 0..fusion.network.steps.len() {
        let Some(product) = fusion.next(idx).filter(|_| is_layer_without_bias(fusion, idx)) else {
            continue;
        };
        if fusion.step(product).op != "Mul" {
            continue;
        }
        let scale = fusion.constant_operand(product);
        let Some(scale) = scale.filter(|&scale| is_per_channel(fusion, idx, scale)) else {
            continue;
        };
        let mut inputs = vec![fusion.step(idx).outputs.first().copied(), Some(scale)];
        let sum = fusion.next(product).filter(|&sum| fusion.step(sum).op == "Add");
        let shift = sum.and_then(|sum| fusion.constant_operand(sum));
        if let (Some(sum), Some(shift)) =
            (sum, shift.filter(|&shift| is_per_channel(fusion, idx, shift)))
        {
            inputs.push(Some(shift));
            fusion.absorb(product, sum);
        }
        fusion.network.steps[product].op = "BatchNormalization".to_owned();
        fusion.network.steps[product].inputs = inputs;
    }
}

/// An instance norm between two reshapes is a group norm; scale and shift behind it are its own.
pub(super) fn group_norms(fusion: &mut Fusion) {
    for idx in 0..fusion.network.steps.len() {
        if fusion.step(idx).op == "InstanceNormalization" {
            join_group_norm(fusion, idx);
        }
    }
}

fn join_group_norm(fusion: &mut Fusion, idx: usize) {
    let is_reshape = |&idx: &usize| fusion.step(idx).op == "Reshape";
    let before = fusion.step(idx).input(0).and_then(|id| fusion.producers[id]);
    let (Some(before), Some(after)) =
        (before.filter(is_reshape), fusion.next(idx).filter(is_reshape))
    else {
        return;
    };
    let dims = |id: Option<ValueId>| id.and_then(|id| fusion.network.values[id].dims.as_ref());
    let read = fusion.step(before).input(0);
    if dims(read) != dims(fusion.step(after).outputs.first().copied()) {
        return;
    }
    fusion.network.steps[idx].op = "GroupNormalization".to_owned();
    fusion.network.steps[idx].inputs[0] = read;
    fusion.absorb(idx, after);
    // the reshaped groups have a scale of ones and a shift of zeros
    let mut learned = Vec::new();
    for op in ["Mul", "Add"] {
        let next = fusion.next(idx).filter(|&next| fusion.step(next).op == op);
        if let Some((next, constant)) =
            next.and_then(|next| fusion.constant_operand(next).map(|constant| (next, constant)))
        {
            learned.push(Some(constant));
            fusion.absorb(idx, next);
        }
    }
    if !learned.is_empty() {
        fusion.network.steps[idx].inputs.truncate(1);
        fusion.network.steps[idx].inputs.extend(learned);
    }
}

/// Whether step `idx` multiplies data with a constant and adds nothing.
fn is_layer_without_bias(fusion: &Fusion, idx: usize) -> bool {
    let step = fusion.step(idx);
    let is_constant = |position| step.input(position).is_some_and(|id| !fusion.network.is_data(id));
    let has_weight = match &step.op[..] {
        "Conv" | "ConvTranspose" => is_constant(1),
        "MatMul" | "Gemm" => is_constant(0) || is_constant(1),
        _ => false,
    };
    has_weight && step.input(2).is_none() && !fusion.gone[idx]
}

/// Whether a constant has one number for each channel of what layer `idx` writes.
fn is_per_channel(fusion: &Fusion, idx: usize, constant: ValueId) -> bool {
    let step = fusion.step(idx);
    let dims = |id: ValueId| fusion.network.values[id].dims.as_deref();
    let (Some(result), Some(constant)) =
        (step.outputs.first().and_then(|&id| dims(id)), dims(constant))
    else {
        return false;
    };
    let axis = if step.op.starts_with("Conv") { 1 } else { result.len().saturating_sub(1) };
    let Some(&channels) = result.get(axis).filter(|&&channels| channels > 1) else { return false };
    let from_end = result.len() - axis;
    let is_there = constant.len().checked_sub(from_end).map(|at| constant[at]) == Some(channels);
    is_there && elements(constant) == Some(channels as u64)
}
