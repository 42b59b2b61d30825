//! A clock that is wrong and jumps: no storm of requests, no schedule that stands still, no date of
//! the future in what is published.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::simulated::{Asked, House, Made, Reply, START, World, growing, locked, page};
use chrono::{DateTime, TimeDelta, Utc};
use depeche::clock::Clock;

const SOURCES: usize = 6;
/// Minutes between two polls of a source.
const EVERY: i64 = 30;

fn hours(n: i64) -> DateTime<Utc> {
    START.parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(n)
}

/// Six outlets with a new article every hour, the dates of half of them left out.
fn world() -> (std::sync::Arc<World>, House) {
    let world = World::new();
    let mut sources = String::new();
    for n in 0..SOURCES {
        let host = format!("www.outlet-{n}.org");
        world.script(&host, move |asked: &Asked| match asked.path.as_str() {
            "/feed" => {
                let feed = growing(asked, "", 1);
                let dateless = || {
                    feed.replace("<pubDate>", "<x>")
                        .replace("</pubDate>", "</x>")
                };
                let tag = format!("\"{}\"", asked.now.timestamp() / 3_600);
                let feed = if n % 2 == 0 { feed.clone() } else { dateless() };
                Reply::feed(feed).tagged(asked, &tag)
            }
            "/robots.txt" => Reply::status(404),
            path => Reply::ok("text/html", page(path, 7 * n as u64)),
        });
        sources.push_str(&format!(
            "[[source]]\nid = \"s{n}\"\nurl = \"https://{host}/feed\"\nevery = \"{EVERY}m\"\nbody = \"feed\"\n"
        ));
    }
    let house = House::new(&world, "", &sources);
    (world, house)
}

fn polls(world: &World, n: usize) -> Vec<Made> {
    world.made_to(&format!("outlet-{n}.org/feed"))
}

/// No poll of a source comes sooner or later after the one before than it should, in true time;
/// `early` of them may come sooner, and one later: when a wrong clock is set back nobody knows how
/// long ago the last poll was.
fn assert_rhythm(world: &World, early: usize) {
    for n in 0..SOURCES {
        let polls = polls(world, n);
        let gaps: Vec<i64> = polls
            .windows(2)
            .map(|pair| (pair[1].at - pair[0].at).num_minutes())
            .collect();
        let sooner = gaps.iter().filter(|gap| **gap < EVERY - 1).count();
        let later = gaps.iter().filter(|gap| **gap > EVERY + 5).count();
        let longest = gaps.iter().max().copied().unwrap_or_default();
        assert!(sooner <= early && later <= 1, "s{n}: {gaps:?}");
        assert!(longest <= 2 * EVERY + 5, "s{n}: {gaps:?}");
    }
    world.assert_polite();
}

fn assert_no_future(house: &House) {
    let now = house.world.clock.now() + TimeDelta::minutes(1);
    let reader = house.reader();
    let mut count = 0;
    for id in (1..).map(depeche::model::ArticleId) {
        let Some(article) = reader.queries().article(id).unwrap() else {
            break;
        };
        let times = [article.published, article.updated, article.first_seen];
        assert!(times.iter().all(|time| *time <= now), "{article:?}");
        count += 1;
    }
    assert!(count >= SOURCES * 12, "{count} articles");
}

#[test]
fn a_clock_set_back_by_a_day_stops_no_schedule() {
    let (world, house) = world();
    locked(&world.jumps).extend([
        (hours(0), TimeDelta::days(1)),
        (hours(8), TimeDelta::zero()),
    ]);
    house.run(hours(30));
    assert_rhythm(&world, 0);
    assert_no_future(&house);
}

#[test]
fn a_clock_put_forward_by_a_day_and_back_causes_no_storm() {
    let (world, house) = world();
    locked(&world.jumps).extend([
        (hours(6), TimeDelta::days(1)),
        (hours(9), TimeDelta::zero()),
    ]);
    house.run(hours(30));
    // Everything is due at once when it jumps ahead: each source is polled once, politely.
    assert_rhythm(&world, 1);
    assert_no_future(&house);
}

#[test]
fn a_restart_after_the_clock_was_set_back_is_no_different() {
    let (world, house) = world();
    locked(&world.jumps).push((hours(0), TimeDelta::days(1)));
    house.run(hours(4));
    locked(&world.jumps).push((hours(4), TimeDelta::zero()));
    house.run(hours(30));
    assert_rhythm(&world, 0);
    assert_no_future(&house);
}

#[test]
fn in_1970_nothing_is_asked_and_nothing_is_dated() {
    let (world, house) = world();
    let wrong = DateTime::UNIX_EPOCH - hours(0);
    locked(&world.jumps).extend([(hours(0), wrong), (hours(2), TimeDelta::zero())]);
    house.run(hours(26));
    let first = locked(&world.made)
        .iter()
        .map(|made| made.at)
        .min()
        .unwrap();
    assert!(
        first >= hours(2) && first < hours(2) + TimeDelta::minutes(1),
        "{first}"
    );
    assert_rhythm(&world, 0);
    assert_no_future(&house);
    let reader = house.reader();
    let oldest = reader
        .queries()
        .article(depeche::model::ArticleId(1))
        .unwrap()
        .unwrap();
    assert!(oldest.published > hours(-24), "{oldest:?}");
}

/// Sources polled by the clock of Paris, over the change to summer time and the one back.
#[test]
fn the_changes_of_summer_time_lose_and_double_no_poll() {
    let world = World::new();
    let mut sources = String::new();
    for (id, when) in [
        ("night", "cron = \"30 2 * * *\""),
        ("often", "cron = \"*/30 * * * *\""),
        ("every", "every = \"30m\""),
    ] {
        let host = format!("www.{id}.org");
        world.script(&host, |asked: &Asked| match asked.path.as_str() {
            "/feed" => Reply::feed(growing(asked, "", 1)),
            _ => Reply::status(404),
        });
        sources += &format!(
            "[[source]]\nid = \"{id}\"\nurl = \"https://{host}/feed\"\n{when}\nbody = \"feed\"\ntimezone = \"Europe/Paris\"\n"
        );
    }
    let house = House::new(&world, "", &sources);
    for evening in ["2026-03-28T20:00:00Z", "2026-10-24T20:00:00Z"] {
        let evening: DateTime<Utc> = evening.parse().unwrap();
        let wait = evening - world.clock.now();
        world.clock.advance(wait.to_std().unwrap());
        // What is long overdue is polled first.
        house.run(evening + TimeDelta::hours(1));
        locked(&world.made).clear();
        house.run(evening + TimeDelta::hours(11));
        assert_eq!(world.made_to("night.org/feed").len(), 1, "{evening}");
        for id in ["often", "every"] {
            let polls = world.made_to(&format!("{id}.org/feed"));
            let gaps = polls.windows(2).map(|p| (p[1].at - p[0].at).num_minutes());
            let gaps: Vec<i64> = gaps.collect();
            assert!(gaps.len() >= 18, "{id} {evening}: {gaps:?}");
            assert!(
                gaps.iter().all(|gap| (29..=34).contains(gap)),
                "{id} {evening}: {gaps:?}"
            );
        }
    }
    world.assert_polite();
}

#[test]
fn a_leap_second_is_the_second_before_it() {
    let world = World::new();
    world.script("www.leap.org", |asked: &Asked| match asked.path.as_str() {
        "/feed" => {
            let date = "Sun, 01 Mar 2026 23:59:60 GMT";
            let feed = growing(asked, "", 24);
            let (head, rest) = feed.split_once("<pubDate>").unwrap();
            let (_, tail) = rest.split_once("</pubDate>").unwrap();
            Reply::feed(format!("{head}<pubDate>{date}</pubDate>{tail}"))
        }
        _ => Reply::status(404),
    });
    let source =
        "[[source]]\nid = \"leap\"\nurl = \"https://www.leap.org/feed\"\nbody = \"feed\"\n";
    let house = House::new(&world, "", source);
    house.run(hours(1));
    let article = house.article("leap.org");
    let expected: DateTime<Utc> = "2026-03-01T23:59:59Z".parse().unwrap();
    assert_eq!(article.published, expected);
}
