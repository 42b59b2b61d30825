//! Folding: the one form in which words are compared, by topics and by stories alike.
//!
//! Folded text is lower case, without accents, with ligatures opened and apostrophes unified, so
//! that `L’ŒUVRE`, `l'œuvre` and `L'oeuvre` are one. The rule is that of UAX #15 (NFKD) without
//! its combining marks, plus the French ligatures that Unicode does not decompose.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds a text: lower case, no accents, `œ` as `oe`, `æ` as `ae`, `ß` as `ss`, every apostrophe
/// as `'`, every space as a blank, soft hyphens and zero-width characters dropped.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Like [`fold`], appending to `out`.
pub fn fold_into(text: &str, out: &mut String) {
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            fold_char(c, out);
        }
    }
}

fn fold_char(c: char, out: &mut String) {
    match c {
        c if is_apostrophe(c) => out.push('\''),
        'œ' | 'Œ' => out.push_str("oe"),
        'æ' | 'Æ' => out.push_str("ae"),
        'ß' => out.push_str("ss"),
        'ø' | 'Ø' => out.push('o'),
        'ł' | 'Ł' => out.push('l'),
        'đ' | 'Đ' => out.push('d'),
        'ı' => out.push('i'),
        '\u{00AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{FEFF}' => {}
        c if c.is_whitespace() => out.push(' '),
        c => {
            for d in std::iter::once(c).nfkd().filter(|d| !is_combining_mark(*d)) {
                out.extend(d.to_lowercase().filter(|l| !is_combining_mark(*l)));
            }
        }
    }
}

/// Apostrophes as outlets type them (UAX #29 knows only the first two).
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2019}' | '\u{2018}' | '\u{02BC}' | '\u{00B4}' | '\u{2032}' | '\u{FF07}'
    )
}

/// Whether a character is of Chinese or Japanese writing, which sets no blanks: a word by itself.
pub fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{2FA1F}')
}

/// The words of a text, folded: maximal runs of letters and digits. No stemming, no stop words.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_every_spelling() {
        for (input, expected) in [
            ("L’ŒUVRE", "l'oeuvre"),
            ("l'œuvre", "l'oeuvre"),
            ("Éthiopie", "ethiopie"),
            ("DOUCHANBÉ", "douchanbe"),
            ("Kirghi\u{00AD}zistan", "kirghizistan"),
            ("100\u{00A0}000", "100 000"),
            ("ﬁn", "fin"),
            ("Łódź", "lodz"),
            ("İzmir", "izmir"),
            ("北京", "北京"),
            ("e\u{0301}te\u{0301}", "ete"),
        ] {
            assert_eq!(fold(input), expected, "{input}");
        }
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(
            words("Aujourd'hui, la Chine-Celac (2021) : 6,5 %"),
            ["aujourd", "hui", "la", "chine", "celac", "2021", "6", "5"]
        );
    }
}
