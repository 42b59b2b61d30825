//! Sitemaps (sitemaps.org protocol 0.9, with the news and image extensions), their indexes, and plain
//! lists of addresses.
//!
//! The markup is scanned, not parsed: a bad byte, an unclosed element or a wrong entity costs one
//! entry at most, never the document. Pure; which child of an index is fetched is for the caller.

mod scan;

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

use super::links::MAX_ADDRESS;
use super::moment::Clockwork;
use crate::model::{Candidate, Discovery, Warning};
use crate::text::charset::{self, Kind};
use crate::text::references::decode;
use crate::text::url::{Families, strip_tracking};
use scan::{Record, records};

/// Most entries (or children) taken from one document; the protocol's own limit.
pub const MAX_ENTRIES: usize = 50_000;

/// Largest document after unpacking, in bytes; the protocol's own limit.
const MAX_DECODED: u64 = 50 << 20;

/// What a sitemap is read with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Address the document was fetched from.
    pub base: &'a Url,
    /// Families of hosts, for identities.
    pub families: &'a Families,
    /// Zone of dates that state none.
    pub timezone: Option<Tz>,
    /// When the document was fetched.
    pub fetched_at: DateTime<Utc>,
    /// The window: older entries and children are passed over. Entries without any date are passed
    /// over too, unless the document dates nothing at all.
    pub newer_than: Option<DateTime<Utc>>,
}

/// A sitemap that an index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Absolute address.
    pub url: Url,
    /// Date of its last change, when stated.
    pub lastmod: Option<DateTime<Utc>>,
}

/// What a document held: entries, or the addresses of further sitemaps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sitemap {
    /// The entries as candidates.
    pub discovery: Discovery,
    /// The further sitemaps, the last changed first, those without a date at the end.
    pub children: Vec<Child>,
}

/// Reads a sitemap, packed or not.
pub fn read(bytes: &[u8], ctx: &Context<'_>) -> Sitemap {
    let mut sitemap = Sitemap::default();
    sitemap.discovery.format = "sitemap".to_owned();
    let bytes = unpack(bytes, MAX_DECODED, &mut sitemap.discovery);
    let text = charset::decode(&bytes, None, Kind::Xml).text;
    let found = if text.trim_start().starts_with('<') {
        records(&text, MAX_ENTRIES)
    } else {
        lines(&text)
    };
    let clock = Clockwork {
        timezone: ctx.timezone,
        fetched_at: ctx.fetched_at,
    };
    let mut dropped = Dropped::default();
    let mut seen = HashSet::new();
    let mut dated = Vec::new();
    for record in &found.records {
        let Some(url) = address(ctx.base, &record.loc) else {
            dropped.broken += 1;
            continue;
        };
        let date = |text: &str| clock.value(text);
        let (published, updated) = (date(&record.published), date(&record.lastmod));
        if record.is_child {
            sitemap.children.push(Child {
                url,
                lastmod: updated,
            });
            continue;
        }
        let candidate = candidate(
            record,
            &url,
            (published.or_else(|| clock.address(&url)), updated),
            ctx.families,
        );
        if seen.insert(candidate.id.clone()) {
            dated.push((published.max(updated).or(candidate.published), candidate));
        }
    }
    let any_date = dated.iter().any(|(date, _)| date.is_some());
    sitemap.discovery.candidates = within(dated, any_date, ctx.newer_than, &mut dropped);
    sitemap
        .children
        .retain(|child| fresh(child.lastmod, ctx.newer_than));
    sitemap
        .children
        .sort_by_key(|child| std::cmp::Reverse(child.lastmod));
    sitemap.discovery.feed.link = Some(ctx.base.to_string());
    sitemap.discovery.feed.title = found
        .records
        .iter()
        .map(|record| plain(&record.name))
        .find(|name| !name.is_empty());
    sitemap.discovery.truncated |= found.open;
    dropped.warn(&found, &mut sitemap.discovery.warnings);
    sitemap
}

/// What a document's scan gave.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// One per `url` or `sitemap` element, or line.
    pub records: Vec<Record>,
    /// Whether the last element was not closed.
    pub open: bool,
    /// Whether there were more than are read.
    pub cut: bool,
}

#[derive(Debug, Default)]
struct Dropped {
    broken: usize,
    undated: usize,
}

impl Dropped {
    fn warn(&self, found: &Found, warnings: &mut Vec<Warning>) {
        let mut say = |message: String| warnings.push(Warning::new("", message));
        if found.records.is_empty() {
            say("The document holds no address: it is not a sitemap, or an empty one.".to_owned());
        }
        if self.broken > 0 {
            say(format!(
                "{} addresses could not be read and were passed over.",
                self.broken
            ));
        }
        if self.undated > 0 {
            say(format!(
                "{} entries without a date were passed over, as others are dated.",
                self.undated
            ));
        }
        if found.cut {
            say(format!(
                "The document has more than {MAX_ENTRIES} entries; the rest was not read."
            ));
        }
        if found.open {
            say("The document ends within an entry.".to_owned());
        }
    }
}

/// The entries inside the window.
fn within(
    dated: Vec<(Option<DateTime<Utc>>, Candidate)>,
    any_date: bool,
    newer_than: Option<DateTime<Utc>>,
    dropped: &mut Dropped,
) -> Vec<Candidate> {
    let mut kept = Vec::new();
    for (date, candidate) in dated {
        if date.is_none() && any_date && newer_than.is_some() {
            dropped.undated += 1;
        } else if fresh(date, newer_than) {
            kept.push(candidate);
        }
    }
    kept
}

fn fresh(date: Option<DateTime<Utc>>, newer_than: Option<DateTime<Utc>>) -> bool {
    match (date, newer_than) {
        (Some(date), Some(limit)) => date >= limit,
        _ => true,
    }
}

fn candidate(
    record: &Record,
    url: &Url,
    dates: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    families: &Families,
) -> Candidate {
    let link = strip_tracking(url);
    let some = |text: &str| Some(plain(text)).filter(|text| !text.is_empty());
    Candidate {
        id: families.identity(url).key,
        link: Some(link.to_string()),
        title: some(&record.title),
        published: dates.0,
        updated: dates.1,
        language: some(&record.language),
        categories: plain(&record.keywords)
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
        image: address(url, &record.image).map(String::from),
        complete: true,
        ..Candidate::default()
    }
}

fn address(base: &Url, text: &str) -> Option<Url> {
    let text = plain(text);
    if text.is_empty() || text.len() > MAX_ADDRESS {
        return None;
    }
    base.join(&text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
}

/// Text with entities read and single spaces.
fn plain(text: &str) -> String {
    super::sheet::squeeze(&decode(text))
}

/// A text sitemap: an address a line.
fn lines(text: &str) -> Found {
    let mut found = Found::default();
    for line in text.lines().map(str::trim) {
        if !line.starts_with("http://") && !line.starts_with("https://") {
            continue;
        }
        if found.records.len() >= MAX_ENTRIES {
            found.cut = true;
            break;
        }
        found.records.push(Record {
            loc: line.to_owned(),
            ..Record::default()
        });
    }
    found
}

/// Unpacks gzip by its magic number (RFC 1952 §2.3.1), as far as the cap; what was unpacked before
/// an error is kept.
fn unpack<'a>(bytes: &'a [u8], most: u64, discovery: &mut Discovery) -> Cow<'a, [u8]> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Cow::Borrowed(bytes);
    }
    let mut unpacked = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes).take(most);
    let mut chunk = [0_u8; 16 << 10];
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => unpacked.extend_from_slice(&chunk[..count]),
            Err(error) => {
                discovery.truncated = true;
                discovery.warnings.push(Warning::new(
                    "",
                    format!("The packed document could be unpacked only in part ({error})."),
                ));
                break;
            }
        }
    }
    if reader.limit() == 0 {
        discovery.truncated = true;
        discovery.warnings.push(Warning::new(
            "",
            format!("The document is larger than {most} bytes unpacked; the rest was not read."),
        ));
    }
    Cow::Owned(unpacked)
}

#[cfg(test)]
mod tests;
