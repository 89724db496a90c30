//! Measured networks to learn from: read from records, and refused where they can't teach anything.

use std::collections::BTreeMap;
use std::io::BufRead;

use crate::error::{Error, ErrorKind, Place, Result};
use crate::family::Variant;
use crate::features::GraphFeatures;
use crate::format::Parsed;
use crate::format::lines::Lines;
use crate::format::record::{Entry, Record};
use crate::graph::Cost;
use crate::model::config::Config;

/// Different networks that adaptation needs.
pub const LEAST_NETWORKS: usize = 8;
/// Accuracies above this are percent.
const MOST_FRACTION: f64 = 1.0;
/// Accuracies that differ less are equal.
const EQUAL: f64 = 1e-9;

/// One measured network.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Its record's name.
    pub id: String,
    /// `family/variant`, where it is of a known family.
    pub family: Option<String>,
    /// The data set that it was measured on.
    pub data_set: String,
    /// What is seen of it.
    pub features: GraphFeatures,
    /// Structural hash of its graph.
    pub hash: u64,
    /// Cost of its graph.
    pub cost: Cost,
    /// Its accuracy: a fraction once it is checked, before perhaps percent.
    pub accuracy: f64,
}

/// Networks that passed all checks: different graphs, fractions, at least 8.
#[derive(Debug, Clone)]
pub struct MeasuredSet {
    /// The networks, one a graph.
    pub networks: Vec<Measured>,
    /// The `family/variant` that all are of, if there is one.
    pub family: Option<String>,
    /// The data set that all were measured on.
    pub data_set: String,
}

impl Measured {
    /// The network on a record's line, which has this `number` in its file; of its accuracies the one
    /// for `data_set`, or else the only one, or else that of its family's first variant.
    ///
    /// Accuracies may be percent. `network` reads the network: it may open the file that a line
    /// names.
    ///
    /// # Errors
    /// What is wrong with the line or its network, with line and column.
    pub fn read(
        line: &str,
        number: u32,
        data_set: Option<&str>,
        config: &Config,
        network: impl FnOnce(&Entry) -> Result<Parsed>,
    ) -> Result<Self> {
        let record = Record::parse_up_to(100.0, line, number, network)?;
        let here = |error: Error| {
            error.context(format!("record `{}`", record.id)).at(Place { line: number, column: 1 })
        };
        let (data_set, accuracy) = chosen(&record, data_set).map_err(here)?;
        let variant = variant_for(&record, data_set);
        let graph = match (&record.arch, variant) {
            (Parsed::Architecture(architecture), Some(variant)) => architecture.build(variant),
            (arch, _) => match arch {
                Parsed::Graph { graph, .. } => Ok(graph.clone()),
                Parsed::Architecture(architecture) => {
                    architecture.build(architecture.variants()[0])
                }
            },
        }
        .map_err(here)?;
        let family = match (&record.arch, variant) {
            (Parsed::Architecture(architecture), Some(variant)) => {
                Some(format!("{}/{}", architecture.family().name(), variant.name))
            }
            _ => None,
        };
        Ok(Self {
            id: record.id.to_string(),
            family,
            data_set: data_set.to_owned(),
            features: GraphFeatures::of(&graph, config.features, config.view),
            hash: graph.structural_hash(),
            cost: graph.cost(),
            accuracy,
        })
    }
}

/// The data set and accuracy of a record that are learned from.
fn chosen<'a>(record: &'a Record, data_set: Option<&str>) -> Result<(&'a str, f64)> {
    let all = || record.accuracy.iter().map(|(name, accuracy)| (name.as_str(), *accuracy));
    let named = |wished: &str| all().find(|(name, _)| *name == wished);
    let found = match data_set {
        Some(wished) => named(wished),
        None if record.accuracy.len() == 1 => all().next(),
        None => match &record.arch {
            Parsed::Graph { .. } => None,
            Parsed::Architecture(architecture) => {
                let variants = architecture.variants();
                let first = variants.first().and_then(|variant| variant.records);
                first.and_then(|of| named(of.data_set))
            }
        },
    };
    found.ok_or_else(|| {
        let names: Vec<_> = record.accuracy.keys().map(String::as_str).collect();
        let names = names.join(", ");
        let message = match data_set {
            Some(wished) => format!("no accuracy for `{wished}`; it has {names}"),
            None => format!("accuracies for {names}; say which data set to learn"),
        };
        Error::new(ErrorKind::Record, message)
    })
}

/// The variant of an architecture's family whose networks were measured on this data set.
fn variant_for(record: &Record, data_set: &str) -> Option<&'static Variant> {
    let Parsed::Architecture(architecture) = &record.arch else { return None };
    let variants = architecture.variants();
    let is_measured = |variant: &&&'static Variant| {
        variant.records.is_some_and(|of| {
            of.data_set == data_set
                && record.family.as_deref().is_none_or(|family| family == of.family)
        })
    };
    let named = variants.iter().find(|variant| variant.name == data_set);
    variants.iter().find(is_measured).or(named).or(variants.first()).copied()
}

impl MeasuredSet {
    /// The networks in a stream of records, as [`Measured::read`] reads each line.
    ///
    /// # Errors
    /// What is wrong with a line, or why nothing can be learned from all of them.
    pub fn read(records: impl BufRead, data_set: Option<&str>, config: &Config) -> Result<Self> {
        let read = |line: Result<(u32, String)>| {
            let (number, line) = line?;
            Measured::read(&line, number, data_set, config, Entry::network)
        };
        Self::new(Lines::new(records).map(read).collect::<Result<Vec<_>>>()?)
    }

    /// The networks as fractions, one a graph.
    ///
    /// # Errors
    /// One sentence, where accuracies are in mixed units, one network has two accuracies, data sets
    /// differ, fewer than 8 different networks are left, or all accuracies are equal.
    pub fn new(mut networks: Vec<Measured>) -> Result<Self> {
        to_fractions(&mut networks)?;
        let networks = without_duplicates(networks)?;
        let n_networks = networks.len();
        if n_networks < LEAST_NETWORKS {
            return Err(refused(format!(
                "adaptation needs at least {LEAST_NETWORKS} different networks, here are \
                 {n_networks}; measure more"
            )));
        }
        let first = &networks[0];
        if let Some(other) = networks.iter().find(|other| other.data_set != first.data_set) {
            return Err(refused(format!(
                "`{}` was measured on {}, `{}` on {}; adapt to one data set at a time",
                first.id, first.data_set, other.id, other.data_set
            )));
        }
        if networks.iter().all(|network| (network.accuracy - first.accuracy).abs() < EQUAL) {
            return Err(refused(format!(
                "all {n_networks} networks have accuracy {}; nothing can be learned from equal \
                 labels",
                first.accuracy
            )));
        }
        let is_common = networks.iter().all(|network| network.family == first.family);
        let family = first.family.clone().filter(|_| is_common);
        Ok(Self { family, data_set: first.data_set.clone(), networks })
    }

    /// A digest of graphs and accuracies, the same in whichever order they came.
    pub fn digest(&self) -> String {
        let pairs = self.networks.iter().map(|network| (network.hash, network.accuracy.to_bits()));
        let sorted: BTreeMap<u64, u64> = pairs.collect();
        let bytes: Vec<u8> = sorted
            .iter()
            .flat_map(|(hash, bits)| [hash.to_le_bytes(), bits.to_le_bytes()])
            .flatten()
            .collect();
        super::file::digest(&bytes)
    }
}

/// Percent become fractions, where all are percent.
fn to_fractions(networks: &mut [Measured]) -> Result<()> {
    let is_percent = |network: &&Measured| network.accuracy > MOST_FRACTION;
    let percent = networks.iter().find(is_percent);
    let fraction = networks.iter().find(|network| !is_percent(network));
    match (percent, fraction) {
        (Some(percent), Some(fraction)) => Err(refused(format!(
            "accuracies are in mixed units: `{}` has {}, `{}` has {}; write all as fractions or all \
             as percent",
            fraction.id, fraction.accuracy, percent.id, percent.accuracy
        ))),
        (Some(_), None) => {
            networks.iter_mut().for_each(|network| network.accuracy /= 100.0);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// One network a graph.
fn without_duplicates(networks: Vec<Measured>) -> Result<Vec<Measured>> {
    let mut places: BTreeMap<u64, usize> = BTreeMap::new();
    let mut kept: Vec<Measured> = Vec::with_capacity(networks.len());
    for network in networks {
        match places.get(&network.hash).map(|place| &kept[*place]) {
            None => {
                places.insert(network.hash, kept.len());
                kept.push(network);
            }
            Some(same) if (same.accuracy - network.accuracy).abs() < EQUAL => (),
            Some(same) => {
                return Err(refused(format!(
                    "`{}` and `{}` are the same network with accuracies {} and {}; keep one of the \
                     records, or their mean",
                    same.id, network.id, same.accuracy, network.accuracy
                )));
            }
        }
    }
    Ok(kept)
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Record, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{N_PROFILE, N_SCALARS};

    fn network(id: usize, hash: u64, accuracy: f64) -> Measured {
        let (scalars, profile) = ([0.0; N_SCALARS], [0.0; N_PROFILE]);
        let (nodes, edges) = (Vec::new(), Vec::new());
        Measured {
            id: format!("n{id}"),
            family: Some("nb201/cifar10".into()),
            data_set: "cifar10".into(),
            features: GraphFeatures { n_nodes: 0, nodes, edges, scalars, profile },
            hash,
            cost: Cost::default(),
            accuracy,
        }
    }

    fn set(labels: &[f64]) -> Vec<Measured> {
        labels.iter().enumerate().map(|(id, label)| network(id, id as u64, *label)).collect()
    }

    const EIGHT: [f64; 8] = [0.91, 0.92, 0.93, 0.94, 0.9, 0.89, 0.88, 0.87];

    #[test]
    fn what_can_not_be_learned_from_is_refused_in_one_sentence() {
        let mut doubled = set(&EIGHT);
        doubled.push(network(8, 2, 0.95));
        let mut mixed = set(&EIGHT);
        mixed[3].accuracy = 94.0;
        let mut elsewhere = set(&EIGHT);
        elsewhere[1].data_set = "cifar100".into();
        let cases = [
            (
                set(&EIGHT[..7]),
                "adaptation needs at least 8 different networks, here are 7; measure more",
            ),
            (set(&[0.93; 9]), "all 9 networks have accuracy 0.93; nothing can be learned"),
            (mixed, "accuracies are in mixed units: `n0` has 0.91, `n3` has 94; write all as"),
            (doubled, "`n2` and `n8` are the same network with accuracies 0.93 and 0.95; keep one"),
            (elsewhere, "`n0` was measured on cifar10, `n1` on cifar100; adapt to one data set"),
            (Vec::new(), "adaptation needs at least 8 different networks, here are 0"),
        ];
        for (networks, expected) in cases {
            let error = MeasuredSet::new(networks).expect_err(expected);
            assert!(error.message().starts_with(expected), "{error}");
        }
    }

    #[test]
    fn percent_become_fractions_and_equal_records_one() {
        let mut networks = set(&EIGHT.map(|accuracy| 100.0 * accuracy));
        networks.push(network(8, 0, 91.0));
        let checked = MeasuredSet::new(networks).unwrap();
        assert_eq!(checked.networks.len(), 8);
        assert!((checked.networks[0].accuracy - 0.91).abs() < 1e-12);
        assert_eq!(checked.family.as_deref(), Some("nb201/cifar10"));
        let mut shuffled = set(&EIGHT);
        shuffled.reverse();
        let digest = |networks| MeasuredSet::new(networks).unwrap().digest();
        assert_eq!(digest(shuffled), digest(set(&EIGHT)));
    }

    #[test]
    fn a_line_says_which_data_set_it_means_or_is_asked() {
        let arch = "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|";
        let line = format!(
            r#"{{"id": "a", "family": "nb201", "arch": "{arch}", "accuracy": {{"cifar10": 91, "cifar100": 70}}}}"#
        );
        let read = |data_set: Option<&str>| {
            Measured::read(&line, 3, data_set, &Config::default(), Entry::network)
        };
        let first = read(None).unwrap();
        assert_eq!((first.family.as_deref(), first.accuracy), (Some("nb201/cifar10"), 91.0));
        let hundred = read(Some("cifar100")).unwrap();
        assert_eq!((hundred.family.as_deref(), hundred.accuracy), (Some("nb201/cifar100"), 70.0));
        let error = read(Some("mnist")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "3:1: record `a`: no accuracy for `mnist`; it has cifar10, cifar100"
        );
    }
}
