//! A file of any kind: an ONNX model by its name or how it begins, else the text of a network.
//!
//! [`open`] tells what a file is before its network is built, so that both can be shown apart: a
//! damaged network still has a format. What is known to be something else is refused with what to do
//! instead. Streams of networks, one a line, are [`super::lines`]'s.

use std::io::{Read, Seek, SeekFrom};

use serde::Serialize;

use super::apart::{OnnxOptions, begins_as_onnx};
use super::detect::{self, Format};
use super::onnx::{self, Structure};
use super::{MAX_TEXT_BYTES, Parsed};
use crate::error::{Error, ErrorKind, Place, Result};

/// Bytes that are enough to tell what a file is.
pub const SIGN_BYTES: u64 = 64;

/// A file whose kind is known and whose network is still to be built.
#[derive(Debug)]
pub struct NetworkFile {
    content: Content,
    n_bytes: u64,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileInfo {
    /// In words, such as `ONNX, opset 17`.
    pub format: String,
    /// Its size, weights included.
    pub bytes: u64,
    /// Whether it leaves the size of its image to whoever reads it.
    pub open_size: bool,
}

#[derive(Debug)]
enum Content {
    Onnx(Structure),
    Text { format: Format, text: String },
}

/// Bytes by which a file is known that holds no network we read.
struct Foreign {
    at: usize,
    sign: &'static [u8],
    /// What it is, and the way out.
    advice: &'static str,
}

const FOREIGN: &[Foreign] = &[
    Foreign { at: 0, sign: b"\x1f\x8b", advice: "a gzip archive; unpack it first" },
    Foreign {
        at: 0,
        sign: b"PK\x03\x04",
        advice: "a zip archive, as PyTorch and Keras save their models; export the network to ONNX, \
                 or save the text of Keras' model.to_json()",
    },
    Foreign {
        at: 0,
        sign: b"\x89HDF",
        advice: "an HDF5 file, as Keras saves its weights; save the text of model.to_json()",
    },
    Foreign {
        at: 0,
        sign: b"\x80\x02",
        advice: "a pickle, as old versions of PyTorch save their weights; export the network to ONNX",
    },
    Foreign {
        at: 4,
        sign: b"TFL3",
        advice: "a TensorFlow Lite model; convert it to ONNX with tf2onnx",
    },
];

/// Whether a file called `name` that begins with `start` is an ONNX model.
pub fn is_onnx(name: &str, start: &[u8]) -> bool {
    let has_name = name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("onnx"));
    has_name || begins_as_onnx(start)
}

/// Reads a file, without its weights; `name` may be empty.
///
/// ```
/// # use std::io::Cursor;
/// # use gennape::format::file;
/// # use gennape::format::OnnxOptions;
/// let text = "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|";
/// let file = file::open(Cursor::new(text), "cell.txt")?;
/// assert_eq!(file.info().format, "NAS-Bench-201");
/// file.network(&OnnxOptions::default())?;
/// let error = file::open(Cursor::new(b"PK\x03\x04"), "resnet.pt").expect_err("weights");
/// assert!(error.message().starts_with("the file is a zip archive, as PyTorch and Keras save their models"));
/// # Ok::<(), gennape::Error>(())
/// ```
///
/// # Errors
/// What the file is instead; where it is damaged; or that it can't be read.
pub fn open(reader: impl Read + Seek, name: &str) -> Result<NetworkFile> {
    open_as(reader, name, detect::detect)
}

/// The same, where `detect` tells what a text is.
pub(super) fn open_as(
    mut reader: impl Read + Seek,
    name: &str,
    detect: impl FnOnce(&str) -> Result<Format>,
) -> Result<NetworkFile> {
    let unreadable = |error: std::io::Error| Error::new(ErrorKind::Io, error.to_string());
    let n_bytes = reader.seek(SeekFrom::End(0)).map_err(unreadable)?;
    reader.rewind().map_err(unreadable)?;
    let mut start = Vec::new();
    reader.by_ref().take(SIGN_BYTES).read_to_end(&mut start).map_err(unreadable)?;
    reader.rewind().map_err(unreadable)?;
    let content = if is_onnx(name, &start) {
        Content::Onnx(onnx::open(reader)?)
    } else {
        refuse_foreign(&start)?;
        let text = text_of(reader, n_bytes)?;
        Content::Text { format: detect(&text)?, text }
    };
    Ok(NetworkFile { content, n_bytes })
}

impl NetworkFile {
    /// What it is.
    pub fn info(&self) -> FileInfo {
        let (format, open_size) = match &self.content {
            Content::Onnx(structure) => {
                let opset = structure.opset().map(|opset| format!(", opset {opset}"));
                (format!("ONNX{}", opset.unwrap_or_default()), structure.has_open_size())
            }
            Content::Text { format, .. } => (format.title().to_owned(), false),
        };
        FileInfo { format, bytes: self.n_bytes, open_size }
    }

    /// Its network.
    ///
    /// # Errors
    /// What of it can't be understood, with the node or line.
    pub fn network(&self, options: &OnnxOptions) -> Result<Parsed> {
        match &self.content {
            Content::Onnx(structure) => structure.network(options),
            Content::Text { format, text } => format.read(text, options.input_size),
        }
    }
}

fn refuse_foreign(start: &[u8]) -> Result<()> {
    let is = |foreign: &&Foreign| {
        start.get(foreign.at..).is_some_and(|rest| rest.starts_with(foreign.sign))
    };
    match FOREIGN.iter().find(is) {
        Some(foreign) => {
            let message = format!("the file is {}", foreign.advice);
            Err(Error::new(ErrorKind::UnknownFormat, message))
        }
        None => Ok(()),
    }
}

fn text_of(reader: impl Read, n_bytes: u64) -> Result<String> {
    if n_bytes > MAX_TEXT_BYTES as u64 {
        let message = format!(
            "the file has {n_bytes} bytes and is no ONNX model; expected the text of one network of \
             at most {MAX_TEXT_BYTES}"
        );
        return Err(Error::new(ErrorKind::TooLarge, message));
    }
    let mut bytes = Vec::new();
    let limited = &mut reader.take(MAX_TEXT_BYTES as u64);
    limited
        .read_to_end(&mut bytes)
        .map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let message = format!(
            "neither an ONNX model nor a text: byte {valid} is not of UTF-8; expected an .onnx file \
             or a network's text"
        );
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        Error::new(ErrorKind::UnknownFormat, message).at(Place::of(&before, valid))
    })?;
    // a byte order mark, as editors on Windows write it
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::family::FAMILIES;
    use crate::graph::json;

    fn read(bytes: &[u8], name: &str) -> Result<(FileInfo, Parsed)> {
        let file = open(Cursor::new(bytes), name)?;
        Ok((file.info(), file.network(&OnnxOptions::default())?))
    }

    #[test]
    fn texts_of_families_and_graphs_are_files_too() {
        for family in FAMILIES {
            let (info, parsed) = read(family.example().as_bytes(), "").unwrap();
            assert_eq!(info.format, family.title());
            assert_eq!((info.bytes, info.open_size), (family.example().len() as u64, false));
            let graph = parsed.build(&family.variants()[0]).unwrap();
            let (info, again) =
                read(format!("\u{feff}{}", json::to_json(&graph)).as_bytes(), "net.json").unwrap();
            assert_eq!(info.format, "a graph");
            assert_eq!(again.build(&family.variants()[0]).unwrap().cost(), graph.cost());
        }
    }

    #[test]
    fn a_model_is_known_by_its_name_or_by_how_it_begins() {
        let cases: [(&str, &[u8], bool); 5] = [
            ("resnet.onnx", b"", true),
            ("RESNET.ONNX", b"version https://git-lfs", true),
            ("resnet", b"\x08\x07\x12\x07pytorch", true),
            ("resnet.onnx.json", b"{", false),
            ("onnx", b"|none~0|", false),
        ];
        for (name, start, is) in cases {
            assert_eq!(is_onnx(name, start), is, "{name}");
        }
    }

    #[test]
    fn what_is_something_else_is_called_by_its_name() {
        let cases: [(&[u8], ErrorKind, &str); 7] = [
            (
                b"\x1f\x8b\x08",
                ErrorKind::UnknownFormat,
                "the file is a gzip archive; unpack it first",
            ),
            (b"PK\x03\x04rest", ErrorKind::UnknownFormat, "the file is a zip archive, as PyTorch"),
            (b"\x89HDF\r\n", ErrorKind::UnknownFormat, "the file is an HDF5 file, as Keras"),
            (b"\x80\x02\x8a", ErrorKind::UnknownFormat, "the file is a pickle, as old versions"),
            (b"\x1c\0\0\0TFL3", ErrorKind::UnknownFormat, "the file is a TensorFlow Lite model"),
            (
                b"|none\n~\xff|",
                ErrorKind::UnknownFormat,
                "neither an ONNX model nor a text: byte 7",
            ),
            (b"", ErrorKind::UnknownFormat, "the text is empty"),
        ];
        for (bytes, kind, message) in cases {
            let error = open(Cursor::new(bytes), "file").expect_err(message);
            assert_eq!(error.kind(), kind);
            assert!(error.message().starts_with(message), "{error}");
        }
        let long = vec![b' '; MAX_TEXT_BYTES + 1];
        let error = open(Cursor::new(long), "file").expect_err("long");
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(error.message().starts_with("the file has 33554433 bytes and is no ONNX model"));
    }
}
