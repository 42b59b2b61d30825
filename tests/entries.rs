//! What an entry and its feed say when their story grows: corrections, other outlets, dates, counts.
//! Scripted outlets through the real pipeline, store and publisher.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::process::Command;
use std::sync::Arc;

use crate::simulated::{House, Reply, World, page, prose, rss};
use chrono::{DateTime, TimeDelta, Utc};
use depeche::clock::Clock;
use depeche::daemon::Publisher;
use depeche::ingest;
use depeche::store::Store;

type Row = (String, String, String, String, DateTime<Utc>);

fn row(id: &str, link: &str, title: &str, text: &str, date: DateTime<Utc>) -> Row {
    (
        id.to_owned(),
        link.to_owned(),
        title.to_owned(),
        text.to_owned(),
        date,
    )
}

fn source(id: &str, more: &str) -> String {
    format!(
        "[[source]]\nid = \"{id}\"\nurl = \"https://{id}.example/feed\"\nevery = \"1h\"\n{more}\n"
    )
}

fn house(world: &Arc<World>, sources: &str) -> House {
    House::new(world, "[publish]\noutput_dir = \"feeds\"\n", sources)
}

/// Publishes, and gives the Atom feed of the one topic.
fn published(house: &House) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let config = house.config();
        let store = Store::open(&config.daemon.state_dir).unwrap();
        let clock = Arc::new(house.world.clock.clone());
        let minting = ingest::minting(&store, &config, clock.now()).await.unwrap();
        let publisher = Publisher::new(store.clone(), clock, minting);
        publisher.publish(&config).await.unwrap();
        store.close().await;
    });
    fs::read_to_string(house.folder.path().join("feeds/all.atom")).unwrap()
}

fn entries(feed: &str) -> Vec<&str> {
    feed.split("<entry>").skip(1).collect()
}

fn tag<'a>(text: &'a str, name: &str) -> &'a str {
    let (from, to) = (format!("<{name}>"), format!("</{name}>"));
    let rest = text.split_once(&from).unwrap().1;
    rest.split_once(&to).unwrap().0
}

fn moment(text: &str, name: &str) -> DateTime<Utc> {
    tag(text, name).parse().unwrap()
}

/// An article of the outlet `a.example` with a title and a text of its own.
fn numbered(n: u64, date: DateTime<Utc>) -> Row {
    let link = format!("https://a.example/{n}");
    let title = format!("Titre {n}");
    row(&n.to_string(), &link, &title, &prose(n * 90, 150), date)
}

#[test]
fn a_correction_under_a_new_address_takes_the_place_of_the_wrong_text() {
    let world = World::new();
    let start = world.clock.now();
    world.script("a.example", move |asked| {
        let text = format!("Le chantier coûtera dix millions. {}", prose(5, 150));
        let right = text.replace("dix", "douze");
        let note = "(Correction : le montant est de douze millions et non de dix.)";
        let old = row("1", "https://a.example/1", "Un port à Rocha", &text, start);
        let new = row(
            "2",
            "https://a.example/2",
            "CORRECTIF - Un port à Rocha",
            &format!("{note} {right}"),
            start + TimeDelta::hours(3),
        );
        let mut rows = vec![new, old];
        if asked.now < start + TimeDelta::hours(3) {
            rows.remove(0);
        }
        Reply::feed(rss("", &rows))
    });
    let house = house(&world, &source("a", "body = \"feed\""));
    house.run_for(TimeDelta::hours(2));
    let before = published(&house);
    assert!(before.contains("coûtera dix millions"));
    house.run_for(TimeDelta::hours(3));
    let after = published(&house);
    let (old, new) = (entries(&before), entries(&after));
    assert_eq!((old.len(), new.len()), (1, 1));
    assert!(after.contains("coûtera douze millions") && !after.contains("coûtera dix millions"));
    assert_eq!(tag(old[0], "id"), tag(new[0], "id"));
    assert_eq!(tag(old[0], "published"), tag(new[0], "published"));
    assert!(moment(new[0], "updated") > moment(old[0], "updated") + TimeDelta::hours(2));
    assert!(moment(&after, "updated") >= moment(new[0], "updated"));
    assert!(new[0].contains("CORRECTIF"));
}

#[test]
fn only_other_outlets_are_named_and_each_once() {
    let world = World::new();
    let start = world.clock.now();
    let text = prose(9, 150);
    let one = move |links: &'static [&'static str]| {
        let text = text.clone();
        move |_: &crate::simulated::Asked| {
            let rows = links.iter().enumerate();
            let rows: Vec<Row> = rows
                .map(|(n, link)| row(&n.to_string(), link, "Un port", &text, start))
                .collect();
            Reply::feed(rss("", &rows))
        }
    };
    world.script(
        "a.example",
        one(&[
            "https://www.a.example/1",
            "https://m.a.example/un",
            "https://amp.a.example/eins",
        ]),
    );
    world.script(
        "b.example",
        one(&["https://b.example/1", "https://b.example/bis"]),
    );
    let sources = [
        source("a", "body = \"feed\""),
        source("b", "body = \"feed\"\npriority = -1"),
    ];
    let house = house(&world, &sources.concat());
    house.run_for(TimeDelta::hours(2));
    let feed = published(&house);
    assert_eq!(entries(&feed).len(), 1);
    assert_eq!(feed.matches("rel=\"related\"").count(), 1, "{feed}");
    let line = feed
        .split_once("Aussi chez")
        .or_else(|| feed.split_once("Also at"))
        .unwrap()
        .1;
    let line = line.split_once("/p").unwrap().0;
    assert_eq!(line.matches("b.example").count(), 1, "{line}");
    assert!(!line.contains("a.example/"), "{line}");
}

/// Ids and session of another draw in every body: the pages were fetched again for ever.
#[test]
fn an_article_with_a_new_id_and_session_in_every_body_is_fetched_once() {
    let world = World::new();
    let start = world.clock.now();
    world.script("a.example", move |asked| match asked.path.as_str() {
        "/feed" => {
            let rows: Vec<Row> = (1..4_u64)
                .map(|n| {
                    let link = format!(
                        "https://a.example/articles/{n}?sid={}",
                        asked.before * 7 + 3
                    );
                    let teaser = prose(n, 20);
                    row(
                        &format!("{n}-{}", asked.before),
                        &link,
                        &format!("Titre {n}"),
                        &teaser,
                        start,
                    )
                })
                .collect();
            // Without dates: nothing but the words is the same.
            let body = rss("", &rows);
            let parts = body.split("<pubDate>");
            let undated: String = parts
                .map(|part| part.split_once("</pubDate>").map_or(part, |(_, rest)| rest))
                .collect();
            Reply::feed(undated)
        }
        path => {
            let seed = path.bytes().map(u64::from).sum();
            Reply::ok("text/html; charset=utf-8", page("Un titre", seed))
        }
    });
    let house = house(&world, &source("a", ""));
    house.run_for(TimeDelta::hours(12));
    assert!(world.made_to("/feed").len() >= 10);
    let fetched = world.made_to("/articles/");
    assert_eq!(fetched.len(), 3, "{fetched:#?}");
    let counts = house.reader().queries().counts().unwrap();
    assert_eq!(counts.iter().map(|(_, n)| n).sum::<u64>(), 3, "{counts:?}");
    assert_eq!(entries(&published(&house)).len(), 3);
}

#[test]
fn the_feed_says_when_an_article_with_an_older_date_came_in() {
    let world = World::new();
    let start = world.clock.now();
    world.script("a.example", move |asked| {
        let mut rows = vec![numbered(1, start - TimeDelta::hours(1))];
        if asked.now >= start + TimeDelta::hours(3) {
            rows.push(numbered(2, start - TimeDelta::hours(30)));
        }
        Reply::feed(rss("", &rows))
    });
    let house = house(&world, &source("a", "body = \"feed\""));
    house.run_for(TimeDelta::minutes(90));
    let first = published(&house);
    house.run_for(TimeDelta::minutes(60));
    assert_eq!(
        published(&house),
        first,
        "nothing has changed, over a restart, too"
    );
    house.run_for(TimeDelta::hours(2));
    let second = published(&house);
    assert_eq!(entries(&second).len(), 2);
    let (before, after) = (moment(&first, "updated"), moment(&second, "updated"));
    assert!(after >= start + TimeDelta::hours(3), "{before} {after}");
    house.run_for(TimeDelta::hours(3));
    assert_eq!(published(&house), second);
}

#[test]
fn a_topic_that_cuts_its_feed_short_is_counted_as_it_is_shown() {
    let world = World::new();
    let start = world.clock.now();
    world.script("a.example", move |_| {
        let one = |n: u64| numbered(n, start - TimeDelta::hours(n as i64 * 2));
        Reply::feed(rss("", &(0..12).map(one).collect::<Vec<Row>>()))
    });
    let house = house(&world, &source("a", "body = \"feed\""));
    house.write(
        "topics.toml",
        "[[topic]]\nid = \"all\"\nsince = \"9h\"\nany = [\"/./\"]\n",
    );
    house.run_for(TimeDelta::minutes(10));
    assert_eq!(entries(&published(&house)).len(), 5);
    let told = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_depeche"))
            .arg("--config")
            .arg(house.config_path())
            .args(["--now", &world.clock.now().to_rfc3339()])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let listed = told(&["topics", "list"]);
    assert!(listed.contains("5 of 12 entries"), "{listed}");
    let status = told(&["status"]);
    assert!(
        status.contains("12 entries, 5 of them in the feed"),
        "{status}"
    );
    let json: serde_json::Value = serde_json::from_str(&told(&["status", "--json"])).unwrap();
    assert_eq!(json["topics"][0]["entries"], 12);
    assert_eq!(json["topics"][0]["in_feed"], 5);
}
