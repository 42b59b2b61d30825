//! The roster: which sources the configuration names, and the rows that follow it.
//!
//! Must not know what is polled, or when.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::sources::stamp;
use super::touched::unmark;
use super::{Result, Writer};
use crate::model::SourceId;

/// What the configuration says of a source that the store must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceEntry {
    /// Id.
    pub id: SourceId,
    /// Address.
    pub url: String,
    /// Registrable domain.
    pub domain: String,
    /// Which copy of a story represents it.
    pub priority: i64,
}

impl Writer<'_> {
    /// Makes the rows follow the configuration: new sources are due at once, those whose address
    /// changed lose what belonged to the old one, those that left it are no longer polled.
    pub fn sync_sources(&self, entries: &[SourceEntry], now: DateTime<Utc>) -> Result<()> {
        let mut gone = self.active_sources()?;
        let mut upsert = self.prepare_cached(
            "INSERT INTO source (id, url, domain, priority, next_fetch_at, state_since)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)
             ON CONFLICT (id) DO UPDATE SET
                active = 1, priority = excluded.priority,
                domain = CASE WHEN url = excluded.url AND adopted_url IS NOT NULL THEN domain ELSE excluded.domain END,
                adopted_url = CASE WHEN url = excluded.url THEN adopted_url END,
                moved_seen = CASE WHEN url = excluded.url THEN moved_seen ELSE 0 END,
                ttl = CASE WHEN url = excluded.url THEN ttl END,
                fresh = CASE WHEN url = excluded.url THEN fresh END,
                skip_hours = CASE WHEN url = excluded.url THEN skip_hours ELSE 0 END,
                skip_days = CASE WHEN url = excluded.url THEN skip_days ELSE 0 END,
                churn = CASE WHEN url = excluded.url THEN churn ELSE 0 END,
                identity = CASE WHEN url = excluded.url THEN identity ELSE 'id' END,
                message = CASE WHEN url = excluded.url THEN message ELSE '' END,
                etag = CASE WHEN url = excluded.url THEN etag END,
                last_modified = CASE WHEN url = excluded.url THEN last_modified END,
                body_hash = CASE WHEN url = excluded.url THEN body_hash END,
                refused_origin = CASE WHEN url = excluded.url THEN refused_origin END,
                next_fetch_at = CASE WHEN url = excluded.url THEN next_fetch_at ELSE excluded.next_fetch_at END,
                failures = CASE WHEN url = excluded.url THEN failures ELSE 0 END,
                state = CASE WHEN url = excluded.url THEN state ELSE 'new' END,
                moved_to = CASE WHEN url = excluded.url THEN moved_to END,
                url = excluded.url",
        )?;
        let mut all_as_before = true;
        for entry in entries {
            // Most are as they were.
            if gone
                .remove(entry.id.as_str())
                .is_some_and(|known| known == *entry)
            {
                continue;
            }
            all_as_before = false;
            upsert.execute(params![
                entry.id.as_str(),
                entry.url,
                entry.domain,
                entry.priority,
                stamp(now)
            ])?;
        }
        let mut leave = self.prepare_cached("UPDATE source SET active = 0 WHERE id = ?1")?;
        for id in gone.into_keys() {
            leave.execute([id])?;
        }
        if !all_as_before {
            unmark(self)?;
        }
        Ok(())
    }

    /// What the store knows of the sources in the configuration.
    fn active_sources(&self) -> Result<HashMap<String, SourceEntry>> {
        let mut query =
            self.prepare("SELECT id, url, domain, priority FROM source WHERE active = 1")?;
        let rows = query.query_map([], |row| {
            let id: String = row.get(0)?;
            let known = SourceEntry {
                id: SourceId::from(id.as_str()),
                url: row.get(1)?,
                domain: row.get(2)?,
                priority: row.get(3)?,
            };
            Ok((id, known))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
