//! Distinct words in all their forms. Stemming a word costs far more than finding it again, and
//! articles share most of their words: those met lately are remembered for all documents.
//!
//! Must not know topics or terms.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::{Arc, Mutex, PoisonError};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::hits::Identity;
use super::stop::is_skipped;
use crate::text::stem::{Stemmer, Token};

/// Shelves of the memory, so that readers seldom wait for each other.
const SHELVES: usize = 16;
/// Words of a shelf; a full one is emptied. All together some megabytes.
const SHELF_WORDS: usize = 2_048;
/// Longest word, in bytes, that is remembered.
const LONGEST: usize = 40;

/// The form of a word that a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As written.
    Exact,
    /// Folded.
    Folded,
    /// Stemmed and folded.
    Stem,
}

/// The key under which a form of a word is compared.
pub fn key(form: Form, text: &str) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), form as u64 + 1)
}

/// A distinct word of a document.
#[derive(Debug)]
pub struct Kind {
    /// Folded text, for prefixes.
    pub folded: String,
    /// Key of the exact form.
    pub exact: u64,
    /// Key of the folded form.
    pub fold: u64,
    /// Keys of the stems.
    pub stems: [u64; 2],
    /// Whether a phrase may pass over it.
    pub skipped: bool,
}

/// The keys of a word: of its stems, its folded and its exact form.
pub type Keys = [u64; 4];

impl Kind {
    /// Its keys, to be kept side by side: all words of a document are looked up by them.
    pub fn keys(&self) -> Keys {
        let [stem, plain] = self.stems;
        [stem, plain, self.fold, self.exact]
    }

    fn new(stemmer: &Stemmer, token: &Token<'_>) -> Self {
        let forms = stemmer.forms(token.text, token.shouted);
        Self {
            exact: key(Form::Exact, &forms.exact),
            fold: key(Form::Folded, &forms.folded),
            stems: [
                key(Form::Stem, &forms.stem),
                key(Form::Stem, &forms.plain_stem),
            ],
            skipped: is_skipped(&forms.folded),
            folded: forms.folded,
        }
    }
}

type Shelf = HashMap<u64, Arc<Kind>, BuildHasherDefault<Identity>>;

static SHELF: [Mutex<Option<Shelf>>; SHELVES] = [const { Mutex::new(None) }; SHELVES];

/// What tells a word of a text from others, before anything is known of its forms.
pub fn surface(token: &Token<'_>) -> u64 {
    key(Form::Exact, token.text) ^ u64::from(token.shouted)
}

/// The word with all its forms, remembered or made.
pub fn kind(stemmer: &Stemmer, token: &Token<'_>, surface: u64) -> Arc<Kind> {
    if token.text.len() > LONGEST {
        return Arc::new(Kind::new(stemmer, token));
    }
    // The high bits choose the shelf, the map takes the low ones.
    let slot = (stemmer.slot() as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let name = surface ^ slot;
    let place = usize::try_from(name >> 60).unwrap_or_default() % SHELVES;
    let mut shelf = SHELF[place].lock().unwrap_or_else(PoisonError::into_inner);
    let shelf = shelf.get_or_insert_default();
    if let Some(known) = shelf.get(&name) {
        return known.clone();
    }
    let kind = Arc::new(Kind::new(stemmer, token));
    if shelf.len() >= SHELF_WORDS {
        shelf.clear();
    }
    shelf.insert(name, kind.clone());
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str, shouted: bool) -> Token<'_> {
        Token {
            text,
            start: 0,
            opens_line: false,
            opens_sentence: false,
            shouted,
        }
    }

    fn met(language: &str, text: &str, shouted: bool) -> Arc<Kind> {
        let token = token(text, shouted);
        kind(&Stemmer::of(Some(language)), &token, surface(&token))
    }

    #[test]
    fn a_remembered_word_has_the_forms_of_its_language_and_line() {
        for _ in 0..2 {
            let french = met("fr", "NATIONS", true);
            let acronym = met("fr", "NATIONS", false);
            let english = met("en", "nations", false);
            let fresh = Kind::new(&Stemmer::of(Some("fr")), &token("NATIONS", true));
            assert_eq!((french.stems, &french.folded), (fresh.stems, &fresh.folded));
            assert_eq!(french.fold, acronym.fold);
            assert_eq!(english.folded, "nations");
        }
    }

    #[test]
    fn a_full_shelf_makes_room() {
        for n in 0..SHELVES * SHELF_WORDS + 1_000 {
            let word = format!("mot{n}s");
            assert_eq!(met("fr", &word, false).folded, word);
        }
        let all = SHELF.iter().map(|shelf| {
            let shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
            shelf.as_ref().map_or(0, HashMap::len)
        });
        assert!(all.sum::<usize>() <= SHELVES * SHELF_WORDS);
    }
}
