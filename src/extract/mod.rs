//! From a page to an article: site rule or generic choice, clean body, metadata, quality gate.
//!
//! Pure. Reads one page at a time and remembers nothing: what repeats at a source, which hosts are
//! one family and what the feed said arrive as arguments. Must not know sources, topics, the
//! store or the network. Never fails and never panics: what goes wrong is a warning or a defect.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::{Defect, Extracted};

mod around;
mod authors;
mod blocks;
mod choose;
mod dating;
mod head;
mod jsonld;
mod lean;
mod locator;
mod metadata;
mod moment;
mod page;
mod paging;
mod polish;
mod quality;
mod route;
mod routes;
mod score;
pub mod site;
#[cfg(test)]
mod tests;
mod title;
mod whole;

pub use paging::{Part, join};
pub use route::extract;
pub use site::{SiteRule, SiteSpec};

/// What was known of the article before its page was fetched.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hint<'a> {
    /// Title as plain text.
    pub title: Option<&'a str>,
    /// Teaser as plain text.
    pub teaser: Option<&'a str>,
    /// Body as the feed gave it, HTML, not sanitised.
    pub content: Option<&'a str>,
    /// Date of publication.
    pub published: Option<DateTime<Utc>>,
}

/// What extraction is told about a page.
#[derive(Clone, Copy)]
pub struct PageContext<'a> {
    /// Address the page was fetched from.
    pub url: &'a Url,
    /// The rule of its family, if there is one.
    pub rule: Option<&'a SiteRule>,
    /// What was known before.
    pub hint: Hint<'a>,
    /// The zone of dates that name none.
    pub timezone: Option<Tz>,
    /// The language the source is configured for (BCP 47).
    pub language: Option<&'a str>,
    /// Whether a paragraph is known to repeat at this source.
    pub boilerplate: &'a dyn Fn(&str) -> bool,
    /// Whether another address belongs to the same family of hosts.
    pub same_family: &'a dyn Fn(&Url) -> bool,
    /// What is known of the pages before, when the page continues an article.
    pub part: Option<Part<'a>>,
}

/// A body that one route proposes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// Its name: `site:rhc`, `outline`, `readability`, `precision`, `recall`, `json-ld`, `microdata`, `feed`.
    pub how: String,
    /// Length of its text in characters.
    pub length: usize,
    /// Likeness to the body that was chosen, 0 to 1 (Jaccard index of 4-word shingles).
    pub score: f64,
    /// Its text.
    pub text: String,
}

/// What extraction gives.
#[derive(Debug, Clone, Default)]
pub struct Extraction {
    /// The article, as far as there is one.
    pub extracted: Extracted,
    /// Why it must not be taken as the article.
    pub defect: Option<Defect>,
    /// What every route that was asked proposed.
    pub candidates: Vec<Route>,
    /// Marks of the paragraphs and pictures, by which the next page's repetitions are known; only
    /// where there is a next page.
    pub marks: Vec<u64>,
    /// Marks of what ends the page and stood on the pages before.
    pub foot: Vec<u64>,
}
