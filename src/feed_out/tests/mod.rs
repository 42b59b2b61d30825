//! Tests of the renderings: short documents compared word by word, hostile entries read back by
//! other people's parsers, and the lint over what we write and over what we must never write.

mod documents;
mod hostile;
mod lint;

use chrono::{DateTime, Utc};

use super::*;

/// A moment, written as RFC 3339.
fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A feed with every field set and no entries.
fn feed() -> OutFeed {
    OutFeed {
        id: tag_uri("depeche.example", "2026", "chine-amlat"),
        title: "La Chine & l’Amérique latine".to_owned(),
        subtitle: Some("Coopération, commerce, diplomatie".to_owned()),
        language: Some("fr".to_owned()),
        self_url: "https://depeche.example/chine-amlat.atom".to_owned(),
        html_url: Some("https://depeche.example/chine-amlat.html".to_owned()),
        author: Person::named("depeche"),
        rights: Some("Les articles appartiennent à leurs auteurs.".to_owned()),
        icon: Some("https://depeche.example/icon.png".to_owned()),
        logo: Some("https://depeche.example/logo.png".to_owned()),
        hubs: vec!["https://depeche.example/hub".to_owned()],
        archive: None,
        version: "0.1.0".to_owned(),
        generator_url: Some("https://depeche.example/about".to_owned()),
        updated: at("2026-03-01T00:00:00Z"),
        entries: Vec::new(),
    }
}

/// An entry with every field set.
fn entry() -> OutEntry {
    OutEntry {
        id: tag_uri("depeche.example", "2026", "article/42"),
        title: "Pékin <b>&</b> La Havane".to_owned(),
        link: "https://www.rhc.example/es/1?a=1&b=2".to_owned(),
        via: Some("https://www.rhc.example/rss".to_owned()),
        related: vec![("https://copy.example/1".to_owned(), "Copie".to_owned())],
        published: at("2026-03-05T14:05:00Z"),
        updated: at("2026-03-06T08:49:37Z"),
        authors: vec![Person::named("Ana Pérez")],
        categories: vec![Category {
            term: "chine".to_owned(),
            scheme: Some("https://depeche.example/topics".to_owned()),
            label: Some("Chine".to_owned()),
        }],
        summary: Some("Le chapô, a < b.".to_owned()),
        html: "<p>Corps &amp; âme</p>".to_owned(),
        language: Some("es".to_owned()),
        enclosures: vec![Enclosure {
            url: "https://www.rhc.example/1.mp3".to_owned(),
            media_type: None,
            length: Some(1234),
        }],
        image: Some("https://www.rhc.example/1.jpg".to_owned()),
        source: EntrySource {
            id: tag_uri("depeche.example", "2026", "source/rhc"),
            title: "Radio Havane".to_owned(),
            link: Some("https://www.rhc.example/".to_owned()),
            feed_url: Some("https://www.rhc.example/rss".to_owned()),
            updated: None,
            rights: Some("© RHC".to_owned()),
        },
        also_at: vec![(
            "Xinhua".to_owned(),
            "https://xinhua.example/1?a&b".to_owned(),
        )],
    }
}

/// The feed with that entry.
fn feed_with_entry() -> OutFeed {
    OutFeed {
        entries: vec![entry()],
        ..feed()
    }
}

/// A document as text.
fn text(document: Vec<u8>) -> String {
    String::from_utf8(document).unwrap()
}
