//! Published documents as files, each replaced as a whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use axum::body::Bytes;

use super::PublishError;
use crate::failpoint;
use crate::store::StoreError;

/// The file of a document: the folder stands for `feeds/`, pages end in `.html`.
pub(super) fn file_of(folder: &Path, path: &str) -> PathBuf {
    match path.strip_prefix("topics/") {
        Some(topic) => folder.join(format!("{topic}.html")),
        None => folder.join(path.strip_prefix("feeds/").unwrap_or(path)),
    }
}

/// Replaces files by rename, so that no reader ever sees half of one; leaves those alone whose
/// bytes are the same. The disk may take its time: nobody else waits for it.
///
/// # Errors
/// When the folder cannot be written; the files before the one that failed are replaced.
pub(super) async fn replace(files: Vec<(PathBuf, Bytes)>) -> Result<(), PublishError> {
    let replacing = tokio::task::spawn_blocking(move || {
        let mut each = files.iter();
        each.try_for_each(|(file, bytes)| {
            replace_file(file, bytes).map_err(|source| PublishError::File {
                path: file.display().to_string(),
                source,
            })
        })
    });
    replacing.await.map_err(|_| StoreError::Stopped)?
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
