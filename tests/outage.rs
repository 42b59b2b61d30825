//! Names that cannot be resolved, for one host and for all, with two hundred healthy sources beside
//! hosts that send anything: nobody healthy is kept waiting, nobody is blamed for our own network.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use crate::simulated::{Asked, House, Reply, START, World, growing, locked};
use chrono::{DateTime, TimeDelta, Utc};
use depeche::fetch::FailureKind;
use depeche::store::SourceState;

const HEALTHY: usize = 200;
/// Minutes between two polls of a source.
const EVERY: i64 = 30;
/// What the other hosts do, by number.
const HOSTILE: usize = 8;

fn after(minutes: i64) -> DateTime<Utc> {
    START.parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
}

fn hostile(kind: usize, asked: &Asked) -> Reply {
    match (kind, asked.path.as_str()) {
        (_, "/robots.txt") if kind != 6 => Reply::status(404),
        (0, _) => Reply::feed("<rss><channel>".to_owned() + &"<item>".repeat(200_000)),
        (1, path) => Reply::to(302, &format!("https://{}{path}x", asked.host)),
        (2, _) => Reply::status(429).with("retry-after", "99999999999"),
        (3, _) => Reply::broken(FailureKind::Tls),
        (4, _) => Reply::feed("x".repeat(30 << 20)),
        (5, _) => Reply::ok("image/png", "\u{0}\u{1}<html>".repeat(1_000)),
        (6, _) => Reply::status(503).with("retry-after", "-1"),
        _ => Reply::to(301, "http://127.0.0.1/latest/meta-data"),
    }
}

fn source(id: &str, host: &str) -> String {
    format!(
        "[[source]]\nid = \"{id}\"\nurl = \"https://{host}/feed\"\nevery = \"{EVERY}m\"\nbody = \"feed\"\n"
    )
}

fn house(world: &Arc<World>) -> House {
    let mut sources = String::new();
    let healthy = |asked: &Asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        _ => {
            let tag = format!("\"{}\"", asked.now.timestamp() / 7_200);
            Reply::feed(growing(asked, "", 2)).tagged(asked, &tag)
        }
    };
    for n in 0..HEALTHY {
        let host = format!("www.healthy-{n}.org");
        world.script(&host, healthy);
        sources += &source(&format!("healthy-{n}"), &host);
    }
    for n in 0..HOSTILE {
        let host = format!("www.hostile-{n}.org");
        world.script(&host, move |asked: &Asked| hostile(n, asked));
        sources += &source(&format!("hostile-{n}"), &host);
    }
    world.script("www.lost.org", move |asked: &Asked| {
        let away = after(60) <= asked.now && asked.now < after(120);
        match away {
            true => Reply::broken(FailureKind::Dns),
            false => healthy(asked),
        }
    });
    sources += &source("lost", "www.lost.org");
    House::new(world, "", &sources)
}

/// The longest and the shortest time between two polls of healthy sources, in minutes.
fn rhythm(world: &World) -> (i64, i64) {
    let mut gaps = Vec::new();
    for n in 0..HEALTHY {
        let polls = world.made_to(&format!("www.healthy-{n}.org/feed"));
        let pairs = polls.windows(2);
        gaps.extend(pairs.map(|pair| (pair[1].at - pair[0].at).num_minutes()));
    }
    assert!(gaps.len() >= 3 * HEALTHY, "{}", gaps.len());
    (*gaps.iter().max().unwrap(), *gaps.iter().min().unwrap())
}

#[test]
fn a_name_that_is_lost_for_an_hour_keeps_nobody_waiting() {
    let world = World::new();
    let house = house(&world);
    house.run(after(121));
    let lost = house.source("lost");
    assert!(lost.failures >= 1, "{lost:?}");
    let (longest, shortest) = rhythm(&world);
    assert!(
        longest <= EVERY + 5 && shortest >= EVERY - 1,
        "{shortest} to {longest}"
    );
    for n in 0..HEALTHY {
        let row = house.source(&format!("healthy-{n}"));
        assert!(row.state == SourceState::Ok && row.failures == 0, "{row:?}");
    }
    for n in 0..HOSTILE {
        let row = house.source(&format!("hostile-{n}"));
        // The first sends a feed, of entries that are all the same.
        let fails = row.state != SourceState::Ok && row.articles == 0;
        assert!(fails || n == 0 && row.articles == 1, "{row:?}");
    }
    house.run(after(240));
    let found = house.source("lost");
    assert!(
        found.state == SourceState::Ok && found.failures == 0,
        "{found:?}"
    );
    assert!(found.unconditional <= 1 && found.articles >= 4, "{found:?}");
    world.assert_polite();
}

#[test]
fn names_that_never_lead_anywhere_are_told_beside_those_that_do() {
    let world = World::new();
    let mut sources = String::new();
    for n in 0..5 {
        let host = format!("www.dead-{n}.org");
        world.script(&host, |_: &Asked| Reply::broken(FailureKind::Dns));
        sources += &source(&format!("dead-{n}"), &host);
    }
    for n in 0..2 {
        let host = format!("www.living-{n}.org");
        world.script(&host, |asked: &Asked| Reply::feed(growing(asked, "", 2)));
        sources += &source(&format!("living-{n}"), &host);
    }
    let house = House::new(&world, "", &sources);
    for (before, hours) in (0..).zip([1, 3, 9]) {
        // Each run is a new start.
        house.run(after(hours * 60));
        for n in 0..5 {
            let row = house.source(&format!("dead-{n}"));
            assert!(
                row.state == SourceState::Failing && row.failures > before,
                "{row:?}"
            );
        }
    }
    // Tried ever more rarely, like any other.
    assert!(world.made_to("www.dead-0.org/feed").len() < 12);
}

#[test]
fn nothing_reached_for_hours_counts_for_each_and_is_over_with_the_first_answer() {
    let world = World::new();
    let mut sources = String::new();
    for n in 0..4 {
        let host = format!("www.h-{n}.org");
        world.script(&host, |asked: &Asked| Reply::feed(growing(asked, "", 2)));
        sources += &source(&format!("h-{n}"), &host);
    }
    let house = House::new(&world, "", &sources);
    *locked(&world.outage) = Some((after(10), after(12 * 60)));
    house.run(after(70));
    for n in 0..4 {
        let row = house.source(&format!("h-{n}"));
        assert!(row.state == SourceState::Ok && row.failures == 0, "{row:?}");
    }
    house.run(after(6 * 60));
    for n in 0..4 {
        let row = house.source(&format!("h-{n}"));
        assert!(
            row.state == SourceState::Failing && row.failures > 3,
            "{row:?}"
        );
    }
    house.run(after(12 * 60 + 35));
    for n in 0..4 {
        let row = house.source(&format!("h-{n}"));
        assert!(row.state == SourceState::Ok && row.failures == 0, "{row:?}");
    }
    world.assert_polite();
}

#[test]
fn an_hour_without_any_name_counts_against_nobody() {
    let world = World::new();
    let house = house(&world);
    *locked(&world.outage) = Some((after(130), after(190)));
    house.run(after(129));
    let before = locked(&world.made).len();
    house.run(after(190));
    let during = locked(&world.made).len() - before;
    // Retries come after a minute, and then more and more rarely: six in an hour.
    let bound = 8 * (HEALTHY + HOSTILE);
    assert!(during <= bound, "{during} requests into the void");
    house.run(after(250));
    for n in 0..HEALTHY {
        let row = house.source(&format!("healthy-{n}"));
        assert!(row.state == SourceState::Ok && row.failures == 0, "{row:?}");
        assert!(row.last_ok_at.unwrap() > after(190), "{row:?}");
        assert!(row.unconditional <= 1, "{row:?}");
    }
    world.assert_polite();
}
