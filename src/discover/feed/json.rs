//! JSON Feed 1.0 and 1.1 (jsonfeed.org), read field by field: a number for an id, a missing title
//! or an author of the wrong type costs that field, never the feed.

use serde_json::{Map, Value};
use url::Url;

use crate::model::{Candidate, Discovery, Enclosure, FeedInfo, Hints, NotAFeed, Person};
use crate::text::dates;

use super::addresses::{absolute, with_absolute_links};
use super::content::{Form, escape, of_plain, plain_text};
use super::entry::fallback_id;
use super::{Context, MAX_CANDIDATES, refusal, too_many};

/// Most values kept of a list inside an entry.
const MAX_VALUES: usize = 100;

/// Reads a JSON Feed.
pub(super) fn read(text: &str, ctx: &Context<'_>) -> Result<Discovery, NotAFeed> {
    let Ok(value) = serde_json::from_str::<Value>(text.trim()) else {
        return Err(refusal::named(
            "The document looks like JSON and is not: it is cut off or ill-formed.",
        ));
    };
    let Some(feed) = value.as_object() else {
        return Err(refusal::of_json());
    };
    let version = string(feed, "version").unwrap_or_default();
    let Some(entries) = feed.get("items").and_then(Value::as_array) else {
        return Err(refusal::of_json());
    };
    let number = version
        .rsplit('/')
        .next()
        .filter(|number| number.starts_with('1'))
        .unwrap_or("1.1");
    let info = info(feed, ctx);
    let candidates = entries
        .iter()
        .filter_map(Value::as_object)
        .take(MAX_CANDIDATES);
    let candidates = candidates
        .map(|entry| candidate(entry, &info, ctx))
        .collect();
    Ok(Discovery {
        format: format!("json feed {number}"),
        hints: Hints {
            self_link: address(feed, "feed_url", ctx.url),
            next: address(feed, "next_url", ctx.url),
            hubs: list(feed, "hubs")
                .filter_map(|hub| string(hub.as_object()?, "url"))
                .collect(),
            ..Hints::default()
        },
        candidates,
        feed: info,
        warnings: (entries.len() > MAX_CANDIDATES)
            .then(|| too_many(entries.len()))
            .into_iter()
            .collect(),
        truncated: false,
    })
}

fn info(feed: &Map<String, Value>, ctx: &Context<'_>) -> FeedInfo {
    FeedInfo {
        title: plain(feed, "title"),
        link: address(feed, "home_page_url", ctx.url),
        id: string(feed, "feed_url"),
        updated: None,
        description: string(feed, "description"),
        language: string(feed, "language"),
        authors: authors(feed),
    }
}

fn candidate(entry: &Map<String, Value>, feed: &FeedInfo, ctx: &Context<'_>) -> Candidate {
    let date = |key: &str| string(entry, key).and_then(|text| dates::parse(&text, ctx.timezone));
    let html =
        string(entry, "content_html").map(|html| with_absolute_links(&html, ctx.url).into_owned());
    let own_authors = authors(entry);
    let mut candidate = Candidate {
        link: address(entry, "url", ctx.url).or_else(|| address(entry, "external_url", ctx.url)),
        title: plain(entry, "title"),
        published: date("date_published"),
        updated: date("date_modified"),
        summary: string(entry, "summary").map(|text| escape(&text)),
        content: html.or_else(|| string(entry, "content_text").map(|text| of_plain(&text))),
        authors: if own_authors.is_empty() {
            feed.authors.clone()
        } else {
            own_authors
        },
        categories: list(entry, "tags").filter_map(text).collect(),
        enclosures: list(entry, "attachments")
            .filter_map(|file| enclosure(file, ctx.url))
            .collect(),
        language: string(entry, "language").or_else(|| feed.language.clone()),
        image: address(entry, "image", ctx.url).or_else(|| address(entry, "banner_image", ctx.url)),
        complete: true,
        ..Candidate::default()
    };
    candidate.id = string(entry, "id")
        .or_else(|| candidate.link.clone())
        .unwrap_or_else(|| fallback_id(&candidate));
    candidate
}

/// A value as trimmed text: strings, and numbers as they are written.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn string(object: &Map<String, Value>, key: &str) -> Option<String> {
    text(object.get(key)?)
}

fn plain(object: &Map<String, Value>, key: &str) -> Option<String> {
    plain_text(&string(object, key)?, Form::Text)
}

fn address(object: &Map<String, Value>, key: &str, base: Option<&Url>) -> Option<String> {
    let written = string(object, key)?;
    Some(base.map_or_else(
        || written.clone(),
        |base| absolute(&written, base).into_owned(),
    ))
}

fn list<'v>(object: &'v Map<String, Value>, key: &str) -> impl Iterator<Item = &'v Value> {
    object
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(MAX_VALUES)
}

/// `authors` of 1.1, else `author` of 1.0; a bare string is a name.
fn authors(object: &Map<String, Value>) -> Vec<Person> {
    let many: Vec<Person> = list(object, "authors").filter_map(person).collect();
    if many.is_empty() {
        object.get("author").and_then(person).into_iter().collect()
    } else {
        many
    }
}

fn person(value: &Value) -> Option<Person> {
    let Some(object) = value.as_object() else {
        return text(value).map(Person::named);
    };
    let uri = string(object, "url");
    let name = plain(object, "name").or_else(|| uri.clone())?;
    Some(Person {
        name,
        uri,
        email: None,
    })
}

fn enclosure(value: &Value, base: Option<&Url>) -> Option<Enclosure> {
    let file = value.as_object()?;
    let length = file.get("size_in_bytes");
    Some(Enclosure {
        url: address(file, "url", base)?,
        media_type: string(file, "mime_type"),
        length: length.and_then(|length| length.as_u64().or_else(|| text(length)?.parse().ok())),
    })
}
