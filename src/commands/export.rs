//! `depeche export`: the stored articles as JSON Lines.

use std::io::{BufWriter, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::explain::reader;
use super::output::Output;
use super::preview::topic;
use super::{NOTHING_TO_DO, Outcome, clock};
use crate::config::{self, Config};
use crate::model::TopicId;
use crate::store::{ArticleRow, Queries, StoreError};

/// Arguments of `export`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Only articles that stand in the feed of this topic
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
    /// Only articles of this source
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// Only articles published since then, for instance 30d
    #[arg(long, value_name = "AGE", value_parser = config::parse_age)]
    since: Option<Duration>,
    /// Print JSON (the only form there is)
    #[arg(long)]
    json: bool,
}

/// Prints one object a line; exit code 4 when no article was wanted.
pub(super) fn export(config: &Config, arguments: &Arguments) -> Outcome {
    let wanted = match &arguments.topic {
        Some(id) => Some(topic(config, id)?.id.clone()),
        None => None,
    };
    let since = match arguments.since {
        Some(age) => clock().now() - TimeDelta::from_std(age)?,
        None => DateTime::<Utc>::UNIX_EPOCH,
    };
    let reader = reader(config)?;
    let queries = reader.queries();
    let mut out = BufWriter::new(Output);
    let mut count = 0_u64;
    let source = arguments.source.as_deref();
    if let Some(id) = source {
        expect_source(&queries, id)?;
    }
    for rows in queries.stored(since) {
        for row in rows? {
            if source.is_some_and(|source| source != row.source.as_str()) {
                continue;
            }
            let topics = topics(&queries, &row)?;
            if wanted.as_ref().is_none_or(|topic| topics.contains(topic)) {
                let untouched = queries.untouched(row.id)?;
                writeln!(out, "{}", as_json(&row, &topics, untouched.as_deref()))?;
                count += 1;
            }
        }
    }
    out.flush()?;
    Ok(match count {
        0 => ExitCode::from(NOTHING_TO_DO),
        _ => ExitCode::SUCCESS,
    })
}

/// Says in a sentence that no source has this id, and which one may be meant.
fn expect_source(queries: &Queries<'_>, id: &str) -> anyhow::Result<()> {
    let rows = queries.sources(true)?;
    let known: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    if known.contains(&id) {
        return Ok(());
    }
    let proposed = config::propose(id, &known);
    match proposed.starts_with("did you mean") {
        true => bail!("there is no source `{id}`; {proposed}"),
        false => bail!("there is no source `{id}`; `depeche sources` lists those that there are"),
    }
}

/// The topics in whose feeds an article stands for its group.
fn topics(queries: &Queries<'_>, row: &ArticleRow) -> Result<Vec<TopicId>, StoreError> {
    let entries = queries.published_as(row.head)?.into_iter();
    Ok(entries
        .filter(|e| e.article == row.id)
        .map(|e| e.topic)
        .collect())
}

fn as_json(row: &ArticleRow, topics: &[TopicId], untouched: Option<&str>) -> Value {
    json!({
        "id": row.id, "url": row.url, "source": row.source, "title": row.title,
        "subtitle": row.subtitle, "section": row.section,
        "published": row.published, "updated": row.updated, "first_seen": row.first_seen,
        "language": row.language, "authors": row.authors, "agency": row.agency, "place": row.place,
        "categories": row.categories, "image": row.image, "state": row.state, "how": row.how,
        "words": row.words, "pages": row.pages, "story": row.head, "topics": topics,
        "summary": row.summary, "html": row.html, "text": row.text,
        "untouched": untouched,
    })
}
