//! Keeps spectra between runs: one file of structural hash and eigenvalues.
//!
//! Computing 13,000 spectra takes longer than an epoch, and they never change. The file is a
//! convenience: one that is missing, damaged or of another version is computed anew, and the
//! caller is told to say so. Two graphs of one structural hash are taken for one graph.
//!
//! Layout, all little-endian: the sign `GNSPECTR`; version and number of eigenvalues (u32 each);
//! number of networks (u64); for each, in ascending order of the hash, the hash (u64) and its
//! eigenvalues (f64); xxh3 of everything before (u64).

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::atomic;
use super::spectrum::{N_EIGENVALUES, Spectrum, spectra};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::ComputeGraph;

/// Goes up whenever a graph gets other eigenvalues or another structural hash.
const VERSION: u32 = 1;
const SIGN: &[u8; 8] = b"GNSPECTR";
const HEADER: usize = 24;
const ENTRY: usize = 8 + 8 * N_EIGENVALUES;
const CHECKSUM: usize = 8;

/// Spectra by structural hash, with the file in which they are kept.
#[derive(Debug)]
pub struct SpectrumCache {
    path: PathBuf,
    spectra: BTreeMap<u64, Spectrum>,
}

impl SpectrumCache {
    /// The cache kept at `path`, and what a person should be told where it had to be thrown away.
    ///
    /// # Errors
    /// Where the file is there but can't be read.
    pub fn open(path: impl Into<PathBuf>) -> Result<(Self, Option<String>)> {
        let path = path.into();
        let (spectra, note) = match std::fs::read(&path) {
            Ok(bytes) => match decode(&bytes) {
                Ok(spectra) => (spectra, None),
                Err(damage) => (BTreeMap::new(), Some(rebuilt(&path, damage))),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => (BTreeMap::new(), None),
            Err(error) => {
                let message = format!("can't read {}: {error}", path.display());
                return Err(Error::new(ErrorKind::Io, message));
            }
        };
        Ok((Self { path, spectra }, note))
    }

    /// Number of spectra at hand.
    pub fn len(&self) -> usize {
        self.spectra.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spectra.is_empty()
    }

    /// How many of `graphs`, equal ones counted once, are still to be computed.
    pub fn missing(&self, graphs: &[&ComputeGraph]) -> usize {
        self.to_compute(graphs).len()
    }

    /// The spectra of `graphs`, in their order: looked up, or computed on all cores and then kept.
    ///
    /// `on_each` is called after each that is computed, [`missing`](Self::missing) times.
    ///
    /// # Errors
    /// Where eigenvalues fail their check, or the file can't be written.
    pub fn spectra(
        &mut self,
        graphs: &[&ComputeGraph],
        on_each: &(dyn Fn() + Sync),
    ) -> Result<Vec<Spectrum>> {
        let new = self.to_compute(graphs);
        if !new.is_empty() {
            let graphs: Vec<_> = new.values().copied().collect();
            self.spectra.extend(new.into_keys().zip(spectra(&graphs, on_each)?));
            atomic::write(&self.path, &encode(&self.spectra))?;
        }
        Ok(graphs.iter().map(|graph| self.spectra[&graph.structural_hash()]).collect())
    }

    fn to_compute<'g>(&self, graphs: &[&'g ComputeGraph]) -> BTreeMap<u64, &'g ComputeGraph> {
        let by_hash = graphs.iter().map(|&graph| (graph.structural_hash(), graph));
        by_hash.filter(|(hash, _)| !self.spectra.contains_key(hash)).collect()
    }
}

fn rebuilt(path: &Path, damage: &str) -> String {
    format!("the spectra kept in {} are computed anew: {damage}", path.display())
}

fn encode(spectra: &BTreeMap<u64, Spectrum>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + spectra.len() * ENTRY + CHECKSUM);
    bytes.extend_from_slice(SIGN);
    bytes.extend_from_slice(&layout());
    bytes.extend_from_slice(&(spectra.len() as u64).to_le_bytes());
    for (hash, spectrum) in spectra {
        bytes.extend_from_slice(&hash.to_le_bytes());
        spectrum.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
    }
    bytes.extend_from_slice(&xxh3_64(&bytes).to_le_bytes());
    bytes
}

/// The spectra in `bytes`, or what is wrong with them.
fn decode(bytes: &[u8]) -> Result<BTreeMap<u64, Spectrum>, &'static str> {
    const CUT_OFF: &str = "the file is cut off";
    let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(CUT_OFF)?;
    let (sign, rest) = body.split_first_chunk::<8>().ok_or(CUT_OFF)?;
    if sign != SIGN {
        return Err("the file holds something else");
    }
    if xxh3_64(body) != u64::from_le_bytes(*checksum) {
        return Err("its checksum differs, so it is cut off or damaged");
    }
    let (written, rest) = rest.split_first_chunk::<8>().ok_or(CUT_OFF)?;
    if *written != layout() {
        return Err("the file is of another version");
    }
    let (count, entries) = rest.split_first_chunk::<8>().ok_or(CUT_OFF)?;
    let (entries, remainder) = entries.as_chunks::<ENTRY>();
    if !remainder.is_empty() || entries.len() as u64 != u64::from_le_bytes(*count) {
        return Err("its length differs from what it says");
    }
    Ok(entries.iter().map(decode_entry).collect())
}

fn decode_entry(entry: &[u8; ENTRY]) -> (u64, Spectrum) {
    let (words, _) = entry.as_chunks::<8>();
    let mut spectrum = [0.0; N_EIGENVALUES];
    for (value, word) in spectrum.iter_mut().zip(&words[1..]) {
        *value = f64::from_le_bytes(*word);
    }
    (u64::from_le_bytes(words[0]), spectrum)
}

/// Version and number of eigenvalues, as the file has them.
fn layout() -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&VERSION.to_le_bytes());
    bytes[4..].copy_from_slice(&(N_EIGENVALUES as u32).to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::graph::{Conv, GraphBuilder, Shape};
    use crate::train::spectrum::spectrum;

    /// A chain of convolutions, with a second branch where `is_wide`.
    fn network(n_convs: u32, is_wide: bool) -> ComputeGraph {
        let mut builder = GraphBuilder::new("network", Shape::new(8, 8, 3));
        let image = builder.image();
        let mut x = image;
        for _ in 0..n_convs {
            x = builder.conv(x, Conv::square(3, 1, 4));
        }
        if is_wide {
            let other = builder.conv(image, Conv::square(1, 1, 4));
            x = builder.add(&[x, other]);
        }
        let logits = builder.linear(x, 10, true);
        builder.build(logits).unwrap()
    }

    fn networks() -> Vec<ComputeGraph> {
        let same_again = network(3, true);
        let each = (1..=30).flat_map(|n| [network(n, false), network(n, true)]);
        each.chain([same_again]).collect()
    }

    #[test]
    fn a_second_run_looks_up_what_the_first_computed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spectra.bin");
        let networks = networks();
        let graphs: Vec<_> = networks.iter().collect();
        let computed = AtomicUsize::new(0);
        let on_each = || {
            computed.fetch_add(1, Ordering::Relaxed);
        };
        let run = |graphs: &[&ComputeGraph]| {
            let (mut cache, note) = SpectrumCache::open(&path).unwrap();
            assert_eq!(note, None);
            computed.store(0, Ordering::Relaxed);
            let missing = cache.missing(graphs);
            let found = cache.spectra(graphs, &on_each).unwrap();
            assert_eq!(computed.load(Ordering::Relaxed), missing);
            (missing, cache.len(), found)
        };
        let expected: Vec<_> = graphs.iter().map(|graph| spectrum(graph).unwrap()).collect();
        assert_eq!(run(&[]), (0, 0, vec![]));
        assert_eq!(run(&graphs[..10]), (10, 10, expected[..10].to_vec()));
        assert_eq!(run(&graphs), (50, 60, expected.clone()), "the last one is there twice");
        assert_eq!(run(&graphs), (0, 60, expected));
    }

    #[test]
    fn a_damaged_file_is_computed_anew_and_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spectra.bin");
        let networks = networks();
        let graphs: Vec<_> = networks.iter().collect();
        let (mut cache, _) = SpectrumCache::open(&path).unwrap();
        let expected = cache.spectra(&graphs, &|| ()).unwrap();
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(whole, encode(&cache.spectra));

        let checksummed = |mut body: Vec<u8>| {
            body.extend_from_slice(&xxh3_64(&body).to_le_bytes());
            body
        };
        let body = &whole[..whole.len() - CHECKSUM];
        let changed = |at: usize, by: u8| {
            let mut bytes = whole.clone();
            bytes[at] ^= by;
            bytes
        };
        let other_version = [&body[..8], &[9, 0, 0, 0], &body[12..]].concat();
        let cases: [(Vec<u8>, &str); 8] = [
            (vec![], "cut off"),
            (whole[..20].to_vec(), "checksum differs"),
            (whole[..whole.len() - 1].to_vec(), "checksum differs"),
            (changed(whole.len() / 2, 1), "checksum differs"),
            (changed(0, 1), "something else"),
            (checksummed(other_version), "another version"),
            (checksummed(body[..body.len() - ENTRY].to_vec()), "its length differs"),
            (checksummed(SIGN.to_vec()), "cut off"),
        ];
        for (bytes, expected_note) in cases {
            std::fs::write(&path, bytes).unwrap();
            let (mut cache, note) = SpectrumCache::open(&path).unwrap();
            let note = note.unwrap();
            assert!(note.contains(expected_note) && note.contains("spectra.bin"), "{note}");
            assert!(cache.is_empty());
            assert_eq!(cache.spectra(&graphs, &|| ()).unwrap(), expected);
            assert_eq!(std::fs::read(&path).unwrap(), whole);
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = SpectrumCache::open(folder.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.message().starts_with("can't read "), "{error}");
    }
}
