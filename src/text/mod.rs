//! Text: folding, language, dates, HTML cleaning, press conventions, addresses.
//!
//! Pure. Knows nothing of sources, topics or the store.

pub mod charset;
pub mod dates;
pub mod fold;
pub mod html;
pub mod http_date;
pub mod language;
pub mod pattern;
pub mod press;
pub mod references;
pub mod stem;
pub mod unseen;
pub mod url;

/// A text on one line: every run of blanks is one, none stand at the ends.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text, at most so many bytes, cut at a character.
pub fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
