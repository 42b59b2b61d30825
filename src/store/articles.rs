//! Rows of articles: what waits for its page, and the stored text.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::packing::Packed;
use super::sightings::Sighting;
use super::sources::{due_stamp, stamp, time};
use super::storing::Attempt;
use super::texts::Texts;
use super::{Queries, Result, Writer};
use crate::model::{ArticleId, Candidate, Enclosure, Person, SourceId};

/// An article that waits for its page or its judgement.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Row.
    pub id: ArticleId,
    /// Source that showed it first.
    pub source: SourceId,
    /// Address of its page; empty when it has none.
    pub url: String,
    /// Registrable domain.
    pub domain: String,
    /// Attempts to fetch the page so far.
    pub attempts: u32,
    /// When it goes out with the feed's own text at the latest.
    pub hold_until: DateTime<Utc>,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// Date as the outlet stated it in the feed or listing.
    pub outlet_date: Option<DateTime<Utc>>,
    /// Whether it has been judged once already (then a page only upgrades it).
    pub judged: bool,
    /// Whether it has its place among the stories.
    pub placed: bool,
    /// Route that gave the stored body; empty when there is none yet.
    pub how: String,
    /// What the source says of it.
    pub candidate: Candidate,
}

impl Pending {
    /// A candidate that is about to be recorded, as it would wait.
    pub fn of(sighting: &Sighting, now: DateTime<Utc>) -> Self {
        Self {
            id: ArticleId(0),
            source: sighting.source.clone(),
            url: sighting.url.clone(),
            domain: sighting.domain.clone(),
            attempts: 0,
            hold_until: now + sighting.hold,
            first_seen: now,
            outlet_date: sighting.candidate.published.or(sighting.candidate.updated),
            judged: false,
            placed: false,
            how: String::new(),
            candidate: sighting.candidate.clone(),
        }
    }
}

/// An article as stored, texts included.
#[derive(Debug, Clone)]
pub struct ArticleRow {
    /// Row.
    pub id: ArticleId,
    /// Identity.
    pub identity: String,
    /// Source that showed it first.
    pub source: SourceId,
    /// Address.
    pub url: String,
    /// State word.
    pub state: String,
    /// First seen.
    pub first_seen: DateTime<Utc>,
    /// Published: the earlier of the outlet's date and first seen.
    pub published: DateTime<Utc>,
    /// Last significant change.
    pub updated: DateTime<Utc>,
    /// Title.
    pub title: String,
    /// Subtitle.
    pub subtitle: Option<String>,
    /// The outlet's section.
    pub section: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Authors.
    pub authors: Vec<Person>,
    /// Agency credited.
    pub agency: Option<String>,
    /// Place of the dateline.
    pub place: Option<String>,
    /// Categories of the outlet.
    pub categories: Vec<String>,
    /// Enclosures.
    pub enclosures: Vec<Enclosure>,
    /// Picture.
    pub image: Option<String>,
    /// Route that gave the body.
    pub how: String,
    /// Agreement of the extractors.
    pub agreement: Option<f64>,
    /// Words in the body.
    pub words: u32,
    /// Pages the body was joined from; 0 where it comes from no page.
    pub pages: u32,
    /// Attempts at the page.
    pub attempts: u32,
    /// When its page is tried again.
    pub next_try: Option<DateTime<Utc>>,
    /// Last error.
    pub last_error: Option<String>,
    /// Article it was found a duplicate of.
    pub dup_of: Option<ArticleId>,
    /// Level of the duplicate.
    pub dup_level: Option<String>,
    /// Score of the duplicate.
    pub dup_score: Option<f64>,
    /// What decided.
    pub dup_why: Option<String>,
    /// First article of the group of copies.
    pub head: ArticleId,
    /// Whether it was compared with others ([`super::Commit::compared`]).
    pub placed: bool,
    /// Teaser as text.
    pub summary: String,
    /// Clean HTML.
    pub html: String,
    /// Text.
    pub text: String,
}

const IDENTITY_SQL: &str = "SELECT id FROM article WHERE identity = ?1
    UNION ALL SELECT article FROM alias WHERE identity = ?1 LIMIT 1";
const DUE_DOMAINS_SQL: &str =
    "SELECT domain FROM article WHERE next_try IS NOT NULL AND next_try <= ?1
    GROUP BY domain ORDER BY min(next_try) LIMIT ?2";
const DUE_SQL: &str = "SELECT id, source FROM (
        SELECT id, source, next_try, row_number() OVER (PARTITION BY source ORDER BY next_try, id) AS turn
        FROM article WHERE next_try IS NOT NULL AND next_try <= ?1 AND domain = ?2)
    WHERE turn <= ?3 ORDER BY turn, next_try, id";
#[cfg(test)]
pub(super) const PLANS: [&str; 3] = [IDENTITY_SQL, DUE_DOMAINS_SQL, DUE_SQL];

impl Queries<'_> {
    /// The article with this identity.
    pub fn by_identity(&self, identity: &str) -> Result<Option<ArticleId>> {
        let mut query = self.0.prepare_cached(IDENTITY_SQL)?;
        Ok(query
            .query_row([identity], |row| row.get(0).map(ArticleId))
            .optional()?)
    }

    /// Domains that have an article due, the longest overdue first.
    pub fn due_article_domains(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<String>> {
        let mut query = self.0.prepare_cached(DUE_DOMAINS_SQL)?;
        let rows = query.query_map(params![stamp(now), limit as i64], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Articles of a domain that are due: of every source at most so many, the longest overdue
    /// first, the sources taking turns so that none has to wait for another's backlog.
    pub fn due_articles(
        &self,
        domain: &str,
        now: DateTime<Utc>,
        per_source: usize,
    ) -> Result<Vec<(ArticleId, SourceId)>> {
        let mut query = self.0.prepare_cached(DUE_SQL)?;
        let rows = query.query_map(params![stamp(now), domain, per_source as i64], |row| {
            Ok((ArticleId(row.get(0)?), SourceId(row.get(1)?)))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// When the next article is due.
    pub fn next_article_due(&self) -> Result<Option<DateTime<Utc>>> {
        let mut query = self
            .0
            .prepare_cached("SELECT min(next_try) FROM article WHERE next_try IS NOT NULL")?;
        let seconds: Option<i64> = query.query_row([], |row| row.get(0))?;
        Ok(seconds.map(time))
    }

    /// An article that waits for its page.
    pub fn pending(&self, id: ArticleId) -> Result<Option<Pending>> {
        let Some((mut pending, texts)) = self.with_texts(id, pending_row)? else {
            return Ok(None);
        };
        pending.candidate = texts.candidate()?;
        Ok(Some(pending))
    }

    /// An article with its texts.
    pub fn article(&self, id: ArticleId) -> Result<Option<ArticleRow>> {
        let Some((mut article, texts)) = self.with_texts(id, article_row)? else {
            return Ok(None);
        };
        article.dup_why = texts.placing;
        article.summary = texts.summary;
        article.html = texts.html;
        article.text = texts.text;
        Ok(Some(article))
    }

    /// What is read of an article's row, and its texts.
    fn with_texts<T>(
        &self,
        id: ArticleId,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<(T, Texts)>> {
        let mut query = self.0.prepare_cached(
            "SELECT a.*, b.packed FROM article a JOIN body b ON b.article = a.id WHERE a.id = ?1",
        )?;
        let found = query
            .query_row([id.0], |row| {
                Ok((read(row)?, row.get::<_, Packed>("packed")?))
            })
            .optional()?;
        found
            .map(|(row, packed)| Ok((row, self.unpack_texts(&packed)?)))
            .transpose()
    }

    /// The body of an article as its route gave it, clean HTML, where it is not the stored one.
    pub fn untouched(&self, id: ArticleId) -> Result<Option<String>> {
        Ok(self.texts(id)?.untouched)
    }

    /// Copies of an article at other places: source, address and title of each.
    pub fn copies(
        &self,
        head: ArticleId,
        shown: ArticleId,
    ) -> Result<Vec<(SourceId, String, String)>> {
        let mut query = self.0.prepare_cached(
            "SELECT source, url, title FROM article WHERE head = ?1 AND id <> ?2 AND url <> '' ORDER BY published, id",
        )?;
        let rows = query.query_map([head.0, shown.0], |row| {
            Ok((SourceId(row.get(0)?), row.get(1)?, row.get(2)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many articles are in each state.
    pub fn counts(&self) -> Result<Vec<(String, u64)>> {
        let mut query = self
            .0
            .prepare_cached("SELECT state, count(*) FROM article GROUP BY state ORDER BY state")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Counts a worker that an article's page ended; returns how many there were.
    pub fn count_kill(&self, id: ArticleId) -> Result<u32> {
        let mut update = self
            .prepare_cached("UPDATE article SET kills = kills + 1 WHERE id = ?1 RETURNING kills")?;
        Ok(update.query_row([id.0], |row| row.get(0))?)
    }

    /// Lets `work` write what came of an article that was read as [`Pending`]. Where its candidate
    /// has changed since, it stays due: what came of it does not know of that.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn conclude<T>(
        &self,
        id: ArticleId,
        hold_until: DateTime<Utc>,
        work: impl FnOnce(&Self) -> Result<T>,
    ) -> Result<T> {
        let due: Option<Option<i64>> = self
            .prepare_cached("SELECT next_try FROM article WHERE id = ?1 AND hold_until <> ?2")?
            .query_row(params![id.0, stamp(hold_until)], |row| row.get(0))
            .optional()?;
        let value = work(self)?;
        if let Some(due) = due {
            self.prepare_cached("UPDATE article SET next_try = ?2 WHERE id = ?1")?
                .execute(params![id.0, due])?;
        }
        Ok(value)
    }

    /// The page could not be had: the article waits, with the reason. What was refused is kept only
    /// of an article that goes out without its page: of this one nothing is missing.
    pub fn defer_article(&self, id: ArticleId, attempt: &Attempt) -> Result<()> {
        let due = attempt.next_try.map(due_stamp);
        self.prepare_cached(
            "UPDATE article SET attempts = attempts + ?2, next_try = ?3, last_error = ?4 WHERE id = ?1",
        )?
        .execute(params![id.0, attempt.counted, due, attempt.error])?;
        Ok(())
    }

    /// Takes back an attempt at a page that failed by our own network, and makes it due.
    pub fn forgive_attempt(&self, id: ArticleId, due: DateTime<Utc>) -> Result<()> {
        self.prepare_cached(
            "UPDATE article SET attempts = max(attempts - 1, 0), next_try = ?2 WHERE id = ?1",
        )?
        .execute(params![id.0, due_stamp(due)])?;
        Ok(())
    }

    /// Keeps an article out for its age, which only its page told.
    pub fn shelve_article(
        &self,
        id: ArticleId,
        outlet_date: DateTime<Utc>,
        reason: &str,
    ) -> Result<()> {
        self.prepare_cached(
            "UPDATE article SET state = 'old', next_try = NULL, last_error = ?3,
                outlet_date = ?2, published = ?2, updated = ?2 WHERE id = ?1",
        )?
        .execute(params![id.0, stamp(outlet_date), reason])?;
        Ok(())
    }

    /// Sets the state word of an article.
    pub fn set_state(&self, id: ArticleId, state: &str) -> Result<()> {
        self.prepare_cached("UPDATE article SET state = ?2 WHERE id = ?1")?
            .execute(params![id.0, state])?;
        Ok(())
    }
}

fn pending_row(row: &Row<'_>) -> rusqlite::Result<Pending> {
    let how: String = row.get("how")?;
    Ok(Pending {
        id: ArticleId(row.get("id")?),
        source: SourceId(row.get("source")?),
        url: row.get("url")?,
        domain: row.get("domain")?,
        attempts: row.get("attempts")?,
        hold_until: time(row.get("hold_until")?),
        first_seen: time(row.get("first_seen")?),
        outlet_date: row.get::<_, Option<i64>>("outlet_date")?.map(time),
        judged: !how.is_empty(),
        placed: !how.is_empty() && row.get("placed")?,
        how,
        candidate: Candidate::default(),
    })
}

/// An article without its texts.
fn article_row(row: &Row<'_>) -> rusqlite::Result<ArticleRow> {
    Ok(ArticleRow {
        id: ArticleId(row.get("id")?),
        identity: row.get("identity")?,
        source: SourceId(row.get("source")?),
        url: row.get("url")?,
        state: row.get("state")?,
        first_seen: time(row.get("first_seen")?),
        published: time(row.get("published")?),
        updated: time(row.get("updated")?),
        title: row.get("title")?,
        subtitle: row.get("subtitle")?,
        section: row.get("section")?,
        language: row.get("language")?,
        authors: json(row, "authors")?,
        agency: row.get("agency")?,
        place: row.get("place")?,
        categories: json(row, "categories")?,
        enclosures: json(row, "enclosures")?,
        image: row.get("image")?,
        how: row.get("how")?,
        agreement: row.get("agreement")?,
        words: row.get("words")?,
        pages: row.get("pages")?,
        attempts: row.get("attempts")?,
        next_try: row.get::<_, Option<i64>>("next_try")?.map(time),
        last_error: row.get("last_error")?,
        dup_of: row.get::<_, Option<i64>>("dup_of")?.map(ArticleId),
        dup_level: row.get("dup_level")?,
        dup_score: row.get("dup_score")?,
        dup_why: None,
        head: ArticleId(row.get("head")?),
        placed: row.get("placed")?,
        summary: String::new(),
        html: String::new(),
        text: String::new(),
    })
}

/// Reads a JSON column.
pub(super) fn json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })
}
