//! Height, width and channels of a tensor of any rank.

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{MAX_SIDE, Shape};

/// The shape of a tensor of `dims` whose channels are on axis `channel`, if that is known.
///
/// Axis 0 is the image's batch; what remains of it (windows, heads) is multiplied into the height.
/// Unknown: rank 4 is N x C x H x W, anything else has its channels last.
pub(super) fn place(dims: &[i64], channel: Option<usize>) -> Result<Shape> {
    let rank = dims.len();
    let default = if rank == 4 { 1 } else { rank.saturating_sub(1) };
    let channel = channel.filter(|&axis| axis < rank).unwrap_or(default);
    let side = |axis: usize| dims.get(axis).copied().unwrap_or(1);
    let rest: Vec<i64> = (1..rank).filter(|&axis| axis != channel).map(side).collect();
    let batch = if channel == 0 { 1 } else { side(0) };
    let (h, w) = match rest[..] {
        [] => (batch, 1),
        [only] => (product(&[batch, only]), 1),
        [h, w] if rank == 4 => (product(&[batch, h]), w),
        _ => (product(&[&[batch][..], &rest[..]].concat()), 1),
    };
    let limit = |side: i64| {
        u32::try_from(side).ok().filter(|side| (1..=MAX_SIDE).contains(side)).ok_or_else(|| {
            let message = format!("a tensor of {dims:?} has sides outside of 1 to {MAX_SIDE}");
            Error::new(ErrorKind::TooLarge, message)
        })
    };
    Ok(Shape::new(limit(h)?, limit(w)?, limit(side(channel))?))
}

fn product(sides: &[i64]) -> i64 {
    sides.iter().fold(1_i64, |product, &side| product.saturating_mul(side))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_of_any_rank_have_a_place() {
        // by the rules of the computational graph's definition, section 3
        let cases: [(&[i64], Option<usize>, [u32; 3]); 9] = [
            (&[1, 64, 56, 28], Some(1), [56, 28, 64]),
            (&[1, 56, 28, 64], Some(3), [56, 28, 64]),
            (&[1, 197, 384], None, [197, 1, 384]),
            (&[1, 6, 197, 190], None, [197, 190, 6]),
            (&[64, 49, 96], None, [64 * 49, 1, 96]),
            (&[64, 3, 49, 49], None, [64 * 49, 49, 3]),
            (&[1, 1000], None, [1, 1, 1000]),
            (&[1, 3, 2, 197, 64], None, [3 * 2 * 197, 1, 64]),
            (&[10], None, [1, 1, 10]),
        ];
        for (dims, channel, [h, w, c]) in cases {
            assert_eq!(place(dims, channel), Ok(Shape::new(h, w, c)), "{dims:?}");
        }
        assert!(place(&[1, i64::MAX, 3, 4], None).is_err());
    }
}
