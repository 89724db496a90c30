//! The exported functions of the second module: what the first can't read becomes a text that it can.

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{Options, to_plain};
use super::error::{to_js, to_js_about};
use super::file::{FileBytes, FileReader};
use crate::format::file::FileInfo;
use crate::format::finished;

/// The Keras model `text` as a finished graph; `options` is `{ inputSize?: string }`.
///
/// # Errors
/// A `GennapeError`, with line and column where the text is at fault.
#[wasm_bindgen(js_name = readText)]
pub fn read_text(
    text: &str,
    #[wasm_bindgen(unchecked_param_type = "object")] options: JsValue,
) -> Result<String, JsValue> {
    let options = Options::of(options)?.onnx().map_err(to_js)?;
    finished::text(text, options.input_size).map_err(to_js)
}

/// The network in a file as a finished graph, and what the file is: `{ network, file }`; `options`
/// besides `{ name?: string, keepFolded?: boolean }`.
///
/// # Errors
/// A `GennapeError` that names the byte, the node or the line; what the file is stands in its `file`.
#[wasm_bindgen(js_name = readFile, unchecked_return_type = "unknown")]
pub fn read_file(
    bytes: &FileBytes,
    #[wasm_bindgen(unchecked_param_type = "object")] options: JsValue,
) -> Result<JsValue, JsValue> {
    let options = Options::of(options)?;
    let onnx = options.onnx().map_err(to_js)?;
    let file = finished::open(FileReader::new(bytes), options.name()).map_err(to_js)?;
    let info = file.info();
    match finished::of_file(&file, &onnx) {
        Ok(network) => to_plain(&Finished { network, file: info }),
        Err(error) => Err(to_js_about(error, to_plain(&info)?)),
    }
}

/// Line `number` of a list as a record of the finished graph.
///
/// # Errors
/// A `GennapeError`, with line and column.
#[wasm_bindgen(js_name = readLine)]
pub fn read_line(line: &str, number: u32) -> Result<String, JsValue> {
    finished::line(line, number).map_err(to_js)
}

/// Records with finished graphs in place of all Keras models.
///
/// # Errors
/// A `GennapeError`, with line and column.
#[wasm_bindgen(js_name = readRecords)]
pub fn read_records(records: &str) -> Result<String, JsValue> {
    finished::records(records).map_err(to_js)
}

/// A file's network as a text, with what the file is.
#[derive(Serialize)]
struct Finished {
    network: String,
    file: FileInfo,
}
