//! Layers that move, cut or repeat numbers, or do nothing once a network is trained.

use super::window::stem_and_rank;
use super::{Call, Dims, Lowering, Op, Result, Value, count, describe, invalid, narrow};
use crate::format::keras::config::Config;
use crate::graph::Part;

/// The result of a layer of this group.
pub(super) fn lower(lowering: &mut Lowering, call: &Call) -> Result<Option<Value>> {
    let config = call.layer.config;
    let (stem, rank) = stem_and_rank(call.layer.class);
    let result = match (stem, rank) {
        ("ZeroPadding", 1..=3) => bordered(call, rank, "padding", |side, [before, after]| {
            side.checked_add(before)?.checked_add(after)
        })?,
        ("Cropping", 1..=3) => bordered(call, rank, "cropping", |side, [before, after]| {
            side.checked_sub(before)?.checked_sub(after).filter(|&side| side > 0)
        })?,
        ("UpSampling", 1..=3) => {
            let mut dims = call.x()?.dims.clone();
            let x = in_layout(call, rank)?;
            for (axis, factor) in
                x.spatial_axes().into_iter().zip(config.counts_or("size", rank, 2)?)
            {
                dims[axis] = narrow(u64::from(dims[axis]) * u64::from(factor))?;
            }
            lowering.add_from(Op::Upsample, &x, dims, x.channel)?
        }
        ("SpatialDropout", 1..=3) => call.x()?.clone(),
        ("Resizing", _) => {
            let dims = resized(call, config)?;
            let x = in_layout(call, 2)?;
            lowering.add_from(Op::Upsample, &x, dims, x.channel)?
        }
        ("CenterCrop" | "RandomCrop", _) => {
            let x = in_layout(call, 2)?;
            x.moved(resized(call, config)?, x.channel)
        }
        ("Flatten", _) => {
            let x = call.x()?;
            let [rows, rest @ ..] = &x.dims[..] else { return Ok(None) };
            x.reshaped(vec![*rows, narrow(count(rest)?)?])
        }
        ("Reshape", _) => {
            let Some(target) = config.integers("target_shape") else {
                return Err(invalid("\"target_shape\" is missing; expected a list of sides"));
            };
            let x = call.x()?;
            let rows = i64::from(x.dims.first().copied().unwrap_or(1));
            reshape(x, &[vec![rows], target].concat())?
        }
        ("Permute", _) => {
            let order = config.integers("dims").unwrap_or_default();
            permute(call.x()?, &[vec![0], order].concat())?
        }
        ("RepeatVector", _) => {
            let x = call.x()?;
            let [rows, c] = x.dims[..] else {
                return Err(invalid(format!("reads {}; expected a vector", describe(&x.dims))));
            };
            x.reshaped(vec![rows, config.count("n")?, c])
        }
        (class, _) if passes(class) => call.x()?.clone(),
        _ => return Ok(None),
    };
    Ok(Some(result))
}

/// Layers that give their operand back, at least where nothing is trained.
fn passes(class: &str) -> bool {
    let named = [
        "Dropout",
        "AlphaDropout",
        "GaussianNoise",
        "GaussianDropout",
        "ActivityRegularization",
        "Rescaling",
        "Normalization",
        "Identity",
        "Masking",
        "StochasticDepth",
    ];
    named.contains(&class) || class.starts_with("Random")
}

fn in_layout(call: &Call, rank: usize) -> Result<Value> {
    super::window::in_layout(call, rank)
}

/// The first tensor with `change` made to each side by its borders.
fn bordered(
    call: &Call,
    rank: usize,
    key: &str,
    change: impl Fn(u32, [u32; 2]) -> Option<u32>,
) -> Result<Value> {
    let x = in_layout(call, rank)?;
    let mut dims = x.dims.clone();
    let borders = call.layer.config.borders(key, rank)?;
    for (axis, &borders) in x.spatial_axes().into_iter().zip(&borders) {
        dims[axis] = change(dims[axis], borders).ok_or_else(|| {
            invalid(format!("borders of {borders:?} do not go with {}", describe(&x.dims)))
        })?;
    }
    let mut result = x.moved(dims, x.channel);
    if key == "cropping" {
        // pools of different parts of one tensor are different
        let key: Vec<i64> = borders.iter().flatten().map(|&border| border.into()).collect();
        result.tensor = result.tensor.map(|tensor| tensor.part(Part::of(&key)));
    }
    Ok(result)
}

/// The dims of the first tensor with the height and width that the settings name.
fn resized(call: &Call, config: Config) -> Result<Dims> {
    let x = in_layout(call, 2)?;
    let mut dims = x.dims.clone();
    for (axis, key) in x.spatial_axes().into_iter().zip(["height", "width"]) {
        dims[axis] = config.count(key)?;
    }
    Ok(dims)
}

/// `x` in the shape `target`, batch first; one side may be -1.
///
/// # Errors
/// Where the numbers do not fit it.
pub(super) fn reshape(x: &Value, target: &[i64]) -> Result<Value> {
    let total = count(&x.dims)?;
    let known: Vec<u32> = target.iter().filter_map(|&side| u32::try_from(side).ok()).collect();
    let unknown = target.iter().filter(|&&side| side == -1).count();
    let product = count(&known)?;
    let misfit =
        || invalid(format!("{} numbers do not fit the shape {target:?}", describe(&x.dims)));
    if known.len() + unknown != target.len() || unknown > 1 || product == 0 {
        return Err(misfit());
    }
    let open = narrow(total / product)?;
    if product.checked_mul(if unknown == 1 { open.into() } else { 1 }) != Some(total) {
        return Err(misfit());
    }
    Ok(x.reshaped(target.iter().map(|&side| u32::try_from(side).unwrap_or(open)).collect()))
}

/// `x` with its axes in another order.
///
/// # Errors
/// Where `order` is none of its axes.
pub(super) fn permute(x: &Value, order: &[i64]) -> Result<Value> {
    let axes = order.iter().map(|&axis| x.axis(axis)).collect::<Result<Vec<_>>>()?;
    let is_order = axes.len() == x.dims.len() && (0..axes.len()).all(|axis| axes.contains(&axis));
    let Some(channel) = axes.iter().position(|&axis| axis == x.channel).filter(|_| is_order) else {
        return Err(invalid(format!("{order:?} is no order of the axes of {}", describe(&x.dims))));
    };
    Ok(x.moved(axes.iter().map(|&axis| x.dims[axis]).collect(), channel))
}
