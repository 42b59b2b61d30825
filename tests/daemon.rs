//! The whole program: the real binary on the sample outlets, with its own folder and database.

use std::collections::BTreeSet;
use std::fs;
use std::net::Ipv4Addr;

use crate::common::running::{Running, wait_for};
use crate::common::{World, depeche, titles};
use chrono::TimeDelta;
use serde_json::Value;

fn stories(expected: &Value, at: &[&str], title: &str) -> BTreeSet<String> {
    expected["stories"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| at.contains(&s["at"].as_str().unwrap()))
        .map(|s| {
            s[title]
                .as_str()
                .or(s["title"].as_str())
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn the_feed_holds_every_story_on_the_topic_once_and_nothing_else() {
    let world = World::polled();
    let expected = world.expected("feed.json");
    let feed = world.feed();
    let found = titles(&feed);
    let wanted = stories(&expected, &["start"], "title");
    let missing: Vec<_> = wanted.difference(&found).collect();
    let extra: Vec<_> = found.difference(&wanted).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "missing {missing:#?}\nextra {extra:#?}"
    );
    assert_eq!(
        feed.candidates.len(),
        wanted.len(),
        "an entry stands in the feed twice"
    );
}

#[test]
fn later_polls_add_what_is_new_and_repeat_nothing() {
    let world = World::new();
    world.once_after(0);
    let before = world.feed();
    // Two hours: some feeds ask by `ttl` and `sy:updatePeriod` not to be polled earlier.
    world.once_after(7_200);
    world.once_after(7_260);
    let after = world.feed();
    let expected = world.expected("feed.json");
    assert_eq!(
        titles(&after),
        stories(&expected, &["start", "after"], "title_after")
    );
    let ids: BTreeSet<_> = after.candidates.iter().map(|c| c.id.clone()).collect();
    assert_eq!(ids.len(), after.candidates.len(), "ids are unique");
    for entry in &before.candidates {
        let same = after
            .candidates
            .iter()
            .find(|c| c.id == entry.id)
            .expect("an entry lost its id");
        assert_eq!(
            same.published, entry.published,
            "the date of publication is frozen"
        );
    }
}

#[test]
fn publishing_again_changes_no_byte() {
    let world = World::new();
    world.once_after(0);
    let before = world.feed_bytes();
    world.once_after(1);
    assert_eq!(before, world.feed_bytes());
}

#[test]
fn the_feed_passes_our_own_lint() {
    let world = World::polled();
    let found = depeche::feed_out::lint(&world.feed_bytes(), world.start + TimeDelta::minutes(1));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_source_that_answers_garbage_fails_alone_and_says_why() {
    let world = World::new();
    world.once_after(0);
    let status = Running::start(&world).json("/status.json");
    let sources = status["sources"].as_array().unwrap();
    let state = |id: &str| {
        let source = sources.iter().find(|s| s["id"] == id).unwrap();
        (
            source["state"].as_str().unwrap().to_owned(),
            source["message"].as_str().unwrap().to_owned(),
        )
    };
    let (word, message) = state("abonnes");
    assert_eq!(word, "failing");
    assert!(
        message.contains("login") || message.contains("HTML"),
        "{message}"
    );
    assert_eq!(state("xinhua-rss").0, "stale");
    assert_eq!(state("xinhua-chine").0, "ok");
}

#[test]
fn feeds_are_served_with_validators() {
    let world = World::new();
    world.once_after(0);
    let daemon = Running::start(&world);
    let (head, body) = daemon.get("/feeds/chine-amlat.atom", "");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(
        head.to_lowercase()
            .contains("content-type: application/atom+xml"),
        "{head}"
    );
    assert_eq!(body.as_bytes(), world.feed_bytes());
    let etag = head
        .lines()
        .find_map(|l| l.strip_prefix("etag: "))
        .unwrap()
        .to_owned();
    let (head, body) = daemon.get(
        "/feeds/chine-amlat.atom",
        &format!("If-None-Match: {etag}\r\n"),
    );
    assert!(
        head.starts_with("HTTP/1.1 304") && body.is_empty(),
        "{head}"
    );
    let (head, _) = daemon.get("/feeds/nothing.atom", "");
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    let (head, body) = daemon.get("/", "");
    assert!(
        head.starts_with("HTTP/1.1 200") && body.contains("feeds/chine-amlat.atom"),
        "{head}"
    );
    let (_, body) = daemon.get("/topics/chine-amlat", "");
    assert!(body.contains("rel=\"alternate\""), "{body}");
}

#[test]
fn a_broken_configuration_exits_2_with_every_problem() {
    let world = World::new();
    let sources = world.path().join("sources.toml");
    let text = fs::read_to_string(&sources).unwrap();
    fs::write(
        &sources,
        format!("{text}\n[[source]]\nid = \"x\"\nurl = \"ftp://a.example/\"\nevry = \"20m\"\n"),
    )
    .unwrap();
    let output = depeche(&["run", "--config"])
        .arg(world.main())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("did you mean `every`?") && text.contains("ftp:"),
        "{text}"
    );
}

#[test]
fn a_second_daemon_on_the_same_state_is_refused() {
    let world = World::new();
    let _daemon = Running::start(&world);
    let output = depeche(&["once", "--config"])
        .arg(world.main())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("another depeche is running"), "{text}");
}

#[test]
fn a_taken_port_and_an_unusable_state_folder_are_one_sentence_each() {
    let world = World::new();
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let main = fs::read_to_string(world.main()).unwrap();
    let taken: String = main
        .lines()
        .map(|l| {
            if l.starts_with("listen") {
                format!("listen = \"127.0.0.1:{port}\"\n")
            } else {
                format!("{l}\n")
            }
        })
        .collect();
    fs::write(world.main(), &taken).unwrap();
    let output = depeche(&["run", "--config"])
        .arg(world.main())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        (output.status.code(), text.contains("cannot be listened on")),
        (Some(1), true),
        "{text}"
    );

    fs::write(world.path().join("file"), "not a folder").unwrap();
    fs::write(
        world.main(),
        main.replace("state_dir = \"state\"", "state_dir = \"file/state\""),
    )
    .unwrap();
    let output = depeche(&["run", "--config"])
        .arg(world.main())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        (output.status.code(), text.contains("state folder")),
        (Some(1), true),
        "{text}"
    );
}

#[test]
fn sigterm_ends_it_with_everything_committed() {
    let world = World::new();
    let status = Running::start(&world).stop();
    assert!(status.success(), "{status}");
}

#[test]
fn sighup_takes_over_a_new_configuration_and_refuses_a_wrong_one() {
    let world = World::new();
    let daemon = Running::start(&world);
    let topics = world.path().join("topics.toml");
    let good = fs::read_to_string(&topics).unwrap();
    fs::write(
        &topics,
        format!("{good}\n[[topic]]\nid = \"deux\"\nall = [\"@chine\", \"@nulle-part\"]\n"),
    )
    .unwrap();
    daemon.signal("HUP");
    fs::write(
        &topics,
        format!("{good}\n[[topic]]\nid = \"deux\"\nall = [\"@chine\"]\n"),
    )
    .unwrap();
    // The first signal may be read with either content; the second is read with the good one.
    daemon.signal("HUP");
    let found = wait_for(|| {
        daemon
            .get("/feeds/deux.atom", "")
            .0
            .starts_with("HTTP/1.1 200")
    });
    assert!(daemon.stop().success());
    assert!(found, "the new topic's feed was not published");
}
