//! Corrections: the words with which an outlet or agency marks that a text takes the place of an
//! earlier one that was wrong.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::head;

const WORDS: &str = r"(?:correctifs?|rectificatifs?|rectifs?|rectifications?|erratum|errata|corrections?|corrig[eé]e?|corrigendum|corrected|corrects|refile|correcci[oó]n|correg[ií]d[oa]|rectificaci[oó]n|rectificad[oa]|fe\s+de\s+(?:erratas|errores))";

/// `CORRECTIF - …`, `[Erratum] …`, `(Correction : …`, `CORRECTED-…`: the word, then what closes it.
/// "Correction des cours : …" is about something else.
static OPENS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\s\[(«*/]*(?i:WORDS)(?:\s+(?:n[°o]\s*)?\d{1,2})?\s*(?:[\])»*]|[:.,|/\-\x{2010}-\x{2015}]|$)",
    )
});
/// `CORRECTIF Un titre`: in capitals before a title that is not.
static CAPITALS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?P<word>(?i:WORDS))\s+\S*\p{Ll}"));
/// `Un titre (corrigé)`, `Un titre - CORRECTIF`.
static CLOSES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:[\[(]\s*(?i:WORDS)\s*[\])]|\s[|\-\x{2010}-\x{2015}:]\s*(?i:WORDS))\s*$")
});
/// `(Corrige le montant au 2e paragraphe)`.
static NOTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\s*[(\[]\s*(?:corrige|rectifie|corrects|corrects?\s+in|corrige\s+en)\s")
});

fn pattern(shape: &str) -> Regex {
    Regex::new(&shape.replace("WORDS", WORDS)).expect("a literal pattern")
}

/// Longest head of a title or line, in bytes, in which a mark is looked for.
const HEAD: usize = 400;

/// Whether a title says that its article corrects an earlier one.
pub fn corrects_in_title(title: &str) -> bool {
    let title = title.trim();
    if title.len() > HEAD {
        return false;
    }
    let in_capitals = CAPITALS
        .captures(title)
        .is_some_and(|found| !found["word"].chars().any(char::is_lowercase));
    in_capitals || OPENS.is_match(title) || CLOSES.is_match(title)
}

/// Whether the first line of a text says so.
pub fn corrects_in_line(line: &str) -> bool {
    let line = head(line, HEAD);
    OPENS.is_match(line) || NOTED.is_match(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_corrections_are_told_from_their_words() {
        for (title, expected) in [
            ("CORRECTIF - Chine-Mexique : un accord sur le maïs", true),
            ("Correctif : un accord sur le maïs", true),
            ("[ERRATUM] Un accord sur le maïs", true),
            ("(Corrigé) Un accord sur le maïs", true),
            ("CORRECTION Un accord sur le maïs", true),
            ("RECTIFICATIF 2 - Un accord sur le maïs", true),
            ("CORRECTED-Brazil and China sign a deal", true),
            ("FE DE ERRATAS: China y México firman", true),
            ("CORRECCIÓN - China y México firman", true),
            ("Un accord sur le maïs (corrigé)", true),
            ("Un accord sur le maïs - CORRECTIF", true),
            ("Correction des cours : la Bourse de Shanghai recule", false),
            ("Correction sévère pour le Brésil", false),
            ("Le budget rectificatif adopté à Lima", false),
            ("Maison de correction : le Pérou réforme", false),
            ("Un erratum de taille", false),
        ] {
            assert_eq!(corrects_in_title(title), expected, "{title}");
        }
        for (line, expected) in [
            (
                "(Correction : le montant est de douze millions et non de dix.)",
                true,
            ),
            ("(Corrige le montant au deuxième paragraphe)", true),
            ("Erratum. Une version précédente donnait dix.", true),
            ("Corriger le tir, tel est le mot d'ordre.", false),
            ("La correction des copies a commencé.", false),
        ] {
            assert_eq!(corrects_in_line(line), expected, "{line}");
        }
    }
}
