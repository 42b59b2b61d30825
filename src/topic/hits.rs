//! Where the patterns of all topics stand in a document.
//!
//! Every pattern hangs on one of its words (the longest); the keys of that word lead to it, and
//! its other words are compared in place. Must not know topics, gates or scores.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use regex::Regex;

use super::document::{Document, Field};
use super::kinds::{Form, Keys, Kind, key};
use super::lists::Lists;
use super::term::{How, MIN_PREFIX, Pattern, Word, build_regex};
use crate::text::stem::Stemmer;

/// A phrase may pass over this many articles between two of its words.
const MAX_SKIPPED: usize = 3;

/// Of a word that stands more often than this in an article, only the first places are looked at.
const MAX_OCCURRENCES: usize = 100;

/// An expression is reported at most this often in one field.
const MAX_REGEX_HITS: usize = 20;

/// Keys of the sieve, as a power of two: its 32 KiB stay in the fast caches.
const SIEVE_BITS: u32 = 18;

/// Says of most keys that no pattern has them, without touching the table.
struct Sieve(Vec<u64>);

impl Sieve {
    fn new() -> Self {
        Self(vec![0; 1 << (SIEVE_BITS - 6)])
    }

    fn place(key: u64) -> (usize, u64) {
        let bit = key >> (64 - SIEVE_BITS);
        (usize::try_from(bit >> 6).unwrap_or(0), 1 << (bit & 63))
    }

    fn add(&mut self, key: u64) {
        let (word, bit) = Self::place(key);
        self.0[word] |= bit;
    }

    fn may_hold(&self, key: u64) -> bool {
        let (word, bit) = Self::place(key);
        self.0[word] & bit != 0
    }
}

/// The keys are hashes already.
#[derive(Default)]
pub struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// Where in the postings the patterns of a key stand.
type ByKey = HashMap<u64, (u32, u32), BuildHasherDefault<Identity>>;

/// Marks a posting whose pattern is that one word: the key says all.
const SINGLE: u32 = 1 << 31;

/// An occurrence of a pattern: places of its first and last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Which pattern.
    pub pattern: u32,
    /// Its first word.
    pub first: u32,
    /// Its last word.
    pub last: u32,
}

impl Span {
    /// Whether the two share a word.
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// A word of a pattern in one language.
enum Keyed {
    Stem { fold: u64, stems: [u64; 2] },
    Fold(u64),
    Exact(u64),
    Prefix(String),
}

impl Keyed {
    fn new(word: &Word, stemmer: &Stemmer) -> Self {
        let forms = stemmer.forms(&word.text, false);
        match word.how {
            How::Exact => Self::Exact(key(Form::Exact, &forms.exact)),
            How::Fold => Self::Fold(key(Form::Folded, &forms.folded)),
            How::Prefix => Self::Prefix(forms.folded),
            How::Stem => Self::Stem {
                fold: key(Form::Folded, &forms.folded),
                stems: [
                    key(Form::Stem, &forms.stem),
                    key(Form::Stem, &forms.plain_stem),
                ],
            },
        }
    }

    fn matches(&self, kind: &Kind) -> bool {
        match self {
            Self::Stem { fold, stems } => {
                *fold == kind.fold || stems.iter().any(|stem| kind.stems.contains(stem))
            }
            Self::Fold(fold) => *fold == kind.fold,
            Self::Exact(exact) => *exact == kind.exact,
            Self::Prefix(prefix) => kind.folded.starts_with(prefix.as_str()),
        }
    }
}

/// A phrase without its words, which are the list of its pattern.
#[derive(Clone, Copy)]
struct Phrase {
    anchor: usize,
    /// Whether articles between its words may be passed over.
    loose: bool,
}

/// How often each word stands in the patterns: what many of them share is a poor word to look
/// them up by.
struct Rarity<'a>(HashMap<&'a str, usize>);

impl<'a> Rarity<'a> {
    fn of(patterns: &'a [Pattern]) -> Self {
        let mut counts = HashMap::new();
        for pattern in patterns {
            if let Pattern::Words(words) = pattern {
                for word in words {
                    *counts.entry(word.text.as_str()).or_default() += 1;
                }
            }
        }
        Self(counts)
    }

    /// The place of the word to look a phrase up by: neither an article nor a prefix where there
    /// is another, then the rarest, then the longest.
    fn rarest(&self, words: &[Word]) -> usize {
        let rank = |at: &usize| {
            let word = &words[*at];
            let poor = word.text.len() <= 3 || word.how == How::Prefix;
            let count = self.0.get(word.text.as_str()).copied().unwrap_or(0);
            (poor, count, std::cmp::Reverse(word.text.len()))
        };
        (0..words.len()).min_by_key(rank).unwrap_or(0)
    }
}

/// The patterns of all topics, made ready for one language.
pub struct Index {
    phrases: Vec<Option<Phrase>>,
    words: Lists<Keyed>,
    sieve: Sieve,
    by_key: ByKey,
    postings: Vec<u32>,
    by_prefix: HashMap<[u8; MIN_PREFIX], Vec<u32>>,
    expressions: Vec<(u32, Regex)>,
}

impl Index {
    /// Makes patterns ready for the language of a stemmer's slot.
    pub fn new(patterns: &[Pattern], slot: usize) -> Self {
        let stemmer = Stemmer::at(slot);
        let mut index = Self {
            phrases: Vec::with_capacity(patterns.len()),
            words: Lists::default(),
            sieve: Sieve::new(),
            by_key: ByKey::default(),
            postings: Vec::new(),
            by_prefix: HashMap::new(),
            expressions: Vec::new(),
        };
        let rarity = Rarity::of(patterns);
        let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(patterns.len() * 3);
        for (id, pattern) in (0_u32..).zip(patterns) {
            let phrase = match pattern {
                Pattern::Words(words) => {
                    let phrase = Phrase::new(words, &rarity);
                    index
                        .words
                        .push(words.iter().map(|word| Keyed::new(word, &stemmer)));
                    index.hang(id, phrase, &mut keyed);
                    Some(phrase)
                }
                Pattern::Regex {
                    source,
                    ignore_case,
                } => {
                    let compiled = build_regex(source, *ignore_case);
                    index.expressions.extend(compiled.map(|regex| (id, regex)));
                    index.words.push([]);
                    None
                }
            };
            index.phrases.push(phrase);
        }
        index.post(keyed);
        index
    }

    /// Notes the keys by which a phrase is looked up.
    fn hang(&mut self, id: u32, phrase: Phrase, keyed: &mut Vec<(u64, u32)>) {
        let words = self.words.of(id);
        let posting = if words.len() == 1 { id | SINGLE } else { id };
        match &words[phrase.anchor] {
            Keyed::Stem { fold, stems } => {
                keyed.extend([*fold, stems[0], stems[1]].map(|key| (key, posting)));
            }
            Keyed::Fold(key) | Keyed::Exact(key) => keyed.push((*key, posting)),
            Keyed::Prefix(prefix) => {
                if let Some(head) = head_of(prefix) {
                    self.by_prefix.entry(head).or_default().push(id);
                }
            }
        }
    }

    fn post(&mut self, mut keyed: Vec<(u64, u32)>) {
        keyed.sort_unstable();
        keyed.dedup();
        for run in keyed.chunk_by(|a, b| a.0 == b.0) {
            let from = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
            self.postings
                .extend(run.iter().map(|(_, posting)| *posting));
            let to = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
            self.sieve.add(run[0].0);
            self.by_key.insert(run[0].0, (from, to));
        }
    }

    /// The occurrences of every pattern, in no order; of a word that stands very often the first.
    pub fn find(&self, document: &Document) -> Vec<Span> {
        let mut spans = Vec::with_capacity(128);
        let mut candidates: Vec<u32> = Vec::with_capacity(16);
        for (at, keys) in document.keys.iter().enumerate() {
            candidates.clear();
            self.candidates(keys, &mut candidates);
            self.prefixed(&document.kinds[at], &mut candidates);
            for posting in &candidates {
                let pattern = posting & !SINGLE;
                if posting & SINGLE != 0 {
                    everywhere(document, at, pattern, &mut spans);
                } else if let Some(phrase) = self.phrases[pattern as usize] {
                    let reading = phrase.of(self.words.of(pattern));
                    reading.find(document, at, pattern, &mut spans);
                }
            }
        }
        self.find_expressions(document, &mut spans);
        spans
    }

    fn candidates(&self, [stem, plain, fold, exact]: &Keys, out: &mut Vec<u32>) {
        self.probe(*stem, out);
        if plain != stem {
            self.probe(*plain, out);
        }
        self.probe(*fold, out);
        self.probe(*exact, out);
        if out.len() > 1 {
            out.sort_unstable();
            out.dedup();
        }
    }

    fn prefixed(&self, kind: &Kind, out: &mut Vec<u32>) {
        if !self.by_prefix.is_empty()
            && let Some(patterns) = head_of(&kind.folded).and_then(|head| self.by_prefix.get(&head))
        {
            out.extend(patterns);
        }
    }

    fn probe(&self, key: u64, out: &mut Vec<u32>) {
        if self.sieve.may_hold(key)
            && let Some((from, to)) = self.by_key.get(&key)
        {
            out.extend(&self.postings[*from as usize..*to as usize]);
        }
    }

    fn find_expressions(&self, document: &Document, spans: &mut Vec<Span>) {
        for (pattern, regex) in &self.expressions {
            for (field, bytes) in &document.sections {
                let Some(text) = document.text.get(bytes.clone()) else {
                    continue;
                };
                let limit = if *field == Field::Body {
                    MAX_REGEX_HITS
                } else {
                    1
                };
                for found in regex.find_iter(text).take(limit) {
                    spans.extend(cover(
                        document,
                        *pattern,
                        bytes.start + found.start(),
                        bytes.start + found.end(),
                    ));
                }
            }
        }
    }
}

/// The span of words that some bytes touch; the nearest word when they touch none.
fn cover(document: &Document, pattern: u32, start: usize, end: usize) -> Option<Span> {
    let last_place = document.places.len().checked_sub(1)?;
    let first = document.place_at(start).min(last_place);
    let after = document
        .places
        .partition_point(|place| (place.start as usize) < end);
    let last = after.saturating_sub(1).max(first);
    Some(Span {
        pattern,
        first: u32::try_from(first).ok()?,
        last: u32::try_from(last).ok()?,
    })
}

fn head_of(folded: &str) -> Option<[u8; MIN_PREFIX]> {
    folded.as_bytes().get(..MIN_PREFIX)?.try_into().ok()
}

/// The occurrences of a pattern that is a word of this kind.
fn everywhere(document: &Document, kind: usize, pattern: u32, spans: &mut Vec<Span>) {
    let places = document.places_of(kind).iter().take(MAX_OCCURRENCES);
    spans.extend(places.map(|place| Span {
        pattern,
        first: *place,
        last: *place,
    }));
}

impl Phrase {
    /// The phrase of some words.
    fn new(words: &[Word], rarity: &Rarity<'_>) -> Self {
        Self {
            anchor: rarity.rarest(words),
            loose: words.iter().all(|word| word.how != How::Exact),
        }
    }

    /// With its words.
    fn of(self, words: &[Keyed]) -> Reading<'_> {
        Reading {
            words,
            phrase: self,
        }
    }
}

/// A phrase with its words.
struct Reading<'a> {
    words: &'a [Keyed],
    phrase: Phrase,
}

impl Reading<'_> {
    /// The occurrences of the phrase whose anchor is a word of this kind.
    fn find(&self, document: &Document, kind: usize, pattern: u32, spans: &mut Vec<Span>) {
        if !self.words[self.phrase.anchor].matches(&document.kinds[kind]) {
            return;
        }
        if self.words.len() == 1 {
            return everywhere(document, kind, pattern, spans);
        }
        for place in document.places_of(kind).iter().take(MAX_OCCURRENCES) {
            let around = self.around(document, *place as usize);
            spans.extend(around.map(|(first, last)| Span {
                pattern,
                first,
                last,
            }));
        }
    }

    /// The span of the phrase when its anchor stands at a place.
    fn around(&self, document: &Document, place: usize) -> Option<(u32, u32)> {
        let mut first = place;
        for word in self.words[..self.phrase.anchor].iter().rev() {
            first = self.step(document, word, first, false)?;
        }
        let mut last = place;
        for word in &self.words[self.phrase.anchor + 1..] {
            last = self.step(document, word, last, true)?;
        }
        Some((u32::try_from(first).ok()?, u32::try_from(last).ok()?))
    }

    /// The place of the next word before or after `from`.
    fn step(&self, document: &Document, word: &Keyed, from: usize, forward: bool) -> Option<usize> {
        let mut at = from;
        for _ in 0..=MAX_SKIPPED {
            let closed = if forward { at + 1 } else { at };
            if document.places.get(closed)?.opens {
                return None;
            }
            at = if forward { at + 1 } else { at.checked_sub(1)? };
            let kind = document.kinds.get(document.places[at].kind as usize)?;
            if word.matches(kind) {
                return Some(at);
            }
            if !(self.phrase.loose && kind.skipped) {
                return None;
            }
        }
        None
    }
}
