//! How feeds are served, and that a crash while they are written leaves none of them broken: the
//! real binary on the sample outlets.
//!
//! `DEPECHE_KILLS=100 cargo test --test program serving::` for more crashes than in every run of the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::common::World;
use crate::common::running::{Running, exchange, wait_for};
use chrono::TimeDelta;
use depeche::discover::feed::{Context, parse};
use depeche::feed_out::lint;

/// How often the daemon is killed while it publishes, in an ordinary run of the tests.
const KILLS: usize = 20;

fn field(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.to_owned()).next_back()
}

fn status(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn every_answer_is_what_http_asks_for() {
    let world = World::with_every_feed();
    world.once_after(0);
    let daemon = Running::start(&world);
    let ask = |line: &str, headers: &str| {
        daemon.ask(&format!("{line} HTTP/1.1\r\nHost: localhost\r\n{headers}"))
    };
    let plain = world.feed_bytes();
    let feed = "/feeds/chine-amlat.atom";

    let (got, body) = ask(&format!("GET {feed}"), "");
    assert_eq!((status(&got), body), ("200", plain.clone()));
    let (head, body) = ask(&format!("HEAD {feed}"), "");
    assert!(body.is_empty());
    for name in [
        "content-length",
        "content-type",
        "etag",
        "last-modified",
        "cache-control",
        "vary",
    ] {
        assert_eq!(field(&head, name), field(&got, name), "{name}");
        assert!(field(&got, name).is_some(), "{name}");
    }
    // GET is answered before the routes are asked, HEAD by them: a client sees no difference.
    let fields = |head: &str| -> BTreeSet<String> {
        let lines = head.lines().map(str::to_ascii_lowercase);
        lines.filter(|line| !line.starts_with("date:")).collect()
    };
    assert_eq!(fields(&head), fields(&got));
    let age = field(&got, "cache-control").unwrap();
    let age: u64 = age.strip_prefix("max-age=").unwrap().parse().unwrap();
    assert!((60..=3_600).contains(&age), "{age}");

    let (head, body) = ask(&format!("GET {feed}"), "Accept-Encoding: gzip, br\r\n");
    assert_eq!(field(&head, "content-encoding").as_deref(), Some("br"));
    let mut text = Vec::new();
    brotli::Decompressor::new(body.as_slice(), 4_096)
        .read_to_end(&mut text)
        .unwrap();
    assert_eq!(text, plain);
    let br = field(&head, "etag").unwrap();
    let (head, body) = ask(&format!("GET {feed}"), "Accept-Encoding: gzip\r\n");
    assert_eq!(field(&head, "content-encoding").as_deref(), Some("gzip"));
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(body.as_slice())
        .read_to_end(&mut text)
        .unwrap();
    assert_eq!(text, plain);
    let gzip = field(&head, "etag").unwrap();
    let own = field(&got, "etag").unwrap();
    assert!(
        own != gzip && gzip != br && own != br,
        "one strong tag for each representation"
    );

    let since = field(&got, "last-modified").unwrap();
    for (headers, expected) in [
        (format!("If-None-Match: {own}\r\n"), "304"),
        (format!("If-None-Match: \"x\", W/{own}\r\n"), "304"),
        (
            format!("If-None-Match: \"x\"\r\nIf-None-Match: {own}\r\n"),
            "304",
        ),
        ("If-None-Match: *\r\n".to_owned(), "304"),
        (format!("If-None-Match: {gzip}\r\n"), "200"),
        (
            format!("If-None-Match: {br}\r\nAccept-Encoding: br\r\n"),
            "304",
        ),
        (format!("If-Modified-Since: {since}\r\n"), "304"),
        (
            format!("If-None-Match: \"x\"\r\nIf-Modified-Since: {since}\r\n"),
            "200",
        ),
    ] {
        let (head, body) = ask(&format!("GET {feed}"), &headers);
        assert_eq!(status(&head), expected, "{headers}");
        if expected == "304" {
            assert!(
                body.is_empty() && field(&head, "etag").is_some() && field(&head, "vary").is_some(),
                "{head}"
            );
        }
    }
    for (line, host, expected) in [
        (format!("POST {feed}"), "localhost", "405"),
        (format!("DELETE {feed}"), "localhost", "405"),
        ("GET /feeds/nothing.atom".to_owned(), "localhost", "404"),
        (
            "GET /feeds/archive/all/77.atom".to_owned(),
            "localhost",
            "404",
        ),
        ("GET /feeds/all.atom".to_owned(), "127.0.0.1", "200"),
        (
            "GET /feeds/sources/rhc-monde.html".to_owned(),
            "localhost",
            "200",
        ),
        (format!("GET {feed}"), "evil.example", "421"),
    ] {
        let (head, _) = daemon.ask(&format!("{line} HTTP/1.1\r\nHost: {host}\r\n"));
        assert_eq!(status(&head), expected, "{line} {host}");
        if expected == "405" {
            assert_eq!(field(&head, "allow").as_deref(), Some("GET,HEAD"));
        }
    }
    world.edit("depeche.toml", |text| {
        text.replace("[publish]", "[publish]\nall = false")
    });
    daemon.signal("HUP");
    let gone = || status(&daemon.get("/feeds/all.atom", "").0) == "410";
    assert!(wait_for(gone), "a feed that is no longer published is gone");
    assert!(!world.path().join("feeds/all.atom").exists());
    assert!(field(&daemon.get(feed, "").0, "etag").is_some());
}

#[test]
fn a_restart_changes_no_byte_and_no_date() {
    let world = World::with_every_feed();
    world.once_after(0);
    world.edit("depeche.toml", |text| {
        text.replace(
            "[daemon]",
            "[daemon]\nbase_url = \"http://feeds.localhost/\"",
        )
    });
    let tags = |daemon: &Running| {
        let (head, _) = daemon.get("/feeds/all.json", "");
        (
            field(&head, "etag").unwrap(),
            field(&head, "last-modified").unwrap(),
        )
    };
    let first = Running::start(&world);
    let before = tags(&first);
    drop(first);
    world.clock.set(world.start + TimeDelta::seconds(5));
    assert_eq!(tags(&Running::start(&world)), before);
}

#[test]
fn a_password_and_tokens_keep_strangers_out() {
    let world = World::with_every_feed();
    world.once_after(0);
    fs::write(world.path().join("password"), "céleri\n").unwrap();
    fs::write(
        world.path().join("tokens"),
        "# feed token\nchine-amlat s3cret\n",
    )
    .unwrap();
    world.edit("depeche.toml", |text| {
        format!("{text}\n[access]\nuser = \"me\"\npassword_file = \"password\"\ntokens_file = \"tokens\"\n")
    });
    let daemon = Running::start(&world);
    // `me:céleri` and `me:celeri`.
    let (right, wrong) = ("bWU6Y8OpbGVyaQ==", "bWU6Y2VsZXJp");
    for (path, basic, expected) in [
        ("/", "", "401"),
        ("/status.json", wrong, "401"),
        ("/", right, "200"),
        ("/healthz", "", "200"),
        ("/feeds.opml", "", "401"),
        ("/feeds/chine-amlat.atom", "", "401"),
        ("/feeds/chine-amlat.atom?token=s3cret", "", "200"),
        ("/feeds/chine-amlat.atom?token=s3cre", "", "401"),
        ("/feeds/all.atom?token=s3cret", "", "401"),
        ("/feeds/all.atom", right, "200"),
    ] {
        let headers = match basic {
            "" => String::new(),
            coded => format!("Authorization: Basic {coded}\r\n"),
        };
        let (head, _) = daemon.get(path, &headers);
        assert_eq!(status(&head), expected, "{path} {basic}");
        match expected {
            "401" => {
                assert!(field(&head, "www-authenticate").is_some_and(|v| v.starts_with("Basic ")))
            }
            _ if path == "/healthz" => {}
            _ => assert!(field(&head, "cache-control").is_some_and(|v| v.starts_with("private"))),
        }
    }
}

#[test]
fn who_came_by_a_token_is_led_on_with_it_and_nobody_else() {
    let world = World::with_every_feed();
    world.once_after(0);
    fs::write(world.path().join("tokens"), "chine-amlat s3cret\n* every\n").unwrap();
    world.edit("depeche.toml", |text| {
        format!("{text}\n[access]\ntokens_file = \"tokens\"\n")
    });
    let daemon = Running::start(&world);
    let mut tags = BTreeSet::new();
    for token in ["s3cret", "every", "s3cret"] {
        for coding in ["gzip", "identity"] {
            let path = format!("/feeds/chine-amlat.atom?token={token}");
            let headers = format!("Accept-Encoding: {coding}\r\n");
            let (head, body) = daemon.get(&path, &headers);
            assert_eq!(status(&head), "200", "{head}");
            assert!(
                field(&head, "cache-control")
                    .unwrap()
                    .starts_with("private")
            );
            let tag = field(&head, "etag").unwrap();
            let (again, _) = daemon.get(&path, &format!("{headers}If-None-Match: {tag}\r\n"));
            assert_eq!(status(&again), "304");
            tags.insert(tag);
            if coding == "identity" {
                let text = body;
                let own = format!("/feeds/chine-amlat.atom?token={token}\"");
                assert!(text.contains(&own), "{own}");
                assert_eq!(text.matches("?token=").count(), text.matches(token).count());
                assert!(!text.contains("/feeds/chine-amlat.atom\""));
            }
        }
    }
    assert_eq!(tags.len(), 4, "one for each token and coding");
}

#[test]
fn a_unix_socket_serves_like_an_address() {
    let world = World::with_every_feed();
    world.once_after(0);
    world.edit("depeche.toml", |text| {
        let lines = text.lines().filter(|line| !line.starts_with("listen"));
        let rest: Vec<&str> = lines.collect();
        rest.join("\n")
            .replace("[daemon]", "[daemon]\nlisten = \"unix:run/http.sock\"")
    });
    let socket = world.path().join("run/http.sock");
    // What a crash leaves behind is in nobody's way.
    fs::create_dir_all(world.path().join("run")).unwrap();
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let mut child = world
        .depeche(&["run"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let up = wait_for(|| UnixStream::connect(&socket).is_ok());
    let (head, body) = match UnixStream::connect(&socket) {
        Ok(stream) => exchange(
            stream,
            "GET /feeds/chine-amlat.atom HTTP/1.1\r\nHost: localhost\r\n",
        ),
        Err(error) => (error.to_string(), Vec::new()),
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(up);
    assert_eq!(status(&head), "200", "{head}");
    assert!(body.starts_with(b"<?xml"));
}

/// Every published file below a folder with its inode: a file that was replaced has another.
fn inodes(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = file.path();
            let hidden = file.file_name().to_string_lossy().starts_with('.');
            match file.metadata() {
                Ok(data) if data.is_dir() => folders.push(path),
                Ok(data) if !hidden => drop(found.insert(path, data.ino())),
                _ => {}
            }
        }
    }
    found
}

/// Says what is wrong with a file as a reader would see it.
fn flaw(path: &Path, world: &World) -> Option<String> {
    let bytes = fs::read(path).unwrap();
    let now = world.start + TimeDelta::days(1);
    let context = Context {
        url: None,
        content_type: None,
        timezone: None,
        fetched_at: now,
    };
    match path.extension()?.to_str()? {
        "atom" => lint(&bytes, now).into_iter().next(),
        "opml" => (!bytes.ends_with(b"</opml>\n")).then(|| "no end".to_owned()),
        "html" => (!bytes.ends_with(b"</html>")).then(|| "no end".to_owned()),
        _ => match parse(&bytes, &context) {
            Ok(feed) => feed.warnings.first().map(|warning| format!("{warning:?}")),
            Err(refusal) => Some(refusal.reason),
        },
    }
}

#[test]
fn killing_the_daemon_while_it_publishes_leaves_every_file_whole() {
    let world = World::new();
    world.once_after(0);
    let folder = world.path().join("feeds");
    let main = fs::read_to_string(world.main()).unwrap();
    let files = inodes(&folder).len();
    assert!(files >= 10, "{files}");
    let kills = std::env::var("DEPECHE_KILLS").ok();
    let kills = kills.and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    for kill in 0..kills {
        // Another address of the site changes every document.
        let address = format!("[daemon]\nbase_url = \"http://plume-{kill}.localhost/\"");
        let text = main.replace("[daemon]", &address);
        fs::write(world.main(), text).unwrap();
        let before = inodes(&folder);
        let wanted = 1 + kill * (files - 1) / kills;
        let mut child = world
            .depeche(&["run"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        loop {
            let replaced = inodes(&folder)
                .iter()
                .filter(|(path, ino)| before.get(*path) != Some(*ino))
                .count();
            if replaced >= wanted {
                break;
            }
            assert!(
                child.try_wait().unwrap().is_none(),
                "the daemon ended by itself"
            );
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let changed = inodes(&folder)
            .into_iter()
            .filter(|(path, ino)| before.get(path) != Some(ino));
        for (path, _) in &changed.collect::<Vec<_>>() {
            assert_eq!(
                flaw(path, &world),
                None,
                "{} after kill {kill}",
                path.display()
            );
        }
    }
    world.once_after(0);
    let address = format!(
        "http://plume-{}.localhost/feeds/chine-amlat.atom",
        kills - 1
    );
    let feed = String::from_utf8(world.feed_bytes()).unwrap();
    assert!(feed.contains(&address));
}
