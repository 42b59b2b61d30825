//! The index of stories at size: `cargo bench --bench stories [-- ARTICLES…]`, by default 100 000.
//! Synthetic articles go through the store's own transaction; a twentieth of them are copies.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use depeche::model::{Candidate, Extracted, SourceId};
use depeche::store::{Commit, DATABASE, Gate, Minting, Seen, Sighting, Store, Storing, Terms};
use depeche::story::{Arrival, Settings, fingerprint};

/// Articles of one transaction while the index grows.
const BATCH: usize = 1_000;
/// Articles measured one by one.
const MEASURED: usize = 2_000;
/// Words of an article.
const WORDS: usize = 220;
/// Days over which the articles are spread: the window of the index and its grace.
const DAYS: i64 = 30;

struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

fn terms() -> Terms {
    Terms {
        stories: Settings::default(),
        apart: HashSet::new(),
        minting: Minting {
            authority: "localhost".to_owned(),
            date: "2026-01-01".to_owned(),
        },
    }
}

/// The text of article `n`; every twentieth repeats most of an earlier one.
fn text(n: u64) -> String {
    let copied = n % 20 == 19 && n > 500;
    let seed = if copied { n - 400 } else { n };
    let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut words: Vec<String> = (0..WORDS)
        .map(|_| {
            let (a, b) = (numbers.next(30_000), numbers.next(30_000));
            format!("mot{}", a * b / 30_000)
        })
        .collect();
    if copied {
        words.truncate(WORDS * 9 / 10);
    }
    words
        .chunks(40)
        .map(|line| line.join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

struct Made {
    sighting: Sighting,
    arrival: Arrival,
    text: String,
}

fn make(n: u64, of: u64, start: DateTime<Utc>) -> Made {
    let text = text(n);
    let published = start + TimeDelta::seconds((DAYS * 86_400) * n as i64 / of as i64);
    let source = SourceId(format!("source-{}", n % 40));
    let title = format!(
        "Titre {} sur un sujet {} du jour {}",
        n * 7 % 9_973,
        n % 613,
        n % 30
    );
    let candidate = Candidate {
        id: n.to_string(),
        title: Some(title.clone()),
        published: Some(published),
        complete: true,
        ..Candidate::default()
    };
    Made {
        sighting: Sighting {
            source: source.clone(),
            identity: format!("bench:{n}"),
            url: format!("https://outlet.example/{n}"),
            domain: "outlet.example".to_owned(),
            hash: n as i64,
            candidate,
            gate: Gate::Open,
            hold: TimeDelta::hours(1),
        },
        arrival: Arrival {
            source,
            fingerprint: std::sync::Arc::new(fingerprint(&title, &text, &|_| false)),
            title,
            canonical: String::new(),
            identity: None,
            published,
            language: Some("fr".to_owned()),
            compared: true,
        },
        text,
    }
}

/// Stores one article as the pipeline does, and says how long its own transaction's work took.
async fn store(store: &Store, batch: Vec<Made>) -> Vec<Duration> {
    let stored = store.write(move |w| {
        let terms = terms();
        let mut times = Vec::with_capacity(batch.len());
        for made in batch {
            let now = made.arrival.published;
            let Seen::New(id) = w.record_sighting(&made.sighting, now)? else {
                continue;
            };
            let commit = Commit {
                storing: Storing {
                    id,
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
                    next_try: None,
                    last_error: None,
                    significant: false,
                    counted: false,
                },
                arrival: made.arrival,
                paragraphs: Vec::new(),
                verdicts: Vec::new(),
                aliases: Vec::new(),
            };
            let begun = Instant::now();
            w.commit_article(&commit, &terms, now)?;
            times.push(begun.elapsed());
        }
        Ok(times)
    });
    stored.await.expect("stored")
}

fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share) as usize]
}

async fn run(articles: u64) {
    let folder = std::env::temp_dir().join(format!("depeche-bench-{}", std::process::id()));
    let opened = Store::open(&folder).expect("a store");
    let start = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
    let begun = Instant::now();
    let mut next = 0;
    while next < articles {
        let to = (next + BATCH as u64).min(articles);
        let batch = (next..to).map(|n| make(n, articles, start)).collect();
        store(&opened, batch).await;
        next = to;
    }
    let grown = begun.elapsed();
    let measured = articles..articles + MEASURED as u64;
    let fresh: Vec<Made> = measured.map(|n| make(n, articles, start)).collect();
    let lookups = fresh
        .iter()
        .map(|m| (m.arrival.clone(), m.sighting.identity.clone()));
    let lookups: Vec<Arrival> = lookups.map(|(arrival, _)| arrival).collect();
    let mut found = opened
        .write(move |w| {
            let terms = terms();
            let mut times = Vec::with_capacity(lookups.len());
            for arrival in &lookups {
                let begun = Instant::now();
                std::hint::black_box(w.look_up(arrival, &terms)?);
                times.push(begun.elapsed());
            }
            Ok(times)
        })
        .await
        .expect("looked up");
    let mut committed = Vec::with_capacity(MEASURED);
    for made in fresh {
        committed.extend(store(&opened, vec![made]).await);
    }
    let index = opened
        .write(|w| w.index_bytes())
        .await
        .expect("the size of the index");
    opened.close().await;
    let size = std::fs::metadata(folder.join(DATABASE)).map_or(0, |m| m.len());
    println!("{articles} articles of {WORDS} words over {DAYS} days, stored in {grown:.0?}");
    println!(
        "  look-up            p50 {:?}  p95 {:?}",
        percentile(&mut found, 0.5),
        percentile(&mut found, 0.95)
    );
    println!(
        "  look-up and insert p50 {:?}  p95 {:?}",
        percentile(&mut committed, 0.5),
        percentile(&mut committed, 0.95)
    );
    println!("  index {} MB, database {} MB", index >> 20, size >> 20);
    let _ = std::fs::remove_dir_all(&folder);
}

fn main() {
    let sizes: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![100_000]
    } else {
        sizes
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for articles in sizes {
        runtime.block_on(run(articles));
    }
}
