//! The calls that a pickle may make: what each gives is worked out here, nothing is called.

use super::class::Class;
use super::token::broken;
use super::value::{Kind, Value};
use crate::error::Result;

/// Numbers in a range.
const MAX_RANGE: i64 = 1 << 10;

/// What a call gives.
pub(super) enum Made {
    /// Something that later instructions may fill.
    Open(Kind),
    /// A finished value.
    Done(Kind),
}

/// What `function` gives for `args`; the call stands at byte `offset`.
pub(super) fn call(function: &Value, args: Value, offset: u64) -> Result<Made> {
    let refused = || broken(offset, "a call that does not make plain data is refused");
    let Kind::Class(class) = *function.kind() else { return Err(refused()) };
    let given = args.items().ok_or_else(refused)?;
    match (class, given) {
        (Class::OrderedDict, []) => Ok(Made::Open(Kind::Dict(Vec::new()))),
        (Class::Set, [items]) => {
            let items = items.items().ok_or_else(refused)?;
            Ok(Made::Open(Kind::Sequence(items.to_vec())))
        }
        (Class::Encode, [text, codec]) if codec.text() == Some("latin1") => {
            let letters = text.text().ok_or_else(refused)?.chars();
            let bytes: Option<Vec<u8>> = letters.map(|letter| u8::try_from(letter).ok()).collect();
            Ok(Made::Done(Kind::Bytes(bytes.ok_or_else(refused)?)))
        }
        (Class::Dtype, _) => Ok(Made::Open(Kind::Object { class, args, state: None })),
        (Class::Scalar, [dtype, bytes]) => scalar(dtype, bytes).map(Made::Done).ok_or_else(|| {
            broken(offset, "a numpy number that is no little endian float or integer")
        }),
        (Class::Range, bounds) => {
            range(bounds).map(|numbers| Made::Done(Kind::Sequence(numbers))).ok_or_else(|| {
                broken(offset, format!("a range of other than 0 to {MAX_RANGE} numbers"))
            })
        }
        _ => Err(refused()),
    }
}

/// A numpy number: `f8` and the like, with its bytes.
fn scalar(dtype: &Value, bytes: &Value) -> Option<Kind> {
    let Kind::Object { class: Class::Dtype, args, state } = dtype.kind() else { return None };
    let Kind::Bytes(bytes) = bytes.kind() else { return None };
    let order = state.as_ref().and_then(|state| state.items()?.get(1)?.text());
    if order == Some(">") {
        return None;
    }
    Some(match (args.items()?.first()?.text()?, bytes.as_slice()) {
        ("f8", bytes) => Kind::Float(f64::from_le_bytes(bytes.try_into().ok()?)),
        ("f4", bytes) => Kind::Float(f64::from(f32::from_le_bytes(bytes.try_into().ok()?))),
        ("i8", bytes) => Kind::Integer(i64::from_le_bytes(bytes.try_into().ok()?)),
        ("i4", bytes) => Kind::Integer(i64::from(i32::from_le_bytes(bytes.try_into().ok()?))),
        ("b1" | "u1", &[byte]) => Kind::Integer(i64::from(byte)),
        _ => return None,
    })
}

/// The numbers of `range(end)`, `range(start, end)` or `range(start, end, 1)`.
fn range(bounds: &[Value]) -> Option<Vec<Value>> {
    let bounds: Vec<i64> = bounds.iter().map(Value::whole).collect::<Option<_>>()?;
    let (start, end) = match bounds[..] {
        [end] => (0, end),
        [start, end] | [start, end, 1] => (start, end),
        _ => return None,
    };
    let is_small = (0..=MAX_RANGE).contains(&end.checked_sub(start)?);
    let number = |number| Value::new(Kind::Integer(number));
    if is_small { (start..end).map(number).collect() } else { None }
}
