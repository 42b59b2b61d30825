//! A line that may be a credit, with what is asked of it before any pattern: a pattern is compiled
//! when the first line needs it, which most pages never have, and most lines are told without one.

use std::ops::Deref;

use super::{SMALL_LETTERS, WORDS_SIGNED, WORDS_WITH};

/// A line, and the same in small letters.
pub(super) struct Line<'a> {
    text: &'a str,
    pub(super) lower: String,
}

impl Deref for Line<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.text
    }
}

impl<'a> Line<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let lower = text.to_lowercase();
        Self { text, lower }
    }

    pub(super) fn words(&self) -> usize {
        self.split_whitespace().count()
    }

    /// Whether one of these stands first, behind brackets and bullets.
    pub(super) fn begins(&self, words: &[&str]) -> bool {
        let open = |c: char| !c.is_alphabetic() && c != '©';
        let opened = self.lower.trim_start_matches(open);
        words.iter().any(|word| opened.starts_with(word))
    }

    /// Whether one of these stands anywhere.
    pub(super) fn holds(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.lower.contains(word))
    }

    /// Whether it says with whom it was written.
    pub(super) fn says_with(&self) -> bool {
        let opened = ["avec ", "with ", "(avec "];
        self.holds(&[" avec ", " with ", " con "])
            || opened.iter().any(|word| self.lower.starts_with(word))
    }

    /// Whether it is short enough, and enough of it written like names, to be signed by agencies.
    pub(super) fn may_be_signed(&self) -> bool {
        let words = self.words();
        if words <= WORDS_WITH && self.says_with() {
            return true;
        }
        let small = self
            .split_whitespace()
            .filter(|word| word.starts_with(char::is_lowercase));
        let letters = small
            .flat_map(str::chars)
            .filter(|c| c.is_alphabetic())
            .count();
        words <= WORDS_SIGNED && (letters <= SMALL_LETTERS || self.starts_with('('))
    }
}
