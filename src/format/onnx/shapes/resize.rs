//! Shapes of operations that change the size of a map: resizes, blocks of pixels to channels.

use super::super::call::{Call, axes};
use super::Dims;

/// Resize and Upsample, whose scales or sizes are an attribute or one of the inputs by opset.
pub(super) fn resize(call: &Call) -> Option<Dims> {
    let dims = call.dims(0)?;
    let named = match call.attributes.ints("axes") {
        Some(named) => axes(named, dims.len())?,
        None => (0..dims.len()).collect(),
    };
    let mut result = dims.to_vec();
    if call.op == "Resize" && call.has(3) {
        let sizes = call.numbers(3)?.ints()?;
        for (&axis, &size) in named.iter().zip(sizes) {
            result[axis] = size.max(0);
        }
        return Some(result);
    }
    let idx = if call.op == "Upsample" || call.opset < 11 { 1 } else { 2 };
    let scales: Vec<f64> = match call.attributes.get("scales") {
        Some(attribute) => attribute.floats.iter().map(|&scale| f64::from(scale)).collect(),
        None => call.numbers(idx)?.floats(),
    };
    for (&axis, &scale) in named.iter().zip(&scales) {
        result[axis] = (result[axis] as f64 * scale).floor().clamp(0.0, 1e9) as i64;
    }
    (scales.len() == named.len()).then_some(result)
}

/// DepthToSpace and SpaceToDepth.
pub(super) fn blocks(call: &Call) -> Option<Dims> {
    let &[batch, channels, height, width] = call.dims(0)? else { return None };
    let block = call.attributes.int("blocksize", 1).clamp(1, 1 << 12);
    Some(match call.op {
        "DepthToSpace" => vec![
            batch,
            channels / (block * block),
            height.saturating_mul(block),
            width.saturating_mul(block),
        ],
        _ => vec![batch, channels.saturating_mul(block * block), height / block, width / block],
    })
}
