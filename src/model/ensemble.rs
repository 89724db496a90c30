//! Several networks of one shape that speak together: what is loaded, evaluated and shipped.

use std::collections::BTreeMap;

use candle_core::{DType, Device, Tensor};

use super::batch::{Batch, BatchItem};
use super::fcm::Fcm;
use super::map::MapProjection;
use super::metadata::{Metadata, weights};
use super::network::{Network, memberships};
use super::novelty::Novelty;
use super::stored::var_builder;
use super::weights::Weights;
use crate::error::Result;

/// A network and the clusters of its embeddings.
#[derive(Debug, Clone)]
pub struct Member {
    /// Encoder and heads.
    pub network: Network,
    /// The clusters.
    pub fcm: Fcm,
}

/// What a member says of a batch.
#[derive(Debug, Clone)]
pub struct MemberOutputs {
    /// `[n_graphs, width]`.
    pub embedding: Tensor,
    /// What each head says: `[n_clusters, n_graphs, n_targets]`.
    pub outputs: Tensor,
    /// The prediction, in label space: `[n_graphs, n_targets]`.
    pub labels: Tensor,
}

/// Members with what the weights' file says of them.
///
/// Labels are averaged over all members. Embeddings differ between members, so embedding,
/// membership and single heads are always the first member's.
#[derive(Debug, Clone)]
pub struct Ensemble {
    metadata: Metadata,
    members: Vec<Member>,
    novelty: Novelty,
    map: Option<MapProjection>,
}

/// What an ensemble says of one graph, in label space.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The prediction for each target.
    pub labels: Vec<f64>,
    /// The first member's embedding.
    pub embedding: Vec<f32>,
    /// Its membership in each cluster; sums to 1.
    pub membership: Vec<f64>,
    /// What each of its heads says for each target: `[n_clusters][n_targets]`.
    pub head_labels: Vec<Vec<f64>>,
    /// Distance to the 10th nearest training network.
    pub distance: f64,
}

impl Member {
    /// A member's opinion of a batch.
    ///
    /// # Errors
    /// Where the batch does not fit the network.
    pub fn forward(&self, batch: &Batch) -> Result<MemberOutputs> {
        let embedding = self.network.embed(batch)?;
        let membership = memberships(&self.fcm, &embedding)?;
        let inputs = self.network.inputs(&embedding, batch)?;
        let outputs = self.network.head_outputs(&inputs)?;
        let labels = self.network.labels(&inputs, &outputs, &membership)?;
        Ok(MemberOutputs { embedding, outputs, labels })
    }

    /// The tensors of this member as `members.INDEX...`, for a weights' file.
    ///
    /// # Errors
    /// Where a tensor can't be made.
    pub fn tensors(
        fcm: &Fcm,
        parameters: &BTreeMap<String, Tensor>,
        index: usize,
    ) -> Result<BTreeMap<String, Tensor>> {
        let prefix = format!("members.{index}");
        let mut tensors: BTreeMap<_, _> =
            parameters.iter().map(|(name, t)| (format!("{prefix}.{name}"), t.clone())).collect();
        let width = fcm.mean.len();
        let centroids = fcm.centroids.concat();
        let shape = (fcm.n_clusters(), width);
        let vectors = [("mean", &fcm.mean), ("deviation", &fcm.deviation)];
        for (name, values) in vectors {
            let tensor = Tensor::from_slice(values, width, &Device::Cpu)?;
            tensors.insert(format!("{prefix}.fcm.{name}"), tensor);
        }
        let centroids = Tensor::from_vec(centroids, shape, &Device::Cpu)?;
        tensors.insert(format!("{prefix}.fcm.centroids"), centroids);
        Ok(tensors)
    }

    fn load(weights: &Weights, index: usize) -> Result<Self> {
        let Metadata { config, targets, .. } = &weights.metadata;
        let prefix = format!("members.{index}.");
        let own = weights.tensors.iter().filter_map(|(name, tensor)| {
            name.strip_prefix(&prefix).map(|name| (name.to_owned(), tensor.clone()))
        });
        let network = Network::new(config, targets.len(), var_builder(own.collect()))
            .map_err(|error| error.context(format!("member {index} of the weights")))?;
        Ok(Self { network, fcm: load_fcm(weights, index)? })
    }
}

fn load_fcm(file: &Weights, index: usize) -> Result<Fcm> {
    let config = &file.metadata.config;
    let width = config.embedding_width();
    let get = |name: &str, dims: &[usize]| {
        let name = format!("members.{index}.fcm.{name}");
        let tensor = file.get(&name)?;
        if tensor.dims() != dims || tensor.dtype() != DType::F64 {
            let got = tensor.dims();
            return Err(weights(format!("tensor `{name}` has shape {got:?} instead of {dims:?}")));
        }
        Ok(tensor.clone())
    };
    let deviation = get("deviation", &[width])?.to_vec1()?;
    if deviation.iter().any(|deviation: &f64| *deviation <= 0.0) {
        return Err(weights(format!("member {index} has a deviation that is not positive")));
    }
    Ok(Fcm {
        mean: get("mean", &[width])?.to_vec1()?,
        deviation,
        centroids: get("centroids", &[config.fcm.clusters, width])?.to_vec2()?,
        fuzzifier: config.fcm.fuzzifier,
    })
}

fn widened(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

impl Ensemble {
    /// The ensemble that a weights' file holds.
    ///
    /// # Errors
    /// Names the tensor that is missing or has another shape.
    pub fn load(file: Weights) -> Result<Self> {
        let n_members = file.metadata.seeds.len();
        let members =
            (0..n_members).map(|index| Member::load(&file, index)).collect::<Result<Vec<_>>>()?;
        let embeddings = file.get("novelty.embeddings")?.to_vec2::<f32>()?;
        let targets = file.get("novelty.targets")?.to_vec1::<u32>()?;
        let width = file.metadata.config.embedding_width();
        let n_targets = file.metadata.targets.len();
        if embeddings.len() != targets.len()
            || embeddings.iter().any(|row| row.len() != width)
            || targets.iter().any(|target| *target as usize >= n_targets)
        {
            return Err(weights("the tensors of novelty do not fit each other"));
        }
        let scale = file.metadata.novelty.clone();
        let novelty = Novelty::new(&embeddings, targets, &members[0].fcm, scale);
        let map = MapProjection::load(&file)?;
        Ok(Self { metadata: file.metadata, members, novelty, map })
    }

    /// An ensemble from its parts, without a map; the members must be of the metadata's shape.
    pub fn from_parts(metadata: Metadata, members: Vec<Member>, novelty: Novelty) -> Self {
        Self { metadata, members, novelty, map: None }
    }

    /// The member at `idx` on its own, with the metadata of all.
    pub fn single(&self, idx: usize) -> Self {
        self.members(idx..idx + 1)
    }

    /// Some of the members, with the metadata of all.
    pub fn members(&self, range: std::ops::Range<usize>) -> Self {
        Self { members: self.members[range].to_vec(), ..self.clone() }
    }

    /// The members.
    pub fn each_member(&self) -> &[Member] {
        &self.members
    }

    /// What the weights say of themselves.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The scale and bank of novelty.
    pub fn novelty(&self) -> &Novelty {
        &self.novelty
    }

    /// The target of the nearest training network among those that `wished` allows.
    pub fn nearest_target(
        &self,
        embedding: &[f32],
        wished: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        self.novelty.nearest_target(embedding, &self.members[0].fcm, wished)
    }

    /// The first member's embedding as clusters, novelty and map see it.
    pub fn standardised(&self, embedding: &[f32]) -> Vec<f64> {
        self.members[0].fcm.standardise(embedding)
    }

    /// What places embeddings on the map, if the weights hold it.
    pub fn map(&self) -> Option<&MapProjection> {
        self.map.as_ref()
    }

    /// Where an embedding stands on the map; `None` where the weights have none.
    ///
    /// # Errors
    /// Where the embedding is another network's.
    pub fn place(&self, embedding: &[f32]) -> Result<Option<[f32; 2]>> {
        let place = |map: &MapProjection| map.place(&self.standardised(embedding));
        self.map.as_ref().map(place).transpose()
    }

    /// What the ensemble says of each graph.
    ///
    /// # Errors
    /// Where the features are of another set than the weights'.
    pub fn estimate(&self, items: &[BatchItem<'_>]) -> Result<Vec<Estimate>> {
        let batch = Batch::new(items, self.metadata.config.features)?;
        let mut mean = vec![vec![0.0; self.metadata.targets.len()]; items.len()];
        let mut first = None;
        for member in &self.members {
            let MemberOutputs { embedding, outputs, labels } = member.forward(&batch)?;
            let labels = labels.to_vec2::<f32>()?;
            for (sum, label) in mean.iter_mut().flatten().zip(labels.iter().flatten()) {
                *sum += f64::from(*label) / self.members.len() as f64;
            }
            first.get_or_insert((embedding, outputs));
        }
        let (embedding, outputs) = first.ok_or_else(|| weights("the ensemble has no members"))?;
        let embeddings = embedding.to_vec2::<f32>()?;
        let by_graph = outputs.permute((1, 0, 2))?.to_vec3::<f32>()?;
        let fcm = &self.members[0].fcm;
        let rows = mean.into_iter().zip(embeddings).zip(by_graph);
        Ok(rows
            .map(|((labels, embedding), head_labels)| Estimate {
                labels,
                membership: fcm.membership(&embedding),
                distance: self.novelty.distance(&embedding, fcm),
                head_labels: head_labels.iter().map(|labels| widened(labels)).collect(),
                embedding,
            })
            .collect())
    }
}
