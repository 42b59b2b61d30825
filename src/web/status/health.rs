//! For machines that watch: `/healthz`, `/readyz` and `/metrics` (OpenMetrics text).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use super::unavailable;
use crate::meters::{Labels, Page};
use crate::overview::{last_reload, sources};
use crate::store::{Health, Queries, SourceRow, Store, StoreError, Totals};
use crate::web::Site;

/// Least time between two counts of whole tables: what Prometheus usually lets pass between scrapes.
const COUNT_EVERY: TimeDelta = TimeDelta::seconds(15);

/// `GET /healthz`: the store answers and can be written.
pub(in crate::web) async fn alive(State(site): State<Site>) -> Response {
    match (
        site.store.read(|r| r.queries().next_due()).await,
        site.trouble(),
    ) {
        (Ok(_), None) => "ok\n".into_response(),
        (Ok(_), Some(trouble)) => (StatusCode::SERVICE_UNAVAILABLE, trouble + "\n").into_response(),
        (Err(error), _) => unavailable(&site, &error),
    }
}

/// `GET /readyz`: the store answers and the feeds are there.
pub(in crate::web) async fn ready(State(site): State<Site>) -> Response {
    if site.shelf().get("feeds.opml").is_none() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "The feeds are being prepared.\n",
        )
            .into_response();
    }
    alive(State(site)).await
}

/// What counting walks over whole tables for, with the time when that was done.
#[derive(Clone, Default)]
pub struct Counted(Arc<Mutex<Latest>>);

type Latest = Option<(DateTime<Utc>, Arc<Totals>)>;

impl Counted {
    /// The totals, not older than [`COUNT_EVERY`]; who asks meanwhile waits for the same ones.
    async fn totals(&self, store: &Store, now: DateTime<Utc>) -> Result<Arc<Totals>, StoreError> {
        let mut counted = self.0.lock().await;
        if let Some((at, totals)) = &*counted
            && (TimeDelta::zero()..COUNT_EVERY).contains(&(now - *at))
        {
            return Ok(Arc::clone(totals));
        }
        let totals = Arc::new(store.read(|r| r.queries().totals()).await?);
        *counted = Some((now, Arc::clone(&totals)));
        Ok(totals)
    }
}

/// What is read anew for every scrape.
struct Moment {
    now: DateTime<Utc>,
    sources: Vec<(SourceRow, Health)>,
    waiting: u64,
    unindexed: u64,
    bytes: u64,
    problems: usize,
}

impl Moment {
    fn read(queries: &Queries<'_>, now: DateTime<Utc>) -> Result<Self, StoreError> {
        Ok(Self {
            now,
            sources: sources(queries, now)?,
            waiting: queries.waiting()?,
            unindexed: queries.unindexed()?,
            bytes: queries.bytes()?,
            problems: last_reload(queries)?.map_or(0, |r| r.problems.len()),
        })
    }
}

/// `GET /metrics`.
pub(in crate::web) async fn metrics(State(site): State<Site>) -> Response {
    match gauges(&site).await {
        Ok(Ok(text)) => ([(header::CONTENT_TYPE, crate::meters::MEDIA_TYPE)], text).into_response(),
        Ok(Err(error)) => {
            tracing::error!("{}", crate::report(&error));
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(error) => unavailable(&site, &error),
    }
}

async fn gauges(site: &Site) -> Result<Result<String, std::fmt::Error>, StoreError> {
    let now = site.clock.now();
    let moment = site
        .store
        .read(move |r| Moment::read(&r.queries(), now))
        .await?;
    let totals = site.counted.totals(&site.store, now).await?;
    let mut page = Page::default();
    of_articles(&mut page, &totals, &moment);
    of_sources(&mut page, &moment);
    of_topics(&mut page, &totals, &moment);
    Ok(page.finish())
}

fn one(name: &'static str, value: &str) -> Labels {
    vec![(name, value.to_owned())]
}

fn of_articles(page: &mut Page, totals: &Totals, moment: &Moment) {
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
        moment.waiting as i64,
    );
    page.gauge(
        "depeche_articles_unindexed",
        "Articles that wait for being searchable",
        moment.unindexed as i64,
    );
    page.gauge(
        "depeche_store_bytes",
        "Size of the database in bytes",
        moment.bytes as i64,
    );
}

fn of_sources(page: &mut Page, moment: &Moment) {
    let (sources, now) = (&moment.sources, moment.now);
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

fn of_topics(page: &mut Page, totals: &Totals, moment: &Moment) {
    let (topics, now) = (&totals.topics, moment.now);
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
    page.gauge(
        "depeche_configuration_problems",
        "Problems for which the last reload was refused",
        moment.problems as i64,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tables_are_not_counted_again_for_every_scrape() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let counted = Counted::default();
        let start = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let at = |seconds| counted.totals(&store, start + TimeDelta::seconds(seconds));
        let first = at(0).await.unwrap();
        for (seconds, same) in [(14, true), (15, false), (-1, false)] {
            let next = at(seconds).await.unwrap();
            assert_eq!(Arc::ptr_eq(&first, &next), same, "{seconds}");
        }
    }
}
