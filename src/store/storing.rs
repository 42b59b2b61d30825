//! Storing an article: its row, its texts, its sketches and the place that was found for it, as one change of what stood
//! there before.
//!
//! Must not know how articles are compared or judged.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::sightings::Sighting;
use super::sources::{due_stamp, stamp, time};
use super::stories::pack;
use super::texts::Texts;
use super::{Result, Writer};
use crate::model::{ArticleId, Enclosure, Extracted, StoryId};
use crate::story::Fingerprint;

/// An article ready to be stored.
#[derive(Debug, Clone)]
pub struct Storing {
    /// The extracted article.
    pub extracted: Extracted,
    /// Teaser as text.
    pub summary: String,
    /// Categories of the outlet.
    pub categories: Vec<String>,
    /// Enclosures.
    pub enclosures: Vec<Enclosure>,
    /// Date of the outlet: the feed's, else the page's.
    pub outlet_date: Option<DateTime<Utc>>,
    /// Until when it was held when it was read: otherwise by now when its candidate has changed.
    pub hold_until: DateTime<Utc>,
    /// What the attempt at its page leaves.
    pub attempt: Attempt,
}

/// What an attempt at an article's page leaves in its row.
#[derive(Debug, Clone, Default)]
pub struct Attempt {
    /// When the page is tried again; None when nothing is left to fetch.
    pub next_try: Option<DateTime<Utc>>,
    /// Whether the attempt counts among the retries.
    pub counted: bool,
    /// Why the page could not be had, when it could not.
    pub error: Option<String>,
    /// Scheme, name and port of what the address guard refused, if it did.
    pub refused_origin: Option<String>,
}

/// The place of an article that is stored.
pub(super) enum Place {
    /// It has none: it is not compared.
    None,
    /// That which it has already.
    Kept,
    /// This one.
    New(Found),
}

impl Place {
    fn found(&self) -> Option<&Found> {
        match self {
            Self::New(found) => Some(found),
            Self::None | Self::Kept => None,
        }
    }
}

/// What an article was found to be among the stories.
pub(super) struct Found {
    pub story: StoryId,
    pub head: ArticleId,
    pub of: Option<ArticleId>,
    pub level: Option<&'static str>,
    pub score: Option<f64>,
    pub why: String,
}

/// What stands in the row of an article before it is stored; times as stored.
pub(super) struct Before {
    how: String,
    placed: bool,
    pub(super) head: ArticleId,
    pub(super) title: String,
    words: u32,
    pub(super) text_hash: Option<i64>,
    source: String,
    first_seen: i64,
    outlet_date: Option<i64>,
    published: i64,
    updated: i64,
    keys: Option<Vec<u8>>,
    title_keys: Option<Vec<u8>>,
    pub(super) texts: Texts,
}

impl Before {
    /// What stands in the row of a candidate that was recorded just now.
    pub(super) fn fresh(id: ArticleId, sighting: &Sighting, now: DateTime<Utc>) -> Result<Self> {
        let (outlet_date, published) = sighting.dates(now);
        Ok(Self {
            how: String::new(),
            placed: true,
            head: id,
            title: sighting.candidate.title.clone().unwrap_or_default(),
            words: 0,
            text_hash: None,
            source: sighting.source.as_str().to_owned(),
            first_seen: stamp(now),
            outlet_date,
            published,
            updated: published,
            keys: None,
            title_keys: None,
            texts: Texts::of(&sighting.candidate)?,
        })
    }

    /// Whether nothing is stored of it yet but its candidate.
    pub(super) fn is_first(&self) -> bool {
        self.how.is_empty()
    }

    /// When it was published.
    pub(super) fn published(&self) -> DateTime<Utc> {
        time(self.published)
    }

    /// Whether it has its place among the stories.
    pub(super) fn is_placed(&self) -> bool {
        self.placed && !self.is_first()
    }
}

impl Writer<'_> {
    /// Stores an article's text, and what it was found to be unless it is a new version, or has no place among
    /// the stories. The date of publication is frozen at the first storing; `updated` moves only on a
    /// significant change: one that readers are told of.
    ///
    /// One statement rewrites the row, and of its indexed columns only what is another than before:
    /// this is done for every article, and each index costs as much as the row.
    pub(super) fn store_article(
        &self,
        (id, article): (ArticleId, &Storing),
        (before, significant): (Before, bool),
        (fingerprint, place): (&Fingerprint, &Place),
        (rulebook, now): (i64, DateTime<Utc>),
    ) -> Result<()> {
        self.memory.forget(id);
        let first = before.is_first();
        if !first && significant {
            self.prepare_cached(
                "INSERT INTO version (article, changed, title, words) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (article, changed) DO NOTHING",
            )?
            .execute(params![id.0, stamp(now), before.title, before.words])?;
        }
        let outlet_date = before.outlet_date.or(article.outlet_date.map(stamp));
        let stated = article.outlet_date.map(stamp);
        let (published, updated) = match (first, significant) {
            (true, _) => {
                let at = stated.unwrap_or(before.first_seen).min(before.first_seen);
                (at, at)
            }
            (false, true) => (before.published, before.updated.max(stamp(now))),
            (false, false) => (before.published, before.updated),
        };
        if !matches!(place, Place::None) {
            self.replace_keys(id, (before.keys, before.title_keys), fingerprint)?;
        }
        let times = (outlet_date, updated);
        self.update_article((id, article), (fingerprint, place), times, rulebook)?;
        if published != before.published {
            self.prepare_cached("UPDATE article SET published = ?2 WHERE id = ?1")?
                .execute(params![id.0, published])?;
        }
        let found = place.found();
        if let Some(found) = found {
            self.record_group(id, found)?;
            if !first {
                self.bring_group(id, found)?;
            }
        }
        let extracted = &article.extracted;
        let mut texts = before.texts;
        texts.summary.clone_from(&article.summary);
        texts.html.clone_from(&extracted.html);
        texts.text.clone_from(&extracted.text);
        texts.untouched.clone_from(&extracted.untouched);
        if let Some(found) = found {
            texts.placing = Some(found.why.clone());
        }
        self.insert_texts(id, &texts)?;
        if first {
            self.prepare_cached("UPDATE source SET articles = articles + 1 WHERE id = ?1")?
                .execute([before.source])?;
        }
        Ok(())
    }

    /// What stands in an article's row, and its texts.
    pub(super) fn before(&self, id: ArticleId) -> Result<Before> {
        let mut query = self.prepare_cached(
            "SELECT how, placed, title, words, text_hash, source, first_seen, outlet_date, published, updated,
                keys, title_keys, head
             FROM article WHERE id = ?1",
        )?;
        let mut before = query.query_row([id.0], |row| {
            Ok(Before {
                how: row.get(0)?,
                placed: row.get(1)?,
                title: row.get(2)?,
                words: row.get(3)?,
                text_hash: row.get(4)?,
                source: row.get(5)?,
                first_seen: row.get(6)?,
                outlet_date: row.get(7)?,
                published: row.get(8)?,
                updated: row.get(9)?,
                keys: row.get(10)?,
                title_keys: row.get(11)?,
                head: ArticleId(row.get(12)?),
                texts: Texts::default(),
            })
        })?;
        before.texts = self.queries().texts(id)?;
        Ok(before)
    }

    fn update_article(
        &self,
        (id, article): (ArticleId, &Storing),
        (fingerprint, place): (&Fingerprint, &Place),
        (outlet_date, updated): (Option<i64>, i64),
        rulebook: i64,
    ) -> Result<()> {
        let extracted = &article.extracted;
        let found = place.found();
        let placed = !matches!(place, Place::None);
        self.prepare_cached(
            "UPDATE article SET
                title = ?2, language = ?3, authors = ?4, agency = ?5, place = ?6, categories = ?7,
                enclosures = ?8, image = ?9, how = ?10, agreement = ?11, words = ?12, text_hash = ?13,
                next_try = ?14, last_error = ?15, attempts = attempts + ?16, outlet_date = ?17,
                updated = ?18, keys = ?19, title_keys = ?20, pages = ?21, subtitle = ?22, section = ?23,
                refused_origin = ?24, rulebook = ?25, dup_of = iif(?26, ?27, dup_of),
                dup_level = iif(?26, ?28, dup_level), dup_score = iif(?26, ?29, dup_score), placed = ?30,
                state = iif(?30, state, 'rejected')
             WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            extracted.title.as_deref().unwrap_or(""),
            extracted.language,
            serde_json::to_string(&extracted.authors)?,
            extracted.agency,
            extracted.place,
            serde_json::to_string(&article.categories)?,
            serde_json::to_string(&article.enclosures)?,
            extracted.image,
            extracted.how,
            extracted.agreement,
            fingerprint.words,
            fingerprint.text_hash,
            article.attempt.next_try.map(due_stamp),
            article.attempt.error,
            article.attempt.counted,
            outlet_date,
            updated,
            placed.then(|| pack(&fingerprint.keys)),
            placed.then(|| pack(&fingerprint.title.keys)),
            extracted.pages,
            extracted.subtitle,
            extracted.section,
            article.attempt.refused_origin,
            rulebook,
            found.is_some(),
            found.and_then(|found| found.of).map(|of| of.0),
            found.and_then(|found| found.level),
            found.and_then(|found| found.score),
            placed
        ])?;
        Ok(())
    }

    /// Writes the place that was found for an article that was stored without one.
    pub(super) fn record_place(
        &self,
        id: ArticleId,
        fingerprint: &Fingerprint,
        found: &Found,
    ) -> Result<()> {
        self.prepare_cached(
            "UPDATE article SET placed = 1, text_hash = ?2, keys = ?3, title_keys = ?4, dup_of = ?5, dup_level = ?6,
                dup_score = ?7 WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            fingerprint.text_hash,
            pack(&fingerprint.keys),
            pack(&fingerprint.title.keys),
            found.of.map(|of| of.0),
            found.level,
            found.score
        ])?;
        self.record_group(id, found)?;
        self.bring_group(id, found)
    }

    /// Writes to which story and group of copies an article was found to belong.
    fn record_group(&self, id: ArticleId, found: &Found) -> Result<()> {
        // Most articles open a story and a group of their own, as their rows say from the beginning.
        self.prepare_cached(
            "UPDATE article SET story = ?2, head = ?3 WHERE id = ?1 AND (story <> ?2 OR head <> ?3)",
        )?
        .execute(params![id.0, found.story.0, found.head.0])?;
        Ok(())
    }

    /// Takes an article out of the group that it was found to belong to.
    pub(super) fn stand_alone(&self, id: ArticleId) -> Result<()> {
        self.prepare_cached(
            "UPDATE article SET story = id, head = id, dup_of = NULL, dup_level = NULL, dup_score = NULL WHERE id = ?1",
        )?
        .execute([id.0])?;
        self.change_texts(id, |texts| texts.placing = None)
    }

    /// The same for those that were found to be this very article before it had a place.
    pub(super) fn bring_group(&self, id: ArticleId, found: &Found) -> Result<()> {
        self.prepare_cached(
            "UPDATE article SET story = ?2, head = ?3 WHERE head = ?1 AND id <> ?1",
        )?
        .execute(params![id.0, found.story.0, found.head.0])?;
        Ok(())
    }
}
