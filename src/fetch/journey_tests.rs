//! Fetches in a scripted world: redirects, validators, credentials, statuses, pauses.

use super::super::scripted::{Script, World, page, start, status, to, url};
use super::*;
use crate::clock::Clock;
use chrono::TimeDelta;
use reqwest::header::HeaderValue;
use std::sync::Arc;

/// An outcome in a few words, for tables.
pub(super) fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::NotModified(unchanged) => format!("not modified {}", unchanged.final_url),
        Outcome::Body(response) => format!("body {}", response.final_url),
        Outcome::Gone { url } => format!("gone {url}"),
        Outcome::Throttled { until, status } => {
            format!("throttled {} {status:?}", (*until - start()).num_seconds())
        }
        Outcome::Refused(refusal) => format!("refused {}", refusal.reason.word()),
        Outcome::Failed(Failure {
            kind: FailureKind::Status(status),
            ..
        }) => format!("failed {status}"),
        Outcome::Failed(failure) => format!("failed {}", failure.kind.word()),
    }
}

const A: &str = "https://a.example/feed";
const B: &str = "https://b.example/feed";
const C: &str = "https://c.example/feed";

#[test]
fn statuses() {
    let check = |status: u16, expected: &str| {
        let world = World::new();
        world.at(A, super::super::scripted::status(status));
        let outcome = world.fetch(A);
        assert_eq!(words(&outcome), expected, "{status}");
        assert!(!outcome.to_string().is_empty());
    };
    check(200, "body https://a.example/feed");
    check(203, "body https://a.example/feed");
    check(201, "failed 201");
    check(204, "failed 204");
    check(206, "failed 206");
    check(226, "failed 226");
    check(300, "failed 300");
    check(302, "failed protocol");
    check(304, "failed protocol");
    check(400, "failed 400");
    check(401, "failed 401");
    check(403, "failed 403");
    check(404, "failed 404");
    check(410, "gone https://a.example/feed");
    check(500, "failed 500");
    check(502, "failed 502");
    check(599, "failed 599");
    check(999, "failed 999");
}

#[test]
fn redirects_end_where_they_lead() {
    let check = |answer: Script, expected: &str, asked: usize| {
        let world = World::new();
        world
            .at(A, answer)
            .at(B, page("b"))
            .at("https://a.example/x", page("x"));
        assert_eq!(words(&world.fetch(A)), expected);
        assert_eq!(world.asked().len(), asked, "{expected}");
    };
    check(to(301, B), "body https://b.example/feed", 2);
    check(to(303, "/x"), "body https://a.example/x", 2);
    check(to(307, "x#part"), "body https://a.example/x", 2);
    check(
        to(302, "//b.example/feed"),
        "body https://b.example/feed",
        2,
    );
    check(
        to(302, "https://ann:pw@b.example/feed"),
        "body https://b.example/feed",
        2,
    );
    check(to(302, " /x "), "body https://a.example/x", 2);
    check(to(302, "http://b.example/feed"), "refused downgrade", 1);
    check(to(302, A), "refused too-many-redirects", 1);
    check(to(302, ""), "refused too-many-redirects", 1);
    check(to(302, "file:///etc/passwd"), "refused scheme", 1);
    check(to(302, "gopher://127.0.0.1:70/"), "refused scheme", 1);
    check(to(302, "data:text/html,x"), "refused scheme", 1);
    check(to(302, "javascript:alert(1)"), "refused scheme", 1);
    check(to(302, "https://127.0.0.1/"), "refused address", 1);
    check(to(302, "https://[::ffff:10.0.0.1]/"), "refused address", 1);
    check(to(302, "https://0x7f.1/"), "refused address", 1);
    check(
        to(302, "https://169.254.169.254/latest/"),
        "refused address",
        1,
    );
    check(to(302, "https://localhost:8080/"), "refused address", 1);
    check(to(302, "https://"), "failed protocol", 1);
    check(to(302, "https://a b/"), "failed protocol", 1);
}

#[test]
fn a_location_in_raw_utf8_is_understood() {
    let world = World::new();
    world
        .at(A, to(301, "/dépêche?q=é"))
        .at("https://a.example/d%C3%A9p%C3%AAche?q=%C3%A9", page("x"));
    assert_eq!(
        words(&world.fetch(A)),
        "body https://a.example/d%C3%A9p%C3%AAche?q=%C3%A9"
    );
}

#[test]
fn redirects_have_a_limit() {
    let world = World::new();
    for step in 0..20 {
        let from = format!("https://a.example/{step}");
        world.at(&from, to(302, &format!("/{}", step + 1)));
    }
    assert_eq!(
        words(&world.fetch("https://a.example/0")),
        "refused too-many-redirects"
    );
    assert_eq!(world.asked().len(), 11);
    let world = World::new();
    world.at(A, to(302, B)).at(B, to(302, C)).at(C, to(302, A));
    assert_eq!(words(&world.fetch(A)), "refused too-many-redirects");
    assert_eq!(world.asked().len(), 3, "a circle is noticed when it closes");
}

#[test]
fn permanent_addresses() {
    let check = |first: u16, second: u16, expected: Option<&str>| {
        let world = World::new();
        world
            .at(A, to(first, B))
            .at(B, to(second, C))
            .at(C, page("c"));
        let Outcome::Body(response) = world.fetch(A) else {
            panic!("a body");
        };
        assert_eq!(
            response.permanent.as_ref().map(Url::as_str),
            expected,
            "{first} {second}"
        );
        assert_eq!(response.redirects.len(), 2);
    };
    check(301, 308, Some(C));
    check(308, 302, Some(B));
    check(302, 301, None);
    check(307, 303, None);
}

#[test]
fn validators_go_back_byte_for_byte_and_to_their_address_only() {
    let etag = "W/\"caf\u{e9}--gzip\"";
    let modified = "dimanche 1 mars 2026";
    let world = World::new();
    // The e acute is one byte here, as some servers send it.
    let unchanged: Script = (
        304,
        vec![("cache-control", "max-age=600".to_owned())],
        Vec::new(),
    );
    world.at(A, to(302, B)).at(B, unchanged);
    let client = world.client(Settings::default());
    let request = Request {
        validators: Some(Validators {
            url: url(B),
            etag: Some(etag.to_owned()),
            last_modified: Some(modified.to_owned()),
        }),
        ..Request::new(url(A), Kind::Feed)
    };
    let outcome = world.run(client.fetch(&request));
    let Outcome::NotModified(unchanged) = &outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(Some(&unchanged.validators), request.validators.as_ref());
    assert_eq!(unchanged.freshness.max_age, Some(Duration::from_secs(600)));
    let seen = world.seen();
    assert_eq!(seen[0].header("if-none-match"), None, "another address");
    assert_eq!(seen[1].header("if-none-match").as_deref(), Some(etag));
    assert_eq!(
        seen[1].header("if-modified-since").as_deref(),
        Some(modified)
    );
    assert_eq!(
        seen[1].headers.get("if-none-match").map(HeaderValue::len),
        Some(etag.chars().count())
    );
}

#[test]
fn validators_of_a_body_belong_to_its_final_address() {
    let world = World::new();
    let answer: Script = (200, vec![("etag", "\"1\"".to_owned())], b"x".to_vec());
    world.at(A, to(302, B)).at(B, answer);
    let Outcome::Body(response) = world.fetch(A) else {
        panic!("a body");
    };
    let expected = Validators {
        url: url(B),
        etag: Some("\"1\"".to_owned()),
        last_modified: None,
    };
    assert_eq!(response.validators, Some(expected));
}

#[test]
fn what_is_sent_and_what_is_not() {
    let world = World::new();
    world.at("https://a.example/feed?k=1", page("x"));
    let client = world.client(Settings {
        user_agent: super::super::user_agent("+https://reader.example/; ann@reader.example"),
        ..Settings::default()
    });
    let outcome = world.run(client.fetch(&Request::new(
        url("https://ann:p%40ss@a.example/feed?k=1#top"),
        Kind::Feed,
    )));
    assert_eq!(words(&outcome), "body https://a.example/feed?k=1");
    let seen = &world.seen()[0];
    assert_eq!(seen.url, "https://a.example/feed?k=1");
    assert_eq!(
        seen.header("authorization").as_deref(),
        Some("Basic YW5uOnBAc3M=")
    );
    let agent = seen.header("user-agent").unwrap_or_default();
    assert!(
        agent.starts_with("depeche/") && agent.contains("(+https://reader.example/"),
        "{agent}"
    );
    assert!(
        seen.header("accept")
            .is_some_and(|accept| accept.starts_with("application/atom+xml"))
    );
    assert_eq!(
        seen.header("accept-encoding").as_deref(),
        Some("gzip, deflate")
    );
    for absent in [
        "cookie",
        "referer",
        "if-none-match",
        "if-modified-since",
        "from",
        "dnt",
    ] {
        assert_eq!(seen.header(absent), None, "{absent}");
    }
}

#[test]
fn credentials_stay_at_home() {
    let check = |address: &str, home: Option<&str>, hops: &[&str], sent: &[bool]| {
        let world = World::new();
        let mut from = address.to_owned();
        for hop in hops {
            world.at(&from, to(302, hop));
            from = (*hop).to_owned();
        }
        world.at(&from, page("x"));
        let client = world.client(Settings::default());
        let terms = Terms {
            headers: vec![("x-key".to_owned(), "s3cret".to_owned())],
            credentials: Some(Credentials::Bearer("s3cret".to_owned())),
            home: home.map(url),
            ..Terms::default()
        };
        let request = Request {
            source: Arc::new(terms),
            ..Request::new(url(address), Kind::Page)
        };
        let _outcome = world.run(client.fetch(&request));
        let seen = world.seen();
        let keys: Vec<bool> = seen
            .iter()
            .map(|seen| seen.header("x-key").is_some())
            .collect();
        let tokens: Vec<bool> = seen
            .iter()
            .map(|seen| seen.header("authorization").is_some())
            .collect();
        assert_eq!((&keys[..], &tokens[..]), (sent, sent), "{address} {hops:?}");
    };
    check(A, None, &[], &[true]);
    check(A, None, &["https://a.example/other"], &[true, true]);
    check(A, None, &[B], &[true, false]);
    check(
        A,
        None,
        &[B, "https://a.example/other"],
        &[true, false, false],
    );
    check(A, None, &["https://a.example:8443/feed"], &[true, false]);
    check(A, None, &["https://www.a.example/feed"], &[true, false]);
    check("http://a.example/feed", None, &[A], &[true, true]);
    check("http://a.example:8080/feed", None, &[A], &[true, false]);
    check(B, Some(A), &[], &[false]);
    check("https://a.example/page", Some(A), &[], &[true]);
    check(B, Some(A), &[A], &[false, false]);
}

#[test]
fn a_lying_encoding_is_asked_for_once_more() {
    let lie: Script = (
        200,
        vec![("content-encoding", "gzip".to_owned())],
        b"plain".to_vec(),
    );
    let world = World::new();
    world.at(A, lie.clone()).at(A, page("plain"));
    assert_eq!(words(&world.fetch(A)), "body https://a.example/feed");
    let encodings: Vec<_> = world
        .seen()
        .iter()
        .filter_map(|seen| seen.header("accept-encoding"))
        .collect();
    assert_eq!(encodings, ["gzip, deflate", "identity"]);
    let gap = world.seen()[1].at - world.seen()[0].at;
    assert!(
        gap >= Duration::from_secs(2),
        "the second try keeps the gap: {gap:?}"
    );
    let world = World::new();
    world.at(A, lie);
    assert_eq!(words(&world.fetch(A)), "failed encoding");
    assert_eq!(world.asked().len(), 2);
}

#[test]
fn challenges_are_named() {
    let world = World::new();
    world.at(
        A,
        (
            403,
            vec![("cf-mitigated", "challenge".to_owned())],
            Vec::new(),
        ),
    );
    let outcome = world.fetch(A);
    assert_eq!(words(&outcome), "failed challenge");
    assert!(outcome.to_string().contains("Cloudflare"), "{outcome}");
}

#[test]
fn pauses_hold_for_the_whole_domain() {
    const D: &str = "https://example.org/feed";
    let world = World::new();
    world
        .at(
            "https://www.example.org/feed",
            (429, vec![("retry-after", "3600".to_owned())], Vec::new()),
        )
        .at("https://www.example.org/feed", page("x"))
        .at(D, page("x"))
        .at(B, page("x"));
    let client = world.client(Settings::default());
    let fetch =
        |address: &str| words(&world.run(client.fetch(&Request::new(url(address), Kind::Page))));
    assert_eq!(
        fetch("https://www.example.org/feed"),
        "throttled 3600 Some(429)"
    );
    assert_eq!(fetch(D), "throttled 3600 None");
    assert_eq!(fetch(B), "body https://b.example/feed");
    assert_eq!(world.asked().len(), 2, "the paused domain was not asked");
    let until = client.next_free(&url(D), world.clock.now());
    assert_eq!((until - start()).num_seconds(), 3600);
    world.clock.advance(Duration::from_secs(3580));
    assert_eq!(
        fetch(D),
        "body https://example.org/feed",
        "the rest of a pause is waited for"
    );
    let seen = world.seen();
    assert!(
        seen[2].at >= Duration::from_secs(3600),
        "not before its end: {:?}",
        seen[2].at
    );
}

#[test]
fn guessed_pauses_grow_and_are_forgotten() {
    let world = World::new();
    world
        .at(A, status(429))
        .at(A, status(429))
        .at(A, page("x"))
        .at(A, status(429));
    let client = world.client(Settings::default());
    let mut pauses = Vec::new();
    for _ in 0..4 {
        let before = world.clock.now();
        let outcome = world.run(client.fetch(&Request::new(url(A), Kind::Feed)));
        if let Outcome::Throttled { until, .. } = outcome {
            pauses.push((until - before).num_minutes());
            world
                .clock
                .advance((until - before).to_std().expect("a pause in the future"));
        }
    }
    assert_eq!(pauses, [10, 20, 10]);
}

#[test]
fn a_server_that_names_no_time_has_a_fault_and_asks_for_nothing() {
    for code in [500, 502, 503, 504] {
        let world = World::new();
        world.at(A, status(code));
        let client = world.client(Settings::default());
        let outcome = world.run(client.fetch(&Request::new(url(A), Kind::Feed)));
        assert_eq!(words(&outcome), format!("failed {code}"));
        assert!(outcome.to_string().contains(&code.to_string()), "{outcome}");
        assert_eq!(client.pacer().pauses(), []);
    }
}

#[test]
fn pauses_survive_a_restart() {
    let world = World::new();
    world.at(
        A,
        (503, vec![("retry-after", "7200".to_owned())], Vec::new()),
    );
    let client = world.client(Settings::default());
    let request = Request::new(url(A), Kind::Feed);
    let _outcome = world.run(client.fetch(&request));
    let kept = client.pacer().pauses();
    assert_eq!(
        kept,
        [(
            "a.example".to_owned(),
            start() + TimeDelta::milliseconds(7_200_050)
        )]
    );
    let restarted = world.client(Settings::default());
    restarted.pacer().restore(kept);
    assert!(words(&world.run(restarted.fetch(&request))).starts_with("throttled"));
    assert_eq!(world.asked().len(), 1);
}

#[test]
fn media_types_are_judged_by_header_and_bytes() {
    let check = |content_type: &str, body: &[u8], expected: &str| {
        let world = World::new();
        world.at(
            A,
            (
                200,
                vec![("content-type", content_type.to_owned())],
                body.to_vec(),
            ),
        );
        assert_eq!(words(&world.fetch(A)), expected, "{content_type}");
    };
    check("application/pdf", b"%PDF-", "refused media-type");
    check("text/html", b"%PDF-1.7", "refused media-type");
    check("video/mp4", b"", "refused media-type");
    check(
        "application/octet-stream",
        b"<rss/>",
        "body https://a.example/feed",
    );
    check(
        "application/octet-stream",
        b"PK\x03\x04",
        "refused media-type",
    );
}
