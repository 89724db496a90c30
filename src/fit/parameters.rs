//! A network's trainable tensors by name, made anew from a seeded generator or set from a file.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use candle_core::{DType, Device, Shape, Tensor, Var};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use rand::{Rng, RngExt};

use crate::error::{Error, ErrorKind, Result};

/// Trainable tensors, in the order of their names.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    tensors: BTreeMap<String, Var>,
}

impl Parameters {
    /// Builds something from a `VarBuilder` that draws each tensor it is asked for from `rng`.
    ///
    /// Tensors are drawn in the order in which `build` asks for them, so one seed gives one network.
    ///
    /// # Errors
    /// Those of `build`.
    pub fn initialise<T>(
        rng: Box<dyn Rng + Send>,
        build: impl FnOnce(VarBuilder<'_>) -> Result<T>,
    ) -> Result<(T, Self)> {
        let source = Initialiser { state: Mutex::new((rng, BTreeMap::new())) };
        let source = std::sync::Arc::new(source);
        let backend: Box<dyn SimpleBackend> = Box::new(SharedInitialiser(source.clone()));
        let built = build(VarBuilder::from_backend(backend, DType::F32, Device::Cpu))?;
        let mut state = source.state.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((built, Self { tensors: std::mem::take(&mut state.1) }))
    }

    /// Names and tensors, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Var)> {
        self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// How many numbers are trained.
    pub fn count(&self) -> usize {
        self.tensors.values().map(|tensor| tensor.elem_count()).sum()
    }

    /// Takes over from `values` every tensor whose name begins with `prefix`.
    ///
    /// # Errors
    /// Names the tensor that is missing or has another shape.
    pub fn set(&self, prefix: &str, values: &BTreeMap<String, Tensor>) -> Result<()> {
        for (name, tensor) in self.iter().filter(|(name, _)| name.starts_with(prefix)) {
            let value = values.get(name).ok_or_else(|| {
                Error::new(ErrorKind::Weights, format!("there is no tensor `{name}`"))
            })?;
            if value.dims() != tensor.dims() {
                let (got, expected) = (value.dims(), tensor.dims());
                let message = format!("tensor `{name}` has shape {got:?} instead of {expected:?}");
                return Err(Error::new(ErrorKind::Weights, message));
            }
            tensor.set(value)?;
        }
        Ok(())
    }

    /// Sets to zero, along `axis` of the tensor called `name`, every slice that `keep` does not keep.
    ///
    /// # Errors
    /// Where there is no such tensor, or `keep` has another length than the axis.
    pub fn keep_slices(&self, name: &str, axis: usize, keep: &[bool]) -> Result<()> {
        let tensor = self.tensors.get(name).ok_or_else(|| {
            Error::new(ErrorKind::Weights, format!("there is no tensor `{name}`"))
        })?;
        let mut shape = vec![1; tensor.dims().len()];
        shape[axis] = keep.len();
        let mask: Vec<f32> = keep.iter().map(|keep| f32::from(*keep)).collect();
        tensor.set(&tensor.broadcast_mul(&Tensor::from_vec(mask, shape, &Device::Cpu)?)?)?;
        Ok(())
    }

    /// Copies of all tensors as they are now.
    ///
    /// # Errors
    /// Where a copy fails.
    pub fn snapshot(&self) -> Result<BTreeMap<String, Tensor>> {
        self.iter().map(|(name, tensor)| Ok((name.to_owned(), tensor.copy()?))).collect()
    }
}

/// Makes tensors when they are asked for.
struct Initialiser {
    state: Mutex<(Box<dyn Rng + Send>, BTreeMap<String, Var>)>,
}

struct SharedInitialiser(std::sync::Arc<Initialiser>);

impl SimpleBackend for SharedInitialiser {
    fn get(
        &self,
        shape: Shape,
        name: &str,
        init: Init,
        _dtype: DType,
        device: &Device,
    ) -> candle_core::Result<Tensor> {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (rng, tensors) = &mut *state;
        if tensors.contains_key(name) {
            candle_core::bail!("tensor `{name}` is asked for twice; give each its own path");
        }
        let values: Vec<f32> = match init {
            Init::Const(value) => vec![value as f32; shape.elem_count()],
            Init::Uniform { lo, up } => {
                (0..shape.elem_count()).map(|_| rng.random_range(lo..up) as f32).collect()
            }
            Init::Randn { mean, stdev } => (0..shape.elem_count())
                .map(|_| (mean + stdev * standard_normal(rng)) as f32)
                .collect(),
            other => candle_core::bail!("initialisation {other:?} of `{name}` is not supported"),
        };
        let tensor = Var::from_vec(values, shape, device)?;
        tensors.insert(name.to_owned(), tensor.clone());
        Ok(tensor.as_tensor().clone())
    }

    fn get_unchecked(
        &self,
        name: &str,
        _dtype: DType,
        _dev: &Device,
    ) -> candle_core::Result<Tensor> {
        candle_core::bail!("the shape of `{name}` must be known to make it anew")
    }

    fn contains_tensor(&self, _name: &str) -> bool {
        true
    }
}

/// One draw of a standard normal variable (Box and Muller, 1958).
fn standard_normal(rng: &mut dyn Rng) -> f64 {
    let (radius, angle): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

#[cfg(test)]
mod tests {
    use candle_core::Module;
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::model::dense::{Mlp, dense, table};

    fn parameters(seed: u64) -> Parameters {
        let rng = Box::new(Pcg64Mcg::seed_from_u64(seed));
        Parameters::initialise(rng, |vb| Mlp::new(4, 9, 2, vb)).unwrap().1
    }

    fn numbers(parameters: &Parameters) -> Vec<(String, Vec<f32>)> {
        let flat = |tensor: &Var| tensor.flatten_all().unwrap().to_vec1().unwrap();
        parameters.iter().map(|(name, tensor)| (name.to_owned(), flat(tensor))).collect()
    }

    #[test]
    fn one_seed_gives_one_network_and_another_another() {
        assert_eq!(numbers(&parameters(1)), numbers(&parameters(1)));
        assert_ne!(numbers(&parameters(1)), numbers(&parameters(2)));
        assert_eq!(parameters(1).count(), 4 * 9 + 9 + 9 * 2 + 2);
    }

    #[test]
    fn tensors_are_named_by_their_path_and_drawn_as_pytorch_does() {
        let numbers = numbers(&parameters(1));
        let names: Vec<_> = numbers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["hidden.bias", "hidden.weight", "output.bias", "output.weight"]);
        // torch.nn.Linear: uniform within 1 / sqrt(n_in)
        for ((name, values), bound) in numbers.iter().zip([0.5, 0.5, 1.0 / 3.0, 1.0 / 3.0]) {
            let largest = values.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
            assert!(largest <= bound && largest > 0.1 * bound, "{name}: {largest}");
        }
    }

    #[test]
    fn tables_are_drawn_from_the_standard_normal_distribution() {
        let rng = Box::new(Pcg64Mcg::seed_from_u64(1));
        let (_, parameters) = Parameters::initialise(rng, |vb| table(100, 100, vb)).unwrap();
        let values = &numbers(&parameters)[0].1;
        let moment = |power: i32| {
            values.iter().map(|x| f64::from(*x).powi(power)).sum::<f64>() / values.len() as f64
        };
        // of 10,000 draws: five standard errors, sqrt(1 / n), sqrt(2 / n), sqrt(96 / n)
        assert!(moment(1).abs() < 0.05 && (moment(2) - 1.0).abs() < 0.07);
        assert!((moment(4) - 3.0).abs() < 0.5, "{}", moment(4));
    }

    #[test]
    fn two_layers_of_one_path_are_refused() {
        let rng = Box::new(Pcg64Mcg::seed_from_u64(1));
        let built =
            Parameters::initialise(rng, |vb| Ok((dense(2, 1, vb.clone())?, dense(2, 1, vb)?)));
        let message = built.err().unwrap().to_string();
        assert!(message.contains("tensor `bias` is asked for twice"), "{message}");
    }

    #[test]
    fn setting_a_parameter_changes_what_was_built() {
        let rng = Box::new(Pcg64Mcg::seed_from_u64(1));
        let (layer, parameters) = Parameters::initialise(rng, |vb| dense(2, 1, vb)).unwrap();
        let values = BTreeMap::from([
            ("weight".to_owned(), Tensor::new(&[[2f32, 3.0]], &Device::Cpu).unwrap()),
            ("bias".to_owned(), Tensor::new(&[0.5f32], &Device::Cpu).unwrap()),
        ]);
        parameters.set("", &values).unwrap();
        let x = Tensor::new(&[[10f32, 100.0]], &Device::Cpu).unwrap();
        assert_eq!(layer.forward(&x).unwrap().to_vec2::<f32>().unwrap(), [[320.5]]);
    }

    #[test]
    fn what_is_missing_or_of_another_shape_is_named() {
        let parameters = parameters(1);
        let mut values = parameters.snapshot().unwrap();
        values.insert("output.bias".into(), Tensor::zeros(3, DType::F32, &Device::Cpu).unwrap());
        let message = parameters.set("output", &values).unwrap_err().message().to_owned();
        assert_eq!(message, "tensor `output.bias` has shape [3] instead of [2]");
        values.remove("output.bias");
        let message = parameters.set("", &values).unwrap_err().message().to_owned();
        assert_eq!(message, "there is no tensor `output.bias`");
        parameters.set("hidden", &values).unwrap();
    }

    #[test]
    fn a_snapshot_does_not_follow_the_parameters() {
        let parameters = parameters(1);
        let before = numbers(&parameters);
        let snapshot = parameters.snapshot().unwrap();
        for (_, tensor) in parameters.iter() {
            tensor.set(&tensor.zeros_like().unwrap()).unwrap();
        }
        assert_ne!(numbers(&parameters), before);
        parameters.set("", &snapshot).unwrap();
        assert_eq!(numbers(&parameters), before);
    }
}
