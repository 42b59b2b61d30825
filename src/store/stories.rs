//! Stories in the store: the index of sketches, and the one transaction that gives an arriving
//! article its place, its verdicts and its entries.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::entries::{Minting, VerdictRow};
use super::lookup::StoryLookup;
use super::memory::{Memory, mark};
use super::sightings::{Seen, Sighting};
use super::sources::stamp;
use super::storing::{Before, Found, Place, Storing};
use super::trial::group;
use super::{Queries, Result, Writer};
use crate::model::{ArticleId, Rulebook, SourceId, StoryId};
use crate::story::{
    Arrival, Assignment, Fingerprint, Level, Lookup, Publication, Settings, changed, compare,
    fingerprint, place,
};

/// Another article of a source with the same text.
pub(super) const REPOST_SQL: &str =
    "SELECT 1 FROM article WHERE text_hash = ?1 AND source = ?2 AND id <> ?3 LIMIT 1";
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
    /// What its text is reduced to: its trace ([`crate::story::trace_and_paragraphs`]) is enough where it is not
    /// compared.
    pub arrival: Arrival,
    /// Whether it is compared with others. Nobody is shown one that no topic nearly wants, alone or behind another;
    /// it gets its place when a topic does ([`Writer::place_stored`]).
    pub compared: bool,
    /// Hashes of its paragraphs, for learning what its source repeats.
    pub paragraphs: Vec<i64>,
    /// What the topics decided that found something.
    pub verdicts: Vec<VerdictRow>,
    /// Mark of the paragraphs that were left out of its fingerprint ([`boilerplate_mark`]).
    ///
    /// [`boilerplate_mark`]: super::boilerplate_mark
    pub boilerplate: i64,
    /// Further identities: the end of redirects, the canonical link.
    pub aliases: Vec<String>,
}

/// What committing needs to know of the configuration.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Settings of story identity.
    pub stories: Settings,
    /// Sources whose articles are not compared.
    pub apart: Arc<HashSet<SourceId>>,
    /// What ids are minted from.
    pub minting: Minting,
    /// The rules by which the verdicts were given.
    pub rulebook: Arc<Rulebook>,
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
    /// Stores an article, gives it its place among the stories and settles the entries of its group, all in this
    /// transaction.
    pub fn commit_article(
        &self,
        id: ArticleId,
        commit: &Commit,
        terms: &Terms,
        now: DateTime<Utc>,
    ) -> Result<Committed> {
        let before = self.before(id)?;
        self.commit_from((id, before), commit, terms, now)
    }

    /// Records that a source showed a candidate, and stores what it becomes if it is new: its source gives all there
    /// is of it, so that it need not wait to be due.
    pub fn commit_sighting(
        &self,
        sighting: &Sighting,
        commit: &Commit,
        terms: &Terms,
        now: DateTime<Utc>,
    ) -> Result<(Seen, Option<Committed>)> {
        if let Some(seen) = self.record_known(sighting, now)? {
            return Ok((seen, None));
        }
        let id = self.insert_article(sighting, None, now)?;
        let before = Before::fresh(id, sighting, now)?;
        let committed = self.commit_from((id, before), commit, terms, now)?;
        Ok((Seen::New(id), Some(committed)))
    }

    fn commit_from(
        &self,
        (id, before): (ArticleId, Before),
        commit: &Commit,
        terms: &Terms,
        now: DateTime<Utc>,
    ) -> Result<Committed> {
        if let Some(other) = self.other_at((id, commit), terms)? {
            return self.merge_same((id, before), commit, (other, terms), now);
        }
        self.insert_aliases(id, &commit.aliases)?;
        if !commit.compared && !before.is_placed() {
            return self.store_unplaced((id, before), commit, terms, now);
        }
        let lookup = StoryLookup::new(self.among(), id, commit.arrival.published, terms);
        let commit = &*whole(commit, &lookup)?;
        let assignment = place(&commit.arrival, &lookup, &terms.stories)?;
        let (first, former) = (before.is_first(), before.head);
        let significant = match assignment.level {
            Level::Same => lookup
                .known(id)?
                .is_some_and(|old| changed(&commit.arrival, &old.arrival, assignment.jaccard)),
            // Readers have seen nothing of it.
            _ => !first,
        };
        let fingerprint = &commit.arrival.fingerprint;
        let place = match assignment.level {
            Level::Same => Place::Kept,
            _ => Place::New(self.found(id, &assignment, &terms.stories)?),
        };
        self.store_article(
            (id, &commit.storing),
            (before, significant),
            (fingerprint, &place),
            (self.rulebook(&terms.rulebook)?, now),
        )?;
        self.memory.remember(id, fingerprint, commit.boilerplate);
        if first && assignment.level < Level::Extends {
            self.count_paragraphs(&commit.arrival.source, &commit.paragraphs, now)?;
        }
        self.renew_verdicts((id, first), &commit.verdicts, now)?;
        self.settle_moved((id, former), &terms.minting, now)?;
        self.learn_when_due(now)?;
        Ok(Committed {
            level: assignment.level,
            of: assignment.of,
            significant,
        })
    }

    /// Stores an article that is not compared.
    fn store_unplaced(
        &self,
        (id, before): (ArticleId, Before),
        commit: &Commit,
        terms: &Terms,
        now: DateTime<Utc>,
    ) -> Result<Committed> {
        let (first, former) = (before.is_first(), before.head);
        let trace = &commit.arrival.fingerprint;
        let same = before.title == commit.arrival.title && before.text_hash == trace.text_hash;
        let significant = !first && !same;
        self.store_article(
            (id, &commit.storing),
            (before, significant),
            (trace, &Place::None),
            (self.rulebook(&terms.rulebook)?, now),
        )?;
        let arrival = &commit.arrival;
        if first && !self.is_repost(id, &arrival.source, trace.text_hash)? {
            self.count_paragraphs(&arrival.source, &commit.paragraphs, now)?;
        }
        self.renew_verdicts((id, first), &commit.verdicts, now)?;
        if former != id {
            // It was found to be another, and is no more.
            self.stand_alone(id)?;
        }
        if former != id || !first {
            // Another may have been found to be this one.
            self.settle_moved((id, former), &terms.minting, now)?;
        }
        self.learn_when_due(now)?;
        Ok(Committed {
            level: Level::New,
            of: None,
            significant,
        })
    }

    /// Gives a stored article that has no place among the stories its place: a topic nearly wants it now.
    /// Its entries are still to be settled.
    pub fn place_stored(&self, id: ArticleId, terms: &Terms, now: DateTime<Utc>) -> Result<()> {
        let before = self.before(id)?;
        if before.is_first() || before.is_placed() {
            return Ok(());
        }
        let lookup = StoryLookup::new(self.among(), id, before.published(), terms);
        let Some(known) = lookup.known(id)? else {
            return Ok(());
        };
        let arrival = &lookup.whole(known)?.arrival;
        let assignment = place(arrival, &lookup, &terms.stories)?;
        let found = self.found(id, &assignment, &terms.stories)?;
        self.replace_keys(id, (None, None), &arrival.fingerprint)?;
        self.record_place(id, &arrival.fingerprint, &found)?;
        if found.head != id {
            // What it stood for stands behind another now.
            self.settle(id, &terms.minting, now)?;
        }
        let placing = Some(found.why);
        self.change_texts(id, |texts| texts.placing = placing)
    }

    /// Settles the entries of an article's group, and of the one that it was in before, if that is another.
    fn settle_moved(
        &self,
        (id, former): (ArticleId, ArticleId),
        minting: &Minting,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let head = self.queries().head(id)?;
        self.settle(head, minting, now)?;
        match former == head {
            true => Ok(()),
            false => self.settle(former, minting, now),
        }
    }

    /// Stores what the topics say of an article, in the place of what they said of its former text.
    fn renew_verdicts(
        &self,
        (id, first): (ArticleId, bool),
        verdicts: &[VerdictRow],
        now: DateTime<Utc>,
    ) -> Result<()> {
        if !first {
            self.forget_verdicts_but(id, verdicts)?;
        }
        verdicts
            .iter()
            .try_for_each(|verdict| self.record_verdict(id, verdict, now))
    }

    /// What an article is placed among.
    fn among(&self) -> (Queries<'_>, &Memory) {
        (self.queries(), self.memory)
    }

    /// Whether a source has shown the same text in another article: it is no story after story that repeats its paragraphs.
    fn is_repost(&self, id: ArticleId, source: &SourceId, trace: Option<i64>) -> Result<bool> {
        let mut query = self.prepare_cached(REPOST_SQL)?;
        Ok(query.exists(params![trace, source.as_str(), id.0])?)
    }

    fn insert_aliases(&self, id: ArticleId, aliases: &[String]) -> Result<()> {
        for alias in aliases {
            if self.queries().by_identity(alias)? == Some(id) {
                continue; // its own identity, or an alias known before
            }
            self.prepare_cached(
                "INSERT INTO alias (identity, article) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute(params![alias, id.0])?;
        }
        Ok(())
    }

    /// Where an arriving article would belong; stores nothing.
    pub fn look_up(&self, arrival: &Arrival, terms: &Terms) -> Result<Assignment> {
        let lookup = StoryLookup::new(self.among(), ArticleId(0), arrival.published, terms);
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
    fn other_at(
        &self,
        (id, commit): (ArticleId, &Commit),
        terms: &Terms,
    ) -> Result<Option<ArticleId>> {
        let lookup = StoryLookup::new(self.among(), id, commit.arrival.published, terms);
        for alias in &commit.aliases {
            let Some(other) = self.queries().by_identity(alias)?.filter(|o| *o != id) else {
                continue;
            };
            let Some(known) = lookup.known(other)? else {
                continue;
            };
            let commit = whole(commit, &lookup)?;
            let likeness = compare(&commit.arrival, &known.arrival, other, &terms.stories);
            let same_title =
                known.arrival.fingerprint.title.hash == commit.arrival.fingerprint.title.hash;
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
        (id, before): (ArticleId, Before),
        commit: &Commit,
        (other, terms): (ArticleId, &Terms),
        now: DateTime<Utc>,
    ) -> Result<Committed> {
        self.memory.forget(id);
        let head = self.queries().head(other)?;
        self.prepare_cached(
            "UPDATE article SET head = ?2, story = (SELECT story FROM article WHERE id = ?3), dup_of = ?3,
                dup_level = 'same', dup_score = 1.0, state = 'duplicate', next_try = NULL, title = ?4, how = '' WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            head.0,
            other.0,
            commit.storing.extracted.title.as_deref().unwrap_or("")
        ])?;
        let mut texts = before.texts;
        texts.placing = Some("the same address".to_owned());
        self.insert_texts(id, &texts)?;
        self.settle_moved((id, before.head), &terms.minting, now)?;
        Ok(Committed {
            level: Level::Same,
            of: Some(other),
            significant: false,
        })
    }

    fn found(&self, id: ArticleId, assignment: &Assignment, settings: &Settings) -> Result<Found> {
        let publication = settings.publication(assignment.level);
        let head = match group(assignment, settings) {
            Some(group) => self.queries().head(group)?,
            None => id,
        };
        let level = match publication {
            Publication::Replace if assignment.level == Level::Extends => "replaces",
            _ => assignment.level.as_str(),
        };
        Ok(Found {
            story: assignment.story.unwrap_or(StoryId(id.0)),
            head,
            of: assignment.of,
            level: assignment.of.map(|_| level),
            score: (assignment.of).map(|_| assignment.jaccard.max(assignment.containment)),
            why: serde_json::to_string(&assignment)?,
        })
    }

    fn count_paragraphs(
        &self,
        source: &SourceId,
        hashes: &[i64],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut upsert = self.prepare_cached(
            "INSERT INTO paragraph (source, hash, stories, last_seen) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT (source, hash) DO UPDATE SET stories = stories + 1, last_seen = excluded.last_seen
             RETURNING stories",
        )?;
        let mut repeated = false;
        for hash in hashes {
            let stories: i64 =
                upsert.query_row(params![source.as_str(), hash, stamp(now)], |row| row.get(0))?;
            repeated |= stories > 1;
        }
        if repeated {
            self.memory.forget_repeated(source);
        }
        Ok(())
    }

    /// Makes the rows of an article's sketches those of its fingerprint; its own row is another's.
    pub(super) fn replace_keys(
        &self,
        id: ArticleId,
        (keys, titles): (Option<Vec<u8>>, Option<Vec<u8>>),
        fingerprint: &Fingerprint,
    ) -> Result<()> {
        self.exchange("dedup_key", id, (keys, &fingerprint.keys))?;
        self.exchange("title_key", id, (titles, &fingerprint.title.keys))
    }

    fn exchange(
        &self,
        table: &'static str,
        id: ArticleId,
        (old, new): (Option<Vec<u8>>, &[i32]),
    ) -> Result<()> {
        if let Some(old) = old {
            if old == pack(new) {
                return Ok(());
            }
            let mut delete = self.prepare_cached(&format!(
                "DELETE FROM {table} WHERE h = ?1 AND article = ?2"
            ))?;
            for key in unpack(&old) {
                delete.execute(params![key, id.0])?;
            }
            self.memory.forget_postings();
        }
        let mut insert = self.prepare_cached(&format!(
            "INSERT INTO {table} (h, article) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
        ))?;
        for key in new {
            if insert.execute(params![key, id.0])? > 0 {
                self.memory.extend_posting(table, *key, id);
            }
        }
        Ok(())
    }
}

/// The same with all that its text is reduced to, where that was thought not to be needed.
fn whole<'a>(commit: &'a Commit, lookup: &StoryLookup<'_>) -> Result<Cow<'a, Commit>> {
    let arrival = &commit.arrival;
    if arrival.fingerprint.is_whole() {
        return Ok(Cow::Borrowed(commit));
    }
    let boilerplate = lookup.boilerplate(&arrival.source)?;
    let text = &commit.storing.extracted.text;
    let repeats = |hash: u64| boilerplate.contains(&hash.cast_signed());
    let fingerprint = fingerprint(&arrival.title, text, &repeats);
    let mut whole = commit.clone();
    whole.arrival.fingerprint = Arc::new(fingerprint);
    whole.boilerplate = mark(&boilerplate);
    Ok(Cow::Owned(whole))
}

pub(super) fn pack(keys: &[i32]) -> Vec<u8> {
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
}

#[cfg(test)]
mod tests;
