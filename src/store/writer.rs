//! The one thread that writes: it owns the connection, takes closures from a bounded queue and
//! runs each in a transaction of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::memory::Memory;
use super::trouble::Trouble;
use super::{Result, StoreError, Writer};
use crate::failpoint;

/// Transactions that may wait for the writer before callers have to wait themselves.
const QUEUE: usize = 64;

type Work = Box<dyn FnOnce(&mut Connection, &Memory) + Send>;

/// Handle of the writer thread.
pub(super) struct WriterThread {
    queue: Mutex<Option<mpsc::Sender<Work>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    trouble: Trouble,
}

impl WriterThread {
    pub(super) fn start(mut connection: Connection, trouble: Trouble) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Work>(QUEUE);
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let memory = Memory::default();
                while let Some(work) = receiver.blocking_recv() {
                    work(&mut connection, &memory);
                }
                failpoint::reach("store.closing");
                if let Err(error) = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE") {
                    tracing::debug!(%error, "the write-ahead log was not folded in at the end");
                }
            })
            .ok();
        Self {
            queue: Mutex::new(Some(sender)),
            thread: Mutex::new(thread),
            trouble,
        }
    }

    pub(super) async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Writer<'_>) -> Result<T> + Send + 'static,
    {
        let queue = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let queue = queue.ok_or(StoreError::Stopped)?;
        let (reply, answer) = oneshot::channel();
        let trouble = self.trouble.clone();
        let job: Work = Box::new(move |connection, memory| {
            // A panic in one transaction rolls that one back; the writer lives on.
            let result = catch_unwind(AssertUnwindSafe(|| transact(connection, memory, work)));
            let result = result.unwrap_or(Err(StoreError::Stopped));
            if let Err(error) = &result {
                memory.clear();
                trouble.note(error);
            }
            let _ = reply.send(result);
        });
        queue.send(job).await.map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    pub(super) async fn close(&self) {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

fn transact<T>(
    connection: &mut Connection,
    memory: &Memory,
    work: impl FnOnce(&Writer<'_>) -> Result<T>,
) -> Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let writer = Writer {
        transaction,
        memory,
    };
    let value = work(&writer)?;
    failpoint::reach("store.begun");
    writer.transaction.commit()?;
    failpoint::reach("store.committed");
    Ok(value)
}
