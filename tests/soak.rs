//! A long run in simulated time: polls, pages, publishing, upkeep, day after day. Memory and
//! descriptors stay flat, the database is as large as what is kept.
//!
//! `DEPECHE_SOAK=365 cargo test --test soak -- --nocapture` for a year (ten days without).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod simulated;

use std::fs;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use depeche::daemon::{Daemon, Scheduler};
use depeche::isolate::Extractor;
use depeche::store::{DATABASE, Store};
use rusqlite::{Connection, OpenFlags};
use simulated::{Asked, House, Reply, START, World, page, prose, rss};

const SOURCES: u64 = 8;
/// Hours between two articles of a source.
const RHYTHM: i64 = 3;
/// Days for which articles are kept, in a short run and in a long one.
const KEEP: [i64; 2] = [2, 60];
/// What a dropped article leaves in the store at most, in KiB: half of it the row of its article, the rest
/// its keys in indexes.
const LEFT_KIB: u64 = 1;
/// What the database's connections keep of it at most, in KiB: their caches fill as it grows.
const CACHES_KIB: u64 = 24 << 10;
/// Days of an ordinary run of the tests.
const DAYS: i64 = 10;

/// What the process and its store take.
#[derive(Debug, Clone, Copy)]
struct Taken {
    day: i64,
    articles: u64,
    texts: u64,
    entries: u64,
    requests: usize,
    store_kib: u64,
    memory_kib: u64,
    descriptors: usize,
}

fn feed(asked: &Asked, n: u64) -> Reply {
    let step = RHYTHM * 3_600;
    let newest = asked.now.timestamp() / step;
    let entry = |k: i64| {
        let date = DateTime::from_timestamp(k * step, 0).unwrap();
        let link = format!("https://{}/articles/{k}", asked.host);
        let title = prose(k as u64 * 97 + n, 7);
        let text = prose(k as u64 * SOURCES + n, 160);
        (format!("{n}-{k}"), link, title, text, date)
    };
    let entries: Vec<_> = (newest - 7..=newest).rev().map(entry).collect();
    Reply::feed(rss("", &entries)).tagged(asked, &format!("\"{newest}\""))
}

/// Outlets that go on for ever; every fourth has to be read page by page.
fn house(keep: i64) -> House {
    let world = World::new();
    let mut sources = String::new();
    for n in 0..SOURCES {
        let host = format!("www.outlet-{n}.org");
        world.script(&host, move |asked: &Asked| match asked.path.as_str() {
            "/feed" => feed(asked, n),
            "/robots.txt" => Reply::status(404),
            path => {
                let seed = path
                    .bytes()
                    .fold(n, |sum, b| sum * 31 % 9_973 + u64::from(b));
                Reply::ok("text/html", page(path, seed))
            }
        });
        let body = if n % 4 == 0 { "page" } else { "feed" };
        sources.push_str(&format!(
            "[[source]]\nid = \"s{n}\"\nurl = \"https://{host}/feed\"\nevery = \"3h\"\nbody = \"{body}\"\n"
        ));
    }
    let main = format!(
        "\n[store]\nkeep = \"{keep}d\"\n[publish]\nkeep = \"2d\"\noutput_dir = \"feeds\"\n"
    );
    House::new(&world, &main, &sources)
}

/// A line of `/proc/self/status` in KiB; 0 where there is none.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let number = line.and_then(|l| l.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}

async fn taken(house: &House, daemon: &Daemon, day: i64) -> Taken {
    let totals = daemon.pipeline.store.read(|r| r.queries().totals());
    let totals = totals.await.unwrap();
    let state = house.folder.path().join("var");
    let size = |name: String| fs::metadata(state.join(name)).map_or(0, |file| file.len());
    let counts = |wanted: &[&str]| {
        let states = totals.states.iter();
        let wanted = states.filter(|(state, _)| wanted.contains(&state.as_str()));
        wanted.map(|(_, count)| count).sum()
    };
    let feed = fs::read_to_string(house.folder.path().join("feeds/all.atom")).unwrap();
    let requests = std::mem::take(&mut *simulated::locked(&house.world.made)).len();
    Taken {
        day,
        articles: counts(&["published", "rejected", "duplicate", "old"]),
        texts: counts(&["published", "rejected", "duplicate"]),
        entries: feed.matches("<entry>").count() as u64,
        requests,
        store_kib: (size(DATABASE.to_owned()) + size(format!("{DATABASE}-wal"))) >> 10,
        memory_kib: resident(),
        descriptors: fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
    }
}

/// Lives from day to day; a row of figures after each `every` days.
async fn live(house: &House, days: i64, every: i64) -> Vec<Taken> {
    let (client, clock) = house.client();
    let config = house.config();
    let store = Store::open(&config.daemon.state_dir).unwrap();
    let opened = Daemon::on(store, config, None, (client, clock));
    let mut daemon = opened.await.unwrap();
    daemon.pipeline.extractor = Extractor::InProcess;
    let mut scheduler = Scheduler::new(daemon.pipeline.clone(), daemon.config.subscribe());
    let time = house.world.clock.clone();
    let start: DateTime<Utc> = START.parse().unwrap();
    let mut rows = Vec::new();
    for day in 1..=days {
        let end = start + TimeDelta::days(day);
        while simulated_now(house) < end {
            scheduler.sweep(&house.log).await.unwrap();
            let store = &daemon.pipeline.store;
            let next = store.read(|r| r.queries().next_due()).await.unwrap();
            let wait = next.map_or(TimeDelta::hours(1), |next| next - simulated_now(house));
            time.advance(wait.max(TimeDelta::seconds(1)).to_std().unwrap());
        }
        // Rendering is most of the work, and the same each time.
        daemon.publisher.publish(&daemon.current()).await.unwrap();
        daemon.purge().await.unwrap();
        daemon.index().await.unwrap();
        daemon.pipeline.remember().await.unwrap();
        simulated::locked(&house.log.notes).clear();
        if day % every == 0 {
            rows.push(taken(house, &daemon, day).await);
            println!("{:?}", rows.last());
            println!("  KiB: {}", largest(house));
        }
    }
    daemon.pipeline.store.close().await;
    rows
}

/// The tables and indexes that take most of the store, with their KiB.
fn largest(house: &House) -> String {
    let path = house.folder.path().join("var").join(DATABASE);
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "SELECT name, sum(pgsize) >> 10 FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 12";
    let mut query = connection.prepare(sql).unwrap();
    let line = |row: &rusqlite::Row| {
        let (name, kib): (String, i64) = (row.get(0)?, row.get(1)?);
        Ok(format!("{name} {kib}"))
    };
    let lines = query.query_map([], line).unwrap();
    lines.collect::<Result<Vec<_>, _>>().unwrap().join(", ")
}

fn simulated_now(house: &House) -> DateTime<Utc> {
    use depeche::clock::Clock;
    house.world.clock.now()
}

fn table(rows: &[Taken]) {
    println!(
        "| day | articles | with text | in the feed | requests | store MiB | memory MiB | descriptors |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for row in rows {
        println!(
            "| {} | {} | {} | {} | {} | {:.1} | {:.1} | {} |",
            row.day,
            row.articles,
            row.texts,
            row.entries,
            row.requests,
            row.store_kib as f64 / 1_024.0,
            row.memory_kib as f64 / 1_024.0,
            row.descriptors
        );
    }
}

#[test]
fn a_long_run_takes_no_more_than_its_beginning() {
    let days = std::env::var("DEPECHE_SOAK").ok();
    let days = days.and_then(|n| n.parse().ok()).unwrap_or(DAYS);
    let (keep, every) = if days > 120 {
        (KEEP[1], 30)
    } else {
        (KEEP[0], 2)
    };
    let house = Arc::new(house(keep));
    let stepper = house.world.clock.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .on_thread_park(move || {
            stepper.step();
        })
        .build()
        .unwrap();
    let rows = runtime.block_on(live(&house, days, every));
    table(&rows);
    house.world.assert_polite();
    let last = rows.last().unwrap();
    // Once as much goes as comes.
    let settled = rows.iter().find(|row| row.day >= keep + 2 * every).unwrap();
    let stored = SOURCES * days as u64 * 24 / RHYTHM as u64;
    assert!(last.articles >= stored * 95 / 100, "{last:?} of {stored}");
    let within = |now: u64, then: u64, percent: u64| now <= then * percent / 100;
    assert!(
        within(last.texts, settled.texts, 105),
        "{settled:?} {last:?}"
    );
    assert!(
        last.descriptors <= settled.descriptors + 4,
        "{settled:?} {last:?}"
    );
    assert!(
        within(last.memory_kib, settled.memory_kib + CACHES_KIB, 110),
        "{settled:?} {last:?}"
    );
    // What is left of a dropped article stays for ever: it is what keeps it from coming back.
    let rows_kib = (last.articles - settled.articles) * LEFT_KIB;
    assert!(
        within(
            last.store_kib - rows_kib.min(last.store_kib),
            settled.store_kib,
            115
        ),
        "{settled:?} {last:?}"
    );
}
