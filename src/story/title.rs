//! Titles: a weak sign. They link articles of one day and drop an article only in one narrow case
//! (see `compare`), because series of bulletins carry nearly the same title day after day.

use xxhash_rust::xxh3::xxh3_64;

use super::compare::common;
use super::tokens::{high, mix};
use crate::text::fold::{fold, words};

/// Keys kept of a title.
const TITLE_KEYS: usize = 8;
/// Letters from which a word carries content.
const CONTENT_LETTERS: usize = 4;

/// What is kept of a title for comparison: lists of hashes, each sorted and without repetition, so
/// that comparing two titles reads no text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headline {
    /// Hash of the folded title, `None` for an empty one.
    pub hash: Option<i64>,
    /// Keys for an index: pairs of its words of content that stand beside each other or have one
    /// between them, in either order. Single words and trigrams are too common to tell titles apart.
    pub keys: Vec<i32>,
    /// How many of its words carry content: four letters and more, or a digit.
    pub content_words: usize,
    words: Box<[u32]>,
    content: Box<[u32]>,
    /// Numbers and capitalised words.
    names: Box<[u32]>,
    /// Words with a digit.
    numbers: Box<[u32]>,
    /// Character trigrams.
    trigrams: Box<[u32]>,
}

impl Headline {
    /// Bytes that it takes in memory beside itself.
    pub(super) fn size(&self) -> usize {
        let lists = [
            &self.words,
            &self.content,
            &self.names,
            &self.numbers,
            &self.trigrams,
        ];
        let count: usize = lists.iter().map(|list| list.len()).sum();
        (count + self.keys.len()) * size_of::<u32>()
    }

    /// Reads a title, plain text.
    pub fn of(title: &str) -> Self {
        let words = words(title);
        let content: Vec<u64> = (words.iter().filter(|w| carries_content(w)))
            .map(|w| xxh3_64(w.as_bytes()))
            .collect();
        let folded = words.join(" ");
        Self {
            hash: (!folded.is_empty()).then(|| xxh3_64(folded.as_bytes()).cast_signed()),
            keys: keys(&content),
            content_words: content.len(),
            words: sorted(words.iter().map(|w| xxh3_64(w.as_bytes()))),
            content: sorted(content.into_iter()),
            names: sorted(names(title)),
            numbers: sorted((words.iter().filter(|w| has_digit(w))).map(|w| xxh3_64(w.as_bytes()))),
            trigrams: trigrams(&folded),
        }
    }

    /// Whether two titles have a word of content in common.
    pub(super) fn shares_content(&self, other: &Self) -> bool {
        common(&self.content, &other.content) > 0
    }

    /// Jaccard similarity of the character trigrams of two titles, 0 to 1.
    pub fn likeness(&self, other: &Self) -> f64 {
        let shared = common(&self.trigrams, &other.trigrams);
        let all = self.trigrams.len() + other.trigrams.len() - shared;
        if all == 0 {
            0.0
        } else {
            shared as f64 / all as f64
        }
    }

    /// Whether each title has a number that the other has not.
    pub(super) fn differs_in_numbers(&self, other: &Self) -> bool {
        let shared = common(&self.numbers, &other.numbers);
        shared < self.numbers.len().min(other.numbers.len())
    }

    /// Whether the title has a word of content or a name that stands in the text below it, and
    /// neither in the other title nor in the other text.
    pub(super) fn tells_apart(&self, own: &[u32], other: &Self, others: &[u32]) -> bool {
        let within = |words: &[u32], word: &u32| words.binary_search(word).is_ok();
        let mut words = self.content.iter().chain(&self.names);
        words.any(|word| within(own, word) && !within(others, word) && !within(&other.words, word))
    }

    /// Whether each title names something (a number, a capitalised word) that the other does not:
    /// two issues of a series, or two places, rather than one event.
    pub(super) fn differs_in_names(&self, other: &Self) -> bool {
        let unknown = |names: &[u32], words: &[u32]| common(names, words) < names.len();
        unknown(&self.names, &other.words) && unknown(&other.names, &self.words)
    }
}

/// The folded words of a title, blanks between.
pub(super) fn folded(title: &str) -> String {
    words(title).join(" ")
}

fn keys(content: &[u64]) -> Vec<i32> {
    let mut pairs: Vec<u64> = [1, 2]
        .iter()
        .flat_map(|apart| content.iter().zip(content.iter().skip(*apart)))
        .map(|(a, b)| mix(a.wrapping_add(*b) ^ 0x2545_F491_4F6C_DD1D))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    let smallest = pairs.iter().take(TITLE_KEYS);
    smallest.map(|p| high(*p).cast_signed()).collect()
}

fn sorted(hashes: impl Iterator<Item = u64>) -> Box<[u32]> {
    let mut all: Vec<u32> = hashes.map(high).collect();
    all.sort_unstable();
    all.dedup();
    all.into()
}

fn carries_content(word: &str) -> bool {
    word.chars().count() >= CONTENT_LETTERS || has_digit(word)
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

/// Hashes of the distinct character trigrams, sorted.
fn trigrams(folded: &str) -> Box<[u32]> {
    if folded.is_empty() {
        return Box::default();
    }
    let mut last = [' '; 3];
    let mut next = |c: char| {
        last = [last[1], last[2], c];
        mix(last
            .iter()
            .fold(7, |h: u64, c| (h << 21) ^ u64::from(u32::from(*c))))
    };
    next(' ');
    next(' ');
    sorted(folded.chars().chain([' ']).map(next))
}

fn names(title: &str) -> impl Iterator<Item = u64> {
    const NUMBER_WORDS: [&str; 22] = [
        "un", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix",
        "douze", "vingt", "trente", "cent", "mille", "premier", "deuxieme", "one", "two", "three",
        "dos",
    ];
    title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .enumerate()
        .filter_map(|(at, word)| {
            let folded = fold(word);
            let opens = at > 0 || word.chars().count() >= CONTENT_LETTERS;
            let names = word.bytes().any(|b| b.is_ascii_digit())
                || (opens && word.starts_with(char::is_uppercase))
                || NUMBER_WORDS.contains(&folded.as_str());
            names.then(|| xxh3_64(folded.as_bytes()))
        })
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
            let (a, b) = (Headline::of(a), Headline::of(b));
            assert_eq!(a.differs_in_names(&b), differ, "{a:?} / {b:?}");
        }
    }

    #[test]
    fn likeness_runs_from_none_to_equal() {
        let likeness = |a, b| Headline::of(a).likeness(&Headline::of(b));
        assert!((likeness("Un titre", "UN TITRE !") - 1.0).abs() < 1e-9);
        assert!(likeness("", "Un titre") < 1e-9);
        assert!(
            likeness(
                "Le sommet s'ouvre à Pékin",
                "Le sommet s'ouvre lundi à Pékin"
            ) > 0.55
        );
        assert!(likeness("Le sommet s'ouvre à Pékin", "Grève des trains en Italie") < 0.2);
        assert_eq!(Headline::of("La Chine et Cuba signent").content_words, 3);
    }
}
