//! Rows of articles: what waits for its page, and the stored text.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::packing::Packed;
use super::sources::{due_stamp, stamp, time};
use super::stories::pack;
use super::texts::Texts;
use super::{Queries, Result, Writer};
use crate::model::{ArticleId, Candidate, Enclosure, Extracted, Person, SourceId, StoryId};
use crate::story::Fingerprint;

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
    /// Route that gave the stored body; empty when there is none yet.
    pub how: String,
    /// What the source says of it.
    pub candidate: Candidate,
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
    /// Teaser as text.
    pub summary: String,
    /// Clean HTML.
    pub html: String,
    /// Text.
    pub text: String,
}

/// An article ready to be stored.
#[derive(Debug, Clone)]
pub struct Storing {
    /// Row it belongs to.
    pub id: ArticleId,
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
struct Before {
    how: String,
    title: String,
    words: u32,
    source: String,
    first_seen: i64,
    outlet_date: Option<i64>,
    published: i64,
    updated: i64,
    keys: Option<Vec<u8>>,
    title_keys: Option<Vec<u8>>,
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

    /// Stores an article's text, and what it was found to be unless it is a new version. The date
    /// of publication is frozen at the first storing; `updated` moves only on a significant change:
    /// one that readers are told of.
    ///
    /// One statement rewrites the row, and of its indexed columns only what is another than before:
    /// this is done for every article, and each index costs as much as the row.
    pub(super) fn store_article(
        &self,
        article: &Storing,
        significant: bool,
        fingerprint: &Fingerprint,
        found: Option<&Found>,
        (rulebook, now): (i64, DateTime<Utc>),
    ) -> Result<()> {
        self.memory.forget(article.id);
        let before = self.before(article.id)?;
        let first = before.how.is_empty();
        if !first && significant {
            self.prepare_cached(
                "INSERT INTO version (article, changed, title, words) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (article, changed) DO NOTHING",
            )?
            .execute(params![
                article.id.0,
                stamp(now),
                before.title,
                before.words
            ])?;
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
        self.replace_keys(article.id, (before.keys, before.title_keys), fingerprint)?;
        let (times, placed) = ((outlet_date, updated), (found, rulebook));
        self.update_article(article, fingerprint, times, placed)?;
        if published != before.published {
            self.prepare_cached("UPDATE article SET published = ?2 WHERE id = ?1")?
                .execute(params![article.id.0, published])?;
        }
        if let Some(found) = found {
            self.record_group(article.id, found)?;
        }
        self.change_texts(article.id, |texts| {
            texts.summary.clone_from(&article.summary);
            texts.html.clone_from(&article.extracted.html);
            texts.text.clone_from(&article.extracted.text);
            texts.untouched.clone_from(&article.extracted.untouched);
            if let Some(found) = found {
                texts.placing = Some(found.why.clone());
            }
        })?;
        if first {
            self.prepare_cached("UPDATE source SET articles = articles + 1 WHERE id = ?1")?
                .execute([before.source])?;
        }
        Ok(())
    }

    fn before(&self, id: ArticleId) -> Result<Before> {
        let mut query = self.prepare_cached(
            "SELECT how, title, words, source, first_seen, outlet_date, published, updated, keys, title_keys
             FROM article WHERE id = ?1",
        )?;
        Ok(query.query_row([id.0], |row| {
            Ok(Before {
                how: row.get(0)?,
                title: row.get(1)?,
                words: row.get(2)?,
                source: row.get(3)?,
                first_seen: row.get(4)?,
                outlet_date: row.get(5)?,
                published: row.get(6)?,
                updated: row.get(7)?,
                keys: row.get(8)?,
                title_keys: row.get(9)?,
            })
        })?)
    }

    fn update_article(
        &self,
        article: &Storing,
        fingerprint: &Fingerprint,
        (outlet_date, updated): (Option<i64>, i64),
        (found, rulebook): (Option<&Found>, i64),
    ) -> Result<()> {
        let extracted = &article.extracted;
        self.prepare_cached(
            "UPDATE article SET
                title = ?2, language = ?3, authors = ?4, agency = ?5, place = ?6, categories = ?7,
                enclosures = ?8, image = ?9, how = ?10, agreement = ?11, words = ?12, text_hash = ?13,
                next_try = ?14, last_error = ?15, attempts = attempts + ?16, outlet_date = ?17,
                updated = ?18, keys = ?19, title_keys = ?20, pages = ?21, subtitle = ?22, section = ?23,
                refused_origin = ?24, rulebook = ?25, dup_of = iif(?26, ?27, dup_of),
                dup_level = iif(?26, ?28, dup_level), dup_score = iif(?26, ?29, dup_score)
             WHERE id = ?1",
        )?
        .execute(params![
            article.id.0,
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
            pack(&fingerprint.keys),
            pack(&fingerprint.title.keys),
            extracted.pages,
            extracted.subtitle,
            extracted.section,
            article.attempt.refused_origin,
            rulebook,
            found.is_some(),
            found.and_then(|found| found.of).map(|of| of.0),
            found.and_then(|found| found.level),
            found.and_then(|found| found.score)
        ])?;
        Ok(())
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
