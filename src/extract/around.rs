//! What stands around an article's title: its subtitle, and the section of the outlet it belongs to.
//!
//! A page's description for search engines is neither: it is an advertisement. Must not read the
//! body.

use super::PageContext;
use super::metadata::stated;
use super::page::Page;
use super::title::{letters, site_names};
use crate::text::html::outline::Kind;
use crate::text::html::plain;

/// Words of a subtitle.
const SUBTITLE: std::ops::RangeInclusive<usize> = 4..=120;
/// Letters of a title that a subtitle does not hold by chance.
const TITLE: usize = 12;
/// Blocks after the title among which the subtitle is looked for.
const NEAR: usize = 16;
/// Words of a paragraph with which the body has begun.
const BODY: usize = 25;

/// The subtitle: by the rule, else what the page calls so between title and body, else what it
/// states for machines.
pub(super) fn subtitle(
    page: &Page,
    ctx: &PageContext<'_>,
    headline: Option<&str>,
) -> Option<String> {
    let own = letters(headline.unwrap_or_default());
    let told = |text: &str| {
        let folded = letters(text);
        SUBTITLE.contains(&text.split_whitespace().count())
            && !own.contains(&folded)
            && (own.len() < TITLE || !folded.contains(&own))
    };
    let ruled = ctx.rule.and_then(|rule| stated(page, &rule.subtitle));
    let described = page.described.as_ref();
    ruled
        .or_else(|| printed(page, &own))
        .or_else(|| described.and_then(|d| d.subtitle.clone()))
        .map(|text| plain(&text))
        .filter(|text| told(text))
}

/// What is called a subtitle and stands between the title and the first paragraph.
fn printed(page: &Page, title: &str) -> Option<String> {
    let called = &page.head.subtitles;
    if called.is_empty() {
        return None;
    }
    let blocks = &page.outline().blocks;
    let heading = |exact: bool| {
        blocks
            .iter()
            .position(|b| b.kind == Kind::Heading(1) && (!exact || letters(&b.run.text) == title))
    };
    let at = heading(true).or_else(|| heading(false))?;
    for block in blocks.iter().skip(at + 1).take(NEAR) {
        let text = letters(&block.run.text);
        let found = called
            .iter()
            .find(|c| !text.is_empty() && letters(c).starts_with(&text));
        if let Some(found) = found {
            return Some(found.clone());
        }
        if block.run.text.split_whitespace().count() >= BODY {
            return None;
        }
    }
    None
}

/// Most words and characters of a section's name.
const SECTION: (usize, usize) = (6, 60);
/// First elements of a trail that name the site.
const HOME: &[&str] = &[
    "accueil",
    "home",
    "homepage",
    "startseite",
    "inicio",
    "portada",
    "start",
    "une",
    "alaune",
    "главная",
    "首页",
];

/// The section: by the rule, else what the page states for machines, else the last element of its
/// trail (breadcrumb) that is neither the article nor the site.
pub(super) fn section(
    page: &Page,
    ctx: &PageContext<'_>,
    headline: Option<&str>,
) -> Option<String> {
    let own = letters(headline.unwrap_or_default());
    let site = site_names(page, ctx);
    let named = |text: &str| -> Option<String> {
        let last = plain(text);
        let last = last
            .rsplit(['>', '»', '›'])
            .next()
            .unwrap_or_default()
            .trim();
        let folded = letters(last);
        let short =
            last.split_whitespace().count() <= SECTION.0 && last.chars().count() <= SECTION.1;
        let other = !own.starts_with(&folded) || folded.len() * 3 < own.len();
        let said = folded.chars().any(char::is_alphabetic) && !last.contains("://");
        let home = HOME.contains(&folded.as_str()) || site.contains(&folded);
        (short && other && said && !home).then(|| last.to_owned())
    };
    let ruled = ctx.rule.and_then(|rule| stated(page, &rule.section));
    let described = page.described.as_ref().and_then(|d| d.section.as_deref());
    let meta = page
        .head
        .meta_named(&["article:section", "og:article:section"]);
    ruled
        .as_deref()
        .and_then(named)
        .or_else(|| described.and_then(named))
        .or_else(|| meta.and_then(named))
        .or_else(|| page.crumbs.iter().rev().find_map(|c| named(c)))
        .or_else(|| page.head.trail.iter().rev().find_map(|c| named(c)))
}
