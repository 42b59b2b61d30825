//! Regular expressions: those that a person wrote, compiled by the linear-time engine, their size
//! limited; those of ours that few texts need.
//!
//! Must not know what they are for.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

/// A pattern that is only asked where one of its words stands: to compile it costs as much as to
/// read many a page, and most processes never need it.
pub struct Rare {
    words: &'static [&'static str],
    pattern: LazyLock<Regex>,
}

impl Rare {
    /// A pattern that finds nothing in a text without any of `words`, in small letters.
    pub const fn new(words: &'static [&'static str], compile: fn() -> Regex) -> Self {
        Self {
            words,
            pattern: LazyLock::new(compile),
        }
    }

    /// The pattern, where it may find something.
    pub fn for_text(&self, text: &str) -> Option<&Regex> {
        let lower = text.to_lowercase();
        let there = self.words.iter().any(|word| lower.contains(word));
        there.then(|| &*self.pattern)
    }

    /// Whether it finds something.
    pub fn is_match(&self, text: &str) -> bool {
        self.for_text(text).is_some_and(|p| p.is_match(text))
    }
}

/// Most bytes a compiled expression may take: a mistyped repetition is refused, not run.
const MOST_BYTES: usize = 1 << 20;

/// Compiles an expression after `set` has said how it is read.
///
/// # Errors
/// The reason why it does not compile, as a clause.
pub fn compile(source: &str, set: impl FnOnce(&mut RegexBuilder)) -> Result<Regex, String> {
    let mut builder = RegexBuilder::new(source);
    set(builder.size_limit(MOST_BYTES));
    builder.build().map_err(|error| {
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default().trim();
        reason.trim_start_matches("error: ").to_owned()
    })
}
