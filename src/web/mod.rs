//! The web server: published feeds with their validators, the topics' pages, the status page.
//!
//! Reads only: what it serves was rendered by the publisher or comes from the store's readers.

mod access;
pub mod conditional;
mod feeds;
mod front;
mod hub;
mod server;
pub mod status;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

pub use front::Front;
pub use server::{Limits, serve};

use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Door, Publisher, Shelf};
use crate::store::Store;

/// The longest time an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// What a page of ours may load: its own inline style and pictures of the outlets, nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src * data:; media-src *; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Fields of every answer that does not say otherwise itself.
static ALWAYS: [(HeaderName, HeaderValue); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_SECURITY_POLICY),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
];

/// What the handlers share.
#[derive(Clone)]
pub struct Site {
    /// Who has the feeds.
    pub publisher: Arc<Publisher>,
    /// The store.
    pub store: Store,
    /// The configuration in force.
    pub config: watch::Receiver<Arc<Config>>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where subscriptions are asked for.
    pub hub: Door,
    /// What was counted last for `/metrics`.
    pub counted: status::Counted,
}

impl Site {
    /// The feeds that are at hand.
    fn shelf(&self) -> &Shelf {
        &self.publisher.shelf
    }

    /// What the disk keeps from being done, as a sentence.
    fn trouble(&self) -> Option<String> {
        self.store.trouble().or_else(|| self.shelf().trouble())
    }
}

/// The routes.
fn router(site: Site) -> Router {
    let [policy, sniffing, referrer] = ALWAYS
        .clone()
        .map(|(name, value)| SetResponseHeaderLayer::if_not_present(name, value));
    let feeds = Router::new()
        .route("/feeds/{*file}", get(feeds::document))
        .layer(from_fn_with_state(site.clone(), hub::advertise_routed));
    Router::new()
        .merge(feeds)
        .route("/hub", post(hub::ask))
        .route("/push/{token}", get(hub::confirm).post(hub::pushed))
        .route("/", get(status::page))
        .route("/status.json", get(status::json))
        .route("/healthz", get(status::alive))
        .route("/readyz", get(status::ready))
        .route("/metrics", get(status::metrics))
        .route("/events", get(status::events))
        .route("/search", get(status::search))
        // Browsers ask for it on pages that name no icon.
        .route(
            "/favicon.ico",
            get(|| async { axum::http::StatusCode::NO_CONTENT }),
        )
        .route("/topics/{file}", get(feeds::page))
        .route("/feeds.opml", get(feeds::outlines))
        .route("/articles/{id}", get(status::article))
        .fallback(status::nowhere)
        .layer(from_fn_with_state(site.clone(), access::check_access))
        .layer(from_fn_with_state(site.clone(), access::check_host))
        .with_state(site)
        .layer(policy)
        .layer(sniffing)
        .layer(referrer)
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_TIMEOUT,
        ))
        .layer(CatchPanicLayer::new())
}
