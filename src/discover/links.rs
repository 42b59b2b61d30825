//! The links of a page as articles: absolute addresses, those of one article joined.
//!
//! Which links are wanted is decided elsewhere; here only what can never be an article falls away
//! (the page itself, pictures, other protocols), and, unless a pattern names it, another house.

use std::collections::HashMap;

use regex::Regex;
use url::Url;

use super::sheet::Sheet;
use crate::text::url::{Families, strip_tracking};

/// Most links looked at on one page.
pub(crate) const MAX_LINKS: usize = 20_000;

/// How many links to one article are looked at.
const MAX_ANCHORS: usize = 16;

/// Longest address taken, in bytes.
pub(crate) const MAX_ADDRESS: usize = 4096;

/// How many nodes of an element are searched for its link.
const REACH: usize = 2_000;

/// Endings of files that are no article.
const FILES: &[&str] = &[
    "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "ico", "mp3", "m4a", "ogg", "wav", "mp4",
    "webm", "m3u8", "mov", "avi", "css", "js", "json", "xml", "rss", "atom", "rdf", "zip", "gz",
    "rar", "7z", "exe", "apk", "dmg", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "epub",
    "ics", "vcf", "woff", "woff2", "pdf",
];

/// An article as the page links to it.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// Identity of the article.
    pub key: String,
    /// Absolute address, without tracking parameters and fragment.
    pub url: Url,
    /// The linking elements, in the order of the document.
    pub anchors: Vec<usize>,
}

/// Which addresses are taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sieve<'a> {
    /// Address the page was fetched from.
    pub page: &'a Url,
    /// Families of hosts.
    pub families: &'a Families,
    /// When not empty, one of these must match the absolute address.
    pub include: &'a [Regex],
    /// None of these may match it.
    pub exclude: &'a [Regex],
}

/// The links found, and what fell away.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// One per article, in the order of the document.
    pub links: Vec<Link>,
    /// How many pointed to other houses.
    pub elsewhere: usize,
    /// Whether there were more than are looked at.
    pub cut: bool,
}

/// The address relative links are resolved against: `<base href>`, else the page's own.
pub(crate) fn base(sheet: &Sheet<'_>, page: &Url) -> Url {
    (0..sheet.cells.len())
        .find(|&at| sheet.tag(at) == "base" && sheet.attr(at, "href").is_some())
        .and_then(|at| page.join(sheet.attr(at, "href")?.trim()).ok())
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .unwrap_or_else(|| page.clone())
}

/// An address on the page as an absolute one, without its fragment.
pub(crate) fn absolute(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') || href.len() > MAX_ADDRESS {
        return None;
    }
    let mut url = base.join(href).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return None;
    }
    url.set_fragment(None);
    Some(url)
}

/// The address an element stands for: its own, else that of the first link within it.
pub(crate) fn href<'a>(sheet: &Sheet<'a>, at: usize) -> Option<(usize, &'a str)> {
    if let Some(href) = sheet.attr(at, "href") {
        return Some((at, href));
    }
    let within = (at + 1..sheet.cells.get(at)?.end)
        .take(REACH)
        .find(|&n| sheet.tag(n) == "a" && sheet.attr(n, "href").is_some());
    if let Some(anchor) = within {
        return Some((anchor, sheet.attr(anchor, "href")?));
    }
    ["data-href", "data-url", "data-link"]
        .into_iter()
        .find_map(|name| Some((at, sheet.attr(at, name)?)))
}

/// Joins the wanted elements by article.
pub(crate) fn gather(
    sheet: &Sheet<'_>,
    wanted: impl Iterator<Item = usize>,
    sieve: &Sieve<'_>,
) -> Links {
    let base = base(sheet, sieve.page);
    let own = sieve.families.identity(sieve.page).key;
    let mut found = Links::default();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    for (count, at) in wanted.enumerate() {
        if count >= MAX_LINKS {
            found.cut = true;
            break;
        }
        let Some((anchor, url)) =
            href(sheet, at).and_then(|(anchor, href)| Some((anchor, absolute(&base, href)?)))
        else {
            continue;
        };
        let url = strip_tracking(&url);
        if !sieve.passes(&url, &mut found.elsewhere) {
            continue;
        }
        let key = sieve.families.identity(&url).key;
        if key == own {
            continue;
        }
        let place = *by_key.entry(key).or_insert_with_key(|key| {
            found.links.push(Link {
                key: key.clone(),
                url,
                anchors: Vec::new(),
            });
            found.links.len() - 1
        });
        let anchors = &mut found.links[place].anchors;
        if anchors.last() != Some(&anchor) && anchors.len() < MAX_ANCHORS {
            anchors.push(anchor);
        }
    }
    found
}

impl Sieve<'_> {
    fn passes(&self, url: &Url, elsewhere: &mut usize) -> bool {
        let address = url.as_str();
        if self.exclude.iter().any(|pattern| pattern.is_match(address)) {
            return false;
        }
        if !self.include.is_empty() {
            return self.include.iter().any(|pattern| pattern.is_match(address));
        }
        if is_file(url) {
            return false;
        }
        let house = self.families.same_house(self.page, url);
        *elsewhere += usize::from(!house);
        house
    }
}

/// Whether the address names a picture, a sound, a script: something that is no page.
fn is_file(url: &Url) -> bool {
    let file = url.path().rsplit('/').next().unwrap_or_default();
    file.rsplit_once('.')
        .is_some_and(|(_, ending)| FILES.contains(&ending.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    #[test]
    fn links_of_one_article_are_joined() {
        let check = |html: &str, expected: &[(&str, usize)]| {
            let html = Html::parse_document(html);
            let sheet = Sheet::lay(&html, &[]);
            let page = Url::parse("http://www.a.fr/monde/").expect("an address");
            let sieve = Sieve {
                page: &page,
                families: &Families::default(),
                include: &[],
                exclude: &[],
            };
            let anchors = (0..sheet.cells.len()).filter(|&at| sheet.tag(at) == "a");
            let links = gather(&sheet, anchors, &sieve).links;
            let got: Vec<_> = links
                .iter()
                .map(|link| (link.url.as_str(), link.anchors.len()))
                .collect();
            assert_eq!(got, expected);
        };
        check(
            "<a href='../x/1-a?utm_source=b'><img></a><a href='https://a.fr/x/1-a#c'>A</a><a href='2-b'>B</a>",
            &[
                ("http://www.a.fr/x/1-a", 2),
                ("http://www.a.fr/monde/2-b", 1),
            ],
        );
        check(
            "<base href='/b/'><a href='1-a'>A</a>",
            &[("http://www.a.fr/b/1-a", 1)],
        );
        check(
            "<a href='.'>a</a><a href='#x'>b</a><a href='mailto:a@b.c'>c</a><a href='javascript:x()'>d</a>",
            &[],
        );
        check(
            "<a href='/p.JPG'>a</a><a href='http://b.fr/x'>b</a><a>c</a><a href='http://['>d</a><a href=' '>e</a>",
            &[],
        );
        check(
            "<a href='//a.fr/am%C3%A9riques/x'>a</a><a href='/amériques/x/'>a</a>",
            &[("http://a.fr/am%C3%A9riques/x", 2)],
        );
    }
}
