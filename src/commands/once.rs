//! `depeche once`: poll everything that is due, publish, end.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Outcome, clock, run, runtime};
use crate::clock::{Clock, FixedClock};
use crate::config::Config;
use crate::daemon::{Event, Progress};
use crate::ingest::Completed;
use crate::store::SourceState;

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

/// Polls once; exit code 1 when no source at all could be read. A time that is pretended stands
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
    runtime()?.block_on(async {
        let daemon = run::open(config, path, clock, arguments.record.as_deref()).await?;
        daemon.once(&tally).await?;
        anyhow::Ok(())
    })?;
    tally.print(arguments.json);
    let all_failed =
        tally.polled.load(Ordering::Relaxed) > 0 && tally.read.load(Ordering::Relaxed) == 0;
    Ok(if all_failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Counts what happens, and shows it where there is a terminal.
struct Tally {
    bar: Option<ProgressBar>,
    polled: AtomicUsize,
    read: AtomicUsize,
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
            polled: AtomicUsize::default(),
            read: AtomicUsize::default(),
            new: AtomicUsize::default(),
            stored: AtomicUsize::default(),
            matched: AtomicUsize::default(),
            deferred: AtomicUsize::default(),
        }
    }

    fn words(&self) -> String {
        let n = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        format!(
            "{} of {} sources read, {} new candidates, {} articles stored, {} on a topic, {} waiting for their page",
            n(&self.read),
            n(&self.polled),
            n(&self.new),
            n(&self.stored),
            n(&self.matched),
            n(&self.deferred)
        )
    }

    fn print(&self, json: bool) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if !json {
            println!("{}", self.words());
            return;
        }
        let n = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        println!(
            "{}",
            serde_json::json!({
                "polled": n(&self.polled), "read": n(&self.read), "new": n(&self.new),
                "stored": n(&self.stored), "matched": n(&self.matched), "deferred": n(&self.deferred),
            })
        );
    }
}

impl Progress for Tally {
    fn event(&self, event: &Event) {
        let add = |counter: &AtomicUsize, n: usize| counter.fetch_add(n, Ordering::Relaxed);
        match event {
            Event::Polled(_, polled) => {
                add(&self.polled, 1);
                add(&self.new, polled.new);
                let read = matches!(
                    polled.state,
                    SourceState::Ok | SourceState::Stale | SourceState::Empty
                );
                add(&self.read, usize::from(read));
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
