//! NAS-Bench-101's TFRecord: each cell trained three times, labels the mean of the three.
//!
//! A frame is JSON, `[hash, epochs, "0101..", "input,..,output", metrics]`; metrics are a protobuf in
//! base64. Runs of one cell stand apart in the file, so all cells are held until its end, in 56 bytes
//! each: 24 MB for the whole benchmark.

use std::collections::HashMap;
use std::path::Path;

use prost::Message;

use super::record::architecture;
use super::sink::{Flow, Sink};
use super::tfrecord::Frames;
use super::{Metered, Record, open};
use crate::error::{Error, ErrorKind, Result};

/// Epochs of the runs whose test accuracy is the label.
const EPOCHS: u64 = 108;
/// Cells that a file may hold: the benchmark has 423,624.
const MAX_CELLS: usize = 1_000_000;
/// Vertices of a cell.
const MAX_VERTICES: usize = 7;
const OPS: [&str; 3] = ["conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3"];

/// The benchmark's `ModelMetrics`.
#[derive(Clone, PartialEq, Message)]
struct ModelMetrics {
    #[prost(message, repeated, tag = "1")]
    evaluation_data: Vec<EvaluationData>,
    #[prost(int32, optional, tag = "2")]
    trainable_parameters: Option<i32>,
}

/// One of a run's evaluations: before training, half-way, at the end.
#[derive(Clone, PartialEq, Message)]
struct EvaluationData {
    #[prost(double, optional, tag = "5")]
    test_accuracy: Option<f64>,
}

/// A frame's JSON.
type Row = (String, u64, String, String, String);

/// A cell in few bytes, with the sum over its runs.
struct Cell {
    hash: u128,
    /// The matrix, row by row, lowest bit first.
    edges: u64,
    n_vertices: u8,
    /// Of the inner vertices, as numbers of [`OPS`].
    ops: [u8; MAX_VERTICES - 2],
    params: Option<u32>,
    sum: f64,
    n_runs: u32,
}

/// Imports the file at `path`.
pub(super) fn import(path: &Path, sink: &mut Sink<'_>) -> Result<()> {
    let (file, length) = open(path)?;
    let observer = sink.observer();
    let cells = read_cells(Frames::new(Metered::new(file, length, observer)), MAX_CELLS)?;
    observer.end();
    let n_done = usize::try_from(sink.next()).unwrap_or(usize::MAX).min(cells.len());
    observer.begin("cells", cells.len() - n_done);
    for (idx, cell) in cells.iter().enumerate().skip(n_done) {
        observer.advance();
        if sink.take(idx as u64, cell.record())? == Flow::Stop {
            break;
        }
    }
    Ok(())
}

/// All cells that were trained for [`EPOCHS`], `limit` at most, in the order of their first run.
fn read_cells<R: std::io::Read>(mut frames: Frames<R>, limit: usize) -> Result<Vec<Cell>> {
    let mut places: HashMap<u128, usize> = HashMap::new();
    let mut cells: Vec<Cell> = Vec::new();
    while let Some(frame) = frames.next()? {
        let row = read_row(&frame).map_err(|what| frames.broken(&what))?;
        let Some(run) = row else { continue };
        match places.get(&run.hash) {
            Some(&place) => {
                cells[place].sum += run.sum;
                cells[place].n_runs += run.n_runs;
            }
            None if cells.len() == limit => {
                let message = format!("more than {limit} cells; NAS-Bench-101 has 423,624");
                return Err(Error::new(ErrorKind::TooLarge, message));
            }
            None => {
                places.insert(run.hash, cells.len());
                cells.push(run);
            }
        }
    }
    Ok(cells)
}

/// One run, if it is of those that count; else what is wrong with the frame.
fn read_row(frame: &[u8]) -> std::result::Result<Option<Cell>, String> {
    let form = "expected [hash, epochs, \"0101..\", \"input,..,output\", metrics]";
    let (hash, epochs, digits, names, metrics): Row =
        serde_json::from_slice(frame).map_err(|error| format!("{error}; {form}"))?;
    if epochs != EPOCHS {
        return Ok(None);
    }
    let metrics = base64(&metrics).ok_or("its metrics are no base64")?;
    let metrics = ModelMetrics::decode(metrics.as_slice())
        .map_err(|error| format!("its metrics are no ModelMetrics: {error}"))?;
    let last = metrics.evaluation_data.get(2).and_then(|data| data.test_accuracy);
    let hash = u128::from_str_radix(&hash, 16)
        .map_err(|_| "its hash is not of 32 hex digits".to_owned())?;
    let ops: Vec<&str> = names.split(',').collect();
    let n_vertices = ops.len();
    let is_matrix = digits.len() == n_vertices * n_vertices
        && digits.bytes().all(|digit| matches!(digit, b'0' | b'1'));
    if !(2..=MAX_VERTICES).contains(&n_vertices) || !is_matrix {
        return Err(format!("{n_vertices} operations and {} entries; {form}", digits.len()));
    }
    let mut packed = [0; MAX_VERTICES - 2];
    for (place, name) in packed.iter_mut().zip(&ops[1..n_vertices - 1]) {
        let number = OPS.iter().position(|op| op == name);
        *place = number.ok_or_else(|| format!("unknown operation in `{names}`"))? as u8;
    }
    let bit = |(idx, digit): (usize, u8)| u64::from(digit == b'1') << idx;
    Ok(Some(Cell {
        hash,
        edges: digits.bytes().enumerate().map(bit).sum(),
        n_vertices: n_vertices as u8,
        ops: packed,
        params: metrics.trainable_parameters.and_then(|count| u32::try_from(count).ok()),
        sum: last.ok_or("its metrics lack the test accuracy at the end of training")?,
        n_runs: 1,
    }))
}

impl Cell {
    fn record(&self) -> Result<Record> {
        let n = usize::from(self.n_vertices);
        let row = |from: usize| {
            let entry = |to: usize| (self.edges >> (from * n + to) & 1).to_string();
            format!("[{}]", (0..n).map(entry).collect::<Vec<_>>().join(","))
        };
        let rows: Vec<String> = (0..n).map(row).collect();
        let inner = self.ops[..n - 2].iter().map(|&op| OPS[usize::from(op)]);
        let ops: Vec<_> = ["input"].into_iter().chain(inner).chain(["output"]).collect();
        let text = format!(r#"{{"matrix":[{}],"ops":["{}"]}}"#, rows.join(","), ops.join(r#"",""#));
        let cell = architecture(&text, Some("nb101"))?;
        let mut record = Record::new(format!("nasbench101-{:032x}", self.hash), cell.as_ref());
        record.set_accuracy("cifar10", self.sum / f64::from(self.n_runs))?;
        record.params = self.params.map(u64::from);
        record.origin = Some("complete");
        Ok(record)
    }
}

/// The bytes of standard base64, line breaks within allowed (Python's `encodestring` makes them).
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end().trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    let (mut bits, mut n_bits) = (0_u32, 0);
    for digit in digits.bytes().filter(|digit| !digit.is_ascii_whitespace()) {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits) as u8);
            bits &= (1 << n_bits) - 1;
        }
    }
    (n_bits < 6).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_pythons() {
        // base64.encodebytes
        let cases: [(&str, Option<&[u8]>); 6] = [
            ("", Some(b"")),
            ("YQ==", Some(b"a")),
            ("YWI=\n", Some(b"ab")),
            ("YWJj\nZGVm\n", Some(b"abcdef")),
            ("+/8=", Some(&[0xfb, 0xff])),
            ("Y*==", None),
        ];
        for (text, expected) in cases {
            assert_eq!(base64(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn more_cells_than_the_limit_are_an_error() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/import/nasbench101.tfrecord");
        let cells = |limit| read_cells(Frames::new(std::fs::File::open(path).unwrap()), limit);
        let n_cells = cells(MAX_CELLS).unwrap().len();
        assert_eq!(cells(n_cells).unwrap().len(), n_cells);
        let Err(error) = cells(n_cells - 1) else { panic!("{n_cells} cells were taken") };
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        let expected = format!("more than {} cells; NAS-Bench-101 has 423,624", n_cells - 1);
        assert_eq!(error.message(), expected);
    }

    #[test]
    fn rows_that_are_none_say_why() {
        let hash = "0".repeat(32);
        let row = |digits: &str, ops: &str, metrics: &str| {
            format!(r#"["{hash}", 108, "{digits}", "{ops}", "{metrics}"]"#)
        };
        let cases = [
            ("[1, 2".to_owned(), "invalid type: integer `1`"),
            (row("0100", "input,output", "?"), "its metrics are no base64"),
            (row("0100", "input,output", "////"), "its metrics are no ModelMetrics"),
            (row("0100", "input,output", ""), "its metrics lack the test accuracy"),
            (row("010", "input,output", ""), "2 operations and 3 entries; expected [hash"),
            (row("0120", "input,output", ""), "2 operations and 4 entries"),
            (row(&"0".repeat(64), &["x"; 8].join(","), ""), "8 operations and 64 entries"),
            (
                row(&"0".repeat(9), "input,conv7x7,output", ""),
                "unknown operation in `input,conv7x7",
            ),
            (row("0100", "input,output", "").replace(&hash, "xyz"), "its hash is not of 32"),
        ];
        for (text, expected) in cases {
            let error = read_row(text.as_bytes()).err().unwrap();
            assert!(error.starts_with(expected), "{error}");
        }
        let others = row("bad", "x", "y").replace("108", "36");
        assert!(read_row(others.as_bytes()).unwrap().is_none());
    }
}
