//! Computes with small constants: the arithmetic that exporters spell out to make a shape.
//!
//! Everything is optional: an operation that is not here, or whose operands are not known, has no
//! numbers, and whoever needs them says so. Results of more than [`MAX_ELEMENTS`] are not computed.

mod arrange;

use super::call::{self, Call};
use super::numbers::{Data, MAX_ELEMENTS, Numbers, count, elements};
use arrange::{concat, rearrange, relabel, scatter, split, spread};

/// The results of `call`, if they can be computed.
pub(super) fn evaluate(call: &Call) -> Option<Vec<Numbers>> {
    let one = |numbers: Option<Numbers>| numbers.map(|numbers| vec![numbers]);
    match call.op {
        "Shape" => one(shape(call)),
        "Size" => one(elements(call.dims(0)?).map(|n| Numbers::int(n as i64))),
        "ConstantOfShape" => one(constant_of_shape(call)),
        "Range" => one(range(call)),
        "EyeLike" => one(eye_like(call)),
        "Identity" | "Dropout" | "CastLike" => one(call.numbers(0).cloned()),
        "Cast" => one(cast(call)),
        "Neg" | "Abs" | "Floor" | "Ceil" | "Round" | "Sqrt" | "Not" => one(unary(call)),
        "Clip" => one(clip(call)),
        "Where" => one(select(call)),
        "Concat" => one(concat(call)),
        "ScatterND" => one(scatter(call)),
        "NonZero" => one(non_zero(call)),
        "ReduceProd" | "ReduceSum" | "ReduceMax" | "ReduceMin" => one(reduce(call)),
        "Reshape" | "Squeeze" | "Unsqueeze" | "Flatten" => one(relabel(call)),
        "Gather" | "Slice" | "Transpose" | "Expand" | "Tile" => one(rearrange(call)),
        "Split" => split(call),
        _ => one(binary(call)),
    }
}

fn shape(call: &Call) -> Option<Numbers> {
    let dims = call.dims(0)?;
    let rank = dims.len() as i64;
    let bound = |name, default| {
        let at: i64 = call.attributes.int(name, default);
        (if at < 0 { at.saturating_add(rank) } else { at }).clamp(0, rank) as usize
    };
    let (start, end) = (bound("start", 0), bound("end", rank));
    Some(Numbers::row(dims.get(start..end).unwrap_or(&[]).to_vec()))
}

fn constant_of_shape(call: &Call) -> Option<Numbers> {
    let dims = call.numbers(0)?.ints()?.to_vec();
    let n = count(&dims)?;
    let value = match call.attributes.tensor("value") {
        Some(tensor) => Numbers::of(tensor)?.data,
        None => Data::Floats(vec![0.0]),
    };
    Some(Numbers { data: value.pick(&vec![0; n])?, dims })
}

fn range(call: &Call) -> Option<Numbers> {
    let [start, limit, delta] = [call.numbers(0)?, call.numbers(1)?, call.numbers(2)?];
    let [from, to, step] = [start.scalar()?, limit.scalar()?, delta.scalar()?];
    let n = ((to - from) / step).ceil().max(0.0);
    if n.is_nan() || n > MAX_ELEMENTS as f64 {
        return None;
    }
    let floats = (0..n as usize).map(|idx| from + idx as f64 * step);
    let data = match start.data {
        Data::Ints(_) => Data::Ints(floats.map(|float| float as i64).collect()),
        Data::Floats(_) => Data::Floats(floats.collect()),
    };
    Some(Numbers { dims: vec![n as i64], data })
}

fn eye_like(call: &Call) -> Option<Numbers> {
    let &[rows, columns] = call.dims(0)? else { return None };
    count(&[rows, columns])?;
    let shift = call.attributes.int("k", 0);
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let ones = cells.map(|(row, column)| i64::from(row.saturating_add(shift) == column)).collect();
    Some(Numbers { dims: vec![rows, columns], data: Data::Ints(ones) })
}

fn cast(call: &Call) -> Option<Numbers> {
    let numbers = call.numbers(0)?;
    let to = call.attributes.int("to", 1) as i32;
    let data = match (&numbers.data, to) {
        (_, 1 | 10 | 11 | 16) => Data::Floats(numbers.floats()),
        (_, 9) => Data::Ints(numbers.floats().iter().map(|&x| i64::from(x != 0.0)).collect()),
        (Data::Ints(ints), _) => Data::Ints(ints.clone()),
        (Data::Floats(floats), _) => Data::Ints(floats.iter().map(|&x| x as i64).collect()),
    };
    Some(Numbers { dims: numbers.dims.clone(), data })
}

fn unary(call: &Call) -> Option<Numbers> {
    let numbers = call.numbers(0)?;
    let data = match (&numbers.data, call.op) {
        (Data::Ints(ints), "Neg") => Data::Ints(ints.iter().map(|x| x.wrapping_neg()).collect()),
        (Data::Ints(ints), "Abs") => Data::Ints(ints.iter().map(|x| x.wrapping_abs()).collect()),
        (Data::Ints(ints), "Not") => Data::Ints(ints.iter().map(|&x| i64::from(x == 0)).collect()),
        (Data::Ints(ints), "Floor" | "Ceil" | "Round") => Data::Ints(ints.clone()),
        (Data::Floats(floats), op) => {
            let function = match op {
                "Neg" => |x: f64| -x,
                "Abs" => f64::abs,
                "Floor" => f64::floor,
                "Ceil" => f64::ceil,
                "Round" => f64::round_ties_even,
                "Sqrt" => f64::sqrt,
                _ => return None,
            };
            Data::Floats(floats.iter().map(|&x| function(x)).collect())
        }
        _ => return None,
    };
    Some(Numbers { dims: numbers.dims.clone(), data })
}

fn binary(call: &Call) -> Option<Numbers> {
    let (a, b) = (call.numbers(0)?, call.numbers(1)?);
    let dims = call::broadcast(&a.dims, &b.dims)?;
    let (left, right) = (spread(&a.dims, &dims)?, spread(&b.dims, &dims)?);
    let data = match (a.data.pick(&left)?, b.data.pick(&right)?) {
        (Data::Ints(a), Data::Ints(b)) => Data::Ints(
            a.iter().zip(&b).map(|(&a, &b)| on_ints(call.op, a, b)).collect::<Option<_>>()?,
        ),
        (a, b) => {
            let numbers = |data| Numbers { dims: Vec::new(), data }.floats();
            let pairs = numbers(a).into_iter().zip(numbers(b));
            on_floats(call, pairs)?
        }
    };
    Some(Numbers { dims, data })
}

fn on_ints(op: &str, a: i64, b: i64) -> Option<i64> {
    match op {
        "Add" => a.checked_add(b),
        "Sub" => a.checked_sub(b),
        "Mul" => a.checked_mul(b),
        "Div" => a.checked_div(b),
        "Mod" => {
            a.checked_rem_euclid(b).map(|rest| if b < 0 && rest != 0 { rest + b } else { rest })
        }
        "Pow" => a.checked_pow(u32::try_from(b).ok()?),
        "Max" => Some(a.max(b)),
        "Min" => Some(a.min(b)),
        "Equal" => Some(i64::from(a == b)),
        "Greater" => Some(i64::from(a > b)),
        "GreaterOrEqual" => Some(i64::from(a >= b)),
        "Less" => Some(i64::from(a < b)),
        "LessOrEqual" => Some(i64::from(a <= b)),
        "And" => Some(i64::from(a != 0 && b != 0)),
        "Or" => Some(i64::from(a != 0 || b != 0)),
        _ => None,
    }
}

fn on_floats(call: &Call, pairs: impl Iterator<Item = (f64, f64)>) -> Option<Data> {
    let number: fn(f64, f64) -> f64 = match call.op {
        "Add" => |a, b| a + b,
        "Sub" => |a, b| a - b,
        "Mul" => |a, b| a * b,
        "Div" => |a, b| a / b,
        "Pow" => f64::powf,
        "Max" => f64::max,
        "Min" => f64::min,
        "Mod" => |a, b| a % b,
        _ => {
            let truth: fn(f64, f64) -> bool = match call.op {
                "Equal" => |a, b| a == b,
                "Greater" => |a, b| a > b,
                "GreaterOrEqual" => |a, b| a >= b,
                "Less" => |a, b| a < b,
                "LessOrEqual" => |a, b| a <= b,
                _ => return None,
            };
            return Some(Data::Ints(pairs.map(|(a, b)| i64::from(truth(a, b))).collect()));
        }
    };
    Some(Data::Floats(pairs.map(|(a, b)| number(a, b)).collect()))
}

fn clip(call: &Call) -> Option<Numbers> {
    let numbers = call.numbers(0)?;
    let bound = |name, idx: usize, open: f64| match call.has(idx) {
        true => call.numbers(idx)?.scalar(),
        false => Some(call.attributes.float(name).unwrap_or(open)),
    };
    let (low, high) = (bound("min", 1, f64::NEG_INFINITY)?, bound("max", 2, f64::INFINITY)?);
    let data = match &numbers.data {
        Data::Ints(ints) => {
            Data::Ints(ints.iter().map(|&x| x.max(low as i64).min(high as i64)).collect())
        }
        Data::Floats(floats) => {
            Data::Floats(floats.iter().map(|&x| x.max(low).min(high)).collect())
        }
    };
    Some(Numbers { dims: numbers.dims.clone(), data })
}

fn select(call: &Call) -> Option<Numbers> {
    let (mask, yes, no) = (call.numbers(0)?, call.numbers(1)?, call.numbers(2)?);
    let dims = call::broadcast(&call::broadcast(&mask.dims, &yes.dims)?, &no.dims)?;
    let Data::Ints(mask) = mask.data.pick(&spread(&mask.dims, &dims)?)? else { return None };
    let yes = yes.data.pick(&spread(&yes.dims, &dims)?)?;
    let no = no.data.pick(&spread(&no.dims, &dims)?)?;
    let data = match (yes, no) {
        (Data::Ints(yes), Data::Ints(no)) => Data::Ints(
            (0..mask.len()).map(|idx| if mask[idx] != 0 { yes[idx] } else { no[idx] }).collect(),
        ),
        (Data::Floats(yes), Data::Floats(no)) => Data::Floats(
            (0..mask.len()).map(|idx| if mask[idx] != 0 { yes[idx] } else { no[idx] }).collect(),
        ),
        _ => return None,
    };
    Some(Numbers { dims, data })
}

fn non_zero(call: &Call) -> Option<Numbers> {
    let numbers = call.numbers(0)?;
    let floats = numbers.floats();
    let found: Vec<usize> = (0..floats.len()).filter(|&idx| floats[idx] != 0.0).collect();
    let rank = numbers.dims.len();
    let mut rows = Vec::with_capacity(rank * found.len());
    for axis in 0..rank {
        let inner = elements(&numbers.dims[axis + 1..])?.max(1) as usize;
        let side = numbers.dims[axis].max(1) as usize;
        rows.extend(found.iter().map(|idx| (idx / inner % side) as i64));
    }
    Some(Numbers { dims: vec![rank as i64, found.len() as i64], data: Data::Ints(rows) })
}

/// A reduction of everything: of a row of sides to their product, mostly.
fn reduce(call: &Call) -> Option<Numbers> {
    let numbers = call.numbers(0)?;
    let ints = numbers.ints()?;
    let axes = call.setting("axes", 1).ok()?;
    let rank = numbers.dims.len();
    if axes.is_some_and(|named| !named.is_empty() && named.len() != rank) {
        return None;
    }
    let value = match call.op {
        "ReduceProd" => ints.iter().try_fold(1_i64, |product, &int| product.checked_mul(int))?,
        "ReduceSum" => ints.iter().try_fold(0_i64, |sum, &int| sum.checked_add(int))?,
        "ReduceMax" => *ints.iter().max()?,
        _ => *ints.iter().min()?,
    };
    let kept = if call.attributes.int("keepdims", 1) == 1 { rank } else { 0 };
    Some(Numbers { dims: vec![1; kept], data: Data::Ints(vec![value]) })
}
