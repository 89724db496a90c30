//! Convolutions and pools.

use super::super::network::{Step, ValueId};
use super::super::shapes::window::{Window, kernel_sides};
use super::{Bias, Lowering};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Node, Op, cost_of};

/// Lowers `step` if it is a convolution or pool.
pub(super) fn lower<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<bool> {
    match &step.op[..] {
        "Conv" | "FusedConv" | "NhwcConv" | "NhwcFusedConv" | "BlockedConv" | "ConvTranspose" => {
            conv(lowering, step)?;
        }
        "MaxPool" | "LpPool" => pool(lowering, step, Op::MaxPool, Op::GlobalMaxPool)?,
        "AveragePool" => pool(lowering, step, Op::AvgPool, Op::GlobalAvgPool)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn conv<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<()> {
    let [x, kernel] = [0, 1].map(|idx| step.input(idx));
    let (Some(x), Some(kernel), Some(&result)) = (x, kernel, step.outputs.first()) else {
        return Err(Error::new(ErrorKind::InvalidGraph, "has no input, kernel or result"));
    };
    let mut node = conv_node(lowering, step, x, result)?;
    if step.op == "BlockedConv" && node.op == Op::Depthwise && node.kernel == [1, 1] {
        // ONNX Runtime's form of a batch norm that it could not fold
        return blocked_norm(lowering, step);
    }
    let is_computed = lowering.network.is_data(kernel);
    let mut data = vec![x];
    let elements = std::mem::take(&mut node.params);
    if is_computed {
        data.push(kernel);
    } else {
        node.params = lowering.ledger.kernel(kernel, elements, u64::from(node.output.c));
    }
    let bias = step.input(2).filter(|&bias| !lowering.network.is_data(bias));
    let is_standardised = lowering.network.values[kernel].sources.len() > 1;
    let is_again = !is_computed && node.params == 0;
    let bias = bias.map(|id| Bias {
        is_named: lowering.is_named_bias(id),
        params: if is_again { lowering.ledger.weights(id) } else { lowering.ledger.vector(id) },
    });
    node.params += bias.as_ref().map_or(0, |bias| bias.params);
    node.bias = step.input(2).is_some();
    let restores = !is_computed && !is_standardised && node.op != Op::ConvTranspose;
    let output = node.output;
    lowering.add(step, node, &data, Some(1));
    let layer = lowering.layers.len() - 1;
    lowering.layers[layer].bias = bias.filter(|_| restores);
    if let Some(sum) = step.input(3).filter(|&id| lowering.network.is_data(id)) {
        // the shortcut that ONNX Runtime joins to a convolution
        lowering.add(step, Node::new(Op::Add, output, output), &[result, sum], Some(1));
    }
    activate(lowering, step)
}

/// The node of a convolution without bias, whose params are all numbers of its kernel.
fn conv_node<'n>(
    lowering: &mut Lowering<'n>,
    step: &'n Step,
    x: ValueId,
    result: ValueId,
) -> Result<Node> {
    let call = lowering.call(step);
    let window = Window::of(&call, kernel_sides(&call)).ok_or_else(|| {
        let message = "has no kernel_shape, and its kernel has no shape";
        Error::new(ErrorKind::InvalidGraph, message)
    })?;
    let side = |sides: &[i64], idx: usize| sides.get(idx).map_or(1, |&side| side as u32);
    let input = super::place(lowering.dims(x)?, Some(1))?;
    let output = super::place(lowering.dims(result)?, Some(1))?;
    let groups = u32::try_from(call.attributes.int("group", 1)).unwrap_or(1).max(1);
    let node = Node {
        kernel: [side(&window.kernel, 0), side(&window.kernel, 1)],
        stride: [side(&window.strides, 0), side(&window.strides, 1)],
        dilation: side(&window.dilations, 0),
        groups,
        ..Node::new(kind(&step.op, groups, input.c, output.c), input, output)
    };
    let deeper = window.kernel.iter().skip(2);
    let volume = deeper.fold(1_u64, |volume, &side| volume.saturating_mul(side as u64));
    let costs = cost_of(&node)
        .and_then(|cost| Some([cost.params.checked_mul(volume)?, cost.macs.checked_mul(volume)?]));
    let [params, macs] =
        costs.ok_or_else(|| Error::new(ErrorKind::TooLarge, "costs more than 64 bits count"))?;
    Ok(Node { params, macs, ..node })
}

fn blocked_norm<'n>(lowering: &mut Lowering<'n>, step: &'n Step) -> Result<()> {
    let (Some(x), Some(&result)) = (step.input(0), step.outputs.first()) else { return Ok(()) };
    let learned = step.inputs.iter().skip(1).take(2).flatten();
    let params = learned.map(|&id| lowering.ledger.vector(id)).sum();
    let shape = super::place(lowering.dims(result)?, Some(1))?;
    lowering.add(step, Node { params, ..Node::new(Op::BatchNorm, shape, shape) }, &[x], Some(1));
    activate(lowering, step)
}

/// The activation that ONNX Runtime joins to a convolution.
fn activate(lowering: &mut Lowering, step: &Step) -> Result<()> {
    let op = match step.attributes.text("activation") {
        "" => return Ok(()),
        "Relu" => Op::Relu,
        "Clip" if is_open(step) => Op::Relu,
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

/// Whether the range of a Clip has no upper end.
fn is_open(step: &Step) -> bool {
    let range = step.attributes.get("activation_params");
    range.and_then(|range| range.floats.get(1)).is_some_and(|&most| most > 1e6)
}

fn kind(op: &str, groups: u32, c_in: u32, c_out: u32) -> Op {
    match groups {
        _ if op == "ConvTranspose" => Op::ConvTranspose,
        1 => Op::Conv,
        _ if groups == c_in && groups == c_out => Op::Depthwise,
        _ => Op::GroupConv,
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
