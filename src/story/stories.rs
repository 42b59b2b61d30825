//! Articles in order of arrival, each placed among those before it: what the daemon does with the
//! store, done in memory.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::assign::{Assignment, Known, Lookup, place};
use super::compare::{Arrival, Level};
use super::fingerprint::fingerprint_and_paragraphs;
use super::index::Index;
use super::settings::{Publication, Settings};
use crate::model::{ArticleId, SourceId, StoryId};

/// An article before its text is reduced to a fingerprint.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Where it comes from.
    pub source: String,
    /// Title as plain text.
    pub title: String,
    /// Body as text, a line per paragraph.
    pub text: String,
    /// Canonical form of its address; empty when unknown.
    pub canonical: String,
    /// Identity within its outlet, when known.
    pub identity: Option<String>,
    /// When it was published; `None` takes the time of the article before it.
    pub published: Option<DateTime<Utc>>,
    /// Language tag, when known.
    pub language: Option<String>,
}

/// A paragraph of a source: the stories it was seen in, and when last.
#[derive(Debug, Default)]
struct Repeated {
    stories: Vec<StoryId>,
    last_seen: DateTime<Utc>,
}

/// Stories as they grow.
#[derive(Debug, Default)]
pub struct Stories {
    settings: Settings,
    index: Index,
    paragraphs: HashMap<SourceId, HashMap<u64, Repeated>>,
    arrived: i64,
    last: DateTime<Utc>,
}

impl Stories {
    /// No story yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// The index behind them.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Takes the next article and says where it belongs. Its id is new, or that of the article it
    /// is a version of.
    pub fn take(&mut self, draft: Draft) -> (ArticleId, Assignment) {
        let published = draft.published.unwrap_or(self.last);
        self.last = published;
        let source = SourceId(draft.source.into());
        let is_boilerplate = |hash: u64| self.is_boilerplate(&source, hash, published);
        let (fingerprint, paragraphs) =
            fingerprint_and_paragraphs(&draft.title, &draft.text, &is_boilerplate);
        let arrival = Arrival {
            source,
            outlet: String::new(),
            title: draft.title,
            canonical: draft.canonical,
            identity: draft.identity,
            published,
            language: draft.language,
            compared: true,
            fingerprint: Arc::new(fingerprint),
        };
        let Ok(assignment) = place(&arrival, &self.index, &self.settings);
        let article = self.keep(arrival, &assignment);
        if let Ok(Some(known)) = self.index.known(article) {
            self.remember(&known, paragraphs);
        }
        (article, assignment)
    }

    fn keep(&mut self, arrival: Arrival, assignment: &Assignment) -> ArticleId {
        let version = assignment.of.filter(|_| assignment.level == Level::Same);
        let article = version.unwrap_or_else(|| {
            self.arrived += 1;
            ArticleId(self.arrived)
        });
        let story = assignment.story.unwrap_or(StoryId(article.0));
        let publication = self.settings.publication(assignment.level);
        let behind = match assignment.level {
            Level::Same => assignment.behind,
            _ => (assignment.behind).filter(|_| publication == Publication::Hide),
        };
        if let (Publication::Replace, Some(shown)) = (publication, assignment.behind) {
            self.index.put_behind(shown, article);
        }
        self.index.insert(Known {
            article,
            story,
            representative: ArticleId(story.0),
            behind,
            arrival,
        });
        article
    }

    fn is_boilerplate(&self, source: &SourceId, hash: u64, now: DateTime<Utc>) -> bool {
        let most = TimeDelta::days(i64::from(self.settings.boilerplate_days));
        self.paragraphs
            .get(source)
            .and_then(|of_source| of_source.get(&hash))
            .is_some_and(|seen| {
                seen.stories.len() >= self.settings.boilerplate_stories as usize
                    && now - seen.last_seen <= most
            })
    }

    fn remember(&mut self, known: &Known, paragraphs: Vec<u64>) {
        let enough = self.settings.boilerplate_stories as usize;
        let of_source = self
            .paragraphs
            .entry(known.arrival.source.clone())
            .or_default();
        for hash in paragraphs {
            let seen = of_source.entry(hash).or_default();
            seen.last_seen = seen.last_seen.max(known.arrival.published);
            if seen.stories.len() < enough && !seen.stories.contains(&known.story) {
                seen.stories.push(known.story);
            }
        }
    }
}
