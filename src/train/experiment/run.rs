//! Measures the cells that are missing, one after the other or several side by side.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::bootstrap;
use super::cell::{Cell, Finished, Measured, Outcome};
use super::method::{Scores, Task, by_name};
use super::parts::{is_small, parts};
use super::pretrained::Pretrained;
use super::store::Store;
use crate::error::{Error, ErrorKind, Result};
use crate::model::ensemble::Ensemble;
use crate::train::config::DataConfig;
use crate::train::data::{DataSet, Featurise, Network};
use crate::train::evaluate::{Entries, over_graphs, over_records};
use crate::train::metrics::Metrics;
use crate::train::observer::{Observer, Silent, StepReport};
use crate::train::split::Fractions;
use crate::train::stage::{self, generator};

/// Where cells get their networks and their answers from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The folder with the records.
    pub data: &'a Path,
    /// Weights that were trained on other families, for methods that ask them.
    pub weights: Option<&'a Ensemble>,
}

/// Measures each of `cells` that `store` does not hold, `n_threads` of them side by side.
///
/// A cell is kept as soon as it is finished; where the observer wishes to stop, those under way
/// are dropped.
///
/// # Errors
/// The first error of a cell, with the cell named.
pub fn run(
    cells: Vec<Cell>,
    sources: Sources<'_>,
    store: &Store,
    n_threads: usize,
    observer: &dyn Observer,
) -> Result<stage::Outcome> {
    let n_all = cells.len();
    let mut missing = Vec::new();
    for cell in cells {
        if !store.holds(&cell)? {
            missing.push(cell);
        }
    }
    if missing.len() < n_all {
        let held = n_all - missing.len();
        observer.note(&format!("{held} of {n_all} cells are measured already"));
    }
    let Some(first) = missing.first() else { return Ok(stage::Outcome::Finished) };
    observer.begin(first.experiment.name(), missing.len());
    let inner = Within(observer);
    let runner = Runner {
        sources,
        store,
        pretrained: Pretrained::new(sources.data, store.folder().join("pretrained"), &inner),
        observer: &inner,
        loaded: Mutex::new(None),
        n_done: AtomicUsize::new(0),
        n_cells: missing.len(),
    };
    let outcome = runner.all(&missing, n_threads);
    observer.end();
    outcome
}

/// Hears what goes on within a cell, but counts only cells.
struct Within<'a>(&'a dyn Observer);

impl Observer for Within<'_> {
    fn advance(&self) {
        self.0.advance();
    }

    fn step(&self, seed: u64, stage: &str, report: StepReport) {
        self.0.step(seed, stage, report);
    }

    fn stage_end(&self, seed: u64, stage: &str) {
        self.0.stage_end(seed, stage);
    }

    fn note(&self, message: &str) {
        self.0.note(message);
    }

    fn should_stop(&self) -> bool {
        self.0.should_stop()
    }
}

/// The networks of one target as one method reads them.
type Loaded = (String, Featurise, Arc<DataSet>);

struct Runner<'a> {
    sources: Sources<'a>,
    store: &'a Store,
    pretrained: Pretrained<'a>,
    observer: &'a dyn Observer,
    /// What was loaded last: cells of one target stand together.
    loaded: Mutex<Option<Loaded>>,
    n_done: AtomicUsize,
    n_cells: usize,
}

impl Runner<'_> {
    fn all(&self, cells: &[Cell], n_threads: usize) -> Result<stage::Outcome> {
        let waiting = Mutex::new(cells.iter());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || -> Result<stage::Outcome> {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
            let pool = pool.map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
            while let Some(cell) = next() {
                let finished = pool.install(|| self.cell(cell));
                let finished = finished.map_err(|error| error.context(cell))?;
                if self.observer.should_stop() || !finished {
                    return Ok(stage::Outcome::Stopped);
                }
            }
            Ok(stage::Outcome::Finished)
        };
        let outcomes: Vec<Result<stage::Outcome>> = std::thread::scope(|scope| {
            let n_threads = n_threads.clamp(1, cells.len());
            let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
            let panicked = |_| Err(Error::new(ErrorKind::Internal, "a cell's thread panicked"));
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect()
        });
        let outcomes = outcomes.into_iter().collect::<Result<Vec<_>>>()?;
        let is_stopped = outcomes.contains(&stage::Outcome::Stopped);
        Ok(if is_stopped { stage::Outcome::Stopped } else { stage::Outcome::Finished })
    }

    /// Measures and keeps one cell; false where the observer wished to stop.
    fn cell(&self, cell: &Cell) -> Result<bool> {
        let Some(outcome) = self.measure(cell)? else { return Ok(false) };
        let said = match &outcome {
            Outcome::Measured(Measured { unique, seconds, .. }) => {
                let spearman = unique.spearman.map_or("-".to_owned(), |rho| format!("{rho:.4}"));
                format!("Spearman {spearman}, {seconds:.1} s")
            }
            Outcome::Beyond { available } => format!("it has {available} to learn from"),
            Outcome::TooMany { most } => format!("the method learns from {most} at most"),
        };
        self.store.put(&Finished { cell: cell.clone(), outcome })?;
        let n_done = self.n_done.fetch_add(1, Ordering::Relaxed) + 1;
        self.observer.note(&format!("{n_done} of {}: {cell}: {said}", self.n_cells));
        self.observer.advance();
        Ok(true)
    }

    fn measure(&self, cell: &Cell) -> Result<Option<Outcome>> {
        let method = by_name(&cell.method)?;
        let data = self.networks(&cell.target, method.featurise()?)?;
        let parts = match parts(&data, cell.experiment, cell.networks, cell.seed) {
            Ok(parts) => parts,
            Err(available) => return Ok(Some(Outcome::Beyond { available })),
        };
        let trained_on = parts.first().map_or(0, |part| part.training.len());
        if let Some(most) = method.most_networks().filter(|most| trained_on > *most) {
            return Ok(Some(Outcome::TooMany { most }));
        }
        let start = Instant::now();
        let mut judged = Judged::default();
        for part in &parts {
            let training = if method.learns() { part.training.as_slice() } else { &[] };
            let task = Task {
                target: &cell.target,
                source: self.sources.weights,
                training,
                held_out: &part.held_out,
                seed: cell.seed,
                pretrained: &self.pretrained,
                observer: self.observer,
            };
            let Some(scores) = method.scores(&task)? else { return Ok(None) };
            judged.add(&part.held_out, scores);
        }
        let seconds = start.elapsed().as_secs_f64();
        let measured = judged.figures(is_small(&data), cell.seed);
        Ok(Some(Outcome::Measured(Measured { trained_on, seconds, ..measured })))
    }

    fn networks(&self, target: &str, featurise: Featurise) -> Result<Arc<DataSet>> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((name, as_read, data)) = &*loaded
            && name == target
            && *as_read == featurise
        {
            return Ok(data.clone());
        }
        // What was loaded before goes first: two families at once would take twice the memory.
        *loaded = None;
        let config = DataConfig {
            targets: vec![target.to_owned()],
            pretrain: Vec::new(),
            general: Vec::new(),
            training_networks: None,
            split: Fractions::default(),
            salt: 0,
        };
        let data = DataSet::load(self.sources.data, &config, featurise, None, &Silent)?;
        let data = Arc::new(data);
        *loaded = Some((target.to_owned(), featurise, data.clone()));
        Ok(data)
    }
}

/// Held-out networks of all parts with what was said of them.
#[derive(Default)]
struct Judged<'a> {
    networks: Vec<&'a Network>,
    order: Vec<f64>,
    accuracies: Option<Vec<f64>>,
}

impl<'a> Judged<'a> {
    fn add(&mut self, networks: &[&'a Network], scores: Scores) {
        self.networks.extend(networks);
        self.order.extend(scores.order);
        if let Some(accuracies) = scores.accuracies {
            self.accuracies.get_or_insert_default().extend(accuracies);
        }
    }

    fn figures(&self, with_interval: bool, seed: u64) -> Measured {
        let Self { networks, order, accuracies } = self;
        let figures = |over: Entries| {
            let ranked = over(networks, order, Metrics::of_order);
            let errors = accuracies.as_ref().map(|said| over(networks, said, Metrics::of));
            Metrics { mae: errors.and_then(|errors| errors.mae), ..ranked }
        };
        let labels: Vec<f64> = networks.iter().map(|network| network.mean_accuracy()).collect();
        let mut rng = generator(seed, "bootstrap", 0);
        let interval = with_interval.then(|| bootstrap::interval(order, &labels, &mut rng));
        Measured {
            trained_on: 0,
            unique: figures(over_graphs),
            all: figures(over_records),
            interval: interval.flatten(),
            seconds: 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;
    use serde_json::json;
    use tempfile::TempDir;

    use super::*;
    use crate::family;
    use crate::train::experiment::cell::{Experiment, Networks};
    use crate::train::experiment::plan::{Choice, cells};

    /// Cells of NAS-Bench-201 whose accuracy is their depth.
    fn records(n: usize) -> TempDir {
        let family = family::by_name("nb201").unwrap();
        let mut rng = Pcg64Mcg::seed_from_u64(7);
        let line = |idx| {
            let cell = family.sample(&mut rng);
            let graph = cell.build(&family.variants()[0]).unwrap();
            let accuracy = json!({"cifar10": graph.depth() as f64 / 200.0});
            let record =
                json!({"id": idx, "family": "nb201", "arch": cell.text(), "accuracy": accuracy});
            format!("{record}\n")
        };
        let folder = tempfile::tempdir().unwrap();
        let text: String = (0..n).map(line).collect();
        std::fs::write(folder.path().join("nb201.jsonl"), text).unwrap();
        folder
    }

    /// Notes what it is told, and wishes to stop after so many cells.
    struct Listener {
        stop_after: usize,
        n_cells: AtomicUsize,
        notes: Mutex<Vec<String>>,
    }

    impl Listener {
        fn new(stop_after: usize) -> Self {
            Self { stop_after, n_cells: AtomicUsize::new(0), notes: Mutex::new(Vec::new()) }
        }
    }

    impl Observer for Listener {
        fn advance(&self) {
            self.n_cells.fetch_add(1, Ordering::Relaxed);
        }

        fn note(&self, message: &str) {
            self.notes.lock().unwrap().push(message.to_owned());
        }

        fn should_stop(&self) -> bool {
            self.n_cells.load(Ordering::Relaxed) >= self.stop_after
        }
    }

    fn choice(methods: &[&str], networks: &[Networks]) -> Choice {
        Choice {
            families: vec!["nb201/cifar10".into()],
            methods: methods.iter().map(|&name| name.to_owned()).collect(),
            networks: networks.to_vec(),
            seeds: Some(2),
            ..Choice::default()
        }
    }

    /// Runs the cells of `choice` in `out`.
    fn measure(
        data: &TempDir,
        out: &TempDir,
        choice: &Choice,
        listener: &Listener,
    ) -> stage::Outcome {
        let cells = cells(Experiment::Single, choice, data.path()).unwrap();
        let sources = Sources { data: data.path(), weights: None };
        run(cells, sources, &Store::new(out.path()), 1, listener).unwrap()
    }

    #[test]
    fn a_grid_that_was_ended_goes_on_and_is_measured_once() {
        let (data, out) = (records(60), tempfile::tempdir().unwrap());
        let choice = choice(
            &["log-macs", "trees", "gaussian-process"],
            &[Networks::Some(30), Networks::Some(500), Networks::All],
        );
        let store = Store::new(out.path());
        let n_kept = || store.all(Experiment::Single).unwrap().len();
        assert_eq!(measure(&data, &out, &choice, &Listener::new(3)), stage::Outcome::Stopped);
        assert_eq!(n_kept(), 3);
        let n_all = 1 + 2 * 3 * 2; // log MACs once, two methods by three sizes by two seeds
        let listener = Listener::new(n_all);
        assert_eq!(measure(&data, &out, &choice, &listener), stage::Outcome::Finished);
        assert_eq!((n_kept(), listener.n_cells.into_inner()), (n_all, n_all - 3));

        let listener = Listener::new(n_all);
        assert_eq!(measure(&data, &out, &choice, &listener), stage::Outcome::Finished);
        assert_eq!(listener.notes.into_inner().unwrap(), ["13 of 13 cells are measured already"]);

        for Finished { cell, outcome } in store.all(Experiment::Single).unwrap() {
            match outcome {
                Outcome::Measured(measured) if cell.method == "trees" => {
                    assert!(measured.unique.spearman > Some(0.8), "{cell}: {measured:?}");
                    assert!(measured.interval.is_some(), "a small family is cross-validated");
                }
                Outcome::Measured(_) => assert_ne!(cell.networks, Networks::Some(500)),
                Outcome::Beyond { available } => assert!(available < 60, "{cell}: {available}"),
                Outcome::TooMany { .. } => panic!("{cell}: {outcome:?}"),
            }
        }
    }
}
