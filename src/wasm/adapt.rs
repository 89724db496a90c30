//! The exported class `Adapter`: measured networks in, step by step, an adapted target out.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::to_plain;
use super::error::{to_js, uncrossable};
use super::predictor::Predictor;
use crate::adapt::adapter;
use crate::adapt::file::Origin;
use crate::adapt::held_out::{Comparison, Point};
use crate::adapt::measured::MeasuredSet;
use crate::error::ErrorKind;

/// An adaptation under way. Between two steps a worker can tell its progress, or drop it.
#[wasm_bindgen]
pub struct Adapter(adapter::Adapter);

/// The options as JavaScript passes them.
#[derive(Deserialize)]
struct Options {
    dataset: Option<String>,
}

/// What came of it, but for the bytes.
#[derive(Serialize)]
struct Report {
    target: String,
    #[serde(flatten)]
    comparison: Comparison,
    points: Vec<Point>,
}

/// What came of an adaptation.
#[wasm_bindgen]
pub struct Adaptation {
    bytes: Vec<u8>,
    report: Report,
}

#[wasm_bindgen]
impl Adapter {
    /// An adaptation to the networks in `records`, one a line; `options` is `{ dataset?: string }`.
    ///
    /// # Errors
    /// A `GennapeError` of kind `record`, with the line, or the one sentence why nothing can be
    /// learned from them.
    #[wasm_bindgen(constructor)]
    pub fn new(
        predictor: &Predictor,
        records: &str,
        #[wasm_bindgen(unchecked_param_type = "object")] options: JsValue,
    ) -> Result<Adapter, JsValue> {
        let options: Options = serde_wasm_bindgen::from_value(options)
            .map_err(|error| uncrossable(ErrorKind::Config, error))?;
        let config = &predictor.0.ensemble().metadata().config;
        let set = MeasuredSet::read(records.as_bytes(), options.dataset.as_deref(), config);
        set.map(|set| Self(predictor.0.adapter(set))).map_err(to_js)
    }

    /// Does one step and says how far it is: `{ what, done, total }`.
    ///
    /// # Errors
    /// A `GennapeError` where nothing can be fitted.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn step(&mut self, predictor: &Predictor) -> Result<JsValue, JsValue> {
        to_plain(&self.0.step(predictor.0.ensemble()).map_err(to_js)?)
    }

    /// What came of it, once all steps are done; `date` is written into the file.
    ///
    /// # Errors
    /// A `GennapeError` where steps are left.
    pub fn finish(&self, predictor: &Predictor, date: &str) -> Result<Adaptation, JsValue> {
        let origin = Origin {
            weights: predictor.0.digest().to_owned(),
            records: String::new(),
            commit: option_env!("GENNAPE_COMMIT").unwrap_or("unknown").to_owned(),
            date: date.to_owned(),
        };
        let done = self.0.finish(predictor.0.ensemble(), origin).map_err(to_js)?;
        let bytes = done.adapted.to_bytes().map_err(to_js)?;
        let report = Report {
            target: done.adapted.name().to_owned(),
            comparison: done.adapted.comparison,
            points: done.points,
        };
        Ok(Adaptation { bytes, report })
    }
}

#[wasm_bindgen]
impl Adaptation {
    /// The bytes of the adapted target's file.
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// Its name, figures and points.
    ///
    /// # Errors
    /// None in practice: everything in it has a JavaScript form.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn report(&self) -> Result<JsValue, JsValue> {
        to_plain(&self.report)
    }
}

#[wasm_bindgen]
impl Predictor {
    /// Takes on a target that was adapted from these weights.
    ///
    /// # Errors
    /// A `GennapeError` of kind `weights`, where it is damaged or made from others.
    #[wasm_bindgen(js_name = addAdapted)]
    pub fn add_adapted(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        let adapted = crate::adapt::file::Adapted::from_bytes(bytes).map_err(to_js)?;
        self.0.add_adapted(adapted).map_err(to_js)
    }
}
