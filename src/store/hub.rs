//! WebSub in the store: subscriptions, questions that wait for an answer, documents that somebody
//! has still to be told of. At most one delivery waits for each subscription: the newest document.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::sources::{due_stamp, stamp, time};
use super::{Queries, Result, Writer};

/// What a callback is asked or told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HubMode {
    /// Whether it meant to subscribe.
    Subscribe,
    /// Whether it meant to unsubscribe.
    Unsubscribe,
    /// That its subscription is over.
    Denied,
}

impl HubMode {
    fn word(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Denied => "denied",
        }
    }

    fn of_word(word: &str) -> Self {
        match word {
            "subscribe" => Self::Subscribe,
            "unsubscribe" => Self::Unsubscribe,
            _ => Self::Denied,
        }
    }
}

/// A question to a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubAsk {
    /// Zero before it is stored.
    pub id: i64,
    /// What it is about.
    pub mode: HubMode,
    /// Whom to ask.
    pub callback: String,
    /// Host of the callback.
    pub host: String,
    /// Path of the document below the base address.
    pub path: String,
    /// Address of the document as the subscriber wrote it.
    pub topic: String,
    /// What deliveries are to be signed with.
    pub secret: Option<String>,
    /// How long the subscription is to last.
    pub lease: TimeDelta,
    /// Attempts that failed.
    pub failures: u32,
}

/// A subscription that has to get the newest document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Id.
    pub id: i64,
    /// Where to.
    pub callback: String,
    /// Host of the callback.
    pub host: String,
    /// Path of the document below the base address.
    pub path: String,
    /// Address of the document as the subscriber wrote it.
    pub topic: String,
    /// What to sign with.
    pub secret: Option<String>,
    /// End of the lease.
    pub expires: DateTime<Utc>,
    /// Failures in a row.
    pub failures: u32,
}

/// A foreign hub that has to be told of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubPing {
    /// The hub.
    pub hub: String,
    /// Path of the document below the base address.
    pub path: String,
    /// ETag of the document it is to be told of.
    pub etag: String,
    /// Failures in a row.
    pub failures: u32,
}

/// How many subscriptions and open questions there may be.
#[derive(Debug, Clone, Copy)]
pub struct HubBounds {
    /// Together.
    pub all: u32,
    /// With callbacks on one host.
    pub per_host: u32,
}

/// Whether a question was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It will be asked.
    Taken,
    /// The callback said no a moment ago and is left alone until then.
    Resting(DateTime<Utc>),
    /// There are too many already.
    Full,
}

pub(super) const DUE_ASKS_SQL: &str =
    "SELECT * FROM hub_ask WHERE due IS NOT NULL AND due <= ?1 ORDER BY due LIMIT ?2";
pub(super) const DUE_DELIVERIES_SQL: &str = "SELECT * FROM hub_subscription
     WHERE due IS NOT NULL AND due <= ?1 ORDER BY due LIMIT ?2";
pub(super) const DUE_PINGS_SQL: &str =
    "SELECT * FROM hub_ping WHERE due <= ?1 ORDER BY due LIMIT ?2";
/// The queries whose plans are checked.
#[cfg(test)]
pub(super) const PLANS: &[&str] = &[DUE_ASKS_SQL, DUE_DELIVERIES_SQL, DUE_PINGS_SQL];

impl Queries<'_> {
    /// Questions that are due, the longest overdue first.
    pub fn due_hub_asks(&self, now: DateTime<Utc>, most: usize) -> Result<Vec<HubAsk>> {
        self.hub_rows(DUE_ASKS_SQL, now, most, |row| {
            Ok(HubAsk {
                id: row.get("id")?,
                mode: HubMode::of_word(&row.get::<_, String>("mode")?),
                callback: row.get("callback")?,
                host: row.get("host")?,
                path: row.get("path")?,
                topic: row.get("topic")?,
                secret: row.get("secret")?,
                lease: TimeDelta::try_seconds(row.get("lease")?).unwrap_or_default(),
                failures: row.get("failures")?,
            })
        })
    }

    /// Subscriptions with a delivery that is due, the longest overdue first.
    pub fn due_deliveries(&self, now: DateTime<Utc>, most: usize) -> Result<Vec<Subscription>> {
        self.hub_rows(DUE_DELIVERIES_SQL, now, most, |row| {
            Ok(Subscription {
                id: row.get("id")?,
                callback: row.get("callback")?,
                host: row.get("host")?,
                path: row.get("path")?,
                topic: row.get("topic")?,
                secret: row.get("secret")?,
                expires: time(row.get("expires")?),
                failures: row.get("failures")?,
            })
        })
    }

    /// Foreign hubs that are to be told now, the longest overdue first.
    pub fn due_hub_pings(&self, now: DateTime<Utc>, most: usize) -> Result<Vec<HubPing>> {
        self.hub_rows(DUE_PINGS_SQL, now, most, |row| {
            Ok(HubPing {
                hub: row.get("hub")?,
                path: row.get("path")?,
                etag: row.get("etag")?,
                failures: row.get("failures")?,
            })
        })
    }

    fn hub_rows<T>(
        &self,
        sql: &str,
        now: DateTime<Utc>,
        most: usize,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut query = self.0.prepare_cached(sql)?;
        let rows = query.query_map(params![stamp(now), most as i64], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// When something is due next.
    pub fn next_hub_due(&self) -> Result<Option<DateTime<Utc>>> {
        let mut query = self.0.prepare_cached(
            "SELECT min(due) FROM (SELECT min(due) AS due FROM hub_ask WHERE due IS NOT NULL
             UNION ALL SELECT min(due) FROM hub_subscription WHERE due IS NOT NULL
             UNION ALL SELECT min(due) FROM hub_ping)",
        )?;
        let next: Option<i64> = query.query_row([], |row| row.get(0))?;
        Ok(next.map(time))
    }

    /// The documents as everybody was last told of them: path and ETag.
    pub fn hub_documents(&self) -> Result<Vec<(String, String)>> {
        let mut query = self
            .0
            .prepare_cached("SELECT path, etag FROM hub_document ORDER BY path")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Takes a question. A newer one about the same document takes the place of an older one, but
    /// is asked no earlier, so that nobody is made to ask a stranger over and over.
    pub fn record_hub_ask(
        &self,
        ask: &HubAsk,
        bounds: HubBounds,
        now: DateTime<Utc>,
    ) -> Result<Admission> {
        self.execute("DELETE FROM hub_ask WHERE rest <= ?1", [stamp(now)])?;
        let key = params![ask.callback, ask.path];
        let open: Option<(Option<i64>, Option<i64>, u32)> = self
            .prepare_cached(
                "SELECT due, rest, failures FROM hub_ask WHERE callback = ?1 AND path = ?2",
            )?
            .query_row(key, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        if let Some((None, Some(rest), _)) = open {
            return Ok(Admission::Resting(time(rest)));
        }
        let known = open.is_some()
            || self
                .prepare_cached("SELECT 1 FROM hub_subscription WHERE callback = ?1 AND path = ?2")?
                .exists(key)?;
        if !known && self.hub_is_full(&ask.host, bounds)? {
            return Ok(Admission::Full);
        }
        let (due, failures) = match open {
            Some((Some(due), _, failures)) => (due, failures),
            _ => (stamp(now), 0),
        };
        self.execute("DELETE FROM hub_ask WHERE callback = ?1 AND path = ?2", key)?;
        self.insert_hub_ask(ask, due, failures)?;
        Ok(Admission::Taken)
    }

    fn insert_hub_ask(&self, ask: &HubAsk, due: i64, failures: u32) -> Result<()> {
        self.prepare_cached(
            "INSERT INTO hub_ask (mode, callback, host, path, topic, secret, lease, due, failures)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            ask.mode.word(),
            ask.callback,
            ask.host,
            ask.path,
            ask.topic,
            ask.secret,
            ask.lease.num_seconds(),
            due,
            failures
        ])?;
        Ok(())
    }

    fn hub_is_full(&self, host: &str, bounds: HubBounds) -> Result<bool> {
        let count = |sql: &str, host: Option<&str>| -> Result<u32> {
            Ok(self
                .prepare_cached(sql)?
                .query_row([host], |row| row.get(0))?)
        };
        let all = count(
            "SELECT (SELECT count(*) FROM hub_subscription) + (SELECT count(*) FROM hub_ask) WHERE ?1 IS NULL",
            None,
        )?;
        let here = count(
            "SELECT (SELECT count(*) FROM hub_subscription WHERE host = ?1)
             + (SELECT count(*) FROM hub_ask WHERE host = ?1)",
            Some(host),
        )?;
        Ok(all >= bounds.all || here >= bounds.per_host)
    }

    /// A callback confirmed what it was asked: the subscription begins, goes on, or ends.
    pub fn confirm_hub_ask(&self, id: i64, now: DateTime<Utc>) -> Result<()> {
        // What was never told to anybody is not told to a new subscriber either: it has just read
        // the document to find us. A renewal keeps what is still to be delivered.
        self.execute(
            "INSERT INTO hub_subscription (callback, host, path, topic, secret, expires)
             SELECT callback, host, path, topic, secret, ?2 + lease FROM hub_ask
             WHERE id = ?1 AND mode = 'subscribe'
             ON CONFLICT (callback, path) DO UPDATE SET
                topic = excluded.topic, secret = excluded.secret, expires = excluded.expires,
                failures = 0, due = CASE WHEN due IS NULL THEN NULL ELSE ?2 END",
            params![id, stamp(now)],
        )?;
        self.execute(
            "DELETE FROM hub_subscription WHERE (callback, path) IN
             (SELECT callback, path FROM hub_ask WHERE id = ?1 AND mode = 'unsubscribe')",
            [id],
        )?;
        self.close_hub_ask(id)
    }

    /// A question needs no answer any more.
    pub fn close_hub_ask(&self, id: i64) -> Result<()> {
        self.execute("DELETE FROM hub_ask WHERE id = ?1", [id])?;
        Ok(())
    }

    /// A callback said no: nothing changes, and it is left alone for a while.
    pub fn refuse_hub_ask(&self, id: i64, rest: DateTime<Utc>) -> Result<()> {
        self.execute(
            "UPDATE hub_ask SET due = NULL, rest = ?2 WHERE id = ?1",
            params![id, due_stamp(rest)],
        )?;
        Ok(())
    }

    /// A callback could not be reached: it is asked again.
    pub fn defer_hub_ask(&self, id: i64, due: DateTime<Utc>) -> Result<()> {
        self.execute(
            "UPDATE hub_ask SET due = ?2, failures = failures + 1 WHERE id = ?1",
            params![id, due_stamp(due)],
        )?;
        Ok(())
    }

    /// A subscriber has a document; if that has changed meanwhile, the next delivery is due at once.
    pub fn record_delivery(&self, id: i64, etag: &str, now: DateTime<Utc>) -> Result<()> {
        self.execute(
            "UPDATE hub_subscription SET failures = 0, due =
                (SELECT ?3 FROM hub_document d WHERE d.path = hub_subscription.path AND d.etag <> ?2)
             WHERE id = ?1",
            params![id, etag, stamp(now)],
        )?;
        Ok(())
    }

    /// A delivery failed and is tried again.
    pub fn defer_delivery(&self, id: i64, due: DateTime<Utc>) -> Result<()> {
        self.execute(
            "UPDATE hub_subscription SET due = ?2, failures = failures + 1 WHERE id = ?1",
            params![id, due_stamp(due)],
        )?;
        Ok(())
    }

    /// A subscription is over.
    pub fn end_subscription(&self, id: i64) -> Result<()> {
        self.execute("DELETE FROM hub_subscription WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Takes note of the documents as they are published now: whoever is subscribed to a changed
    /// one gets it, and the foreign hubs are told. Returns how many changed.
    ///
    /// Leases that have ended end here; subscribers of what is no longer published are told so.
    pub fn record_hub_documents(
        &self,
        documents: &[(String, String)],
        hubs: &[String],
        now: DateTime<Utc>,
    ) -> Result<usize> {
        self.execute(
            "DELETE FROM hub_subscription WHERE expires <= ?1",
            [stamp(now)],
        )?;
        let mut changed = 0;
        for (path, etag) in documents {
            let new = self
                .prepare_cached(
                    "INSERT INTO hub_document (path, etag) VALUES (?1, ?2)
                     ON CONFLICT (path) DO UPDATE SET etag = excluded.etag WHERE etag <> excluded.etag",
                )?
                .execute(params![path, etag])?;
            if new > 0 {
                changed += 1;
                self.announce((path.as_str(), etag.as_str()), hubs, now)?;
            }
        }
        let known: Vec<String> = self
            .queries()
            .hub_documents()?
            .into_iter()
            .map(|d| d.0)
            .collect();
        for path in known {
            if !documents.iter().any(|(published, _)| *published == path) {
                self.withdraw(&path, now)?;
            }
        }
        Ok(changed)
    }

    fn announce(
        &self,
        (path, etag): (&str, &str),
        hubs: &[String],
        now: DateTime<Utc>,
    ) -> Result<()> {
        // Who could not be reached keeps waiting as long as it was to: a new document is no reason
        // to be asked more often.
        self.prepare_cached(
            "UPDATE hub_subscription SET due = ?2 WHERE path = ?1 AND (due IS NULL OR failures = 0)",
        )?
        .execute(params![path, stamp(now)])?;
        let mut ping = self.prepare_cached(
            "INSERT INTO hub_ping (hub, path, etag, due) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (hub, path) DO UPDATE SET etag = excluded.etag,
                due = CASE WHEN failures = 0 THEN excluded.due ELSE due END",
        )?;
        for hub in hubs {
            ping.execute(params![hub, path, etag, stamp(now)])?;
        }
        Ok(())
    }

    fn withdraw(&self, path: &str, now: DateTime<Utc>) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO hub_ask (mode, callback, host, path, topic, lease, due)
             SELECT 'denied', callback, host, path, topic, 0, ?2 FROM hub_subscription WHERE path = ?1",
            params![path, stamp(now)],
        )?;
        for table in ["hub_subscription", "hub_ping", "hub_document"] {
            self.execute(&format!("DELETE FROM {table} WHERE path = ?1"), [path])?;
        }
        Ok(())
    }

    /// A foreign hub has been told, or is none of ours any more. What it was not told of stays.
    pub fn close_hub_ping(&self, ping: &HubPing) -> Result<()> {
        self.execute(
            "DELETE FROM hub_ping WHERE hub = ?1 AND path = ?2 AND etag = ?3",
            params![ping.hub, ping.path, ping.etag],
        )?;
        Ok(())
    }

    /// A foreign hub could not be told and is told again.
    pub fn defer_hub_ping(&self, ping: &HubPing, due: DateTime<Utc>) -> Result<()> {
        self.execute(
            "UPDATE hub_ping SET due = ?3, failures = failures + 1 WHERE hub = ?1 AND path = ?2",
            params![ping.hub, ping.path, due_stamp(due)],
        )?;
        Ok(())
    }
}
