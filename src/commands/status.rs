//! `depeche status`: what the daemon does, and how its sources and topics are; works beside a
//! running daemon and without one.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::explain::reader;
use super::output::Output;
use super::{Outcome, WRONG_CONFIGURATION, clock, print_problems};
use crate::config::{self, Config, Problem};
use crate::daemon::Refused;
use crate::overview::{Overview, span};
use crate::report::counted;
use crate::store::{HealthState, Reader, daemon_of};

/// Time between two looks of `--watch`.
const WATCH_EVERY: Duration = Duration::from_secs(2);
/// Moves to the top left and empties the screen.
const CLEAR: &str = "\u{1b}[H\u{1b}[2J";

/// Arguments of `status`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Show it anew every two seconds, until Ctrl-C
    #[arg(long, conflicts_with = "json")]
    watch: bool,
    /// Print JSON: the same as /status.json
    #[arg(long)]
    json: bool,
}

/// Prints the state of everything; exit code 2 when the configuration is wrong: then it is said, and
/// the state is what the store holds.
pub(super) fn status(path: Option<&Path>, arguments: &Arguments) -> Outcome {
    if arguments.watch && !std::io::stdout().is_terminal() {
        eprintln!("depeche: --watch needs a terminal; leave it out, or ask for --json");
        return Ok(ExitCode::from(WRONG_CONFIGURATION));
    }
    let (config, problems) = config::load_in_part(path);
    let code = match problems.is_empty() {
        true => ExitCode::SUCCESS,
        false => {
            print_problems(&problems, "what is in force is what the daemon read last");
            ExitCode::from(WRONG_CONFIGURATION)
        }
    };
    let Some(config) = config else {
        return Ok(code);
    };
    let reader = reader(&config)?;
    if !arguments.watch {
        print!("{}", shown(&config, &problems, &reader, arguments.json)?);
        return Ok(code);
    }
    loop {
        let text = shown(&config, &problems, &reader, false)?;
        let mut out = Output;
        write!(out, "{CLEAR}{text}")?;
        out.flush()?;
        std::thread::sleep(WATCH_EVERY);
    }
}

fn shown(
    config: &Config,
    problems: &[Problem],
    reader: &Reader,
    json: bool,
) -> anyhow::Result<String> {
    let overview = Overview::read(&reader.queries(), config, clock().now())?;
    if json {
        let mut value = overview.as_json(config);
        let problems: Vec<Refused> = problems.iter().map(Refused::of).collect();
        value["configuration"]["problems"] = json!(problems);
        return Ok(format!("{value:#}\n"));
    }
    Ok(words(config, problems.len(), &overview)?)
}

fn words(config: &Config, problems: usize, overview: &Overview) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let running = match daemon_of(&config.daemon.state_dir) {
        Some(pid) => format!("running as process {pid}, {}", config.daemon.base_url),
        None => "not running".to_owned(),
    };
    writeln!(out, "depeche {}: {running}", env!("CARGO_PKG_VERSION"))?;
    if problems > 0 {
        writeln!(
            out,
            "The configuration in {} is wrong in {}: `depeche check` tells where.",
            config.origin,
            counted(problems, "place")
        )?;
    }
    if let Some(reloaded) = overview
        .reloaded
        .as_ref()
        .filter(|r| !r.problems.is_empty())
    {
        let ago = ago(reloaded.at, overview.now);
        writeln!(
            out,
            "The configuration read {ago} was refused; the one before is in force:"
        )?;
        for problem in &reloaded.problems {
            writeln!(out, "  {problem}")?;
        }
    }
    writeln!(out, "\nSources: {}", by_state(&overview.source_states()))?;
    for (row, health) in &overview.sources {
        if matches!(health.state, HealthState::Ok | HealthState::New) {
            continue;
        }
        let since = health.since.format("%Y-%m-%d %H:%M");
        writeln!(
            out,
            "  {:<24}{} since {since}: {}",
            row.id.as_str(),
            health.state.as_str(),
            health.words
        )?;
    }
    writeln!(out, "\nTopics: {}", config.topics.len())?;
    for topic in &config.topics {
        let (entries, newest) = overview.entries(&topic.id);
        let newest = newest.map_or_else(String::new, |t| {
            format!(", newest {}", ago(t, overview.now))
        });
        let words = counted(entries, "entry");
        let in_feed = overview.in_feed.get(&topic.id).filter(|n| **n != entries);
        let in_feed = in_feed.map_or_else(String::new, |n| format!(", {n} of them in the feed"));
        writeln!(out, "  {:<24}{words}{in_feed}{newest}", topic.id.as_str())?;
    }
    let states: Vec<(&str, u64)> = (overview.states.iter())
        .map(|(s, n)| (s.as_str(), *n))
        .collect();
    writeln!(out, "\nArticles: {}", by_state(&states))?;
    Ok(out)
}

fn by_state<N: std::fmt::Display>(counts: &[(&str, N)]) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|(word, n)| format!("{n} {word}"))
        .collect();
    parts.join(", ")
}

/// How long ago something was.
pub(super) fn ago(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} ago", span((now - time).num_seconds()))
}
