//! Rows of sources: schedule, validators, state; pauses of domains and robots.txt.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::{Queries, Result, Writer};
use crate::fetch::{RobotsAnswer, RobotsRow, Validators};
use crate::model::SourceId;

/// State of a source, in the words of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceState {
    /// Never polled.
    New,
    /// Polled and read.
    Ok,
    /// The last polls failed.
    Failing,
    /// Reads well, but its newest candidate is older than `stale_after`.
    Stale,
    /// Reads well, but holds nothing.
    Empty,
    /// The server says that it is gone for good (410).
    Gone,
    /// The server asked to wait.
    Throttled,
    /// We refuse to fetch it: address guard, robots.txt, media type.
    Refused,
}

impl SourceState {
    /// The word in the store, in logs and on the status page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ok => "ok",
            Self::Failing => "failing",
            Self::Stale => "stale",
            Self::Empty => "empty",
            Self::Gone => "gone",
            Self::Throttled => "throttled",
            Self::Refused => "refused",
        }
    }

    fn from_word(word: &str) -> Self {
        const ALL: [SourceState; 8] = [
            SourceState::New,
            SourceState::Ok,
            SourceState::Failing,
            SourceState::Stale,
            SourceState::Empty,
            SourceState::Gone,
            SourceState::Throttled,
            SourceState::Refused,
        ];
        ALL.into_iter()
            .find(|s| s.as_str() == word)
            .unwrap_or(Self::New)
    }
}

/// A source as the store knows it.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// Id in the configuration.
    pub id: SourceId,
    /// Address polled.
    pub url: String,
    /// Registrable domain.
    pub domain: String,
    /// When it is due.
    pub next_fetch_at: DateTime<Utc>,
    /// Failures in a row.
    pub failures: u32,
    /// State.
    pub state: SourceState,
    /// Since when it is in this state.
    pub state_since: DateTime<Utc>,
    /// What a person should know about the state; empty when all is well.
    pub message: String,
    /// Last poll, whatever came of it.
    pub last_fetch_at: Option<DateTime<Utc>>,
    /// Last poll that was read.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// Address whose answer the validators belong to.
    pub validators_url: Option<String>,
    /// `ETag`, byte for byte.
    pub etag: Option<String>,
    /// `Last-Modified`, byte for byte.
    pub last_modified: Option<String>,
    /// Hash of the last body.
    pub body_hash: Option<i64>,
    /// Version of the reader that read the last body.
    pub parser: u32,
    /// Title the outlet gives itself.
    pub title: Option<String>,
    /// Its page.
    pub site_url: Option<String>,
    /// Date of the newest candidate.
    pub newest_at: Option<DateTime<Utc>>,
    /// Mean gap between candidates, in seconds.
    pub mean_gap: Option<i64>,
    /// New address that permanent redirects name.
    pub moved_to: Option<String>,
    /// Since when they name it.
    pub moved_since: Option<DateTime<Utc>>,
    /// How often they named it.
    pub moved_seen: u32,
    /// Polls so far.
    pub polls: u32,
    /// Polls without validators so far.
    pub unconditional: u32,
    /// Candidates seen so far.
    pub candidates: u32,
    /// Articles stored so far.
    pub articles: u32,
}

/// What a poll changes in a source's row.
#[derive(Debug, Clone)]
pub struct PollRecord {
    /// The source.
    pub id: SourceId,
    /// When the poll ended.
    pub at: DateTime<Utc>,
    /// When the source is due again.
    pub next_fetch_at: DateTime<Utc>,
    /// State after the poll.
    pub state: SourceState,
    /// What a person should know.
    pub message: String,
    /// Whether the request carried no validators.
    pub unconditional: bool,
    /// New permanent address, if every hop was permanent.
    pub moved_to: Option<String>,
    /// Present when a body was read: it replaces validators, hash, title and rhythm.
    pub read: Option<ReadRecord>,
}

/// What a body that was read leaves in the source's row.
#[derive(Debug, Clone, Default)]
pub struct ReadRecord {
    /// Address that answered.
    pub validators_url: String,
    /// `ETag`, byte for byte.
    pub etag: Option<String>,
    /// `Last-Modified`, byte for byte.
    pub last_modified: Option<String>,
    /// Hash of the body.
    pub body_hash: i64,
    /// Version of the reader.
    pub parser: u32,
    /// Title the outlet gives itself.
    pub title: Option<String>,
    /// Its page.
    pub site_url: Option<String>,
    /// Date of the newest candidate.
    pub newest_at: Option<DateTime<Utc>>,
    /// Mean gap between candidates, in seconds.
    pub mean_gap: Option<i64>,
}

/// What the configuration says of a source that the store must know.
#[derive(Debug, Clone)]
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

/// Seconds since 1970 as stored.
pub(super) fn stamp(time: DateTime<Utc>) -> i64 {
    time.timestamp()
}

/// A stored time.
pub(super) fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// Sources that are due, the longest overdue first.
pub(super) const DUE_SOURCES_SQL: &str = "SELECT id, domain FROM source
    WHERE active = 1 AND next_fetch_at <= ?1 ORDER BY next_fetch_at LIMIT ?2";

impl Queries<'_> {
    /// Every source, also those that left the configuration when `all` is set.
    pub fn sources(&self, all: bool) -> Result<Vec<SourceRow>> {
        let mut query = self
            .0
            .prepare_cached("SELECT * FROM source WHERE active >= ?1 ORDER BY id")?;
        let rows = query.query_map([i64::from(!all)], source_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One source.
    pub fn source(&self, id: &SourceId) -> Result<Option<SourceRow>> {
        let mut query = self
            .0
            .prepare_cached("SELECT * FROM source WHERE id = ?1")?;
        Ok(query.query_row([id.as_str()], source_row).optional()?)
    }

    /// Sources that are due, the longest overdue first.
    pub fn due_sources(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<(SourceId, String)>> {
        let mut query = self.0.prepare_cached(DUE_SOURCES_SQL)?;
        let rows = query.query_map(params![stamp(now), limit as i64], |row| {
            Ok((SourceId(row.get(0)?), row.get(1)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Sources of a domain that are due, the longest overdue first.
    pub fn due_sources_of(&self, domain: &str, now: DateTime<Utc>) -> Result<Vec<SourceId>> {
        let mut query = self.0.prepare_cached(
            "SELECT id FROM source WHERE active = 1 AND domain = ?1 AND next_fetch_at <= ?2 ORDER BY next_fetch_at",
        )?;
        let rows = query.query_map(params![domain, stamp(now)], |row| row.get(0).map(SourceId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// When the next source is due.
    pub fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        let mut query = self
            .0
            .prepare_cached("SELECT min(next_fetch_at) FROM source WHERE active = 1")?;
        let seconds: Option<i64> = query.query_row([], |row| row.get(0))?;
        Ok(seconds.map(time))
    }

    /// Pauses of domains that have not ended.
    pub fn pauses(&self, now: DateTime<Utc>) -> Result<Vec<(String, DateTime<Utc>)>> {
        let mut query = self
            .0
            .prepare_cached("SELECT domain, until FROM pause WHERE until > ?1")?;
        let rows = query.query_map([stamp(now)], |row| Ok((row.get(0)?, time(row.get(1)?))))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What earlier runs knew of `robots.txt` files.
    pub fn robots(&self) -> Result<Vec<RobotsRow>> {
        let mut query = self.0.prepare_cached("SELECT * FROM robots")?;
        let rows = query.query_map([], |row| {
            Ok(RobotsRow {
                origin: row.get("origin")?,
                checked_at: time(row.get("checked_at")?),
                answer: RobotsAnswer::of_word(&row.get::<_, String>("answer")?)
                    .unwrap_or(RobotsAnswer::Unreachable),
                unreachable_since: row.get::<_, Option<i64>>("unreachable_since")?.map(time),
                body: row.get("body")?,
                validators: row
                    .get::<_, Option<String>>("validators")?
                    .and_then(|json| validators(&json)),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A value of the store's own (`tag_authority`, `tag_date`…).
    pub fn meta(&self, key: &str) -> Result<Option<String>> {
        let mut query = self
            .0
            .prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(query.query_row([key], |row| row.get(0)).optional()?)
    }
}

impl Writer<'_> {
    /// Makes the rows follow the configuration: new sources are due at once, those whose address
    /// changed lose their validators, those that left it are no longer polled.
    pub fn sync_sources(&self, entries: &[SourceEntry], now: DateTime<Utc>) -> Result<()> {
        self.execute("UPDATE source SET active = 0", [])?;
        let mut upsert = self.prepare_cached(
            "INSERT INTO source (id, url, domain, priority, next_fetch_at, state_since)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)
             ON CONFLICT (id) DO UPDATE SET
                active = 1, domain = excluded.domain, priority = excluded.priority,
                etag = CASE WHEN url = excluded.url THEN etag END,
                last_modified = CASE WHEN url = excluded.url THEN last_modified END,
                body_hash = CASE WHEN url = excluded.url THEN body_hash END,
                next_fetch_at = CASE WHEN url = excluded.url THEN next_fetch_at ELSE excluded.next_fetch_at END,
                failures = CASE WHEN url = excluded.url THEN failures ELSE 0 END,
                state = CASE WHEN url = excluded.url THEN state ELSE 'new' END,
                moved_to = CASE WHEN url = excluded.url THEN moved_to END,
                url = excluded.url",
        )?;
        for entry in entries {
            upsert.execute(params![
                entry.id.as_str(),
                entry.url,
                entry.domain,
                entry.priority,
                stamp(now)
            ])?;
        }
        Ok(())
    }

    /// Records what came of a poll. Validators are replaced only together with a body that was read.
    pub fn record_poll(&self, record: &PollRecord) -> Result<()> {
        let failed = matches!(record.state, SourceState::Failing);
        let read_well = matches!(
            record.state,
            SourceState::Ok | SourceState::Stale | SourceState::Empty
        );
        self.prepare_cached(
            "UPDATE source SET
                next_fetch_at = ?2, last_fetch_at = ?3, polls = polls + 1,
                unconditional = unconditional + ?4,
                failures = CASE WHEN ?5 THEN failures + 1 WHEN ?6 THEN 0 ELSE failures END,
                last_ok_at = CASE WHEN ?6 THEN ?3 ELSE last_ok_at END,
                state_since = CASE WHEN state = ?7 THEN state_since ELSE ?3 END,
                state = ?7, message = ?8,
                moved_since = CASE WHEN ?9 IS NULL THEN NULL WHEN moved_to IS ?9 THEN moved_since ELSE ?3 END,
                moved_seen = CASE WHEN ?9 IS NULL THEN 0 WHEN moved_to IS ?9 THEN moved_seen + 1 ELSE 1 END,
                moved_to = ?9
             WHERE id = ?1",
        )?
        .execute(params![
            record.id.as_str(),
            stamp(record.next_fetch_at),
            stamp(record.at),
            record.unconditional,
            failed,
            read_well,
            record.state.as_str(),
            record.message,
            record.moved_to
        ])?;
        match &record.read {
            Some(read) => self.record_read(&record.id, read),
            None => Ok(()),
        }
    }

    /// Takes back a failure that was our own network's, and makes the source due.
    pub fn forgive_failure(&self, id: &SourceId, due: DateTime<Utc>) -> Result<()> {
        self.prepare_cached(
            "UPDATE source SET failures = max(failures - 1, 0), next_fetch_at = ?2 WHERE id = ?1",
        )?
        .execute(params![id.as_str(), stamp(due)])?;
        Ok(())
    }

    fn record_read(&self, id: &SourceId, read: &ReadRecord) -> Result<()> {
        self.prepare_cached(
            "UPDATE source SET
                validators_url = ?2, etag = ?3, last_modified = ?4, body_hash = ?5, parser = ?6,
                title = coalesce(?7, title), site_url = coalesce(?8, site_url),
                newest_at = coalesce(?9, newest_at), mean_gap = coalesce(?10, mean_gap)
             WHERE id = ?1",
        )?
        .execute(params![
            id.as_str(),
            read.validators_url,
            read.etag,
            read.last_modified,
            read.body_hash,
            read.parser,
            read.title,
            read.site_url,
            read.newest_at.map(stamp),
            read.mean_gap
        ])?;
        Ok(())
    }

    /// Keeps a domain's pause, so that a restart respects it.
    pub fn record_pauses(
        &self,
        pauses: &[(String, DateTime<Utc>)],
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.execute("DELETE FROM pause WHERE until <= ?1", [stamp(now)])?;
        let mut insert = self.prepare_cached(
            "INSERT INTO pause (domain, until) VALUES (?1, ?2)
             ON CONFLICT (domain) DO UPDATE SET until = max(until, excluded.until)",
        )?;
        for (domain, until) in pauses {
            insert.execute(params![domain, stamp(*until)])?;
        }
        Ok(())
    }

    /// Keeps what is known of `robots.txt` files, so that a restart asks for none again.
    pub fn record_robots(&self, rows: &[RobotsRow]) -> Result<()> {
        let mut upsert = self.prepare_cached(
            "INSERT INTO robots (origin, checked_at, answer, unreachable_since, body, validators)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (origin) DO UPDATE SET checked_at = excluded.checked_at, answer = excluded.answer,
                unreachable_since = excluded.unreachable_since, body = excluded.body,
                validators = excluded.validators
             WHERE robots.checked_at < excluded.checked_at",
        )?;
        for row in rows {
            let validators = row.validators.as_ref().map(|v| {
                serde_json::json!({"url": v.url.as_str(), "etag": v.etag, "last_modified": v.last_modified}).to_string()
            });
            upsert.execute(params![
                row.origin,
                stamp(row.checked_at),
                row.answer.word(),
                row.unreachable_since.map(stamp),
                row.body,
                validators
            ])?;
        }
        Ok(())
    }

    /// Sets a value of the store's own unless it is there already; returns the value in force.
    pub fn meta_or_insert(&self, key: &str, value: &str) -> Result<String> {
        self.execute(
            "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING",
            [key, value],
        )?;
        Ok(self
            .queries()
            .meta(key)?
            .unwrap_or_else(|| value.to_owned()))
    }
}

fn validators(json: &str) -> Option<Validators> {
    let value: serde_json::Value = serde_json::from_str(json).ok()?;
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    Some(Validators {
        url: value["url"].as_str()?.parse().ok()?,
        etag: text("etag"),
        last_modified: text("last_modified"),
    })
}

fn source_row(row: &Row<'_>) -> rusqlite::Result<SourceRow> {
    let when = |name: &str| -> rusqlite::Result<Option<DateTime<Utc>>> {
        Ok(row.get::<_, Option<i64>>(name)?.map(time))
    };
    Ok(SourceRow {
        id: SourceId(row.get("id")?),
        url: row.get("url")?,
        domain: row.get("domain")?,
        next_fetch_at: time(row.get("next_fetch_at")?),
        failures: row.get("failures")?,
        state: SourceState::from_word(&row.get::<_, String>("state")?),
        state_since: time(row.get("state_since")?),
        message: row.get("message")?,
        last_fetch_at: when("last_fetch_at")?,
        last_ok_at: when("last_ok_at")?,
        validators_url: row.get("validators_url")?,
        etag: row.get("etag")?,
        last_modified: row.get("last_modified")?,
        body_hash: row.get("body_hash")?,
        parser: row.get("parser")?,
        title: row.get("title")?,
        site_url: row.get("site_url")?,
        newest_at: when("newest_at")?,
        mean_gap: row.get("mean_gap")?,
        moved_to: row.get("moved_to")?,
        moved_since: when("moved_since")?,
        moved_seen: row.get("moved_seen")?,
        polls: row.get("polls")?,
        unconditional: row.get("unconditional")?,
        candidates: row.get("candidates")?,
        articles: row.get("articles")?,
    })
}
