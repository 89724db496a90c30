//! Operations that move numbers: bridged, with the part that they take; and concats, resizes,
//! pixel shuffles and table look-ups, which have a node.

use super::super::call::{Call, axis};
use super::super::network::{Step, ValueId};
use super::super::shapes::layout::{
    permutation, slice_spans, split_sizes, squeezed_axes, unsqueezed_axes,
};
use super::{Lowering, Operand, View};
use crate::error::Result;
use crate::graph::{Node, Op, Part};

/// Lowers `step` if it moves numbers.
pub(super) fn lower<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<bool> {
    let own = step.input(0).and_then(|id| lowering.channel(id));
    let call = lowering.call(step);
    match &step.op[..] {
        "Identity" | "Dropout" | "Cast" | "CastLike" | "Trilu" | "ReorderInput" | "Pad"
        | "RotaryEmbedding" => {
            lowering.bridge(step, own)?;
        }
        "ReorderOutput" => {
            let is_last = step.attributes.int("channels_last", 0) == 1;
            lowering.bridge(step, if is_last { Some(3) } else { own })?;
        }
        "Reshape" | "Flatten" => lowering.bridge(step, None)?,
        "Expand" | "Tile" => {
            lowering.spend_constants(step);
            lowering.bridge(step, expanded(&call, lowering, step, own))?;
        }
        "Where" => {
            lowering.spend_constants(step);
            let data = lowering.data(step);
            let channel = step.outputs.first().and_then(|&id| lowering.common_channel(&data, id));
            lowering.bridge(step, channel)?;
        }
        "ScatterND" | "ScatterElements" | "GatherND" | "GatherElements" | "ReverseSequence"
        | "Compress" => {
            lowering.spend_constants(step);
            lowering.bridge(step, own)?;
        }
        "Transpose" => {
            let order = call.dims(0).and_then(|dims| permutation(&call, dims.len()));
            let moved =
                own.zip(order).and_then(|(own, order)| order.iter().position(|&a| a == own));
            lowering.bridge(step, moved)?;
        }
        "Squeeze" => {
            let gone = squeezed_axes(&call).unwrap_or_default();
            let moved = own.filter(|own| !gone.contains(own));
            lowering
                .bridge(step, moved.map(|own| own - gone.iter().filter(|&&a| a < own).count()))?;
        }
        "Unsqueeze" => lowering.bridge(step, own.map(|own| unsqueezed(&call, own)))?,
        "Slice" => slice(lowering, step, &call, own)?,
        "Split" => split(lowering, step, &call, own)?,
        "Gather" => gather(lowering, step, &call, own)?,
        "Concat" => concat(lowering, step)?,
        "Resize" | "Upsample" => lowering.add_simple(step, Op::Upsample)?,
        "DepthToSpace" => lowering.add_simple(step, Op::DepthToSpace)?,
        "SpaceToDepth" => lowering.add_simple(step, Op::SpaceToDepth)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn expanded(call: &Call, lowering: &Lowering, step: &Step, own: Option<usize>) -> Option<usize> {
    let after = step.outputs.first().and_then(|&id| lowering.network.values[id].dims.as_ref())?;
    Some(own? + after.len().checked_sub(call.dims(0)?.len())?)
}

fn unsqueezed(call: &Call, own: usize) -> usize {
    unsqueezed_axes(call)
        .unwrap_or_default()
        .iter()
        .fold(own, |axis, &new| axis + usize::from(new <= axis))
}

/// The view of `id` cut to `part`.
fn cut(lowering: &Lowering, id: ValueId, part: Part, channel: Option<usize>) -> View {
    let cut = |operand: Operand| Operand { part: operand.part.then(part), ..operand };
    View { operands: lowering.operands(id).into_iter().map(cut).collect(), channel }
}

/// What tells a part from others: the shape that it is cut from, the axis, and where it lies.
fn key(kind: i64, dims: &[i64], place: &[i64]) -> Part {
    Part::of(&[&[kind, dims.len() as i64], dims, place].concat())
}

fn slice<'n>(
    lowering: &mut Lowering<'n>,
    step: &Step,
    call: &Call,
    own: Option<usize>,
) -> Result<()> {
    let (Some(x), Some(dims)) = (step.input(0), call.dims(0)) else { return Ok(()) };
    let spans = slice_spans(call).ok().flatten();
    let is_all =
        spans.iter().flatten().zip(dims).all(|(span, &side)| span.len == side && span.step == 1);
    let place: Vec<i64> =
        spans.iter().flatten().flat_map(|span| [span.start, span.step, span.len]).collect();
    let part = if spans.is_some() && is_all { Part::WHOLE } else { key(1, dims, &place) };
    let view = cut(lowering, x, part, own);
    lowering.see(step, &view);
    Ok(())
}

/// A part of a split is the same part as a slice that takes as much.
fn split<'n>(
    lowering: &mut Lowering<'n>,
    step: &Step,
    call: &Call,
    own: Option<usize>,
) -> Result<()> {
    let (Some(x), Some(dims)) = (step.input(0), call.dims(0)) else { return Ok(()) };
    let (axis, sizes) = split_sizes(call).unwrap_or_default();
    let mut start = 0_i64;
    for (&output, &size) in step.outputs.iter().zip(&sizes) {
        let place: Vec<i64> = dims
            .iter()
            .enumerate()
            .flat_map(|(idx, &side)| if idx == axis { [start, 1, size] } else { [0, 1, side] })
            .collect();
        let part = if dims.get(axis) == Some(&size) { Part::WHOLE } else { key(1, dims, &place) };
        lowering.views[output] = Some(cut(lowering, x, part, own));
        start = start.saturating_add(size);
    }
    Ok(())
}

fn gather<'n>(
    lowering: &mut Lowering<'n>,
    step: &'n Step,
    call: &Call,
    own: Option<usize>,
) -> Result<()> {
    let (Some(x), Some(index)) = (step.input(0), step.input(1)) else { return Ok(()) };
    if !lowering.network.is_data(x) {
        return embedding(lowering, step, x, index);
    }
    if lowering.network.is_data(index) {
        return lowering.bridge(step, None);
    }
    let (Some(dims), Some(index_dims)) = (call.dims(0), call.dims(1)) else {
        return lowering.bridge(step, None);
    };
    let at = axis(call.attributes.int("axis", 0), dims.len()).unwrap_or(0);
    let indices = call.numbers(1).and_then(|numbers| numbers.ints());
    let part = match indices {
        Some(&[only]) => {
            // one row is the same part as a slice or a split of one
            let only = axis(only, dims[at].max(0) as usize).unwrap_or(0) as i64;
            let row =
                |(idx, &side): (usize, &i64)| if idx == at { [only, 1, 1] } else { [0, 1, side] };
            let place: Vec<i64> = dims.iter().enumerate().flat_map(row).collect();
            if dims[at] == 1 { Part::WHOLE } else { key(1, dims, &place) }
        }
        Some(indices) => key(2, dims, &[&[at as i64], indices].concat()),
        None => key(3, dims, &[at as i64, index as i64]),
    };
    let channel = own.and_then(|own| match own.cmp(&at) {
        std::cmp::Ordering::Less => Some(own),
        std::cmp::Ordering::Equal => (index_dims.len() == 1).then_some(own),
        std::cmp::Ordering::Greater => (own + index_dims.len()).checked_sub(1),
    });
    let view = cut(lowering, x, part, channel);
    lowering.see(step, &view);
    Ok(())
}

fn embedding(lowering: &mut Lowering, step: &Step, table: ValueId, index: ValueId) -> Result<()> {
    let params = lowering.ledger.weights(table);
    let Some(&result) = step.outputs.first() else { return Ok(()) };
    let output = super::place(lowering.dims(result)?, None)?;
    let node = Node { params, ..Node::new(Op::Embedding, lowering.shape(index)?, output) };
    lowering.add(step, node, &[index], None);
    Ok(())
}

fn concat(lowering: &mut Lowering, step: &Step) -> Result<()> {
    let read: Vec<ValueId> = step.inputs.iter().flatten().copied().collect();
    let data: Vec<ValueId> =
        read.iter().copied().filter(|&id| lowering.network.is_data(id)).collect();
    read.iter().filter(|id| !data.contains(id)).for_each(|&id| lowering.ledger.spend(id));
    let Some(&result) = step.outputs.first() else { return Ok(()) };
    let channel = lowering.common_channel(&data, result);
    let shape = super::place(lowering.dims(result)?, channel)?;
    lowering.add(step, Node::new(Op::Concat, shape, shape), &data, channel);
    Ok(())
}
