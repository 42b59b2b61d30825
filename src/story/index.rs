//! The index in memory: the answers the store gives, for a run over a file of articles and for
//! tests. It keeps everything it is given; there is no purge.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::assign::{Known, Lookup, Span};
use super::compare::Arrival;
use super::settings::{HOT_KEY, MIN_SHARED, MOST_CANDIDATES};
use super::title::Headline;
use crate::model::ArticleId;

/// Most articles proposed for one text hash.
const MOST_VERBATIM: usize = 8;

type Postings<K> = HashMap<K, Vec<(ArticleId, DateTime<Utc>)>>;

/// Articles by identity, text hash and keys.
#[derive(Debug, Default)]
pub struct Index {
    articles: HashMap<ArticleId, Arc<Known>>,
    identities: HashMap<String, ArticleId>,
    texts: Postings<i64>,
    keys: Postings<i32>,
    titles: Postings<i32>,
}

impl Index {
    /// Adds an article, or replaces the version of it that stands there.
    pub fn insert(&mut self, known: Known) {
        let id = known.article;
        if let Some(old) = self.articles.remove(&id) {
            self.remove(&old);
        }
        let arrival = &known.arrival;
        for identity in identities(arrival) {
            self.identities.insert(identity, id);
        }
        let f = &arrival.fingerprint;
        let posting = (id, arrival.published);
        if let Some(hash) = f.text_hash {
            self.texts.entry(hash).or_default().push(posting);
        }
        for key in &f.keys {
            self.keys.entry(*key).or_default().push(posting);
        }
        for key in &f.title.keys {
            self.titles.entry(*key).or_default().push(posting);
        }
        self.articles.insert(id, Arc::new(known));
    }

    /// Puts another article in the place of one that readers see, and of those behind it.
    pub fn put_behind(&mut self, shown: ArticleId, other: ArticleId) {
        for known in self.articles.values_mut() {
            if known.article == shown || known.behind == Some(shown) {
                Arc::make_mut(known).behind = Some(other);
            }
        }
    }

    /// How many articles it holds.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    fn remove(&mut self, old: &Known) {
        let f = &old.arrival.fingerprint;
        if let Some(hash) = f.text_hash {
            withdraw(&mut self.texts, hash, old.article);
        }
        for key in &f.keys {
            withdraw(&mut self.keys, *key, old.article);
        }
        for key in &f.title.keys {
            withdraw(&mut self.titles, *key, old.article);
        }
    }
}

impl Lookup for Index {
    type Error = Infallible;

    fn same(&self, new: &Arrival) -> Result<Option<ArticleId>, Infallible> {
        Ok(identities(new).find_map(|identity| self.identities.get(&identity).copied()))
    }

    fn verbatim(&self, text_hash: i64, span: &Span) -> Result<Vec<ArticleId>, Infallible> {
        let mut found = within(self.texts.get(&text_hash), span);
        found.truncate(MOST_VERBATIM);
        Ok(found)
    }

    fn sharing(&self, keys: &[i32], span: &Span) -> Result<Vec<ArticleId>, Infallible> {
        Ok(shared(&self.keys, keys, span))
    }

    fn headlines(&self, title_keys: &[i32], span: &Span) -> Result<Vec<ArticleId>, Infallible> {
        Ok(shared(&self.titles, title_keys, span))
    }

    fn title_likeness(&self, title: &Headline, article: ArticleId) -> Result<f64, Infallible> {
        let known = self.articles.get(&article);
        Ok(known.map_or(0.0, |known| {
            title.likeness(&known.arrival.fingerprint.title)
        }))
    }

    fn known(&self, article: ArticleId) -> Result<Option<Arc<Known>>, Infallible> {
        Ok(self.articles.get(&article).cloned())
    }

    fn whole(&self, known: Arc<Known>) -> Result<Arc<Known>, Infallible> {
        Ok(known)
    }
}

fn identities(arrival: &Arrival) -> impl Iterator<Item = String> {
    let outlet = arrival
        .identity
        .as_ref()
        .filter(|id| !id.is_empty())
        .map(|id| format!("id {id}"));
    let address = (!arrival.canonical.is_empty()).then(|| format!("at {}", arrival.canonical));
    outlet.into_iter().chain(address)
}

fn within(postings: Option<&Vec<(ArticleId, DateTime<Utc>)>>, span: &Span) -> Vec<ArticleId> {
    postings
        .into_iter()
        .flatten()
        .filter(|(_, published)| span.holds(*published))
        .map(|(id, _)| *id)
        .collect()
}

fn shared(postings: &Postings<i32>, keys: &[i32], span: &Span) -> Vec<ArticleId> {
    let mut counts: HashMap<ArticleId, u32> = HashMap::new();
    for key in keys {
        let found = within(postings.get(key), span);
        if found.len() <= HOT_KEY {
            for id in found {
                *counts.entry(id).or_default() += 1;
            }
        }
    }
    let mut best: Vec<(ArticleId, u32)> = counts
        .into_iter()
        .filter(|(_, n)| *n >= MIN_SHARED)
        .collect();
    best.sort_unstable_by_key(|(id, n)| (std::cmp::Reverse(*n), *id));
    best.truncate(MOST_CANDIDATES);
    best.into_iter().map(|(id, _)| id).collect()
}

fn withdraw<K: std::hash::Hash + Eq>(postings: &mut Postings<K>, key: K, article: ArticleId) {
    if let Some(list) = postings.get_mut(&key) {
        list.retain(|(id, _)| *id != article);
    }
}
