//! What the fuzz targets share: what must hold of every answer of a reader.

use std::path::Path;

use gennape::format::Parsed;
use gennape::import::{self, Kind};
use gennape::train::observer::Silent;
use gennape::{Error, Result};

/// Bytes of one error message: it is shown on a page.
const MAX_MESSAGE_BYTES: usize = 4_000;

/// An error has something to say, and not too much of it.
pub fn check_error(error: &Error) {
    let message = error.to_string();
    assert!(!message.is_empty() && message.len() <= MAX_MESSAGE_BYTES, "{message}");
}

/// A network that was read builds or says why not; an architecture's own text reads as itself.
pub fn check_read(parsed: &Result<Parsed>) {
    match parsed {
        Err(error) => check_error(error),
        Ok(Parsed::Graph { graph, .. }) => {
            let json = gennape::graph::json::to_json(graph);
            let again = gennape::format::parse(&json).unwrap();
            let Parsed::Graph { graph: again, .. } = again else { panic!("{json}") };
            assert_eq!(again.structural_hash(), graph.structural_hash());
        }
        Ok(Parsed::Architecture(architecture)) => {
            let family = architecture.family();
            let text = architecture.text();
            let again = family.parse(&text).unwrap();
            assert_eq!(again.text(), text);
            for variant in architecture.variants() {
                if let Err(error) = architecture.build(variant) {
                    check_error(&error);
                }
            }
        }
    }
}

/// Imports `bytes` as the file `name` (or, where `folder` is asked for, the folder that holds it).
pub fn check_import(kind: &Kind, name: &str, is_folder: bool, bytes: &[u8]) {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.unwrap();
    let source = folder.path().join("source");
    std::fs::create_dir(&source).unwrap();
    let file = source.join(name);
    std::fs::write(&file, bytes).unwrap();
    let path = if is_folder { source } else { file };
    if let Err(error) = import::run(kind, &path, &folder.path().join("out.jsonl.gz"), &Silent) {
        check_error(&error);
    }
}
