//! Encoders that were pre-trained without labels, each made once and kept on disk.
//!
//! Many cells begin with the same encoder: it depends on the configuration's pre-training and on
//! the seed, not on the family that is learned then.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use candle_core::Tensor;
use xxhash_rust::xxh3::xxh3_64;

use super::plan::digest;
use super::store::make;
use crate::error::{Error, ErrorKind, Result};
use crate::features::LAYOUT_VERSION;
use crate::train::checkpoint::Checkpoint;
use crate::train::config::RunConfig;
use crate::train::data::{DataSet, Featurise};
use crate::train::observer::{Observer, Silent};
use crate::train::pretrain::{self, Pretraining};
use crate::train::spectrum_cache::SpectrumCache;
use crate::train::stage::{Learner, Outcome, Stage};

/// Pre-trained encoders in a folder.
pub(super) struct Pretrained<'a> {
    data: &'a Path,
    folder: PathBuf,
    observer: &'a dyn Observer,
    /// The networks that were last learned from.
    networks: Mutex<Option<(Featurise, DataSet)>>,
}

impl<'a> Pretrained<'a> {
    /// The fingerprint of a stage that keeps nothing.
    pub(super) const NO_RUN: &'static str = "";

    /// Encoders kept in `folder`, learned on records in `data`.
    pub(super) fn new(data: &'a Path, folder: PathBuf, observer: &'a dyn Observer) -> Self {
        Self { data, folder, observer, networks: Mutex::new(None) }
    }

    /// The encoder's parameters, from disk or learned now; none where the configuration has no
    /// pre-training. `None` where the observer wished to stop.
    ///
    /// # Errors
    /// Where records or a checkpoint can't be read.
    pub(super) fn encoder(
        &self,
        config: &RunConfig,
        seed: u64,
    ) -> Result<Option<BTreeMap<String, Tensor>>> {
        if config.pretrain.stage.epochs == 0 {
            return Ok(Some(BTreeMap::new()));
        }
        // One at a time: a second thread that wants the same encoder finds it made.
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        let fingerprint = self.fingerprint(config)?;
        let folder = self.folder.join(format!("{fingerprint}-{seed}"));
        let path = folder.join(format!("{}.safetensors", pretrain::STAGE));
        if let Some(checkpoint) = Checkpoint::read(&path, &fingerprint)?
            && checkpoint.epoch == config.pretrain.stage.epochs
        {
            return Ok(Some(checkpoint.group("parameters")));
        }
        make(&folder)?;
        let featurise = Featurise { set: config.model.features, view: config.model.view };
        if networks.as_ref().is_none_or(|(held, _)| *held != featurise) {
            *networks = Some((featurise, self.load(config, featurise)?));
        }
        let Some((_, data)) = &*networks else { return Ok(None) };
        let statistics = &data.targets[0].statistics;
        let mut learner = Pretraining::new(config, seed, data.pretraining(), statistics)?;
        let stage = Stage {
            name: pretrain::STAGE,
            seed,
            config: config.pretrain.stage,
            folder: Some(&folder),
            run: &fingerprint,
            observer: self.observer,
        };
        if stage.run(&mut learner)? == Outcome::Stopped {
            return Ok(None);
        }
        Ok(Some(learner.parameters().snapshot()?))
    }

    fn load(&self, config: &RunConfig, featurise: Featurise) -> Result<DataSet> {
        make(&self.folder)?;
        let (mut spectra, note) = SpectrumCache::open(self.folder.join("spectra.bin"))?;
        if let Some(note) = note {
            self.observer.note(&note);
        }
        DataSet::load(self.data, &config.data, featurise, Some(&mut spectra), &Silent)
    }

    /// Equal where the same encoder would come out.
    fn fingerprint(&self, config: &RunConfig) -> Result<String> {
        let records: Vec<String> = config
            .data
            .pretrain
            .iter()
            .map(|target| digest(self.data, target))
            .collect::<Result<_>>()?;
        let model = &config.model;
        let parts = (
            (&model.features, &model.view, &model.encoder, model.projection),
            (&config.pretrain, &config.data.pretrain, records, LAYOUT_VERSION),
        );
        let text = serde_json::to_string(&parts)
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
        Ok(format!("{:016x}", xxh3_64(text.as_bytes())))
    }
}
