//! Press conventions: the lines an outlet or agency puts around an article and that are not its
//! text. Datelines at the head of a paragraph, and paragraphs that only credit, share or end.
//!
//! Must not know where a paragraph comes from: no outlet is named here, only agencies and wires,
//! which sign their copy the same way wherever it is carried.

use std::sync::LazyLock;

use regex::{Captures, Regex};

mod credit;
pub use credit::{Credit, credit};
mod furniture;
pub use furniture::is_furniture;
mod correction;
pub use correction::{corrects_in_line, corrects_in_title};

/// Agencies and wires by the name they sign with; matched without regard to case, and only where
/// a signature stands (in brackets, between slashes, after "avec"), never within a sentence.
pub(crate) const AGENCIES: &str = r"Agence\s+France[- ]Presse|AFP(?:TV)?|Reuters|Associated\s+Press|A\.?P\.?|Xinhua(?:net)?|Chine\s+nouvelle|Prensa\s+Latina|PL|RHC|Radio\s+Habana\s+Cuba|ACN|AIN|Granma|Telesur|T[eé]l[eé]sur|Belga|(?:Keystone[-\x{2010}\x{2011}])?ATS|Keystone[-\x{2010}\x{2011}]SDA|AWP|APS|MAP|TAP|SPS|DPA|EFE|Europa\s+Press|ANSA|AGI|Adnkronos|Lusa|ANP|APA|TASS|Itar-Tass|RIA(?:\s+Novosti)?|Sputnik|Interfax|BelTA|Ukrinform|Kazinform|KazTAG|Kabar|UzA|Dunyo|Kyodo(?:\s+News)?|Yonhap|KCNA|VNA|AVI|CNA|Bernama|Antara|PTI|ANI|IANS|IRNA|ISNA|Mehr|Fars|Anadolu|AA|SANA|WAM|SPA|PANA|APO(?:\s+Group)?|Agence\s+Ecofin|Agence\s+Anadolu|AIB|AIP|GNA|NAN|La\s+Presse\s+Canadienne|Presse\s+Canadienne|PC|The\s+Canadian\s+Press|Bloomberg|UPI|CNS|CRI|CMG|CGTN|Notimex|T[eé]lam|Agencia\s+Brasil|ABI|AVN|Relaxnews|CNW(?:\s+(?:Telbec|Group|Groupe))?|PR\s?Newswire|GLOBE\s?NEWSWIRE|Business\s?Wire|Newsfile(?:\s+Corp\.?)?|ACCESSWIRE|ACCESS\s+Newswire|Marketwired|EIN\s?Presswire|EQS|EQS\s+News|Media\s?OutReach(?:\s+Newswire)?|Actusnews(?:\s+Wire)?|Agences?";

const MONTH: &str = r"(?:jan|ene|gen|f[eé]v|feb|mar|mär|m[aá]j|avr|abr|apr|mai|may|mag|jui|jun|jul|giu|lug|ao[uû]|aug|ago|set|sep|oct|out|ott|okt|nov|d[eé]c|dic|dez)[a-zà-ÿ]{0,8}\.?";
const WEEKDAY: &str = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo)";
/// A town, or towns, with their state or country: capitalised words joined by small ones. Repeated
/// without a bound: a bounded repetition of a Unicode class is compiled as so many copies of it,
/// thousands of states each, and what is looked at is short ([`HEAD`]).
const PLACE: &str = r"(?:(?:[dlDL]['’])?\p{Lu}[\p{L}\p{M}'’.\x{2010}\x{2011}\-]*)(?:(?:,?\s+|\s*[&/]\s*)(?:(?:de|du|des|la|le|les|el|los|las|sur|sous|en|et|and|of|y|e|di|da|do|del|al|à|au|aux|près|lès)\s+){0,2}(?:[dl]['’])?\p{Lu}[\p{L}\p{M}'’.\x{2010}\x{2011}\-]*)*?(?:\s*\(\p{Lu}[\p{L} .\-]+\))?";

fn pattern(shape: &str) -> Regex {
    let day_month = format!(
        r"\d{{1,2}}(?:er|st|nd|rd|th|º|°|\.)?\s+(?:de\s+)?{MONTH}(?:,?\s+(?:del?\s+)?\d{{4}})?"
    );
    let month_day = format!(r"{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?");
    let numeric = r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}";
    let full = format!(
        r"(?i:(?:(?:le|el|the)\s+)?(?:{WEEKDAY},?\s+)?(?:{day_month}|{month_day}|{numeric}))"
    );
    let agency =
        format!(r"(?i:(?:{AGENCIES})(?:\s*[/,+&\-]\s*[^()/]{{1,30}}|\s+via\s+[^()/]{{1,30}})?)");
    let source = shape
        .replace("PLACE", PLACE)
        .replace("FULL", &full)
        .replace("AGENCY", &agency)
        .replace("DASH", r"[-\x{2010}-\x{2015}\x{2212}]");
    Regex::new(&source).expect("the shapes below are literals and compile")
}

/// `DOUCHANBE, 17 septembre (Xinhua) -- `: a date, then an agency this file knows.
static DATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:(?P<place>PLACE)\s*,?\s*)?(?:FULL|(?i:le\s+)?\d{1,2})\s*[.,]?\s*(?:\(\s*(?P<a>AGENCY)\s*\)|/\s*(?P<b>AGENCY)\s*/|(?:DASH)+\s*(?P<c>(?i:Sputnik|RIA Novosti|TASS))\s*[.:])\s*[.,:]?\s*(?:DASH)*\s*",
    )
});
/// `PÉKIN, 19 mai 2023 /WireName/ -- `: a date, then any signature closed by a dash.
static WIRED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?P<place>PLACE)\s*,?\s+FULL\s*[.,]?\s*(?:\(\s*(?P<a>\p{Lu}[\p{L}\d .&/\-]+)\s*\)|/\s*(?P<b>\p{Lu}[\p{L}\d .&\-]+)\s*/)\s*[.,:]?\s*(?:DASH)+\s*",
    )
});
/// `Paris (AFP) - `, `PARIS--(BUSINESS WIRE)--`: a place and a known agency, no date.
static UNDATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?P<place>PLACE)\s*[,.]?\s*(?:DASH)*\s*(?:\(\s*(?P<a>AGENCY)\s*\)|/\s*(?P<b>AGENCY)\s*/)\s*[.,:]?\s*(?P<dash>(?:DASH)*)\s*",
    )
});
/// `(AFP) - `, `(ANSA) - ROMA, 03 MAR - `.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*\(\s*(?P<a>AGENCY)\s*\)\s*[.:]?\s*(?:DASH)+\s*(?:(?P<place>PLACE)\s*,\s*FULL\s*(?:DASH)+\s*)?",
    )
});
/// `Paris, le 3 mars 2024 – `: the head of a press release, closed by a dash.
static RELEASE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*(?P<place>PLACE)\s*,\s+FULL\s*[.:]?\s*(?:DASH)+\s+"));
/// An agency within brackets or strokes, as they stand in all of these but [`WIRED`] and [`RELEASE`].
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)[(/]\s*(?:{AGENCIES})(?:\s*[)/,+&\-]|\s+via\s)"
    ))
    .expect("a literal pattern")
});
static NOT_A_PLACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)^(?:{WEEKDAY}|le|la|el|the|du|en)$")).expect("a literal pattern")
});

/// The head of a first paragraph that says where, when and by whom it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dateline {
    /// The place as written, for instance `La Havane`.
    pub place: Option<String>,
    /// The agency as written, for instance `Prensa Latina`.
    pub agency: Option<String>,
    /// Length in bytes of the prefix to cut, dashes and blanks included.
    pub len: usize,
}

/// Longest name of an agency, in characters.
const LONGEST_NAME: usize = 31;
/// Longest prefix, in bytes, in which a dateline is looked for.
const HEAD: usize = 240;

/// Reads the dateline a paragraph begins with. A sentence that merely begins with a place or a
/// date has none: an agency, or a date closed by a dash, must follow.
pub fn dateline(paragraph: &str) -> Option<Dateline> {
    let head = super::head(paragraph, HEAD);
    if !head.contains(['(', '/', '-', '–', '—']) {
        return None;
    }
    // What is plain to see comes before the patterns: they are compiled when a head needs them.
    let dated = head.contains(char::is_numeric);
    let signed = head.contains(['(', '/']);
    let lower = head.to_lowercase();
    let unmarked = ["sputnik", "novosti", "tass"];
    let known = signed && NAMED.is_match(head);
    if dated
        && (known || unmarked.iter().any(|name| lower.contains(name)))
        && let Some(found) = DATED.captures(head)
    {
        return Some(read(&found));
    }
    if signed
        && dated
        && is_closed(head)
        && let Some(found) = WIRED.captures(head).filter(is_brief)
    {
        return Some(read(&found));
    }
    if known
        && head.trim_start().starts_with('(')
        && let Some(found) = SIGNED.captures(head)
    {
        return Some(read(&found));
    }
    if known && let Some(found) = UNDATED.captures(head) {
        let dateline = read(&found);
        let closed = !found["dash"].is_empty() || opens_sentence(&paragraph[dateline.len..]);
        return (closed && !is_party(&dateline)).then_some(dateline);
    }
    let mut behind = head.split(is_dash).skip(1);
    if !dated || !behind.any(|rest| rest.starts_with(char::is_whitespace)) {
        return None;
    }
    let found = RELEASE.captures(head)?;
    let dateline = read(&found);
    (dateline.place.is_some() && opens_sentence(&paragraph[dateline.len..])).then_some(dateline)
}

/// Whether a dash follows a closing bracket or stroke.
fn is_closed(head: &str) -> bool {
    let between = |c: char| c.is_whitespace() || ".,:".contains(c);
    let mut behind = head.split([')', '/']).skip(1);
    behind.any(|rest| rest.trim_start_matches(between).starts_with(is_dash))
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Whether a signature that is no known agency's is as short as one.
fn is_brief(found: &Captures<'_>) -> bool {
    let signature = found.name("a").or_else(|| found.name("b"));
    signature.is_none_or(|name| name.as_str().chars().count() <= LONGEST_NAME)
}

fn read(found: &Captures<'_>) -> Dateline {
    let text = |name| {
        found.name(name).map(|m| {
            m.as_str()
                .trim()
                .trim_end_matches([',', '-', '‐', ' '])
                .to_owned()
        })
    };
    Dateline {
        place: text("place").filter(|place| !NOT_A_PLACE.is_match(place)),
        agency: text("a").or_else(|| text("b")).or_else(|| text("c")),
        len: found[0].len(),
    }
}

/// `Jeanne Martin (PC) - ` names a party more often than an agency.
fn is_party(dateline: &Dateline) -> bool {
    let agency = dateline.agency.as_deref().unwrap_or_default();
    agency.len() <= 2 && agency != "AP"
}

fn opens_sentence(rest: &str) -> bool {
    rest.trim_start_matches(|c: char| "«\"“'’‘( \u{A0}\u{202F}".contains(c))
        .chars()
        .next()
        .is_some_and(|c| c.is_uppercase() || c.is_numeric())
}

#[cfg(test)]
mod tests;
