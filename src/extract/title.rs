//! The article's title, and the short lines around it.
//!
//! Must not know dates or authors: it says where they are written.

use super::PageContext;
use super::metadata;
use super::page::Page;
use crate::text::fold::fold;
use crate::text::html::outline::Kind;
use crate::text::html::plain;

/// The article's title as plain text.
pub(super) fn find(page: &Page, ctx: &PageContext<'_>) -> Option<String> {
    let by_rule = ctx
        .rule
        .and_then(|rule| metadata::stated(page, &rule.title));
    let found = by_rule
        .or_else(|| generic_title(page, ctx))
        .or_else(|| ctx.hint.title.map(plain))?;
    let mut found = plain(&found);
    for regex in ctx
        .rule
        .map(|r| r.title_strip.as_slice())
        .unwrap_or_default()
    {
        found = regex.replace_all(&found, "").trim().to_owned();
    }
    (!found.is_empty()).then_some(found)
}

/// The title of a page without a rule: the `h1` that the page's own title repeats, else the
/// headline for machines, else a single long `h1`, else the longest part of the page's title.
fn generic_title(page: &Page, ctx: &PageContext<'_>) -> Option<String> {
    let head = &page.head;
    let social = head.meta_named(&["og:title", "twitter:title", "dc.title", "title"]);
    let stated: Vec<String> = [social, head.title.as_deref()]
        .into_iter()
        .flatten()
        .map(plain)
        .collect();
    let described = page.described.as_ref().and_then(|d| d.headline.as_deref());
    let headline = described
        .map(plain)
        .filter(|h| !h.is_empty() && !h.ends_with('…'));
    if let Some(hint) = ctx.hint.title.map(letters).filter(|h| h.len() > 8) {
        let mut known = head.headings.iter().chain(&stated).chain(&headline);
        if let Some(found) = known.find(|t| letters(t) == hint) {
            return Some(found.clone());
        }
    }
    let site = site_names(page, ctx);
    repeated(&head.headings, &stated)
        .or(headline)
        .map(|t| without_site(&t, &site))
        .or_else(|| match head.headings.as_slice() {
            [only] if only.chars().count() > 15 => Some(only.clone()),
            _ => None,
        })
        .or_else(|| head.property("headline").next().map(str::to_owned))
        .or_else(|| {
            stated
                .first()
                .map(|t| longest_part(&without_site(t, &site)))
        })
        .or_else(|| head.headings.first().cloned())
}

/// The longest `h1` that the page's stated title holds, or that holds it. A short heading within a
/// long title is a site's name or a section.
fn repeated(headings: &[String], stated: &[String]) -> Option<String> {
    let stated: Vec<String> = stated.iter().map(|t| letters(t)).collect();
    let agrees = |heading: &str| {
        let h = letters(heading);
        let within = |k: &str| k.contains(&h) && h.len() * 5 >= k.len() * 2;
        h.len() >= 6
            && stated
                .iter()
                .any(|k| within(k) || (k.len() >= 12 && h.contains(k.as_str())))
    };
    headings
        .iter()
        .filter(|h| agrees(h))
        .max_by_key(|h| h.len())
        .cloned()
}

/// Names by which the site calls itself, folded to letters and digits.
pub(super) fn site_names(page: &Page, ctx: &PageContext<'_>) -> Vec<String> {
    let stated = page.head.meta_named(&[
        "og:site_name",
        "application-name",
        "apple-mobile-web-app-title",
    ]);
    let publisher = page.described.as_ref().and_then(|d| d.publisher.as_deref());
    let host = ctx.url.host_str().map(|h| h.trim_start_matches("www."));
    let first = host.and_then(|h| h.split('.').next());
    [stated, publisher, host, first]
        .into_iter()
        .flatten()
        .map(letters)
        .filter(|n| n.len() >= 3)
        .collect()
}

/// Letters and digits of a text, folded: what two spellings of one title share.
pub(super) fn letters(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A title without the site's name at its end.
fn without_site(title: &str, site: &[String]) -> String {
    for separator in [" | ", " – ", " — ", " - ", " :: ", " » ", " · ", " : "] {
        if let Some((before, after)) = title.rsplit_once(separator) {
            let after = letters(after);
            if site
                .iter()
                .any(|name| *name == after || (after.len() >= 4 && name.contains(&after)))
            {
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
        parts = parts
            .into_iter()
            .flat_map(|part| part.split(separator))
            .collect();
    }
    let longest = parts
        .into_iter()
        .map(str::trim)
        .max_by_key(|part| part.chars().count());
    longest.unwrap_or(title).to_owned()
}

/// The short lines near the title: where a page writes date and author.
pub(super) fn near(page: &Page) -> Vec<&str> {
    const LONGEST: usize = 140;
    const BEFORE: usize = 6;
    const AFTER: usize = 20;
    let blocks = &page.outline().blocks;
    let first = page
        .head
        .headings
        .first()
        .map(|h| letters(h))
        .unwrap_or_default();
    let title = blocks
        .iter()
        .position(|b| b.kind == Kind::Heading(1) && letters(&b.run.text) == first)
        .or_else(|| blocks.iter().position(|b| b.kind == Kind::Heading(1)));
    let Some(at) = title else {
        return Vec::new();
    };
    let after = blocks.iter().skip(at + 1).take(AFTER);
    let before = blocks.iter().take(at).skip(at.saturating_sub(BEFORE));
    after
        .chain(before)
        .map(|b| b.run.text.as_str())
        .filter(|t| !t.is_empty() && t.len() <= LONGEST)
        .collect()
}
