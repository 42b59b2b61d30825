//! A captive portal: for hours every host answers 200 with one page. Nothing of it is kept, and
//! afterwards everything goes on as if it had not been.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::simulated::{Asked, House, Reply, START, World, growing, page};
use chrono::{DateTime, TimeDelta, Utc};
use depeche::store::SourceState;

const SOURCES: usize = 6;
const PORTAL: &str = "<!DOCTYPE html><html lang=\"fr\"><head><title>Bienvenue</title></head><body><main>\
    <h1>Bienvenue sur le réseau</h1><p>Pour continuer, acceptez les conditions du réseau de cet hôtel, \
    puis ouvrez à nouveau la page que vous cherchiez. Le petit déjeuner est servi de sept à dix heures \
    dans la salle du rez-de-chaussée, et la réception vous renseigne volontiers.</p></main></body></html>";

fn hours(n: i64) -> DateTime<Utc> {
    START.parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(n)
}

/// Six outlets with pages; whether the network of the machine is a portal from hour 6 to hour 9.
fn house(portal: bool) -> House {
    let world = World::new();
    let mut sources = String::new();
    for n in 0..SOURCES {
        let host = format!("www.outlet-{n}.org");
        world.script(&host, move |asked: &Asked| {
            if portal && asked.now >= hours(6) && asked.now < hours(9) {
                return Reply::ok("text/html; charset=utf-8", PORTAL.to_owned())
                    .with("etag", "\"portal\"");
            }
            match asked.path.as_str() {
                "/feed" => {
                    let tag = format!("\"{}\"", asked.now.timestamp() / 3_600);
                    Reply::feed(growing(asked, "", 1)).tagged(asked, &tag)
                }
                "/robots.txt" => Reply::status(404),
                path => {
                    let number = path.rsplit('/').next().and_then(|n| n.parse().ok());
                    Reply::ok("text/html", page(path, number.unwrap_or(0) * 7 + n as u64))
                }
            }
        });
        sources.push_str(&format!(
            "[[source]]\nid = \"s{n}\"\nurl = \"https://{host}/feed\"\nevery = \"20m\"\n"
        ));
    }
    let house = House::new(&world, "", &sources);
    house.run(hours(14));
    house
}

#[test]
fn nothing_of_a_captive_portal_is_kept() {
    let (house, calm) = (house(true), house(false));
    house.world.assert_polite();
    let known = |house: &House| {
        let reader = house.reader();
        (1..)
            .map(|id| {
                reader
                    .queries()
                    .article(depeche::model::ArticleId(id))
                    .unwrap()
            })
            .map_while(|article| article)
            .map(|article| article.identity)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let missing: Vec<_> = known(&calm).difference(&known(&house)).cloned().collect();
    // Four articles stand in a feed at a time, one an hour: three hours lose none.
    assert!(missing.is_empty(), "{missing:?}");
    let reader = house.reader();
    for id in (1..).map(depeche::model::ArticleId) {
        let Some(article) = reader.queries().article(id).unwrap() else {
            break;
        };
        assert!(!article.text.contains("déjeuner"), "{article:?}");
        assert!(!article.title.contains("Bienvenue"), "{article:?}");
    }
    for n in 0..SOURCES {
        let source = house.source(&format!("s{n}"));
        assert_eq!(
            (source.state, source.failures),
            (SourceState::Ok, 0),
            "{}",
            source.message
        );
        assert!(source.etag.as_deref() != Some("\"portal\""), "{source:?}");
    }
}
