//! The index of stories at size: `cargo bench --bench stories [-- ARTICLES…]`, by default 10 000 and
//! 100 000. A month of made-up articles goes through the store's own transaction: copies and
//! truncations of what other outlets wrote lately, series that differ by their numbers, and lines
//! that a source repeats under every text.

#[path = "common/mod.rs"]
mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use common::{French, Numbers, percentile};
use depeche::model::{Candidate, Extracted, SourceId};
use depeche::store::{
    Attempt, Commit, DATABASE, Gate, Minting, Seen, Sighting, Store, Storing, Terms,
};
use depeche::story::{Arrival, Level, Settings, fingerprint_and_paragraphs};

/// Articles of one transaction while the index grows.
const BATCH: usize = 1_000;
/// Articles measured one by one.
const MEASURED: usize = 2_000;
/// Days over which the articles are spread: the window of the index and its grace.
const DAYS: i64 = 30;
/// Sources that write them.
const SOURCES: usize = 200;
/// Of a hundred articles so many are taken from one of the latest…
const COPIED: usize = 8;
/// …and so many are issues of a series.
const SERIAL: usize = 3;
/// How far back copies reach, in articles.
const REACH: usize = 3_000;
/// Series of bulletins.
const SERIES: usize = 60;

fn terms() -> Terms {
    Terms {
        stories: Settings::default(),
        apart: Arc::default(),
        rulebook: Arc::default(),
        minting: Minting {
            authority: "localhost".to_owned(),
            date: "2026-01-01".to_owned(),
        },
    }
}

struct Text {
    source: usize,
    title: String,
    paragraphs: Vec<String>,
    copy: bool,
}

/// What article `n` would be if it were nobody's copy.
fn original(french: &French, n: usize) -> Text {
    let mut numbers = Numbers::new(n as u64);
    if numbers.percent(SERIAL) {
        let series = numbers.below(SERIES);
        return bulletin(french, series, &mut numbers);
    }
    let count = 2 + numbers.rank(12);
    Text {
        source: numbers.below(SOURCES),
        title: french.title(&mut numbers),
        paragraphs: (0..count).map(|_| french.paragraph(&mut numbers)).collect(),
        copy: false,
    }
}

/// An issue of a series: the words of all its issues, other numbers.
fn bulletin(french: &French, series: usize, numbers: &mut Numbers) -> Text {
    let mut fixed = Numbers::new(900_000_000 + series as u64);
    let lines = (0..4).map(|_| {
        let (a, b) = (numbers.below(40), numbers.below(1_000));
        format!(
            "{} {a} {} {b} {}",
            french.paragraph(&mut fixed),
            french.title(&mut fixed),
            french.title(&mut fixed)
        )
    });
    Text {
        source: series % SOURCES,
        paragraphs: lines.collect(),
        title: format!("{} du {}", french.title(&mut fixed), numbers.below(31)),
        copy: false,
    }
}

fn text(french: &French, n: usize) -> Text {
    let mut numbers = Numbers::new(500_000_000 + n as u64);
    let mut text = if n > REACH && numbers.percent(COPIED) {
        let mut copied = original(french, n - 1 - numbers.below(REACH));
        let kept = copied.paragraphs.len() * (60 + numbers.below(41)) / 100;
        copied.paragraphs.truncate(kept.max(1));
        copied.title = french.title(&mut numbers);
        copied.source = numbers.below(SOURCES);
        copied.copy = true;
        copied
    } else {
        original(french, n)
    };
    if numbers.percent(30) {
        text.paragraphs[0].insert_str(0, "PARIS, 3 mars (AFP) -- ");
    }
    let source = text.source;
    text.paragraphs.push(format!(
        "Retrouvez toute l'actualité du journal numéro {source} sur notre site et dans nos lettres"
    ));
    text
}

struct Made {
    sighting: Sighting,
    arrival: Arrival,
    text: String,
    copy: bool,
    /// Hashes of its paragraphs.
    hashes: Vec<i64>,
}

fn make(french: &French, n: usize, of: usize, start: DateTime<Utc>) -> Made {
    let Text {
        source,
        title,
        paragraphs,
        copy,
    } = text(french, n);
    let text = paragraphs.join("\n");
    let (fingerprint, hashes) = fingerprint_and_paragraphs(&title, &text, &|_| false);
    let published = start + TimeDelta::seconds(DAYS * 86_400 * n as i64 / of as i64);
    let id = SourceId(format!("source-{source}").into());
    let candidate = Candidate {
        id: n.to_string(),
        title: Some(title.clone()),
        published: Some(published),
        complete: true,
        ..Candidate::default()
    };
    Made {
        sighting: Sighting {
            source: id.clone(),
            identity: format!("www.outlet-{source}.example/{n}"),
            url: format!("https://www.outlet-{source}.example/{n}"),
            domain: format!("outlet-{source}.example"),
            hash: n as i64,
            candidate,
            gate: Gate::Open,
            hold: TimeDelta::hours(1),
        },
        arrival: Arrival {
            source: id,
            outlet: String::new(),
            fingerprint: Arc::new(fingerprint),
            title,
            canonical: String::new(),
            identity: None,
            published,
            language: Some("fr".to_owned()),
            compared: true,
        },
        text,
        hashes: hashes.into_iter().map(u64::cast_signed).collect(),
        copy,
    }
}

/// Stores articles in one transaction as the pipeline does; says of each what it was found to be, and
/// what it took within the transaction: sighting, look-up, text, keys, entries.
async fn store(store: &Store, batch: Vec<Made>) -> Vec<(bool, Level, Duration)> {
    let stored = store.write(move |w| {
        let terms = terms();
        let mut levels = Vec::with_capacity(batch.len());
        for made in batch {
            let (now, begun) = (made.arrival.published, Instant::now());
            let Seen::New(id) = w.record_sighting(&made.sighting, now)? else {
                continue;
            };
            let commit = Commit {
                paragraphs: made.hashes,
                storing: Storing {
                    extracted: Extracted {
                        title: Some(made.arrival.title.clone()),
                        text: made.text,
                        how: "bench".to_owned(),
                        ..Extracted::default()
                    },
                    summary: String::new(),
                    categories: Vec::new(),
                    enclosures: Vec::new(),
                    outlet_date: Some(now),
                    hold_until: now,
                    attempt: Attempt::default(),
                },
                arrival: made.arrival,
                verdicts: Vec::new(),
                compared: true,
                boilerplate: 0,
                aliases: Vec::new(),
            };
            let level = w.commit_article(id, &commit, &terms, now)?.level;
            levels.push((made.copy, level, begun.elapsed()));
        }
        Ok(levels)
    });
    stored.await.expect("stored")
}

/// Fills a store, purging as the daemon does every day.
async fn grow(opened: &Store, french: &French, articles: usize, start: DateTime<Utc>) {
    let begun = Instant::now();
    let mut day = 0;
    let mut next = 0;
    while next < articles {
        let to = (next + BATCH).min(articles);
        let batch = (next..to)
            .map(|n| make(french, n, articles, start))
            .collect();
        store(opened, batch).await;
        next = to;
        let today = DAYS * next as i64 / articles as i64;
        if today > day {
            day = today;
            let now = start + TimeDelta::days(today);
            while opened
                .write(move |w| w.purge_batch(&Settings::default(), now))
                .await
                .expect("purged")
                > 0
            {}
            if day % 3 == 0 {
                eprintln!("  {next} of {articles} articles, {:.0?}", begun.elapsed());
            }
        }
    }
}

/// Looks up articles that are not stored.
async fn look_up(opened: &Store, fresh: &[Made]) -> Vec<Duration> {
    let arrivals: Vec<Arrival> = fresh.iter().map(|m| m.arrival.clone()).collect();
    let found = opened.write(move |w| {
        let terms = terms();
        let mut times = Vec::with_capacity(arrivals.len());
        for arrival in &arrivals {
            let begun = Instant::now();
            std::hint::black_box(w.look_up(arrival, &terms)?);
            times.push(begun.elapsed());
        }
        Ok(times)
    });
    found.await.expect("looked up")
}

fn bytes(folder: &Path) -> u64 {
    let size = |name: String| std::fs::metadata(folder.join(name)).map_or(0, |m| m.len());
    size(DATABASE.to_owned()) + size(format!("{DATABASE}-wal"))
}

async fn run(french: &French, articles: usize) {
    let folder = std::env::temp_dir().join(format!("depeche-bench-{}", std::process::id()));
    let opened = Store::open(&folder).expect("a store");
    let start = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
    let begun = Instant::now();
    grow(&opened, french, articles, start).await;
    let grown = begun.elapsed();
    let measured = articles..articles + MEASURED;
    let fresh: Vec<Made> = measured.map(|n| make(french, n, articles, start)).collect();
    let mut looked = look_up(&opened, &fresh).await;
    let mut committed = Vec::with_capacity(MEASURED);
    let mut inserted = Vec::with_capacity(MEASURED);
    let (mut copies, mut found) = (0, 0);
    for made in fresh {
        let begun = Instant::now();
        let levels = store(&opened, vec![made]).await;
        committed.push(begun.elapsed());
        for (copy, level, took) in levels {
            inserted.push(took);
            copies += usize::from(copy);
            found += usize::from(copy && level >= Level::Derived);
        }
    }
    let index = opened
        .write(|w| w.index_bytes())
        .await
        .expect("the size of the index");
    opened.close().await;
    println!(
        "{articles:>9} {:>8.0} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>9} {:>7} {:>5}/{}",
        grown.as_secs_f64(),
        percentile(&mut looked, 0.5).as_micros(),
        percentile(&mut looked, 0.95).as_micros(),
        percentile(&mut looked, 0.99).as_micros(),
        percentile(&mut inserted, 0.5).as_micros(),
        percentile(&mut inserted, 0.95).as_micros(),
        percentile(&mut committed, 0.5).as_micros(),
        percentile(&mut committed, 0.95).as_micros(),
        index >> 20,
        bytes(&folder) >> 20,
        found,
        copies,
    );
    let _ = std::fs::remove_dir_all(&folder);
}

/// Sizes given as arguments, else the default ones.
fn sizes(otherwise: &[usize]) -> Vec<usize> {
    let given: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    if given.is_empty() {
        otherwise.to_vec()
    } else {
        given
    }
}

fn main() {
    let french = French::new();
    println!(
        "{:>9} {:>8} {:>23} {:>15} {:>15} {:>9} {:>7} {:>9}",
        "articles", "grown", "look-up µs", "insert µs", "alone µs", "index", "file", "copies"
    );
    println!(
        "{:>9} {:>8} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>9} {:>7} {:>9}",
        "", "s", "p50", "p95", "p99", "p50", "p95", "p50", "p95", "MB", "MB", "found"
    );
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for articles in sizes(&[10_000, 100_000]) {
        runtime.block_on(run(&french, articles));
    }
}
