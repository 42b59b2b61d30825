//! The health of a source in a word, since when, and in words for a person: from its row, its
//! domain's pause, and what became of its latest articles. Nothing of it is stored, so it cannot
//! disagree with the rows.
//!
//! Two states exist only here. `moved`: the source is read well, but every answer comes by a
//! permanent redirect, or is polled at its new address already, which the configuration does not name
//! yet; its stored state stays `ok`, since redirects are followed. `degraded`: it is
//! read well, but its articles are no longer had whole.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::sources::time;
use super::{Queries, Result, SourceRow, SourceState};
use crate::model::SourceId;

/// Latest articles that are judged.
const LATEST: usize = 20;
/// Articles before them that they are compared with.
const BEFORE: usize = 100;
/// Fewest latest articles that allow a judgement.
const FEWEST: usize = 10;
/// How many times shorter the latest articles are when their texts are no longer found.
const COLLAPSE: u32 = 3;
/// Permanent redirects in a row after which a source has moved: one may be a mistake.
const MOVED_AFTER: u32 = 2;

/// Health, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HealthState {
    /// Never polled.
    New,
    /// All is well.
    Ok,
    /// The last polls failed.
    Failing,
    /// Reads well, but brings nothing new for longer than `stale_after`.
    Stale,
    /// Reads well, but holds nothing.
    Empty,
    /// Reads well, but at another address than the configuration says, for good.
    Moved,
    /// The server says that it is gone for good (410).
    Gone,
    /// Reads well, but its articles are no longer had whole.
    Degraded,
    /// The server asked to wait.
    Paused,
    /// We refuse to fetch it.
    Refused,
}

impl HealthState {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::New,
        Self::Ok,
        Self::Failing,
        Self::Stale,
        Self::Empty,
        Self::Moved,
        Self::Gone,
        Self::Degraded,
        Self::Paused,
        Self::Refused,
    ];

    /// The word on the status page and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ok => "ok",
            Self::Failing => "failing",
            Self::Stale => "stale",
            Self::Empty => "empty",
            Self::Moved => "moved",
            Self::Gone => "gone",
            Self::Degraded => "degraded",
            Self::Paused => "paused",
            Self::Refused => "refused",
        }
    }
}

impl From<SourceState> for HealthState {
    fn from(state: SourceState) -> Self {
        match state {
            SourceState::New => Self::New,
            SourceState::Ok => Self::Ok,
            SourceState::Failing => Self::Failing,
            SourceState::Gone => Self::Gone,
            SourceState::Refused => Self::Refused,
            SourceState::Throttled => Self::Paused,
            SourceState::Stale => Self::Stale,
            SourceState::Empty => Self::Empty,
        }
    }
}

/// Health of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// In a word.
    pub state: HealthState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What a person should know; empty when all is well.
    pub words: String,
}

/// What became of an article of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    words: u32,
    first_seen: DateTime<Utc>,
    /// Why it is not whole, if it is not.
    missed: Option<String>,
}

impl Queries<'_> {
    /// The health of every source in the configuration, by id.
    pub fn health(&self, now: DateTime<Utc>) -> Result<HashMap<SourceId, Health>> {
        let all = self.health_of(self.sources(false)?, now)?;
        Ok(all.into_iter().collect())
    }

    /// The health of some sources.
    pub(super) fn health_of(
        &self,
        sources: Vec<SourceRow>,
        now: DateTime<Utc>,
    ) -> Result<Vec<(SourceId, Health)>> {
        let pauses: HashMap<String, DateTime<Utc>> = self.pauses(now)?.into_iter().collect();
        let mut all = Vec::with_capacity(sources.len());
        for row in sources {
            let latest = match row.state {
                SourceState::Ok => self.latest_outcomes(&row.id)?,
                // Its row says all.
                _ => Vec::new(),
            };
            let health = judge(&row, pauses.get(&row.domain).copied(), &latest);
            all.push((row.id, health));
        }
        Ok(all)
    }

    /// What became of the latest articles of a source, the latest first. A teaser where there
    /// should be a page is no whole article; of sources with `body = "feed"` there is none to miss.
    fn latest_outcomes(&self, id: &SourceId) -> Result<Vec<Outcome>> {
        let mut query = self.0.prepare_cached(
            "SELECT words, first_seen, CASE WHEN how = 'teaser' THEN last_error END FROM article
             WHERE source = ?1 AND how <> '' ORDER BY published DESC, id DESC LIMIT ?2",
        )?;
        let rows = query.query_map(params![id.as_str(), (LATEST + BEFORE) as i64], |row| {
            Ok(Outcome {
                words: row.get(0)?,
                first_seen: time(row.get(1)?),
                // Without an error no page was asked for: the source is configured so.
                missed: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn judge(row: &SourceRow, pause: Option<DateTime<Utc>>, latest: &[Outcome]) -> Health {
    let of_row = |state| Health {
        state,
        since: row.state_since,
        words: row.message.clone(),
    };
    if row.state != SourceState::Ok {
        return of_row(HealthState::from(row.state));
    }
    if let Some(until) = pause {
        return Health {
            state: HealthState::Paused,
            since: row.last_fetch_at.unwrap_or(row.state_since),
            words: format!(
                "its server asked to wait until {}",
                until.format("%Y-%m-%d %H:%M UTC")
            ),
        };
    }
    degraded(latest)
        .or_else(|| moved(row))
        .unwrap_or_else(|| of_row(HealthState::Ok))
}

fn moved(row: &SourceRow) -> Option<Health> {
    if let Some(to) = &row.adopted_url {
        return Some(Health {
            state: HealthState::Moved,
            since: row.moved_since.unwrap_or(row.state_since),
            words: format!(
                "it is read at its new address, but its [[source]] still has {}; write url = \"{to}\" there",
                row.url
            ),
        });
    }
    let to = row.moved_to.as_deref()?;
    (row.moved_seen >= MOVED_AFTER).then(|| Health {
        state: HealthState::Moved,
        since: row.moved_since.unwrap_or(row.state_since),
        words: format!("its address redirects for good; write url = \"{to}\" in its [[source]]"),
    })
}

/// Whether fewer than half of the latest articles were had whole, or their texts have become short.
fn degraded(outcomes: &[Outcome]) -> Option<Health> {
    let (latest, before) = outcomes.split_at(outcomes.len().min(LATEST));
    if latest.len() < FEWEST {
        return None;
    }
    let missed: Vec<&Outcome> = latest.iter().filter(|o| o.missed.is_some()).collect();
    let health = |since, words| {
        Some(Health {
            state: HealthState::Degraded,
            since,
            words,
        })
    };
    if missed.len() * 2 > latest.len() {
        let since = missed.iter().map(|o| o.first_seen).min()?;
        let reason = missed.iter().find_map(|o| o.missed.as_deref());
        return health(
            since,
            format!(
                "of the last {} articles only {} could be had whole; the last reason: {}",
                latest.len(),
                latest.len() - missed.len(),
                reason.unwrap_or("none was given")
            ),
        );
    }
    let (now, then) = (median(latest), median(before));
    if before.len() >= LATEST && now.saturating_mul(COLLAPSE) < then {
        let since = latest.iter().map(|o| o.first_seen).min()?;
        return health(
            since,
            format!(
                "its articles have become short: {now} words where there were {then}; the markup of its pages has probably changed, and `depeche inspect page` shows what is read"
            ),
        );
    }
    None
}

fn median(outcomes: &[Outcome]) -> u32 {
    let mut words: Vec<u32> = outcomes.iter().map(|o| o.words).collect();
    words.sort_unstable();
    words.get(words.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(index: i64, whole: bool, words: u32) -> Outcome {
        Outcome {
            words,
            first_seen: time(1_800_000_000 - index * 3_600),
            missed: (!whole).then(|| "the page answers 403".to_owned()),
        }
    }

    #[test]
    fn extraction_degrades_when_half_of_it_is_missing() {
        for (latest, missed, expected) in [
            (20, 11, true),
            (20, 10, false),
            (10, 6, true),
            (9, 9, false),
            (0, 0, false),
        ] {
            let outcomes: Vec<Outcome> =
                (0..latest).map(|i| outcome(i, i >= missed, 400)).collect();
            let found = degraded(&outcomes);
            assert_eq!(found.is_some(), expected, "{missed} of {latest}");
            if let Some(health) = found {
                assert_eq!(health.since, outcomes[missed as usize - 1].first_seen);
                assert!(health.words.contains("403"), "{}", health.words);
            }
        }
    }

    #[test]
    fn extraction_degrades_when_texts_collapse() {
        let with = |now: u32, then: u32, before: i64| {
            let latest = (0..20).map(|i| outcome(i, true, now));
            let earlier = (20..20 + before).map(|i| outcome(i, true, then));
            degraded(&latest.chain(earlier).collect::<Vec<_>>()).is_some()
        };
        assert!(with(100, 400, 40));
        assert!(!with(200, 400, 40), "shorter, but not gone");
        assert!(!with(100, 400, 10), "too few to compare with");
    }
}
