//! Reductions over axes, and products of two tensors that both depend on data.

use super::pool::over_map;
use super::{Dims, Lowering, Node, Op, Result, Value, count, invalid, place};

/// The mean, sum or maximum of `x` over `axes` (all but the batch where there are none).
pub(super) fn over_axes(
    lowering: &mut Lowering,
    op: Op,
    x: &Value,
    axes: Option<&[i64]>,
    keeps_axes: bool,
) -> Result<Value> {
    let mut reduced = match axes {
        Some(axes) => axes.iter().map(|&axis| x.axis(axis)).collect::<Result<Vec<_>>>()?,
        None => (1..x.dims.len()).collect(),
    };
    reduced.sort_unstable();
    reduced.dedup();
    if op.is_global_pool() && !reduced.is_empty() && reduced == x.spatial_axes() {
        return over_map(lowering, op, x, keeps_axes);
    }
    let left = |axis: &usize| !reduced.contains(axis);
    let dims: Dims = match keeps_axes {
        true => (0..x.dims.len()).map(|axis| if left(&axis) { x.dims[axis] } else { 1 }).collect(),
        false => (0..x.dims.len()).filter(left).map(|axis| x.dims[axis]).collect(),
    };
    let n_gone_before = reduced.iter().filter(|&&axis| axis < x.channel).count();
    let channel = match keeps_axes {
        true => x.channel,
        false if left(&x.channel) => x.channel - n_gone_before,
        false => dims.len().saturating_sub(1),
    };
    lowering.add_from(Op::Reduce, x, dims, channel)
}

/// The product of two tensors over `n_terms` terms for each number of the result.
///
/// # Errors
/// Where the cost exceeds 64 bits.
pub(super) fn multiply_matrices(
    lowering: &mut Lowering,
    left: &Value,
    right: &Value,
    n_terms: u32,
    dims: Dims,
    channel: usize,
) -> Result<Value> {
    let macs = count(&dims)?
        .checked_mul(n_terms.into())
        .ok_or_else(|| invalid("the cost of a product does not fit 64 bits"))?;
    // a product with numbers that are no data is a dense layer
    let op = if left.tensor.is_some() && right.tensor.is_some() { Op::Matmul } else { Op::Linear };
    let read = if left.tensor.is_some() { left } else { right };
    let node = Node { macs, ..Node::new(op, read.shape()?, place(&dims, channel)?) };
    Ok(Value::new(lowering.add(node, &[left, right]), dims, channel))
}
