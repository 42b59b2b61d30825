//! What politeness must remember across a restart: pauses of domains, and robots.txt.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::sources::{due_stamp, stamp, time};
use super::{Queries, Result, Writer};
use crate::fetch::{RobotsAnswer, RobotsRow, Validators};

impl Queries<'_> {
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
}

impl Writer<'_> {
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
            insert.execute(params![domain, due_stamp(*until)])?;
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
