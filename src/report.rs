//! Words for a person that are needed everywhere: an error with its causes, a number with its noun.

use std::error::Error;
use std::fmt::Display;

/// An error and its causes, from the outermost inwards, separated by colons.
pub fn report(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.ends_with(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

/// A number with its noun, in the plural where it needs one.
pub fn counted<N: Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    if number == N::from(1) {
        return format!("{number} {noun}");
    }
    match noun.strip_suffix('y') {
        Some(stem) => format!("{number} {stem}ies"),
        None => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_in_the_singular() {
        assert_eq!(counted(1_usize, "topic"), "1 topic");
        assert_eq!(counted(0_u64, "source"), "0 sources");
        assert_eq!(counted(2_u32, "entry"), "2 entries");
    }
}
