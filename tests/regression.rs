//! One test for each bug that was found once, named by what must never happen again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

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
