//! Entities: references of XML, of HTML and of a document's own simple declarations, to characters.
//!
//! Numbers 128 to 159 are read as windows-1252, as browsers do; numbers that XML forbids vanish.
//! A declared entity stands for its literal text: no external and no nested expansion.

use std::borrow::Cow;

use html_escape::NAMED_ENTITIES;

use super::characters::windows_1252;
use super::repairs::{Repair, Repairs};

/// Longest name of an entity looked for, in bytes (`CounterClockwiseContourIntegral` has 31).
const MAX_NAME: usize = 40;

/// Most text that a document's own entities may add, in bytes.
const MAX_EXPANSION: usize = 1 << 20;

/// Entities that the document type declaration defines.
#[derive(Debug, Default)]
pub(super) struct Declared<'a> {
    names: Vec<(&'a str, &'a str)>,
    spent: usize,
}

impl<'a> Declared<'a> {
    /// Takes a declaration; the first of a name counts (XML 1.0 §4.2).
    pub fn declare(&mut self, name: &'a str, value: &'a str) {
        if self.names.len() < 256 && !self.names.iter().any(|(known, _)| *known == name) {
            self.names.push((name, value));
        }
    }

    fn value(&mut self, name: &str) -> Option<&'a str> {
        let (_, value) = self.names.iter().find(|(known, _)| *known == name)?;
        self.spent += value.len();
        (self.spent <= MAX_EXPANSION).then_some(value)
    }
}

/// What an `&` turned out to be.
enum Reference<'a> {
    Text(Cow<'a, str>),
    Nothing,
    Bare,
}

/// Resolves the references of a text of the document at byte `offset`.
pub(super) fn resolve<'a>(
    raw: &'a str,
    offset: usize,
    declared: &mut Declared<'_>,
    repairs: &mut Repairs,
) -> Cow<'a, str> {
    let Some(first) = raw.find('&') else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    let (mut done, mut at) = (0, Some(first));
    while let Some(here) = at {
        out.push_str(&raw[done..here]);
        let (reference, len, sound) =
            reference(&raw[here..], |name| declared.value(name).map(own_text));
        match reference {
            Reference::Text(text) => out.push_str(&text),
            Reference::Nothing => {}
            Reference::Bare => {
                out.push('&');
                repairs.note(Repair::Ampersand, offset + here);
            }
        }
        if !sound {
            repairs.note(Repair::Reference, offset + here);
        }
        done = here + len;
        at = raw[done..].find('&').map(|next| done + next);
    }
    out.push_str(&raw[done..]);
    Cow::Owned(out)
}

/// Resolves the references of HTML text; what is none stays as it is.
pub(super) fn resolve_html(text: &str) -> Cow<'_, str> {
    if text.contains('&') {
        Cow::Owned(resolve(text, 0, &mut Declared::default(), &mut Repairs::default()).into_owned())
    } else {
        Cow::Borrowed(text)
    }
}

/// The references inside a declared value are characters at most, never other declared entities.
fn own_text(value: &str) -> Cow<'_, str> {
    resolve_html(value)
}

/// Reads the reference that a text starts with: what it means, its length in bytes, and whether
/// XML allows it.
fn reference<'t, 'd>(
    text: &'t str,
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
    fn references_become_characters() {
        for (input, expected, warned) in [
            ("plain", "plain", false),
            (
                "a &amp; b &lt;c&gt; &quot;d&quot; &apos;e&apos;",
                "a & b <c> \"d\" 'e'",
                false,
            ),
            (
                "Caf&eacute;&nbsp;x &mdash; &OElig;uvre",
                "Café\u{A0}x — Œuvre",
                false,
            ),
            ("&#233;&#xE9;&#XE9;", "ééé", false),
            ("&#146;&#0;&#x1F;&#xD800;&#99999999999;", "’", true),
            (
                "A&B & C &; &unknown; &#; &#x;",
                "A&B & C &; &unknown; &#; &#x;",
                true,
            ),
            ("&#8217 x", "’ x", true),
            ("&amp;amp;", "&amp;", false),
            ("?a=1&copy=2&lt=3", "?a=1&copy=2&lt=3", true),
            ("&", "&", true),
        ] {
            let mut repairs = Repairs::default();
            let got = resolve(input, 0, &mut Declared::default(), &mut repairs);
            assert_eq!(got, expected, "{input}");
            assert_eq!(!repairs.warnings(input).is_empty(), warned, "{input}");
        }
    }

    #[test]
    fn declared_entities_do_not_nest() {
        let mut declared = Declared::default();
        declared.declare("a", "x&amp;y");
        declared.declare("a", "second");
        declared.declare("b", "&a;&a;");
        let got = resolve("&a;|&b;", 0, &mut declared, &mut Repairs::default()).into_owned();
        assert_eq!(got, "x&y|&a;&a;");
    }

    #[test]
    fn expansion_is_bounded() {
        let long = "x".repeat(100_000);
        let mut declared = Declared::default();
        declared.declare("a", &long);
        let got = resolve(
            &"&a;".repeat(1000),
            0,
            &mut declared,
            &mut Repairs::default(),
        )
        .len();
        assert!(got < 2 << 20, "{got}");
    }
}
