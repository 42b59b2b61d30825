//! All topics over one document: patterns and concepts are shared, so that a hundred topics that
//! use `@chine` look for it once.
//!
//! Must not know how a topic weighs what it finds (see `verdict`).

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::compile::Topic;
use super::concept::{Concept, Entry};
use super::document::{Document, Field, Fields};
use super::hits::{Index, Span};
use super::lists::Lists;
use super::term::Pattern;
use super::verdict::{self, Provenance, Verdict};
use crate::model::TopicId;
use crate::text::stem::SLOTS;

/// A use of a pattern in a concept.
struct Use {
    concept: u32,
    fields: Fields,
    /// Number of the list of patterns that hide it.
    masks: u32,
}

/// An entry whose concept has a number.
pub struct Numbered {
    /// Number of the concept.
    pub concept: u32,
    /// The term as written.
    pub written: Arc<str>,
    /// What it is worth.
    pub weight: f64,
    /// In this many sentences.
    pub times: u32,
}

/// A near rule whose concepts have numbers.
pub struct NumberedNear {
    /// The rule as written, for a person.
    pub written: Arc<str>,
    /// Numbers of the concepts of each part.
    pub parts: Vec<Vec<u32>>,
    /// Within this many words.
    pub within: u32,
    /// In this many sentences.
    pub times: u32,
    /// What it is worth.
    pub weight: f64,
}

/// A topic whose concepts have numbers.
pub struct Judge {
    /// The topic.
    pub topic: Arc<Topic>,
    /// Its `all`.
    pub all: Vec<Numbered>,
    /// Its `any`.
    pub any: Vec<Numbered>,
    /// Its `none`.
    pub none: Vec<Numbered>,
    /// Its `boost`.
    pub boost: Vec<Numbered>,
    /// Its `near`.
    pub near: Vec<NumberedNear>,
    /// What is said when nothing of each of `all` was found, in their order.
    pub none_of_all: Vec<Arc<str>>,
    /// What is said when nothing of `any` was found.
    pub none_of_any: Arc<str>,
}

impl Judge {
    /// The concepts that can change its verdict.
    fn concepts(&self) -> impl Iterator<Item = u32> {
        let groups = [&self.all, &self.any, &self.none, &self.boost];
        let near = self
            .near
            .iter()
            .flat_map(|rule| rule.parts.iter().flatten().copied());
        groups
            .into_iter()
            .flatten()
            .map(|entry| entry.concept)
            .chain(near)
    }
}

/// Judges documents by a set of topics.
pub struct Matcher {
    patterns: Vec<Pattern>,
    /// The uses of each pattern.
    uses: Lists<Use>,
    /// What each use is hidden by.
    hiding: Lists<u32>,
    /// Which patterns hide others.
    masks: Vec<bool>,
    concepts: usize,
    judges: Vec<Judge>,
    /// The judges that use each concept.
    users: Lists<u32>,
    indexes: [OnceLock<Index>; SLOTS],
}

impl Matcher {
    /// A matcher for topics; their verdicts come in this order.
    pub fn new(topics: Vec<Arc<Topic>>) -> Self {
        let mut numbers = Numbers::default();
        let judges: Vec<Judge> = topics
            .into_iter()
            .map(|topic| numbers.judge(topic))
            .collect();
        let mut users = vec![Vec::new(); numbers.concepts.len()];
        for (at, judge) in (0_u32..).zip(&judges) {
            for concept in judge.concepts() {
                let users: &mut Vec<u32> = &mut users[concept as usize];
                if users.last() != Some(&at) {
                    users.push(at);
                }
            }
        }
        let mut masks = vec![false; numbers.patterns.len()];
        for mask in (0_u32..)
            .take(numbers.hiding.len())
            .flat_map(|list| numbers.hiding.of(list))
        {
            masks[*mask as usize] = true;
        }
        Self {
            users: users.into_iter().collect(),
            masks,
            patterns: numbers.patterns,
            uses: numbers.uses.into_iter().collect(),
            hiding: numbers.hiding,
            concepts: numbers.concepts.len(),
            judges,
            indexes: std::array::from_fn(|_| OnceLock::new()),
        }
    }

    /// The topics, in the order of their verdicts.
    pub fn topics(&self) -> impl Iterator<Item = &Arc<Topic>> {
        self.judges.iter().map(|judge| &judge.topic)
    }

    /// The verdict of every topic on a document, each with one reason per term.
    pub fn judge(&self, document: &Document) -> Vec<Verdict> {
        let found = self.find(document);
        let mut touched = vec![false; self.judges.len()];
        for concept in &found.present {
            for user in self.users.of(*concept) {
                touched[*user as usize] = true;
            }
        }
        self.judges
            .iter()
            .zip(touched)
            .map(|(judge, touched)| match touched {
                true => verdict::judge(judge, document, &found, 1),
                false => verdict::untouched(judge, &document.provenance()),
            })
            .collect()
    }

    /// The verdict of one topic on an article in which nothing of its terms stands.
    pub fn blank(&self, topic: &TopicId, provenance: &Provenance<'_>) -> Option<Verdict> {
        let judge = self.judges.iter().find(|judge| judge.topic.id == *topic)?;
        Some(verdict::untouched(judge, provenance))
    }

    /// The verdict of one topic with every distinct word that spoke for or against it.
    pub fn explain(&self, document: &Document, topic: &TopicId) -> Option<Verdict> {
        const REASONS: usize = 12;
        let judge = self.judges.iter().find(|judge| judge.topic.id == *topic)?;
        let found = self.find(document);
        let stands = |concept| found.fields(concept) != Fields::default();
        Some(match judge.concepts().any(stands) {
            true => verdict::judge(judge, document, &found, REASONS),
            false => verdict::untouched(judge, &document.provenance()),
        })
    }

    fn find(&self, document: &Document) -> Found {
        let index =
            self.indexes[document.slot].get_or_init(|| Index::new(&self.patterns, document.slot));
        let spans = index.find(document);
        let mut hidden: Vec<Span> = spans
            .iter()
            .filter(|span| self.masks[span.pattern as usize])
            .copied()
            .collect();
        hidden.sort_unstable();
        let mut found = Found::new(self.concepts);
        for span in spans {
            let field = document.places[span.first as usize].field;
            for user in self.uses.of(span.pattern) {
                if user.fields.has(field) && !is_hidden(span, self.hiding.of(user.masks), &hidden) {
                    found.add(user.concept, field, span);
                }
            }
        }
        found.finish();
        found
    }
}

/// Where the concepts stand in a document.
pub struct Found {
    /// The fields each concept stands in.
    fields: Vec<Fields>,
    /// Where in `spans` the list of each concept is; `u32::MAX` for none.
    lists: Vec<u32>,
    spans: Vec<Vec<Span>>,
    /// The concepts that stand somewhere.
    present: Vec<u32>,
}

impl Found {
    fn new(concepts: usize) -> Self {
        Self {
            fields: vec![Fields::default(); concepts],
            lists: vec![u32::MAX; concepts],
            spans: Vec::with_capacity(32),
            present: Vec::with_capacity(32),
        }
    }

    fn add(&mut self, concept: u32, field: Field, span: Span) {
        let at = concept as usize;
        self.fields[at] = self.fields[at].with(field);
        if self.lists[at] == u32::MAX {
            self.lists[at] = u32::try_from(self.spans.len()).unwrap_or(u32::MAX);
            self.spans.push(Vec::with_capacity(8));
            self.present.push(concept);
        }
        self.spans[self.lists[at] as usize].push(span);
    }

    fn finish(&mut self) {
        for list in &mut self.spans {
            if !list.is_sorted_by_key(|span| (span.first, span.last)) {
                list.sort_unstable_by_key(|span| (span.first, span.last));
            }
        }
    }

    /// The fields a concept stands in.
    pub fn fields(&self, concept: u32) -> Fields {
        self.fields[concept as usize]
    }

    /// The occurrences of a concept in order.
    pub fn spans(&self, concept: u32) -> &[Span] {
        self.spans
            .get(self.lists[concept as usize] as usize)
            .map_or(&[], Vec::as_slice)
    }
}

/// Whether a mask covers a word of the span; a longer pattern than the mask is not hidden by it.
fn is_hidden(span: Span, masks: &[u32], hidden: &[Span]) -> bool {
    if hidden.is_empty() {
        return false;
    }
    masks.iter().any(|mask| {
        let from = hidden.partition_point(|other| other.pattern < *mask);
        hidden[from..]
            .iter()
            .take_while(|other| other.pattern == *mask)
            .any(|other| other.overlaps(span) && other.last - other.first >= span.last - span.first)
    })
}

#[derive(Default)]
struct Numbers {
    patterns: Vec<Pattern>,
    pattern_numbers: HashMap<Pattern, u32>,
    uses: Vec<Vec<Use>>,
    hiding: Lists<u32>,
    concepts: HashMap<u64, u32>,
}

impl Numbers {
    fn judge(&mut self, topic: Arc<Topic>) -> Judge {
        let near = topic
            .near
            .iter()
            .map(|rule| NumberedNear {
                written: written_near(&rule.parts).into(),
                parts: rule
                    .parts
                    .iter()
                    .map(|part| {
                        part.iter()
                            .map(|entry| self.concept(&entry.concept))
                            .collect()
                    })
                    .collect(),
                within: rule.within,
                times: rule.times,
                weight: rule.weight,
            })
            .collect();
        Judge {
            all: self.entries(&topic.all),
            any: self.entries(&topic.any),
            none: self.entries(&topic.none),
            boost: self.entries(&topic.boost),
            near,
            none_of_all: topic.all.iter().map(nothing_of).collect(),
            none_of_any: none_of(&topic.any).into(),
            topic,
        }
    }

    fn entries(&mut self, entries: &[Entry]) -> Vec<Numbered> {
        entries
            .iter()
            .map(|entry| Numbered {
                concept: self.concept(&entry.concept),
                written: entry.written.clone(),
                weight: entry.weight,
                times: entry.times,
            })
            .collect()
    }

    fn concept(&mut self, concept: &Arc<Concept>) -> u32 {
        if let Some(number) = self.concepts.get(&concept.hash) {
            return *number;
        }
        let number = u32::try_from(self.concepts.len()).unwrap_or(u32::MAX);
        self.concepts.insert(concept.hash, number);
        for member in &concept.members {
            let hidden_by: Vec<u32> = member.masks.iter().map(|mask| self.pattern(mask)).collect();
            let masks = u32::try_from(self.hiding.len()).unwrap_or(u32::MAX);
            self.hiding.push(hidden_by);
            let pattern = self.pattern(&member.pattern);
            self.uses[pattern as usize].push(Use {
                concept: number,
                fields: member.fields,
                masks,
            });
        }
        number
    }

    fn pattern(&mut self, pattern: &Pattern) -> u32 {
        if let Some(number) = self.pattern_numbers.get(pattern) {
            return *number;
        }
        let number = u32::try_from(self.patterns.len()).unwrap_or(u32::MAX);
        self.pattern_numbers.insert(pattern.clone(), number);
        self.patterns.push(pattern.clone());
        self.uses.push(Vec::new());
        number
    }
}

fn nothing_of(entry: &Entry) -> Arc<str> {
    format!("all: nothing of `{}` was found", entry.written).into()
}

fn none_of(entries: &[Entry]) -> String {
    const NAMED: usize = 6;
    let written: Vec<&str> = entries
        .iter()
        .take(NAMED)
        .map(|entry| &*entry.written)
        .collect();
    let more = if entries.len() > NAMED { " …" } else { "" };
    format!("any: none of `{}`{more} was found", written.join("`, `"))
}

fn written_near(parts: &[Vec<Entry>]) -> String {
    let part = |entries: &Vec<Entry>| {
        let written: Vec<&str> = entries.iter().map(|entry| &*entry.written).collect();
        written.join(" | ")
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" ~ ")
}
