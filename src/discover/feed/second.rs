//! Second: feed-rs as the second opinion on a feed in which our own reader found nothing to read.
//!
//! It is given the repaired document, inside `catch_unwind`: its decoder panics on some input.

use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::{Entry, Feed};
use feed_rs::parser::Builder;

use crate::model::{Candidate, Discovery, Enclosure, Person, Warning};
use crate::text::dates;

use super::content::{Form, plain_text};
use super::tree::Tree;
use super::{Context, MAX_CANDIDATES, entry, repaired};

/// Largest repaired document given to feed-rs, in bytes.
const MAX_BYTES: usize = 4 << 20;

/// Takes from feed-rs what the discovery lacks, when it lacks candidates or all that they are for.
pub(super) fn complete(discovery: &mut Discovery, tree: &Tree<'_>, ctx: &Context<'_>) {
    if discovery.candidates.iter().any(is_readable) || !has_content(tree) {
        return;
    }
    let repaired = repaired::write(tree);
    if repaired.len() > MAX_BYTES {
        return;
    }
    let Some(feed) = read(&repaired, ctx) else {
        return;
    };
    let found: Vec<Candidate> = feed
        .entries
        .into_iter()
        .take(MAX_CANDIDATES)
        .map(candidate)
        .collect();
    let useful = found.iter().any(is_readable) && merge(&mut discovery.candidates, found);
    if useful && discovery.candidates.iter().any(is_readable) {
        discovery.warnings.push(Warning::new(
            "",
            "The entries are of an unusual form and were read by feed-rs.",
        ));
    }
    let title = feed
        .title
        .and_then(|title| plain_text(&title.content, Form::Html));
    discovery.feed.title = discovery.feed.title.take().or(title);
}

/// Fills the texts that the own candidates lack, one by one; where there are none, the found ones
/// are taken. Links are not filled: feed-rs takes those to comments for the page's.
fn merge(own: &mut Vec<Candidate>, found: Vec<Candidate>) -> bool {
    if own.is_empty() {
        *own = found;
        return true;
    }
    if own.len() != found.len() {
        return false;
    }
    for (own, found) in own.iter_mut().zip(found) {
        own.title = own.title.take().or(found.title);
        own.summary = own.summary.take().or(found.summary);
        own.content = own.content.take().or(found.content);
    }
    true
}

/// Something to show or to fetch.
fn is_readable(candidate: &Candidate) -> bool {
    candidate.link.is_some()
        || candidate.title.is_some()
        || candidate.summary.is_some()
        || candidate.content.is_some()
}

/// A channel that is simply empty needs no second opinion.
fn has_content(tree: &Tree<'_>) -> bool {
    !tree.entries.is_empty()
        || tree
            .all()
            .any(|(_, element)| matches!(&*element.local, "item" | "entry"))
}

fn read(document: &str, ctx: &Context<'_>) -> Option<Feed> {
    let zone = ctx.timezone;
    let base = ctx.url.map(url::Url::as_str);
    let parser = Builder::new()
        .base_uri(base)
        .timestamp_parser(move |text| dates::parse(text, zone))
        // Identity is ours to make: feed-rs would invent one, at random at that.
        .id_generator(|_, _, _| String::new())
        .build();
    catch_unwind(AssertUnwindSafe(|| parser.parse(document.as_bytes()).ok()))
        .ok()
        .flatten()
}

fn candidate(read: Entry) -> Candidate {
    let plain = |text: feed_rs::model::Text| plain_text(&text.content, Form::Html);
    let enclosures = read
        .media
        .iter()
        .flat_map(|media| &media.content)
        .filter_map(|content| {
            Some(Enclosure {
                url: content.url.as_ref()?.to_string(),
                media_type: content.content_type.as_ref().map(ToString::to_string),
                length: content.size,
            })
        });
    let mut candidate = Candidate {
        enclosures: enclosures.collect(),
        link: read.links.into_iter().find(is_page).map(|link| link.href),
        title: read.title.and_then(plain),
        published: read.published,
        updated: read.updated,
        summary: read
            .summary
            .map(|text| text.content)
            .filter(|text| !text.trim().is_empty()),
        content: read
            .content
            .and_then(|content| content.body)
            .filter(|text| !text.trim().is_empty()),
        authors: read.authors.into_iter().filter_map(person).collect(),
        categories: read
            .categories
            .into_iter()
            .map(|category| category.term)
            .collect(),
        complete: true,
        ..Candidate::default()
    };
    candidate.id = Some(read.id)
        .filter(|id| !id.is_empty())
        .or_else(|| candidate.link.clone())
        .unwrap_or_else(|| entry::fallback_id(&candidate));
    candidate
}

/// feed-rs lists links of every relation.
fn is_page(link: &feed_rs::model::Link) -> bool {
    link.rel.as_deref().is_none_or(|rel| rel == "alternate")
}

fn person(read: feed_rs::model::Person) -> Option<Person> {
    Some(Person {
        name: read.name?,
        uri: read.uri,
        email: read.email,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::feed::{builder, repairs::Repairs};

    #[test]
    fn feed_rs_reads_repaired_documents() {
        let document = "<rss version='2.0'><channel><title>R&D</title><item><title>Un < deux</title>\
            <link>https://example.org/1</link><description><b>x</description></item>";
        let (tree, _) = builder::build(document, 0, None, Repairs::default());
        let now = dates::parse("2026-11-22T00:00:00Z", None).expect("a plain date");
        let ctx = Context {
            url: None,
            content_type: None,
            timezone: None,
            fetched_at: now,
        };
        let mut discovery = Discovery::default();
        complete(&mut discovery, &tree, &ctx);
        assert_eq!(discovery.feed.title.as_deref(), Some("R&D"));
        assert_eq!(discovery.candidates[0].title.as_deref(), Some("Un < deux"));
        assert_eq!(discovery.candidates[0].id, "https://example.org/1");
        assert_eq!(discovery.warnings.len(), 1);
        // What was read already is left alone.
        let before = discovery.clone();
        complete(&mut discovery, &tree, &ctx);
        assert_eq!(discovery, before);
    }
}
