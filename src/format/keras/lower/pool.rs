//! Pools over a window and over the whole map.

use super::window::{Sides, behind, in_layout, is_same, stem_and_rank, windowed};
use super::{Call, Lowering, Node, Op, Result, Value, place};

/// The result of a pool.
pub(super) fn lower(lowering: &mut Lowering, call: &Call) -> Result<Option<Value>> {
    let (stem, rank) = stem_and_rank(call.layer.class);
    let op = match stem {
        "MaxPooling" | "MaxPool" => Op::MaxPool,
        "AveragePooling" | "AvgPool" => Op::AvgPool,
        "GlobalAveragePooling" | "GlobalAvgPool" => Op::GlobalAvgPool,
        "GlobalMaxPooling" | "GlobalMaxPool" => Op::GlobalMaxPool,
        _ => return Ok(None),
    };
    if rank == 0 {
        return Ok(None);
    }
    let x = in_layout(call, rank)?;
    let config = call.layer.config;
    if op.is_global_pool() {
        return over_map(lowering, op, &x, config.flag("keepdims", false)).map(Some);
    }
    let kernel = config.counts_or("pool_size", rank, 2)?;
    let stride = config.get("strides").map(|_| config.counts("strides", rank)).transpose()?;
    let sides = Sides {
        stride: stride.unwrap_or_else(|| kernel.clone()),
        dilation: vec![1; rank],
        is_same: is_same(call)?,
        kernel,
    };
    let dims = behind(&x, &sides, x.channels())?;
    let is_whole_map =
        x.spatial_axes().iter().zip(&sides.kernel).all(|(&axis, &k)| x.dims[axis] == k);
    let node = match op {
        // a window as large as the map is a global pool
        Op::AvgPool if is_whole_map && !sides.is_same => global(Op::GlobalAvgPool, &x, &dims)?,
        Op::MaxPool if is_whole_map && !sides.is_same => global(Op::GlobalMaxPool, &x, &dims)?,
        _ => windowed(op, &x, &dims, &sides)?,
    };
    Ok(Some(Value::new(lowering.add(node, &[&x]), dims, x.channel)))
}

/// The mean or maximum of `x` over all but batch and channels.
pub(super) fn over_map(
    lowering: &mut Lowering,
    op: Op,
    x: &Value,
    keeps_axes: bool,
) -> Result<Value> {
    let (dims, channel) = match keeps_axes {
        true => {
            let mut dims = x.dims.clone();
            x.spatial_axes().into_iter().for_each(|axis| dims[axis] = 1);
            (dims, x.channel)
        }
        false => (vec![x.dims[0], x.channels()], 1),
    };
    let mut node = global(op, x, &dims)?;
    node.output = place(&dims, channel)?;
    Ok(Value::new(lowering.add(node, &[x]), dims, channel))
}

fn global(op: Op, x: &Value, dims: &[u32]) -> Result<Node> {
    Ok(Node::new(op, x.shape()?, place(dims, x.channel)?))
}
