//! Functions that a model calls between its layers: `x + y`, `ops.mean(x)`, `tf.nn.relu6(x)`.
//!
//! Keras 3 writes each as a layer of a module of operations, Keras 2 as a `TFOpLambda` or a
//! `TensorFlowOpLayer`. All are known by the function's own name here.

use serde_json::Value as Json;

use super::activation::{by_name, operator, reach};
use super::merge::{broadcast, concat, fold};
use super::moves::{permute, reshape};
use super::reduce::{multiply_matrices, over_axes};
use super::slice;
use super::{Argument, Call, Dims, Layer, Lowering, Op, Result, Value, invalid, narrow};
use crate::format::keras::config::integers;
use crate::format::keras::spelled::{Form, Step};

/// The name of the function that `layer` calls, such as `reduce_mean`; none if it is a true layer.
pub(super) fn name(layer: &Layer) -> Option<String> {
    let last = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
    match layer.class {
        "TFOpLambda" => layer.config.text("function").map(last),
        "SlicingOpLambda" => Some("getitem".to_owned()),
        "TensorFlowOpLayer" => {
            let op = layer.config.get("node_def")?.get("op")?.as_str()?;
            Some(snake_case(op.trim_end_matches("V2")))
        }
        class => {
            let is_operation = layer.module.is_some_and(|module| module.contains(".ops."));
            is_operation.then(|| snake_case(class))
        }
    }
}

/// `reduce_mean` of `ReduceMean`.
fn snake_case(class: &str) -> String {
    let mut name = String::with_capacity(class.len() + 4);
    for (idx, c) in class.chars().enumerate() {
        if c.is_ascii_uppercase() && idx > 0 {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// The results of the function `name`.
pub(super) fn lower(
    lowering: &mut Lowering,
    call: &Call,
    name: &str,
) -> Result<Option<Vec<Value>>> {
    if let Some(results) = slice::lower(lowering, call, name)? {
        return Ok(Some(results));
    }
    let result = match name {
        "add" | "add_n" | "sub" | "subtract" | "average" => sum(lowering, call, name)?,
        "mul" | "multiply" | "div" | "divide" | "truediv" | "true_divide" | "real_div" => {
            multiply(lowering, call, name)?
        }
        "maximum" | "minimum" | "clip" | "clip_by_value" => bound(lowering, call, name)?,
        "pow" | "power" | "square" => {
            let exponent = if name == "square" { Some(2.0) } else { number(call, 1, &["y", "x2"]) };
            step(lowering, call.x()?, Op::Elementwise, exponent.map(Step::Power))?
        }
        "erf" => step(lowering, call.x()?, Op::Elementwise, Some(Step::Erf))?,
        "mean" | "reduce_mean" | "sum" | "reduce_sum" => reduce(lowering, call, Op::GlobalAvgPool)?,
        "max" | "reduce_max" | "amax" => reduce(lowering, call, Op::GlobalMaxPool)?,
        "min" | "prod" | "var" | "std" | "logsumexp" | "norm" | "argmax" | "argmin" | "cumsum"
        | "reduce_min" | "reduce_prod" | "reduce_std" | "reduce_variance" | "reduce_logsumexp" => {
            reduce(lowering, call, Op::Reduce)?
        }
        "concat" | "concatenate" | "concat_v2" => {
            let axis = setting(call, 1, &["axis"]).and_then(integers);
            concat(lowering, &call.reads, axis.and_then(|axes| axes.first().copied()).unwrap_or(0))?
        }
        "matmul" | "batch_mat_mul" => matmul(lowering, call)?,
        "reshape" => match setting(call, 1, &["newshape", "shape"]).and_then(integers) {
            Some(target) => reshape(call.x()?, &target)?,
            None => return Ok(None),
        },
        "transpose" | "permute_dimensions" => {
            let order = setting(call, 1, &["axes", "perm", "pattern"]).and_then(integers);
            let reversed = || (0..call.reads[0].dims.len() as i64).rev().collect();
            permute(call.x()?, &order.unwrap_or_else(reversed))?
        }
        "resize" => resize(lowering, call)?,
        "depth_to_space" | "space_to_depth" => shuffle(lowering, call, name)?,
        "normalize" | "l2_normalize" => lowering.add_simple(Op::GroupNorm, call.x()?)?,
        "identity" | "stop_gradient" | "cast" | "convert_to_tensor" | "copy" | "dropout" => {
            call.x()?.clone()
        }
        "exp" | "expm1" | "log" | "log1p" | "sqrt" | "rsqrt" | "abs" | "absolute" | "negative"
        | "neg" | "sin" | "cos" | "tan" | "reciprocal" | "floor" | "ceil" | "round" | "sign" => {
            lowering.add_simple(Op::Elementwise, call.x()?)?
        }
        "equal" | "not_equal" | "greater" | "greater_equal" | "less" | "less_equal"
        | "logical_and" | "logical_or" | "logical_not" => {
            // feeds a mask
            Value { tensor: None, ..call.x()?.moved(call.x()?.dims.clone(), call.x()?.channel) }
        }
        "soft_sign" => operator(lowering, Op::Softplus, call.x()?)?,
        name => match by_name(name) {
            Some(op) => operator(lowering, op, call.x()?)?,
            None => return Ok(None),
        },
    };
    Ok(Some(vec![result]))
}

/// The setting or constant argument of a call.
pub(super) fn setting<'a>(call: &Call<'a>, position: usize, names: &[&str]) -> Option<&'a Json> {
    match call.argument(position, names) {
        Some(Argument::Constant(json)) => Some(json),
        _ => names.iter().find_map(|name| call.layer.config.get(name)),
    }
}

/// A constant number among the arguments.
fn number(call: &Call, position: usize, names: &[&str]) -> Option<f64> {
    let old = || call.layer.config.get("constants")?.get(position.to_string())?.as_f64();
    setting(call, position, names).and_then(Json::as_f64).or_else(old)
}

/// `x` behind an operator, with what it means for a function that is spelled out.
fn step(lowering: &mut Lowering, x: &Value, op: Op, step: Option<Step>) -> Result<Value> {
    let result = lowering.add_simple(op, x)?;
    match step.and_then(|step| reach(x, step)) {
        Some((reached, base)) => lowering.spelled(reached, base, &result),
        None => Ok(result),
    }
}

/// `x` behind a constant that is added or multiplied, for which the graph has no node.
fn constant(lowering: &mut Lowering, call: &Call, step: Option<Step>) -> Result<Value> {
    let x = call.x()?;
    let same = Value { form: Form::Plain, logits: None, ..x.clone() };
    match step.and_then(|step| reach(x, step)) {
        Some((reached, base)) => lowering.spelled(reached, base, &same),
        None => Ok(same),
    }
}

fn sum(lowering: &mut Lowering, call: &Call, name: &str) -> Result<Value> {
    if call.reads.len() > 1 {
        return fold(lowering, Op::Add, &call.reads);
    }
    let is_difference = name.starts_with("sub");
    let right = number(call, 1, &["y", "x2"]);
    let left = number(call, 0, &["x", "x1"]).filter(|_| !is_difference);
    let added = right.map(|n| if is_difference { -n } else { n }).or(left);
    constant(lowering, call, added.map(Step::Add))
}

fn multiply(lowering: &mut Lowering, call: &Call, name: &str) -> Result<Value> {
    if call.reads.len() > 1 {
        return fold(lowering, Op::Mul, &call.reads);
    }
    let is_quotient = !name.starts_with("mul");
    let right = number(call, 1, &["y", "x2"]);
    let left = number(call, 0, &["x", "x1"]);
    match (right, left) {
        (None, Some(_)) if is_quotient => lowering.add_simple(Op::Elementwise, call.x()?),
        (right, left) => {
            let factor = right.map(|n| if is_quotient { 1.0 / n } else { n }).or(left);
            constant(lowering, call, factor.map(Step::Times))
        }
    }
}

/// Bounds from above and below: a ReLU where they are 0 and 6 or nothing.
fn bound(lowering: &mut Lowering, call: &Call, name: &str) -> Result<Value> {
    if call.reads.len() > 1 {
        return fold(lowering, Op::Add, &call.reads);
    }
    let one = || number(call, 1, &["y", "x2"]).or_else(|| number(call, 0, &["x", "x1"]));
    let (low, high) = match name {
        "maximum" => (one(), None),
        "minimum" => (None, one()),
        _ => (
            number(call, 1, &["x_min", "clip_value_min"]),
            number(call, 2, &["x_max", "clip_value_max"]),
        ),
    };
    let op = match (low, high) {
        (Some(0.0), Some(6.0)) => Op::Relu6,
        (Some(0.0), None) => Op::Relu,
        _ => Op::Elementwise,
    };
    operator(lowering, op, call.x()?)
}

fn reduce(lowering: &mut Lowering, call: &Call, op: Op) -> Result<Value> {
    let old = || call.layer.config.get("constants")?.get("1");
    let axes = setting(call, 1, &["axis", "reduction_indices"]).or_else(old).and_then(integers);
    let keeps = setting(call, 2, &["keepdims", "keep_dims"]).and_then(Json::as_bool);
    over_axes(lowering, op, call.x()?, axes.as_deref(), keeps.unwrap_or(false))
}

/// The matrix product over the last axis of one tensor and the last but one of the other.
fn matmul(lowering: &mut Lowering, call: &Call) -> Result<Value> {
    let [left, right] = &call.reads[..] else {
        return Err(invalid("a matrix product of other than two tensors"));
    };
    let is_flipped =
        |name| setting(call, usize::MAX, &[name]).and_then(Json::as_bool) == Some(true);
    let turned = |value: &Value, is_turned: bool| -> Option<Dims> {
        let mut dims = value.dims.clone();
        let rank = dims.len();
        if is_turned {
            dims.swap(rank.checked_sub(2)?, rank - 1);
        }
        (rank >= 2).then_some(dims)
    };
    let one = turned(left, is_flipped("transpose_a") || is_flipped("adj_x"));
    let other = turned(right, is_flipped("transpose_b") || is_flipped("adj_y"));
    let (Some(one), Some(other)) = (one, other) else {
        return Err(invalid("a matrix product of tensors with fewer than two axes"));
    };
    let ((one_rest, [rows, terms]), (other_rest, [same_terms, columns])) =
        (split_matrix(&one), split_matrix(&other));
    if terms != same_terms {
        return Err(invalid(format!("a matrix product over {terms} and {same_terms} terms")));
    }
    let dims = [broadcast(one_rest, other_rest)?, vec![rows, columns]].concat();
    let channel = if dims.len() == 4 { 1 } else { dims.len() - 1 };
    multiply_matrices(lowering, left, right, terms, dims, channel)
}

/// The axes before the last two, and those.
fn split_matrix(dims: &[u32]) -> (&[u32], [u32; 2]) {
    let (rest, matrix) = dims.split_at(dims.len() - 2);
    (rest, [matrix[0], matrix[1]])
}

fn resize(lowering: &mut Lowering, call: &Call) -> Result<Value> {
    let x = call.x()?;
    let size = setting(call, 1, &["size"]).and_then(integers);
    let (Some([h, w]), 4) = (size.as_deref(), x.dims.len()) else {
        return Err(invalid("a resize whose size is not two numbers, or not of an image"));
    };
    let mut dims = x.dims.clone();
    for (axis, side) in x.spatial_axes().into_iter().zip([h, w]) {
        dims[axis] = u32::try_from(*side).map_err(|_| invalid("a negative size"))?;
    }
    lowering.add_from(Op::Upsample, x, dims, x.channel)
}

/// Pixels to channels or back, by blocks.
fn shuffle(lowering: &mut Lowering, call: &Call, name: &str) -> Result<Value> {
    let x = call.x()?;
    let block = setting(call, 1, &["block_size"]).and_then(Json::as_u64);
    let block = block.and_then(|n| u32::try_from(n).ok()).filter(|&n| n > 0);
    let (Some(block), 4) = (block, x.dims.len()) else {
        return Err(invalid("a block size that is no number from 1, or no image"));
    };
    let to_space = name == "depth_to_space";
    let area = u64::from(block) * u64::from(block);
    let mut dims = x.dims.clone();
    let mut axes: Vec<usize> = x.spatial_axes();
    axes.push(x.channel);
    for axis in axes {
        let factor = if axis == x.channel { area } else { block.into() };
        let side = u64::from(dims[axis]);
        dims[axis] = narrow(if to_space == (axis == x.channel) {
            side / factor
        } else {
            side.saturating_mul(factor)
        })?;
    }
    let op = if to_space { Op::DepthToSpace } else { Op::SpaceToDepth };
    lowering.add_from(op, x, dims, x.channel)
}
