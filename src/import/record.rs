//! One line of the output: the form that training reads.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::family::{self, Architecture};
use crate::format::{self, Parsed};

/// A measured network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Record {
    /// Unique in its file.
    pub(super) id: String,
    /// The family, unless the network is a bare graph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) family: Option<String>,
    /// The family's JSON, or a text.
    pub(super) arch: Value,
    /// Fractions by data set.
    pub(super) accuracy: BTreeMap<String, f64>,
    /// Trainable parameters, where the source has them.
    pub(super) params: Option<u64>,
    /// Multiply-adds, where the source has them.
    pub(super) macs: Option<u64>,
    /// Where the accuracy comes from.
    pub(super) label: &'static str,
    /// How the network was picked, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<&'static str>,
}

impl Record {
    /// A measured network without params and macs.
    pub(super) fn new(id: String, architecture: &dyn Architecture) -> Self {
        let text = architecture.text();
        let is_json = text.starts_with(['{', '[']);
        let json = serde_json::from_str(&text).ok().filter(|_| is_json);
        Self {
            id,
            family: Some(record_name(architecture).to_owned()),
            arch: json.unwrap_or(Value::String(text)),
            accuracy: BTreeMap::new(),
            params: None,
            macs: None,
            label: "measured",
            origin: None,
        }
    }

    /// Adds an accuracy, rounded to six digits.
    ///
    /// # Errors
    /// Where it is no fraction.
    pub(super) fn set_accuracy(&mut self, data_set: &str, accuracy: f64) -> Result<()> {
        if !(0.0..=1.0).contains(&accuracy) {
            let way_out = if accuracy > 1.0 { "; percent? say so with --percent" } else { "" };
            return Err(wrong(format!("accuracy {accuracy} is not from 0 to 1{way_out}")));
        }
        self.accuracy.insert(data_set.to_owned(), (accuracy * 1e6).round() / 1e6);
        Ok(())
    }
}

/// The architecture that `text` names, of the family called `family` where one is given.
pub(super) fn architecture(text: &str, family: Option<&str>) -> Result<Box<dyn Architecture>> {
    match (family, format::parse(text)) {
        (Some(name), _) => family::by_record_name(name)?.parse(text),
        (None, Ok(Parsed::Architecture(architecture))) => Ok(architecture),
        (None, Ok(Parsed::Graph { .. })) => Err(wrong("a graph; expected a family's architecture")),
        (None, Err(error)) => Err(error),
    }
}

/// The data set on which the architecture is measured by default.
pub(super) fn data_set(architecture: &dyn Architecture) -> &'static str {
    let variants = architecture.variants();
    let measured = variants.iter().find_map(|variant| variant.records);
    measured.map_or(variants[0].name, |records| records.data_set)
}

/// The name under which training looks for the architecture's records.
fn record_name(architecture: &dyn Architecture) -> &'static str {
    let measured = architecture.variants().iter().find_map(|variant| variant.records);
    measured.map_or(architecture.family().name(), |records| records.family)
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Record, message)
}
