//! Stories in the store: the index of sketches, and the one transaction that gives an arriving
//! article its place, its verdicts and its entries.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, params};

use super::articles::Storing;
use super::entries::{Minting, VerdictRow};
use super::memory::Memory;
use super::sources::{stamp, time};
use super::{Queries, Result, StoreError, Writer};
use crate::model::{ArticleId, SourceId, StoryId};
use crate::story::{
    Arrival, Assignment, Fingerprint, HOT_KEY, Known, Level, Lookup, MIN_SHARED, MOST_CANDIDATES,
    Publication, Settings, Span, changed, compare, fingerprint, place,
};

/// Articles proposed for one text hash.
const MOST_VERBATIM: usize = 8;
/// Bytes of a row of the index of keys, the share of its page's free space included.
const ROW_BYTES: i64 = 18;
/// Likeness below which two articles that claim one address are not one article: a canonical link
/// that every page of a section shares must not swallow them all.
const SAME_ADDRESS: f64 = 0.3;

/// An article with all that is decided about it, to be committed at once.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Its texts and dates.
    pub storing: Storing,
    /// What its text is reduced to.
    pub arrival: Arrival,
    /// Hashes of its paragraphs, for learning what its source repeats.
    pub paragraphs: Vec<i64>,
    /// What the topics decided.
    pub verdicts: Vec<VerdictRow>,
    /// Further identities: the end of redirects, the canonical link.
    pub aliases: Vec<String>,
}

/// What committing needs to know of the configuration.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Settings of story identity.
    pub stories: Settings,
    /// Sources whose articles are not compared.
    pub apart: HashSet<SourceId>,
    /// What ids are minted from.
    pub minting: Minting,
}

/// What a commit decided.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Level of the article among the stories.
    pub level: Level,
    /// The article it was found to be a duplicate of.
    pub of: Option<ArticleId>,
    /// Whether readers are told of a change.
    pub significant: bool,
}

impl Writer<'_> {
    /// Stores an article, gives it its place among the stories and settles the entries of its
    /// group, all in this transaction.
    pub fn commit_article(
        &self,
        commit: &Commit,
        terms: &Terms,
        now: DateTime<Utc>,
    ) -> Result<Committed> {
        let id = commit.storing.id;
        if let Some(other) = self.other_at(commit, terms)? {
            return self.merge_same(commit, other, terms, now);
        }
        for alias in &commit.aliases {
            if self.queries().by_identity(alias)? == Some(id) {
                continue; // its own identity, or an alias known before
            }
            self.prepare_cached(
                "INSERT INTO alias (identity, article) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute(params![alias, id.0])?;
        }
        let lookup = StoryLookup {
            queries: self.queries(),
            this: id,
            terms,
            memory: self.memory,
        };
        let assignment = place(&commit.arrival, &lookup, &terms.stories)?;
        let mut storing = commit.storing.clone();
        if assignment.level == Level::Same
            && let Some(old) = lookup.known(id)?
        {
            storing.significant = changed(&commit.arrival, &old.arrival, assignment.jaccard);
        }
        self.store_article(&storing, &commit.arrival.fingerprint, now)?;
        if assignment.level != Level::Same {
            self.record_assignment(id, &assignment, &terms.stories)?;
            if assignment.level < Level::Extends {
                self.count_paragraphs(&commit.arrival.source, &commit.paragraphs, now)?;
            }
        }
        for verdict in &commit.verdicts {
            self.record_verdict(id, verdict, now)?;
        }
        self.settle(self.queries().head(id)?, &terms.minting, now)?;
        Ok(Committed {
            level: assignment.level,
            of: assignment.of,
            significant: storing.significant,
        })
    }

    /// Where an arriving article would belong; stores nothing.
    pub fn look_up(&self, arrival: &Arrival, terms: &Terms) -> Result<Assignment> {
        let lookup = StoryLookup {
            queries: self.queries(),
            this: ArticleId(0),
            terms,
            memory: self.memory,
        };
        place(arrival, &lookup, &terms.stories)
    }

    /// Bytes that the indexes of stories take in the database (with SQLite's `dbstat`, an estimate
    /// by rows without it).
    pub fn index_bytes(&self) -> Result<u64> {
        let rows: i64 = self.query_row(
            "SELECT (SELECT count(*) FROM dedup_key) + (SELECT count(*) FROM title_key)",
            [],
            |row| row.get(0),
        )?;
        let measured = self.query_row(
            "SELECT sum(pgsize) FROM dbstat WHERE name IN ('dedup_key', 'title_key', 'article_text',
                'article_keys', 'article_title_keys')",
            [],
            |row| row.get::<_, Option<i64>>(0),
        );
        let bytes = measured.ok().flatten().unwrap_or(rows * ROW_BYTES);
        Ok(u64::try_from(bytes).unwrap_or_default())
    }

    /// Another stored article that claims one of the addresses and is alike enough to be this one.
    fn other_at(&self, commit: &Commit, terms: &Terms) -> Result<Option<ArticleId>> {
        let lookup = StoryLookup {
            queries: self.queries(),
            this: commit.storing.id,
            terms,
            memory: self.memory,
        };
        for alias in &commit.aliases {
            let Some(other) = self
                .queries()
                .by_identity(alias)?
                .filter(|o| *o != commit.storing.id)
            else {
                continue;
            };
            let Some(known) = lookup.known(other)? else {
                continue;
            };
            let likeness = compare(&commit.arrival, &known.arrival, other, &terms.stories);
            let same_title =
                known.arrival.fingerprint.title_hash == commit.arrival.fingerprint.title_hash;
            if likeness.jaccard >= SAME_ADDRESS
                || likeness.containment >= SAME_ADDRESS
                || same_title
            {
                return Ok(Some(other));
            }
        }
        Ok(None)
    }

    fn merge_same(
        &self,
        commit: &Commit,
        other: ArticleId,
        terms: &Terms,
        now: DateTime<Utc>,
    ) -> Result<Committed> {
        let id = commit.storing.id;
        self.memory.forget(id);
        let head = self.queries().head(other)?;
        self.prepare_cached(
            "UPDATE article SET head = ?2, story = (SELECT story FROM article WHERE id = ?3), dup_of = ?3,
                dup_level = 'same', dup_score = 1.0, dup_why = 'the same address', state = 'duplicate',
                next_try = NULL, title = ?4, how = '' WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            head.0,
            other.0,
            commit.storing.extracted.title.as_deref().unwrap_or("")
        ])?;
        self.settle(head, &terms.minting, now)?;
        Ok(Committed {
            level: Level::Same,
            of: Some(other),
            significant: false,
        })
    }

    fn record_assignment(
        &self,
        id: ArticleId,
        assignment: &Assignment,
        settings: &Settings,
    ) -> Result<()> {
        let publication = settings.publication(assignment.level);
        let group = assignment.behind.or(assignment.of);
        let head = match (publication, group) {
            (Publication::Show, _) | (_, None) => id,
            (_, Some(group)) => self.queries().head(group)?,
        };
        let level = match publication {
            Publication::Replace => "replaces",
            _ => assignment.level.as_str(),
        };
        let why = serde_json::to_string(&assignment)?;
        self.prepare_cached(
            "UPDATE article SET story = ?2, head = ?3, dup_of = ?4, dup_level = ?5, dup_score = ?6, dup_why = ?7
             WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            assignment.story.unwrap_or(StoryId(id.0)).0,
            head.0,
            assignment.of.map(|a| a.0),
            assignment.of.map(|_| level),
            assignment.of.map(|_| assignment.jaccard.max(assignment.containment)),
            why
        ])?;
        Ok(())
    }

    fn count_paragraphs(
        &self,
        source: &SourceId,
        hashes: &[i64],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut upsert = self.prepare_cached(
            "INSERT INTO paragraph (source, hash, stories, last_seen) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT (source, hash) DO UPDATE SET stories = stories + 1, last_seen = excluded.last_seen",
        )?;
        for hash in hashes {
            upsert.execute(params![source.as_str(), hash, stamp(now)])?;
        }
        Ok(())
    }

    /// Replaces the rows of an article's sketches.
    pub(super) fn replace_keys(&self, id: ArticleId, fingerprint: &Fingerprint) -> Result<()> {
        for (table, column, keys) in [
            ("dedup_key", "keys", &fingerprint.keys),
            ("title_key", "title_keys", &fingerprint.title_keys),
        ] {
            let old: Option<Vec<u8>> = self
                .prepare_cached(&format!("SELECT {column} FROM article WHERE id = ?1"))?
                .query_row([id.0], |row| row.get(0))?;
            let mut delete = self.prepare_cached(&format!(
                "DELETE FROM {table} WHERE h = ?1 AND article = ?2"
            ))?;
            for key in unpack(&old.unwrap_or_default()) {
                delete.execute(params![key, id.0])?;
            }
            let mut insert = self.prepare_cached(&format!(
                "INSERT INTO {table} (h, article) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
            ))?;
            for key in keys {
                insert.execute(params![key, id.0])?;
            }
            self.prepare_cached(&format!("UPDATE article SET {column} = ?2 WHERE id = ?1"))?
                .execute(params![id.0, pack(keys)])?;
        }
        Ok(())
    }
}

fn pack(keys: &[i32]) -> Vec<u8> {
    keys.iter().flat_map(|k| k.to_le_bytes()).collect()
}

pub(super) fn unpack(bytes: &[u8]) -> impl Iterator<Item = i32> {
    bytes
        .chunks_exact(4)
        .map(|c| i32::from_le_bytes([c[0], c[1], c[2], c[3]]))
}

impl Queries<'_> {
    /// The first article of an article's group of copies.
    pub fn head(&self, id: ArticleId) -> Result<ArticleId> {
        let mut query = self
            .0
            .prepare_cached("SELECT head FROM article WHERE id = ?1")?;
        Ok(query.query_row([id.0], |row| row.get(0).map(ArticleId))?)
    }

    /// Hashes of the paragraphs that a source repeats in story after story.
    pub fn boilerplate(
        &self,
        source: &SourceId,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Result<HashSet<i64>> {
        let since = now - TimeDelta::days(i64::from(settings.boilerplate_days));
        let mut query = self.0.prepare_cached(BOILERPLATE_SQL)?;
        let rows = query.query_map(
            params![source.as_str(), settings.boilerplate_stories, stamp(since)],
            |row| row.get(0),
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// Articles of one key within a span of times. The order of the join is fixed: by key first.
pub(super) fn sharing_sql(table: &str) -> String {
    format!(
        "SELECT k.article FROM {table} k CROSS JOIN article a ON a.id = k.article
         WHERE k.h = ?1 AND a.published BETWEEN ?2 AND ?3 AND a.id <> ?4 LIMIT ?5"
    )
}

pub(super) const VERBATIM_SQL: &str = "SELECT id FROM article
    WHERE text_hash = ?1 AND published BETWEEN ?2 AND ?3 AND id <> ?4 ORDER BY published, id LIMIT ?5";
pub(super) const BOILERPLATE_SQL: &str =
    "SELECT hash FROM paragraph WHERE source = ?1 AND stories >= ?2 AND last_seen >= ?3";

/// The store as an index of earlier articles, without the one that arrives.
struct StoryLookup<'a> {
    queries: Queries<'a>,
    this: ArticleId,
    terms: &'a Terms,
    memory: &'a Memory,
}

impl StoryLookup<'_> {
    fn sharing_in(&self, table: &str, keys: &[i32], span: &Span) -> Result<Vec<ArticleId>> {
        let mut query = self.queries.0.prepare_cached(&sharing_sql(table))?;
        let mut counts: Vec<(ArticleId, u32)> = Vec::new();
        for key in keys {
            let found: Vec<ArticleId> = query
                .query_map(
                    params![
                        key,
                        stamp(span.from),
                        stamp(span.to),
                        self.this.0,
                        HOT_KEY as i64 + 1
                    ],
                    |row| row.get(0).map(ArticleId),
                )?
                .collect::<rusqlite::Result<_>>()?;
            if found.len() > HOT_KEY {
                continue;
            }
            for id in found {
                match counts.iter_mut().find(|(known, _)| *known == id) {
                    Some((_, n)) => *n += 1,
                    None => counts.push((id, 1)),
                }
            }
        }
        counts.retain(|(_, n)| *n >= MIN_SHARED);
        counts.sort_unstable_by_key(|(id, n)| (std::cmp::Reverse(*n), *id));
        counts.truncate(MOST_CANDIDATES);
        Ok(counts.into_iter().map(|(id, _)| id).collect())
    }
}

impl Lookup for StoryLookup<'_> {
    type Error = StoreError;

    fn same(&self, _new: &Arrival) -> Result<Option<ArticleId>> {
        // Identity was settled when the candidate was seen: a stored text in this row is an earlier version.
        let mut query = self
            .queries
            .0
            .prepare_cached("SELECT id FROM article WHERE id = ?1 AND how <> ''")?;
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

    fn known(&self, article: ArticleId) -> Result<Option<Arc<Known>>> {
        let mut query = self.queries.0.prepare_cached(
            "SELECT a.source, a.title, a.identity, a.published, a.language, a.story, a.head, b.text
             FROM article a JOIN body b ON b.article = a.id WHERE a.id = ?1 AND a.how <> ''",
        )?;
        let row = query
            .query_row([article.0], |row| {
                let arrival = Arrival {
                    source: SourceId(row.get(0)?),
                    title: row.get(1)?,
                    canonical: String::new(),
                    identity: Some(row.get(2)?),
                    published: time(row.get(3)?),
                    language: row.get(4)?,
                    compared: true,
                    fingerprint: Arc::default(),
                };
                Ok((
                    arrival,
                    row.get::<_, i64>(5)?,
                    ArticleId(row.get(6)?),
                    row.get::<_, String>(7)?,
                ))
            })
            .optional()?;
        let Some((mut arrival, story, head, text)) = row else {
            return Ok(None);
        };
        let boilerplate =
            self.queries
                .boilerplate(&arrival.source, &self.terms.stories, arrival.published)?;
        let repeats = |hash: u64| boilerplate.contains(&(hash as i64));
        arrival.fingerprint = self.memory.fingerprint(article, &boilerplate, || {
            fingerprint(&arrival.title, &text, &repeats)
        });
        arrival.compared = !self.terms.apart.contains(&arrival.source);
        Ok(Some(Arc::new(Known {
            article,
            story: StoryId(story),
            representative: ArticleId(story),
            behind: (head != article).then_some(head),
            arrival,
        })))
    }
}
