//! Where the weights come from: a file that was named, or those that the program carries.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::adapt::file::is_adapted;
use crate::predict::Predictor;

/// The repository's weights, so that the program predicts without a flag.
static CARRIED: &[u8] = include_bytes!("../../www/public/weights/gennape.safetensors");

/// The predictor with the named weights, or with the carried ones.
///
/// A name may also be that of a target that was adapted from the carried ones.
pub(super) fn predictor(path: Option<&Path>) -> anyhow::Result<Predictor> {
    let Some(path) = path else { return carried() };
    let bytes = read(path)?;
    let loaded =
        if is_adapted(&bytes) { carried()?.with_adapted(&bytes) } else { Predictor::load(&bytes) };
    loaded.with_context(|| format!("reading {}", path.display()))
}

/// The same with targets that were adapted from these weights.
pub(super) fn with_adapted(path: Option<&Path>, adapted: &[PathBuf]) -> anyhow::Result<Predictor> {
    adapted.iter().try_fold(predictor(path)?, |predictor, path| {
        let context = || format!("reading {}", path.display());
        predictor.with_adapted(&read(path)?).with_context(context)
    })
}

fn carried() -> anyhow::Result<Predictor> {
    Predictor::load(CARRIED).context("the weights that the program carries")
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading {}", path.display()))
}
