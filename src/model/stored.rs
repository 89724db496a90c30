//! A member's tensors, handed to its layers as they are stored.
//!
//! candle's own map of tensors converts between all types of numbers, which is a twentieth of the
//! module for the browser; a weights' file has one type, and another is an error.

use std::collections::HashMap;

use candle_core::{DType, Device, Result, Shape, Tensor, bail};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};

/// Tensors by name.
struct Stored(HashMap<String, Tensor>);

/// A source of `tensors`, all of them f32 on the CPU.
pub(super) fn var_builder(tensors: HashMap<String, Tensor>) -> VarBuilder<'static> {
    VarBuilder::from_backend(Box::new(Stored(tensors)), DType::F32, Device::Cpu)
}

impl SimpleBackend for Stored {
    fn get(
        &self,
        shape: Shape,
        name: &str,
        _init: Init,
        dtype: DType,
        device: &Device,
    ) -> Result<Tensor> {
        let tensor = self.get_unchecked(name, dtype, device)?;
        if tensor.shape() != &shape {
            bail!("tensor `{name}` has shape {:?} instead of {shape:?}", tensor.shape());
        }
        Ok(tensor)
    }

    fn get_unchecked(&self, name: &str, dtype: DType, _device: &Device) -> Result<Tensor> {
        let Some(tensor) = self.0.get(name) else { bail!("there is no tensor `{name}`") };
        if tensor.dtype() != dtype {
            bail!("tensor `{name}` has numbers of type {:?} instead of {dtype:?}", tensor.dtype());
        }
        Ok(tensor.clone())
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_are_missing_or_of_another_shape_or_type_by_name() {
        let halves = Tensor::zeros(2, DType::F16, &Device::Cpu).unwrap();
        let row = Tensor::zeros(3, DType::F32, &Device::Cpu).unwrap();
        let tensors = HashMap::from([("a".to_owned(), halves), ("b".to_owned(), row)]);
        let source = var_builder(tensors);
        assert_eq!(source.get(3, "b").unwrap().dims(), [3]);
        let cases = [
            (2, "a", "tensor `a` has numbers of type F16 instead of F32"),
            (2, "b", "tensor `b` has shape [3] instead of [2]"),
            (2, "c", "there is no tensor `c`"),
        ];
        for (width, name, message) in cases {
            let error = source.get(width, name).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
