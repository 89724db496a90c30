//! The exported class `Predictor`: weights in, predictions out. `network` adds what it tells besides.

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{Options, to_plain};
use super::error::{to_js, to_js_about};
use super::file::{FileBytes, FileReader};
use crate::family;
use crate::format;
use crate::format::file::{self, FileInfo};
use crate::predict::{self, Prediction};

/// A predictor with its weights, ready to answer.
#[wasm_bindgen]
pub struct Predictor(pub(super) predict::Predictor);

#[wasm_bindgen]
impl Predictor {
    /// The predictor with the weights of a `.safetensors` file.
    ///
    /// # Errors
    /// A `GennapeError` of kind `weights`.
    pub fn load(bytes: &[u8]) -> std::result::Result<Predictor, JsValue> {
        predict::Predictor::load(bytes).map(Self).map_err(to_js)
    }

    /// The prediction for `text`; `options` is `{ target?: string, inputSize?: string }`.
    ///
    /// # Errors
    /// A `GennapeError`, with line and column where the text is at fault.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn predict(
        &self,
        text: &str,
        #[wasm_bindgen(unchecked_param_type = "object")] options: JsValue,
    ) -> std::result::Result<JsValue, JsValue> {
        let options = Options::of(options)?;
        let onnx = options.onnx().map_err(to_js)?;
        let parsed = format::parse_sized(text, onnx.input_size).map_err(to_js)?;
        to_plain(&self.0.predict_parsed(&parsed, &options.predict()).map_err(to_js)?)
    }

    /// The prediction for the network in a file; `options` besides `{ name?: string, keepFolded?:
    /// boolean }`. What the file is stands in `file` of the answer, or of the error.
    ///
    /// # Errors
    /// A `GennapeError` that names the byte, the node or the line.
    #[wasm_bindgen(js_name = predictFile, unchecked_return_type = "unknown")]
    pub fn predict_file(
        &self,
        bytes: &FileBytes,
        #[wasm_bindgen(unchecked_param_type = "object")] options: JsValue,
    ) -> std::result::Result<JsValue, JsValue> {
        let options = Options::of(options)?;
        let onnx = options.onnx().map_err(to_js)?;
        let file = file::open(FileReader::new(bytes), options.name()).map_err(to_js)?;
        let info = file.info();
        let predicted = file
            .network(&onnx)
            .and_then(|parsed| self.0.predict_parsed(&parsed, &options.predict()));
        match predicted {
            Ok(prediction) => to_plain(&FilePrediction { prediction, file: info }),
            Err(error) => Err(to_js_about(error, to_plain(&info)?)),
        }
    }

    /// The text of the random architecture of `family` that belongs to `seed`.
    ///
    /// # Errors
    /// A `GennapeError` of kind `target` where there is no such family.
    pub fn sample(&self, family: &str, seed: u32) -> std::result::Result<String, JsValue> {
        let family = family::by_name(family).map_err(to_js)?;
        Ok(family::drawn(family, u64::from(seed)).text())
    }

    /// What the weights are.
    ///
    /// # Errors
    /// None in practice: everything in it has a JavaScript form.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn info(&self) -> std::result::Result<JsValue, JsValue> {
        to_plain(&self.0.info())
    }
}

/// A prediction with what its file is.
#[derive(Serialize)]
struct FilePrediction {
    #[serde(flatten)]
    prediction: Prediction,
    file: FileInfo,
}
