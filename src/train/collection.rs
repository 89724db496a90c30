//! Measured networks that are files of their own: a list of records with an archive of ONNX files.
//!
//! `NAME.jsonl.gz` has lines with `{"onnx": "NAME/file.onnx", "r": 224}`; the files stand below the
//! same folder or packed in `NAME.tar.zst`. Such networks belong to no family: people drew them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use rayon::prelude::*;
use ruzstd::decoding::StreamingDecoder;

use super::data::{DataSet, Featurise, Network, TargetData, open};
use super::observer::Observer;
use super::split::Split;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::family;
use crate::features::GraphFeatures;
use crate::format::Parsed;
use crate::format::lines::Lines;
use crate::format::onnx::{self, OnnxOptions};
use crate::format::record::{NetworkFile, Record};
use crate::graph::ComputeGraph;
use crate::model::statistics::Statistics;

/// Bytes that one file of an archive may have.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// A network of a collection.
#[derive(Debug)]
pub struct Collected {
    /// The name of its file, without folder and ending.
    pub name: String,
    /// The network.
    pub graph: ComputeGraph,
    /// What was measured, a fraction.
    pub accuracy: f64,
}

impl Collected {
    /// The line of models that it belongs to: its name without `tf_` and `legacy_`, up to the first
    /// digit or underscore. `tf_efficientnet_b0` is an `efficientnet`.
    pub fn line(&self) -> &str {
        line(&self.name)
    }
}

/// Whether a target (`NAME/DATASET`) is about a collection in `folder`, not about a family.
pub fn is_in(folder: &Path, target: &str) -> bool {
    let name = target.split('/').next().unwrap_or(target);
    let packed = folder.join(format!("{name}.tar.zst"));
    family::by_name(name).is_err() && (packed.exists() || folder.join(name).is_dir())
}

/// A collection as the data of one target, `NAME/DATASET`; nothing of it was learned from, so all of
/// it is on the test side.
///
/// # Errors
/// As [`read`].
pub fn data_set(
    folder: &Path,
    target: &str,
    featurise: Featurise,
    observer: &dyn Observer,
) -> Result<DataSet> {
    let (name, data_set) = target.split_once('/').unwrap_or((target, ""));
    let network = |collected: Collected| Network {
        target: 0,
        hash: collected.graph.structural_hash(),
        split: Split::Test,
        features: GraphFeatures::of(&collected.graph, featurise.set, featurise.view),
        cost: collected.graph.cost(),
        accuracies: vec![collected.accuracy],
        spectrum: None,
        is_learned: false,
    };
    let networks: Vec<Network> =
        read(folder, name, data_set, observer)?.into_par_iter().map(network).collect();
    let statistics = Statistics::of(networks.iter().map(|network| &network.features.scalars));
    let title = format!("networks of {name}, each by its own recipe");
    let target = TargetData { name: target.to_owned(), title, statistics };
    Ok(DataSet { targets: vec![target], n_labelled: 1, networks })
}

fn line(name: &str) -> &str {
    let name = ["tf_", "legacy_"].iter().find_map(|start| name.strip_prefix(start)).unwrap_or(name);
    name.split(|c: char| c == '_' || c.is_ascii_digit()).next().unwrap_or(name)
}

/// All networks of the collection `name` in `folder` that were measured on `data_set`.
///
/// # Errors
/// Names the file and line of a record that can't be used, or the ONNX file that can't be read.
pub fn read(
    folder: &Path,
    name: &str,
    data_set: &str,
    observer: &dyn Observer,
) -> Result<Vec<Collected>> {
    let path = folder.join(format!("{name}.jsonl.gz"));
    let in_file = |error: Error| error.in_file(path.display());
    let lines: Vec<_> = Lines::new(open(&path)?).collect::<Result<_>>().map_err(in_file)?;
    let archive = folder.join(format!("{name}.tar.zst"));
    let packed = if archive.exists() { unpack(&archive)? } else { BTreeMap::new() };
    observer.begin(&format!("networks of {name}"), lines.len());
    let networks = lines
        .par_iter()
        .map(|(number, text)| {
            let read = |file: &NetworkFile| network(folder, &packed, file);
            let collected = collected(text, *number, data_set, read).map_err(in_file)?;
            observer.advance();
            Ok(collected)
        })
        .collect::<Result<Vec<_>>>()?;
    observer.end();
    Ok(networks.into_iter().flatten().collect())
}

/// The network of a record; `None` where it was not measured on `data_set`.
fn collected(
    text: &str,
    number: u32,
    data_set: &str,
    read: impl FnOnce(&NetworkFile) -> Result<Parsed>,
) -> Result<Option<Collected>> {
    let mut name = None;
    let record = Record::parse_from(text, number, |entry| {
        entry.network_from(|file| {
            let path = Path::new(&file.path);
            name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            read(file)
        })
    })?;
    let Some(&accuracy) = record.accuracy.get(data_set) else { return Ok(None) };
    match (name, record.arch) {
        (Some(name), Parsed::Graph { graph, .. }) => Ok(Some(Collected { name, graph, accuracy })),
        _ => {
            let message = "the record names no ONNX file, as every one of a collection does";
            Err(Error::new(ErrorKind::Record, message).at(Place { line: number, column: 1 }))
        }
    }
}

fn network(
    folder: &Path,
    packed: &BTreeMap<String, Vec<u8>>,
    file: &NetworkFile,
) -> Result<Parsed> {
    let size = file.side.map(|side| [side, side]);
    let options = OnnxOptions { input_size: size, ..OnnxOptions::default() };
    match packed.get(&file.path) {
        Some(bytes) => onnx::read(Cursor::new(bytes), &options),
        None => {
            let path = folder.join(&file.path);
            let file = File::open(&path).map_err(|error| io(&path, &error))?;
            onnx::read(file, &options)
        }
    }
}

/// The files of an archive by their path in it.
fn unpack(path: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let file = File::open(path).map_err(|error| io(path, &error))?;
    let decoder = StreamingDecoder::new(file).map_err(|error| io(path, &error))?;
    let mut archive = tar::Archive::new(decoder);
    let mut files = BTreeMap::new();
    for entry in archive.entries().map_err(|error| io(path, &error))? {
        let mut entry = entry.map_err(|error| io(path, &error))?;
        let name = entry.path().map_err(|error| io(path, &error))?.to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        let read = entry.by_ref().take(MAX_FILE_BYTES).read_to_end(&mut bytes);
        read.map_err(|error| io(path, &error))?;
        files.insert(name, bytes);
    }
    Ok(files)
}

fn io(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Io, format!("can't read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_models_ends_at_the_first_digit_or_underscore() {
        for (name, expected) in [
            ("tf_efficientnet_b0", "efficientnet"),
            ("legacy_seresnet18", "seresnet"),
            ("resnet50", "resnet"),
            ("vit_base_patch16_224", "vit"),
            ("dla", "dla"),
        ] {
            assert_eq!(line(name), expected);
        }
    }
}
