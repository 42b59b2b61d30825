//! `depeche topics test`.

use std::process::ExitCode;

use serde_json::json;

use super::texts::{self, Subject};
use super::verdict_lines;
use crate::commands::preview::topic;
use crate::commands::{Outcome, runtime};
use crate::config::Config;
use crate::ingest::{Asked, judge_text};
use crate::topic::{Document, Text, Topic};

/// Arguments of `topics test`.
#[derive(clap::Args)]
pub(in crate::commands) struct Arguments {
    /// A file (HTML, or text whose first line is the title), or an address
    #[arg(value_name = "FILE|URL")]
    subject: String,
    /// Only this topic
    #[arg(long, value_name = "ID")]
    topic: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Judges one text by the topics.
pub(super) fn test(config: &Config, arguments: &Arguments) -> Outcome {
    let wanted: Vec<&Topic> = match &arguments.topic {
        Some(id) => vec![topic(config, id)?],
        None => config.topics.iter().map(|t| &**t).collect(),
    };
    let subject = texts::read(config, &arguments.subject)?;
    let verdicts = judge(config, &wanted, &subject)?;
    if arguments.json {
        println!(
            "{}",
            json!({
                "subject": subject.place, "title": subject.title, "language": subject.language,
                "words": subject.text.split_whitespace().count(), "verdicts": verdicts,
            })
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!("{:<12}{}", "Title", subject.title);
    let words = subject.text.split_whitespace().count();
    let language = subject.language.as_deref().unwrap_or("unknown");
    println!("{:<12}{words} words, language {language}", "Text");
    for verdict in &verdicts {
        for line in verdict_lines(verdict) {
            println!("{line}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn judge(
    config: &Config,
    topics: &[&Topic],
    subject: &Subject,
) -> anyhow::Result<Vec<serde_json::Value>> {
    let (source, tags) = subject
        .source
        .as_ref()
        .map_or(("", &[][..]), |(id, tags)| (id.as_str(), tags.as_slice()));
    let document = Document::new(&Text {
        title: &subject.title,
        body: &subject.text,
        url: &subject.url,
        language: subject.language.as_deref(),
        source,
        tags,
        ..Text::default()
    });
    let article = Asked {
        title: &subject.title,
        summary: "",
        text: &subject.text,
        url: &subject.url,
        language: subject.language.as_deref(),
        source,
        categories: &[],
    };
    let verdicts = runtime()?.block_on(async {
        let mut verdicts = Vec::new();
        for topic in topics {
            verdicts.extend(judge_text(config, topic, &document, &article).await);
        }
        verdicts
    });
    Ok(verdicts
        .iter()
        .map(serde_json::to_value)
        .collect::<Result<_, _>>()?)
}
