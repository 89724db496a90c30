//! Adaptation from beginning to end, in steps: a caller can show each one, and stop between two.

use serde::Serialize;

use super::file::{Adapted, Origin};
use super::held_out::{Comparison, Figures, N_FOLDS, Point, folds};
use super::measured::{Measured, MeasuredSet};
use super::regressors::regressors;
use super::source::{Opinion, Reading, opinions};
use super::target::{GaussianTarget, Range, Scale};
use crate::error::{Error, ErrorKind, Result};
use crate::family::{self, Family};
use crate::model::ensemble::Ensemble;

/// Networks that the weights look at in one step.
const LOOK_BATCH: usize = 8;
/// What is fitted of accuracies.
const SCALE: Scale = Scale::Logit;

/// How far an adaptation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// What the next step does.
    pub what: &'static str,
    /// Steps that are done.
    pub done: usize,
    /// All steps.
    pub total: usize,
}

/// What came of an adaptation.
#[derive(Debug, Clone)]
pub struct Adaptation {
    /// What is kept.
    pub adapted: Adapted,
    /// Each network with what was predicted of it from others.
    pub points: Vec<Point>,
}

/// An adaptation under way.
#[derive(Debug, Clone)]
pub struct Adapter {
    set: MeasuredSet,
    reading: Reading,
    opinions: Vec<Opinion>,
    rows: Vec<Vec<f64>>,
    target: Option<GaussianTarget>,
    folds: Vec<usize>,
    held_out: Vec<Option<Range>>,
    n_folds_done: usize,
}

impl Adapter {
    /// An adaptation of `ensemble` to these networks, nothing of it done.
    pub fn new(ensemble: &Ensemble, set: MeasuredSet) -> Self {
        let scalars: Vec<_> = set.networks.iter().map(|n| &n.features.scalars).collect();
        let reading = Reading::of(ensemble, set.family.as_deref(), &scalars);
        let hashes: Vec<u64> = set.networks.iter().map(|network| network.hash).collect();
        Self {
            reading,
            opinions: Vec::new(),
            rows: Vec::new(),
            target: None,
            folds: folds(&hashes),
            held_out: vec![None; set.networks.len()],
            n_folds_done: 0,
            set,
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let n_looks = self.set.networks.len().div_ceil(LOOK_BATCH);
        let looks_done = self.opinions.len().div_ceil(LOOK_BATCH);
        let is_fitted = self.target.is_some();
        let what = match (looks_done < n_looks, is_fitted) {
            (true, _) => "look at the networks",
            (false, false) => "fit",
            (false, true) => "cross-validate",
        };
        let done = looks_done + usize::from(is_fitted) + self.n_folds_done;
        Progress { what, done, total: n_looks + 1 + N_FOLDS }
    }

    /// Does one step with the same `ensemble` as before; nothing is left once all are done.
    ///
    /// # Errors
    /// Where the weights do not fit the networks, or nothing can be fitted to them.
    pub fn step(&mut self, ensemble: &Ensemble) -> Result<Progress> {
        let n_networks = self.set.networks.len();
        if self.opinions.len() < n_networks {
            let first = self.opinions.len();
            let batch = &self.set.networks[first..n_networks.min(first + LOOK_BATCH)];
            let features: Vec<_> = batch.iter().map(|network| &network.features).collect();
            let seen = opinions(ensemble, &self.reading, &features)?;
            let rows = features.iter().zip(&seen);
            self.rows.extend(rows.map(|(features, opinion)| regressors(features, Some(opinion))));
            self.opinions.extend(seen);
        } else if self.target.is_none() {
            self.target = Some(self.fit(|_| true)?);
        } else if self.n_folds_done < N_FOLDS {
            self.cross_validate(self.n_folds_done)?;
            self.n_folds_done += 1;
        }
        Ok(self.progress())
    }

    /// The immediate answer, once it is there: predictions before they are cross-validated.
    pub fn target(&self) -> Option<&GaussianTarget> {
        self.target.as_ref()
    }

    /// What came of it.
    ///
    /// # Errors
    /// Where steps are left.
    pub fn finish(&self, ensemble: &Ensemble, origin: Origin) -> Result<Adaptation> {
        let held_out: Option<Vec<Range>> = self.held_out.iter().copied().collect();
        let (Some(held_out), Some(target)) = (held_out, &self.target) else {
            let message = "the adaptation is not finished; take its steps until all are done";
            return Err(Error::new(ErrorKind::Config, message));
        };
        let point = |(network, range): (&Measured, &Range)| Point {
            id: network.id.clone(),
            measured: network.accuracy,
            predicted: range.accuracy,
            low: range.low,
            high: range.high,
        };
        let points = self.set.networks.iter().zip(&held_out).map(point).collect();
        let adapted = Adapted {
            origin: Origin { records: self.set.digest(), ..origin },
            family: self.set.family.clone(),
            data_set: self.set.data_set.clone(),
            reading: self.reading.clone(),
            target: target.clone(),
            comparison: self.compare(ensemble, &held_out),
        };
        Ok(Adaptation { adapted, points })
    }

    /// The target fitted on the networks of the folds that `is_learned` names.
    fn fit(&self, is_learned: impl Fn(usize) -> bool) -> Result<GaussianTarget> {
        let learned = || self.folds.iter().enumerate().filter(|(_, fold)| is_learned(**fold));
        let rows: Vec<_> = learned().map(|(idx, _)| self.rows[idx].clone()).collect();
        let accuracies: Vec<_> =
            learned().map(|(idx, _)| self.set.networks[idx].accuracy).collect();
        let name = format!("adapted/{}", self.set.data_set);
        let title = match self.set.family.as_deref().and_then(family_of) {
            Some(family) => format!("{} on {}, adapted", family.title(), self.set.data_set),
            None => format!("{}, adapted", self.set.data_set),
        };
        GaussianTarget::fit((&name, &title), SCALE, &rows, &accuracies)
    }

    /// Predicts the networks of one fold from the others.
    fn cross_validate(&mut self, fold: usize) -> Result<()> {
        if !self.folds.contains(&fold) {
            return Ok(());
        }
        let target = self.fit(|other| other != fold)?;
        for (idx, of) in self.folds.iter().enumerate() {
            if *of == fold {
                self.held_out[idx] = Some(target.predict(&self.rows[idx]));
            }
        }
        Ok(())
    }

    fn compare(&self, ensemble: &Ensemble, held_out: &[Range]) -> Comparison {
        let networks = &self.set.networks;
        let measured: Vec<f64> = networks.iter().map(|network| network.accuracy).collect();
        let log10 = |count: u64| (count.max(1) as f64).log10();
        let line = |number: &dyn Fn(&Measured) -> f64| {
            let numbers: Vec<f64> = networks.iter().map(number).collect();
            Figures::of_line(&numbers, &measured, &self.folds)
        };
        Comparison {
            networks: networks.len(),
            adapted: Figures::of_ranges(held_out, &measured),
            unadapted: self.unadapted(ensemble, &measured),
            log_params: line(&|network| log10(network.cost.params)),
            log_macs: line(&|network| log10(network.cost.macs)),
        }
    }

    /// The weights as they are: the column of the networks' own family, or else the nearest one.
    fn unadapted(&self, ensemble: &Ensemble, measured: &[f64]) -> Figures {
        let targets = &ensemble.metadata().targets;
        let own = targets.iter().position(|target| Some(&target.name) == self.set.family.as_ref());
        let width = ensemble.metadata().config.embedding_width();
        let mut votes = vec![0_usize; targets.len()];
        for opinion in &self.opinions {
            let first: Vec<f32> = opinion.embeddings[..width].iter().map(|x| *x as f32).collect();
            if let Some(nearest) = ensemble.nearest_target(&first, |_| true) {
                votes[nearest] += 1;
            }
        }
        let nearest = (0..votes.len()).max_by_key(|target| votes[*target]);
        let Some(target) = own.or(nearest) else { return Figures::default() };
        let labels: Vec<f64> =
            self.opinions.iter().map(|own| own.own_label(target, targets.len())).collect();
        let costs = self.set.networks.iter().map(|network| network.cost);
        let inverse = |(label, cost): (&f64, _)| targets[target].label.inverse(*label, cost);
        let accuracies: Vec<f64> = labels.iter().zip(costs).map(inverse).collect();
        Figures::of(&labels, &accuracies, measured)
    }
}

/// The family of `family/variant`.
fn family_of(name: &str) -> Option<&'static dyn Family> {
    family::by_name(name.split('/').next()?).ok()
}
