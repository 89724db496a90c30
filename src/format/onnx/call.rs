//! One operation with all that is known of what it reads: what shape inference and the evaluator see.
//!
//! Settings moved from attributes to inputs over the opsets; [`Call::setting`] reads both forms.

use super::numbers::Numbers;
use super::proto::{Attribute, Tensor};

/// The attributes of an operation, by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Attributes(pub(super) Vec<Attribute>);

impl Attributes {
    /// The attribute called `name`.
    pub(super) fn get(&self, name: &str) -> Option<&Attribute> {
        self.0.iter().find(|attribute| attribute.name == name)
    }

    /// An integer, or what stands for it.
    pub(super) fn int(&self, name: &str, default: i64) -> i64 {
        self.get(name).map_or(default, |attribute| attribute.i)
    }

    /// Integers.
    pub(super) fn ints(&self, name: &str) -> Option<&[i64]> {
        self.get(name).map(|attribute| &attribute.ints[..])
    }

    /// A floating-point number.
    pub(super) fn float(&self, name: &str) -> Option<f64> {
        self.get(name).map(|attribute| f64::from(attribute.f))
    }

    /// A string; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).map_or("", |attribute| std::str::from_utf8(&attribute.s).unwrap_or(""))
    }

    /// A tensor.
    pub(super) fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.get(name).and_then(|attribute| attribute.t.as_ref())
    }
}

/// What an operation reads.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Argument<'a> {
    pub(super) dims: Option<&'a [i64]>,
    pub(super) numbers: Option<&'a Numbers>,
}

/// An operation and what it reads; an input that is left out is `None`.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) op: &'a str,
    pub(super) attributes: &'a Attributes,
    pub(super) inputs: Vec<Option<Argument<'a>>>,
    pub(super) n_outputs: usize,
    pub(super) opset: i64,
}

impl<'a> Call<'a> {
    /// The shape of input `idx`.
    pub(super) fn dims(&self, idx: usize) -> Option<&'a [i64]> {
        self.inputs.get(idx).copied().flatten()?.dims
    }

    /// The numbers of input `idx`.
    pub(super) fn numbers(&self, idx: usize) -> Option<&'a Numbers> {
        self.inputs.get(idx).copied().flatten()?.numbers
    }

    /// Whether input `idx` is there.
    pub(super) fn has(&self, idx: usize) -> bool {
        self.inputs.get(idx).is_some_and(Option::is_some)
    }

    /// Integers that are an attribute in old opsets and input `idx` in new ones.
    ///
    /// `Ok(None)` where they are left out, `Err` where they are there but not known.
    pub(super) fn setting(&self, name: &str, idx: usize) -> Result<Option<Vec<i64>>, Unknown> {
        if let Some(ints) = self.attributes.ints(name) {
            return Ok(Some(ints.to_vec()));
        }
        if !self.has(idx) {
            return Ok(None);
        }
        let ints = self.numbers(idx).and_then(Numbers::ints).ok_or(Unknown)?;
        Ok(Some(ints.to_vec()))
    }
}

/// A number that depends on what is not known before the network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unknown;

/// The axis that `axis` names among `rank`, negative ones counted from the end.
pub(super) fn axis(axis: i64, rank: usize) -> Option<usize> {
    let rank = i64::try_from(rank).ok()?;
    let resolved = if axis < 0 { axis.checked_add(rank)? } else { axis };
    (0..rank).contains(&resolved).then_some(resolved as usize)
}

/// The same of several axes.
pub(super) fn axes(named: &[i64], rank: usize) -> Option<Vec<usize>> {
    named.iter().map(|&one| axis(one, rank)).collect()
}

/// The common shape of two tensors that are combined element by element.
pub(super) fn broadcast(a: &[i64], b: &[i64]) -> Option<Vec<i64>> {
    let rank = a.len().max(b.len());
    let side =
        |dims: &[i64], idx: usize| (idx + dims.len()).checked_sub(rank).map_or(1, |i| dims[i]);
    (0..rank)
        .map(|idx| match (side(a, idx), side(b, idx)) {
            (x, y) if x == y || y == 1 => Some(x),
            (1, y) => Some(y),
            _ => None,
        })
        .collect()
}
