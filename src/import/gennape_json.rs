//! GENNAPE's labelled graphs: one JSON object, a network an entry, read entry by entry.
//!
//! `{"key": {"max_perf": 93.1, "net_config": ..., "cg": ...}, ...}`. The configuration is the
//! architecture; the graph beside it is compared with the network of that architecture, and stands
//! for it where the configuration names none.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::record::{architecture, data_set};
use super::sink::{Flow, Sink};
use super::{Metered, Record, open};
use crate::error::{Error, ErrorKind, Result};
use crate::format::gennape::{CgForm, convert};
use crate::graph::ComputeGraph;

/// Bytes of one entry: a graph of 10,000 nodes has about 5 million.
const MAX_ENTRY_BYTES: u64 = 32 << 20;

/// One entry; other fields are ignored.
#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    max_perf: Option<f64>,
    #[serde(default)]
    net_config: Option<Value>,
    #[serde(default)]
    cg: Option<CgForm>,
}

/// Imports the file at `path`.
pub(super) fn import(path: &Path, sink: &mut Sink<'_>) -> Result<()> {
    let (file, length) = open(path)?;
    let left = Cell::new(MAX_ENTRY_BYTES);
    let input = Limited { inner: Metered::new(file, length, sink.observer()), left: &left };
    let mut failure = None;
    let mut n_other_graphs = 0_u64;
    let entries =
        Entries { sink, left: &left, failure: &mut failure, n_other_graphs: &mut n_other_graphs };
    let mut json = serde_json::Deserializer::from_reader(io::BufReader::new(input));
    let read = entries.deserialize(&mut json);
    match (failure, read) {
        (Some(Failure::Stop), _) => (),
        (Some(Failure::Sink(error)), _) => return Err(error),
        (None, Err(error)) => {
            let message = format!(
                "no labelled graphs: {error}; expected {{\"name\": {{\"max_perf\", \"net_config\", \
                 \"cg\"}}, ...}}"
            );
            return Err(Error::new(ErrorKind::Syntax, message));
        }
        (None, Ok(())) => (),
    }
    if n_other_graphs > 0 {
        sink.observer().note(&format!(
            "{n_other_graphs} graphs in the file differ from the network of their configuration, \
             which was taken"
        ));
    }
    Ok(())
}

/// Why reading ends before the file does.
enum Failure {
    Stop,
    Sink(Error),
}

/// The object, whose entries go to the sink as they are read.
struct Entries<'a, 'sink> {
    sink: &'a mut Sink<'sink>,
    left: &'a Cell<u64>,
    failure: &'a mut Option<Failure>,
    n_other_graphs: &'a mut u64,
}

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of labelled graphs")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> std::result::Result<(), A::Error> {
        let mut item = 0;
        while let Some(key) = map.next_key::<String>()? {
            self.left.set(MAX_ENTRY_BYTES);
            if item < self.sink.next() {
                map.next_value::<IgnoredAny>()?;
            } else {
                let entry: Entry = map.next_value()?;
                let record = self.record(&key, entry);
                let flow = self.sink.take(item, record).map_err(|error| {
                    *self.failure = Some(Failure::Sink(error));
                    A::Error::custom("the output failed")
                })?;
                if flow == Flow::Stop {
                    *self.failure = Some(Failure::Stop);
                    return Err(A::Error::custom("ended by the caller"));
                }
            }
            item += 1;
        }
        Ok(())
    }
}

impl Entries<'_, '_> {
    fn record(&mut self, key: &str, entry: Entry) -> Result<Record> {
        let named = |error: Error| error.context(format!("entry `{}`", key.escape_debug()));
        let missing = |what: &str| named(Error::new(ErrorKind::Record, format!("no `{what}`")));
        let perf = entry.max_perf.ok_or_else(|| missing("max_perf"))?;
        let config = entry.net_config.ok_or_else(|| missing("net_config"))?;
        let text = config.as_str().map_or_else(|| config.to_string(), str::to_owned);
        let architecture = architecture(&text, None).map_err(named)?;
        let ours = architecture.build(architecture.variants()[0]).map_err(named)?;
        let theirs = entry.cg.map(|cg| convert(cg.into_raw()));
        let is_same = |graph: &ComputeGraph| graph.structural_hash() == ours.structural_hash();
        if theirs.is_some_and(|graph| !graph.is_ok_and(|(graph, _)| is_same(&graph))) {
            *self.n_other_graphs += 1;
        }
        let mut record = Record::new(format!("gennape-{key}"), architecture.as_ref());
        record.set_accuracy(data_set(architecture.as_ref()), perf / 100.0).map_err(named)?;
        record.params = Some(ours.written_cost().params);
        record.macs = Some(ours.written_cost().macs);
        Ok(record)
    }
}

/// A stream that ends in an error once an entry is too long.
struct Limited<'a, R> {
    inner: R,
    left: &'a Cell<u64>,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(n_read as u64).ok_or_else(|| {
            io::Error::other(format!("one entry has more than {MAX_ENTRY_BYTES} bytes"))
        })?;
        self.left.set(left);
        Ok(n_read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_entry_ends_in_an_error() {
        let left = Cell::new(10);
        let mut input = Limited { inner: io::repeat(b'x'), left: &left };
        assert_eq!(input.read(&mut [0; 10]).unwrap(), 10);
        let error = input.read(&mut [0; 1]).expect_err("too long");
        assert_eq!(error.to_string(), "one entry has more than 33554432 bytes");
    }
}
