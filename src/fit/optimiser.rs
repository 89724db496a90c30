//! AdamW (Loshchilov and Hutter, 2019) with clipped gradients and moments that can be saved.
//!
//! candle's own AdamW hides its moments and does not clip; an exact resume needs both.

use std::collections::BTreeMap;

use candle_core::backprop::GradStore;
use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::parameters::Parameters;
use crate::error::{Error, ErrorKind, Result};

/// Hyperparameters of AdamW; the rate comes with each step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdamWConfig {
    /// Decay of the mean of gradients.
    pub beta1: f64,
    /// Decay of the mean of squared gradients.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub epsilon: f64,
    /// Decoupled weight decay, times the rate.
    pub weight_decay: f64,
    /// Gradients longer than this (all together) are scaled to it.
    pub clip: f64,
}

impl Default for AdamWConfig {
    /// PyTorch's moments; decay and clip of DESIGN.md.
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 1e-2, clip: 2.0 }
    }
}

/// First and second moment of one tensor's gradient.
#[derive(Debug, Clone, PartialEq)]
struct Moments {
    first: Vec<f32>,
    second: Vec<f32>,
}

/// The optimiser's state.
#[derive(Debug, Clone)]
pub struct AdamW {
    config: AdamWConfig,
    n_steps: u64,
    moments: BTreeMap<String, Moments>,
}

impl AdamW {
    /// An optimiser at step 0.
    pub fn new(config: AdamWConfig) -> Self {
        Self { config, n_steps: 0, moments: BTreeMap::new() }
    }

    /// One step down `gradients` at `rate`; returns the gradients' length before clipping.
    ///
    /// # Errors
    /// Where a gradient is not finite (training has diverged), or where the state was restored from
    /// parameters of other sizes. Nothing has changed then.
    pub fn step(
        &mut self,
        parameters: &Parameters,
        gradients: &GradStore,
        rate: f64,
    ) -> Result<f64> {
        let mut flat = BTreeMap::new();
        for (name, tensor) in parameters.iter() {
            if let Some(gradient) = gradients.get(tensor.as_tensor()) {
                flat.insert(name, gradient.flatten_all()?.to_vec1::<f32>()?);
            }
        }
        let squares = flat.values().flatten().map(|g| f64::from(*g) * f64::from(*g));
        let length = squares.sum::<f64>().sqrt();
        if !length.is_finite() {
            let message = "a gradient is not finite: training has diverged; lower the rate";
            return Err(Error::new(ErrorKind::Internal, message));
        }
        self.check_sizes(&flat)?;
        let scale = (self.config.clip / (length + 1e-6)).min(1.0) as f32;
        self.n_steps += 1;
        for (name, tensor) in parameters.iter() {
            if let Some(gradient) = flat.get(name) {
                let mut values = tensor.flatten_all()?.to_vec1::<f32>()?;
                self.update(name, &mut values, gradient, scale, rate);
                tensor.set(&Tensor::from_vec(values, tensor.dims(), &Device::Cpu)?)?;
            }
        }
        Ok(length)
    }

    /// Moments of another size would leave the rest of a tensor as it is, without a word.
    fn check_sizes(&self, gradients: &BTreeMap<&str, Vec<f32>>) -> Result<()> {
        for (name, gradient) in gradients {
            let Some(Moments { first, second }) = self.moments.get(*name) else { continue };
            if let Some(size) = [first.len(), second.len()].iter().find(|n| **n != gradient.len()) {
                let expected = gradient.len();
                let message = format!(
                    "the checkpoint has {size} moments of `{name}` instead of {expected}; \
                     it belongs to another configuration"
                );
                return Err(Error::new(ErrorKind::Weights, message));
            }
        }
        Ok(())
    }

    fn update(&mut self, name: &str, values: &mut [f32], gradient: &[f32], scale: f32, rate: f64) {
        let AdamWConfig { beta1, beta2, epsilon, weight_decay, .. } = self.config;
        let zeros = || Moments { first: vec![0.0; values.len()], second: vec![0.0; values.len()] };
        let Moments { first, second } = self.moments.entry(name.to_owned()).or_insert_with(zeros);
        let correction1 = 1.0 - beta1.powi(self.n_steps as i32);
        let correction2 = 1.0 - beta2.powi(self.n_steps as i32);
        let (new1, new2) = ((1.0 - beta1) as f32, (1.0 - beta2) as f32);
        let (beta1, beta2) = (beta1 as f32, beta2 as f32);
        let keep = (1.0 - rate * weight_decay) as f32;
        let step = (rate / correction1) as f32;
        let root = (1.0 / correction2) as f32;
        let moments = first.iter_mut().zip(second.iter_mut());
        for ((value, gradient), (first, second)) in values.iter_mut().zip(gradient).zip(moments) {
            let gradient = gradient * scale;
            *first = beta1 * *first + new1 * gradient;
            *second = beta2 * *second + new2 * gradient * gradient;
            *value = *value * keep - step * *first / ((*second * root).sqrt() + epsilon as f32);
        }
    }

    /// The state as tensors, for a checkpoint: `first.NAME`, `second.NAME` and `n_steps`.
    ///
    /// # Errors
    /// Where a tensor can't be made.
    pub fn snapshot(&self) -> Result<BTreeMap<String, Tensor>> {
        let mut tensors = BTreeMap::new();
        for (name, Moments { first, second }) in &self.moments {
            for (which, values) in [("first", first), ("second", second)] {
                let tensor = Tensor::from_slice(values, values.len(), &Device::Cpu)?;
                tensors.insert(format!("{which}.{name}"), tensor);
            }
        }
        tensors.insert("n_steps".into(), Tensor::new(&[self.n_steps as i64], &Device::Cpu)?);
        Ok(tensors)
    }

    /// Goes on from a snapshot.
    ///
    /// # Errors
    /// Where the snapshot lacks something; the state stays as it was.
    pub fn restore(&mut self, tensors: &BTreeMap<String, Tensor>) -> Result<()> {
        let missing = |name: &str| {
            Error::new(ErrorKind::Weights, format!("the checkpoint has no tensor `{name}`"))
        };
        let steps = tensors.get("n_steps").ok_or_else(|| missing("n_steps"))?.to_vec1::<i64>()?;
        let n_steps = *steps.first().ok_or_else(|| missing("n_steps"))? as u64;
        let mut restored = BTreeMap::new();
        for (key, tensor) in tensors {
            if let Some(name) = key.strip_prefix("first.") {
                let second = format!("second.{name}");
                let second = tensors.get(&second).ok_or_else(|| missing(&second))?;
                let moments = Moments { first: tensor.to_vec1()?, second: second.to_vec1()? };
                restored.insert(name.to_owned(), moments);
            }
        }
        (self.n_steps, self.moments) = (n_steps, restored);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Module};
    use candle_nn::Linear;
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::model::dense::dense;

    fn model() -> (Linear, Parameters) {
        let rng = Box::new(Pcg64Mcg::seed_from_u64(1));
        Parameters::initialise(rng, |vb| dense(3, 2, vb)).unwrap()
    }

    /// Gradients of a loss that differs from step to step.
    fn gradients(model: &Linear, step: usize) -> GradStore {
        let values: Vec<f32> = (0..12).map(|i| ((step * 12 + i) as f32).sin() * 4.0).collect();
        let x = Tensor::from_vec(values, (4, 3), &Device::Cpu).unwrap();
        let y = model.forward(&x).unwrap();
        (y - 1.0).unwrap().sqr().unwrap().sum_all().unwrap().backward().unwrap()
    }

    fn bits(parameters: &Parameters) -> Vec<u32> {
        let tensors = parameters.iter().map(|(_, tensor)| tensor.flatten_all().unwrap());
        tensors.flat_map(|tensor| tensor.to_vec1::<f32>().unwrap()).map(f32::to_bits).collect()
    }

    #[test]
    fn a_restored_optimiser_goes_on_bit_by_bit() {
        let (linear, parameters) = model();
        let mut optimiser = AdamW::new(AdamWConfig::default());
        for step in 0..5 {
            optimiser.step(&parameters, &gradients(&linear, step), 1e-2).unwrap();
        }
        let (weights, state) = (parameters.snapshot().unwrap(), optimiser.snapshot().unwrap());
        for step in 5..10 {
            optimiser.step(&parameters, &gradients(&linear, step), 1e-2).unwrap();
        }

        let (other_linear, other) = model();
        other.set("", &weights).unwrap();
        let mut resumed = AdamW::new(AdamWConfig::default());
        resumed.restore(&state).unwrap();
        for step in 5..10 {
            resumed.step(&other, &gradients(&other_linear, step), 1e-2).unwrap();
        }
        assert_eq!(bits(&other), bits(&parameters));

        let mut forgetful = AdamW::new(AdamWConfig::default());
        other.set("", &weights).unwrap();
        for step in 5..10 {
            forgetful.step(&other, &gradients(&other_linear, step), 1e-2).unwrap();
        }
        assert_ne!(bits(&other), bits(&parameters), "moments matter");
    }

    #[test]
    fn first_moments_are_exact_to_single_precision() {
        let (linear, parameters) = model();
        let mut optimiser =
            AdamW::new(AdamWConfig { clip: f64::INFINITY, ..AdamWConfig::default() });
        let gradients = gradients(&linear, 0);
        optimiser.step(&parameters, &gradients, 1e-2).unwrap();
        let state = optimiser.snapshot().unwrap();
        for (name, tensor) in parameters.iter() {
            let gradient = gradients.get(tensor).unwrap().flatten_all().unwrap().to_vec1::<f32>();
            let moment = |which: &str| state[&format!("{which}.{name}")].to_vec1::<f32>().unwrap();
            let (first, second) = (moment("first"), moment("second"));
            for ((g, first), second) in gradient.unwrap().into_iter().zip(first).zip(second) {
                let g = f64::from(g);
                assert!((f64::from(first) / (0.1 * g) - 1.0).abs() < 1e-6, "{first}");
                assert!((f64::from(second) / (0.001 * g * g) - 1.0).abs() < 1e-6, "{second}");
            }
        }
    }

    #[test]
    fn an_incomplete_snapshot_is_refused_by_name() {
        let (linear, parameters) = model();
        let mut optimiser = AdamW::new(AdamWConfig::default());
        optimiser.step(&parameters, &gradients(&linear, 0), 1e-2).unwrap();
        for name in ["n_steps", "second.weight"] {
            let mut state = optimiser.snapshot().unwrap();
            state.remove(name);
            let message = AdamW::new(AdamWConfig::default()).restore(&state).unwrap_err();
            assert!(message.message().contains(name), "{}", message.message());
        }
    }

    #[test]
    fn a_state_of_other_sizes_is_refused_before_anything_moves() {
        let (linear, parameters) = model();
        let mut optimiser = AdamW::new(AdamWConfig::default());
        optimiser.step(&parameters, &gradients(&linear, 0), 1e-2).unwrap();
        let mut state = optimiser.snapshot().unwrap();
        for which in ["first.weight", "second.weight"] {
            state.insert(which.into(), Tensor::zeros(2, DType::F32, &Device::Cpu).unwrap());
        }
        optimiser.restore(&state).unwrap();
        let before = bits(&parameters);
        let error = optimiser.step(&parameters, &gradients(&linear, 1), 1e-2).unwrap_err();
        assert!(error.message().contains("2 moments of `weight` instead of 6"), "{error}");
        assert_eq!(bits(&parameters), before);
    }

    #[test]
    fn a_gradient_that_is_not_finite_changes_nothing() {
        let (linear, parameters) = model();
        let before = bits(&parameters);
        let infinite = Tensor::new(&[[f32::INFINITY, 0.0, 0.0]], &Device::Cpu).unwrap();
        let loss = linear.forward(&infinite).unwrap().sum_all().unwrap();
        let mut optimiser = AdamW::new(AdamWConfig::default());
        let error = optimiser.step(&parameters, &loss.backward().unwrap(), 1e-2).unwrap_err();
        assert!(error.message().contains("diverged"), "{}", error.message());
        assert_eq!(bits(&parameters), before);
    }

    #[test]
    fn parameters_that_the_loss_does_not_reach_stay() {
        let rng = Box::new(Pcg64Mcg::seed_from_u64(2));
        let ((used, _), parameters) = Parameters::initialise(rng, |vb| {
            Ok((dense(3, 2, vb.pp("used"))?, dense(3, 2, vb.pp("unused"))?))
        })
        .unwrap();
        let before = parameters.snapshot().unwrap();
        let mut optimiser = AdamW::new(AdamWConfig::default());
        optimiser.step(&parameters, &gradients(&used, 0), 1e-2).unwrap();
        for (name, tensor) in parameters.iter() {
            let moved =
                (tensor.as_tensor() - &before[name]).unwrap().abs().unwrap().max_all().unwrap();
            let moved = moved.to_scalar::<f32>().unwrap() > 0.0;
            assert_eq!(moved, name.starts_with("used"), "{name}");
        }
    }
}
