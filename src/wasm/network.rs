//! What `Predictor` tells of a network beside its prediction: its layers, and what would change it.

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{Options, to_plain};
use super::error::to_js;
use super::file::{FileBytes, FileReader};
use super::predictor::Predictor;
use crate::error::Result;
use crate::format::{self, Parsed, file};
use crate::inspect::{Inspection, csv};

#[wasm_bindgen]
impl Predictor {
    /// The layers of the network that `text` names; `options` is `{ target?: string, inputSize?:
    /// string, csv?: boolean }`.
    ///
    /// # Errors
    /// As `predict`.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn inspect(
        &self,
        text: &str,
        #[wasm_bindgen(unchecked_param_type = "object")] options: JsValue,
    ) -> std::result::Result<JsValue, JsValue> {
        let options = Options::of(options)?;
        let layers = options
            .onnx()
            .and_then(|onnx| format::parse_sized(text, onnx.input_size))
            .and_then(|parsed| self.layers(&parsed, &options));
        to_plain(&layers.map_err(to_js)?)
    }

    /// The layers of the network in a file; `options` besides `{ name?: string, keepFolded?:
    /// boolean }`.
    ///
    /// # Errors
    /// As `predictFile`.
    #[wasm_bindgen(js_name = inspectFile, unchecked_return_type = "unknown")]
    pub fn inspect_file(
        &self,
        bytes: &FileBytes,
        #[wasm_bindgen(unchecked_param_type = "object")] options: JsValue,
    ) -> std::result::Result<JsValue, JsValue> {
        let options = Options::of(options)?;
        let layers = options
            .onnx()
            .and_then(|onnx| file::open(FileReader::new(bytes), options.name())?.network(&onnx))
            .and_then(|parsed| self.layers(&parsed, &options));
        to_plain(&layers.map_err(to_js)?)
    }

    /// What the `count` steps from `first` of the architecture's list would do; `options` as in
    /// `predict`.
    ///
    /// # Errors
    /// As `predict`.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn changes(
        &self,
        text: &str,
        first: usize,
        count: usize,
        #[wasm_bindgen(unchecked_param_type = "object")] options: JsValue,
    ) -> std::result::Result<JsValue, JsValue> {
        let options = Options::of(options)?;
        let range = first..first.saturating_add(count);
        let changes = options
            .onnx()
            .and_then(|onnx| format::parse_sized(text, onnx.input_size))
            .and_then(|parsed| self.0.changes(&parsed, &options.predict(), range));
        to_plain(&changes.map_err(to_js)?)
    }

    fn layers(&self, parsed: &Parsed, options: &Options) -> Result<Layers> {
        let graph = self.0.network(parsed, &options.predict())?;
        let inspection = Inspection::of(parsed, &graph);
        Ok(Layers { csv: options.csv.then(|| csv::to_csv(&inspection)), inspection })
    }
}

/// A network's layers, and the same as comma-separated values where that was wished.
#[derive(Serialize)]
struct Layers {
    #[serde(flatten)]
    inspection: Inspection,
    csv: Option<String>,
}
