//! What a page states about its article: language, picture, canonical address, next page; title,
//! dates and authors have files of their own.
//!
//! The order of trust is measured (EXTRACTION.md §5): what a page says for machines about this one
//! article goes before what stands in its text. Must not read the body.

use url::Url;

use super::PageContext;
use super::locator::Locator;
use super::page::Page;
use super::{around, authors, dating, paging};
use crate::model::Extracted;
use crate::text::fold::fold;
use crate::text::language;
use crate::text::url::believable;

/// Fills what the page states into the article; `out.text` stands already.
pub(super) fn fill(page: &Page, ctx: &PageContext<'_>, out: &mut Extracted) {
    out.published = dating::published(page, ctx);
    out.modified = dating::modified(page, ctx).filter(|m| out.published.is_none_or(|p| *m >= p));
    for person in authors::find(page, ctx) {
        authors::add(person, &mut out.authors);
    }
    out.language = language_of(page, ctx, &out.text);
    out.image = image(page, ctx);
    out.canonical = canonical(page, ctx);
    out.subtitle = around::subtitle(page, ctx, out.title.as_deref());
    out.section = around::section(page, ctx, out.title.as_deref());
    out.next_page = paging::next(page, ctx);
}

/// The first value that a list of locators finds.
pub(super) fn stated(page: &Page, locators: &[Locator]) -> Option<String> {
    locators.iter().find_map(|l| {
        let lines = if l.regex.is_some() { page.lines() } else { "" };
        l.all(&page.tree, lines).into_iter().next()
    })
}

/// Fewest characters on which a language is judged.
const ENOUGH_FOR_LANGUAGE: usize = 120;

/// The language of the text: what it is written in goes before what the page says of itself, which
/// is wrong or missing on one page in ten.
fn language_of(page: &Page, ctx: &PageContext<'_>, text: &str) -> Option<String> {
    let stated = page
        .head
        .language
        .as_deref()
        .or_else(|| {
            page.head
                .meta_named(&["content-language", "language", "og:locale", "dc.language"])
        })
        .map(str::trim)
        .filter(|l| !l.is_empty() && l.len() < 20);
    let detected = (text.chars().count() >= ENOUGH_FOR_LANGUAGE)
        .then(|| language::detect(text))
        .flatten();
    match (stated, detected) {
        (Some(stated), Some(found)) if fold(stated).starts_with(found) => {
            Some(stated.replace('_', "-"))
        }
        (_, Some(found)) => Some(found.to_owned()),
        (Some(stated), None) => Some(stated.replace('_', "-")),
        (None, None) => ctx.language.map(str::to_owned),
    }
}

fn image(page: &Page, ctx: &PageContext<'_>) -> Option<String> {
    let by_rule = ctx.rule.and_then(|rule| stated(page, &rule.image));
    let found = by_rule
        .or_else(|| {
            page.head
                .meta_named(&[
                    "og:image:secure_url",
                    "og:image",
                    "og:image:url",
                    "twitter:image",
                    "twitter:image:src",
                    "image",
                    "thumbnail",
                ])
                .map(str::to_owned)
        })
        .or_else(|| page.described.as_ref().and_then(|d| d.image.clone()))
        .or_else(|| page.head.link("image_src").map(str::to_owned))?;
    let url = page.base.join(found.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// The canonical address, where it may be believed.
fn canonical(page: &Page, ctx: &PageContext<'_>) -> Option<String> {
    let same_house = |url: &Url| url.host_str() == ctx.url.host_str() || (ctx.same_family)(url);
    let believable = |text: &str| believable(ctx.url, text, &same_house);
    page.head
        .link("canonical")
        .and_then(believable)
        .or_else(|| page.head.meta_named(&["og:url"]).and_then(believable))
        .map(Into::into)
}
