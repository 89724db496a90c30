//! Where the weights come from: a file that was named, or those that the program carries.

use std::path::Path;

use anyhow::Context;

use crate::predict::Predictor;

/// The repository's weights, so that the program predicts without a flag.
static CARRIED: &[u8] = include_bytes!("../../www/public/weights/gennape.safetensors");

/// The predictor with the named weights, or with the carried ones.
pub(super) fn predictor(path: Option<&Path>) -> anyhow::Result<Predictor> {
    match path {
        None => Predictor::load(CARRIED).context("the weights that the program carries"),
        Some(path) => {
            let bytes =
                std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
            Predictor::load(&bytes).with_context(|| format!("reading {}", path.display()))
        }
    }
}
