//! The one thread that writes: it owns the connection, takes work from a bounded queue and runs it
//! in transactions: one for each closure, or one for all that wait and may share it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::memory::Memory;
use super::{Result, StoreError, Writer};
use crate::failpoint;
use crate::meters::{self, Watch};

/// Transactions that may wait for the writer before callers have to wait themselves.
const QUEUE: usize = 64;

/// Pieces of work that share a transaction at most.
const MOST_TOGETHER: usize = 32;

/// What waits for the writer.
enum Work {
    /// Has a transaction of its own.
    Alone(Box<dyn FnOnce(&mut Connection, &Memory) + Send>),
    /// May share one.
    Shared(Box<dyn Shared>),
}

/// Work that can be done again: when one of those that share a transaction fails, nothing of any of
/// them is kept and each is done anew in its own.
trait Shared: Send {
    fn run(&mut self, writer: &Writer<'_>) -> Result<()>;
    /// Tells who asked how it ended.
    fn reply(self: Box<Self>, outcome: Result<()>);
}

struct Asked<T, F> {
    work: F,
    value: Option<T>,
    reply: oneshot::Sender<Result<T>>,
    waiting: Watch,
    begun: Option<Watch>,
}

impl<T, F> Shared for Asked<T, F>
where
    T: Send,
    F: Fn(&Writer<'_>) -> Result<T> + Send,
{
    fn run(&mut self, writer: &Writer<'_>) -> Result<()> {
        let waiting = &self.waiting;
        self.begun.get_or_insert_with(|| meters::begun(waiting));
        self.value = Some((self.work)(writer)?);
        Ok(())
    }

    fn reply(self: Box<Self>, outcome: Result<()>) {
        let Self {
            value,
            reply,
            waiting,
            begun,
            ..
        } = *self;
        meters::committed(&begun.unwrap_or_else(|| meters::begun(&waiting)));
        // Who asked may have gone: the work is done all the same.
        let _ = reply.send(outcome.and_then(|()| value.ok_or(StoreError::Stopped)));
    }
}

/// Handle of the writer thread.
pub(super) struct WriterThread {
    queue: Mutex<Option<mpsc::Sender<Work>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl WriterThread {
    pub(super) fn start(mut connection: Connection) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Work>(QUEUE);
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                work_off(&mut receiver, &mut connection);
                failpoint::reach("store.closing");
                if let Err(error) = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE") {
                    tracing::debug!(%error, "the write-ahead log was not folded in at the end");
                }
            })
            .ok();
        Self {
            queue: Mutex::new(Some(sender)),
            thread: Mutex::new(thread),
        }
    }

    pub(super) async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Writer<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let waiting = meters::queued();
        let job = Box::new(move |connection: &mut Connection, memory: &Memory| {
            let begun = meters::begun(&waiting);
            let result = transact(connection, memory, work);
            meters::committed(&begun);
            let _ = reply.send(result);
        });
        self.queue(Work::Alone(job)).await?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    pub(super) async fn run_shared<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Writer<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let asked = Asked {
            work,
            value: None,
            reply,
            waiting: meters::queued(),
            begun: None,
        };
        self.queue(Work::Shared(Box::new(asked))).await?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    async fn queue(&self, work: Work) -> Result<()> {
        let queue = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let queue = queue.ok_or(StoreError::Stopped)?;
        queue.send(work).await.map_err(|_| StoreError::Stopped)
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

/// Does what is queued until nobody can queue any more.
fn work_off(receiver: &mut mpsc::Receiver<Work>, connection: &mut Connection) {
    let memory = Memory::default();
    let mut next = receiver.blocking_recv();
    while let Some(work) = next.take() {
        match work {
            Work::Alone(work) => work(connection, &memory),
            Work::Shared(first) => {
                let mut batch = vec![first];
                while batch.len() < MOST_TOGETHER {
                    match receiver.try_recv() {
                        Ok(Work::Shared(more)) => batch.push(more),
                        Ok(alone) => {
                            next = Some(alone);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                together(connection, &memory, batch);
            }
        }
        next = next.or_else(|| receiver.blocking_recv());
    }
}

/// Does a batch in one transaction; when that fails, each of it in its own.
fn together(connection: &mut Connection, memory: &Memory, mut batch: Vec<Box<dyn Shared>>) {
    if batch.len() > 1 {
        let done = transact(connection, memory, |writer| {
            batch.iter_mut().try_for_each(|work| work.run(writer))
        });
        match done {
            Ok(()) => return batch.into_iter().for_each(|work| work.reply(Ok(()))),
            Err(error) => tracing::debug!(%error, "a shared transaction failed"),
        }
    }
    for mut work in batch {
        let outcome = transact(connection, memory, |writer| work.run(writer));
        work.reply(outcome);
    }
}

/// Runs work in a transaction: kept when it succeeds. A panic rolls it back; the writer lives on.
fn transact<T>(
    connection: &mut Connection,
    memory: &Memory,
    work: impl FnOnce(&Writer<'_>) -> Result<T>,
) -> Result<T> {
    let attempt = AssertUnwindSafe(move || {
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
    });
    let result = catch_unwind(attempt).unwrap_or(Err(StoreError::Stopped));
    if result.is_err() {
        memory.clear();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(writer: &Writer<'_>, key: &str) -> Result<()> {
        writer.execute("INSERT INTO t VALUES (?1)", [key])?;
        Ok(())
    }

    type Answer = oneshot::Receiver<Result<()>>;

    fn shared(
        work: impl Fn(&Writer<'_>) -> Result<()> + Send + 'static,
    ) -> (Box<dyn Shared>, Answer) {
        let (reply, answer) = oneshot::channel();
        let asked = Asked {
            work,
            value: None,
            reply,
            waiting: meters::queued(),
            begun: None,
        };
        (Box::new(asked), answer)
    }

    #[test]
    fn one_that_fails_spoils_it_for_none_of_the_others() {
        let mut connection = Connection::open_in_memory().expect("a database");
        connection
            .execute("CREATE TABLE t (k TEXT PRIMARY KEY)", [])
            .expect("a table");
        let (first, first_answer) = shared(|w| insert(w, "one"));
        let (again, again_answer) = shared(|w| insert(w, "one"));
        let (broken, broken_answer) = shared(|_| panic!("a defect"));
        let (last, last_answer) = shared(|w| insert(w, "two"));
        let batch = vec![first, again, broken, last];
        together(&mut connection, &Memory::default(), batch);
        let ok = |mut answer: Answer| answer.try_recv().expect("an answer").is_ok();
        assert!(ok(first_answer) && ok(last_answer));
        assert!(!ok(again_answer) && !ok(broken_answer));
        let kept: i64 = connection
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .expect("a count");
        assert_eq!(kept, 2);
    }

    #[test]
    fn what_succeeds_together_is_kept_together() {
        let mut connection = Connection::open_in_memory().expect("a database");
        connection
            .execute("CREATE TABLE t (k TEXT PRIMARY KEY)", [])
            .expect("a table");
        let (batch, answers): (Vec<_>, Vec<_>) = ["one", "two", "three"]
            .map(|key| shared(move |w| insert(w, key)))
            .into_iter()
            .unzip();
        together(&mut connection, &Memory::default(), batch);
        for mut answer in answers {
            assert!(answer.try_recv().expect("an answer").is_ok());
        }
        let kept: i64 = connection
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .expect("a count");
        assert_eq!(kept, 3);
    }
}
