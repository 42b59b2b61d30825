//! Articles that go on over several pages: which link leads to the next one, and what of it is new.
//!
//! A site rule is believed; without one only an address that is the article's own with a page's
//! number is. Fetches nothing and keeps nothing: what stood on the pages before is an argument.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::PageContext;
use super::blocks;
use super::metadata::stated;
use super::page::Page;
use crate::model::Extracted;
use crate::text::html::outline::{self, Block, Reading};
use crate::text::html::{self, render};

/// A page that continues an article.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Address of the article's first page.
    pub first: &'a Url,
    /// Route that gave the first page's body.
    pub how: &'a str,
    /// Marks of the paragraphs and pictures of the pages before ([`Extraction::marks`]).
    ///
    /// [`Extraction::marks`]: super::Extraction::marks
    pub marks: &'a HashSet<u64>,
}

/// The address of the next page of the article, if the page names one.
pub(super) fn next(page: &Page, ctx: &PageContext<'_>) -> Option<String> {
    let first = ctx.part.map_or(ctx.url, |part| part.first);
    let new = |url: &Url| address(url) != address(ctx.url) && address(url) != address(first);
    let ruled = ctx.rule.and_then(|rule| {
        let url = page.base.join(&stated(page, &rule.next_page)?).ok()?;
        let same = url.host_str() == ctx.url.host_str() || (ctx.same_family)(&url);
        (same && new(&url)).then_some(url)
    });
    let generic = || {
        let urls = page.head.next.iter().filter_map(|n| page.base.join(n).ok());
        let mut fitting = urls.filter(|url| new(url) && continues(first, ctx.url, url));
        fitting.next()
    };
    let mut url = ruled.or_else(generic)?;
    url.set_fragment(None);
    Some(url.into())
}

/// An address without what only scrolls.
fn address(url: &Url) -> &str {
    url.as_str().split('#').next().unwrap_or_default()
}

/// Whether an address is the page after `here` of the article that begins at `first`: the same
/// address with the next page's number, in a parameter or at the end of the path. An outlet's link
/// to the *next article* never is.
fn continues(first: &Url, here: &Url, next: &Url) -> bool {
    if first.origin() != next.origin() {
        return false;
    }
    match (number(first, here), number(first, next)) {
        // Some outlets count from nought.
        (None, Some(next)) => matches!(next, 1 | 2),
        (Some(here), Some(next)) => next == here + 1,
        (_, None) => false,
    }
}

/// Parameters that hold a page's number.
const PARAMETERS: &[&str] = &[
    "page", "pg", "paged", "seite", "pagina", "page_no", "pageno",
];

/// The page's number that an address adds to that of the article's first page.
fn number(first: &Url, url: &Url) -> Option<u32> {
    static ADDED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:[/_,]|[-_/,.]?(?:page|seite|pagina|p)[-_/=,]?)(\d{1,2})/?$")
            .expect("a literal pattern")
    });
    let is_number = |name: &str| PARAMETERS.contains(&name);
    let others = |url: &Url| -> Vec<(String, String)> {
        let pairs = url.query_pairs().filter(|(name, _)| !is_number(name));
        pairs
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect()
    };
    if others(first) != others(url) {
        return None;
    }
    let (stem, extension) = split(first.path());
    if url.path().trim_end_matches('/') == first.path().trim_end_matches('/') {
        let (_, value) = url.query_pairs().find(|(name, _)| is_number(name))?;
        return value.parse().ok().filter(|n| *n < 100);
    }
    let added = url.path().strip_prefix(stem)?;
    let added = added.strip_suffix(extension).unwrap_or(added);
    let added = added.strip_prefix(extension).unwrap_or(added);
    ADDED.captures(added)?.get(1)?.as_str().parse().ok()
}

/// A path without its ending, and the ending: `/a/b` and `.html`.
fn split(path: &str) -> (&str, &str) {
    let path = path.trim_end_matches('/');
    let dot = path
        .rfind('.')
        .filter(|at| path.len() - at <= 6 && !path[*at..].contains('/'));
    path.split_at(dot.unwrap_or(path.len()))
}

/// What marks a block: its words, or what it shows where it has none.
fn mark(block: &Block) -> u64 {
    let words = blocks::words(&block.run.text);
    if words.is_empty() {
        return blocks::joined(&blocks::words(&block.run.html));
    }
    blocks::joined(&words)
}

/// The marks of an article's blocks.
pub(super) fn marks(blocks: &[Block]) -> Vec<u64> {
    blocks.iter().map(mark).collect()
}

/// Fewest words of a paragraph that is left out wherever it stands when a page before had it.
const TELLING: usize = 5;

/// The blocks that the pages before did not have, and the marks of those at the end of the page that
/// they had: what stands at the foot of every page. A few words may well be said again in the text (a
/// question, an answer); at its edges they are the page's heading or foot.
pub(super) fn new_blocks(mut blocks: Vec<Block>, known: &HashSet<u64>) -> (Vec<Block>, Vec<u64>) {
    let fresh = |block: &Block| !known.contains(&mark(block));
    let Some(first) = blocks.iter().position(fresh) else {
        return (Vec::new(), Vec::new());
    };
    let last = blocks.iter().rposition(fresh).unwrap_or(first);
    let foot = marks(&blocks.split_off(last + 1));
    blocks.drain(..first);
    blocks.retain(|block| {
        let row = block.path.iter().any(|c| c.tag == "tr");
        let words = blocks::words(&block.run.text).len();
        row || fresh(block) || (1..TELLING).contains(&words)
    });
    (blocks, foot)
}

/// Puts the continuation of an article behind it. What is said about the article stays as its first
/// page says it; a credit at the very end counts where there was none. What ends the pages so far and
/// stands at the foot of the next one, too ([`Extraction::foot`]), is none of its text: a box on the
/// author, an appeal.
///
/// [`Extraction::foot`]: super::Extraction::foot
pub fn join(whole: &mut Extracted, part: Extracted, foot: &[u64]) {
    let html = std::mem::take(&mut whole.html);
    whole.html = without_foot(html, foot, Some(&mut whole.text));
    whole.untouched = whole
        .untouched
        .take()
        .map(|html| without_foot(html, foot, None));
    if whole.untouched.is_some() || part.untouched.is_some() {
        let untouched = whole.untouched.get_or_insert_with(|| whole.html.clone());
        append(untouched, part.untouched.as_ref().unwrap_or(&part.html));
    }
    append(&mut whole.html, &part.html);
    append(&mut whole.text, &part.text);
    whole.pages += part.pages;
    whole.next_page = part.next_page;
    whole.agency = whole.agency.take().or(part.agency);
    if whole.authors.is_empty() {
        whole.authors = part.authors;
    }
    whole.agreement = match (whole.agreement, part.agreement) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    whole.warnings.extend(part.warnings);
}

/// Clean HTML, and its text, without the last blocks as far as they are of the foot.
fn without_foot(html: String, foot: &[u64], text: Option<&mut String>) -> String {
    if foot.is_empty() {
        return html;
    }
    let blocks = outline::read_fragment(&html, Reading::default()).blocks;
    let own = blocks
        .iter()
        .rposition(|block| !foot.contains(&mark(block)));
    let Some((own, rest)) = own.and_then(|last| blocks.split_at_checked(last + 1)) else {
        return html;
    };
    if let Some(text) = text {
        let lines = rest.iter().flat_map(|block| block.run.text.lines());
        for line in lines.rev() {
            if let Some(kept) = text.strip_suffix(line.trim()) {
                text.truncate(kept.trim_end().len());
            }
        }
    }
    html::seal(&render::to_html(own))
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push('\n');
    }
    text.push_str(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse("https://journal.example/")
            .and_then(|base| base.join(text))
            .expect("a literal address")
    }

    #[test]
    fn only_the_same_address_with_the_next_number_continues_an_article() {
        for (first, here, next, expected) in [
            (
                "/a/recit.html",
                "/a/recit.html",
                "/a/recit.html?page=2",
                true,
            ),
            ("/a/recit.html", "/a/recit.html", "/a/recit_2.html", true),
            (
                "/a/recit.html",
                "/a/recit.html",
                "/a/recit,page-2.html",
                true,
            ),
            ("/a/recit.html", "/a/recit.html", "/a/recit.html/2", true),
            ("/a/recit/", "/a/recit/", "/a/recit/2/", true),
            ("/a/recit", "/a/recit", "/a/recit/page/2/", true),
            ("/a/recit", "/a/recit", "/a/recit?page=1", true), // counted from nought
            ("/a/recit", "/a/recit?page=2", "/a/recit?page=3", true),
            (
                "/a/recit?page=1",
                "/a/recit?page=1",
                "/a/recit?page=2",
                true,
            ),
            ("/?p=5", "/?p=5", "/?p=5&page=2", true),
            ("/a?id=7", "/a?id=7", "/a?id=7&page=2", true),
            ("/a/recit/2/", "/a/recit/3/", "/a/recit/4/", false),
            // The next article, whatever its address.
            ("/a/recit", "/a/recit", "/a/autre-recit", false),
            ("/a/recit.html", "/a/recit.html", "/a/recit-2.html", false),
            ("/news/123", "/news/123", "/news/124", false),
            ("/news/1", "/news/1", "/news/2", false),
            ("/a?id=7", "/a?id=7", "/a?id=8", false),
            ("/?p=5", "/?p=5", "/?p=6", false),
            (
                "/2026/03/02/recit",
                "/2026/03/02/recit",
                "/2026/03/03/recit",
                false,
            ),
            ("/a/recit", "/a/recit", "/a/recit/2026", false),
            ("/a/recit", "/a/recit", "/a/recit/commentaires-2", false),
            // Not the one after this one.
            ("/a/recit", "/a/recit", "/a/recit/3", false),
            ("/a/recit", "/a/recit/3", "/a/recit/2", false),
            ("/a/recit", "/a/recit", "/a/recit", false),
            // Elsewhere.
            (
                "/a/recit",
                "/a/recit",
                "https://autre.example/a/recit/2",
                false,
            ),
            (
                "/a/recit",
                "/a/recit",
                "http://journal.example/a/recit/2",
                false,
            ),
        ] {
            let found = continues(&url(first), &url(here), &url(next));
            assert_eq!(found, expected, "{first}: {here} to {next}");
        }
    }
}
