//! Forms with large readers, which a build may leave out: ONNX files and Keras models.
//!
//! Every build recognises them. One without the feature `readers` says which reader it lacks, and
//! takes what [`super::finished`] of a build with them wrote.

use super::detect::Format;
use super::keras;
use crate::family::literal::{has_key, without_blanks};

/// Keras' models, as texts.
pub(super) static KERAS_JSON: Format = Format::Text {
    title: "a Keras model",
    recognises: |text| {
        without_blanks(text).starts_with('{')
            && has_key(text, "class_name")
            && has_key(text, "config")
    },
    read: keras::read,
};

/// What the caller decides of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnnxOptions {
    /// Height and width of the image, for files that do not fix them.
    pub input_size: Option<[u32; 2]>,
    /// Whether biases that come from folded batch norms become batch norms again.
    pub restore_batch_norm: bool,
}

impl Default for OnnxOptions {
    fn default() -> Self {
        Self { input_size: None, restore_batch_norm: true }
    }
}

/// Whether `bytes` begin as an ONNX file does: a few small fields, then its graph or its opsets.
pub(super) fn begins_as_onnx(bytes: &[u8]) -> bool {
    // field 1 (ir_version) as a varint comes first in what every exporter writes
    matches!(bytes, [0x08, 1..=32, next, ..] if matches!(next, 0x12 | 0x1a | 0x22 | 0x2a | 0x32 | 0x3a | 0x42))
}
