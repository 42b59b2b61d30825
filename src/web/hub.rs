//! The door of our WebSub hub: `POST /hub`, and the `Link` headers by which feeds name it.
//!
//! Reads and answers only; who is subscribed is decided and written behind [`crate::daemon::Door`].

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Site;
use crate::daemon::Answer;
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
        Ok(ask) => answer(site.hub.ask(ask).await),
        Err(message) => (StatusCode::BAD_REQUEST, message + "\n").into_response(),
    }
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

/// Names the hubs and the feed itself in the headers of a feed, where a subscriber looks first
/// (WebSub §4).
pub(super) async fn advertise(State(site): State<Site>, request: Request, next: Next) -> Response {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let mut response = next.run(request).await;
    let config = site.config.borrow().clone();
    let hubs = config.hubs();
    if hubs.is_empty() || response.status().is_client_error() {
        return response;
    }
    let topic = format!("{}{path}", config.daemon.base_url);
    let link = hub::link(hubs.iter().map(String::as_str), &topic);
    if let Ok(link) = HeaderValue::try_from(link) {
        response.headers_mut().append(header::LINK, link);
    }
    response
}
