//! Titles: a weak sign. They link articles of one day and drop an article only in one narrow case
//! (see `compare`), because series of bulletins carry nearly the same title day after day.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64;

use super::compare::common;
use super::tokens::mix;
use crate::text::fold::{fold, words};

/// Keys kept of a title.
const TITLE_KEYS: usize = 8;
/// Letters from which a word carries content.
const CONTENT_LETTERS: usize = 4;

/// The folded words of a title, blanks between.
pub(super) fn folded(title: &str) -> String {
    words(title).join(" ")
}

/// The hash of the folded title, `None` for an empty one.
pub(super) fn hash(title: &str) -> Option<i64> {
    let folded = folded(title);
    (!folded.is_empty()).then(|| xxh3_64(folded.as_bytes()).cast_signed())
}

/// Keys of a title for an index: pairs of its words of content that stand beside each other or have
/// one between them, in either order. Single words and trigrams are too common to tell titles apart.
pub(super) fn keys(title: &str) -> Vec<i32> {
    let words = words(title);
    let content: Vec<u64> = (words.iter().filter(|w| carries_content(w)))
        .map(|w| xxh3_64(w.as_bytes()))
        .collect();
    let mut pairs: Vec<u64> = [1, 2]
        .iter()
        .flat_map(|apart| content.iter().zip(content.iter().skip(*apart)))
        .map(|(a, b)| mix(a.wrapping_add(*b) ^ 0x2545_F491_4F6C_DD1D))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    let smallest = pairs.iter().take(TITLE_KEYS);
    smallest.map(|p| ((p >> 32) as u32).cast_signed()).collect()
}

/// How many words of a title carry content: four letters and more, or a digit.
pub(super) fn content_words(title: &str) -> usize {
    words(title).iter().filter(|w| carries_content(w)).count()
}

/// Whether two titles have a word of content in common.
pub(super) fn share_content(a: &str, b: &str) -> bool {
    let b: BTreeSet<String> = words(b).into_iter().collect();
    words(a).iter().any(|w| carries_content(w) && b.contains(w))
}

/// Jaccard similarity of the character trigrams of two titles, 0 to 1.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let (a, b) = (trigrams(&folded(a)), trigrams(&folded(b)));
    let shared = common(&a, &b);
    let all = a.len() + b.len() - shared;
    if all == 0 {
        0.0
    } else {
        shared as f64 / all as f64
    }
}

/// Whether each title names something (a number, a capitalised word) that the other does not: two
/// issues of a series, or two places, rather than one event.
pub(super) fn differ_in_names(a: &str, b: &str) -> bool {
    let (in_a, in_b) = (names(a), names(b));
    let (all_a, all_b) = (all_words(a), all_words(b));
    !in_a.is_subset(&all_b) && !in_b.is_subset(&all_a)
}

fn carries_content(word: &str) -> bool {
    word.chars().count() >= CONTENT_LETTERS || word.bytes().any(|b| b.is_ascii_digit())
}

/// Hashes of the distinct character trigrams, sorted.
fn trigrams(folded: &str) -> Vec<u64> {
    if folded.is_empty() {
        return Vec::new();
    }
    let padded: Vec<char> = format!("  {folded} ").chars().collect();
    let mut all: Vec<u64> = padded
        .windows(3)
        .map(|w| {
            mix(w
                .iter()
                .fold(7, |h: u64, c| (h << 21) ^ u64::from(u32::from(*c))))
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn all_words(title: &str) -> BTreeSet<String> {
    words(title).into_iter().collect()
}

fn names(title: &str) -> BTreeSet<String> {
    const NUMBER_WORDS: [&str; 22] = [
        "un", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix",
        "douze", "vingt", "trente", "cent", "mille", "premier", "deuxieme", "one", "two", "three",
        "dos",
    ];
    title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .enumerate()
        .filter(|(at, w)| {
            let opens = *at > 0 || w.chars().count() >= CONTENT_LETTERS;
            w.bytes().any(|b| b.is_ascii_digit())
                || (opens && w.starts_with(char::is_uppercase))
                || NUMBER_WORDS.contains(&fold(w).as_str())
        })
        .map(|(_, w)| fold(w))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_a_series_differ_in_names() {
        for (a, b, differ) in [
            ("Météo : le temps à Lyon", "Météo : le temps à Lille", true),
            ("Le temps du lundi 3 mars", "Le temps du mardi 4 mars", true),
            ("Hausse de 6,5 % en mai", "Hausse de 6,7 % en mai", true),
            (
                "La Chine salue l'accord",
                "La Chine salue l'accord avec Cuba",
                false,
            ),
            (
                "Le sommet s'ouvre à Pékin",
                "À Pékin, ouverture du sommet",
                false,
            ),
        ] {
            assert_eq!(differ_in_names(a, b), differ, "{a} / {b}");
        }
    }

    #[test]
    fn likeness_runs_from_none_to_equal() {
        assert!((likeness("Un titre", "UN TITRE !") - 1.0).abs() < 1e-9);
        assert!(likeness("", "Un titre") < 1e-9);
        assert!(
            likeness(
                "Le sommet s'ouvre à Pékin",
                "Le sommet s'ouvre lundi à Pékin"
            ) > 0.55
        );
        assert!(likeness("Le sommet s'ouvre à Pékin", "Grève des trains en Italie") < 0.2);
        assert_eq!(content_words("La Chine et Cuba signent"), 3);
    }
}
