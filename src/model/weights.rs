//! The weights' file: one safetensors with everything that a prediction needs.
//!
//! Tensors are `members.I.encoder...`, `members.I.heads...`, `members.I.fcm.{centroids, mean,
//! deviation}` and `novelty.{embeddings, targets}`; the metadata is JSON under the key `gennape`
//! (docs/weights-format.md). Large tensors are packed into eight bits a number on the way.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Tensor};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, View};

use super::metadata::{Metadata, weights};
use super::packed::{Packed, SCALES};
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
            if is_scales(&file, &name) {
                continue;
            }
            let tensor = match view.dtype() {
                Dtype::I8 => unpacked(&file, &name, &view)?,
                _ => plain(&view)?,
            };
            check_finite(&name, &tensor)?;
            tensors.insert(name, tensor);
        }
        Ok(Self { metadata, tensors })
    }

    /// The file's bytes; equal weights give equal bytes. Large tensors lose what eight bits do not
    /// hold; what is read back is written the very same again.
    ///
    /// # Errors
    /// Where a tensor can't be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let json = serde_json::to_string(&self.metadata)
            .map_err(|error| weights(format!("the metadata can't be written: {error}")))?;
        let header = HashMap::from([(METADATA_KEY.to_owned(), json)]);
        let mut stored = BTreeMap::new();
        for (name, tensor) in &self.tensors {
            if let Some(packed) = Packed::of(tensor)? {
                let bytes = packed.integers.iter().map(|integer| integer.to_le_bytes()[0]);
                stored.insert(name.clone(), Stored::new(Dtype::I8, tensor.dims(), bytes.collect()));
                let bytes = packed.scales.iter().flat_map(|scale| scale.to_le_bytes());
                let scales = Stored::new(Dtype::F32, &[packed.scales.len()], bytes.collect());
                stored.insert(format!("{name}{SCALES}"), scales);
            } else {
                let bytes = View::data(tensor).into_owned();
                stored.insert(name.clone(), Stored::new(View::dtype(tensor), tensor.dims(), bytes));
            }
        }
        safetensors::serialize(stored, Some(header))
            .map_err(|error| weights(format!("the weights can't be written: {error}")))
    }

    /// The weights as they will be read from their file.
    ///
    /// # Errors
    /// As [`Weights::to_bytes`] and [`Weights::from_bytes`].
    pub fn stored(&self) -> Result<Self> {
        Self::from_bytes(&self.to_bytes()?)
    }

    /// The tensor called `name`.
    ///
    /// # Errors
    /// Where there is none.
    pub fn get(&self, name: &str) -> Result<&Tensor> {
        self.tensors.get(name).ok_or_else(|| weights(format!("there is no tensor `{name}`")))
    }
}

/// A tensor on its way into the file.
struct Stored {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Stored {
    fn new(dtype: Dtype, shape: &[usize], bytes: Vec<u8>) -> Self {
        Self { dtype, shape: shape.to_vec(), bytes }
    }
}

impl View for Stored {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

fn plain(view: &TensorView<'_>) -> Result<Tensor> {
    let dtype = DType::try_from(view.dtype())?;
    Ok(Tensor::from_raw_buffer(view.data(), dtype, view.shape(), &Device::Cpu)?)
}

/// Whether `name` holds the scales of a packed tensor.
fn is_scales(file: &SafeTensors<'_>, name: &str) -> bool {
    let of = name.strip_suffix(SCALES).and_then(|packed| file.tensor(packed).ok());
    of.is_some_and(|packed| packed.dtype() == Dtype::I8)
}

/// A packed tensor as f32.
fn unpacked(file: &SafeTensors<'_>, name: &str, view: &TensorView<'_>) -> Result<Tensor> {
    let scales = file
        .tensor(&format!("{name}{SCALES}"))
        .ok()
        .filter(|scales| scales.dtype() == Dtype::F32)
        .ok_or_else(|| weights(format!("tensor `{name}` has no scales of type F32")))?;
    let integers = view.data().iter().map(|byte| i8::from_le_bytes([*byte])).collect();
    let scales = plain(&scales)?.flatten_all()?.to_vec1()?;
    Packed { integers, scales }.unpack(name, view.shape())
}

fn check_finite(name: &str, tensor: &Tensor) -> Result<()> {
    let finite = match tensor.dtype() {
        DType::F32 => tensor.flatten_all()?.to_vec1::<f32>()?.iter().all(|x| x.is_finite()),
        DType::F64 => tensor.flatten_all()?.to_vec1::<f64>()?.iter().all(|x| x.is_finite()),
        DType::U32 => true,
        other => return Err(weights(format!("tensor `{name}` is {other:?}; expected F32 or I8"))),
    };
    if finite { Ok(()) } else { Err(weights(format!("tensor `{name}` is not finite"))) }
}
