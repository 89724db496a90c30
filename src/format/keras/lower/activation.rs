//! Activation layers, and the functions that other layers apply to their result.

use serde_json::Value as Json;

use super::{Call, Lowering, Node, Op, Result, Value, count, invalid};
use crate::format::keras::config::Config;
use crate::format::keras::spelled::{Form, Reached, Step, after};

/// The result of an activation layer.
pub(super) fn lower(lowering: &mut Lowering, call: &Call) -> Result<Option<Value>> {
    let config = call.layer.config;
    match call.layer.class {
        "Activation" => {
            let Some(function) = config.get("activation") else {
                return Err(invalid("\"activation\" is missing; expected a function's name"));
            };
            apply(lowering, call.x()?, function).map(Some)
        }
        "PReLU" => parametric(lowering, call).map(Some),
        class => match of_class(class, config) {
            Some(op) => operator(lowering, op, call.x()?).map(Some),
            None => Ok(None),
        },
    }
}

/// The operator of an activation that is a class of its own.
fn of_class(class: &str, config: Config) -> Option<Op> {
    Some(match class {
        "ReLU" => {
            let slope = config.number("negative_slope").unwrap_or(0.0);
            let threshold = config.number("threshold").unwrap_or(0.0);
            match config.number("max_value") {
                _ if threshold != 0.0 => Op::LeakyRelu,
                None if slope != 0.0 => Op::LeakyRelu,
                None => Op::Relu,
                Some(6.0) if slope == 0.0 => Op::Relu6,
                Some(_) => Op::Elementwise,
            }
        }
        "LeakyReLU" | "ThresholdedReLU" => Op::LeakyRelu,
        "ELU" => Op::Elu,
        "Softmax" => Op::Softmax,
        _ => return None,
    })
}

/// `x` behind the function that a layer's setting names: a word, or an object with a class.
pub(super) fn apply(lowering: &mut Lowering, x: &Value, function: &Json) -> Result<Value> {
    let class = function.get("class_name").and_then(Json::as_str);
    let config = function.get("config");
    let op = match (function.as_str(), class, config) {
        (Some(name), ..) => by_name(name),
        (None, Some("function"), Some(Json::String(name))) => by_name(name),
        (None, Some(class), Some(Json::Object(config))) => of_class(class, Config::new(config)),
        _ => None,
    };
    match op {
        Some(op) => operator(lowering, op, x),
        None => {
            let name = function.as_str().or(class).unwrap_or("activation");
            lowering.unknown.add(format!("`{name}`"));
            lowering.add_simple(Op::Unknown, x)
        }
    }
}

/// `x` behind a function without weights; identity adds nothing.
pub(super) fn operator(lowering: &mut Lowering, op: Op, x: &Value) -> Result<Value> {
    if op == Op::Identity {
        return Ok(x.clone());
    }
    let mut result = lowering.add_simple(op, x)?;
    if op == Op::Softmax {
        result.logits = x.tensor;
        return Ok(result);
    }
    match reach(x, Step::Op(op)) {
        Some((reached, base)) => lowering.spelled(reached, base, &result),
        None => Ok(result),
    }
}

/// What `step` makes of a function that is spelled out up to `x`.
pub(super) fn reach(x: &Value, step: Step) -> Option<(Reached, crate::graph::Tensor)> {
    let (part, base) = match x.form {
        Form::Plain => (None, x.tensor?),
        Form::Part(part, base) => (Some(part), base),
    };
    Some((after(part, step)?, base))
}

/// The operator of the function `name`; identity for the one that does nothing.
pub(super) fn by_name(name: &str) -> Option<Op> {
    Some(match name {
        "linear" => Op::Identity,
        "relu" => Op::Relu,
        "relu6" => Op::Relu6,
        "sigmoid" => Op::Sigmoid,
        "hard_sigmoid" => Op::HSigmoid,
        "tanh" => Op::Tanh,
        "swish" | "silu" => Op::Swish,
        "hard_swish" | "hard_silu" => Op::HSwish,
        "gelu" => Op::Gelu,
        "elu" | "selu" | "celu" => Op::Elu,
        "mish" => Op::Mish,
        "softplus" | "softsign" | "soft_sign" => Op::Softplus,
        "softmax" | "log_softmax" => Op::Softmax,
        "leaky_relu" => Op::LeakyRelu,
        "exponential" | "hard_tanh" | "hard_shrink" | "soft_shrink" | "tanh_shrink"
        | "squareplus" | "log_sigmoid" | "sparse_plus" | "sparse_sigmoid" | "sparsemax"
        | "threshold" => Op::Elementwise,
        _ => return None,
    })
}

fn parametric(lowering: &mut Lowering, call: &Call) -> Result<Value> {
    let x = call.x()?;
    let mut slopes = x.dims[1.min(x.dims.len())..].to_vec();
    for axis in call.layer.config.integers("shared_axes").unwrap_or_default() {
        let axis = x.axis(axis)?;
        if axis > 0 {
            slopes[axis - 1] = 1;
        }
    }
    let shape = x.shape()?;
    let node = Node { params: count(&slopes)?, ..Node::new(Op::LeakyRelu, shape, shape) };
    Ok(Value::new(lowering.add(node, &[x]), x.dims.clone(), x.channel))
}
