//! Normalisation layers: scales and shifts are their params.

use super::{Call, Lowering, Node, Op, Result, Value, count};
use crate::format::keras::config::integers;

/// The result of a normalisation.
pub(super) fn lower(lowering: &mut Lowering, call: &Call) -> Result<Option<Value>> {
    let config = call.layer.config;
    let (op, has_shift) = match call.layer.class {
        "BatchNormalization" | "SyncBatchNormalization" => (Op::BatchNorm, true),
        "LayerNormalization" => (Op::LayerNorm, !config.flag("rms_scaling", false)),
        "RMSNormalization" => (Op::LayerNorm, false),
        "GroupNormalization" => (Op::GroupNorm, true),
        "UnitNormalization" => {
            return lowering.add_simple(Op::GroupNorm, call.x()?).map(Some);
        }
        _ => return Ok(None),
    };
    let x = call.x()?;
    let axes = config.get("axis").and_then(integers).unwrap_or_else(|| vec![-1]);
    let sides = axes.iter().map(|&axis| Ok(x.dims[x.axis(axis)?])).collect::<Result<Vec<_>>>()?;
    let n_learned =
        u64::from(config.flag("scale", true)) + u64::from(has_shift && config.flag("center", true));
    let shape = x.shape()?;
    let params = count(&sides)?.saturating_mul(n_learned);
    let tensor = lowering.add(Node { params, ..Node::new(op, shape, shape) }, &[x]);
    Ok(Some(Value::new(tensor, x.dims.clone(), x.channel)))
}
