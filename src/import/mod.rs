//! Published benchmark files become records, one a line, as training reads them. Native only.
//!
//! One file an importer, each a source of `Record`s that are written by `sink` alone: aside, in
//! pieces that tell where the source is to be taken up again, and under their name once all is there.
//! `pickle` reads Python's pickles without building an object of theirs.

mod csv;
mod gennape_cache;
mod gennape_json;
mod nasbench101;
mod nats_bench;
mod pickle;
mod record;
mod sink;
mod tfrecord;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use self::record::Record;
use self::sink::Sink;
use crate::error::{Error, ErrorKind, Result};
use crate::train::observer::Observer;

pub use self::csv::Columns;

/// What kind of file is imported.
#[derive(Debug, Clone)]
pub enum Kind {
    /// NAS-Bench-101's TFRecord.
    NasBench101,
    /// A folder of NATS-Bench, `NATS-tss-v1_0-3ffb9-simple` or the size space's.
    NatsBench,
    /// GENNAPE's labelled graphs in JSON.
    GennapeJson,
    /// GENNAPE's pickled caches, with the data set of the accuracies where it is not the family's own.
    GennapeCache(Option<String>),
    /// A table with named columns.
    Csv(Columns),
}

impl Kind {
    /// The name on the command line.
    fn name(&self) -> &'static str {
        match self {
            Self::NasBench101 => "nasbench101",
            Self::NatsBench => "nats-bench",
            Self::GennapeJson => "gennape-json",
            Self::GennapeCache(_) => "gennape-cache",
            Self::Csv(_) => "csv",
        }
    }
}

/// What an import left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Records in the file, those of an earlier run included.
    pub n_written: u64,
    /// Networks of this run that could not become a record.
    pub n_skipped: u64,
    /// Whether the caller ended it early; the same call goes on.
    pub stopped: bool,
}

/// Imports `path` into `out`, a gzip'd JSON Lines file.
///
/// # Errors
/// Where a file can't be read or written, is damaged (with the byte), or holds no record at all.
pub fn run(kind: &Kind, path: &Path, out: &Path, observer: &dyn Observer) -> Result<Outcome> {
    let mut sink = Sink::open(kind.name(), path, out, observer)?;
    let imported = match kind {
        Kind::NasBench101 => nasbench101::import(path, &mut sink),
        Kind::NatsBench => nats_bench::import(path, &mut sink),
        Kind::GennapeJson => gennape_json::import(path, &mut sink),
        Kind::GennapeCache(data_set) => gennape_cache::import(path, data_set.as_deref(), &mut sink),
        Kind::Csv(columns) => csv::import(path, columns, &mut sink),
    };
    match imported {
        Ok(()) => sink.finish(),
        Err(error) => {
            sink.abandon();
            Err(error)
        }
    }
}

/// A file open for reading, with its length.
fn open(path: &Path) -> Result<(BufReader<File>, u64)> {
    let failed =
        |error| Error::new(ErrorKind::Io, format!("can't read {}: {error}", path.display()));
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        let message = format!("{} is a folder; expected a file", path.display());
        return Err(Error::new(ErrorKind::Io, message));
    }
    Ok((BufReader::with_capacity(1 << 16, file), metadata.len()))
}

/// A stream that tells its observer of every mebibyte that was read of it.
struct Metered<'a, R> {
    inner: R,
    n_read: u64,
    observer: &'a dyn Observer,
}

impl<'a, R: Read> Metered<'a, R> {
    /// `inner` has `length` bytes.
    fn new(inner: R, length: u64, observer: &'a dyn Observer) -> Self {
        observer.begin("MiB read", (length >> 20) as usize);
        Self { inner, n_read: 0, observer }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let before = self.n_read >> 20;
        let n_bytes = self.inner.read(buffer)?;
        self.n_read += n_bytes as u64;
        (before..self.n_read >> 20).for_each(|_| self.observer.advance());
        Ok(n_bytes)
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::train::observer::Silent;

    #[test]
    fn damaged_files_are_errors_or_records_and_never_a_panic() {
        let folder = tempfile::tempdir().unwrap();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
        let out = folder.path().join("out.jsonl.gz");
        let kinds = [
            (Kind::NasBench101, "nasbench101.tfrecord"),
            (Kind::GennapeJson, "gennape.json"),
            (Kind::GennapeCache(None), "gennape_cache.pkl"),
        ];
        let mut rng = Pcg64Mcg::seed_from_u64(13);
        for (kind, name) in kinds {
            let whole = std::fs::read(fixtures.join(name)).unwrap();
            let mut n_failed = 0;
            for _ in 0..400 {
                let mut bytes = whole.clone();
                for _ in 0..rng.random_range(1..4) {
                    let place = rng.random_range(0..bytes.len());
                    match rng.random_range(0..4) {
                        0 => bytes.truncate(place.max(1)),
                        1 => drop(bytes.remove(place)),
                        2 => bytes.insert(place, rng.random_range(0..=255)),
                        _ => bytes[place] = rng.random_range(0..=255),
                    }
                }
                let path = folder.path().join(name);
                std::fs::write(&path, bytes).unwrap();
                let _ = std::fs::remove_file(folder.path().join("out.jsonl.gz.part"));
                n_failed += u32::from(run(&kind, &path, &out, &Silent).is_err());
            }
            assert!(n_failed > 100, "{name}: {n_failed} of 400 were refused");
        }
    }
}
