//! Training from end to end on small synthetic records: records in, weights out, predictions right.
//!
//! The accuracies are a known function of the graph, so a run that learns must rank held-out
//! networks by it, and a run on shuffled accuracies must not.

#![cfg(feature = "train")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]
#![allow(clippy::print_stdout, reason = "shows by what margin a bar is passed")]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use gennape::family;
use gennape::graph::ComputeGraph;
use gennape::model::config::PairwiseConfig;
use gennape::predict::{PredictOptions, Predictor};
use gennape::train::config::RunConfig;
use gennape::train::export::export;
use gennape::train::metrics::spearman;
use gennape::train::observer::{Observer, Silent, StepReport};
use gennape::train::run::{Run, Until};
use gennape::train::split::{Fractions, Split, split_of};
use gennape::train::stage::Outcome;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64Mcg;
use serde_json::json;
use tempfile::TempDir;

const SPLIT: Fractions = Fractions { validation: 0.2, test: 0.2 };

/// An architecture with an accuracy.
#[derive(Clone)]
struct Sample {
    text: String,
    hash: u64,
    accuracy: f64,
}

/// 3x3 convolutions help, and depth helps less: a fraction from .5 to .95.
fn accuracy_of(graph: &ComputeGraph) -> f64 {
    let is_3x3 = |node: &&gennape::graph::Node| node.op.is_conv() && node.kernel == [3, 3];
    let n_3x3 = graph.nodes().filter(is_3x3).count() as f64;
    // The network of nothing but 3x3 convolutions has 95 of them and a path of 186 edges.
    0.5 + 0.3 * (n_3x3 / 95.0) + 0.15 * (graph.depth() as f64 / 186.0)
}

/// `n` cells of NAS-Bench-201 with different graphs.
fn samples(n: usize) -> Vec<Sample> {
    let family = family::by_name("nb201").unwrap();
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    let (mut seen, mut samples) = (BTreeSet::new(), Vec::new());
    while samples.len() < n {
        let cell = family.sample(&mut rng);
        let graph = cell.build(&family.variants()[0]).unwrap();
        let hash = graph.structural_hash();
        if seen.insert(hash) {
            samples.push(Sample { text: cell.text(), hash, accuracy: accuracy_of(&graph) });
        }
    }
    samples
}

/// The same cells with each other's accuracies.
fn shuffled(samples: &[Sample]) -> Vec<Sample> {
    let mut accuracies: Vec<f64> = samples.iter().map(|sample| sample.accuracy).collect();
    accuracies.shuffle(&mut Pcg64Mcg::seed_from_u64(8));
    let pairs = samples.iter().zip(accuracies);
    pairs.map(|(sample, accuracy)| Sample { accuracy, ..sample.clone() }).collect()
}

fn records(samples: &[Sample]) -> String {
    let line = |(idx, sample): (usize, &Sample)| {
        let accuracy = json!({
            "cifar10": sample.accuracy,
            "cifar100": sample.accuracy - 0.2,
            "imagenet16-120": sample.accuracy - 0.4,
        });
        let id = format!("cell-{idx}");
        json!({ "id": id, "family": "nb201", "arch": sample.text, "accuracy": accuracy })
            .to_string()
            + "\n"
    };
    samples.iter().enumerate().map(line).collect()
}

/// A data folder with these bytes as its only file.
fn folder_with(name: &str, bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    folder
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn config(pretrain_epochs: usize, fit_epochs: usize) -> RunConfig {
    let replacements = [
        "seeds=[1]".to_owned(),
        "members=1".to_owned(),
        r#"data.targets=["nb201/cifar10"]"#.to_owned(),
        r#"data.pretrain=["nb201/cifar10"]"#.to_owned(),
        format!("data.split={{validation={}, test={}}}", SPLIT.validation, SPLIT.test),
        "model.encoder.layers=2".to_owned(),
        "model.fcm.clusters=3".to_owned(),
        "pretrain.stage.batch=32".to_owned(),
        "fit.batch=16".to_owned(),
        format!("pretrain.stage.epochs={pretrain_epochs}"),
        format!("fit.epochs={fit_epochs}"),
    ];
    RunConfig::from_toml_with(include_str!("../configs/default.toml"), &replacements).unwrap()
}

/// A run in a folder of its own, that can be gone on with.
struct Attempt {
    config: RunConfig,
    data: PathBuf,
    out: TempDir,
}

impl Attempt {
    fn new(config: &RunConfig, data: &Path) -> Self {
        let out = tempfile::tempdir().unwrap();
        Self { config: config.clone(), data: data.to_owned(), out }
    }

    fn open<'a>(&self, observer: &'a dyn Observer) -> gennape::Result<Run<'a>> {
        let resume = self.out.path().join("config.toml").exists();
        Run::open(self.config.clone(), &self.data, self.out.path(), resume, observer)
    }

    fn train(&self, observer: &dyn Observer) -> Outcome {
        self.open(observer).unwrap().train(Until::Fit, 1).unwrap()
    }

    /// The bytes of the finished run's weights.
    fn weights(&self) -> Vec<u8> {
        let run = self.open(&Silent).unwrap();
        let members = run.members(run.config().members).unwrap();
        let weights = export(run.config(), run.data(), run.labels(), &members, false).unwrap();
        weights.to_bytes().unwrap()
    }
}

/// The weights of an undisturbed run.
fn train(config: &RunConfig, data: &Path) -> Vec<u8> {
    let attempt = Attempt::new(config, data);
    assert_eq!(attempt.train(&Silent), Outcome::Finished);
    attempt.weights()
}

/// Rank correlation of predictions and accuracies on the networks that were not learned from.
fn held_out_spearman(samples: &[Sample], config: &RunConfig) -> f64 {
    let data = folder_with("nb201.jsonl.gz", &gzip(&records(samples)));
    let predictor = Predictor::load(&train(config, data.path())).unwrap();
    let held_out: Vec<_> =
        samples.iter().filter(|sample| split_of(sample.hash, 0, &SPLIT) == Split::Test).collect();
    assert!(held_out.len() > 60, "{} networks are too few to judge by", held_out.len());
    let options = PredictOptions::default();
    let predict = |sample: &&Sample| predictor.predict(&sample.text, &options).unwrap().accuracy;
    let predicted: Vec<f64> = held_out.iter().map(predict).collect();
    let measured: Vec<f64> = held_out.iter().map(|sample| sample.accuracy).collect();
    spearman(&predicted, &measured).unwrap()
}

/// 240 training networks: 12 epochs of 15 steps after a short pre-training.
#[test]
fn held_out_networks_are_ranked_by_what_was_learned() {
    let found = held_out_spearman(&samples(400), &config(2, 12));
    println!("Spearman on the test split: {found:.4}");
    assert!(found > 0.95, "{found}");
}

/// The heads are left out of the prediction: trained, exported, loaded and asked are the classifiers.
#[test]
fn classifiers_of_pairs_rank_held_out_networks_by_themselves() {
    let mut config = config(2, 12);
    config.model.pairwise =
        Some(PairwiseConfig { classifiers: 2, hidden: 32, references: 24, share: 1.0 });
    let found = held_out_spearman(&samples(400), &config);
    println!("Spearman on the test split: {found:.4}");
    assert!(found > 0.9, "{found}");
}

/// 80 test networks: by chance |Spearman| passes .4 about once in 4,000 times.
#[test]
fn nothing_is_learned_from_shuffled_accuracies() {
    let found = held_out_spearman(&shuffled(&samples(400)), &config(2, 12));
    println!("Spearman on the test split: {found:.4}");
    assert!(found.abs() < 0.4, "{found}");
}

/// Wishes to stop once so many steps are done.
struct StopsAfter {
    n_steps: usize,
    done: AtomicUsize,
}

impl StopsAfter {
    fn new(n_steps: usize) -> Self {
        Self { n_steps, done: AtomicUsize::new(0) }
    }
}

impl Observer for StopsAfter {
    fn step(&self, _seed: u64, _stage: &str, _report: StepReport) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn should_stop(&self) -> bool {
        self.done.load(Ordering::Relaxed) >= self.n_steps
    }
}

#[test]
fn a_run_that_was_stopped_and_gone_on_with_ends_in_the_bytes_of_an_undisturbed_one() {
    let data = folder_with("nb201.jsonl", records(&samples(160)).as_bytes());
    let config = config(3, 3);
    let undisturbed = train(&config, data.path());
    assert_eq!(train(&config, data.path()), undisturbed, "a second run with the same seed");

    // About 100 training networks: 3 or 4 steps an epoch of 32, 6 or 7 of 16. The first run ends in
    // the second epoch of pre-training; the second finishes that and ends within the heads' stage.
    let attempt = Attempt::new(&config, data.path());
    for n_steps in [5, 18] {
        assert_eq!(attempt.train(&StopsAfter::new(n_steps)), Outcome::Stopped, "{n_steps} steps");
        let error = attempt.open(&Silent).unwrap().members(1).unwrap_err();
        assert!(error.message().contains("is not trained to the end"), "{error}");
    }
    assert!(attempt.out.path().join("member-1/fit.safetensors").exists(), "stopped too early");
    assert_eq!(attempt.train(&Silent), Outcome::Finished);
    assert_eq!(attempt.weights(), undisturbed);

    let mut other = config;
    other.seeds = vec![2];
    assert_ne!(train(&other, data.path()), undisturbed, "another seed");
}

#[test]
fn a_folder_with_a_run_is_not_begun_anew_nor_gone_on_with_on_other_records() {
    let data = folder_with("nb201.jsonl", records(&samples(60)).as_bytes());
    let attempt = Attempt::new(&config(1, 1), data.path());
    attempt.train(&Silent);
    let again = Run::open(config(1, 1), data.path(), attempt.out.path(), false, &Silent);
    let shown = attempt.out.path().display().to_string();
    let expected = "holds a run already; go on with --resume, or take another --out folder";
    assert_eq!(again.err().unwrap().to_string(), format!("{shown} {expected}"));

    std::fs::write(data.path().join("nb201.jsonl"), records(&samples(61))).unwrap();
    let error = attempt.open(&Silent).unwrap().train(Until::Fit, 1).unwrap_err();
    let expected = "it belongs to a run of another configuration or other data";
    assert!(error.message().contains(expected), "{error}");
}

#[test]
fn records_that_cannot_be_used_are_named_by_file_and_line() {
    struct Case {
        name: &'static str,
        bytes: Vec<u8>,
        /// With FILE for the file's path.
        expected: &'static str,
    }
    let good = records(&samples(4));
    let without_label = good.clone()
        + &good.lines().next().unwrap().replace("\"cifar10\"", "\"svhn\"").replace("cell-0", "odd");
    let mut cut_off = gzip(&good);
    cut_off.truncate(cut_off.len() - 12);
    let no_records = r#"FILE: no records; expected lines of {"id": ..., "arch": ..., ...}"#;
    let cases = [
        Case { name: "nb201.jsonl", bytes: Vec::new(), expected: no_records },
        Case { name: "nb201.jsonl.gz", bytes: gzip(""), expected: no_records },
        Case {
            name: "nb201.jsonl.gz",
            bytes: cut_off,
            expected: "FILE:4:1: the stream breaks off here; the file is cut off, fetch it again",
        },
        Case {
            name: "nb201.jsonl",
            bytes: without_label.into_bytes(),
            expected: "FILE:5:1: record `odd`: no accuracy for `cifar10`; it has cifar100, \
                       imagenet16-120, svhn",
        },
        Case {
            name: "nb201.jsonl",
            bytes: good.replacen("0.", "9.", 1).into_bytes(),
            expected: "FILE:1:",
        },
        Case {
            name: "nb101.jsonl",
            bytes: Vec::new(),
            expected: "there is no nb201.jsonl.gz or nb201.jsonl in FOLDER",
        },
    ];
    for Case { name, bytes, expected } in cases {
        let data = folder_with(name, &bytes);
        let file = data.path().join(name).display().to_string();
        let expected =
            expected.replace("FILE", &file).replace("FOLDER", &data.path().display().to_string());
        let error = Attempt::new(&config(1, 1), data.path()).open(&Silent).err().unwrap();
        let found = error.to_string();
        if expected.ends_with(':') {
            assert!(found.starts_with(&expected), "{found}");
        } else {
            assert_eq!(found, expected);
        }
    }
}
