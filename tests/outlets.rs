//! The sample outlets, stage by stage: what each document and each page must give.

use std::fs;

use crate::common::World;
use chrono::{DateTime, TimeDelta, Utc};
use depeche::config::{self, Config, Source};
use depeche::ingest::{View, read_document};
use depeche::model::Discovery;
use serde_json::Value;

fn load(world: &World) -> Config {
    config::load(Some(&world.main())).unwrap_or_else(|problems| panic!("{}", problems[0]))
}

fn fetch(world: &World, url: &str) -> (Vec<u8>, Option<String>) {
    let (body, content_type) = world
        .outlets
        .document(&url.parse().unwrap())
        .unwrap_or_else(|| panic!("{url} is not served"));
    (body, Some(content_type))
}

fn read(world: &World, config: &Config, source: &Source, url: &str) -> Result<Discovery, String> {
    let (body, content_type) = fetch(world, url);
    let url = url.parse().unwrap();
    let view = View {
        source,
        sites: &config.sites,
        url: &url,
        content_type: content_type.as_deref(),
        now: world.start + TimeDelta::seconds(1),
    };
    read_document(&view, &body).map(|(discovery, _)| discovery)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value[key].as_str()
}

#[test]
fn every_source_gives_exactly_its_candidates() {
    let world = World::new();
    let config = load(&world);
    let expected = world.expected("candidates.json");
    let mut wrong = Vec::new();
    for (name, wanted) in expected.as_object().unwrap() {
        let id = name.split('?').next().unwrap();
        let source = config
            .source(&id.into())
            .unwrap_or_else(|| panic!("no source {id}"));
        let query = name
            .split_once('?')
            .map(|(_, q)| format!("?{q}"))
            .unwrap_or_default();
        let found = read(&world, &config, source, &format!("{}{query}", source.url));
        let candidates = found.map(|d| d.candidates).unwrap_or_default();
        let wanted = wanted.as_array().unwrap();
        if candidates.len() != wanted.len() {
            wrong.push(format!(
                "{name}: {} candidates, {} expected",
                candidates.len(),
                wanted.len()
            ));
            continue;
        }
        for (candidate, wanted) in candidates.iter().zip(wanted) {
            let date = text(wanted, "published").map(|t| t.parse::<DateTime<Utc>>().unwrap());
            let link = candidate.link.as_deref();
            if link != text(wanted, "link") || candidate.title.as_deref() != text(wanted, "title") {
                wrong.push(format!(
                    "{name}: {link:?} {:?} for {wanted}",
                    candidate.title
                ));
            } else if candidate.published.or(candidate.updated) != date {
                wrong.push(format!("{name}: {:?} for {wanted}", candidate.published));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_stored_article_is_exactly_its_text() {
    let world = World::new();
    world.once_after(0);
    world.once_after(60);
    let store = depeche::store::open_reader(&world.path().join("state")).unwrap();
    let config = load(&world);
    let expected = world.expected("articles.json");
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (url, wanted) in expected.as_object().unwrap() {
        let identity = config.sites.families.identity(&url.parse().unwrap()).key;
        let queries = store.queries();
        let Some(article) = queries
            .by_identity(&identity)
            .unwrap()
            .and_then(|id| queries.article(id).unwrap())
        else {
            continue; // not listed by any source, or beyond a gate
        };
        if article.how.is_empty() {
            continue; // rejected before its page was fetched
        }
        compared += 1;
        let squeeze = |t: &str| {
            t.lines()
                .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect::<Vec<_>>()
                .join("\n")
        };
        if squeeze(&article.text) != squeeze(text(wanted, "text").unwrap_or("")) {
            wrong.push(format!(
                "{url} [{}]\n--- got\n{}\n--- expected\n{}",
                article.how,
                squeeze(&article.text),
                text(wanted, "text").unwrap_or("")
            ));
        }
    }
    fs::write(world.path().join("wrong.txt"), wrong.join("\n\n")).unwrap();
    assert!(compared > 60, "only {compared} articles were compared");
    assert!(
        wrong.is_empty(),
        "{} of {compared} texts are wrong:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

#[test]
fn subtitle_and_section_reach_the_store_and_every_format() {
    let world = World::with_every_feed();
    world.once_after(0);
    let exported = world
        .run(&["export", "--source", "france24-asie", "--json"])
        .stdout;
    let lines = String::from_utf8(exported).unwrap();
    let tunnel = lines.lines().find(|l| l.contains("tunnel")).unwrap();
    let tunnel: Value = serde_json::from_str(tunnel).unwrap();
    let subtitle = text(&tunnel, "subtitle").unwrap();
    assert!(
        subtitle.starts_with("Le chantier du tunnel ferroviaire"),
        "{subtitle}"
    );
    assert_eq!(text(&tunnel, "section"), Some("Asie-Pacifique"));
    let feed = |form: &str| {
        let path = world
            .path()
            .join(format!("feeds/sources/france24-asie.{form}"));
        fs::read_to_string(path).unwrap()
    };
    let atom = feed("atom");
    assert!(
        atom.contains(&format!("<summary type=\"text\">{subtitle}</summary>")),
        "{atom}"
    );
    assert!(
        atom.contains("/sections/\" label=\"Asie-Pacifique\"/>"),
        "{atom}"
    );
    assert!(
        feed("rss").contains("/sections/\">Asie-Pacifique</category>"),
        "{}",
        feed("rss")
    );
    let json: Value = serde_json::from_str(&feed("json")).unwrap();
    let items = json["items"].as_array().unwrap();
    let item = items.iter().find(|i| i["url"] == tunnel["url"]).unwrap();
    assert!(
        item["tags"]
            .as_array()
            .unwrap()
            .contains(&"Asie-Pacifique".into()),
        "{item}"
    );
    assert_eq!(text(item, "summary"), Some(subtitle));
    let explained = world
        .run(&["explain", text(&tunnel, "url").unwrap()])
        .stdout;
    let explained = String::from_utf8(explained).unwrap();
    assert!(
        explained.contains("Subtitle    Le chantier") && explained.contains("Section     Asie"),
        "{explained}"
    );
}

#[test]
fn the_untouched_body_can_be_seen() {
    let world = World::new();
    world.once_after(0);
    let exported = String::from_utf8(world.run(&["export", "--json"]).stdout).unwrap();
    let articles: Vec<Value> = exported
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let kept = |a: &&Value| text(a, "untouched").is_some_and(|u| u.contains("(Xinhua)"));
    let article = articles.iter().find(kept).unwrap();
    assert!(!text(article, "html").unwrap().contains("(Xinhua)"));
    let id = article["id"].to_string();
    let shown = String::from_utf8(world.run(&["explain", &id, "--untouched"]).stdout).unwrap();
    let (_, body) = shown.split_once("Untouched\n\n").unwrap();
    assert!(body.contains("(Xinhua)"), "{body}");
    assert_eq!(
        world.json(&["explain", &id, "--untouched", "--json"])["untouched"],
        article["untouched"]
    );
    let whole = articles.iter().find(|a| a["untouched"].is_null()).unwrap();
    let shown = world
        .run(&["explain", &whole["id"].to_string(), "--untouched"])
        .stdout;
    assert!(
        String::from_utf8(shown)
            .unwrap()
            .contains("nothing was taken")
    );
}
