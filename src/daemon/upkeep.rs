//! What is done when nobody waits for it: once a day, taking out of the indexes what no look-up
//! reaches back to; behind every article, putting its words into the search.

use std::time::Duration;

use super::Daemon;
use crate::store::StoreError;

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
                return Ok(gone);
            }
            gone += batch;
            tokio::time::sleep(BATCH_PAUSE).await;
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
        while store.read(|r| r.queries().unindexed()).await? > 0 {
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
