//! The shapes of what operations write, from the shapes of what they read.
//!
//! Most exports declare few shapes, so all are inferred. A result may be unknown (`None`): whoever
//! needs it says so. Operators are grouped by what decides their shape, one file a group.

pub(super) mod layout;
pub(super) mod product;
mod resize;
pub(super) mod window;

use super::call::{Call, Unknown, axes, axis, broadcast};

/// Axes of a tensor.
pub(super) const MAX_RANK: usize = 16;

/// The length of an axis: far above any real one, and far enough from overflow.
pub(super) const MAX_AXIS: i64 = 1 << 32;

/// The sides of a tensor.
pub(super) type Dims = Vec<i64>;

/// The shapes of an operation's outputs, in order; further outputs are unknown.
pub(super) type Shapes = Result<Vec<Option<Dims>>, String>;

/// The shape of one output.
pub(super) type OneShape = Result<Option<Dims>, String>;

/// Whether a shape is one that can be computed with.
pub(super) fn is_sane(dims: &[i64]) -> bool {
    dims.len() <= MAX_RANK && dims.iter().all(|side| (0..=MAX_AXIS).contains(side))
}

/// The shapes of what `call` writes.
///
/// # Errors
/// Which shapes do not fit each other.
pub(super) fn infer(call: &Call) -> Shapes {
    let one = |shape: OneShape| shape.map(|dims| vec![dims]);
    match call.op {
        "Conv" | "FusedConv" | "NhwcConv" | "NhwcFusedConv" | "ConvInteger" | "QLinearConv"
        | "BlockedConv" => one(window::conv(call)),
        "ConvTranspose" => one(window::conv_transpose(call)),
        "MaxPool" | "AveragePool" | "LpPool" | "QLinearAveragePool" => {
            window::pool(call).map(|dims| vec![dims.clone(), dims])
        }
        "GlobalAveragePool" | "GlobalMaxPool" | "GlobalLpPool" | "QLinearGlobalAveragePool" => {
            one(Ok(call.dims(0).map(window::global)))
        }
        "Gemm" | "QGemm" => one(product::gemm(call)),
        "MatMul" | "MatMulInteger" | "QLinearMatMul" | "FusedMatMul" | "MatMulIntegerToFloat" => {
            one(product::matmul(call))
        }
        "Einsum" => one(product::einsum(call)),
        "LSTM" | "GRU" | "RNN" => Ok(product::recurrent(call)),
        "Attention" | "MultiHeadAttention" | "GroupQueryAttention" => one(product::attention(call)),
        "Reshape" => one(layout::reshape(call)),
        "Flatten" => one(Ok(layout::flatten(call))),
        "Transpose" => one(Ok(layout::transpose(call))),
        "Squeeze" => one(Ok(layout::squeeze(call))),
        "Unsqueeze" => one(Ok(layout::unsqueeze(call))),
        "Expand" => one(layout::expand(call)),
        "Tile" => one(Ok(layout::tile(call))),
        "Slice" => one(Ok(layout::slice(call))),
        "Split" => layout::split(call),
        "Gather" => one(Ok(layout::gather(call))),
        "GatherElements" => one(Ok(call.dims(1).map(<[i64]>::to_vec))),
        "GatherND" => one(Ok(layout::gather_nd(call))),
        "Concat" | "QLinearConcat" => one(layout::concat(call)),
        "Pad" => one(Ok(layout::pad(call))),
        "OneHot" | "NonZero" => one(Ok(None)),
        "Resize" | "Upsample" => one(Ok(resize::resize(call))),
        "DepthToSpace" | "SpaceToDepth" => one(Ok(resize::blocks(call))),
        "ArgMax" | "ArgMin" => one(Ok(arg(call))),
        "TopK" => Ok(top_k(call)),
        op if op.starts_with("Reduce") => one(Ok(reduce(call))),
        "Where" => one(all(call, &[0, 1, 2])),
        "QLinearAdd" | "QLinearMul" => one(all(call, &[0, 3])),
        "ReorderOutput" => one(Ok(layout::unblocked(call))),
        "DynamicQuantizeLinear" => {
            Ok(vec![call.dims(0).map(<[i64]>::to_vec), Some(Vec::new()), Some(Vec::new())])
        }
        "Shape" | "Size" | "ConstantOfShape" | "Range" => one(Ok(None)),
        op if is_elementwise(op) => one(all(call, &(0..call.inputs.len()).collect::<Vec<usize>>())),
        _ => one(Ok(call.dims(0).map(<[i64]>::to_vec))),
    }
}

/// Whether `op` combines all its operands element by element.
fn is_elementwise(op: &str) -> bool {
    matches!(
        op,
        "Add"
            | "Sub"
            | "Mul"
            | "Div"
            | "Pow"
            | "Mod"
            | "Max"
            | "Min"
            | "Sum"
            | "Mean"
            | "And"
            | "Or"
            | "Xor"
            | "Equal"
            | "Greater"
            | "GreaterOrEqual"
            | "Less"
            | "LessOrEqual"
            | "PRelu"
            | "BitShift"
            | "BitwiseAnd"
            | "BitwiseOr"
            | "BitwiseXor"
    )
}

fn all(call: &Call, indices: &[usize]) -> OneShape {
    let mut result: Option<Dims> = None;
    for &idx in indices.iter().filter(|&&idx| call.has(idx)) {
        let Some(dims) = call.dims(idx) else { return Ok(None) };
        result = Some(match result {
            None => dims.to_vec(),
            Some(before) => broadcast(&before, dims)
                .ok_or_else(|| format!("tensors of {before:?} and {dims:?} do not combine"))?,
        });
    }
    Ok(result)
}

/// The axes that a reduction removes: all where none are named, unless it is told not to.
pub(super) fn reduced_axes(call: &Call) -> Result<Option<Vec<usize>>, Unknown> {
    let Some(dims) = call.dims(0) else { return Err(Unknown) };
    match call.setting("axes", 1)? {
        Some(named) if !named.is_empty() => Ok(axes(&named, dims.len())),
        _ if call.attributes.int("noop_with_empty_axes", 0) == 1 => Ok(Some(Vec::new())),
        _ => Ok(Some((0..dims.len()).collect())),
    }
}

fn reduce(call: &Call) -> Option<Dims> {
    let axes = reduced_axes(call).ok()??;
    Some(without(call.dims(0)?, &axes, call.attributes.int("keepdims", 1) == 1))
}

fn arg(call: &Call) -> Option<Dims> {
    let dims = call.dims(0)?;
    let axis = axis(call.attributes.int("axis", 0), dims.len())?;
    Some(without(dims, &[axis], call.attributes.int("keepdims", 1) == 1))
}

/// `dims` with `axes` reduced to 1, or gone.
pub(super) fn without(dims: &[i64], axes: &[usize], keep: bool) -> Dims {
    let sides = dims.iter().enumerate();
    match keep {
        true => sides.map(|(idx, &side)| if axes.contains(&idx) { 1 } else { side }).collect(),
        false => sides.filter(|(idx, _)| !axes.contains(idx)).map(|(_, &side)| side).collect(),
    }
}

fn top_k(call: &Call) -> Vec<Option<Dims>> {
    let shape = || {
        let mut dims = call.dims(0)?.to_vec();
        let axis = axis(call.attributes.int("axis", -1), dims.len())?;
        dims[axis] = match call.numbers(1) {
            Some(k) => k.ints()?.first().copied()?,
            None => call.attributes.get("k")?.i,
        };
        Some(dims)
    };
    vec![shape(), shape()]
}
