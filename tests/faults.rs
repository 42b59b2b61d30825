//! Disks that fail: single calls of the real daemon on its database, its write-ahead log and its
//! published files end in an error, or do not end (`faults/disk.c`). Whatever the call, feeds can be
//! read meanwhile, the state is named, work goes on by itself, and nothing is lost or doubled.
//!
//! `DEPECHE_FAULTS=6 cargo test --test program faults:: -- --nocapture` for every kind of failure at six moments;
//! an ordinary run has the first of each kind, at one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::common::running::{Running, wait_for};
use crate::common::whole::{Given, check_database, check_files, published};
use crate::common::{World, titles};
use chrono::TimeDelta;

/// The feed that is looked at.
const FEED: &str = "chine-amlat.atom";

/// At how many moments a single call fails, for each place; None in an ordinary run of the tests.
fn moments() -> Option<usize> {
    std::env::var("DEPECHE_FAULTS").ok()?.parse().ok()
}

/// Those of a kind that are tried: in an ordinary run the first.
fn tried<T>(kind: &[T]) -> &[T] {
    match moments() {
        Some(_) => kind,
        None => &kind[..1],
    }
}

/// Which calls are hit, and what they do: see `faults/disk.c`.
#[derive(Debug, Clone, Copy)]
struct Fault {
    call: &'static str,
    path: &'static str,
    does: &'static str,
    /// Whether only this one, counted from the daemon's start; otherwise all while it is told to.
    only: Option<usize>,
}

const fn fault(call: &'static str, path: &'static str, does: &'static str) -> Fault {
    Fault {
        call,
        path,
        does,
        only: None,
    }
}

/// The library that stands between the daemon and its disk; None, with a word why, where it cannot
/// be made.
fn library() -> Option<&'static Path> {
    static LIBRARY: OnceLock<Option<PathBuf>> = OnceLock::new();
    let make = || {
        if !cfg!(all(target_os = "linux", target_env = "gnu")) {
            eprintln!("skipped: LD_PRELOAD as it is used here is known from Linux with glibc");
            return None;
        }
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/disk.c");
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("disk.so");
        let mut command = Command::new(&compiler);
        command.args([
            "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o",
        ]);
        match command.arg(&library).arg(source).arg("-ldl").status() {
            Ok(status) => assert!(status.success(), "{compiler}: {status}"),
            Err(error) => {
                eprintln!("skipped: there is no C compiler ({compiler}: {error})");
                return None;
            }
        }
        Some(library)
    };
    LIBRARY.get_or_init(make).as_deref()
}

/// A world on a disk that fails.
struct Trial {
    world: World,
    fault: Fault,
    library: &'static Path,
}

impl Trial {
    fn new(fault: Fault) -> Option<Self> {
        Some(Self {
            library: library()?,
            world: World::with_every_feed(),
            fault,
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.world.path().join(name)
    }

    /// Lets the fault begin or end.
    fn set(&self, failing: bool) {
        match failing {
            true => fs::write(self.file("failing"), "").unwrap(),
            false => fs::remove_file(self.file("failing")).unwrap(),
        }
    }

    /// Calls that were hit so far.
    fn hits(&self) -> usize {
        fs::read_to_string(self.file("hits")).map_or(0, |log| log.lines().count())
    }

    /// Starts the daemon on its disk, and does not wait.
    fn launch(&self) -> Running {
        let Fault {
            call, path, does, ..
        } = self.fault;
        let mut script = format!(
            "export LD_PRELOAD='{}' FAULT_CALL={call} FAULT_PATH='{path}' FAULT_DOES={does} FAULT_WHILE='{}' FAULT_LOG='{}'",
            self.library.display(),
            self.file("failing").display(),
            self.file("hits").display()
        );
        if let Some(only) = self.fault.only {
            script += &format!(" FAULT_FROM={only} FAULT_CALLS=1");
        }
        Running::under(&self.world, &format!("{script}; exec \"$0\" \"$@\""))
    }

    /// What readers of the folder are given, once everything is checked that must hold at all times.
    fn check(&self, before: &Given) -> Given {
        check_database(&self.file("state"));
        check_files(&self.file("feeds"));
        let now = published(&self.file("feeds").join(FEED));
        for id in before.keys() {
            assert!(now.contains_key(id), "{:?}: {id} is gone", self.fault);
        }
        now
    }

    /// The end of a trial: everything is there, once, after a last look at the outlets.
    fn finish(self, daemon: Running, before: &Given) {
        assert!(daemon.stop().success(), "{:?}", self.fault);
        let meanwhile = self.check(before);
        // The second one for what a daemon left due for a moment after the first.
        for later in [7_200, 10_800] {
            self.world.once_after(later);
            self.check(&meanwhile);
        }
        let found: BTreeSet<String> = titles(&self.world.feed());
        assert_eq!(
            found,
            self.world.titles_after_two_hours(),
            "{:?}",
            self.fault
        );
    }

    /// Lets the outlets have something new for a daemon that is up, or that starts now.
    fn news(&self) {
        let later = self.world.start + TimeDelta::seconds(7_200);
        self.world.clock.set(later);
    }

    /// What is published before anything fails.
    fn before(&self) -> Given {
        self.world.once_after(0);
        self.check(&Given::new())
    }
}

/// The feed as the daemon serves it, whole.
fn read(daemon: &Running) -> String {
    let (head, body) = daemon.get(&format!("/feeds/{FEED}"), "");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(body.trim_end().ends_with("</feed>"), "{body}");
    body
}

/// A fault begins under a daemon that is up, and ends again.
fn fails_and_recovers(fault: Fault, words: &str) {
    let Some(trial) = Trial::new(fault) else {
        return;
    };
    let before = trial.before();
    let daemon = trial.launch();
    daemon.wait_until_up();
    trial.news();
    trial.set(true);
    let named = || {
        read(&daemon);
        let (head, body) = daemon.get("/healthz", "");
        head.starts_with("HTTP/1.1 503") && body.contains(words)
    };
    assert!(
        wait_for(named),
        "{fault:?}: {:?}",
        daemon.get("/healthz", "")
    );
    assert!(trial.hits() > 0, "{fault:?}");
    for page in ["/status.json", "/"] {
        let (head, says) = daemon.get(page, "");
        assert!(says.contains(words), "{fault:?}: {page}: {head}\n{says}");
    }
    // Where nothing can be read there is nothing to make it of.
    if fault.call != "read" {
        let told = || daemon.get("/feeds/_health.atom", "").1.contains(words);
        assert!(wait_for(told), "{fault:?}: the health feed says nothing");
    }
    trial.set(false);
    let over = || daemon.get("/healthz", "").1 == "ok\n";
    assert!(
        wait_for(over),
        "{fault:?}: {:?}",
        daemon.get("/healthz", "")
    );
    let in_place = || fs::read_to_string(trial.file("feeds").join(FEED)).unwrap() == read(&daemon);
    assert!(wait_for(in_place), "{fault:?}");
    println!("{fault:?}: {} calls", trial.hits());
    trial.finish(daemon, &before);
}

#[test]
fn a_log_that_cannot_be_written_stops_the_work_but_not_the_reading() {
    for (does, words) in tried(&[("EIO", "the state folder"), ("ENOSPC", "make room")]) {
        fails_and_recovers(fault("write", ".sqlite-wal", does), words);
    }
}

#[test]
fn a_database_that_cannot_be_read_stops_the_work_but_not_the_reading() {
    for path in tried(&[".sqlite", ".sqlite-wal"]) {
        fails_and_recovers(fault("read", path, "EIO"), "cannot be read");
    }
}

#[test]
fn published_files_that_cannot_be_written_are_named_and_made_up_for() {
    for (call, does) in tried(&[("write", "EIO"), ("write", "ENOSPC"), ("sync", "EIO")]) {
        fails_and_recovers(fault(call, ".atom.new", does), "the published file");
    }
}

#[test]
fn published_files_that_cannot_be_put_in_place_are_named_and_made_up_for() {
    for (call, path) in tried(&[("rename", ".atom"), ("sync", "/feeds")]) {
        fails_and_recovers(fault(call, path, "EIO"), "the published file");
    }
}

/// A call does not come back; then it does.
fn waits_and_goes_on(fault: Fault) {
    let Some(trial) = Trial::new(fault) else {
        return;
    };
    let before = trial.before();
    let daemon = trial.launch();
    daemon.wait_until_up();
    let served = read(&daemon);
    trial.news();
    trial.set(true);
    assert!(wait_for(|| trial.hits() > 0), "{fault:?}");
    // None of these waits for the call.
    read(&daemon);
    for page in ["/healthz", "/readyz", "/status.json", "/", "/feeds.opml"] {
        let (head, _) = daemon.get(page, "");
        assert!(
            head.starts_with("HTTP/1.1 200"),
            "{fault:?}: {page}: {head}"
        );
    }
    if fault.path.ends_with(".new") {
        let new = || read(&daemon) != served;
        assert!(wait_for(new), "{fault:?}: served only once it is written");
    }
    trial.set(false);
    let in_place = || {
        let written = fs::read_to_string(trial.file("feeds").join(FEED)).unwrap();
        written != served && written == read(&daemon)
    };
    assert!(wait_for(in_place), "{fault:?}");
    println!("{fault:?}: {} calls", trial.hits());
    trial.finish(daemon, &before);
}

#[test]
fn a_commit_that_does_not_come_back_keeps_no_reader_waiting() {
    waits_and_goes_on(fault("write", ".sqlite-wal", "wait"));
}

#[test]
fn a_published_file_that_takes_long_keeps_no_reader_waiting() {
    waits_and_goes_on(fault("sync", ".atom.new", "wait"));
}

/// A daemon that starts when the outlets have something new; a single call of it fails.
fn bears_one_failure(fault: Fault) -> bool {
    let Some(trial) = Trial::new(fault) else {
        return false;
    };
    let before = trial.before();
    let first = read_file(&trial);
    trial.news();
    trial.set(true);
    let daemon = trial.launch();
    let well = || daemon.get("/healthz", "").1 == "ok\n" && daemon.get("/readyz", "").1 == "ok\n";
    let in_place = || read_file(&trial) != first && read_file(&trial) == read(&daemon);
    assert!(wait_for(|| well() && in_place()), "{fault:?}");
    let hit = trial.hits() > 0;
    trial.finish(daemon, &before);
    hit
}

fn read_file(trial: &Trial) -> String {
    fs::read_to_string(trial.file("feeds").join(FEED)).unwrap()
}

#[test]
fn a_single_call_that_fails_at_any_moment_loses_nothing() {
    let places = [
        ("write", ".sqlite-wal"),
        ("read", ".sqlite"),
        ("write", ".new"),
        ("sync", ".new"),
        ("rename", ""),
    ];
    let mut hits = 0;
    for (call, path) in places {
        for moment in 0..moments().unwrap_or(1) {
            let only = Some(1 + 2 * moment * moment);
            let single = fault(call, path, "EIO");
            hits += usize::from(bears_one_failure(Fault { only, ..single }));
        }
    }
    println!("{hits} single calls failed");
    assert!(hits >= places.len() || library().is_none(), "{hits}");
}

#[test]
fn a_log_that_cannot_be_folded_in_is_named_and_folded_in_later() {
    for call in tried(&["write", "sync"]) {
        let Some(trial) = Trial::new(fault(call, ".sqlite", "EIO")) else {
            return;
        };
        // Everything is new: enough for SQLite to fold its log in.
        trial.news();
        let daemon = trial.launch();
        daemon.wait_until_up();
        trial.set(true);
        let named = || daemon.get("/healthz", "").1.contains("the state folder");
        assert!(wait_for(named), "{:?}", trial.fault);
        trial.set(false);
        let over = || daemon.get("/healthz", "").1 == "ok\n";
        assert!(wait_for(over), "{:?}", daemon.get("/healthz", ""));
        println!("{:?}: {} calls", trial.fault, trial.hits());
        trial.finish(daemon, &Given::new());
    }
}

#[test]
fn a_start_on_a_disk_that_fails_serves_what_is_stored_and_then_goes_on_by_itself() {
    let Some(trial) = Trial::new(fault("write", ".sqlite-wal", "EIO")) else {
        return;
    };
    let before = trial.before();
    trial.news();
    trial.set(true);
    let daemon = trial.launch();
    let named = || daemon.get("/healthz", "").1.contains("the state folder");
    assert!(wait_for(named), "{:?}", daemon.get("/healthz", ""));
    read(&daemon);
    trial.set(false);
    let over = || daemon.get("/healthz", "").1 == "ok\n";
    assert!(wait_for(over), "{:?}", daemon.get("/healthz", ""));
    trial.finish(daemon, &before);
}

#[test]
fn what_could_not_be_folded_in_at_the_end_is_there_at_the_next_start() {
    for (call, path) in tried(&[
        ("write", ".sqlite"),
        ("sync", ".sqlite"),
        ("sync", ".sqlite-wal"),
    ]) {
        let Some(trial) = Trial::new(fault(call, path, "EIO")) else {
            return;
        };
        let before = trial.before();
        trial.news();
        let daemon = trial.launch();
        daemon.wait_until_up();
        let first = read_file(&trial);
        assert!(wait_for(|| read_file(&trial) != first), "{:?}", trial.fault);
        trial.set(true);
        daemon.signal("TERM");
        assert!(wait_for(|| trial.hits() > 0), "{:?}", trial.fault);
        trial.finish(daemon, &before);
    }
}
