//! Reads a file and leaves the weights out: what remains is small enough to decode at once.
//!
//! A protobuf message is a row of fields, each with its length, so a payload is passed over by
//! seeking. [`thin`] copies the rest into a buffer of the same messages, which [`super::proto`]
//! decodes. Nothing is allocated by a length that the file merely claims.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::proto::SKIPPED;
use crate::error::{Error, ErrorKind, Result};

/// Bytes of structure (names, attributes, small constants) that are kept of one file.
pub const MAX_STRUCTURE_BYTES: u64 = 16 << 20;
/// Fields that are kept of one file: a small field costs more memory than its bytes.
pub const MAX_FIELDS: usize = 2_000_000;
/// Messages within messages; a graph within a node's attribute takes three.
pub const MAX_MESSAGE_NESTING: usize = 48;
/// Bytes of a name of a node, a tensor or an operator.
pub const MAX_NAME_BYTES: u64 = 4_096;
/// Bytes of a constant that is kept; larger ones are weights and tables, of which the shape does.
const MAX_CONSTANT_BYTES: u64 = 8_192;
/// Bytes of what is copied at once.
const CHUNK: u64 = 64 << 10;

/// Which message one is in, as far as its fields are treated differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    Model,
    Graph,
    Function,
    Node,
    Attribute,
    Tensor,
    SparseTensor,
    Other,
}

/// What becomes of a field.
enum Treatment {
    Copy,
    Name,
    Descend(Message),
    Payload,
    Skip,
}

impl Message {
    /// By the numbers of `onnx.proto3`. Doc strings and metadata go, they may hold whole stacks.
    fn treatment(self, field: u64) -> Treatment {
        use Message as M;
        match (self, field) {
            (M::Model, 7) => Treatment::Descend(M::Graph),
            (M::Model, 25) => Treatment::Descend(M::Function),
            (M::Model, 8) => Treatment::Descend(M::Other),
            (M::Model, 2) | (M::Graph, 2) => Treatment::Name,
            (M::Graph | M::Function, 7) | (M::Graph, 1) => Treatment::Descend(M::Node),
            (M::Graph, 5) => Treatment::Descend(M::Tensor),
            (M::Graph, 11..=13) => Treatment::Descend(M::Other),
            (M::Graph, 15) => Treatment::Descend(M::SparseTensor),
            (M::Function, 1 | 4 | 5 | 10 | 13) => Treatment::Name,
            (M::Function, 11) => Treatment::Descend(M::Attribute),
            (M::Node, 5) => Treatment::Descend(M::Attribute),
            (M::Node, 1..=4 | 7 | 8) => Treatment::Name,
            (M::Attribute, 5) => Treatment::Descend(M::Tensor),
            (M::Attribute, 6) => Treatment::Descend(M::Graph),
            (M::Attribute, 1 | 21) => Treatment::Name,
            (M::Attribute, 2 | 3 | 7 | 8 | 20) => Treatment::Copy,
            (M::Attribute, 4) => Treatment::Payload,
            (M::Tensor, 4 | 5 | 7 | 9 | 10 | 11) => Treatment::Payload,
            (M::Tensor, 8) => Treatment::Name,
            (M::Tensor, 1 | 2 | 14) => Treatment::Copy,
            (M::SparseTensor, 1) => Treatment::Descend(M::Tensor),
            (M::SparseTensor, 3) | (M::Other, _) => Treatment::Copy,
            _ => Treatment::Skip,
        }
    }
}

/// The bytes of a model without its weights.
///
/// # Errors
/// What is no protobuf message, with the byte where it stops being one, or which limit is exceeded.
pub(super) fn thin(mut reader: impl Read + Seek) -> Result<Vec<u8>> {
    let len = reader.seek(SeekFrom::End(0)).map_err(|error| unreadable(0, &error))?;
    reader.seek(SeekFrom::Start(0)).map_err(|error| unreadable(0, &error))?;
    let mut walk = Walk { reader: BufReader::new(reader), at: 0, kept: 0, fields: 0 };
    walk.message(Message::Model, len, 0)
}

struct Walk<R> {
    reader: BufReader<R>,
    at: u64,
    kept: u64,
    fields: usize,
}

impl<R: Read + Seek> Walk<R> {
    /// What is kept of the message that ends at `end`.
    fn message(&mut self, message: Message, end: u64, depth: usize) -> Result<Vec<u8>> {
        if depth > MAX_MESSAGE_NESTING {
            let limit = format!("nested deeper than {MAX_MESSAGE_NESTING} messages");
            return Err(self.too_large(&limit));
        }
        let mut out = Vec::new();
        while self.at < end {
            self.field(message, end, depth, &mut out)?;
        }
        Ok(out)
    }

    fn field(&mut self, message: Message, end: u64, depth: usize, out: &mut Vec<u8>) -> Result<()> {
        let key = self.varint(end)?;
        let (field, wire) = (key >> 3, key & 7);
        self.fields += 1;
        if self.fields > MAX_FIELDS {
            return Err(self.too_large(&format!("more than {MAX_FIELDS} fields")));
        }
        let treatment = message.treatment(field);
        if wire == 2 {
            let len = self.varint(end)?;
            return match treatment {
                _ if len > end - self.at => {
                    let left = end - self.at;
                    Err(self.syntax(&format!("a field of {len} bytes where {left} remain")))
                }
                Treatment::Name if len > MAX_NAME_BYTES => {
                    Err(self.too_large(&format!("a name of more than {MAX_NAME_BYTES} bytes")))
                }
                Treatment::Descend(inner) => {
                    let kept = self.message(inner, self.at + len, depth + 1)?;
                    write_varint(out, key);
                    write_varint(out, kept.len() as u64);
                    out.extend_from_slice(&kept);
                    Ok(())
                }
                Treatment::Payload if len > MAX_CONSTANT_BYTES => {
                    write_varint(out, u64::from(SKIPPED) << 3);
                    write_varint(out, 1);
                    self.skip(len)
                }
                Treatment::Skip => self.skip(len),
                _ => {
                    write_varint(out, key);
                    write_varint(out, len);
                    self.copy(len, out)
                }
            };
        }
        if !matches!(treatment, Treatment::Skip) {
            write_varint(out, key);
        }
        let mut scalar = Vec::new();
        match wire {
            0 => write_varint(&mut scalar, self.varint(end)?),
            1 if end - self.at >= 8 => self.copy(8, &mut scalar)?,
            5 if end - self.at >= 4 => self.copy(4, &mut scalar)?,
            1 | 5 => return Err(self.syntax("a number that is cut off")),
            _ => return Err(self.syntax(&format!("a field of the unknown wire type {wire}"))),
        }
        if !matches!(treatment, Treatment::Skip) {
            out.extend_from_slice(&scalar);
        }
        Ok(())
    }

    fn varint(&mut self, end: u64) -> Result<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            if self.at >= end {
                return Err(self.syntax("a number that is cut off"));
            }
            let mut byte = [0];
            self.reader.read_exact(&mut byte).map_err(|error| unreadable(self.at, &error))?;
            self.at += 1;
            value |= u64::from(byte[0] & 0x7f) << shift;
            if byte[0] < 0x80 {
                return Ok(value);
            }
        }
        Err(self.syntax("a number of more than 64 bits"))
    }

    fn copy(&mut self, len: u64, out: &mut Vec<u8>) -> Result<()> {
        self.kept += len;
        if self.kept > MAX_STRUCTURE_BYTES {
            let limit = format!("more than {MAX_STRUCTURE_BYTES} bytes besides its weights");
            return Err(self.too_large(&limit));
        }
        let mut left = len;
        while left > 0 {
            let start = out.len();
            out.resize(start + left.min(CHUNK) as usize, 0);
            self.reader
                .read_exact(&mut out[start..])
                .map_err(|error| unreadable(self.at, &error))?;
            self.at += left.min(CHUNK);
            left -= left.min(CHUNK);
        }
        Ok(())
    }

    fn skip(&mut self, len: u64) -> Result<()> {
        let offset = i64::try_from(len).map_err(|_| self.syntax("a field longer than a file"))?;
        self.reader.seek_relative(offset).map_err(|error| unreadable(self.at, &error))?;
        self.at += len;
        Ok(())
    }

    fn syntax(&self, what: &str) -> Error {
        let message = format!(
            "no onnx model: {what} at byte {}; expected a model as onnx.save writes it",
            self.at
        );
        Error::new(ErrorKind::Syntax, message)
    }

    fn too_large(&self, what: &str) -> Error {
        Error::new(ErrorKind::TooLarge, format!("the onnx model has {what}, at byte {}", self.at))
    }
}

fn unreadable(at: u64, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("reading the onnx model at byte {at}: {error}"))
}

fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
