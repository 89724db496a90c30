//! Numbers of a weights' file in eight bits each, in blocks that share a scale.
//!
//! A block of 64 values x with s = max |x| / 127 keeps round(x / s): a quarter of the bytes of f32,
//! an error of at most s / 2. What is unpacked packs to the very same bytes again, so a file's
//! figures, measured on unpacked numbers, are those of the file.

use candle_core::{DType, Device, Tensor};

use super::metadata::weights;
use crate::error::Result;

/// Values that share a scale.
const BLOCK: usize = 64;
/// The largest integer of a block; -128 is not used.
const LARGEST: f32 = 127.0;
/// Tensors of fewer values stay as they are: they weigh nothing, and biases lie among them.
const SMALLEST: usize = 512;
/// Bits of a scale that are zero, so that 127 times a scale is exact.
const SPARE_BITS: u32 = 8;

/// The end of the name under which a packed tensor's scales stand.
pub(super) const SCALES: &str = ".scales";

/// A packed tensor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Packed {
    /// The values as multiples of their block's scale.
    pub(super) integers: Vec<i8>,
    /// One scale a block of 64.
    pub(super) scales: Vec<f32>,
}

impl Packed {
    /// A tensor's numbers packed; `None` where it is small or of another type than f32.
    ///
    /// # Errors
    /// Where the tensor can't be read.
    pub(super) fn of(tensor: &Tensor) -> Result<Option<Self>> {
        if tensor.dtype() != DType::F32 || tensor.elem_count() < SMALLEST {
            return Ok(None);
        }
        let values: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
        let scales: Vec<f32> = values.chunks(BLOCK).map(scale_of).collect();
        let blocks = values.chunks(BLOCK).zip(&scales);
        let integers =
            blocks.flat_map(|(block, &scale)| block.iter().map(move |x| whole(x / scale)));
        Ok(Some(Self { integers: integers.collect(), scales }))
    }

    /// The tensor of this shape; `name` is for the error.
    ///
    /// # Errors
    /// Where there are too many or too few scales, or one is negative or not finite.
    pub(super) fn unpack(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let n_blocks = self.integers.len().div_ceil(BLOCK);
        if self.scales.len() != n_blocks {
            let n_scales = self.scales.len();
            let message = format!("tensor `{name}` has {n_scales} scales instead of {n_blocks}");
            return Err(weights(message));
        }
        if self.scales.iter().any(|scale| !scale.is_finite()) {
            return Err(weights(format!("tensor `{name}` is not finite")));
        }
        if self.scales.iter().any(|scale| *scale < 0.0) {
            return Err(weights(format!("tensor `{name}` has a negative scale")));
        }
        let blocks = self.integers.chunks(BLOCK).zip(&self.scales);
        let values =
            blocks.flat_map(|(block, scale)| block.iter().map(move |x| f32::from(*x) * scale));
        Ok(Tensor::from_vec(values.collect::<Vec<f32>>(), shape, &Device::Cpu)?)
    }
}

/// The smallest scale with its last bits zero that holds a block's largest value; 1 for a block of zeros.
fn scale_of(block: &[f32]) -> f32 {
    let largest = block.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    if largest < f32::MIN_POSITIVE * LARGEST {
        return 1.0;
    }
    let spare = (1 << SPARE_BITS) - 1;
    let bits = (largest / LARGEST).to_bits();
    f32::from_bits((bits + spare) & !spare)
}

/// The nearest whole number from -127 to 127.
fn whole(x: f32) -> i8 {
    x.round().clamp(-LARGEST, LARGEST) as i8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tensor(values: Vec<f32>) -> Tensor {
        let n = values.len();
        Tensor::from_vec(values, n, &Device::Cpu).unwrap()
    }

    proptest! {
        #[test]
        fn a_packed_number_is_off_by_half_a_scale_and_packs_again_to_the_same(
            values in prop::collection::vec(-1e3_f32..1e3, SMALLEST..SMALLEST + 130),
            power in -20_i32..20,
        ) {
            let values: Vec<f32> = values.iter().map(|x| x * 2_f32.powi(power)).collect();
            let packed = Packed::of(&tensor(values.clone())).unwrap().unwrap();
            let unpacked = packed.unpack("t", &[values.len()]).unwrap();
            let again: Vec<f32> = unpacked.to_vec1().unwrap();
            for (place, (before, after)) in values.iter().zip(&again).enumerate() {
                let scale = packed.scales[place / BLOCK];
                prop_assert!((before - after).abs() <= 0.501 * scale, "{before} {after} {scale}");
            }
            prop_assert_eq!(Packed::of(&unpacked).unwrap().unwrap(), packed);
        }
    }

    #[test]
    fn zeros_stay_zeros_and_small_or_other_tensors_stay_as_they_are() {
        let packed = Packed::of(&tensor(vec![0.0; SMALLEST])).unwrap().unwrap();
        let zeros: Vec<f32> = packed.unpack("t", &[SMALLEST]).unwrap().to_vec1().unwrap();
        assert_eq!(zeros, vec![0.0; SMALLEST]);
        assert_eq!(Packed::of(&tensor(vec![1.0; SMALLEST - 1])).unwrap(), None);
        let wide = Tensor::zeros(SMALLEST, DType::F64, &Device::Cpu).unwrap();
        assert_eq!(Packed::of(&wide).unwrap(), None);
    }

    #[test]
    fn damaged_scales_are_named() {
        let packed = Packed::of(&tensor(vec![1.0; SMALLEST])).unwrap().unwrap();
        let mut few = packed.clone();
        few.scales.pop();
        let mut broken = packed;
        broken.scales[3] = f32::NAN;
        for (packed, message) in
            [(few, "`t` has 7 scales instead of 8"), (broken, "`t` is not finite")]
        {
            let error = packed.unpack("t", &[SMALLEST]).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
