//! Hostile entries, written by us and read back by parsers that are not ours.

#[path = "../../../tests/common/pieces.rs"]
mod pieces;

use pieces::PIECES;
use proptest::prelude::*;

use super::super::text::{address, legal, line, line_of};
use super::*;

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(PIECES.as_slice()).prop_map(str::to_owned),
        "\\PC{0,12}",
        Just(" mot ".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn hostile_entry()(
        title in hostile(), summary in hostile(), html in hostile(), author in hostile(),
        term in hostile(), label in hostile(), outlet in hostile(), path in hostile(),
        seconds in 0_i64..2_000_000_000, delay in 0_i64..1_000_000,
    ) -> OutEntry {
        OutEntry {
            title: format!("t{title}t"),
            summary: Some(format!("s{summary}s")),
            html: format!("<p>{html}</p>"),
            authors: vec![Person::named(format!("a{author}a"))],
            categories: vec![Category { term: format!("c{term}c"), scheme: None, label: Some(format!("l{label}l")) }],
            link: format!("https://a.example/{path}"),
            published: DateTime::from_timestamp(seconds, 0).unwrap(),
            updated: DateTime::from_timestamp(seconds + delay, 0).unwrap(),
            source: EntrySource { title: format!("o{outlet}o"), ..entry().source },
            also_at: Vec::new(),
            ..entry()
        }
    }
}

fn read_back(document: &[u8]) -> feed_rs::model::Feed {
    let parser = feed_rs::parser::Builder::new()
        .sanitize_content(false)
        .build();
    parser.parse(document).unwrap()
}

/// What Atom and RSS have in common.
fn assert_same(read: &feed_rs::model::Entry, written: &OutEntry) {
    assert_eq!(read.id, written.id);
    let title = read.title.as_ref().map(|title| title.content.clone());
    assert_eq!(title, Some(line(&written.title)));
    assert_eq!(read.published, Some(written.published));
    let names: Vec<_> = read
        .authors
        .iter()
        .map(|author| author.name.clone())
        .collect();
    assert_eq!(names, [Some(line(&written.authors[0].name))]);
    // Some parsers normalise addresses further than we do.
    let expected = url::Url::parse(&address(&written.link)).unwrap();
    assert!(
        read.links
            .iter()
            .any(|link| url::Url::parse(&link.href) == Ok(expected.clone()))
    );
    let body = read
        .content
        .as_ref()
        .and_then(|content| content.body.clone());
    assert_eq!(body, Some(legal(&written.html).into_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn atom_reads_back_equal(entry in hostile_entry()) {
        let feed = OutFeed { entries: vec![entry], ..feed() };
        let read = read_back(&atom(&feed));
        let (read, written) = (&read.entries[0], &feed.entries[0]);
        assert_same(read, written);
        prop_assert_eq!(read.updated, Some(written.updated));
        let summary = read.summary.as_ref().map(|summary| summary.content.clone());
        let expected = written.summary.as_deref().map(|text| legal(text).trim().to_owned());
        prop_assert_eq!(summary, expected);
        let category = &read.categories[0];
        prop_assert_eq!(&category.term, &line(&written.categories[0].term));
        prop_assert_eq!(&category.label, &line_of(written.categories[0].label.as_deref()));
    }

    #[test]
    fn rss_reads_back_equal(entry in hostile_entry()) {
        let feed = OutFeed { entries: vec![entry], ..feed() };
        let read = read_back(&rss(&feed));
        assert_same(&read.entries[0], &feed.entries[0]);
    }

    #[test]
    fn json_reads_back_equal(entry in hostile_entry()) {
        let feed = OutFeed { entries: vec![entry], ..feed() };
        let read: serde_json::Value = serde_json::from_slice(&json(&feed)).unwrap();
        let (read, written) = (&read["items"][0], &feed.entries[0]);
        prop_assert_eq!(&read["title"], &line(&written.title));
        prop_assert_eq!(read["content_html"].as_str().unwrap(), &*legal(&written.html));
        prop_assert_eq!(&read["authors"][0]["name"], &line(&written.authors[0].name));
    }

    #[test]
    fn the_page_holds_no_markup_of_others(entry in hostile_entry()) {
        let html = "<p>propre</p>".to_owned();
        let feed = OutFeed { entries: vec![OutEntry { html, ..entry }], ..feed() };
        let document = scraper::Html::parse_document(&page(&feed, &Formats::default()));
        let select = |css| scraper::Selector::parse(css).unwrap();
        let title: Vec<String> =
            document.select(&select("h2 a")).map(|found| found.text().collect()).collect();
        prop_assert_eq!(title, vec![line(&feed.entries[0].title)]);
        prop_assert_eq!(document.select(&select("script, b")).count(), 0);
    }
}

#[test]
fn big_bodies_read_back_equal() {
    let mut feed = feed_with_entry();
    feed.entries[0].html = format!("<p>{}</p>", "été & ]]> <b>x</b> ".repeat(50_000));
    feed.entries[0].also_at.clear();
    let read = read_back(&atom(&feed));
    let body = read.entries[0]
        .content
        .as_ref()
        .and_then(|content| content.body.as_deref());
    assert_eq!(body, Some(feed.entries[0].html.as_str()));
}
