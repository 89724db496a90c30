//! Options of JavaScript's side as Rust's, and values of Rust's side as JavaScript's.

use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use super::error::uncrossable;
use crate::error::{ErrorKind, Result};
use crate::format::{OnnxOptions, input_size};
#[cfg(feature = "wasm")]
use crate::predict::PredictOptions;

/// The options as JavaScript passes them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Options {
    #[cfg(feature = "wasm")]
    target: Option<String>,
    input_size: Option<String>,
    #[serde(default)]
    keep_folded: bool,
    name: Option<String>,
    /// Whether layers are also wished as comma-separated values.
    #[cfg(feature = "wasm")]
    #[serde(default)]
    pub(super) csv: bool,
}

impl Options {
    pub(super) fn of(options: JsValue) -> std::result::Result<Self, JsValue> {
        serde_wasm_bindgen::from_value(options)
            .map_err(|error| uncrossable(ErrorKind::Config, error))
    }

    #[cfg(feature = "wasm")]
    pub(super) fn predict(&self) -> PredictOptions {
        PredictOptions { target: self.target.clone() }
    }

    /// The file's name; empty where none was told.
    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    pub(super) fn onnx(&self) -> Result<OnnxOptions> {
        let input_size = self.input_size.as_deref().map(input_size).transpose()?;
        Ok(OnnxOptions { input_size, restore_batch_norm: !self.keep_folded })
    }
}

/// A plain JavaScript object: numbers for all integers, null for what is absent.
pub(super) fn to_plain(value: &impl Serialize) -> std::result::Result<JsValue, JsValue> {
    value
        .serialize(&Serializer::json_compatible())
        .map_err(|error| uncrossable(ErrorKind::Internal, error))
}
