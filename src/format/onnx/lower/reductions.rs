//! Means, maxima and other reductions over axes.

use super::super::network::Step;
use super::super::shapes::reduced_axes;
use super::Lowering;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Node, Op};

/// Lowers `step` if it is a reduction.
pub(super) fn lower<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<bool> {
    match &step.op[..] {
        "GlobalAveragePool" => whole(lowering, step, Op::GlobalAvgPool)?,
        "GlobalMaxPool" | "GlobalLpPool" => whole(lowering, step, Op::GlobalMaxPool)?,
        "ReduceMean" | "ReduceSum" => reduce(lowering, step, Op::GlobalAvgPool)?,
        "ReduceMax" => reduce(lowering, step, Op::GlobalMaxPool)?,
        "ArgMax" | "ArgMin" | "CumSum" | "TopK" => lowering.add_simple(step, Op::Reduce)?,
        op if op.starts_with("Reduce") => reduce(lowering, step, Op::Reduce)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn whole(lowering: &mut Lowering, step: &Step, op: Op) -> Result<()> {
    let (Some(x), Some(&result)) = (step.input(0), step.outputs.first()) else { return Ok(()) };
    let input = super::place(lowering.dims(x)?, Some(1))?;
    let output = super::place(lowering.dims(result)?, Some(1))?;
    lowering.add(step, Node::new(op, input, output), &[x], Some(1));
    Ok(())
}

/// A reduction; `spatial` is what it is over height, width or tokens alone.
fn reduce<'n>(lowering: &mut Lowering<'n>, step: &'n Step, spatial: Op) -> Result<()> {
    let call = lowering.call(step);
    let (Some(x), Some(&result)) = (step.input(0), step.outputs.first()) else { return Ok(()) };
    let rank = lowering.dims(x)?.len();
    let axes = reduced_axes(&call).map_err(|_| {
        Error::new(ErrorKind::InvalidGraph, "has axes that are known only when it runs")
    })?;
    let axes = axes.unwrap_or_default();
    let default = if rank == 4 { 1 } else { rank.saturating_sub(1) };
    let channel = lowering.channel(x).unwrap_or(default);
    let is_spatial = (3..=4).contains(&rank)
        && !axes.is_empty()
        && axes.iter().all(|&axis| axis != 0 && axis != channel);
    let keeps = call.attributes.int("keepdims", 1) == 1;
    let kept =
        channel - if keeps { 0 } else { axes.iter().filter(|&&axis| axis < channel).count() };
    let new_channel = (!axes.contains(&channel)).then_some(kept);
    let input = lowering.shape(x)?;
    let output = super::place(lowering.dims(result)?, new_channel)?;
    let op = if is_spatial { spatial } else { Op::Reduce };
    lowering.add(step, Node::new(op, input, output), &[x], new_channel);
    Ok(())
}
