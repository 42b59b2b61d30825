//! How titles, teasers and the small words around them look in a listing: lengths over all
//! scripts, "Lire la suite", link texts that say nothing.
//!
//! Texts only; knows no page and no address.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::fold::is_ideograph;

/// Words that invite to read on, in the languages of the outlets.
const MORE: &str = r"lire\s+(?:plus|la\s+suite|l['’]article(?:\s+complet)?|davantage|aussi)|la\s+suite|en\s+savoir\s+plus|voir\s+(?:plus|la\s+suite|l['’]article|tout)|suite|plus\s+d['’]infos?|read\s+(?:more|on|the\s+(?:full\s+)?(?:story|article))|continue(?:\s+reading|r\s+la\s+lecture)?|continue\s+leyendo|more|see\s+more|learn\s+more|full\s+(?:story|article)|leer\s+m[áa]s|ver\s+m[áa]s|seguir\s+leyendo|leia\s+mais|saiba\s+mais|ler\s+mais|weiterlesen|mehr(?:\s+lesen)?|leggi\s+(?:tutto|di\s+pi[ùu])|подробнее|читать\s+далее|阅读全文|全文|详细|更多|more\s+details?|details?|détails?";

static MORE_AT_END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)(?:(?:\.{{3}}|…|\[(?:\.{{3}}|…)\]|[\[(»›→>+|])\s*|\s|^)(?:{MORE})\s*[\])]?\s*(?:\.{{3}}|…|[»›→>+:.\s])*$")).expect("a literal pattern")
});

static JUNK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^(?:{MORE}|\d+\s*(?:commentaires?|comments?|r[ée]ponses?|vues?|views?|partages?|shares?|likes?|comentarios?|réactions?)|(?:aucun\s+|no\s+|leave\s+a\s+)?(?:commentaires?|comments?|comment)|laisser\s+un\s+commentaire|photos?|vid[ée]os?|images?|audio|écouter|regarder|watch|listen|diaporama|galerie|permalien|permalink|partager|share|imprimer|print|e-?mail|cliquez\s+ici|click\s+here|ici|here|lien|link|thumbnail|vignette|illustration)$"
    ))
    .expect("a literal pattern")
});

/// Length of a text in words; a Chinese or Japanese character counts half a word.
pub(crate) fn units(text: &str) -> f64 {
    let mut count = 0.0;
    for word in text.split_whitespace() {
        let wide = word.chars().filter(|&c| is_ideograph(c)).count();
        if wide > 0 {
            count += f64::from(u32::try_from(wide).unwrap_or(u32::MAX)) / 2.0;
        } else if word.chars().any(char::is_alphanumeric) {
            count += 1.0;
        }
    }
    count
}

/// Whether a link text says nothing of its article: marks only, "Lire la suite", "3 commentaires".
pub(crate) fn is_junk(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() || bare.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    JUNK.is_match(bare)
}

/// Whether a text is an invitation to read on.
pub(crate) fn is_more(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    !bare.is_empty()
        && MORE_AT_END
            .find(bare)
            .is_some_and(|found| found.start() == 0)
}

/// Whether a text holds little beside numbers and names of months: it may be a date.
pub(crate) fn mostly_digits(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit()) && units(text) <= 9.0
}

/// The text without the invitation to read on at its end, and whether there was one.
pub(crate) fn without_more(text: &str) -> (String, bool) {
    let Some(found) = MORE_AT_END.find(text) else {
        return (text.trim().to_owned(), false);
    };
    let invites = found
        .as_str()
        .trim_start()
        .starts_with(['.', '…', '[', '(', '»', '›', '→', '>', '+', '|']);
    let rest = &text[..found.start()];
    // A title may end with "suite" or "more" as a word of its own: only an ellipsis, a mark or an
    // ended sentence before it says that it is an invitation.
    let ended = rest
        .trim_end()
        .ends_with(['.', '…', '!', '?', ']', '»', '"']);
    if !invites && !ended && !rest.trim().is_empty() {
        return (text.trim().to_owned(), false);
    }
    let rest = rest.trim_end().trim_end_matches(['[', '(']).trim_end();
    let rest = rest
        .strip_suffix("...")
        .unwrap_or(rest)
        .trim_end_matches('…')
        .trim_end();
    if rest.is_empty() || rest.ends_with(['.', '!', '?', '»']) {
        return (rest.to_owned(), true);
    }
    (format!("{rest}…"), true)
}

/// Whether a text that ends in an ellipsis is the beginning of a longer one.
pub(crate) fn is_cut_from(text: &str, full: &str) -> bool {
    let start = text.strip_suffix('…').or_else(|| text.strip_suffix("..."));
    start.is_some_and(|start| full.starts_with(start.trim_end()) && full.len() > text.len())
}

/// Lines of a teaser as HTML: escaped, in paragraphs where there are several, without the
/// invitation to read on, at most `limit` characters.
pub(crate) fn teaser<'a>(lines: impl Iterator<Item = &'a str>, limit: usize) -> Option<String> {
    let mut left = limit;
    let mut paragraphs = Vec::new();
    for line in lines {
        let (text, _) = without_more(line);
        if text.is_empty() || is_junk(&text) || left == 0 {
            continue;
        }
        let kept: String = text.chars().take(left).collect();
        left -= kept.chars().count();
        paragraphs.push(html_escape::encode_text(&kept).into_owned());
    }
    match paragraphs.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(
            several
                .iter()
                .map(|text| format!("<p>{text}</p>"))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitations_are_cut() {
        let check = |text: &str, expected: &str, more: bool| {
            assert_eq!(without_more(text), (expected.to_owned(), more), "{text}")
        };
        check(
            "dans le cadre de la... Lire plus",
            "dans le cadre de la…",
            true,
        );
        check("premier acheteur.... Lire plus", "premier acheteur.", true);
        check("Un texte. Lire la suite »", "Un texte.", true);
        check("Un texte […] Lire la suite", "Un texte…", true);
        check("Un texte [...]", "Un texte [...]", false);
        check("Un texte (lire la suite)", "Un texte…", true);
        check("Lire plus", "", true);
        check("Une suite", "Une suite", false);
        check(
            "Le Brésil veut en savoir plus",
            "Le Brésil veut en savoir plus",
            false,
        );
        check("Le Brésil", "Le Brésil", false);
    }

    #[test]
    fn junk() {
        for text in [
            "Lire la suite",
            "» Lire plus...",
            "3 commentaires",
            "12",
            "…",
            "",
            "Read more →",
            "Vidéo",
            "全文",
        ] {
            assert!(is_junk(text), "{text}");
        }
        for text in [
            "Pérou",
            "Le Brésil et la Chine",
            "习近平会见外宾",
            "La suite du procès",
            "3 morts",
        ] {
            assert!(!is_junk(text), "{text}");
        }
    }

    #[test]
    fn lengths() {
        let check =
            |text: &str, expected: f64| assert!((units(text) - expected).abs() < 0.01, "{text}");
        check("Le Brésil – et la Chine", 5.0);
        check("习近平会见巴西总统", 4.5);
        check(" » ", 0.0);
    }

    #[test]
    fn teasers() {
        let check = |lines: &[&str], expected: Option<&str>| {
            assert_eq!(teaser(lines.iter().copied(), 30).as_deref(), expected)
        };
        check(&["A < B & C... Lire plus"], Some("A &lt; B &amp; C…"));
        check(
            &["Un.", "Deux.", "Lire plus"],
            Some("<p>Un.</p><p>Deux.</p>"),
        );
        check(&["Lire plus"], None);
        check(
            &["123456789 123456789 123456789 123456789"],
            Some("123456789 123456789 123456789 "),
        );
    }
}
