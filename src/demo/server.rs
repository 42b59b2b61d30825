//! Serving the sample outlets: one listener, hosts told apart by the `Host` header.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use super::Outlets;
use super::manifest::Answer;
use crate::clock::Clock;

struct Serving {
    outlets: Outlets,
    clock: Arc<dyn Clock>,
}

/// Serves the outlets until the task is dropped; the listener must be on loopback.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(
    listener: TcpListener,
    outlets: Outlets,
    clock: Arc<dyn Clock>,
) -> std::io::Result<()> {
    let serving = Arc::new(Serving { outlets, clock });
    let router = Router::new().fallback(respond).with_state(serving);
    axum::serve(listener, router).await
}

async fn respond(State(serving): State<Arc<Serving>>, request: Request) -> Response {
    let headers = request.headers();
    let host = text(headers, header::HOST);
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    let Some(answer) = serving.outlets.answer(&host, path, serving.clock.now()) else {
        return (StatusCode::NOT_FOUND, "Cette page n'existe pas.").into_response();
    };
    let etag = etag(answer);
    if text(headers, header::IF_NONE_MATCH) == etag {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = Response::new(Body::from(answer.body.clone()));
    *response.status_mut() = status;
    let fields = [
        (header::CONTENT_TYPE, Some(answer.content_type.clone())),
        (header::LOCATION, answer.location.clone()),
        (header::ETAG, Some(etag)),
    ];
    for (name, value) in fields {
        if let Some(value) = value.and_then(|v| v.parse().ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> String {
    headers
        .get(name)
        .map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned())
        .unwrap_or_default()
}

fn etag(answer: &Answer) -> String {
    let mut hasher = DefaultHasher::new();
    answer.body.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
