//! How likely a piece of a page is part of its article: a sum of plain signs.
//!
//! Each sign is a sentence about the piece, its weight says how much it counts; a piece is taken
//! when the sum is above zero. The weights were fitted (logistic regression, five-fold over whole
//! pages) on public benchmark pages and rounded; what the independent extractors say counts most,
//! the page's own words about itself next. Must not know single outlets.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::html::hints::{self, Marks};
use crate::text::html::outline::{Block, Kind, Outline};

use super::blocks;

/// A block, or a whole row of a table: what is taken or left as one.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its blocks in the outline.
    pub(super) blocks: std::ops::Range<usize>,
    /// Its words as hashes.
    pub(super) words: Vec<u64>,
    /// Part of its text within links, 0 to 1.
    pub(super) linked: f32,
    /// It stands in a part of the page that is not the article.
    pub(super) is_listed: bool,
    /// Its element.
    pub(super) scope: usize,
    /// It is a heading.
    pub(super) heading: bool,
    caption: bool,
    cell: bool,
    ends: bool,
    /// It talks about the page.
    pub(super) sells: bool,
    title: bool,
}

/// Words by which pages talk about themselves: in a short piece they are no article. No Unicode `\b`
/// here: it has the engine leave its automaton at the first accent.
static SERVICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:^|\W)(?:subscri|newsletter|sign up|sign in|log in|follow us|read more|read also|also read|read next|see also|more from|",
        r"related|recommended|share this|click here|cookie|copyright|all rights reserved|advertis|sponsor|affiliate|comment|reply|",
        r"privacy policy|terms of|download|contact us|whatsapp|facebook|twitter|linkedin|pinterest|abonn|lire aussi|à lire|partager|",
        r"suivez|lire la suite|tous droits réservés|publicité|mehr zum thema|weiterlesen|teilen|kommentar|anzeige|suscr|lea también|",
        r"compart|published|posted|updated|min read|minute read|photo by|image credit|getty images|file photo|tags?:|categor|schlagw)|©"
    ))
    .expect("a literal pattern")
});

/// Longest piece, in words, that is judged by [`SERVICE`].
const SERVICE_WORDS: usize = 25;

/// The pieces of a page that hold words.
pub(super) fn pieces(outline: &Outline) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut row = 0;
    for (index, block) in outline.blocks.iter().enumerate() {
        if block.silent || block.run.text.is_empty() {
            continue;
        }
        let words = blocks::words(&block.run.text);
        let own_row = block
            .path
            .iter()
            .rev()
            .find(|c| c.tag == "tr")
            .map_or(0, |c| c.id);
        if own_row != 0
            && own_row == row
            && let Some(last) = out.last_mut()
        {
            last.blocks.end = index + 1;
            last.words.extend(words);
            continue;
        }
        if words.is_empty() {
            continue;
        }
        row = own_row;
        let mut found = piece(index, block, words);
        found.is_listed = outline
            .scopes
            .get(block.node)
            .is_some_and(|s| s.all & (AROUND | hints::BIOGRAPHY) != 0);
        out.push(found);
    }
    out
}

fn piece(index: usize, block: &Block, words: Vec<u64>) -> Piece {
    let text = block.run.text.trim_end();
    let within = |tags: &[&str]| block.path.iter().any(|c| tags.contains(&c.tag));
    Piece {
        blocks: index..index + 1,
        linked: block.run.linked as f32 / block.run.text.len().max(1) as f32,
        is_listed: false,
        scope: block.node,
        heading: matches!(block.kind, Kind::Heading(_)),
        title: block.kind == Kind::Heading(1),
        caption: within(&["figcaption"]),
        cell: within(&["td", "th"]),
        ends: text.ends_with(['.', '!', '?', '…', '"', '”', '»', ':', ';']),
        sells: words.len() < SERVICE_WORDS && SERVICE.is_match(text),
        words,
    }
}

/// Marks that keep a paragraph from counting towards the element the article is in.
const NO_BODY: Marks = hints::NAVIGATION | hints::FOOTER | hints::COMMENTS | hints::HIDDEN;
/// Marks of parts of a page that are not the article, at any distance.
pub(super) const AROUND: Marks = hints::NAVIGATION
    | hints::FOOTER
    | hints::ASIDE
    | hints::COMMENTS
    | hints::RELATED
    | hints::SHARE
    | hints::SUBSCRIBE
    | hints::COOKIE
    | hints::ADVERTISING;

/// The element in which most of the page's long unlinked paragraphs stand.
fn densest(outline: &Outline, pieces: &[Piece]) -> usize {
    let mut score = vec![0.0f32; outline.scopes.len()];
    for piece in pieces
        .iter()
        .filter(|p| p.words.len() >= 10 && p.linked < 0.4)
    {
        let Some(scope) = outline
            .scopes
            .get(piece.scope)
            .filter(|s| s.all & NO_BODY == 0)
        else {
            continue;
        };
        let weight = piece.words.len() as f32 * (1.0 - piece.linked);
        let mut around = scope.parent;
        for share in [1.0, 0.5, 0.25] {
            if let Some(s) = score.get_mut(around) {
                *s += weight * share;
            }
            around = outline.scopes.get(around).map_or(0, |s| s.parent);
        }
    }
    score
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))
        .map_or(0, |(i, _)| i)
}

/// What the extractors say of a piece.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Vote {
    /// Their mean, each counted by how far it agrees with the others, 0 to 1.
    pub(super) mean: f32,
    /// All of them take it.
    pub(super) all: bool,
    /// None of them takes it.
    pub(super) none: bool,
    /// What is known besides (the feed's teaser, JSON-LD), as a weight.
    pub(super) extra: f32,
}

/// Part of the page's densest text that the extractors must have found between them; below it they
/// are taken to have missed the article.
const MISSED: usize = 3;

/// Lifts the long paragraphs of the densest element where the extractors found next to none of
/// them: all of them fail on the same pages, mostly for a class that sounds like an
/// advertisement's.
pub(super) fn rescue(outline: &Outline, pieces: &[Piece], votes: &mut [Vote]) -> bool {
    let top = densest(outline, pieces);
    let is_text = |p: &Piece| {
        let scope = outline.scopes.get(p.scope);
        p.words.len() >= 10
            && p.linked < 0.4
            && scope.is_some_and(|s| s.all & AROUND == 0)
            && is_within(outline, p.scope, top)
    };
    let (mut all, mut found) = (0, 0);
    for (piece, vote) in pieces.iter().zip(votes.iter()).filter(|(p, _)| is_text(p)) {
        all += piece.words.len();
        found += if vote.mean > 0.5 {
            piece.words.len()
        } else {
            0
        };
    }
    if all < 100 || found * MISSED > all {
        return false;
    }
    for (piece, vote) in pieces.iter().zip(votes) {
        if is_within(outline, piece.scope, top) {
            vote.none = false;
            vote.mean = vote.mean.max(if is_text(piece) { 0.9 } else { 0.4 });
        } else {
            vote.mean *= 0.5;
        }
    }
    true
}

/// The sum of signs for every piece.
pub(super) fn scores(outline: &Outline, pieces: &[Piece], votes: &[Vote]) -> Vec<f32> {
    let top = densest(outline, pieces);
    let title = pieces.iter().position(|p| p.title);
    let vote = |i: usize| votes.get(i).copied().unwrap_or_default();
    (0..pieces.len())
        .filter_map(|i| pieces.get(i).map(|p| (i, p)))
        .map(|(i, piece)| {
            let near = (i.saturating_sub(3)..(i + 4).min(pieces.len()))
                .map(|n| vote(n).mean)
                .sum::<f32>()
                / 7.0;
            let next = if i + 1 < pieces.len() {
                vote(i + 1).mean
            } else {
                0.0
            };
            let placed = Place {
                near,
                next,
                titled: title.is_some_and(|t| i > t),
                top,
            };
            sum(outline, piece, vote(i), &placed)
        })
        .collect()
}

/// What surrounds a piece.
struct Place {
    near: f32,
    next: f32,
    titled: bool,
    top: usize,
}

fn sum(outline: &Outline, piece: &Piece, vote: Vote, place: &Place) -> f32 {
    let count = piece.words.len();
    let around = outline.scopes.get(piece.scope);
    let parent = around.map_or(0, |s| s.parent);
    let all = around.map_or(0, |s| s.all);
    let near = near_marks(outline, piece.scope);
    let marked = |marks: Marks| near & marks != 0;
    let signs = [
        (2.1 * vote.mean, true),
        (0.6, vote.all),
        (-0.75, vote.none),
        (vote.extra, true),
        // The pieces around it are taken too.
        (2.7 * place.near, true),
        // A heading belongs to what follows.
        (1.4 * place.next - 0.5, piece.heading),
        // Links are navigation, sentences are text.
        (-1.5 * piece.linked, true),
        (1.5, piece.ends),
        (-0.3 * (count as f32).ln_1p(), true),
        (0.4, count < 4),
        (-2.4, piece.sells),
        // Where it stands.
        (1.4, place.titled),
        (0.65, is_within(outline, piece.scope, place.top)),
        (0.65, parent == place.top || piece.scope == place.top),
        (0.5, all & hints::BODY != 0),
        (-0.35, all & AROUND != 0),
        // What the elements next to it are called.
        (-3.1, piece.caption || marked(hints::CAPTION)),
        (-0.8, piece.cell),
        (-2.3, marked(hints::FOOTER)),
        (-5.0, marked(hints::NOTES)),
        (-2.5, marked(hints::BIOGRAPHY)),
        (-2.2, marked(hints::COMMENTS)),
        (-1.7, marked(hints::SUBSCRIBE)),
        (-1.5, marked(hints::ADVERTISING)),
        (-2.6, marked(hints::COOKIE)),
        (-0.25, marked(hints::ASIDE)),
        (-0.7, marked(hints::HEADER)),
        (-0.5, marked(hints::BYLINE)),
    ];
    let base = -3.4;
    base + signs
        .iter()
        .filter(|(_, holds)| *holds)
        .map(|(weight, _)| weight)
        .sum::<f32>()
}

/// The marks of an element and the two around it.
fn near_marks(outline: &Outline, scope: usize) -> Marks {
    let mut marks = 0;
    let mut at = scope;
    for _ in 0..3 {
        let Some(found) = outline.scopes.get(at) else {
            break;
        };
        marks |= found.own;
        at = found.parent;
    }
    marks
}

fn is_within(outline: &Outline, scope: usize, outer: usize) -> bool {
    let mut at = scope;
    while at > outer {
        at = outline.scopes.get(at).map_or(0, |s| s.parent);
    }
    at == outer
}
