//! Regular expressions that a person wrote: compiled by the linear-time engine, their size limited.
//!
//! Must not know what they are for.

use regex::{Regex, RegexBuilder};

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
