//! Shapes of operations that move numbers and compute none: reshapes, slices, splits, concats.

use super::super::call::{self, Call, axes, axis, broadcast};
use super::super::numbers::elements;
use super::{Dims, MAX_RANK, OneShape, Shapes};

/// What a slice takes of one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Span {
    pub(in super::super) start: i64,
    pub(in super::super) step: i64,
    pub(in super::super) len: i64,
}

impl Span {
    /// The indices it takes.
    pub(in super::super) fn indices(&self) -> Vec<usize> {
        (0..self.len).map(|idx| (self.start + idx * self.step) as usize).collect()
    }
}

/// The shape that a Reshape asks for: 0 keeps a side, -1 is what remains.
pub(super) fn reshape(call: &Call) -> OneShape {
    let (Some(dims), Ok(Some(wished))) = (call.dims(0), call.setting("shape", 1)) else {
        return Ok(None);
    };
    let misfit = || format!("a tensor of {dims:?} does not reshape to {wished:?}");
    let keeps_zero = call.attributes.int("allowzero", 0) == 0;
    let mut result: Dims = Vec::with_capacity(wished.len());
    for (idx, &side) in wished.iter().enumerate() {
        let kept = if side == 0 && keeps_zero { dims.get(idx).copied() } else { Some(side) };
        result.push(kept.ok_or_else(misfit)?);
    }
    let total = elements(dims).ok_or_else(misfit)?;
    if let Some(open) = result.iter().position(|&side| side == -1) {
        result[open] = 1;
        let known = elements(&result).filter(|&known| known > 0).ok_or_else(misfit)?;
        result[open] = (total / known) as i64;
    }
    if elements(&result) != Some(total) {
        return Err(misfit());
    }
    Ok(Some(result))
}

/// A map whose channels were in blocks: as many as it says there are.
pub(super) fn unblocked(call: &Call) -> Option<Dims> {
    let mut dims = call.dims(0)?.to_vec();
    let channels = dims.get_mut(1)?;
    *channels = call.attributes.int("channels", *channels);
    if call.attributes.int("channels_last", 0) == 1 {
        dims[1..].rotate_left(1);
    }
    Some(dims)
}

/// Two axes: those before `axis`, and the rest.
pub(super) fn flatten(call: &Call) -> Option<Dims> {
    let dims = call.dims(0)?;
    let at = match call.attributes.int("axis", 1) {
        axis if axis == dims.len() as i64 => dims.len(),
        axis => call::axis(axis, dims.len())?,
    };
    Some(vec![elements(&dims[..at])? as i64, elements(&dims[at..])? as i64])
}

/// The order of axes of a Transpose.
pub(in super::super) fn permutation(call: &Call, rank: usize) -> Option<Vec<usize>> {
    match call.attributes.ints("perm") {
        None => Some((0..rank).rev().collect()),
        Some(order) => axes(order, rank)
            .filter(|order| order.len() == rank && (0..rank).all(|axis| order.contains(&axis))),
    }
}

pub(super) fn transpose(call: &Call) -> Option<Dims> {
    let dims = call.dims(0)?;
    Some(permutation(call, dims.len())?.iter().map(|&axis| dims[axis]).collect())
}

/// The axes that a Squeeze removes.
pub(in super::super) fn squeezed_axes(call: &Call) -> Option<Vec<usize>> {
    let dims = call.dims(0)?;
    match call.setting("axes", 1).ok()? {
        Some(named) => axes(&named, dims.len()),
        None => Some((0..dims.len()).filter(|&axis| dims[axis] == 1).collect()),
    }
}

pub(super) fn squeeze(call: &Call) -> Option<Dims> {
    Some(super::without(call.dims(0)?, &squeezed_axes(call)?, false))
}

/// The axes that an Unsqueeze adds, in ascending order, counted in its result.
pub(in super::super) fn unsqueezed_axes(call: &Call) -> Option<Vec<usize>> {
    let named = call.setting("axes", 1).ok()??;
    (named.len() <= MAX_RANK).then_some(())?;
    let rank = call.dims(0)?.len() + named.len();
    let mut at = axes(&named, rank)?;
    at.sort_unstable();
    at.dedup();
    (at.len() == named.len()).then_some(at)
}

pub(super) fn unsqueeze(call: &Call) -> Option<Dims> {
    let mut result = call.dims(0)?.to_vec();
    for at in unsqueezed_axes(call)? {
        result.insert(at, 1);
    }
    Some(result)
}

pub(super) fn expand(call: &Call) -> OneShape {
    let (Some(dims), Ok(Some(wished))) = (call.dims(0), call.setting("shape", 1)) else {
        return Ok(None);
    };
    let result = broadcast(dims, &wished);
    result.map(Some).ok_or_else(|| format!("a tensor of {dims:?} does not expand to {wished:?}"))
}

pub(super) fn tile(call: &Call) -> Option<Dims> {
    let repeats = call.setting("repeats", 1).ok()??;
    let dims = call.dims(0)?;
    let sides = dims.iter().zip(&repeats).map(|(&side, &times)| side.checked_mul(times));
    sides.collect::<Option<Dims>>().filter(|result| result.len() == dims.len())
}

/// What a slice takes of each axis.
pub(in super::super) fn slice_spans(
    call: &Call,
) -> Result<Option<Vec<Span>>, super::super::call::Unknown> {
    let Some(dims) = call.dims(0) else { return Ok(None) };
    let all = |&side: &i64| Span { start: 0, step: 1, len: side };
    let mut spans: Vec<Span> = dims.iter().map(all).collect();
    let (starts, ends) = (call.setting("starts", 1)?, call.setting("ends", 2)?);
    let (Some(starts), Some(ends)) = (starts, ends) else { return Ok(None) };
    let named = call.setting("axes", 3)?;
    let steps = call.setting("steps", 4)?;
    for (idx, (&start, &end)) in starts.iter().zip(&ends).enumerate() {
        let name = named.as_ref().map_or(Some(idx as i64), |axes| axes.get(idx).copied());
        let step = steps.as_ref().map_or(Some(1), |steps| steps.get(idx).copied());
        let axis = name.and_then(|name| axis(name, dims.len()));
        let (Some(axis), Some(step)) = (axis, step.filter(|&step| step != 0)) else {
            return Ok(None);
        };
        spans[axis] = span(start, end, step, dims[axis]);
    }
    Ok(Some(spans))
}

fn span(start: i64, end: i64, step: i64, side: i64) -> Span {
    let from_end = |at: i64| if at < 0 { at.saturating_add(side) } else { at };
    let (low, high) = if step > 0 { (0, side) } else { (-1, side - 1) };
    let start = from_end(start).clamp(low.max(0), high.max(0));
    let end = from_end(end).clamp(low, high);
    let distance = if step > 0 { end - start } else { start - end };
    let stride = step.unsigned_abs().min(i64::MAX as u64) as i64;
    let len = if distance <= 0 { 0 } else { (distance - 1) / stride + 1 };
    Span { start, step, len }
}

pub(super) fn slice(call: &Call) -> Option<Dims> {
    Some(slice_spans(call).ok()??.iter().map(|span| span.len).collect())
}

/// The axis of a split and the sizes of its parts.
pub(in super::super) fn split_sizes(call: &Call) -> Option<(usize, Vec<i64>)> {
    let dims = call.dims(0)?;
    let axis = axis(call.attributes.int("axis", 0), dims.len())?;
    let sizes = match call.setting("split", 1).ok()? {
        Some(sizes) => sizes,
        None => {
            let n = (call.n_outputs as i64).max(1);
            let size = (dims[axis].max(0) + n - 1) / n;
            (0..n).map(|idx| size.min(dims[axis] - idx * size)).collect()
        }
    };
    Some((axis, sizes))
}

pub(super) fn split(call: &Call) -> Shapes {
    let (Some((axis, sizes)), Some(dims)) = (split_sizes(call), call.dims(0)) else {
        return Ok(Vec::new());
    };
    let total = sizes.iter().try_fold(0_i64, |sum, &size| sum.checked_add(size));
    if total != Some(dims[axis]) || sizes.iter().any(|&size| size < 0) {
        return Err(format!("parts of {sizes:?} do not make up axis {axis} of {dims:?}"));
    }
    let part = |&size: &i64| {
        let mut part = dims.to_vec();
        part[axis] = size;
        Some(part)
    };
    Ok(sizes.iter().map(part).collect())
}

pub(super) fn gather(call: &Call) -> Option<Dims> {
    let (dims, indices) = (call.dims(0)?, call.dims(1)?);
    let axis = axis(call.attributes.int("axis", 0), dims.len())?;
    Some([&dims[..axis], indices, &dims[axis + 1..]].concat())
}

pub(super) fn gather_nd(call: &Call) -> Option<Dims> {
    let (dims, indices) = (call.dims(0)?, call.dims(1)?);
    let batch = usize::try_from(call.attributes.int("batch_dims", 0)).ok()?;
    let (depth, lead) = indices.split_last()?;
    let inner = dims.get(batch.checked_add(usize::try_from(*depth).ok()?)?..)?;
    Some([lead, inner].concat())
}

/// The operands of a concat: all inputs, or each third of a quantised one.
fn concat_inputs(op: &str, n: usize) -> Vec<usize> {
    if op == "QLinearConcat" { (2..n).step_by(3).collect() } else { (0..n).collect() }
}

pub(super) fn concat(call: &Call) -> OneShape {
    let inputs = concat_inputs(call.op, call.inputs.len());
    let parts: Option<Vec<&[i64]>> = inputs.iter().map(|&idx| call.dims(idx)).collect();
    let Some([first, rest @ ..]) = parts.as_deref() else { return Ok(None) };
    let Some(axis) = axis(call.attributes.int("axis", 1), first.len()) else { return Ok(None) };
    let mut result = first.to_vec();
    for part in rest {
        let agree = |(idx, (a, b)): (usize, (&i64, &i64))| idx == axis || a == b;
        if part.len() != first.len() || !first.iter().zip(*part).enumerate().all(agree) {
            return Err(format!("tensors of {first:?} and {part:?} do not join on axis {axis}"));
        }
        result[axis] = result[axis].saturating_add(part[axis]);
    }
    Ok(Some(result))
}

pub(super) fn pad(call: &Call) -> Option<Dims> {
    let dims = call.dims(0)?;
    let pads = match call.attributes.ints("paddings") {
        Some(pads) => pads.to_vec(),
        None => call.setting("pads", 1).ok()??,
    };
    let named = match call.setting("axes", 3).ok()? {
        Some(named) => axes(&named, dims.len())?,
        None => (0..dims.len()).collect(),
    };
    let mut result = dims.to_vec();
    for (idx, &axis) in named.iter().enumerate() {
        let (before, after) = (*pads.get(idx)?, *pads.get(idx + named.len())?);
        result[axis] = result[axis].checked_add(before)?.checked_add(after)?.max(0);
    }
    Some(result)
}
