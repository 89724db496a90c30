//! The weights' file: one safetensors with everything that a prediction needs.
//!
//! Tensors are `members.I.encoder...`, `members.I.heads...`, `members.I.fcm.{centroids, mean,
//! deviation}` and `novelty.{embeddings, targets}`; the metadata is JSON under the key `gennape`
//! (docs/weights-format.md).

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Tensor};
use safetensors::SafeTensors;

use super::metadata::{Metadata, weights};
use crate::error::Result;

/// Bytes that a weights' file may have.
pub const MAX_WEIGHTS_BYTES: usize = 64 << 20;
/// The key of our metadata in the file's header.
const METADATA_KEY: &str = "gennape";

/// A weights' file in memory: checked metadata and named tensors.
#[derive(Debug, Clone)]
pub struct Weights {
    /// What the file says of itself.
    pub metadata: Metadata,
    /// Tensors by name.
    pub tensors: BTreeMap<String, Tensor>,
}

impl Weights {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// Says what is wrong: size, damage, version, a missing or not finite tensor.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_WEIGHTS_BYTES {
            let (got, most) = (bytes.len(), MAX_WEIGHTS_BYTES);
            return Err(weights(format!("the weights have {got} bytes; at most {most} are read")));
        }
        let damaged = |error| {
            weights(format!(
                "no safetensors file, or a damaged one ({error}); fetch or export it again"
            ))
        };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let ours = header.metadata().as_ref().and_then(|metadata| metadata.get(METADATA_KEY));
        let ours = ours.ok_or_else(|| {
            weights("a safetensors file without gennape's metadata; take one that gennape wrote")
        })?;
        let metadata = Metadata::from_json(ours)?;
        let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let mut tensors = BTreeMap::new();
        for (name, view) in file.tensors() {
            let dtype = DType::try_from(view.dtype())?;
            let tensor = Tensor::from_raw_buffer(view.data(), dtype, view.shape(), &Device::Cpu)?;
            check_finite(&name, &tensor)?;
            tensors.insert(name, tensor);
        }
        Ok(Self { metadata, tensors })
    }

    /// The file's bytes; equal weights give equal bytes.
    ///
    /// # Errors
    /// Where a tensor can't be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let json = serde_json::to_string(&self.metadata)
            .map_err(|error| weights(format!("the metadata can't be written: {error}")))?;
        let header = HashMap::from([(METADATA_KEY.to_owned(), json)]);
        safetensors::serialize(&self.tensors, Some(header))
            .map_err(|error| weights(format!("the weights can't be written: {error}")))
    }

    /// The tensor called `name`.
    ///
    /// # Errors
    /// Where there is none.
    pub fn get(&self, name: &str) -> Result<&Tensor> {
        self.tensors.get(name).ok_or_else(|| weights(format!("there is no tensor `{name}`")))
    }
}

fn check_finite(name: &str, tensor: &Tensor) -> Result<()> {
    let finite = match tensor.dtype() {
        DType::F32 => tensor.flatten_all()?.to_vec1::<f32>()?.iter().all(|x| x.is_finite()),
        DType::F64 => tensor.flatten_all()?.to_vec1::<f64>()?.iter().all(|x| x.is_finite()),
        DType::U32 => true,
        other => return Err(weights(format!("tensor `{name}` is {other:?}; expected F32"))),
    };
    if finite { Ok(()) } else { Err(weights(format!("tensor `{name}` is not finite"))) }
}
