//! The health of sources, and what a poll may cost: the real binary against a small outlet whose
//! answers change.

use std::collections::HashMap;
use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::common::{depeche, free_port};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use depeche::store::{Health, open_reader};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

#[derive(Clone)]
enum Answer {
    Body(String),
    Status(u16),
    /// 503, to be asked again after so many seconds.
    Busy(u32),
    Moved(String),
}

#[derive(Default)]
struct Told {
    answers: HashMap<String, Answer>,
    asked: Vec<String>,
}

/// An outlet of one host, and a configuration with one source.
struct Outlet {
    folder: TempDir,
    base: String,
    told: Arc<Mutex<Told>>,
    start: DateTime<Utc>,
    _runtime: Runtime,
}

async fn answer(State(told): State<Arc<Mutex<Told>>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let mut told = told.lock().unwrap();
    told.asked.push(path.clone());
    match told.answers.get(&path).cloned() {
        Some(Answer::Body(body)) => {
            ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
        }
        Some(Answer::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
        Some(Answer::Busy(seconds)) => {
            let field = [(header::RETRY_AFTER, seconds.to_string())];
            (StatusCode::SERVICE_UNAVAILABLE, field).into_response()
        }
        Some(Answer::Moved(to)) => {
            (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)]).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Outlet {
    /// Its feed stands at another address, for good, and holds one article.
    fn move_for_good(&self) {
        self.tell("/feed", Answer::Moved("/nouveau".to_owned()));
        self.tell(
            "/nouveau",
            feed(&[(1, Some("Sun, 22 Nov 2026 08:00:00 GMT"))]),
        );
        self.tell(
            "/a/1",
            page("Un accord de plus, le 1", "2026-11-22T08:00:00Z"),
        );
    }

    fn new(source: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        let base = format!(
            "http://o.localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let told = Arc::<Mutex<Told>>::default();
        let router = Router::new().fallback(answer).with_state(told.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
        write(
            "depeche.toml",
            format!(
                "[daemon]\nstate_dir = \"state\"\nlisten = \"127.0.0.1:{}\"\n[fetch]\ngap = \"0s\"\nallow_private = [\"*.localhost\"]\n",
                free_port()
            ),
        );
        write(
            "sources.toml",
            format!(
                "[[source]]\nid = \"o\"\nevery = \"1m\"\n{}\n",
                source.replace("BASE", &base)
            ),
        );
        write(
            "topics.toml",
            "[[topic]]\nid = \"t\"\ntitle = \"T\"\nany = [\"accord\"]\n".to_owned(),
        );
        Self {
            folder,
            base,
            told,
            start: "2026-11-22T10:00:00Z".parse().unwrap(),
            _runtime: runtime,
        }
    }

    fn tell(&self, path: &str, answer: Answer) {
        self.told
            .lock()
            .unwrap()
            .answers
            .insert(path.to_owned(), answer);
    }

    fn main(&self) -> PathBuf {
        self.folder.path().join("depeche.toml")
    }

    /// Polls so many minutes after the start; what `once` counted, and what the outlet was asked.
    fn poll(&self, minutes: i64) -> (Value, Vec<String>) {
        self.told.lock().unwrap().asked.clear();
        let now = self.start + TimeDelta::minutes(minutes);
        let output = depeche(&["once", "--json", "--now", &now.to_rfc3339(), "--config"])
            .arg(self.main())
            .output()
            .unwrap();
        let counts = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (counts, self.told.lock().unwrap().asked.clone())
    }

    fn health(&self, minutes: i64) -> Health {
        let reader = open_reader(&self.folder.path().join("state")).unwrap();
        let now = self.start + TimeDelta::minutes(minutes);
        reader
            .queries()
            .health(now)
            .unwrap()
            .remove(&"o".into())
            .unwrap()
    }

    fn states(&self) -> Vec<(String, u64)> {
        let reader = open_reader(&self.folder.path().join("state")).unwrap();
        reader.queries().counts().unwrap()
    }
}

const SENTENCES: &str = "L'accord signé dans la capitale prévoit la construction de deux ponts et la remise en état d'une voie ferrée abandonnée depuis vingt ans. Les deux gouvernements en partagent le coût, et les premiers travaux doivent commencer au printemps, quand la neige aura quitté les cols.";

fn page(title: &str, date: &str) -> Answer {
    let paragraphs: String = (1..=5)
        .map(|i| format!("<p>{SENTENCES} Le chapitre {i} de {title} en donne le détail.</p>"))
        .collect();
    Answer::Body(format!(
        "<html lang=fr><head><title>{title}</title><meta property='article:published_time' content='{date}'></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ))
}

fn feed(entries: &[(u32, Option<&str>)]) -> Answer {
    let list: String = entries
        .iter()
        .map(|(n, date)| {
            let date = date.map_or_else(String::new, |d| format!("<pubDate>{d}</pubDate>"));
            format!("<item><title>Un accord de plus, le {n}</title><link>/a/{n}</link>{date}<description>Un accord est signé.</description></item>")
        })
        .collect();
    Answer::Body(format!(
        "<rss version='2.0'><channel><title>O</title>{list}</channel></rss>"
    ))
}

fn listing(advertisement: &str, articles: &[u32]) -> Answer {
    let list: String = articles
        .iter()
        .map(|n| format!("<li><h2><a href='/a/{n}-un-titre-assez-long-pour-un-article'>Un titre assez long pour un article, numéro {n}</a></h2></li>"))
        .collect();
    Answer::Body(format!(
        "<html lang=fr><body><div class=pub>{advertisement}</div><ul class=liste>{list}</ul></body></html>"
    ))
}

#[test]
fn a_listing_whose_links_are_the_same_costs_nothing() {
    let outlet = Outlet::new("kind = \"listing\"\nurl = \"BASE/\"");
    let articles: Vec<u32> = (1001..=1006).collect();
    outlet.tell("/", listing("Réclame du matin, 10 h 00", &articles));
    for n in &articles {
        outlet.tell(
            &format!("/a/{n}-un-titre-assez-long-pour-un-article"),
            page(&format!("Article {n}"), "2026-11-22T08:00:00Z"),
        );
    }
    let (counts, _) = outlet.poll(0);
    assert_eq!(counts["new"], 6, "{counts}");
    // Other bytes, another order, the same links: one request, no new candidate, no page.
    let turned: Vec<u32> = articles.iter().rev().copied().collect();
    outlet.tell("/", listing("Réclame du soir, 18 h 07", &turned));
    let (counts, asked) = outlet.poll(10);
    assert_eq!(
        (&counts["new"], &counts["stored"]),
        (&0.into(), &0.into()),
        "{counts}"
    );
    assert_eq!(asked, ["/"]);
    // One link more is one article more.
    outlet.tell(
        "/",
        listing("Réclame de la nuit", &[&[1007][..], &turned[..]].concat()),
    );
    outlet.tell(
        "/a/1007-un-titre-assez-long-pour-un-article",
        page("Article 1007", "2026-11-22T10:15:00Z"),
    );
    let (counts, asked) = outlet.poll(20);
    assert_eq!(counts["new"], 1, "{counts}");
    assert_eq!(asked, ["/", "/a/1007-un-titre-assez-long-pour-un-article"]);
}

#[test]
fn a_frozen_source_publishes_nothing_old_and_wakes_up_well() {
    for dated in [true, false] {
        let outlet = Outlet::new("url = \"BASE/feed\"\nbackfill = 3");
        let old = dated.then_some("Thu, 14 Apr 2022 08:00:00 GMT");
        let frozen: Vec<(u32, Option<&str>)> = (1..=6).map(|n| (n, old)).collect();
        outlet.tell("/feed", feed(&frozen));
        for n in 1..=7 {
            let date = if n == 7 {
                "2026-11-22T10:30:00Z"
            } else {
                "2022-04-14T08:00:00Z"
            };
            outlet.tell(
                &format!("/a/{n}"),
                page(&format!("Un accord de plus, le {n}"), date),
            );
        }
        let (counts, asked) = outlet.poll(0);
        assert_eq!(counts["stored"], 0, "dated: {dated}, {counts}");
        assert_eq!(outlet.states(), [("old".to_owned(), 6)], "dated: {dated}");
        let pages = asked.iter().filter(|path| path.starts_with("/a/")).count();
        assert_eq!(
            pages,
            if dated { 0 } else { 3 },
            "beyond the backfill no page is fetched"
        );
        if dated {
            assert_eq!(outlet.health(0).state.as_str(), "stale");
            assert!(outlet.health(0).words.contains("2022-04-14"));
        }
        // It wakes up: the new one is published, the old ones stay out.
        let new = dated.then_some("Sun, 22 Nov 2026 10:30:00 GMT");
        let grown: Vec<(u32, Option<&str>)> = [(7, new)].into_iter().chain(frozen).collect();
        outlet.tell("/feed", feed(&grown));
        let (counts, _) = outlet.poll(60);
        assert_eq!(
            (&counts["new"], &counts["stored"]),
            (&1.into(), &1.into()),
            "dated: {dated}, {counts}"
        );
        assert_eq!(
            outlet.states(),
            [("old".to_owned(), 6), ("published".to_owned(), 1)]
        );
        assert_eq!(outlet.health(60).state.as_str(), "ok");
        assert_eq!(
            outlet.health(60).since,
            outlet.start + TimeDelta::minutes(if dated { 60 } else { 0 })
        );
    }
}

#[test]
fn every_state_has_its_words() {
    let outlet = Outlet::new(
        "url = \"BASE/feed\"\nmax_age = \"3650d\"\nbackfill = 100\nstale_after = \"3650d\"",
    );
    let state = |minutes: i64| {
        outlet.poll(minutes);
        let health = outlet.health(minutes);
        (health.state.as_str(), health.words)
    };
    outlet.tell("/feed", Answer::Status(500));
    let (word, words) = state(0);
    assert_eq!(word, "failing");
    assert!(words.contains("500"), "{words}");
    outlet.tell("/feed", feed(&[]));
    let (word, words) = state(60);
    assert_eq!(word, "empty");
    assert!(words.contains("lists no article"), "{words}");
    // Moved for good: read all the same, but only a second answer in a row is believed.
    outlet.move_for_good();
    assert_eq!(state(120).0, "ok");
    let (word, words) = state(180);
    assert_eq!(word, "moved");
    assert!(
        words.contains(&format!("url = \"{}/nouveau\"", outlet.base)),
        "{words}"
    );
    // No page can be had any more: the articles go out as teasers, and that is told.
    let dates: Vec<String> = (0..12)
        .map(|n| format!("Sun, 22 Nov 2026 09:{n:02}:00 GMT"))
        .collect();
    let refused: Vec<(u32, Option<&str>)> = (10..22)
        .map(|n| (n, Some(dates[n as usize - 10].as_str())))
        .collect();
    outlet.tell("/feed", feed(&refused));
    for n in 10..22 {
        outlet.tell(&format!("/a/{n}"), Answer::Status(403));
    }
    let (word, words) = state(240);
    assert_eq!(word, "degraded", "{words}");
    assert!(words.contains("403"), "{words}");
    outlet.tell("/feed", Answer::Status(410));
    let (word, words) = state(300);
    assert_eq!(word, "gone");
    assert!(words.contains("remove the source"), "{words}");
}

#[test]
fn a_source_whose_server_asks_to_wait_is_paused() {
    let outlet = Outlet::new("url = \"BASE/feed\"");
    outlet.tell("/feed", Answer::Status(429));
    outlet.poll(0);
    let health = outlet.health(0);
    assert_eq!(health.state.as_str(), "paused");
    assert!(
        health.words.contains("asked to wait until"),
        "{}",
        health.words
    );
    assert_eq!(health.since, outlet.start);
}

/// Kinds of what was told about the source.
fn told(outlet: &Outlet) -> Vec<String> {
    let reader = open_reader(&outlet.folder.path().join("state")).unwrap();
    let mut events = reader.queries().events(outlet.start, 100).unwrap();
    events.reverse();
    let own = events.into_iter().filter(|event| event.subject == "o");
    own.map(|event| event.kind).collect()
}

#[test]
fn a_server_that_cannot_answer_fails_and_one_that_asks_for_days_is_told() {
    for (answer, state, words) in [
        (Answer::Status(503), "failing", "503"),
        (Answer::Status(502), "failing", "502"),
        (Answer::Busy(3_600), "paused", "asked to wait until"),
    ] {
        let outlet = Outlet::new("url = \"BASE/feed\"");
        outlet.tell("/feed", answer);
        for hours in 0..30 {
            outlet.poll(hours * 60 + hours);
            let health = outlet.health(hours * 60 + hours);
            assert_eq!(health.state.as_str(), state, "{words} after {hours} h");
            assert!(health.words.contains(words), "{}", health.words);
            assert_eq!(health.since, outlet.start);
        }
        assert_eq!(told(&outlet), [state]);
    }
}

#[test]
fn a_moved_source_is_told_until_its_new_address_is_written() {
    let outlet = Outlet::new("url = \"BASE/feed\"\nstale_after = \"3650d\"\nmax_age = \"3650d\"");
    outlet.move_for_good();
    for hours in 0..60 {
        outlet.poll(hours * 60);
    }
    let (_, asked) = outlet.poll(61 * 60);
    assert_eq!(asked, ["/nouveau"], "the new address is adopted");
    let health = outlet.health(61 * 60);
    assert_eq!(health.state.as_str(), "moved");
    assert_eq!(health.since, outlet.start);
    let url = format!("url = \"{}/nouveau\"", outlet.base);
    assert!(health.words.contains(&url), "{}", health.words);
    assert_eq!(told(&outlet), ["moved"]);
    for command in ["status", "sources"] {
        let output = depeche(&[command, "--config"]).arg(outlet.main()).output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(text.contains("moved") && text.contains(&url), "{text}");
    }
    let sources = outlet.folder.path().join("sources.toml");
    let text = fs::read_to_string(&sources).unwrap();
    fs::write(&sources, text.replace("/feed\"", "/nouveau\"")).unwrap();
    outlet.poll(62 * 60);
    assert_eq!(outlet.health(62 * 60).state.as_str(), "ok");
    assert_eq!(told(&outlet), ["moved", "recovered"]);
}

#[test]
fn a_source_that_goes_quiet_is_told_with_its_last_article() {
    let outlet = Outlet::new("url = \"BASE/feed\"\nbody = \"feed\"\nstale_after = \"20d\"");
    outlet.tell("/feed", feed(&[(1, Some("Sun, 22 Nov 2026 08:00:00 GMT"))]));
    outlet.poll(0);
    outlet.poll(21 * 24 * 60);
    let health = outlet.health(21 * 24 * 60);
    assert_eq!(health.state.as_str(), "stale");
    assert!(health.words.contains("of 2026-11-22"), "{}", health.words);
}

#[test]
fn teasers_by_choice_are_no_failure() {
    let outlet = Outlet::new("url = \"BASE/feed\"\nbody = \"feed\"");
    let dates: Vec<String> = (0..12)
        .map(|n| format!("Sun, 22 Nov 2026 09:{n:02}:00 GMT"))
        .collect();
    let entries: Vec<(u32, Option<&str>)> = (0..12)
        .map(|n| (n, Some(dates[n as usize].as_str())))
        .collect();
    outlet.tell("/feed", feed(&entries));
    let (counts, _) = outlet.poll(0);
    assert_eq!(counts["stored"], 12, "{counts}");
    assert_eq!(outlet.health(0).state.as_str(), "ok");
}

/// What stands behind a question mark is often a key, and the status page may be read by others.
#[test]
fn an_address_that_is_gone_is_named_without_what_may_be_a_key() {
    let outlet = Outlet::new("url = \"BASE/feed?key=s3cret\"");
    outlet.tell("/feed", Answer::Status(410));
    outlet.poll(0);
    let health = outlet.health(0);
    assert_eq!(health.state.as_str(), "gone");
    assert!(health.words.contains("/feed"), "{}", health.words);
    assert!(!health.words.contains("s3cret"), "{}", health.words);
}

#[test]
fn a_source_stays_stale_only_as_long_as_its_configuration_calls_it_so() {
    let outlet = Outlet::new("url = \"BASE/feed\"\nbody = \"feed\"\nmax_age = \"365d\"");
    outlet.tell("/feed", feed(&[(1, Some("Thu, 22 Oct 2026 09:00:00 GMT"))]));
    outlet.poll(0);
    assert_eq!(outlet.health(0).state.as_str(), "stale");
    let sources = outlet.folder.path().join("sources.toml");
    let text = fs::read_to_string(&sources).unwrap();
    fs::write(&sources, text + "stale_after = \"60d\"\n").unwrap();
    // The same bytes again.
    outlet.poll(60);
    let health = outlet.health(60);
    assert_eq!(health.state.as_str(), "ok", "{}", health.words);
    outlet.poll(60 * 24 * 40);
    assert_eq!(outlet.health(60 * 24 * 40).state.as_str(), "stale");
}
