//! Words and their stems: the token rules that topics compare text by.
//!
//! A word is a run of letters and digits. French elision (`l'`, `qu'` …) is dropped without
//! taking a place, hyphens separate, dotted acronyms are one word. Words are stemmed first and
//! folded after, and the stem of the unaccented form is kept beside it, so that `SECURITE` and
//! `sécurité` meet. Must not know topics or fields.

use rust_stemmers::{Algorithm, Stemmer as Snowball};

use super::fold::{fold_into, is_apostrophe};

/// Prefixes that French elides before a vowel.
pub(crate) const ELIDED: &[&str] = &[
    "l", "d", "j", "n", "s", "t", "m", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu",
];

/// Words whose apostrophe is part of the word: what stands before it and how the rest begins.
const WHOLE: &[(&str, &str)] = &[("aujourd", "hui"), ("prud", "hom"), ("presqu", "ile")];

/// Abbreviations whose point does not end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "m", "mm", "mme", "mmes", "mlle", "mlles", "dr", "pr", "me", "st", "ste", "mgr", "gal", "col",
    "env", "art", "cf", "no", "vol", "av", "bd", "ex", "min", "jr", "sr",
];

/// Upper-case words of at most this many letters are taken for acronyms.
const ACRONYM_LETTERS: usize = 6;

/// Words of at most this many letters are never stemmed.
const UNSTEMMED_LETTERS: usize = 3;

/// A line in capitals counts as a headline in capitals from this many letters on.
const SHOUTED_LETTERS: usize = 8;

/// The languages that have a Snowball stemmer; the place in the table is the slot.
const STEMMERS: &[(&str, Algorithm)] = &[
    ("fr", Algorithm::French),
    ("en", Algorithm::English),
    ("es", Algorithm::Spanish),
    ("pt", Algorithm::Portuguese),
    ("de", Algorithm::German),
    ("it", Algorithm::Italian),
    ("nl", Algorithm::Dutch),
    ("ro", Algorithm::Romanian),
    ("ru", Algorithm::Russian),
    ("ar", Algorithm::Arabic),
    ("tr", Algorithm::Turkish),
    ("da", Algorithm::Danish),
    ("sv", Algorithm::Swedish),
    ("no", Algorithm::Norwegian),
    ("fi", Algorithm::Finnish),
    ("hu", Algorithm::Hungarian),
    ("el", Algorithm::Greek),
    ("ta", Algorithm::Tamil),
];

/// How many slots [`Stemmer::slot`] can name: one per language, and one for "no stemmer".
pub const SLOTS: usize = STEMMERS.len() + 1;

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// The word as written; may hold an inner apostrophe, points or soft hyphens.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Whether it is the first word of a line.
    pub opens_line: bool,
    /// Whether it is the first word of a sentence.
    pub opens_sentence: bool,
    /// Whether the line is written wholly in capitals.
    pub shouted: bool,
}

/// The forms in which a word is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forms {
    /// Letters and digits as written.
    pub exact: String,
    /// Lower case, without accents.
    pub folded: String,
    /// The stem of the word as written, folded; the folded word itself when it is not stemmed.
    pub stem: String,
    /// The stem of the folded word.
    pub plain_stem: String,
}

/// The stemmer of one language.
pub struct Stemmer {
    slot: usize,
    snowball: Option<Snowball>,
}

impl Stemmer {
    /// The stemmer of a language (ISO 639-1). An unknown language is read as French, the
    /// language most outlets here write; a known language without Snowball is only folded.
    pub fn of(language: Option<&str>) -> Self {
        let slot = match language {
            None => 0,
            Some(tag) => STEMMERS
                .iter()
                .position(|(code, _)| *code == tag)
                .unwrap_or(STEMMERS.len()),
        };
        Self::at(slot)
    }

    /// The stemmer of a slot; slots beyond the table do not stem.
    pub fn at(slot: usize) -> Self {
        Self {
            slot: slot.min(STEMMERS.len()),
            snowball: STEMMERS
                .get(slot)
                .map(|(_, algorithm)| Snowball::create(*algorithm)),
        }
    }

    /// The place of this language in a table of [`SLOTS`].
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// The forms of a word. `shouted`: its capitals mean nothing.
    pub fn forms(&self, word: &str, shouted: bool) -> Forms {
        let exact: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut folded = String::with_capacity(exact.len());
        fold_into(&exact, &mut folded);
        let stemmed = match &self.snowball {
            Some(snowball) if is_stemmed(&exact, shouted) => snowball,
            _ => {
                return Forms {
                    stem: folded.clone(),
                    plain_stem: folded.clone(),
                    exact,
                    folded,
                };
            }
        };
        let lower = lower(&exact);
        let mut stem = String::with_capacity(lower.len());
        fold_into(&stemmed.stem(&lower), &mut stem);
        let plain_stem = if lower == folded {
            stem.clone()
        } else {
            stemmed.stem(&folded).into_owned()
        };
        Forms {
            exact,
            folded,
            stem,
            plain_stem,
        }
    }
}

fn is_stemmed(word: &str, shouted: bool) -> bool {
    let letters = word.chars().count();
    if letters <= UNSTEMMED_LETTERS || word.chars().any(|c| c.is_numeric()) {
        return false;
    }
    shouted || letters > ACRONYM_LETTERS || !word.chars().all(char::is_uppercase)
}

/// Lower case with ligatures opened: the stemmers do not know `œ`.
fn lower(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            'œ' | 'Œ' => out.push_str("oe"),
            'æ' | 'Æ' => out.push_str("ae"),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// The words of a text in their order, elided prefixes left out.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::with_capacity(text.len() / 6);
    let mut offset = 0;
    for line in text.split_inclusive(['\n', '\u{2028}', '\u{2029}']) {
        let before = out.len();
        Line {
            text: line,
            offset,
            shouted: is_shouted(line),
        }
        .scan(&mut out);
        if let Some(first) = out.get_mut(before) {
            first.opens_line = true;
            first.opens_sentence = true;
        }
        offset += line.len();
    }
    out
}

/// Whether a line has several words, all in capitals.
fn is_shouted(line: &str) -> bool {
    let (mut upper, mut blank) = (0_usize, false);
    for c in line.trim().chars() {
        if c.is_lowercase() {
            return false;
        }
        upper += usize::from(c.is_uppercase());
        blank |= c.is_whitespace();
    }
    blank && upper >= SHOUTED_LETTERS
}

struct Line<'a> {
    text: &'a str,
    offset: usize,
    shouted: bool,
}

impl<'a> Line<'a> {
    fn scan(&self, out: &mut Vec<Token<'a>>) {
        let mut at = 0;
        let mut opens_sentence = false;
        while let Some((start, end)) = self.run(at) {
            if let Some(last) = out.last().filter(|_| at > 0) {
                opens_sentence |=
                    ends_sentence(last.text, &self.text[at..start], &self.text[start..]);
            }
            let end = self.dotted(start, end);
            match self.apostrophe(start, end) {
                Apostrophe::Elision => {
                    at = end;
                    continue;
                }
                Apostrophe::Whole(whole) => at = whole,
                Apostrophe::None => at = end,
            }
            out.push(Token {
                text: &self.text[start..at],
                start: self.offset + start,
                opens_line: false,
                opens_sentence: std::mem::take(&mut opens_sentence),
                shouted: self.shouted,
            });
        }
    }

    /// The next run of word characters from `at` on.
    fn run(&self, at: usize) -> Option<(usize, usize)> {
        let rest = &self.text[at..];
        let start = at + rest.find(char::is_alphanumeric)?;
        let length = self.text[start..]
            .find(|c: char| !c.is_alphanumeric() && !is_ignorable(c))
            .unwrap_or(self.text.len() - start);
        Some((start, start + length))
    }

    /// The end of a dotted acronym (`O.C.S.`) that begins at `start`, else `end`.
    fn dotted(&self, start: usize, end: usize) -> usize {
        let single = |from: usize| {
            let mut chars = self.text[from..].chars();
            match (chars.next(), chars.next()) {
                (Some(letter), Some('.')) if letter.is_uppercase() => {
                    Some(from + letter.len_utf8() + 1)
                }
                _ => None,
            }
        };
        let mut at = start;
        let mut letters = 0;
        while let Some(next) = single(at) {
            at = next;
            letters += 1;
        }
        let last = self.text[at..].chars().next();
        if letters >= 2 && !last.is_some_and(char::is_alphanumeric) {
            at - 1
        } else {
            end
        }
    }

    fn apostrophe(&self, start: usize, end: usize) -> Apostrophe {
        let mut rest = self.text[end..].chars();
        let Some(mark) = rest.next().filter(|c| is_apostrophe(*c)) else {
            return Apostrophe::None;
        };
        let head = &self.text[start..end];
        if head.len() > 7 {
            return Apostrophe::None;
        }
        let head = head.to_lowercase();
        if ELIDED.contains(&head.as_str()) {
            return Apostrophe::Elision;
        }
        let Some((_, tail)) = WHOLE.iter().find(|(before, _)| *before == head) else {
            return Apostrophe::None;
        };
        let after = end + mark.len_utf8();
        match self.run(after) {
            Some((next, until)) if next == after => {
                let mut folded = String::new();
                fold_into(&self.text[next..until], &mut folded);
                if folded.starts_with(tail) {
                    return Apostrophe::Whole(until);
                }
                Apostrophe::None
            }
            _ => Apostrophe::None,
        }
    }
}

enum Apostrophe {
    None,
    Elision,
    Whole(usize),
}

/// Characters that may stand inside a word without being part of it.
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}'
    )
}

fn ends_sentence(last: &str, gap: &str, next: &str) -> bool {
    let Some(mark) = gap.find(['.', '!', '?', '…']) else {
        return false;
    };
    if !gap[mark..].chars().any(char::is_whitespace) {
        return false;
    }
    if next.chars().next().is_some_and(char::is_lowercase) {
        return false;
    }
    if !gap[mark..].starts_with('.') {
        return true;
    }
    let initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
    !initial && !ABBREVIATIONS.contains(&last.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn words_of_french_text() {
        for (text, expected) in [
            ("l'Amérique d’Asie", &["Amérique", "Asie"] as &[_]),
            (
                "Aujourd'hui et AUJOURD’HUI",
                &["Aujourd'hui", "et", "AUJOURD’HUI"],
            ),
            ("les prud'hommes", &["les", "prud'hommes"]),
            (
                "la presqu'île, presqu'un an",
                &["la", "presqu'île", "presqu", "un", "an"],
            ),
            ("jusqu'à lorsqu'elle quoiqu’il", &["à", "elle", "il"]),
            ("Chine-Celac", &["Chine", "Celac"]),
            ("Chine–Amérique", &["Chine", "Amérique"]),
            ("l' Ouzbékistan", &["Ouzbékistan"]),
            ("L’ŒUVRE", &["ŒUVRE"]),
            ("l'O.C.S. et l'O.N.U.", &["O.C.S", "et", "O.N.U"]),
            ("J. Chirac", &["J", "Chirac"]),
            ("Kirghi\u{AD}zistan", &["Kirghi\u{AD}zistan"]),
            ("N'Djamena", &["Djamena"]),
            ("6,5 % du G20", &["6", "5", "du", "G20"]),
            ("'", &[]),
            ("l'", &[]),
            ("d'l'", &[]),
        ] {
            assert_eq!(texts(text), expected, "{text}");
        }
    }

    #[test]
    fn stems_meet_and_acronyms_stay() {
        let french = Stemmer::of(Some("fr"));
        for (word, shouted, stem, plain) in [
            ("sécurité", false, "secur", "securit"),
            ("SECURITE", false, "securit", "securit"),
            ("coopérations", false, "cooper", "cooper"),
            ("OCS", false, "ocs", "ocs"),
            ("CHINE", false, "chine", "chine"),
            ("CHINE", true, "chin", "chin"),
            ("G20", false, "g20", "g20"),
            ("les", false, "les", "les"),
            ("Œuvres", false, "oeuvr", "oeuvr"),
            ("O.C.S", false, "ocs", "ocs"),
        ] {
            let forms = french.forms(word, shouted);
            assert_eq!(
                (forms.stem.as_str(), forms.plain_stem.as_str()),
                (stem, plain),
                "{word}"
            );
        }
    }

    #[test]
    fn other_languages_have_their_own_stems() {
        assert_eq!(
            Stemmer::of(Some("es")).forms("cooperaciones", false).stem,
            "cooper"
        );
        assert_eq!(
            Stemmer::of(Some("en")).forms("countries", false).stem,
            "countri"
        );
        assert_eq!(
            Stemmer::of(Some("zh")).forms("countries", false).stem,
            "countries"
        );
        assert_eq!(Stemmer::of(None).slot(), Stemmer::of(Some("fr")).slot());
    }

    #[test]
    fn sentences_end_where_a_reader_sees_it() {
        for (text, expected) in [
            ("La Chine aide. Le Pérou remercie.", 2),
            ("M. Xi et Mme. Liu ont vu J. Chirac.", 1),
            ("Vraiment ? Oui ! « Non »… Bien", 4),
            ("Le taux est de 6.5 points. et après", 1),
            ("Titre\nTexte", 2),
            ("www.radiohc.cu est un site", 1),
        ] {
            let count = tokens(text).iter().filter(|t| t.opens_sentence).count();
            assert_eq!(count, expected, "{text}");
        }
    }

    #[test]
    fn headlines_in_capitals_are_seen() {
        assert!(is_shouted("LA CHINE ET LE PÉROU : 3 ACCORDS"));
        assert!(!is_shouted("OCS"));
        assert!(!is_shouted("PÉKIN (Xinhua)"));
        assert!(!is_shouted("北京"));
    }
}
