//! Copies of the whole store: taken while the daemon runs, and put back while it does not.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{DATABASE, Result, StoreError, migrate, open_reader, take_lock};

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Bytes of the file.
    pub bytes: u64,
    /// Articles in it.
    pub articles: u64,
    /// Version of its schema.
    pub schema: u32,
}

/// Copies the store of a folder into a file, as it is at one moment; a daemon that runs on it goes
/// on. The file appears when it is whole and has been checked, replacing one of that name.
///
/// # Errors
/// When there is no store, the file cannot be written, or the copy is not sound.
pub fn backup(folder: &Path, file: &Path) -> Result<Copied> {
    let reader = open_reader(folder)?;
    if file.exists() && inspect(file).is_err() {
        let taken = "it is no copy of a store: name another file, or move this one away";
        return Err(unusable(file, io::Error::other(taken)));
    }
    let part = beside(file, "part");
    let copied = copy_into(&reader.0, &part).and_then(|()| inspect(&part));
    let copied = copied.and_then(|copied| {
        fs::rename(&part, file).map_err(|source| unusable(file, source))?;
        Ok(copied)
    });
    if copied.is_err() {
        let _ = fs::remove_file(&part);
    }
    copied
}

/// Puts a copy in the place of a folder's store. What stood there is kept beside it; returned is
/// where, if there was anything.
///
/// # Errors
/// When the file is no sound store or is newer than this program, a daemon runs on the folder, or
/// the folder cannot be written.
pub fn restore(folder: &Path, file: &Path, kept: &str) -> Result<(Copied, Option<PathBuf>)> {
    let copied = inspect(file)?;
    if copied.schema > migrate::SCHEMA_VERSION {
        return Err(StoreError::Newer {
            found: copied.schema,
            known: migrate::SCHEMA_VERSION,
        });
    }
    let _lock = take_lock(folder)?;
    let (database, part) = (folder.join(DATABASE), folder.join("restored.part"));
    let _ = fs::remove_file(&part);
    copy_into(&read_only(file)?, &part)?;
    let mut old = None;
    if database.exists() {
        fold_log(&database)?;
        let name = folder.join(kept);
        fs::rename(&database, &name).map_err(|source| unusable(&name, source))?;
        old = Some(name);
    }
    for log in ["-wal", "-shm"] {
        let _ = fs::remove_file(folder.join(format!("{DATABASE}{log}")));
    }
    fs::rename(&part, &database).map_err(|source| unusable(&database, source))?;
    Ok((copied, old))
}

/// Folds the write-ahead log into the database, so that its file alone is the whole store. One that
/// cannot be folded in is damaged: its file is kept as it is.
fn fold_log(database: &Path) -> Result<()> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the lock is held: nobody else writes"
    )]
    let connection = Connection::open(database)?;
    if let Err(error) = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE") {
        tracing::warn!(%error, "the write-ahead log of the old store could not be folded in");
    }
    Ok(())
}

fn copy_into(from: &Connection, file: &Path) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "the store's own copy")]
    let mut to = Connection::open(file)?;
    // All pages in one step: one read transaction, so that the copy is of one moment and a writer
    // cannot make it begin again.
    let step = Backup::new(from, &mut to)?.step(-1)?;
    if step != StepResult::Done {
        return Err(StoreError::Damaged {
            path: file.to_owned(),
            what: "it could not be copied in one piece".to_owned(),
        });
    }
    // A file of its own: no log beside it.
    to.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(())
}

fn inspect(file: &Path) -> Result<Copied> {
    let damaged = |what: String| StoreError::Damaged {
        path: file.to_owned(),
        what,
    };
    let bytes = fs::metadata(file).map_err(|source| unusable(file, source))?;
    let connection = read_only(file)?;
    let checked: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| damaged(error.to_string()))?;
    if checked != "ok" {
        return Err(damaged(checked));
    }
    let schema = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let articles: i64 = connection
        .query_row("SELECT count(*) FROM article", [], |row| row.get(0))
        .map_err(|_| damaged("it holds no articles table".to_owned()))?;
    Ok(Copied {
        bytes: bytes.len(),
        articles: articles as u64,
        schema,
    })
}

fn read_only(file: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(file, flags)?)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn unusable(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Folder {
        path: path.to_owned(),
        source,
    }
}
