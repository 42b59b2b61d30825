//! Articles whose pages cannot be had at once, through the whole pipeline in simulated time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::simulated::{House, Reply, World, page, prose, rss};
use chrono::{DateTime, TimeDelta, Utc};
use depeche::clock::Clock;
use depeche::store::{EntryRow, EntryWindow, Selection};

const MINUTES: [i64; 7] = [0, 5, 35, 60, 540, 1_980, 3_000];

struct Case {
    house: House,
    start: DateTime<Utc>,
}

/// A feed with one article, whose page answers as `answer` says at so many minutes from the start.
fn case(more: &str, answer: impl Fn(i64) -> Reply + Send + Sync + 'static) -> Case {
    let world = World::new();
    let start = world.clock.now();
    world.script("a.example", move |asked| match asked.path.as_str() {
        "/feed" => {
            let link = "https://a.example/articles/1".to_owned();
            let teaser = prose(5, 30);
            let entry = (
                "guid-1".to_owned(),
                link,
                "Un titre".to_owned(),
                teaser,
                start,
            );
            Reply::feed(rss("", &[entry])).tagged(asked, "\"x\"")
        }
        "/articles/1" => answer((asked.now - start).num_minutes()),
        _ => Reply::status(404),
    });
    let sources = format!("[[source]]\nid = \"a\"\nurl = \"https://a.example/feed\"\n{more}\n");
    Case {
        house: House::new(&world, "", &sources),
        start,
    }
}

impl Case {
    fn entry(&self) -> Option<EntryRow> {
        let reader = self.house.reader();
        let window = EntryWindow {
            least: 10,
            most: 10,
            since: DateTime::<Utc>::MIN_UTC,
            reach: None,
            per_source: None,
            archives: false,
            thorough: true,
        };
        let queries = reader.queries();
        let topic = Selection::Topic("all".into());
        let places = queries.places("all", &topic, &window).unwrap();
        let all = queries.entry_rows(places).unwrap();
        all.into_iter().next()
    }

    fn run_to(&self, minute: i64) {
        self.house.run(self.start + TimeDelta::minutes(minute));
    }

    fn tries(&self) -> Vec<i64> {
        let made = self.house.world.made_to("/articles/1");
        made.iter()
            .map(|m| (m.at - self.start).num_minutes())
            .collect()
    }
}

fn full(_: i64) -> Reply {
    Reply::ok("text/html; charset=utf-8", page("Un titre", 7))
}

#[test]
fn a_page_that_comes_late_upgrades_the_entry_in_place() {
    let case = case("", |minute| match minute {
        0..90 => Reply::status(500),
        minute => full(minute),
    });
    case.run_to(58);
    assert!(case.entry().is_none(), "it is held");
    case.run_to(70);
    let teaser = case
        .entry()
        .expect("out with its teaser when the hold is over");
    assert_eq!(case.house.article("/articles/1").how, "teaser");
    case.run_to(800);
    let whole = case.entry().expect("still there");
    let article = case.house.article("/articles/1");
    assert!(
        article.words > 300,
        "{} words by {}",
        article.words,
        article.how
    );
    assert_eq!(whole.place.atom_id, teaser.place.atom_id);
    assert_eq!(whole.place.published, teaser.place.published);
    assert!(
        whole.place.updated > teaser.place.updated,
        "{} {}",
        whole.place.updated,
        teaser.place.updated
    );
    assert_eq!((article.last_error, article.next_try), (None, None));
    assert_eq!(case.tries(), MINUTES[..5]);
}

#[test]
fn a_page_that_never_comes_is_tried_by_the_plan_and_left() {
    let case = case("", |_| Reply::status(404));
    for day in 1..6 {
        case.run_to(day * 1_440);
    }
    assert_eq!(
        case.tries(),
        MINUTES[..6],
        "5 min, 30 min, the end of the hold, 8 h, 24 h"
    );
    let article = case.house.article("/articles/1");
    assert_eq!((article.how.as_str(), article.next_try), ("teaser", None));
    assert!(case.entry().is_some());
    let error = article.last_error.expect("the reason stays");
    assert!(error.contains("404"), "{error}");
}

#[test]
fn a_pause_asked_for_by_the_page_is_kept_and_counts_as_no_attempt() {
    let case = case("", |minute| match minute {
        0..200 => Reply::status(503).with("retry-after", "10800"),
        minute => full(minute),
    });
    case.run_to(300);
    case.house.world.assert_polite();
    assert_eq!(case.tries(), [0, 180, 360][..case.tries().len()]);
    assert!(
        case.entry().is_some(),
        "out with its teaser at the end of the hold"
    );
    case.run_to(500);
    assert!(case.house.article("/articles/1").words > 300);
}

#[test]
fn a_page_that_is_refused_is_asked_for_once() {
    type Answer = fn(i64) -> Reply;
    let refused: [(&str, Answer); 3] = [
        ("403", |_| Reply::status(403)),
        ("application/pdf", |_| {
            Reply::ok("application/pdf", "%PDF-1.7".to_owned())
        }),
        ("410", |_| Reply::status(410)),
    ];
    for (words, answer) in refused {
        let case = case("", answer);
        case.run_to(10);
        assert!(case.entry().is_some(), "{words}: out at once");
        case.run_to(3 * 1_440);
        assert_eq!(case.tries(), [0], "{words}");
        let article = case.house.article("/articles/1");
        assert_eq!(article.how, "teaser");
        let error = article.last_error.unwrap();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_source_whose_body_is_the_feed_s_asks_for_no_page() {
    let case = case("body = \"feed\"", full);
    case.run_to(1_440);
    assert!(case.entry().is_some());
    assert_eq!(case.tries(), [] as [i64; 0]);
    assert_eq!(case.house.article("/articles/1").last_error, None);
}

#[test]
fn an_outage_of_our_own_network_does_not_use_up_the_attempts() {
    let case = case("", |minute| match minute {
        0..3 => Reply::status(500),
        minute => full(minute),
    });
    let from = case.start + TimeDelta::minutes(4);
    *crate::simulated::locked(&case.house.world.outage) = Some((from, from + TimeDelta::hours(20)));
    case.run_to(1_440);
    let article = case.house.article("/articles/1");
    assert!(article.words > 300, "{article:?} {:?}", case.tries());
}
