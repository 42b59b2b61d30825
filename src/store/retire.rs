//! Articles that have been kept long enough: their texts, verdicts and entries go, a tombstone stays.
//! The row keeps identity and addresses in state `old`, which no poll ever opens again; so nothing
//! that was dropped comes back.

use chrono::{DateTime, Utc};
use rusqlite::params;
use serde_json::{Map, Value, json};

use super::sources::stamp;
use super::texts::Texts;
use super::{Minting, Result, Writer};
use crate::model::{ArticleId, SourceId, TopicId};
use crate::story::Fingerprint;

/// Articles dropped in one transaction.
const RETIRE_BATCH: usize = 100;

/// What of a source's articles is kept.
#[derive(Debug, Clone)]
pub struct Retention {
    /// The source.
    pub source: SourceId,
    /// What was published earlier goes,
    pub before: DateTime<Utc>,
    /// but entries of these topics stay when they were published since their times,
    pub topics: Vec<(TopicId, DateTime<Utc>)>,
    /// and so do the newest entries of every topic, since its feed holds so many.
    pub feed: usize,
    /// What the ids of entries are minted from.
    pub minting: Minting,
    /// The present moment.
    pub now: DateTime<Utc>,
}

pub(super) const RETIRED_SQL: &str = "SELECT a.id, a.head FROM article a
    WHERE a.source = ?1 AND a.published < ?2 AND a.how <> ''
        AND a.head NOT IN (SELECT value FROM json_each(?3))
        AND NOT EXISTS (SELECT 1 FROM entry e JOIN json_each(?4) t ON t.key = e.topic
            WHERE e.head = a.head AND a.published >= t.value)
    ORDER BY a.published LIMIT ?5";

impl Writer<'_> {
    /// Drops one batch of articles; returns how many, 0 when all that is left is kept.
    pub fn retire_batch(&self, retention: &Retention) -> Result<usize> {
        let topics: Map<String, Value> = (retention.topics.iter())
            .map(|(topic, since)| (topic.to_string(), json!(stamp(*since))))
            .collect();
        let mut query = self.prepare_cached(RETIRED_SQL)?;
        let rows = query.query_map(
            params![
                retention.source.as_str(),
                stamp(retention.before),
                serde_json::to_string(&self.newest_heads(retention.feed)?)?,
                serde_json::to_string(&topics)?,
                RETIRE_BATCH as i64
            ],
            |row| Ok((ArticleId(row.get(0)?), ArticleId(row.get(1)?))),
        )?;
        let retired: Vec<(ArticleId, ArticleId)> = rows.collect::<rusqlite::Result<_>>()?;
        for (id, head) in &retired {
            self.bury(*id, retention)?;
            self.settle(*head, &retention.minting, retention.now)?;
        }
        Ok(retired.len())
    }

    /// The groups whose entries stand in the feeds however old they are.
    fn newest_heads(&self, feed: usize) -> Result<Vec<i64>> {
        let mut query = self.prepare_cached(
            "SELECT head FROM (SELECT head, row_number() OVER (PARTITION BY topic ORDER BY published DESC) AS place
                FROM entry) WHERE place <= ?1",
        )?;
        let rows = query.query_map([feed as i64], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn bury(&self, id: ArticleId, retention: &Retention) -> Result<()> {
        self.memory.forget(id);
        // An empty sketch takes the article out of the indexes.
        let keys = self
            .prepare_cached("SELECT keys, title_keys FROM article WHERE id = ?1")?
            .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.replace_keys(id, keys, &Fingerprint::default())?;
        for table in ["verdict", "version"] {
            self.prepare_cached(&format!("DELETE FROM {table} WHERE article = ?1"))?
                .execute([id.0])?;
        }
        self.insert_texts(id, &Texts::default())?;
        let reason = format!(
            "dropped on {}: it was kept as long as the configuration says",
            retention.now.format("%Y-%m-%d")
        );
        self.prepare_cached(
            "UPDATE article SET state = 'old', how = '', words = 0, rulebook = 0, next_try = NULL, rejected_by = NULL,
                authors = '[]', categories = '[]', enclosures = '[]', image = NULL, keys = NULL,
                title_keys = NULL, last_error = ?2 WHERE id = ?1",
        )?
        .execute(params![id.0, reason])?;
        Ok(())
    }
}
