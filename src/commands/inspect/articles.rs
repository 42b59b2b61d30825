//! `depeche inspect duplicates` and `depeche inspect topic`: articles as JSON Lines.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::bytes;
use crate::commands::{Outcome, WRONG_CONFIGURATION, print_problems};
use crate::config;
use crate::model::ArticleId;
use crate::story::{Draft, Settings, Stories};
use crate::text::language;
use crate::text::url::canonicalise;
use crate::topic::{Document, Text};

/// Arguments of `inspect duplicates`.
#[derive(clap::Args)]
pub(in crate::commands) struct DuplicatesArguments {
    /// Print JSON (the only form there is)
    #[arg(long)]
    json: bool,
    /// Show everything each article was compared with
    #[arg(long, short)]
    verbose: bool,
    /// Articles, one JSON object a line: id, source, url, title, text, published; `-` for standard input
    #[arg(value_name = "FILE.jsonl")]
    file: PathBuf,
}

/// Arguments of `inspect topic`.
#[derive(clap::Args)]
pub(in crate::commands) struct TopicArguments {
    /// Print JSON (the only form there is)
    #[arg(long)]
    json: bool,
    /// File with topics
    #[arg(long, value_name = "FILE")]
    topics: PathBuf,
    /// Articles, one JSON object a line; `-` for standard input
    #[arg(value_name = "FILE.jsonl")]
    file: PathBuf,
}

#[derive(Deserialize)]
struct Article {
    id: serde_json::Value,
    #[serde(default)]
    source: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    published: Option<String>,
}

fn read(path: &Path) -> anyhow::Result<Vec<Article>> {
    let text = String::from_utf8_lossy(&bytes(path)?).into_owned();
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(n, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("{}: line {} is not an article", path.display(), n + 1))
        })
        .collect()
}

/// Places every article among those before it.
pub(super) fn duplicates(arguments: &DuplicatesArguments) -> Outcome {
    let articles = read(&arguments.file)?;
    let mut stories = Stories::new(Settings::default());
    let mut names: HashMap<ArticleId, serde_json::Value> = HashMap::new();
    for article in articles {
        let text = article.text.unwrap_or_default();
        let draft = Draft {
            source: article.source,
            title: article.title.unwrap_or_default(),
            canonical: Url::parse(&article.url)
                .map(|u| canonicalise(&u))
                .unwrap_or_default(),
            identity: None,
            published: article.published.as_deref().and_then(time),
            language: language::decide(article.language.as_deref(), &text),
            text,
        };
        let (id, assignment) = stories.take(draft);
        let mut line = json!({
            "id": article.id,
            "level": assignment.level.as_str(),
            "of": assignment.of.and_then(|of| names.get(&of)),
            "jaccard": rounded(assignment.jaccard),
            "containment": rounded(assignment.containment),
            "contained": rounded(assignment.contained),
            "guard": assignment.guard.as_ref().map(ToString::to_string),
        });
        if arguments.verbose {
            line["compared"] = json!(assignment.compared);
        }
        println!("{line}");
        names.entry(id).or_insert(article.id);
    }
    Ok(ExitCode::SUCCESS)
}

fn rounded(x: f64) -> f64 {
    (x * 10_000.0).round() / 10_000.0
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    crate::text::dates::parse(text, None)
}

/// Judges every article by every topic of a file.
pub(super) fn topics(arguments: &TopicArguments) -> Outcome {
    let matcher = match config::load_topics(&arguments.topics) {
        Ok(matcher) => matcher,
        Err(problems) => {
            print_problems(&problems, "nothing was done");
            return Ok(ExitCode::from(WRONG_CONFIGURATION));
        }
    };
    for article in read(&arguments.file)? {
        let body = article.text.unwrap_or_default();
        let decided = language::decide(article.language.as_deref(), &body);
        let document = Document::new(&Text {
            title: article.title.as_deref().unwrap_or(""),
            summary: article.summary.as_deref().unwrap_or(""),
            body: &body,
            categories: &article.categories,
            url: &article.url,
            language: decided.as_deref(),
            source: &article.source,
            tags: &[],
        });
        for verdict in matcher.judge(&document) {
            println!(
                "{}",
                json!({
                    "id": article.id,
                    "topic": verdict.topic,
                    "matched": verdict.matched,
                    "score": verdict.score,
                    "why": verdict.why,
                    "missed": verdict.missed,
                })
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
