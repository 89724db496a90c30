//! Where a network stands on the map of all families: from its embedding to a point of the plane.
//!
//! p = W2 relu(W1 relu(W0 z + b0) + b1) + b2, with z the standardised embedding of the first member.
//! Fitted natively to the coordinates of a t-SNE (`gennape map`), so that a new network has a place
//! among the known ones; kept in the weights' file under `projection`, which may lack it.

use std::collections::{BTreeMap, HashMap};

use candle_core::{Device, Module, Tensor};
use candle_nn::{Linear, VarBuilder};

use super::dense::dense;
use super::metadata::weights;
use super::stored::var_builder;
use super::weights::Weights;
use crate::error::Result;

/// Width of both hidden layers.
const HIDDEN: usize = 64;
/// What the tensors' names begin with.
const PREFIX: &str = "projection.";

/// The network that places others on the map.
#[derive(Debug, Clone)]
pub struct MapProjection {
    layers: [Linear; 3],
}

impl MapProjection {
    /// A projection of embeddings that are `width` wide.
    ///
    /// # Errors
    /// Where weights under `vb` are missing or of another shape.
    pub fn new(width: usize, vb: VarBuilder<'_>) -> Result<Self> {
        let layer = |idx: usize, n_in, n_out| dense(n_in, n_out, vb.pp("layers").pp(idx));
        Ok(Self {
            layers: [layer(0, width, HIDDEN)?, layer(1, HIDDEN, HIDDEN)?, layer(2, HIDDEN, 2)?],
        })
    }

    /// The points of standardised embeddings.
    ///
    /// # Shapes
    /// `z: [n, width]` to `[n, 2]`.
    ///
    /// # Errors
    /// Where `z` has another width.
    pub fn forward(&self, z: &Tensor) -> Result<Tensor> {
        let [first, second, last] = &self.layers;
        let hidden = second.forward(&first.forward(z)?.relu()?)?.relu()?;
        Ok(last.forward(&hidden)?)
    }

    /// The point of one standardised embedding.
    ///
    /// # Errors
    /// Where it has another width.
    pub fn place(&self, standardised: &[f64]) -> Result<[f32; 2]> {
        let row: Vec<f32> = standardised.iter().map(|z| *z as f32).collect();
        let row = Tensor::from_slice(&row, (1, row.len()), &Device::Cpu)?;
        let point = self.forward(&row)?.squeeze(0)?;
        Ok([point.get(0)?.to_scalar()?, point.get(1)?.to_scalar()?])
    }

    /// Puts a projection's parameters in the place of the one that the weights have.
    pub fn store(parameters: BTreeMap<String, Tensor>, file: &mut Weights) {
        file.tensors.retain(|name, _| !name.starts_with(PREFIX));
        let named =
            parameters.into_iter().map(|(name, tensor)| (format!("{PREFIX}{name}"), tensor));
        file.tensors.extend(named);
    }

    /// The projection that the weights hold, if they hold one.
    ///
    /// # Errors
    /// Names the tensor of it that is missing or has another shape.
    pub(super) fn load(file: &Weights) -> Result<Option<Self>> {
        let own: HashMap<String, Tensor> = file
            .tensors
            .iter()
            .filter_map(|(name, tensor)| {
                Some((name.strip_prefix(PREFIX)?.to_owned(), tensor.clone()))
            })
            .collect();
        if own.is_empty() {
            return Ok(None);
        }
        let width = file.metadata.config.embedding_width();
        Self::new(width, var_builder(own))
            .map(Some)
            .map_err(|error| weights(format!("the map's projection: {}", error.message())))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::fit::parameters::Parameters;

    static SHIPPED: &[u8] = include_bytes!("../../www/public/weights/gennape.safetensors");

    fn drawn(width: usize) -> (MapProjection, BTreeMap<String, Tensor>) {
        let rng = Box::new(Pcg64Mcg::seed_from_u64(1));
        let (projection, parameters) =
            Parameters::initialise(rng, |vb| MapProjection::new(width, vb)).unwrap();
        (projection, parameters.snapshot().unwrap())
    }

    fn file() -> Weights {
        let mut file = Weights::from_bytes(SHIPPED).unwrap();
        MapProjection::store(BTreeMap::new(), &mut file);
        file
    }

    #[test]
    fn what_is_stored_places_as_before_and_a_file_may_lack_it() {
        let mut file = file();
        assert!(MapProjection::load(&file).unwrap().is_none());
        let width = file.metadata.config.embedding_width();
        let (projection, parameters) = drawn(width);
        MapProjection::store(parameters, &mut file);
        let loaded = MapProjection::load(&file).unwrap().unwrap();
        let embedding: Vec<f64> = (0..width).map(|i| (i as f64).sin()).collect();
        assert_eq!(loaded.place(&embedding).unwrap(), projection.place(&embedding).unwrap());
    }

    #[test]
    fn a_point_of_a_row_is_that_of_the_row_in_a_batch() {
        let (projection, _) = drawn(5);
        let rows = [[0.5f32, -1.0, 2.0, 0.0, 3.0], [1.0, 1.0, 1.0, 1.0, 1.0]];
        let all = projection.forward(&Tensor::new(&rows, &Device::Cpu).unwrap()).unwrap();
        let second = projection.place(&[1.0; 5]).unwrap();
        let expected = all.to_vec2::<f32>().unwrap();
        assert!((second[0] - expected[1][0]).abs() < 1e-6);
        assert!((second[1] - expected[1][1]).abs() < 1e-6);
    }

    #[test]
    fn missing_and_misshapen_tensors_are_named() {
        let width = file().metadata.config.embedding_width();
        let broken = |change: &dyn Fn(&mut BTreeMap<String, Tensor>)| {
            let (mut file, (_, mut parameters)) = (file(), drawn(width));
            change(&mut parameters);
            MapProjection::store(parameters, &mut file);
            MapProjection::load(&file).unwrap_err().message().to_owned()
        };
        let message = broken(&|parameters| drop(parameters.remove("layers.1.bias")));
        assert!(
            message.contains("the map's projection") && message.contains("layers.1.bias"),
            "{message}"
        );
        let message = broken(&|parameters| {
            let short = parameters["layers.0.bias"].clone();
            parameters.insert("layers.2.bias".into(), short);
        });
        assert!(message.contains("`layers.2.bias` has shape [64] instead of [2]"), "{message}");
    }
}
