//! Questions of a person who asks why: where an article was seen, what it was called before, who
//! else carries it. Also what the judging of stored articles walks over.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::packing::Packed;
use super::sources::{stamp, time};
use super::{ArticleRow, Queries, Result, Writer};
use crate::model::{ArticleId, Candidate, SourceId, TopicId};

/// A candidate under which an article was seen.
#[derive(Debug, Clone)]
pub struct SeenAt {
    /// Source that showed it.
    pub source: SourceId,
    /// Id of the candidate within the source.
    pub candidate: String,
    /// When the source first showed it.
    pub first_seen: DateTime<Utc>,
}

/// What an article was before a significant change.
#[derive(Debug, Clone)]
pub struct Version {
    /// When it changed.
    pub changed: DateTime<Utc>,
    /// Title until then.
    pub title: String,
    /// Words until then.
    pub words: u32,
}

/// A member of a group of copies.
#[derive(Debug, Clone)]
pub struct Member {
    /// Row.
    pub id: ArticleId,
    /// Source.
    pub source: SourceId,
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// State word.
    pub state: String,
    /// Date of publication.
    pub published: DateTime<Utc>,
    /// What it is of another member, for instance `copy`.
    pub level: Option<String>,
}

/// An entry in which a group of copies is published.
#[derive(Debug, Clone)]
pub struct PublishedAs {
    /// Topic.
    pub topic: TopicId,
    /// Article that the entry shows.
    pub article: ArticleId,
    /// Its Atom id.
    pub atom_id: String,
    /// Date of publication.
    pub published: DateTime<Utc>,
    /// Last significant change.
    pub updated: DateTime<Utc>,
}

/// Articles that are read at once where all of them are gone through.
const BATCH: usize = 200;
const MEMBERS_SQL: &str = "SELECT id, source, url, title, state, published, dup_level
    FROM article WHERE head = ?1 ORDER BY published, id";
const PUBLISHED_SQL: &str = "SELECT topic, article, atom_id, published, updated
    FROM entry WHERE head = ?1 ORDER BY topic";
const STORED_SQL: &str = "SELECT id FROM article WHERE published >= ?1 AND how <> '' AND id > ?2
    ORDER BY id LIMIT ?3";

impl Queries<'_> {
    /// Where an article was seen, in order of time.
    pub fn seen_at(&self, article: ArticleId) -> Result<Vec<SeenAt>> {
        let mut query = self.0.prepare_cached(
            "SELECT source, candidate, first_seen FROM seen WHERE article = ?1 ORDER BY first_seen, source, candidate",
        )?;
        let rows = query.query_map([article.0], |row| {
            Ok(SeenAt {
                source: SourceId(row.get(0)?),
                candidate: row.get(1)?,
                first_seen: time(row.get(2)?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Further identities of an article.
    pub fn aliases(&self, article: ArticleId) -> Result<Vec<String>> {
        let mut query = self
            .0
            .prepare_cached("SELECT identity FROM alias WHERE article = ?1 ORDER BY identity")?;
        let rows = query.query_map([article.0], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What an article was before each significant change, oldest first.
    pub fn versions(&self, article: ArticleId) -> Result<Vec<Version>> {
        let mut query = self.0.prepare_cached(
            "SELECT changed, title, words FROM version WHERE article = ?1 ORDER BY changed",
        )?;
        let rows = query.query_map([article.0], |row| {
            Ok(Version {
                changed: time(row.get(0)?),
                title: row.get(1)?,
                words: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The members of a group of copies, the first published first.
    pub fn members(&self, head: ArticleId) -> Result<Vec<Member>> {
        let mut query = self.0.prepare_cached(MEMBERS_SQL)?;
        let rows = query.query_map([head.0], |row| {
            Ok(Member {
                id: ArticleId(row.get(0)?),
                source: SourceId(row.get(1)?),
                url: row.get(2)?,
                title: row.get(3)?,
                state: row.get(4)?,
                published: time(row.get(5)?),
                level: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The entries in which a group of copies is published.
    pub fn published_as(&self, head: ArticleId) -> Result<Vec<PublishedAs>> {
        let mut query = self.0.prepare_cached(PUBLISHED_SQL)?;
        let rows = query.query_map([head.0], |row| {
            Ok(PublishedAs {
                topic: TopicId(row.get(0)?),
                article: ArticleId(row.get(1)?),
                atom_id: row.get(2)?,
                published: time(row.get(3)?),
                updated: time(row.get(4)?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The groups of copies that have an entry in a topic.
    pub fn entry_heads(&self, topic: &TopicId) -> Result<Vec<ArticleId>> {
        let mut query = self
            .0
            .prepare_cached("SELECT head FROM entry WHERE topic = ?1 ORDER BY head")?;
        let rows = query.query_map([topic.as_str()], |row| row.get(0).map(ArticleId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Articles with a text published since a time, in the order of their rows, a batch at a time: the
    /// archive may be larger than memory.
    pub fn stored(
        &self,
        since: DateTime<Utc>,
    ) -> impl Iterator<Item = Result<Vec<ArticleRow>>> + '_ {
        let mut after = ArticleId(0);
        std::iter::from_fn(move || {
            let rows = self.stored_since(since, after, BATCH).and_then(|ids| {
                after = ids.last().copied().unwrap_or(after);
                let rows = ids.into_iter().map(|id| self.article(id));
                rows.filter_map(Result::transpose)
                    .collect::<Result<Vec<_>>>()
            });
            match rows {
                Ok(rows) if rows.is_empty() => None,
                rows => Some(rows),
            }
        })
    }

    /// Articles with a text published since a time, by row, after the row `after`.
    fn stored_since(
        &self,
        since: DateTime<Utc>,
        after: ArticleId,
        limit: usize,
    ) -> Result<Vec<ArticleId>> {
        let mut query = self.0.prepare_cached(STORED_SQL)?;
        let rows = query.query_map(params![stamp(since), after.0, limit as i64], |row| {
            row.get(0).map(ArticleId)
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Candidates that other rules than these rejected before their pages were fetched: row,
    /// source, and what the source said.
    pub fn rejected_by_others(
        &self,
        rules: i64,
        limit: usize,
    ) -> Result<Vec<(ArticleId, SourceId, Candidate)>> {
        let mut query = self.0.prepare_cached(
            "SELECT a.id, a.source, b.packed FROM article a JOIN body b ON b.article = a.id
             WHERE a.rejected_by < ?1 OR a.rejected_by > ?1 LIMIT ?2",
        )?;
        let rows = query.query_map(params![rules, limit as i64], |row| {
            Ok((
                ArticleId(row.get(0)?),
                SourceId(row.get(1)?),
                row.get::<_, Packed>(2)?,
            ))
        })?;
        let mut found = Vec::new();
        for row in rows {
            let (id, source, packed) = row?;
            found.push((id, source, self.unpack_texts(&packed)?.candidate()?));
        }
        Ok(found)
    }

    /// The rules that rejected an article before its page was fetched, when that is what it waits on.
    pub fn rejected_by(&self, article: ArticleId) -> Result<Option<i64>> {
        let mut query = self
            .0
            .prepare_cached("SELECT rejected_by FROM article WHERE id = ?1")?;
        Ok(query
            .query_row([article.0], |row| row.get(0))
            .optional()?
            .flatten())
    }
}

impl Writer<'_> {
    /// The rules in force reject a candidate still, for this reason.
    pub fn reject_again(&self, article: ArticleId, rules: i64, reason: &str) -> Result<()> {
        self.prepare_cached("UPDATE article SET rejected_by = ?2, last_error = ?3 WHERE id = ?1")?
            .execute(params![article.0, rules, reason])?;
        Ok(())
    }

    /// No rule in force rejects a candidate any more: it is due.
    pub fn admit(
        &self,
        article: ArticleId,
        hold_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.prepare_cached(
            "UPDATE article SET rejected_by = NULL, last_error = NULL, state = 'seen', attempts = 0,
                next_try = ?2, hold_until = ?3 WHERE id = ?1",
        )?
        .execute(params![article.0, stamp(now), stamp(hold_until)])?;
        Ok(())
    }
}

#[cfg(test)]
pub(super) const PLANS: [&str; 3] = [STORED_SQL, MEMBERS_SQL, PUBLISHED_SQL];
