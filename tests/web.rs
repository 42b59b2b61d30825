//! The pages: what they say, in which language, to whom; search, metrics, live events. The real
//! binary on the sample outlets.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};

use std::sync::{Arc, Mutex, Weak};

use crate::common::running::{Running, wait_for};
use crate::common::{World, in_common};

/// A daemon that has published something and can be searched.
fn settled(world: &World) -> Running {
    let daemon = Running::start(world);
    let complete = wait_for(|| {
        let articles = &daemon.json("/status.json")["articles"];
        articles["published"].as_u64() > Some(0) && articles["seen"].is_null()
    });
    assert!(complete, "{}", daemon.json("/status.json")["articles"]);
    let indexed = wait_for(|| {
        let metrics = daemon.get("/metrics", "").1;
        metrics.contains("depeche_articles{state=\"published\"}")
            && metrics.contains("depeche_articles_unindexed 0\n")
            && metrics.contains("depeche_articles_waiting 0\n")
    });
    assert!(indexed, "{}", daemon.get("/metrics", "").1);
    daemon
}

/// Such a daemon and its world, for tests that only look: those that run at the same time have them
/// in common.
fn looked_at() -> Arc<(Running, World)> {
    static SHARED: Mutex<Weak<(Running, World)>> = Mutex::new(Weak::new());
    in_common(&SHARED, || {
        let world = World::new();
        (settled(&world), world)
    })
}

#[test]
fn the_pages_speak_the_readers_language_and_stand_without_scripts() {
    let both = looked_at();
    let daemon = &both.0;
    let (head, english) = daemon.get("/", "Accept-Language: en-GB,en;q=0.9,fr;q=0.5\r\n");
    let (_, french) = daemon.get("/", "Accept-Language: fr-FR,fr;q=0.9\r\n");
    for (page, words) in [
        (
            &english,
            [
                "lang=\"en\"",
                "Last read",
                "Next poll",
                "Search the articles",
            ],
        ),
        (
            &french,
            [
                "lang=\"fr\"",
                "Dernière lecture",
                "Prochaine",
                "Chercher dans les articles",
            ],
        ),
    ] {
        for word in words {
            assert!(page.contains(word), "{word} is missing in\n{page}");
        }
        for part in [
            "<main",
            "<header",
            "<footer",
            "<svg",
            "role=\"search\"",
            "feeds/chine-amlat.atom",
            "feeds/chine-amlat.json",
            "href=\"topics/chine-amlat\"",
        ] {
            assert!(page.contains(part), "{part} is missing in\n{page}");
        }
    }
    let head = head.to_ascii_lowercase();
    assert!(
        head.contains("script-src 'sha256-") && head.contains("default-src 'none'"),
        "{head}"
    );
    assert!(head.contains("vary: accept-language"), "{head}");
    assert_eq!(english.matches("<script").count(), 1);
    let (head, _) = daemon.get("/search?q=chine", "");
    assert!(
        !head.contains("script-src"),
        "only the first page has a script: {head}"
    );
}

#[test]
fn search_finds_words_and_shows_them_and_never_breaks() {
    let both = looked_at();
    let (daemon, world) = &*both;
    let (_, page) = daemon.get("/search?q=Chine+cooperation", "");
    assert!(
        page.contains("<mark>") && page.contains("href=\"articles/"),
        "{page}"
    );
    for (typed, found) in [
        ("%22Chine+et+Cuba%22", true),
        ("%22Cuba+et+Chine%22", false),
    ] {
        let (_, page) = daemon.get(&format!("/search?q={typed}"), "");
        assert_eq!(page.contains("href=\"articles/"), found, "{typed}: {page}");
    }
    let (_, page) = daemon.get("/search?q=%22zzz+qqq%22", "");
    assert!(page.contains("No article holds all of this"), "{page}");
    for typed in [
        "%22",
        "*",
        "NEAR(",
        "a+AND",
        "%27%3B--",
        "title%3Ax",
        "-a",
        "%00",
        "%F0%9F%A6%80",
    ] {
        let (head, _) = daemon.get(&format!("/search?q={typed}"), "");
        assert!(head.starts_with("HTTP/1.1 200"), "{typed}: {head}");
    }
    let (_, page) = daemon.get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E", "");
    assert!(!page.contains("<script>alert"), "{page}");
    let articles = world.json(&["explain", "1", "--json"]);
    let url = articles["url"].as_str().unwrap();
    let (head, _) = daemon.get(&format!("/search?q={url}"), "");
    assert!(
        head.starts_with("HTTP/1.1 303") && head.contains("articles/1"),
        "{head}"
    );
}

#[test]
fn an_article_page_tells_the_whole_way() {
    let both = looked_at();
    let (daemon, world) = &*both;
    let (_, page) = daemon.get("/search?q=Chine", "");
    let at = page.find("href=\"articles/").unwrap() + "href=\"articles/".len();
    let id = &page[at..at + page[at..].find('"').unwrap()];
    let told = world.json(&["explain", id, "--json"]);
    let (_, page) = daemon.get(&format!("/articles/{id}"), "");
    let escaped = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
    };
    for key in ["title", "url", "identity", "reason"] {
        let text = escaped(told[key].as_str().unwrap());
        assert!(page.contains(&text), "{key} {text} is missing in\n{page}");
    }
    assert!(
        page.contains(told["seen"][0]["source"].as_str().unwrap()),
        "{page}"
    );
    let subtitle = "Trois créations et une reprise au Grand Théâtre de La Havane";
    let (_, found) = daemon.get("/search?q=reprise+Havane+ballet", "");
    let shown = found.split("href=\"articles/").skip(1).any(|rest| {
        let id = &rest[..rest.find('"').unwrap()];
        let (_, page) = daemon.get(&format!("/articles/{id}"), "");
        page.contains(&format!("<dt>Subtitle</dt><dd lang=\"fr\">{subtitle}</dd>"))
    });
    assert!(shown, "{found}");
    let (head, page) = daemon.get("/articles/999999999", "Accept-Language: fr\r\n");
    assert!(
        head.starts_with("HTTP/1.1 404") && page.contains("n’existe pas"),
        "{head}"
    );
}

#[test]
fn metrics_and_health_are_for_machines() {
    let both = looked_at();
    let daemon = &both.0;
    let (head, text) = daemon.get("/metrics", "");
    assert!(head.contains("application/openmetrics-text"), "{head}");
    assert!(text.trim_end().ends_with("# EOF"), "{text}");
    for name in [
        "depeche_fetches_total{kind=\"feed\",outcome=\"body\"}",
        "depeche_fetch_duration_seconds_bucket{",
        "depeche_extracted_articles{route=\"",
        "depeche_duplicates{level=\"copy\"}",
        "depeche_verdicts{topic=\"chine-amlat\",verdict=\"wanted\"}",
        "depeche_store_transaction_seconds_count",
        "depeche_store_queue 0",
        "depeche_feed_age_seconds{topic=\"chine-amlat\"}",
        "depeche_source_state{source=\"",
        "depeche_configuration_problems 0",
    ] {
        assert!(text.contains(name), "{name} is missing in\n{text}");
    }
    let mut names: Vec<&str> = text
        .lines()
        .filter_map(|l| l.strip_prefix("# TYPE "))
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "a name is described twice");
    for path in ["/healthz", "/readyz"] {
        let (head, body) = daemon.get(path, "");
        assert!(
            head.starts_with("HTTP/1.1 200") && body == "ok\n",
            "{path}: {head}"
        );
    }
}

#[test]
fn an_address_where_nothing_is_says_so() {
    let world = World::new();
    let daemon = Running::start(&world);
    let (head, page) = daemon.get("/nothing/here", "Accept-Language: fr\r\n");
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    for part in ["Cette page n’existe pas", "role=\"search\"", "<h1>"] {
        assert!(page.contains(part), "{part} is missing in\n{page}");
    }
    let (_, page) = daemon.get("/search", "");
    let example = "href=\"search?q=china+%22silk+road%22+-sport+kazakh*\"";
    assert!(page.contains(example), "{page}");
}

#[test]
fn the_health_feed_tells_at_once_what_it_can() {
    let world = World::new();
    let daemon = Running::start(&world);
    let told = wait_for(|| {
        let (_, feed) = daemon.get("/feeds/_health.atom", "");
        feed.contains("<entry>") && feed.contains("xinhua-rss")
    });
    assert!(told, "the frozen feed of Xinhua is not told of");
}

#[test]
fn a_change_is_an_event() {
    let world = World::new();
    let daemon = settled(&world);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, daemon.port)).unwrap();
    write!(stream, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let head: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    assert!(
        head.iter().any(|l| l.contains("text/event-stream")),
        "{head:?}"
    );
    // A reload is counted even if it changes nothing.
    daemon.signal("HUP");
    let event = lines.find(|line| line.starts_with("data:"));
    assert_eq!(event.as_deref(), Some("data: changed"));
    assert!(
        daemon.stop().success(),
        "a listener must not keep the daemon from ending"
    );
}
