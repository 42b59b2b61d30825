//! A feed that changes an article's title at the very moment at which its page is under way.

use std::fs;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use depeche::clock::{FixedClock, TokioTimer};
use depeche::config::{self, Config};
use depeche::fetch::exchange::{Answer, Broken, Call, Exchange, Pieces};
use depeche::fetch::{Client, Settings};
use depeche::ingest::Pipeline;
use depeche::model::ArticleId;
use depeche::store::Store;
use futures_util::future::BoxFuture;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

const FEEDS: [&str; 2] = ["Premier titre", "Titre corrigé"];

/// The outlet. Before it answers the request for the page it lets the feed be polled once more.
#[derive(Default)]
struct Outlet {
    polls: Mutex<usize>,
    reader: OnceLock<(Pipeline, Arc<Config>)>,
}

impl Outlet {
    fn feed(&self) -> String {
        let mut polls = self.polls.lock().unwrap();
        let title = FEEDS[(*polls).min(1)];
        *polls += 1;
        format!(
            "<rss version=\"2.0\"><channel><title>Un journal</title><item><title>{title}</title>\
             <guid isPermaLink=\"false\">un</guid><link>https://www.pages.net/1</link>\
             <description>Un texte.</description></item></channel></rss>"
        )
    }

    async fn poll(&self) {
        let (pipeline, config) = self.reader.get().unwrap();
        pipeline.poll(config, &config.sources[0]).await.unwrap();
    }
}

struct Door(Arc<Outlet>);

impl Exchange for Door {
    fn send(&self, call: Call) -> BoxFuture<'static, Result<Answer, Broken>> {
        let outlet = Arc::clone(&self.0);
        Box::pin(async move {
            let (status, media, body) = match (call.url.host_str(), call.url.path()) {
                (Some("feeds.journal.org"), "/feed") => (200, "application/rss+xml", outlet.feed()),
                (_, "/1") => {
                    if *outlet.polls.lock().unwrap() == 1 {
                        outlet.poll().await;
                    }
                    let text = "<p>Une phrase de la page, et ce qui s'ensuit.</p>".repeat(30);
                    (200, "text/html", format!("<article>{text}</article>"))
                }
                _ => (404, "text/plain", String::new()),
            };
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
            Ok(Answer {
                status,
                headers,
                body: Box::new(Pieces::from(body.into_bytes())),
            })
        })
    }
}

/// An article whose page was under way while its feed changed its title kept the old one for ever:
/// what came of the page also took away that the article was due again.
#[tokio::test]
async fn what_a_feed_changes_while_the_page_is_under_way_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("depeche.toml");
    fs::write(&main, "[daemon]\nstate_dir = \"var\"\n").unwrap();
    let source = "[[source]]\nid = \"journal\"\nurl = \"https://feeds.journal.org/feed\"\n";
    fs::write(folder.path().join("sources.toml"), source).unwrap();
    let config = Arc::new(config::load(Some(&main)).unwrap());
    let start: DateTime<Utc> = "2026-03-02T10:00:00Z".parse().unwrap();
    let clock = Arc::new(FixedClock::new(start));
    let outlet = Arc::new(Outlet::default());
    let door = Arc::new(Door(outlet.clone()));
    let timer = Arc::new(TokioTimer::default());
    let settings = Settings {
        min_gap: Duration::ZERO,
        ..Settings::default()
    };
    let client = Client::with_exchange(settings, clock.clone(), timer, door);
    let store = Store::open(&config.daemon.state_dir).unwrap();
    let opened = Pipeline::open(store, client, clock.clone(), &config).await;
    let pipeline = opened.unwrap();
    let _ = outlet.reader.set((pipeline.clone(), config.clone()));
    outlet.poll().await;
    clock.set(start + TimeDelta::minutes(30));
    let article = || async {
        let row = pipeline.store.read(|r| r.queries().article(ArticleId(1)));
        row.await.unwrap().unwrap()
    };
    pipeline
        .complete(&config, vec![ArticleId(1)])
        .await
        .unwrap();
    assert_eq!(*outlet.polls.lock().unwrap(), 2);
    let met = article().await;
    assert_eq!(met.title, FEEDS[0]);
    assert!(met.next_try.is_some(), "what the feed said is forgotten");
    pipeline
        .complete(&config, vec![ArticleId(1)])
        .await
        .unwrap();
    let read = article().await;
    assert_eq!((read.title.as_str(), read.next_try), (FEEDS[1], None));
}
