//! Which part of a tensor an operand is, for tensors that reach their reader through a slice.
//!
//! Slices, splits and gathers have no node: the canonical form bridges them. Two different parts
//! of one node must still count as different operands (a gate multiplies two halves), so a bridged
//! operand carries this mark. It tells parts apart and says nothing else of them.

use xxhash_rust::xxh3::xxh3_64;

/// A mark that is equal for equal parts of one tensor; [`Part::WHOLE`] is all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part(u64);

impl Part {
    /// The whole tensor.
    pub const WHOLE: Self = Self(0);

    /// The part that is cut out by an operation which `key` describes.
    ///
    /// ```
    /// # use gennape::graph::Part;
    /// let (left, right) = (Part::of(&[1, 0, 8]), Part::of(&[1, 8, 8]));
    /// assert_ne!(left, right);
    /// assert_eq!(left.then(Part::WHOLE), left);
    /// assert_ne!(left.then(right), right.then(left));
    /// ```
    pub fn of(key: &[i64]) -> Self {
        let bytes: Vec<u8> = key.iter().flat_map(|number| number.to_le_bytes()).collect();
        Self(xxh3_64(&bytes).max(1))
    }

    /// The part `inner` of this part.
    pub fn then(self, inner: Self) -> Self {
        match (self, inner) {
            (outer, Self::WHOLE) => outer,
            (Self::WHOLE, inner) => inner,
            (Self(outer), Self(inner)) => Self::of(&[outer.cast_signed(), inner.cast_signed()]),
        }
    }
}
