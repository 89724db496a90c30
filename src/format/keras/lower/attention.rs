//! Attention: projections, products of activations, softmax.

use super::dense::linear;
use super::reduce::multiply_matrices;
use super::{Argument, Call, Dims, Lowering, Op, Result, Value, describe, invalid, narrow};

/// The results of an attention layer: the values it weighs, then the weights if both are asked for.
pub(super) fn lower(lowering: &mut Lowering, call: &Call) -> Result<Option<Vec<Value>>> {
    match call.layer.class {
        "MultiHeadAttention" => multi_head(lowering, call).map(Some),
        "Attention" => single(lowering, call).map(Some),
        _ => Ok(None),
    }
}

/// A layer without projections.
fn single(lowering: &mut Lowering, call: &Call) -> Result<Vec<Value>> {
    let (query, value) = (call.x()?, operand(call, 1)?);
    let key = call.reads.get(2).unwrap_or(value);
    let [rows, n_queries, _] = matrix(query)?;
    let [_, n_keys, depth] = matrix(key)?;
    let [_, _, width] = matrix(value)?;
    let scores = vec![rows, n_queries, n_keys];
    let scores = multiply_matrices(lowering, query, key, depth, scores, 2)?;
    let weights = lowering.add_simple(Op::Softmax, &scores)?;
    let dims = vec![rows, n_queries, width];
    let result = multiply_matrices(lowering, &weights, value, n_keys, dims, 2)?;
    let config = call.layer.config;
    lowering.spend(u64::from(config.flag("use_scale", false)));
    lowering.spend(u64::from(config.text("score_mode") == Some("concat")));
    Ok(vec![result, weights])
}

/// Query, key and value have a projection each, and the result one.
fn multi_head(lowering: &mut Lowering, call: &Call) -> Result<Vec<Value>> {
    let config = call.layer.config;
    let query = call.x()?;
    let value = named(call, 1, "value")?;
    let key = named(call, 2, "key").unwrap_or(value);
    let bias = config.flag("use_bias", true);
    let n_heads = config.count("num_heads")?;
    let depth = config.count("key_dim")?;
    let width = config.count_or("value_dim", depth)?;
    let wide = |side: u32| narrow(u64::from(n_heads) * u64::from(side));
    let [rows, n_queries, channels] = tokens(query)?;
    let [_, n_keys, _] = tokens(key)?;
    let project = |lowering: &mut Lowering, x: &Value, side: u32| {
        let [rows, n_tokens, channels] = tokens(x)?;
        let x = x.reshaped(vec![rows, n_tokens, channels]);
        let projected = linear(lowering, &x, wide(side)?, bias)?;
        Ok::<_, crate::Error>(projected.moved(vec![rows, n_heads, n_tokens, side], 1))
    };
    let q = project(lowering, query, depth)?;
    let k = project(lowering, key, depth)?;
    let v = project(lowering, value, width)?;
    let scores = vec![rows, n_heads, n_queries, n_keys];
    let scores = multiply_matrices(lowering, &q, &k, depth, scores, 1)?;
    let weights = lowering.add_simple(Op::Softmax, &scores)?;
    let dims = vec![rows, n_heads, n_queries, width];
    let weighed = multiply_matrices(lowering, &weights, &v, n_keys, dims, 1)?;
    let weighed = weighed.reshaped(vec![rows, n_queries, wide(width)?]);
    let c_out = match config.integers("output_shape").as_deref() {
        Some([c_out]) => {
            u32::try_from(*c_out).map_err(|_| invalid("\"output_shape\" is negative"))?
        }
        Some(_) => return Err(invalid("\"output_shape\" has several sides; expected one")),
        None => channels,
    };
    let result = linear(lowering, &weighed, c_out, bias)?;
    let dims: Dims = query.dims[..query.dims.len() - 1].iter().copied().chain([c_out]).collect();
    Ok(vec![result.reshaped(dims), weights])
}

fn named<'c>(call: &'c Call, idx: usize, name: &str) -> Result<&'c Value> {
    // tensors are read in order: those at a position, then those with a name
    let mut n_before = 0;
    for argument in &call.step.args {
        argument.each_tensor(&mut |_| n_before += 1);
    }
    if idx < n_before {
        return operand(call, idx);
    }
    for (key, argument) in &call.step.kwargs {
        if *key == name && matches!(argument, Argument::Tensor(_)) {
            return operand(call, n_before);
        }
        argument.each_tensor(&mut |_| n_before += 1);
    }
    Err(invalid(format!("the layer is called without `{name}`")))
}

fn operand<'c>(call: &'c Call, idx: usize) -> Result<&'c Value> {
    call.reads.get(idx).ok_or_else(|| invalid("the layer is called without a value"))
}

fn matrix(value: &Value) -> Result<[u32; 3]> {
    <[u32; 3]>::try_from(&value.dims[..]).map_err(|_| {
        invalid(format!("reads {}; expected a sequence of 3 axes", describe(&value.dims)))
    })
}

/// Rows, tokens and channels: all axes between the first and the last count as tokens.
fn tokens(value: &Value) -> Result<[u32; 3]> {
    match &value.dims[..] {
        [rows, tokens @ .., channels] if !tokens.is_empty() => {
            Ok([*rows, narrow(super::count(tokens)?)?, *channels])
        }
        dims => Err(invalid(format!("reads {}; expected a sequence", describe(dims)))),
    }
}
