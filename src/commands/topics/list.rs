//! `depeche topics list`.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::commands::Outcome;
use crate::config::Config;
use crate::store::{TopicCount, open_reader};

/// Arguments of `topics list`.
#[derive(clap::Args)]
pub(in crate::commands) struct Arguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lists the topics; without a store they have no entries yet.
pub(super) fn list(config: &Config, arguments: &Arguments) -> Outcome {
    let counts: Vec<TopicCount> = match open_reader(&config.daemon.state_dir) {
        Ok(reader) => reader.queries().topic_counts()?,
        Err(_) => Vec::new(),
    };
    let topics: Vec<Value> = config
        .topics
        .iter()
        .map(|topic| {
            let count = counts.iter().find(|c| c.topic == topic.id);
            json!({
                "id": topic.id, "title": topic.title, "language": topic.languages,
                "entries": count.map_or(0, |c| c.entries), "newest": count.and_then(|c| c.newest),
                "exec": topic.exec.as_ref().map(|exec| &exec.command),
                "feed": format!("{}feeds/{}.atom", config.daemon.base_url, topic.id),
            })
        })
        .collect();
    if arguments.json {
        println!("{}", json!(topics));
        return Ok(ExitCode::SUCCESS);
    }
    for topic in &topics {
        let text = |key: &str| topic[key].as_str().unwrap_or_default();
        println!(
            "{:<24}{:>6} entries  {}",
            text("id"),
            topic["entries"],
            text("title")
        );
        println!("{:<24}{:>14}  {}", "", "", text("feed"));
    }
    Ok(ExitCode::SUCCESS)
}
