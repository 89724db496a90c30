//! Constants whose numbers are moved: reshaped, sliced, gathered, joined, scattered, repeated.

use super::super::call::{self, Call};
use super::super::numbers::{Data, MAX_ELEMENTS, Numbers, count, elements};
use super::super::shapes::{infer, layout};

/// The same numbers in another shape.
pub(super) fn relabel(call: &Call) -> Option<Numbers> {
    let numbers = call.numbers(0)?;
    let dims = infer(call).ok()?.into_iter().next()??;
    (count(&dims)? == numbers.data.len()).then(|| Numbers { dims, data: numbers.data.clone() })
}

/// Numbers in another order, or some of them.
pub(super) fn rearrange(call: &Call) -> Option<Numbers> {
    let numbers = call.numbers(0)?;
    let dims = infer(call).ok()?.into_iter().next()??;
    count(&dims)?;
    let indices = match call.op {
        "Expand" => spread(&numbers.dims, &dims)?,
        "Tile" => wrap(&numbers.dims, &dims)?,
        "Transpose" => transposed(&numbers.dims, &layout::permutation(call, numbers.dims.len())?)?,
        "Slice" => {
            let spans = layout::slice_spans(call).ok()??;
            picked(&numbers.dims, &spans.iter().map(layout::Span::indices).collect::<Vec<_>>())?
        }
        _ => picked(&numbers.dims, &gathered(call)?)?,
    };
    Some(Numbers { data: numbers.data.pick(&indices)?, dims })
}

/// For each axis, the indices that a Gather takes.
fn gathered(call: &Call) -> Option<Vec<Vec<usize>>> {
    let dims = call.dims(0)?;
    let axis = call::axis(call.attributes.int("axis", 0), dims.len())?;
    let indices = call.numbers(1)?.ints()?;
    let all = |(idx, &side): (usize, &i64)| match idx == axis {
        true => indices.iter().map(|&one| call::axis(one, side as usize)).collect(),
        false => Some((0..side as usize).collect()),
    };
    dims.iter().enumerate().map(all).collect()
}

/// The flat indices of the elements that `lists` pick on each axis.
fn picked(dims: &[i64], lists: &[Vec<usize>]) -> Option<Vec<usize>> {
    count(&lists.iter().map(|list| list.len() as i64).collect::<Vec<_>>())?;
    let mut flat = vec![0_usize];
    for (&side, list) in dims.iter().zip(lists) {
        let next = |base: &usize| {
            let base = base * side as usize;
            list.iter().map(move |one| base + one).collect::<Vec<_>>()
        };
        flat = flat.iter().flat_map(next).collect();
    }
    Some(flat)
}

fn transposed(dims: &[i64], order: &[usize]) -> Option<Vec<usize>> {
    let strides: Vec<usize> = (0..dims.len())
        .map(|axis| dims[axis + 1..].iter().product::<i64>().max(0) as usize)
        .collect();
    let mut flat = vec![0_usize];
    for &axis in order {
        let (side, stride) = (dims[axis] as usize, strides[axis]);
        let next = |base: &usize| {
            let base = *base;
            (0..side).map(move |one| base + one * stride).collect::<Vec<_>>()
        };
        flat = flat.iter().flat_map(next).collect();
    }
    Some(flat)
}

/// The parts of a row.
pub(super) fn split(call: &Call) -> Option<Vec<Numbers>> {
    let numbers = call.numbers(0)?;
    if numbers.dims.len() != 1 {
        return None;
    }
    let mut at = 0_usize;
    let shapes = infer(call).ok()?;
    shapes
        .into_iter()
        .map(|dims| {
            let dims = dims?;
            let n = usize::try_from(elements(&dims)?).ok()?;
            let indices: Vec<usize> = (at..at.checked_add(n)?).take(MAX_ELEMENTS).collect();
            at += n;
            Some(Numbers { dims, data: numbers.data.pick(&indices)? })
        })
        .collect()
}

/// Concatenation along any axis.
pub(super) fn concat(call: &Call) -> Option<Numbers> {
    let parts = (0..call.inputs.len()).map(|idx| call.numbers(idx)).collect::<Option<Vec<_>>>()?;
    let rank = parts.first()?.dims.len();
    let axis = call::axis(call.attributes.int("axis", 0), rank)?;
    let mut dims = parts[0].dims.clone();
    dims[axis] =
        parts.iter().try_fold(0, |sum: i64, part| sum.checked_add(*part.dims.get(axis)?))?;
    count(&dims)?;
    let outer: i64 = dims[..axis].iter().product();
    let all_ints = parts.iter().all(|part| part.ints().is_some());
    let mut floats = Vec::new();
    let mut ints = Vec::new();
    for row in 0..outer as usize {
        for part in &parts {
            let block = part.data.len() / outer.max(1) as usize;
            match &part.data {
                Data::Ints(data) if all_ints => {
                    ints.extend(data.get(row * block..(row + 1) * block)?);
                }
                _ => floats.extend(part.floats().get(row * block..(row + 1) * block)?),
            }
        }
    }
    let data = if all_ints { Data::Ints(ints) } else { Data::Floats(floats) };
    (data.len() as u64 == elements(&dims)?).then_some(Numbers { dims, data })
}

/// A tensor with some of its blocks replaced.
pub(super) fn scatter(call: &Call) -> Option<Numbers> {
    let (data, indices, updates) = (call.numbers(0)?, call.numbers(1)?, call.numbers(2)?);
    let (mut out, updates) = (data.floats(), updates.floats());
    let depth = usize::try_from(*indices.dims.last()?).ok().filter(|&depth| depth > 0)?;
    let block = usize::try_from(elements(data.dims.get(depth..)?)?).ok()?;
    for (row, index) in indices.ints()?.chunks_exact(depth).enumerate() {
        let mut at = 0_usize;
        for (&position, &side) in index.iter().zip(&data.dims) {
            let position = if position < 0 { position.checked_add(side)? } else { position };
            at = at
                .checked_mul(usize::try_from(side).ok()?)?
                .checked_add(position.try_into().ok()?)?;
        }
        let target = out.get_mut(at.checked_mul(block)?..)?.get_mut(..block)?;
        target.copy_from_slice(updates.get(row * block..(row + 1) * block)?);
    }
    let data = match data.data {
        Data::Ints(_) => Data::Ints(out.iter().map(|&float| float as i64).collect()),
        Data::Floats(_) => Data::Floats(out),
    };
    Some(Numbers { dims: call.dims(0)?.to_vec(), data })
}

/// For each element of `to`, the element of `from` that is broadcast there.
pub(super) fn spread(from: &[i64], to: &[i64]) -> Option<Vec<usize>> {
    index(from, to, |position, side| if side == 1 { 0 } else { position })
}

/// For each element of `to`, the element of `from` that is repeated there.
fn wrap(from: &[i64], to: &[i64]) -> Option<Vec<usize>> {
    index(from, to, |position, side| position % side.max(1))
}

fn index(from: &[i64], to: &[i64], pick: fn(usize, usize) -> usize) -> Option<Vec<usize>> {
    let n = count(to)?;
    let lead = to.len().checked_sub(from.len())?;
    let indices = (0..n).map(|flat| {
        let (mut rest, mut at, mut stride) = (flat, 0, 1);
        for axis in (lead..to.len()).rev() {
            let side = from[axis - lead] as usize;
            at += pick(rest % to[axis] as usize, side) * stride;
            stride *= side;
            rest /= to[axis] as usize;
        }
        at
    });
    Some(indices.collect())
}
