//! Rows whose times lie ahead of the clock, because the clock was wrong and has been set back:
//! without help their sources would be asked for nothing until that time comes again, and what was
//! published meanwhile would stand at the top of the feeds.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::params;

use super::sources::stamp;
use super::{Result, Writer};

/// Steps smaller than this are those of a clock that is being kept right.
const TOLERANCE: TimeDelta = TimeDelta::minutes(1);
/// No page is tried again, and no domain pauses, longer than this from now on.
const LONGEST: TimeDelta = TimeDelta::days(1);

impl Writer<'_> {
    /// Brings back to `now` what lies ahead of it; returns how many sources and articles did. What
    /// was to wait goes on waiting as long as it had to when it was written.
    pub fn set_back(&self, now: DateTime<Utc>) -> Result<usize> {
        let (now, ahead, latest) = (
            stamp(now),
            stamp(now + TOLERANCE),
            stamp(now + TOLERANCE + LONGEST),
        );
        let mut rows = self.execute(
            "UPDATE source SET next_fetch_at = max(?1, next_fetch_at - (last_fetch_at - ?1)),
                last_fetch_at = ?1, last_ok_at = min(last_ok_at, ?1), state_since = min(state_since, ?1)
             WHERE last_fetch_at > ?2",
            params![now, ahead],
        )?;
        rows += self.execute(
            "UPDATE source SET next_fetch_at = ?1 WHERE last_fetch_at IS NULL AND next_fetch_at > ?2",
            params![now, ahead],
        )?;
        if rows == 0 {
            // While the clock was wrong some source was polled, or nothing happened at all.
            return Ok(0);
        }
        self.execute(
            "UPDATE article SET next_try = max(?1, next_try - (first_seen - ?1)),
                hold_until = hold_until - (first_seen - ?1)
             WHERE next_try IS NOT NULL AND first_seen > ?2",
            params![now, ahead],
        )?;
        self.execute(
            "UPDATE article SET next_try = ?1 WHERE next_try > ?2",
            params![now, latest],
        )?;
        self.execute(
            "UPDATE pause SET until = ?1 WHERE until > ?2",
            params![now, latest],
        )?;
        rows += self.execute(
            "UPDATE article SET published = min(published, ?1), updated = min(updated, ?1), first_seen = min(first_seen, ?1)
             WHERE first_seen > ?2 OR updated > ?2",
            params![now, ahead],
        )?;
        self.execute(
            "UPDATE entry SET published = min(published, ?1), updated = min(updated, ?1)
             WHERE published > ?2 OR updated > ?2",
            params![now, ahead],
        )?;
        Ok(rows)
    }
}
