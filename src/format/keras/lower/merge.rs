//! Layers of several tensors: sums, products, concatenations.

use super::reduce::multiply_matrices;
use super::{Call, Dims, Lowering, Node, Op, Result, Value, describe, invalid, narrow};
use crate::format::keras::config::integers;
use crate::format::keras::spelled::{Form, Reached, product, sum};
use crate::graph::Tensor;

/// The result of a merging layer.
pub(super) fn lower(lowering: &mut Lowering, call: &Call) -> Result<Option<Value>> {
    let reads = &call.reads;
    let result = match call.layer.class {
        // the last is of keras.applications: x + scale y
        "Add" | "Subtract" | "Average" | "Minimum" | "Maximum" | "CustomScaleLayer" => {
            fold(lowering, Op::Add, reads)?
        }
        "Multiply" => fold(lowering, Op::Mul, reads)?,
        "Concatenate" => {
            let axis = call.layer.config.integers("axis").and_then(|axes| axes.first().copied());
            concat(lowering, reads, axis.unwrap_or(-1))?
        }
        "Dot" => {
            let [left, right] = &reads[..] else {
                return Err(invalid("Dot is called without two tensors"));
            };
            let axes = call.layer.config.get("axes").and_then(integers).unwrap_or_default();
            let of = |idx: usize| axes.get(idx).or(axes.first()).copied().unwrap_or(-1);
            dot(lowering, left, right, [left.axis(of(0))?, right.axis(of(1))?])?
        }
        _ => return Ok(None),
    };
    Ok(Some(result))
}

/// Sums or products of two at a time, from left to right.
pub(super) fn fold(lowering: &mut Lowering, op: Op, reads: &[Value]) -> Result<Value> {
    let Some((first, rest)) = reads.split_first() else {
        return Err(invalid("the layer is called without a tensor"));
    };
    rest.iter().try_fold(first.clone(), |left, right| pair(lowering, op, &left, right))
}

/// The sum or product of two tensors.
fn pair(lowering: &mut Lowering, op: Op, left: &Value, right: &Value) -> Result<Value> {
    let dims = broadcast(&left.dims, &right.dims)?;
    let wider = if left.dims.len() >= right.dims.len() { left } else { right };
    let like = Value::new(None, dims, wider.channel);
    let shape = like.shape()?;
    let tensor = lowering.add(Node::new(op, shape, shape), &[left, right]);
    let result = Value { tensor, ..like };
    match spelled(op, left, right) {
        Some((reached, x)) => lowering.spelled(reached, x, &result),
        None => Ok(result),
    }
}

/// What two parts of a function of one tensor make together.
fn spelled(op: Op, left: &Value, right: &Value) -> Option<(Reached, Tensor)> {
    let part = |value: &Value| match value.form {
        Form::Plain => Some((None, value.tensor?)),
        Form::Part(part, base) => Some((Some(part), base)),
    };
    let ((one, x), (other, y)) = (part(left)?, part(right)?);
    let meet = if op == Op::Mul { product } else { sum };
    // a part may itself be the x of another function
    let pairs = [(one, x, other, y), (None, left.tensor?, other, y), (one, x, None, right.tensor?)];
    pairs
        .into_iter()
        .filter(|(_, x, _, y)| x == y)
        .find_map(|(one, x, other, _)| Some((meet(one, other).or_else(|| meet(other, one))?, x)))
}

/// The dims that two tensors have together: sides of 1 stretch, missing ones stand in front.
pub(super) fn broadcast(left: &[u32], right: &[u32]) -> Result<Dims> {
    let rank = left.len().max(right.len());
    let side = |dims: &[u32], axis: usize| {
        (axis + dims.len()).checked_sub(rank).map_or(1, |axis| dims[axis])
    };
    (0..rank)
        .map(|axis| match (side(left, axis), side(right, axis)) {
            (one, other) if one == other || other == 1 => Ok(one),
            (1, other) => Ok(other),
            _ => {
                let (left, right) = (describe(left), describe(right));
                Err(invalid(format!("{left} and {right} do not go together")))
            }
        })
        .collect()
}

/// Tensors one after the other along an axis.
pub(super) fn concat(lowering: &mut Lowering, reads: &[Value], axis: i64) -> Result<Value> {
    let Some(first) = reads.iter().find(|value| value.tensor.is_some()).or(reads.first()) else {
        return Err(invalid("the layer is called without a tensor"));
    };
    let axis = first.axis(axis)?;
    let mut dims = first.dims.clone();
    let mut total = 0_u64;
    for value in reads {
        let fits = value.dims.len() == dims.len()
            && (0..dims.len()).all(|other| other == axis || value.dims[other] == dims[other]);
        if !fits {
            let (one, other) = (describe(&first.dims), describe(&value.dims));
            return Err(invalid(format!("{one} and {other} differ not only along axis {axis}")));
        }
        total += u64::from(value.dims[axis]);
    }
    dims[axis] = narrow(total)?;
    let like = Value::new(None, dims, first.channel);
    let shape = like.shape()?;
    let reads: Vec<&Value> = reads.iter().collect();
    let tensor = match reads.len() {
        1 => first.tensor,
        _ => lowering.add(Node::new(Op::Concat, shape, shape), &reads),
    };
    Ok(Value { tensor, ..like })
}

/// The products of two tensors along one axis of each.
fn dot(
    lowering: &mut Lowering,
    left: &Value,
    right: &Value,
    [left_axis, right_axis]: [usize; 2],
) -> Result<Value> {
    if left.dims[left_axis] != right.dims[right_axis] {
        let (one, other) = (describe(&left.dims), describe(&right.dims));
        return Err(invalid(format!("{one} and {other} differ along the axes of the product")));
    }
    let rest = |value: &Value, without: usize| -> Dims {
        let kept = value.dims.iter().enumerate().skip(1).filter(|&(axis, _)| axis != without);
        kept.map(|(_, &side)| side).collect()
    };
    let mut dims = [vec![left.dims[0]], rest(left, left_axis), rest(right, right_axis)].concat();
    if dims.len() == 1 {
        dims.push(1);
    }
    let channel = dims.len() - 1;
    multiply_matrices(lowering, left, right, left.dims[left_axis], dims, channel)
}
