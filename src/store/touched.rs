//! Which articles have changed since changes of health were told: the health of a source that is well
//! follows from its latest articles, and to look at those of every source took a process that polls
//! once as long as the polls.
//!
//! The store bears a mark while no article has changed. It goes in the very transaction that changes
//! one, so that a process which ends before it has told leaves none. Knows nothing of what health is.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use rusqlite::hooks::Action;
use rusqlite::{Connection, OptionalExtension};

use super::sources::{stamp, time};
use super::{Queries, Result, Store};

/// Where the store bears the mark: by which version of this program all was told, and when.
const MARK: &str = "health_told";
/// Articles that are remembered: with more of them every source is looked at.
const MOST: usize = 5_000;

/// Takes note of articles that change. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Touched(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    articles: HashSet<i64>,
    /// Whether more have changed, or one has gone.
    beyond: bool,
    mark: Mark,
    /// Changes so far.
    count: u64,
}

/// What became of the mark that the store bore when this process opened it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Mark {
    /// It still bears it, if it did.
    #[default]
    Left,
    /// This process took it away; what it said, if it was there.
    Taken(Option<DateTime<Utc>>),
}

/// What has changed since all was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touches {
    /// When all was told, and the articles that changed since then; None when that is not known.
    pub since: Option<(DateTime<Utc>, Vec<i64>)>,
    count: u64,
}

impl Touched {
    /// Has a connection tell of every article that it changes.
    pub(super) fn watch(&self, connection: &mut Connection) -> Result<()> {
        let touched = self.clone();
        connection.update_hook(Some(move |action, _: &str, table: &str, row| {
            if table == "article" {
                touched.note(action, row);
            }
        }))?;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, action: Action, row: i64) {
        let mut state = self.state();
        state.count += 1;
        match action {
            Action::SQLITE_INSERT | Action::SQLITE_UPDATE if state.articles.len() < MOST => {
                state.articles.insert(row);
            }
            _ => state.beyond = true,
        }
    }

    /// Before a transaction is committed: with the first article that changes the mark goes.
    pub(super) fn settle(&self, transaction: &Connection) -> Result<()> {
        {
            let state = self.state();
            let unchanged = state.articles.is_empty() && !state.beyond;
            if unchanged || state.mark != Mark::Left {
                return Ok(());
            }
        }
        let said: Option<String> = transaction
            .query_row(
                "DELETE FROM meta WHERE key = ?1 RETURNING value",
                [MARK],
                |row| row.get(0),
            )
            .optional()?;
        self.state().mark = Mark::Taken(said.as_deref().and_then(read));
        Ok(())
    }

    /// After a transaction that was rolled back: the mark may stand again.
    pub(super) fn roll_back(&self) {
        self.state().mark = Mark::Left;
    }

    /// Begins anew, unless something has changed since there had been so many changes.
    pub(super) fn begin(&self, count: u64) -> bool {
        let mut state = self.state();
        let same = state.count == count;
        if same {
            *state = State {
                count,
                ..State::default()
            };
        }
        same
    }
}

/// Takes the mark away, where sources or articles change in a way that is not noted.
pub(super) fn unmark(transaction: &Connection) -> Result<()> {
    transaction.execute("DELETE FROM meta WHERE key = ?1", [MARK])?;
    Ok(())
}

fn read(mark: &str) -> Option<DateTime<Utc>> {
    let (version, at) = mark.split_once(' ')?;
    (version == env!("CARGO_PKG_VERSION")).then_some(time(at.parse().ok()?))
}

impl Queries<'_> {
    fn all_told(&self) -> Result<Option<DateTime<Utc>>> {
        Ok(self.meta(MARK)?.as_deref().and_then(read))
    }
}

impl Store {
    /// What has changed since all changes of health were told.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn touches(&self) -> Result<Touches> {
        let (mark, count, articles) = {
            let state = self.touched.state();
            let articles = (!state.beyond).then(|| state.articles.iter().copied().collect());
            (state.mark, state.count, articles)
        };
        let since = match mark {
            Mark::Taken(since) => since,
            Mark::Left => self.read(|r| r.queries().all_told()).await?,
        };
        Ok(Touches {
            since: since.zip(articles),
            count,
        })
    }

    /// Marks that all changes of health were told which followed from these touches. A pause hides what
    /// else there is to tell of its sources, so while there is one all is looked at again.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn mark_told(&self, touches: Touches, now: DateTime<Utc>) -> Result<()> {
        if touches
            .since
            .is_some_and(|(_, articles)| articles.is_empty())
        {
            return Ok(());
        }
        let told = self.writer.run_unless_touched(touches.count, move |w| {
            if w.queries().pauses(now)?.is_empty() {
                let mark = format!("{} {}", env!("CARGO_PKG_VERSION"), stamp(now));
                w.set_meta(MARK, &mark)?;
            }
            Ok(())
        });
        told.await
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::StoreError;
    use super::*;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");

    /// Opens the store as a process does that polls once, and closes it again.
    fn process<T>(folder: &Path, run: impl AsyncFnOnce(&Store) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let store = Store::open(folder).expect("a store");
            let value = run(&store).await;
            store.close().await;
            value
        })
    }

    async fn change(store: &Store, id: i64, keep: bool) {
        let changed = store.write(move |w| {
            w.execute(
                "INSERT INTO article (id, identity, source, url, domain, state, first_seen, published, updated, hold_until)
                 VALUES (?1, ?1, 's', '', '', 'seen', 0, 0, 0, 0) ON CONFLICT DO UPDATE SET words = words + 1",
                [id],
            )?;
            keep.then_some(()).ok_or(StoreError::Stopped)
        });
        assert_eq!(changed.await.is_ok(), keep);
    }

    async fn since(store: &Store) -> Option<Vec<i64>> {
        let touches = store.touches().await.expect("touches");
        touches.since.map(|(at, mut articles)| {
            assert_eq!(at, NOW);
            articles.sort_unstable();
            articles
        })
    }

    async fn mark(store: &Store) {
        let touches = store.touches().await.expect("touches");
        store.mark_told(touches, NOW).await.expect("marked");
    }

    #[test]
    fn a_process_that_ends_before_it_has_told_leaves_no_mark() {
        let folder = tempfile::tempdir().expect("a folder");
        process(folder.path(), async |store| {
            change(store, 1, true).await;
            assert_eq!(since(store).await, None, "nothing was told yet");
            mark(store).await;
            assert_eq!(since(store).await, Some(vec![]));
        });
        process(folder.path(), async |store| {
            assert_eq!(since(store).await, Some(vec![]), "nothing has changed");
            change(store, 2, false).await;
        });
        process(folder.path(), async |store| {
            assert_eq!(since(store).await, Some(vec![]), "it was rolled back");
            change(store, 1, true).await;
            change(store, 3, true).await;
            assert_eq!(since(store).await, Some(vec![1, 3]));
        });
        process(folder.path(), async |store| {
            assert_eq!(since(store).await, None, "it was not told");
            mark(store).await;
            change(store, 3, true).await;
            assert_eq!(since(store).await, Some(vec![3]));
            mark(store).await;
        });
        process(folder.path(), async |store| {
            assert_eq!(since(store).await, Some(vec![]));
            let gone = store.write(|w| Ok(w.execute("DELETE FROM article WHERE id = 3", [])?));
            gone.await.expect("deleted");
            assert_eq!(
                since(store).await,
                None,
                "which source it was of is not known"
            );
        });
    }

    #[test]
    fn what_changes_while_it_is_told_is_not_marked() {
        let folder = tempfile::tempdir().expect("a folder");
        process(folder.path(), async |store| {
            let touches = store.touches().await.expect("touches");
            change(store, 1, true).await;
            store.mark_told(touches, NOW).await.expect("passed over");
            assert_eq!(since(store).await, None);
        });
    }
}
