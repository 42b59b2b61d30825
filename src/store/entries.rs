//! Verdicts, and the entries of published feeds that follow from them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::packing::Packed;
use super::sources::{stamp, time};
use super::{Queries, Result, Writer};
use crate::model::{ArticleId, Rulebook, TopicId};

/// How many entries a topic has.
#[derive(Debug, Clone)]
pub struct TopicCount {
    /// The topic.
    pub topic: TopicId,
    /// Entries in all.
    pub entries: u64,
    /// Date of the newest.
    pub newest: Option<DateTime<Utc>>,
}

/// A verdict as stored.
#[derive(Debug, Clone)]
pub struct VerdictRow {
    /// The topic.
    pub topic: TopicId,
    /// Whether it wants the article.
    pub matched: bool,
    /// Score.
    pub score: f64,
    /// Why, as JSON.
    pub why: String,
    /// Hash of the rules that decided.
    pub rules: i64,
}

// A group has a few members, a topic has verdicts on everything: CROSS JOIN keeps SQLite from
// beginning with the latter.
pub(super) const REPRESENTATIVE_SQL: &str = "SELECT a.id, a.published, a.updated
    FROM article a
    CROSS JOIN verdict v ON v.article = a.id AND v.topic = ?1 AND v.matched = 1
    LEFT JOIN source s ON s.id = a.source
    WHERE a.head = ?2
    ORDER BY CASE WHEN a.dup_level = 'corrects' THEN a.published END DESC, a.how = 'teaser',
        coalesce(s.priority, 0) DESC, CASE WHEN a.dup_level = 'replaces' THEN a.id END DESC, a.published, a.id LIMIT 1";
pub(super) const WANTING_SQL: &str =
    "SELECT topic FROM article a CROSS JOIN verdict v ON v.article = a.id
    WHERE a.head = ?1 AND v.matched = 1
    UNION ALL SELECT topic FROM entry WHERE head = ?1";

/// Asked for one rulebook after the other, so that the index leads to those that are young enough.
pub(super) const OTHERS_SQL: &str =
    "SELECT a.id FROM (SELECT 0 AS id UNION SELECT DISTINCT id FROM rulebook) b
    CROSS JOIN article a ON a.rulebook = b.id AND a.published >= ?2
    WHERE b.id <> ?1 AND a.how <> '' LIMIT ?3";
/// Rulebooks by which no article was judged.
pub(super) const UNUSED_SQL: &str = "DELETE FROM rulebook WHERE NOT EXISTS
    (SELECT 1 FROM article a WHERE a.rulebook = rulebook.id AND a.how <> '')";
/// Rows come last: they are newer than what the article says of all.
pub(super) const RULES_SQL: &str = "SELECT r.topic, r.rules FROM article a
    JOIN rulebook r ON r.id = a.rulebook WHERE a.id = ?1
    UNION ALL SELECT topic, rules FROM verdict WHERE article = ?1";

impl Queries<'_> {
    /// How many entries each topic has.
    pub fn topic_counts(&self) -> Result<Vec<TopicCount>> {
        let mut query = self
            .0
            .prepare_cached("SELECT topic, count(*), max(published) FROM entry GROUP BY topic")?;
        let rows = query.query_map([], |row| {
            Ok(TopicCount {
                topic: TopicId(row.get(0)?),
                entries: row.get::<_, i64>(1)? as u64,
                newest: row.get::<_, Option<i64>>(2)?.map(time),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Articles with a text that were judged by other rules than those of a rulebook.
    pub fn judged_by_others(
        &self,
        rulebook: i64,
        since: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<ArticleId>> {
        let mut query = self.0.prepare_cached(OTHERS_SQL)?;
        let rows = query.query_map(params![rulebook, stamp(since), limit as i64], |row| {
            row.get(0).map(ArticleId)
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The rules by which each topic has judged an article; nothing of one that has not.
    pub fn judged_by(&self, article: ArticleId) -> Result<HashMap<TopicId, i64>> {
        let mut query = self.0.prepare_cached(RULES_SQL)?;
        let rows = query.query_map([article.0], |row| Ok((TopicId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The verdicts on an article that found something.
    pub fn verdicts(&self, article: ArticleId) -> Result<Vec<VerdictRow>> {
        let mut query = self.0.prepare_cached(
            "SELECT topic, matched, score, why, rules, packed FROM verdict WHERE article = ?1 ORDER BY topic",
        )?;
        let rows = query.query_map([article.0], |row| {
            let verdict = VerdictRow {
                topic: TopicId(row.get(0)?),
                matched: row.get(1)?,
                score: row.get(2)?,
                why: row.get(3)?,
                rules: row.get(4)?,
            };
            Ok((verdict, row.get::<_, Option<Packed>>(5)?))
        })?;
        let mut verdicts = Vec::new();
        for row in rows {
            let (mut verdict, packed) = row?;
            verdict.why = self.why(verdict.why, packed)?;
            verdicts.push(verdict);
        }
        Ok(verdicts)
    }

    /// The member of a group of copies that represents it for a topic: the latest correction, then a
    /// whole body before a teaser, then the source's priority, then the full text of what others have
    /// the beginning of, then the first published.
    fn representative(
        &self,
        topic: &str,
        head: ArticleId,
    ) -> Result<Option<(ArticleId, i64, i64)>> {
        let mut query = self.0.prepare_cached(REPRESENTATIVE_SQL)?;
        let row = query
            .query_row(params![topic, head.0], |row| {
                Ok((ArticleId(row.get(0)?), row.get(1)?, row.get(2)?))
            })
            .optional()?;
        Ok(row)
    }
}

pub(super) const TOPICS_SQL: &str = "
    WITH RECURSIVE
        entries(topic) AS (SELECT min(topic) FROM entry UNION ALL
            SELECT (SELECT min(topic) FROM entry WHERE topic > entries.topic) FROM entries WHERE topic IS NOT NULL),
        verdicts(topic) AS (SELECT min(topic) FROM verdict UNION ALL
            SELECT (SELECT min(topic) FROM verdict WHERE topic > verdicts.topic) FROM verdicts WHERE topic IS NOT NULL)
    SELECT topic FROM entries WHERE topic IS NOT NULL UNION SELECT topic FROM verdicts WHERE topic IS NOT NULL";

impl Writer<'_> {
    /// Stores what a topic decided about an article. What it wanted before it has wanted since then.
    pub fn record_verdict(
        &self,
        article: ArticleId,
        verdict: &VerdictRow,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.prepare_cached(
            "INSERT INTO verdict (topic, article, matched, score, why, rules, judged, packed)
             VALUES (?1, ?2, ?3, ?4, '', ?6, ?7, ?5)
             ON CONFLICT (topic, article) DO UPDATE SET matched = excluded.matched, score = excluded.score,
                why = '', packed = excluded.packed, rules = excluded.rules,
                judged = CASE WHEN matched = 1 AND excluded.matched = 1 THEN judged ELSE excluded.judged END",
        )?
        .execute(params![
            verdict.topic.as_str(),
            article.0,
            verdict.matched,
            verdict.score,
            self.pack(verdict.why.as_bytes())?,
            verdict.rules,
            stamp(now)
        ])?;
        Ok(())
    }

    /// Takes back what was said of an earlier version of an article by the topics that say nothing of
    /// this one.
    pub(super) fn forget_verdicts_but(
        &self,
        article: ArticleId,
        verdicts: &[VerdictRow],
    ) -> Result<()> {
        let topics: Vec<&str> = verdicts.iter().map(|v| v.topic.as_str()).collect();
        self.prepare_cached(
            "DELETE FROM verdict WHERE article = ?1 AND topic NOT IN (SELECT value FROM json_each(?2))",
        )?
        .execute(params![article.0, serde_json::to_string(&topics)?])?;
        Ok(())
    }

    /// Takes a topic's verdict on an article back: nothing was found.
    pub fn forget_verdict(&self, article: ArticleId, topic: &TopicId) -> Result<()> {
        self.prepare_cached("DELETE FROM verdict WHERE topic = ?1 AND article = ?2")?
            .execute(params![topic.as_str(), article.0])?;
        Ok(())
    }

    /// Says of an article that all topics have judged it by the rules of a rulebook: where there is no
    /// row, nothing was found.
    pub fn judged_by_all(&self, article: ArticleId, rulebook: &Rulebook) -> Result<()> {
        let id = self.rulebook(rulebook)?;
        self.prepare_cached("UPDATE article SET rulebook = ?2 WHERE id = ?1 AND rulebook <> ?2")?
            .execute(params![article.0, id])?;
        Ok(())
    }

    /// Stores a rulebook, unless it is there; returns its id.
    pub(super) fn rulebook(&self, rulebook: &Rulebook) -> Result<i64> {
        if self.memory.is_new_rulebook(rulebook.id) {
            self.insert_rulebook(rulebook)?;
        }
        Ok(rulebook.id)
    }

    fn insert_rulebook(&self, rulebook: &Rulebook) -> Result<()> {
        let mut insert = self.prepare_cached(
            "INSERT INTO rulebook (id, topic, rules) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?;
        for (topic, rules) in &rulebook.topics {
            insert.execute(params![rulebook.id, topic.as_str(), rules])?;
        }
        Ok(())
    }

    /// Takes topics that are no longer configured out of every rulebook: should one come back, it has
    /// judged nothing.
    fn narrow_rulebooks(&self, topics: &[TopicId]) -> Result<()> {
        let mut books: BTreeMap<i64, Vec<(TopicId, i64)>> = BTreeMap::new();
        let mut query = self.prepare("SELECT id, topic, rules FROM rulebook")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let rules = books.entry(row.get(0)?).or_default();
            rules.push((TopicId(row.get(1)?), row.get(2)?));
        }
        for (id, mut rules) in books {
            let all = rules.len();
            rules.retain(|(topic, _)| topics.contains(topic));
            if rules.len() < all {
                let narrower = Rulebook::new(rules);
                self.insert_rulebook(&narrower)?;
                self.execute(
                    "UPDATE article SET rulebook = ?2 WHERE rulebook = ?1 AND how <> ''",
                    [id, narrower.id],
                )?;
            }
        }
        self.execute(UNUSED_SQL, [])?;
        self.memory.forget_rulebook();
        Ok(())
    }

    /// Makes the entries of a group of copies follow from its members' verdicts, in every topic
    /// that wants one of them or did. Safe to run twice.
    pub fn settle(&self, head: ArticleId, minting: &Minting, now: DateTime<Utc>) -> Result<()> {
        let mut query = self.prepare_cached(WANTING_SQL)?;
        let topics: BTreeSet<String> = query
            .query_map([head.0], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for topic in topics {
            match self.queries().representative(&topic, head)? {
                Some(shown) => self.upsert_entry(&topic, head, shown, minting, now)?,
                None => {
                    self.prepare_cached("DELETE FROM entry WHERE topic = ?1 AND head = ?2")?
                        .execute(params![topic, head.0])?;
                }
            }
        }
        self.settle_states(head)
    }

    fn upsert_entry(
        &self,
        topic: &str,
        head: ArticleId,
        (article, published, updated): (ArticleId, i64, i64),
        minting: &Minting,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.prepare_cached(
            "INSERT INTO entry (topic, head, article, atom_id, published, updated)
             VALUES (?1, ?2, ?3, ?4, ?5, max(?5, ?6))
             ON CONFLICT (topic, head) DO UPDATE SET
                updated = CASE WHEN article <> excluded.article THEN ?7 ELSE max(updated, excluded.updated) END,
                article = excluded.article",
        )?
        .execute(params![
            topic,
            head.0,
            article.0,
            minting.atom_id(head),
            published,
            updated,
            stamp(now)
        ])?;
        Ok(())
    }

    fn settle_states(&self, head: ArticleId) -> Result<()> {
        self.prepare_cached(
            "UPDATE article SET state = CASE
                WHEN id IN (SELECT article FROM entry WHERE head = ?1) THEN 'published'
                WHEN head <> id OR EXISTS (SELECT 1 FROM entry WHERE head = ?1) THEN 'duplicate'
                ELSE 'rejected' END
             WHERE head = ?1 AND how <> ''",
        )?
        .execute([head.0])?;
        Ok(())
    }

    /// Forgets entries and verdicts of topics that are no longer configured.
    pub fn retain_topics(&self, topics: &[TopicId]) -> Result<()> {
        for topic in self.topics_with_rows()? {
            if topics.iter().any(|kept| kept.as_str() == topic) {
                continue;
            }
            let left: Vec<i64> = (self.prepare("SELECT head FROM entry WHERE topic = ?1")?)
                .query_map([&topic], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for table in ["entry", "verdict"] {
                self.execute(&format!("DELETE FROM {table} WHERE topic = ?1"), [&topic])?;
            }
            for head in left {
                self.settle_states(ArticleId(head))?;
            }
        }
        self.narrow_rulebooks(topics)
    }

    /// The topics that have entries or verdicts, by leaps from one to the next.
    fn topics_with_rows(&self) -> Result<Vec<String>> {
        let mut query = self.prepare(TOPICS_SQL)?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// What Atom ids are minted from (RFC 4151): fixed when the store is made, so that they survive a
/// change of address.
#[derive(Debug, Clone)]
pub struct Minting {
    /// Authority name: a host.
    pub authority: String,
    /// Date on which that authority was ours.
    pub date: String,
}

const AUTHORITY: &str = "tag_authority";
const DATE: &str = "tag_date";

impl Queries<'_> {
    /// What ids were minted from when the store was made; nothing where that never came about.
    pub fn minting(&self) -> Result<Minting> {
        let meta = |key| self.meta(key).map(Option::unwrap_or_default);
        Ok(Minting {
            authority: meta(AUTHORITY)?,
            date: meta(DATE)?,
        })
    }
}

impl Writer<'_> {
    /// What ids are minted from, which is this unless it was fixed before.
    pub fn minting_or_insert(&self, minting: &Minting) -> Result<Minting> {
        Ok(Minting {
            authority: self.meta_or_insert(AUTHORITY, &minting.authority)?,
            date: self.meta_or_insert(DATE, &minting.date)?,
        })
    }
}

impl Minting {
    /// The id of the entry of a group of copies.
    pub fn atom_id(&self, head: ArticleId) -> String {
        format!("tag:{},{}:article/{head}", self.authority, self.date)
    }

    /// The id of anything else that is published, by a name that never changes.
    pub fn id_of(&self, name: &str) -> String {
        format!("tag:{},{}:{name}", self.authority, self.date)
    }
}
