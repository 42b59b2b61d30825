//! Stories in the whole program: the outlets' own cases, and what an entry keeps when its story
//! grows.

use std::collections::BTreeSet;

use crate::common::{World, titles};
use serde_json::Value;

/// The entries of a feed as text.
fn entries(feed: &str) -> Vec<String> {
    let parts = feed.split("<entry>").skip(1);
    parts
        .map(|e| e.split("</entry>").next().unwrap().to_owned())
        .collect()
}

fn entry_with<'a>(entries: &'a [String], words: &str) -> &'a str {
    let found: Vec<&String> = entries.iter().filter(|e| e.contains(words)).collect();
    assert_eq!(found.len(), 1, "{words} stands in {} entries", found.len());
    found[0]
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}

fn explain(world: &World, url: &str) -> Value {
    world.json(&["explain", "--json", &world.address(url)])
}

/// The configuration without some sources.
fn without(sources: &str, ids: &[&str]) -> String {
    let mut parts = sources.split("[[source]]");
    let first = parts.next().unwrap().to_owned();
    let kept = parts.filter(|part| {
        !ids.iter()
            .any(|id| part.contains(&format!("\nid = \"{id}\"")))
    });
    kept.fold(first, |all, part| format!("{all}[[source]]{part}"))
}

const CELAC: &str = "La Celac et la Chine lancent un programme commun de formation agricole";
const RHC_CELAC: &str = "https://www.radiohc.cu/fr/noticias/internacionales/387412-la-celac-et-la-chine-lancent-un-programme-commun-de-formation-agricole";
const SOIR_CELAC: &str = "https://www.legrandsoir.info/la-celac-et-la-chine-lancent-un-programme-commun-de-formation-agricole.html";

#[test]
fn an_agency_text_that_another_outlet_repeats_two_days_later_is_one_entry() {
    let world = World::polled();
    let feed = world.feed_of("chine-amlat");
    let entries = entries(&feed);
    let entry = entry_with(
        &entries,
        "plan d'action commun pour la gestion de l'eau</title>",
    );
    let copy = between(entry, "rel=\"related\"", ">");
    assert!(copy.contains("french.people.com.cn.localhost"), "{copy}");
    let line = between(entry, "Aussi chez", "</");
    assert!(entry.contains("Aussi chez") && line.len() > 3, "{entry}");
    let source = between(entry, "<source>", "</source>");
    assert!(source.contains("source/xinhua-chine"), "{source}");
}

#[test]
fn three_addresses_of_one_article_are_one_article() {
    let world = World::polled();
    let ids: BTreeSet<i64> = [
        "https://www.radiohc.cu/fr/noticias/internacionales/387420-la-chine-et-cuba-mettent-en-service-trois-parcs-solaires",
        "https://www.radiohc.cu/fr/noticias/nacionales/387420-la-chine-et-cuba-mettent-en-service-trois-parcs-solaires",
        "https://radiohc.cu/fr/noticias/internacionales/387420-autre-titre",
    ]
    .iter()
    .map(|url| explain(&world, url)["id"].as_i64().unwrap())
    .collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let feed = world.feed();
    let solar = titles(&feed)
        .into_iter()
        .filter(|t| t.contains("trois parcs solaires"));
    assert_eq!(solar.count(), 1);
}

#[test]
fn two_translations_of_one_release_stay_two() {
    let world = World::polled();
    let one = explain(&world, "https://www.lelezard.com/communique-22190140.html");
    let other = explain(&world, "https://www.lelezard.com/communique-22190142.html");
    assert_ne!(one["story"]["head"], other["story"]["head"]);
    assert_eq!(one["entries"].as_array().unwrap().len(), 1);
    assert_eq!(other["entries"].as_array().unwrap().len(), 1);
}

#[test]
fn a_topic_sees_a_copy_whose_representative_it_does_not_want() {
    let world = World::new();
    world.edit("topics.toml", |text| {
        format!(
            "{text}\n[[topic]]\nid = \"deux\"\nall = [\"@chine\"]\nsources = [\"legrandsoir\"]\n"
        )
    });
    world.once_after(0);
    let (first, second) = (world.feed_of("chine-amlat"), world.feed_of("deux"));
    let (first, second) = (entries(&first), entries(&second));
    let (a, b) = (entry_with(&first, CELAC), entry_with(&second, CELAC));
    assert!(
        between(a, "<source>", "</source>").contains("source/rhc-monde"),
        "{a}"
    );
    assert!(
        between(b, "<source>", "</source>").contains("source/legrandsoir"),
        "{b}"
    );
    let copy = explain(&world, SOIR_CELAC);
    let topics: BTreeSet<&str> = (copy["entries"].as_array().unwrap().iter())
        .map(|e| e["topic"].as_str().unwrap())
        .collect();
    assert_eq!(topics, BTreeSet::from(["chine-amlat", "deux"]));
}

#[test]
fn a_source_of_higher_priority_takes_over_with_the_same_atom_id() {
    let world = World::new();
    let mut sources = String::new();
    world.edit("sources.toml", |text| {
        sources = text;
        without(&sources, &["rhc-monde", "rhc-cuba"])
    });
    world.once_after(0);
    let feed = world.feed_of("chine-amlat");
    let before = entry_with(&entries(&feed), CELAC).to_owned();
    assert!(between(&before, "<source>", "</source>").contains("source/legrandsoir"));
    world.edit("sources.toml", |_| sources);
    world.once_after(11);
    let feed = world.feed_of("chine-amlat");
    let after = entry_with(&entries(&feed), CELAC).to_owned();
    assert!(
        between(&after, "<source>", "</source>").contains("source/rhc-monde"),
        "{after}"
    );
    assert_eq!(
        between(&before, "<id>", "</id>"),
        between(&after, "<id>", "</id>")
    );
    assert_eq!(
        between(&before, "<published>", "</published>"),
        between(&after, "<published>", "</published>")
    );
    assert!(
        between(&after, "rel=\"related\"", ">").contains("legrandsoir"),
        "{after}"
    );
    let explained = explain(&world, RHC_CELAC);
    assert_eq!(explained["story"]["level"], "copy", "{explained}");
    let compared = explained["story"]["assignment"]["compared"]
        .as_array()
        .unwrap();
    assert!(
        compared
            .iter()
            .any(|c| c["jaccard"].as_f64().unwrap() > 0.5)
    );
}

#[test]
fn an_edited_title_moves_updated_and_makes_no_second_entry() {
    let world = World::new();
    world.once_after(0);
    let url = "https://www.bbc.com/afrique/articles/c4gq8d1n2mzo?at_medium=RSS&at_campaign=rss";
    let before = explain(&world, url);
    world.once_after(11);
    assert_eq!(
        explain(&world, url)["updated"],
        before["updated"],
        "nothing has changed"
    );
    world.once_after(7_200);
    let after = explain(&world, url);
    assert_ne!(before["title"], after["title"]);
    assert_ne!(before["updated"], after["updated"]);
    assert_eq!(before["published"], after["published"]);
    assert_eq!(
        before["entries"][0]["atom_id"],
        after["entries"][0]["atom_id"]
    );
    assert_eq!(after["versions"][0]["title"], before["title"]);
    let feed = titles(&world.feed());
    assert!(feed.contains(after["title"].as_str().unwrap()));
    assert!(!feed.contains(before["title"].as_str().unwrap()));
}

#[test]
fn copies_that_no_topic_wanted_are_one_entry_when_one_comes_to_want_them() {
    let world = World::new();
    let mut topics = String::new();
    world.edit("topics.toml", |text| {
        topics = text;
        "[[topic]]\nid = \"timbres\"\nall = [\"philatélie\", \"oblitération\"]\n".to_owned()
    });
    world.once_after(0);
    for url in [RHC_CELAC, SOIR_CELAC] {
        let story = &explain(&world, url)["story"];
        let said = story["assignment"].as_str().unwrap_or_default();
        assert!(said.contains("not compared"), "{story}");
        assert_eq!(story["members"].as_array().unwrap().len(), 1);
    }
    world.edit("topics.toml", |_| topics);
    let would = world.json(&["topics", "rejudge", "--dry-run", "--json"]);
    let enter: BTreeSet<&str> = (would["changes"].as_array().unwrap().iter())
        .filter(|change| change["topic"] == "chine-amlat")
        .map(|change| change["title"].as_str().unwrap())
        .collect();
    world.once_after(11);
    let (one, other) = (explain(&world, RHC_CELAC), explain(&world, SOIR_CELAC));
    assert_eq!(one["story"]["head"], other["story"]["head"]);
    let levels = [&one, &other].map(|article| article["story"]["level"].as_str());
    assert!(levels.contains(&Some("copy")), "{levels:?}");
    assert!(one["story"]["assignment"]["compared"].is_array());
    let feed = world.feed_of("chine-amlat");
    let entries = entries(&feed);
    let entry = entry_with(&entries, CELAC);
    assert!(
        between(entry, "<source>", "</source>").contains("source/rhc-monde"),
        "{entry}"
    );
    assert!(entry.contains("Aussi chez"), "{entry}");
    // As if they had been wanted from the beginning.
    assert_eq!(titles(&world.feed()), titles(&World::polled().feed()));
    assert!(enter.contains(CELAC), "{enter:?}");
    assert_eq!(enter.len(), entries.len(), "{enter:?}");
}

#[test]
fn an_article_that_is_edited_into_a_topic_enters_it_as_new() {
    let world = World::new();
    world.edit("topics.toml", |_| {
        "[[topic]]\nid = \"essais\"\nall = [\"title:premiers essais\"]\n".to_owned()
    });
    world.once_after(0);
    let url = "https://www.bbc.com/afrique/articles/c4gq8d1n2mzo?at_medium=RSS&at_campaign=rss";
    let before = explain(&world, url);
    assert!(before["story"]["assignment"].is_string(), "{before}");
    world.once_after(7_200);
    let after = explain(&world, url);
    assert_ne!(before["title"], after["title"]);
    assert!(
        after["story"]["assignment"]["compared"].is_array(),
        "{after}"
    );
    assert_eq!(after["entries"][0]["topic"], "essais");
    assert_eq!(before["published"], after["published"]);
    assert_eq!(after["entries"][0]["updated"], after["updated"]);
    assert_ne!(before["updated"], after["updated"]);
    assert_eq!(after["versions"][0]["title"], before["title"]);
}
