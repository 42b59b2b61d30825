//! What a person is told: the state of sources and topics, and the whole way of an article. Values
//! and JSON, the same for pages, for `/status.json` and for the commands, which only lay them out.

mod way;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::daemon::{RELOAD, Reloaded, entries_in_feed};
use crate::model::{SourceId, TopicId};
use crate::store::{
    Figures, Health, Queries, SCHEMA_VERSION, SourceRow, StoreError, TopicCount, counted_since,
};

pub use way::{find, is_telling, way};

/// The state of everything at one moment.
pub struct Overview {
    /// The moment.
    pub now: DateTime<Utc>,
    /// Sources of the configuration as the store knows them, with their health.
    pub sources: Vec<(SourceRow, Health)>,
    /// What came of each source by day.
    pub figures: HashMap<SourceId, Figures>,
    /// Entries of each topic.
    pub topics: Vec<TopicCount>,
    /// Entries in the feeds of those that cut them short.
    pub in_feed: HashMap<TopicId, u64>,
    /// Entries of each topic by day.
    pub entry_days: HashMap<TopicId, Vec<u32>>,
    /// Articles by state.
    pub states: Vec<(String, u64)>,
    /// What came of reading the configuration the last time; None before the first run.
    pub reloaded: Option<Reloaded>,
}

impl Overview {
    /// Reads everything.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn read(
        queries: &Queries<'_>,
        config: &Config,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            in_feed: entries_in_feed(queries, config, now)?,
            now,
            sources: sources(queries, now)?,
            figures: queries.figures(now)?,
            topics: queries.topic_counts()?,
            entry_days: queries.entry_days(now)?,
            states: queries.counts()?,
            reloaded: last_reload(queries)?,
        })
    }

    /// Entries of a topic in all, and the date of the newest.
    pub fn entries(&self, id: &TopicId) -> (u64, Option<DateTime<Utc>>) {
        let count = self.topics.iter().find(|c| c.topic == *id);
        count.map_or((0, None), |c| (c.entries, c.newest))
    }

    /// The same count in words: `30`, or `13 of 30` where the feed is cut short.
    pub fn entries_in_words(&self, id: &TopicId) -> String {
        let (all, _) = self.entries(id);
        in_feed_of(self.in_feed.get(id).copied(), all)
    }

    /// What came of a source by day.
    pub fn figures_of(&self, id: &SourceId) -> Figures {
        self.figures.get(id).cloned().unwrap_or_default()
    }

    /// How many sources are in each state, in the order of the first of each.
    pub fn source_states(&self) -> Vec<(&'static str, usize)> {
        let mut counts: Vec<(&'static str, usize)> = Vec::new();
        for (_, health) in &self.sources {
            let word = health.state.as_str();
            match counts.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => counts.push((word, 1)),
            }
        }
        counts
    }

    /// The document of `/status.json` and `depeche status --json`.
    pub fn as_json(&self, config: &Config) -> Value {
        let states: Map<String, Value> =
            (self.states.iter().map(|(s, n)| (s.clone(), json!(n)))).collect();
        json!({
            "version": env!("CARGO_PKG_VERSION"), "schema": SCHEMA_VERSION, "now": self.now,
            "configuration": self.configuration(config),
            "counted_since": counted_since(self.now).date_naive(),
            "sources": self.sources_json(), "topics": self.topics_json(config), "articles": states,
        })
    }

    fn configuration(&self, config: &Config) -> Value {
        let refused = self.reloaded.as_ref().filter(|r| !r.problems.is_empty());
        json!({
            "origin": config.origin,
            "read": self.reloaded.as_ref().map(|r| r.at),
            "difference": self.reloaded.as_ref().and_then(|r| r.difference.as_ref()),
            "refused": refused.map(|r| json!({"at": r.at, "problems": r.problems})),
        })
    }

    /// The sources, one object each.
    pub fn sources_json(&self) -> Vec<Value> {
        let one = |(s, health): &(SourceRow, Health)| {
            let figures = self.figures_of(&s.id);
            json!({
                "id": s.id, "url": s.url, "title": s.title, "state": health.state.as_str(),
                "since": health.since, "message": health.words, "failures": s.failures,
                "last_fetch": s.last_fetch_at, "last_read": s.last_ok_at, "next_poll": s.next_fetch_at,
                "newest": s.newest_at, "moved_to": s.moved_to, "adopted_url": s.adopted_url,
                "by_link": s.by_link, "polls": s.polls,
                "unconditional": s.unconditional, "candidates": s.candidates, "articles": s.articles,
                "candidates_by_day": figures.candidates, "articles_by_day": figures.articles,
                "whole_percent": figures.whole_percent(), "median_words": figures.median_words,
                "duplicates": figures.duplicates, "errors": figures.errors,
            })
        };
        self.sources.iter().map(one).collect()
    }

    fn topics_json(&self, config: &Config) -> Vec<Value> {
        let one = |t: &std::sync::Arc<crate::topic::Topic>| {
            let (entries, newest) = self.entries(&t.id);
            let feed = |form: &str| format!("{}feeds/{}.{form}", config.daemon.base_url, t.id);
            json!({
                "id": t.id, "title": t.title, "entries": entries, "newest": newest,
                "in_feed": self.in_feed.get(&t.id),
                "entries_by_day": self.entry_days.get(&t.id),
                "page": format!("{}topics/{}", config.daemon.base_url, t.id),
                "atom": feed("atom"), "rss": feed("rss"), "json": feed("json"),
            })
        };
        config.topics.iter().map(one).collect()
    }
}

/// How many entries a feed holds of all that its topic has.
pub fn in_feed_of(in_feed: Option<u64>, all: u64) -> String {
    match in_feed.filter(|count| *count != all) {
        Some(count) => format!("{count} of {all}"),
        None => all.to_string(),
    }
}

/// The sources of the configuration as the store knows them, with their health.
///
/// # Errors
/// When the store refuses.
pub fn sources(
    queries: &Queries<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<(SourceRow, Health)>, StoreError> {
    let mut health = queries.health(now)?;
    let rows = queries.sources(false)?.into_iter();
    let with_health = rows.filter_map(|row| {
        let health = health.remove(&row.id)?;
        Some((row, health))
    });
    Ok(with_health.collect())
}

/// What came of reading the configuration the last time.
///
/// # Errors
/// When the store refuses.
pub fn last_reload(queries: &Queries<'_>) -> Result<Option<Reloaded>, StoreError> {
    let json = queries.meta(RELOAD)?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

/// A span of time in the largest unit that fits, for instance `3 h`.
pub fn span(seconds: i64) -> String {
    match seconds.max(0) {
        s @ 0..120 => format!("{s} s"),
        s @ 120..7_200 => format!("{} min", s / 60),
        s @ 7_200..172_800 => format!("{} h", s / 3_600),
        s => format!("{} d", s / 86_400),
    }
}
