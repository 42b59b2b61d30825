//! Published documents: bytes from the shelf, with conditional requests and gzip.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Site;
use super::conditional::{self, Decision};
use crate::daemon::Document;
use crate::text::http_date;

/// `GET /feeds/<topic>.atom` (and `.rss`, `.json`).
pub(super) async fn document(
    State(site): State<Site>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    serve(site.shelf.get(&format!("feeds/{file}")), &headers)
}

/// `GET /topics/<topic>`: the page of a topic.
pub(super) async fn page(
    State(site): State<Site>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    serve(site.shelf.get(&format!("topics/{file}")), &headers)
}

/// `GET /feeds.opml`: all our feeds.
pub(super) async fn outlines(State(site): State<Site>, headers: HeaderMap) -> Response {
    serve(site.shelf.get("feeds.opml"), &headers)
}

fn serve(document: Option<Arc<Document>>, headers: &HeaderMap) -> Response {
    let Some(document) = document else {
        return (
            StatusCode::NOT_FOUND,
            "There is no such feed. The addresses of all feeds are on the status page.\n",
        )
            .into_response();
    };
    let text = |name| {
        headers
            .get(name)
            .and_then(|v: &HeaderValue| v.to_str().ok())
    };
    let gzip = document
        .gzip
        .as_ref()
        .filter(|_| conditional::accepts_gzip(text(header::ACCEPT_ENCODING)));
    let etag = if gzip.is_some() {
        &document.gzip_etag
    } else {
        &document.etag
    };
    let if_none_match = headers
        .get(header::IF_NONE_MATCH)
        .map(HeaderValue::as_bytes);
    let if_modified_since = text(header::IF_MODIFIED_SINCE);
    let decision = conditional::evaluate(
        true,
        if_none_match,
        if_modified_since,
        etag,
        document.modified,
    );
    let mut response = match decision {
        Decision::NotModified => StatusCode::NOT_MODIFIED.into_response(),
        Decision::Send => Response::new(Body::from(gzip.unwrap_or(&document.bytes).clone())),
    };
    let fields = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            fields.insert(name, value);
        }
    };
    set(header::ETAG, etag);
    set(header::LAST_MODIFIED, &http_date::render(document.modified));
    set(header::CACHE_CONTROL, "max-age=300");
    set(header::VARY, "Accept-Encoding");
    if decision == Decision::Send {
        set(header::CONTENT_TYPE, document.media_type);
        if gzip.is_some() {
            set(header::CONTENT_ENCODING, "gzip");
        }
    }
    response
}
