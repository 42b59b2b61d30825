//! One source from its due time to the commit: fetch, discover, tell the new from the known, keep.
//!
//! ```text
//! poll:      fetch ─▶ discover ─▶ identity and gates ─▶ one transaction (candidates, validators, due time)
//! complete:  fetch page ─▶ extract ─▶ fingerprint ─▶ judge ─▶ one transaction (text, story, verdicts, entries)
//! ```
//! The second half runs article by article from rows, so that a crash between the two loses
//! nothing. Orchestrates the pure stages; the rules are theirs.

mod article;
mod candidates;
mod classifier;
mod document;
mod keeping;
mod pages;
mod plan;
mod rejudge;
mod single;
mod turn;
mod visit;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use xxhash_rust::xxh3::xxh3_64;

use crate::clock::Clock;
use crate::config::{Config, Source};
use crate::failpoint;
use crate::fetch::{Client, FailureKind, guard};
use crate::isolate::Extractor;
use crate::model::{ArticleId, SourceId};
use crate::store::{
    Commit, Minting, SourceEntry, SourceRow, SourceState, Store, StoreError, Terms, Writer,
};

pub use article::Completed;
use article::completed;
pub use candidates::domain;
pub use classifier::Asked;
pub use document::{View, read_document};
pub use pages::page_alone;
pub use rejudge::{Change, changes, changes_since, held, judge_stored, judge_text, rejudge};
pub use single::{Single, read_page};
use turn::Turns;
pub use visit::backoff;

/// Version of the readers: when it grows, bodies that have not changed are read once more.
pub const PARSER_VERSION: u32 = 1;
/// Pauses of domains, with their ends.
type Pauses = Vec<(String, DateTime<Utc>)>;

/// What the way of a source needs.
#[derive(Clone)]
pub struct Pipeline {
    /// The store.
    pub store: Store,
    /// The client.
    pub client: Client,
    /// Where pages are taken apart.
    pub extractor: Extractor,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// What ids are minted from.
    pub minting: Minting,
    /// Woken when entries may have changed.
    pub changed: Arc<Notify>,
    /// Pauses of domains as the store knows them.
    kept: Arc<Mutex<Pauses>>,
    /// Who may hold in memory what was fetched.
    turns: Turns,
}

/// What a request said about reaching the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A server answered: the network is there.
    Answered,
    /// No server could be reached: it could be our own network.
    Unreachable,
    /// It could be, but a server that answers badly looks the same (`robots.txt`).
    Unsure,
    /// Nothing was sent.
    Untried,
}

impl Reach {
    fn of(kind: FailureKind) -> Self {
        match kind {
            FailureKind::RobotsUnreachable => Self::Unsure,
            FailureKind::Request => Self::Untried,
            kind if kind.could_be_our_network() => Self::Unreachable,
            _ => Self::Answered,
        }
    }
}

/// What a poll came to.
#[derive(Debug, Clone)]
pub struct Polled {
    /// State of the source after it.
    pub state: SourceState,
    /// Whether a body was read that is another than before.
    pub body: bool,
    /// New articles that wait for their pages.
    pub new: usize,
    /// What a person should know of the state.
    pub message: String,
    /// What it said about reaching the world.
    pub reach: Reach,
    /// Whether the state is another than before.
    pub changed: bool,
    /// Failures in a row before this poll.
    pub failures: u32,
    /// Whether it had been read before this poll.
    pub known: bool,
    /// What happened to the source beside its state, in sentences: recovery, a new address.
    pub notes: Vec<String>,
    /// New articles that were completed at once.
    pub completed: Vec<(ArticleId, Completed)>,
}

impl Polled {
    fn of(row: &SourceRow, state: SourceState, message: String, reach: Reach) -> Self {
        Self {
            state,
            body: false,
            new: 0,
            message,
            reach,
            changed: row.state != state,
            failures: row.failures,
            known: row.last_ok_at.is_some(),
            notes: Vec::new(),
            completed: Vec::new(),
        }
    }
}

/// What ids are minted from: fixed when the store is made.
///
/// # Errors
/// When the store refuses.
pub async fn minting(
    store: &Store,
    config: &Config,
    now: DateTime<Utc>,
) -> Result<Minting, StoreError> {
    let host = config.daemon.base_url.host_str().unwrap_or("localhost");
    let minting = Minting {
        authority: host.to_owned(),
        date: now.format("%Y-%m-%d").to_string(),
    };
    store.write(move |w| w.minting_or_insert(&minting)).await
}

/// Makes due what the address guard refused and the configuration allows by now.
async fn readmit(store: &Store, config: &Config, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut allowed = store.read(|r| r.queries().refused()).await?;
    allowed.retain(|(id, origin)| {
        let source = config.source(id);
        source.is_some_and(|s| {
            guard::allows(origin, &s.page_terms.allow_private)
                || guard::allows(origin, &config.fetch.allow_private)
        })
    });
    if allowed.is_empty() {
        return Ok(());
    }
    let readmit = move |w: &Writer<'_>| {
        (allowed.iter()).try_for_each(|(source, origin)| w.readmit(source, origin, now))
    };
    store.write(readmit).await
}

impl Pipeline {
    /// A pipeline on an open store: its rows follow the configuration, and the client takes up
    /// what earlier runs knew of pauses and `robots.txt`. Pages are taken apart in this process until
    /// [`Pipeline::extractor`] says otherwise.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn open(
        store: Store,
        client: Client,
        clock: Arc<dyn Clock>,
        config: &Config,
    ) -> Result<Self, StoreError> {
        let now = clock.now();
        let entries = entries(config);
        store.write(move |w| w.sync_sources(&entries, now)).await?;
        readmit(&store, config, now).await?;
        let minting = minting(&store, config, now).await?;
        let (pauses, robots) = store
            .read(move |r| Ok((r.queries().pauses(now)?, r.queries().robots()?)))
            .await?;
        client.pacer().restore(pauses);
        client.restore_robots(robots);
        Ok(Self {
            store,
            client,
            extractor: Extractor::InProcess,
            clock,
            minting,
            changed: Arc::new(Notify::new()),
            kept: Arc::default(),
            turns: Turns::default(),
        })
    }

    /// Makes the rows of the sources follow a changed configuration.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn follow(&self, config: &Config) -> Result<(), StoreError> {
        let (entries, now) = (entries(config), self.clock.now());
        self.store
            .write(move |w| w.sync_sources(&entries, now))
            .await?;
        readmit(&self.store, config, now).await
    }

    /// Keeps what was learnt of pauses and `robots.txt`, so that even a crash forgets none of it.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn remember(&self) -> Result<(), StoreError> {
        let (pauses, robots) = (self.client.pacer().pauses(), self.client.robots_learnt());
        let known = *self.kept.lock().unwrap_or_else(PoisonError::into_inner) == pauses;
        if known && robots.is_empty() {
            return Ok(());
        }
        failpoint::reach("politeness.learnt");
        let (now, written) = (self.clock.now(), pauses.clone());
        self.store
            .write(move |w| {
                w.record_pauses(&pauses, now)?;
                w.record_robots(&robots)
            })
            .await?;
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = written;
        Ok(())
    }

    /// Polls a source whose row has to be read first.
    ///
    /// # Errors
    /// When the store refuses; what the source answers is never an error.
    pub async fn poll(&self, config: &Config, source: &Source) -> Result<Polled, StoreError> {
        let id = source.id.clone();
        match self.store.read(move |r| r.queries().source(&id)).await? {
            Some(row) => self.poll_known(config, source, &row).await,
            None => Ok(Polled {
                state: SourceState::New,
                body: false,
                new: 0,
                message: String::new(),
                reach: Reach::Untried,
                changed: false,
                failures: 0,
                known: false,
                notes: Vec::new(),
                completed: Vec::new(),
            }),
        }
    }

    /// Polls a source by its row as it is now: one conditional request, and everything it brings
    /// committed at once. In hours in which it is not to be polled, the poll is put off.
    ///
    /// # Errors
    /// When the store refuses; what the source answers is never an error.
    pub async fn poll_known(
        &self,
        config: &Config,
        source: &Source,
        row: &SourceRow,
    ) -> Result<Polled, StoreError> {
        let (now, closed) = (
            self.clock.now(),
            source.closed(row.wishes.skip_hours, row.wishes.skip_days),
        );
        if closed.holds(now) {
            let (id, due) = (source.id.clone(), closed.open_from(now, seed(&source.id)));
            self.store.write(move |w| w.postpone(&id, due)).await?;
            return Ok(Polled::of(
                row,
                row.state,
                row.message.clone(),
                Reach::Untried,
            ));
        }
        visit::visit(self, config, source, row).await
    }
}

/// What committing an article needs to know of the configuration.
fn terms(config: &Config, minting: &Minting) -> Terms {
    Terms {
        stories: config.stories.clone(),
        apart: config.apart.clone(),
        minting: minting.clone(),
        rulebook: config.rulebook.clone(),
    }
}

fn entries(config: &Config) -> Vec<SourceEntry> {
    config
        .sources
        .iter()
        .map(|source| SourceEntry {
            id: source.id.clone(),
            url: source.url.to_string(),
            domain: domain(&source.url),
            priority: source.priority,
        })
        .collect()
}

/// The share of jitter of a source: a hash of its id, the same in every run.
pub fn seed(id: &SourceId) -> u64 {
    xxh3_64(id.as_str().as_bytes())
}

impl Pipeline {
    /// Takes failures of a source back: they were our own network's. It is due at `due`.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn forgive(
        &self,
        id: &SourceId,
        failures: u32,
        due: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        self.store
            .write(move |w| w.forgive_failures(&id, failures, due))
            .await
    }

    /// Takes back an attempt at an article's page: the failure was our own network's.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn forgive_page(&self, id: ArticleId, due: DateTime<Utc>) -> Result<(), StoreError> {
        self.store.write(move |w| w.forgive_attempt(id, due)).await
    }

    /// Commits articles with all that was decided about them: together, or each by itself where
    /// one of them is refused.
    ///
    /// # Errors
    /// When the store refuses one: then nothing of it is kept, and the article stays due.
    pub(crate) async fn commit(
        &self,
        config: &Config,
        commits: Vec<(ArticleId, Commit)>,
    ) -> Result<Vec<(ArticleId, Completed)>, StoreError> {
        failpoint::reach("page.extracted");
        let (terms, now) = (Arc::new(terms(config, &self.minting)), self.clock.now());
        let commits: Arc<[(ArticleId, Commit)]> = commits.into();
        let write = |from: usize, to: usize| {
            let (commits, terms) = (commits.clone(), terms.clone());
            self.store.write_shared(move |w| {
                (commits[from..to].iter())
                    .map(|(id, commit)| {
                        let held = commit.storing.hold_until;
                        let commit_article =
                            |w: &Writer<'_>| w.commit_article(*id, commit, &terms, now);
                        let committed = w.conclude(*id, held, commit_article)?;
                        Ok((*id, completed(commit, &committed)))
                    })
                    .collect::<Result<Vec<_>, _>>()
            })
        };
        let committed = match write(0, commits.len()).await {
            Err(error) if commits.len() > 1 => {
                tracing::debug!(%error, "articles that were committed together are tried one by one");
                let mut each = Vec::with_capacity(commits.len());
                for at in 0..commits.len() {
                    each.push(write(at, at + 1).await);
                }
                // Those that are taken are kept, whatever the others' error.
                each.into_iter().collect::<Result<Vec<_>, _>>()?.concat()
            }
            together => together?,
        };
        failpoint::reach("article.committed");
        self.changed.notify_one();
        Ok(committed)
    }
}
