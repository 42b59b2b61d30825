//! What the words beside a date say that it is the date of: `Publié le`, `Updated on`.
//!
//! Must not read dates.

use regex::Regex;

use crate::text::pattern::Rare;

/// What a date is the date of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// The publication.
    Published,
    /// The last change.
    Modified,
    /// Nobody says.
    Unsaid,
}

static WORDS: Rare = Rare::new(
    &[
        "jour",
        "modifi",
        "actualis",
        "update",
        "revised",
        "edited",
        "reviewed",
        "aktualisiert",
        "geändert",
        "bearbeitet",
        "stand",
        "actualizad",
        "modificad",
        "atualizad",
        "aggiornat",
        "обновлен",
        "zaktualizowan",
        "publié",
        "paru",
        "posté",
        "ligne",
        "published",
        "posted",
        "veröffentlicht",
        "erschienen",
        "erstellt",
        "publicad",
        "pubblicat",
        "опубликован",
        "opublikowan",
    ],
    || {
        Regex::new(concat!(
        r"(?i)(?P<changed>mis(?:e)?\s+à\s+jour|modifié|actualisé|updated?|modified|revised|edited|reviewed|aktualisiert|geändert|bearbeitet|stand\s*:|actualizad[oa]|modificad[oa]|atualizad[oa]|aggiornat[oa]|обновлен|zaktualizowan)",
        r"|(?P<published>publiée?|paru|postée?|mise?\s+en\s+ligne|published|posted|veröffentlicht|erschienen|erstellt|publicad[oa]|pubblicat[oa]|опубликован|opublikowan)"
    ))
    .expect("a literal pattern")
    },
);

/// Most bytes between the word and the date that it introduces: ` le : `, ` on the`.
const NEAR: usize = 12;

/// What a text says of the date that follows it.
pub(super) fn introduced(text: &str) -> Moment {
    let text = text.trim_end();
    let last = parts(text).pop();
    last.filter(|(_, rest)| rest.len() <= NEAR)
        .map_or(Moment::Unsaid, |(moment, _)| moment)
}

/// A line, cut behind the words that say what the dates after them are the dates of.
pub(super) fn parts(line: &str) -> Vec<(Moment, &str)> {
    let mut out = Vec::new();
    let mut from = (Moment::Unsaid, 0);
    let words = WORDS.for_text(line);
    for found in words
        .into_iter()
        .flat_map(|words| words.captures_iter(line))
    {
        let (Some(word), changed) = (found.get(0), found.name("changed").is_some()) else {
            continue;
        };
        out.extend(line.get(from.1..word.start()).map(|part| (from.0, part)));
        let moment = if changed {
            Moment::Modified
        } else {
            Moment::Published
        };
        from = (moment, word.end());
    }
    out.extend(line.get(from.1..).map(|part| (from.0, part)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_a_date_is_the_date_of() {
        for (text, expected) in [
            ("Publié le", Moment::Published),
            ("Publié le 3 mars 2026, mis à jour le ", Moment::Modified),
            ("Last updated:", Moment::Modified),
            ("Veröffentlicht am", Moment::Published),
            ("Google updated the terms of its service", Moment::Unsaid),
            ("Paris", Moment::Unsaid),
        ] {
            assert_eq!(introduced(text), expected, "{text}");
        }
    }
}
