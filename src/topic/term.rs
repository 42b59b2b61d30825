//! The mini-syntax of a term: `mot`, `"deux mots"`, `=Mot`, `==OCS`, `mot*`, `/re/`,
//! `field:term`, `@alias`, `!mask`.
//!
//! Reads one string into a [`Term`] or says what is wrong with it. Must not know topics, aliases'
//! contents or documents.

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::document::{Field, Fields};
use super::stop::{STOP_WORDS, is_skipped};
use crate::text::fold::fold;
use crate::text::pattern;
use crate::text::stem::{Stemmer, tokens};

/// A prefix needs at least this many letters: `a*` would match everything.
pub const MIN_PREFIX: usize = 3;

/// How one word of a term is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum How {
    /// Stemmed, then folded.
    Stem,
    /// Folded, not stemmed.
    Fold,
    /// As written.
    Exact,
    /// The folded word begins like this.
    Prefix,
}

/// One word of a term.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Word {
    /// How it is compared.
    pub how: How,
    /// The word as written.
    pub text: String,
}

/// What is looked for, whatever the field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pattern {
    /// Consecutive words; never empty.
    Words(Vec<Word>),
    /// An expression, and whether it ignores case.
    Regex {
        /// The expression between the slashes.
        source: String,
        /// Written `/…/i`.
        ignore_case: bool,
    },
}

/// What a term stands for, before its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Words or an expression.
    Pattern(Pattern),
    /// Another list of terms, by its normalised name.
    Alias(String),
}

/// A term as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Where it is looked for; None: title, lead, summary, body and categories.
    pub fields: Option<Fields>,
    /// What is looked for.
    pub target: Target,
    /// Whether it hides what it covers from its alias instead of matching (`!mer de Chine`).
    pub mask: bool,
}

/// Why a term cannot be read: the reason and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermError {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl TermError {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

/// Reads a term.
pub fn read(text: &str) -> Result<Term, TermError> {
    let composed: String = text.trim().nfc().collect();
    let (mask, rest) = match composed.strip_prefix('!') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, composed.as_str()),
    };
    let (fields, rest) = split_field(rest)?;
    let target = read_target(rest)?;
    Ok(Term {
        fields,
        target,
        mask,
    })
}

/// The one spelling of an alias' name: folded, blanks and hyphens as `_`.
pub fn alias_name(name: &str) -> String {
    fold(name.trim().trim_start_matches('@')).replace(['-', ' '], "_")
}

fn split_field(text: &str) -> Result<(Option<Fields>, &str), TermError> {
    let Some((head, rest)) = text.split_once(':') else {
        return Ok((None, text));
    };
    let plain = !head.is_empty() && head.bytes().all(|b| b.is_ascii_lowercase());
    if !plain || rest.is_empty() || rest.starts_with([' ', '/', '\u{a0}']) && !rest.ends_with('/') {
        return Ok((None, text));
    }
    match Field::named(head) {
        Some(fields) => Ok((Some(fields), rest.trim_start())),
        None => Err(TermError::new(
            format!("`{head}:` is not a field of an article"),
            format!(
                "write one of {}, or quote the term if the colon is part of it",
                Field::NAMES.join(", ")
            ),
        )),
    }
}

fn read_target(text: &str) -> Result<Target, TermError> {
    if let Some(name) = text.strip_prefix('@') {
        let name = alias_name(name);
        if name.is_empty() {
            return Err(TermError::new(
                "`@` names no alias",
                "write the alias' name behind it, such as @chine",
            ));
        }
        return Ok(Target::Alias(name));
    }
    if let Some(rest) = text.strip_prefix('/') {
        return read_regex(text, rest).map(Target::Pattern);
    }
    if let Some(exact) = text.strip_prefix("==") {
        return read_words(text, exact, How::Exact);
    }
    if let Some(folded) = text.strip_prefix('=') {
        return read_words(text, folded, How::Fold);
    }
    read_words(text, text, How::Stem)
}

fn read_words(whole: &str, text: &str, how: How) -> Result<Target, TermError> {
    let text = unquoted(whole, text.trim())?;
    let mut words = Vec::new();
    for piece in text.split_whitespace() {
        let (piece, prefix) = match piece.strip_suffix('*') {
            Some(head) => (head, true),
            None => (piece, false),
        };
        if piece.contains('*') {
            return Err(TermError::new(
                format!("the `*` in `{whole}` stands inside a word"),
                "write it at the end of a word only: kazakh*",
            ));
        }
        let before = words.len();
        words.extend(tokens(piece).into_iter().map(|token| Word {
            how,
            text: token.text.to_owned(),
        }));
        if prefix && let Some(last) = words.get_mut(before..).and_then(<[Word]>::last_mut) {
            last.how = How::Prefix;
        }
    }
    if words.is_empty() {
        return Err(TermError::new(
            format!("the term `{whole}` has no letter or digit"),
            "write a word, or leave the term out",
        ));
    }
    if how != How::Exact {
        words = without_articles(words);
    }
    check_words(whole, &words)?;
    Ok(Target::Pattern(Pattern::Words(words)))
}

/// A phrase without the quotes around it.
fn unquoted<'a>(whole: &str, text: &'a str) -> Result<&'a str, TermError> {
    const QUOTES: [char; 5] = ['"', '«', '»', '“', '”'];
    let inner = text.trim_matches(QUOTES);
    if text.starts_with(QUOTES) != text.ends_with(QUOTES) {
        return Err(TermError::new(
            format!("a quote of the term `{whole}` is not closed"),
            "quote the whole term or nothing of it",
        ));
    }
    if inner.contains(QUOTES) {
        return Err(TermError::new(
            format!("quotes stand inside the term `{whole}`"),
            "a term is one word or one phrase: make a term of each",
        ));
    }
    Ok(inner.trim())
}

/// Drops the articles that a phrase passes over anyway, unless a single word would remain:
/// `"La Paz"` and `"Le Monde"` need theirs.
fn without_articles(words: Vec<Word>) -> Vec<Word> {
    let bears = |word: &Word| !is_skipped(&fold(&word.text)) || word.how == How::Prefix;
    if words.iter().filter(|w| bears(w)).count() < 2 {
        return words;
    }
    words.into_iter().filter(bears).collect()
}

fn check_words(whole: &str, words: &[Word]) -> Result<(), TermError> {
    for word in words.iter().filter(|w| w.how == How::Prefix) {
        if word.text.chars().count() < MIN_PREFIX {
            return Err(TermError::new(
                format!(
                    "the prefix `{}*` is too short: it would match nearly everything",
                    word.text
                ),
                format!("write at least {MIN_PREFIX} letters before the `*`"),
            ));
        }
    }
    let common = words.iter().all(|word| stop_word(word).is_some());
    let Some(first) = words.first().filter(|_| common) else {
        return Ok(());
    };
    let stop = stop_word(first).unwrap_or_default();
    let text = &first.text;
    let (means, help) = if fold(text) == stop {
        let help = match (words.len(), text == stop) {
            (1, false) => {
                format!("write a longer phrase, or `=={text}` to compare accents and capitals too")
            }
            // Written like the word itself: what would be compared exactly is that word.
            (1, true) => format!(
                "write a longer phrase, or `=={}` if an abbreviation in capitals is meant",
                text.to_uppercase()
            ),
            _ => "write a longer phrase".to_owned(),
        };
        (format!("`{whole}` is too common a word"), help)
    } else {
        (
            format!("`{whole}` has the same stem as the word `{stop}`"),
            format!("write `={text}` to compare the whole word, or a longer phrase"),
        )
    };
    Err(TermError::new(
        format!("{means}: it would match nearly every article"),
        help,
    ))
}

/// The stop word that a word of a term would match, if any.
fn stop_word(word: &Word) -> Option<&'static str> {
    let folded = fold(&word.text);
    let same = |text: &str| STOP_WORDS.iter().find(|stop| **stop == text).copied();
    match word.how {
        How::Prefix => None,
        How::Exact => same(&folded).filter(|stop| *stop == word.text),
        How::Fold => same(&folded),
        How::Stem => same(&folded).or_else(|| {
            let forms = Stemmer::of(Some("fr")).forms(&word.text, false);
            same(&forms.stem).or_else(|| same(&forms.plain_stem))
        }),
    }
}

fn read_regex(whole: &str, rest: &str) -> Result<Pattern, TermError> {
    let (source, ignore_case) = match (rest.strip_suffix("/i"), rest.strip_suffix('/')) {
        (Some(source), _) => (source, true),
        (None, Some(source)) => (source, false),
        (None, None) => {
            return Err(TermError::new(
                format!("the expression `{whole}` has no closing slash"),
                "write /…/, or /…/i to ignore capitals",
            ));
        }
    };
    if source.contains("(i?)") {
        return Err(TermError::new(
            format!("`(i?)` in `{whole}` is an optional letter i, not a flag"),
            "write (?i) or /…/i to ignore capitals",
        ));
    }
    let regex = build_regex(source, ignore_case).map_err(|reason| {
        TermError::new(
            format!("the expression `{whole}` does not compile: {reason}"),
            "see https://docs.rs/regex/#syntax; look-around and back-references are not supported",
        )
    })?;
    if regex.is_match("") {
        return Err(TermError::new(
            format!("the expression `{whole}` matches the empty text, so every article"),
            "leave out `*` or `?` where at least one character is meant",
        ));
    }
    Ok(Pattern::Regex {
        source: source.to_owned(),
        ignore_case,
    })
}

/// Compiles an expression.
pub fn build_regex(source: &str, ignore_case: bool) -> Result<Regex, String> {
    pattern::compile(source, |builder| {
        builder.case_insensitive(ignore_case);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(How, String)> {
        match read(text).expect("the term can be read").target {
            Target::Pattern(Pattern::Words(words)) => {
                words.into_iter().map(|w| (w.how, w.text)).collect()
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    fn check(text: &str, expected: &[(How, &str)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(h, w)| (*h, (*w).to_owned()))
            .collect();
        assert_eq!(words(text), expected, "{text}");
    }

    #[test]
    fn forms_of_a_term() {
        check("coopération", &[(How::Stem, "coopération")]);
        check("=Cuba", &[(How::Fold, "Cuba")]);
        check("==OCS", &[(How::Exact, "OCS")]);
        check("kirghiz*", &[(How::Prefix, "kirghiz")]);
        check(
            "\"Route de la soie\"",
            &[(How::Stem, "Route"), (How::Stem, "soie")],
        );
        check(
            "latino-américain",
            &[(How::Stem, "latino"), (How::Stem, "américain")],
        );
        check(
            "l'Amérique latine",
            &[(How::Stem, "Amérique"), (How::Stem, "latine")],
        );
        check("La Paz", &[(How::Stem, "La"), (How::Stem, "Paz")]);
        check(
            "==la Dominique",
            &[(How::Exact, "la"), (How::Exact, "Dominique")],
        );
        check(
            "\"coopér* économique\"",
            &[(How::Prefix, "coopér"), (How::Stem, "économique")],
        );
        check(
            "Chine: le bilan",
            &[(How::Stem, "Chine"), (How::Stem, "bilan")],
        );
    }

    #[test]
    fn fields_aliases_masks() {
        let term = read("title:@sport").expect("a field before an alias");
        assert_eq!(term.fields, Field::named("title"));
        assert_eq!(term.target, Target::Alias("sport".into()));
        let term = read("@Amérique-latine").expect("a name with accents and hyphen");
        assert_eq!(term.target, Target::Alias("amerique_latine".into()));
        assert!(read("!mer de Chine").expect("a mask").mask);
        assert!(matches!(
            read("/\\bloto\\b/i").expect("an expression").target,
            Target::Pattern(Pattern::Regex {
                ignore_case: true,
                ..
            })
        ));
    }

    #[test]
    fn what_is_proposed_instead_of_a_common_word_is_not_refused_in_turn() {
        for (text, proposed) in [
            ("le", Some("==LE")),
            ("=le", Some("==LE")),
            ("==le", Some("==LE")),
            ("Été", Some("==Été")),
            ("\"de la\"", None),
        ] {
            let help = read(text).expect_err("too common").help;
            let written = help.split('`').nth(1);
            assert_eq!(written, proposed, "{text}: {help}");
            if let Some(written) = written {
                assert!(read(written).is_ok(), "{written}");
            }
            assert!(help.starts_with("write a longer phrase"), "{help}");
        }
    }

    #[test]
    fn what_is_refused() {
        for (text, part) in [
            ("", "no letter"),
            ("@", "names no alias"),
            ("les", "too common"),
            ("=pour", "too common"),
            ("sons", "same stem as the word `son`"),
            ("\"de la\"", "too common"),
            ("a*", "too short"),
            ("/(/", "does not compile"),
            ("/abc", "no closing slash"),
            ("/x*/", "empty text"),
            ("/(i?)chine/", "not a flag"),
            ("/\\w{1000}{1000}/", "does not compile"),
            ("titre:Chine", "not a field"),
            ("\"route de la soie", "not closed"),
            ("soie »", "not closed"),
            ("chine \"route de la soie\" cuba", "inside the term"),
            ("a b*c", "inside a word"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.message.contains(part), "{text}: {}", error.message);
            assert!(!error.help.is_empty(), "{text}");
        }
    }
}
