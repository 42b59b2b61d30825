//! The status pages: how sources and topics are, the way of an article, the archive by words, and the
//! same for programs.
//!
//! Server-rendered, escaped by construction (maud), complete without JavaScript; where it is there,
//! one short script keeps the first page up to date. Knows no SQL and writes nothing.

mod article;
mod health;
mod live;
mod page;
mod search;
mod words;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::config::Config;
use crate::store::StoreError;
use crate::web::Site;
pub(super) use article::article;
pub use health::Counted;
pub(super) use health::{alive, metrics, ready};
pub(super) use live::events;
pub(super) use page::{json, page};
pub(super) use search::search;
use words::Words;

const STYLE: &str = include_str!("style.css");

fn unavailable(site: &Site, error: &StoreError) -> Response {
    tracing::error!("{}", crate::report(error));
    let words = site.trouble();
    let words = words.unwrap_or_else(|| "The store does not answer; the log says why.".to_owned());
    (StatusCode::SERVICE_UNAVAILABLE, words + "\n").into_response()
}

/// What answers at an address where nothing is.
pub(super) async fn nowhere(State(site): State<Site>, headers: HeaderMap) -> Response {
    let words = Words::of(&headers);
    let base = site.config.borrow().daemon.base_url.to_string();
    let frame = Frame {
        words,
        title: words.nowhere,
        base: &base,
        query: "",
        script: None,
        feeds: None,
    };
    let body = html! {
        h1 { (words.nowhere) }
        p { a href=(base) { (words.status) } }
    };
    let fields = [(header::VARY, "Accept-Language")];
    let html = frame.around(&body).into_string();
    (StatusCode::NOT_FOUND, fields, Html(html)).into_response()
}

/// What stands around every page. `base` leads from the page's address to the first page.
struct Frame<'a> {
    words: &'a Words,
    title: &'a str,
    base: &'a str,
    /// What is looked for, on the search page.
    query: &'a str,
    script: Option<&'static str>,
    /// The configuration whose feeds the page names for autodiscovery.
    feeds: Option<&'a Config>,
}

impl Frame<'_> {
    fn around(&self, body: &Markup) -> Markup {
        let w = self.words;
        html! {
            (DOCTYPE)
            html lang=(w.lang) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    link rel="icon" href="data:,";
                    @for topic in self.feeds.iter().flat_map(|config| &config.topics) {
                        link rel="alternate" type="application/atom+xml" title=(topic.title)
                            href={ (self.base) "feeds/" (topic.id) ".atom" };
                    }
                    @if self.feeds.is_some_and(|config| config.publish.health) {
                        link rel="alternate" type="application/atom+xml" title=(w.sources)
                            href={ (self.base) "feeds/_health.atom" };
                    }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a.skip href="#main" { (w.skip) }
                    header {
                        a.name href={ (self.base) "./" } { "depeche" }
                        form role="search" action={ (self.base) "search" } method="get" {
                            label for="q" { (w.search_label) }
                            input #q type="search" name="q" maxlength="300" value=(self.query);
                            button type="submit" { (w.search) }
                        }
                    }
                    main #main { (body) }
                    footer {
                        p { "depeche " (env!("CARGO_PKG_VERSION")) " · "
                            a href={ (self.base) "status.json" } { (w.as_json) } " · "
                            a href={ (self.base) "feeds.opml" } { (w.opml) } " · "
                            a href={ (self.base) "metrics" } { (w.metrics) } }
                    }
                    @if let Some(script) = self.script { script { (PreEscaped(script)) } }
                }
            }
        }
    }
}
