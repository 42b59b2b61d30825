//! `depeche topics suggest`.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use serde_json::json;

use super::texts;
use crate::commands::explain::reader;
use crate::commands::preview::{judged, topic};
use crate::commands::{NOTHING_TO_DO, Outcome};
use crate::config::{self, Config};
use crate::report::counted;
use crate::topic::{Sample, Suggestion, suggest as propose};

/// Arguments of `topics suggest`.
#[derive(clap::Args)]
pub(in crate::commands) struct Arguments {
    /// Wanted articles: files or addresses
    #[arg(long, num_args = 1.., value_name = "FILE|URL")]
    yes: Vec<String>,
    /// Unwanted articles: files or addresses
    #[arg(long, num_args = 1.., value_name = "FILE|URL")]
    no: Vec<String>,
    /// Take the stored articles that this topic keeps and rejects
    #[arg(long, value_name = "ID")]
    topic: Option<String>,
    /// How far back stored articles are taken
    #[arg(long, default_value = "30d", value_name = "AGE", value_parser = config::parse_age)]
    since: Duration,
    /// Terms proposed for, and against
    #[arg(long, default_value_t = 20, value_name = "N")]
    most: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints terms, ready to be pasted into a topic.
pub(super) fn suggest(config: &Config, arguments: &Arguments) -> Outcome {
    let samples = samples(config, arguments)?;
    let wanted = samples.iter().filter(|s| s.wanted).count();
    let unwanted = samples.len() - wanted;
    if wanted == 0 || unwanted == 0 {
        bail!(
            "{wanted} wanted and {unwanted} unwanted articles: terms are found by comparing the two; \
             give some of each with --yes and --no, or a topic with --topic"
        );
    }
    let found = propose(&samples, arguments.most);
    if arguments.json {
        let terms: Vec<_> = found
            .iter()
            .map(|s| {
                json!({"term": s.term, "yes": s.yes, "no": s.no,
                    "log_odds": s.log_odds, "z": s.z})
            })
            .collect();
        println!(
            "{}",
            json!({"wanted": wanted, "unwanted": unwanted, "terms": terms})
        );
        return Ok(ExitCode::SUCCESS);
    }
    if found.is_empty() {
        eprintln!(
            "depeche: no term tells {} from {}: give more of both, ten or so of each",
            counted(wanted, "wanted article"),
            counted(unwanted, "unwanted one"),
        );
        return Ok(ExitCode::from(NOTHING_TO_DO));
    }
    println!(
        "# From {wanted} wanted and {unwanted} unwanted articles: term, articles for and against, log-odds."
    );
    print_group("any", found.iter().filter(|s| s.z > 0.0), "# speaks for:");
    print_group(
        "none",
        found.iter().filter(|s| s.z < 0.0),
        "# speaks against:",
    );
    Ok(ExitCode::SUCCESS)
}

fn samples(config: &Config, arguments: &Arguments) -> anyhow::Result<Vec<Sample>> {
    let mut samples = Vec::new();
    for (places, wanted) in [(&arguments.yes, true), (&arguments.no, false)] {
        for place in places {
            let subject = texts::read(config, place)?;
            samples.push(Sample {
                title: subject.title,
                text: subject.text,
                language: subject.language,
                wanted,
            });
        }
    }
    if let Some(id) = &arguments.topic {
        let reader = reader(config)?;
        let stored = judged(config, &reader, topic(config, id)?, arguments.since)?;
        samples.extend(stored.into_iter().map(|j| Sample {
            title: j.row.title,
            text: j.row.text,
            language: j.row.language,
            wanted: j.verdict.matched,
        }));
    }
    Ok(samples)
}

/// A group as TOML: literal strings where a term holds quotes.
fn print_group<'a>(key: &str, terms: impl Iterator<Item = &'a Suggestion>, about: &str) {
    let terms: Vec<&Suggestion> = terms.collect();
    if terms.is_empty() {
        return;
    }
    println!("{about}\n{key} = [");
    for s in terms {
        let written = toml::Value::String(s.term.clone()).to_string() + ",";
        println!("  {written:<40} # {} / {}, {:+.1}", s.yes, s.no, s.log_odds);
    }
    println!("]");
}
