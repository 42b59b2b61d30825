//! Feeds out: one model of a published feed, rendered as Atom, RSS, JSON Feed, OPML and a page.
//!
//! Pure. A rendering is a function of its arguments: same feed, same bytes, same ETag. Knows
//! nothing of the store, of files, of HTTP or of the clock; whoever calls it clamps future dates,
//! chooses which entries belong to the document and hands over HTML that is already clean.

use chrono::{DateTime, Utc};

use crate::model::{Enclosure, Person};

mod atom;
mod identity;
mod json;
mod labels;
mod lint;
mod lint_chain;
mod lint_content;
mod lint_document;
mod lint_rss;
mod opml;
mod page;
mod rss;
mod text;
mod xml;

#[cfg(test)]
mod tests;

pub use atom::atom;
pub use identity::{etag, tag_uri};
pub use json::json;
pub use labels::date_in_words;
pub use lint::lint;
pub use lint_chain::lint_chain;
pub use lint_rss::lint_rss;
pub use opml::{OutlineFeed, opml};
pub use page::{Formats, page};
pub use rss::rss;

/// Media type under which [`atom()`] is served.
pub const ATOM_TYPE: &str = "application/atom+xml; charset=utf-8";
/// Media type under which [`rss()`] is served.
pub const RSS_TYPE: &str = "application/rss+xml; charset=utf-8";
/// Media type under which [`json()`] is served (JSON Feed 1.1, "Suggestions for Publishers").
pub const JSON_TYPE: &str = "application/feed+json; charset=utf-8";
/// Media type under which [`opml()`] is served.
pub const OPML_TYPE: &str = "text/x-opml; charset=utf-8";
/// Media type under which [`page()`] is served.
pub const PAGE_TYPE: &str = "text/html; charset=utf-8";

/// Name under which the renderings call their generator.
const GENERATOR: &str = "depeche";

/// A feed as we publish it, independent of format.
#[derive(Debug, Clone, PartialEq)]
pub struct OutFeed {
    /// Permanent id, a `tag:` URI (see [`tag_uri`]); the archive documents of a feed share it.
    pub id: String,
    /// Title as plain text.
    pub title: String,
    /// Subtitle as plain text.
    pub subtitle: Option<String>,
    /// Language tag (BCP 47) of the feed; entries in another one carry their own.
    pub language: Option<String>,
    /// Absolute address of the very document that is rendered: set it anew before each format.
    pub self_url: String,
    /// Absolute address of the HTML page.
    pub html_url: Option<String>,
    /// Who publishes the feed.
    pub author: Person,
    /// Rights in the feed as a whole.
    pub rights: Option<String>,
    /// Absolute address of a square picture.
    pub icon: Option<String>,
    /// Absolute address of a picture twice as wide as high.
    pub logo: Option<String>,
    /// Absolute addresses of WebSub hubs.
    pub hubs: Vec<String>,
    /// Where this document stands in the chain of archives (RFC 5005 §4).
    pub archive: Option<ArchiveLinks>,
    /// Version of the program that publishes.
    pub version: String,
    /// Home page of the program that publishes.
    pub generator_url: Option<String>,
    /// Date of the last change for a feed that has no entries; with entries their latest counts.
    pub updated: DateTime<Utc>,
    /// The entries, in the order they shall have in the document.
    pub entries: Vec<OutEntry>,
}

/// The place of a document in its chain of archives (RFC 5005 §4): absolute addresses in the same
/// format as the document itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveLinks {
    /// The subscription document: the newest entries.
    pub current: String,
    /// The archive document with the entries just before these.
    pub prev: Option<String>,
    /// The archive document with the entries just after these; none when those are in `current`.
    pub next: Option<String>,
    /// Whether this document is an archive, complete and never to change again.
    pub is_archive: bool,
}

/// An entry of a published feed.
#[derive(Debug, Clone, PartialEq)]
pub struct OutEntry {
    /// Permanent id, a `tag:` URI, never used for another article.
    pub id: String,
    /// Title as plain text.
    pub title: String,
    /// Absolute address of the article at its outlet.
    pub link: String,
    /// Absolute address of the feed or listing where the article was found.
    pub via: Option<String>,
    /// Copies of the article elsewhere: absolute address and title.
    pub related: Vec<(String, String)>,
    /// Date of publication, frozen.
    pub published: DateTime<Utc>,
    /// Date of the last significant change.
    pub updated: DateTime<Utc>,
    /// Authors in the order given; when there are none the outlet stands for them.
    pub authors: Vec<Person>,
    /// Categories in the order given.
    pub categories: Vec<Category>,
    /// The lead as plain text.
    pub summary: Option<String>,
    /// The body as clean HTML, addresses absolute.
    pub html: String,
    /// Language tag (BCP 47) when it is known.
    pub language: Option<String>,
    /// Files that belong to the article.
    pub enclosures: Vec<Enclosure>,
    /// Absolute address of a picture that stands for the article.
    pub image: Option<String>,
    /// The outlet.
    pub source: EntrySource,
    /// Other outlets that carry the article: name and absolute address. Appended to the body as a
    /// line ("Aussi chez : …") in the language of the feed.
    pub also_at: Vec<(String, String)>,
}

/// A category (RFC 4287 §4.2.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Category {
    /// The term, as programs compare it.
    pub term: String,
    /// The IRI of the vocabulary the term belongs to.
    pub scheme: Option<String>,
    /// The term as shown to a reader.
    pub label: Option<String>,
}

/// The feed or page an entry was taken from (RFC 4287 §4.2.11).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntrySource {
    /// Permanent id, a URI.
    pub id: String,
    /// Name of the outlet or title of its feed.
    pub title: String,
    /// Absolute address of the outlet's page.
    pub link: Option<String>,
    /// Absolute address of the outlet's feed or listing.
    pub feed_url: Option<String>,
    /// Date of its last change, when known; else that of the entry is written.
    pub updated: Option<DateTime<Utc>>,
    /// Rights as the outlet states them.
    pub rights: Option<String>,
}

impl OutFeed {
    /// The date of the feed: the latest of its entries, or `updated` when that is later.
    pub fn last_change(&self) -> DateTime<Utc> {
        let latest = self.entries.iter().map(|entry| entry.updated).max();
        latest.map_or(self.updated, |latest| latest.max(self.updated))
    }
}
