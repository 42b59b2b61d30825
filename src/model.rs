//! Ids and plain types of the flow, shared by every stage.
//!
//! Pure data: no clock, network, disk or database. A type stands here only when two stages
//! exchange it; what one stage keeps to itself stands in that stage.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Arc<str>);

        impl $name {
            /// The id as text, as the person wrote it in the TOML.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
    };
}

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

text_id!(
    /// The id of a configured source, for instance `rfi-asie`.
    SourceId
);
text_id!(
    /// The id of a topic, for instance `chine-amlat`; it names the feed's file.
    TopicId
);
text_id!(
    /// The name of a family of hosts that serve the same articles (`config/sites/<family>.toml`).
    FamilyId
);
row_id!(
    /// The row of an article in the store.
    ArticleId
);
row_id!(
    /// The row of a story (an article with its duplicates): the id of its first article.
    StoryId
);

/// The rules of all topics at one time: what an article was judged by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rulebook {
    /// A hash of all of them, the same in every run and whatever their order; 0 without topics.
    pub id: i64,
    /// The hash of each topic's rules, in the order of the topics' ids.
    pub topics: Vec<(TopicId, i64)>,
}

impl Rulebook {
    /// The rulebook of these topics, each with the hash of its rules.
    pub fn new(mut topics: Vec<(TopicId, i64)>) -> Self {
        topics.sort_unstable();
        let mut hasher = Xxh3::new();
        for (topic, rules) in &topics {
            hasher.update(topic.as_str().as_bytes());
            hasher.update(&rules.to_le_bytes());
        }
        let id = match topics.is_empty() {
            true => 0,
            false => hasher.digest().cast_signed(),
        };
        Self { id, topics }
    }
}

/// Something noticed while reading foreign input that did not stop the reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Where: `line 12`, `entry 3`, `header`…; empty when the whole document is meant.
    pub place: String,
    /// What was found and what was done about it, in a sentence.
    pub message: String,
}

impl Warning {
    /// A warning about a place of the document.
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.place, self.message)
        }
    }
}

/// A value in a person's TOML that cannot be compiled. The configuration adds file, line and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecError {
    /// The key within its table, for instance `all` or `link_pattern`.
    pub key: &'static str,
    /// Which element, when the key holds an array.
    pub index: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead; empty when the message says it all.
    pub help: String,
}

/// A person or organisation named as author (RFC 4287 §3.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name as shown to a reader.
    pub name: String,
    /// Home page, when given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// E-mail address, when given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Person {
    /// A person of whom only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            uri: None,
            email: None,
        }
    }
}

/// A file that belongs to an article: sound, film, picture (RFC 4287 §4.2.7.2 `enclosure`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosure {
    /// Absolute address.
    pub url: String,
    /// Media type, when given.
    pub media_type: Option<String>,
    /// Size in bytes, when given.
    pub length: Option<u64>,
}

/// An entry seen in a feed, listing, sitemap or JSON document, before its page was fetched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Identity within the source, stable from poll to poll: guid, else Atom id, else link, else a
    /// hash of title and date. Never random.
    pub id: String,
    /// Address of the article, absolute where a base was known.
    pub link: Option<String>,
    /// Title as plain text, without markup or entities.
    pub title: Option<String>,
    /// Date of publication as the outlet states it.
    pub published: Option<DateTime<Utc>>,
    /// Date of the last change as the outlet states it.
    pub updated: Option<DateTime<Utc>>,
    /// Teaser: HTML as the source gave it, **not sanitised**.
    pub summary: Option<String>,
    /// Body: HTML as the source gave it, **not sanitised**.
    pub content: Option<String>,
    /// Authors in the order given.
    pub authors: Vec<Person>,
    /// Category labels in the order given.
    pub categories: Vec<String>,
    /// Enclosures in the order given.
    pub enclosures: Vec<Enclosure>,
    /// Language tag (BCP 47) stated for this entry or inherited from the document.
    pub language: Option<String>,
    /// Address of a picture that stands for the article.
    pub image: Option<String>,
    /// Title of the outlet this entry was taken from (`atom:source`, RSS `<source>`), if it says so.
    pub via: Option<String>,
    /// False for the last entry of a truncated document: its text may be cut, so it is not stored.
    pub complete: bool,
}

/// What a document says about itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FeedInfo {
    /// Title as plain text.
    pub title: Option<String>,
    /// Address of the outlet's page.
    pub link: Option<String>,
    /// Atom id or its like.
    pub id: Option<String>,
    /// Date of the last change.
    pub updated: Option<DateTime<Utc>>,
    /// Subtitle or description.
    pub description: Option<String>,
    /// Language tag (BCP 47).
    pub language: Option<String>,
    /// Authors of the whole.
    pub authors: Vec<Person>,
}

/// What a document says about how it wants to be polled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hints {
    /// RSS `ttl`, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_minutes: Option<u32>,
    /// `sy:updatePeriod` divided by `sy:updateFrequency`, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_minutes: Option<u32>,
    /// Hours of the day (0–23, GMT) in which not to poll.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skip_hours: Vec<u8>,
    /// Days of the week (0 = Monday) in which not to poll.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skip_days: Vec<u8>,
    /// WebSub hubs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hubs: Vec<String>,
    /// `rel=self`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_link: Option<String>,
    /// `rel=next` or, on the first poll of a listing, the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// `rel=prev-archive` (RFC 5005).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev_archive: Option<String>,
}

/// The result of reading a feed, a listing, a sitemap or a JSON document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Discovery {
    /// What it was: `rss 2.0`, `atom 1.0`, `rss 1.0`, `json feed 1.1`, `listing`, `sitemap`, `json`…
    pub format: String,
    /// What the document says about itself.
    pub feed: FeedInfo,
    /// How it wants to be polled.
    pub hints: Hints,
    /// The entries, in the order of the document.
    pub candidates: Vec<Candidate>,
    /// What was repaired or passed over.
    pub warnings: Vec<Warning>,
    /// Whether the document ended before its end.
    pub truncated: bool,
}

/// A feed that an HTML page advertises (`<link rel=alternate>`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternate {
    /// Absolute address where a base was known.
    pub url: String,
    /// Media type as written.
    pub media_type: String,
    /// Title as written.
    pub title: Option<String>,
}

/// Why a document is not a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAFeed {
    /// The reason in a sentence: an HTML page, an empty document, a challenge page by its name…
    pub reason: String,
    /// Feeds that the page advertises.
    pub alternates: Vec<Alternate>,
}

/// An article as extracted from a page (or, where the page failed, from the feed's own text).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Extracted {
    /// Title as plain text.
    pub title: Option<String>,
    /// Subtitle (chapô, standfirst) as plain text; it may stand in the body, too.
    pub subtitle: Option<String>,
    /// The outlet's section, as the outlet names it.
    pub section: Option<String>,
    /// Body as clean HTML: only what the allow-list lets through, addresses absolute.
    pub html: String,
    /// Body as text, a newline between paragraphs.
    pub text: String,
    /// The body as its route gave it, clean HTML, where paragraphs were taken from it after that
    /// (datelines, credits, what the source repeats).
    pub untouched: Option<String>,
    /// Date of publication.
    pub published: Option<DateTime<Utc>>,
    /// Date of the last change.
    pub modified: Option<DateTime<Utc>>,
    /// Authors in the order given.
    pub authors: Vec<Person>,
    /// Agency credited in dateline or source line, for instance `Xinhua`.
    pub agency: Option<String>,
    /// Place of the dateline, for instance `La Havane`.
    pub place: Option<String>,
    /// Language tag (BCP 47).
    pub language: Option<String>,
    /// Canonical address, only when it may be trusted.
    pub canonical: Option<String>,
    /// Address of a picture that stands for the article.
    pub image: Option<String>,
    /// Address of the continuation of a paged article.
    pub next_page: Option<String>,
    /// Pages the body was joined from; 0 where it comes from no page.
    pub pages: u32,
    /// Which route gave the body: `site:rhc`, `generic:medoid`, `json-ld`, `feed`…
    pub how: String,
    /// How far the independent extractors agree, 0 to 1; None when only one spoke.
    pub agreement: Option<f64>,
    /// What was noticed.
    pub warnings: Vec<Warning>,
}

/// Why a page's text is not taken as the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Defect {
    /// A challenge of a content delivery network.
    Challenge,
    /// A consent page.
    Consent,
    /// A login form.
    Login,
    /// A teaser before a paywall.
    Paywall,
    /// An error page served as 200.
    NotFound,
    /// No text in it.
    Empty,
    /// A page of links.
    Listing,
    /// A text in another language than the source's.
    Language,
    /// Markup no extractor should be given (depth, size, count of tags).
    Hostile,
}

impl Defect {
    /// The defect in words for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Challenge => "a challenge of a content delivery network",
            Self::Consent => "a consent page",
            Self::Login => "a login form",
            Self::Paywall => "a teaser before a paywall",
            Self::NotFound => "an error page served as if all were well",
            Self::Empty => "there is no text in it",
            Self::Listing => "a page of links",
            Self::Language => "its text is in another language than the source's",
            Self::Hostile => "its markup is too deep, too large or too broken to be read safely",
        }
    }
}
