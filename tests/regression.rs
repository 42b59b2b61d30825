//! One test for each bug that was found once, named by what must never happen again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;
#[path = "regression/overtaken.rs"]
mod overtaken;

use std::fs::{self, File};

use common::World;
use common::running::{Running, wait_for};

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
