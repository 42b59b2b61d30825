//! Published documents: bytes from the shelf, archives from the store, with conditional requests
//! and content codings.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};

use super::Site;
use super::access;
use super::conditional::{self, Decision};
use crate::daemon::{Document, Held};

/// Shortest and longest time, in seconds, for which a client need not ask again: a poll may begin
/// early, and a day without polls is no reason to keep a reader from looking.
const FRESH: (i64, i64) = (60, 3_600);

/// What a request for a document says beside the document's name.
pub(super) struct Asked {
    headers: HeaderMap,
    uri: Uri,
}

impl Asked {
    /// The answer with a document, whose addresses bear the token of who came by one.
    async fn answer(&self, site: &Site, document: Arc<Document>) -> Response {
        let config = site.config.borrow().clone();
        let document = match access::key_of(&config.access, &self.uri) {
            Some(key) => {
                let base = config.daemon.base_url.as_str();
                document.marked(key.mark(), |bytes| key.write_into(bytes, base))
            }
            None => document,
        };
        let coding = coding_of(&document, &self.headers);
        if let Some(coding) = coding
            && !document.has_coded(coding)
        {
            let document = document.clone();
            let made = tokio::task::spawn_blocking(move || document.coded(coding).is_some());
            // Should it fail it is tried again below, where the failure is contained.
            let _ = made.await;
        }
        answer(&document, coding, &self.headers, site.clock.now())
    }
}

/// `GET /feeds/<file>`: every feed of ours, the pages of some, and the archives.
pub(super) async fn document(
    State(site): State<Site>,
    Path(file): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let asked = Asked { headers, uri };
    if let Some((channel, number)) = archive_of(&file) {
        return archive(&site, channel, number, &asked).await;
    }
    serve(&site, &format!("feeds/{file}"), &asked).await
}

/// `GET /topics/<topic>`: the page of a topic.
pub(super) async fn page(
    State(site): State<Site>,
    Path(file): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let asked = Asked { headers, uri };
    serve(&site, &format!("topics/{file}"), &asked).await
}

/// `GET /feeds.opml`: all our feeds.
pub(super) async fn outlines(State(site): State<Site>, uri: Uri, headers: HeaderMap) -> Response {
    let asked = Asked { headers, uri };
    serve(&site, "feeds.opml", &asked).await
}

/// The channel and the number in `archive/<channel>/<number>.atom`.
fn archive_of(file: &str) -> Option<(&str, u32)> {
    let (channel, number) = file
        .strip_prefix("archive/")?
        .strip_suffix(".atom")?
        .rsplit_once('/')?;
    Some((channel, number.parse().ok()?))
}

async fn archive(site: &Site, channel: &str, number: u32, asked: &Asked) -> Response {
    let key = channel.to_owned();
    let found = site
        .store
        .read(move |r| {
            let q = r.queries();
            let dropped = number > 0 && number < q.oldest_archive(&key)?;
            Ok((q.archive(&key, number)?, dropped))
        })
        .await;
    match found {
        Ok((None, true)) => no_answer(StatusCode::GONE),
        Ok((Some(archive), _)) => match Document::of_archive(archive) {
            Some(document) => asked.answer(site, Arc::new(document)).await,
            None => no_answer(StatusCode::INTERNAL_SERVER_ERROR),
        },
        Ok((None, false)) => no_answer(StatusCode::NOT_FOUND),
        Err(error) => {
            tracing::error!("{}", crate::report(&error));
            no_answer(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

async fn serve(site: &Site, path: &str, asked: &Asked) -> Response {
    let config = site.config.borrow().clone();
    let held = match site.publisher.bring(&config, path).await {
        Ok(held) => held,
        Err(error) => {
            tracing::error!("{}", crate::report(&error));
            match site.shelf().look_up(path) {
                Held::Unknown => return no_answer(StatusCode::SERVICE_UNAVAILABLE),
                held => held,
            }
        }
    };
    match held {
        Held::Here(document) | Held::Before(document) => asked.answer(site, document).await,
        Held::Gone => no_answer(StatusCode::GONE),
        Held::Unknown => no_answer(StatusCode::NOT_FOUND),
    }
}

fn no_answer(status: StatusCode) -> Response {
    let words = match status {
        StatusCode::GONE => {
            "This feed is no longer published. Please unsubscribe; the feeds that there are stand in /feeds.opml.\n"
        }
        StatusCode::NOT_FOUND => {
            "There is no such feed. The addresses of all feeds are on the status page.\n"
        }
        StatusCode::SERVICE_UNAVAILABLE => "The store does not answer; the log says why.\n",
        _ => "This document is damaged in the store; restore the database from a copy.\n",
    };
    (status, words).into_response()
}

/// The coding that a client prefers, of those that a document can be had in.
pub(super) fn coding_of(document: &Document, headers: &HeaderMap) -> Option<&'static str> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok();
    let offers = document.codings().map(|coding| (coding, coding));
    conditional::best_coding(accepted, offers)
}

/// The answer with a document, in the coding chosen by [`coding_of`].
pub(super) fn answer(
    document: &Document,
    coding: Option<&'static str>,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Response {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let coded = coding.and_then(|coding| Some((coding, document.coded(coding)?)));
    let etag = coded.map_or(&document.etag, |(_, coded)| &coded.etag);
    let tags: Vec<&[u8]> = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    let tags = (!tags.is_empty()).then(|| tags.join(&b","[..]));
    let since = text(header::IF_MODIFIED_SINCE);
    let decision = conditional::evaluate(true, tags.as_deref(), since, etag, document.modified);
    let mut response = match decision {
        Decision::NotModified => StatusCode::NOT_MODIFIED.into_response(),
        Decision::Send => {
            let bytes = coded.map_or(&document.bytes, |(_, coded)| &coded.bytes);
            Response::new(Body::from(bytes.clone()))
        }
    };
    let fields = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            fields.insert(name, value);
        }
    };
    set(header::ETAG, etag);
    set(header::LAST_MODIFIED, &document.last_modified);
    set(header::CACHE_CONTROL, &freshness(document, now));
    set(header::VARY, "Accept-Encoding");
    if decision == Decision::Send {
        set(header::CONTENT_TYPE, document.media_type);
        if let Some((coding, _)) = coded {
            set(header::CONTENT_ENCODING, coding);
        }
    }
    response
}

fn freshness(document: &Document, now: DateTime<Utc>) -> String {
    if document.immutable {
        return "max-age=31536000, immutable".to_owned();
    }
    let left = (document.fresh_until() - now).num_seconds();
    format!("max-age={}", left.clamp(FRESH.0, FRESH.1))
}
