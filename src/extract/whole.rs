//! Tables and lists among the paragraphs of an article come whole: a table without its heading row, or
//! with some of its figures, says something else than the page does.
//!
//! Must not judge a list by itself: where it stands, and how much of it is links, decides.

use super::score::{self, Piece};
use crate::text::html::hints;
use crate::text::html::outline::{Container, Outline};

/// Fewest words of a paragraph that shows where the article's text stands.
const TELLING: usize = 5;
/// From which part of links on a list or table leads elsewhere.
const LEADING: f32 = 0.4;
/// Marks of elements whose lists are none of the article's.
const FOREIGN: hints::Marks = score::AROUND
    | hints::BIOGRAPHY
    | hints::BYLINE
    | hints::CAPTION
    | hints::CONTENTS
    | hints::CONTROL
    | hints::HEADER
    | hints::NOTES;

/// Takes the rest of every table and list that stands between two paragraphs of the article, or of
/// which most is taken already.
pub(super) fn complete(outline: &Outline, pieces: &[Piece], taken: &mut [bool]) {
    let mut at = 0;
    while at < pieces.len() {
        let Some(structure) = pieces.get(at).and_then(|p| structure(outline, p)) else {
            at += 1;
            continue;
        };
        let same = |p: &&Piece| self::structure(outline, p).is_some_and(|s| s.id == structure.id);
        let end = at + pieces.iter().skip(at).take_while(same).count().max(1);
        let held = taken.get(at..end).unwrap_or_default();
        let partly = held.contains(&true) || is_between(outline, pieces, taken, (at, end));
        if partly && belongs(outline, pieces, taken, (at, end)) {
            for slot in taken.iter_mut().take(end).skip(at) {
                *slot = true;
            }
        }
        at = end;
    }
}

/// The outermost table or list around a piece.
fn structure<'a>(outline: &'a Outline, piece: &Piece) -> Option<&'a Container> {
    let block = outline.blocks.get(piece.blocks.start)?;
    block
        .path
        .iter()
        .find(|c| matches!(c.tag, "table" | "ul" | "ol" | "dl"))
}

/// Whether the pieces of a table or list are the article's own, as far as they themselves tell: they do
/// not lead elsewhere, nothing around them is named as something else, and where less than half of
/// them was taken the article goes on behind them.
fn belongs(outline: &Outline, pieces: &[Piece], taken: &[bool], (at, end): (usize, usize)) -> bool {
    let own = pieces.get(at..end).unwrap_or_default();
    let words: usize = own.iter().map(|p| p.words.len()).sum();
    let linked: f32 = own.iter().map(|p| p.linked * p.words.len() as f32).sum();
    let sells = own.iter().filter(|p| p.sells).count();
    if linked > LEADING * words as f32 || sells * 2 > own.len() {
        return false;
    }
    let held = own.iter().zip(taken.iter().skip(at)).filter(|(_, t)| **t);
    let held: usize = held.map(|(p, _)| p.words.len()).sum();
    held * 2 > words || is_between(outline, pieces, taken, (at, end))
}

/// Whether a table or list stands within the element that holds a paragraph taken before it, and within
/// that of one taken behind it.
fn is_between(
    outline: &Outline,
    pieces: &[Piece],
    taken: &[bool],
    (at, end): (usize, usize),
) -> bool {
    let Some(structure) = pieces.get(at).and_then(|p| structure(outline, p)) else {
        return false;
    };
    // What follows a heading that is left out goes with it.
    let headed = at
        .checked_sub(1)
        .and_then(|before| Some((pieces.get(before)?, taken.get(before)?)));
    if headed.is_some_and(|(before, taken)| before.heading && !taken) {
        return false;
    }
    let tells = |n: &usize| {
        let piece = pieces.get(*n).filter(|_| taken.get(*n) == Some(&true));
        piece.is_some_and(|p| {
            p.words.len() >= TELLING && !p.heading && self::structure(outline, p).is_none()
        })
    };
    let holds = |n: usize| {
        let around = pieces.get(n).and_then(|p| outline.scopes.get(p.scope));
        around.is_some_and(|s| is_plainly_within(outline, structure.node, s.parent))
    };
    let mut before = (0..at).filter(tells);
    let mut behind = (end..pieces.len()).filter(tells);
    before.any(holds) && behind.any(holds)
}

/// Whether an element stands within another, with nothing named as foreign between them.
fn is_plainly_within(outline: &Outline, node: usize, outer: usize) -> bool {
    let mut at = node;
    while at > outer {
        let Some(scope) = outline.scopes.get(at).filter(|s| s.own & FOREIGN == 0) else {
            return false;
        };
        at = scope.parent;
    }
    at == outer
}
