//! `depeche sources`: the sources of the configuration with their state in words.

use std::process::ExitCode;

use serde_json::json;

use super::explain::reader;
use super::status::ago;
use super::{NOTHING_TO_DO, Outcome, clock};
use crate::config::Config;
use crate::overview::{Overview, span};
use crate::report::counted;
use crate::store::{Health, HealthState, SourceRow};

/// Arguments of `sources`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = HealthState::ALL.map(HealthState::as_str))]
    state: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lists the sources; exit code 4 when there is none to list.
pub(super) fn sources(config: &Config, arguments: &Arguments) -> Outcome {
    let reader = reader(config)?;
    let mut overview = Overview::read(&reader.queries(), config, clock().now())?;
    if let Some(state) = &arguments.state {
        (overview.sources).retain(|(_, health)| health.state.as_str() == state);
    }
    if arguments.json {
        println!("{}", json!(overview.sources_json()));
    } else {
        for (row, health) in &overview.sources {
            print!("{}", lines(&overview, row, health));
        }
    }
    Ok(match overview.sources.is_empty() {
        true => ExitCode::from(NOTHING_TO_DO),
        false => ExitCode::SUCCESS,
    })
}

fn lines(overview: &Overview, row: &SourceRow, health: &Health) -> String {
    let figures = overview.figures_of(&row.id);
    let read = row.last_ok_at.map_or_else(
        || "never read".to_owned(),
        |t| format!("read {}", ago(t, overview.now)),
    );
    let next = (row.next_fetch_at - overview.now).num_seconds();
    let whole = figures
        .whole_percent()
        .map_or_else(String::new, |n| format!(", {n} % whole"));
    let mut text = format!(
        "{:<24}{:<10}{read}, next in {}, {}{whole}\n{:<24}{}\n",
        row.id.as_str(),
        health.state.as_str(),
        span(next),
        counted(row.articles, "article"),
        "",
        row.adopted_url.as_deref().unwrap_or(&row.url),
    );
    if !health.words.is_empty() {
        let since = health.since.format("%Y-%m-%d %H:%M UTC");
        text += &format!("{:<24}since {since}: {}\n", "", health.words);
    }
    text
}
