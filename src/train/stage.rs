//! The loop of every stage: epochs of shuffled batches, checkpoints, log, stop and resume.
//!
//! What is learned is a `Learner`. The order of networks in an epoch depends on seed, stage and
//! epoch alone, so a stage that was stopped goes on exactly as if it had not been.

use std::path::Path;
use std::time::Instant;

use candle_core::Tensor;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64Mcg;
use xxhash_rust::xxh3::xxh3_64;

use super::checkpoint::Checkpoint;
use super::config::StageConfig;
use super::log::{self, Entry, RunLog};
use super::observer::{Observer, StepReport};
use crate::error::Result;
use crate::fit::optimiser::AdamW;
use crate::fit::parameters::Parameters;
use crate::fit::schedule::OneCycle;

/// The loss of one batch.
pub(super) struct StepLoss {
    /// The scalar whose gradient is followed.
    pub(super) loss: Tensor,
    /// What it can't fall below.
    pub(super) floor: Option<f64>,
}

/// What one stage trains.
pub(super) trait Learner {
    /// How many networks it learns from.
    fn n_samples(&self) -> usize;

    /// Batches with fewer networks are left out.
    fn smallest_batch(&self) -> usize;

    /// The loss of a batch of networks.
    fn loss(&self, batch: &[usize]) -> Result<StepLoss>;

    /// What is trained.
    fn parameters(&self) -> &Parameters;

    /// Called after each epoch; the validation loss, where there is one.
    fn epoch_end(&mut self, is_last: bool) -> Result<Option<f64>>;

    /// Adds to a checkpoint what is neither parameters nor optimiser.
    fn save(&self, checkpoint: &mut Checkpoint) -> Result<()>;

    /// Takes it back.
    fn restore(&mut self, checkpoint: &Checkpoint) -> Result<()>;
}

/// One stage of one member: its names, files and steps.
pub(super) struct Stage<'a> {
    pub(super) name: &'static str,
    pub(super) seed: u64,
    pub(super) config: StageConfig,
    /// The member's folder; without one nothing is kept, and a stopped stage begins anew.
    pub(super) folder: Option<&'a Path>,
    /// The run's fingerprint, in every checkpoint.
    pub(super) run: &'a str,
    pub(super) observer: &'a dyn Observer,
}

/// How a stage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs are done.
    Finished,
    /// The observer wished to stop; the last complete epoch is on disk.
    Stopped,
}

impl Stage<'_> {
    /// Runs what is left of the stage.
    pub(super) fn run(&self, learner: &mut dyn Learner) -> Result<Outcome> {
        let path = self.folder.map(|folder| folder.join(format!("{}.safetensors", self.name)));
        let mut optimiser = AdamW::new(self.config.optimiser);
        let mut first_epoch = 0;
        if let Some(path) = &path
            && let Some(checkpoint) = Checkpoint::read(path, self.run)?
        {
            learner.parameters().set("", &checkpoint.group("parameters"))?;
            optimiser.restore(&checkpoint.group("optimiser"))?;
            learner.restore(&checkpoint)?;
            first_epoch = checkpoint.epoch;
        }
        let mut log = self.folder.map(|folder| self.open_log(folder, first_epoch)).transpose()?;
        let start = Instant::now();
        for epoch in first_epoch..self.config.epochs {
            let Some((loss, floor)) = self.epoch(epoch, learner, &mut optimiser)? else {
                return Ok(Outcome::Stopped);
            };
            let validation = learner.epoch_end(epoch + 1 == self.config.epochs)?;
            if let Some((log, before_s)) = &mut log {
                let elapsed = *before_s + start.elapsed().as_secs_f64();
                let step = (epoch + 1) * self.steps_per_epoch(learner);
                let entry = Entry::new(elapsed, self.name, epoch + 1, step)
                    .with("loss", loss)
                    .with("floor", floor)
                    .with("validation", validation);
                log.append(&entry)?;
            }
            if let Some(path) = &path {
                self.checkpoint(epoch + 1, learner, &optimiser)?.write(path, self.run)?;
            }
        }
        self.observer.stage_end(self.seed, self.name);
        Ok(Outcome::Finished)
    }

    fn checkpoint(
        &self,
        epoch: usize,
        learner: &dyn Learner,
        optimiser: &AdamW,
    ) -> Result<Checkpoint> {
        let mut checkpoint = Checkpoint::new(epoch);
        checkpoint.put("parameters", learner.parameters().snapshot()?);
        checkpoint.put("optimiser", optimiser.snapshot()?);
        learner.save(&mut checkpoint)?;
        Ok(checkpoint)
    }

    /// One pass: mean loss and mean floor, or `None` where it was stopped.
    fn epoch(
        &self,
        epoch: usize,
        learner: &dyn Learner,
        optimiser: &mut AdamW,
    ) -> Result<Option<(f64, Option<f64>)>> {
        let n_per_epoch = self.steps_per_epoch(learner);
        let n_steps = n_per_epoch * self.config.epochs;
        let cycle = OneCycle { peak: self.config.rate, warm_up: self.config.warm_up, n_steps };
        let mut order: Vec<usize> = (0..learner.n_samples()).collect();
        order.shuffle(&mut generator(self.seed, self.name, epoch));
        let (mut losses, mut floors) = (0.0, Some(0.0));
        for (nth, batch) in order.chunks(self.config.batch).take(n_per_epoch).enumerate() {
            let step = epoch * n_per_epoch + nth;
            let StepLoss { loss, floor } = learner.loss(batch)?;
            let gradients = loss.backward()?;
            optimiser.step(learner.parameters(), &gradients, cycle.rate(step))?;
            losses += f64::from(loss.to_scalar::<f32>()?);
            floors = floors.zip(floor).map(|(sum, floor)| sum + floor);
            let done = (nth + 1) as f64;
            let report = StepReport {
                epoch: epoch + 1,
                n_epochs: self.config.epochs,
                step: step + 1,
                n_steps,
                loss: losses / done,
                floor: floors.map(|sum| sum / done),
            };
            self.observer.step(self.seed, self.name, report);
            if self.observer.should_stop() && nth + 1 < n_per_epoch {
                return Ok(None);
            }
        }
        let n = n_per_epoch.max(1) as f64;
        Ok(Some((losses / n, floors.map(|sum| sum / n))))
    }

    fn steps_per_epoch(&self, learner: &dyn Learner) -> usize {
        let (whole, rest) =
            (learner.n_samples() / self.config.batch, learner.n_samples() % self.config.batch);
        whole + usize::from(rest >= learner.smallest_batch())
    }

    /// The member's log without lines that are about to be written again, and its time so far.
    fn open_log(&self, folder: &Path, first_epoch: usize) -> Result<(RunLog, f64)> {
        let path = folder.join("log.jsonl");
        let log =
            RunLog::resume(&path, |entry| entry.stage != self.name || entry.epoch <= first_epoch)?;
        let time = log::read(&path)?.last().map_or(0.0, |entry| entry.time_s);
        Ok((log, time))
    }
}

/// A generator for one purpose of one member, independent of all others.
pub(super) fn generator(seed: u64, purpose: &str, nth: usize) -> Pcg64Mcg {
    let key = format!("{seed}/{purpose}/{nth}");
    Pcg64Mcg::seed_from_u64(xxh3_64(key.as_bytes()))
}
