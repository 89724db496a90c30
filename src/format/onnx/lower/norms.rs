//! Normalisation layers.

use super::super::call::axis;
use super::super::network::{Step, ValueId};
use super::Lowering;
use crate::error::Result;
use crate::graph::{Node, Op};

/// Lowers `step` if it is a norm.
pub(super) fn lower<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<bool> {
    let affine = &step.inputs[1.min(step.inputs.len())..];
    let of_map = Some(1);
    match &step.op[..] {
        "BatchNormalization" => {
            let axis = batch_norm_axis(lowering, step);
            norm(lowering, step, Op::BatchNorm, &affine[..affine.len().min(2)], axis)?;
        }
        "LayerNormalization" | "SimplifiedLayerNormalization" | "RMSNormalization" => {
            let rank = rank(lowering, step);
            let last = axis(step.attributes.int("axis", -1), rank);
            norm(lowering, step, Op::LayerNorm, affine, last)?;
        }
        "MeanVarianceNormalization" => {
            let axes = step.attributes.ints("axes").unwrap_or(&[0, 2, 3]);
            let op = if axes == [1] { Op::LayerNorm } else { Op::GroupNorm };
            norm(lowering, step, op, &[], of_map)?;
        }
        "SkipLayerNormalization" | "SkipSimplifiedLayerNormalization" => skip(lowering, step)?,
        "InstanceNormalization" | "GroupNormalization" => {
            norm(lowering, step, Op::GroupNorm, affine, of_map)?;
        }
        "LpNormalization" | "LRN" => {
            let own = step.input(0).and_then(|id| lowering.channel(id));
            norm(lowering, step, Op::GroupNorm, affine, own)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn rank(lowering: &Lowering, step: &Step) -> usize {
    let dims = step.input(0).and_then(|id| lowering.network.values[id].dims.as_ref());
    dims.map_or(0, Vec::len)
}

/// A batch norm that was a product and a sum behind a dense layer is over the last axis.
fn batch_norm_axis(lowering: &Lowering, step: &Step) -> Option<usize> {
    let own = step.input(0).and_then(|id| lowering.channel(id));
    own.or(Some(1))
}

fn norm(
    lowering: &mut Lowering,
    step: &Step,
    op: Op,
    learned: &[Option<ValueId>],
    channel: Option<usize>,
) -> Result<()> {
    let (Some(x), Some(&result)) = (step.input(0), step.outputs.first()) else { return Ok(()) };
    let is_again = lowering.is_applied_again(x);
    let params = learned
        .iter()
        .flatten()
        .filter(|&&id| !lowering.network.is_data(id))
        .map(|&id| match is_again {
            true => lowering.ledger.weights(id),
            false => lowering.ledger.vector(id),
        })
        .sum();
    let shape = super::place(lowering.dims(result)?, channel)?;
    lowering.add(step, Node { params, ..Node::new(op, shape, shape) }, &[x], channel);
    Ok(())
}

/// A sum and the layer norm behind it, which ONNX Runtime joins.
fn skip<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<()> {
    let (Some(a), Some(b), Some(&result)) = (step.input(0), step.input(1), step.outputs.first())
    else {
        return Ok(());
    };
    let shape = lowering.shape(a)?;
    lowering.add(step, Node::new(Op::Add, shape, shape), &[a, b], None);
    let sum = lowering.views[result].clone();
    let params = step.inputs[2..].iter().flatten().map(|&id| lowering.ledger.weights(id)).sum();
    lowering.add(step, Node { params, ..Node::new(Op::LayerNorm, shape, shape) }, &[result], None);
    // the fourth result is the sum itself
    if let Some(&output) = step.outputs.get(3) {
        lowering.views[output] = sum;
    }
    Ok(())
}
