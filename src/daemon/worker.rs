//! The worker of a domain: polls its sources and completes its articles, one thing after the other.
//!
//! Must not know when a domain gets a worker.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::recording::{Diary, Doing};
use super::scheduler::Event;
use crate::config::{BodyFrom, Config};
use crate::ingest::Pipeline;
use crate::model::{ArticleId, SourceId};
use crate::store::{Reader, SourceRow, StoreError};

/// Articles without a page that are completed together.
const TOGETHER: usize = 64;
/// How long the rows of sources hold that were read together.
const ROWS_HOLD: Duration = Duration::from_secs(1);

/// What is due at a domain.
pub(super) struct Due {
    sources: Vec<SourceRow>,
    articles: Vec<(ArticleId, SourceId)>,
    read_at: Instant,
}

impl Due {
    /// Reads it; of each source at most so many articles.
    pub(super) fn read(
        reader: &Reader,
        domain: &str,
        now: DateTime<Utc>,
        most: usize,
    ) -> Result<Self, StoreError> {
        let q = reader.queries();
        Ok(Self {
            sources: q.due_sources_of(domain, now)?,
            articles: q.due_articles(domain, now, most)?,
            read_at: Instant::now(),
        })
    }
}

/// The work of one domain, one thing after the other.
pub(super) struct Worker {
    pub(super) pipeline: Pipeline,
    pub(super) config: Arc<Config>,
    pub(super) domain: String,
    pub(super) reports: mpsc::Sender<Event>,
    pub(super) diary: Option<Arc<Diary>>,
}

impl Worker {
    /// Polls the domain's due sources, then completes due articles: of each source at most so many
    /// in one cycle, oldest due first. Says whether more may be due by now; polls alone leave nothing but
    /// what the next look finds.
    pub(super) async fn work(&self, due: Option<Due>) -> Result<bool, StoreError> {
        let due = match due {
            Some(due) => due,
            None => {
                let (domain, now) = (self.domain.clone(), self.pipeline.clock.now());
                let most = self.config.fetch.pages_per_cycle;
                let read = move |r: &Reader| Due::read(r, &domain, now, most);
                self.pipeline.store.read(read).await?
            }
        };
        let Due {
            sources,
            articles,
            read_at,
        } = due;
        let mut more = !articles.is_empty();
        for row in sources {
            let Some(source) = self.config.source(&row.id) else {
                continue;
            };
            let doing = match &self.diary {
                Some(diary) => Some(diary.polls(&row.id).await),
                None => None,
            };
            // A gap later the row may be another.
            let mut polled = match read_at.elapsed() < ROWS_HOLD {
                true => (self.pipeline.poll_known(&self.config, source, &row)).await?,
                false => self.pipeline.poll(&self.config, source).await?,
            };
            self.pipeline.remember().await?;
            doing.into_iter().for_each(Doing::done);
            more |= polled.body;
            let completed = std::mem::take(&mut polled.completed);
            self.report(Event::Polled(row.id, polled)).await;
            for (id, completed) in completed {
                self.report(Event::Completed(id, completed)).await;
            }
        }
        for ids in self.together(articles) {
            let doing = match &self.diary {
                Some(diary) => Some(diary.completes(&self.pipeline, ids[0]).await?),
                None => None,
            };
            let completed = self.pipeline.complete(&self.config, ids).await?;
            self.pipeline.remember().await?;
            doing.into_iter().for_each(Doing::done);
            for (id, completed) in completed {
                self.report(Event::Completed(id, completed)).await;
            }
        }
        Ok(more)
    }

    /// Which articles are completed together: those whose page is fetched, and all that a diary
    /// tells of, each by itself; the others, which wait for nobody, some at a time and first.
    fn together(&self, articles: Vec<(ArticleId, SourceId)>) -> Vec<Vec<ArticleId>> {
        let without_page = |source: &SourceId| {
            let source = self.config.source(source);
            self.diary.is_none() && source.is_some_and(|source| source.body == BodyFrom::Feed)
        };
        let (stored, fetched): (Vec<_>, Vec<_>) =
            (articles.into_iter()).partition(|(_, source)| without_page(source));
        let ids = |part: &[(ArticleId, SourceId)]| part.iter().map(|(id, _)| *id).collect();
        (stored.chunks(TOGETHER).chain(fetched.chunks(1)))
            .map(ids)
            .collect()
    }

    async fn report(&self, event: Event) {
        // Nobody listening any more means that the daemon is ending.
        let _ = self.reports.send(event).await;
    }
}
