//! Atom 1.0 (RFC 4287), with archive documents (RFC 5005) and Media RSS thumbnails.
//!
//! Knows the model of a published feed, nothing of where it is stored or served.

use super::text::{
    address, authors, body, language, legal, line, line_of, media_type, person, rfc3339, title,
};
use super::xml::Xml;
use super::{ArchiveLinks, Category, EntrySource, GENERATOR, OutEntry, OutFeed};
use crate::model::{Enclosure, Person};

/// Namespace of Atom (RFC 4287 §2).
pub(super) const ATOM_NS: &str = "http://www.w3.org/2005/Atom";
/// Namespace of Media RSS.
pub(super) const MEDIA_NS: &str = "http://search.yahoo.com/mrss/";
/// Namespace of feed history (RFC 5005 §2).
pub(super) const HISTORY_NS: &str = "http://purl.org/syndication/history/1.0";

/// Renders a feed as Atom 1.0.
pub fn atom(feed: &OutFeed) -> Vec<u8> {
    let mut xml = Xml::new();
    let is_archive = feed
        .archive
        .as_ref()
        .is_some_and(|archive| archive.is_archive);
    let attributes = [
        ("xmlns", Some(ATOM_NS)),
        ("xmlns:media", Some(MEDIA_NS)),
        ("xmlns:fh", is_archive.then_some(HISTORY_NS)),
        ("xml:lang", language(feed.language.as_deref())),
    ];
    xml.open("feed", &attributes);
    head(&mut xml, feed);
    for entry in &feed.entries {
        write_entry(&mut xml, entry, feed);
    }
    xml.close("feed");
    xml.finish()
}

fn head(xml: &mut Xml, feed: &OutFeed) {
    xml.text("id", &[], &line(&feed.id));
    xml.text("title", &[("type", Some("text"))], &line(&feed.title));
    if let Some(subtitle) = line_of(feed.subtitle.as_deref()) {
        xml.text("subtitle", &[("type", Some("text"))], &subtitle);
    }
    xml.text("updated", &[], &rfc3339(feed.last_change()));
    link(xml, "self", &feed.self_url, Some("application/atom+xml"));
    if let Some(page) = &feed.html_url {
        link(xml, "alternate", page, Some("text/html"));
    }
    for hub in &feed.hubs {
        link(xml, "hub", hub, None);
    }
    if let Some(archive) = &feed.archive {
        chain(xml, "link", archive, &feed.self_url);
    }
    if let Some(author) = person(&feed.author) {
        write_person(xml, &author);
    }
    if let Some(rights) = line_of(feed.rights.as_deref()) {
        xml.text("rights", &[("type", Some("text"))], &rights);
    }
    for (name, url) in [("icon", &feed.icon), ("logo", &feed.logo)] {
        xml.text_of(name, url.as_deref().map(address).as_deref());
    }
    let generator_url = feed.generator_url.as_deref().map(address);
    let generator = [
        ("uri", generator_url.as_deref()),
        ("version", Some(feed.version.as_str())),
    ];
    xml.text("generator", &generator, GENERATOR);
}

/// The links of RFC 5005 §4 and its mark of an archive, as Atom and RSS both carry them.
pub(super) fn chain(xml: &mut Xml, element: &str, archive: &ArchiveLinks, own: &str) {
    let current = (archive.current != own).then_some(archive.current.as_str());
    for (rel, url) in [
        ("current", current),
        ("prev-archive", archive.prev.as_deref()),
        ("next-archive", archive.next.as_deref()),
    ] {
        if let Some(url) = url {
            xml.empty(
                element,
                &[("rel", Some(rel)), ("href", Some(&address(url)))],
            );
        }
    }
    if archive.is_archive {
        xml.empty("fh:archive", &[]);
    }
}

fn link(xml: &mut Xml, rel: &str, url: &str, media: Option<&str>) {
    let href = address(url);
    xml.empty(
        "link",
        &[("rel", Some(rel)), ("type", media), ("href", Some(&href))],
    );
}

fn write_person(xml: &mut Xml, person: &Person) {
    xml.open("author", &[]);
    xml.text("name", &[], &person.name);
    xml.text_of("uri", person.uri.as_deref());
    xml.text_of("email", person.email.as_deref());
    xml.close("author");
}

fn write_entry(xml: &mut Xml, entry: &OutEntry, feed: &OutFeed) {
    let own = language(entry.language.as_deref());
    let differs = own.filter(|own| Some(*own) != language(feed.language.as_deref()));
    xml.open("entry", &[("xml:lang", differs)]);
    xml.text("id", &[], &line(&entry.id));
    xml.text("title", &[("type", Some("text"))], &title(entry));
    entry_links(xml, entry, own);
    xml.text("published", &[], &rfc3339(entry.published));
    xml.text("updated", &[], &rfc3339(entry.updated));
    for author in authors(entry, feed) {
        write_person(xml, &author);
    }
    for category in &entry.categories {
        write_category(xml, category);
    }
    if let Some(image) = &entry.image {
        xml.empty("media:thumbnail", &[("url", Some(&address(image)))]);
    }
    if let Some(summary) = entry.summary.as_deref().map(legal) {
        let summary = summary.trim();
        if !summary.is_empty() {
            xml.text("summary", &[("type", Some("text"))], summary);
        }
    }
    let body = body(entry, feed);
    if !body.is_empty() {
        xml.text("content", &[("type", Some("html"))], &body);
    }
    write_source(xml, &entry.source, entry);
    xml.close("entry");
}

fn entry_links(xml: &mut Xml, entry: &OutEntry, language: Option<&str>) {
    let href = address(&entry.link);
    let attributes = [
        ("rel", Some("alternate")),
        ("type", Some("text/html")),
        ("hreflang", language),
        ("href", Some(href.as_ref())),
    ];
    xml.empty("link", &attributes);
    if let Some(via) = &entry.via {
        link(xml, "via", via, None);
    }
    for (url, title) in &entry.related {
        let title = line_of(Some(title));
        let href = address(url);
        let attributes = [
            ("rel", Some("related")),
            ("type", Some("text/html")),
            ("title", title.as_deref()),
            ("href", Some(href.as_ref())),
        ];
        xml.empty("link", &attributes);
    }
    for enclosure in &entry.enclosures {
        write_enclosure(xml, enclosure);
    }
}

fn write_enclosure(xml: &mut Xml, enclosure: &Enclosure) {
    let length = enclosure.length.map(|length| length.to_string());
    let attributes = [
        ("rel", Some("enclosure")),
        (
            "type",
            Some(media_type(enclosure.media_type.as_deref(), &enclosure.url)),
        ),
        ("length", length.as_deref()),
        ("href", Some(&*address(&enclosure.url))),
    ];
    xml.empty("link", &attributes);
}

fn write_category(xml: &mut Xml, category: &Category) {
    let Some(term) = line_of(Some(&category.term)) else {
        return;
    };
    let scheme = category.scheme.as_deref().map(address);
    let label = line_of(category.label.as_deref());
    let attributes = [
        ("term", Some(term.as_str())),
        ("scheme", scheme.as_deref()),
        ("label", label.as_deref()),
    ];
    xml.empty("category", &attributes);
}

fn write_source(xml: &mut Xml, source: &EntrySource, entry: &OutEntry) {
    xml.open("source", &[]);
    xml.text("id", &[], &line(&source.id));
    xml.text("title", &[("type", Some("text"))], &line(&source.title));
    // RFC 4287 §4.2.11 wants a date; that of the entry is the only one that stays the same.
    xml.text(
        "updated",
        &[],
        &rfc3339(source.updated.unwrap_or(entry.updated)),
    );
    if let Some(url) = &source.link {
        link(xml, "alternate", url, Some("text/html"));
    }
    if let Some(url) = &source.feed_url {
        link(xml, "self", url, None);
    }
    if let Some(rights) = line_of(source.rights.as_deref()) {
        xml.text("rights", &[("type", Some("text"))], &rights);
    }
    xml.close("source");
}
