//! A disk that takes nothing more: the real daemon goes on serving, says what is wrong, asks the
//! outlets for nothing it could not keep, and goes on by itself with nothing lost.

mod common;

use std::collections::BTreeSet;

use common::running::{Running, wait_for};
use common::{World, titles};
use rlimit::{Resource, prlimit};

/// Lets the files of a process grow no more, or again.
fn limit(pid: u32, bytes: u64) {
    let pid = i32::try_from(pid).unwrap();
    prlimit(pid, Resource::FSIZE, Some((bytes, rlimit::INFINITY)), None).unwrap();
}

#[test]
fn a_full_disk_stops_the_work_but_not_the_reading_and_loses_nothing() {
    let world = World::new();
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

    limit(daemon.pid(), rlimit::INFINITY);
    let over = || daemon.get("/healthz", "").1 == "ok\n";
    assert!(wait_for(over), "{}", daemon.json("/status.json"));
    assert!(daemon.stop().success());
    world.once_after(7_200);
    let expected = world.expected("feed.json");
    let wanted: BTreeSet<String> = expected["stories"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|story| ["start", "after"].contains(&story["at"].as_str().unwrap()))
        .map(|story| {
            let title = story["title_after"].as_str().or(story["title"].as_str());
            title.unwrap().to_owned()
        })
        .collect();
    assert_eq!(titles(&world.feed()), wanted);
}

#[test]
fn a_sweep_on_a_full_disk_fails_with_a_sentence_and_is_made_up_for() {
    let world = World::new();
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
