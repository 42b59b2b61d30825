//! Character references of HTML and XML: `&eacute;`, `&#233;`, `&#xE9;`.
//!
//! Numbers 128 to 159 are read as windows-1252, as browsers do (HTML §13.2.5.80); numbers that XML
//! forbids vanish. Must not know markup.

use std::borrow::Cow;

use html_escape::NAMED_ENTITIES;

use super::charset::windows_1252;

/// Longest name of an entity looked for, in bytes (`CounterClockwiseContourIntegral` has 31).
const MAX_NAME: usize = 40;

/// What an `&` turned out to be.
pub enum Reference<'a> {
    /// The characters that it stands for.
    Text(Cow<'a, str>),
    /// One that stands for no character.
    Nothing,
    /// No reference: the `&` itself.
    Bare,
}

/// Resolves the references of a text; what is none stays as it is.
pub fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    let (mut done, mut at) = (0, Some(first));
    while let Some(here) = at {
        out.push_str(&text[done..here]);
        let (reference, len, _) = read(&text[here..], |_| None);
        match reference {
            Reference::Text(text) => out.push_str(&text),
            Reference::Nothing => {}
            Reference::Bare => out.push('&'),
        }
        done = here + len;
        at = text[done..].find('&').map(|next| done + next);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Reads the reference that a text starts with, at its `&`: what it means, its length in bytes, and
/// whether XML allows it. Names that HTML does not know may be `declared`.
pub fn read<'d>(
    text: &str,
    mut declared: impl FnMut(&str) -> Option<Cow<'d, str>>,
) -> (Reference<'d>, usize, bool) {
    let window = &text.as_bytes()[1..text.len().min(MAX_NAME + 2)];
    if window.first() == Some(&b'#') {
        return numeric(window);
    }
    let end = window
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && !b"_-.:".contains(b));
    let Some(end) = end.filter(|end| window[*end] == b';' && *end > 0) else {
        return (Reference::Bare, 1, true);
    };
    let name = &text[1..=end];
    let found = match name {
        "amp" => Some(Cow::Borrowed("&")),
        "lt" => Some(Cow::Borrowed("<")),
        "gt" => Some(Cow::Borrowed(">")),
        "quot" => Some(Cow::Borrowed("\"")),
        "apos" => Some(Cow::Borrowed("'")),
        _ => declared(name).or_else(|| named(name).map(Cow::Borrowed)),
    };
    match found {
        Some(text) => (Reference::Text(text), end + 2, true),
        None => (Reference::Bare, 1, true),
    }
}

fn named(name: &str) -> Option<&'static str> {
    let at = NAMED_ENTITIES
        .binary_search_by(|(known, _)| (*known).cmp(name.as_bytes()))
        .ok()?;
    Some(NAMED_ENTITIES[at].1)
}

fn numeric<'d>(window: &[u8]) -> (Reference<'d>, usize, bool) {
    let hex = matches!(window.get(1), Some(b'x' | b'X'));
    let start = 1 + usize::from(hex);
    let radix = if hex { 16 } else { 10 };
    let digits = window[start..]
        .iter()
        .take_while(|b| char::from(**b).is_digit(radix))
        .count();
    if digits == 0 {
        return (Reference::Bare, 1, true);
    }
    let closed = window.get(start + digits) == Some(&b';');
    let len = 1 + start + digits + usize::from(closed);
    let value = window[start..start + digits]
        .iter()
        .fold(0_u32, |value, b| {
            let digit = char::from(*b).to_digit(radix).unwrap_or(0);
            value.saturating_mul(radix).saturating_add(digit)
        });
    match character(value) {
        Some(c) => (
            Reference::Text(Cow::Owned(c.to_string())),
            len,
            closed && !(128..160).contains(&value),
        ),
        None => (Reference::Nothing, len, false),
    }
}

fn character(value: u32) -> Option<char> {
    match value {
        9 | 10 | 13 | 0x20..=0x7F => char::from_u32(value),
        0x80..=0x9F => char::from_u32(value).map(windows_1252),
        0xFFFE | 0xFFFF | 0..0x20 => None,
        _ => char::from_u32(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stand_for_characters_and_the_rest_for_itself() {
        for (text, expected) in [
            ("plain", "plain"),
            ("Caf&eacute; &amp; th&#233;", "Café & thé"),
            ("l&#146;&#xE9;t&#XE9;", "l’été"),
            ("&amp;amp; &#8217", "&amp; ’"),
            (
                "A&B &unknown; &#; &#0;?a=1&copy=2",
                "A&B &unknown; &#; ?a=1&copy=2",
            ),
        ] {
            assert_eq!(decode(text), expected);
        }
    }
}
