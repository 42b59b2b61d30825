//! Articles that go on over several pages: joined from a real server by the real binary, and what
//! becomes of them in simulated time when one of their pages cannot be had.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Output;
use std::sync::{Arc, Mutex};

use crate::simulated::{House, Reply, World, prose, rss};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use depeche::clock::Clock;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const NOW: &str = "2026-11-22T10:00:00Z";
const BOX: &str = "Une enquête en plusieurs volets de la rédaction, avec le soutien du fonds pour le journalisme.";

/// What ends every page of one of the articles, and is none of its text.
const FOOT: &str = "Notre correspondante couvre la région depuis une vingtaine d'années pour plusieurs journaux, et vit au bord du fleuve.";

/// The paragraphs of a page, different for every page of every article.
fn paragraphs(seed: u64) -> Vec<String> {
    (0..4).map(|n| prose(seed * 97 + n, 50)).collect()
}

/// A page: what every page of the article shows, its own paragraphs, a link.
fn page(title: &str, own: &[String], link: &str) -> String {
    let own: String = own.iter().map(|p| format!("<p>{p}</p>")).collect();
    let foot = if title == "Le port" {
        // Numbers that lead to the pages, as most outlets print them.
        let numbers = "<a href=\"/port-8.html\">1</a> <a href=\"/port-8.html?page=2\">2</a>";
        format!("<p>{FOOT}</p><div class=\"pages\">{numbers}</div>")
    } else {
        String::new()
    };
    format!(
        "<!DOCTYPE html><html lang=\"fr\"><head><title>{title}</title></head><body>\
         <nav><a href=\"/\">Accueil</a></nav><main><article class=\"texte\"><h1>{title}</h1>\
         <p>{BOX} {title}.</p>{own}{foot}</article>{link}</main><footer>Mentions</footer></body></html>"
    )
}

/// What the server of the test answers: two paged articles, one that is not, one whose second page
/// robots.txt keeps, one that leads back to its first page.
fn answer(path: &str) -> Option<String> {
    let ruled = |n: u64, to: &str| {
        let mut own = paragraphs(n);
        if n == 3 {
            own.truncate(1);
        }
        page(
            "Le canal",
            &own,
            &format!("<a class=\"suite\" href=\"{to}\">Suite</a>"),
        )
    };
    let next = |to: &str| format!("<a rel=\"next\" href=\"{to}\">Suivant</a>");
    Some(match path {
        "/canal-7.html" => ruled(1, "canal-7,2.html"),
        "/canal-7,2.html" => ruled(2, "canal-7,3.html"),
        "/canal-7,3.html" => ruled(3, ""),
        "/port-8.html" => page("Le port", &paragraphs(11), &next("?page=2")),
        "/port-8.html?page=2" => page("Le port", &paragraphs(12), ""),
        "/seul-9.html" => page("Seul", &paragraphs(21), &next("/port-8.html")),
        "/prive-10.html" => page(
            "Le barrage",
            &paragraphs(31),
            &next("/prive-10.html?page=2"),
        ),
        "/cercle-11.html" => page("Le cercle", &paragraphs(41), &next("?page=2")),
        "/cercle-11.html?page=2" => page("Le cercle", &paragraphs(41), &next("?page=3")),
        "/robots.txt" => "User-agent: *\nDisallow: /prive-10.html?page=2\n".to_owned(),
        "/feed" => {
            let date: DateTime<Utc> = NOW.parse().unwrap();
            let names = ["canal-7", "port-8", "seul-9", "prive-10", "cercle-11"];
            let entries = names.map(|name| {
                let link = format!("/{name}.html");
                (
                    name.into(),
                    link,
                    name.into(),
                    "Un mot.".into(),
                    date - TimeDelta::hours(1),
                )
            });
            rss("", &entries)
        }
        _ => return None,
    })
}

type Asked = Arc<Mutex<Vec<String>>>;

async fn reply(State(asked): State<Asked>, request: Request) -> Response {
    let path = request.uri().path_and_query().unwrap().as_str().to_owned();
    asked.lock().unwrap().push(path.clone());
    match answer(&path) {
        Some(body) => {
            let media = match path.as_str() {
                "/feed" => "application/rss+xml",
                "/robots.txt" => "text/plain",
                _ => "text/html; charset=utf-8",
            };
            ([(header::CONTENT_TYPE, media)], body).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A server, and a folder whose configuration polls it.
struct Outlet {
    folder: TempDir,
    asked: Asked,
    port: u16,
    _runtime: Runtime,
}

impl Outlet {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Asked::default();
        let router = Router::new().fallback(reply).with_state(asked.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write(
            "depeche.toml",
            "[daemon]\nstate_dir = \"state\"\n[fetch]\ngap = \"0s\"\nallow_private = [\"*.localhost\"]\n",
        );
        write(
            "sources.toml",
            &format!("[[source]]\nid = \"revue\"\nurl = \"http://revue.localhost:{port}/feed\"\n"),
        );
        write(
            "topics.toml",
            "[[topic]]\nid = \"all\"\ntitle = \"All\"\nany = [\"/./\"]\n",
        );
        fs::create_dir(folder.path().join("sites")).unwrap();
        write(
            "sites/revue.toml",
            "hosts = [\"revue.localhost\"]\nkey = ['-(\\d+)(?:,\\d+)?\\.html']\n\
             [extract]\nbody = [\".texte\"]\nnext_page = [\".suite@href\"]\n",
        );
        Self {
            folder,
            asked,
            port,
            _runtime: runtime,
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = crate::common::depeche(arguments);
        command.args(["--now", NOW, "--config"]);
        let output = command
            .arg(self.folder.path().join("depeche.toml"))
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        output
    }

    fn explained(&self, name: &str) -> (Value, String) {
        let url = format!("http://revue.localhost:{}/{name}.html", self.port);
        let json = self.run(&["explain", &url, "--json"]).stdout;
        let words = self.run(&["explain", &url]).stdout;
        (
            serde_json::from_slice(&json).unwrap(),
            String::from_utf8(words).unwrap(),
        )
    }
}

#[test]
fn the_pages_of_an_article_are_joined_and_nothing_else_is() {
    let outlet = Outlet::new();
    outlet.run(&["once", "--json"]);
    let exported = String::from_utf8(outlet.run(&["export", "--json"]).stdout).unwrap();
    let texts: Vec<Value> = exported
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let text = |name: &str| {
        let row = texts
            .iter()
            .find(|t| t["url"].as_str().unwrap().contains(name))
            .unwrap();
        (
            row["text"].as_str().unwrap(),
            row["pages"].as_u64().unwrap(),
        )
    };
    let expected = |title: &str, seeds: &[u64]| {
        let own = seeds.iter().flat_map(|n| {
            let mut own = paragraphs(*n);
            if *n == 3 {
                own.truncate(1);
            }
            own
        });
        std::iter::once(format!("{BOX} {title}."))
            .chain(own)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(
        text("canal"),
        (&*expected("Le canal", &[1, 2, 3]), 3),
        "by rule"
    );
    assert_eq!(
        text("port"),
        (&*expected("Le port", &[11, 12]), 2),
        "by address"
    );
    assert_eq!(
        text("seul"),
        (&*expected("Seul", &[21]), 1),
        "the next article is another"
    );
    assert_eq!(
        text("prive"),
        (&*expected("Le barrage", &[31]), 1),
        "robots.txt keeps the rest"
    );
    assert_eq!(
        text("cercle"),
        (&*expected("Le cercle", &[41]), 1),
        "it leads back"
    );
    let asked = outlet.asked.lock().unwrap().clone();
    let count = |path: &str| asked.iter().filter(|a| *a == path).count();
    assert_eq!(count("/port-8.html"), 1);
    assert_eq!(count("/prive-10.html?page=2"), 0, "forbidden");
    assert_eq!(count("/cercle-11.html?page=3"), 0, "the loop ends at once");
    let (json, words) = outlet.explained("canal-7");
    assert_eq!(json["extraction"]["pages"], 3);
    assert!(words.contains("3 pages joined"), "{words}");
    let (json, _) = outlet.explained("prive-10");
    let error = json["extraction"]["last_error"].as_str().unwrap();
    assert!(
        error.starts_with("page 2 of the article") && error.contains("robots.txt"),
        "{error}"
    );
}

#[test]
fn files_of_one_article_are_joined_for_a_person_who_writes_its_rule() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, path: &str| {
        let file = folder.path().join(name);
        fs::write(&file, answer(path).unwrap()).unwrap();
        file
    };
    let one = write("1.html", "/port-8.html");
    let two = write("2.html", "/port-8.html?page=2");
    let inspect = |files: &[&Path]| -> Vec<Value> {
        let url = "https://revue.example/port-8.html";
        let mut command = crate::common::depeche(&["inspect", "page", "--join", "--url", url]);
        let output = command.args(files).output().unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        lines
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    };
    let joined = inspect(&[&one, &two]);
    assert_eq!(joined.len(), 1);
    assert_eq!(joined[0]["pages"], 2);
    let text = joined[0]["text"].as_str().unwrap();
    assert_eq!(text.matches(BOX).count(), 1);
    assert!(text.ends_with(&paragraphs(12)[3]), "{text}");
    let unlinked = inspect(&[&two, &one]);
    let warnings = unlinked[0]["warnings"].to_string();
    assert!(warnings.contains("names no next page"), "{warnings}");
}

/// A feed with one article of two pages, the second of which answers by the minute.
fn house(second: impl Fn(i64) -> Reply + Send + Sync + 'static) -> (House, DateTime<Utc>) {
    let world = World::new();
    let start = world.clock.now();
    let html = |body: String| Reply::ok("text/html; charset=utf-8", body);
    world.script("a.example", move |asked| match asked.path.as_str() {
        "/feed" => {
            let link = "https://a.example/articles/1".to_owned();
            let entry = (
                "1".to_owned(),
                link,
                "Le canal".to_owned(),
                prose(5, 30),
                start,
            );
            Reply::feed(rss("", &[entry])).tagged(asked, "\"x\"")
        }
        "/articles/1" => {
            let link = "<link rel=\"next\" href=\"/articles/1/2\">";
            html(page("Le canal", &paragraphs(1), link))
        }
        "/articles/1/2" => second((asked.now - start).num_minutes()),
        path => match path
            .strip_prefix("/articles/1/")
            .and_then(|n| n.parse::<u64>().ok())
        {
            Some(n) => html(page("Le canal", &paragraphs(n), &link_to(n + 1))),
            None => Reply::status(404),
        },
    });
    let sources = "[[source]]\nid = \"a\"\nurl = \"https://a.example/feed\"\n";
    (House::new(&world, "", sources), start)
}

fn link_to(n: u64) -> String {
    format!("<link rel=\"next\" href=\"/articles/1/{n}\">")
}

fn second_page(_: i64) -> Reply {
    let body = page("Le canal", &paragraphs(2), "");
    Reply::ok("text/html; charset=utf-8", body)
}

#[test]
fn an_article_waits_for_its_second_page_and_never_goes_out_as_half_within_its_hold() {
    let (house, start) = house(|minute| match minute {
        0..20 => Reply::status(500),
        minute => second_page(minute),
    });
    house.run(start + TimeDelta::minutes(19));
    let waiting = house.article("/articles/1");
    assert_eq!((waiting.how.as_str(), waiting.pages), ("", 0));
    let error = waiting.last_error.unwrap();
    assert!(
        error.starts_with("page 2 of the article (https://a.example/articles/1/2):"),
        "{error}"
    );
    house.run(start + TimeDelta::minutes(58));
    let whole = house.article("/articles/1");
    assert_eq!((whole.pages, whole.last_error), (2, None));
    assert!(whole.text.ends_with(&paragraphs(2)[3]), "{}", whole.text);
    house.world.assert_polite();
}

#[test]
fn after_the_hold_the_part_goes_out_with_a_warning_and_is_made_whole_later() {
    let (house, start) = house(|minute| match minute {
        0..90 => Reply::status(500),
        minute => second_page(minute),
    });
    house.run(start + TimeDelta::minutes(70));
    let part = house.article("/articles/1");
    assert_eq!(part.pages, 1, "{part:?}");
    assert!(part.text.ends_with(&paragraphs(1)[3]), "{}", part.text);
    assert!(
        part.last_error
            .unwrap()
            .starts_with("page 2 of the article")
    );
    assert!(part.next_try.is_some());
    house.run(start + TimeDelta::minutes(800));
    let whole = house.article("/articles/1");
    assert_eq!(
        (whole.pages, whole.last_error, whole.next_try),
        (2, None, None)
    );
    assert!(whole.updated > part.updated);
}

#[test]
fn a_part_stays_when_the_rest_is_refused_later() {
    let (house, start) = house(|minute| match minute {
        0..90 => Reply::status(500),
        _ => Reply::status(410),
    });
    house.run(start + TimeDelta::minutes(800));
    let part = house.article("/articles/1");
    assert_eq!((part.pages, part.next_try), (1, None));
    assert!(part.text.ends_with(&paragraphs(1)[3]), "{}", part.text);
    assert!(part.last_error.unwrap().contains("410"));
}

#[test]
fn an_article_without_end_is_cut_after_eight_pages_and_says_so() {
    let (house, start) = house(|_| {
        let body = page("Le canal", &paragraphs(2), &link_to(3));
        Reply::ok("text/html; charset=utf-8", body)
    });
    house.run(start + TimeDelta::minutes(30));
    let article = house.article("/articles/1");
    assert_eq!(article.pages, 8);
    assert!(
        article.text.ends_with(&paragraphs(8)[3]),
        "{}",
        article.text
    );
    let error = article.last_error.unwrap();
    assert!(error.starts_with("page 9 of the article"), "{error}");
    assert_eq!(house.world.made_to("/articles/1/9").len(), 0);
}
