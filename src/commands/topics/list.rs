//! `depeche topics list`.

use std::collections::HashMap;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::commands::explain::reader;
use crate::commands::{Outcome, clock};
use crate::config::Config;
use crate::daemon::entries_in_feed;
use crate::model::TopicId;
use crate::overview::in_feed_of;
use crate::store::{DATABASE, TopicCount};

/// Arguments of `topics list`.
#[derive(clap::Args)]
pub(in crate::commands) struct Arguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lists the topics; without a store they have no entries yet.
pub(super) fn list(config: &Config, arguments: &Arguments) -> Outcome {
    let (mut counts, mut in_feed): (Vec<TopicCount>, HashMap<TopicId, u64>) = Default::default();
    if config.daemon.state_dir.join(DATABASE).exists() {
        let reader = reader(config)?;
        counts = reader.queries().topic_counts()?;
        in_feed = entries_in_feed(&reader.queries(), config, clock().now())?;
    }
    let topics: Vec<Value> = config
        .topics
        .iter()
        .map(|topic| {
            let count = counts.iter().find(|c| c.topic == topic.id);
            json!({
                "id": topic.id, "title": topic.title, "language": topic.languages,
                "entries": count.map_or(0, |c| c.entries), "newest": count.and_then(|c| c.newest),
                "in_feed": in_feed.get(&topic.id),
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
        let all = topic["entries"].as_u64().unwrap_or_default();
        let entries = in_feed_of(topic["in_feed"].as_u64(), all);
        let noun = if all == 1 { "entry" } else { "entries" };
        println!(
            "{:<24}{entries:>10} {noun:<7}  {}",
            text("id"),
            text("title")
        );
        println!("{:<24}{:>18}  {}", "", "", text("feed"));
    }
    Ok(ExitCode::SUCCESS)
}
