//! Fetches in a scripted world that ask for `robots.txt`: by its answers, over days and restarts.

use std::sync::Arc;

use super::super::Client;
use super::super::scripted::{Script, World, page, status, to, url};
use super::tests::words;
use super::*;

/// Fetches a page that has to obey robots.txt.
fn obeying(world: &Arc<World>, client: &Client, address: &str) -> Outcome {
    let terms = Terms {
        obey_robots: true,
        ..Terms::default()
    };
    let request = Request {
        source: Arc::new(terms),
        ..Request::new(url(address), Kind::Page)
    };
    world.run(client.fetch(&request))
}

const ROBOTS: &str = "https://a.example/robots.txt";

#[test]
fn robots_by_answer() {
    let check = |answer: Option<Script>, expected: &str| {
        let world = World::new();
        world
            .at(ROBOTS, answer)
            .at("https://a.example/page", page("x"));
        let client = world.client(Settings::default());
        let outcome = obeying(&world, &client, "https://a.example/page");
        assert_eq!(words(&outcome), expected, "{outcome}");
    };
    let fine = "body https://a.example/page";
    check(Some(page("User-agent: *\nDisallow: /p")), "refused robots");
    check(Some(page("User-agent: *\nDisallow: /x")), fine);
    check(Some(status(404)), fine);
    check(Some(status(401)), fine);
    check(Some(status(410)), fine);
    check(Some(status(204)), fine);
    check(Some(status(500)), "failed robots-unreachable");
    check(Some(status(502)), "failed robots-unreachable");
    check(None, "failed robots-unreachable");
    check(Some(to(302, ROBOTS)), fine);
    check(Some(to(302, "https://10.0.0.1/robots.txt")), fine);
    check(
        Some((429, vec![("retry-after", "600".to_owned())], Vec::new())),
        "throttled 600 Some(429)",
    );
    let image: Script = (
        200,
        vec![("content-type", "image/png".to_owned())],
        b"User-agent: *\nDisallow: /".to_vec(),
    );
    check(Some(image), "refused robots");
    let long = [
        b"User-agent: *\nDisallow: /p\n".to_vec(),
        vec![b'#'; 600 * 1024],
    ]
    .concat();
    check(Some((200, Vec::new(), long)), "refused robots");
}

#[test]
fn robots_is_asked_once_a_day() {
    let world = World::new();
    let file: Script = (
        200,
        vec![("etag", "\"r1\"".to_owned())],
        b"User-agent: *\nDisallow: /no\nCrawl-delay: 7".to_vec(),
    );
    world
        .at(ROBOTS, file)
        .at(ROBOTS, status(304))
        .at("https://a.example/1", page("x"))
        .at("https://a.example/2", page("x"));
    let client = world.client(Settings::default());
    for address in [
        "https://a.example/1",
        "https://a.example/2",
        "https://a.example/no",
    ] {
        let _outcome = obeying(&world, &client, address);
    }
    assert_eq!(
        world.asked(),
        [ROBOTS, "https://a.example/1", "https://a.example/2"]
    );
    let seen = world.seen();
    assert!(
        seen[2].at - seen[1].at >= Duration::from_secs(7),
        "the delay it asks for is kept"
    );
    // A new process knows what the old one learnt.
    let restarted = world.client(Settings::default());
    restarted.restore_robots(client.robots_rows());
    assert_eq!(
        words(&obeying(&world, &restarted, "https://a.example/no")),
        "refused robots"
    );
    assert_eq!(world.asked().len(), 3);
    world.clock.advance(Duration::from_secs(86_400));
    assert_eq!(
        words(&obeying(&world, &restarted, "https://a.example/no")),
        "refused robots"
    );
    assert_eq!(
        world.seen()[3].header("if-none-match").as_deref(),
        Some("\"r1\"")
    );
}

#[test]
fn an_unreachable_robots_leaves_the_rules_known_before() {
    let world = World::new();
    world
        .at(ROBOTS, page("User-agent: *\nDisallow: /no"))
        .at(ROBOTS, status(500))
        .at("https://a.example/1", page("x"));
    let client = world.client(Settings::default());
    assert_eq!(
        words(&obeying(&world, &client, "https://a.example/no")),
        "refused robots"
    );
    world.clock.advance(Duration::from_secs(86_400));
    assert_eq!(
        words(&obeying(&world, &client, "https://a.example/no")),
        "refused robots"
    );
    assert_eq!(
        words(&obeying(&world, &client, "https://a.example/1")),
        "body https://a.example/1"
    );
}

#[test]
fn a_robots_unreachable_for_a_month_counts_as_absent() {
    let world = World::new();
    world
        .at(ROBOTS, status(500))
        .at("https://a.example/1", page("x"));
    let client = world.client(Settings::default());
    assert_eq!(
        words(&obeying(&world, &client, "https://a.example/1")),
        "failed robots-unreachable"
    );
    world.clock.advance(Duration::from_secs(29 * 86_400));
    assert_eq!(
        words(&obeying(&world, &client, "https://a.example/1")),
        "failed robots-unreachable"
    );
    world.clock.advance(Duration::from_secs(86_400));
    assert_eq!(
        words(&obeying(&world, &client, "https://a.example/1")),
        "body https://a.example/1"
    );
}

#[test]
fn robots_is_asked_at_every_host_on_the_way() {
    let world = World::new();
    world
        .at("https://a.example/1", to(302, "https://b.example/2"))
        .at(
            "https://b.example/robots.txt",
            page("User-agent: depeche\nDisallow: /2"),
        )
        .at("https://b.example/2", page("x"));
    let client = world.client(Settings::default());
    assert_eq!(
        words(&obeying(&world, &client, "https://a.example/1")),
        "refused robots"
    );
    let expected = [
        ROBOTS,
        "https://a.example/1",
        "https://b.example/robots.txt",
    ];
    assert_eq!(world.asked(), expected);
}

#[test]
fn robots_of_a_foreign_host_is_asked_without_credentials() {
    let world = World::new();
    world
        .at("https://a.example/1", to(302, "https://b.example/2"))
        .at("https://b.example/2", page("x"));
    let client = world.client(Settings::default());
    let terms = Terms {
        obey_robots: true,
        credentials: Some(Credentials::Bearer("s3cret".to_owned())),
        ..Terms::default()
    };
    let request = Request {
        source: Arc::new(terms),
        ..Request::new(url("https://a.example/1"), Kind::Page)
    };
    let _outcome = world.run(client.fetch(&request));
    let with: Vec<bool> = world
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").is_some())
        .collect();
    assert_eq!(with, [true, true, false, false], "{:?}", world.asked());
}
