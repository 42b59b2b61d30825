//! The status page: sources with their state in words, topics with their feeds, an article's way.
//!
//! Server-rendered, no JavaScript, escaped by construction (maud).

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, html};
use serde_json::{Value, json};

use super::Site;
use crate::config::Config;
use crate::model::{ArticleId, SourceId};
use crate::store::{
    ArticleRow, Health, HealthState, SourceRow, StoreError, TopicCount, VerdictRow,
};

const STYLE: &str = include_str!("status.css");

struct Overview {
    sources: Vec<SourceRow>,
    health: HashMap<SourceId, Health>,
    topics: Vec<TopicCount>,
    states: Vec<(String, u64)>,
}

impl Overview {
    fn with_health(&self) -> impl Iterator<Item = (&SourceRow, &Health)> {
        self.sources
            .iter()
            .filter_map(|source| Some((source, self.health.get(&source.id)?)))
    }
}

async fn overview(site: &Site) -> Result<Overview, StoreError> {
    let now = site.clock.now();
    site.store
        .read(move |r| {
            let q = r.queries();
            Ok(Overview {
                sources: q.sources(false)?,
                health: q.health(now)?,
                topics: q.topic_counts()?,
                states: q.counts()?,
            })
        })
        .await
}

fn unavailable(error: &StoreError) -> Response {
    tracing::error!("{}", crate::report(error));
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "The store does not answer; the log says why.\n",
    )
        .into_response()
}

/// `GET /`.
pub(super) async fn page(State(site): State<Site>) -> Response {
    match overview(&site).await {
        Ok(overview) => {
            let config = site.config.borrow().clone();
            Html(render(&config, &overview, site.clock.now()).into_string()).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

/// `GET /status.json`.
pub(super) async fn json(State(site): State<Site>) -> Response {
    match overview(&site).await {
        Ok(overview) => {
            let mut body = as_json(&site.config.borrow(), &overview);
            body["trouble"] = json!(site.store.trouble());
            let body = body.to_string();
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

/// `GET /healthz`: the store answers and can be written.
pub(super) async fn health(State(site): State<Site>) -> Response {
    match site.store.read(|r| r.queries().next_due()).await {
        Ok(_) => match site.store.trouble() {
            None => "ok\n".into_response(),
            Some(trouble) => (StatusCode::SERVICE_UNAVAILABLE, trouble + "\n").into_response(),
        },
        Err(error) => unavailable(&error),
    }
}

/// `GET /articles/<id>`: an article's way through the pipeline.
pub(super) async fn article(State(site): State<Site>, Path(id): Path<i64>) -> Response {
    let found = site
        .store
        .read(move |r| {
            let q = r.queries();
            Ok((q.article(ArticleId(id))?, q.verdicts(ArticleId(id))?))
        })
        .await;
    match found {
        Ok((Some(article), verdicts)) => {
            Html(render_article(&article, &verdicts).into_string()).into_response()
        }
        Ok((None, _)) => (StatusCode::NOT_FOUND, "There is no such article.\n").into_response(),
        Err(error) => unavailable(&error),
    }
}

fn frame(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
}

fn render(config: &Config, overview: &Overview, now: DateTime<Utc>) -> Markup {
    let body = html! {
        h1 { "depeche" }
        p { (overview.sources.len()) " sources, " (config.topics.len()) " topics. "
            @for (state, count) in &overview.states { (count) " " (state) ". " } }
        h2 { "Topics" }
        ul.topics {
            @for topic in &config.topics {
                @let count = overview.topics.iter().find(|c| c.topic == topic.id);
                li {
                    a href={ "topics/" (topic.id) } { (topic.title) }
                    " — " (count.map_or(0, |c| c.entries)) " entries"
                    @if let Some(newest) = count.and_then(|c| c.newest) { ", newest " (ago(newest, now)) }
                    " · "
                    a href={ "feeds/" (topic.id) ".atom" } { "Atom" } " · "
                    a href={ "feeds/" (topic.id) ".rss" } { "RSS" } " · "
                    a href={ "feeds/" (topic.id) ".json" } { "JSON Feed" }
                }
            }
        }
        p { a href="feeds.opml" { "All feeds as OPML" } " · " a href="status.json" { "This page as JSON" } }
        h2 { "Sources" }
        div.wide { (sources_table(overview, now)) }
    };
    frame("depeche: status", &body)
}

fn sources_table(overview: &Overview, now: DateTime<Utc>) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { "Source" } th scope="col" { "State" } th scope="col" { "Last read" }
                th scope="col" { "Next poll" } th scope="col" { "Candidates" } th scope="col" { "Articles" }
            } }
            tbody {
                @for (source, health) in overview.with_health() {
                    tr class=(health.state.as_str()) {
                        th scope="row" {
                            a href=(source.url) rel="noreferrer" { (source.id) }
                            @if let Some(title) = &source.title { small { (title) } }
                        }
                        td {
                            strong { (health.state.as_str()) }
                            @if health.state != HealthState::Ok { " since " (health.since.format("%Y-%m-%d %H:%M")) }
                            @if !health.words.is_empty() { small { (health.words) } }
                            @if let Some(url) = &source.adopted_url { small { "has moved to " (url) ": write this address into sources.toml" } }
                        }
                        td { (source.last_ok_at.map_or_else(|| "never".to_owned(), |t| ago(t, now))) }
                        td { (until(source.next_fetch_at, now)) }
                        td { (source.candidates) }
                        td { (source.articles) }
                    }
                }
            }
        }
    }
}

fn render_article(article: &ArticleRow, verdicts: &[VerdictRow]) -> Markup {
    let body = html! {
        p { a href="/" { "Status" } }
        h1 { (article.title) }
        dl {
            dt { "Address" } dd { a href=(article.url) rel="noreferrer" { (article.url) } }
            dt { "Identity" } dd { (article.identity) }
            dt { "Source" } dd { (article.source) }
            dt { "State" } dd { (article.state) }
            dt { "Published" } dd { (article.published.to_rfc3339()) }
            dt { "First seen" } dd { (article.first_seen.to_rfc3339()) }
            dt { "Body by" } dd { (article.how) ", " (article.words) " words" }
            @if let Some(error) = &article.last_error { dt { "Last error" } dd { (error) } }
            @if let Some(of) = article.dup_of {
                dt { "Among the stories" }
                dd { (article.dup_level.as_deref().unwrap_or("")) " of " a href={ "/articles/" (of) } { (of) } }
            }
        }
        h2 { "Verdicts" }
        @for verdict in verdicts {
            h3 { (verdict.topic) ": " (if verdict.matched { "wanted" } else { "not wanted" }) ", score " (format!("{:.1}", verdict.score)) }
            (reasons(&verdict.why))
        }
        h2 { "Text" }
        @for paragraph in article.text.lines() { p { (paragraph) } }
    };
    frame(&article.title, &body)
}

fn reasons(why: &str) -> Markup {
    let value: Value = serde_json::from_str(why).unwrap_or(Value::Null);
    let text = |v: &Value, key: &str| v[key].as_str().unwrap_or("").to_owned();
    html! {
        ul {
            @for hit in value["why"].as_array().into_iter().flatten() {
                li { (text(hit, "rule")) " " code { (text(hit, "term")) } " in the " (text(hit, "where")) ": " (text(hit, "snippet")) }
            }
            @for missed in value["missed"].as_array().into_iter().flatten() {
                li { "missed: " (missed.as_str().unwrap_or("")) }
            }
        }
    }
}

fn as_json(config: &Config, overview: &Overview) -> Value {
    let sources: Vec<Value> = overview
        .with_health()
        .map(|(s, health)| {
            json!({
                "id": s.id, "url": s.url, "title": s.title, "state": health.state.as_str(),
                "since": health.since, "message": health.words, "failures": s.failures,
                "last_fetch": s.last_fetch_at, "last_read": s.last_ok_at, "next_poll": s.next_fetch_at,
                "newest": s.newest_at, "moved_to": s.moved_to, "adopted_url": s.adopted_url,
                "by_link": s.by_link, "polls": s.polls,
                "unconditional": s.unconditional, "candidates": s.candidates, "articles": s.articles,
            })
        })
        .collect();
    let topics: Vec<Value> = config
        .topics
        .iter()
        .map(|t| {
            let count = overview.topics.iter().find(|c| c.topic == t.id);
            json!({
                "id": t.id, "title": t.title, "entries": count.map_or(0, |c| c.entries),
                "newest": count.and_then(|c| c.newest),
                "atom": format!("{}feeds/{}.atom", config.daemon.base_url, t.id),
            })
        })
        .collect();
    let states: serde_json::Map<String, Value> = overview
        .states
        .iter()
        .map(|(s, n)| (s.clone(), json!(n)))
        .collect();
    json!({"version": env!("CARGO_PKG_VERSION"), "sources": sources, "topics": topics, "articles": states})
}

fn ago(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} ago", span((now - time).num_seconds()))
}

fn until(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (time - now).num_seconds();
    if seconds <= 0 {
        "now".to_owned()
    } else {
        format!("in {}", span(seconds))
    }
}

fn span(seconds: i64) -> String {
    match seconds.max(0) {
        s @ 0..120 => format!("{s} s"),
        s @ 120..7_200 => format!("{} min", s / 60),
        s @ 7_200..172_800 => format!("{} h", s / 3_600),
        s => format!("{} days", s / 86_400),
    }
}
