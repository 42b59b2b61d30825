//! A disk that takes nothing more: the real daemon goes on serving, says what is wrong, asks the
//! outlets for nothing it could not keep, and goes on by itself with nothing lost.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::common::running::{Running, wait_for};
use crate::common::{World, titles};
use rlimit::{Resource, prlimit};

/// Lets the files of a process grow no more, or again.
fn limit(pid: u32, bytes: u64) {
    let pid = i32::try_from(pid).unwrap();
    prlimit(pid, Resource::FSIZE, Some((bytes, rlimit::INFINITY)), None).unwrap();
}

#[test]
fn a_full_disk_stops_the_work_but_not_the_reading_and_loses_nothing() {
    let world = World::with_every_feed();
    world.once_after(0);
    let daemon = Running::start(&world);
    // Nothing may be written, not even what is small.
    limit(daemon.pid(), 0);
    let trouble = || daemon.json("/status.json")["trouble"].is_string();
    assert!(wait_for(trouble), "{}", daemon.json("/status.json"));
    let (head, body) = daemon.get("/healthz", "");
    assert!(
        head.starts_with("HTTP/1.1 503") && body.contains("make room"),
        "{head}\n{body}"
    );
    let (head, body) = daemon.get("/feeds/chine-amlat.atom", "");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body.as_bytes(), world.feed_bytes());
    let told = || {
        daemon
            .get("/feeds/_health.atom", "")
            .1
            .contains("make room")
    };
    assert!(wait_for(told), "the health feed says nothing");

    limit(daemon.pid(), rlimit::INFINITY);
    let over = || daemon.get("/healthz", "").1 == "ok\n";
    assert!(wait_for(over), "{}", daemon.json("/status.json"));
    assert!(daemon.stop().success());
    world.once_after(7_200);
    assert_eq!(titles(&world.feed()), world.titles_after_two_hours());
}

/// A daemon whose files may not grow at all, from its start.
fn start_on_a_full_disk(world: &World) -> Running {
    Running::under(world, "trap '' XFSZ; ulimit -S -f 0; exec \"$0\" \"$@\"")
}

#[test]
fn a_start_on_a_full_disk_serves_what_is_stored_and_then_goes_on_by_itself() {
    let world = World::with_every_feed();
    world.once_after(0);
    let published = world.feed_bytes();
    world
        .clock
        .set(world.start + chrono::TimeDelta::seconds(7_200));
    world.requests.take();
    let daemon = start_on_a_full_disk(&world);
    let trouble = || daemon.get("/healthz", "").1.contains("make room");
    assert!(wait_for(trouble), "{:?}", daemon.get("/healthz", ""));
    let (head, body) = daemon.get("/feeds/chine-amlat.atom", "");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let ids = |feed: &str| {
        let ids = feed.split("<id>").skip(1);
        ids.map(|rest| rest[..rest.find('<').unwrap()].to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(ids(&body), ids(&String::from_utf8_lossy(&published)));
    assert!(daemon.json("/status.json")["trouble"].is_string());
    let health = daemon.get("/feeds/_health.atom", "").1;
    assert!(health.contains("make room"), "{health}");
    assert_eq!(
        daemon.get("/", "").0.lines().next(),
        Some("HTTP/1.1 200 OK")
    );
    assert!(world.requests.take().is_empty(), "what was it to keep?");

    limit(daemon.pid(), rlimit::INFINITY);
    let later = || world.feed_bytes() != published;
    assert!(wait_for(later), "{}", daemon.json("/status.json"));
    let over = || daemon.get("/healthz", "").1 == "ok\n";
    assert!(wait_for(over), "{}", daemon.json("/status.json"));
    assert!(daemon.stop().success());
    let rest = world.path().join("state/probe");
    assert!(!rest.exists());
}

#[test]
fn a_daemon_that_waits_for_its_disk_can_be_stopped() {
    let world = World::with_every_feed();
    world.once_after(0);
    let daemon = start_on_a_full_disk(&world);
    let trouble = || daemon.get("/healthz", "").1.contains("make room");
    assert!(wait_for(trouble), "{:?}", daemon.get("/healthz", ""));
    assert!(daemon.stop().success());
}

/// Lets everybody or nobody write a folder and what is in it.
fn set_writable(path: &Path, writable: bool) {
    let mode = match (path.is_dir(), writable) {
        (true, true) => 0o777,
        (true, false) => 0o555,
        (false, true) => 0o666,
        (false, false) => 0o444,
    };
    for entry in fs::read_dir(path).into_iter().flatten() {
        set_writable(&entry.unwrap().path(), writable);
    }
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_start_on_a_read_only_folder_serves_what_is_stored_and_then_goes_on_by_itself() {
    let world = World::with_every_feed();
    world.once_after(0);
    let published = world.feed_bytes();
    let state = world.path().join("state");
    fs::set_permissions(world.path(), Permissions::from_mode(0o755)).unwrap();
    set_writable(&world.path().join("feeds"), true);
    set_writable(&state, false);
    // Nothing is read-only for root.
    let daemon = Running::unprivileged(&world);
    let trouble = || daemon.get("/healthz", "").1.contains("state folder");
    assert!(wait_for(trouble), "{:?}", daemon.get("/healthz", ""));
    let (_, body) = daemon.get("/feeds/chine-amlat.atom", "");
    assert_eq!(body.as_bytes(), published);
    set_writable(&state, true);
    let over = || daemon.get("/healthz", "").1 == "ok\n";
    assert!(wait_for(over), "{}", daemon.json("/status.json"));
    assert!(daemon.stop().success());
}

#[test]
fn a_sweep_on_a_full_disk_fails_with_a_sentence_and_is_made_up_for() {
    let world = World::with_every_feed();
    world.once_after(0);
    world
        .clock
        .set(world.start + chrono::TimeDelta::seconds(7_200));
    // The shell ignores the signal, so that the write fails instead of the process.
    let mut command = world.depeche(&["once"]);
    let arguments: Vec<_> = command.get_args().map(|a| a.to_owned()).collect();
    let output = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 500; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("the state folder"), "{errors}");
    let asked = world.requests.take().len();
    assert!(command.output().unwrap().status.success());
    let feed = titles(&world.feed());
    assert!(feed.len() > 10, "{asked} {feed:?}");
}
