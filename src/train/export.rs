//! From trained members to one weights' file: calibration, held-out figures, statistics, manifest.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Tensor};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::atomic;
use super::config::RunConfig;
use super::data::{DataSet, Network, resolve};
use super::evaluate::{self, Scorer};
use super::origin::commit;
use super::split::Split;
use crate::error::{Error, ErrorKind, Result};
use crate::family::FAMILIES;
use crate::features::{GraphFeatures, LAYOUT_VERSION};
use crate::model::ensemble::{Ensemble, Member};
use crate::model::fcm::Fcm;
use crate::model::label::LabelTransform;
use crate::model::metadata::{FORMAT_VERSION, Metadata};
use crate::model::novelty::{BANK_SIZE, NoveltyScale};
use crate::model::statistics::Statistics;
use crate::model::target::{HeldOut, Interval, Target};
use crate::model::weights::Weights;

/// Random architectures from which a family without records takes its statistics.
const N_SAMPLED: usize = 1000;
/// The seed of those.
const SAMPLE_SEED: u64 = 0x5ca1_ab1e;

/// A trained member before export: clusters and parameters by name.
#[derive(Debug, Clone)]
pub struct TrainedMember {
    /// Its seed.
    pub seed: u64,
    /// Its clusters.
    pub fcm: Fcm,
    /// Its parameters (`encoder...`, `heads...`).
    pub parameters: BTreeMap<String, Tensor>,
}

/// The weights that `members` make, calibrated on the validation split and, where `open_test` is
/// set, with the figures of the test split.
///
/// # Errors
/// Where members do not fit the configuration.
pub fn export(
    config: &RunConfig,
    data: &DataSet,
    labels: &[LabelTransform],
    members: &[TrainedMember],
    open_test: bool,
) -> Result<Weights> {
    let mut weights = assemble(config, data, labels, members)?;
    let draft = Ensemble::load(weights.clone())?;
    let validation = data.of(Split::Validation);
    let mut distances = Vec::new();
    for (target, described) in data.targets.iter().enumerate().take(data.n_labelled) {
        let of_target: Vec<_> = validation.iter().copied().filter(|n| n.target == target).collect();
        let estimates = evaluate::estimate(&draft, &described.name, &of_target)?;
        distances.extend(estimates.iter().map(|estimate| estimate.distance));
    }
    weights.metadata.novelty = NoveltyScale::of(distances);
    calibrate(&mut weights, data, &validation)?;
    let ensemble = Ensemble::load(weights.clone())?;
    for target in 0..data.n_labelled {
        let described = &mut weights.metadata.targets[target];
        described.validation = held_out(&ensemble, data, target, Split::Validation)?;
        if open_test {
            described.test = held_out(&ensemble, data, target, Split::Test)?;
        }
    }
    Ok(weights)
}

/// Members and metadata, not yet calibrated.
fn assemble(
    config: &RunConfig,
    data: &DataSet,
    labels: &[LabelTransform],
    members: &[TrainedMember],
) -> Result<Weights> {
    let mut tensors = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        tensors.extend(Member::tensors(&member.fcm, &member.parameters, index)?);
    }
    let training = data.of(Split::Train);
    let targets = data.targets.iter().take(data.n_labelled).zip(labels).enumerate();
    let targets = targets.map(|(idx, (target, label))| Target {
        name: target.name.clone(),
        title: target.title.clone(),
        label: label.clone(),
        interval: Interval { radius: 0.0 },
        networks: training.iter().filter(|network| network.target == idx).count(),
        validation: None,
        test: None,
    });
    let metadata = Metadata {
        format_version: FORMAT_VERSION,
        layout_version: LAYOUT_VERSION,
        trained: config.fit.epochs > 0,
        config: config.model.clone(),
        seeds: members.iter().map(|member| member.seed).collect(),
        commit: commit(),
        targets: targets.collect(),
        general: Vec::new(),
        statistics: statistics(config, data)?,
        transfer: None,
        novelty: NoveltyScale::of(vec![1.0]),
        training: serde_json::to_value(config)
            .map_err(|error| Error::new(ErrorKind::Config, error.to_string()))?,
    };
    // everything from here on is measured on what the file will hold
    let mut weights = Weights { metadata, tensors }.stored()?;
    bank(&mut weights, config, data, &training)?;
    weights.stored()
}

/// Adds embeddings of training networks, spread evenly over the targets, as the novelty bank.
fn bank(
    weights: &mut Weights,
    config: &RunConfig,
    data: &DataSet,
    training: &[&Network],
) -> Result<()> {
    let mut chosen: Vec<&Network> = Vec::new();
    for target in 0..data.n_labelled {
        let of_target: Vec<_> = training.iter().copied().filter(|n| n.target == target).collect();
        let share = (BANK_SIZE / data.n_labelled).min(of_target.len());
        chosen.extend((0..share).map(|nth| of_target[nth * of_target.len() / share]));
    }
    let width = config.model.embedding_width();
    let empty = (Vec::<f32>::new(), Vec::<u32>::new());
    put_bank(weights, width, empty)?;
    let draft = Ensemble::load(weights.clone())?;
    let mut rows = Vec::new();
    for (target, described) in data.targets.iter().enumerate().take(data.n_labelled) {
        let of_target: Vec<_> = chosen.iter().copied().filter(|n| n.target == target).collect();
        let estimates = evaluate::estimate(&draft, &described.name, &of_target)?;
        rows.extend(estimates.into_iter().flat_map(|estimate| estimate.embedding));
    }
    let targets = chosen.iter().map(|network| network.target as u32).collect();
    put_bank(weights, width, (rows, targets))
}

fn put_bank(
    weights: &mut Weights,
    width: usize,
    (rows, targets): (Vec<f32>, Vec<u32>),
) -> Result<()> {
    let n = targets.len();
    let embeddings = Tensor::from_vec(rows, (n, width), &Device::Cpu)?;
    weights.tensors.insert("novelty.embeddings".into(), embeddings);
    let targets = Tensor::from_vec(targets, n, &Device::Cpu)?;
    weights.tensors.insert("novelty.targets".into(), targets);
    Ok(())
}

/// Statistics of every known family: of its training networks, or else of our own sampler's.
fn statistics(config: &RunConfig, data: &DataSet) -> Result<BTreeMap<String, Statistics>> {
    let mut all: BTreeMap<String, Statistics> = data
        .targets
        .iter()
        .map(|target| (target.name.clone(), target.statistics.clone()))
        .collect();
    for family in FAMILIES {
        for variant in family.variants() {
            let name = format!("{}/{}", family.name(), variant.name);
            if !all.contains_key(&name) {
                all.insert(name.clone(), sampled_statistics(config, &name)?);
            }
        }
    }
    Ok(all)
}

fn sampled_statistics(config: &RunConfig, name: &str) -> Result<Statistics> {
    let (family, variant) = resolve(name)?;
    let mut rng = Pcg64Mcg::seed_from_u64(SAMPLE_SEED);
    let scalars = (0..N_SAMPLED)
        .map(|_| {
            let graph = family.sample_variant(variant, &mut rng).build(variant)?;
            Ok(GraphFeatures::of(&graph, config.model.features, config.model.view).scalars)
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Statistics::of(scalars.iter()))
}

/// Sets each target's interval from its validation networks.
fn calibrate(weights: &mut Weights, data: &DataSet, validation: &[&Network]) -> Result<()> {
    let ensemble = Ensemble::load(weights.clone())?;
    for (target, described) in weights.metadata.targets.iter_mut().enumerate() {
        let of_target: Vec<_> = validation.iter().copied().filter(|n| n.target == target).collect();
        let estimates = evaluate::estimate(&ensemble, &data.targets[target].name, &of_target)?;
        let scores = of_target.iter().zip(&estimates).map(|(network, estimate)| {
            let label = described.label.forward(network.mean_accuracy(), network.cost);
            let widening = ensemble.novelty().scale().widening(estimate.distance);
            (label - estimate.labels[target]).abs() / widening
        });
        described.interval = Interval::from_scores(scores.collect());
    }
    Ok(())
}

/// The ensemble's figures for one target, unique graphs; `None` where the split has none.
fn held_out(
    ensemble: &Ensemble,
    data: &DataSet,
    target: usize,
    split: Split,
) -> Result<Option<HeldOut>> {
    if !data.of(split).iter().any(|network| network.target == target) {
        return Ok(None);
    }
    let rows =
        evaluate::evaluate(ensemble, data, target, Some(split), ensemble.metadata().seeds.len())?;
    let row = rows.into_iter().find(|row| row.scorer == Scorer::Ensemble);
    Ok(row.map(|row| HeldOut {
        networks: row.unique.networks,
        spearman: row.unique.spearman,
        kendall: row.unique.kendall,
        ndcg10: row.unique.ndcg10,
        mae: row.unique.mae,
        coverage: row.coverage.unwrap_or_default(),
    }))
}

/// One weights' file as the page's manifest lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManifestEntry {
    /// Size in bytes.
    pub bytes: usize,
    /// Digest, in hex.
    pub sha256: String,
    /// False for a network that was never trained.
    pub trained: bool,
    /// Held-out figures by target.
    pub targets: Vec<ManifestTarget>,
}

/// A target in the manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManifestTarget {
    /// `family/variant`.
    pub name: String,
    /// Training networks.
    pub networks: usize,
    /// Figures on the test split.
    pub test: Option<HeldOut>,
}

/// Writes the weights to `path`, and their size, digest and figures into `manifest.json` beside.
///
/// # Errors
/// Where a file can't be written, or the manifest there can't be read.
pub fn write(weights: &Weights, path: &Path) -> Result<ManifestEntry> {
    let bytes = weights.to_bytes()?;
    let Metadata { trained, targets, .. } = &weights.metadata;
    let entry = ManifestEntry {
        bytes: bytes.len(),
        sha256: Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
        trained: *trained,
        targets: targets
            .iter()
            .map(|t| ManifestTarget { name: t.name.clone(), networks: t.networks, test: t.test })
            .collect(),
    };
    atomic::write(path, &bytes)?;
    let manifest_path = path.with_file_name("manifest.json");
    let mut manifest: BTreeMap<String, ManifestEntry> = match std::fs::read(&manifest_path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
            let shown = manifest_path.display();
            Error::new(ErrorKind::Io, format!("{shown} is damaged: {error}; remove it"))
        })?,
        Err(_) => BTreeMap::new(),
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    manifest.insert(name.unwrap_or_default(), entry.clone());
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?;
    atomic::write(&manifest_path, format!("{text}\n").as_bytes())?;
    Ok(entry)
}
