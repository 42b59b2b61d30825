//! RSS 2.0 with the modules that readers understand: `content:encoded`, Dublin Core, Atom links,
//! Media RSS and feed history (RFC 5005).
//!
//! Knows the model of a published feed, nothing of where it is stored or served.

use super::atom::{ATOM_NS, HISTORY_NS, MEDIA_NS, chain};
use super::text::{
    address, authors, body, escape, language, legal, line, line_of, media_type, person, rfc822,
    title,
};
use super::xml::Xml;
use super::{Category, GENERATOR, OutEntry, OutFeed};

/// Namespace of `content:encoded`.
const CONTENT_NS: &str = "http://purl.org/rss/1.0/modules/content/";
/// Namespace of Dublin Core.
const DUBLIN_CORE_NS: &str = "http://purl.org/dc/elements/1.1/";
/// Where RSS 2.0 is described, as its `docs` element names it.
const SPECIFICATION: &str = "https://www.rssboard.org/rss-specification";

/// Renders a feed as RSS 2.0.
pub fn rss(feed: &OutFeed) -> Vec<u8> {
    let mut xml = Xml::new();
    let is_archive = feed
        .archive
        .as_ref()
        .is_some_and(|archive| archive.is_archive);
    let attributes = [
        ("version", Some("2.0")),
        ("xmlns:atom", Some(ATOM_NS)),
        ("xmlns:content", Some(CONTENT_NS)),
        ("xmlns:dc", Some(DUBLIN_CORE_NS)),
        ("xmlns:media", Some(MEDIA_NS)),
        ("xmlns:fh", is_archive.then_some(HISTORY_NS)),
    ];
    xml.open("rss", &attributes);
    xml.open("channel", &[]);
    head(&mut xml, feed);
    for entry in &feed.entries {
        write_entry(&mut xml, entry, feed);
    }
    xml.close("channel");
    xml.close("rss");
    xml.finish()
}

fn head(xml: &mut Xml, feed: &OutFeed) {
    let feed_title = line(&feed.title);
    let page = address(feed.html_url.as_deref().unwrap_or(&feed.self_url));
    xml.text("title", &[], &feed_title);
    xml.text("link", &[], &page);
    let subtitle = line_of(feed.subtitle.as_deref());
    let description = subtitle.as_deref().unwrap_or(&feed_title);
    xml.text("description", &[], &escape(description));
    xml.text_of("language", language(feed.language.as_deref()));
    xml.text_of("copyright", line_of(feed.rights.as_deref()).as_deref());
    if let Some(author) = person(&feed.author) {
        xml.text("dc:creator", &[], &author.name);
    }
    xml.text("lastBuildDate", &[], &rfc822(feed.last_change()));
    let generator = format!("{GENERATOR} {}", feed.version);
    xml.text("generator", &[], &line(&generator));
    xml.text("docs", &[], SPECIFICATION);
    if let Some(picture) = feed.logo.as_deref().or(feed.icon.as_deref()) {
        xml.open("image", &[]);
        xml.text("url", &[], &address(picture));
        xml.text("title", &[], &feed_title);
        xml.text("link", &[], &page);
        xml.close("image");
    }
    let own = address(&feed.self_url);
    let attributes = [
        ("rel", Some("self")),
        ("type", Some("application/rss+xml")),
        ("href", Some(own.as_ref())),
    ];
    xml.empty("atom:link", &attributes);
    for hub in &feed.hubs {
        link(xml, "hub", hub);
    }
    if let Some(archive) = &feed.archive {
        chain(xml, "atom:link", archive, &feed.self_url);
    }
}

fn link(xml: &mut Xml, rel: &str, url: &str) {
    xml.empty(
        "atom:link",
        &[("rel", Some(rel)), ("href", Some(&address(url)))],
    );
}

fn write_entry(xml: &mut Xml, entry: &OutEntry, feed: &OutFeed) {
    xml.open("item", &[]);
    xml.text("title", &[], &title(entry));
    xml.text("link", &[], &address(&entry.link));
    xml.text("guid", &[("isPermaLink", Some("false"))], &line(&entry.id));
    xml.text("pubDate", &[], &rfc822(entry.published));
    for author in authors(entry, feed) {
        xml.text("dc:creator", &[], &author.name);
    }
    let own = language(entry.language.as_deref());
    xml.text_of(
        "dc:language",
        own.filter(|own| Some(*own) != language(feed.language.as_deref())),
    );
    for category in &entry.categories {
        write_category(xml, category);
    }
    write_text(xml, entry, feed);
    write_files(xml, entry);
    if let Some(via) = &entry.via {
        link(xml, "via", via);
    }
    for (url, title) in &entry.related {
        let title = line_of(Some(title));
        let attributes = [
            ("rel", Some("related")),
            ("title", title.as_deref()),
            ("href", Some(&*address(url))),
        ];
        xml.empty("atom:link", &attributes);
    }
    if let Some(url) = entry
        .source
        .feed_url
        .as_ref()
        .or(entry.source.link.as_ref())
    {
        xml.text(
            "source",
            &[("url", Some(&address(url)))],
            &line(&entry.source.title),
        );
    }
    xml.close("item");
}

/// A `description`, which is HTML by definition and so escaped twice when plain, before the body.
fn write_text(xml: &mut Xml, entry: &OutEntry, feed: &OutFeed) {
    let body = body(entry, feed);
    let summary = legal(entry.summary.as_deref().unwrap_or_default().trim());
    if !summary.is_empty() || !body.is_empty() {
        xml.text("description", &[], &escape(&summary));
    }
    if !body.is_empty() {
        xml.text("content:encoded", &[], &body);
    }
}

/// The first enclosure, for RSS readers take but one, the others and the thumbnail as Media RSS.
fn write_files(xml: &mut Xml, entry: &OutEntry) {
    for (place, enclosure) in entry.enclosures.iter().enumerate() {
        let url = address(&enclosure.url);
        let media = media_type(enclosure.media_type.as_deref(), &enclosure.url);
        let length = enclosure.length.map(|length| length.to_string());
        if place == 0 {
            let attributes = [
                ("url", Some(url.as_ref())),
                // Zero stands for an unknown size.
                ("length", Some(length.as_deref().unwrap_or("0"))),
                ("type", Some(media)),
            ];
            xml.empty("enclosure", &attributes);
        } else {
            let attributes = [
                ("url", Some(url.as_ref())),
                ("fileSize", length.as_deref()),
                ("type", Some(media)),
            ];
            xml.empty("media:content", &attributes);
        }
    }
    if let Some(image) = &entry.image {
        xml.empty("media:thumbnail", &[("url", Some(&address(image)))]);
    }
}

fn write_category(xml: &mut Xml, category: &Category) {
    let shown = line_of(category.label.as_deref()).or_else(|| line_of(Some(&category.term)));
    if let Some(shown) = shown {
        let scheme = category.scheme.as_deref().map(address);
        xml.text("category", &[("domain", scheme.as_deref())], &shown);
    }
}
