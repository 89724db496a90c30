//! A tensor of a Keras model: what writes it in the graph, and its shape as Keras sees it.

use super::spelled::Form;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Shape, Tensor};

/// Sides of a tensor, batch first; the batch is 1 unless it was joined with something else.
pub(super) type Dims = Vec<u32>;

/// A tensor of a model.
#[derive(Debug, Clone)]
pub(super) struct Value {
    /// What writes it; none if it does not depend on the image.
    pub(super) tensor: Option<Tensor>,
    pub(super) dims: Dims,
    /// The axis of channels.
    pub(super) channel: usize,
    /// What it is of a function that the model spells out.
    pub(super) form: Form,
    /// What it was before a softmax that may turn out to be the last operation.
    pub(super) logits: Option<Tensor>,
}

impl Value {
    /// A tensor with its channels on axis `channel`.
    pub(super) fn new(tensor: Option<Tensor>, dims: Dims, channel: usize) -> Self {
        Self { tensor, dims, channel, form: Form::Plain, logits: None }
    }

    /// The same numbers in another shape, channels last.
    pub(super) fn reshaped(&self, dims: Dims) -> Self {
        let channel = dims.len().saturating_sub(1);
        Self { dims, channel, form: Form::Plain, ..self.clone() }
    }

    /// The same numbers in another shape, with channels on axis `channel`.
    pub(super) fn moved(&self, dims: Dims, channel: usize) -> Self {
        Self { channel, ..self.reshaped(dims) }
    }

    /// Height, width and channels.
    ///
    /// # Errors
    /// Where a side exceeds 32 bits.
    pub(super) fn shape(&self) -> Result<Shape> {
        place(&self.dims, self.channel)
    }

    /// Its channels.
    pub(super) fn channels(&self) -> u32 {
        self.dims.get(self.channel).copied().unwrap_or(1)
    }

    /// The axes that are neither batch nor channels.
    pub(super) fn spatial_axes(&self) -> Vec<usize> {
        (1..self.dims.len()).filter(|&axis| axis != self.channel).collect()
    }

    /// The axis that Keras calls `axis`: negative ones count from the end.
    ///
    /// # Errors
    /// Where there is no such axis.
    pub(super) fn axis(&self, axis: i64) -> Result<usize> {
        let rank = self.dims.len();
        let from_start = if axis < 0 { axis + rank as i64 } else { axis };
        usize::try_from(from_start).ok().filter(|&axis| axis < rank).ok_or_else(|| {
            invalid(format!("axis {axis} of a tensor of {rank} axes ({})", describe(&self.dims)))
        })
    }
}

/// Height, width and channels of a tensor: images as they are, sequences as height; what else
/// there is counts as height, an axis 0 other than the batch too.
///
/// # Errors
/// Where a side exceeds 32 bits.
pub(super) fn place(dims: &[u32], channel: usize) -> Result<Shape> {
    let c = dims.get(channel).copied().filter(|_| channel > 0).unwrap_or(1);
    let mut rest = dims.iter().enumerate().filter(|&(axis, _)| axis != channel || axis == 0);
    let rows = rest.next().map_or(1, |(_, &side)| side);
    let sides: Vec<u32> = rest.map(|(_, &side)| side).collect();
    let (high, w) = match sides[..] {
        [h, w] => (vec![rows, h], w),
        _ => ([&[rows], &sides[..]].concat(), 1),
    };
    Ok(Shape::new(narrow(count(&high)?)?, w, c))
}

/// The product of `sides`.
///
/// # Errors
/// Where it exceeds 64 bits.
pub(super) fn count(sides: &[u32]) -> Result<u64> {
    let product = sides.iter().try_fold(1_u64, |product, &side| product.checked_mul(side.into()));
    product.ok_or_else(|| too_large(&describe(sides)))
}

/// `number` as a side.
///
/// # Errors
/// Where it exceeds 32 bits.
pub(super) fn narrow(number: u64) -> Result<u32> {
    u32::try_from(number).map_err(|_| too_large(&number.to_string()))
}

/// `dims` for messages, as in `1 x 7 x 7 x 512`.
pub(super) fn describe(dims: &[u32]) -> String {
    dims.iter().map(u32::to_string).collect::<Vec<_>>().join(" x ")
}

fn too_large(what: &str) -> Error {
    Error::new(ErrorKind::TooLarge, format!("a tensor of {what} numbers is too large"))
}

/// A model that can't be turned into a graph.
pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidGraph, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_are_placed_as_the_graph_sees_them() {
        struct Case {
            dims: &'static [u32],
            channel: usize,
            expected: [u32; 3],
        }
        let cases = [
            Case { dims: &[1, 7, 5, 64], channel: 3, expected: [7, 5, 64] },
            Case { dims: &[1, 64, 7, 5], channel: 1, expected: [7, 5, 64] },
            Case { dims: &[1, 50, 64], channel: 2, expected: [50, 1, 64] },
            Case { dims: &[1, 64], channel: 1, expected: [1, 1, 64] },
            Case { dims: &[4, 50, 64], channel: 2, expected: [200, 1, 64] },
            Case { dims: &[1, 8, 50, 49], channel: 1, expected: [50, 49, 8] },
            Case { dims: &[1, 2, 3, 4, 64], channel: 4, expected: [24, 1, 64] },
            Case { dims: &[1], channel: 0, expected: [1, 1, 1] },
        ];
        for Case { dims, channel, expected: [h, w, c] } in cases {
            assert_eq!(place(dims, channel).unwrap(), Shape::new(h, w, c), "{dims:?}");
        }
        assert_eq!(place(&[1 << 20, 1 << 20, 3], 2).expect_err("2^40").kind(), ErrorKind::TooLarge);
    }
}
