//! Fits the targets for networks of no known family, and judges them with whole groups held out.
//!
//! Where people's own networks come from is not known, so nothing of a held-out network's group (its
//! line of models, its family) is learned from: neither the process nor how much columns say.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Tensor};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::collection;
use super::config::RunConfig;
use super::data::{DataSet, Network};
use super::metrics::{Metrics, spearman};
use super::observer::Observer;
use super::split::Split;
use crate::error::{Error, ErrorKind, Result};
use crate::features::{GraphFeatures, place};
use crate::fit::gaussian_process::{Columns, Normal};
use crate::fit::relevance::{Prior, Relevance};
use crate::general::{accuracy, numbers};
use crate::model::general::{General, Seen};
use crate::model::novelty::NoveltyScale;
use crate::model::target::{HeldOut, Interval};
use crate::model::weights::Weights;

/// Parts into which groups are dealt; fewer groups are each a part.
const N_FOLDS: usize = 8;
/// The seed by which they are dealt.
const FOLD_SEED: u64 = 0x0f01_d5ee;
/// Networks that each family gives to a target of several.
const N_OF_FAMILY: usize = 120;
/// Chosen on timm with whole lines held out, among lengths of 8 to 28 root of columns (docs/research.md).
const PRIOR: Prior = Prior { length: 3.3, deviation: 0.3, alpha: Some(0.5), noise: 0.1 };

/// A smaller error than this is not told from none.
const SMALLEST_ERROR: f64 = 1e-4;

/// A general target before it is fitted.
struct Source {
    name: &'static str,
    title: &'static str,
    /// What is held out together, in words.
    groups: &'static str,
    networks: Networks,
    /// Whether columns get lengths of their own; a few groups can't tell them apart, and four search
    /// spaces taught lengths that were worse on the one left out (docs/research.md).
    learns_lengths: bool,
    /// Variance of a linear trend beside the bells, over standardised numbers.
    trend: f64,
}

/// Where its networks come from.
enum Networks {
    /// A collection and the data set of its accuracies; its groups are lines of models.
    Collection(&'static str, &'static str),
    /// Targets of the run, each a group.
    Targets(&'static [&'static str]),
}

const SOURCES: [Source; 2] = [
    Source {
        name: "general/imagenet",
        title: "ImageNet top-1, trained from scratch as published (networks of timm, each by its own recipe)",
        groups: "lines of models",
        networks: Networks::Collection("timm", "imagenet"),
        learns_lengths: true,
        trend: 0.0,
    },
    Source {
        name: "general/cifar10",
        title: "CIFAR-10 test accuracy (four benchmarks, each by its own recipe)",
        groups: "search spaces",
        networks: Networks::Targets(&[
            "nb101/cifar10",
            "nb201/cifar10",
            "nb_macro/cifar10",
            "darts/cifar10-pool-bn",
        ]),
        learns_lengths: false,
        // of a space that nobody has seen the bells know nothing: the order is the trend's
        trend: 1.0,
    },
];

/// A network as a process sees it.
struct Measured {
    numbers: Vec<f64>,
    label: f64,
    group: String,
}

/// How well counting orders the networks of a general target: what its own order has to beat.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// The target.
    pub name: &'static str,
    /// Spearman's rank correlation of log params.
    pub log_params: Option<f64>,
    /// That of log MACs.
    pub log_macs: Option<f64>,
}

/// Adds the general targets that the configuration names to the weights.
///
/// # Errors
/// Where there is no such target, or its networks can't be read.
pub fn add(
    weights: &mut Weights,
    config: &RunConfig,
    data: &DataSet,
    folder: &Path,
    observer: &dyn Observer,
) -> Result<Vec<Counted>> {
    let mut counted = Vec::new();
    for (index, name) in config.data.general.iter().enumerate() {
        let source = SOURCES.iter().find(|source| source.name == name).ok_or_else(|| {
            let known: Vec<_> = SOURCES.iter().map(|source| source.name).collect();
            let known = known.join(", ");
            let message = format!("no general target `{name}`; there are {known}");
            Error::new(ErrorKind::Config, message)
        })?;
        let networks = source.read(config, data, folder, observer)?;
        counted.push(source.counted(&networks));
        let (general, seen) = source.fit(&networks)?;
        let (n, width) = (seen.rows.len(), general.places.len());
        let rows = seen.rows.concat().into_iter().map(|x| x as f32).collect();
        let [rows_name, labels_name] = General::tensors(index);
        let rows = Tensor::from_vec::<_, f32>(rows, (n, width), &Device::Cpu)?;
        weights.tensors.insert(rows_name, rows);
        weights.tensors.insert(labels_name, Tensor::from_vec(seen.labels, n, &Device::Cpu)?);
        weights.metadata.general.push(general);
    }
    Ok(counted)
}

impl Source {
    fn read(
        &self,
        config: &RunConfig,
        data: &DataSet,
        folder: &Path,
        observer: &dyn Observer,
    ) -> Result<Vec<Measured>> {
        match self.networks {
            Networks::Collection(name, data_set) => {
                let networks = collection::read(folder, name, data_set, observer)?;
                let measured = networks.into_par_iter().map(|network| Measured {
                    numbers: numbers(&GraphFeatures::of(
                        &network.graph,
                        config.model.features,
                        config.model.view,
                    )),
                    label: label(network.accuracy),
                    group: network.line().to_owned(),
                });
                Ok(measured.collect())
            }
            Networks::Targets(targets) => {
                let of = |name: &&str| of_target(data, name);
                Ok(targets
                    .iter()
                    .map(of)
                    .collect::<Result<Vec<_>>>()?
                    .into_iter()
                    .flatten()
                    .collect())
            }
        }
    }

    fn counted(&self, networks: &[Measured]) -> Counted {
        let measured: Vec<f64> = networks.iter().map(|network| accuracy(network.label)).collect();
        let order = |place: usize| {
            let counts: Vec<f64> = networks.iter().map(|network| network.numbers[place]).collect();
            spearman(&counts, &measured)
        };
        let (log_params, log_macs) = (order(place::LOG_PARAMS), order(place::LOG_MACS));
        Counted { name: self.name, log_params, log_macs }
    }

    /// The target and the networks that it has seen, judged by cross-validation.
    fn fit(&self, networks: &[Measured]) -> Result<(General, Seen)> {
        let all: Vec<&Measured> = networks.iter().collect();
        let (mut general, seen) = self.learn(&all)?;
        let folds = folds(networks);
        let n_folds = folds.iter().max().map_or(0, |last| last + 1);
        let expected = (0..n_folds)
            .into_par_iter()
            .map(|fold| self.expected(networks, &folds, fold))
            .collect::<Result<Vec<_>>>()?;
        let mut of_network: Vec<(usize, Normal)> = expected.into_iter().flatten().collect();
        of_network.sort_by_key(|(idx, _)| *idx);
        let score = |(idx, normal): &(usize, Normal)| {
            (networks[*idx].label - normal.mean).abs() / normal.deviation
        };
        let scores: Vec<f64> = of_network.iter().map(score).collect();
        let deviations = of_network.iter().map(|(_, normal)| normal.deviation);
        general.novelty = NoveltyScale::of(deviations.collect());
        let is_few = groups(networks).len() <= N_FOLDS;
        general.radius = radius(&scores, &folds, is_few, |_| true);
        let predicted: Vec<f64> = of_network.iter().map(|(_, n)| accuracy(n.mean)).collect();
        let measured: Vec<f64> = networks.iter().map(|network| accuracy(network.label)).collect();
        let Metrics { networks, spearman, kendall, ndcg10, mae } =
            Metrics::of(&predicted, &measured);
        let coverage = coverage(&scores, &folds, is_few);
        general.held_out = HeldOut { networks, spearman, kendall, ndcg10, mae, coverage };
        Ok((general, seen))
    }

    /// What a process that has not seen a fold expects of its networks.
    fn expected(
        &self,
        networks: &[Measured],
        folds: &[usize],
        fold: usize,
    ) -> Result<Vec<(usize, Normal)>> {
        let others: Vec<&Measured> =
            networks.iter().zip(folds).filter(|(_, own)| **own != fold).map(|(n, _)| n).collect();
        let (general, seen) = self.learn(&others)?;
        let process = general.process(&seen)?;
        let held_out = (0..networks.len()).filter(|idx| folds[*idx] == fold);
        Ok(held_out
            .map(|idx| (idx, process.predict(&general.stretched(&networks[idx].numbers))))
            .collect())
    }

    /// Columns, their relevance and the rows; neither interval nor figures yet.
    fn learn(&self, networks: &[&Measured]) -> Result<(General, Seen)> {
        let raw: Vec<Vec<f64>> = networks.iter().map(|network| network.numbers.clone()).collect();
        let Columns { places, mean, deviation } = Columns::of(&raw);
        let labels: Vec<f64> = networks.iter().map(|network| network.label).collect();
        let mut general = General {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            networks: networks.len(),
            groups: self.groups.to_owned(),
            stretch: vec![1.0; places.len()],
            places,
            mean,
            deviation,
            alpha: PRIOR.alpha,
            linear: self.trend * PRIOR.length.powi(2),
            noise: PRIOR.noise,
            radius: 1.0,
            held_out: HeldOut {
                networks: 0,
                spearman: None,
                kendall: None,
                ndcg10: None,
                mae: None,
                coverage: 0.0,
            },
            novelty: NoveltyScale::of(vec![1.0]),
        };
        let plain: Vec<Vec<f64>> = raw.iter().map(|row| general.stretched(row)).collect();
        let Relevance { stretch, noise } = if self.learns_lengths {
            Relevance::learn(&plain, &labels, PRIOR)?
        } else {
            Relevance::of(PRIOR, general.places.len())
        };
        (general.stretch, general.noise) = (stretch, noise);
        let rows = raw.iter().map(|row| general.stretched(row)).collect();
        Ok((general, Seen { rows, labels }))
    }
}

/// Training networks of a target of the run, evenly among them.
fn of_target(data: &DataSet, name: &str) -> Result<Vec<Measured>> {
    let target = data.targets.iter().position(|target| target.name == name).ok_or_else(|| {
        let message = format!("a general target needs the run's target `{name}`; add it");
        Error::new(ErrorKind::Config, message)
    })?;
    let training = data.of(Split::Train);
    let own: Vec<&Network> = training.into_iter().filter(|n| n.target == target).collect();
    let n_taken = N_OF_FAMILY.min(own.len());
    let measured = |nth: usize| {
        let network = own[nth * own.len() / n_taken];
        Measured {
            numbers: numbers(&network.features),
            label: label(network.mean_accuracy()),
            group: name.to_owned(),
        }
    };
    Ok((0..n_taken).map(measured).collect())
}

/// The groups, each with the fold 0.
fn groups(networks: &[Measured]) -> BTreeMap<&str, usize> {
    networks.iter().map(|network| (network.group.as_str(), 0)).collect()
}

/// Deals the groups out: the fold of each network.
fn folds(networks: &[Measured]) -> Vec<usize> {
    let mut of_group = groups(networks);
    let mut groups: Vec<_> = of_group.values_mut().collect();
    groups.shuffle(&mut Pcg64Mcg::seed_from_u64(FOLD_SEED));
    groups.into_iter().enumerate().for_each(|(nth, fold)| *fold = nth % N_FOLDS);
    networks.iter().map(|network| of_group[network.group.as_str()]).collect()
}

/// What deviations are multiplied by so that 90 % of the networks of the folds that `counts` lie
/// inside; of `few` groups, 90 % of the worst one's, since the next group may be as bad.
fn radius(scores: &[f64], folds: &[usize], few: bool, counts: impl Fn(usize) -> bool) -> f64 {
    let mut of_fold: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (score, fold) in scores.iter().zip(folds).filter(|(_, fold)| counts(**fold)) {
        of_fold.entry(if few { *fold } else { 0 }).or_default().push(*score);
    }
    of_fold.into_values().map(|scores| Interval::from_scores(scores).radius).fold(0.0, f64::max)
}

/// The share of networks inside an interval that was made from the other folds.
fn coverage(scores: &[f64], folds: &[usize], few: bool) -> f64 {
    let n_folds = folds.iter().max().map_or(0, |last| last + 1);
    let radii: Vec<f64> =
        (0..n_folds).map(|own| radius(scores, folds, few, |other| other != own)).collect();
    let inside = scores.iter().zip(folds).filter(|(score, fold)| **score <= radii[**fold]);
    inside.count() as f64 / scores.len() as f64
}

/// The label of an accuracy, which [`accuracy`] inverts.
fn label(accuracy: f64) -> f64 {
    (1.0 - accuracy).max(SMALLEST_ERROR).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(group: &str) -> Measured {
        Measured { numbers: Vec::new(), label: 0.0, group: group.to_owned() }
    }

    #[test]
    fn a_group_is_held_out_whole_and_folds_are_about_equal() {
        let names: Vec<String> = (0..80).map(|i| format!("line{}", i % 20)).collect();
        let networks: Vec<Measured> = names.iter().map(|name| measured(name)).collect();
        let folds = folds(&networks);
        for (name, fold) in names.iter().zip(&folds) {
            let first = names.iter().position(|other| other == name).unwrap();
            assert_eq!(*fold, folds[first]);
        }
        for fold in 0..N_FOLDS {
            let n_networks = folds.iter().filter(|own| **own == fold).count();
            assert!((8..=12).contains(&n_networks), "{n_networks}"); // 2 or 3 of 20 groups of 4
        }
    }

    #[test]
    fn of_few_groups_the_worst_one_sets_the_interval() {
        let scores: Vec<f64> = (1..=40).map(f64::from).collect();
        let folds: Vec<usize> = (0..40).map(|i| i / 20).collect();
        // ceil(0.9 x 41) = 37th of all; ceil(0.9 x 21) = 19th of the second twenty
        assert_eq!(radius(&scores, &folds, false, |_| true), 37.0);
        assert_eq!(radius(&scores, &folds, true, |_| true), 39.0);
        // made from the other half: the first has all below 39, the second none below 19
        assert_eq!(coverage(&scores, &folds, true), 0.5);
    }
}
