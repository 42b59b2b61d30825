//! Sightings: what a poll says of the candidates of a source, and the articles that begin with it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, params};

use super::sources::stamp;
use super::texts::Texts;
use super::{Queries, Result, Writer};
use crate::model::{ArticleId, Candidate, SourceId};

/// What a poll says about one candidate.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// The source that was polled.
    pub source: SourceId,
    /// The candidate.
    pub candidate: Candidate,
    /// Identity of its article: family and outlet id, else canonical address, else source and id.
    pub identity: String,
    /// Address of its page; empty when it has none.
    pub url: String,
    /// Registrable domain of that address.
    pub domain: String,
    /// Hash of what the source says, dates left out: outlets re-date old articles.
    pub hash: i64,
    /// Whether it is worked on.
    pub gate: Gate,
    /// How long it may wait for its page.
    pub hold: TimeDelta,
}

/// What is done with a new candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// It is judged, after its page was fetched where it has one.
    Open,
    /// It is older than the source's gate lets in: remembered, never published.
    Old(String),
    /// An explicit rule of every topic rejects it on its title or teaser.
    Rejected {
        /// Why.
        reason: String,
        /// Hash of the rules that reject it: when they change it is looked at again.
        rules: i64,
    },
}

impl Sighting {
    /// The date that the source states, and that of publication; as stored.
    pub(super) fn dates(&self, now: DateTime<Utc>) -> (Option<i64>, i64) {
        let outlet_date = self.candidate.published.or(self.candidate.updated);
        let published = outlet_date.map_or(now, |date| date.min(now));
        (outlet_date.map(stamp), stamp(published))
    }
}

/// What a sighting turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// A new article.
    New(ArticleId),
    /// Known, and unchanged.
    Known(ArticleId),
    /// Known, but the source says something else now.
    Changed(ArticleId),
    /// New at this source, but another source or address has shown the same article.
    Linked(ArticleId),
    /// This source has shown the article before, under another id.
    Renamed(ArticleId),
}

pub(super) const SEEN_SQL: &str =
    "SELECT article, hash FROM seen WHERE source = ?1 AND candidate = ?2";

/// What a source said before in the same words, of an article of the same date.
pub(super) const WORDED_SQL: &str =
    "SELECT s.article, a.url FROM seen s CROSS JOIN article a ON a.id = s.article
    WHERE s.source = ?1 AND s.hash = ?2 AND s.first_seen < ?3 AND a.outlet_date IS ?4 LIMIT 8";

impl Queries<'_> {
    /// The article that a candidate is of a source that gives its articles another id and another
    /// query in their address with every body (a session): the same words and date, at the same path.
    fn under_other_query(
        &self,
        sighting: &Sighting,
        now: DateTime<Utc>,
    ) -> Result<Option<ArticleId>> {
        let candidate = &sighting.candidate;
        let date = candidate.published.or(candidate.updated);
        let says = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        let Some((path, _)) = sighting.url.split_once('?') else {
            return Ok(None);
        };
        if date.is_none() && !says(&candidate.summary) && !says(&candidate.content) {
            return Ok(None);
        }
        // On the first poll everything was seen just now.
        let mut polled = self
            .0
            .prepare_cached("SELECT 1 FROM source WHERE id = ?1 AND last_ok_at IS NOT NULL")?;
        if !polled.exists([sighting.source.as_str()])? {
            return Ok(None);
        }
        let mut query = self.0.prepare_cached(WORDED_SQL)?;
        let mut rows = query.query(params![
            sighting.source.as_str(),
            sighting.hash,
            stamp(now),
            date.map(stamp)
        ])?;
        while let Some(row) = rows.next()? {
            let known: String = row.get(1)?;
            if known
                .split_once('?')
                .is_some_and(|(other, _)| other == path)
            {
                return Ok(Some(ArticleId(row.get(0)?)));
            }
        }
        Ok(None)
    }

    /// The article that a candidate of a source is, if it was seen.
    pub fn seen(&self, source: &SourceId, candidate: &str) -> Result<Option<(ArticleId, i64)>> {
        let mut query = self.0.prepare_cached(SEEN_SQL)?;
        let row = query
            .query_row([source.as_str(), candidate], |row| {
                Ok((ArticleId(row.get(0)?), row.get(1)?))
            })
            .optional()?;
        Ok(row)
    }

    /// What candidates of a source said when they were seen last, as hashes by their ids; those that were
    /// not seen are left out.
    pub fn said(&self, source: &SourceId, ids: Vec<String>) -> Result<HashMap<String, i64>> {
        let mut said = HashMap::with_capacity(ids.len());
        for id in ids {
            if let Some((_, hash)) = self.seen(source, &id)? {
                said.insert(id, hash);
            }
        }
        Ok(said)
    }

    /// Whether a source has shown an article, under whatever id.
    fn shown_by(&self, source: &SourceId, article: ArticleId) -> Result<bool> {
        let mut query = self
            .0
            .prepare_cached("SELECT 1 FROM seen WHERE article = ?1 AND source = ?2 LIMIT 1")?;
        Ok(query.exists(params![article.0, source.as_str()])?)
    }
}

impl Writer<'_> {
    /// Records that a source showed a candidate; a new one becomes an article that is due at once.
    pub fn record_sighting(&self, sighting: &Sighting, now: DateTime<Utc>) -> Result<Seen> {
        if let Some(seen) = self.record_known(sighting, now)? {
            return Ok(seen);
        }
        let due = (sighting.gate == Gate::Open).then_some(now);
        let article = self.insert_article(sighting, due, now)?;
        self.insert_texts(article, &Texts::of(&sighting.candidate)?)?;
        Ok(Seen::New(article))
    }

    /// Records that a source showed a candidate; nothing where it is new.
    pub(super) fn record_known(
        &self,
        sighting: &Sighting,
        now: DateTime<Utc>,
    ) -> Result<Option<Seen>> {
        let known = self
            .queries()
            .seen(&sighting.source, &sighting.candidate.id)?;
        if let Some((article, hash)) = known {
            if hash == sighting.hash {
                return Ok(Some(Seen::Known(article)));
            }
            self.link_candidate(sighting, article, now)?;
            self.refresh(article, sighting, now)?;
            return Ok(Some(Seen::Changed(article)));
        }
        if let Some(article) = self.queries().by_identity(&sighting.identity)? {
            let renamed = self.queries().shown_by(&sighting.source, article)?;
            self.link_candidate(sighting, article, now)?;
            return Ok(Some(if renamed {
                Seen::Renamed(article)
            } else {
                Seen::Linked(article)
            }));
        }
        if let Some(article) = self.queries().under_other_query(sighting, now)? {
            // Not noted under its new id, which will not be seen again.
            return Ok(Some(Seen::Renamed(article)));
        }
        Ok(None)
    }

    /// Inserts the row of a new candidate, without its texts.
    pub(super) fn insert_article(
        &self,
        sighting: &Sighting,
        due: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<ArticleId> {
        let (outlet_date, published) = sighting.dates(now);
        let (state, reason, rules) = match &sighting.gate {
            Gate::Open => ("seen", None, None),
            Gate::Old(reason) => ("old", Some(reason), None),
            Gate::Rejected { reason, rules } => ("rejected", Some(reason), Some(rules)),
        };
        self.prepare_cached(
            "INSERT INTO article (id, story, head, identity, source, url, domain, state, first_seen, outlet_date,
                                  published, updated, title, next_try, hold_until, last_error, rejected_by)
             SELECT n, n, n, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11, ?12, ?13
             FROM (SELECT coalesce(max(id), 0) + 1 AS n FROM article)",
        )?
        .execute(params![
            sighting.identity,
            sighting.source.as_str(),
            sighting.url,
            sighting.domain,
            state,
            stamp(now),
            outlet_date,
            published,
            sighting.candidate.title.as_deref().unwrap_or(""),
            due.map(stamp),
            stamp(now + sighting.hold),
            reason,
            rules
        ])?;
        let id = ArticleId(self.last_insert_rowid());
        self.prepare_cached("UPDATE source SET candidates = candidates + 1 WHERE id = ?1")?
            .execute([sighting.source.as_str()])?;
        self.link_candidate(sighting, id, now)?;
        Ok(id)
    }

    fn link_candidate(
        &self,
        sighting: &Sighting,
        article: ArticleId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.prepare_cached(
            "INSERT INTO seen (source, candidate, article, hash, first_seen) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (source, candidate) DO UPDATE SET hash = excluded.hash",
        )?
        .execute(params![
            sighting.source.as_str(),
            sighting.candidate.id,
            article.0,
            sighting.hash,
            stamp(now)
        ])?;
        Ok(())
    }

    /// A candidate changed at its source: its article is read again, unless a gate keeps it out.
    fn refresh(&self, article: ArticleId, sighting: &Sighting, now: DateTime<Utc>) -> Result<()> {
        let candidate = Texts::of(&sighting.candidate)?.candidate;
        self.change_texts(article, |texts| texts.candidate = candidate)?;
        let rejected = matches!(sighting.gate, Gate::Rejected { .. });
        self.prepare_cached(
            "UPDATE article SET next_try = ?2, attempts = 0, hold_until = ?3, rejected_by = NULL,
                state = CASE WHEN rejected_by IS NULL THEN state ELSE 'seen' END,
                last_error = CASE WHEN rejected_by IS NULL THEN last_error END
             WHERE id = ?1 AND source = ?4 AND state NOT IN ('old') AND NOT (?5 AND how = '')",
        )?
        .execute(params![
            article.0,
            stamp(now),
            stamp(now + sighting.hold),
            sighting.source.as_str(),
            rejected
        ])?;
        Ok(())
    }
}
