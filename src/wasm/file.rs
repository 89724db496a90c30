//! A file of JavaScript's side as a Rust reader: slices are asked for as they are read.
//!
//! What stands behind it (a Blob in a worker, a file in Node, bytes) is the business of `pkg/`.

use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Bytes that are asked for at once: many small reads in JavaScript cost more than a few large ones.
const SLICE: u64 = 64 << 10;

#[wasm_bindgen(typescript_custom_section)]
const FILE_BYTES: &str = "
/** The bytes of a file, read where they are needed. */
export interface FileBytes {
  readonly size: number;
  /** The bytes from `offset`, at most `length`. */
  read(offset: number, length: number): Uint8Array;
}
";

#[wasm_bindgen]
extern "C" {
    /// The bytes of a file, read where they are needed.
    #[wasm_bindgen(typescript_type = "FileBytes")]
    pub type FileBytes;

    #[wasm_bindgen(method, getter)]
    fn size(this: &FileBytes) -> f64;
    #[wasm_bindgen(method, catch)]
    fn read(this: &FileBytes, offset: f64, length: f64)
    -> std::result::Result<Uint8Array, JsValue>;
}

/// Reads [`FileBytes`] slice by slice; what is passed over is never asked for.
pub(super) struct FileReader<'a> {
    file: &'a FileBytes,
    size: u64,
    at: u64,
    slice: Vec<u8>,
    slice_at: u64,
}

impl<'a> FileReader<'a> {
    /// A reader at the file's start.
    pub(super) fn new(file: &'a FileBytes) -> Self {
        Self { file, size: file.size() as u64, at: 0, slice: Vec::new(), slice_at: 0 }
    }

    /// The bytes from where the reader stands to the end of the slice that it holds.
    fn held(&self) -> &[u8] {
        let start = self.at.checked_sub(self.slice_at).map(|start| start as usize);
        start.and_then(|start| self.slice.get(start..)).unwrap_or_default()
    }

    fn fetch(&mut self) -> Result<()> {
        let length = SLICE.min(self.size.saturating_sub(self.at));
        let bytes =
            self.file.read(self.at as f64, length as f64).map_err(|thrown| unreadable(&thrown))?;
        if u64::from(bytes.length()) > length {
            return Err(Error::new(ErrorKind::InvalidData, "more bytes than were asked for"));
        }
        self.slice = bytes.to_vec();
        self.slice_at = self.at;
        Ok(())
    }
}

impl Read for FileReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.held().is_empty() && self.at < self.size {
            self.fetch()?;
        }
        let held = self.held();
        let n = held.len().min(buffer.len());
        buffer[..n].copy_from_slice(&held[..n]);
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for FileReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        let outside = || Error::new(ErrorKind::InvalidInput, "a place before the file's start");
        self.at = target.ok_or_else(outside)?;
        Ok(self.at)
    }
}

/// What JavaScript threw, in its own words.
fn unreadable(thrown: &JsValue) -> Error {
    let reason = js_sys::Error::from(thrown.clone()).message();
    Error::other(String::from(reason))
}
