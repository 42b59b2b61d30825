//! What is done when nobody waits for it: once a day, taking out of the indexes what no look-up
//! reaches back to; behind every article, putting its words into the search.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Daemon;
use crate::config::Config;
use crate::model::SourceId;
use crate::report::counted;
use crate::store::{Retention, StoreError};

/// Time between two purges.
const PURGE_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Pause between two batches, so that work that waits for the writer goes first.
const BATCH_PAUSE: Duration = Duration::from_millis(20);
/// How often it is looked whether articles wait for being indexed.
const INDEX_EVERY: Duration = Duration::from_secs(5);

impl Daemon {
    /// Purges the indexes in batches, each a transaction of its own; returns how many rows went.
    ///
    /// # Errors
    /// When the store refuses; what went before stays gone.
    pub async fn purge(&self) -> Result<usize, StoreError> {
        let settings = self.current().stories.clone();
        let mut gone = 0;
        loop {
            let (settings, now) = (settings.clone(), self.pipeline.clock.now());
            let batch = self
                .pipeline
                .store
                .write(move |w| w.purge_batch(&settings, now))
                .await?;
            if batch == 0 {
                return Ok(gone + self.retire().await?);
            }
            gone += batch;
            tokio::time::sleep(BATCH_PAUSE).await;
        }
    }

    /// Drops the articles that have stayed as long as the configuration keeps them.
    async fn retire(&self) -> Result<usize, StoreError> {
        let store = &self.pipeline.store;
        let config = self.current();
        let all_stay =
            config.store.keep.is_none() && config.sources.iter().all(|s| s.keep.is_none());
        let rows = match all_stay {
            true => Vec::new(),
            false => store.read(|r| r.queries().sources(true)).await?,
        };
        let mut gone = 0;
        for row in rows {
            let own = config.source(&row.id).and_then(|source| source.keep);
            let Some(keep) = own.or(config.store.keep) else {
                continue;
            };
            let retention = self.retention(&config, row.id, keep);
            loop {
                let retention = retention.clone();
                let batch = store.write(move |w| w.retire_batch(&retention)).await?;
                gone += batch;
                if batch == 0 {
                    break;
                }
                tokio::time::sleep(BATCH_PAUSE).await;
            }
        }
        let archives = store.write(|w| w.drop_archives()).await?;
        if gone + archives > 0 {
            let (articles, documents) = (
                counted(gone as u64, "article"),
                counted(archives as u64, "archive"),
            );
            tracing::info!(
                gone,
                archives,
                "dropped, since they have been kept long enough: {articles}, {documents}"
            );
            self.pipeline.changed.notify_one();
        }
        Ok(gone)
    }

    fn retention(&self, config: &Config, source: SourceId, keep: Duration) -> Retention {
        let now = self.pipeline.clock.now();
        let least = config.publish.keep;
        let since = |keep: Duration| {
            let keep = TimeDelta::from_std(keep.max(least)).unwrap_or(TimeDelta::MAX);
            now.checked_sub_signed(keep)
                .unwrap_or(DateTime::<Utc>::MIN_UTC)
        };
        let longer = config
            .topics
            .iter()
            .filter_map(|t| Some((t.id.clone(), since(t.keep?))));
        Retention {
            source,
            before: since(keep),
            topics: longer.collect(),
            feed: config.publish.entries,
            minting: self.pipeline.minting.clone(),
            now,
        }
    }

    /// Purges at once and then daily, for ever.
    pub(super) async fn keep_purging(&self) {
        loop {
            match self.purge().await {
                Ok(0) => {}
                Ok(gone) => tracing::debug!(gone, "{gone} outdated rows left the indexes"),
                Err(error) => tracing::error!("{}", crate::report(&error)),
            }
            tokio::time::sleep(PURGE_EVERY).await;
        }
    }

    /// Puts the words of new articles into the search, in batches; returns how many articles.
    ///
    /// # Errors
    /// When the store refuses; what went before is in.
    pub async fn index(&self) -> Result<usize, StoreError> {
        let store = &self.pipeline.store;
        let mut indexed = 0;
        while store.read(|r| r.queries().index_waits()).await? {
            indexed += store.write(|w| w.index_batch()).await?;
            tokio::time::sleep(BATCH_PAUSE).await;
        }
        Ok(indexed)
    }

    /// Indexes behind the articles, for ever.
    pub(super) async fn keep_indexing(&self) {
        loop {
            match self.index().await {
                Ok(0) => {}
                Ok(articles) => tracing::debug!(articles, "{articles} articles entered the search"),
                Err(error) => tracing::error!("{}", crate::report(&error)),
            }
            tokio::time::sleep(INDEX_EVERY).await;
        }
    }
}
