//! Many networks at once: lines of a list in, answers out.

use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{Options, to_plain};
use super::error::uncrossable;
use super::predictor::Predictor;
use crate::answer::Answer;
use crate::error::ErrorKind;
use crate::format::listed::Listed;
use crate::format::record::Entry;

/// A line of a list, as JavaScript passes it.
#[derive(Deserialize)]
struct Line {
    number: u32,
    text: String,
}

#[wasm_bindgen]
impl Predictor {
    /// The answer to each of `lines`, which are `{ number: number, text: string }[]`; `options` is
    /// `{ target?: string }`. A line at fault gets its error for an answer.
    ///
    /// # Errors
    /// A `GennapeError` of kind `config` where the arguments are of another shape.
    #[wasm_bindgen(js_name = predictLines, unchecked_return_type = "unknown")]
    pub fn predict_lines(
        &self,
        #[wasm_bindgen(unchecked_param_type = "object")] lines: JsValue,
        #[wasm_bindgen(unchecked_param_type = "object")] options: JsValue,
    ) -> std::result::Result<JsValue, JsValue> {
        let options = Options::of(options)?.predict();
        let lines: Vec<Line> = serde_wasm_bindgen::from_value(lines)
            .map_err(|error| uncrossable(ErrorKind::Config, error))?;
        let answer = |line: &Line| {
            let listed = Listed::read(&line.text, line.number, Entry::refuse);
            Answer::of(&self.0, listed, &options)
        };
        let answers: Vec<Answer> = lines.iter().map(answer).collect();
        to_plain(&answers.iter().map(Answer::short).collect::<Vec<_>>())
    }
}
