//! `depeche inspect feed`.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use url::Url;

use super::{each_file, parse_url};
use crate::commands::{Outcome, clock};
use crate::discover::feed::{Context, parse};
use crate::model::{Candidate, Discovery, NotAFeed, Person};

/// Arguments of `inspect feed`.
#[derive(clap::Args)]
pub(in crate::commands) struct Arguments {
    /// Print JSON (the only form there is)
    #[arg(long)]
    json: bool,
    /// Address the bytes came from: the base of relative links
    #[arg(long, value_parser = parse_url)]
    url: Option<Url>,
    /// `Content-Type` they came with
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Zone of dates that name none (IANA name)
    #[arg(long, value_name = "ZONE")]
    timezone: Option<Tz>,
    /// Files; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Reads every file as a feed.
pub(super) fn inspect(arguments: &Arguments) -> Outcome {
    let now = clock().now();
    let (url, content_type, timezone) = (
        arguments.url.clone(),
        arguments.content_type.clone().map(Arc::<str>::from),
        arguments.timezone,
    );
    each_file(&arguments.files, move |bytes| {
        let context = Context {
            url: url.as_ref(),
            content_type: content_type.as_deref(),
            timezone,
            fetched_at: now,
        };
        match parse(bytes, &context) {
            Ok(discovery) => as_json(&discovery),
            Err(refused) => refusal(&refused),
        }
    })
}

fn refusal(refused: &NotAFeed) -> Value {
    json!({"ok": false, "error": refused.reason, "alternates": refused.alternates})
}

fn as_json(discovery: &Discovery) -> Value {
    let feed = &discovery.feed;
    json!({
        "ok": true,
        "format": discovery.format,
        "title": feed.title,
        "link": feed.link,
        "id": feed.id,
        "updated": time(feed.updated),
        "description": feed.description,
        "language": feed.language,
        "authors": people(&feed.authors),
        "hints": discovery.hints,
        "truncated": discovery.truncated,
        "warnings": discovery.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "candidates": discovery.candidates.iter().map(candidate).collect::<Vec<_>>(),
    })
}

fn candidate(candidate: &Candidate) -> Value {
    json!({
        "id": candidate.id,
        "link": candidate.link,
        "title": candidate.title,
        "published": time(candidate.published),
        "updated": time(candidate.updated),
        "summary": candidate.summary,
        "content": candidate.content,
        "authors": people(&candidate.authors),
        "categories": candidate.categories,
        "enclosures": candidate.enclosures,
        "language": candidate.language,
        "image": candidate.image,
        "via": candidate.via,
        "complete": candidate.complete,
    })
}

/// People as JSON.
pub(super) fn people(people: &[Person]) -> Value {
    json!(people)
}

/// A time in RFC 3339.
pub(super) fn time(time: Option<DateTime<Utc>>) -> Option<String> {
    time.map(|t| t.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}
