//! Rows of sources: schedule, validators, state, and where a source has moved.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Params, Row, params};

use super::{Queries, Result, Writer};
use crate::model::SourceId;

/// A permanent redirect is believed after so many sightings…
const ADOPT_SIGHTINGS: u32 = 5;
/// …over at least so long: one evening's mistake of an outlet moves nobody.
const ADOPT_AFTER: TimeDelta = TimeDelta::hours(24);
/// Failures in a row after which an adopted address is given up for the configured one.
const ABANDON_AFTER: u32 = 5;
/// Longest wait until the configured address is tried again after that.
const ABANDON_WAIT: TimeDelta = TimeDelta::hours(1);
/// Bodies in a row with new ids on known links, after which a source's ids are not used any more.
const CHURN_BODIES: u32 = 3;

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
    /// Address polled instead of the configured one, since permanent redirects led to it.
    pub adopted_url: Option<String>,
    /// How it wants to be polled.
    pub wishes: Wishes,
    /// Whether links tell its candidates apart, because its ids do not hold.
    pub by_link: bool,
}

/// How a source wants to be polled, as its bodies and headers said last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Minutes between polls, by its body.
    pub ttl: Option<u32>,
    /// Seconds for which an answer is fresh, by its headers.
    pub fresh: Option<i64>,
    /// Hours to skip (GMT): bit n is hour n.
    pub skip_hours: u32,
    /// Days to skip (GMT): bit 0 is Monday.
    pub skip_days: u32,
}

/// What a poll says about permanent redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// Nothing: no answer came, or none that counts.
    Unknown,
    /// The address polled is the right one.
    No,
    /// Permanent redirects lead to this address.
    To {
        /// The address.
        url: String,
        /// Its registrable domain.
        domain: String,
    },
}

/// What recording a poll led to, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// From now on this address is polled.
    Adopted(String),
    /// The adopted address does not work any more: the configured one is polled again.
    Abandoned(String),
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
    /// Scheme, name and port of what the address guard refused, if it did.
    pub refused_origin: Option<String>,
    /// Registrable domain of the configured address.
    pub home_domain: String,
    /// Whether it was answered although the request carried no validators.
    pub unconditional: bool,
    /// What it says about permanent redirects.
    pub moved: Moved,
    /// How the source wants to be polled; None leaves what is known.
    pub wishes: Option<Wishes>,
    /// The validators of the body we hold, when a 304 renewed them.
    pub renewed: Option<(Option<String>, Option<String>)>,
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

/// Seconds since 1970 as stored.
pub(super) fn stamp(time: DateTime<Utc>) -> i64 {
    time.timestamp()
}

/// The same for a time before which nothing may happen: rounded up, never early.
pub(super) fn due_stamp(time: DateTime<Utc>) -> i64 {
    time.timestamp() + i64::from(time.timestamp_subsec_nanos() > 0)
}

/// A stored time.
pub(super) fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// The columns of a [`SourceRow`], in the order in which [`source_row`] reads them: to find each by its
/// name would cost more than to read it.
const COLUMNS: &str = "id, url, domain, next_fetch_at, failures, state, state_since, message, last_fetch_at,
    last_ok_at, validators_url, etag, last_modified, body_hash, parser, title, site_url, newest_at, mean_gap,
    moved_to, moved_since, moved_seen, polls, unconditional, candidates, articles, adopted_url, ttl, fresh,
    skip_hours, skip_days, identity";

/// A query for whole rows of sources.
pub(super) fn rows_sql(condition: &str) -> String {
    format!("SELECT {COLUMNS} FROM source WHERE {condition}")
}

/// Sources of a domain that are due, the longest overdue first.
pub(super) const DUE_OF: &str =
    "active = 1 AND domain = ?1 AND next_fetch_at <= ?2 ORDER BY next_fetch_at";
/// Sources that are due, the longest overdue first.
pub(super) const DUE_SOURCES_SQL: &str = "SELECT id, domain FROM source
    WHERE active = 1 AND next_fetch_at <= ?1 ORDER BY next_fetch_at LIMIT ?2";

impl Queries<'_> {
    /// Every source, also those that left the configuration when `all` is set.
    pub fn sources(&self, all: bool) -> Result<Vec<SourceRow>> {
        self.sources_where("active >= ?1 ORDER BY id", params![i64::from(!all)])
    }

    /// Whole rows of the sources that meet a condition, in its order.
    pub(super) fn sources_where(
        &self,
        condition: &str,
        parameters: impl Params,
    ) -> Result<Vec<SourceRow>> {
        let mut query = self.0.prepare_cached(&rows_sql(condition))?;
        let rows = query.query_map(parameters, source_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One source.
    pub fn source(&self, id: &SourceId) -> Result<Option<SourceRow>> {
        Ok(self.sources_where("id = ?1", [id.as_str()])?.pop())
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
    pub fn due_sources_of(&self, domain: &str, now: DateTime<Utc>) -> Result<Vec<SourceRow>> {
        self.sources_where(DUE_OF, params![domain, stamp(now)])
    }

    /// When the next source is due.
    pub fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        let mut query = self
            .0
            .prepare_cached("SELECT min(next_fetch_at) FROM source WHERE active = 1")?;
        let seconds: Option<i64> = query.query_row([], |row| row.get(0))?;
        Ok(seconds.map(time))
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
    /// Records what came of a poll. Validators are replaced only together with a body that was
    /// read, or by the 304 that confirms it.
    pub fn record_poll(&self, record: &PollRecord) -> Result<Option<Move>> {
        let failed = matches!(record.state, SourceState::Failing);
        let lost = failed || record.state == SourceState::Gone;
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
                state = ?7, message = ?8, refused_origin = ?9,
                moved_to = CASE WHEN NOT ?10 THEN moved_to END,
                moved_seen = CASE WHEN NOT ?10 THEN moved_seen ELSE 0 END,
                moved_since = CASE WHEN NOT ?10 OR adopted_url IS NOT NULL THEN moved_since END
             WHERE id = ?1",
        )?
        .execute(params![
            record.id.as_str(),
            due_stamp(record.next_fetch_at),
            stamp(record.at),
            record.unconditional,
            failed,
            read_well,
            record.state.as_str(),
            record.message,
            record.refused_origin,
            record.moved == Moved::No && !lost,
        ])?;
        if let Some(wishes) = &record.wishes {
            self.record_wishes(&record.id, wishes)?;
        }
        if let Some((etag, last_modified)) = &record.renewed {
            self.prepare_cached("UPDATE source SET etag = ?2, last_modified = ?3 WHERE id = ?1")?
                .execute(params![record.id.as_str(), etag, last_modified])?;
        }
        if let Some(read) = &record.read {
            self.record_read(&record.id, read)?;
        }
        if lost {
            return self.abandon(record);
        }
        self.record_move(record)
    }

    /// Postpones a poll that must not be now.
    pub fn postpone(&self, id: &SourceId, due: DateTime<Utc>) -> Result<()> {
        self.prepare_cached("UPDATE source SET next_fetch_at = ?2 WHERE id = ?1")?
            .execute(params![id.as_str(), due_stamp(due)])?;
        Ok(())
    }

    fn record_wishes(&self, id: &SourceId, wishes: &Wishes) -> Result<()> {
        self.prepare_cached(
            "UPDATE source SET ttl = ?2, fresh = ?3, skip_hours = ?4, skip_days = ?5 WHERE id = ?1",
        )?
        .execute(params![
            id.as_str(),
            wishes.ttl,
            wishes.fresh,
            wishes.skip_hours,
            wishes.skip_days
        ])?;
        Ok(())
    }

    /// Counts a sighting of a permanent redirect; adopts its end when it has been seen often and
    /// long enough.
    fn record_move(&self, record: &PollRecord) -> Result<Option<Move>> {
        let id = record.id.as_str();
        let Moved::To { url, domain } = &record.moved else {
            return Ok(None);
        };
        self.prepare_cached(
            "UPDATE source SET
                moved_since = CASE WHEN moved_to IS ?2 THEN moved_since ELSE ?3 END,
                moved_seen = CASE WHEN moved_to IS ?2 THEN moved_seen + 1 ELSE 1 END,
                moved_to = ?2
             WHERE id = ?1",
        )?
        .execute(params![id, url, stamp(record.at)])?;
        // An address that leads back to the configured one ends the adoption.
        let adopted = self
            .prepare_cached(
                "UPDATE source SET adopted_url = nullif(?2, url), domain = ?3,
                    moved_to = NULL, moved_seen = 0
                 WHERE id = ?1 AND moved_seen >= ?4 AND ?5 - moved_since >= ?6",
            )?
            .execute(params![
                id,
                url,
                domain,
                ADOPT_SIGHTINGS,
                stamp(record.at),
                ADOPT_AFTER.num_seconds()
            ])?;
        Ok((adopted > 0).then(|| Move::Adopted(url.clone())))
    }

    /// Gives an adopted address up when it is gone, or has failed for long.
    fn abandon(&self, record: &PollRecord) -> Result<Option<Move>> {
        let Some(row) = self.queries().source(&record.id)? else {
            return Ok(None);
        };
        let over = record.state == SourceState::Gone || row.failures >= ABANDON_AFTER;
        let Some(adopted) = row.adopted_url.filter(|_| over) else {
            return Ok(None);
        };
        if record.state != SourceState::Gone && !self.others_are_read(record)? {
            return Ok(None);
        }
        self.prepare_cached(
            "UPDATE source SET adopted_url = NULL, moved_to = NULL, moved_since = NULL, moved_seen = 0,
                domain = ?2, next_fetch_at = min(next_fetch_at, ?3) WHERE id = ?1",
        )?
        .execute(params![
            record.id.as_str(),
            record.home_domain,
            due_stamp(record.at + ABANDON_WAIT)
        ])?;
        Ok(Some(Move::Abandoned(adopted)))
    }

    /// Whether another source was read of late; while none is, it may be our own network that fails.
    fn others_are_read(&self, record: &PollRecord) -> Result<bool> {
        let mut query = self.prepare_cached(
            "SELECT max(last_ok_at >= ?2) FROM source WHERE active = 1 AND id <> ?1",
        )?;
        let lately = stamp(record.at - ABANDON_WAIT);
        let read: Option<bool> =
            query.query_row(params![record.id.as_str(), lately], |row| row.get(0))?;
        // Where there is no other, none can tell.
        Ok(read.unwrap_or(true))
    }

    /// Notes whether a body gave known links new ids. True when that has gone on for so long that
    /// the source's candidates are told apart by their links from now on.
    pub fn record_churn(&self, id: &SourceId, churned: bool) -> Result<bool> {
        self.prepare_cached(
            "UPDATE source SET churn = CASE WHEN ?2 THEN churn + 1 ELSE 0 END WHERE id = ?1",
        )?
        .execute(params![id.as_str(), churned])?;
        let changed = self
            .prepare_cached(
                "UPDATE source SET identity = 'link' WHERE id = ?1 AND identity = 'id' AND churn >= ?2",
            )?
            .execute(params![id.as_str(), CHURN_BODIES])?;
        Ok(changed > 0)
    }

    /// Takes back failures that were our own network's: the source is as it was before, and due.
    /// One that has been read in the meantime stays as it is.
    pub fn forgive_failures(&self, id: &SourceId, count: u32, due: DateTime<Utc>) -> Result<()> {
        self.prepare_cached(
            "UPDATE source SET failures = max(failures - ?2, 0), next_fetch_at = ?3,
                state = CASE WHEN failures > ?2 THEN state WHEN last_ok_at IS NULL THEN 'new' ELSE 'ok' END,
                message = CASE WHEN failures > ?2 OR message LIKE 'nothing is reached%' THEN message
                               ELSE 'nothing is reached, so it may be our own network: ' || message END
             WHERE id = ?1 AND state IN ('new', 'ok', 'failing') AND last_fetch_at IS NOT last_ok_at",
        )?
        .execute(params![id.as_str(), count, due_stamp(due)])?;
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

    /// Sets a value of the store's own.
    pub fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        self.prepare_cached(
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute([key, value])?;
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

fn source_row(row: &Row<'_>) -> rusqlite::Result<SourceRow> {
    let when = |column: usize| -> rusqlite::Result<Option<DateTime<Utc>>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(time))
    };
    Ok(SourceRow {
        id: SourceId(row.get(0)?),
        url: row.get(1)?,
        domain: row.get(2)?,
        next_fetch_at: time(row.get(3)?),
        failures: row.get(4)?,
        state: SourceState::from_word(row.get_ref(5)?.as_str()?),
        state_since: time(row.get(6)?),
        message: row.get(7)?,
        last_fetch_at: when(8)?,
        last_ok_at: when(9)?,
        validators_url: row.get(10)?,
        etag: row.get(11)?,
        last_modified: row.get(12)?,
        body_hash: row.get(13)?,
        parser: row.get(14)?,
        title: row.get(15)?,
        site_url: row.get(16)?,
        newest_at: when(17)?,
        mean_gap: row.get(18)?,
        moved_to: row.get(19)?,
        moved_since: when(20)?,
        moved_seen: row.get(21)?,
        polls: row.get(22)?,
        unconditional: row.get(23)?,
        candidates: row.get(24)?,
        articles: row.get(25)?,
        adopted_url: row.get(26)?,
        wishes: Wishes {
            ttl: row.get(27)?,
            fresh: row.get(28)?,
            skip_hours: row.get(29)?,
            skip_days: row.get(30)?,
        },
        by_link: row.get_ref(31)?.as_str()? == "link",
    })
}
