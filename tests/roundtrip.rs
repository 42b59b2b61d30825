//! A thousand hostile entries, written by us and read back by our own reader and by feed-rs: every
//! field equal. With `ROUNDTRIP_DIR` the documents and what they must read as are left in that
//! folder, for the readers of other languages (`.ci/roundtrip`).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "common/pieces.rs"]
mod pieces;

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use depeche::discover::feed::{Context, parse};
use depeche::feed_out::{
    Category, EntrySource, OutEntry, OutFeed, atom, json, lint, lint_rss, rss, tag_uri,
};
use depeche::model::{Enclosure, Person};
use depeche::text::unseen::seen;
use pieces::PIECES;
use serde_json::json as value;

const ENTRIES: u64 = 1_000;
/// Every so many entries one has a body of a megabyte.
const LARGE_EVERY: u64 = 250;
const LARGE: usize = 1 << 20;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn text(&mut self, pieces: u64) -> String {
        (0..self.roll(pieces))
            .map(|_| PIECES[usize::try_from(self.roll(PIECES.len() as u64)).unwrap()])
            .collect()
    }
}

/// What may go out of a text, by the rules of XML, on one line.
fn line(text: &str) -> String {
    legal(text)
        .split([' ', '\t', '\n'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn legal(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n");
    text.chars()
        .filter(|c| !matches!(c, '\u{0}'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}'))
        .collect()
}

fn body(number: u64, dice: &mut Dice) -> String {
    // Bodies are clean HTML by the time they are published: text in them is escaped.
    let escaped = |text: String| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let mut html = format!("<p>n{number} {}n</p>", escaped(dice.text(12)));
    while number.is_multiple_of(LARGE_EVERY) && html.len() < LARGE {
        html.push_str(&format!(
            "<p>x{}x <a href=\"https://a.example/?a=1&amp;b=2\">l</a></p>",
            escaped(dice.text(30))
        ));
    }
    html
}

fn entry(number: u64) -> OutEntry {
    let mut dice = Dice(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let published =
        DateTime::from_timestamp(1_700_000_000 + i64::try_from(number).unwrap() * 61, 0).unwrap();
    OutEntry {
        id: tag_uri("depeche.example", "2026", &format!("article/{number}")),
        title: format!("t{}t", dice.text(8)),
        link: format!("https://a.example/{number}?a=1&b=%C3%A9"),
        via: Some("https://a.example/feed".to_owned()),
        related: Vec::new(),
        published,
        updated: published + TimeDelta::seconds(7),
        authors: vec![Person::named(format!("a{}a", dice.text(4)))],
        categories: vec![Category {
            term: format!("c{}c", dice.text(3)),
            scheme: None,
            label: None,
        }],
        summary: Some(format!("s{}s", dice.text(8))),
        html: body(number, &mut dice),
        language: None,
        enclosures: vec![Enclosure {
            url: format!("https://a.example/{number}.mp3?x=1&y=2"),
            media_type: Some("audio/mpeg".to_owned()),
            length: Some(number + 1),
        }],
        image: None,
        source: EntrySource {
            id: tag_uri("depeche.example", "2026", "source/a"),
            title: "Un journal".to_owned(),
            ..EntrySource::default()
        },
        also_at: Vec::new(),
    }
}

fn feed() -> OutFeed {
    OutFeed {
        id: tag_uri("depeche.example", "2026", "hostile"),
        title: "Hostile".to_owned(),
        subtitle: None,
        language: Some("fr".to_owned()),
        self_url: "https://depeche.example/feeds/hostile.atom".to_owned(),
        html_url: Some("https://depeche.example/topics/hostile".to_owned()),
        author: Person::named("depeche"),
        rights: None,
        icon: None,
        logo: None,
        hubs: Vec::new(),
        archive: None,
        version: "0.1.0".to_owned(),
        generator_url: None,
        updated: DateTime::UNIX_EPOCH,
        entries: (0..ENTRIES).map(entry).collect(),
    }
}

fn documents(feed: &OutFeed) -> [(&'static str, Vec<u8>); 3] {
    let at = |extension: &str| OutFeed {
        self_url: format!("https://depeche.example/feeds/hostile.{extension}"),
        ..feed.clone()
    };
    [
        ("atom", atom(feed)),
        ("rss", rss(&at("rss"))),
        ("json", json(&at("json"))),
    ]
}

#[test]
fn our_own_reader_gets_every_field_back() {
    let feed = feed();
    for (format, bytes) in documents(&feed) {
        let context = Context {
            url: None,
            content_type: None,
            timezone: None,
            fetched_at: feed.last_change(),
        };
        let read = parse(&bytes, &context).unwrap();
        assert!(
            read.warnings.is_empty() && !read.truncated,
            "{format}: {:?}",
            read.warnings
        );
        assert_eq!(read.candidates.len(), feed.entries.len());
        let mut exact = 0;
        for (found, wanted) in read.candidates.iter().zip(&feed.entries) {
            let place = format!("{format} {}", wanted.id);
            assert_eq!(found.id, wanted.id, "{place}");
            assert_eq!(found.link.as_deref(), Some(wanted.link.as_str()), "{place}");
            // Outlets escape titles, names and labels twice, and our reader takes that off: what looks
            // like markup or an entity is not told apart from such a mistake.
            let plain = |text: &str| !text.contains(['<', '&']);
            // What nobody sees of a title is taken off, too.
            let title = seen(&line(&wanted.title));
            if plain(&title) {
                assert_eq!(found.title.as_deref(), Some(title.as_str()), "{place}");
                exact += 1;
            }
            let term = line(&wanted.categories[0].term);
            if plain(&term) {
                assert_eq!(seen(&found.categories[0]), seen(&term), "{place}");
            }
            assert_eq!(found.published, Some(wanted.published), "{place}");
            let author = seen(&line(&wanted.authors[0].name));
            if plain(&author) {
                assert_eq!(found.authors[0].name, author, "{place}");
            }
            assert_eq!(
                found.content.as_deref(),
                Some(legal(&wanted.html).as_str()),
                "{place}"
            );
            assert_eq!(found.enclosures[0], wanted.enclosures[0], "{place}");
        }
        assert!(exact > 200, "{format}: only {exact} plain titles");
    }
}

#[test]
fn feed_rs_gets_every_field_back() {
    let feed = feed();
    for (format, bytes) in documents(&feed) {
        if format == "json" {
            continue;
        }
        let parser = feed_rs::parser::Builder::new()
            .sanitize_content(false)
            .build();
        let read = parser.parse(bytes.as_slice()).unwrap();
        let by_id: HashMap<&str, &feed_rs::model::Entry> =
            read.entries.iter().map(|e| (e.id.as_str(), e)).collect();
        assert_eq!(by_id.len(), feed.entries.len());
        for wanted in &feed.entries {
            let found = by_id[wanted.id.as_str()];
            let place = format!("{format} {}", wanted.id);
            assert_eq!(
                found.title.as_ref().unwrap().content,
                line(&wanted.title),
                "{place}"
            );
            assert!(
                found.links.iter().any(|link| link.href == wanted.link),
                "{place}"
            );
            assert_eq!(found.published, Some(wanted.published), "{place}");
            assert_eq!(
                found.authors[0].name.as_deref(),
                Some(line(&wanted.authors[0].name).as_str()),
                "{place}"
            );
            assert_eq!(
                found.categories[0].term,
                line(&wanted.categories[0].term),
                "{place}"
            );
            let body = found
                .content
                .as_ref()
                .and_then(|content| content.body.as_deref());
            assert_eq!(body, Some(legal(&wanted.html).as_str()), "{place}");
        }
    }
}

#[test]
fn the_lint_is_content_and_others_may_look() {
    let feed = feed();
    let now: DateTime<Utc> = feed.last_change() + TimeDelta::seconds(1);
    let documents = documents(&feed);
    assert_eq!(lint(&documents[0].1, now), Vec::<String>::new());
    assert_eq!(lint_rss(&documents[1].1, now), Vec::<String>::new());
    let Some(folder) = std::env::var_os("ROUNDTRIP_DIR").map(PathBuf::from) else {
        return;
    };
    for (extension, bytes) in &documents {
        fs::write(folder.join(format!("hostile.{extension}")), bytes).unwrap();
    }
    let expected: Vec<_> = feed
        .entries
        .iter()
        .map(|entry| {
            value!({
                "id": entry.id, "title": line(&entry.title), "link": entry.link,
                "published": entry.published.timestamp(), "updated": entry.updated.timestamp(),
                "author": line(&entry.authors[0].name), "category": line(&entry.categories[0].term),
                "summary": legal(entry.summary.as_deref().unwrap()), "content": legal(&entry.html),
                "enclosure": entry.enclosures[0].url, "length": entry.enclosures[0].length.map(|n| n.to_string()),
            })
        })
        .collect();
    fs::write(folder.join("expected.json"), value!(expected).to_string()).unwrap();
}
