//! Convolutions along one, two or three axes.

use super::{
    Call, Dims, Lowering, Node, Op, Result, Value, count, describe, invalid, narrow, place,
};
use crate::graph::{Padding, Shape, Window};

/// A window along each of its axes.
#[derive(Debug)]
pub(super) struct Sides {
    pub(super) kernel: Vec<u32>,
    pub(super) stride: Vec<u32>,
    pub(super) dilation: Vec<u32>,
    pub(super) is_same: bool,
}

/// The result of a convolution.
pub(super) fn lower(lowering: &mut Lowering, call: &Call) -> Result<Option<Value>> {
    let config = call.layer.config;
    let class = call.layer.class;
    let (stem, rank) = stem_and_rank(class.strip_suffix("Transpose").unwrap_or(class));
    if rank == 0 || !matches!(stem, "Conv" | "DepthwiseConv" | "SeparableConv") {
        return Ok(None);
    }
    let x = &in_layout(call, rank)?;
    let sides = Sides {
        kernel: config.counts("kernel_size", rank)?,
        stride: config.counts_or("strides", rank, 1)?,
        dilation: config.counts_or("dilation_rate", rank, 1)?,
        is_same: is_same(call)?,
    };
    let bias = config.flag("use_bias", true);
    let multiplied = || {
        let multiplier = config.count_or("depth_multiplier", 1)?;
        narrow(u64::from(x.channels()) * u64::from(multiplier))
    };
    let result = match stem {
        "Conv" if class.ends_with("Transpose") => {
            transposed(lowering, call, x, &sides, config.count("filters")?)?
        }
        "Conv" => {
            let groups = config.count_or("groups", 1)?;
            convolve(lowering, x, &sides, config.count("filters")?, groups, bias)?
        }
        "DepthwiseConv" => convolve(lowering, x, &sides, multiplied()?, x.channels(), bias)?,
        _ => {
            let x = convolve(lowering, x, &sides, multiplied()?, x.channels(), false)?;
            let one = vec![1; rank];
            let (kernel, stride, dilation) = (one.clone(), one.clone(), one);
            let pixel = Sides { kernel, stride, dilation, is_same: false };
            convolve(lowering, &x, &pixel, config.count("filters")?, 1, bias)?
        }
    };
    Ok(Some(result))
}

/// `Conv` and 2 of `Conv2D`; the rank is 0 where the class names none.
pub(super) fn stem_and_rank(class: &str) -> (&str, usize) {
    let ranks = [("1D", 1), ("2D", 2), ("3D", 3)];
    let found = ranks.iter().find_map(|(suffix, rank)| Some((class.strip_suffix(suffix)?, *rank)));
    found.unwrap_or((class, 0))
}

/// The first tensor, with its channels where the layer's layout has them.
///
/// # Errors
/// Where it has not `rank` axes beside batch and channels.
pub(super) fn in_layout(call: &Call, rank: usize) -> Result<Value> {
    let x = call.x()?;
    if x.dims.len() != rank + 2 {
        let message = format!("reads {}; expected {} axes", describe(&x.dims), rank + 2);
        return Err(invalid(message));
    }
    let is_first = call.layer.config.text("data_format") == Some("channels_first");
    Ok(Value { channel: if is_first { 1 } else { rank + 1 }, ..x.clone() })
}

/// Whether the padding is "same"; else it is "valid", none.
///
/// # Errors
/// Where it is another.
pub(super) fn is_same(call: &Call) -> Result<bool> {
    match call.layer.config.text("padding") {
        Some("same") => Ok(true),
        Some("valid") | None => Ok(false),
        // zeros before the first element alone: the size is that of "same"
        Some("causal") => Ok(true),
        Some(other) => Err(invalid(format!("padding `{other}`; expected same, valid or causal"))),
    }
}

/// The dims of `x` behind a window.
///
/// # Errors
/// Where it does not fit.
pub(super) fn behind(x: &Value, sides: &Sides, channels: u32) -> Result<Dims> {
    let mut dims = x.dims.clone();
    for (idx, axis) in x.spatial_axes().into_iter().enumerate() {
        let padding = if sides.is_same { Padding::Same } else { Padding::Explicit([[0, 0]; 2]) };
        let window = Window {
            kernel: [sides.kernel[idx], 1],
            stride: [sides.stride[idx], 1],
            dilation: sides.dilation[idx],
            padding,
            ceil: false,
        };
        let output = window.output(Shape::new(dims[axis], 1, 1), 1).ok_or_else(|| {
            let (kernel, map) = (describe(&sides.kernel), describe(&x.dims));
            invalid(format!("a window of {kernel} does not fit {map}"))
        })?;
        dims[axis] = output.h;
    }
    dims[x.channel] = channels;
    Ok(dims)
}

/// A node with the window of `sides`; along one axis it is k x 1, along three the first two show.
pub(super) fn windowed(op: Op, x: &Value, dims: &[u32], sides: &Sides) -> Result<Node> {
    let two = |sides: &[u32]| [sides[0], sides.get(1).copied().unwrap_or(1)];
    Ok(Node {
        kernel: two(&sides.kernel),
        stride: two(&sides.stride),
        dilation: sides.dilation.iter().copied().max().unwrap_or(1),
        ..Node::new(op, x.shape()?, place(dims, x.channel)?)
    })
}

fn convolve(
    lowering: &mut Lowering,
    x: &Value,
    sides: &Sides,
    c_out: u32,
    groups: u32,
    bias: bool,
) -> Result<Value> {
    let c_in = x.channels();
    let divides = |channels: u32| groups > 0 && channels.is_multiple_of(groups);
    if !divides(c_in) || !divides(c_out) {
        let message = format!("{groups} groups divide neither {c_in} nor {c_out} channels");
        return Err(invalid(message));
    }
    let dims = behind(x, sides, c_out)?;
    let op = match groups {
        1 => Op::Conv,
        _ if groups == c_in && groups == c_out => Op::Depthwise,
        _ => Op::GroupConv,
    };
    let node = Node { groups, bias, ..windowed(op, x, &dims, sides)? };
    let node = weighted(node, sides, node_positions(&dims, x.channel)?)?;
    Ok(Value::new(lowering.add(node, &[x]), dims, x.channel))
}

fn transposed(
    lowering: &mut Lowering,
    call: &Call,
    x: &Value,
    sides: &Sides,
    c_out: u32,
) -> Result<Value> {
    let axes = x.spatial_axes();
    let extra = call
        .layer
        .config
        .get("output_padding")
        .map(|_| call.layer.config.counts("output_padding", axes.len()));
    let extra = extra.transpose()?;
    let mut dims = x.dims.clone();
    for (idx, &axis) in axes.iter().enumerate() {
        let [size, kernel, stride, dilation] =
            [x.dims[axis], sides.kernel[idx], sides.stride[idx], sides.dilation[idx]]
                .map(u64::from);
        let span = dilation * kernel.saturating_sub(1) + 1;
        let strided = size.saturating_mul(stride);
        let side = match (&extra, sides.is_same) {
            (None, true) => strided,
            (None, false) => strided.saturating_add(span.saturating_sub(stride)),
            (Some(extra), is_same) => {
                let pads = if is_same { span / 2 * 2 } else { 0 };
                let grown = strided.saturating_sub(stride).saturating_add(span);
                grown.saturating_add(extra[idx].into()).saturating_sub(pads)
            }
        };
        dims[axis] = narrow(side)?;
    }
    dims[x.channel] = c_out;
    let bias = call.layer.config.flag("use_bias", true);
    let node = Node { bias, ..windowed(Op::ConvTranspose, x, &dims, sides)? };
    let node = weighted(node, sides, node_positions(&x.dims, x.channel)?)?;
    Ok(Value::new(lowering.add(node, &[x]), dims, x.channel))
}

fn node_positions(dims: &[u32], channel: usize) -> Result<u64> {
    let sides = dims.iter().enumerate().filter(|&(axis, _)| axis != channel);
    count(&sides.map(|(_, &side)| side).collect::<Vec<_>>())
}

/// `node` with the cost of all of its window: params once, multiply-adds at each position.
fn weighted(mut node: Node, sides: &Sides, positions: u64) -> Result<Node> {
    let per_group = node.input.c / node.groups.max(1);
    let weights = count(&[&sides.kernel[..], &[per_group, node.output.c]].concat())?;
    let bias = if node.bias { u64::from(node.output.c) } else { 0 };
    let cost = || Some((weights.checked_add(bias)?, weights.checked_mul(positions)?));
    (node.params, node.macs) = cost()
        .ok_or_else(|| invalid(format!("the cost of a {} does not fit 64 bits", node.op.name())))?;
    Ok(node)
}
