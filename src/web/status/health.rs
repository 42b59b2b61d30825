//! For machines that watch: `/healthz`, `/readyz` and `/metrics` (OpenMetrics text).

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::unavailable;
use crate::meters::{Labels, Page};
use crate::overview::Overview;
use crate::store::Totals;
use crate::web::Site;

/// `GET /healthz`: the store answers and can be written.
pub(in crate::web) async fn alive(State(site): State<Site>) -> Response {
    match site.store.read(|r| r.queries().next_due()).await {
        Ok(_) => match site.store.trouble() {
            None => "ok\n".into_response(),
            Some(trouble) => (StatusCode::SERVICE_UNAVAILABLE, trouble + "\n").into_response(),
        },
        Err(error) => unavailable(&error),
    }
}

/// `GET /readyz`: the store answers and the feeds are there.
pub(in crate::web) async fn ready(State(site): State<Site>) -> Response {
    if site.shelf.get("feeds.opml").is_none() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "The feeds are being prepared.\n",
        )
            .into_response();
    }
    alive(State(site)).await
}

/// `GET /metrics`.
pub(in crate::web) async fn metrics(State(site): State<Site>) -> Response {
    let now = site.clock.now();
    let read = site.store.read(move |r| {
        let queries = r.queries();
        let overview = Overview::read(&queries, now)?;
        Ok((overview, queries.totals()?, queries.unindexed()?))
    });
    match read.await {
        Ok((overview, totals, unindexed)) => {
            let page = written(&overview, &totals, unindexed);
            match page {
                Ok(text) => {
                    ([(header::CONTENT_TYPE, crate::meters::MEDIA_TYPE)], text).into_response()
                }
                Err(error) => {
                    tracing::error!("{}", crate::report(&error));
                    StatusCode::INTERNAL_SERVER_ERROR.into_response()
                }
            }
        }
        Err(error) => unavailable(&error),
    }
}

fn written(
    overview: &Overview,
    totals: &Totals,
    unindexed: u64,
) -> Result<String, std::fmt::Error> {
    let mut page = Page::default();
    of_articles(&mut page, totals, unindexed);
    of_sources(&mut page, overview);
    of_topics(&mut page, overview);
    page.finish()
}

fn one(name: &'static str, value: &str) -> Labels {
    vec![(name, value.to_owned())]
}

fn of_articles(page: &mut Page, totals: &Totals, unindexed: u64) {
    let counted = |name: &'static str, counts: &[(String, u64)]| -> Vec<(Labels, i64)> {
        (counts.iter())
            .map(|(value, n)| (one(name, value), *n as i64))
            .collect()
    };
    page.gauges(
        "depeche_articles",
        "Articles by state",
        counted("state", &totals.states),
    );
    page.gauges(
        "depeche_extracted_articles",
        "Articles by the route that gave their text",
        counted("route", &totals.routes),
    );
    page.gauges(
        "depeche_duplicates",
        "Articles by what they are of another",
        counted("level", &totals.levels),
    );
    let mut verdicts = Vec::new();
    for (topic, wanted, unwanted) in &totals.verdicts {
        for (word, count) in [("wanted", wanted), ("unwanted", unwanted)] {
            let labels = vec![("topic", topic.clone()), ("verdict", word.to_owned())];
            verdicts.push((labels, *count as i64));
        }
    }
    page.gauges("depeche_verdicts", "Verdicts by topic", verdicts);
    page.gauge(
        "depeche_articles_waiting",
        "Articles that wait for their page",
        totals.waiting as i64,
    );
    page.gauge(
        "depeche_articles_unindexed",
        "Articles that wait for being searchable",
        unindexed as i64,
    );
    page.gauge(
        "depeche_store_bytes",
        "Size of the database in bytes",
        totals.bytes as i64,
    );
}

fn of_sources(page: &mut Page, overview: &Overview) {
    let (sources, now) = (&overview.sources, overview.now);
    let of = |value: &dyn Fn(&crate::store::SourceRow) -> Option<i64>| -> Vec<(Labels, i64)> {
        let each = sources.iter();
        each.filter_map(|(row, _)| Some((one("source", row.id.as_str()), value(row)?)))
            .collect()
    };
    page.gauges(
        "depeche_source_candidates",
        "Candidates seen by source",
        of(&|r| Some(r.candidates.into())),
    );
    page.gauges(
        "depeche_source_articles",
        "Articles stored by source",
        of(&|r| Some(r.articles.into())),
    );
    page.gauges(
        "depeche_source_failures",
        "Failed polls in a row by source",
        of(&|r| Some(r.failures.into())),
    );
    page.gauges(
        "depeche_source_read_age_seconds",
        "Time since a source was read well",
        of(&|r| r.last_ok_at.map(|t| (now - t).num_seconds())),
    );
    let states = sources.iter().map(|(row, health)| {
        let labels = vec![
            ("source", row.id.to_string()),
            ("state", health.state.as_str().to_owned()),
        ];
        (labels, 1)
    });
    page.gauges(
        "depeche_source_state",
        "1 for the state that a source is in",
        states.collect(),
    );
    let due = sources
        .iter()
        .filter(|(row, _)| row.next_fetch_at <= now)
        .count();
    page.gauge(
        "depeche_sources_due",
        "Sources that wait for their poll",
        due as i64,
    );
}

fn of_topics(page: &mut Page, overview: &Overview) {
    let (topics, now) = (&overview.topics, overview.now);
    let entries = topics
        .iter()
        .map(|t| (one("topic", t.topic.as_str()), t.entries as i64));
    page.gauges("depeche_entries", "Entries by topic", entries.collect());
    let ages = topics.iter().filter_map(|t| {
        let age = (now - t.newest?).num_seconds();
        Some((one("topic", t.topic.as_str()), age))
    });
    page.gauges(
        "depeche_feed_age_seconds",
        "Age of a topic's newest entry",
        ages.collect(),
    );
    let refused = overview.reloaded.as_ref().map_or(0, |r| r.problems.len());
    page.gauge(
        "depeche_configuration_problems",
        "Problems for which the last reload was refused",
        refused as i64,
    );
}
