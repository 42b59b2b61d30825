//! A month of polling in simulated time: forty sources on more than fifteen domains, each with its
//! own habits, a day without network, a crash and restart every day, and every request looked at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};

use crate::simulated::{Asked, House, Made, Reply, START, World, growing, locked, page};
use chrono::{DateTime, TimeDelta, Utc};
use depeche::clock::Clock;
use depeche::fetch::FailureKind;
use depeche::store::SourceState;

const SOURCES: usize = 42;
const DOMAINS: usize = 17;
const DAYS: i64 = 30;
/// Hours between two articles of an outlet.
const RHYTHM: i64 = 24;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Habit {
    Etag,
    LastModified,
    NoValidators,
    MaxAge,
    Ttl,
    Moving,
    RetryAfter,
    Gone,
    Flapping,
    Pages,
}

use Habit::{
    Etag, Flapping, Gone, LastModified, MaxAge, Moving, NoValidators, Pages, RetryAfter, Ttl,
};

const HABITS: [Habit; 14] = [
    Etag,
    LastModified,
    MaxAge,
    Ttl,
    Moving,
    RetryAfter,
    Gone,
    Flapping,
    Pages,
    NoValidators,
    Etag,
    LastModified,
    RetryAfter,
    Etag,
];

fn day(n: i64) -> DateTime<Utc> {
    START.parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(n)
}

fn habit(n: usize) -> Habit {
    HABITS[n % HABITS.len()]
}

fn host(n: usize) -> String {
    format!("s{n}.outlet-{}.org", n % DOMAINS)
}

fn tagged(asked: &Asked) -> Reply {
    let tag = format!("W/\"{}\"", asked.now.timestamp() / (RHYTHM * 3_600));
    Reply::feed(growing(asked, "", RHYTHM)).tagged(asked, &tag)
}

fn dated(asked: &Asked) -> Reply {
    let step = RHYTHM * 3_600;
    let changed = asked.now.timestamp() / step * step;
    let date = DateTime::from_timestamp(changed, 0).unwrap();
    let date = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let reply = if asked.since.as_deref() == Some(date.as_str()) {
        Reply::status(304)
    } else {
        Reply::feed(growing(asked, "", RHYTHM))
    };
    reply.with("last-modified", date)
}

fn article(asked: &Asked) -> Reply {
    let number: u64 = asked.path.rsplit('/').next().unwrap().parse().unwrap();
    match (number % 4, asked.before) {
        (1, 0) => Reply::status(500),
        (2, 0..4) => Reply::status(404),
        (3, 0) => Reply::status(503).with("retry-after", "5400"),
        // No two outlets send the same bytes: that is what portals do.
        _ => {
            let title = format!("{}{}", asked.host, asked.path);
            Reply::ok("text/html; charset=utf-8", page(&title, number))
        }
    }
}

fn answer(habit: Habit, asked: &Asked) -> Reply {
    match (habit, asked.path.as_str()) {
        (_, "/robots.txt") => Reply::status(404),
        (Pages, path) if path.starts_with("/articles/") => article(asked),
        (Etag | Pages, _) => tagged(asked),
        (LastModified, _) => dated(asked),
        (NoValidators, _) => Reply::feed(growing(asked, "", RHYTHM)),
        (MaxAge, _) => tagged(asked).with("cache-control", "max-age=36000"),
        (Ttl, _) => {
            let tag = format!("\"{}\"", asked.now.timestamp() / 86_400);
            Reply::feed(growing(asked, "<ttl>600</ttl>", RHYTHM)).tagged(asked, &tag)
        }
        (Moving, "/feed") if asked.now >= day(8) => {
            Reply::to(301, &format!("https://new-{}/feed/", asked.host))
        }
        (Moving, _) => tagged(asked),
        (RetryAfter, _) if asked.before % 9 == 4 => Reply::status(503).with("retry-after", "30000"),
        (RetryAfter, _) if asked.before % 9 == 7 => Reply::status(429).with("retry-after", "4000"),
        (RetryAfter, _) => tagged(asked),
        (Gone, _) if (day(5)..day(16)).contains(&asked.now) => Reply::status(410),
        (Gone, _) => tagged(asked),
        (Flapping, _) => match asked.before % 6 {
            2 => Reply::status(500),
            3 => Reply::broken(FailureKind::Tls),
            4 => Reply::ok("text/html", "<html><body>bientôt</body></html>".to_owned()),
            _ => tagged(asked),
        },
    }
}

fn sources() -> String {
    (0..SOURCES)
        .map(|n| {
            let body = if habit(n) == Pages { "page" } else { "feed" };
            format!(
                "[[source]]\nid = \"s{n}\"\nurl = \"https://{}/feed\"\nbody = \"{body}\"\nevery = \"8h\"\ndedup = \"off\"\n",
                host(n)
            )
        })
        .collect()
}

/// The least time between two requests for a feed, after an answer of this status.
fn least(habit: Habit, status: u16) -> TimeDelta {
    match (habit, status) {
        (MaxAge | Ttl, 200 | 304) => TimeDelta::hours(10),
        (_, 410) => TimeDelta::days(7),
        (Flapping, 200) => TimeDelta::minutes(5),
        (_, 200 | 301 | 304) => TimeDelta::hours(8),
        _ => TimeDelta::minutes(5),
    }
}

/// Lives through the month, crashing and starting again about once a day.
fn live(house: &House, world: &World) -> usize {
    let mut restarts = 0;
    for hour in (0..DAYS * 24).step_by(23) {
        house.run(day(0) + TimeDelta::hours((hour + 23).min(DAYS * 24)));
        let now = world.clock.now();
        let reader = house.reader();
        let q = reader.queries();
        let due = [q.next_due().unwrap(), q.next_article_due().unwrap()];
        let due = due.into_iter().flatten().min().unwrap();
        if due > now + TimeDelta::seconds(3) {
            let before = locked(&world.made).len();
            house.run(now + TimeDelta::seconds(2));
            assert_eq!(
                locked(&world.made).len(),
                before,
                "a restart at {now} asked"
            );
            restarts += 1;
        }
    }
    restarts
}

fn by_address(world: &World) -> BTreeMap<String, Vec<Made>> {
    let mut found: BTreeMap<String, Vec<Made>> = BTreeMap::new();
    for made in locked(&world.made).iter() {
        found
            .entry(made.url.clone())
            .or_default()
            .push(made.clone());
    }
    found
}

#[test]
fn a_month_of_forty_sources() {
    let world = World::new();
    for n in 0..SOURCES {
        let habit = habit(n);
        world.script(&host(n), move |asked| answer(habit, asked));
        if habit == Moving {
            world.script(&format!("new-{}", host(n)), tagged);
        }
    }
    *locked(&world.outage) = Some((day(20), day(21)));
    let house = House::new(&world, "", &sources());
    let restarts = live(&house, &world);
    assert!(restarts >= 20, "{restarts} restarts with nothing due");
    world.assert_polite();
    let addresses = by_address(&world);
    let domains: BTreeSet<usize> = (0..SOURCES).map(|n| n % DOMAINS).collect();
    assert!(domains.len() >= 15 && locked(&world.made).len() > 3_000);
    assert_one_unconditional(&addresses);
    for n in 0..SOURCES {
        assert_never_early(n, &addresses);
        assert_end(n, &house, &addresses);
    }
}

/// Feeds with validators and pages are sent whole once to a request that carried none.
fn assert_one_unconditional(addresses: &BTreeMap<String, Vec<Made>>) {
    let bare = (0..SOURCES).filter(|n| habit(*n) == NoValidators);
    let bare: BTreeSet<String> = bare.map(|n| format!("https://{}/feed", host(n))).collect();
    let mut seen = 0;
    for (address, made) in addresses {
        let whole = made.iter().filter(|m| m.status == 200 && !m.conditional);
        let count = whole.count();
        if !bare.contains(address) && !address.ends_with("robots.txt") {
            assert!(count <= 1, "{address}: {count} unconditional requests");
            seen += count;
        }
    }
    assert!(seen > SOURCES, "{seen} whole answers");
}

fn assert_never_early(n: usize, addresses: &BTreeMap<String, Vec<Made>>) {
    let address = format!("https://{}/feed", host(n));
    let answered: Vec<&Made> = addresses[&address]
        .iter()
        .filter(|m| m.status > 0)
        .collect();
    for pair in answered.windows(2) {
        let wait = pair[1].at - pair[0].at;
        assert!(
            wait >= least(habit(n), pair[0].status),
            "s{n} {:?}: {pair:?}",
            habit(n)
        );
    }
    let conditional = answered[1..]
        .iter()
        .filter(|m| !m.conditional && m.status != 301);
    if habit(n) != NoValidators {
        assert_eq!(conditional.count(), 0, "s{n} {:?}", habit(n));
    }
}

fn assert_end(n: usize, house: &House, addresses: &BTreeMap<String, Vec<Made>>) {
    let (row, habit) = (house.source(&format!("s{n}")), habit(n));
    let what = format!("s{n} {habit:?}: {} {}", row.state.as_str(), row.message);
    if !matches!(habit, Flapping | RetryAfter) {
        // Its domain may be silent for the sake of another source.
        let fine = matches!(row.state, SourceState::Ok | SourceState::Throttled);
        assert!(fine && row.failures == 0, "{what}");
    }
    assert!(
        row.articles >= 20 || habit == Gone,
        "{what}: {} articles",
        row.articles
    );
    let old = &addresses[&format!("https://{}/feed", host(n))];
    if habit == Moving {
        let new = format!("https://new-{}/feed/", host(n));
        assert_eq!(row.adopted_url.as_deref(), Some(new.as_str()), "{what}");
        let redirected: Vec<_> = old.iter().filter(|m| m.status == 301).collect();
        let over = redirected.last().unwrap().at - redirected[0].at;
        assert!(
            redirected.len() >= 5 && over >= TimeDelta::hours(24),
            "{what}"
        );
        assert!(over < TimeDelta::hours(48), "{what}: {over}");
    } else {
        assert_eq!(row.adopted_url, None, "{what}");
        assert!(old.len() > 40, "{what}: {} requests", old.len());
    }
    if habit == NoValidators {
        assert!(row.unconditional > 50, "{what}");
    } else {
        assert!(row.unconditional <= 2, "{what}: {}", row.unconditional);
    }
}
