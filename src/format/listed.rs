//! One line of a list of networks: a record, or the text of a network by itself.
//!
//! The lines come from [`super::lines`] or from elsewhere. A file that a record names is opened by
//! the caller, or by nobody.

use super::Parsed;
use super::record::{Entry, Id, NetworkFile};
use crate::error::{Error, Place, Result};

/// A line: its name, and the network or what is wrong with it.
#[derive(Debug)]
pub struct Listed {
    /// The record's name, or else the line's number.
    pub id: Id,
    /// The network.
    pub network: Result<Parsed>,
}

impl Listed {
    /// Reads line `number` (from 1) of a list; `open` reads the file that a record names.
    ///
    /// ```
    /// # use gennape::format::{listed::Listed, record::Entry};
    /// let cell = "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|";
    /// let record = format!(r#"{{"id": "best", "arch": "{cell}"}}"#);
    /// for (line, name) in [(cell, "7"), (record.as_str(), "best")] {
    ///     let listed = Listed::read(line, 7, |file| Entry::refuse(file));
    ///     assert_eq!(listed.id.to_string(), name);
    ///     assert!(listed.network.is_ok());
    /// }
    /// ```
    pub fn read(
        line: &str,
        number: u32,
        open: impl FnOnce(&NetworkFile) -> Result<Parsed>,
    ) -> Self {
        if is_record(line) {
            match Entry::parse(line, number) {
                Ok(entry) => Self { network: entry.network_from(open), id: entry.id },
                Err(error) => Self::failed(number, error),
            }
        } else {
            let in_file = |error: Error| match error.place() {
                Some(place) => error.at(Place { line: number, ..place }),
                None => error,
            };
            let network = super::parse(line.trim_end()).map_err(in_file);
            Self { id: Id::Number(i64::from(number)), network }
        }
    }

    /// Line `number`, which can't be read.
    pub fn failed(number: u32, error: Error) -> Self {
        Self { id: Id::Number(i64::from(number)), network: Err(error) }
    }
}

/// Whether a line is a record, whole or broken off.
pub fn is_record(line: &str) -> bool {
    line.trim_start().starts_with('{') && line.contains("\"arch\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: &str = "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|";

    #[test]
    fn a_line_goes_by_its_id_or_its_number_and_errors_bear_the_line() {
        struct Case {
            line: String,
            id: &'static str,
            error: Option<&'static str>,
        }
        let cases = [
            Case { line: CELL.into(), id: "3", error: None },
            Case { line: format!(r#"{{"arch": "{CELL}"}}"#), id: "3", error: None },
            Case { line: format!(r#"{{"arch": "{CELL}", "id": 9}}"#), id: "9", error: None },
            Case {
                line: CELL.replace("3x3", "9x9"),
                id: "3",
                error: Some("3:27: unknown operation `nor_conv_9x9`"),
            },
            Case { line: r#"{"arch": "#.into(), id: "3", error: Some("3:10: ") },
            Case {
                line: r#"{"id": "r", "arch": {"onnx": "resnet.onnx"}}"#.into(),
                id: "r",
                error: Some("resnet.onnx: the network stands in the file resnet.onnx, which"),
            },
        ];
        for Case { line, id, error } in cases {
            let listed = Listed::read(&line, 3, Entry::refuse);
            assert_eq!(listed.id.to_string(), id, "{line}");
            let message = listed.network.err().map(|error| error.to_string());
            match (&message, error) {
                (Some(message), Some(start)) => assert!(message.starts_with(start), "{message}"),
                (message, expected) => assert_eq!(message.as_deref(), expected, "{line}"),
            }
        }
    }
}
