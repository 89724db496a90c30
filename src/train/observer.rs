//! What a training run tells its caller while it goes on, and how the caller ends it.

/// Where a stage of one member stands.
#[derive(Debug, Clone, Copy)]
pub struct StepReport {
    /// Epoch under way, from 1.
    pub epoch: usize,
    /// All epochs.
    pub n_epochs: usize,
    /// Steps of this stage that are done.
    pub step: usize,
    /// All steps of this stage.
    pub n_steps: usize,
    /// Mean loss of the epoch so far.
    pub loss: f64,
    /// What that loss can't fall below, where it is known.
    pub floor: Option<f64>,
}

/// The caller's ear. All methods do nothing unless they are overridden.
pub trait Observer: Sync {
    /// Something of known length begins (`what`, number of parts), such as building graphs.
    fn begin(&self, _what: &str, _n_parts: usize) {}

    /// One part of it is done.
    fn advance(&self) {}

    /// It is done.
    fn end(&self) {}

    /// A step of `stage` of the member with this seed is done.
    fn step(&self, _seed: u64, _stage: &str, _report: StepReport) {}

    /// A stage of the member with this seed is done, or was found done.
    fn stage_end(&self, _seed: u64, _stage: &str) {}

    /// Something a person should know.
    fn note(&self, _message: &str) {}

    /// Whether to end after the step under way.
    fn should_stop(&self) -> bool {
        false
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Observer for Silent {}
