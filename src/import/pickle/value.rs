//! What a pickle holds: finished values, shared where the pickle shares them, never changed again.

use std::rc::Rc;

use super::class::Class;
use crate::error::{Error, ErrorKind, Result};
use crate::family::literal::shorten;

/// Values inside of values: nothing here needs more than a dozen.
pub(super) const MAX_DEPTH: u8 = 64;
/// Bytes of a value written out as text.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// A value; a copy is the same value.
#[derive(Debug, Clone)]
pub(in crate::import) struct Value(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    depth: u8,
}

/// What a value is.
#[derive(Debug)]
pub(in crate::import) enum Kind {
    Nothing,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// A list, tuple or set.
    Sequence(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    /// A class by name.
    Class(Class),
    /// An object that was never built.
    Object {
        class: Class,
        args: Value,
        state: Option<Value>,
    },
}

impl Value {
    /// A finished value; `None` where it is nested too deeply.
    pub(super) fn new(kind: Kind) -> Option<Self> {
        let inside = |values: &mut dyn Iterator<Item = &Self>| values.map(|v| v.0.depth).max();
        let deepest = match &kind {
            Kind::Sequence(items) => inside(&mut items.iter()),
            Kind::Dict(entries) => inside(&mut entries.iter().flat_map(|(k, v)| [k, v])),
            Kind::Object { args, state, .. } => inside(&mut [args].into_iter().chain(state)),
            _ => None,
        };
        let depth = deepest.map_or(0, |depth| depth + 1);
        (depth <= MAX_DEPTH).then(|| Self(Rc::new(Inner { kind, depth })))
    }

    /// What it is.
    pub(in crate::import) fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// The elements of a list, tuple or set.
    pub(in crate::import) fn items(&self) -> Option<&[Self]> {
        match self.kind() {
            Kind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a dict, or of an object's state.
    pub(in crate::import) fn entries(&self) -> Option<&[(Self, Self)]> {
        match self.kind() {
            Kind::Dict(entries) => Some(entries),
            Kind::Object { state: Some(state), .. } => match state.kind() {
                Kind::Dict(entries) => Some(entries),
                _ => None,
            },
            _ => None,
        }
    }

    /// The entry of a dict, or of an object's state, under a string.
    pub(in crate::import) fn get(&self, key: &str) -> Option<&Self> {
        let entry = self.entries()?.iter().find(|(name, _)| name.text() == Some(key));
        entry.map(|(_, value)| value)
    }

    /// The string.
    pub(in crate::import) fn text(&self) -> Option<&str> {
        match self.kind() {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number.
    pub(in crate::import) fn number(&self) -> Option<f64> {
        match self.kind() {
            Kind::Integer(number) => Some(*number as f64),
            Kind::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// The number, if it is a whole one that fits.
    pub(in crate::import) fn whole<T: TryFrom<i64>>(&self) -> Option<T> {
        let integer = match self.kind() {
            Kind::Integer(number) => *number,
            Kind::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => *number as i64,
            _ => return None,
        };
        T::try_from(integer).ok()
    }

    /// It as a Python literal, in which architectures are read.
    ///
    /// # Errors
    /// Where it holds what no architecture has, or its text is too long.
    pub(in crate::import) fn to_literal(&self) -> Result<String> {
        let mut text = String::new();
        self.write(&mut text)?;
        Ok(text)
    }

    /// Recursion ends at [`MAX_DEPTH`].
    fn write(&self, text: &mut String) -> Result<()> {
        let wrong = |message: &str| Error::new(ErrorKind::Record, message);
        match self.kind() {
            Kind::Nothing => text.push_str("None"),
            Kind::Bool(flag) => text.push_str(if *flag { "True" } else { "False" }),
            Kind::Integer(number) => text.push_str(&number.to_string()),
            Kind::Float(number) => text.push_str(&format!("{number:?}")),
            Kind::Text(string) => text.push_str(&quoted(string)?),
            Kind::Sequence(items) => {
                text.push('[');
                for item in items {
                    item.write(text)?;
                    text.push(',');
                }
                text.push(']');
            }
            Kind::Dict(entries) => {
                text.push('{');
                for (key, value) in entries {
                    key.write(text)?;
                    text.push(':');
                    value.write(text)?;
                    text.push(',');
                }
                text.push('}');
            }
            Kind::Object { class: Class::Genotype, args, .. } => write_genotype(args, text)?,
            Kind::Bytes(_) | Kind::Class(_) | Kind::Object { .. } => {
                return Err(wrong("the configuration holds an object that is no architecture's"));
            }
        }
        match text.len() > MAX_TEXT_BYTES {
            true => Err(wrong("the configuration is longer than any architecture")),
            false => Ok(()),
        }
    }
}

/// `Genotype(normal=..., ...)`.
fn write_genotype(args: &Value, text: &mut String) -> Result<()> {
    const FIELDS: [&str; 4] = ["normal", "normal_concat", "reduce", "reduce_concat"];
    text.push_str("Genotype(");
    for (field, value) in FIELDS.into_iter().zip(args.items().unwrap_or_default()) {
        text.push_str(field);
        text.push('=');
        value.write(text)?;
        text.push(',');
    }
    text.push(')');
    Ok(())
}

fn quoted(string: &str) -> Result<String> {
    if string.contains(['\'', '\\']) || string.chars().any(char::is_control) {
        let message = format!("no architecture has the string `{}`", shorten(string));
        return Err(Error::new(ErrorKind::Record, message));
    }
    Ok(format!("'{string}'"))
}
