//! Stages 2 and 3: clusters of the pre-trained embeddings, then encoder and heads end to end.
//!
//! The encoder moves while the heads learn, so the clusters follow it: after each epoch but the
//! last they are continued on the new embeddings. Memberships are constants of each step.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};
use rand::seq::SliceRandom;

use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use super::data::{DataSet, Network};
use super::split::Split;
use super::stage::{Learner, StepLoss, generator};
use crate::error::Result;
use crate::features::N_SCALARS;
use crate::fit::pairs::Pairs;
use crate::fit::parameters::Parameters;
use crate::fit::regression::Labels;
use crate::model::batch::{Batch, BatchItem};
use crate::model::fcm::Fcm;
use crate::model::heads::weighted_sum;
use crate::model::label::LabelTransform;
use crate::model::network::{Network as Predictor, memberships};
use crate::model::pairwise::Pairwise;

/// Names of the stages in files and logs.
pub(super) const CLUSTER_STAGE: &str = "cluster";
pub(super) const FIT_STAGE: &str = "fit";
/// Networks on which clusters are fitted and continued.
const N_CLUSTERED: usize = 4096;
/// Networks a forward pass that needs no gradient takes at once.
const FORWARD_BATCH: usize = 256;

/// End-to-end training of one member.
pub(super) struct Regression<'a> {
    config: &'a RunConfig,
    data: &'a DataSet,
    training: Vec<&'a Network>,
    validation: Vec<&'a Network>,
    labels: &'a [LabelTransform],
    predictor: Predictor,
    parameters: Parameters,
    fcm: Option<Fcm>,
    /// 1 for each scalar that the member sees: `[44]`.
    seen: Tensor,
}

impl<'a> Regression<'a> {
    /// A member with the pre-trained encoder (or a new one, where there was no pre-training).
    pub(super) fn new(
        config: &'a RunConfig,
        seed: u64,
        data: &'a DataSet,
        labels: &'a [LabelTransform],
        pretrained: &BTreeMap<String, Tensor>,
    ) -> Result<Self> {
        let rng = Box::new(generator(seed, FIT_STAGE, usize::MAX));
        let (predictor, parameters) =
            Parameters::initialise(rng, |vb| Predictor::new(&config.model, data.n_labelled, vb))?;
        if !pretrained.is_empty() {
            parameters.set("encoder.", pretrained)?;
        }
        let (training, validation) = (data.of(Split::Train), data.of(Split::Validation));
        let seen = seen_scalars(config.scalar_share(seed), seed);
        forget_columns(config, &parameters, &training, &seen)?;
        let seen: Vec<f32> = seen.into_iter().map(f32::from).collect();
        let seen = Tensor::from_vec(seen, N_SCALARS, &Device::Cpu)?;
        Ok(Self {
            config,
            data,
            training,
            validation,
            labels,
            predictor,
            parameters,
            fcm: None,
            seen,
        })
    }

    /// Fits the clusters on embeddings of the encoder as it is.
    pub(super) fn cluster(&mut self, seed: u64) -> Result<()> {
        let mut rng = generator(seed, CLUSTER_STAGE, 0);
        let embeddings = self.clustered()?;
        self.fcm = Some(Fcm::fit(&embeddings, &self.config.model.fcm, &mut rng)?);
        Ok(())
    }

    /// The clusters, once they are there.
    pub(super) fn fcm(&self) -> Result<&Fcm> {
        self.fcm.as_ref().ok_or_else(|| {
            let message = "the embeddings are not clustered yet; run the stage `cluster` first";
            crate::Error::new(crate::ErrorKind::Config, message)
        })
    }

    /// The tensors of the clusters, for a checkpoint.
    pub(super) fn fcm_tensors(&self) -> Result<BTreeMap<String, Tensor>> {
        let Fcm { mean, deviation, centroids, .. } = self.fcm()?;
        let (n_clusters, width) = (centroids.len(), mean.len());
        Ok(BTreeMap::from([
            ("mean".to_owned(), Tensor::from_slice(mean, width, &Device::Cpu)?),
            ("deviation".to_owned(), Tensor::from_slice(deviation, width, &Device::Cpu)?),
            (
                "centroids".to_owned(),
                Tensor::from_vec(centroids.concat(), (n_clusters, width), &Device::Cpu)?,
            ),
        ]))
    }

    /// Takes clusters back from a checkpoint; none there leaves it as it is.
    pub(super) fn restore_fcm(&mut self, tensors: &BTreeMap<String, Tensor>) -> Result<()> {
        if let (Some(mean), Some(deviation), Some(centroids)) =
            (tensors.get("mean"), tensors.get("deviation"), tensors.get("centroids"))
        {
            self.fcm = Some(Fcm {
                mean: mean.to_vec1()?,
                deviation: deviation.to_vec1()?,
                centroids: centroids.to_vec2()?,
                fuzzifier: self.config.model.fcm.fuzzifier,
            });
        }
        Ok(())
    }

    /// Embeddings of the training networks that clusters are made of.
    fn clustered(&self) -> Result<Vec<Vec<f32>>> {
        let stride = self.training.len().div_ceil(N_CLUSTERED).max(1);
        let networks: Vec<_> = self.training.iter().copied().step_by(stride).collect();
        let mut embeddings = Vec::with_capacity(networks.len());
        for chunk in networks.chunks(FORWARD_BATCH) {
            let embedding = self.predictor.embed(&self.batch(chunk)?)?;
            embeddings.extend(embedding.to_vec2::<f32>()?);
        }
        Ok(embeddings)
    }

    fn batch(&self, networks: &[&Network]) -> Result<Batch> {
        let items: Vec<_> = networks
            .iter()
            .map(|network| BatchItem {
                features: &network.features,
                statistics: &self.data.targets[network.target].statistics,
            })
            .collect();
        let batch = Batch::new(&items, self.config.model.features)?;
        Ok(Batch { scalars: batch.scalars.broadcast_mul(&self.seen)?, ..batch })
    }

    fn labels_of(&self, networks: &[&Network]) -> Result<Labels> {
        let rows: Vec<_> = networks
            .iter()
            .map(|network| {
                let mut row = vec![None; self.data.n_labelled];
                row[network.target] = Some(self.label_of(network));
                row
            })
            .collect();
        Labels::new(&rows)
    }

    /// What it says of networks of its first target, in label space.
    pub(super) fn predict(&self, networks: &[&Network]) -> Result<Vec<f64>> {
        let mut labels = Vec::with_capacity(networks.len());
        for chunk in networks.chunks(FORWARD_BATCH) {
            let Forward { inputs, outputs, membership } = self.forward(chunk)?;
            let all = self.predictor.labels(&inputs, &outputs, &membership)?;
            let first = all.narrow(1, 0, 1)?.flatten_all()?; // [n_graphs]
            labels.extend(first.to_vec1::<f32>()?.into_iter().map(f64::from));
        }
        Ok(labels)
    }

    /// What it makes of these networks.
    fn forward(&self, networks: &[&Network]) -> Result<Forward> {
        let batch = self.batch(networks)?;
        let embedding = self.predictor.embed(&batch)?;
        let membership = memberships(self.fcm()?, &embedding)?;
        let inputs = self.predictor.inputs(&embedding, &batch)?;
        Ok(Forward { outputs: self.predictor.head_outputs(&inputs)?, membership, inputs })
    }

    /// The mean squared error of the heads, over how many labels it is, and what was seen.
    fn error_of(&self, networks: &[&Network]) -> Result<(Tensor, usize, Forward)> {
        let forward = self.forward(networks)?;
        let predicted = weighted_sum(&forward.outputs, &forward.membership)?;
        let labels = self.labels_of(networks)?;
        Ok((labels.mean_squared_error(&predicted)?, labels.n_present(), forward))
    }

    fn label_of(&self, network: &Network) -> f32 {
        self.labels[network.target].forward(network.mean_accuracy(), network.cost) as f32
    }

    /// The cross-entropy of the classifiers over pairs of the batch.
    fn pairs_error(
        &self,
        pairwise: &Pairwise,
        networks: &[&Network],
        inputs: &Tensor,
    ) -> Result<Tensor> {
        let batch: Vec<_> =
            networks.iter().map(|network| (network.target, self.label_of(network))).collect();
        let pairs = Pairs::of(&batch, self.data.n_labelled)?;
        let others = inputs.index_select(pairs.others(), 0)?;
        pairs.cross_entropy(&pairwise.log_odds(inputs, &others)?)
    }

    /// Gives the classifiers the training networks that they compare to: those of each target,
    /// evenly over their ranks.
    fn set_references(&self) -> Result<()> {
        let Some(config) = &self.config.model.pairwise else { return Ok(()) };
        let mut of_target = Vec::with_capacity(self.data.n_labelled);
        for target in 0..self.data.n_labelled {
            let mut ranked: Vec<_> =
                self.training.iter().copied().filter(|n| n.target == target).collect();
            ranked.sort_by(|a, b| a.mean_accuracy().total_cmp(&b.mean_accuracy()));
            let place = |nth: usize| (2 * nth + 1) * ranked.len() / (2 * config.references);
            let even: Vec<_> = (0..config.references).map(|nth| ranked[place(nth)]).collect();
            of_target.push(self.forward(&even)?.inputs);
        }
        let references = Tensor::stack(&of_target, 0)?;
        let name = format!("pairwise.{}", Pairwise::REFERENCES);
        self.parameters.set(&name, &BTreeMap::from([(name.clone(), references)]))
    }
}

/// What a member makes of a batch.
struct Forward {
    /// `[n_graphs, n_in]`.
    inputs: Tensor,
    /// `[n_clusters, n_graphs, n_targets]`.
    outputs: Tensor,
    /// `[n_graphs, n_clusters]`.
    membership: Tensor,
}

/// Which scalars a member sees: a `share` of them, drawn by its seed.
fn seen_scalars(share: f64, seed: u64) -> Vec<bool> {
    let mut rng = generator(seed, "scalars", 0);
    let n_seen = (share * N_SCALARS as f64).round().max(1.0) as usize;
    let mut seen: Vec<bool> = (0..N_SCALARS).map(|place| place < n_seen).collect();
    seen.shuffle(&mut rng);
    seen
}

/// Columns that never vary in training, and scalars that the member does not see, would keep their
/// random weights and speak up, as noise, for the first network in which they vary: their weights
/// are zero and stay so.
fn forget_columns(
    config: &RunConfig,
    parameters: &Parameters,
    training: &[&Network],
    seen: &[bool],
) -> Result<()> {
    if let Some(weight) = config.model.encoder.input_weight() {
        let varies = DataSet::varying_node_columns(training);
        parameters.keep_slices(&format!("encoder.{weight}"), 1, &varies)?;
    }
    if config.model.scalars {
        let varies = DataSet::varying_scalars(training);
        let scalars = varies.iter().zip(seen).map(|(varies, seen)| *varies && *seen);
        let embedding = vec![true; config.model.embedding_width()];
        let keep: Vec<bool> = embedding.into_iter().chain(scalars).collect();
        parameters.keep_slices("heads.layers.0.weight", 1, &keep)?;
        if config.model.pairwise.is_some() {
            parameters.keep_slices("pairwise.first", 1, &keep)?;
            parameters.keep_slices("pairwise.second", 1, &keep)?;
        }
    }
    Ok(())
}

impl Learner for Regression<'_> {
    fn n_samples(&self) -> usize {
        self.training.len()
    }

    fn smallest_batch(&self) -> usize {
        1
    }

    fn loss(&self, batch: &[usize]) -> Result<StepLoss> {
        let networks: Vec<_> = batch.iter().map(|&idx| self.training[idx]).collect();
        let (error, _, Forward { inputs, .. }) = self.error_of(&networks)?;
        let loss = match self.predictor.pairwise() {
            Some(pairwise) => (error + self.pairs_error(pairwise, &networks, &inputs)?)?,
            None => error,
        };
        Ok(StepLoss { loss, floor: None })
    }

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn epoch_end(&mut self, is_last: bool) -> Result<Option<f64>> {
        if is_last {
            self.set_references()?;
        } else {
            let embeddings = self.clustered()?;
            self.fcm = Some(self.fcm()?.follow(&embeddings)?);
        }
        let (mut sum, mut count) = (0.0, 0);
        for chunk in self.validation.chunks(FORWARD_BATCH) {
            let (error, n_labels, _) = self.error_of(chunk)?;
            sum += f64::from(error.to_scalar::<f32>()?) * n_labels as f64;
            count += n_labels;
        }
        Ok((count > 0).then(|| sum / count as f64))
    }

    fn save(&self, checkpoint: &mut Checkpoint) -> Result<()> {
        checkpoint.put("fcm", self.fcm_tensors()?);
        Ok(())
    }

    fn restore(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        self.restore_fcm(&checkpoint.group("fcm"))
    }
}
