//! Where finished cells are kept: `RUNS/EXPERIMENT/HASH.json`, each written whole or not at all.

use std::path::{Path, PathBuf};

use super::cell::{Cell, Experiment, Finished};
use crate::error::{Error, ErrorKind, Result};
use crate::train::atomic;

/// The finished cells of all experiments in one folder.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store in `folder`, which need not be there yet.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The folder of all experiments.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the cell is finished.
    ///
    /// # Errors
    /// Where the cell has no name.
    pub fn holds(&self, cell: &Cell) -> Result<bool> {
        Ok(self.path(cell)?.exists())
    }

    /// Keeps a finished cell.
    ///
    /// # Errors
    /// Where its file can't be written.
    pub fn put(&self, finished: &Finished) -> Result<()> {
        make(&self.of(finished.cell.experiment))?;
        let text = serde_json::to_string_pretty(finished)
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
        atomic::write(&self.path(&finished.cell)?, format!("{text}\n").as_bytes())
    }

    /// All finished cells of one experiment, in the order of their files' names.
    ///
    /// # Errors
    /// Where a file can't be read or is damaged.
    pub fn all(&self, experiment: Experiment) -> Result<Vec<Finished>> {
        let folder = self.of(experiment);
        let wrong = |path: &Path, why: &dyn std::fmt::Display| {
            let message = format!("can't read {}: {why}", path.display());
            Error::new(ErrorKind::Io, message)
        };
        let mut paths = Vec::new();
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| wrong(&folder, &error))?,
        };
        for entry in entries {
            let path = entry.map_err(|error| wrong(&folder, &error))?.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                paths.push(path);
            }
        }
        paths.sort();
        let read = |path: &PathBuf| {
            let text = std::fs::read_to_string(path).map_err(|error| wrong(path, &error))?;
            serde_json::from_str(&text)
                .map_err(|error| wrong(path, &format!("{error}; remove it and run again")))
        };
        paths.iter().map(read).collect()
    }

    fn of(&self, experiment: Experiment) -> PathBuf {
        self.folder.join(experiment.name())
    }

    fn path(&self, cell: &Cell) -> Result<PathBuf> {
        Ok(self.of(cell.experiment).join(format!("{}.json", cell.hash()?)))
    }
}

/// Makes a folder and those above it.
pub(super) fn make(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Error::new(ErrorKind::Io, format!("can't make {}: {error}", folder.display()))
    })
}
