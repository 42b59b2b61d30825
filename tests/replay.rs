//! Record and replay: what the real binary kept of a run gives the same store and the same bytes
//! again, with nobody there to answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::World;
use crate::common::running::{Running, wait_for};
use chrono::TimeDelta;
use depeche::model::ArticleId;
use depeche::store::open_reader;

/// Every published file with its bytes, also those in folders.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().to_string_lossy();
            found.insert(name.into_owned(), fs::read(&path).unwrap());
        }
    }
    found
}

/// All that a store says of sources, articles and verdicts.
fn content(state: &Path) -> String {
    let reader = open_reader(state).unwrap();
    let q = reader.queries();
    let mut text = format!(
        "{:#?}\n{:#?}\n",
        q.sources(true).unwrap(),
        q.counts().unwrap()
    );
    for id in (1..).map(ArticleId) {
        let Some(article) = q.article(id).unwrap() else {
            break;
        };
        let verdicts = q.verdicts(id).unwrap();
        text.push_str(&format!("{article:#?}\n{verdicts:#?}\n"));
    }
    text
}

/// Replays into a new folder, with the outlets out of reach, and compares.
fn same_again(world: &World, recording: &str, into: &str) {
    let path = world.path().join(into);
    let (recording, into) = (world.path().join(recording), path.to_str().unwrap());
    world.requests.take();
    let output = world.run(&["replay", recording.to_str().unwrap(), "--into", into]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    assert_eq!(
        world.requests.take(),
        Vec::<String>::new(),
        "a replay asks nobody"
    );
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(" 0 events skipped"), "{said}");
    let (first, second) = (
        content(&world.path().join("state")),
        content(&path.join("state")),
    );
    assert!(first.matches("ArticleRow").count() > 3, "{first}");
    let difference = first.lines().zip(second.lines()).find(|(a, b)| a != b);
    assert_eq!((difference, first.len()), (None, second.len()));
    let (first, second) = (
        files(&world.path().join("feeds")),
        files(&path.join("feeds")),
    );
    assert!(first.contains_key("chine-amlat.atom"));
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        second.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{name} differs");
    }
}

fn record_once(world: &World, seconds: i64, folder: &str) {
    world.clock.set(world.start + TimeDelta::seconds(seconds));
    let folder = world.path().join(folder);
    let output = world.run(&["once", "--record", folder.to_str().unwrap()]);
    assert!(
        matches!(output.status.code(), Some(0 | 4)),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_recorded_sweep_gives_the_same_store_and_the_same_bytes_again() {
    let world = World::with_every_feed();
    record_once(&world, 0, "first");
    same_again(&world, "first", "first-again");
    // A recording begins with the store as it was.
    record_once(&world, 7_200, "second");
    same_again(&world, "second", "second-again");
}

#[test]
fn a_recorded_run_does_too() {
    let world = World::with_every_feed();
    let recording = world.path().join("tape");
    let daemon = Running::with(&world, &["--record", recording.to_str().unwrap()]);
    daemon.wait_until_up();
    let stored = || {
        let status = daemon.json("/status.json");
        status["articles"]["published"].as_u64() >= Some(3)
    };
    assert!(wait_for(stored), "{}", daemon.json("/status.json"));
    assert!(daemon.stop().success());
    same_again(&world, "tape", "again");
}

#[test]
fn a_recording_is_neither_written_over_nor_replayed_over_a_state() {
    let world = World::with_every_feed();
    world.edit("sources.toml", |_| String::new());
    record_once(&world, 0, "tape");
    let tape = world.path().join("tape");
    let tape = tape.to_str().unwrap();
    for arguments in [
        vec!["once", "--record", tape],
        vec!["replay", tape, "--into", world.path().to_str().unwrap()],
        vec!["replay", "/nowhere", "--into", "/nowhere"],
    ] {
        let output = world.run(&arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
        assert!(
            errors.contains("the recording in"),
            "{arguments:?}: {errors}"
        );
    }
}
