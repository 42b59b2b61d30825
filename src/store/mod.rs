//! The store: all SQL of the project.
//!
//! One writer thread owns the only connection that writes; readers are a small pool of read-only
//! connections. What belongs together is committed in one transaction ([`Store::write`]).
//! Knows nothing of the network, of HTML or of topics' rules.

mod ahead;
mod archives;
mod articles;
mod channels;
mod copy;
mod doctor;
mod entries;
mod events;
mod explain;
mod figures;
mod health;
mod hub;
mod lookup;
mod memory;
mod migrate;
mod packing;
#[cfg(test)]
mod plans;
mod politeness;
mod purge;
mod push;
mod refusals;
mod retire;
mod roster;
mod search;
mod sightings;
mod sources;
mod stories;
mod storing;
mod texts;
mod touched;
mod trial;
mod trouble;
mod writer;

use std::ffi::c_int;
use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags, Transaction};
use tokio::sync::Semaphore;
use url::Url;

pub use archives::{Archive, Published};
pub use articles::{ArticleRow, Pending};
pub use channels::{EntryRow, EntryWindow, Place, Rejection, Selection};
pub use copy::{Copied, backup, restore};
pub use doctor::{Finding, examine, repair};
pub use entries::{Minting, TopicCount, VerdictRow};
pub use events::{Event, Polled};
pub use explain::{Member, PublishedAs, SeenAt, Version};
pub use figures::{Figures, Totals, counted_since};
pub use health::{Health, HealthState};
pub use hub::{Admission, HubAsk, HubBounds, HubMode, HubPing, Subscription};
pub use lookup::outlet;
pub use memory::mark as boilerplate_mark;
pub use migrate::SCHEMA_VERSION;
pub use push::PushAsk;
pub use retire::Retention;
pub use roster::SourceEntry;
pub use search::{Matches, Wanted, parse as parse_search};
pub use sightings::{Gate, Seen, Sighting};
pub use sources::{Move, Moved, PollRecord, ReadRecord, SourceRow, SourceState, Wishes};
pub use stories::{Commit, Committed, Terms};
pub use storing::{Attempt, Storing};
pub use touched::Touches;
pub use trial::Trial;
pub use trouble::{on_disk, takes_something};

use crate::meters;
use memory::Memory;
use touched::Touched;
use trouble::Trouble;
use writer::WriterThread;

/// Name of the database inside the state folder.
pub const DATABASE: &str = "depeche.sqlite";
/// Name of the file whose lock keeps a second daemon out.
const LOCK: &str = "lock";
/// How long a connection waits for another process (the command line beside the daemon).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Read-only connections kept open.
const READERS: usize = 4;
/// Pages of the write-ahead log from which on it is folded in: SQLite's own number.
const FOLD_PAGES: c_int = 1_000;
/// Pages a connection keeps in memory, in KiB: the one that writes, and each that only reads.
const CACHES: (i64, i64) = (8_000, 2_000);

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The state folder cannot be made or written.
    #[error("the state folder {} cannot be used", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process holds the folder.
    #[error("another depeche is running on {} (its lock is held); stop it, or give this one another state folder", path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The database was written by a newer depeche.
    #[error(
        "the database has schema {found}, this program knows {known}: it was written by a newer depeche; install that one again, or restore the copy made before the upgrade"
    )]
    Newer {
        /// Version found.
        found: u32,
        /// Version known.
        known: u32,
    },
    /// SQLite refused.
    #[error("the database refused")]
    Sqlite(#[from] rusqlite::Error),
    /// A file is no sound store.
    #[error("{} is not a sound store: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A stored value cannot be read back.
    #[error("a stored value cannot be read back")]
    Value(#[from] serde_json::Error),
    /// What was packed cannot be unpacked.
    #[error(
        "what is stored of an article cannot be unpacked: see to the disk, and restore a backup"
    )]
    Unreadable,
    /// The disk does not take what is written.
    #[error("{0}")]
    Unwritable(String),
    /// The writer thread is gone.
    #[error("the store's writer has stopped")]
    Stopped,
}

/// Result of the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The open store. Clones share it.
#[derive(Clone)]
pub struct Store {
    writer: Arc<WriterThread>,
    readers: Arc<Readers>,
    trouble: Trouble,
    touched: Touched,
    /// None where it is only read.
    lock: Option<Arc<File>>,
}

impl Store {
    /// Opens (or makes) the store in a folder and holds its lock as long as the store lives.
    ///
    /// # Errors
    /// When the folder cannot be written, another process holds it, the schema is newer than this
    /// program, or SQLite refuses.
    pub fn open(folder: &Path) -> Result<Self> {
        let lock = take_lock(folder)?;
        let path = folder.join(DATABASE);
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that opens it for writing"
        )]
        let mut connection = Connection::open(&path)?;
        configure(&connection, CACHES.0)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        migrate::migrate(&mut connection, folder)?;
        let (trouble, touched) = (Trouble::default(), Touched::default());
        fold_in(&mut connection, trouble.clone())?;
        touched.watch(&mut connection)?;
        let marks = (trouble.clone(), touched.clone());
        Ok(Self {
            writer: Arc::new(WriterThread::start(connection, marks)),
            trouble,
            touched,
            readers: Arc::new(Readers::new(path, false)),
            lock: Some(Arc::new(lock)),
        })
    }

    /// Opens a store for reading only, because of `trouble` with its disk.
    ///
    /// # Errors
    /// When there is none, it cannot be read, or it was written by another schema.
    pub fn open_reading(folder: &Path, trouble: &str) -> Result<Self> {
        let path = folder.join(DATABASE);
        let version = |readers: &Readers| -> Result<u32> {
            let reader = readers.take()?;
            Ok((reader.0).query_row("PRAGMA user_version", [], |row| row.get(0))?)
        };
        let mut readers = Readers::new(path.clone(), false);
        let mut found = version(&readers);
        let logged = fs::metadata(folder.join(format!("{DATABASE}-wal")));
        if found.is_err() && !logged.is_ok_and(|log| log.len() > 0) {
            readers = Readers::new(path, true);
            found = version(&readers);
        }
        if found? != SCHEMA_VERSION {
            return Err(StoreError::Unwritable(trouble.to_owned()));
        }
        let (Reader(connection), noted) = (readers.take()?, Trouble::default());
        noted.begin(trouble);
        Ok(Self {
            writer: Arc::new(WriterThread::start(connection, Default::default())),
            trouble: noted,
            touched: Touched::default(),
            readers: Arc::new(readers),
            lock: None,
        })
    }

    /// Runs a closure in one transaction on the writer thread; commits when it returns `Ok`.
    ///
    /// # Errors
    /// The closure's error, or SQLite's when the commit fails: then nothing of it is stored.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Writer<'_>) -> Result<T> + Send + 'static,
    {
        let _queued = meters::queued();
        self.writer.run(work).await
    }

    /// Like [`Store::write`], but the transaction may be shared with other work that waits for the
    /// writer: for what is done all the time. The closure may run twice: what it did first is then
    /// rolled back, because another one failed.
    ///
    /// # Errors
    /// The closure's error, or SQLite's when the commit fails: then nothing of it is stored.
    pub async fn write_shared<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Writer<'_>) -> Result<T> + Send + 'static,
    {
        let _queued = meters::queued();
        self.writer.run_shared(work, false).await
    }

    /// Like [`Store::write_shared`], for what may wait a moment for company: to record a thousand polls
    /// that changed nothing is mostly to write the same pages again and again.
    ///
    /// # Errors
    /// The closure's error, or SQLite's when the commit fails: then nothing of it is stored.
    pub async fn write_in_company<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Writer<'_>) -> Result<T> + Send + 'static,
    {
        let _queued = meters::queued();
        self.writer.run_shared(work, true).await
    }

    /// Runs a closure on a read-only connection, on a blocking thread. It sees the store as it was at
    /// one moment, whatever is written meanwhile.
    ///
    /// # Errors
    /// The closure's error, or SQLite's when no connection can be opened.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Reader) -> Result<T> + Send + 'static,
    {
        let readers = self.readers.clone();
        let turn = readers.turns.clone().acquire_owned().await;
        let _turn = turn.map_err(|_| StoreError::Stopped)?;
        let result = tokio::task::spawn_blocking(move || {
            let reader = readers.take()?;
            let result = reader.at_one_moment(work);
            // One that could not end its transaction would show that moment for ever.
            if reader.0.is_autocommit() {
                readers.give_back(reader);
            }
            result
        })
        .await
        .map_err(|_| StoreError::Stopped)?;
        if let Err(error) = &result {
            self.trouble.note(error);
        }
        result
    }

    /// Writes into the lock that this process is a daemon which reads its configuration again on
    /// SIGHUP, or that it is so no longer.
    ///
    /// # Errors
    /// When the lock cannot be written.
    pub fn sign(&self, reloads: bool) -> io::Result<()> {
        let Some(mut file) = self.lock.as_deref() else {
            return Ok(());
        };
        file.set_len(0)?;
        if reloads {
            file.rewind()?;
            file.write_all(std::process::id().to_string().as_bytes())?;
        }
        Ok(())
    }

    /// Finishes what is queued, folds the write-ahead log into the database and stops the writer.
    pub async fn close(&self) {
        self.writer.close().await;
    }
}

/// A connection that only reads.
pub struct Reader(Connection);

/// A transaction that reads and writes: what it did is committed as a whole or not at all.
pub struct Writer<'a> {
    transaction: Transaction<'a>,
    memory: &'a Memory,
}

/// What both can do: queries.
pub struct Queries<'a>(&'a Connection);

impl Reader {
    /// The queries of the store.
    pub fn queries(&self) -> Queries<'_> {
        Queries(&self.0)
    }
}

impl Reader {
    /// Everything that a closure reads in one transaction: to begin one means to take locks on a file.
    fn at_one_moment<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        self.0.prepare_cached("BEGIN")?.execute([])?;
        let result = work(self);
        self.end_moment()?;
        result
    }

    fn end_moment(&self) -> Result<()> {
        if !self.0.is_autocommit() {
            self.0.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }

    /// Writes the whole database, as it is now, to a file that is not there yet.
    ///
    /// # Errors
    /// When the file is there, or cannot be written.
    pub fn copy_to(&self, path: &Path) -> Result<()> {
        self.end_moment()?;
        self.0.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
        Ok(())
    }
}

impl Writer<'_> {
    /// The queries of the store, within this transaction.
    pub fn queries(&self) -> Queries<'_> {
        Queries(&self.transaction)
    }
}

impl Deref for Writer<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.transaction
    }
}

struct Readers {
    path: PathBuf,
    free: Mutex<Vec<Reader>>,
    /// One for each connection: a connection made for one question costs more than the question.
    turns: Arc<Semaphore>,
    /// Whether nobody can change the file, so that SQLite needs none beside it.
    immutable: bool,
}

impl Readers {
    fn new(path: PathBuf, immutable: bool) -> Self {
        Self {
            path,
            free: Mutex::default(),
            turns: Arc::new(Semaphore::new(READERS)),
            immutable,
        }
    }

    fn take(&self) -> Result<Reader> {
        if let Some(reader) = self
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
        {
            return Ok(reader);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self.immutable {
            false => Connection::open_with_flags(&self.path, flags)?,
            true => {
                let uri = Url::from_file_path(std::path::absolute(&self.path).unwrap_or_default());
                let uri = uri.map_or_else(|()| String::new(), |uri| format!("{uri}?immutable=1"));
                Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?
            }
        };
        configure(&connection, CACHES.1)?;
        Ok(Reader(connection))
    }

    fn give_back(&self, reader: Reader) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(reader);
    }
}

/// Folds the write-ahead log into the database now and then, as SQLite does by itself; but SQLite
/// tells nobody when the disk does not let it.
fn fold_in(connection: &mut Connection, trouble: Trouble) -> Result<()> {
    connection.wal_hook(Some(move |log: &mut Wal, pages: c_int| {
        if pages >= FOLD_PAGES
            && let Err(error) = log.checkpoint()
        {
            trouble.note(&error.into());
        }
        // The commit stands, whatever came of it.
        Ok(())
    }))?;
    Ok(())
}

/// Opens a store's database for reading only, beside a running daemon.
///
/// # Errors
/// When there is no database in the folder, SQLite cannot open it, or a newer depeche wrote it.
pub fn open_reader(folder: &Path) -> Result<Reader> {
    let reader = Readers::new(folder.join(DATABASE), false).take()?;
    migrate::expect_known(&reader.0)?;
    Ok(reader)
}

/// The process id of the daemon that runs on a folder and can be asked to reload, if there is one.
pub fn daemon_of(folder: &Path) -> Option<u32> {
    let path = folder.join(LOCK);
    let pid = fs::read_to_string(&path).ok()?.trim().parse().ok()?;
    // A daemon that was killed has left its number behind, but holds no lock.
    let file = File::open(&path).ok()?;
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)).then_some(pid)
}

/// Takes the lock of a folder, which is made if need be; held as long as the file is open.
fn take_lock(folder: &Path) -> Result<File> {
    let unusable = |source| StoreError::Folder {
        path: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(unusable)?;
    // Not truncated before it is ours: the daemon that holds it has written its number there.
    let lock = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(folder.join(LOCK))
        .map_err(unusable)?;
    match lock.try_lock() {
        Ok(()) => {
            lock.set_len(0).map_err(unusable)?;
            Ok(lock)
        }
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
            path: folder.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}

fn configure(connection: &Connection, cache: i64) -> Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Without it a cached statement is prepared anew whenever a value is bound that a plan might depend on.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -cache)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}
