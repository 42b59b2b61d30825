//! From the bytes of a source to its candidates, by the kind of the source; further pages of a
//! listing and the children of a sitemap index are fetched here.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::Pipeline;
use super::turn::{Turn, aside};
use crate::config::{Sites, Source, SourceKind};
use crate::discover::{feed, json, listing, sitemap};
use crate::fetch::{Kind, Outcome, Request, Response};
use crate::model::{Discovery, Warning};
use crate::text::charset;
use crate::text::html::guard;

/// Children of a sitemap index that one poll reads, the latest changed first.
const MOST_CHILDREN: usize = 5;

/// Reads a source's answer, and what belongs to it: the next pages of a listing on the first poll,
/// the children of a sitemap index. The error is a sentence: why this is not what it should be.
pub(super) async fn discover(
    pipeline: &Pipeline,
    (source, sites): (&Source, &std::sync::Arc<Sites>),
    response: &mut Response,
    first_poll: bool,
    turn: &mut Turn,
) -> Result<Discovery, String> {
    let now = pipeline.clock.now();
    let body = std::mem::take(&mut response.body);
    let reading = Reading {
        source: source.clone(),
        sites: sites.clone(),
        url: response.final_url.clone(),
        content_type: response.content_type.clone(),
        now,
    };
    let (mut discovery, children) = read_apart(reading.clone(), body).await?;
    for child in children.into_iter().take(MOST_CHILDREN) {
        let (found, _) = further(pipeline, &reading, child, turn).await;
        append(&mut discovery, found);
    }
    let SourceKind::Listing(rules) = &source.kind else {
        return Ok(discovery);
    };
    let pages = if first_poll { rules.pages } else { 1 };
    for _ in 1..pages {
        let next = discovery
            .hints
            .next
            .take()
            .and_then(|next| reading.url.join(&next).ok());
        let Some(next) = next else {
            break;
        };
        let (found, next) = further(pipeline, &reading, next, turn).await;
        append(&mut discovery, found);
        discovery.hints.next = next;
    }
    Ok(discovery)
}

/// What is needed to read one document of a source.
#[derive(Clone)]
struct Reading {
    source: Source,
    sites: std::sync::Arc<Sites>,
    url: Url,
    content_type: Option<String>,
    now: DateTime<Utc>,
}

async fn further(
    pipeline: &Pipeline,
    reading: &Reading,
    url: Url,
    turn: &mut Turn,
) -> (Discovery, Option<String>) {
    let mut request = Request::new(url.clone(), reading.source.kind.fetch_kind());
    request.source = reading.source.terms.clone();
    let failed = |reason: String| Discovery {
        warnings: vec![Warning::new(url.to_string(), reason)],
        ..Discovery::default()
    };
    turn.give_up();
    let outcome = pipeline.client.fetch(&request).await;
    turn.take_again().await;
    let response = match outcome {
        Outcome::Body(response) => response,
        other => return (failed(other.to_string()), None),
    };
    let reading = Reading {
        url: response.final_url.clone(),
        content_type: response.content_type.clone(),
        ..reading.clone()
    };
    match read_apart(reading, response.body).await {
        Ok((discovery, _)) => {
            let next = discovery.hints.next.clone();
            (discovery, next)
        }
        Err(reason) => (failed(reason), None),
    }
}

fn append(all: &mut Discovery, more: Discovery) {
    all.warnings.extend(more.warnings);
    for candidate in more.candidates {
        if !all.candidates.iter().any(|known| known.id == candidate.id) {
            all.candidates.push(candidate);
        }
    }
}

/// Reads on a blocking thread; a panic of a parser is a reason, not an end.
async fn read_apart(reading: Reading, body: Vec<u8>) -> Result<(Discovery, Vec<Url>), String> {
    aside(move || read_document(&reading.view(), &body))
        .await
        .unwrap_or_else(|| Err("the document made its parser fail; please report it".to_owned()))
}

/// What a document is read with.
pub struct View<'a> {
    /// The source it belongs to.
    pub source: &'a Source,
    /// Families and rules.
    pub sites: &'a Sites,
    /// Address that answered.
    pub url: &'a Url,
    /// `Content-Type` as sent.
    pub content_type: Option<&'a str>,
    /// When it was fetched.
    pub now: DateTime<Utc>,
}

impl Reading {
    fn view(&self) -> View<'_> {
        View {
            source: &self.source,
            sites: &self.sites,
            url: &self.url,
            content_type: self.content_type.as_deref(),
            now: self.now,
        }
    }
}

/// Reads one document by the kind of its source; also names the children of a sitemap index.
///
/// # Errors
/// A sentence that says why it is not what the source should be.
pub fn read_document(view: &View<'_>, body: &[u8]) -> Result<(Discovery, Vec<Url>), String> {
    match &view.source.kind {
        SourceKind::Feed => read_feed(view, body).map(|d| (d, Vec::new())),
        SourceKind::Listing(rules) => {
            let decoded = charset::decode(body, view.content_type, charset::Kind::Html);
            let html = decoded.text;
            guard::inspect(&html).map_err(|defect| format!("the page is not read: {defect}"))?;
            let context = listing::Context {
                base: view.url,
                listing: rules,
                families: &view.sites.families,
                timezone: view.source.timezone,
                fetched_at: view.now,
            };
            let mut found = listing::read(&html, &context);
            found.warnings.extend(decoded.warnings);
            Ok((found, Vec::new()))
        }
        SourceKind::Sitemap => {
            let max_age = TimeDelta::from_std(view.source.max_age).unwrap_or(TimeDelta::MAX);
            let context = sitemap::Context {
                base: view.url,
                families: &view.sites.families,
                timezone: view.source.timezone,
                fetched_at: view.now,
                newer_than: view.now.checked_sub_signed(max_age),
            };
            let read = sitemap::read(body, &context);
            let children = read.children.into_iter().map(|child| child.url).collect();
            Ok((read.discovery, children))
        }
        SourceKind::Json(paths) => {
            let context = json::Context {
                base: view.url,
                paths,
                families: &view.sites.families,
                timezone: view.source.timezone,
                fetched_at: view.now,
            };
            let decoded = charset::decode(body, view.content_type, charset::Kind::Json);
            let mut found = json::read(&decoded.text, &context);
            found.warnings.extend(decoded.warnings);
            Ok((found, Vec::new()))
        }
    }
}

fn read_feed(view: &View<'_>, body: &[u8]) -> Result<Discovery, String> {
    let context = feed::Context {
        url: Some(view.url),
        content_type: view.content_type,
        timezone: view.source.timezone,
        fetched_at: view.now,
    };
    feed::parse(body, &context).map_err(|refused| {
        if refused.alternates.is_empty() {
            return refused.reason;
        }
        let urls: Vec<&str> = refused.alternates.iter().map(|a| a.url.as_str()).collect();
        format!(
            "{}: {}",
            refused.reason.trim_end_matches('.'),
            urls.join(", ")
        )
    })
}

/// The kind of request for a page of an article.
pub(super) const PAGE: Kind = Kind::Page;
