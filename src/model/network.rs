//! Encoder, projection and heads as one network: what is trained and what predicts.

use candle_core::{Device, Tensor};
use candle_nn::VarBuilder;

use super::batch::Batch;
use super::config::Config;
use super::dense::Mlp;
use super::encoder::Encoder;
use super::fcm::Fcm;
use super::heads::Heads;
use crate::error::{Error, ErrorKind, Result};
use crate::features::N_SCALARS;

/// A network with its weights; the clusters are kept beside it.
#[derive(Debug, Clone)]
pub struct Network {
    encoder: Encoder,
    heads: Heads,
    scalars: bool,
}

impl Network {
    /// The network that `config` describes, with one head a cluster and one column a target.
    ///
    /// # Errors
    /// Where the configuration contradicts itself, or weights under `vb` are missing or of another
    /// shape.
    pub fn new(config: &Config, n_targets: usize, vb: VarBuilder<'_>) -> Result<Self> {
        config.validate()?;
        let n_in = config.embedding_width() + if config.scalars { N_SCALARS } else { 0 };
        let shape = (config.fcm.clusters, n_in, n_targets);
        Ok(Self {
            encoder: Encoder::new(config, vb.pp("encoder"))?,
            heads: Heads::new(&config.heads, shape, vb.pp("heads"))?,
            scalars: config.scalars,
        })
    }

    /// One embedding a graph.
    ///
    /// # Shapes
    /// `[n_graphs, embedding_width]`.
    ///
    /// # Errors
    /// Where the batch has other features than the encoder.
    pub fn embed(&self, batch: &Batch) -> Result<Tensor> {
        self.encoder.forward(batch)
    }

    /// What each head says of each graph and target, in label space.
    ///
    /// # Shapes
    /// `embedding: [n_graphs, embedding_width]` to `[n_clusters, n_graphs, n_targets]`.
    ///
    /// # Errors
    /// Where the embedding does not belong to the batch.
    pub fn head_outputs(&self, embedding: &Tensor, batch: &Batch) -> Result<Tensor> {
        if !self.scalars {
            return self.heads.forward(embedding);
        }
        self.heads.forward(&Tensor::cat(&[embedding, &batch.scalars], 1)?)
    }
}

/// The projection of the contrastive loss: an MLP from the embedding, dropped after pre-training.
///
/// # Errors
/// Where weights under `vb` are missing or of another shape.
pub fn projection(config: &Config, vb: VarBuilder<'_>) -> Result<Mlp> {
    let width = config.embedding_width();
    Mlp::new(width, width, config.projection, vb.pp("projection"))
}

/// The memberships of embeddings as a constant tensor.
///
/// # Shapes
/// `embedding: [n_graphs, width]` to `[n_graphs, n_clusters]`.
///
/// # Errors
/// Where the embedding is no f32 matrix, or not as wide as those that were clustered.
pub fn memberships(fcm: &Fcm, embedding: &Tensor) -> Result<Tensor> {
    let (width, clustered) = (embedding.dim(1)?, fcm.mean.len());
    if width != clustered {
        let message = format!("an embedding of {width} numbers; the clusters are of {clustered}");
        return Err(Error::new(ErrorKind::Internal, message));
    }
    let rows = embedding.to_vec2::<f32>()?;
    let n_graphs = rows.len();
    let values: Vec<f32> =
        rows.iter().flat_map(|row| fcm.membership(row)).map(|u| u as f32).collect();
    Ok(Tensor::from_vec(values, (n_graphs, fcm.n_clusters()), &Device::Cpu)?)
}
