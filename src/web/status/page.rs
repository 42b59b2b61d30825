//! The first page and `/status.json`: topics with their feeds, sources with their state in words.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use serde_json::json;

use super::words::Words;
use super::{Frame, live, unavailable};
use crate::config::Config;
use crate::overview::Overview;
use crate::store::{Health, HealthState, SourceRow, StoreError};
use crate::topic::Topic;
use crate::web::Site;

/// Height of a chart, in its own units.
const TALL: u32 = 20;

async fn overview(site: &Site) -> Result<Overview, StoreError> {
    let now = site.clock.now();
    let config = site.config.borrow().clone();
    site.store
        .read(move |r| Overview::read(&r.queries(), &config, now))
        .await
}

/// `GET /`.
pub(in crate::web) async fn page(State(site): State<Site>, headers: HeaderMap) -> Response {
    let words = Words::of(&headers);
    match overview(&site).await {
        Ok(overview) => {
            let config = site.config.borrow().clone();
            let frame = Frame {
                words,
                title: &format!("depeche: {}", words.status),
                base: "",
                query: "",
                script: Some(live::SCRIPT),
                feeds: Some(&config),
            };
            let html = frame
                .around(&body(words, &config, &overview, site.trouble()))
                .into_string();
            let fields = [
                (header::CONTENT_SECURITY_POLICY, live::policy()),
                (header::VARY, "Accept-Language"),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            (fields, Html(html)).into_response()
        }
        Err(error) => unavailable(&site, &error),
    }
}

/// `GET /status.json`.
pub(in crate::web) async fn json(State(site): State<Site>) -> Response {
    match overview(&site).await {
        Ok(overview) => {
            let mut body = overview.as_json(&site.config.borrow());
            body["trouble"] = json!(site.trouble());
            let body = body.to_string();
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Err(error) => unavailable(&site, &error),
    }
}

fn body(w: &Words, config: &Config, overview: &Overview, trouble: Option<String>) -> Markup {
    html! {
        h1 { (w.status) }
        @if let Some(trouble) = trouble { div.alert role="alert" lang="en" { p { (trouble) } } }
        (refusal(w, overview))
        section aria-labelledby="topics" {
            h2 #topics { (w.topics) }
            @if config.topics.is_empty() { p { (w.no_topics) } }
            @else { (topics(w, config, overview)) }
        }
        section aria-labelledby="sources" {
            h2 #sources { (w.sources) }
            @if overview.sources.is_empty() { p { (w.no_sources) } }
            @else {
                (summary(w, overview))
                (sources(w, overview))
                @if config.publish.health { p { a href="feeds/_health.atom" { (w.health_feed) } } }
            }
        }
        section aria-labelledby="articles" {
            h2 #articles { (w.articles) }
            ul.counts { @for (state, count) in &overview.states { li { strong { (count) } " " (w.several(w.article_state(state), *count)) } } }
        }
    }
}

/// A configuration that was refused, with every reason.
fn refusal(w: &Words, overview: &Overview) -> Markup {
    let refused = overview
        .reloaded
        .as_ref()
        .filter(|r| !r.problems.is_empty());
    html! {
        @if let Some(reloaded) = refused {
            div.alert role="alert" {
                p { strong { (w.refused) } " " (w.ago(reloaded.at, overview.now)) }
                ul lang="en" { @for problem in &reloaded.problems { li { (problem) } } }
            }
        }
    }
}

fn topics(w: &Words, config: &Config, overview: &Overview) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (w.topic) } th.number scope="col" { (w.entries) }
                th scope="col" { (w.by_day) } th scope="col" { (w.newest) } th scope="col" { (w.feeds) }
            } }
            tbody { @for topic in &config.topics { (topic_row(w, topic, overview)) } }
        }
    }
}

fn topic_row(w: &Words, topic: &Topic, overview: &Overview) -> Markup {
    let (_, newest) = overview.entries(&topic.id);
    let entries = overview.entries_in_words(&topic.id);
    let days = overview.entry_days.get(&topic.id);
    html! {
        tr {
            th scope="row" { a href={ "topics/" (topic.id) } { (topic.title) } }
            td.number data-label=(w.entries) { (entries) }
            td data-label=(w.by_day) { @if let Some(days) = days { (chart(w, w.entries, days, &[])) } @else { "–" } }
            td data-label=(w.newest) { (newest.map_or_else(|| "–".to_owned(), |t| w.ago(t, overview.now))) }
            td data-label=(w.feeds) {
                span { @for (form, name) in [("atom", "Atom"), ("rss", "RSS"), ("json", "JSON")] {
                    a.feed href={ "feeds/" (topic.id) "." (form) } aria-label={ (name) ": " (topic.title) } { (name) } " "
                } }
            }
        }
    }
}

fn summary(w: &Words, overview: &Overview) -> Markup {
    let mut counts: Vec<(HealthState, usize)> = Vec::new();
    for (_, health) in &overview.sources {
        match counts.iter_mut().find(|(state, _)| *state == health.state) {
            Some((_, count)) => *count += 1,
            None => counts.push((health.state, 1)),
        }
    }
    html! {
        ul.counts { @for (state, count) in counts { li { strong { (count) } " " (w.several(w.state_of(state), count as u64)) } } }
    }
}

fn sources(w: &Words, overview: &Overview) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (w.source) } th scope="col" { (w.state) }
                th scope="col" { (w.last_read) } th scope="col" { (w.next_poll) } th scope="col" { (w.by_day) }
                @for name in [w.candidates, w.articles, w.whole, w.median, w.duplicates, w.errors] {
                    th.number scope="col" { (name) }
                }
            } }
            tbody { @for (row, health) in &overview.sources { (source_row(w, overview, row, health)) } }
        }
    }
}

fn source_row(w: &Words, overview: &Overview, row: &SourceRow, health: &Health) -> Markup {
    let figures = overview.figures_of(&row.id);
    let now = overview.now;
    let read = row
        .last_ok_at
        .map_or_else(|| w.never.to_owned(), |t| w.ago(t, now));
    html! {
        tr class=(health.state.as_str()) {
            th scope="row" {
                a href=(row.url) rel="noreferrer" { (row.id) }
                @if let Some(title) = &row.title { small { (title) } }
            }
            td.state data-label=(w.state) {
                div {
                    strong { (w.state_of(health.state)) }
                    @if !matches!(health.state, HealthState::Ok | HealthState::New) {
                        " " (w.since) " " (health.since.format("%Y-%m-%d %H:%M"))
                    }
                    @if !health.words.is_empty() { small lang="en" { (health.words) } }
                    @if let Some(url) = &row.adopted_url { small { (w.moved) " " (url) } }
                }
            }
            td data-label=(w.last_read) { (read) }
            td data-label=(w.next_poll) { (w.until(row.next_fetch_at, now)) }
            td.nothing[row.candidates == 0] data-label=(w.by_day) {
                (chart(w, w.candidates, &figures.candidates, &figures.articles))
            }
            (number(w.candidates, Some(row.candidates), ""))
            (number(w.articles, Some(row.articles), ""))
            (number(w.whole, figures.whole_percent(), " %"))
            (number(w.median, figures.median_words, ""))
            (number(w.duplicates, Some(figures.duplicates), ""))
            (number(w.errors, Some(figures.errors), ""))
        }
    }
}

/// A cell with a figure; on a phone those that say nothing are not shown.
fn number(name: &str, figure: Option<u32>, unit: &str) -> Markup {
    let nothing = figure.unwrap_or(0) == 0;
    html! {
        td.number.nothing[nothing] data-label=(name) {
            @match figure { Some(n) => { (n) (unit) } None => { "–" } }
        }
    }
}

/// Bars, one a day; the second row of figures stands in the first's bars.
fn chart(w: &Words, what: &str, days: &[u32], within: &[u32]) -> Markup {
    let most = days.iter().copied().max().unwrap_or(0);
    let label = format!("{what} {} {most}", w.chart);
    let height = |count: u32| match count {
        0 => 0,
        n => (n * TALL / most.max(1)).max(1),
    };
    html! {
        svg.chart.alone[within.is_empty()] role="img" aria-label=(label) viewBox={ "0 0 " (days.len() * 4) " " (TALL) } width="120" height="20" {
            @for (class, counts) in [("all", days), ("within", within)] {
                @for (day, count) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
                    @let tall = height((*count).min(most));
                    rect class=(class) x=(day * 4) y=(TALL - tall) width="3" height=(tall) {}
                }
            }
        }
    }
}
