//! Encoder, projection and heads as one network: what is trained and what predicts.

use candle_core::{Device, Tensor};
use candle_nn::VarBuilder;

use super::batch::Batch;
use super::config::Config;
use super::dense::Mlp;
use super::encoder::Encoder;
use super::fcm::Fcm;
use super::heads::{Heads, weighted_sum};
use super::pairwise::Pairwise;
use crate::error::{Error, ErrorKind, Result};
use crate::features::N_SCALARS;

/// A network with its weights; the clusters are kept beside it.
#[derive(Debug, Clone)]
pub struct Network {
    encoder: Encoder,
    heads: Heads,
    pairwise: Option<Pairwise>,
    /// The share of the label that is the classifiers'.
    share: f64,
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
        let encoder = Encoder::new(config, vb.pp("encoder"))?;
        let heads = Heads::new(&config.heads, shape, vb.pp("heads"))?;
        let pairwise = |pairwise| Pairwise::new(pairwise, (n_in, n_targets), vb.pp("pairwise"));
        Ok(Self {
            encoder,
            heads,
            pairwise: config.pairwise.as_ref().map(pairwise).transpose()?,
            share: config.pairwise.map_or(0.0, |pairwise| pairwise.share),
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

    /// What heads and classifiers see of each graph: its embedding and, where they are used, its scalars.
    ///
    /// # Shapes
    /// `embedding: [n_graphs, embedding_width]` to `[n_graphs, n_in]`.
    ///
    /// # Errors
    /// Where the embedding does not belong to the batch.
    pub fn inputs(&self, embedding: &Tensor, batch: &Batch) -> Result<Tensor> {
        match self.scalars {
            true => Ok(Tensor::cat(&[embedding, &batch.scalars], 1)?),
            false => Ok(embedding.clone()),
        }
    }

    /// What each head says of each graph and target, in label space.
    ///
    /// # Shapes
    /// `inputs: [n_graphs, n_in]` to `[n_clusters, n_graphs, n_targets]`.
    ///
    /// # Errors
    /// Where the inputs have another width.
    pub fn head_outputs(&self, inputs: &Tensor) -> Result<Tensor> {
        self.heads.forward(inputs)
    }

    /// The classifiers of pairs, where there are any.
    pub fn pairwise(&self) -> Option<&Pairwise> {
        self.pairwise.as_ref()
    }

    /// The prediction, in label space: the heads' outputs weighted by membership and, where there are
    /// classifiers, their share of it.
    ///
    /// # Shapes
    /// `inputs: [n_graphs, n_in]`, `outputs: [n_clusters, n_graphs, n_targets]`, `membership:
    /// [n_graphs, n_clusters]` to `[n_graphs, n_targets]`.
    ///
    /// # Errors
    /// Where the shapes do not fit.
    pub fn labels(&self, inputs: &Tensor, outputs: &Tensor, membership: &Tensor) -> Result<Tensor> {
        let of_heads = weighted_sum(outputs, membership)?;
        let Some(pairwise) = &self.pairwise else { return Ok(of_heads) };
        let of_pairs = (pairwise.labels(inputs)? * self.share)?;
        Ok(((of_heads * (1.0 - self.share))? + of_pairs)?)
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
