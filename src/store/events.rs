//! Events: what a person should know, one row per change. Health is computed (`health.rs`); here is
//! remembered what of it was told, so that nothing is told twice.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, params};

use super::sources::{stamp, time};
use super::{Health, HealthState, Queries, Result, SourceRow, Writer};
use crate::model::SourceId;

/// A source that fails, or whose server asks to wait, is reported after so long: most of them come
/// back by themselves.
const PATIENCE: TimeDelta = TimeDelta::hours(6);
/// Kind of the event that a source is well again.
const RECOVERED: &str = "recovered";

/// A change that a person should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Row; 0 before it is stored.
    pub id: i64,
    /// When it was noticed.
    pub at: DateTime<Utc>,
    /// A word of health, `recovered`, `configuration` or `disk`.
    pub kind: String,
    /// Id of the source; empty when it is about the whole.
    pub subject: String,
    /// When it began.
    pub since: DateTime<Utc>,
    /// The details, as in the log.
    pub words: String,
}

/// The sources whose health is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polled {
    /// All.
    Ever,
    /// All for which that moment, when all was told, may not hold any more: those that are not well, of
    /// which something was told, whose state is newer, and those of the articles that changed since.
    After(DateTime<Utc>, Vec<i64>),
    /// Those polled since then: what becomes of a source shows when it is polled.
    Since(DateTime<Utc>),
    /// And those that were not well, or whose server asked to wait: that grows worth telling by itself.
    SinceOrUnwell(DateTime<Utc>),
}

/// Which sources, for [`rows_sql`](super::sources::rows_sql).
pub(super) const POLLED: &str = "active = 1 AND last_fetch_at >= ?1 ORDER BY last_fetch_at, id";
const UNWELL: &str = "active = 1 AND (last_fetch_at >= ?1 OR state NOT IN ('new', 'ok')
        OR domain IN (SELECT domain FROM pause WHERE until > ?2)) ORDER BY id";
const UNSETTLED: &str = "active = 1 AND (state NOT IN ('new', 'ok') OR state_since >= ?1
        OR last_fetch_at IS NOT last_ok_at OR moved_to IS NOT NULL OR adopted_url IS NOT NULL
        OR domain IN (SELECT domain FROM pause WHERE until > ?2)
        OR id IN (SELECT subject FROM event e WHERE kind <> 'recovered'
                  AND id = (SELECT max(id) FROM event WHERE subject = e.subject)))";
const OF_ARTICLE_SQL: &str = "SELECT source FROM article WHERE id = ?1";
pub(super) const EVENTS_SQL: &str =
    "SELECT id, at, kind, subject, since, words FROM event WHERE at >= ?1
     ORDER BY at DESC, id DESC LIMIT ?2";
pub(super) const TOLD_SQL: &str =
    "SELECT kind FROM event WHERE subject = ?1 ORDER BY id DESC LIMIT 1";

impl Queries<'_> {
    /// Events since a moment, the newest first.
    pub fn events(&self, since: DateTime<Utc>, limit: usize) -> Result<Vec<Event>> {
        let mut query = self.0.prepare_cached(EVENTS_SQL)?;
        let rows = query.query_map(params![stamp(since), limit as i64], |row| {
            Ok(Event {
                id: row.get(0)?,
                at: time(row.get(1)?),
                kind: row.get(2)?,
                subject: row.get(3)?,
                since: time(row.get(4)?),
                words: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn unsettled(
        &self,
        told: DateTime<Utc>,
        articles: &[i64],
        now: DateTime<Utc>,
    ) -> Result<Vec<SourceRow>> {
        let mut rows = self.sources_where(UNSETTLED, params![stamp(told), stamp(now)])?;
        let mut known: HashSet<SourceId> = rows.iter().map(|row| row.id.clone()).collect();
        let mut of_article = self.0.prepare_cached(OF_ARTICLE_SQL)?;
        for article in articles {
            let source = of_article
                .query_row([article], |row| row.get(0))
                .optional()?;
            let Some(source) = source.map(SourceId).filter(|s| known.insert(s.clone())) else {
                continue;
            };
            rows.extend(self.sources_where("active = 1 AND id = ?1", [source.as_str()])?);
        }
        rows.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
        Ok(rows)
    }

    /// Changes of health that were not told yet, of the sources that were `polled`.
    pub fn untold(&self, polled: Polled, now: DateTime<Utc>) -> Result<Vec<Event>> {
        let told = |subject: &str| -> Result<Option<String>> {
            let mut query = self.0.prepare_cached(TOLD_SQL)?;
            let mut rows = query.query([subject])?;
            Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
        };
        let sources = match polled {
            Polled::After(told, articles) if told <= now => self.unsettled(told, &articles, now)?,
            Polled::Ever | Polled::After(..) => self.sources(false)?,
            Polled::Since(since) => self.sources_where(POLLED, params![stamp(since)])?,
            Polled::SinceOrUnwell(since) => {
                self.sources_where(UNWELL, params![stamp(since), stamp(now)])?
            }
        };
        let health = self.health_of(sources, now)?;
        let mut events = Vec::new();
        for (source, health) in health {
            let Some(kind) = worth_telling(&health, now) else {
                continue;
            };
            let last = told(source.as_str())?;
            let last = last.as_deref().filter(|kind| *kind != RECOVERED);
            let kind = match (kind, last) {
                (HealthState::Ok, None) => continue,
                (HealthState::Ok, Some(_)) => RECOVERED,
                (kind, last) if last == Some(kind.as_str()) => continue,
                (kind, _) => kind.as_str(),
            };
            events.push(Event {
                id: 0,
                at: now,
                kind: kind.to_owned(),
                subject: source.to_string(),
                since: health.since,
                words: health.words,
            });
        }
        Ok(events)
    }
}

/// The state that is told; none while it is too early to tell.
fn worth_telling(health: &Health, now: DateTime<Utc>) -> Option<HealthState> {
    match health.state {
        HealthState::New => None,
        HealthState::Failing | HealthState::Paused => {
            (now - health.since >= PATIENCE).then_some(health.state)
        }
        state => Some(state),
    }
}

impl Writer<'_> {
    /// Stores events; one that says what the last of its subject said, word for word, is passed
    /// over. Returns how many were stored.
    pub fn record_events(&self, events: &[Event]) -> Result<usize> {
        let mut last: HashMap<&str, String> = HashMap::new();
        let mut stored = 0;
        for event in events {
            let said = format!("{}\n{}", event.kind, event.words);
            let before = match last.get(event.subject.as_str()) {
                Some(before) => Some(before.clone()),
                None => self.last_said(&event.subject)?,
            };
            if before.as_deref() == Some(said.as_str()) {
                continue;
            }
            self.prepare_cached(
                "INSERT INTO event (at, kind, subject, since, words) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                stamp(event.at),
                event.kind,
                event.subject,
                stamp(event.since),
                event.words
            ])?;
            last.insert(&event.subject, said);
            stored += 1;
        }
        Ok(stored)
    }

    fn last_said(&self, subject: &str) -> Result<Option<String>> {
        let mut query = self.prepare_cached(
            "SELECT kind || char(10) || words FROM event WHERE subject = ?1 ORDER BY id DESC LIMIT 1",
        )?;
        let mut rows = query.query([subject])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }
}
