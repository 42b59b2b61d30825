//! What is done once a day: taking out of the indexes what no look-up reaches back to.

use std::time::Duration;

use super::Daemon;
use crate::store::StoreError;

/// Time between two purges.
const PURGE_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Pause between two batches, so that work that waits for the writer goes first.
const BATCH_PAUSE: Duration = Duration::from_millis(20);

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
}
