//! What the tests of the whole program share: the sample outlets on loopback, a folder of their
//! own, and the real binary.

#![allow(dead_code, reason = "each test program uses its own part")]

mod requests;
pub mod running;
pub mod whole;

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use chrono::{DateTime, TimeDelta, Utc};
use depeche::clock::{Clock, FixedClock};
use depeche::demo::{Outlets, serve, write_configuration};
use depeche::discover::feed::{Context, parse};
use depeche::model::Discovery;
pub use requests::Requests;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// No feeds of single sources and tags.
const FEW: &str = "sources = false\ntags = false\n";

/// The sample outlets, served, and a configuration that polls them and writes the feeds of the topic
/// and of everything into a folder.
pub struct World {
    pub folder: TempDir,
    pub start: DateTime<Utc>,
    pub clock: Arc<FixedClock>,
    pub outlets: Outlets,
    pub port: u16,
    pub requests: Requests,
    _runtime: Runtime,
}

impl World {
    pub fn new() -> Self {
        Self::starting("2026-11-22T10:00:00Z")
    }

    pub fn starting(start: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let start: DateTime<Utc> = start.parse().unwrap();
        let clock = Arc::new(FixedClock::new(start));
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = Outlets::load(start, port).unwrap();
        let behind = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        let requests = Requests::default();
        runtime.spawn(
            requests
                .clone()
                .pass_on(listener, behind.local_addr().unwrap()),
        );
        runtime.spawn(serve(behind, served, clock.clone()));
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
            start,
            clock,
            outlets: Outlets::load(start, port).unwrap(),
            port,
            requests,
            _runtime: runtime,
        };
        let listen = SocketAddr::from(([127, 0, 0, 1], free_port()));
        write_configuration(world.path(), &world.outlets, listen).unwrap();
        let main = fs::read_to_string(world.main()).unwrap();
        fs::write(
            world.main(),
            format!("{main}\n[publish]\n{FEW}output_dir = \"feeds\"\n"),
        )
        .unwrap();
        world
    }

    /// A world in which every source and tag has its feed, too: ten times as many files.
    pub fn with_every_feed() -> Self {
        let world = Self::new();
        world.edit("depeche.toml", |main| main.replace(FEW, ""));
        world
    }

    /// A world after its first poll, for tests that only look: those that run at the same time have
    /// it in common.
    pub fn polled() -> Arc<Self> {
        static SHARED: Mutex<Weak<World>> = Mutex::new(Weak::new());
        in_common(&SHARED, || {
            let world = Self::new();
            world.once_after(0);
            world
        })
    }

    /// The time of the outlets.
    pub fn clock_now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn main(&self) -> PathBuf {
        self.path().join("depeche.toml")
    }

    /// Lets the outlets be so many seconds old, and polls once at that time, if anything is due.
    pub fn once_after(&self, seconds: i64) -> Output {
        let now = self.start + TimeDelta::seconds(seconds);
        self.clock.set(now);
        let output = self.run(&["once", "--json"]);
        assert!(
            matches!(output.status.code(), Some(0 | 4)),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }

    /// The published feed of the demo's topic, as a reader sees it.
    pub fn feed(&self) -> Discovery {
        let bytes = self.feed_bytes();
        let context = Context {
            url: None,
            content_type: None,
            timezone: None,
            fetched_at: self.start + TimeDelta::days(1),
        };
        let feed = parse(&bytes, &context).expect("our own feed");
        assert!(feed.warnings.is_empty(), "{:?}", feed.warnings);
        feed
    }

    /// The titles that the topic's feed has when the outlets are two hours old.
    pub fn titles_after_two_hours(&self) -> BTreeSet<String> {
        let expected = self.expected("feed.json");
        let stories = expected["stories"].as_array().unwrap().iter();
        let there = |story: &&Value| ["start", "after"].contains(&story["at"].as_str().unwrap());
        let title = |story: &Value| {
            let title = story["title_after"].as_str().or(story["title"].as_str());
            title.unwrap().to_owned()
        };
        stories.filter(there).map(title).collect()
    }

    pub fn feed_bytes(&self) -> Vec<u8> {
        fs::read(self.path().join("feeds/chine-amlat.atom")).unwrap()
    }

    /// The published feed of a topic, as text.
    pub fn feed_of(&self, topic: &str) -> String {
        fs::read_to_string(self.path().join(format!("feeds/{topic}.atom"))).unwrap()
    }

    /// Changes a file of the configuration.
    pub fn edit(&self, name: &str, change: impl FnOnce(String) -> String) {
        let path = self.path().join(name);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, change(text)).unwrap();
    }

    /// A command on this world's configuration and store, at the time of its outlets.
    pub fn depeche(&self, arguments: &[&str]) -> Command {
        let mut command = depeche(arguments);
        command.args(["--now", &self.clock.now().to_rfc3339()]);
        command.arg("--config").arg(self.main());
        command
    }

    /// Runs such a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.depeche(arguments).output().unwrap()
    }

    /// The JSON that a command prints.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// An address of an outlet, as the sample outlets answer it.
    pub fn address(&self, url: &str) -> String {
        let url = url.replacen("https://", "http://", 1);
        let (host, path) = url["http://".len()..].split_once('/').unwrap();
        format!("http://{host}.localhost:{}/{path}", self.port)
    }

    /// A file of `demo/expected`, its placeholders filled in like the outlets' own.
    pub fn expected(&self, name: &str) -> Value {
        let text = self
            .outlets
            .configuration(&format!("expected/{name}"))
            .unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

/// What is made by the first that asks for it, and goes with the last that holds it.
pub fn in_common<T>(shared: &Mutex<Weak<T>>, make: impl FnOnce() -> T) -> Arc<T> {
    // A test that fails while it is made fails alone: the next one makes it anew.
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let made = Arc::new(make());
        *shared = Arc::downgrade(&made);
        made
    })
}

/// The real binary.
pub fn depeche(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_depeche"));
    command
        .args(arguments)
        .env_remove("CONFIGURATION_DIRECTORY")
        .env_remove("STATE_DIRECTORY");
    command.env("DEPECHE_LOG", "warn");
    command
}

/// A port that nobody listens on right now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

pub fn titles(feed: &Discovery) -> BTreeSet<String> {
    feed.candidates
        .iter()
        .filter_map(|c| c.title.clone())
        .collect()
}
