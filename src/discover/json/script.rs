//! JSON values inside other text: a document, an assignment, a call, the scripts of a page.
//!
//! Before a value is parsed, whole numbers of more than 15 digits become strings, digit for digit,
//! and commas before a closing bracket fall away. Linear but for a bounded number of attempts.

use std::borrow::Cow;

use serde_json::{Deserializer, Value};

/// Digits from which on a whole number is kept as text: below, every reader agrees on it
/// (RFC 8259 §6).
const LONG: usize = 16;

/// How many places in a text are tried as the beginning of a value.
const ATTEMPTS: usize = 64;

/// The JSON values of a text, in its order: the text itself, else what follows `after`, else what
/// begins at the brackets of a script.
pub(super) fn values<'t>(text: &'t str, after: Option<&str>) -> impl Iterator<Item = Value> + 't {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let text = match after.and_then(|after| text.find(after).map(|at| at + after.len())) {
        Some(at) => &text[at..],
        None => text,
    };
    let mut from = 0;
    let mut attempts = 0;
    std::iter::from_fn(move || {
        while attempts < ATTEMPTS {
            let at = start(text, from)?;
            attempts += 1;
            let (value, length) = parse(&text[at..]);
            from = at + length.max(1);
            if value.is_some() {
                return value;
            }
        }
        None
    })
}

/// The next place where a value may begin: a bracket, in an HTML page only one inside a script.
fn start(text: &str, from: usize) -> Option<usize> {
    let mut from = from;
    if text.starts_with('<') {
        let closed = text[..from]
            .rfind("<script")
            .map(|open| text[open..from].contains("</script"));
        let next_bracket = text[from..].find(['{', '[']).map(|at| from + at);
        let next_end = text[from..]
            .find("</script")
            .map_or(text.len(), |at| from + at);
        let inside = closed == Some(false) && next_bracket.is_some_and(|at| at < next_end);
        if !inside {
            from += text[from..].find("<script")?;
            from += text[from..].find('>')?;
        }
    }
    text[from..].find(['{', '[']).map(|at| from + at)
}

/// The value at the beginning of a text and how far the reader came.
fn parse(text: &str) -> (Option<Value>, usize) {
    let extent = extent(text);
    let repaired = repair(&text[..extent]);
    let mut reader = Deserializer::from_str(&repaired).into_iter::<Value>();
    match reader.next() {
        Some(Ok(value)) => (Some(value), extent),
        _ => (None, 1),
    }
}

/// The end of the bracket that opens the text, strings respected; the whole text if it stays open.
fn extent(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// Long whole numbers as strings, no commas before closing brackets.
fn repair(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = string_end(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = number_end(bytes, at);
                let digits = text[at..end].trim_start_matches('-');
                if digits.len() >= LONG && digits.bytes().all(|b| b.is_ascii_digit()) {
                    out.push_str(&text[copied..at]);
                    out.push('"');
                    out.push_str(&text[at..end]);
                    out.push('"');
                    copied = end;
                }
                at = end;
            }
            b',' => {
                let next = at
                    + 1
                    + bytes[at + 1..]
                        .iter()
                        .take_while(|b| b.is_ascii_whitespace())
                        .count();
                if matches!(bytes.get(next), Some(b'}' | b']')) {
                    out.push_str(&text[copied..at]);
                    copied = next;
                }
                at = next;
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

fn string_end(bytes: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn number_end(bytes: &[u8], from: usize) -> usize {
    let tail = bytes[from + 1..].iter();
    from + 1
        + tail
            .take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
            .count()
}
