//! Measured networks of several targets: read, built, merged by structure, split.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use rayon::prelude::*;

use super::config::DataConfig;
use super::observer::Observer;
use super::spectrum::Spectrum;
use super::spectrum_cache::SpectrumCache;
use super::split::{Split, split_of};
use crate::error::{Error, ErrorKind, Place, Result};
use crate::family::{self, Family, Variant};
use crate::features::{FeatureSet, GraphFeatures, View};
use crate::format::Parsed;
use crate::format::lines::Lines;
use crate::format::record::Record;
use crate::graph::{ComputeGraph, Cost};
use crate::model::statistics::Statistics;

/// One canonical graph with its labels for one target.
#[derive(Debug, Clone)]
pub struct Network {
    /// Index of the target.
    pub target: usize,
    /// Structural hash of its graph in the family's default variant; decides the split.
    pub hash: u64,
    /// On which side it stands.
    pub split: Split,
    /// What the encoder sees.
    pub features: GraphFeatures,
    /// Cost of the canonical graph.
    pub cost: Cost,
    /// The accuracy of every record that has this graph, as fractions.
    pub accuracies: Vec<f64>,
    /// Smallest eigenvalues, where they were asked for.
    pub spectrum: Option<Spectrum>,
    /// Whether its label may be learned from; false beyond `DataConfig::training_networks`.
    pub is_learned: bool,
}

/// What the networks are networks of.
#[derive(Debug, Clone)]
pub struct TargetData {
    /// `family/variant`.
    pub name: String,
    /// Data set and recipe in words.
    pub title: String,
    /// Statistics of the training networks' scalars.
    pub statistics: Statistics,
}

/// Networks of several targets.
#[derive(Debug, Clone)]
pub struct DataSet {
    /// The targets: those with labels in the order asked for, then those that only pre-train.
    pub targets: Vec<TargetData>,
    /// How many targets have labels.
    pub n_labelled: usize,
    /// The networks, by target and hash.
    pub networks: Vec<Network>,
}

/// How graphs become features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Featurise {
    /// Node features.
    pub set: FeatureSet,
    /// Nodes.
    pub view: View,
}

impl Network {
    /// The mean over its records.
    pub fn mean_accuracy(&self) -> f64 {
        self.accuracies.iter().sum::<f64>() / self.accuracies.len() as f64
    }
}

impl DataSet {
    /// Reads `FAMILY.jsonl.gz` (or `.jsonl`) of each target from `folder`.
    ///
    /// `spectra` keeps eigenvalues between runs and asks for those of `config.pretrain`.
    ///
    /// # Errors
    /// Names the file and line of a record that can't be used; nothing is left out silently.
    pub fn load(
        folder: &Path,
        config: &DataConfig,
        featurise: Featurise,
        mut spectra: Option<&mut SpectrumCache>,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let n_labelled = config.targets.len();
        let mut data = Self { targets: Vec::new(), n_labelled, networks: Vec::new() };
        let mut by_family: BTreeMap<&'static str, RecordsFile> = BTreeMap::new();
        let mut names: Vec<&String> = Vec::new();
        for name in config.targets.iter().chain(&config.pretrain) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        for name in names {
            let (family, variant) = resolve(name)?;
            let records = variant.records.ok_or_else(|| {
                let message = format!("no records are known of `{name}`, so it is no target");
                Error::new(ErrorKind::Target, message)
            })?;
            if !by_family.contains_key(records.family) {
                by_family.insert(records.family, read_family(folder, records.family)?);
            }
            let file = &by_family[records.family];
            let source = Source { file, family, variant, data_set: records.data_set, config };
            let spectra = spectra.as_deref_mut().filter(|_| config.pretrain.contains(name));
            let target = data.targets.len();
            let networks = source.networks(target, featurise, spectra, observer)?;
            let training = networks.iter().filter(|network| network.split == Split::Train);
            let scalars: Vec<_> = training.map(|network| &network.features.scalars).collect();
            data.targets.push(TargetData {
                name: name.clone(),
                title: variant.title.to_owned(),
                statistics: Statistics::of(scalars.iter().copied()),
            });
            data.networks.extend(networks);
        }
        Ok(data)
    }

    /// The labelled networks of one side; of the training side only those that are learned from.
    pub fn of(&self, split: Split) -> Vec<&Network> {
        let is_labelled =
            |network: &&Network| network.target < self.n_labelled && network.is_learned;
        let labelled = self.networks.iter().filter(is_labelled);
        labelled.filter(|network| network.split == split).collect()
    }

    /// For each column of node features, whether it varies over these networks.
    pub fn varying_node_columns(networks: &[&Network]) -> Vec<bool> {
        varying(networks.iter().flat_map(|network| {
            let n_columns = network.features.nodes.len() / network.features.n_nodes;
            network.features.nodes.chunks_exact(n_columns)
        }))
    }

    /// For each scalar, whether it varies over these networks.
    pub fn varying_scalars(networks: &[&Network]) -> Vec<bool> {
        varying(networks.iter().map(|network| network.features.scalars.as_slice()))
    }

    /// The training networks that pre-train the encoder: those with spectra.
    pub fn pretraining(&self) -> Vec<&Network> {
        let training = self.networks.iter().filter(|network| network.split == Split::Train);
        training.filter(|network| network.spectrum.is_some()).collect()
    }
}

/// For each column of `rows`, whether it differs anywhere.
fn varying<'a>(mut rows: impl Iterator<Item = &'a [f32]>) -> Vec<bool> {
    let Some(first) = rows.next() else { return Vec::new() };
    let mut varies = vec![false; first.len()];
    for row in rows {
        for ((varies, value), first) in varies.iter_mut().zip(row).zip(first) {
            *varies |= value != first;
        }
    }
    varies
}

/// Family and variant of a target's name.
///
/// # Errors
/// Where the name is no `family/variant`, or there is no such family or variant.
pub fn resolve(name: &str) -> Result<(&'static dyn Family, &'static Variant)> {
    let (family, variant) = name.split_once('/').ok_or_else(|| {
        let message =
            format!("`{name}` is no target; expected family/variant, as in nb201/cifar10");
        Error::new(ErrorKind::Target, message)
    })?;
    let family = family::by_name(family)?;
    Ok((family, family::variant(family, variant)?))
}

/// One family's records, with the file and the lines they stand in.
struct RecordsFile {
    path: PathBuf,
    records: Vec<(u32, Record)>,
}

/// All records of one family's file.
fn read_family(folder: &Path, family: &str) -> Result<RecordsFile> {
    let path = records_file(folder, family)?;
    let named = |error: Error| error.in_file(path.display());
    let lines: Vec<_> = Lines::new(open(&path)?).collect::<Result<_>>().map_err(named)?;
    let parse = |(number, line): &(u32, String)| {
        Record::parse(line, *number).map(|record| (*number, record)).map_err(named)
    };
    let records = lines.par_iter().map(parse).collect::<Result<_>>()?;
    Ok(RecordsFile { path, records })
}

/// The file of the records called `family`, if `folder` has one.
pub(super) fn file_of(folder: &Path, family: &str) -> Option<PathBuf> {
    let paths = ["jsonl.gz", "jsonl"].map(|ending| folder.join(format!("{family}.{ending}")));
    paths.into_iter().find(|path| path.exists())
}

/// The file of a family's records in `folder`.
///
/// # Errors
/// Where there is none.
pub(super) fn records_file(folder: &Path, family: &str) -> Result<PathBuf> {
    file_of(folder, family).ok_or_else(|| {
        let shown = folder.display();
        let message = format!("there is no {family}.jsonl.gz or {family}.jsonl in {shown}");
        Error::new(ErrorKind::Io, message)
    })
}

/// A plain or gzip'd text file, open for reading.
///
/// # Errors
/// Where it can't be opened.
pub fn open(path: &Path) -> Result<Box<dyn BufRead>> {
    let file = File::open(path).map_err(|error| {
        Error::new(ErrorKind::Io, format!("can't read {}: {error}", path.display()))
    })?;
    Ok(unpacked(path, file))
}

/// The text in `file`, which is gzip'd where the name in `path` says so.
pub fn unpacked(path: &Path, file: impl Read + 'static) -> Box<dyn BufRead> {
    let is_gzip = path.extension().is_some_and(|ending| ending == "gz");
    if is_gzip {
        Box::new(BufReader::new(MultiGzDecoder::new(file)))
    } else {
        Box::new(BufReader::new(file))
    }
}

/// One family's records seen as networks of one variant.
struct Source<'a> {
    file: &'a RecordsFile,
    family: &'static dyn Family,
    variant: &'static Variant,
    data_set: &'static str,
    config: &'a DataConfig,
}

/// A record's graph with what decides its side.
struct Built {
    graph: ComputeGraph,
    default_hash: u64,
    accuracy: f64,
}

impl Source<'_> {
    fn networks(
        &self,
        target: usize,
        featurise: Featurise,
        spectra: Option<&mut SpectrumCache>,
        observer: &dyn Observer,
    ) -> Result<Vec<Network>> {
        let what = format!("graphs of {}/{}", self.family.name(), self.variant.name);
        let records: Vec<_> = self.file.records.iter().filter(|(_, r)| self.concerns(r)).collect();
        observer.begin(&what, records.len());
        let built: Vec<Built> = records
            .par_iter()
            .map(|(line, record)| self.build(*line, record).inspect(|_| observer.advance()))
            .collect::<Result<_>>()?;
        observer.end();
        let mut by_hash: BTreeMap<u64, (Built, Vec<f64>)> = BTreeMap::new();
        for one in built {
            let accuracy = one.accuracy;
            let hash = one.graph.structural_hash();
            by_hash.entry(hash).or_insert_with(|| (one, Vec::new())).1.push(accuracy);
        }
        let merged: Vec<(Built, Vec<f64>)> = by_hash.into_values().collect();
        let spectra = match spectra {
            None => vec![None; merged.len()],
            Some(cache) => {
                let graphs: Vec<_> = merged.iter().map(|(built, _)| &built.graph).collect();
                observer.begin("Laplacian spectra", cache.missing(&graphs));
                let spectra = cache.spectra(&graphs, &|| observer.advance())?;
                observer.end();
                spectra.into_iter().map(Some).collect()
            }
        };
        let pairs = merged.into_par_iter().zip(spectra);
        let mut networks: Vec<Network> = pairs
            .map(|((built, accuracies), spectrum)| Network {
                target,
                hash: built.default_hash,
                split: split_of(built.default_hash, self.config.salt, &self.config.split),
                features: GraphFeatures::of(&built.graph, featurise.set, featurise.view),
                cost: built.graph.cost(),
                accuracies,
                spectrum,
                is_learned: true,
            })
            .collect();
        if let Some(limit) = self.config.training_networks {
            // their order is that of hashes, which is as good as drawn
            let training = networks.iter_mut().filter(|network| network.split == Split::Train);
            training.skip(limit).for_each(|network| network.is_learned = false);
        }
        Ok(networks)
    }

    /// Whether the record's network exists in this variant: several can share a file.
    fn concerns(&self, record: &Record) -> bool {
        match &record.arch {
            Parsed::Architecture(architecture) => architecture.variants().contains(&self.variant),
            Parsed::Graph { .. } => true,
        }
    }

    fn build(&self, line: u32, record: &Record) -> Result<Built> {
        let named = |error: Error| {
            let error = error.context(format!("record `{}`", record.id));
            error.in_file(self.file.path.display()).at(Place { line, column: 1 })
        };
        let accuracy = record.accuracy.get(self.data_set).copied().ok_or_else(|| {
            let has: Vec<_> = record.accuracy.keys().map(String::as_str).collect();
            named(Error::new(
                ErrorKind::Record,
                format!("no accuracy for `{}`; it has {}", self.data_set, has.join(", ")),
            ))
        })?;
        let graph = record.arch.build(self.variant).map_err(named)?;
        let default = match &record.arch {
            Parsed::Architecture(architecture) => architecture.variants()[0],
            Parsed::Graph { .. } => self.variant,
        };
        let default_hash = if default == self.variant {
            graph.structural_hash()
        } else {
            record.arch.build(default).map_err(named)?.structural_hash()
        };
        Ok(Built { graph, default_hash, accuracy })
    }
}
