//! The exported class `Predictor`: weights in, predictions out.

use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::{to_js, uncrossable};
use crate::error::ErrorKind;
use crate::predict;

/// A predictor with its weights, ready to answer.
#[wasm_bindgen]
pub struct Predictor(predict::Predictor);

#[wasm_bindgen]
impl Predictor {
    /// The predictor with the weights of a `.safetensors` file.
    ///
    /// # Errors
    /// A `GennapeError` of kind `weights`.
    pub fn load(bytes: &[u8]) -> Result<Predictor, JsValue> {
        predict::Predictor::load(bytes).map(Self).map_err(to_js)
    }

    /// The prediction for `text`; `options` is `{ target?: string }`.
    ///
    /// # Errors
    /// A `GennapeError`, with line and column where the text is at fault.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn predict(
        &self,
        text: &str,
        #[wasm_bindgen(unchecked_param_type = "{ target?: string | undefined }")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let options: Options = serde_wasm_bindgen::from_value(options)
            .map_err(|error| uncrossable(ErrorKind::Config, error))?;
        let options = predict::PredictOptions { target: options.target };
        to_plain(&self.0.predict(text, &options).map_err(to_js)?)
    }

    /// What the weights are.
    ///
    /// # Errors
    /// None in practice: everything in it has a JavaScript form.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn info(&self) -> Result<JsValue, JsValue> {
        to_plain(&self.0.info())
    }
}

/// The options as JavaScript passes them.
#[derive(Deserialize)]
struct Options {
    target: Option<String>,
}

/// A plain JavaScript object: numbers for all integers, null for what is absent.
fn to_plain(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value
        .serialize(&Serializer::json_compatible())
        .map_err(|error| uncrossable(ErrorKind::Internal, error))
}
