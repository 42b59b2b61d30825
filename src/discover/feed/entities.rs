//! Entities: the references of a document, its own simple declarations among them, to characters.
//!
//! A declared entity stands for its literal text: no external and no nested expansion.

use std::borrow::Cow;

use super::repairs::{Repair, Repairs};
use crate::text::references::{self, Reference};

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

/// Resolves the references of a text of the document at byte `offset`. Those inside a declared value
/// are characters at most, never other declared entities.
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
        let (reference, len, sound) = references::read(&raw[here..], |name| {
            declared.value(name).map(references::decode)
        });
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
