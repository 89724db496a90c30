//! Networks of the forms with large readers, as finished graphs in our own JSON.
//!
//! What a build with the feature `readers` writes for one without: the same network, notes included,
//! in a text that [`super::parse`] takes anywhere. Texts of all other forms are left as they are.

use std::io::{Read, Seek};

use super::Parsed;
use super::apart::{KERAS_JSON, OnnxOptions};
use super::file::{self, NetworkFile};
use super::listed::is_record;
use super::record::{Entry, with_arch};
use crate::error::{Error, Place, Result};
use crate::graph::json;

/// The Keras model `text` as a finished graph.
///
/// # Errors
/// What of it can't be understood, with line and column.
pub fn text(text: &str, input_size: Option<[u32; 2]>) -> Result<String> {
    KERAS_JSON.read(text, input_size).map(|parsed| written(&parsed))
}

/// A file that is an ONNX model or else a Keras model; `name` may be empty.
///
/// # Errors
/// As [`file::open`].
pub fn open(reader: impl Read + Seek, name: &str) -> Result<NetworkFile> {
    file::open_as(reader, name, |_| Ok(KERAS_JSON))
}

/// The network of such a file as a finished graph.
///
/// # Errors
/// As [`NetworkFile::network`].
pub fn of_file(file: &NetworkFile, options: &OnnxOptions) -> Result<String> {
    file.network(options).map(|parsed| written(&parsed))
}

/// Line `number` (from 1) of a list, a record or a Keras model by itself, as a record of the
/// finished graph.
///
/// # Errors
/// As [`super::listed::Listed::read`].
pub fn line(line: &str, number: u32) -> Result<String> {
    if is_record(line) {
        let entry = Entry::parse(line, number)?;
        return with_arch(line, number, &text(&entry.text, None)?);
    }
    let in_file = |error: Error| match error.place() {
        Some(place) => error.at(Place { line: number, ..place }),
        None => error,
    };
    let network = text(line.trim_end(), None).map_err(in_file)?;
    Ok(format!("{{\"arch\": {network}}}"))
}

/// Lines of records, with finished graphs in place of all Keras models. What is no record is left
/// for whoever reads the records.
///
/// # Errors
/// What of a model can't be understood, with the line and column of the records.
pub fn records(records: &str) -> Result<String> {
    let lines =
        records.split('\n').zip(1..).map(|(line, number)| match Entry::parse(line, number) {
            Ok(entry) if entry.file.is_none() && KERAS_JSON.recognises(&entry.text) => {
                let network = text(&entry.text, None).map_err(|error| entry.in_file(error))?;
                with_arch(line, number, &network)
            }
            _ => Ok(line.to_owned()),
        });
    Ok(lines.collect::<Result<Vec<_>>>()?.join("\n"))
}

fn written(parsed: &Parsed) -> String {
    match parsed {
        Parsed::Graph { graph, notes } => json::to_json_with(graph, notes),
        Parsed::Architecture(architecture) => architecture.text(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::listed::Listed;
    use super::super::record::Record;
    use super::super::{parse, parse_sized};
    use super::*;

    /// A dense layer of 4 numbers on an image whose sides are left open.
    const MODEL: &str = r#"{"class_name": "Sequential", "config": {"name": "small", "layers": [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [null, null, null, 3], "name": "image"}},
        {"class_name": "Conv2D", "config": {"name": "conv", "filters": 8, "kernel_size": [3, 3]}},
        {"class_name": "GlobalAveragePooling2D", "config": {"name": "pool"}},
        {"class_name": "Dense", "config": {"name": "logits", "units": 4}}]}}"#;

    fn same(parsed: &Parsed, again: &Parsed) {
        let (Parsed::Graph { graph, notes }, Parsed::Graph { graph: read, notes: told }) =
            (parsed, again)
        else {
            panic!("{parsed:?} {again:?}")
        };
        assert_eq!(read.structural_hash(), graph.structural_hash());
        assert_eq!(json::to_json(read), json::to_json(graph));
        assert_eq!(told, notes);
    }

    #[test]
    fn a_finished_text_is_the_same_network_with_the_same_notes() {
        for size in [None, Some([48, 64])] {
            let parsed = parse_sized(MODEL, size).unwrap();
            let again = parse_sized(&text(MODEL, size).unwrap(), size).unwrap();
            assert_eq!(parsed.notes().is_empty(), size.is_some());
            same(&parsed, &again);
        }
    }

    #[test]
    fn lines_and_records_keep_all_but_the_network() {
        let model = MODEL.replace('\n', " ");
        let parsed = parse(&model).unwrap();
        let plain = Listed::read(&line(&model, 7).unwrap(), 7, Entry::refuse);
        assert_eq!(plain.id.to_string(), "7");
        same(&parsed, &plain.network.unwrap());

        let record = format!(r#"{{"id": "k", "arch": {model}, "accuracy": {{"mine": 0.5}}}}"#);
        let named = Listed::read(&line(&record, 7).unwrap(), 7, Entry::refuse);
        assert_eq!(named.id.to_string(), "k");
        same(&parsed, &named.network.unwrap());

        let others = "\n{\"arch\": \"|none~0|\"}\nhello";
        let all = records(&format!("{record}{others}")).unwrap();
        let (first, rest) = all.split_once('\n').unwrap();
        assert_eq!(rest, &others[1..]);
        let read = Record::parse(first, 1).unwrap();
        assert_eq!(read.accuracy["mine"], 0.5);
        same(&parsed, &read.arch);
    }

    #[test]
    fn errors_are_those_of_reading_the_line_itself() {
        let broken = MODEL.replace('\n', " ").replace("Dense", "Dens");
        let record = format!(r#"{{"arch": {broken}, "accuracy": {{"mine": 0.5}}}}"#);
        for wrong in [&broken, &broken[..90].to_owned(), &record] {
            let expected = Listed::read(wrong, 7, Entry::refuse).network.expect_err("broken");
            assert_eq!(line(wrong, 7).expect_err("broken"), expected);
        }
        let expected = Record::parse(&record, 1).expect_err("broken");
        assert_eq!(records(&record).expect_err("broken"), expected);
    }
}
