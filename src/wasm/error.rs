//! The library's errors as JavaScript `Error`s named `GennapeError`.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::{Error, ErrorKind};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Error)]
    type JsError;

    #[wasm_bindgen(constructor, js_class = "Error")]
    fn new(message: &str) -> JsError;
    #[wasm_bindgen(method, setter)]
    fn set_name(this: &JsError, name: &str);
    #[wasm_bindgen(method, setter)]
    fn set_kind(this: &JsError, kind: &str);
    #[wasm_bindgen(method, setter)]
    fn set_line(this: &JsError, line: u32);
    #[wasm_bindgen(method, setter)]
    fn set_column(this: &JsError, column: u32);
    #[wasm_bindgen(method, setter)]
    fn set_file(this: &JsError, file: JsValue);
}

/// The JavaScript error with the same message, `kind` and, where there is a place, `line`, `column`.
pub(super) fn to_js(error: Error) -> JsValue {
    plain(error).into()
}

/// The same with `file`: what the file is whose network is at fault.
pub(super) fn to_js_about(error: Error, file: JsValue) -> JsValue {
    let js = plain(error);
    js.set_file(file);
    js.into()
}

fn plain(error: Error) -> JsError {
    let js = JsError::new(error.message());
    js.set_name("GennapeError");
    js.set_kind(error.kind().as_str());
    if let Some(place) = error.place() {
        js.set_line(place.line);
        js.set_column(place.column);
    }
    js
}

/// A value that can't cross between the languages: the caller's fault where `kind` says so.
pub(super) fn uncrossable(kind: ErrorKind, error: serde_wasm_bindgen::Error) -> JsValue {
    to_js(Error::new(kind, error.to_string()))
}
