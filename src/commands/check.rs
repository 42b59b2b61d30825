//! `depeche check`: every problem of the configuration, with its place; and the sources that have
//! moved.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::{WRONG_CONFIGURATION, counted, print_problems, shown};
use crate::config::{self, Config};
use crate::daemon::Refused;
use crate::model::SourceId;
use crate::store::open_reader;

/// Arguments of `check`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print the problems as JSON
    #[arg(long)]
    json: bool,
}

/// Checks the configuration: exit code 0 when it is fine, 2 when it is not.
pub(super) fn check(path: Option<&Path>, arguments: &Arguments) -> ExitCode {
    match config::load(path) {
        Ok(config) if arguments.json => {
            let moved: Vec<_> = moved(&config)
                .into_iter()
                .map(|(id, url)| json!({"source": id, "url": url}))
                .collect();
            println!(
                "{}",
                json!({"ok": true, "sources": config.sources.len(), "topics": config.topics.len(), "moved": moved})
            );
            ExitCode::SUCCESS
        }
        Ok(config) => {
            let sources = counted(config.sources.len(), "source");
            let topics = counted(config.topics.len(), "topic");
            println!("{}: fine: {sources}, {topics}", shown(path));
            for (id, url) in moved(&config) {
                println!("source {id} has moved to {url}: write this address into sources.toml");
            }
            ExitCode::SUCCESS
        }
        Err(problems) => {
            if arguments.json {
                let list: Vec<_> = problems.iter().map(Refused::of).collect();
                println!("{}", json!({"ok": false, "problems": list}));
            } else {
                print_problems(&problems, "a running daemon keeps the one it has");
            }
            ExitCode::from(WRONG_CONFIGURATION)
        }
    }
}

/// Sources that have moved by what the daemon has learnt, if it has run: a store that cannot be
/// read is not a mistake of the configuration.
fn moved(config: &Config) -> Vec<(SourceId, String)> {
    let rows = open_reader(&config.daemon.state_dir).and_then(|r| r.queries().sources(false));
    rows.unwrap_or_default()
        .into_iter()
        .filter(|row| {
            let known = config.source(&row.id);
            known.is_some_and(|source| source.url.as_str() == row.url)
        })
        .filter_map(|row| Some((row.id, row.adopted_url?)))
        .collect()
}
