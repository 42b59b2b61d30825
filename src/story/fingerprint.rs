//! The fingerprint of an article: what is left of it when two articles are compared.
//!
//! Datelines, credits and paragraphs a source repeats are taken off first, so that what an outlet
//! adds to an agency's text does not count. The title is not part of the text: outlets rewrite it.

use std::collections::HashSet;
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::title::{Headline, folded};
use super::tokens::{Kind, Reader, Token, Tokens, high, mix};
use crate::text::fold::fold;
use crate::text::press::{self, Credit};

/// Words per shingle.
const SHINGLE: usize = 4;
/// Glyphs per shingle, in scripts written without spaces.
const GLYPH_SHINGLE: usize = 8;
/// Keys stored of an article: its smallest hashes (the sketch).
pub const KEYS: usize = 16;
/// Most keys stored of a very long article, so that a brief taken from it finds it.
const MOST_KEYS: usize = 24;
/// Shingles from which an article is very long; one more key for each [`KEY_STEP`] beyond.
const LONG: usize = 600;
const KEY_STEP: usize = 50;
/// Keys with which an index is asked. More than are stored: a long text asked about a stored
/// brief must offer more of its hashes to meet the brief's.
pub const PROBES: usize = 32;
/// Fewest words of which equality says something.
const HASHED_WORDS: usize = 30;
/// Fewest words of a paragraph that counts for equality, when such paragraphs are most of the text:
/// headings and captions come and go with the extraction.
const LONG_PARAGRAPH: usize = 12;
/// Most words of a paragraph that may be a credit.
const CREDIT_WORDS: usize = 40;
/// Paragraphs at the head of a text that may open with a dateline.
const HEAD_PARAGRAPHS: usize = 4;
/// First shingles of a text: room for a lead, with a caption before it.
const OPENING: usize = 60;
/// Fewest shingles that may be compared; below, only equality of title and text counts.
pub(super) const COMPARABLE: usize = 12;

/// What is kept of an article's text for comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// Hash of the folded words; of title and words together below twelve shingles; `None` for a
    /// text between that and thirty words, and when there is neither text nor title.
    pub text_hash: Option<i64>,
    /// What its title is reduced to.
    pub title: Headline,
    /// Distinct hashes of the word 4-shingles, sorted.
    pub shingles: Vec<u32>,
    /// Keys under which the article is stored: 16, up to 24 for a very long text. Fewer for short.
    pub keys: Vec<i32>,
    /// Keys with which an index is asked: 32, the stored ones first.
    pub probes: Vec<i32>,
    /// Words left after the stripping.
    pub words: u32,
    /// What only texts that are near each other are compared by; `None` in an outline.
    pub(super) details: Option<Box<Details>>,
    /// Hash of the name of the agency that signs it.
    pub(super) agency: Option<u64>,
    /// Whether its title or first line says that it corrects an earlier text.
    pub(super) corrects: bool,
}

/// The part of a fingerprint by which guards tell texts apart that are near each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Details {
    /// Hashes of the distinct numbers, normalised, sorted.
    pub(super) numbers: Vec<u64>,
    /// Places of the text that hold a number, weekday or month: hash of the words around, hash of
    /// what stands there; sorted.
    pub(super) slots: Vec<(u32, u32)>,
    /// Hashes of the distinct words, sorted.
    pub(super) vocabulary: Vec<u32>,
    /// Hashes of the distinct shingles with which it opens, sorted.
    pub(super) opening: Vec<u32>,
}

impl Fingerprint {
    /// Bytes that an outline takes in memory.
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.title.size() + self.shingles.len() * size_of::<u32>()
    }

    /// What of it says whether another text is near: half of it, or less. An index may hold this of earlier articles
    /// ([`super::Lookup::whole`] gives the rest); it is not asked for by it.
    pub fn outline(&self) -> Self {
        Self {
            text_hash: self.text_hash,
            title: self.title.clone(),
            shingles: self.shingles.clone(),
            words: self.words,
            agency: self.agency,
            corrects: self.corrects,
            ..Self::default()
        }
    }

    /// Whether nothing was left out of it.
    pub fn is_whole(&self) -> bool {
        self.details.is_some()
    }
}

/// Reduces an article to its fingerprint. `text` has a line per paragraph; `is_boilerplate` says of
/// a [`paragraph_hash`] whether the source repeats that paragraph in story after story.
pub fn fingerprint(title: &str, text: &str, is_boilerplate: &dyn Fn(u64) -> bool) -> Fingerprint {
    fingerprint_and_paragraphs(title, text, is_boilerplate).0
}

/// The same, and the hashes of the distinct paragraphs of the text that are worth remembering for
/// its source: those that are not stripped as credits anyway.
pub fn fingerprint_and_paragraphs(
    title: &str,
    text: &str,
    is_boilerplate: &dyn Fn(u64) -> bool,
) -> (Fingerprint, Vec<u64>) {
    let Reading {
        mut tokens,
        long,
        paragraphs,
        agency,
    } = read(text, is_boilerplate);
    let mut shingles = shingles(&tokens.list);
    let mut opening: Vec<u32> = shingles.iter().take(OPENING).map(|s| high(*s)).collect();
    opening.sort_unstable();
    opening.dedup();
    shingles.sort_unstable();
    shingles.dedup();
    let mut vocabulary: Vec<u32> = tokens.list.iter().map(|t| high(t.hash)).collect();
    vocabulary.sort_unstable();
    vocabulary.dedup();
    tokens.numbers.sort_unstable();
    tokens.numbers.dedup();
    let probes = keys(&shingles, PROBES);
    let stored = (KEYS + shingles.len().saturating_sub(LONG) / KEY_STEP).min(MOST_KEYS);
    let mut short: Vec<u32> = shingles.iter().map(|s| high(*s)).collect();
    short.dedup();
    let fingerprint = Fingerprint {
        text_hash: text_hash(title, &tokens.list, &long, short.len()),
        title: Headline::of(title),
        keys: probes.iter().take(stored).copied().collect(),
        probes,
        words: count(&tokens),
        shingles: short,
        details: Some(Box::new(Details {
            slots: slots(&tokens.list),
            numbers: tokens.numbers,
            vocabulary,
            opening,
        })),
        agency,
        corrects: corrects(title, text),
    };
    (fingerprint, paragraphs)
}

/// What is kept of a text that is not to be compared: how long it is and whether it is still the same, whatever its source
/// repeats; with the hashes of its paragraphs, as [`fingerprint_and_paragraphs`] gives them.
pub fn trace_and_paragraphs(text: &str) -> (Fingerprint, Vec<u64>) {
    let reading = read(text, &|_| false);
    let trace = Fingerprint {
        text_hash: Some(mix(digest(&reading.tokens.list)).cast_signed()),
        words: count(&reading.tokens),
        ..Fingerprint::default()
    };
    (trace, reading.paragraphs)
}

/// A text as it is reduced.
struct Reading {
    /// Its words, without datelines, credits and what is repeated.
    tokens: Tokens,
    /// Which of them are long paragraphs.
    long: Vec<Range<usize>>,
    /// Hashes of its distinct paragraphs, sorted.
    paragraphs: Vec<u64>,
    /// Hash of the agency's name.
    agency: Option<u64>,
}

fn read(text: &str, is_boilerplate: &dyn Fn(u64) -> bool) -> Reading {
    let mut reader = Reader::default();
    let mut long = Vec::new();
    let mut seen = HashSet::new();
    let mut agency = None;
    for paragraph in bodies(text, &mut agency) {
        let from = reader.len();
        let hash = digest(reader.read(paragraph));
        // Old templates print a text or a caption several times over.
        if !seen.insert(hash) || is_boilerplate(hash) {
            reader.withdraw();
        } else if reader.len() - from >= LONG_PARAGRAPH {
            long.push(from..reader.len());
        }
    }
    let mut paragraphs: Vec<u64> = seen.into_iter().collect();
    paragraphs.sort_unstable();
    Reading {
        tokens: reader.finish(),
        long,
        paragraphs,
        agency,
    }
}

fn count(tokens: &Tokens) -> u32 {
    u32::try_from(tokens.list.len()).unwrap_or(u32::MAX)
}

/// The hash of a paragraph's folded words. It names the paragraph when a source's boilerplate is
/// learned; a dateline must be off already, as it is for [`fingerprint_and_paragraphs`].
pub fn paragraph_hash(paragraph: &str) -> u64 {
    digest(Reader::default().read(paragraph))
}

/// Whether a title or the first line of a text marks a correction.
fn corrects(title: &str, text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    press::corrects_in_title(title) || first.is_some_and(press::corrects_in_line)
}

/// The paragraphs of a text without datelines and credits; notes the agency that these name first.
fn bodies<'a>(text: &'a str, agency: &mut Option<u64>) -> impl Iterator<Item = &'a str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .enumerate()
        .filter_map(|(n, line)| body(n, line, agency))
}

fn body<'a>(number: usize, line: &'a str, agency: &mut Option<u64>) -> Option<&'a str> {
    let mut name = |name: &str| {
        agency.get_or_insert_with(|| xxh3_64(folded(name).as_bytes()));
    };
    if is_short(line) {
        let credit = press::credit(line);
        if let Some(Credit::Agency(signed)) = &credit {
            name(signed);
        }
        if credit.is_some() || is_stamp(line) {
            return None;
        }
    }
    let line = if number < HEAD_PARAGRAPHS {
        let dateline = press::dateline(line);
        dateline
            .iter()
            .filter_map(|d| d.agency.as_deref())
            .for_each(name);
        &line[dateline.map_or(0, |d| d.len)..]
    } else {
        line
    };
    let line = without_tail(line);
    (!line.is_empty()).then_some(line)
}

fn is_short(line: &str) -> bool {
    line.len() <= 400 && line.split_ascii_whitespace().count() <= CREDIT_WORDS
}

/// A line that only says when it was published or changed.
fn is_stamp(line: &str) -> bool {
    const VERBS: [&str; 8] = [
        "publie",
        "mis a jour",
        "mise a jour",
        "derniere m",
        "modifie",
        "published",
        "updated",
        "posted",
    ];
    if line.len() > 90 || !line.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let folded = fold(line);
    let folded = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    let letters = folded.chars().filter(|c| c.is_alphabetic()).count();
    let says = |verb: &&str| folded.trim_start_matches("last ").starts_with(*verb);
    VERBS.iter().any(says) && !folded.ends_with('.')
        || folded.starts_with("publie le")
        || (digits >= 8 && letters <= 4)
}

/// Cuts an end mark or an agency in brackets from the end of a paragraph.
fn without_tail(line: &str) -> &str {
    let line = line.trim_end();
    for mark in ["Fin", "FIN", "/Fin/", "/FIN/"] {
        if let Some(rest) = line.strip_suffix(mark)
            && rest.trim_end().ends_with(['.', '!', '?', '»', '"', '”'])
        {
            return rest.trim_end();
        }
    }
    if line.ends_with(')')
        && let Some(open) = line.rfind('(')
        && line.len() - open <= 60
        && press::credit(&line[open..]).is_some()
    {
        return line[..open].trim_end();
    }
    line
}

fn digest(tokens: &[Token]) -> u64 {
    tokens.iter().fold(0x9E37_79B9, |h, t| step(h, t.hash))
}

fn step(h: u64, word: u64) -> u64 {
    (h.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// In the order of the text.
fn shingles(tokens: &[Token]) -> Vec<u64> {
    let glyphs = tokens.iter().filter(|t| t.kind == Kind::Glyph).count();
    let width = if glyphs * 2 > tokens.len() {
        GLYPH_SHINGLE
    } else {
        SHINGLE
    };
    tokens
        .windows(width)
        .map(|window| mix(window.iter().fold(0, |h, t| step(h, t.hash))))
        .collect()
}

/// The smallest hashes, mixed anew: as they are they would crowd at the low end of the index.
fn keys(sorted: &[u64], count: usize) -> Vec<i32> {
    sorted
        .iter()
        .take(count)
        .map(|s| high(mix(s ^ 0x5851_F42D_4C95_7F2D)).cast_signed())
        .collect()
}

fn text_hash(
    title: &str,
    tokens: &[Token],
    long: &[Range<usize>],
    comparable: usize,
) -> Option<i64> {
    let hash = |seed: u64, words: &mut dyn Iterator<Item = &Token>| {
        mix(words.fold(seed, |h, t| step(h, t.hash))).cast_signed()
    };
    if comparable < COMPARABLE {
        let folded = folded(title);
        return (!folded.is_empty()).then(|| hash(xxh3_64(folded.as_bytes()), &mut tokens.iter()));
    }
    if tokens.len() < HASHED_WORDS {
        return None;
    }
    let kept: usize = long.iter().map(ExactSizeIterator::len).sum();
    if kept >= HASHED_WORDS && kept * 5 >= tokens.len() * 4 {
        return Some(hash(
            1,
            &mut long.iter().flat_map(|range| &tokens[range.clone()]),
        ));
    }
    Some(hash(1, &mut tokens.iter()))
}

/// Numbers and dates with the two tokens before and the one after, themselves reduced to their
/// kind where they are numbers or dates: two issues of a series have the same places and other
/// values in them.
fn slots(tokens: &[Token]) -> Vec<(u32, u32)> {
    let shape = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
        None => 1,
        Some(Token {
            kind: Kind::Number, ..
        }) => 2,
        Some(Token {
            kind: Kind::Date, ..
        }) => 3,
        Some(token) => token.hash,
    };
    let mut slots = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let kind = tokens[at].kind;
        let from = at;
        at += 1;
        if !matches!(kind, Kind::Number | Kind::Date) {
            continue;
        }
        while kind == Kind::Number && tokens.get(at).is_some_and(|t| t.kind == kind) {
            at += 1;
        }
        let value = tokens[from..at].iter().fold(0, |h, t| step(h, t.hash));
        let around = [
            shape(from.checked_sub(2)),
            shape(from.checked_sub(1)),
            shape(Some(at)),
        ];
        let place = around.iter().fold(kind as u64, |h, s| step(h, *s));
        slots.push((high(mix(place)), high(mix(value))));
    }
    slots.sort_unstable();
    slots.dedup();
    slots
}
