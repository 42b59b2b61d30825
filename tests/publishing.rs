//! What is published, from scripted outlets through the real pipeline and store: every channel,
//! the archives, the health feed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::simulated::{House, Reply, World, prose, rss};
use chrono::{DateTime, TimeDelta, Utc};
use depeche::clock::Clock;
use depeche::config::Config;
use depeche::daemon::{Held, Publisher};
use depeche::discover::feed::{Context, parse};
use depeche::feed_out::{lint, lint_chain, lint_rss};
use depeche::ingest;
use depeche::model::Candidate;
use depeche::store::Store;

const BASE: &str = "http://127.0.0.1:8427/";

/// Three outlets: one with an article every six hours for as long as the test wants, whose third
/// article can be changed; one with a copy of some of them; one that can be switched off.
struct Press {
    house: House,
    wrong: Arc<AtomicI64>,
    status: Arc<AtomicI64>,
}

fn article(
    number: i64,
    start: DateTime<Utc>,
    word: &str,
) -> (String, String, String, String, DateTime<Utc>) {
    let date = start - TimeDelta::hours(6 * number);
    let text = format!(
        "{word} {}",
        prose((number + 10_000).unsigned_abs() * 7 + 3, 120)
    );
    let link = format!("https://a.example/articles/{number}");
    (
        format!("guid-{number}"),
        link,
        format!("Titre {number}"),
        text,
        date,
    )
}

impl Press {
    fn new(publish: &str) -> Self {
        let world = World::new();
        let start = world.clock.now();
        let (wrong, status) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(200)));
        let (changed, answer) = (Arc::clone(&wrong), Arc::clone(&status));
        world.script("a.example", move |asked| {
            let newest = (asked.now - start).num_hours() / 6;
            let word = |n: i64| match (n, changed.load(Ordering::Relaxed)) {
                (150, 1) => prose(99_999, 200),
                _ => "Rien".to_owned(),
            };
            let all: Vec<_> = (-newest..180)
                .map(|n| article(n, start, &word(n)))
                .collect();
            Reply::feed(rss("", &all))
        });
        world.script("b.example", move |_| {
            let copies: Vec<_> = (0..20)
                .map(|n| {
                    let (guid, _, title, text, date) = article(n, start, "Rien");
                    let link = format!("https://b.example/copies/{n}");
                    (
                        format!("b-{guid}"),
                        link,
                        title,
                        text,
                        date + TimeDelta::hours(1),
                    )
                })
                .collect();
            Reply::feed(rss("", &copies))
        });
        world.script("c.example", move |_| match answer.load(Ordering::Relaxed) {
            200 => Reply::feed(rss(
                "",
                &[article(1_000, start + TimeDelta::days(250), "Seul")],
            )),
            status => Reply::status(u16::try_from(status).unwrap()),
        });
        let source = |id: &str, tags: &str| {
            format!(
                "[[source]]\nid = \"{id}\"\nurl = \"https://{id}.example/feed\"\nbody = \"feed\"\nevery = \"6h\"\n\
                 backfill = 1000\nmax_age = \"3650d\"\nstale_after = \"3650d\"\ntags = {tags}\n"
            )
        };
        let sources = [
            source("a", "[\"Asie\", \"Été\"]"),
            source("b", "[\"asie\"]"),
            source("c", "[]"),
        ];
        let main = format!("[publish]\noutput_dir = \"feeds\"\n{publish}");
        let house = House::new(&world, &main, &sources.concat());
        Self {
            house,
            wrong,
            status,
        }
    }

    /// A publisher on the store that was filled, as after a start.
    async fn publisher(&self, config: &Config) -> Publisher {
        let store = Store::open(&config.daemon.state_dir).unwrap();
        let clock = Arc::new(self.house.world.clock.clone());
        let minting = ingest::minting(&store, config, clock.now());
        let minting = minting.await.unwrap();
        Publisher::new(store, clock, minting)
    }

    fn publish(&self) -> usize {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let config = self.house.config();
            let publisher = self.publisher(&config).await;
            let changed = publisher.publish(&config).await.unwrap();
            assert_eq!(
                publisher.publish(&config).await.unwrap(),
                0,
                "nothing has changed since"
            );
            publisher.store.close().await;
            changed
        })
    }

    fn folder(&self) -> PathBuf {
        self.house.folder.path().join("feeds")
    }

    fn bytes(&self, file: &str) -> Vec<u8> {
        fs::read(self.folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn entries(&self, file: &str) -> Vec<Candidate> {
        let context = Context {
            url: None,
            content_type: None,
            timezone: None,
            fetched_at: self.house.world.clock.now(),
        };
        parse(&self.bytes(file), &context).unwrap().candidates
    }

    fn ids(&self, file: &str) -> BTreeSet<String> {
        let entries = self.entries(file);
        let ids: BTreeSet<String> = entries.iter().map(|e| e.id.clone()).collect();
        assert_eq!(ids.len(), entries.len(), "{file} holds an entry twice");
        ids
    }

    /// Every file below the folder, by its path, with its bytes.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.folder()];
        while let Some(folder) = folders.pop() {
            for file in fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.folder()).unwrap().to_owned();
                    files.insert(name.to_str().unwrap().to_owned(), fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    /// Lints every Atom file, and the chain of archives of a channel; returns its documents, the
    /// subscription document first.
    fn chain(&self, channel: &str, base: &str) -> Vec<(String, Vec<u8>)> {
        let files = self.files();
        let now = self.house.world.clock.now();
        let is_atom = |name: &str| Path::new(name).extension().is_some_and(|e| e == "atom");
        for (name, bytes) in files.iter().filter(|(name, _)| is_atom(name)) {
            assert_eq!(lint(bytes, now), Vec::<String>::new(), "{name}");
        }
        for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".rss")) {
            assert_eq!(lint_rss(bytes, now), Vec::<String>::new(), "{name}");
        }
        let own = format!("{channel}.atom");
        let archives = files
            .iter()
            .filter(|(name, _)| name.starts_with(&format!("archive/{channel}/")));
        let documents: Vec<(String, Vec<u8>)> = files
            .get_key_value(&own)
            .into_iter()
            .chain(archives)
            .map(|(name, bytes)| (format!("{base}feeds/{name}"), bytes.clone()))
            .collect();
        let borrowed: Vec<(&str, &[u8])> = documents
            .iter()
            .map(|(url, bytes)| (url.as_str(), bytes.as_slice()))
            .collect();
        assert_eq!(lint_chain(&borrowed), Vec::<String>::new());
        documents
    }
}

#[test]
fn every_source_tag_and_everything_has_its_feeds() {
    let press = Press::new("entries = 10\nkeep = \"100d\"\nlanguage = \"fr\"\n");
    press.house.run_for(TimeDelta::hours(1));
    assert!(press.publish() > 20);
    let all = press.ids("all.atom");
    assert_eq!(
        press.ids("sources/a.atom"),
        all.iter()
            .filter(|id| press.ids("sources/a.atom").contains(*id))
            .cloned()
            .collect()
    );
    assert_eq!(press.ids("sources/a.atom").len(), 180);
    assert_eq!(
        press.ids("sources/b.atom").len(),
        20,
        "copies have a place in the feed of their source"
    );
    assert!(
        press
            .ids("sources/b.atom")
            .is_subset(&press.ids("sources/a.atom")),
        "under the story's id"
    );
    assert!(press.entries("sources/b.atom").iter().all(|e| {
        e.link
            .as_deref()
            .is_some_and(|l| l.starts_with("https://b.example/"))
    }));
    assert_eq!(press.ids("sources/c.atom").len(), 1);
    assert_eq!(
        press.ids("tags/asie.atom"),
        press.ids("sources/a.atom"),
        "one tag in two spellings, each story once"
    );
    assert_eq!(press.ids("tags/ete.atom"), press.ids("sources/a.atom"));
    assert_eq!(all.len(), 181);
    for (extension, start) in [("rss", "<?xml"), ("json", "{"), ("html", "<!DOCTYPE html>")] {
        for name in ["all", "sources/a", "tags/ete"] {
            let text = String::from_utf8(press.bytes(&format!("{name}.{extension}"))).unwrap();
            assert!(text.starts_with(start), "{name}.{extension}");
        }
    }
    let opml = String::from_utf8(press.bytes("feeds.opml")).unwrap();
    for path in [
        "feeds/all.atom",
        "feeds/sources/a.atom",
        "feeds/tags/asie.atom",
        "feeds/_health.atom",
        "feeds/sources/a.html",
    ] {
        assert!(
            opml.contains(&format!("\"{BASE}{path}\"")),
            "{path}: {opml}"
        );
    }
    let page = String::from_utf8(press.bytes("sources/a.html")).unwrap();
    assert!(page.contains(&format!(
        "type=\"application/atom+xml\" title=\"a (Atom)\" href=\"{BASE}feeds/sources/a.atom\""
    )));
}

#[test]
fn what_is_rendered_when_it_is_asked_for_is_what_would_stand_in_the_folder() {
    let press = Press::new("entries = 10\nkeep = \"100d\"\nrejected = true\n");
    press
        .house
        .write("topics.toml", "[[topic]]\nid = \"t\"\nany = [\"Seul\"]\n");
    press.house.run_for(TimeDelta::hours(1));
    press.publish();
    let folder = press.files();
    let path = |file: &String| match file.as_str() {
        "feeds.opml" | "t.html" => file.replace("t.html", "topics/t"),
        _ => format!("feeds/{file}"),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut config = press.house.config();
        config.publish.output_dir = None;
        let publisher = press.publisher(&config).await;
        assert_eq!(
            publisher.publish(&config).await.unwrap(),
            0,
            "nobody sees it"
        );
        let at_hand: Vec<String> = publisher
            .shelf
            .etags()
            .into_iter()
            .map(|(path, _)| path)
            .collect();
        assert_eq!(at_hand, ["feeds.opml"]);
        let documents = folder.keys().filter(|file| !file.starts_with("archive/"));
        for file in documents {
            let held = publisher.bring(&config, &path(file)).await.unwrap();
            let Held::Here(document) = held else {
                panic!("{file}: {held:?}");
            };
            assert!(document.bytes == folder[file], "{file} differs");
            assert!(
                file.as_str() == "feeds.opml"
                    || document.fresh_until() > press.house.world.clock.now()
            );
        }
        let front = || publisher.shelf.look_up("feeds/sources/a.atom");
        assert!(matches!(front(), Held::Here(_)));
        publisher.publish(&config).await.unwrap();
        assert!(matches!(front(), Held::Before(_)), "it may have changed");
        let again = publisher
            .bring(&config, "feeds/sources/a.atom")
            .await
            .unwrap();
        assert!(matches!(again, Held::Here(_)));
        for unknown in [
            "feeds/sources/z.atom",
            "feeds/sources/a.xml",
            "feeds/tags/z.atom",
            "topics/z",
        ] {
            let held = publisher.bring(&config, unknown).await.unwrap();
            assert!(matches!(held, Held::Unknown), "{unknown}: {held:?}");
        }
        publisher.store.close().await;
    });
}

#[test]
fn what_the_folder_refuses_stands_on_the_shelf_all_the_same() {
    let press = Press::new("all = true\n");
    press.house.run_for(TimeDelta::hours(1));
    let blocked = press.house.folder.path().join("blocked");
    fs::write(&blocked, "no folder").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut config = press.house.config();
        config.publish.output_dir = Some(blocked);
        let publisher = press.publisher(&config).await;
        assert!(publisher.publish(&config).await.is_err());
        let told: Vec<String> = (publisher.shelf.etags().into_iter())
            .map(|(path, _)| path)
            .collect();
        for path in ["feeds/all.atom", "feeds/sources/a.atom", "feeds.opml"] {
            assert!(told.iter().any(|t| t == path), "hubs lose {path}: {told:?}");
            let held = publisher.shelf.look_up(path);
            assert!(matches!(held, Held::Here(_)), "{path}: {held:?}");
        }
        publisher.store.close().await;
    });
}

#[test]
fn what_is_not_wanted_is_not_published() {
    let press =
        Press::new("all = false\nsources = false\ntags = false\nhealth = false\nrejected = true\n");
    press
        .house
        .write("topics.toml", "[[topic]]\nid = \"t\"\nall = [\"Seul\"]\n");
    press.house.run_for(TimeDelta::hours(1));
    press.publish();
    let names: Vec<String> = press
        .files()
        .into_keys()
        .filter(|name| !name.starts_with("archive/"))
        .collect();
    assert_eq!(
        names,
        [
            "feeds.opml",
            "t.atom",
            "t.html",
            "t.json",
            "t.rejected.atom",
            "t.rss"
        ]
    );
    let rejected = press.entries("t.rejected.atom");
    assert!(!rejected.is_empty());
    for entry in rejected {
        let reasons = entry.content.unwrap();
        assert!(reasons.contains("nothing of `Seul`"), "{reasons}");
    }
    press.chain("t", BASE);
}

#[test]
fn what_was_rejected_before_its_page_was_fetched_is_told_too() {
    let press = Press::new("health = false\nrejected = true\n");
    press.house.write(
        "topics.toml",
        "[[topic]]\nid = \"t\"\nall = [\"Seul\"]\nnone = [\"title:titre\"]\n",
    );
    press.house.run_for(TimeDelta::hours(1));
    press.publish();
    let rejected = press.entries("t.rejected.atom");
    assert!(rejected.len() > 100, "{}", rejected.len());
    for entry in rejected {
        let reasons = entry.content.unwrap();
        assert!(reasons.contains("none:"), "{reasons}");
    }
}

#[test]
fn archives_hold_all_that_has_left_a_feed_and_never_change() {
    let press = Press::new("entries = 10\nkeep = \"5d\"\n");
    press.house.run_for(TimeDelta::hours(1));
    press.publish();
    let everything = |press: &Press, base: &str| {
        let mut seen = HashSet::new();
        for (url, _) in press.chain("sources/a", base) {
            let file = url.strip_prefix(&format!("{base}feeds/")).unwrap();
            for id in press.ids(file) {
                assert!(
                    seen.insert(id),
                    "{url} repeats an entry of a newer document"
                );
            }
        }
        seen
    };
    let first = press.files();
    // Five days in the feed, three archives, the rest waits until it fills the next.
    assert_eq!(everything(&press, BASE).len(), 180);
    let archives = |files: &BTreeMap<String, Vec<u8>>| -> Vec<(String, Vec<u8>)> {
        let wanted = files
            .iter()
            .filter(|(name, _)| name.starts_with("archive/"));
        wanted
            .map(|(name, bytes)| (name.clone(), bytes.clone()))
            .collect()
    };
    assert_eq!(
        archives(&first)
            .iter()
            .filter(|(name, _)| name.starts_with("archive/sources/a/"))
            .count(),
        3
    );
    // Two weeks away: nothing is lost, and what was archived is as it was.
    press.house.run_for(TimeDelta::days(14));
    press.publish();
    let counts = press.house.reader().queries().counts().unwrap();
    let published = counts.iter().find(|(state, _)| state == "published");
    // One of them is of another outlet.
    let stored = usize::try_from(published.unwrap().1).unwrap() - 1;
    assert!(stored >= 180 + 55, "{counts:?}");
    assert_eq!(everything(&press, BASE).len(), stored);
    let second = press.files();
    for (name, bytes) in archives(&first) {
        assert_eq!(second[&name], bytes, "{name} has changed");
    }
    // Another address of the site: the only thing that changes archives.
    let main = fs::read_to_string(press.house.config_path()).unwrap();
    press.house.write(
        "depeche.toml",
        &main.replace(
            "[daemon]",
            "[daemon]\nbase_url = \"https://feeds.example.org/\"",
        ),
    );
    press.publish();
    assert_eq!(
        everything(&press, "https://feeds.example.org/").len(),
        stored
    );
}

#[test]
fn an_archived_entry_that_changes_comes_back_at_its_place() {
    let press = Press::new("entries = 10\nkeep = \"5d\"\n");
    press.house.run_for(TimeDelta::hours(1));
    press.publish();
    let before = press.files();
    let old = press.ids("archive/sources/a/1.atom");
    assert!(press.ids("sources/a.atom").is_disjoint(&old));
    press.wrong.store(1, Ordering::Relaxed);
    press.house.run_for(TimeDelta::hours(7));
    press.publish();
    let entries = press.entries("sources/a.atom");
    let back: Vec<&Candidate> = entries.iter().filter(|e| old.contains(&e.id)).collect();
    assert_eq!(back.len(), 1);
    assert_eq!(
        entries.last().map(|e| &e.id),
        Some(&back[0].id),
        "it is the oldest and stays it"
    );
    assert_eq!(
        press.bytes("archive/sources/a/1.atom"),
        before["archive/sources/a/1.atom"]
    );
    press.chain("sources/a", BASE);
}

#[test]
fn the_health_feed_tells_every_change_once() {
    let press = Press::new("");
    let told = || -> Vec<String> {
        let entries = press.entries("_health.atom");
        entries
            .iter()
            .rev()
            .map(|e| e.title.clone().unwrap())
            .collect()
    };
    press.house.run_for(TimeDelta::hours(1));
    press.publish();
    assert_eq!(told(), Vec::<String>::new());
    press.status.store(410, Ordering::Relaxed);
    press.house.run_for(TimeDelta::days(2));
    press.publish();
    assert_eq!(told(), ["c a disparu"]);
    press.house.run_for(TimeDelta::days(2));
    press.publish();
    assert_eq!(told(), ["c a disparu"], "nothing is told twice");
    let content = press.entries("_health.atom")[0].content.clone().unwrap();
    for part in ["410", "Depuis le", "À faire", "depeche discover"] {
        assert!(content.contains(part), "{part}: {content}");
    }
    assert!(!String::from_utf8_lossy(&press.bytes("all.atom")).contains("disparu"));
    press.chain("_health", BASE);
    // Whoever takes it out of the configuration and in again finds it well.
    press.status.store(200, Ordering::Relaxed);
    press.house.run_for(TimeDelta::days(10));
    press.publish();
    assert_eq!(told(), ["c a disparu", "c fonctionne à nouveau"]);
}
