//! A page that lists articles, read by selectors and patterns where a person gave some, else by
//! its structure (`generic`): one candidate per article, however often the page links it.
//!
//! Pure, and never fails: what is not understood becomes a warning. The caller has looked at the
//! shape of the markup (`text::html::guard`) before. Whether a candidate is new is not known here.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use regex::Regex;
use scraper::{Html, Selector};
use serde::Deserialize;
use url::Url;

use super::area::Areas;
use super::entry::{Facts, Marks, Reader};
use super::generic;
use super::links::{self, Link, Links, Sieve, gather};
use super::moment::Clockwork;
use super::paging;
use super::sheet::{MAX_NODES, Sheet};
use super::wording::units;
use crate::model::{Candidate, Discovery, FeedInfo, SpecError, Warning};
use crate::text::url::{Families, compile_pattern};

/// Most pages of a listing that may be asked for.
pub const MAX_PAGES: u32 = 50;

/// How many nodes of one entry are searched for its link.
const ENTRY_NODES: usize = 20_000;

const ENTRY: u32 = 1 << 0;
const LINK: u32 = 1 << 1;
const TITLE: u32 = 1 << 2;
const DATE: u32 = 1 << 3;
const TEASER: u32 = 1 << 4;
const DATE_ATTRIBUTE: u32 = 1 << 5;
const NEXT: u32 = 1 << 6;

/// How a listing is read, as written in TOML. Empty: by structure alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ListingSpec {
    /// Selector of the element around one article; the others are then looked for within it.
    pub entry: Option<String>,
    /// Selector of the link (or of an element that holds it).
    pub link: Option<String>,
    /// Selector of the title; the link's own text otherwise.
    pub title: Option<String>,
    /// Selector of the element whose text or `datetime` is the date.
    pub date: Option<String>,
    /// Selector and attribute that holds the date, for instance `a@data-time`.
    pub date_attribute: Option<String>,
    /// Whether the day may be taken from the address; true where it is left out.
    pub date_from_url: Option<bool>,
    /// Selector of the teaser.
    pub teaser: Option<String>,
    /// Patterns of which one must match the absolute address. With these, articles of other houses
    /// are taken too.
    pub include: Vec<String>,
    /// Patterns of which none may match the absolute address.
    pub exclude: Vec<String>,
    /// Selector of the link to the next page, or an address with `{page}` for its number.
    pub next: Option<String>,
    /// How many pages are read on the first poll; 1 where it is left out.
    pub pages: Option<u32>,
}

/// A listing's rules, ready to use.
#[derive(Debug, Clone)]
pub struct Listing {
    entry: Option<Selector>,
    link: Option<Selector>,
    title: Option<Selector>,
    date: Option<Selector>,
    teaser: Option<Selector>,
    date_attribute: Option<(Selector, String)>,
    date_from_url: bool,
    include: Vec<Regex>,
    exclude: Vec<Regex>,
    next: Next,
    /// How many pages are read on the first poll.
    pub pages: u32,
}

#[derive(Debug, Clone, Default)]
enum Next {
    #[default]
    Usual,
    Selector(Selector),
    Address(String),
}

/// What a listing is read with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Address the page was fetched from (after redirects).
    pub base: &'a Url,
    /// The rules.
    pub listing: &'a Listing,
    /// Families of hosts, for identities.
    pub families: &'a Families,
    /// Zone of dates that state none.
    pub timezone: Option<Tz>,
    /// When the page was fetched.
    pub fetched_at: DateTime<Utc>,
}

impl Default for Listing {
    /// What an empty specification compiles to: by structure alone.
    fn default() -> Self {
        Self {
            entry: None,
            link: None,
            title: None,
            date: None,
            teaser: None,
            date_attribute: None,
            date_from_url: true,
            include: Vec::new(),
            exclude: Vec::new(),
            next: Next::Usual,
            pages: 1,
        }
    }
}

impl Listing {
    /// Compiles the rules, or names everything that is wrong with them.
    pub fn compile(spec: &ListingSpec) -> Result<Self, Vec<SpecError>> {
        let mut wrong = Vec::new();
        let mut select =
            |key, text: &Option<String>| compile_selector(key, text.as_deref()?, &mut wrong);
        let entry = select("entry", &spec.entry);
        let link = select("link", &spec.link);
        let title = select("title", &spec.title);
        let date = select("date", &spec.date);
        let teaser = select("teaser", &spec.teaser);
        let date_attribute = spec
            .date_attribute
            .as_deref()
            .and_then(|text| compile_attribute(text, &mut wrong));
        let next = match spec.next.as_deref() {
            None => Next::Usual,
            Some(text) if text.contains("{page}") => Next::Address(text.trim().to_owned()),
            Some(text) => {
                compile_selector("next", text, &mut wrong).map_or(Next::Usual, Next::Selector)
            }
        };
        let include = compile_patterns("include", &spec.include, &mut wrong);
        let exclude = compile_patterns("exclude", &spec.exclude, &mut wrong);
        let pages = spec.pages.unwrap_or(1);
        if pages == 0 || pages > MAX_PAGES {
            wrong.push(SpecError {
                key: "pages",
                index: None,
                message: format!("`pages = {pages}` is not between 1 and {MAX_PAGES}"),
                help: "the first page alone is `pages = 1`".to_owned(),
            });
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let date_from_url = spec.date_from_url.unwrap_or(true);
        Ok(Self {
            entry,
            link,
            title,
            date,
            teaser,
            date_attribute,
            date_from_url,
            include,
            exclude,
            next,
            pages,
        })
    }

    /// Whether links are found by structure: nobody said where they stand or how they look.
    fn is_generic(&self) -> bool {
        self.entry.is_none() && self.link.is_none() && self.include.is_empty()
    }

    /// The selectors given, each with its mark.
    fn selectors(&self) -> Vec<(u32, &Selector)> {
        let attribute = self.date_attribute.as_ref().map(|(selector, _)| selector);
        let next = if let Next::Selector(selector) = &self.next {
            Some(selector)
        } else {
            None
        };
        let all = [
            (ENTRY, self.entry.as_ref()),
            (LINK, self.link.as_ref()),
            (TITLE, self.title.as_ref()),
            (DATE, self.date.as_ref()),
            (TEASER, self.teaser.as_ref()),
            (DATE_ATTRIBUTE, attribute),
            (NEXT, next),
        ];
        all.into_iter()
            .filter_map(|(mark, selector)| Some((mark, selector?)))
            .collect()
    }
}

/// Reads a listing.
pub fn read(html: &str, ctx: &Context<'_>) -> Discovery {
    let html = Html::parse_document(html);
    let given = ctx.listing.selectors();
    let selectors: Vec<&Selector> = given.iter().map(|(_, selector)| *selector).collect();
    let mut sheet = Sheet::lay(&html, &selectors);
    let masks: Vec<u32> = given.iter().map(|(mark, _)| *mark).collect();
    sheet.rename_marks(&masks);
    let sheet = sheet;
    let mut discovery = Discovery {
        format: "listing".to_owned(),
        ..Discovery::default()
    };
    discovery.feed = about(&sheet, ctx.base);
    let (found, bounds) = wanted(&sheet, ctx);
    warn(&mut discovery.warnings, &sheet, &found);
    let areas = Areas::find(&sheet, &found.links, |anchor| bounds.get(&anchor).copied());
    let has = |mark| if masks.contains(&mark) { mark } else { 0 };
    let reader = Reader {
        sheet: &sheet,
        areas: &areas,
        marks: Marks {
            title: has(TITLE),
            date: has(DATE),
            teaser: has(TEASER),
            date_attribute: has(DATE_ATTRIBUTE),
        },
        date_attribute: ctx
            .listing
            .date_attribute
            .as_ref()
            .map(|(_, name)| name.as_str()),
        clock: Clockwork {
            timezone: ctx.timezone,
            fetched_at: ctx.fetched_at,
        },
        leading: RefCell::default(),
    };
    let base = links::base(&sheet, ctx.base);
    for (place, link) in found.links.iter().enumerate() {
        let facts = reader.read(link, place);
        discovery
            .candidates
            .push(candidate(link, facts, &reader, &base, ctx));
    }
    discovery.hints.next = next(&sheet, &base, ctx).map(String::from);
    discovery
}

/// The links that are articles, and for anchors within an entry the number of the entry.
fn wanted(sheet: &Sheet<'_>, ctx: &Context<'_>) -> (Links, HashMap<usize, usize>) {
    let listing = ctx.listing;
    let sieve = Sieve {
        page: ctx.base,
        families: ctx.families,
        include: &listing.include,
        exclude: &listing.exclude,
    };
    let is_link = |at: usize| sheet.tag(at) == "a" && sheet.attr(at, "href").is_some();
    let mark = |at: usize, mark: u32| sheet.cells[at].marks & mark != 0;
    let all = 0..sheet.cells.len();
    if listing.is_generic() {
        let mut found = gather(sheet, all.filter(|&at| is_link(at)), &sieve);
        generic::keep_articles(sheet, &mut found.links, ctx.base);
        return (found, HashMap::new());
    }
    if listing.entry.is_none() {
        let wanted = |at: &usize| {
            if listing.link.is_some() {
                mark(*at, LINK)
            } else {
                is_link(*at)
            }
        };
        return (gather(sheet, all.filter(wanted), &sieve), HashMap::new());
    }
    let mut chosen = Vec::new();
    let mut bounds = HashMap::new();
    let mut at = 0;
    while at < sheet.cells.len() {
        if !mark(at, ENTRY) {
            at += 1;
            continue;
        }
        let inside = at + 1..sheet.cells[at].end.min(at + ENTRY_NODES);
        let anchors: Vec<usize> = if listing.link.is_some() {
            (at..inside.end).filter(|&n| mark(n, LINK)).collect()
        } else {
            main_link(
                sheet,
                std::iter::once(at).chain(inside).filter(|&n| is_link(n)),
                &sieve,
            )
        };
        // Entries within entries: the outer one is passed over only where it holds a link.
        let next = if anchors.is_empty() {
            at + 1
        } else {
            sheet.cells[at].end
        };
        for anchor in anchors {
            let anchor_at = links::href(sheet, anchor).map_or(anchor, |(inner, _)| inner);
            bounds.insert(anchor_at, at);
            chosen.push(anchor);
        }
        at = next;
    }
    (gather(sheet, chosen.into_iter(), &sieve), bounds)
}

/// Of the links in one entry those of its article: the one in a heading, else the wordiest.
fn main_link(
    sheet: &Sheet<'_>,
    anchors: impl Iterator<Item = usize>,
    sieve: &Sieve<'_>,
) -> Vec<usize> {
    let found = gather(sheet, anchors, sieve).links;
    let weight = |link: &Link| {
        let weigh = |&anchor: &usize| {
            let heading = sheet
                .ancestors(anchor)
                .take(3)
                .any(|at| super::entry::is_heading(sheet, at));
            units(&sheet.text_of(anchor)) + if heading { 100.0 } else { 0.0 }
        };
        link.anchors.iter().map(weigh).fold(0.0, f64::max)
    };
    let mut best: Option<(f64, &Link)> = None;
    for link in &found {
        let weight = weight(link);
        if best.is_none_or(|(top, _)| weight > top) {
            best = Some((weight, link));
        }
    }
    best.map_or_else(Vec::new, |(_, link)| link.anchors.clone())
}

fn candidate(
    link: &Link,
    facts: Facts,
    reader: &Reader<'_>,
    base: &Url,
    ctx: &Context<'_>,
) -> Candidate {
    let address = if ctx.listing.date_from_url {
        reader.clock.address(&link.url)
    } else {
        None
    };
    Candidate {
        id: link.key.clone(),
        link: Some(link.url.to_string()),
        title: facts.title,
        published: reader.clock.agree(facts.date, address),
        summary: facts.teaser,
        language: link
            .anchors
            .iter()
            .find_map(|&at| reader.sheet.attr(at, "hreflang"))
            .map(str::to_owned),
        image: facts
            .image
            .and_then(|source| links::absolute(base, &source))
            .map(String::from),
        complete: true,
        ..Candidate::default()
    }
}

fn about(sheet: &Sheet<'_>, base: &Url) -> FeedInfo {
    let title = (0..sheet.cells.len())
        .find(|&at| sheet.tag(at) == "title")
        .map(|at| sheet.text_of(at));
    FeedInfo {
        title: title.filter(|title| !title.is_empty()),
        link: Some(base.to_string()),
        language: sheet
            .attr(0, "lang")
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned),
        ..FeedInfo::default()
    }
}

fn warn(warnings: &mut Vec<Warning>, sheet: &Sheet<'_>, found: &Links) {
    if sheet.cut {
        warnings.push(Warning::new(
            "",
            format!("The page has more than {MAX_NODES} nodes; the rest was not looked at."),
        ));
    }
    if found.cut {
        warnings.push(Warning::new(
            "",
            format!(
                "The page has more than {} links; the rest was not looked at.",
                links::MAX_LINKS
            ),
        ));
    }
    if found.links.is_empty() {
        warnings.push(Warning::new(
            "",
            "No link on this page looks like an article; name the links with `link` or `include`.",
        ));
    } else if found.elsewhere > 0 {
        let count = found.elsewhere;
        warnings.push(Warning::new("", format!("{count} links to other houses were passed over; name them in `include` to take them.")));
    }
}

fn next(sheet: &Sheet<'_>, base: &Url, ctx: &Context<'_>) -> Option<Url> {
    let url = match &ctx.listing.next {
        Next::Address(template) => paging::numbered(template, ctx.base),
        Next::Selector(_) => (0..sheet.cells.len())
            .filter(|&at| sheet.cells[at].marks & NEXT != 0)
            .find_map(|at| links::absolute(base, links::href(sheet, at)?.1)),
        Next::Usual => paging::usual(sheet, base),
    }?;
    let same_page = HashSet::from([ctx.base.as_str(), base.as_str()]).contains(url.as_str());
    (!same_page && ctx.families.same_house(ctx.base, &url)).then_some(url)
}

fn compile_selector(key: &'static str, text: &str, wrong: &mut Vec<SpecError>) -> Option<Selector> {
    match Selector::parse(text) {
        Ok(selector) => Some(selector),
        Err(_) => {
            wrong.push(SpecError {
                key,
                index: None,
                message: format!("`{text}` is not a CSS selector"),
                help: "write it as in a style sheet, for instance `.tit > a`".to_owned(),
            });
            None
        }
    }
}

fn compile_attribute(text: &str, wrong: &mut Vec<SpecError>) -> Option<(Selector, String)> {
    match text.rsplit_once('@') {
        Some((selector, name)) if !name.trim().is_empty() => {
            let selector = if selector.trim().is_empty() {
                "*"
            } else {
                selector
            };
            Some((
                compile_selector("date_attribute", selector, wrong)?,
                name.trim().to_ascii_lowercase(),
            ))
        }
        _ => {
            wrong.push(SpecError {
                key: "date_attribute",
                index: None,
                message: format!("`{text}` names no attribute"),
                help: "write selector, `@` and attribute, for instance `a@data-time`".to_owned(),
            });
            None
        }
    }
}

fn compile_patterns(
    key: &'static str,
    patterns: &[String],
    wrong: &mut Vec<SpecError>,
) -> Vec<Regex> {
    let mut compiled = Vec::new();
    for (index, pattern) in patterns.iter().enumerate() {
        match compile_pattern(pattern) {
            Ok(regex) => compiled.push(regex),
            Err(message) => wrong.push(SpecError {
                key,
                index: Some(index),
                message,
                help: "the pattern is searched in the whole address, for instance `/c_\\d+\\.htm$`"
                    .to_owned(),
            }),
        }
    }
    compiled
}

#[cfg(test)]
mod tests;
