//! Paragraphs that are wholly a credit, a sharing button, a contact line or an end mark.

use std::sync::LazyLock;

mod line;

use regex::Regex;

use super::AGENCIES;
use line::Line;

/// What a paragraph is, when it is no part of the article's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credit {
    /// Signed by an agency: `(AFP)`, `Xinhua 06.01.2026 08h32`, `Le Quotidien avec Reuters`.
    Agency(String),
    /// Signed by a person: `Par Jeanne Martin`.
    Author(String),
    /// Edited by: `Édité par …`, `(Web editor: …)`.
    Editor(String),
    /// A picture's credit, with its holder where it is named.
    Photo(Option<String>),
    /// Where the text was taken from: a name or an address.
    Source(String),
    /// An end mark: `Fin`, `/FIN/`, `-30-`.
    End,
    /// A number of thirty digits and more, printed by a publishing system.
    Id,
    /// Buttons and invitations: share, print, read more, subscribe.
    Share,
    /// How to reach the newsroom or the issuer of a release.
    Contact,
}

// `(?-u:\b)`, a boundary of ASCII words, where one is needed: the Unicode one has the engine leave
// its automaton at the first accent, and every short paragraph is asked all of this.

/// Longest paragraph, in bytes, that may be a credit.
const LONGEST: usize = 400;
/// Most words of a line that names an agency after "avec", or leads on (`> À lire aussi : …`).
const WORDS_WITH: usize = 8;
/// Most words of any line that an agency signs: five names of three words, and what joins them.
const WORDS_SIGNED: usize = 24;
/// Most letters in words that begin small, in a line that an agency signs: what joins names.
const SMALL_LETTERS: usize = 40;

fn regex(source: &str) -> Regex {
    Regex::new(&source.replace("AGENCY", &format!("(?:{AGENCIES})")))
        .expect("the patterns below are literals and compile")
}

static AGENCY_LINE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^(?:[(\[/]\s*)?(?:(?:par|by|por)\s+)?(?:[\p{L}\d'’. -]+?\s)??(?:(?P<with>avec|with|con)\s+(?:l['’]|les\s+|the\s+|la\s+)?)?(?P<name>AGENCY(?:(?:\s*[/,&+–-]\s*|\s+(?:et|and|y)\s+)AGENCY)*)\s*(?:[)\]/]\s*)?(?P<when>[|,•·-]?\s*(?:le\s+)?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:\s*[|,à-]?\s*\d{1,2}[:hH.]\d{2})?)?\s*[.]?$",
    )
});
static PIPED: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^[^|]{0,60}\|\s*(?P<name>(?i:AGENCY))\s*\|[^|]{0,60}$"));
static EDITOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[(\[]?\s*(?:(?:[eé]dit[eé]|mis\s+en\s+ligne|traduit|relu)(?:\s+et\s+\p{L}+)?\s+par\s*:?|edited\s+by\s*:?|editado\s+por\s*:?|(?:web\s*)?[eé]dit(?:or|eur|rice|eurs|ors|ado)s?\s*:|r[eé]dact(?:eur|rice|ion)s?\s*(?:en\s+chef\s*)?:|traduct(?:ion|eur|rice)s?\s*:)\s*(?P<name>[^()\[\]]{2,100}?)\s*[)\]]?\s*\.?$",
    )
    .expect("a literal pattern")
});
static AUTHOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:(?i:par|by|por|auteure?s?\s*:|author\s*:|texte\s*:|propos\s+recueillis\s+par|interview\s+r[eé]alis[eé]e\s+par))\s+(?P<name>[^:;!?«»]{3,110})$",
    )
    .expect("a literal pattern")
});
static PHOTO: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^[(\[]?\s*(?:(?:cr[eé]dits?\s*(?:photos?|image|vid[eé]o)?\s*:|cr[eé]dits?\s+(?:photos?|images?)\s+|photos?\s*(?:d['’](?:archives?|illustration)\s*)?(?:by|par|:|/|[-–—]\s+)|photos?\s+AGENCY|AGENCY\s+photos?(?-u:\b)|images?\s*(?:d['’](?:archives?|illustration)\s*)?:|(?:logo|photo|infographic|video|vid[eé]o)\s*[-–—:]\s*https?:|photo\s+d['’](?:archives?|illustration)\s*[.:]?|(?:©|\(c\)|copyright\s+(?:©\s*)?(?:\d{4}\s+)?))\s*(?P<name>[^()\[\]]{0,80}?)|image\s+not\s+found(?:\s+or\s+type\s+unknown)?)\s*[)\]]?\s*\.?$",
    )
});
/// `(Xinhua/Liu Bin)`, `REUTERS/Jane Doe`: an agency and its photographer.
static PICTURE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[(\[]?\s*(?i:AGENCY)\s*/\s*(?P<name>\p{Lu}[\p{L}'’.\-]*(?:[\s/\-]+\p{Lu}[\p{L}'’.\-]*){0,4})\s*[)\]]?\s*\.?$",
    )
});
static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^[(\[]?\s*(?:(?i:sources?|fuentes?|fonte)\s*:\s*(?P<name>[^()\[\]]{2,160}?)|(?:Sources?|SOURCES?|Fuente)\s+(?P<bare>(?:\p{Lu}|\d|https?:)[^()\[\]:;!?]{1,60}?))\s*[)\]]?$",
    )
    .expect("a literal pattern")
});
/// The footer blogs add to their feeds: `The post … appeared first on …`.
static FIRST_ON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:the\s+post|l['’]article|cet\s+article|la\s+(?:entrada|informaci[oó]n))\s.{0,250}(?:appeared\s+first\s+on|(?:est\s+apparu|a\s+[eé]t[eé]\s+publi[eé])\s+(?:en\s+premier|d['’]abord)\s+(?:sur|dans)|se\s+public[oó]\s+primero\s+en|sali[oó]\s+primero\s+en|apareci[oó]\s+primero\s+en)\s+(?P<name>.{2,80}?)\s*\.?$",
    )
    .expect("a literal pattern")
});
static END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[-–—/(\[*#. ]*(?:fin|ends?|fin\s+du\s+communiqu[eé]|30)[-–—/)\]*#. ]*(?:https?://\S+)?$|^(?:#\s*){3,}$",
    )
    .expect("a literal pattern")
});
static SHARE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^[.…\s>»+\-]*(?:(?:pinterest|telegram|linked\s?in|whats\s?app|facebook|twitter|tweeter|tweet|x|e-?mail|courriel|messenger|reddit|instagram|bluesky|threads|mastodon|imprimer|print|partager|partages?|share|compartir|envoyer|copier\s+le\s+lien)[\s,|•·/]*)+$",
        r"|^[.…\s>»+\-]*(?:lire\s+(?:plus|la\s+suite|davantage|l['’]article|en\s+ligne)|en\s+(?:savoir|lire)\s+plus|voir\s+(?:plus|aussi)|lire\s+aussi|[aà]\s+lire\s+aussi|read\s+more|leer\s+m[aá]s|plus)\s*[.…:>»]*$",
        r"|^(?:partagez?|partager|share|envoyer|tweeter)\s+(?:cet|l['’]|this|sur|par|on|via|[aà]\s+un)[^.;]{0,50}$",
        r"|^(?:suivez[- ]nous|follow\s+us|rejoignez[- ]nous|abonnez[- ]vous|inscrivez[- ]vous\s+[aà])(?:\W.{0,139})?$"
    ))
    .expect("a literal pattern")
});
static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:vous\s+avez\s+une\s+question,\s+une\s+remarque|pour\s+nous\s+contacter|nous\s+contacter(?-u:\b)|contactez[- ]nous|contactez\s+notre\s+(?:[eé]quipe|r[eé]daction))",
        r"|^(?:relations?\s+(?:avec\s+les\s+)?(?:m[eé]dias?|presse|investisseurs)|contacts?\s+(?:presse|m[eé]dias?|investisseurs|relations|pour)|(?:media|press|investor)s?\s+(?:contacts?|relations|inquiries)|contacts?|renseignements?|informations?)\s*:",
        r"|^(?:contacts?|contacts?\s+(?:presse|m[eé]dias?)|(?:media|press)\s+contacts?|relations\s+(?:presse|m[eé]dias?))$",
        r"|^pour\s+(?:(?:de\s+)?plus\s+amples?|plus|obtenir|tout\s+complément|toute?)\s+(?:d['’]|de\s+)?(?:information|renseignement)s?\s*[,:]?\s*(?:veuillez|contactez|merci|visitez|consultez|s['’]adresser|rendez-vous|:|https?:)"
    ))
    .expect("a literal pattern")
});
/// An e-mail address or a telephone number.
static REACH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+|(?:(?:t[eé]l(?:[eé]phone)?|phone|fax|mobile|portable|cell)\s*\.?\s*:?\s*|\+)\(?\d[\d\s().\-\x{A0}\x{202F}]{6,20}\d",
    )
    .expect("a literal pattern")
});

// How the lines begin, or what they hold, that the patterns above are for, in small letters.

const SHARING: [&str; 33] = [
    "pinterest",
    "telegram",
    "linked",
    "whats",
    "facebook",
    "twitter",
    "tweet",
    "x",
    "e-mail",
    "email",
    "courriel",
    "messenger",
    "reddit",
    "instagram",
    "bluesky",
    "threads",
    "mastodon",
    "imprimer",
    "print",
    "partage",
    "share",
    "compartir",
    "envoyer",
    "copier",
    "lire",
    "voir",
    "read",
    "leer",
    "suivez",
    "follow",
    "rejoignez",
    "abonnez",
    "inscrivez",
];
const LEADING_ON: [&str; 4] = ["en", "a", "à", "plus"];
const EDITING: [&str; 9] = [
    "edit", "édit", "mis", "traduit", "traduc", "relu", "web", "redact", "rédact",
];
const WRITING: [&str; 8] = [
    "par",
    "by",
    "por",
    "auteur",
    "author",
    "texte",
    "propos",
    "interview",
];
const SHOWING: [&str; 10] = [
    "credit",
    "crédit",
    "photo",
    "image",
    "logo",
    "infographic",
    "video",
    "vidéo",
    "©",
    "copyright",
];
const APPEARING: [&str; 5] = ["appeared", "apparu", "publi", "sali", "apareci"];
const NAMING: [&str; 3] = ["source", "fuente", "fonte"];
const REACHING: [&str; 11] = [
    "vous",
    "pour",
    "nous",
    "contact",
    "relation",
    "media",
    "média",
    "press",
    "investor",
    "renseignement",
    "information",
];
const CALLING: [&str; 8] = [
    "+", "tel", "tél", "phone", "fax", "mobile", "portable", "cell",
];

/// Says what a paragraph is when the whole of it is such a line, else `None`. A sentence that
/// only begins like one (`Par ailleurs, …`, `Source d'inspiration …`) is text.
pub fn credit(paragraph: &str) -> Option<Credit> {
    let line = paragraph.trim();
    if line.is_empty() || line.len() > LONGEST {
        return None;
    }
    let line = &Line::new(line);
    mark(line)
        .or_else(|| signature(line))
        .or_else(|| origin(line))
        .or_else(|| contact(line))
}

fn mark(line: &Line<'_>) -> Option<Credit> {
    if line.len() >= 30 && line.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Credit::Id);
    }
    if END.is_match(line) {
        return Some(Credit::End);
    }
    let may_be = line.begins(&SHARING) || (line.words() <= WORDS_WITH && line.begins(&LEADING_ON));
    (line.len() > 1 && may_be && SHARE.is_match(line)).then_some(Credit::Share)
}

fn signature(line: &Line<'_>) -> Option<Credit> {
    let signed = line.may_be_signed().then(|| AGENCY_LINE.captures(line));
    let piped = || line.contains('|').then(|| PIPED.captures(line)).flatten();
    let agency = signed.flatten().or_else(piped);
    if let Some(found) = agency
        && is_signature(line, &found["name"])
    {
        return Some(Credit::Agency(found["name"].trim().to_owned()));
    }
    if line.begins(&EDITING)
        && let Some(found) = EDITOR.captures(line)
        && is_names(&found["name"], Names::Any)
    {
        return Some(Credit::Editor(trimmed(&found["name"])));
    }
    let found = line.begins(&WRITING).then(|| AUTHOR.captures(line))??;
    let several = line.contains(':') || line.lower.starts_with("propos");
    let names = if several { Names::Any } else { Names::Full };
    is_names(&found["name"], names).then(|| Credit::Author(trimmed(&found["name"])))
}

fn origin(line: &Line<'_>) -> Option<Credit> {
    if line.contains('/')
        && let Some(found) = PICTURE.captures(line)
    {
        return Some(Credit::Photo(Some(trimmed(&found["name"]))));
    }
    if (line.begins(&SHOWING) || line.holds(&["photo", "(c)"]))
        && let Some(found) = PHOTO.captures(line)
        && !is_sentence(line)
    {
        let holder = found.name("name").map(|name| trimmed(name.as_str()));
        return Some(Credit::Photo(holder.filter(|name| !name.is_empty())));
    }
    if line.holds(&APPEARING)
        && let Some(found) = FIRST_ON.captures(line)
    {
        return Some(Credit::Source(trimmed(&found["name"])));
    }
    let found = line.begins(&NAMING).then(|| SOURCE.captures(line))??;
    let name = found.name("name").or_else(|| found.name("bare"))?.as_str();
    let bare = found.name("bare").is_some();
    let is_name = name.split_whitespace().count() <= if bare { 6 } else { 14 }
        && !(bare && (name.contains(',') || is_sentence(name)));
    is_name.then(|| Credit::Source(trimmed(name)))
}

fn contact(line: &Line<'_>) -> Option<Credit> {
    if line.begins(&REACHING) && CONTACT.is_match(line) {
        return Some(Credit::Contact);
    }
    let calls = line.contains(char::is_numeric) && line.holds(&CALLING);
    if !calls && !line.contains('@') {
        return None;
    }
    // A line that is little else than an address; an address within a sentence is text.
    let rest = REACH.replace_all(line, " ");
    (rest.len() != line.len() && rest.split_whitespace().count() <= MOST_WORDS_BESIDE)
        .then_some(Credit::Contact)
}

/// Most words that may stand beside an e-mail address or telephone number in a contact line.
const MOST_WORDS_BESIDE: usize = 8;

/// A signature is short and, unless it says "avec", holds little beside the agency's name.
fn is_signature(line: &Line<'_>, name: &str) -> bool {
    let with = line.says_with();
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let beside = letters(line).saturating_sub(letters(name));
    let by = ["par ", "by ", "por "];
    let by = by.iter().any(|w| line.lower.starts_with(w));
    let known = name.chars().any(char::is_uppercase) || line.starts_with('(') || with;
    known && (beside <= 2 || (by && beside <= 5) || (with && line.words() <= WORDS_WITH))
}

#[derive(Clone, Copy, PartialEq)]
enum Names {
    /// A first name or an outlet will do, the words before it were explicit.
    Any,
    /// At least two capitalised words: "Par" opens sentences too.
    Full,
}

/// Whether a text holds only names: capitalised words and the small words that join them.
fn is_names(text: &str, need: Names) -> bool {
    const SMALL: [&str; 34] = [
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "et",
        "and",
        "y",
        "e",
        "van",
        "von",
        "der",
        "den",
        "el",
        "al",
        "ben",
        "bin",
        "da",
        "do",
        "dos",
        "à",
        "pour",
        "avec",
        "in",
        "at",
        "envoyé",
        "envoyée",
        "spécial",
        "spéciale",
        "correspondant",
        "correspondante",
        "en",
        "rédaction",
    ];
    let text = text.trim().trim_end_matches('.');
    let mut names = 0;
    for word in text.split(|c: char| c.is_whitespace() || ",/&|()".contains(c)) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let core = bare.split(['\'', '’']).next_back().unwrap_or(bare);
        match core.chars().next() {
            None => {}
            Some(first) if first.is_uppercase() => names += 1,
            Some(_) if SMALL.contains(&core) => {}
            Some(_) => return false,
        }
    }
    names >= if need == Names::Full { 2 } else { 1 } && text.split_whitespace().count() <= 14
}

/// Whether a line reads as a sentence of the article: long, and closed by a full stop.
fn is_sentence(line: &str) -> bool {
    line.ends_with(['.', '!', '?']) && line.split_whitespace().count() > 7
}

fn trimmed(text: &str) -> String {
    text.trim()
        .trim_end_matches([',', '|', ';'])
        .trim()
        .to_owned()
}
