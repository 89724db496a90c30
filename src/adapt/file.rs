//! The file of an adapted target: small, and of use only with the weights that it was made from.
//!
//! A safetensors file with `rows` (F16) and `accuracies` (F64), and JSON under the key
//! `gennape-adapted` (docs/weights-format.md).

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Tensor};
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::held_out::Comparison;
use super::source::Reading;
use super::target::{Description, GaussianTarget};
use crate::error::{Error, ErrorKind, Result};
use crate::features::LAYOUT_VERSION;

/// Raised whenever the file's structure changes.
pub const ADAPTED_VERSION: u32 = 1;
/// Bytes that such a file may have.
pub const MAX_ADAPTED_BYTES: usize = 8 << 20;
/// The key of our metadata in the file's header.
const METADATA_KEY: &str = "gennape-adapted";

/// Where an adapted target comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// SHA-256 of the weights' file that it stands on.
    pub weights: String,
    /// Digest of the graphs and accuracies that it learned from.
    pub records: String,
    /// The commit of the program that made it.
    pub commit: String,
    /// The day on which it was made, in whichever form the caller likes; may be empty.
    pub date: String,
}

/// An adapted target with all that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapted {
    /// Where it comes from.
    pub origin: Origin,
    /// The `family/variant` of all its networks, if there is one.
    pub family: Option<String>,
    /// The data set that they were measured on.
    pub data_set: String,
    /// Against which statistics scalars are read.
    pub reading: Reading,
    /// What answers.
    pub target: GaussianTarget,
    /// How far it can be trusted.
    pub comparison: Comparison,
}

/// The metadata as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    version: u32,
    layout_version: u32,
    origin: Origin,
    family: Option<String>,
    data_set: String,
    reading: Reading,
    target: Description,
    comparison: Comparison,
}

/// Only the versions, so that a file of another version is refused by name.
#[derive(Deserialize)]
struct Versions {
    version: u32,
    layout_version: u32,
}

/// SHA-256 in hex: what names weights.
///
/// ```
/// # use gennape::adapt::file::digest;
/// assert!(digest(b"abc").starts_with("ba7816bf"));
/// ```
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a file holds an adapted target rather than weights.
pub fn is_adapted(bytes: &[u8]) -> bool {
    let header = SafeTensors::read_metadata(bytes);
    header.is_ok_and(|(_, header)| {
        header.metadata().as_ref().is_some_and(|metadata| metadata.contains_key(METADATA_KEY))
    })
}

impl Adapted {
    /// The target's name, as in `adapted/cifar10`.
    pub fn name(&self) -> &str {
        &self.target.description().name
    }

    /// The family of all its networks, if there is one.
    pub fn family_name(&self) -> Option<&str> {
        self.family.as_deref().and_then(|family| family.split('/').next())
    }

    /// The file's bytes; equal targets give equal bytes.
    ///
    /// # Errors
    /// Where a tensor can't be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let metadata = Metadata {
            version: ADAPTED_VERSION,
            layout_version: LAYOUT_VERSION,
            origin: self.origin.clone(),
            family: self.family.clone(),
            data_set: self.data_set.clone(),
            reading: self.reading.clone(),
            target: self.target.description().clone(),
            comparison: self.comparison,
        };
        let unwritable = |error: String| damaged(format!("the target can't be written: {error}"));
        let json =
            serde_json::to_string(&metadata).map_err(|error| unwritable(error.to_string()))?;
        let rows = self.target.rows();
        let shape = (rows.len(), rows.first().map_or(0, Vec::len));
        let rows = Tensor::from_vec(rows.concat(), shape, &Device::Cpu)?.to_dtype(DType::F16)?;
        let accuracies = self.target.accuracies();
        let accuracies = Tensor::from_slice(accuracies, accuracies.len(), &Device::Cpu)?;
        let tensors = BTreeMap::from([("accuracies", accuracies), ("rows", rows)]);
        let header = HashMap::from([(METADATA_KEY.to_owned(), json)]);
        safetensors::serialize(&tensors, Some(header))
            .map_err(|error| unwritable(error.to_string()))
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    /// Says what is wrong: size, damage, version, parts that do not fit each other.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_ADAPTED_BYTES {
            let (got, most) = (bytes.len(), MAX_ADAPTED_BYTES);
            return Err(damaged(format!("the target has {got} bytes; at most {most} are read")));
        }
        let broken = |error: String| {
            damaged(format!("no adapted target, or a damaged one ({error}); make it again"))
        };
        let (_, header) =
            SafeTensors::read_metadata(bytes).map_err(|error| broken(error.to_string()))?;
        let json = header.metadata().as_ref().and_then(|metadata| metadata.get(METADATA_KEY));
        let json = json.ok_or_else(|| broken(format!("no key `{METADATA_KEY}`")))?;
        let versions: Versions =
            serde_json::from_str(json).map_err(|error| broken(error.to_string()))?;
        for (what, got, expected) in [
            ("format", versions.version, ADAPTED_VERSION),
            ("feature layout", versions.layout_version, LAYOUT_VERSION),
        ] {
            if got != expected {
                return Err(damaged(format!(
                    "the adapted target has {what} version {got}, this program reads {expected}; \
                     adapt anew"
                )));
            }
        }
        let metadata: Metadata =
            serde_json::from_str(json).map_err(|error| broken(error.to_string()))?;
        let file = SafeTensors::deserialize(bytes).map_err(|error| broken(error.to_string()))?;
        let tensor = |name: &str, dtype: DType, n_dims: usize| -> Result<Tensor> {
            let view = file.tensor(name).map_err(|error| broken(error.to_string()))?;
            if DType::try_from(view.dtype())? != dtype || view.shape().len() != n_dims {
                return Err(broken(format!("tensor `{name}` is of another type or shape")));
            }
            let tensor = Tensor::from_raw_buffer(view.data(), dtype, view.shape(), &Device::Cpu)?;
            Ok(tensor.to_dtype(DType::F64)?)
        };
        let rows = tensor("rows", DType::F16, 2)?.to_vec2::<f64>()?;
        let accuracies = tensor("accuracies", DType::F64, 1)?.to_vec1::<f64>()?;
        let is_finite = rows.iter().flatten().chain(&accuracies).all(|number| number.is_finite());
        if !is_finite || !metadata.reading.is_valid() {
            return Err(broken("numbers are missing or not finite".to_owned()));
        }
        Ok(Self {
            origin: metadata.origin,
            family: metadata.family,
            data_set: metadata.data_set,
            reading: metadata.reading,
            target: GaussianTarget::from_parts(metadata.target, rows, accuracies)?,
            comparison: metadata.comparison,
        })
    }
}

fn damaged(message: String) -> Error {
    Error::new(ErrorKind::Weights, message)
}
