//! Assignment: the one level an arriving article gets, out of all its comparisons.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::compare::{
    Arrival, Comparison, Guard, Level, Measures, NEARLY_EQUAL, compare, compare_measured,
    thousandths,
};
use super::settings::Settings;
use super::title::Headline;
use crate::model::{ArticleId, StoryId};

/// An article that arrived earlier, with its place among the stories.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its row.
    pub article: ArticleId,
    /// The story it belongs to.
    pub story: StoryId,
    /// The article that represents that story; itself, for the first.
    pub representative: ArticleId,
    /// The article that readers see in its stead; `None` when they see it itself.
    pub behind: Option<ArticleId>,
    /// The article as it arrived.
    pub arrival: Arrival,
}

/// A span of times of publication, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Earliest.
    pub from: DateTime<Utc>,
    /// Latest.
    pub to: DateTime<Utc>,
}

impl Span {
    /// The span of so many hours on both sides of a time.
    pub fn around(time: DateTime<Utc>, hours: u32) -> Self {
        let reach = TimeDelta::hours(i64::from(hours));
        Self {
            from: time
                .checked_sub_signed(reach)
                .unwrap_or(DateTime::<Utc>::MIN_UTC),
            to: time
                .checked_add_signed(reach)
                .unwrap_or(DateTime::<Utc>::MAX_UTC),
        }
    }

    /// Whether a time lies within.
    pub fn holds(&self, time: DateTime<Utc>) -> bool {
        self.from <= time && time <= self.to
    }
}

/// What an index of earlier articles answers. The store and the in-memory index both do, and
/// [`place`] asks nothing else.
pub trait Lookup {
    /// Why an answer may fail.
    type Error;

    /// The article that the new one is a version of: same family and outlet id, same canonical
    /// address, or same guid within the source.
    fn same(&self, new: &Arrival) -> Result<Option<ArticleId>, Self::Error>;
    /// Articles whose text has this hash, earliest first, a few at most.
    fn verbatim(&self, text_hash: i64, span: &Span) -> Result<Vec<ArticleId>, Self::Error>;
    /// Articles stored under at least [`super::MIN_SHARED`] of the keys, most shared first, at most
    /// [`super::MOST_CANDIDATES`]; a key with more than about [`super::HOT_KEY`] articles in the span is passed over.
    fn sharing(&self, keys: &[i32], span: &Span) -> Result<Vec<ArticleId>, Self::Error>;
    /// The same for the keys of a title. An index that keeps none answers with nothing.
    fn headlines(&self, title_keys: &[i32], span: &Span) -> Result<Vec<ArticleId>, Self::Error>;
    /// How like a title is to that of an earlier article, 0 to 1 ([`Headline::likeness`]); 0 when it is gone.
    fn title_likeness(&self, title: &Headline, article: ArticleId) -> Result<f64, Self::Error>;
    /// An earlier article, or its outline ([`Fingerprint::outline`]); `None` when it is gone.
    ///
    /// [`Fingerprint::outline`]: super::Fingerprint::outline
    fn known(&self, article: ArticleId) -> Result<Option<Arc<Known>>, Self::Error>;
    /// An earlier article of which there is an outline, with its whole fingerprint.
    fn whole(&self, outline: Arc<Known>) -> Result<Arc<Known>, Self::Error>;
}

/// Where an arriving article belongs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// What it is.
    pub level: Level,
    /// To which article; `None` when it is new.
    pub of: Option<ArticleId>,
    /// The story it joins: that of `of`, from [`Level::Derived`] on. A linked article
    /// ([`Level::Story`]) opens a story of its own, so that links never grow into chains.
    pub story: Option<StoryId>,
    /// The article readers see in its stead, should it be hidden.
    pub behind: Option<ArticleId>,
    /// Jaccard similarity with `of`, 0 to 1.
    #[serde(serialize_with = "thousandths")]
    pub jaccard: f64,
    /// Share of the new article that `of` holds, 0 to 1.
    #[serde(serialize_with = "thousandths")]
    pub containment: f64,
    /// Share of `of` that the new article holds, 0 to 1.
    #[serde(serialize_with = "thousandths")]
    pub contained: f64,
    /// The guard that decided, if one did.
    pub guard: Option<Guard>,
    /// Everything it was compared with, best first.
    pub compared: Vec<Comparison>,
}

/// Share of a text from which it stands wholly in another.
const WHOLLY: f64 = 0.98;
/// Similarity below which a new version of an article is a significant change.
const UNCHANGED: f64 = 0.95;
/// Most comparisons kept for the person who asks why.
const MOST_REPORTED: usize = 5;

/// Places an arriving article among those the index knows.
pub fn place<L: Lookup>(
    new: &Arrival,
    lookup: &L,
    settings: &Settings,
) -> Result<Assignment, L::Error> {
    if let Some(id) = lookup.same(new)?
        && let Some(old) = lookup.known(id)?
    {
        return Ok(version(new, &old, settings));
    }
    if !new.compared {
        return Ok(assign(new, &[], settings));
    }
    let f = &new.fingerprint;
    let near = Span::around(new.published, settings.window_days * 24);
    let far = Span::around(new.published, settings.hash_window_days * 24);
    let day = Span::around(
        new.published,
        settings.title_hours.max(settings.story_hours),
    );
    let mut ids = match f.text_hash {
        Some(hash) => lookup.verbatim(hash, &far)?,
        None => Vec::new(),
    };
    ids.extend(lookup.sharing(&f.probes, &near)?);
    for id in lookup.headlines(&f.title.keys, &day)? {
        // Two words beside each other are shared by many titles, and reading a text is dear.
        if !ids.contains(&id) && lookup.title_likeness(&f.title, id)? >= settings.title_likeness {
            ids.push(id);
        }
    }
    let mut found = BTreeMap::new();
    for id in ids {
        take(lookup, id, &mut found)?;
    }
    let others: Vec<ArticleId> = found
        .values()
        .flat_map(|known: &Arc<Known>| [Some(known.representative), known.behind])
        .flatten()
        .collect();
    for id in others {
        take(lookup, id, &mut found)?;
    }
    let mut candidates = Vec::with_capacity(found.len());
    for known in found.into_values() {
        let measures = Measures::of(f, &known.arrival.fingerprint);
        let known = match measures.are_near(settings) {
            true => lookup.whole(known)?,
            false => known,
        };
        candidates.push((known, measures));
    }
    Ok(assign_measured(new, &candidates, settings))
}

fn take<L: Lookup>(
    lookup: &L,
    id: ArticleId,
    found: &mut BTreeMap<ArticleId, Arc<Known>>,
) -> Result<(), L::Error> {
    if !found.contains_key(&id)
        && let Some(known) = lookup.known(id)?
    {
        found.insert(id, known);
    }
    Ok(())
}

/// Gives an arriving article its level among candidates. The candidates must hold, for each, its
/// representative and the article readers see in its stead; a missing one counts as unlike.
pub fn assign(new: &Arrival, candidates: &[Arc<Known>], settings: &Settings) -> Assignment {
    let measured = |known: &Arc<Known>| {
        let measures = Measures::of(&new.fingerprint, &known.arrival.fingerprint);
        (known.clone(), measures)
    };
    let candidates: Vec<_> = candidates.iter().map(measured).collect();
    assign_measured(new, &candidates, settings)
}

fn assign_measured(
    new: &Arrival,
    candidates: &[(Arc<Known>, Measures)],
    settings: &Settings,
) -> Assignment {
    let compared = |(known, measures): &'_ (Arc<Known>, Measures)| {
        compare_measured((new, &known.arrival), known.article, *measures, settings)
    };
    let mut compared: Vec<(Comparison, &Known)> = (candidates.iter())
        .map(|candidate| (compared(candidate), &*candidate.0))
        .collect();
    let plain: BTreeMap<ArticleId, (Level, f64)> = compared
        .iter()
        .map(|(c, known)| (known.article, (c.level, c.containment.max(c.contained))))
        .collect();
    for (comparison, known) in &mut compared {
        let level_with = |id: ArticleId| plain.get(&id).map_or(Level::New, |p| p.0);
        let held = unchained(comparison, known, &level_with);
        if held < comparison.level {
            comparison.level = held;
            comparison.guard = Some(Guard::Chain);
        }
    }
    compared.sort_by(|(a, known_a), (b, known_b)| {
        let seen = |known: &Known| known.behind.is_none();
        (b.level.cmp(&a.level))
            .then_with(|| seen(known_b).cmp(&seen(known_a)))
            .then_with(|| score(b).total_cmp(&score(a)))
            .then_with(|| known_a.article.cmp(&known_b.article))
    });
    let best = compared
        .first()
        .filter(|(c, _)| c.level > Level::New)
        .cloned();
    let mut report: Vec<Comparison> = compared.into_iter().map(|(c, _)| c).collect();
    report.truncate(MOST_REPORTED);
    decision(best, report)
}

fn score(c: &Comparison) -> f64 {
    c.jaccard.max(c.containment) + c.jaccard * 1e-3
}

fn decision(best: Option<(Comparison, &Known)>, compared: Vec<Comparison>) -> Assignment {
    let Some((comparison, known)) = best else {
        let nearest = compared.iter().max_by(|a, b| score(a).total_cmp(&score(b)));
        return Assignment {
            level: Level::New,
            of: None,
            story: None,
            behind: None,
            jaccard: nearest.map_or(0.0, |c| c.jaccard),
            containment: nearest.map_or(0.0, |c| c.containment),
            contained: nearest.map_or(0.0, |c| c.contained),
            guard: nearest.and_then(|c| c.guard),
            compared,
        };
    };
    let joins = comparison.level >= Level::Derived;
    Assignment {
        level: comparison.level,
        of: Some(known.article),
        story: joins.then_some(known.story),
        behind: joins.then(|| known.behind.unwrap_or(known.article)),
        jaccard: comparison.jaccard,
        containment: comparison.containment,
        contained: comparison.contained,
        guard: comparison.guard,
        compared,
    }
}

/// The level that also holds against the articles that stand for this one: a rolling story would
/// otherwise join a week of articles, each alike only to the one before.
fn unchained(
    comparison: &Comparison,
    known: &Known,
    level_with: &dyn Fn(ArticleId) -> Level,
) -> Level {
    let level = comparison.level;
    match level {
        // A copy of a hidden article is hidden with it where nothing is lost.
        Level::Copy if comparison.jaccard >= NEARLY_EQUAL => level,
        Level::Copy if comparison.containment >= WHOLLY => match known.behind {
            Some(shown) if level_with(shown) < Level::Story => Level::Derived,
            _ => level,
        },
        Level::Copy | Level::Replaces | Level::Extends => match known.behind {
            Some(shown) => level_with(shown).clamp(Level::Derived, level),
            None => level,
        },
        Level::Derived if known.representative != known.article => {
            let head = level_with(known.representative);
            if head >= Level::Derived {
                level
            } else {
                Level::Story
            }
        }
        Level::Story if known.representative != known.article => {
            level_with(known.representative).min(level)
        }
        _ => level,
    }
}

/// The assignment of a new version of an article.
fn version(new: &Arrival, old: &Known, settings: &Settings) -> Assignment {
    let mut comparison = compare(new, &old.arrival, old.article, settings);
    comparison.level = Level::Same;
    comparison.guard = None;
    Assignment {
        level: Level::Same,
        of: Some(old.article),
        story: Some(old.story),
        behind: old.behind,
        jaccard: comparison.jaccard,
        containment: comparison.containment,
        contained: comparison.contained,
        guard: None,
        compared: vec![comparison],
    }
}

/// Whether a new version changes its article enough to say so to readers: another title, or more
/// than a twentieth of the text.
pub fn changed(new: &Arrival, old: &Arrival, jaccard: f64) -> bool {
    let (a, b) = (&new.fingerprint, &old.fingerprint);
    let same_text = a.text_hash.is_some() && a.text_hash == b.text_hash;
    let both_empty = a.shingles.is_empty() && b.shingles.is_empty() && a.words == b.words;
    a.title.hash != b.title.hash || !(same_text || both_empty || jaccard >= UNCHANGED)
}
