//! WebSub from the subscriber's side: sources whose hub is to tell us of new articles.
//!
//! What a hub sends is only a reason to poll at once: nothing of it is believed, so that nothing of
//! it has to be signed.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, params};

use super::sources::{due_stamp, stamp, time};
use super::{Queries, Result, Writer};
use crate::model::SourceId;

/// A source is not polled again so soon after a poll, however often its hub calls.
const LEAST_GAP: TimeDelta = TimeDelta::seconds(30);

/// A subscription to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushAsk {
    /// The source.
    pub source: SourceId,
    /// Its hub.
    pub hub: String,
    /// Its address as the hub knows it.
    pub topic: String,
    /// Last part of the address at which we are told: nobody else can guess it.
    pub token: String,
    /// Failures in a row.
    pub failures: u32,
}

/// The query whose plan is checked.
pub(super) const DUE_PUSHES_SQL: &str = "SELECT * FROM push WHERE due <= ?1 ORDER BY due LIMIT ?2";

impl Queries<'_> {
    /// Subscriptions that are to be asked for or renewed.
    pub fn due_pushes(&self, now: DateTime<Utc>, most: usize) -> Result<Vec<PushAsk>> {
        let mut query = self.0.prepare_cached(DUE_PUSHES_SQL)?;
        let rows = query.query_map(params![stamp(now), most as i64], |row| {
            Ok(PushAsk {
                source: SourceId(row.get("source")?),
                hub: row.get("hub")?,
                topic: row.get("topic")?,
                token: row.get("token")?,
                failures: row.get("failures")?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// When a subscription is to be asked for next.
    pub fn next_push_due(&self) -> Result<Option<DateTime<Utc>>> {
        let mut query = self.0.prepare_cached("SELECT min(due) FROM push")?;
        let next: Option<i64> = query.query_row([], |row| row.get(0))?;
        Ok(next.map(time))
    }
}

impl Writer<'_> {
    /// Takes note of the hub and the address that a source names; `token` is for a new one.
    pub fn offer_push(
        &self,
        source: &SourceId,
        named: Option<(&str, &str)>,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let Some((hub, topic)) = named else {
            return self.end_push(source);
        };
        self.prepare_cached(
            "INSERT INTO push (source, hub, topic, token, due) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (source) DO UPDATE SET hub = excluded.hub, topic = excluded.topic,
                token = excluded.token, due = excluded.due, failures = 0
             WHERE hub <> excluded.hub OR topic <> excluded.topic",
        )?
        .execute(params![source.as_str(), hub, topic, token, stamp(now)])?;
        Ok(())
    }

    /// When a hub is asked again; `failed` counts, a taken request starts anew.
    pub fn defer_push(&self, token: &str, due: DateTime<Utc>, failed: bool) -> Result<()> {
        self.execute(
            "UPDATE push SET due = ?2, failures = CASE WHEN ?3 THEN failures + 1 ELSE 0 END
             WHERE token = ?1",
            params![token, due_stamp(due), failed],
        )?;
        Ok(())
    }

    /// A hub asks whether we meant it: true when we did. The subscription is renewed at `due`.
    pub fn confirm_push(&self, token: &str, topic: &str, due: DateTime<Utc>) -> Result<bool> {
        let confirmed = self.execute(
            "UPDATE push SET due = ?3, failures = 0 WHERE token = ?1 AND topic = ?2",
            params![token, topic, due_stamp(due)],
        )?;
        Ok(confirmed > 0)
    }

    /// A hub tells us of a change: its source is due. False when we know no such subscription.
    pub fn pushed(&self, token: &str, now: DateTime<Utc>) -> Result<bool> {
        let source: Option<String> = self
            .prepare_cached("SELECT source FROM push WHERE token = ?1")?
            .query_row([token], |row| row.get(0))
            .optional()?;
        let Some(source) = source else {
            return Ok(false);
        };
        self.execute(
            "UPDATE source SET next_fetch_at =
                min(next_fetch_at, max(?2, coalesce(last_fetch_at, 0) + ?3)) WHERE id = ?1",
            params![source, stamp(now), LEAST_GAP.num_seconds()],
        )?;
        Ok(true)
    }

    /// A source names no hub any more, or is none of ours.
    pub fn end_push(&self, source: &SourceId) -> Result<()> {
        self.execute("DELETE FROM push WHERE source = ?1", [source.as_str()])?;
        Ok(())
    }
}
