//! Who wrote an article.
//!
//! Must not guess: a name is taken where a page says that it is one.

use std::sync::LazyLock;

use regex::Regex;

use super::PageContext;
use super::page::Page;
use super::title;
use crate::model::Person;
use crate::text::fold::fold;
use crate::text::html::plain;

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
        names = generic_authors(page);
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
    Regex::new(r"^(?:(?:(?i:written|posted|published|story|text|texte|words|reviewed|rédigé|publié|propos recueillis|ein artikel|ein beitrag)\s+)?(?:[Bb]y|BY|[Pp]ar|PAR|[Vv]on|VON|Por|POR|Di|DI|Door)\s*:?\s+\p{Lu}|(?:Author|Autore?n?|Auteure?|Autora|Text|Texte)\s*:\s*\p{Lu})").expect("a literal pattern")
});

/// A line that says that the next one is a name.
static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:written|published|rédigé|publié|propos recueillis)\s+)?(?:by|par|von|por|authors?|auteure?s?|autore?n?s?)\s*:?$").expect("a literal pattern")
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
    "citation_author",
];

/// The authors of a page without a rule: the first statement that names somebody but the site.
fn generic_authors(page: &Page) -> Vec<String> {
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
    statements.extend(head.bylines.iter().map(|b| vec![b.as_str()]));
    let near = title::near(page);
    let announced = near
        .iter()
        .zip(near.iter().skip(1))
        .filter(|(line, _)| ANNOUNCED.is_match(line))
        .map(|(_, next)| vec![*next]);
    let signed = near.iter().filter(|line| SIGNED.is_match(line));
    statements.extend(signed.map(|line| vec![*line]).chain(announced));
    let site = head
        .meta_named(&["og:site_name", "application-name"])
        .map(fold);
    let named = statements
        .into_iter()
        .map(|s| s.into_iter().flat_map(split_names).collect::<Vec<_>>());
    let lists: Vec<Vec<String>> = named.filter(|l| !l.is_empty()).collect();
    let is_site = |list: &Vec<String>| {
        site.as_ref()
            .is_some_and(|s| list.iter().all(|n| fold(n) == *s))
    };
    let found = lists.iter().find(|l| !is_site(l)).or_else(|| lists.first());
    found.cloned().unwrap_or_default()
}

/// Whether the card for sharing labels its first value as the author.
fn says_written(head: &super::head::Head) -> bool {
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

/// The names in a statement of authorship: without "By", addresses, dates; split at commas and
/// "and".
pub(super) fn split_names(text: &str) -> Vec<String> {
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:(?:(?:written|posted|published|words|story|text|texte|article|escrito|geschrieben|erstellt|rédigé|publié|propos recueillis|ein (?:artikel|beitrag)|un article)?\s*(?:by|par|von|por|di|door|de)|author|auteure?|autore?n?|autora|text)\s*:?\s+|(?:avec|with|mit)\s+(?:l['’]|la\s+|le\s+)?)").expect("a literal pattern")
    });
    static CUT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\s*(?:\||•|·|\s@\w|\bon\b (?:\w+ )?\d|\ble \d|\bam \d|\bvom \d|\bpublished\b|\bposted\b|\bupdated\b|\bpublié\b|\blast\s+updated\b|\bsays\b|\bveröffentlicht\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}:\d\d|,?\s\b(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim)\b[.,]?\s*\d|,?\s*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d).*$").expect("a literal pattern")
    });
    static SPLIT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\s*(?:[,;&/]|\s(?:and|et|und|y|[-–—])\s)\s*").expect("a literal pattern")
    });
    if text.contains("://") || text.trim_start().starts_with('©') {
        return Vec::new();
    }
    let text = plain(text);
    let text = LEAD.replace(text.trim(), "");
    let text = CUT.replace(&text, "");
    SPLIT
        .split(text.trim())
        .map(|n| {
            LEAD.replace(n.trim(), "")
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
        && !name.contains(['@', '*', '?', '!', '{', '<'])
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
