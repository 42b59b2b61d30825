//! A disk that does not take what is written: full, read-only, broken. Remembered until a write that
//! needs room succeeds, so that nobody fetches what could not be kept.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::ErrorCode;

use super::{Result, Store, StoreError};

/// Bytes that a disk must take before it is trusted again.
const PROBE: usize = 256 << 10;

/// The number by which Linux, the BSDs and macOS know an I/O error: it has no kind of its own.
const EIO: i32 = 5;

/// What the store last met with, and how often it met with something.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<(Option<String>, u64)>>);

impl Trouble {
    /// Takes note of what failed, when the disk is to blame.
    pub(super) fn note(&self, error: &StoreError) {
        let Some(what) = on_disk(error) else {
            return;
        };
        let mut trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if trouble.0.is_none() {
            tracing::error!("{what}; nothing is fetched until it can be");
        }
        *trouble = (Some(what.to_owned()), trouble.1 + 1);
    }

    /// Takes note of what is known from elsewhere.
    pub(super) fn begin(&self, what: &str) {
        let mut trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *trouble = (Some(what.to_owned()), trouble.1 + 1);
    }

    fn get(&self) -> (Option<String>, u64) {
        let trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.clone()
    }

    /// Ends it, unless something was met with since there had been so many.
    fn over_since(&self, count: u64) -> Result<()> {
        let mut trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if trouble.1 != count {
            let words = trouble.0.clone().unwrap_or_default();
            return Err(StoreError::Unwritable(words));
        }
        if trouble.0.take().is_some() {
            tracing::info!("the state folder can be written again");
        }
        Ok(())
    }
}

const FULL: &str =
    "the disk of the state folder is full: make room, and the work goes on by itself";
const READ_ONLY: &str =
    "the state folder is read-only: mount it writable, and the work goes on by itself";
const BROKEN: &str = "the state folder cannot be read or written: see to the disk, or make room, and the work goes on by itself";
const DAMAGED: &str = "the database in the state folder cannot be read: see to the disk, and the work goes on by itself; where the disk is sound, `depeche doctor` says more";

/// What is wrong with the disk, as a sentence; None when the error is another one.
pub fn on_disk(error: &StoreError) -> Option<&'static str> {
    use io::ErrorKind as Kind;
    match error {
        StoreError::Folder { source, .. } => match source.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Some(FULL),
            Kind::ReadOnlyFilesystem => Some(READ_ONLY),
            Kind::PermissionDenied => Some(BROKEN),
            _ if source.raw_os_error() == Some(EIO) => Some(BROKEN),
            _ => None,
        },
        StoreError::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => match error.code {
            ErrorCode::DiskFull => Some(FULL),
            ErrorCode::ReadOnly => Some(READ_ONLY),
            ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => Some(BROKEN),
            // What cannot be read from the disk is no different to SQLite.
            ErrorCode::DatabaseCorrupt => Some(DAMAGED),
            _ => None,
        },
        _ => None,
    }
}

/// Tries whether the disk of a folder takes as much as a transaction may need.
///
/// # Errors
/// When it does not.
pub fn takes_something(folder: &Path) -> Result<()> {
    let file = folder.join("probe");
    let taken = fs::write(&file, vec![b'x'; PROBE]);
    let removed = fs::remove_file(&file);
    taken.and(removed).map_err(|source| StoreError::Folder {
        path: folder.to_owned(),
        source,
    })
}

impl Store {
    /// What keeps the store from being written, as a sentence. Reading goes on.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.get().0
    }

    /// Tries whether the disk takes something again; then the trouble is over.
    ///
    /// # Errors
    /// SQLite's, when it does not, or what else failed meanwhile.
    pub async fn probe(&self) -> Result<()> {
        let (_, count) = self.trouble.get();
        let filler = "x".repeat(PROBE);
        self.write(move |w| {
            w.execute(
                "INSERT OR REPLACE INTO meta (key, value) VALUES ('probe', ?1)",
                [filler],
            )?;
            Ok(())
        })
        .await?;
        self.write(|w| Ok(w.execute("DELETE FROM meta WHERE key = 'probe'", [])?))
            .await?;
        self.trouble.over_since(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_named_until_it_takes_something_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let limit = |pages: u32| {
            let store = store.clone();
            async move {
                store
                    .write(move |w| Ok(w.pragma_update(None, "max_page_count", pages)?))
                    .await
                    .unwrap();
            }
        };
        assert_eq!(store.trouble(), None);
        store.probe().await.unwrap();
        // SQLite never lowers it below what is there: what is free within it stays free.
        limit(1).await;
        let fill = store.write(|w| {
            let text = "x".repeat(4 << 20);
            Ok(w.execute("INSERT INTO meta (key, value) VALUES ('big', ?1)", [text])?)
        });
        fill.await.unwrap_err();
        let trouble = store.trouble().unwrap();
        assert!(trouble.contains("full"), "{trouble}");
        store.write(|_| Ok(())).await.unwrap();
        assert!(
            store.trouble().is_some(),
            "what wrote nothing proves nothing"
        );
        limit(100_000).await;
        store.probe().await.unwrap();
        assert_eq!(store.trouble(), None);
        let wrong = store.write(|w| Ok(w.execute("INSERT INTO nothing VALUES (1)", [])?));
        wrong.await.unwrap_err();
        assert_eq!(
            store.trouble(),
            None,
            "a mistake of ours is no trouble of the disk"
        );
    }
}
