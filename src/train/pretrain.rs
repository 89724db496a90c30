//! Stage 1: the encoder learns to tell graphs apart as their Laplacian spectra do.

use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use super::data::Network;
use super::spectrum::Spectrum;
use super::stage::{Learner, StepLoss, generator};
use crate::error::Result;
use crate::fit::contrastive::{SoftTargets, contrastive_loss};
use crate::fit::parameters::Parameters;
use crate::model::batch::{Batch, BatchItem};
use crate::model::dense::Mlp;
use crate::model::encoder::Encoder;
use crate::model::network::projection;
use crate::model::statistics::Statistics;

/// Name of the stage in files and logs.
pub(super) const STAGE: &str = "pretrain";
/// A similarity needs company: smaller batches are left out.
const SMALLEST_BATCH: usize = 32;

/// Contrastive pre-training of one member.
pub(super) struct Pretraining<'a> {
    config: &'a RunConfig,
    networks: Vec<&'a Network>,
    spectra: Vec<&'a Spectrum>,
    /// The encoder does not see scalars; a batch needs some statistics all the same.
    statistics: &'a Statistics,
    encoder: Encoder,
    projection: Mlp,
    parameters: Parameters,
}

impl<'a> Pretraining<'a> {
    pub(super) fn new(
        config: &'a RunConfig,
        seed: u64,
        networks: Vec<&'a Network>,
        statistics: &'a Statistics,
    ) -> Result<Self> {
        let rng = Box::new(generator(seed, STAGE, usize::MAX));
        let ((encoder, projection), parameters) = Parameters::initialise(rng, |vb| {
            let encoder = Encoder::new(&config.model, vb.pp("encoder"))?;
            Ok((encoder, projection(&config.model, vb)?))
        })?;
        let spectra = networks.iter().filter_map(|network| network.spectrum.as_ref()).collect();
        Ok(Self { config, networks, spectra, statistics, encoder, projection, parameters })
    }
}

impl Learner for Pretraining<'_> {
    fn n_samples(&self) -> usize {
        self.networks.len()
    }

    fn smallest_batch(&self) -> usize {
        SMALLEST_BATCH.min(self.networks.len())
    }

    fn loss(&self, batch: &[usize]) -> Result<StepLoss> {
        let item = |&idx: &usize| BatchItem {
            features: &self.networks[idx].features,
            statistics: self.statistics,
        };
        let items: Vec<_> = batch.iter().map(item).collect();
        let spectra: Vec<_> = batch.iter().map(|&idx| self.spectra[idx]).collect();
        let targets = SoftTargets::from_spectra(&spectra, self.config.pretrain.perplexity);
        let graphs = Batch::new(&items, self.config.model.features)?;
        let z = self.projection.forward(&self.encoder.forward(&graphs)?)?; // [n_graphs, d]
        let loss = contrastive_loss(&z, &targets, self.config.pretrain.tau)?;
        Ok(StepLoss { loss, floor: Some(targets.floor()) })
    }

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn epoch_end(&mut self, _is_last: bool) -> Result<Option<f64>> {
        Ok(None)
    }

    fn save(&self, _checkpoint: &mut Checkpoint) -> Result<()> {
        Ok(())
    }

    fn restore(&mut self, _checkpoint: &Checkpoint) -> Result<()> {
        Ok(())
    }
}
