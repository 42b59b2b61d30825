//! A feed as a page that a person reads in a browser, without any script.
//!
//! Knows the model of a published feed, nothing of where it is stored or served. The page carries
//! a policy that forbids scripts, frames and forms whatever the bodies hold.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::labels::Labels;
use super::text::{address, authors, body, language, legal, line, line_of, title};
use super::{GENERATOR, OutEntry, OutFeed};

/// The style sheet of the page.
const STYLE: &str = include_str!("page.css");

/// What the page may load: pictures, sound and film from anywhere, its own style, nothing else.
const POLICY: &str = "default-src 'none'; img-src * data:; media-src *; \
                      style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Addresses of the same feed in the other formats, for autodiscovery and for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formats {
    /// Atom.
    pub atom: Option<String>,
    /// RSS 2.0.
    pub rss: Option<String>,
    /// JSON Feed.
    pub json: Option<String>,
    /// OPML of all our feeds.
    pub opml: Option<String>,
    /// The page that lists all our feeds.
    pub home: Option<String>,
}

impl Formats {
    /// Name, media type and address of each format of this feed.
    fn feeds(&self) -> impl Iterator<Item = (&'static str, &'static str, &str)> {
        let formats = [
            ("Atom", "application/atom+xml", self.atom.as_deref()),
            ("RSS", "application/rss+xml", self.rss.as_deref()),
            ("JSON Feed", "application/feed+json", self.json.as_deref()),
        ];
        formats
            .into_iter()
            .filter_map(|(name, media, url)| Some((name, media, url?)))
    }
}

/// Renders a feed as an HTML page in the language of the feed (French, Spanish, else English).
pub fn page(feed: &OutFeed, formats: &Formats) -> String {
    let labels = Labels::of(feed.language.as_deref());
    let feed_title = line(&feed.title);
    let markup = html! {
        (DOCTYPE)
        html lang=(labels.language) {
            (head(feed, formats, &feed_title))
            body {
                (banner(feed, formats, &feed_title))
                main lang=[language(feed.language.as_deref())] {
                    @for entry in &feed.entries {
                        (article(entry, feed, labels))
                    }
                    @if feed.entries.is_empty() {
                        p.nothing lang=(labels.language) { (labels.nothing) }
                    }
                }
                (footer(feed, labels))
            }
        }
    };
    markup.into_string()
}

fn head(feed: &OutFeed, formats: &Formats, feed_title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            meta name="generator" content=(line(&format!("{GENERATOR} {}", feed.version)));
            title { (feed_title) }
            @if let Some(subtitle) = line_of(feed.subtitle.as_deref()) {
                meta name="description" content=(subtitle);
            }
            @if let Some(url) = &feed.html_url {
                link rel="canonical" href=(address(url));
            }
            @for (name, media, url) in formats.feeds() {
                link rel="alternate" type=(media) title=(format!("{feed_title} ({name})"))
                    href=(address(url));
            }
            @if let Some(icon) = &feed.icon {
                link rel="icon" href=(address(icon));
            }
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn banner(feed: &OutFeed, formats: &Formats, feed_title: &str) -> Markup {
    let labels = Labels::of(feed.language.as_deref());
    let date = feed.last_change();
    html! {
        header {
            @if let Some(home) = &formats.home {
                p.home { a href=(address(home)) { (labels.home) } }
            }
            h1 lang=[language(feed.language.as_deref())] { bdi { (feed_title) } }
            @if let Some(subtitle) = line_of(feed.subtitle.as_deref()) {
                p.subtitle lang=[language(feed.language.as_deref())] { (subtitle) }
            }
            nav aria-label=(labels.subscribe) {
                span { (labels.subscribe) }
                ul {
                    @for (name, media, url) in formats.feeds() {
                        li { a href=(address(url)) type=(media) { (name) } }
                    }
                    @if let Some(url) = &formats.opml {
                        li { a href=(address(url)) { (labels.all_feeds) } }
                    }
                }
            }
            p.when {
                (labels.updated) " "
                time datetime=(super::text::rfc3339(date)) { (labels.date(date)) }
            }
        }
    }
}

fn article(entry: &OutEntry, feed: &OutFeed, labels: &Labels) -> Markup {
    let own = language(entry.language.as_deref());
    let summary = entry.summary.as_deref().map(legal).unwrap_or_default();
    let body = body(entry, feed);
    html! {
        article lang=[own] {
            h2 dir="auto" { a href=(address(&entry.link)) rel="noopener" { (title(entry)) } }
            (byline(entry, feed, labels))
            div.lead {
                @if let Some(image) = &entry.image {
                    img src=(address(image)) alt="" loading="lazy" width="112" height="84";
                }
                @if !summary.trim().is_empty() {
                    p dir="auto" { (summary.trim()) }
                }
            }
            @if !body.is_empty() {
                details {
                    summary lang=(labels.language) { (labels.read) }
                    div.body dir="auto" { (PreEscaped(body)) }
                }
            }
            (links(entry, feed, labels))
        }
    }
}

fn byline(entry: &OutEntry, feed: &OutFeed, labels: &Labels) -> Markup {
    let outlet = line(&entry.source.title);
    let names: Vec<String> = authors(entry, feed)
        .into_iter()
        .map(|author| author.name)
        .filter(|name| *name != outlet)
        .collect();
    html! {
        p.byline {
            @if !outlet.is_empty() {
                @if let Some(url) = &entry.source.link {
                    a.outlet href=(address(url)) rel="noopener" { bdi { (outlet) } }
                } @else {
                    span.outlet { bdi { (outlet) } }
                }
                " · "
            }
            time lang=(labels.language) datetime=(super::text::rfc3339(entry.published)) {
                (labels.date(entry.published))
            }
            @if !names.is_empty() {
                " · " bdi { (names.join(", ")) }
            }
        }
    }
}

fn links(entry: &OutEntry, feed: &OutFeed, labels: &Labels) -> Markup {
    let shown = |category: &super::Category| {
        line_of(category.label.as_deref()).or_else(|| line_of(Some(&category.term)))
    };
    // What stands above the list, or in the line above, need not be said again.
    let said = [line(&feed.title), line(&entry.source.title)];
    let mut tags: Vec<String> = entry.categories.iter().filter_map(shown).collect();
    tags.retain(|tag| !said.contains(tag));
    let files: Vec<(&str, String)> = entry
        .enclosures
        .iter()
        .map(|file| (file.url.as_str(), file_name(&file.url)))
        .collect();
    let copies: Vec<(&str, String)> = entry
        .related
        .iter()
        .map(|(url, title)| {
            (
                url.as_str(),
                line_of(Some(title)).unwrap_or_else(|| address(url).into_owned()),
            )
        })
        .collect();
    html! {
        @for (label, list) in [(labels.related, &copies), (labels.files, &files)] {
            @if !list.is_empty() {
                p.links lang=(labels.language) { (label) }
                ul.links {
                    @for (url, title) in list {
                        li { a href=(address(url)) rel="noopener" { bdi { (title) } } }
                    }
                }
            }
        }
        @if !tags.is_empty() {
            ul.tags { @for tag in &tags { li { bdi { (tag) } } } }
        }
    }
}

fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path
        .rsplit('/')
        .find(|part| !part.is_empty())
        .unwrap_or(url);
    line(name)
}

fn footer(feed: &OutFeed, labels: &Labels) -> Markup {
    let program = line(&format!("{GENERATOR} {}", feed.version));
    html! {
        footer {
            @if let Some(rights) = line_of(feed.rights.as_deref()) {
                p lang=[language(feed.language.as_deref())] { (rights) }
            }
            p {
                (labels.made_by) " "
                @if let Some(url) = &feed.generator_url {
                    a href=(address(url)) { (program) }
                } @else {
                    (program)
                }
            }
        }
    }
}
