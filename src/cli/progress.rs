//! Long work as a person follows it: bars with rate, loss, floor and time left; Ctrl-C.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::train::observer::{Observer, StepReport};

const PARTS: &str = "{msg:32} {wide_bar} {pos}/{len} {per_sec:>10}  {eta} left";
const BYTES: &str = "{msg:32} {wide_bar} {bytes}/{total_bytes}  {eta} left";
const STEPS: &str = "{prefix:32} {wide_bar} {pos}/{len} {per_sec:>10}  {msg}  {eta} left";

/// Bars on standard error; one for what is being prepared, one a member that trains.
pub(super) struct Progress {
    bars: MultiProgress,
    part: Mutex<Option<ProgressBar>>,
    members: Mutex<BTreeMap<u64, (String, ProgressBar)>>,
    stop: Arc<AtomicBool>,
}

impl Progress {
    /// Bars, and a handler that turns Ctrl-C into a wish to stop (pressed again, it ends at once).
    pub(super) fn new() -> anyhow::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let wish = stop.clone();
        ctrlc::set_handler(move || {
            if wish.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        })?;
        Ok(Self {
            bars: MultiProgress::new(),
            part: Mutex::new(None),
            members: Mutex::new(BTreeMap::new()),
            stop,
        })
    }

    fn bar(&self, length: usize, template: &str) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new(length as u64));
        set_style(&bar, template);
        bar
    }
}

/// A bar on standard error for `what`, of which `n_bytes` are read.
pub(super) fn bytes(what: String, n_bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(n_bytes).with_message(what);
    set_style(&bar, BYTES);
    bar
}

fn set_style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
}

impl Observer for Progress {
    fn begin(&self, what: &str, n_parts: usize) {
        let bar = self.bar(n_parts, PARTS);
        bar.set_message(what.to_owned());
        *self.part.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
    }

    fn advance(&self) {
        if let Some(bar) = &*self.part.lock().unwrap_or_else(PoisonError::into_inner) {
            bar.inc(1);
        }
    }

    fn end(&self) {
        if let Some(bar) = self.part.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish();
        }
    }

    fn step(&self, seed: u64, stage: &str, report: StepReport) {
        let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = members.get(&seed).is_some_and(|(current, _)| current == stage);
        if !is_same {
            let bar = self.bar(report.n_steps, STEPS);
            bar.set_position(report.step as u64);
            bar.reset_eta();
            members.insert(seed, (stage.to_owned(), bar));
        }
        if let Some((_, bar)) = members.get(&seed) {
            let StepReport { epoch, n_epochs, loss, floor, .. } = report;
            bar.set_prefix(format!("seed {seed} {stage}, epoch {epoch} of {n_epochs}"));
            let floor = floor.map_or(String::new(), |floor| format!(" (floor {floor:.3})"));
            bar.set_message(format!("loss {loss:.4}{floor}"));
            bar.set_position(report.step as u64);
        }
    }

    fn stage_end(&self, seed: u64, _stage: &str) {
        let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bar)) = members.remove(&seed) {
            bar.finish();
        }
    }

    fn note(&self, message: &str) {
        let line = format!("note: {message}");
        // Where standard error is gone, the note is lost with it.
        let _ = match self.bars.is_hidden() {
            true => writeln!(std::io::stderr(), "{line}"),
            false => self.bars.println(line),
        };
    }

    fn should_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
