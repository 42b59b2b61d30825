//! Comparison of two articles: how much of each the other holds, and what that makes the later one.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize, Serializer};

use super::fingerprint::{COMPARABLE, Details, Fingerprint};
use super::settings::{OnLonger, Scope, Settings};
use crate::model::{ArticleId, SourceId};
use crate::text::language;

/// What an arriving article is to an earlier one, from nothing to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A story of its own.
    New,
    /// About the same events: linked, never merged.
    Story,
    /// Drawn from the same text: attached, published unless the settings collapse it.
    Derived,
    /// Holds the earlier one and adds to it.
    Extends,
    /// The dispatch of which the earlier one is the beginning: takes its place.
    Replaces,
    /// The same text, or most of the new one stands in the earlier one.
    Copy,
    /// A correction of the earlier one by the same outlet or agency: takes its place.
    Corrects,
    /// The same article of the same outlet: a new version.
    Same,
}

impl Level {
    /// The name used in answers and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Story => "story",
            Self::Derived => "derived",
            Self::Extends => "extends",
            Self::Replaces => "replaces",
            Self::Copy => "copy",
            Self::Corrects => "corrects",
            Self::Same => "same",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a comparison gave less than its measures alone would have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// The numbers differ: two issues of a series.
    Numbers,
    /// Titles and texts of one source name different things: two articles written alike.
    Names,
    /// The same short text under titles that have no word in common.
    Titles,
    /// Two languages.
    Language,
    /// Too far apart in time.
    Window,
    /// Too short to be anything but a copy.
    Short,
    /// Alike to a member of the story, not to the article that represents it.
    Chain,
    /// Outside the scope of the settings, or a source that is not compared.
    Scope,
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Numbers => "the numbers differ, as in two issues of a series",
            Self::Names => "titles and texts of one source name different things",
            Self::Titles => "the text is short and the titles have no word in common",
            Self::Language => "the languages differ",
            Self::Window => "the articles are too far apart in time",
            Self::Short => "the text is too short to be anything but a copy",
            Self::Chain => {
                "it is alike to a member of the story, not to the article that represents it"
            }
            Self::Scope => "the settings keep these sources from being compared",
        })
    }
}

/// An article as it arrives.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Where it comes from.
    pub source: SourceId,
    /// Host of its address without `www.`; empty when unknown.
    pub outlet: String,
    /// Its title as plain text.
    pub title: String,
    /// Canonical form of its address; empty when unknown.
    pub canonical: String,
    /// Identity within its outlet (family and outlet id, or guid), when known.
    pub identity: Option<String>,
    /// When it was published, else when it was first seen.
    pub published: DateTime<Utc>,
    /// Language tag (BCP 47), when known.
    pub language: Option<String>,
    /// False for a source whose articles are not compared (`dedup = "off"`).
    pub compared: bool,
    /// What its text is reduced to.
    pub fingerprint: Arc<Fingerprint>,
}

/// One comparison, as `explain` prints it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The earlier article.
    pub article: ArticleId,
    /// What the new one is to it.
    pub level: Level,
    /// Jaccard similarity of the shingles, 0 to 1.
    #[serde(serialize_with = "thousandths")]
    pub jaccard: f64,
    /// Share of the new one that the earlier one holds, 0 to 1.
    #[serde(serialize_with = "thousandths")]
    pub containment: f64,
    /// Share of the earlier one that the new one holds, 0 to 1.
    #[serde(serialize_with = "thousandths")]
    pub contained: f64,
    /// What lowered the level, if anything did.
    pub guard: Option<Guard>,
}

/// A measure as it is kept: more digits say nothing, and stand in the store for every comparison.
pub(super) fn thousandths<S: Serializer>(measure: &f64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64((measure * 1_000.0).round() / 1_000.0)
}

/// Fewest distinct numbers on both sides for the number guard.
const GUARDED_NUMBERS: usize = 3;
/// Conflicting places from which conflicts that outweigh agreements decide alone.
const CONFLICTS: usize = 3;
/// Words below which what one source repeats may be a notice (a paywall, a cookie text) that stands
/// in the place of the article.
const NOTICE_WORDS: u32 = 100;
/// Shingles that the openings of two texts share when their leads are one.
const LEAD: usize = 40;
/// The same, of a text that is little more than its lead: as a share of its shingles, and at least.
const LEAD_SHARED: f64 = 0.9;
const SHORTEST_LEAD: usize = 25;
/// Similarity from which two texts are one for all that follows from it.
pub(super) const NEARLY_EQUAL: f64 = 0.8;
/// Fewest words of content of a title that may drop an article.
const TITLE_WORDS: usize = 5;

/// Compares a new article with an earlier one, as if the earlier one stood alone.
pub fn compare(
    new: &Arrival,
    old: &Arrival,
    article: ArticleId,
    settings: &Settings,
) -> Comparison {
    let measures = Measures::of(&new.fingerprint, &old.fingerprint);
    compare_measured((new, old), article, measures, settings)
}

/// The same of two articles that were measured.
pub(super) fn compare_measured(
    (new, old): (&Arrival, &Arrival),
    article: ArticleId,
    measures: Measures,
    settings: &Settings,
) -> Comparison {
    let pair = Pair {
        new,
        old,
        settings,
        measures,
    };
    let (level, guard) = pair.judge();
    Comparison {
        article,
        level,
        jaccard: measures.jaccard,
        containment: measures.containment,
        contained: measures.contained,
        guard,
    }
}

/// How much of two texts is the same, as shares from 0 to 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measures {
    jaccard: f64,
    containment: f64,
    contained: f64,
}

impl Measures {
    pub(super) fn of(new: &Fingerprint, old: &Fingerprint) -> Self {
        let shared = common(&new.shingles, &old.shingles);
        let share = |of: usize| {
            if of == 0 {
                0.0
            } else {
                shared as f64 / of as f64
            }
        };
        Self {
            jaccard: share(new.shingles.len() + old.shingles.len() - shared),
            containment: share(new.shingles.len()),
            contained: share(old.shingles.len()),
        }
    }

    fn most(self) -> f64 {
        self.containment.max(self.contained)
    }

    /// Whether the texts are so near that what is left out of an outline may decide.
    pub(super) fn are_near(self, settings: &Settings) -> bool {
        let least = (settings.copy_jaccard)
            .min(settings.copy_containment)
            .min(settings.derived_jaccard)
            .min(settings.derived_containment);
        self.most() >= least
    }
}

struct Pair<'a> {
    new: &'a Arrival,
    old: &'a Arrival,
    settings: &'a Settings,
    measures: Measures,
}

impl Pair<'_> {
    fn judge(&self) -> (Level, Option<Guard>) {
        let same_source = self.new.source == self.old.source;
        if !self.new.compared
            || !self.old.compared
            || (self.settings.scope == Scope::Source && !same_source)
        {
            return (Level::New, Some(Guard::Scope));
        }
        if !same_language(self.new.language.as_deref(), self.old.language.as_deref()) {
            return (Level::New, Some(Guard::Language));
        }
        if self.corrects() {
            return (Level::Corrects, None);
        }
        if let Some(verdict) = self.verbatim() {
            return verdict;
        }
        if !self.within(self.settings.window_days * 24) {
            return (Level::New, Some(Guard::Window));
        }
        let (level, guard) = self.by_text();
        if level < Level::Copy && guard.is_none() && self.one_title() {
            return (Level::Copy, None);
        }
        if level == Level::New && self.titles_alike() {
            return (Level::Story, guard);
        }
        (level, guard)
    }

    /// The same text word for word, however long ago.
    fn verbatim(&self) -> Option<(Level, Option<Guard>)> {
        let (a, b) = (&self.new.fingerprint, &self.old.fingerprint);
        if a.text_hash.is_none() || a.text_hash != b.text_hash {
            return None;
        }
        if a.shingles.len() < COMPARABLE {
            // Title and text are equal, and both are all there is.
            return self
                .within(self.settings.story_hours)
                .then_some((Level::Copy, None));
        }
        if !self.within(self.settings.hash_window_days * 24)
            || self.measures.jaccard < self.settings.copy_jaccard
        {
            return None;
        }
        Some(if self.is_notice() {
            (Level::New, Some(Guard::Titles))
        } else if self.numbers_of_titles_differ() && self.is_brief() {
            (self.lowered(), Some(Guard::Numbers))
        } else {
            (Level::Copy, None)
        })
    }

    /// Whether the likeness is that of a notice: one source, a short text, nothing in common
    /// between the titles.
    fn is_notice(&self) -> bool {
        self.is_brief()
            && self.new.source == self.old.source
            && !(self.new.fingerprint.title).shares_content(&self.old.fingerprint.title)
    }

    fn is_brief(&self) -> bool {
        self.new.fingerprint.words.min(self.old.fingerprint.words) < NOTICE_WORDS
    }

    /// Whether the new one says that it corrects, and the other is what it corrects: alike at
    /// least, and of the same outlet or agency.
    fn corrects(&self) -> bool {
        let (a, b) = (&self.new.fingerprint, &self.old.fingerprint);
        let same_hand = self.new.source == self.old.source
            || (!self.new.outlet.is_empty() && self.new.outlet == self.old.outlet)
            || (a.agency.is_some() && a.agency == b.agency);
        a.corrects
            && same_hand
            && a.shingles.len().min(b.shingles.len()) >= COMPARABLE
            && !(b.corrects && self.measures.jaccard >= NEARLY_EQUAL)
            && self.within(self.settings.window_days * 24)
            && self.by_measures() >= Level::Derived
    }

    /// What two articles are that a guard keeps from being one.
    fn lowered(&self) -> Level {
        let alike = self.most() >= self.settings.story_containment;
        if alike && self.within(self.settings.story_hours) {
            Level::Story
        } else {
            Level::New
        }
    }

    fn by_text(&self) -> (Level, Option<Guard>) {
        let (a, b) = (&self.new.fingerprint, &self.old.fingerprint);
        if a.shingles.len() < COMPARABLE || b.shingles.len() < COMPARABLE {
            return (Level::New, None);
        }
        let level = self.by_measures();
        if level == Level::New {
            return (level, None);
        }
        let guard = [
            (Guard::Numbers, self.numbers_differ()),
            (Guard::Numbers, self.numbers_of_titles_differ()),
            (Guard::Names, self.names_differ()),
            (Guard::Titles, self.is_notice()),
        ];
        if level > Level::Story
            && let Some((guard, _)) = guard.into_iter().find(|(_, holds)| *holds)
        {
            return (self.lowered(), Some(guard));
        }
        let short = a.words.min(b.words) < self.settings.short_words;
        if short && level < Level::Extends {
            return (Level::New, Some(Guard::Short));
        }
        (level, None)
    }

    fn by_measures(&self) -> Level {
        let s = self.settings;
        let (a, b) = (
            &self.new.fingerprint.shingles,
            &self.old.fingerprint.shingles,
        );
        let longer = a.len() as f64 >= s.longer * b.len() as f64;
        let copy = self.measures.jaccard >= s.copy_jaccard
            || self.measures.containment >= s.copy_containment;
        let fuller = longer && s.on_longer != OnLonger::KeepFirst;
        if copy && !(fuller && self.measures.contained >= s.copy_containment) {
            Level::Copy
        } else if self.most() >= s.copy_jaccard && self.is_one_dispatch() {
            match (longer, fuller) {
                (false, _) => Level::Copy,
                (true, false) => Level::Extends,
                (true, true) => Level::Replaces,
            }
        } else if copy {
            Level::Copy
        } else if self.measures.contained >= s.copy_containment && longer {
            Level::Extends
        } else if self.measures.jaccard >= s.derived_jaccard || self.most() >= s.derived_containment
        {
            Level::Derived
        } else if self.most() >= s.story_containment && self.within(s.story_hours) {
            Level::Story
        } else {
            Level::New
        }
    }

    /// Whether two outlets have cut one text differently: both have the same lead, word for word. A
    /// follow-up repeats the background, and has a lead of its own.
    fn is_one_dispatch(&self) -> bool {
        let (a, b) = (&self.new.fingerprint, &self.old.fingerprint);
        let shorter = a.shingles.len().min(b.shingles.len());
        let least = ((shorter as f64 * LEAD_SHARED) as usize).min(LEAD);
        self.new.source != self.old.source
            && least >= SHORTEST_LEAD
            && (self.details()).is_some_and(|(a, b)| common(&a.opening, &b.opening) >= least)
    }

    fn most(&self) -> f64 {
        self.measures.most()
    }

    /// What only whole fingerprints hold; outlines are never near enough to be asked for it.
    fn details(&self) -> Option<(&Details, &Details)> {
        let (a, b) = (&self.new.fingerprint, &self.old.fingerprint);
        a.details.as_deref().zip(b.details.as_deref())
    }

    fn within(&self, hours: u32) -> bool {
        (self.new.published - self.old.published).abs() <= TimeDelta::hours(i64::from(hours))
    }

    /// Whether the numbers say that these are two issues of a series. A copy may lack numbers of
    /// the other, with the paragraphs that held them; in a series the same places hold others.
    fn numbers_differ(&self) -> bool {
        let same_source = self.new.source == self.old.source;
        let Some((a, b)) = self.details() else {
            return false;
        };
        let fewer = a.numbers.len().min(b.numbers.len());
        let least = if same_source {
            self.settings.numbers_shared_source
        } else {
            self.settings.numbers_shared
        };
        let few_shared = fewer >= GUARDED_NUMBERS
            && (common(&a.numbers, &b.numbers) as f64) < least * fewer as f64;
        let (agree, conflict) = places(&a.slots, &b.slots);
        (few_shared && (conflict > 0 || agree == 0))
            || (conflict >= CONFLICTS && conflict > agree)
            || (same_source && conflict > 0 && agree == 0)
    }

    /// Whether two articles of one source have other numbers in a title that is the same otherwise, as
    /// issues of a series do.
    fn numbers_of_titles_differ(&self) -> bool {
        let (a, b) = (&self.new.fingerprint.title, &self.old.fingerprint.title);
        self.new.source == self.old.source
            && a.differs_in_numbers(b)
            && a.likeness(b) >= self.settings.title_likeness
    }

    /// Whether two articles of one source, however alike, are about different things: each has a word
    /// in title and text of which the other knows nothing. What is cut from a copy is no such word,
    /// since it is not missing from both sides.
    fn names_differ(&self) -> bool {
        let (a, b) = (&self.new.fingerprint.title, &self.old.fingerprint.title);
        self.new.source == self.old.source
            && self.details().is_some_and(|(here, there)| {
                a.tells_apart(&here.vocabulary, b, &there.vocabulary)
                    && b.tells_apart(&there.vocabulary, a, &here.vocabulary)
            })
    }

    /// The one case in which a title drops an article: one source, one title of some length,
    /// within three days, and nothing in the texts that speaks against it.
    fn one_title(&self) -> bool {
        let (a, b) = (&self.new.fingerprint, &self.old.fingerprint);
        if self.new.source != self.old.source
            || a.title.hash.is_none()
            || a.title.hash != b.title.hash
            || a.title.content_words < TITLE_WORDS
            || !self.within(self.settings.story_hours)
        {
            return false;
        }
        if a.words == 0 || b.words == 0 {
            return true;
        }
        // Two thirds of the way to a copy: the body bears the title out.
        a.shingles.len().min(b.shingles.len()) >= COMPARABLE
            && self.measures.containment >= self.settings.copy_containment * 2.0 / 3.0
    }

    fn titles_alike(&self) -> bool {
        let (a, b) = (&self.new.fingerprint.title, &self.old.fingerprint.title);
        self.within(self.settings.title_hours)
            && a.content_words.min(b.content_words) >= 3
            && a.likeness(b) >= self.settings.title_likeness
            && !a.differs_in_names(b)
    }
}

/// Whether two language tags may be of one language; an unknown one agrees with all.
fn same_language(a: Option<&str>, b: Option<&str>) -> bool {
    match (
        a.and_then(language::normalise),
        b.and_then(language::normalise),
    ) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

/// How many values two sorted lists without repetition have in common.
pub(super) fn common<T: Ord>(a: &[T], b: &[T]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                count += 1;
                i += 1;
                j += 1;
            }
        }
    }
    count
}

/// Places both texts have: in how many a value agrees, in how many none does.
fn places(a: &[(u32, u32)], b: &[(u32, u32)]) -> (usize, usize) {
    let (mut agree, mut conflict) = (0, 0);
    let mut rest = b;
    for group in a.chunk_by(|x, y| x.0 == y.0) {
        let place = group[0].0;
        rest = &rest[rest.partition_point(|slot| slot.0 < place)..];
        let other = &rest[..rest.partition_point(|slot| slot.0 == place)];
        if other.is_empty() {
            continue;
        }
        if common(group, other) > 0 {
            agree += 1;
        } else {
            conflict += 1;
        }
    }
    (agree, conflict)
}
