//! Dense layers, tables and recurrent layers.

use super::{Call, Lowering, Node, Op, Result, Value, costed, count, invalid, place};

/// The result of a layer of this group.
pub(super) fn lower(lowering: &mut Lowering, call: &Call) -> Result<Option<Value>> {
    match call.layer.class {
        "Dense" => {
            let config = call.layer.config;
            let bias = config.flag("use_bias", true);
            linear(lowering, call.x()?, config.count("units")?, bias).map(Some)
        }
        "Embedding" => embedding(lowering, call).map(Some),
        "LSTM" => recurrent(lowering, call, 4).map(Some),
        "GRU" => recurrent(lowering, call, 3).map(Some),
        "SimpleRNN" => recurrent(lowering, call, 1).map(Some),
        "LayerScale" => {
            // of keras.applications: a learned gain for each channel
            lowering.spend(call.layer.config.count("projection_dim")?.into());
            Ok(Some(call.x()?.clone()))
        }
        _ => Ok(None),
    }
}

/// A dense layer over the last axis of `x`.
pub(super) fn linear(lowering: &mut Lowering, x: &Value, units: u32, bias: bool) -> Result<Value> {
    let mut dims = x.dims.clone();
    let channel = dims.len().saturating_sub(1);
    let input = place(&dims, channel)?;
    if let Some(last) = dims.last_mut() {
        *last = units;
    }
    let node = costed(Node { bias, ..Node::new(Op::Linear, input, place(&dims, channel)?) })?;
    Ok(Value::new(lowering.add(node, &[x]), dims, channel))
}

fn embedding(lowering: &mut Lowering, call: &Call) -> Result<Value> {
    let (x, config) = (call.x()?, call.layer.config);
    let sides = [config.count("input_dim")?, config.count("output_dim")?];
    let dims = [&x.dims[..], &[sides[1]]].concat();
    let channel = dims.len() - 1;
    let node = Node::new(Op::Embedding, x.shape()?, place(&dims, channel)?);
    let node = Node { params: count(&sides)?, ..node };
    Ok(Value::new(lowering.add(node, &[x]), dims, channel))
}

/// A recurrent layer of `n_gates`; steps are axis 1, features axis 2.
fn recurrent(lowering: &mut Lowering, call: &Call, n_gates: u64) -> Result<Value> {
    let (x, config) = (call.x()?, call.layer.config);
    let [rows, n_steps, features] = x.dims[..] else {
        return Err(invalid("expected a sequence of 3 axes"));
    };
    if config.flag("return_state", false) {
        return Err(invalid("\"return_state\" is set; expected a layer with one result"));
    }
    let units = config.count("units")?;
    let wide = u64::from(units) * n_gates;
    let weights = wide.checked_mul(u64::from(features) + u64::from(units));
    // a GRU has two biases unless it is told to apply its reset gate before the product
    let is_doubled = call.layer.class == "GRU" && config.flag("reset_after", true);
    let biases = if config.flag("use_bias", true) { wide << u32::from(is_doubled) } else { 0 };
    let macs = weights.and_then(|n| n.checked_mul(count(&[rows, n_steps]).ok()?));
    let (Some(weights), Some(macs)) = (weights, macs) else {
        return Err(invalid("the cost does not fit 64 bits"));
    };
    let dims = match config.flag("return_sequences", false) {
        true => vec![rows, n_steps, units],
        false => vec![rows, units],
    };
    let channel = dims.len() - 1;
    let node = Node::new(Op::Recurrent, x.shape()?, place(&dims, channel)?);
    let node = Node { params: weights.saturating_add(biases), macs, ..node };
    Ok(Value::new(lowering.add(node, &[x]), dims, channel))
}
