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
