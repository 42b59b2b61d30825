//! What a published feed holds: the entries of a topic, of some sources or of everything.
//!
//! Two steps, so that a feed whose entries have not changed costs little: first the places, read
//! from light columns and each with a mark of all that is shown in it; then the texts.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Params, Row, params};
use serde_json::json;
use xxhash_rust::xxh3::xxh3_64;

use super::packing::Packed;
use super::sources::{stamp, time};
use super::{ArticleRow, Queries, Result};
use crate::model::{ArticleId, SourceId, TopicId};

/// Whose entries a feed holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Those of a topic.
    Topic(TopicId),
    /// Articles of these sources that some topic wants: of a group of copies the one that
    /// represents it among these sources, at the place of the first.
    Sources(Vec<SourceId>),
    /// Those of every topic, each once.
    All,
}

/// Which of them.
#[derive(Debug, Clone, Copy)]
pub struct EntryWindow {
    /// At least so many, however old,
    pub least: usize,
    /// at most so many, however young,
    pub most: usize,
    /// and all that are younger than this,
    pub since: DateTime<Utc>,
    /// but none older than this,
    pub reach: Option<DateTime<Utc>>,
    /// and at most so many of one source.
    pub per_source: Option<u32>,
    /// Whether older entries stay until they stand in an archive, and come back when they change
    /// after that.
    pub archives: bool,
    /// Whether they are looked for among all entries there ever were. Otherwise the look ends behind
    /// [`RESTING`] in a row that rest in archives: what came with an older date is found by the next
    /// thorough one.
    pub thorough: bool,
}

/// Entries in a row, all of them in archives, behind which a look that is not thorough ends.
const RESTING: usize = 500;

impl EntryWindow {
    /// Whether the window ends before an entry of this date.
    fn ends(&self, held: usize, published: DateTime<Utc>) -> bool {
        held >= self.most
            || (held >= self.least && published < self.since)
            || self.reach.is_some_and(|reach| published < reach)
    }
}

/// The place of an entry in a feed.
#[derive(Debug, Clone)]
pub struct Place {
    /// First article of the group of copies.
    pub head: ArticleId,
    /// The article shown.
    pub shown: ArticleId,
    /// Minted Atom id, never changed, the same in every feed.
    pub atom_id: String,
    /// Frozen date of publication.
    pub published: DateTime<Utc>,
    /// Last significant change.
    pub updated: DateTime<Utc>,
    /// When the topic began to want what is shown, which may be long after its date.
    pub entered: DateTime<Utc>,
    /// Whether it has left the window and stands in no archive yet.
    pub ripe: bool,
    /// Hash of all that is shown of it but the letters of its body, whose length is in it.
    pub mark: u64,
}

/// An entry of a feed, with the article it shows.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// Its place.
    pub place: Place,
    /// The article shown.
    pub article: ArticleRow,
    /// Title and page of its source, as the outlet calls itself.
    pub source_title: Option<String>,
    /// Its page.
    pub source_site: Option<String>,
    /// Address that was polled.
    pub source_url: String,
    /// The same text elsewhere: source, address, title.
    pub copies: Vec<(SourceId, String, String)>,
    /// The topics that want it.
    pub topics: Vec<TopicId>,
}

/// An article that a topic does not want.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// The article.
    pub article: ArticleId,
    /// Its source.
    pub source: SourceId,
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its date of publication.
    pub published: DateTime<Utc>,
    /// When the topic decided.
    pub judged: DateTime<Utc>,
    /// Score.
    pub score: f64,
    /// Why, as JSON; None where nothing was found.
    pub why: Option<String>,
    /// Its language.
    pub language: Option<String>,
}

pub(super) const TOPIC_SQL: &str =
    "SELECT e.head, e.article, e.atom_id, e.published, e.updated, r.updated
     FROM entry e LEFT JOIN archived r ON r.channel = ?2 AND r.head = e.head
     WHERE e.topic = ?1 ORDER BY e.published DESC, e.head DESC";

pub(super) const ALL_SQL: &str =
    "SELECT e.head, e.article, e.atom_id, e.published, e.updated, r.updated
     FROM entry e LEFT JOIN archived r ON r.channel = ?1 AND r.head = e.head
     ORDER BY e.published DESC, e.head DESC";

pub(super) const SOURCE_SQL: &str = "SELECT a.head,
        (SELECT c.id FROM article c LEFT JOIN source s ON s.id = c.source
         WHERE c.head = a.head AND c.how <> '' AND c.source IN (SELECT value FROM json_each(?3))
         ORDER BY CASE WHEN c.dup_level = 'corrects' THEN c.published END DESC, c.how = 'teaser',
            coalesce(s.priority, 0) DESC, CASE WHEN c.dup_level = 'replaces' THEN c.id END DESC, c.published, c.id LIMIT 1),
        (SELECT e.atom_id FROM entry e WHERE e.head = a.head LIMIT 1),
        a.published, max(a.published, a.updated), r.updated
     FROM article a LEFT JOIN archived r ON r.channel = ?2 AND r.head = a.head
     WHERE a.source = ?1 AND a.state IN ('published', 'duplicate')
       AND EXISTS (SELECT 1 FROM verdict v WHERE v.article = a.id AND v.matched = 1)
       AND NOT EXISTS (SELECT 1 FROM article b
            WHERE b.head = a.head AND b.how <> '' AND b.source IN (SELECT value FROM json_each(?3))
              AND (b.published, b.id) < (a.published, a.id))
     ORDER BY a.published DESC";

pub(super) const REJECTED_SQL: &str =
    "SELECT a.id, a.source, a.url, a.title, a.published, coalesce(v.judged, a.first_seen), coalesce(v.score, 0), v.why,
            a.language, v.packed
     FROM article a LEFT JOIN verdict v ON v.topic = ?1 AND v.article = a.id
     WHERE a.published >= ?2 AND a.how <> '' AND (v.matched = 0 OR v.matched IS NULL
        AND EXISTS (SELECT 1 FROM rulebook r WHERE r.id = a.rulebook AND r.topic = ?1))
     ORDER BY a.published DESC, a.id DESC LIMIT ?3";

pub(super) const REJECTED_EARLY_SQL: &str =
    "SELECT id, source, url, title, published, first_seen, last_error FROM article
     WHERE rejected_by IS NOT NULL AND published >= ?1 ORDER BY published DESC LIMIT ?2";

pub(super) const DUE_OF_SQL: &str = "SELECT min(next_fetch_at) FROM source
     WHERE active = 1 AND id IN (SELECT value FROM json_each(?1))";

/// An entry before it has a place.
struct Found {
    place: Place,
    archived: Option<DateTime<Utc>>,
}

/// The places of a feed while they are looked for, newest first.
struct Gathering<'a> {
    window: &'a EntryWindow,
    /// The topic whose entries they are, if they are one topic's.
    topic: Option<&'a str>,
    places: Vec<Place>,
    heads: HashSet<ArticleId>,
    of_sources: HashMap<SourceId, u32>,
    /// Entries in a row that rest in archives.
    resting: usize,
}

impl<'a> Gathering<'a> {
    fn new(window: &'a EntryWindow, selection: &'a Selection) -> Self {
        let topic = match selection {
            Selection::Topic(topic) => Some(topic.as_str()),
            Selection::Sources(_) | Selection::All => None,
        };
        Self {
            window,
            topic,
            places: Vec::new(),
            heads: HashSet::new(),
            of_sources: HashMap::new(),
            resting: 0,
        }
    }

    /// Gives an entry its place, if it has one; whether older ones may have one, too.
    fn take(&mut self, queries: &Queries<'_>, found: Found) -> Result<ControlFlow<()>> {
        let (window, Found { place, archived }) = (self.window, found);
        let ended = window.ends(self.places.len(), place.published);
        if ended && !window.archives {
            return Ok(ControlFlow::Break(()));
        }
        let revised = |at: DateTime<Utc>| place.updated > at && place.updated >= window.since;
        if ended && !archived.is_none_or(revised) {
            self.resting += 1;
            return Ok(match window.thorough || self.resting < RESTING {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            });
        }
        self.resting = 0;
        if !self.heads.insert(place.head) {
            return Ok(ControlFlow::Continue(()));
        }
        let Some((source, entered, mark)) = queries.mark(&place, self.topic)? else {
            return Ok(ControlFlow::Continue(()));
        };
        let held = self.of_sources.entry(source).or_default();
        if window.per_source.is_none_or(|most| *held < most) {
            *held += 1;
            self.places.push(Place {
                ripe: ended && archived.is_none(),
                entered,
                mark,
                ..place
            });
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Queries<'_> {
    /// When the first of some sources is due; of all of them where none are named.
    pub fn due_of(&self, sources: Option<&[SourceId]>) -> Result<Option<DateTime<Utc>>> {
        let Some(sources) = sources else {
            return self.next_due();
        };
        let names: Vec<&str> = sources.iter().map(SourceId::as_str).collect();
        let mut query = self.0.prepare_cached(DUE_OF_SQL)?;
        let due: Option<i64> =
            query.query_row([serde_json::to_string(&names)?], |row| row.get(0))?;
        Ok(due.map(time))
    }

    /// The places of a feed, newest first. `channel` names the feed among the archives.
    pub fn places(
        &self,
        channel: &str,
        selection: &Selection,
        window: &EntryWindow,
    ) -> Result<Vec<Place>> {
        let mut gathering = Gathering::new(window, selection);
        let mut visit = |found| gathering.take(self, found);
        match selection {
            Selection::Topic(topic) => {
                self.each_found(TOPIC_SQL, params![topic.as_str(), channel], &mut visit)?;
            }
            Selection::All => self.each_found(ALL_SQL, params![channel], &mut visit)?,
            Selection::Sources(sources) => {
                for found in self.of_sources(channel, sources)? {
                    if visit(found)?.is_break() {
                        break;
                    }
                }
            }
        }
        Ok(gathering.places)
    }

    /// Everything of some sources that may have a place, newest first; of one head the first counts.
    fn of_sources(&self, channel: &str, sources: &[SourceId]) -> Result<Vec<Found>> {
        let names: Vec<&str> = sources.iter().map(SourceId::as_str).collect();
        let set = serde_json::to_string(&names)?;
        let mut all: Vec<Found> = Vec::new();
        for name in names {
            self.each_found(SOURCE_SQL, params![name, channel, set], &mut |found| {
                all.push(found);
                Ok(ControlFlow::Continue(()))
            })?;
        }
        all.sort_by_key(|f| Reverse((f.place.published, f.place.head)));
        Ok(all)
    }

    /// Visits what may have a place, newest first, until the visitor has seen enough.
    fn each_found(
        &self,
        sql: &str,
        parameters: impl Params,
        visit: &mut dyn FnMut(Found) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let mut query = self.0.prepare_cached(sql)?;
        let mut rows = query.query(parameters)?;
        while let Some(row) = rows.next()? {
            // Without an id it is being settled at this moment.
            let Some(atom_id) = row.get(2)? else {
                continue;
            };
            let found = Found {
                place: Place {
                    head: ArticleId(row.get(0)?),
                    shown: ArticleId(row.get::<_, Option<i64>>(1)?.unwrap_or_default()),
                    atom_id,
                    published: time(row.get(3)?),
                    updated: time(row.get(4)?),
                    entered: DateTime::UNIX_EPOCH,
                    ripe: false,
                    mark: 0,
                },
                archived: row.get::<_, Option<i64>>(5)?.map(time),
            };
            if visit(found)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The source of the article shown at a place, when that began to be wanted, and the mark of the
    /// place; None when the article is gone.
    fn mark(
        &self,
        place: &Place,
        topic: Option<&str>,
    ) -> Result<Option<(SourceId, DateTime<Utc>, u64)>> {
        let mut query = self.0.prepare_cached(
            "SELECT a.source, a.url, a.title, a.language, a.authors, a.categories, a.enclosures, a.image,
                    a.how, b.mark, a.subtitle, a.section, s.title, s.site_url, s.url,
                    (SELECT max(v.judged) FROM verdict v
                     WHERE v.article = a.id AND v.matched = 1 AND (?2 IS NULL OR v.topic = ?2))
             FROM article a JOIN body b ON b.article = a.id LEFT JOIN source s ON s.id = a.source WHERE a.id = ?1",
        )?;
        let light = |row: &Row<'_>| {
            let mut text = String::new();
            for column in 0..16 {
                // Writing to a String cannot fail.
                let _ = write!(text, "{:?};", row.get_ref(column)?);
            }
            let entered = row
                .get::<_, Option<i64>>(15)?
                .map_or(DateTime::UNIX_EPOCH, time);
            Ok((SourceId(row.get(0)?), entered, text))
        };
        let found = query
            .query_row(params![place.shown.0, topic], light)
            .optional()?;
        let Some((source, entered, mut text)) = found else {
            return Ok(None);
        };
        let _ = write!(
            text,
            "{:?}{:?}{}{:?}{:?}",
            self.copies(place.head, place.shown)?,
            self.topics_of(place.head)?,
            place.atom_id,
            place.published,
            place.updated,
        );
        Ok(Some((source, entered, xxh3_64(text.as_bytes()))))
    }

    fn topics_of(&self, head: ArticleId) -> Result<Vec<TopicId>> {
        let mut query = self
            .0
            .prepare_cached("SELECT topic FROM entry WHERE head = ?1 ORDER BY topic")?;
        let rows = query.query_map([head.0], |row| row.get(0).map(TopicId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The entries at some places, with their texts.
    pub fn entry_rows(&self, places: Vec<Place>) -> Result<Vec<EntryRow>> {
        let mut entries = Vec::with_capacity(places.len());
        for place in places {
            let Some(article) = self.article(place.shown)? else {
                continue;
            };
            let source = self.source(&article.source)?;
            entries.push(EntryRow {
                copies: self.copies(place.head, place.shown)?,
                topics: self.topics_of(place.head)?,
                source_title: source.as_ref().and_then(|s| s.title.clone()),
                source_site: source.as_ref().and_then(|s| s.site_url.clone()),
                source_url: source.map(|s| s.url).unwrap_or_default(),
                article,
                place,
            });
        }
        Ok(entries)
    }

    /// Articles younger than `since` that a topic has judged and does not want, newest first.
    pub fn rejections(
        &self,
        topic: &TopicId,
        since: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Rejection>> {
        let mut all = self.judged_unwanted(topic, since, limit)?;
        all.extend(self.rejected_early(since, limit)?);
        all.sort_by_key(|r| std::cmp::Reverse((r.published, r.article)));
        all.truncate(limit);
        Ok(all)
    }

    /// What was rejected before its page was fetched: only what an explicit rule of every topic
    /// rejects is, so it belongs to each of them.
    fn rejected_early(&self, since: DateTime<Utc>, limit: usize) -> Result<Vec<Rejection>> {
        let mut query = self.0.prepare_cached(REJECTED_EARLY_SQL)?;
        let rows = query.query_map(params![stamp(since), limit as i64], |row| {
            let reason: Option<String> = row.get(6)?;
            Ok(Rejection {
                article: ArticleId(row.get(0)?),
                source: SourceId(row.get(1)?),
                url: row.get(2)?,
                title: row.get(3)?,
                published: time(row.get(4)?),
                judged: time(row.get(5)?),
                score: 0.0,
                why: Some(json!({"missed": [reason]}).to_string()),
                language: None,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn judged_unwanted(
        &self,
        topic: &TopicId,
        since: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Rejection>> {
        let mut query = self.0.prepare_cached(REJECTED_SQL)?;
        let rows = query.query_map(params![topic.as_str(), stamp(since), limit as i64], |row| {
            let rejection = Rejection {
                article: ArticleId(row.get(0)?),
                source: SourceId(row.get(1)?),
                url: row.get(2)?,
                title: row.get(3)?,
                published: time(row.get(4)?),
                judged: time(row.get(5)?),
                score: row.get(6)?,
                why: row.get(7)?,
                language: row.get(8)?,
            };
            Ok((rejection, row.get::<_, Option<Packed>>(9)?))
        })?;
        let mut rejections = Vec::new();
        for row in rows {
            let (mut rejection, packed) = row?;
            if let Some(plain) = rejection.why {
                rejection.why = Some(self.why(plain, packed)?);
            }
            rejections.push(rejection);
        }
        Ok(rejections)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Store, Writer};
    use super::*;

    const DAY: i64 = 86_400;

    fn window(thorough: bool, most: usize) -> EntryWindow {
        EntryWindow {
            least: 2,
            most,
            since: time(900 * DAY),
            reach: None,
            per_source: None,
            archives: true,
            thorough,
        }
    }

    /// An entry of the topic `t` for each day up to the last but one.
    fn fill(w: &Writer<'_>) -> Result<()> {
        for day in 1..1_000 {
            let at = day * DAY;
            w.execute(
                "INSERT INTO article (id, head, identity, source, url, domain, state, first_seen, published, updated,
                    hold_until, how) VALUES (?1, ?1, ?1, 's', '', '', 'published', ?2, ?2, ?2, 0, 'feed')",
                [day, at],
            )?;
            w.execute(
                "INSERT INTO body (article, mark, packed) VALUES (?1, 0, x'')",
                [day],
            )?;
            w.execute(
                "INSERT INTO entry VALUES ('t', ?1, ?1, ?1, ?2, ?2)",
                [day, at],
            )?;
            // The third came late: all others of its time rest in archives.
            if day < 800 && day != 3 {
                w.execute("INSERT INTO archived VALUES ('t', ?1, 1, ?2)", [day, at])?;
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn what_came_late_with_an_old_date_is_found_by_a_thorough_look() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        store.write(fill).await.expect("filled");
        let topic = Selection::Topic(TopicId::from("t"));
        let look = move |thorough, most| {
            let (store, topic) = (store.clone(), topic.clone());
            async move {
                let window = window(thorough, most);
                let places = store.read(move |r| r.queries().places("t", &topic, &window));
                let places = places.await.expect("read");
                let of = |place: &Place| (place.head.0, place.ripe);
                places.iter().map(of).collect::<Vec<_>>()
            }
        };
        let quick = look(false, 1_000).await;
        // A hundred days of the window, and a hundred that wait for an archive.
        assert_eq!(
            (quick.len(), quick.first(), quick.last()),
            (200, Some(&(999, false)), Some(&(800, true)))
        );
        assert_eq!(look(true, 1_000).await.last(), Some(&(3, true)));
        // However young, what is too much is on its way to the archives.
        let narrow = look(false, 10).await;
        assert_eq!(narrow.iter().filter(|(_, ripe)| !ripe).count(), 10);
        assert_eq!(narrow.len(), 200);
    }
}
