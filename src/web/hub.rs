//! The door of our WebSub hub: `POST /hub`, and the `Link` headers by which feeds name it.
//!
//! Reads and answers only; who is subscribed is decided and written behind [`crate::daemon::Door`].

use std::collections::HashMap;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use chrono::TimeDelta;

use super::{Site, access};
use crate::config::Config;
use crate::daemon::{Answer, Knock};
use crate::hub::{self, FORM_TYPE, MAX_BODY};

/// `POST /hub`: a subscription or its end (WebSub §5.1). Errors are answered in plain words.
pub(super) async fn ask(State(site): State<Site>, headers: HeaderMap, body: Body) -> Response {
    if !site.config.borrow().publish.hub {
        let text = "This is no WebSub hub: `hub` in [publish] is false.\n";
        return (StatusCode::NOT_FOUND, text).into_response();
    }
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case(FORM_TYPE) {
        let text = format!("A request to the hub is a form: {FORM_TYPE}.\n");
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
    }
    let Ok(bytes) = to_bytes(body, MAX_BODY).await else {
        let text = format!("A request to the hub has {MAX_BODY} bytes at most.\n");
        return (StatusCode::PAYLOAD_TOO_LARGE, text).into_response();
    };
    match hub::parse(&bytes) {
        // What wants a password is told to nobody who has not shown it.
        Ok(ask) if !is_open(&site, &ask) => answer(Answer::UnknownTopic),
        Ok(ask) => answer(site.hub.knock(Knock::Ask(ask)).await),
        Err(message) => (StatusCode::BAD_REQUEST, message + "\n").into_response(),
    }
}

fn is_open(site: &Site, ask: &hub::Ask) -> bool {
    let address: Option<Uri> = ask.topic.parse().ok();
    address.is_some_and(|address| access::is_open(&site.config.borrow().access, &address))
}

fn answer(answer: Answer) -> Response {
    let busy = |wait: i64, text: &'static str| {
        let headers = [(header::RETRY_AFTER, wait.max(1).to_string())];
        (StatusCode::TOO_MANY_REQUESTS, headers, text).into_response()
    };
    match answer {
        Answer::Taken => StatusCode::ACCEPTED.into_response(),
        Answer::UnknownTopic => {
            let text = "hub.topic is none of the feeds published here.\n";
            (StatusCode::NOT_FOUND, text).into_response()
        }
        Answer::Forbidden(reason) => {
            let text = format!("hub.callback cannot be called: {reason}.\n");
            (StatusCode::FORBIDDEN, text).into_response()
        }
        Answer::Resting(wait) => busy(wait, "The callback said no a moment ago.\n"),
        Answer::Full => busy(3_600, "There are too many subscriptions.\n"),
        Answer::Unavailable => {
            let text = "The hub cannot answer right now.\n";
            (
                StatusCode::SERVICE_UNAVAILABLE,
                [(header::RETRY_AFTER, "60")],
                text,
            )
                .into_response()
        }
    }
}

/// `GET /push/<token>`: a source's hub asks whether we meant to subscribe (WebSub §5.3).
pub(super) async fn confirm(
    State(site): State<Site>,
    Path(token): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let field = |name: &str| query.get(name).cloned().unwrap_or_default();
    if field("hub.mode") != "subscribe" {
        return StatusCode::NOT_FOUND.into_response();
    }
    let seconds = field("hub.lease_seconds").parse().ok();
    let knock = Knock::Confirm {
        token,
        topic: field("hub.topic"),
        lease: seconds
            .and_then(TimeDelta::try_seconds)
            .unwrap_or(TimeDelta::MAX),
    };
    match site.hub.knock(knock).await {
        Answer::Taken => field("hub.challenge").into_response(),
        Answer::Unavailable => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `POST /push/<token>`: a source's hub has something to tell. What it says is not read: the source
/// is asked itself. A hub that calls for nothing is told that we are gone.
pub(super) async fn pushed(State(site): State<Site>, Path(token): Path<String>) -> StatusCode {
    match site.hub.knock(Knock::Pushed(token)).await {
        Answer::Taken => StatusCode::ACCEPTED,
        Answer::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::GONE,
    }
}

/// Names the hubs and the feed itself in the headers of a feed, where a subscriber looks first
/// (WebSub §4). `path` is that of the feed, without a slash before it.
pub(super) fn advertise(config: &Config, path: &str, response: &mut Response) {
    let hubs = config.hubs();
    if hubs.is_empty() || response.status().is_client_error() {
        return;
    }
    let topic = format!("{}{path}", config.daemon.base_url);
    let link = hub::link(hubs.iter().map(String::as_str), &topic);
    if let Ok(link) = HeaderValue::try_from(link) {
        response.headers_mut().append(header::LINK, link);
    }
}

/// The same for what the routes answer.
pub(super) async fn advertise_routed(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let mut response = next.run(request).await;
    advertise(&site.config.borrow(), &path, &mut response);
    response
}
