//! `depeche preview`: what a topic would keep and reject, by the rules as they stand in the files.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::explain::reader;
use super::{NOTHING_TO_DO, Outcome, clock, runtime};
use crate::config::{self, Config};
use crate::ingest::judge_stored;
use crate::store::{ArticleRow, Reader};
use crate::topic::{Topic, Verdict};

/// Arguments of `preview`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Id of the topic
    topic: String,
    /// How far back
    #[arg(long, default_value = "30d", value_name = "AGE", value_parser = config::parse_age)]
    since: Duration,
    /// Rejected articles shown, nearest misses first
    #[arg(long, default_value_t = 50, value_name = "N")]
    rejected: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An article with what the topic says of it now.
pub(super) struct Judged {
    pub(super) row: ArticleRow,
    pub(super) verdict: Verdict,
}

/// Prints kept articles, then rejected ones; exit code 4 when none is stored.
pub(super) fn preview(config: &Config, arguments: &Arguments) -> Outcome {
    let topic = topic(config, &arguments.topic)?;
    let reader = reader(config)?;
    let (kept, mut rejected): (Vec<_>, Vec<_>) = judged(config, &reader, topic, arguments.since)?
        .into_iter()
        .partition(|j| j.verdict.matched);
    rejected.sort_by(|a, b| {
        (a.verdict.missed.len().cmp(&b.verdict.missed.len()))
            .then(b.verdict.score.total_cmp(&a.verdict.score))
            .then(b.row.published.cmp(&a.row.published))
    });
    let all = rejected.len();
    rejected.truncate(arguments.rejected);
    let code = match kept.is_empty() && rejected.is_empty() {
        true => ExitCode::from(NOTHING_TO_DO),
        false => ExitCode::SUCCESS,
    };
    if arguments.json {
        let lines = |list: &[Judged]| list.iter().map(as_json).collect::<Vec<_>>();
        println!(
            "{}",
            json!({"topic": topic.id, "kept": lines(&kept), "rejected": lines(&rejected),
                "kept_in_all": kept.len(), "rejected_in_all": all})
        );
        return Ok(code);
    }
    println!("{}: {} kept, {all} rejected", topic.id, kept.len());
    for j in &kept {
        println!("+ {}", line(j));
    }
    for j in &rejected {
        println!("- {}", line(j));
        println!("           {}", j.verdict.missed.join("; "));
    }
    if all > rejected.len() {
        println!(
            "… and {} more, further off (--rejected {all} shows them)",
            all - rejected.len()
        );
    }
    Ok(code)
}

/// A topic of the configuration.
pub(super) fn topic<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a Topic> {
    let unknown = || {
        let ids: Vec<&str> = config.topics.iter().map(|t| t.id.as_str()).collect();
        match ids.as_slice() {
            [] => anyhow!("there is no topic `{id}`, nor any other: describe one in topics.toml"),
            ids => anyhow!(
                "there is no topic `{id}`; the configuration has {}",
                ids.join(", ")
            ),
        }
    };
    let topic = config.topic(&id.into()).map(|topic| &**topic);
    topic.ok_or_else(unknown)
}

/// Every stored article of the last `since`, newest first, judged by a topic.
pub(super) fn judged(
    config: &Config,
    reader: &Reader,
    topic: &Topic,
    since: Duration,
) -> anyhow::Result<Vec<Judged>> {
    let since = clock().now() - TimeDelta::from_std(since)?;
    let queries = reader.queries();
    let mut all = Vec::new();
    let runtime = runtime()?;
    for rows in queries.stored(since) {
        let judged = runtime
            .block_on(judge_stored(config, topic, rows?))
            .into_iter();
        all.extend(judged.map(|(row, verdict)| Judged { row, verdict }));
    }
    all.sort_by_key(|j| (std::cmp::Reverse(j.row.published), j.row.id));
    Ok(all)
}

fn as_json(j: &Judged) -> Value {
    json!({
        "id": j.row.id, "title": j.row.title, "url": j.row.url, "source": j.row.source,
        "published": j.row.published, "score": j.verdict.score, "missed": j.verdict.missed,
        "why": j.verdict.why, "exec": j.verdict.asked,
    })
}

fn line(j: &Judged) -> String {
    let date = j.row.published.format("%Y-%m-%d");
    let (score, id, title) = (j.verdict.score, j.row.id, &j.row.title);
    format!(
        "{score:>6.1}  {date}  {id:>6}  {} ({})",
        title, j.row.source
    )
}
