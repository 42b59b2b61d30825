//! Published documents as files, each replaced as a whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::PublishError;
use crate::failpoint;

/// The file of a document: the folder stands for `feeds/`, pages end in `.html`.
pub(super) fn file_of(folder: &Path, path: &str) -> PathBuf {
    match path.strip_prefix("topics/") {
        Some(topic) => folder.join(format!("{topic}.html")),
        None => folder.join(path.strip_prefix("feeds/").unwrap_or(path)),
    }
}

/// Replaces a file by rename, so that no reader ever sees half of it; leaves it alone when its
/// bytes are the same.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> Result<(), PublishError> {
    replace_file(file, bytes).map_err(|source| PublishError::File {
        path: file.display().to_string(),
        source,
    })
}

/// Removes a file, if it is there.
///
/// # Errors
/// When it cannot be removed.
pub(super) fn remove(file: &Path) -> Result<(), PublishError> {
    match fs::remove_file(file) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(PublishError::File {
            path: file.display().to_string(),
            source,
        }),
        _ => Ok(()),
    }
}

fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.new"));
    let mut file = File::create(&temporary)?;
    failpoint::reach("publish.opened");
    file.write_all(bytes)?;
    failpoint::reach("publish.written");
    file.sync_all()?;
    failpoint::reach("publish.synced");
    fs::rename(&temporary, path)?;
    failpoint::reach("publish.renamed");
    File::open(folder)?.sync_all()
}
