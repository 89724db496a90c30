//! A whole run: load, pre-train, cluster, fit each member, export. Every stage can be resumed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use candle_core::Tensor;
use xxhash_rust::xxh3::xxh3_64;

use super::atomic;
use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use super::curves::{self, Chart, Curve, Role};
use super::data::{DataSet, Featurise};
use super::export::TrainedMember;
use super::log::{self, Axis};
use super::observer::Observer;
use super::pretrain::{self, Pretraining};
use super::regress::{CLUSTER_STAGE, FIT_STAGE, Regression};
use super::spectrum_cache::SpectrumCache;
use super::split::Split;
use super::stage::{Outcome, Stage};
use crate::error::{Error, ErrorKind, Result};
use crate::model::label::LabelTransform;

/// Up to which stage a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// Contrastive pre-training.
    Pretrain,
    /// Fuzzy clusters of the pre-trained embeddings.
    Cluster,
    /// Encoder and heads end to end.
    Fit,
}

/// A run with its data in memory and its folder on disk.
pub struct Run<'a> {
    config: RunConfig,
    data: DataSet,
    labels: Vec<LabelTransform>,
    folder: PathBuf,
    fingerprint: String,
    observer: &'a dyn Observer,
}

impl<'a> Run<'a> {
    /// Opens a run in `folder` on the records in `data_folder`.
    ///
    /// An empty folder begins a run; one that holds a run is gone on with if `resume` is set.
    ///
    /// # Errors
    /// Where the folder holds another run, or one and `resume` is not set; where records are bad.
    pub fn open(
        config: RunConfig,
        data_folder: &Path,
        folder: &Path,
        resume: bool,
        observer: &'a dyn Observer,
    ) -> Result<Self> {
        let io = |error: std::io::Error| {
            Error::new(ErrorKind::Io, format!("can't use {}: {error}", folder.display()))
        };
        std::fs::create_dir_all(folder).map_err(io)?;
        let text = config.to_toml()?;
        // general targets come with the export: no member depends on them
        let mut of_members = config.clone();
        of_members.data.general.clear();
        let config_path = folder.join("config.toml");
        if config_path.exists() && !resume {
            let message = format!(
                "{} holds a run already; go on with --resume, or take another --out folder",
                folder.display()
            );
            return Err(Error::new(ErrorKind::Config, message));
        }
        let (mut cache, note) = SpectrumCache::open(folder.join("spectra.bin"))?;
        if let Some(note) = note {
            observer.note(&note);
        }
        let featurise = Featurise { set: config.model.features, view: config.model.view };
        let spectra = (config.pretrain.stage.epochs > 0).then_some(&mut cache);
        let data = DataSet::load(data_folder, &config.data, featurise, spectra, observer)?;
        let labels = (0..data.n_labelled)
            .map(|target| label_transform(&config, &data, target))
            .collect::<Result<_>>()?;
        let fingerprint = fingerprint(&of_members.to_toml()?, &data);
        atomic::write(&config_path, text.as_bytes())?;
        Ok(Self { config, data, labels, folder: folder.to_owned(), fingerprint, observer })
    }

    /// The configuration.
    pub fn config(&self) -> &RunConfig {
        &self.config
    }

    /// The networks.
    pub fn data(&self) -> &DataSet {
        &self.data
    }

    /// The label transform of each target.
    pub fn labels(&self) -> &[LabelTransform] {
        &self.labels
    }

    /// Trains every member up to a stage, `n_threads` of them side by side.
    ///
    /// Each member runs on one thread, so its weights do not depend on how many run beside it.
    ///
    /// # Errors
    /// The first error of a member.
    pub fn train(&self, until: Until, n_threads: usize) -> Result<Outcome> {
        let waiting = Mutex::new(self.config.seeds.iter());
        let next = || waiting.lock().map(|mut seeds| seeds.next().copied()).unwrap_or(None);
        let work = || -> Result<Outcome> {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
            let pool = pool.map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
            while let Some(seed) = next() {
                if pool.install(|| self.member(seed, until))? == Outcome::Stopped {
                    return Ok(Outcome::Stopped);
                }
            }
            Ok(Outcome::Finished)
        };
        let outcomes: Vec<Result<Outcome>> = std::thread::scope(|scope| {
            let n_threads = n_threads.clamp(1, self.config.seeds.len());
            let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect()
        });
        let outcomes = outcomes.into_iter().collect::<Result<Vec<_>>>()?;
        Ok(if outcomes.contains(&Outcome::Stopped) { Outcome::Stopped } else { Outcome::Finished })
    }

    /// The members as they are on disk after the last stage.
    ///
    /// # Errors
    /// Where one is not trained to the end.
    pub fn members(&self, how_many: usize) -> Result<Vec<TrainedMember>> {
        let seeds = self.config.seeds.iter().take(how_many);
        seeds.map(|&seed| self.trained_member(seed)).collect()
    }

    fn trained_member(&self, seed: u64) -> Result<TrainedMember> {
        let path = self.member_folder(seed).join(format!("{FIT_STAGE}.safetensors"));
        let checkpoint = Checkpoint::read(&path, &self.fingerprint)?
            .filter(|checkpoint| checkpoint.epoch == self.config.fit.epochs)
            .ok_or_else(|| {
                let message = format!(
                    "the member with seed {seed} is not trained to the end in {}; run `gennape \
                     train --resume` first",
                    self.folder.display()
                );
                Error::new(ErrorKind::Config, message)
            })?;
        let parameters = checkpoint.group("parameters");
        let mut regression = self.regression(seed, &BTreeMap::new())?;
        regression.restore_fcm(&checkpoint.group("fcm"))?;
        Ok(TrainedMember { seed, fcm: regression.fcm()?.clone(), parameters })
    }

    fn member(&self, seed: u64, until: Until) -> Result<Outcome> {
        let folder = self.member_folder(seed);
        std::fs::create_dir_all(&folder).map_err(|error| {
            Error::new(ErrorKind::Io, format!("can't make {}: {error}", folder.display()))
        })?;
        let outcome = self.stages(seed, until, &folder)?;
        draw_curves(&folder)?;
        Ok(outcome)
    }

    fn stages(&self, seed: u64, until: Until, folder: &Path) -> Result<Outcome> {
        let stage = |name, config| Stage {
            name,
            seed,
            config,
            folder: Some(folder),
            run: &self.fingerprint,
            observer: self.observer,
        };
        let pretraining = stage(pretrain::STAGE, self.config.pretrain.stage);
        let mut pretrained = BTreeMap::new();
        let networks = self.data.pretraining();
        if let Some(first) = networks.first() {
            let statistics = &self.data.targets[first.target].statistics;
            let mut learner = Pretraining::new(&self.config, seed, networks, statistics)?;
            if pretraining.run(&mut learner)? == Outcome::Stopped {
                return Ok(Outcome::Stopped);
            }
            pretrained = super::stage::Learner::parameters(&learner).snapshot()?;
        }
        if until == Until::Pretrain {
            return Ok(Outcome::Finished);
        }
        let mut learner = self.regression(seed, &pretrained)?;
        self.cluster(seed, folder, &mut learner)?;
        if until == Until::Cluster {
            return Ok(Outcome::Finished);
        }
        stage(FIT_STAGE, self.config.fit).run(&mut learner)
    }

    /// The clusters from disk, or fitted and written.
    fn cluster(&self, seed: u64, folder: &Path, learner: &mut Regression<'_>) -> Result<()> {
        let path = folder.join(format!("{CLUSTER_STAGE}.safetensors"));
        if let Some(checkpoint) = Checkpoint::read(&path, &self.fingerprint)? {
            learner.restore_fcm(&checkpoint.group("fcm"))?;
        } else {
            learner.cluster(seed)?;
            let mut checkpoint = Checkpoint::new(1);
            checkpoint.put("fcm", learner.fcm_tensors()?);
            checkpoint.write(&path, &self.fingerprint)?;
        }
        self.observer.stage_end(seed, CLUSTER_STAGE);
        Ok(())
    }

    fn regression(
        &self,
        seed: u64,
        pretrained: &BTreeMap<String, Tensor>,
    ) -> Result<Regression<'_>> {
        Regression::new(&self.config, seed, &self.data, &self.labels, pretrained)
    }

    fn member_folder(&self, seed: u64) -> PathBuf {
        self.folder.join(format!("member-{seed}"))
    }
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Result<Outcome> {
    Err(Error::new(ErrorKind::Internal, "a training thread panicked"))
}

/// The transform of one target, fitted to its training networks.
fn label_transform(config: &RunConfig, data: &DataSet, target: usize) -> Result<LabelTransform> {
    let training = data.of(Split::Train);
    let networks: Vec<_> = training
        .iter()
        .filter(|network| network.target == target)
        .map(|network| (network.mean_accuracy(), network.cost))
        .collect();
    if networks.len() < 2 {
        let name = &data.targets[target].name;
        let message = format!("`{name}` has fewer than 2 training networks");
        return Err(Error::new(ErrorKind::Record, message));
    }
    Ok(LabelTransform::fit(config.model.label, &networks))
}

/// Equal for equal configuration and data.
fn fingerprint(config: &str, data: &DataSet) -> String {
    let mut bytes = config.as_bytes().to_vec();
    for network in &data.networks {
        bytes.extend(network.hash.to_le_bytes());
        network.accuracies.iter().for_each(|label| bytes.extend(label.to_le_bytes()));
    }
    format!("{:016x}", xxh3_64(&bytes))
}

/// One drawing a stage, from the member's log.
fn draw_curves(folder: &Path) -> Result<()> {
    let path = folder.join("log.jsonl");
    if !path.exists() {
        return Ok(());
    }
    let entries = log::read(&path)?;
    for (stage, y_label) in [(pretrain::STAGE, "cross-entropy"), (FIT_STAGE, "squared error")] {
        let roles = [
            ("training", Role::Training, "loss"),
            ("validation", Role::Validation, "validation"),
            ("floor", Role::Floor, "floor"),
        ];
        let curves = roles.map(|(name, role, key)| {
            Curve::new(name, role, log::points(&entries, stage, Axis::Epoch, key))
        });
        let curves: Vec<_> = curves.into_iter().filter(|curve| !curve.points.is_empty()).collect();
        if !curves.is_empty() {
            let chart = Chart {
                title: stage.to_owned(),
                x_label: Axis::Epoch.name().to_owned(),
                y_label: y_label.to_owned(),
                curves,
            };
            let path = folder.join(format!("{stage}.svg"));
            atomic::write(&path, curves::svg(&chart).as_bytes())?;
        }
    }
    Ok(())
}
