//! Lines of JSON that hold a network, with or without what was measured of it.
//!
//! `{"id", "family", "arch", "accuracy": {"cifar10": 0.94}, "params", "macs", "label", "origin"}`,
//! one a line. An [`Entry`] needs nothing but `arch`: a question. A [`Record`] also has its
//! accuracies: training data. The lines come from [`super::lines`] or from elsewhere; a file that
//! a line names (`{"onnx": ...}`) is for whoever can open it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::Parsed;
use crate::error::{Error, ErrorKind, Place, Result};
use crate::family::literal::{Kind, Literal, Value};
use crate::family::{self, Variant};
use crate::graph::{Cost, Op};

/// What tells a line from the others: what its `id` holds, else the number of the line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Id {
    /// A string.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// Where an accuracy comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// A training run, or a run of a supernet's subnet on images.
    Measured,
    /// Another model's guess.
    Surrogate,
}

/// How an architecture came to be picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Drawn at random.
    Random,
    /// Picked by a search.
    Evolved,
    /// One of a whole space.
    Complete,
    /// Made by hand.
    Manual,
}

/// An ONNX file that a line names: `{"onnx": "timm/resnet50.onnx", "r": 224}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkFile {
    /// Its path, seen from the folder of the file with the line.
    pub path: String,
    /// The side of its image, where the line says it.
    pub side: Option<u32>,
}

/// A line that names a network, which is not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: Id,
    /// The family that the line names, if it does.
    pub family: Option<String>,
    /// The network's text: a string's content, or the JSON as it stands in the line.
    pub text: String,
    /// The file that holds the network instead of the text, if the line names one.
    pub file: Option<NetworkFile>,
    /// Where that text begins in the file.
    place: Place,
}

/// A measured network.
#[derive(Debug)]
pub struct Record {
    /// Its name.
    pub id: Id,
    /// The family that the record names, if it does.
    pub family: Option<String>,
    /// The network.
    pub arch: Parsed,
    /// Accuracy by data set, from 0 to 1; never empty.
    pub accuracy: BTreeMap<String, f64>,
    /// Trainable parameters, where the record has them.
    pub params: Option<u64>,
    /// Multiply-adds, where the record has them.
    pub macs: Option<u64>,
    /// Where the accuracies come from, where the record says so.
    pub label: Option<Label>,
    /// How the architecture was picked, where the record says so.
    pub origin: Option<Origin>,
}

impl Entry {
    /// The entry on `line`, which has this `number` in its file (from 1).
    ///
    /// # Errors
    /// What is wrong with the line, with the file's line and column.
    pub fn parse(line: &str, number: u32) -> Result<Self> {
        Fields::read(line, number)?.entry()
    }

    /// The network.
    ///
    /// # Errors
    /// As [`Entry::network_from`]; a file that the line names is not opened here.
    pub fn network(&self) -> Result<Parsed> {
        self.network_from(Self::refuse)
    }

    /// What is said of a file that a line names where none can be opened.
    ///
    /// # Errors
    /// Always.
    pub fn refuse(file: &NetworkFile) -> Result<Parsed> {
        let message = format!(
            "the network stands in the file {}, which is not opened here; inspect or predict \
             the file itself",
            file.path
        );
        Err(Error::new(ErrorKind::Record, message))
    }

    /// The network; a file that the line names is read by `read`.
    ///
    /// # Errors
    /// As [`super::parse`], line and column counted in [`Entry::text`]; an unknown family; or what
    /// `read` says.
    pub fn network_from(
        &self,
        read: impl FnOnce(&NetworkFile) -> Result<Parsed>,
    ) -> Result<Parsed> {
        if let Some(file) = &self.file {
            return read(file).map_err(|error| error.context(&file.path));
        }
        match &self.family {
            Some(name) => family::by_record_name(name)?.parse(&self.text).map(Parsed::Architecture),
            None => super::parse(&self.text),
        }
    }

    /// An error in the text, at its place in the file.
    pub(super) fn in_file(&self, error: Error) -> Error {
        let place = match error.place() {
            Some(Place { line: 1, column }) => {
                Place { column: self.place.column + column - 1, ..self.place }
            }
            _ => self.place,
        };
        error.at(place)
    }
}

impl Record {
    /// The record on `line`, which has this `number` in its file (from 1).
    ///
    /// ```
    /// # use gennape::format::record::Record;
    /// let arch = "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|";
    /// let line = format!(r#"{{"id": "a", "arch": "{arch}", "accuracy": {{"cifar10": 0.91}}}}"#);
    /// assert_eq!(Record::parse(&line, 1)?.accuracy["cifar10"], 0.91);
    /// let percent = line.replace("0.91", "91");
    /// let error = Record::parse(&percent, 7).expect_err("percent");
    /// assert!(error.to_string().starts_with("7:"));
    /// assert!(error.message().ends_with("percent? divide by 100"));
    /// # Ok::<(), gennape::Error>(())
    /// ```
    ///
    /// # Errors
    /// What is wrong with the line or its network, with the file's line and column.
    pub fn parse(line: &str, number: u32) -> Result<Self> {
        Self::parse_from(line, number, Entry::network)
    }

    /// The same, where `network` reads the network: it may open the file that an entry names.
    ///
    /// # Errors
    /// As [`Record::parse`].
    pub fn parse_from(
        line: &str,
        number: u32,
        network: impl FnOnce(&Entry) -> Result<Parsed>,
    ) -> Result<Self> {
        Self::parse_up_to(1.0, line, number, network)
    }

    /// The same with accuracies up to `most`: 100 where percent are allowed.
    pub(crate) fn parse_up_to(
        most: f64,
        line: &str,
        number: u32,
        network: impl FnOnce(&Entry) -> Result<Parsed>,
    ) -> Result<Self> {
        let fields = Fields::read(line, number)?;
        let entry = fields.entry()?;
        let labels = [("measured", Label::Measured), ("surrogate", Label::Surrogate)];
        let origins = [
            ("random", Origin::Random),
            ("evolved", Origin::Evolved),
            ("complete", Origin::Complete),
            ("manual", Origin::Manual),
        ];
        Ok(Self {
            accuracy: fields.accuracy(most)?,
            params: fields.count("params")?,
            macs: fields.count("macs")?,
            label: fields.choice("label", &labels)?,
            origin: fields.choice("origin", &origins)?,
            arch: network(&entry).map_err(|error| entry.in_file(error))?,
            id: entry.id,
            family: entry.family,
        })
    }

    /// Parameters and multiply-adds of the network, counted as the record's source counts them:
    /// records of files leave products of two activations out.
    ///
    /// ```
    /// # use gennape::format::record::Record;
    /// let arch = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";
    /// let line = format!(r#"{{"family": "nb201", "arch": "{arch}", "accuracy": {{"cifar10": 0.1}}}}"#);
    /// // the benchmark's own count
    /// assert_eq!(Record::parse(&line, 1)?.recount()?.params, 73_306);
    /// # Ok::<(), gennape::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where the architecture gives no valid graph.
    pub fn recount(&self) -> Result<Cost> {
        let architecture = match &self.arch {
            Parsed::Graph { graph, .. } => {
                let products = graph.nodes().filter(|node| node.op == Op::Matmul);
                let products: u64 = products.map(|node| node.macs).sum();
                let Cost { params, macs } = graph.written_cost();
                return Ok(Cost { params, macs: macs.saturating_sub(products) });
            }
            Parsed::Architecture(architecture) => architecture,
        };
        let variants = architecture.variants();
        let is_recorded = |variant: &&&Variant| {
            variant.records.is_some_and(|of| Some(of.family) == self.family.as_deref())
        };
        let variant = variants.iter().find(is_recorded).unwrap_or(&variants[0]);
        Ok(architecture.family().recorded_cost(&architecture.build(variant)?))
    }
}

/// Record `line` with the JSON `network` for its network.
#[cfg(feature = "readers")]
pub(super) fn with_arch(line: &str, number: u32, network: &str) -> Result<String> {
    let fields = Fields::read(line, number)?;
    let span = fields.get("arch").map_or(0..0, |arch| arch.span.clone());
    Ok([&line[..span.start], network, &line[span.end..]].concat())
}

/// A line's values.
struct Fields<'a> {
    line: &'a str,
    number: u32,
    literal: Literal<'a>,
}

impl<'a> Fields<'a> {
    fn read(line: &'a str, number: u32) -> Result<Self> {
        let literal = Literal::read_line(line, number)?;
        let fields = Self { line, number, literal };
        match fields.literal.root.kind {
            Kind::Dict(_) => Ok(fields),
            _ => Err(fields.wrong(&fields.literal.root, r#"an object with "arch""#)),
        }
    }

    fn entry(&self) -> Result<Entry> {
        let id = match self.get("id") {
            None => Id::Number(i64::from(self.number)),
            Some(Value { kind: Kind::Integer(number), .. }) => Id::Number(*number),
            Some(value) => {
                let text = value.text().ok_or_else(|| self.wrong(value, "a string or a number"))?;
                Id::Text(text.to_owned())
            }
        };
        let name = |value: &Value| {
            value.text().map(str::to_owned).ok_or_else(|| self.wrong(value, "a family's name"))
        };
        let family = self.get("family").map(name).transpose()?;
        let arch = self.get("arch").ok_or_else(|| {
            self.error(0, r#"no "arch"; expected {"arch": "the network's text", ...}"#)
        })?;
        let written = &self.line[arch.span.clone()];
        let text = arch.text().unwrap_or(written).to_owned();
        // Where escapes make the content shorter than what is written, columns can't be told.
        let is_verbatim = arch.text().is_some_and(|text| text.len() + 2 == written.len());
        let place = self.literal.place(arch.span.start + usize::from(is_verbatim));
        Ok(Entry { id, family, text, file: self.file(arch)?, place })
    }

    /// The file that `arch` names.
    fn file(&self, arch: &Value) -> Result<Option<NetworkFile>> {
        let Some(path) = arch.entry(&["onnx"]) else { return Ok(None) };
        let path = path.text().ok_or_else(|| self.wrong(path, "a file's path"))?.to_owned();
        let side = match arch.entry(&["r"]) {
            None => None,
            Some(value) => match value.kind {
                Kind::Integer(side) => u32::try_from(side).ok().filter(|&side| side > 0),
                _ => None,
            }
            .map(Some)
            .ok_or_else(|| self.wrong(value, "an image's side in pixels"))?,
        };
        Ok(Some(NetworkFile { path, side }))
    }

    fn accuracy(&self, most: f64) -> Result<BTreeMap<String, f64>> {
        let form = r#""accuracy": {"a data set": a number from 0 to 1, ...}"#;
        let entries = match self.get("accuracy").map(|value| (value, &value.kind)) {
            Some((_, Kind::Dict(entries))) if !entries.is_empty() => entries,
            None | Some((_, Kind::Dict(_))) => {
                return Err(self.error(0, format!("no accuracy; expected {form}")));
            }
            Some((value, _)) => return Err(self.wrong(value, form)),
        };
        let fraction = |(name, value): &(Value, Value)| {
            let name = name.text().ok_or_else(|| self.wrong(name, "a data set's name"))?;
            let number = match value.kind {
                Kind::Integer(number) => number as f64,
                Kind::Float(number) => number,
                _ => return Err(self.wrong(value, "a number from 0 to 1")),
            };
            if (0.0..=most).contains(&number) {
                return Ok((name.to_owned(), number));
            }
            let way_out =
                if number > most && most == 1.0 { "; percent? divide by 100" } else { "" };
            let message = format!("accuracy {number} is not from 0 to {most}{way_out}");
            Err(self.error(value.span.start, message))
        };
        entries.iter().map(fraction).collect()
    }

    fn count(&self, key: &str) -> Result<Option<u64>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.kind {
            Kind::Integer(number @ 0..) => Ok(Some(number.unsigned_abs())),
            _ => Err(self.wrong(value, "a whole number, or null")),
        }
    }

    fn choice<T: Copy>(&self, key: &str, known: &[(&str, T)]) -> Result<Option<T>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let chosen = known.iter().find(|(name, _)| value.text() == Some(name));
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        chosen
            .map(|(_, choice)| Some(*choice))
            .ok_or_else(|| self.wrong(value, &format!("one of {}", names.join(", "))))
    }

    /// The value of `key`, unless there is none or null.
    fn get(&self, key: &str) -> Option<&Value> {
        self.literal.root.entry(&[key]).filter(|value| value.kind != Kind::Nothing)
    }

    fn wrong(&self, value: &Value, expected: &str) -> Error {
        let message = format!("expected {expected}, found {}", value.describe());
        self.error(value.span.start, message)
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Record, message).at(self.literal.place(offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: &str = "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|";
    const MATRIX: &str = r#"{"matrix": [[0,1],[0,0]], "ops": ["input","output"]}"#;

    #[test]
    fn records_hold_a_text_or_the_familys_json() {
        let line = format!(
            r#"{{"id":"a-1","family":"nb101","arch":{MATRIX},"accuracy":{{"cifar10":0.85,"cifar100":1}},"params":643274,"macs":98964480,"label":"measured","origin":"evolved","recipe":"x"}}"#
        );
        let record = Record::parse(&line, 1).unwrap();
        assert_eq!(record.id, Id::Text("a-1".to_owned()));
        assert_eq!(record.accuracy["cifar10"], 0.85);
        assert_eq!((record.params, record.macs), (Some(643_274), Some(98_964_480)));
        assert_eq!((record.label, record.origin), (Some(Label::Measured), Some(Origin::Evolved)));
        let bare = format!(r#"{{"arch": "{CELL}", "accuracy": {{"cifar10": 0}}, "params": null}}"#);
        let record = Record::parse(&bare, 9).unwrap();
        assert_eq!((record.id.to_string().as_str(), record.params), ("9", None));
        assert_eq!((record.label, record.origin), (None, None));
        let Parsed::Architecture(cell) = &record.arch else { panic!("{record:?}") };
        assert_eq!(cell.text(), CELL);
    }

    #[test]
    fn entries_need_no_accuracy_and_keep_their_id_where_the_network_is_broken() {
        let line = r#"{"id": 7, "arch": "|none~0|+|noen~0|none~1|"}"#;
        let entry = Entry::parse(line, 3).unwrap();
        assert_eq!(serde_json::to_string(&entry.id).unwrap(), "7");
        let error = entry.network().expect_err("noen");
        assert_eq!(error.place(), Some(Place { line: 1, column: 11 }));
        let escaped =
            Entry::parse(r#"{"arch": "{\"matrix\":\n[[0,1],[0,0]],\"ops\":[1,2]}"}"#, 1).unwrap();
        let error = escaped.network().expect_err("ops");
        assert_eq!(error.place(), Some(Place { line: 2, column: 22 }));
    }

    #[test]
    fn a_line_may_name_an_onnx_file_that_the_caller_opens() {
        let line = r#"{"id":"t","family":"timm","arch":{"onnx":"timm/a.onnx","r":160}}"#;
        let entry = Entry::parse(line, 1).unwrap();
        let file = NetworkFile { path: "timm/a.onnx".to_owned(), side: Some(160) };
        assert_eq!(entry.file, Some(file));
        let error = entry.network().expect_err("no file").to_string();
        assert!(error.starts_with("timm/a.onnx: the network stands in the file"), "{error}");
        let read = entry.network_from(|_| super::super::parse(CELL));
        assert!(matches!(read, Ok(Parsed::Architecture(_))));
        for (broken, expected) in [
            (r#"{"onnx":1}"#, "expected a file's path, found `1`"),
            (r#"{"onnx":"a","r":0}"#, "expected an image's side in pixels, found `0`"),
        ] {
            let error = Entry::parse(&format!(r#"{{"arch":{broken}}}"#), 1).expect_err(broken);
            assert_eq!(error.message(), expected);
        }
    }

    #[test]
    fn broken_records_say_what_is_wrong_and_where_in_the_file() {
        let with = |fields: &str| format!(r#"{{"arch":"{CELL}",{fields}}}"#);
        let accuracy = r#""accuracy": {"a data set": a number from 0 to 1, ...}"#;
        let cases = [
            ("[1]".to_owned(), r#"5:1: expected an object with "arch", found a list of 1"#.to_owned()),
            (
                r#"{"id":"a""#.to_owned(),
                "5:10: the text ends inside a dict that opens at 5:1; expected `,` or `}`".to_owned(),
            ),
            (
                r#"{"id":"a","arch":null}"#.to_owned(),
                r#"5:1: no "arch"; expected {"arch": "the network's text", ...}"#.to_owned(),
            ),
            (
                r#"{"id":[],"arch":"x"}"#.to_owned(),
                "5:7: expected a string or a number, found a list of 0".to_owned(),
            ),
            (
                r#"{"family":1,"arch":"x"}"#.to_owned(),
                "5:11: expected a family's name, found `1`".to_owned(),
            ),
            (with(r#""id":1"#), format!("5:1: no accuracy; expected {accuracy}")),
            (with(r#""accuracy":{}"#), format!("5:1: no accuracy; expected {accuracy}")),
            (with(r#""accuracy":0.9"#), format!("5:78: expected {accuracy}, found `0.9`")),
            (
                with(r#""accuracy":{"cifar10":94.4}"#),
                "5:89: accuracy 94.4 is not from 0 to 1; percent? divide by 100".to_owned(),
            ),
            (
                with(r#""accuracy":{"cifar10":-1}"#),
                "5:89: accuracy -1 is not from 0 to 1".to_owned(),
            ),
            (
                with(r#""accuracy":{"cifar10":"high"}"#),
                "5:89: expected a number from 0 to 1, found the string `high`".to_owned(),
            ),
            (
                with(r#""accuracy":{"cifar10":0.9},"params":-1"#),
                "5:103: expected a whole number, or null, found `-1`".to_owned(),
            ),
            (
                with(r#""accuracy":{"cifar10":0.9},"label":"guessed""#),
                "5:102: expected one of measured, surrogate, found the string `guessed`".to_owned(),
            ),
            (
                r#"{"arch":"|none~0","accuracy":{"cifar10":0.9}}"#.to_owned(),
                "5:17: the text ends where `|` behind the edge is expected".to_owned(),
            ),
            (
                r#"{"arch":{"matrix":[[0,1],[1,0]],"ops":["input","output"]},"accuracy":{"c":1}}"#.to_owned(),
                "5:27: an edge from vertex 1 to vertex 0 below the diagonal or on it; edges must lead \
                 to later vertices (upper triangular matrix)".to_owned(),
            ),
            (
                r#"{"family":"nb102","arch":"x","accuracy":{"c":1}}"#.to_owned(),
                format!("5:27: {}", family::by_name("nb102").expect_err("nb102")),
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(Record::parse(&line, 5).expect_err(&line).to_string(), expected, "{line}");
        }
    }
}
