//! `depeche preview`: what a topic would keep and reject, by the rules as they stand in the files.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::explain::reader;
use super::{Outcome, clock, runtime};
use crate::config::{self, Config};
use crate::ingest::judge_stored;
use crate::model::ArticleId;
use crate::store::{ArticleRow, Reader, StoreError};
use crate::topic::{Topic, Verdict};

/// Articles judged at once.
const BATCH: usize = 200;

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

/// Prints kept articles, then rejected ones.
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
    if arguments.json {
        let lines = |list: &[Judged]| list.iter().map(as_json).collect::<Vec<_>>();
        println!(
            "{}",
            json!({"topic": topic.id, "kept": lines(&kept), "rejected": lines(&rejected),
                "kept_in_all": kept.len(), "rejected_in_all": all})
        );
        return Ok(ExitCode::SUCCESS);
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
    Ok(ExitCode::SUCCESS)
}

/// A topic of the configuration.
pub(super) fn topic<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a Topic> {
    let known = || {
        let ids: Vec<&str> = config.topics.iter().map(|t| t.id.as_str()).collect();
        ids.join(", ")
    };
    config
        .topic(&id.into())
        .map(|topic| &**topic)
        .ok_or_else(|| {
            anyhow!(
                "there is no topic `{id}`; the configuration has {}",
                known()
            )
        })
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
    let mut after = ArticleId(0);
    let runtime = runtime()?;
    loop {
        let ids = queries.stored_since(since, after, BATCH)?;
        let Some(last) = ids.last() else {
            break;
        };
        after = *last;
        let rows: Vec<ArticleRow> = ids
            .into_iter()
            .filter_map(|id| queries.article(id).transpose())
            .collect::<Result<_, StoreError>>()?;
        let verdicts = runtime.block_on(judge_stored(config, topic, &rows));
        all.extend(
            rows.into_iter()
                .zip(verdicts)
                .map(|(row, verdict)| Judged { row, verdict }),
        );
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
