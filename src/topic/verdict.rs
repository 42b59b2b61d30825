//! The verdict of one topic: its gates, its score, and the words that decided.
//!
//! Must not know how words are found.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;

use super::compile::Topic;
use super::document::{Document, Field, Fields, Text};
use super::exec::Asked;
use super::hits::Span;
use super::matcher::{Found, Judge, Matcher, Numbered, NumberedNear};
use crate::model::TopicId;
use crate::text::language;

/// Scores are compared with this tolerance, so that a sum of decimals reaches its threshold.
const TOLERANCE: f64 = 1e-9;

/// A word that spoke for or against an article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// The rule: `all`, `any`, `none`, `boost` or `near`.
    pub rule: &'static str,
    /// The term as the person wrote it.
    pub term: Arc<str>,
    /// The word of the article that it matched.
    pub matched: String,
    /// Where.
    #[serde(rename = "where")]
    pub field: Field,
    /// The words around it.
    pub snippet: String,
    /// What it added to the score; the first hit of a term carries it all.
    pub points: f64,
}

/// What a topic says of an article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The topic.
    pub topic: TopicId,
    /// Whether the article belongs to it.
    pub matched: bool,
    /// Whether one of its terms stands in the article.
    #[serde(skip)]
    pub touched: bool,
    /// The score, also when a gate is missed.
    pub score: f64,
    /// What was found.
    pub why: Vec<Hit>,
    /// The gates missed, in words; empty when it matched.
    pub missed: Vec<Arc<str>>,
    /// What the topic's own program said, where it was asked.
    #[serde(rename = "exec", skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// Judges a document by one topic, giving at most `reasons` hits for each term.
pub fn judge(judge: &Judge, document: &Document, found: &Found, reasons: usize) -> Verdict {
    let mut bench = Bench {
        judge,
        document,
        found,
        reasons,
        score: 0.0,
        why: Vec::with_capacity(4),
        missed: Vec::new(),
    };
    bench.provenance();
    bench.gates();
    for entry in &judge.boost {
        bench.count("boost", entry);
    }
    for rule in &judge.near {
        bench.near(rule);
    }
    if bench.missed.is_empty() {
        bench.missed.extend(too_low(&judge.topic, bench.score));
    }
    Verdict {
        topic: judge.topic.id.clone(),
        matched: bench.missed.is_empty(),
        touched: true,
        score: bench.score,
        why: bench.why,
        missed: bench.missed,
        asked: None,
    }
}

/// Where an article comes from, which decides beside its words.
#[derive(Debug, Clone, Copy)]
pub struct Provenance<'a> {
    /// Its language, as ISO 639-1.
    pub language: Option<&'a str>,
    /// Id of its source.
    pub source: &'a str,
    /// Tags of its source.
    pub tags: &'a [String],
}

impl Verdict {
    /// Whether it says no more than that nothing was found: it can be given again at any time.
    pub fn is_blank(&self) -> bool {
        !self.touched && !self.matched && self.asked.is_none()
    }

    /// Whether the article may be a copy of one that the topic wants: it belongs to it, or something was found
    /// and a single gate keeps it out, as with a cut that lost one of the words.
    pub fn is_close(&self) -> bool {
        self.matched || self.asked.is_some() || (self.touched && self.missed.len() <= 1)
    }
}

/// The verdict of a topic none of whose terms stand in the document.
pub fn untouched(judge: &Judge, from: &Provenance<'_>) -> Verdict {
    let topic = &judge.topic;
    let mut missed = Vec::new();
    missed.extend(foreign(topic, from.language));
    missed.extend(unwanted(topic, from.source, Some(from.tags)));
    missed.extend_from_slice(&judge.none_of_all);
    if !judge.any.is_empty() {
        missed.push(judge.none_of_any.clone());
    }
    if missed.is_empty() {
        missed.extend(too_low(topic, 0.0));
    }
    Verdict {
        topic: topic.id.clone(),
        matched: missed.is_empty(),
        touched: false,
        score: 0.0,
        why: Vec::new(),
        missed,
        asked: None,
    }
}

fn too_low(topic: &Topic, score: f64) -> Option<Arc<str>> {
    let least = topic.min_score.filter(|least| score + TOLERANCE < *least)?;
    Some(format!("the score {score} is below min_score {least}").into())
}

struct Bench<'a> {
    judge: &'a Judge,
    document: &'a Document,
    found: &'a Found,
    reasons: usize,
    score: f64,
    why: Vec<Hit>,
    missed: Vec<Arc<str>>,
}

impl Bench<'_> {
    fn provenance(&mut self) {
        let topic = &self.judge.topic;
        self.missed.extend(foreign(topic, self.document.language()));
        self.missed.extend(unwanted(
            topic,
            &self.document.source,
            Some(&self.document.tags),
        ));
    }

    fn gates(&mut self) {
        let judge = self.judge;
        for (entry, nothing) in judge.all.iter().zip(&judge.none_of_all) {
            if !self.count("all", entry) {
                self.missed.push(nothing.clone());
            }
        }
        let mut any = judge.any.is_empty();
        for entry in &judge.any {
            any |= self.count("any", entry);
        }
        if !any {
            self.missed.push(judge.none_of_any.clone());
        }
        for entry in &judge.none {
            if let Some(message) = self.forbid(entry) {
                self.missed.push(message);
            }
        }
    }

    /// Adds a term to the score; says whether it stands in the document.
    fn count(&mut self, rule: &'static str, entry: &Numbered) -> bool {
        let fields = self.found.fields(entry.concept);
        if fields == Fields::default() {
            return false;
        }
        let weights = &self.judge.topic.weights;
        let best = fields
            .iter()
            .map(|field| (weights.of(field), field))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let Some((weight, field)) = best else {
            return false;
        };
        if entry.times > 1 {
            let spans = self.found.spans(entry.concept);
            if distinct_sentences(spans, self.document) < entry.times as usize {
                return true;
            }
        }
        let points = entry.weight * if entry.times > 1 { 1.0 } else { weight };
        self.score += points;
        self.report(rule, entry, field, points);
        true
    }

    fn forbid(&mut self, entry: &Numbered) -> Option<Arc<str>> {
        let field = self.found.fields(entry.concept).iter().next()?;
        self.report("none", entry, field, 0.0);
        let first = self
            .found
            .spans(entry.concept)
            .iter()
            .find(|span| self.document.places[span.first as usize].field == field)?;
        let matched = self
            .document
            .words(first.first as usize, first.last as usize);
        let place = field.name();
        Some(format!("none: `{}` found `{matched}` in the {place}", entry.written).into())
    }

    fn report(&mut self, rule: &'static str, entry: &Numbered, field: Field, points: f64) {
        let spans = self.found.spans(entry.concept);
        let place = |span: &Span| self.document.places[span.first as usize].field;
        let Some(best) = spans.iter().find(|span| place(span) == field) else {
            return;
        };
        self.hit(rule, entry, *best, points);
        let from = self.why.len() - 1;
        for span in spans {
            if self.why.len() - from >= self.reasons {
                return;
            }
            let matched = self.document.words(span.first as usize, span.last as usize);
            if self.why[from..].iter().all(|hit| hit.matched != matched) {
                self.hit(rule, entry, *span, 0.0);
            }
        }
    }

    fn hit(&mut self, rule: &'static str, entry: &Numbered, span: Span, points: f64) {
        let (first, last) = (span.first as usize, span.last as usize);
        self.why.push(Hit {
            rule,
            term: entry.written.clone(),
            matched: self.document.words(first, last).to_owned(),
            field: self.document.places[first].field,
            snippet: self.document.snippet(first, last),
            points,
        });
    }

    fn near(&mut self, rule: &NumberedNear) {
        let present = |part: &Vec<u32>| {
            part.iter()
                .any(|c| self.found.fields(*c) != Fields::default())
        };
        if !rule.parts.iter().all(present) {
            return;
        }
        let meetings = meetings(rule, self.document, self.found);
        let Some(best) = best_meeting(&meetings, self.document, &self.judge.topic) else {
            return;
        };
        if rule.times > 1 && distinct_sentences(&meetings, self.document) < rule.times as usize {
            return;
        }
        let field = self.document.places[best.first as usize].field;
        let place = if rule.times > 1 {
            1.0
        } else {
            self.judge.topic.weights.of(field)
        };
        let points = rule.weight * place;
        self.score += points;
        self.why.push(Hit {
            rule: "near",
            term: rule.written.clone(),
            matched: self
                .document
                .words(best.first as usize, best.last as usize)
                .to_owned(),
            field,
            snippet: self
                .document
                .snippet(best.first as usize, best.last as usize),
            points,
        });
    }
}

/// The places where all parts of a rule stand together, one per sentence: the narrowest first.
fn meetings(rule: &NumberedNear, document: &Document, found: &Found) -> Vec<Span> {
    let mut events: Vec<(Span, usize)> = Vec::new();
    for (part, concepts) in rule.parts.iter().enumerate() {
        for concept in concepts {
            events.extend(found.spans(*concept).iter().map(|span| (*span, part)));
        }
    }
    events.sort_unstable_by_key(|(span, part)| (span.first, span.last, *part));
    let mut last_seen: Vec<Option<Span>> = vec![None; rule.parts.len()];
    let mut meetings: Vec<Span> = Vec::new();
    for (span, part) in events {
        last_seen[part] = Some(span);
        let Some(meeting) = meeting(&last_seen, rule.within, document) else {
            continue;
        };
        let sentence = |s: &Span| document.places[s.first as usize].sentence;
        match meetings.last_mut() {
            Some(known) if sentence(known) == sentence(&meeting) => {
                if meeting.last - meeting.first < known.last - known.first {
                    *known = meeting;
                }
            }
            _ => meetings.push(meeting),
        }
    }
    meetings
}

/// The span over the parts last seen, when they stand in one sentence and close enough.
fn meeting(last_seen: &[Option<Span>], within: u32, document: &Document) -> Option<Span> {
    let mut whole: Option<Span> = None;
    for span in last_seen {
        let span = (*span)?;
        whole = Some(match whole {
            None => span,
            Some(whole) => Span {
                pattern: 0,
                first: whole.first.min(span.first),
                last: whole.last.max(span.last),
            },
        });
    }
    let whole = whole?;
    let sentence = |place: u32| document.places[place as usize].sentence;
    let close = whole.last - whole.first <= within && sentence(whole.first) == sentence(whole.last);
    close.then_some(whole)
}

fn best_meeting(meetings: &[Span], document: &Document, topic: &Arc<Topic>) -> Option<Span> {
    let weight = |span: &Span| topic.weights.of(document.places[span.first as usize].field);
    let mut best: Option<Span> = None;
    for span in meetings {
        if best.is_none_or(|known| weight(span) > weight(&known)) {
            best = Some(*span);
        }
    }
    best
}

/// How many different sentences these stand in: a sentence that stands twice (title and body)
/// counts once, and the teaser, which repeats the lead, only where there is no body.
fn distinct_sentences(spans: &[Span], document: &Document) -> usize {
    let body = document.has_body();
    let mut texts: HashSet<Vec<u32>> = HashSet::new();
    let mut last = None;
    for span in spans {
        let first = document.places[span.first as usize];
        if last == Some(first.sentence) || body && first.field == Field::Summary {
            continue;
        }
        last = Some(first.sentence);
        let from = document
            .places
            .partition_point(|place| place.sentence < first.sentence);
        let words = document.places[from..]
            .iter()
            .take_while(|place| place.sentence == first.sentence)
            .map(|place| place.kind);
        texts.insert(words.collect());
    }
    texts.len()
}

fn foreign(topic: &Topic, language: Option<&str>) -> Option<Arc<str>> {
    let language = language?;
    if topic.languages.is_empty() || topic.languages.iter().any(|known| known == language) {
        return None;
    }
    let read = topic.languages.join("`, `");
    Some(format!("language: the article is in `{language}`, the topic reads `{read}`").into())
}

/// Why a source is not read. Without its tags only what its id decides alone is said.
fn unwanted(topic: &Topic, source: &str, tags: Option<&[String]>) -> Option<Arc<str>> {
    let is = |rule: &String| match rule.strip_prefix("tag:") {
        Some(tag) => tags.is_some_and(|tags| tags.iter().any(|own| own == tag.trim())),
        None => rule == source,
    };
    if topic.deny.iter().any(is) {
        return Some(format!("sources: the topic excludes `{source}`").into());
    }
    let unknown = tags.is_none() && topic.allow.iter().any(|rule| rule.starts_with("tag:"));
    if topic.allow.is_empty() || unknown || topic.allow.iter().any(is) {
        return None;
    }
    Some(format!("sources: the topic does not name `{source}`").into())
}

/// Whether a candidate can be rejected before its page is fetched, and why: only by a `none`
/// term that stands in title or teaser, by its source, or by a configured language that the topic
/// does not read. Never because a word is missing: it may stand in the body.
pub fn reject_early(
    topic: &Topic,
    title: &str,
    teaser: &str,
    language: Option<&str>,
    source: &str,
) -> Option<Arc<str>> {
    let language = language.and_then(language::normalise);
    if let Some(reason) = unwanted(topic, source, None) {
        return Some(reason);
    }
    if let Some(reason) = foreign(topic, language.as_deref()) {
        return Some(reason);
    }
    if topic.none.is_empty() {
        return None;
    }
    let document = Document::new(&Text {
        title,
        summary: teaser,
        language: language.as_deref(),
        source,
        ..Text::default()
    });
    let matcher = topic
        .early
        .0
        .get_or_init(|| Box::new(Matcher::new(vec![Arc::new(topic.exclusions())])));
    let verdict = matcher.judge(&document).pop()?;
    verdict
        .missed
        .into_iter()
        .find(|reason| reason.starts_with("none:"))
}
