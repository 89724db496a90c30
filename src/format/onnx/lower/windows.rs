//! Convolutions and pools.

use super::super::network::{Step, ValueId};
use super::super::shapes::window::{Window, kernel_input, kernel_sides};
use super::{Bias, Lowering};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Node, Op, cost_of};

/// Lowers `step` if it is a convolution or pool.
pub(super) fn lower<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<bool> {
    match &step.op[..] {
        "Conv" | "FusedConv" | "NhwcConv" | "NhwcFusedConv" | "ConvInteger" | "QLinearConv"
        | "ConvTranspose" => conv(lowering, step)?,
        "MaxPool" | "LpPool" => pool(lowering, step, Op::MaxPool, Op::GlobalMaxPool)?,
        "AveragePool" | "QLinearAveragePool" => {
            pool(lowering, step, Op::AvgPool, Op::GlobalAvgPool)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn conv<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<()> {
    let call = lowering.call(step);
    let missing = || Error::new(ErrorKind::InvalidGraph, "has no input, kernel or result");
    let kernel = step.input(kernel_input(&step.op)).ok_or_else(missing)?;
    let (Some(x), Some(&result)) = (step.input(0), step.outputs.first()) else {
        return Err(missing());
    };
    let window = Window::of(&call, kernel_sides(&call)).ok_or_else(|| {
        let message = "has no kernel_shape, and its kernel has no shape";
        Error::new(ErrorKind::InvalidGraph, message)
    })?;
    let side = |sides: &[i64], idx: usize| sides.get(idx).map_or(1, |&side| side as u32);
    lowering.views[result] = None;
    let input = super::place(lowering.dims(x)?, Some(1))?;
    let output = super::place(lowering.dims(result)?, Some(1))?;
    let groups = u32::try_from(call.attributes.int("group", 1)).unwrap_or(1).max(1);
    let mut node = Node {
        kernel: [side(&window.kernel, 0), side(&window.kernel, 1)],
        stride: [side(&window.strides, 0), side(&window.strides, 1)],
        dilation: side(&window.dilations, 0),
        groups,
        ..Node::new(kind(&step.op, groups, input.c, output.c), input, output)
    };
    let deeper = window.kernel.iter().skip(2);
    let volume = deeper.fold(1_u64, |volume, &side| volume.saturating_mul(side as u64));
    let too_large = || Error::new(ErrorKind::TooLarge, "costs more than 64 bits count");
    node.macs =
        cost_of(&node).and_then(|cost| cost.macs.checked_mul(volume)).ok_or_else(too_large)?;
    let is_computed = lowering.network.is_data(kernel);
    let mut data = vec![x];
    if is_computed {
        data.push(kernel);
    } else {
        node.params = lowering.ledger.kernel(kernel, u64::from(output.c));
    }
    let bias = bias_input(step).filter(|&bias| !lowering.network.is_data(bias));
    let is_standardised = lowering.network.values[kernel].sources.len() > 1;
    let bias = bias.map(|id| Bias {
        is_named: lowering.is_named_bias(id),
        params: lowering.ledger.vector(id),
    });
    node.bias = bias_input(step).is_some();
    node.params += bias.as_ref().map_or(0, |bias| bias.params);
    let restores = !is_computed && !is_standardised && node.op != Op::ConvTranspose;
    lowering.add(step, node, &data, Some(1));
    let layer = lowering.layers.len() - 1;
    lowering.layers[layer].bias = bias.filter(|_| restores);
    activate(lowering, step)
}

/// The activation that ONNX Runtime joins to a convolution.
fn activate(lowering: &mut Lowering, step: &Step) -> Result<()> {
    let op = match step.attributes.text("activation") {
        "" => return Ok(()),
        "Relu" => Op::Relu,
        "Clip" => Op::Relu6,
        "Sigmoid" => Op::Sigmoid,
        "Tanh" => Op::Tanh,
        "LeakyRelu" => Op::LeakyRelu,
        "HardSigmoid" => Op::HSigmoid,
        _ => Op::Unknown,
    };
    let Some(&result) = step.outputs.first() else { return Ok(()) };
    let shape = lowering.shape(result)?;
    lowering.add(step, Node::new(op, shape, shape), &[result], Some(1));
    Ok(())
}

fn kind(op: &str, groups: u32, c_in: u32, c_out: u32) -> Op {
    match groups {
        _ if op == "ConvTranspose" => Op::ConvTranspose,
        1 => Op::Conv,
        _ if groups == c_in && groups == c_out => Op::Depthwise,
        _ => Op::GroupConv,
    }
}

fn bias_input(step: &Step) -> Option<ValueId> {
    match &step.op[..] {
        "ConvInteger" => None,
        "QLinearConv" => step.input(8),
        _ => step.input(2),
    }
}

fn pool<'n>(lowering: &mut Lowering<'n>, step: &'n Step, op: Op, global: Op) -> Result<()> {
    let call = lowering.call(step);
    let (Some(x), Some(&result)) = (step.input(0), step.outputs.first()) else { return Ok(()) };
    let window = Window::of(&call, None)
        .ok_or_else(|| Error::new(ErrorKind::InvalidGraph, "has no kernel_shape"))?;
    let (dims, result_dims) = (lowering.dims(x)?, lowering.dims(result)?);
    let (input, output) = (super::place(dims, Some(1))?, super::place(result_dims, Some(1))?);
    let side = |sides: &[i64], idx: usize| sides.get(idx).map_or(1, |&side| side as u32);
    let node = match window.covers(dims, result_dims) {
        true => Node::new(global, input, output),
        false => Node {
            kernel: [side(&window.kernel, 0), side(&window.kernel, 1)],
            stride: [side(&window.strides, 0), side(&window.strides, 1)],
            dilation: side(&window.dilations, 0),
            ..Node::new(op, input, output)
        },
    };
    lowering.add(step, node, &[x], Some(1));
    Ok(())
}
