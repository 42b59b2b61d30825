//! Title, dates, authors, language, picture and canonical address, out of what a page states.
//!
//! The order of trust is measured (EXTRACTION.md §5): what a page says for machines about this one
//! article goes before what stands in its text. Must not read the body.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Duration, TimeZone, Utc};
use regex::{Captures, Regex};
use url::Url;

use super::PageContext;
use super::locator::Locator;
use super::page::Page;
use super::site::SiteRule;
use crate::model::{Extracted, Person};
use crate::text::fold::fold;
use crate::text::html::outline::Kind;
use crate::text::html::plain;
use crate::text::{dates, language};

/// Fills what the page states into the article; `out.text` stands already.
pub(super) fn fill(page: &Page, ctx: &PageContext<'_>, out: &mut Extracted) {
    out.title = title(page, ctx);
    out.published = published(page, ctx);
    out.modified = modified(page, ctx).filter(|m| out.published.is_none_or(|p| *m >= p));
    let stated = authors(page, ctx);
    for person in stated {
        if !out.authors.iter().any(|a| fold(&a.name) == fold(&person.name)) {
            out.authors.push(person);
        }
    }
    out.language = language_of(page, ctx, &out.text);
    out.image = image(page, ctx);
    out.canonical = canonical(page, ctx);
    if out.next_page.is_none() {
        out.next_page = next_page(page, ctx);
    }
}

/// The first value that a list of locators finds.
pub(super) fn stated(page: &Page, locators: &[Locator]) -> Option<String> {
    locators.iter().find_map(|l| {
        let lines = if l.regex.is_some() { page.lines() } else { "" };
        l.all(&page.tree, lines).into_iter().next()
    })
}

// --- title ---------------------------------------------------------------------------------------

fn title(page: &Page, ctx: &PageContext<'_>) -> Option<String> {
    let by_rule = ctx.rule.and_then(|rule| stated(page, &rule.title));
    let found = by_rule.or_else(|| generic_title(page, ctx)).or_else(|| ctx.hint.title.map(plain))?;
    let mut found = plain(&found);
    for regex in ctx.rule.map(|r| r.title_strip.as_slice()).unwrap_or_default() {
        found = regex.replace_all(&found, "").trim().to_owned();
    }
    (!found.is_empty()).then_some(found)
}

/// The title of a page without a rule: the `h1` that the page's own title repeats, else the
/// headline for machines, else a single long `h1`, else the longest part of the page's title.
fn generic_title(page: &Page, ctx: &PageContext<'_>) -> Option<String> {
    let head = &page.head;
    let stated: Vec<String> = [
        head.meta_named(&["og:title", "twitter:title", "dc.title", "title"]),
        head.title.as_deref(),
    ]
    .into_iter()
    .flatten()
    .map(plain)
    .collect();
    let key = |text: &str| letters(text);
    let keys: Vec<String> = stated.iter().map(|t| key(t)).collect();
    let headline = page.described.as_ref().and_then(|d| d.headline.as_deref()).map(plain);
    if let Some(hint) = ctx.hint.title.map(key).filter(|h| h.len() > 8) {
        let same = head.headings.iter().chain(&stated).chain(&headline).find(|t| key(t) == hint);
        if let Some(found) = same {
            return Some(found.clone());
        }
    }
    let site = site_names(page, ctx);
    let repeated = head
        .headings
        .iter()
        .filter(|h| {
            let h = key(h);
            // A short heading within a long title is a site's name or a section.
            h.len() >= 6
                && keys.iter().any(|k| {
                    (k.contains(&h) && h.len() * 5 >= k.len() * 2) || (k.len() >= 12 && h.contains(k.as_str()))
                })
        })
        .max_by_key(|h| h.len());
    repeated
        .map(|h| without_site(h, &site))
        .or_else(|| headline.filter(|h| !h.is_empty() && !h.ends_with('…')).map(|h| without_site(&h, &site)))
        .or_else(|| match head.headings.as_slice() {
            [only] if only.chars().count() > 15 => Some(only.clone()),
            _ => None,
        })
        .or_else(|| head.property("headline").next().map(str::to_owned))
        .or_else(|| stated.first().map(|t| longest_part(&without_site(t, &site))))
        .or_else(|| head.headings.first().cloned())
}

/// Names by which the site calls itself, folded to letters and digits.
fn site_names(page: &Page, ctx: &PageContext<'_>) -> Vec<String> {
    let stated = page.head.meta_named(&["og:site_name", "application-name", "apple-mobile-web-app-title"]);
    let publisher = page.described.as_ref().and_then(|d| d.publisher.as_deref());
    let host = ctx.url.host_str().map(|h| h.trim_start_matches("www.").split('.').next().unwrap_or(h));
    [stated, publisher, host].into_iter().flatten().map(letters).filter(|n| n.len() >= 3).collect()
}

fn letters(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A title without the site's name at its end.
fn without_site(title: &str, site: &[String]) -> String {
    for separator in [" | ", " – ", " — ", " - ", " :: ", " » ", " · ", " : "] {
        if let Some((before, after)) = title.rsplit_once(separator) {
            let after = letters(after);
            if site.iter().any(|name| *name == after || (after.len() >= 4 && name.contains(&after))) {
                return before.trim().to_owned();
            }
        }
    }
    title.to_owned()
}

/// The longest part of a page's title between separators.
fn longest_part(title: &str) -> String {
    let mut parts = vec![title];
    for separator in [" | ", " - ", " – ", " — ", " :: ", " » ", " · "] {
        parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
    }
    let longest = parts.into_iter().map(str::trim).max_by_key(|part| part.chars().count());
    longest.unwrap_or(title).to_owned()
}

// --- dates ---------------------------------------------------------------------------------------

const PUBLISHED: &[&str] = &[
    "article:published_time", "og:article:published_time", "datepublished", "date.published", "publishdate",
    "publish-date", "publish_date", "published_time", "article:published", "og:published_time", "pubdate",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date",
    "dc.date", "dcterms.issued", "article.published", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "citation_publication_date", "citation_date", "date", "article_date_original", "originalpublicationdate",
    "article:created", "rnews:datepublished", "bt:pubdate", "last-publish-date", "created", "release_date", "rbpubdate",
];
const MODIFIED: &[&str] = &[
    "article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified",
    "article:modified", "dc.date.modified", "revised",
];

fn published(page: &Page, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    let by_url = ctx.rule.and_then(|r| r.url_date.as_ref()).and_then(|regex| url_date(regex, ctx));
    let by_rule = ctx.rule.and_then(|rule| dated(page, ctx, &rule.date, by_url));
    if let Some(date) = by_rule {
        // A date far from the address's is a reader's or a related article's.
        let agrees = by_url.is_none_or(|url| (date - url).abs() <= Duration::hours(48));
        return if agrees { Some(date) } else { by_url };
    }
    by_url.or_else(|| generic_published(page, ctx)).or(ctx.hint.published)
}

/// The date of a page without a rule.
fn generic_published(page: &Page, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    let head = &page.head;
    let parse = |text: &str| read_date(text, ctx);
    page.described
        .as_ref()
        .and_then(|d| d.published.as_deref())
        .and_then(parse)
        .or_else(|| PUBLISHED.iter().find_map(|name| head.meta_named(&[name]).and_then(parse)))
        .or_else(|| head.property("datePublished").find_map(parse))
        .or_else(|| head.times.iter().filter(|(_, says)| *says).find_map(|(t, _)| parse(t)))
        .or_else(|| head.times.first().and_then(|(t, _)| parse(t)))
        .or_else(|| head.property("dateCreated").find_map(parse))
        .or_else(|| address_date(ctx))
        .or_else(|| byline_date(page, ctx))
        .or_else(|| modified(page, ctx))
}

fn modified(page: &Page, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    let by_rule = ctx.rule.and_then(|rule| dated(page, ctx, &rule.modified, None));
    by_rule
        .or_else(|| page.described.as_ref()?.modified.as_deref().and_then(|t| read_date(t, ctx)))
        .or_else(|| MODIFIED.iter().find_map(|name| page.head.meta_named(&[name]).and_then(|t| read_date(t, ctx))))
        .or_else(|| page.head.property("dateModified").find_map(|t| read_date(t, ctx)))
}

/// Reads a date as stated: any form that is known, or seconds or milliseconds since 1970.
fn read_date(text: &str, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit()) && matches!(text.len(), 10 | 13) {
        let number: i64 = text.parse().ok()?;
        let seconds = if text.len() == 13 { number / 1_000 } else { number };
        return Utc.timestamp_opt(seconds, 0).single();
    }
    dates::parse(text, ctx.timezone).or_else(|| dates::find(text, ctx.timezone)).filter(|d| d.year() >= 1990)
}

fn dated(page: &Page, ctx: &PageContext<'_>, locators: &[Locator], url: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    locators.iter().find_map(|locator| {
        if let Some(regex) = locator.regex.as_ref().filter(|r| r.capture_names().flatten().next().is_some()) {
            let lines = page.lines();
            return locator
                .first_text(&page.tree, lines)
                .iter()
                .find_map(|text| regex.captures(text))
                .and_then(|c| named_date(&c, ctx, url));
        }
        let lines = if locator.regex.is_some() { page.lines() } else { "" };
        locator.all(&page.tree, lines).iter().find_map(|text| read_date(text, ctx))
    })
}

/// A date out of named captures; what is missing of its day comes from the address.
fn named_date(captures: &Captures<'_>, ctx: &PageContext<'_>, url: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    let number = |name: &str| captures.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
    let local = url.map(|u| match ctx.timezone {
        Some(zone) => u.with_timezone(&zone).date_naive(),
        None => u.date_naive(),
    });
    let year = number("year").map(|y| if y < 100 { 2000 + y as i32 } else { y as i32 }).or(local.map(|d| d.year()))?;
    let month = number("month").or(local.map(|d| d.month()))?;
    let day = number("day").or(local.map(|d| d.day()))?;
    let (hour, minute, second) = (number("hour").unwrap_or(0), number("minute").unwrap_or(0), number("second").unwrap_or(0));
    let text = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    dates::parse(&text, ctx.timezone)
}

fn url_date(regex: &Regex, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    let captures = regex.captures(ctx.url.as_str())?;
    let part = |name: &str, index: usize| captures.name(name).or_else(|| captures.get(index)).map(|m| m.as_str());
    let text = format!("{}-{:0>2}-{:0>2}", part("year", 1)?, part("month", 2)?, part("day", 3)?);
    dates::parse(&text, ctx.timezone)
}

/// A day in the address: `/2025/11/22/`, `/2025-11-22/`, `/20251122/`.
fn address_date(ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[/_-](19[9]\d|20[0-4]\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?:[/_.-]|$)").expect("a literal pattern")
    });
    let captures = DAY.captures(ctx.url.path())?;
    let text = format!("{}-{}-{}", &captures[1], &captures[2], &captures[3]);
    dates::parse(&text, ctx.timezone)
}

/// The short lines near the title: where a page writes date and author.
fn near_title(page: &Page) -> Vec<&str> {
    const LONGEST: usize = 140;
    const BEFORE: usize = 6;
    const AFTER: usize = 20;
    let blocks = &page.outline().blocks;
    let first = page.head.headings.first().map(|h| letters(h)).unwrap_or_default();
    let title = blocks
        .iter()
        .position(|b| b.kind == Kind::Heading(1) && letters(&b.run.text) == first)
        .or_else(|| blocks.iter().position(|b| b.kind == Kind::Heading(1)));
    let Some(at) = title else {
        return Vec::new();
    };
    let after = blocks.iter().skip(at + 1).take(AFTER);
    let before = blocks.iter().take(at).skip(at.saturating_sub(BEFORE));
    after.chain(before).map(|b| b.run.text.as_str()).filter(|t| !t.is_empty() && t.len() <= LONGEST).collect()
}

/// A date written near the title, in a short line.
fn byline_date(page: &Page, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    near_title(page)
        .into_iter()
        .filter(|t| t.bytes().any(|b| b.is_ascii_digit()))
        .find_map(|t| dates::find(t, ctx.timezone))
        .filter(|d| d.year() >= 1990)
}

// --- authors -------------------------------------------------------------------------------------

fn authors(page: &Page, ctx: &PageContext<'_>) -> Vec<Person> {
    let mut names: Vec<String> = Vec::new();
    if let Some(rule) = ctx.rule {
        for locator in &rule.authors {
            let lines = if locator.regex.is_some() { page.lines() } else { "" };
            names.extend(locator.all(&page.tree, lines).iter().flat_map(|n| split_names(n)));
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
    Regex::new(r"^(?:(?:(?i:written|posted|published|story|text|texte|words|reviewed)\s+)?(?:[Bb]y|BY|Par|PAR|Von|VON|Por|POR|Di|DI|Door)\s+\p{Lu}|(?:Author|Autore?n?|Auteure?|Autora|Text|Texte)\s*:\s*\p{Lu})").expect("a literal pattern")
});

fn generic_authors(page: &Page) -> Vec<String> {
    let head = &page.head;
    let described = page.described.as_ref();
    let metas = ["author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl", "article:author_name", "citation_author", "twitter:data1"];
    let from = |values: Vec<&str>| -> Vec<String> { values.iter().flat_map(|v| split_names(v)).collect() };
    let by_machine = from(described.map(|d| d.authors.iter().map(String::as_str).collect()).unwrap_or_default());
    let by_meta = || {
        metas.iter().map(|name| from(head.metas.iter().filter(|(n, _)| n == name && (*name != "twitter:data1" || says_written(head))).map(|(_, v)| v.as_str()).collect())).find(|l| !l.is_empty())
    };
    let by_property = || {
        let list = from(head.property("author").chain(head.property("creator")).collect());
        (!list.is_empty()).then_some(list)
    };
    let by_line = || head.bylines.iter().map(|b| from(vec![b])).find(|l| !l.is_empty());
    let by_text = || near_title(page).into_iter().filter(|t| SIGNED.is_match(t)).map(|t| from(vec![t])).find(|l| !l.is_empty());
    let site = head.meta_named(&["og:site_name", "application-name"]).map(fold);
    let is_site = |list: &[String]| site.as_ref().is_some_and(|s| list.iter().all(|n| fold(n) == *s));
    let routes = [Some(by_machine).filter(|l| !l.is_empty()), by_meta(), by_property(), by_line(), by_text()];
    let all: Vec<Vec<String>> = routes.into_iter().flatten().collect();
    all.iter().find(|l| !is_site(l)).or_else(|| all.first()).cloned().unwrap_or_default()
}

/// Whether the card for sharing labels its first value as the author.
fn says_written(head: &super::head::Head) -> bool {
    head.meta_named(&["twitter:label1"]).is_some_and(|l| {
        let l = fold(l);
        ["written by", "ecrit par", "verfasst von", "escrito por", "author", "auteur"].iter().any(|w| l.contains(w))
    })
}

/// The names in a statement of authorship: without "By", addresses, dates; split at commas and
/// "and".
pub(super) fn split_names(text: &str) -> Vec<String> {
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:(?:written|posted|published|words|story|text|texte|article|escrito|geschrieben|ein (?:artikel|beitrag)|un article)?\s*(?:by|par|von|por|di|door|de)|author|auteure?|autore?n?|autora|text)\s*:?\s+").expect("a literal pattern")
    });
    static CUT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\s*(?:\||•|·|\bon\b \w+ \d|\ble \d|\bam \d|\bvom \d|\bpublished\b|\bposted\b|\bupdated\b|\bpublié\b|\blast\s+updated\b|\bsays\b|\bveröffentlicht\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}:\d\d|,?\s\b(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim)\b[.,]?\s*\d|,?\s*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d).*$").expect("a literal pattern")
    });
    static SPLIT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\s*(?:[,;&/]|\s(?:and|et|und|y)\s)\s*").expect("a literal pattern")
    });
    if text.contains("://") {
        return Vec::new();
    }
    let text = plain(text);
    let text = LEAD.replace(text.trim(), "");
    let text = CUT.replace(&text, "");
    SPLIT
        .split(text.trim())
        .map(|n| LEAD.replace(n.trim(), "").trim_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '.' | ':' | '-' | '–' | '—' | '"' | '(' | ')' | '@')).to_owned())
        .filter(|n| is_name(n))
        .collect()
}

fn is_name(name: &str) -> bool {
    let count = name.chars().count();
    let lower = fold(name);
    (2..=60).contains(&count)
        && name.chars().any(char::is_alphabetic)
        && !name.contains("://")
        && !name.contains("www.")
        && !lower.contains('@')
        && name.split_whitespace().count() <= 6
        && !["a ", "an ", "and ", "und ", "the "].iter().any(|w| name.starts_with(w))
        && !name.contains(['*', '?', '!', '{', '<'])
        && name.chars().filter(char::is_ascii_digit).count() <= 2
        && !matches!(
            lower.as_str(),
            "admin" | "administrator" | "author" | "authors" | "staff" | "editor" | "ph.d" | "phd" | "md" | "m.d" | "jr" | "null"
                | "undefined" | "unknown" | "none" | "anonymous" | "user" | "webmaster" | "mba" | "esq" | "redaction" | "view bio" | "contributor"
                | "staff writer" | "written by" | "published" | "updated" | "author name" | "sat" | "sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "wordpressadmin" | "guest" | "guest author" | "by" | "par" | "follow" | "read more" | "rd" | "rdn" | "cfp" | "cpa" | "dds"
        )
}

// --- the rest ------------------------------------------------------------------------------------

/// Fewest characters on which a language is judged.
const ENOUGH_FOR_LANGUAGE: usize = 120;

/// The language of the text: what it is written in goes before what the page says of itself, which
/// is wrong or missing on one page in ten.
fn language_of(page: &Page, ctx: &PageContext<'_>, text: &str) -> Option<String> {
    let stated = page.head.language.as_deref().or_else(|| page.head.meta_named(&["content-language", "language", "og:locale", "dc.language"])).map(str::trim).filter(|l| !l.is_empty() && l.len() < 20);
    let detected = (text.chars().count() >= ENOUGH_FOR_LANGUAGE).then(|| language::detect(text)).flatten();
    match (stated, detected) {
        (Some(stated), Some(found)) if fold(stated).starts_with(found) => Some(stated.replace('_', "-")),
        (_, Some(found)) => Some(found.to_owned()),
        (Some(stated), None) => Some(stated.replace('_', "-")),
        (None, None) => ctx.language.map(str::to_owned),
    }
}

fn image(page: &Page, ctx: &PageContext<'_>) -> Option<String> {
    let by_rule = ctx.rule.and_then(|rule| stated(page, &rule.image));
    let found = by_rule
        .or_else(|| page.head.meta_named(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "image", "thumbnail"]).map(str::to_owned))
        .or_else(|| page.described.as_ref().and_then(|d| d.image.clone()))
        .or_else(|| page.head.link("image_src").map(str::to_owned))?;
    let url = page.base.join(found.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// The canonical address, where it may be believed: it parses, belongs to the same family of
/// hosts, is no home page and no unrendered template.
fn canonical(page: &Page, ctx: &PageContext<'_>) -> Option<String> {
    let believable = |text: &str| -> Option<Url> {
        if text.contains(['{', '}']) || text.contains("%7B") {
            return None;
        }
        let mut url = ctx.url.join(text.trim()).ok()?;
        let same = url.host_str() == ctx.url.host_str() || (ctx.same_family)(&url);
        let home = url.path().trim_matches('/').is_empty() && url.query().is_none();
        if !matches!(url.scheme(), "http" | "https") || !same || home {
            return None;
        }
        if url.host_str() == ctx.url.host_str() && url.scheme() != ctx.url.scheme() {
            url.set_scheme(ctx.url.scheme()).ok()?;
        }
        url.set_fragment(None);
        Some(url)
    };
    page.head.link("canonical").and_then(believable).or_else(|| page.head.meta_named(&["og:url"]).and_then(believable)).map(Into::into)
}

fn next_page(page: &Page, ctx: &PageContext<'_>) -> Option<String> {
    let rule: &SiteRule = ctx.rule?;
    let found = stated(page, &rule.next_page)?;
    let url = page.base.join(&found).ok()?;
    let same = url.host_str() == ctx.url.host_str() || (ctx.same_family)(&url);
    (same && url != *ctx.url).then(|| url.into())
}
