//! Who wrote an article.
//!
//! Must not guess: a name is taken where a page says that it is one.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::PageContext;
use super::head::Head;
use super::page::Page;
use super::title::{self, letters, site_names};
use crate::model::Person;
use crate::text::fold::fold;
use crate::text::html::plain;
use crate::text::pattern::Rare;

/// Adds a person who is not named yet.
pub(super) fn add(person: Person, list: &mut Vec<Person>) {
    if !list.iter().any(|a| fold(&a.name) == fold(&person.name)) {
        list.push(person);
    }
}

/// The authors that the page states.
pub(super) fn find(page: &Page, ctx: &PageContext<'_>) -> Vec<Person> {
    let mut names: Vec<String> = Vec::new();
    if let Some(rule) = ctx.rule {
        for locator in &rule.authors {
            let lines = if locator.regex.is_some() {
                page.lines()
            } else {
                ""
            };
            names.extend(
                locator
                    .all(&page.tree, lines)
                    .iter()
                    .flat_map(|n| split_names(n)),
            );
            if !names.is_empty() {
                break;
            }
        }
    }
    if names.is_empty() {
        names = generic_authors(page, ctx);
    }
    let mut out: Vec<Person> = Vec::new();
    for name in names {
        if !out.iter().any(|p| fold(&p.name) == fold(&name)) {
            out.push(Person::named(name));
        }
    }
    out
}

/// A line that begins like a signature.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:(?i:written|posted|published|story|text|texte|words|reviewed|rédigé|écrit|publié|propos recueillis|ein artikel|ein beitrag)\s+)?(?:[Bb]y|BY|[Pp]ar|PAR|[Vv]on|VON|Por|POR|Di|DI|Door)\s*:?\s+(?:\p{Lu}|(?:notre|nos)\s)|(?:De|Von)\s+(?:notre|nos|unsere[mnr]|unserem)\s|(?:Author|Autore?n?|Auteure?|Autora|Text|Texte)\s*:\s*\p{Lu})").expect("a literal pattern")
});

/// A line that names somebody with what they do: `Jeanne Martin, correspondante à Pékin`.
static PRESENTED: Rare = Rare::new(&OFFICES, || {
    Regex::new(concat!(
        r"^(?P<name>\p{Lu}[\p{L}.'’-]+(?:\s(?:d[aeiu]|de la|van|von|el|al|ben|bin|\p{Lu}[\p{L}.'’-]*)){0,2}\s\p{Lu}[\p{L}'’-]+)\s*[,|(•·–-]\s*",
        r"(?i:(?:notre |unser |nuestr[oa] |our |the |grande? |senior |staff |chief |foreign |political |deputy |freie[rn]? )*",
        r"(?:correspondant|correspondent|envoyée? spécial|journalist|reporter|rédact|redakt|redact|korrespondent|corresponsal|enviad[oa] especial|editor|writer|columnist|chroniqueu|contribut))"
    ))
    .expect("a literal pattern")
});

/// What people do who write, in small letters.
const OFFICES: [&str; 15] = [
    "correspond",
    "envoyé",
    "journalist",
    "reporter",
    "rédact",
    "redakt",
    "redact",
    "korrespondent",
    "corresponsal",
    "enviad",
    "editor",
    "writer",
    "columnist",
    "chroniqueu",
    "contribut",
];

/// Longest line that is a signature wherever it stands, in bytes.
const LONGEST_CREDIT: usize = 80;
/// A line that is a signature wherever it stands.
static CREDITED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i:(?:written|story|words|reported|rédigé|écrit|geschrieben|escrito|scritto|propos recueillis)\s+(?:by|par|von|por|da))\s*:?\s+\p{Lu}").expect("a literal pattern")
});

/// A line that says that the next one is a name.
static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:written|published|rédigé|écrit|publié|propos recueillis)\s+)?(?:by|par|von|por|authors?(?:\(s\))?|auteure?s?(?:\(s\))?|autore?n?s?(?:\(es\))?)\s*:?$").expect("a literal pattern")
});

/// Names of `meta` that state the author.
const METAS: &[&str] = &[
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "article:author_name",
    "og:article:author",
    "og:author",
    "authors",
    "cxenseparse:author",
    "shareaholic:article_author_name",
    "citation_author",
];

/// The authors of a page without a rule: the first statement that names somebody but the site.
fn generic_authors(page: &Page, ctx: &PageContext<'_>) -> Vec<String> {
    let head = &page.head;
    let machine = page
        .described
        .iter()
        .flat_map(|d| &d.authors)
        .map(String::as_str);
    let mut statements: Vec<Vec<&str>> = vec![machine.collect()];
    for name in METAS {
        statements.push(
            head.metas
                .iter()
                .filter(|(n, _)| n == name)
                .map(|(_, v)| v.as_str())
                .collect(),
        );
    }
    if says_written(head) {
        statements.push(head.meta_named(&["twitter:data1"]).into_iter().collect());
    }
    statements.push(
        head.property("author")
            .chain(head.property("creator"))
            .collect(),
    );
    let bylines = bylines(head);
    statements.extend(bylines.iter().map(|b| vec![*b]));
    let near = title::near(page);
    let announced = near
        .iter()
        .zip(near.iter().skip(1))
        .filter(|(line, _)| ANNOUNCED.is_match(line))
        .map(|(_, next)| vec![*next]);
    let signed = near.iter().filter(|line| SIGNED.is_match(line));
    statements.extend(signed.map(|line| vec![*line]).chain(announced));
    let presented = near
        .iter()
        .filter_map(|line| PRESENTED.for_text(line)?.captures(line));
    statements.extend(presented.filter_map(|c| Some(vec![c.name("name")?.as_str()])));
    let credited = credited(page);
    statements.extend(credited.iter().map(|line| vec![*line]));
    let named = statements
        .into_iter()
        .map(|s| s.into_iter().flat_map(split_names).collect::<Vec<_>>());
    let lists: Vec<Vec<String>> = named.filter(|l| !l.is_empty()).collect();
    let printed = bylines.into_iter().map(split_names);
    let printed = printed.into_iter().find(|list| !list.is_empty());
    believed(lists, &printed.unwrap_or_default(), &site_names(page, ctx))
}

/// The first of several lists of names, unless it names the site, another does not, and the first
/// printed byline does not name the site, either: sites are called after people, too.
fn believed(lists: Vec<Vec<String>>, printed: &[String], site: &[String]) -> Vec<String> {
    let is_site = |list: &Vec<String>| list.iter().all(|n| site.contains(&letters(n)));
    let first = lists.first().cloned().unwrap_or_default();
    let again = |list: &[String]| {
        let said = |n: &String| first.iter().any(|name| letters(n).contains(&letters(name)));
        list.iter().any(said)
    };
    if !is_site(&first) || again(printed) {
        return first;
    }
    let other = lists.into_iter().find(|l| !is_site(l));
    other.filter(|list| !again(list)).unwrap_or(first)
}

/// The texts that name the author by their element. Where one holds another, the inner one is the
/// name: `By <a rel=author>Jane Doe</a>, gardener in Kent`.
fn bylines(head: &Head) -> Vec<&str> {
    let mut out = Vec::new();
    for (index, byline) in head.bylines.iter().enumerate() {
        let all = split_names(&byline.text);
        let longer = |name: &String| {
            let label = |n: &String| n.strip_suffix(name.as_str()).map(|l| fold(l.trim()));
            let known = |l: String| NOT_NAMES.contains(&l.as_str());
            all.iter()
                .any(|n| n != name && (n.starts_with(name.as_str()) || label(n).is_some_and(known)))
        };
        let mut inner = head.bylines.iter().filter(|b| b.is_within(index, head));
        if !inner.any(|b| split_names(&b.text).iter().any(longer)) {
            out.push(byline.text.as_str());
        }
    }
    out
}

/// Lines of the article, wherever they stand, that are nothing but a signature in so many words.
fn credited(page: &Page) -> Vec<&str> {
    page.own_lines()
        .filter(|line| line.len() <= LONGEST_CREDIT && CREDITED.is_match(line))
        .collect()
}

/// Whether the card for sharing labels its first value as the author.
fn says_written(head: &Head) -> bool {
    head.meta_named(&["twitter:label1"]).is_some_and(|l| {
        let l = fold(l);
        [
            "written by",
            "ecrit par",
            "verfasst von",
            "escrito por",
            "author",
            "auteur",
        ]
        .iter()
        .any(|w| l.contains(w))
    })
}

/// How a statement of authorship begins that has more than names, in small letters.
const LEADS: [&str; 37] = [
    "written",
    "posted",
    "published",
    "submitted",
    "words",
    "story",
    "reported",
    "text",
    "article",
    "escrito",
    "enviado",
    "scritto",
    "geschrieben",
    "erstellt",
    "gespeichert",
    "eingestellt",
    "rédigé",
    "écrit",
    "soumis",
    "proposé",
    "publié",
    "propos",
    "ein",
    "un",
    "by",
    "par",
    "von",
    "por",
    "di",
    "door",
    "de",
    "author",
    "auteur",
    "autor",
    "avec",
    "with",
    "mit",
];
/// What stands behind names, unless it is a figure.
const BEHIND: [&str; 10] = [
    "|",
    "•",
    "·",
    "@",
    "published",
    "posted",
    "updated",
    "publié",
    "says",
    "veröffentlicht",
];

/// The names in a statement of authorship: without "By", addresses, dates; split at commas and
/// "and".
pub(super) fn split_names(text: &str) -> Vec<String> {
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:(?:(?:written|posted|published|submitted|words|story|reported|text|texte|article|escrito|enviado|scritto|geschrieben|erstellt|gespeichert|eingestellt|rédigé|écrit|soumis|proposé|publié|propos recueillis|ein (?:artikel|beitrag)|un article)?\s*(?:by|par|von|por|di|door|de)|author|auteure?|autore?n?|autora|text)(?:\(e?s\))?\s*:?\s+(?:(?:notre|nos|unsere[mnr]?|unserem|nuestr[oa]|our)\s+(?:correspondant|envoyé|journaliste|korrespondent|reporter|correspondent|corresponsal)\pL*(?:\s+(?:spéciale?|permanente?|special))?(?:\s+(?:à|en|au|aux|in|dans|de)\s(?:l[ae]s?\s|l['’])?(?-i:\p{Lu})[\pL'’-]+)?\s*[,:]?\s+)?|(?:avec|with|mit)\s+(?:l['’]|la\s+|le\s+)?)").expect("a literal pattern")
    });
    static CUT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\s*(?:\||•|·|\s@\w|\bon\b (?:\w+ )?\d|\ble \d|\bam \d|\bvom \d|\bpublished\b|\bposted\b|\bupdated\b|\bpublié\b|\blast\s+updated\b|\bsays\b|\bveröffentlicht\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}:\d\d|,?\s\b(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim)\b[.,]?\s*\d|,?\s*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d).*$").expect("a literal pattern")
    });
    static SPLIT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\s*(?:[,;&/]|\s(?:and|et|und|y|[-–—]|(?:avec|with|mit|con)(?:\s+(?:les?|la|the|der))?)\s|\savec\s+l['’])\s*").expect("a literal pattern")
    });
    if text.contains("://") || text.trim_start().starts_with('©') {
        return Vec::new();
    }
    static PLACED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\s(?i:in|at|from|aus|à|desde)\s\p{Lu}.*$").expect("a literal pattern")
    });
    let whole = plain(text);
    let led = |text: &str| {
        let lower = text.to_lowercase();
        LEADS.iter().any(|word| lower.starts_with(word))
    };
    let without_lead = |text: &str| match led(text) {
        true => LEAD.replace(text, "").into_owned(),
        false => text.to_owned(),
    };
    let text = without_lead(whole.trim());
    let lower = text.to_lowercase();
    let more = lower.contains(char::is_numeric) || BEHIND.iter().any(|word| lower.contains(word));
    let mut text = match more {
        true => CUT.replace(&text, ""),
        false => Cow::Borrowed(text.as_str()),
    };
    // `By Jane Doe in Washington`; without the first word it may be the name of an organisation.
    if !whole.trim().starts_with(text.trim()) {
        text = PLACED.replace(&text, "").into_owned().into();
    }
    SPLIT
        .split(text.trim())
        .map(|n| {
            without_lead(n.trim())
                .trim_matches(|c: char| {
                    c.is_ascii_digit()
                        || c.is_whitespace()
                        || matches!(c, '.' | ':' | '-' | '–' | '—' | '"' | '(' | ')' | '@')
                })
                .to_owned()
        })
        .filter(|n| is_name(n))
        .collect()
}

/// What stands where a name should, folded.
const NOT_NAMES: &[&str] = &[
    "admin",
    "administrator",
    "author",
    "authors",
    "staff",
    "editor",
    "ph.d",
    "phd",
    "md",
    "m.d",
    "jr",
    "null",
    "undefined",
    "unknown",
    "none",
    "anonymous",
    "user",
    "webmaster",
    "mba",
    "esq",
    "redaction",
    "view bio",
    "contributor",
    "staff writer",
    "written by",
    "published",
    "updated",
    "author name",
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "sat",
    "sun",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "wordpressadmin",
    "guest",
    "guest author",
    "by",
    "par",
    "por",
    "von",
    "di",
    "door",
    "follow",
    "read more",
    "rd",
    "rdn",
    "cfp",
    "cpa",
    "dds",
];

/// Whether a text may be the name of a person or a newsroom.
fn is_name(name: &str) -> bool {
    let count = name.chars().count();
    let lower = fold(name);
    let begins = |word: &&str| name.starts_with(*word);
    (2..=60).contains(&count)
        && name.chars().any(char::is_alphabetic)
        && name.split_whitespace().count() <= 6
        && name.chars().filter(char::is_ascii_digit).count() <= 2
        && !name.contains("www.")
        && !name.contains(['@', '*', '?', '!', '{', '<', '“', '«', '„', '…'])
        && !["a ", "an ", "and ", "und ", "the "].iter().any(begins)
        && begins_like_a_name(name)
        && !NOT_NAMES.contains(&lower.as_str())
}

/// Whether a text of several words begins like a name, and not like a sentence or a role
/// ("envoyé spécial à Pékin").
fn begins_like_a_name(name: &str) -> bool {
    const PARTICLES: &[&str] = &[
        "al", "ben", "bin", "da", "de", "del", "della", "des", "di", "do", "dos", "du", "el",
        "ibn", "la", "le", "ten", "ter", "van", "von", "zu", "zum", "zur",
    ];
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    let apostrophe = first.contains(['\'', '’']);
    words.next().is_none()
        || apostrophe
        || PARTICLES.contains(&first)
        || !first.starts_with(char::is_lowercase)
}
