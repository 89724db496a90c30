//! Functions that cut tensors, add or drop axes of one: parts of a tensor have no node.

use serde_json::Value as Json;

use super::function::setting;
use super::merge::concat;
use super::{Call, Dims, Lowering, Result, Value, describe, invalid};
use crate::format::keras::config::integers;
use crate::graph::Part;

/// Parts that one split may have.
const MAX_PARTS: u64 = 1_024;

/// The results of the function `name`, if it is of this group.
pub(super) fn lower(
    lowering: &mut Lowering,
    call: &Call,
    name: &str,
) -> Result<Option<Vec<Value>>> {
    let result = match name {
        "getitem" | "get_item" => item(call)?,
        "split" => return split(call).map(Some),
        "expand_dims" => with_axis(call.x()?, axis(call).unwrap_or(-1))?,
        "squeeze" => without_axes(call)?,
        "stack" => {
            let axis = axis(call).unwrap_or(0);
            let wide = call.reads.iter().map(|read| with_axis(read, axis));
            concat(lowering, &wide.collect::<Result<Vec<_>>>()?, axis)?
        }
        _ => return Ok(None),
    };
    Ok(Some(vec![result]))
}

fn axis(call: &Call) -> Option<i64> {
    setting(call, 1, &["axis"]).and_then(integers)?.first().copied()
}

/// `x` with an axis of one more: channels stay where they are, unless they are behind it.
fn with_axis(x: &Value, axis: i64) -> Result<Value> {
    let rank = x.dims.len();
    let from_start = if axis < 0 { axis + rank as i64 + 1 } else { axis };
    let Some(axis) = usize::try_from(from_start).ok().filter(|&axis| axis <= rank) else {
        return Err(invalid(format!("axis {axis} of a tensor of {} axes", rank + 1)));
    };
    let mut dims = x.dims.clone();
    dims.insert(axis, 1);
    Ok(x.moved(dims, x.channel + usize::from(axis <= x.channel)))
}

fn without_axes(call: &Call) -> Result<Value> {
    let x = call.x()?;
    let named = setting(call, 1, &["axis"]).and_then(integers);
    let mut gone = match &named {
        Some(axes) => axes.iter().map(|&axis| x.axis(axis)).collect::<Result<Vec<_>>>()?,
        None => (1..x.dims.len()).filter(|&axis| x.dims[axis] == 1).collect(),
    };
    gone.sort_unstable();
    gone.dedup();
    if let Some(&axis) = gone.iter().find(|&&axis| x.dims[axis] != 1) {
        return Err(invalid(format!("axis {axis} of {} is not 1", describe(&x.dims))));
    }
    let dims: Dims =
        (0..x.dims.len()).filter(|axis| !gone.contains(axis)).map(|axis| x.dims[axis]).collect();
    let n_before = gone.iter().filter(|&&axis| axis < x.channel).count();
    let channel = match gone.contains(&x.channel) {
        true => dims.len().saturating_sub(1),
        false => x.channel - n_before,
    };
    Ok(x.moved(dims, channel))
}

/// What `range` of an axis is cut out; a mark keeps it apart from other parts.
fn cut(x: &Value, axis: usize, start: u32, stop: u32, step: i64) -> Value {
    let mut dims = x.dims.clone();
    let stride = u32::try_from(step.unsigned_abs()).unwrap_or(u32::MAX).max(1);
    let n = stop.saturating_sub(start).div_ceil(stride);
    let is_all = n == dims[axis] && step == 1;
    dims[axis] = n;
    let mut part = x.moved(dims, x.channel);
    if !is_all {
        let key = [axis as i64, start.into(), stop.into(), step];
        part.tensor = part.tensor.map(|tensor| tensor.part(Part::of(&key)));
        part.logits = None;
    }
    part
}

fn split(call: &Call) -> Result<Vec<Value>> {
    // tf.split(value, num_or_size_splits, axis); ops.split keeps both as settings
    let x = call.x()?;
    let axis = setting(call, 2, &["axis"]).and_then(integers);
    let axis = x.axis(axis.and_then(|axes| axes.first().copied()).unwrap_or(0))?;
    let side = x.dims[axis];
    let (names, is_sizes) = match call.layer.class {
        "TFOpLambda" => (&["num_or_size_splits"][..], true),
        _ => (&["indices_or_sections"][..], false),
    };
    let wrong = || invalid(format!("a split of {side} that is not even or not of known parts"));
    let bounds: Vec<u32> = match setting(call, 1, names) {
        Some(Json::Number(n)) => {
            let n = n.as_u64().filter(|&n| n > 0 && n <= MAX_PARTS).ok_or_else(wrong)? as u32;
            if !side.is_multiple_of(n) {
                return Err(wrong());
            }
            (0..=n).map(|idx| idx * (side / n)).collect()
        }
        Some(json) => {
            let given = integers(json).ok_or_else(wrong)?;
            let ends = given.iter().scan(0_i64, |end, &n| {
                *end = if is_sizes { end.saturating_add(n) } else { n };
                Some(*end)
            });
            let mut bounds = vec![0];
            bounds.extend(ends.filter_map(|end| u32::try_from(end).ok()));
            if !is_sizes {
                bounds.push(side);
            }
            bounds
        }
        None => return Err(wrong()),
    };
    let fits = bounds.last() == Some(&side) && bounds.is_sorted_by(|a, b| a < b);
    if !fits || bounds.len() as u64 > MAX_PARTS {
        return Err(wrong());
    }
    Ok(bounds.windows(2).map(|pair| cut(x, axis, pair[0], pair[1], 1)).collect())
}

/// `x[1:, ..., :4]`: indices, slices, an ellipsis, new axes.
fn item(call: &Call) -> Result<Value> {
    let x = call.x()?;
    let Some(key) = setting(call, 1, &["slice_spec", "key"]) else {
        return Err(invalid("an index that is not constant"));
    };
    let keys: &[Json] = key.as_array().map_or(std::slice::from_ref(key), Vec::as_slice);
    let n_axes = keys.iter().filter(|key| !is_ellipsis(key) && !key.is_null()).count();
    let mut skipped = x.dims.len().checked_sub(n_axes);
    let mut result = x.clone();
    // axes of the result from which the next key counts
    let mut axis = 0;
    for key in keys {
        if is_ellipsis(key) {
            axis += skipped.take().unwrap_or(0);
        } else if key.is_null() {
            result = with_axis(&result, axis as i64)?;
            axis += 1;
        } else if axis >= result.dims.len() {
            return Err(invalid(format!("more indices than axes of {}", describe(&x.dims))));
        } else if let Some(idx) = key.as_i64() {
            let idx = position(idx, result.dims[axis]);
            result = cut(&result, axis, idx, idx.saturating_add(1), 1);
            let dims: Dims = [&result.dims[..axis], &result.dims[axis + 1..]].concat();
            let channel = match result.channel {
                channel if channel > axis => channel - 1,
                channel if channel == axis => dims.len().saturating_sub(1),
                channel => channel,
            };
            result = result.moved(dims, channel);
        } else {
            result = slice(&result, axis, key)?;
            axis += 1;
        }
    }
    Ok(result)
}

fn slice(x: &Value, axis: usize, key: &Json) -> Result<Value> {
    let config = key.get("config").unwrap_or(key);
    let side = x.dims[axis];
    let bound = |name: &str| config.get(name).and_then(Json::as_i64);
    let step = bound("step").unwrap_or(1);
    let (start, stop) = match step {
        ..=0 => (0, side),
        _ => (
            bound("start").map_or(0, |idx| position(idx, side)),
            bound("stop").map_or(side, |idx| position(idx, side)),
        ),
    };
    if step == 0 || start >= stop {
        return Err(invalid(format!(
            "a slice of nothing along axis {axis} of {}",
            describe(&x.dims)
        )));
    }
    Ok(cut(x, axis, start, stop, step))
}

/// The position that `idx` names on an axis; negative ones count from the end.
fn position(idx: i64, side: u32) -> u32 {
    let from_start = if idx < 0 { idx.saturating_add(side.into()) } else { idx };
    u32::try_from(from_start.clamp(0, side.into())).unwrap_or(side)
}

fn is_ellipsis(key: &Json) -> bool {
    key.as_str() == Some("...")
        || key.get("class_name").and_then(Json::as_str) == Some("__ellipsis__")
}
