//! An article's text as the matcher reads it: words by field, stemmed once for all topics.
//!
//! Must not know topics or terms.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::hits::Identity;
use super::kinds::{self, Keys, Kind};
use super::verdict::Provenance;
use crate::text::press::dateline;
use crate::text::stem::{Stemmer, Token, tokens};
use crate::text::{head, language};

/// The lead is this many words of the body.
const LEAD_WORDS: usize = 60;

/// A dateline is looked for when a paragraph's first bytes hold one of its marks.
const DATELINE_HEAD: usize = 160;

/// An article to judge, as plain text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Text<'a> {
    /// Title.
    pub title: &'a str,
    /// Teaser of the feed.
    pub summary: &'a str,
    /// Body, a newline between paragraphs.
    pub body: &'a str,
    /// Category labels.
    pub categories: &'a [String],
    /// Address.
    pub url: &'a str,
    /// Language tag, when known; else it is detected.
    pub language: Option<&'a str>,
    /// Id of the source.
    pub source: &'a str,
    /// Tags of the source.
    pub tags: &'a [String],
}

/// A place in an article where a term can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The title.
    Title,
    /// The first 60 words of the body.
    Lead,
    /// The feed's teaser.
    Summary,
    /// The body after the lead.
    Body,
    /// A category label.
    Category,
    /// The address.
    Url,
    /// The id of the source.
    Source,
    /// A tag of the source.
    Tag,
}

impl Field {
    /// The names that `field:term` accepts.
    pub const NAMES: [&'static str; 8] = [
        "title", "lead", "summary", "body", "category", "url", "source", "tag",
    ];

    /// What a field's name in a term stands for; `body` includes the lead.
    pub fn named(name: &str) -> Option<Fields> {
        let fields: &[Field] = match name {
            "title" => &[Field::Title],
            "lead" => &[Field::Lead],
            "summary" => &[Field::Summary],
            "body" => &[Field::Lead, Field::Body],
            "category" => &[Field::Category],
            "url" => &[Field::Url],
            "source" => &[Field::Source],
            "tag" => &[Field::Tag],
            _ => return None,
        };
        Some(fields.iter().fold(Fields(0), |all, field| all.with(*field)))
    }

    /// The name as a person writes it.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// A set of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Fields(pub u8);

impl Fields {
    /// Where a term without a field is looked for.
    pub const TEXT: Self = Self(0b1_1111);

    /// This set and one more field.
    #[must_use]
    pub fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u8)
    }

    /// Whether the field is in the set.
    pub fn has(self, field: Field) -> bool {
        self.0 & 1 << field as u8 != 0
    }

    /// The fields of the set.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        const ALL: [Field; 8] = [
            Field::Title,
            Field::Lead,
            Field::Summary,
            Field::Body,
            Field::Category,
            Field::Url,
            Field::Source,
            Field::Tag,
        ];
        ALL.into_iter().filter(move |field| self.has(*field))
    }
}

/// A word at its place.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Index of its [`Kind`].
    pub kind: u32,
    /// First byte in the document's text.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// Number of its sentence; a field never shares one with another.
    pub sentence: u32,
    /// Where it stands.
    pub field: Field,
    /// Whether a phrase cannot begin before it.
    pub opens: bool,
}

/// An article's text, tokenised and stemmed.
#[derive(Debug)]
pub struct Document {
    /// Language, given or detected.
    pub(super) language: Option<String>,
    /// Slot of the stemmer it was read with.
    pub(super) slot: usize,
    /// Id of the source.
    pub(super) source: String,
    /// Tags of the source.
    pub(super) tags: Vec<String>,
    /// Every field, NFC, one after the other.
    pub(super) text: String,
    /// Bytes of each piece of text and its field (the body's is `Body`).
    pub(super) sections: Vec<(Field, Range<usize>)>,
    /// The words in order.
    pub(super) places: Vec<Place>,
    /// The distinct words.
    pub(super) kinds: Vec<Arc<Kind>>,
    /// The keys of each kind.
    pub(super) keys: Vec<Keys>,
    /// `order[first[k]..first[k + 1]]` are the places of kind `k`.
    first: Vec<u32>,
    order: Vec<u32>,
}

impl Document {
    /// Reads an article. Datelines are left out: the office a dispatch was written in says
    /// nothing of its subject.
    pub fn new(text: &Text<'_>) -> Self {
        let declared = text.language.and_then(language::normalise);
        let language = declared.or_else(|| language::detect(text.body).map(str::to_owned));
        let mut reader = Reader::new(Stemmer::of(language.as_deref()), text.body.len());
        reader.section(Field::Title, text.title);
        reader.section(Field::Summary, text.summary);
        reader.section(Field::Body, text.body);
        for category in text.categories {
            reader.section(Field::Category, category);
        }
        reader.section(Field::Url, text.url);
        reader.section(Field::Source, text.source);
        for tag in text.tags {
            reader.section(Field::Tag, tag);
        }
        reader.finish(language, text)
    }

    /// The language the article was taken to be in, as ISO 639-1.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// Where the article comes from.
    pub(super) fn provenance(&self) -> Provenance<'_> {
        Provenance {
            language: self.language(),
            source: &self.source,
            tags: &self.tags,
        }
    }

    /// Whether there is a body.
    pub(super) fn has_body(&self) -> bool {
        self.places.iter().any(|place| place.field == Field::Lead)
    }

    /// The places of a kind.
    pub(super) fn places_of(&self, kind: usize) -> &[u32] {
        let (from, to) = (self.first[kind], self.first[kind + 1]);
        &self.order[from as usize..to as usize]
    }

    /// The place at or after a byte of the text.
    pub(super) fn place_at(&self, byte: usize) -> usize {
        self.places
            .partition_point(|place| place.end as usize <= byte)
    }

    /// The text from one place to another, on one line.
    pub(super) fn words(&self, first: usize, last: usize) -> &str {
        let (Some(a), Some(b)) = (self.places.get(first), self.places.get(last)) else {
            return "";
        };
        self.text
            .get(a.start as usize..b.end as usize)
            .unwrap_or_default()
    }

    /// Some words around a span, cut at the ends of its paragraph.
    pub(super) fn snippet(&self, first: usize, last: usize) -> String {
        const AROUND: usize = 6;
        let mut from = first;
        while from > 0 && first - from < AROUND && !self.places[from].opens {
            from -= 1;
        }
        let mut to = last;
        while to + 1 < self.places.len() && to - last < AROUND && !self.places[to + 1].opens {
            to += 1;
        }
        self.words(from, to).to_owned()
    }
}

struct Reader {
    stemmer: Stemmer,
    text: String,
    sections: Vec<(Field, Range<usize>)>,
    places: Vec<Place>,
    kinds: Vec<Arc<Kind>>,
    keys: Vec<Keys>,
    known: HashMap<u64, u32, BuildHasherDefault<Identity>>,
    sentence: u32,
}

impl Reader {
    fn new(stemmer: Stemmer, size: usize) -> Self {
        Self {
            stemmer,
            text: String::with_capacity(size + 512),
            sections: Vec::with_capacity(8),
            places: Vec::with_capacity(size / 5 + 64),
            kinds: Vec::with_capacity(512),
            keys: Vec::with_capacity(512),
            known: HashMap::with_capacity_and_hasher(512, BuildHasherDefault::default()),
            sentence: 0,
        }
    }

    fn section(&mut self, field: Field, text: &str) {
        let start = self.text.len();
        if is_nfc_quick(text.chars()) == IsNormalized::Yes {
            self.text.push_str(text);
        } else {
            self.text.extend(text.nfc());
        }
        let end = self.text.len();
        self.text.push('\n');
        self.sections.push((field, start..end));
        let whole = std::mem::take(&mut self.text);
        self.words(field, &whole[start..end], start);
        self.text = whole;
    }

    fn words(&mut self, field: Field, text: &str, offset: usize) {
        let mut read = 0;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let skip = if field == Field::Body || field == Field::Summary {
                dateline_end(line)
            } else {
                0
            };
            for token in tokens(&line[skip..]) {
                let field = match field {
                    Field::Body if read < LEAD_WORDS => Field::Lead,
                    other => other,
                };
                read += 1;
                self.word(field, &token, offset + at + skip);
            }
            at += line.len();
        }
    }

    fn word(&mut self, field: Field, token: &Token<'_>, offset: usize) {
        let kind = self.kind(token);
        self.sentence += u32::from(token.opens_sentence);
        let start = offset + token.start;
        self.places.push(Place {
            kind,
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(start + token.text.len()).unwrap_or(u32::MAX),
            sentence: self.sentence,
            field,
            opens: token.opens_line,
        });
    }

    fn kind(&mut self, token: &Token<'_>) -> u32 {
        let surface = kinds::surface(token);
        if let Some(known) = self.known.get(&surface) {
            return *known;
        }
        let kind = u32::try_from(self.kinds.len()).unwrap_or(u32::MAX);
        let made = kinds::kind(&self.stemmer, token, surface);
        self.keys.push(made.keys());
        self.kinds.push(made);
        self.known.insert(surface, kind);
        kind
    }

    fn finish(self, language: Option<String>, text: &Text<'_>) -> Document {
        let mut first = vec![0_u32; self.kinds.len() + 1];
        for place in &self.places {
            first[place.kind as usize + 1] += 1;
        }
        for kind in 0..self.kinds.len() {
            first[kind + 1] += first[kind];
        }
        let mut next = first.clone();
        let mut order = vec![0_u32; self.places.len()];
        for (at, place) in (0_u32..).zip(&self.places) {
            let slot = &mut next[place.kind as usize];
            order[*slot as usize] = at;
            *slot += 1;
        }
        Document {
            language,
            slot: self.stemmer.slot(),
            source: text.source.to_owned(),
            tags: text.tags.to_vec(),
            text: self.text,
            sections: self.sections,
            places: self.places,
            kinds: self.kinds,
            keys: self.keys,
            first,
            order,
        }
    }
}

/// How many bytes of a paragraph are its dateline.
fn dateline_end(line: &str) -> usize {
    let head = head(line, DATELINE_HEAD);
    let marked = head.contains(['(', '/', '–', '—']) || head.contains(" -") || head.contains("--");
    if !marked {
        return 0;
    }
    dateline(line).map_or(0, |found| found.len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &Text<'_>) -> Document {
        Document::new(text)
    }

    #[test]
    fn fields_and_sentences() {
        let doc = document(&Text {
            title: "La Chine et Cuba",
            body: "Un accord. Une visite.\nUne suite",
            url: "https://exemple.org/monde/chine",
            ..Text::default()
        });
        let fields: Vec<_> = doc.places.iter().map(|p| (p.field, p.sentence)).collect();
        assert_eq!(fields[0], (Field::Title, 1));
        assert_eq!(fields[4], (Field::Lead, 2));
        assert_eq!(fields[6], (Field::Lead, 3));
        assert_eq!(fields[8], (Field::Lead, 4));
        assert_eq!(fields.last().map(|f| f.0), Some(Field::Url));
    }

    #[test]
    fn the_lead_ends_after_sixty_words() {
        let body = "mot ".repeat(100);
        let doc = document(&Text {
            body: &body,
            ..Text::default()
        });
        let lead = doc.places.iter().filter(|p| p.field == Field::Lead).count();
        assert_eq!((lead, doc.places.len()), (60, 100));
        assert_eq!(doc.kinds.len(), 1);
        assert_eq!(doc.places_of(0).len(), 100);
    }

    #[test]
    fn a_dateline_is_not_text() {
        let doc = document(&Text {
            body: "LA HAVANE, 30 août (Xinhua) -- La Chine avance.",
            ..Text::default()
        });
        assert_eq!(doc.words(0, doc.places.len() - 1), "La Chine avance");
    }

    #[test]
    fn snippets_stop_at_the_paragraph() {
        let doc = document(&Text {
            body: "Un deux.\nTrois la Chine quatre.\nCinq",
            ..Text::default()
        });
        assert_eq!(doc.snippet(4, 4), "Trois la Chine quatre");
    }
}
