//! One test for each bug that was found once, named by what must never happen again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "regression/commands.rs"]
mod commands;
mod common;
#[path = "regression/newcomer.rs"]
mod newcomer;
#[path = "regression/outside.rs"]
mod outside;
#[path = "regression/overtaken.rs"]
mod overtaken;
#[path = "regression/scheduling.rs"]
mod scheduling;
mod simulated;

use std::fs::{self, File};

use chrono::TimeDelta;
use common::World;
use common::running::{Running, wait_for};
use depeche::model::ArticleId;
use depeche::store::{ArticleRow, open_reader};
use depeche::text::url::{canonicalise, strip_tracking};
use url::Url;

/// SIGHUP was listened to only after the store had been opened and the first feeds written; before, it
/// ended the process.
#[test]
fn sighup_during_the_start_does_not_end_the_daemon() {
    let world = World::new();
    world.once_after(0);
    let state = world.path().join("state");
    #[expect(clippy::disallowed_methods, reason = "somebody else holds the file")]
    let store = rusqlite::Connection::open(state.join("depeche.sqlite")).unwrap();
    store.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let mut daemon = Running::launch(&world);
    let lock = File::open(state.join("lock")).unwrap();
    let opening = wait_for(|| match lock.try_lock() {
        Ok(()) => lock.unlock().is_err(),
        Err(_) => true,
    });
    assert!(opening && daemon.is_alive());
    daemon.signal("HUP");
    store.execute_batch("COMMIT").unwrap();
    daemon.wait_until_up();
    assert!(fs::exists(world.path().join("feeds")).unwrap() && daemon.stop().success());
}

/// What the address guard had refused stayed refused for a day after it had been allowed.
#[test]
fn a_refused_source_is_polled_as_soon_as_it_is_allowed() {
    let world = World::new();
    let allowed = fs::read_to_string(world.main()).unwrap();
    let line = allowed
        .lines()
        .find(|l| l.starts_with("allow_private"))
        .unwrap();
    world.edit("depeche.toml", |text| text.replace(line, ""));
    assert!(
        !world.run(&["once"]).status.success(),
        "nothing may be asked"
    );
    assert!(world.requests.take().is_empty());
    fs::write(world.main(), &allowed).unwrap();
    world.once_after(5);
    assert!(!world.feed().candidates.is_empty());
}

/// The source was; its articles, whose pages stand on another host, were not.
#[test]
fn refused_pages_are_fetched_as_soon_as_their_host_is_allowed() {
    let world = World::new();
    let allow = |hosts: &str| {
        world.edit("depeche.toml", |text| {
            let old = text.lines().find(|l| l.starts_with("allow_private"));
            text.replace(old.unwrap(), &format!("allow_private = [{hosts}]"))
        });
    };
    let routes = || -> Vec<String> {
        let export = world.run(&["export", "--source", "dw"]);
        let lines = String::from_utf8(export.stdout).unwrap();
        let article = |line| serde_json::from_str::<serde_json::Value>(line).unwrap();
        let how = |line| article(line)["how"].as_str().unwrap().to_owned();
        lines.lines().map(how).collect()
    };
    allow("\"rss.dw.com.localhost\"");
    world.once_after(0);
    let refused = routes();
    assert!(!refused.is_empty() && refused.iter().all(|how| how == "teaser"));
    world.requests.take();
    assert_eq!(
        world.run(&["once"]).status.code(),
        Some(4),
        "nothing is due"
    );
    allow("\"rss.dw.com.localhost\", \"www.dw.com.localhost\"");
    world.once_after(5);
    let whole = routes();
    assert_eq!(whole.len(), refused.len());
    assert!(whole.iter().all(|how| how != "teaser"), "{whole:?}");
}

/// An article stayed "published" after the only topic that wanted it had gone.
#[test]
fn explain_says_what_holds_after_a_topic_has_gone() {
    let world = World::new();
    world.once_after(0);
    let line = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    let exported = world.run(&["export", "--topic", "chine-amlat"]);
    let first = String::from_utf8(exported.stdout).unwrap();
    let id = line(first.lines().next().unwrap())["id"].to_string();
    let state = || world.json(&["explain", &id, "--json"])["state"].clone();
    assert_eq!(state(), "published");
    world.edit("topics.toml", |_| {
        "[[topic]]\nid = \"autre\"\nall = [\"@vietnam\", \"loterie\"]\n".to_owned()
    });
    world.once_after(0);
    assert_eq!(state(), "rejected");
    let words = String::from_utf8(world.run(&["explain", &id]).stdout).unwrap();
    assert!(words.contains("no topic wants it"), "{words}");
    assert!(!words.contains("Entry"), "{words}");
}

/// With too few articles `topics suggest` printed nothing and said nothing.
#[test]
fn too_few_articles_to_suggest_terms_from_are_told() {
    let world = World::new();
    for (name, text) in [
        ("yes.txt", "La Chine\nLe port."),
        ("no.txt", "Le loto\nLe tirage."),
    ] {
        fs::write(world.path().join(name), text).unwrap();
    }
    let path = |name: &str| world.path().join(name).to_str().unwrap().to_owned();
    let (yes, no) = (path("yes.txt"), path("no.txt"));
    let suggested = world.run(&["topics", "suggest", "--yes", &yes, "--no", &no]);
    let text = String::from_utf8_lossy(&suggested.stderr).into_owned();
    assert_eq!(suggested.status.code(), Some(4), "{text}");
    assert!(
        text.contains("1 wanted article from 1 unwanted one: give more of both"),
        "{text}"
    );
}

/// `backup FILE` replaced whatever had that name.
#[test]
fn a_backup_replaces_nothing_but_a_backup() {
    let world = World::new();
    world.once_after(0);
    let file = world.path().join("topics.toml");
    let before = fs::read(&file).unwrap();
    let path = file.to_str().unwrap();
    let refused = world.run(&["backup", path]);
    assert_eq!(refused.status.code(), Some(1));
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("name another file"), "{text}");
    assert_eq!(fs::read(&file).unwrap(), before);
    let copy = world.path().join("copy.sqlite");
    for _ in 0..2 {
        assert!(
            world
                .run(&["backup", copy.to_str().unwrap()])
                .status
                .success()
        );
    }
}

/// A text on which the program itself failed kept the rest of its domain waiting, and was tried for ever.
#[test]
fn a_text_on_which_the_program_fails_holds_nothing_up_and_is_given_up() {
    let world = World::new();
    let failed = failed_after(&world, 0, ("article", 1));
    assert_eq!(failed.len(), 1, "all others are stored");
    assert!(failed[0].next_try.is_some());
    assert!(
        failed_after(&world, 2_000, ("article", 0)).is_empty(),
        "it was tried again"
    );

    let world = World::new();
    for tried in 1..=3 {
        let failed = failed_after(&world, 10_000 * tried, ("article", u32::MAX));
        assert!(!failed.is_empty());
        let waiting = failed.iter().filter(|a| a.next_try.is_some()).count();
        assert_eq!(waiting, if tried < 3 { failed.len() } else { 0 });
    }
}

/// What is judged with the poll that shows it is as good as what waits for its page: a text on which the program fails
/// neither loses the poll nor the others of its feed.
#[test]
fn a_candidate_on_which_the_program_fails_loses_nothing() {
    let world = World::with_every_feed();
    let mut once = world.depeche(&["once"]);
    let failing = once.env(
        "DEPECHE_FAIL",
        format!("candidate.preparing:{}:panic", u32::MAX),
    );
    let said = String::from_utf8_lossy(&failing.output().unwrap().stderr).into_owned();
    assert!(said.contains("candidate.preparing fails"), "{said}");
    assert!(
        poisoned(&world).is_empty(),
        "they were tried once more by themselves"
    );
    let plain = World::with_every_feed();
    failed_after(&plain, 0, ("candidate", 0));
    let stored = |world: &World| world.json(&["status", "--json"])["articles"].clone();
    assert_eq!(stored(&world), stored(&plain));
}

/// Articles that wait because the program failed on them, after a sweep in which it is made to fail
/// on so many that are prepared by this step.
fn failed_after(world: &World, seconds: i64, (step, failing): (&str, u32)) -> Vec<ArticleRow> {
    world.clock.set(world.start + TimeDelta::seconds(seconds));
    let mut once = world.depeche(&["once", "--json"]);
    if failing > 0 {
        once.env("DEPECHE_FAIL", format!("{step}.preparing:{failing}:panic"));
    }
    assert!(once.output().unwrap().status.success());
    poisoned(world)
}

/// Articles on which the program failed.
fn poisoned(world: &World) -> Vec<ArticleRow> {
    let reader = open_reader(&world.path().join("state")).unwrap();
    let article = |id| reader.queries().article(ArticleId(id)).unwrap();
    let failed = |a: &ArticleRow| {
        let error = a.last_error.as_deref().unwrap_or_default();
        a.how.is_empty() && error.contains("please report it")
    };
    (1..).map_while(article).filter(failed).collect()
}

/// A host of nothing but dots is one to the parser of addresses: the key of such an address kept the
/// marks of campaigns.
#[test]
fn an_address_without_a_host_has_one_key_with_and_without_tracking() {
    let address: Url = "https://./monde/?utm_source=rss".parse().unwrap();
    let shown = strip_tracking(&address);
    assert_eq!(shown.as_str(), "https://./monde/");
    assert_eq!(canonicalise(&address), canonicalise(&shown));
}

/// What a topic had said of older articles went with it, but they still counted as judged by it: the
/// same topic, put back, did not find them again.
#[test]
fn a_topic_that_is_taken_out_and_put_back_finds_its_articles_again() {
    let world = World::new();
    let entries = |world: &World| world.feed_of("trois").matches("<entry>").count();
    let topic = "\n[[topic]]\nid = \"trois\"\nlanguage = [\"fr\"]\nany = [\"ballet\"]\n";
    world.edit("topics.toml", |text| text + topic);
    world.once_after(0);
    let found = entries(&world);
    assert!(found > 0);
    world.edit("topics.toml", |text| text.replace(topic, ""));
    let looked = world.run(&["topics", "rejudge", "--since", "1h"]);
    assert!(looked.status.success());
    world.edit("topics.toml", |text| text + topic);
    world.once_after(0);
    assert_eq!(entries(&world), found);
}
