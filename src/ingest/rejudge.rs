//! Judging stored articles again after the topics changed, without network.

use chrono::{DateTime, Utc};

use super::Pipeline;
use crate::config::Config;
use crate::model::ArticleId;
use crate::store::{ArticleRow, StoreError, VerdictRow};
use crate::topic::{Document, Text};

/// Articles judged in one transaction.
const BATCH: usize = 200;

impl Pipeline {
    /// Judges every stored article since `since` by the topics whose rules it has not been judged
    /// by; returns how many verdicts were given. Topics that left the configuration are forgotten.
    ///
    /// # Errors
    /// When the store refuses; what was judged before stays judged.
    pub async fn rejudge(
        &self,
        config: &Config,
        since: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let ids: Vec<_> = config.topics.iter().map(|t| t.id.clone()).collect();
        self.store.write(move |w| w.retain_topics(&ids)).await?;
        let mut judged = 0;
        for topic in &config.topics {
            let rules = topic.rules_hash() as i64;
            loop {
                let id = topic.id.clone();
                let rows: Vec<ArticleRow> = self
                    .store
                    .read(move |r| {
                        let q = r.queries();
                        let ids = q.unjudged(&id, rules, since, BATCH)?;
                        ids.into_iter()
                            .filter_map(|id| q.article(id).transpose())
                            .collect()
                    })
                    .await?;
                if rows.is_empty() {
                    break;
                }
                judged += rows.len();
                let verdicts = verdicts(config, topic, &rows, rules).await?;
                self.keep_verdicts(verdicts).await?;
            }
        }
        if judged > 0 {
            self.changed.notify_one();
        }
        Ok(judged)
    }

    async fn keep_verdicts(
        &self,
        verdicts: Vec<(ArticleId, VerdictRow)>,
    ) -> Result<(), StoreError> {
        let (minting, now) = (self.minting.clone(), self.clock.now());
        self.store
            .write(move |w| {
                for (article, verdict) in &verdicts {
                    w.record_verdict(*article, verdict, now)?;
                }
                for (article, _) in &verdicts {
                    w.settle(w.queries().head(*article)?, &minting, now)?;
                }
                Ok(())
            })
            .await
    }
}

async fn verdicts(
    config: &Config,
    topic: &crate::topic::Topic,
    rows: &[ArticleRow],
    rules: i64,
) -> Result<Vec<(ArticleId, VerdictRow)>, StoreError> {
    let matcher = config.matcher.clone();
    let id = topic.id.clone();
    let texts: Vec<(ArticleRow, Vec<String>)> = rows
        .iter()
        .map(|row| {
            (
                row.clone(),
                config
                    .source(&row.source)
                    .map(|s| s.tags.clone())
                    .unwrap_or_default(),
            )
        })
        .collect();
    tokio::task::spawn_blocking(move || {
        texts
            .iter()
            .filter_map(|(row, tags)| {
                let verdict = matcher.explain(&document(row, tags), &id)?;
                let why = serde_json::to_string(&verdict).unwrap_or_default();
                let stored = VerdictRow {
                    topic: id.clone(),
                    matched: verdict.matched,
                    score: verdict.score,
                    why,
                    rules,
                };
                Some((row.id, stored))
            })
            .collect()
    })
    .await
    .map_err(|_| StoreError::Stopped)
}

/// A stored article as the topics read it.
pub fn document(row: &ArticleRow, tags: &[String]) -> Document {
    Document::new(&Text {
        title: &row.title,
        summary: &row.summary,
        body: &row.text,
        categories: &row.categories,
        url: &row.url,
        language: row.language.as_deref(),
        source: row.source.as_str(),
        tags,
    })
}
