//! A stage's state after an epoch: everything needed to go on as if nothing had happened.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use safetensors::SafeTensors;

use super::atomic;
use crate::error::{Error, ErrorKind, Result};

/// Named groups of tensors with the number of epochs that are complete.
#[derive(Debug, Clone, Default)]
pub struct Checkpoint {
    /// Complete epochs.
    pub epoch: usize,
    /// Tensors, each as `GROUP/NAME`.
    tensors: BTreeMap<String, Tensor>,
}

impl Checkpoint {
    /// An empty checkpoint after `epoch` epochs.
    pub fn new(epoch: usize) -> Self {
        Self { epoch, tensors: BTreeMap::new() }
    }

    /// Adds a group.
    pub fn put(&mut self, group: &str, tensors: BTreeMap<String, Tensor>) {
        let named = tensors.into_iter().map(|(name, tensor)| (format!("{group}/{name}"), tensor));
        self.tensors.extend(named);
    }

    /// A group; empty where it was never put.
    pub fn group(&self, group: &str) -> BTreeMap<String, Tensor> {
        let of_group = self.tensors.iter().filter_map(|(name, tensor)| {
            let name = name.strip_prefix(group)?.strip_prefix('/')?;
            Some((name.to_owned(), tensor.clone()))
        });
        of_group.collect()
    }

    /// Writes the file whole or not at all. `run` is the run's fingerprint.
    ///
    /// # Errors
    /// Where the file can't be written.
    pub fn write(&self, path: &Path, run: &str) -> Result<()> {
        let header = HashMap::from([
            ("epoch".to_owned(), self.epoch.to_string()),
            ("run".to_owned(), run.to_owned()),
        ]);
        let bytes = safetensors::serialize(&self.tensors, Some(header))
            .map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?;
        atomic::write(path, &bytes)
    }

    /// The checkpoint at `path`; `None` where there is none.
    ///
    /// # Errors
    /// Where the file is damaged or belongs to a run of another configuration or data.
    pub fn read(path: &Path, run: &str) -> Result<Option<Self>> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(wrong(path, &error.to_string())),
        };
        let damaged = |error: safetensors::SafeTensorError| wrong(path, &error.to_string());
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(damaged)?;
        let header = header.metadata().clone().unwrap_or_default();
        if header.get("run").map(String::as_str) != Some(run) {
            let why = "it belongs to a run of another configuration or other data";
            return Err(wrong(path, why));
        }
        let epoch = header.get("epoch").and_then(|epoch| epoch.parse().ok());
        let mut checkpoint = Self::new(epoch.ok_or_else(|| wrong(path, "it names no epoch"))?);
        for (name, view) in SafeTensors::deserialize(&bytes).map_err(damaged)?.tensors() {
            let dtype = DType::try_from(view.dtype())?;
            let tensor = Tensor::from_raw_buffer(view.data(), dtype, view.shape(), &Device::Cpu)?;
            checkpoint.tensors.insert(name, tensor);
        }
        Ok(Some(checkpoint))
    }
}

fn wrong(path: &Path, why: &str) -> Error {
    let message = format!(
        "can't go on from {}: {why}; take another --out folder, or remove this one",
        path.display()
    );
    Error::new(ErrorKind::Io, message)
}
