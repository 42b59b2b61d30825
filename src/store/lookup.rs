//! The store as the index of earlier articles that an arriving one is placed by.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, params};

use super::memory::{Memory, Repeated};
use super::sources::{stamp, time};
use super::{Queries, Result, StoreError, Terms};
use crate::model::{ArticleId, SourceId, StoryId};
use crate::story::{
    Arrival, Fingerprint, HOT_KEY, Headline, Known, Lookup, MIN_SHARED, MOST_CANDIDATES, Settings,
    Span, fingerprint,
};

/// Articles proposed for one text hash.
const MOST_VERBATIM: usize = 8;
/// Rows of a key that is not passed over: about twice [`HOT_KEY`], since the index also holds articles
/// outside the span that is asked about. To tell them apart would cost a look at every one of them.
pub(super) const MOST_ROWS: usize = 2 * HOT_KEY;

/// Articles of one key.
pub(super) fn sharing_sql(table: &str) -> String {
    format!("SELECT article FROM {table} WHERE h = ?1 LIMIT ?2")
}

pub(super) const VERBATIM_SQL: &str = "SELECT id FROM article
    WHERE text_hash = ?1 AND placed = 1 AND published BETWEEN ?2 AND ?3 AND id <> ?4
    ORDER BY published, id LIMIT ?5";
pub(super) const BOILERPLATE_SQL: &str =
    "SELECT hash, last_seen FROM paragraph WHERE source = ?1 AND stories >= ?2 AND stories >= 2";
const PUBLISHED_SQL: &str = "SELECT published FROM article WHERE id = ?1";
const TITLE_SQL: &str = "SELECT title FROM article WHERE id = ?1";
const KNOWN_SQL: &str =
    "SELECT source, title, identity, published, language, story, head, url, dup_level
    FROM article WHERE id = ?1 AND how <> ''";
#[cfg(test)]
use super::texts::TEXTS_SQL;
#[cfg(test)]
pub(super) const PLANS: [&str; 6] = [
    VERBATIM_SQL,
    BOILERPLATE_SQL,
    PUBLISHED_SQL,
    TITLE_SQL,
    KNOWN_SQL,
    TEXTS_SQL,
];

impl Queries<'_> {
    /// Hashes of the paragraphs that a source repeats in story after story.
    pub fn boilerplate(
        &self,
        source: &SourceId,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Result<HashSet<i64>> {
        Ok(lately(&self.repeated(source, settings)?, settings, now))
    }

    /// The same, whenever it was seen.
    fn repeated(&self, source: &SourceId, settings: &Settings) -> Result<Repeated> {
        let stories = settings.boilerplate_stories;
        let mut query = self.0.prepare_cached(BOILERPLATE_SQL)?;
        let rows = query.query_map(params![source.as_str(), stories], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(Repeated {
            stories,
            paragraphs: rows.collect::<rusqlite::Result<_>>()?,
        })
    }
}

/// Of the paragraphs that a source repeats, those seen within the settings' days.
fn lately(repeated: &Repeated, settings: &Settings, now: DateTime<Utc>) -> HashSet<i64> {
    let since = stamp(now - TimeDelta::days(i64::from(settings.boilerplate_days)));
    let lately = (repeated.paragraphs.iter()).filter(|(_, last_seen)| *last_seen >= since);
    lately.map(|(hash, _)| *hash).collect()
}

/// The store as an index of earlier articles, without the one that arrives.
pub(super) struct StoryLookup<'a> {
    queries: Queries<'a>,
    this: ArticleId,
    /// When the one that arrives was published.
    at: DateTime<Utc>,
    terms: &'a Terms,
    memory: &'a Memory,
    /// What the sources met so far repeat.
    boilerplate: RefCell<HashMap<SourceId, Rc<HashSet<i64>>>>,
}

impl<'a> StoryLookup<'a> {
    pub(super) fn new(
        (queries, memory): (Queries<'a>, &'a Memory),
        this: ArticleId,
        at: DateTime<Utc>,
        terms: &'a Terms,
    ) -> Self {
        Self {
            queries,
            this,
            at,
            terms,
            memory,
            boilerplate: RefCell::default(),
        }
    }

    /// What it asks.
    pub(super) fn queries(&self) -> &Queries<'a> {
        &self.queries
    }

    /// The paragraphs that a source repeats.
    pub(super) fn boilerplate(&self, source: &SourceId) -> Result<Rc<HashSet<i64>>> {
        if let Some(known) = self.boilerplate.borrow().get(source) {
            return Ok(known.clone());
        }
        let settings = &self.terms.stories;
        let read = || self.queries.repeated(source, settings);
        let repeated = (self.memory).repeated(source, settings.boilerplate_stories, read)?;
        let repeated = Rc::new(lately(&repeated, settings, self.at));
        let mut known = self.boilerplate.borrow_mut();
        known.insert(source.clone(), repeated.clone());
        Ok(repeated)
    }

    /// Makes the fingerprint of a stored article from its text, without what its source repeats.
    fn reduce(
        &self,
        article: ArticleId,
        title: &str,
        boilerplate: &HashSet<i64>,
    ) -> Result<Fingerprint> {
        let text = self.queries.text(article)?;
        let repeats = |hash: u64| boilerplate.contains(&(hash as i64));
        Ok(fingerprint(title, &text, &repeats))
    }

    fn sharing_in(&self, table: &'static str, keys: &[i32], span: &Span) -> Result<Vec<ArticleId>> {
        let mut query = self.queries.0.prepare_cached(&sharing_sql(table))?;
        let mut found: Vec<i64> = Vec::new();
        for key in keys {
            if self.memory.posting(table, *key, &mut found) {
                continue;
            }
            let before = found.len();
            let mut rows = query.query(params![key, MOST_ROWS as i64 + 1])?;
            while let Some(row) = rows.next()? {
                found.push(row.get(0)?);
            }
            self.memory.remember_posting(table, *key, &found[before..]);
            if found.len() - before > MOST_ROWS {
                found.truncate(before);
            }
        }
        found.retain(|article| *article != self.this.0);
        found.sort_unstable();
        let mut best: Vec<(i64, usize)> = (found.chunk_by(|a, b| a == b))
            .map(|rows| (rows[0], rows.len()))
            .filter(|(_, shared)| *shared >= MIN_SHARED as usize)
            .collect();
        best.sort_unstable_by_key(|(article, shared)| (std::cmp::Reverse(*shared), *article));
        let mut published = self.queries.0.prepare_cached(PUBLISHED_SQL)?;
        let mut candidates = Vec::new();
        for (article, _) in best {
            if candidates.len() == MOST_CANDIDATES {
                break;
            }
            let at: Option<i64> = published
                .query_row([article], |row| row.get(0))
                .optional()?;
            if at.is_some_and(|at| span.holds(time(at))) {
                candidates.push(ArticleId(article));
            }
        }
        Ok(candidates)
    }
}

/// Whether an article of this level takes the place of the one it was compared with.
fn stands_in_front(level: Option<&str>) -> bool {
    matches!(level, Some("replaces" | "corrects"))
}

/// Host of an address, without `www.`.
pub fn outlet(url: &str) -> String {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

impl Lookup for StoryLookup<'_> {
    type Error = StoreError;

    fn same(&self, _new: &Arrival) -> Result<Option<ArticleId>> {
        // Identity was settled when the candidate was seen: a stored text in this row is an earlier version. One that
        // was never compared has no place yet.
        let mut query = self
            .queries
            .0
            .prepare_cached("SELECT id FROM article WHERE id = ?1 AND how <> '' AND placed = 1")?;
        Ok(query
            .query_row([self.this.0], |row| row.get(0).map(ArticleId))
            .optional()?)
    }

    fn verbatim(&self, text_hash: i64, span: &Span) -> Result<Vec<ArticleId>> {
        let mut query = self.queries.0.prepare_cached(VERBATIM_SQL)?;
        let rows = query.query_map(
            params![
                text_hash,
                stamp(span.from),
                stamp(span.to),
                self.this.0,
                MOST_VERBATIM as i64
            ],
            |row| row.get(0).map(ArticleId),
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn sharing(&self, keys: &[i32], span: &Span) -> Result<Vec<ArticleId>> {
        self.sharing_in("dedup_key", keys, span)
    }

    fn headlines(&self, title_keys: &[i32], span: &Span) -> Result<Vec<ArticleId>> {
        self.sharing_in("title_key", title_keys, span)
    }

    fn title_likeness(&self, title: &Headline, article: ArticleId) -> Result<f64> {
        let remembered = (self.memory).title(article, |of| title.likeness(of));
        if let Some(likeness) = remembered {
            return Ok(likeness);
        }
        let mut query = self.queries.0.prepare_cached(TITLE_SQL)?;
        let of: Option<String> = query.query_row([article.0], |row| row.get(0)).optional()?;
        Ok(of.map_or(0.0, |of| title.likeness(&Headline::of(&of))))
    }

    fn known(&self, article: ArticleId) -> Result<Option<Arc<Known>>> {
        let mut query = self.queries.0.prepare_cached(KNOWN_SQL)?;
        let row = query
            .query_row([article.0], |row| {
                let arrival = Arrival {
                    source: SourceId(row.get(0)?),
                    outlet: outlet(&row.get::<_, String>(7)?),
                    title: row.get(1)?,
                    canonical: String::new(),
                    identity: Some(row.get(2)?),
                    published: time(row.get(3)?),
                    language: row.get(4)?,
                    compared: true,
                    fingerprint: Arc::default(),
                };
                let level: Option<String> = row.get(8)?;
                let head = Some(ArticleId(row.get(6)?));
                // What takes the place of its group's first is seen itself.
                let behind = head.filter(|h| *h != article && !stands_in_front(level.as_deref()));
                Ok((arrival, row.get::<_, i64>(5)?, behind))
            })
            .optional()?;
        let Some((mut arrival, story, behind)) = row else {
            return Ok(None);
        };
        let boilerplate = self.boilerplate(&arrival.source)?;
        arrival.fingerprint = self.memory.fingerprint(article, &boilerplate, || {
            self.reduce(article, &arrival.title, &boilerplate)
        })?;
        arrival.compared = !self.terms.apart.contains(&arrival.source);
        Ok(Some(Arc::new(Known {
            article,
            story: StoryId(story),
            representative: ArticleId(story),
            behind,
            arrival,
        })))
    }

    fn whole(&self, outline: Arc<Known>) -> Result<Arc<Known>> {
        if outline.arrival.fingerprint.is_whole() {
            return Ok(outline);
        }
        let mut whole = Arc::unwrap_or_clone(outline);
        let boilerplate = self.boilerplate(&whole.arrival.source)?;
        let fingerprint = self.reduce(whole.article, &whole.arrival.title, &boilerplate)?;
        whole.arrival.fingerprint = Arc::new(fingerprint);
        Ok(Arc::new(whole))
    }
}
