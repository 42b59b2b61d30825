//! JSON Feed 1.1.
//!
//! Knows the model of a published feed, nothing of where it is stored or served. What JSON Feed
//! has no name for (source, via, copies, category schemes) stands in an extension `_depeche`.

use serde_json::{Map, Value, json as value};

use super::text::{
    address, authors, body, language, legal, line, line_of, media_type, person, rfc3339, title,
};
use super::{GENERATOR, OutEntry, OutFeed};
use crate::model::Person;

/// The version of the format, by the address that names it.
const VERSION: &str = "https://jsonfeed.org/version/1.1";
/// The name of our extension: an underscore and a name, as JSON Feed asks.
const EXTENSION: &str = "_depeche";

/// Renders a feed as JSON Feed 1.1.
pub fn json(feed: &OutFeed) -> Vec<u8> {
    let mut out = Map::new();
    put(&mut out, "version", Some(VERSION));
    put(&mut out, "title", Some(line(&feed.title)));
    put(
        &mut out,
        "home_page_url",
        feed.html_url.as_deref().map(address),
    );
    put(&mut out, "feed_url", Some(address(&feed.self_url)));
    put(&mut out, "description", line_of(feed.subtitle.as_deref()));
    let older = feed
        .archive
        .as_ref()
        .and_then(|archive| archive.prev.as_deref());
    put(&mut out, "next_url", older.map(address));
    put(&mut out, "icon", feed.icon.as_deref().map(address));
    put(&mut out, "favicon", feed.icon.as_deref().map(address));
    if let Some(author) = person(&feed.author) {
        out.insert(
            "authors".to_owned(),
            Value::Array(vec![person_value(&author)]),
        );
    }
    put(&mut out, "language", language(feed.language.as_deref()));
    if !feed.hubs.is_empty() {
        let hub = |url: &String| value!({"type": "WebSub", "url": address(url)});
        out.insert("hubs".to_owned(), feed.hubs.iter().map(hub).collect());
    }
    out.insert(EXTENSION.to_owned(), feed_extension(feed));
    let entries = feed
        .entries
        .iter()
        .map(|entry| entry_value(entry, feed))
        .collect();
    out.insert("items".to_owned(), entries);
    let mut bytes = format!("{:#}", Value::Object(out)).into_bytes();
    bytes.push(b'\n');
    bytes
}

fn put(map: &mut Map<String, Value>, key: &str, text: Option<impl Into<String>>) {
    if let Some(text) = text {
        map.insert(key.to_owned(), Value::String(text.into()));
    }
}

fn feed_extension(feed: &OutFeed) -> Value {
    let mut out = Map::new();
    put(
        &mut out,
        "about",
        feed.generator_url.as_deref().map(address),
    );
    put(
        &mut out,
        "generator",
        Some(line(&format!("{GENERATOR} {}", feed.version))),
    );
    put(&mut out, "id", Some(line(&feed.id)));
    put(&mut out, "updated", Some(rfc3339(feed.last_change())));
    put(&mut out, "rights", line_of(feed.rights.as_deref()));
    if let Some(archive) = &feed.archive {
        put(&mut out, "current_url", Some(address(&archive.current)));
        put(&mut out, "newer_url", archive.next.as_deref().map(address));
        out.insert("archive".to_owned(), Value::Bool(archive.is_archive));
    }
    Value::Object(out)
}

fn person_value(person: &Person) -> Value {
    let mut out = Map::new();
    put(&mut out, "name", Some(person.name.as_str()));
    let mail = person.email.as_ref().map(|email| format!("mailto:{email}"));
    put(&mut out, "url", person.uri.clone().or(mail));
    Value::Object(out)
}

fn entry_value(entry: &OutEntry, feed: &OutFeed) -> Value {
    let mut out = Map::new();
    put(&mut out, "id", Some(line(&entry.id)));
    put(&mut out, "url", Some(address(&entry.link)));
    put(&mut out, "title", Some(title(entry)));
    let summary = entry.summary.as_deref().map(legal);
    let summary = summary
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let body = body(entry, feed);
    // An entry must have one of the two.
    if body.is_empty() {
        put(&mut out, "content_text", Some(summary.unwrap_or_default()));
    } else {
        put(&mut out, "content_html", Some(body));
    }
    put(&mut out, "summary", summary);
    put(&mut out, "image", entry.image.as_deref().map(address));
    put(&mut out, "date_published", Some(rfc3339(entry.published)));
    put(&mut out, "date_modified", Some(rfc3339(entry.updated)));
    let people: Vec<Value> = authors(entry, feed).iter().map(person_value).collect();
    if !people.is_empty() {
        out.insert("authors".to_owned(), Value::Array(people));
    }
    let shown = |category: &super::Category| {
        line_of(category.label.as_deref()).or_else(|| line_of(Some(&category.term)))
    };
    let tags: Vec<Value> = entry
        .categories
        .iter()
        .filter_map(shown)
        .map(Value::String)
        .collect();
    if !tags.is_empty() {
        out.insert("tags".to_owned(), Value::Array(tags));
    }
    let language = language(entry.language.as_deref()).or(language(feed.language.as_deref()));
    put(&mut out, "language", language);
    if !entry.enclosures.is_empty() {
        out.insert("attachments".to_owned(), attachments(entry));
    }
    out.insert(EXTENSION.to_owned(), entry_extension(entry));
    Value::Object(out)
}

fn attachments(entry: &OutEntry) -> Value {
    let attachment = |enclosure: &crate::model::Enclosure| {
        let mut out = Map::new();
        put(&mut out, "url", Some(address(&enclosure.url)));
        let media = media_type(enclosure.media_type.as_deref(), &enclosure.url);
        put(&mut out, "mime_type", Some(media));
        if let Some(length) = enclosure.length {
            out.insert("size_in_bytes".to_owned(), Value::from(length));
        }
        Value::Object(out)
    };
    entry.enclosures.iter().map(attachment).collect()
}

fn entry_extension(entry: &OutEntry) -> Value {
    let mut source = Map::new();
    put(&mut source, "id", Some(line(&entry.source.id)));
    put(&mut source, "title", Some(line(&entry.source.title)));
    put(
        &mut source,
        "url",
        entry.source.link.as_deref().map(address),
    );
    put(
        &mut source,
        "feed_url",
        entry.source.feed_url.as_deref().map(address),
    );
    put(
        &mut source,
        "rights",
        line_of(entry.source.rights.as_deref()),
    );
    let mut out = Map::new();
    out.insert("source".to_owned(), Value::Object(source));
    put(&mut out, "via", entry.via.as_deref().map(address));
    if !entry.related.is_empty() {
        let copy =
            |(url, title): &(String, String)| value!({"url": address(url), "title": line(title)});
        out.insert(
            "related".to_owned(),
            entry.related.iter().map(copy).collect(),
        );
    }
    let categories: Vec<Value> = entry.categories.iter().filter_map(category_value).collect();
    if !categories.is_empty() {
        out.insert("categories".to_owned(), Value::Array(categories));
    }
    Value::Object(out)
}

fn category_value(category: &super::Category) -> Option<Value> {
    let mut out = Map::new();
    put(&mut out, "term", Some(line_of(Some(&category.term))?));
    put(&mut out, "scheme", category.scheme.as_deref().map(address));
    put(&mut out, "label", line_of(category.label.as_deref()));
    Some(Value::Object(out))
}
