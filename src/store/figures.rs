//! Figures for a person: what came of each source and topic, day by day. Counted from the rows
//! when somebody asks; nothing of it is stored.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::sources::{stamp, time};
use super::{Queries, Result, TopicCount};
use crate::model::{SourceId, TopicId};

/// Days that are counted, the present one included.
pub const DAYS: usize = 30;
const DAY: i64 = 86_400;

/// What came of a source in the last [`DAYS`] days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Candidates by day, the oldest day first.
    pub candidates: Vec<u32>,
    /// Articles with a text by day, the oldest day first.
    pub articles: Vec<u32>,
    /// Articles whose page was had.
    pub whole: u32,
    /// Articles that went out with the feed's own text, because of an error.
    pub teasers: u32,
    /// Articles that repeat another.
    pub duplicates: u32,
    /// Articles with an error that has not been mended.
    pub errors: u32,
    /// Median length of the articles, in words.
    pub median_words: Option<u32>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            candidates: vec![0; DAYS],
            articles: vec![0; DAYS],
            whole: 0,
            teasers: 0,
            duplicates: 0,
            errors: 0,
            median_words: None,
        }
    }
}

impl Figures {
    /// Share of the articles that were had whole, in percent; None without articles.
    pub fn whole_percent(&self) -> Option<u32> {
        let all = self.whole + self.teasers;
        (all > 0).then(|| self.whole * 100 / all)
    }
}

/// Articles in all by what they are, for metrics.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// By state.
    pub states: Vec<(String, u64)>,
    /// By the route that gave the body.
    pub routes: Vec<(String, u64)>,
    /// By what they are of another article.
    pub levels: Vec<(String, u64)>,
    /// By topic: wanted, and not.
    pub verdicts: Vec<(String, u64, u64)>,
    /// Entries by topic.
    pub topics: Vec<TopicCount>,
}

const FIGURES_SQL: &str = "SELECT source, published, how, words, last_error IS NOT NULL,
        state = 'duplicate' OR dup_level IN ('copy', 'version')
    FROM article WHERE published >= ?1";
const ENTRY_DAYS_SQL: &str = "SELECT topic, published FROM entry WHERE published >= ?1";

/// By topic: how many articles it wants, and has judged. An old article may have rows only.
const VERDICTS_SQL: &str = "WITH judged (topic, articles) AS (
        SELECT r.topic, n.articles FROM rulebook r JOIN
            (SELECT rulebook, count(*) AS articles FROM article WHERE how <> '' GROUP BY rulebook) n
            ON n.rulebook = r.id
        UNION ALL SELECT v.topic, count(*) FROM verdict v JOIN article a ON a.id = v.article
            WHERE a.rulebook = 0 GROUP BY v.topic)
    SELECT j.topic, coalesce((SELECT sum(matched) FROM verdict v WHERE v.topic = j.topic), 0), sum(j.articles)
    FROM judged j GROUP BY j.topic";

/// Midnight at the beginning of the first day that is counted.
fn first_day(now: DateTime<Utc>) -> i64 {
    stamp(now).div_euclid(DAY) * DAY - (DAYS as i64 - 1) * DAY
}

fn day_of(published: i64, first: i64) -> usize {
    ((published - first).div_euclid(DAY)).clamp(0, DAYS as i64 - 1) as usize
}

impl Queries<'_> {
    /// What came of every source in the last [`DAYS`] days.
    pub fn figures(&self, now: DateTime<Utc>) -> Result<HashMap<SourceId, Figures>> {
        let first = first_day(now);
        let mut query = self.0.prepare_cached(FIGURES_SQL)?;
        let mut rows = query.query([first])?;
        let mut all: HashMap<SourceId, Figures> = HashMap::new();
        let mut lengths: HashMap<SourceId, Vec<u32>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let id = SourceId(row.get(0)?);
            let (how, words, error): (String, u32, bool) = (row.get(2)?, row.get(3)?, row.get(4)?);
            let day = day_of(row.get(1)?, first);
            let figures = all.entry(id.clone()).or_default();
            figures.candidates[day] += 1;
            if how.is_empty() {
                continue;
            }
            figures.articles[day] += 1;
            // A teaser without an error is what the source is configured to give.
            match how == "teaser" && error {
                true => figures.teasers += 1,
                false => figures.whole += 1,
            }
            figures.errors += u32::from(error);
            figures.duplicates += u32::from(row.get::<_, Option<bool>>(5)?.unwrap_or(false));
            lengths.entry(id).or_default().push(words);
        }
        for (id, mut words) in lengths {
            words.sort_unstable();
            if let Some(figures) = all.get_mut(&id) {
                figures.median_words = words.get(words.len() / 2).copied();
            }
        }
        Ok(all)
    }

    /// Entries of every topic by day, the oldest day first.
    pub fn entry_days(&self, now: DateTime<Utc>) -> Result<HashMap<TopicId, Vec<u32>>> {
        let first = first_day(now);
        let mut query = self.0.prepare_cached(ENTRY_DAYS_SQL)?;
        let mut rows = query.query([first])?;
        let mut all: HashMap<TopicId, Vec<u32>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let days = all
                .entry(TopicId(row.get(0)?))
                .or_insert_with(|| vec![0; DAYS]);
            days[day_of(row.get(1)?, first)] += 1;
        }
        Ok(all)
    }

    /// Articles, verdicts and entries in all, by what they are: walks over whole tables.
    pub fn totals(&self) -> Result<Totals> {
        let mut verdicts = self.0.prepare_cached(VERDICTS_SQL)?;
        let verdicts = verdicts.query_map([], |row| {
            let (wanted, all): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok((row.get(0)?, wanted as u64, (all - wanted) as u64))
        })?;
        Ok(Totals {
            states: self.counts()?,
            routes: self.grouped(
                "SELECT how, count(*) FROM article WHERE how <> '' GROUP BY how ORDER BY how",
            )?,
            levels: self.grouped(
                "SELECT dup_level, count(*) FROM article WHERE dup_level IS NOT NULL
                 GROUP BY dup_level ORDER BY dup_level",
            )?,
            verdicts: verdicts.collect::<rusqlite::Result<_>>()?,
            topics: self.topic_counts()?,
        })
    }

    /// Articles that wait for their page.
    pub fn waiting(&self) -> Result<u64> {
        self.number("SELECT count(*) FROM article WHERE next_try IS NOT NULL")
    }

    /// Size of the database, in bytes.
    pub fn bytes(&self) -> Result<u64> {
        self.number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    }

    fn number(&self, sql: &str) -> Result<u64> {
        let mut query = self.0.prepare_cached(sql)?;
        Ok(query.query_row([], |row| Ok(row.get::<_, i64>(0)? as u64))?)
    }

    fn grouped(&self, sql: &str) -> Result<Vec<(String, u64)>> {
        let mut query = self.0.prepare_cached(sql)?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Something that is another number whenever a poll was made or an article changed: what a live
    /// view looks at before it looks closer.
    pub fn pulse(&self) -> Result<(i64, i64, i64)> {
        let mut query = self.0.prepare_cached(
            "SELECT (SELECT coalesce(sum(polls), 0) FROM source),
                    (SELECT coalesce(sum(articles), 0) FROM source),
                    (SELECT coalesce(max(id), 0) FROM article)",
        )?;
        Ok(query.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
    }

    /// The latest time that any row speaks of as past.
    pub fn latest_time(&self) -> Result<Option<DateTime<Utc>>> {
        let mut query = self.0.prepare_cached(
            "SELECT max(coalesce((SELECT max(last_fetch_at) FROM source), 0),
                        coalesce((SELECT max(first_seen) FROM article WHERE id > (SELECT max(id) FROM article) - 100), 0))",
        )?;
        let seconds: i64 = query.query_row([], |row| row.get(0))?;
        Ok((seconds > 0).then(|| time(seconds)))
    }
}

/// The first moment that [`Queries::figures`] counts.
pub fn counted_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::days(DAYS as i64 - 1)
}

#[cfg(test)]
pub(super) const PLANS: [&str; 1] = [FIGURES_SQL];
