//! Cutting a stretch of text out of a block's markup.
//!
//! Must not know why: it keeps text and markup in step.

use std::ops::Range;

use super::inline::Run;
use super::outline::{self, Reading};
use crate::text::references::decode;

/// The run without a range of its text (in bytes); the markup loses the same characters, and the
/// tags that hold nothing any more.
pub fn without(run: &Run, range: &Range<usize>) -> Run {
    let mut kept = String::with_capacity(run.html.len());
    let mut text = run.text.char_indices().peekable();
    let mut rest = run.html.as_str();
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '<' => rest.find('>').map_or(rest.len(), |n| n + 1),
            '&' => rest.find(';').map_or(1, |n| n + 1),
            c => c.len_utf8(),
        };
        let (piece, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        let shown = match c {
            '<' if piece == "<br>" => Some('\n'),
            '<' => None,
            '&' => Some(decode(piece).chars().next().unwrap_or('&')),
            c => Some(c),
        };
        let at = text
            .next_if(|(_, next)| Some(*next) == shown)
            .map(|(at, _)| at);
        if !at.is_some_and(|at| range.contains(&at)) {
            kept.push_str(piece);
        }
    }
    let paragraph = format!("<p>{kept}</p>");
    let mut outline = outline::read_fragment(
        &paragraph,
        Reading {
            base: None,
            hints: false,
            skip_hidden: false,
        },
    );
    if outline.blocks.is_empty() {
        Run::default()
    } else {
        outline.blocks.swap_remove(0).run
    }
}
