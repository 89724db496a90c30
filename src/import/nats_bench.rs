//! NATS-Bench's simple folders: one bzip2'd pickle an architecture, of either of its two spaces.
//!
//! `NNNNNN.pickle.pbz2` holds `{epochs: {"arch_str", "all_results": {(data set, seed): result}}}`. The
//! label is the test accuracy behind the last epoch of the longest training, the mean over its seeds.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use bzip2::read::MultiBzDecoder;

use super::pickle::{self, Value};
use super::record::architecture;
use super::sink::{Flow, Sink};
use super::{Record, open};
use crate::error::{Error, ErrorKind, Result};

/// Bytes of one architecture, unpacked: the published ones have about 100,000.
const MAX_FILE_BYTES: u64 = 64 << 20;
const ENDING: &str = ".pickle.pbz2";
/// Names in the files, ours, and the name of the test set there.
const DATA_SETS: [(&str, &str, &str); 3] = [
    ("cifar10", "cifar10", "ori-test"),
    ("cifar100", "cifar100", "x-test"),
    ("ImageNet16-120", "imagenet16-120", "x-test"),
];

/// Imports the folder at `path`.
pub(super) fn import(path: &Path, sink: &mut Sink<'_>) -> Result<()> {
    let files = files(path)?;
    let n_done = usize::try_from(sink.next()).unwrap_or(usize::MAX).min(files.len());
    sink.observer().begin("architectures", files.len() - n_done);
    for (item, (number, file)) in files.iter().enumerate().skip(n_done) {
        sink.observer().advance();
        let content = read_file(file)?;
        let record = record(*number, &content).map_err(|error| error.context(file.display()));
        if sink.take(item as u64, record)? == Flow::Stop {
            break;
        }
    }
    Ok(())
}

/// The files of architectures, by number.
fn files(folder: &Path) -> Result<BTreeMap<u32, PathBuf>> {
    let failed =
        |error| Error::new(ErrorKind::Io, format!("can't read {}: {error}", folder.display()));
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let number = name.as_deref().and_then(|name| name.strip_suffix(ENDING)?.parse().ok());
        if let Some(number) = number {
            files.insert(number, path);
        }
    }
    if files.is_empty() {
        let message = format!(
            "no NNNNNN{ENDING} in {}; expected a folder as NATS-tss-v1_0-3ffb9-simple",
            folder.display()
        );
        return Err(Error::new(ErrorKind::Record, message));
    }
    Ok(files)
}

fn read_file(path: &Path) -> Result<Value> {
    let (file, _) = open(path)?;
    let mut unpacked = MultiBzDecoder::new(file).take(MAX_FILE_BYTES);
    let read = pickle::read(BufReader::new(&mut unpacked));
    let content = if unpacked.limit() == 0 {
        let message = format!("it unpacks to {MAX_FILE_BYTES} bytes or more; expected fewer");
        Err(Error::new(ErrorKind::TooLarge, message))
    } else {
        read
    };
    content.map_err(|error| error.context(path.display()))
}

fn record(number: u32, content: &Value) -> Result<Record> {
    let longest = |(key, value): &(Value, Value)| Some((key.text()?.parse().ok()?, value.clone()));
    let trainings: BTreeMap<u32, Value> =
        content.entries().unwrap_or_default().iter().filter_map(longest).collect();
    let (epochs, training) =
        trainings.last_key_value().ok_or_else(|| missing("a training, such as `200`"))?;
    let text =
        training.get("arch_str").and_then(Value::text).ok_or_else(|| missing("`arch_str`"))?;
    let architecture = architecture(text, None)?;
    let results = training.get("all_results").ok_or_else(|| missing("`all_results`"))?;
    let mut record = Record::new(format!("nats-{number:06}"), architecture.as_ref());
    record.origin = Some("complete");
    for (theirs, ours, test) in DATA_SETS {
        let runs = runs(results, theirs);
        let key = format!("{test}@{}", epochs.saturating_sub(1));
        let accuracies: Vec<f64> =
            runs.iter().filter_map(|run| run.get("eval_acc1es")?.get(&key)?.number()).collect();
        if !accuracies.is_empty() {
            let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
            record.set_accuracy(ours, mean / 100.0)?;
        }
        if let Some(run) = runs.first().filter(|_| ours == "cifar10") {
            (record.params, record.macs) = (params(run), macs(run));
        }
    }
    match record.accuracy.is_empty() {
        true => Err(missing("a test accuracy behind the last epoch")),
        false => Ok(record),
    }
}

/// The results on a data set, one a seed.
fn runs<'a>(results: &'a Value, data_set: &str) -> Vec<&'a Value> {
    let is_wanted = |key: &Value| match key.items() {
        Some([name, _seed]) => name.text() == Some(data_set),
        _ => false,
    };
    let entries = results.entries().unwrap_or_default();
    entries.iter().filter(|(key, _)| is_wanted(key)).map(|(_, run)| run).collect()
}

/// Given in millions.
fn params(run: &Value) -> Option<u64> {
    let millions = run.get("params")?.number()?;
    Some((millions * 1e6).round() as u64)
}

/// Given in millions, the classifier's bias counted as one a class.
fn macs(run: &Value) -> Option<u64> {
    let millions = run.get("flop")?.number()?;
    let classes: u64 = run.get("arch_config")?.get("class_num")?.whole()?;
    ((millions * 1e6).round() as u64).checked_sub(classes)
}

fn missing(what: &str) -> Error {
    Error::new(ErrorKind::Record, format!("it lacks {what}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_is_no_result_is_missing_rather_than_wrong() {
        let nothing = pickle::read(b"\x80\x02N.".as_slice()).unwrap();
        assert!(runs(&nothing, "cifar10").is_empty());
        let error = record(7, &nothing).expect_err("no training");
        assert_eq!(error.message(), "it lacks a training, such as `200`");
    }

    #[test]
    fn a_small_file_that_unpacks_to_a_huge_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("000001.pickle.pbz2");
        let file = std::fs::File::create(&path).unwrap();
        let mut packed = bzip2::write::BzEncoder::new(file, bzip2::Compression::best());
        let string = [b"X\0\0\x10\0".to_vec(), vec![b'a'; 1 << 20]].concat();
        packed.write_all(b"\x80\x02](").unwrap();
        for _ in 0..=64 {
            packed.write_all(&string).unwrap();
        }
        packed.finish().unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < 100_000);
        let error = read_file(&path).expect_err("a bomb").to_string();
        assert!(error.contains("it unpacks to 67108864 bytes or more"), "{error}");
    }
}
