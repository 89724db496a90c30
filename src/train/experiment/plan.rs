//! Which cells an experiment has.

use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use super::cell::{Cell, Experiment, Networks};
use super::method::{ABLATIONS, METHODS, Method, TRANSFER, by_name};
use super::parts::protocol;
use crate::error::{Error, ErrorKind, Result};
use crate::family::FAMILIES;
use crate::format::lines::Lines;
use crate::format::record::{Label, Record};
use crate::train::data::{open, records_file, resolve};

/// What of an experiment is wished for; what is left empty is all of it.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Targets, or families for all of their targets.
    pub families: Vec<String>,
    /// Methods by name.
    pub methods: Vec<String>,
    /// Numbers of training networks.
    pub networks: Vec<Networks>,
    /// Seeds are 1 to this.
    pub seeds: Option<u64>,
    /// Digest of the weights that answer, where there are any.
    pub source: Option<String>,
    /// Targets that those weights were trained on, which are left out.
    pub seen: Vec<String>,
}

/// The cells of `experiment`, those of one target and one set of features together.
///
/// # Errors
/// Where a method or target is not known, or records can't be read.
pub fn cells(experiment: Experiment, choice: &Choice, data: &Path) -> Result<Vec<Cell>> {
    let mut methods = methods(experiment, &choice.methods)?;
    // Stable: methods that read the same features stand together, so that each is read once.
    methods.sort_by_key(|method| method.featurise().map(|f| format!("{f:?}")).ok());
    methods.reverse();
    let seeds = choice.seeds.unwrap_or(match experiment {
        Experiment::Single | Experiment::Transfer => 5,
        Experiment::Size | Experiment::Ablations => 3,
    });
    let (mut targets, networks) = (targets(&choice.families, data)?, sizes(experiment, choice));
    targets.retain(|target| !choice.seen.contains(target));
    let mut cells = Vec::new();
    for target in &targets {
        let records = digest(data, target)?;
        for method in &methods {
            let (networks, seeds) = match method.learns() {
                true => (networks.clone(), seeds),
                false => (vec![Networks::Some(0)], 1),
            };
            for networks in networks {
                for seed in 1..=seeds {
                    cells.push(Cell {
                        experiment,
                        target: target.clone(),
                        method: method.name().to_owned(),
                        networks,
                        seed,
                        settings: method.settings()?,
                        protocol: protocol(),
                        records: records.clone(),
                        source: choice.source.clone().filter(|_| method.asks_source()),
                    });
                }
            }
        }
    }
    Ok(cells)
}

/// The methods of an experiment, in the order of its tables.
pub(super) fn methods_of(experiment: Experiment) -> Vec<&'static dyn Method> {
    match experiment {
        Experiment::Size => METHODS.iter().copied().filter(|method| !method.learns()).collect(),
        Experiment::Single => METHODS.to_vec(),
        Experiment::Transfer => TRANSFER.to_vec(),
        Experiment::Ablations => ABLATIONS.to_vec(),
    }
}

fn methods(experiment: Experiment, wished: &[String]) -> Result<Vec<&'static dyn Method>> {
    if wished.is_empty() {
        return Ok(methods_of(experiment));
    }
    wished.iter().map(|name| by_name(name)).collect()
}

fn sizes(experiment: Experiment, choice: &Choice) -> Vec<Networks> {
    if !choice.networks.is_empty() {
        return choice.networks.clone();
    }
    match experiment {
        Experiment::Size | Experiment::Ablations => vec![Networks::Some(1600)],
        Experiment::Transfer => [16, 50, 156].map(Networks::Some).to_vec(),
        Experiment::Single => {
            let mut sizes = [100, 400, 1600].map(Networks::Some).to_vec();
            sizes.push(Networks::All);
            sizes
        }
    }
}

/// The targets wished for, or all whose records are in the folder and were measured.
fn targets(wished: &[String], data: &Path) -> Result<Vec<String>> {
    let mut known = Vec::new();
    for family in FAMILIES {
        for variant in family.variants() {
            let Some(records) = variant.records else { continue };
            if records_file(data, records.family).is_ok() && is_measured(data, records.family)? {
                known.push(format!("{}/{}", family.name(), variant.name));
            }
        }
    }
    if wished.is_empty() {
        return Ok(known);
    }
    let mut targets = Vec::new();
    for wish in wished {
        if wish.contains('/') {
            targets.push(wish.clone());
            continue;
        }
        let of_family = known.iter().filter(|name| name.split('/').next() == Some(wish));
        let before = targets.len();
        targets.extend(of_family.cloned());
        if targets.len() == before {
            let message = format!(
                "no measured records of `{wish}` are in {}; there are those of {}",
                data.display(),
                known.join(", ")
            );
            return Err(Error::new(ErrorKind::Target, message));
        }
    }
    Ok(targets)
}

/// Whether the first record of a family's file is a measurement, and no other model's guess.
fn is_measured(data: &Path, family: &str) -> Result<bool> {
    let path = records_file(data, family)?;
    let Some(first) = Lines::new(open(&path)?).next() else { return Ok(false) };
    let named = |error: Error| error.in_file(path.display());
    let (line, text) = first.map_err(named)?;
    let record = Record::parse(&text, line).map_err(named)?;
    Ok(record.label != Some(Label::Surrogate))
}

/// Digest of the file that holds a target's records.
pub(super) fn digest(data: &Path, target: &str) -> Result<String> {
    let (_, variant) = resolve(target)?;
    let records = variant.records.ok_or_else(|| {
        Error::new(ErrorKind::Target, format!("no records are known of `{target}`"))
    })?;
    let path = records_file(data, records.family)?;
    let bytes = std::fs::read(&path).map_err(|error| {
        Error::new(ErrorKind::Io, format!("can't read {}: {error}", path.display()))
    })?;
    Ok(format!("{:016x}", xxh3_64(&bytes)))
}
