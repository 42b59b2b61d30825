//! The one thread that writes: it owns the connection, takes work from a bounded queue and runs it
//! in transactions: one for each closure, or one for all that wait and may share it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::memory::Memory;
use super::touched::Touched;
use super::trouble::Trouble;
use super::{Result, StoreError, Writer};
use crate::failpoint;

/// Transactions that may wait for the writer before callers have to wait themselves.
const QUEUE: usize = 64;

/// Pieces of work that share a transaction at most.
const MOST_TOGETHER: usize = 64;
/// How long work that may wait does so, for more to come.
const COMPANY: Duration = Duration::from_millis(3);

/// What waits for the writer.
enum Work {
    /// Has a transaction of its own.
    Alone(Box<dyn FnOnce(&mut Desk) + Send>),
    /// May share one.
    Shared(Box<dyn Shared>),
}

/// Work that can be done again: when one of those that share a transaction fails, nothing of any of
/// them is kept and each is done anew in its own.
trait Shared: Send {
    /// Whether it may wait for more to come.
    fn waits(&self) -> bool;
    fn run(&mut self, writer: &Writer<'_>) -> Result<()>;
    /// Tells who asked how it ended.
    fn reply(self: Box<Self>, outcome: Result<()>);
}

struct Asked<T, F> {
    work: F,
    waits: bool,
    value: Option<T>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Shared for Asked<T, F>
where
    T: Send,
    F: Fn(&Writer<'_>) -> Result<T> + Send,
{
    fn waits(&self) -> bool {
        self.waits
    }

    fn run(&mut self, writer: &Writer<'_>) -> Result<()> {
        self.value = Some((self.work)(writer)?);
        Ok(())
    }

    fn reply(self: Box<Self>, outcome: Result<()>) {
        let Self { value, reply, .. } = *self;
        // Who asked may have gone: the work is done all the same.
        let _ = reply.send(outcome.and_then(|()| value.ok_or(StoreError::Stopped)));
    }
}

/// Handle of the writer thread.
pub(super) struct WriterThread {
    queue: Mutex<Option<mpsc::Sender<Work>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the writer thread works with.
struct Desk {
    connection: Connection,
    memory: Memory,
    trouble: Trouble,
    touched: Touched,
}

impl WriterThread {
    pub(super) fn start(connection: Connection, (trouble, touched): (Trouble, Touched)) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Work>(QUEUE);
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let mut desk = Desk {
                    connection,
                    memory: Memory::default(),
                    trouble,
                    touched,
                };
                work_off(&mut receiver, &mut desk);
                failpoint::reach("store.closing");
                let folded = desk
                    .connection
                    .pragma_update(None, "wal_checkpoint", "TRUNCATE");
                if let Err(error) = folded {
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
        let job = Box::new(move |desk: &mut Desk| {
            let _ = reply.send(desk.transact(work));
        });
        self.queue(Work::Alone(job)).await?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    /// Runs work unless articles have changed since there had been so many changes.
    pub(super) async fn run_unless_touched<F>(&self, count: u64, work: F) -> Result<()>
    where
        F: FnOnce(&Writer<'_>) -> Result<()> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(move |desk: &mut Desk| {
            let begun = desk.touched.begin(count);
            let _ = reply.send(if begun { desk.transact(work) } else { Ok(()) });
        });
        self.queue(Work::Alone(job)).await?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    pub(super) async fn run_shared<T, F>(&self, work: F, waits: bool) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Writer<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let asked = Asked {
            work,
            waits,
            value: None,
            reply,
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
fn work_off(receiver: &mut mpsc::Receiver<Work>, desk: &mut Desk) {
    let mut next = receiver.blocking_recv();
    while let Some(work) = next.take() {
        match work {
            Work::Alone(work) => work(desk),
            Work::Shared(first) => {
                let mut batch = vec![first];
                next = gather(receiver, &mut batch);
                if next.is_none()
                    && batch.len() < MOST_TOGETHER
                    && batch.iter().all(|work| work.waits())
                {
                    thread::sleep(COMPANY);
                    next = gather(receiver, &mut batch);
                }
                desk.together(batch);
            }
        }
        next = next.or_else(|| receiver.blocking_recv());
    }
}

/// Takes what waits and may share a transaction; returns what may not and came next.
fn gather(receiver: &mut mpsc::Receiver<Work>, batch: &mut Vec<Box<dyn Shared>>) -> Option<Work> {
    while batch.len() < MOST_TOGETHER {
        match receiver.try_recv() {
            Ok(Work::Shared(more)) => batch.push(more),
            Ok(alone) => return Some(alone),
            Err(_) => break,
        }
    }
    None
}

impl Desk {
    /// Does a batch in one transaction; when that fails, each of it in its own.
    fn together(&mut self, mut batch: Vec<Box<dyn Shared>>) {
        if batch.len() > 1 {
            let done =
                self.transact(|writer| batch.iter_mut().try_for_each(|work| work.run(writer)));
            match done {
                Ok(()) => return batch.into_iter().for_each(|work| work.reply(Ok(()))),
                Err(error) => tracing::debug!(%error, "a shared transaction failed"),
            }
        }
        for mut work in batch {
            let outcome = self.transact(|writer| work.run(writer));
            work.reply(outcome);
        }
    }

    /// Runs work in a transaction: kept when it succeeds. A panic rolls it back; the writer lives on.
    fn transact<T>(&mut self, work: impl FnOnce(&Writer<'_>) -> Result<T>) -> Result<T> {
        let (connection, memory) = (&mut self.connection, &self.memory);
        let touched = &self.touched;
        let attempt = AssertUnwindSafe(move || {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let writer = Writer {
                transaction,
                memory,
            };
            let value = work(&writer)?;
            touched.settle(&writer.transaction)?;
            failpoint::reach("store.begun");
            writer.transaction.commit()?;
            failpoint::reach("store.committed");
            Ok(value)
        });
        let result = catch_unwind(attempt).unwrap_or(Err(StoreError::Stopped));
        if let Err(error) = &result {
            self.memory.clear();
            self.touched.roll_back();
            self.trouble.note(error);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> Desk {
        Desk {
            connection: Connection::open_in_memory().expect("a database"),
            memory: Memory::default(),
            trouble: Trouble::default(),
            touched: Touched::default(),
        }
    }

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
            waits: false,
            value: None,
            reply,
        };
        (Box::new(asked), answer)
    }

    #[test]
    fn one_that_fails_spoils_it_for_none_of_the_others() {
        let mut desk = desk();
        desk.connection
            .execute("CREATE TABLE t (k TEXT PRIMARY KEY)", [])
            .expect("a table");
        let (first, first_answer) = shared(|w| insert(w, "one"));
        let (again, again_answer) = shared(|w| insert(w, "one"));
        let (broken, broken_answer) = shared(|_| panic!("a defect"));
        let (last, last_answer) = shared(|w| insert(w, "two"));
        let batch = vec![first, again, broken, last];
        desk.together(batch);
        let ok = |mut answer: Answer| answer.try_recv().expect("an answer").is_ok();
        assert!(ok(first_answer) && ok(last_answer));
        assert!(!ok(again_answer) && !ok(broken_answer));
        let kept: i64 = desk
            .connection
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .expect("a count");
        assert_eq!(kept, 2);
    }

    #[test]
    fn what_succeeds_together_is_kept_together() {
        let mut desk = desk();
        desk.connection
            .execute("CREATE TABLE t (k TEXT PRIMARY KEY)", [])
            .expect("a table");
        let (batch, answers): (Vec<_>, Vec<_>) = ["one", "two", "three"]
            .map(|key| shared(move |w| insert(w, key)))
            .into_iter()
            .unzip();
        desk.together(batch);
        for mut answer in answers {
            assert!(answer.try_recv().expect("an answer").is_ok());
        }
        let kept: i64 = desk
            .connection
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .expect("a count");
        assert_eq!(kept, 3);
    }
}
