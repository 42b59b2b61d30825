//! Which language a text is in: detection for articles whose source does not say, and the one
//! form in which language tags are compared.
//!
//! Must not know sources, topics or stemming. A wrong guess rejects a good article, so silence
//! (`None`) is preferred to a guess.

use std::sync::LazyLock;

use whatlang::{Detector, Lang};

/// Texts shorter than this (in characters) are not judged: trigrams of a headline name the wrong
/// language too often.
const MIN_CHARS: usize = 200;

/// Only this many characters are read: more text makes detection slower, not surer.
const MAX_CHARS: usize = 1_500;

/// Below this confidence (0 to 1) the answer is `None`.
const MIN_CONFIDENCE: f64 = 0.5;

/// Languages in which news outlets write, with their ISO 639-1 codes. Everything else that the
/// detector knows would only be a wrong answer for one of these.
const PRESS: &[(Lang, &str)] = &[
    (Lang::Fra, "fr"),
    (Lang::Eng, "en"),
    (Lang::Spa, "es"),
    (Lang::Por, "pt"),
    (Lang::Deu, "de"),
    (Lang::Ita, "it"),
    (Lang::Nld, "nl"),
    (Lang::Cat, "ca"),
    (Lang::Ron, "ro"),
    (Lang::Pol, "pl"),
    (Lang::Ces, "cs"),
    (Lang::Hun, "hu"),
    (Lang::Swe, "sv"),
    (Lang::Dan, "da"),
    (Lang::Nob, "no"),
    (Lang::Fin, "fi"),
    (Lang::Ell, "el"),
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Tur, "tr"),
    (Lang::Ara, "ar"),
    (Lang::Pes, "fa"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Cmn, "zh"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Vie, "vi"),
    (Lang::Ind, "id"),
];

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::with_allowlist(PRESS.iter().map(|(lang, _)| *lang).collect()));

/// The language of a text as ISO 639-1 code; `None` for texts under 200 characters and whenever
/// the detector is not sure.
pub fn detect(text: &str) -> Option<&'static str> {
    let end = match text.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => at,
        None => text.len(),
    };
    let sample = &text[..end];
    sample.chars().nth(MIN_CHARS - 1)?;
    let info = DETECTOR.detect(sample)?;
    if !info.is_reliable() && info.confidence() < MIN_CONFIDENCE {
        return None;
    }
    PRESS
        .iter()
        .find(|(lang, _)| *lang == info.lang())
        .map(|(_, code)| *code)
}

/// The language to believe: what the text itself shows when that is certain, else what was
/// declared. Templates often declare the language of their author, not of the article.
pub fn decide(declared: Option<&str>, text: &str) -> Option<String> {
    detect(text)
        .map(str::to_owned)
        .or_else(|| declared.and_then(normalise))
}

/// The primary subtag of a BCP 47 tag (RFC 5646 §2.1) in lower case: `fr-FR` and `FR_ca` give
/// `fr`; three-letter codes of the common languages become their two-letter ones. `None` when the
/// text is not a tag, or says `und`.
pub fn normalise(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
    let shape =
        (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic());
    let primary = primary.to_ascii_lowercase();
    if !shape || matches!(primary.as_str(), "und" | "mul" | "zxx" | "mis") {
        return None;
    }
    let short = match primary.as_str() {
        "fra" | "fre" => "fr",
        "eng" => "en",
        "spa" => "es",
        "por" => "pt",
        "deu" | "ger" => "de",
        "ita" => "it",
        "zho" | "chi" | "cmn" => "zh",
        "rus" => "ru",
        "ara" => "ar",
        other => other,
    };
    Some(short.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRENCH: &str = "Les participants au forum ont élaboré un plan de travail qui vise à répondre aux besoins les plus urgents de la région, ainsi qu'à encourager la coopération sur des thèmes tels que la relance économique et la stratégie sanitaire face à la pandémie.";
    const SPANISH: &str = "Los participantes en el foro elaboraron un plan de trabajo que busca responder a las necesidades más urgentes de la región, así como fomentar la cooperación en temas como la recuperación económica y la estrategia sanitaria frente a la pandemia.";
    const ENGLISH: &str = "The participants of the forum drew up a work plan that seeks to answer the most urgent needs of the region and to encourage cooperation on subjects such as the economic recovery and the health strategy in the face of the pandemic that began last year.";

    #[test]
    fn long_texts_are_told_apart() {
        for (text, expected) in [(FRENCH, "fr"), (SPANISH, "es"), (ENGLISH, "en")] {
            assert_eq!(detect(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn short_texts_are_left_alone() {
        for text in [
            "",
            "La Chine et Cuba",
            "Xi Jinping reçoit le président du Brésil à Pékin",
        ] {
            assert_eq!(detect(text), None, "{text}");
        }
    }

    #[test]
    fn the_text_outweighs_the_declaration() {
        assert_eq!(decide(Some("en"), FRENCH).as_deref(), Some("fr"));
        assert_eq!(
            decide(Some("fr-FR"), "La Chine et Cuba").as_deref(),
            Some("fr")
        );
        assert_eq!(decide(None, "La Chine et Cuba"), None);
    }

    #[test]
    fn tags_have_one_form() {
        for (tag, expected) in [
            ("fr", Some("fr")),
            ("fr-FR", Some("fr")),
            ("FR_ca", Some("fr")),
            ("zh-Hans-CN", Some("zh")),
            ("fra", Some("fr")),
            ("und", None),
            ("", None),
            ("français", None),
            ("x", None),
        ] {
            assert_eq!(normalise(tag).as_deref(), expected, "{tag}");
        }
    }
}
