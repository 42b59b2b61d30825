//! `depeche once`: poll everything that is due, publish, end.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressStyle};

use super::{NOTHING_TO_DO, Outcome, clock, run, small_runtime};
use crate::clock::{Clock, FixedClock};
use crate::config::Config;
use crate::daemon::{Event, Progress};
use crate::ingest::Completed;
use crate::model::SourceId;
use crate::report::counted;
use crate::store::{Reader, SourceState};

/// Arguments of `once`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print the counts as JSON
    #[arg(long)]
    json: bool,
    /// Keep every exchange in this folder, for `replay`; one thing is then done after the other
    #[arg(long, value_name = "FOLDER")]
    record: Option<PathBuf>,
}

/// Polls once; exit code 1 when no source at all could be read, 4 when nothing was due. A time that is pretended stands
/// still, so that two runs at one time give the same bytes.
pub(super) fn once(
    config: Config,
    path: Option<PathBuf>,
    arguments: &Arguments,
    now: Option<DateTime<Utc>>,
) -> Outcome {
    let clock: Arc<dyn Clock> = match now {
        Some(now) => Arc::new(FixedClock::new(now)),
        None => clock(),
    };
    let tally = Tally::new(arguments.json);
    let next = small_runtime()?.block_on(async {
        let daemon = run::open(config, path, clock, arguments.record.as_deref()).await?;
        daemon.once(&tally).await?;
        let next = |r: &Reader| Ok((r.queries().next_due()?, r.queries().next_article_due()?));
        let (source, article) = daemon.pipeline.store.read(next).await?;
        anyhow::Ok(source.into_iter().chain(article).min())
    })?;
    tally.finish();
    if tally.is_empty() && !arguments.json {
        let next = next.map_or_else(
            || "there is no source".to_owned(),
            |at| format!("the next is due at {}", at.format("%Y-%m-%d %H:%M:%S UTC")),
        );
        println!("nothing to do: {next}");
    } else {
        tally.print(arguments.json);
    }
    Ok(match tally.sources() {
        _ if tally.is_empty() => ExitCode::from(NOTHING_TO_DO),
        (1.., 0) => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    })
}

/// Counts what happens, and shows it where there is a terminal.
struct Tally {
    bar: Option<ProgressBar>,
    /// The sources that were polled, and whether the last time they could be read.
    polled: Mutex<HashMap<SourceId, bool>>,
    new: AtomicUsize,
    stored: AtomicUsize,
    matched: AtomicUsize,
    deferred: AtomicUsize,
}

impl Tally {
    fn new(json: bool) -> Self {
        let bar = (!json && std::io::stderr().is_terminal()).then(ProgressBar::new_spinner);
        if let (Some(bar), Ok(style)) = (
            &bar,
            ProgressStyle::with_template("{spinner} {elapsed} {msg}"),
        ) {
            bar.set_style(style);
        }
        Self {
            bar,
            polled: Mutex::default(),
            new: AtomicUsize::default(),
            stored: AtomicUsize::default(),
            matched: AtomicUsize::default(),
            deferred: AtomicUsize::default(),
        }
    }

    /// How many sources were polled, and how many of them were read: a source that was tried twice is one.
    fn sources(&self) -> (usize, usize) {
        let polled = self.polled.lock().unwrap_or_else(PoisonError::into_inner);
        (polled.len(), polled.values().filter(|read| **read).count())
    }

    fn words(&self) -> String {
        let (polled, read) = self.sources();
        let n = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        format!(
            "{} of {} read, {}, {} stored, {} on a topic, {} waiting for their page",
            read,
            counted(polled, "source"),
            counted(n(&self.new), "new candidate"),
            counted(n(&self.stored), "article"),
            n(&self.matched),
            n(&self.deferred)
        )
    }

    /// Whether nothing at all was due.
    fn is_empty(&self) -> bool {
        let counters = [&self.stored, &self.deferred];
        self.sources().0 == 0 && counters.iter().all(|n| n.load(Ordering::Relaxed) == 0)
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn print(&self, json: bool) {
        if !json {
            println!("{}", self.words());
            return;
        }
        let n = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        let (polled, read) = self.sources();
        println!(
            "{}",
            serde_json::json!({
                "polled": polled, "read": read, "new": n(&self.new),
                "stored": n(&self.stored), "matched": n(&self.matched), "deferred": n(&self.deferred),
            })
        );
    }
}

impl Progress for Tally {
    fn event(&self, event: &Event) {
        let add = |counter: &AtomicUsize, n: usize| counter.fetch_add(n, Ordering::Relaxed);
        match event {
            Event::Polled(source, polled) => {
                add(&self.new, polled.new);
                let read = matches!(
                    polled.state,
                    SourceState::Ok | SourceState::Stale | SourceState::Empty
                );
                let mut sources = self.polled.lock().unwrap_or_else(PoisonError::into_inner);
                sources.insert(source.clone(), read);
            }
            Event::Completed(_, Completed::Stored { topics, .. }) => {
                add(&self.stored, 1);
                add(&self.matched, usize::from(*topics > 0));
            }
            Event::Completed(_, Completed::Deferred { .. }) => {
                add(&self.deferred, 1);
            }
            Event::Completed(_, Completed::Nothing) => {}
        }
        if let Some(bar) = &self.bar {
            bar.set_message(self.words());
            bar.tick();
        }
    }
}
