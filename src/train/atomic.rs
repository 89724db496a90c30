//! Writes a file whole or not at all, for checkpoints, caches and weights.
//!
//! The bytes go to a new file in the same folder, reach the disk, and only then take the name: a
//! crash, a full disk or Ctrl-C leaves the file that was there before. It makes no folders.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use crate::error::{Error, ErrorKind, Result};

/// Writes `bytes` to `path`, in place of what may be there.
///
/// # Errors
/// Where the folder is missing, can't be written to, or the disk is full; `path` is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    write_in(folder, path, bytes).map_err(|error| {
        let shown = path.display();
        let message = match error.kind() {
            io::ErrorKind::NotFound => format!(
                "can't write {shown}: there is no folder {}; make it first",
                folder.display()
            ),
            _ => format!("can't write {shown}: {error}"),
        };
        Error::new(ErrorKind::Io, message)
    })
}

fn write_in(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut aside = aside_in(folder)?;
    aside.write_all(bytes)?;
    aside.as_file().sync_all()?;
    aside.persist(path)?;
    sync_folder(folder)
}

/// A new file with the permissions of an ordinary one; a temporary file is its owner's alone.
#[cfg(unix)]
fn aside_in(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;

    let before_umask = std::fs::Permissions::from_mode(0o666);
    Builder::new().prefix(".aside-").permissions(before_umask).tempfile_in(folder)
}

#[cfg(not(unix))]
fn aside_in(folder: &Path) -> io::Result<NamedTempFile> {
    Builder::new().prefix(".aside-").tempfile_in(folder)
}

/// Makes the new name itself survive a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder can't be opened as a file, and renaming is durable by itself.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn replaces_the_file_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.bin");
        for bytes in [&b"first"[..], b"", b"a longer second"] {
            write(&path, bytes).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(names(folder.path()), ["weights.bin"]);
    }

    #[test]
    fn keeps_the_old_file_and_says_why_where_writing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("runs").join("a.bin");
        let error = write(&missing, b"x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.message().contains("there is no folder"), "{error}");

        let taken = folder.path().join("taken");
        std::fs::create_dir(&taken).unwrap();
        std::fs::write(taken.join("inside"), "kept").unwrap();
        let error = write(&taken, b"x").unwrap_err();
        assert!(error.message().starts_with("can't write "), "{error}");
        assert_eq!(std::fs::read(taken.join("inside")).unwrap(), b"kept");
        assert_eq!(names(folder.path()), ["taken"]);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_the_umask_lets_them() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write(&ours, b"x").unwrap();
        std::fs::write(&plain, b"x").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }
}
