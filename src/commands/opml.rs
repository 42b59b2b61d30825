//! `depeche opml`: lists of feeds, from and for other readers.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use serde_json::json;
use url::Url;

use super::add::append;
use super::output::Output;
use super::{IN_PART, NOTHING_TO_DO, Outcome};
use crate::config::{Config, SourceKind};
use crate::discover::opml::{Subscription, read};
use crate::feed_out::{OutlineFeed, opml as render};
use crate::model::SourceId;
use crate::survey::{Form, block};
use crate::text::url::canonicalise;

/// Which way the list goes.
#[derive(clap::Subcommand)]
pub(super) enum Direction {
    /// Turn a list of feeds into blocks for sources.toml; folders become tags
    Import(Import),
    /// Print the configured feeds as OPML, grouped by their first tag
    Export,
}

/// Arguments of `opml import`.
#[derive(clap::Args)]
pub(super) struct Import {
    /// OPML file of another reader
    file: PathBuf,
    /// File that the sources are appended to, sources.toml for instance (default: they are printed)
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
    /// Print as JSON what was taken and what was not
    #[arg(long)]
    json: bool,
}

/// Imports or exports.
pub(super) fn opml(config: &Config, main: Option<&Path>, direction: &Direction) -> Outcome {
    match direction {
        Direction::Import(arguments) => import(config, main, arguments),
        Direction::Export => export(config),
    }
}

/// What an import came to.
#[derive(Default)]
struct Taken {
    blocks: String,
    ids: Vec<String>,
    /// Address or title, and why.
    known: Vec<(String, String)>,
    wrong: Vec<(String, String)>,
}

fn import(config: &Config, main: Option<&Path>, arguments: &Import) -> Outcome {
    let shown = arguments.file.display();
    let bytes = fs::read(&arguments.file).with_context(|| format!("{shown} cannot be read"))?;
    let (list, warnings) = read(&bytes)
        .map_err(|reason| anyhow!(reason))
        .with_context(|| format!("{shown} cannot be imported"))?;
    for warning in &warnings {
        eprintln!("depeche: {shown}: {warning}");
    }
    let taken = take(config, &list);
    for (what, why) in taken.known.iter().chain(&taken.wrong) {
        eprintln!("depeche: left out {what}: {why}");
    }
    if !taken.ids.is_empty()
        && let Some(into) = &arguments.into
        && let Err(code) = append(main.filter(|_| belongs(main, into)), into, &taken.blocks)?
    {
        return Ok(code);
    }
    if arguments.json {
        let pairs = |list: &[(String, String)]| -> Vec<_> {
            list.iter()
                .map(|(what, why)| json!({"what": what, "why": why}))
                .collect()
        };
        println!(
            "{}",
            json!({"added": taken.ids, "known": pairs(&taken.known), "refused": pairs(&taken.wrong), "toml": taken.blocks})
        );
    } else if arguments.into.is_none() {
        print!("{}", taken.blocks);
    }
    eprintln!("depeche: {} of {} feeds taken", taken.ids.len(), list.len());
    Ok(
        match (
            taken.ids.is_empty(),
            taken.wrong.is_empty() && warnings.is_empty(),
        ) {
            (_, false) => ExitCode::from(IN_PART),
            (true, true) => ExitCode::from(NOTHING_TO_DO),
            (false, true) => ExitCode::SUCCESS,
        },
    )
}

/// Whether a file is part of the configuration, and so has to be right together with it.
fn belongs(main: Option<&Path>, file: &Path) -> bool {
    let folder = |path: &Path| {
        fs::canonicalize(
            path.parent()
                .filter(|p| !p.as_os_str().is_empty())
                .unwrap_or(Path::new(".")),
        )
        .ok()
    };
    let name = file.file_name().unwrap_or_default();
    main.is_some_and(|main| folder(main) == folder(file))
        && ["sources.toml", "topics.toml"].iter().any(|n| name == *n)
}

fn take(config: &Config, list: &[Subscription]) -> Taken {
    let mut taken = Taken::default();
    let mut seen: HashSet<String> = config
        .sources
        .iter()
        .map(|s| canonicalise(&s.url))
        .collect();
    for feed in list {
        let parsed = Url::parse(&feed.feed_url);
        let Some(url) = parsed
            .ok()
            .filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host())
        else {
            let why = "its address is not one of the web".to_owned();
            taken.wrong.push((name_of(feed), why));
            continue;
        };
        if !seen.insert(canonicalise(&url)) {
            taken
                .known
                .push((name_of(feed), format!("{url} is a source already")));
            continue;
        }
        let name = if feed.title.is_empty() {
            url.host_str().unwrap_or_default()
        } else {
            &feed.title
        };
        let id = block::unique(&block::slug(name), |id| {
            taken.ids.iter().any(|known| known == id)
                || config.source(&SourceId::from(id)).is_some()
        });
        if !taken.blocks.is_empty() {
            taken.blocks.push('\n');
        }
        taken
            .blocks
            .push_str(&block::table(&id, Form::Feed, &url, None, &[]));
        if !feed.title.is_empty() {
            taken
                .blocks
                .push_str(&format!("{}\n", block::setting("title", &feed.title)));
        }
        let mut tags = feed.folders.clone();
        tags.dedup();
        if !tags.is_empty() {
            taken
                .blocks
                .push_str(&format!("tags = {}\n", toml::Value::from(tags)));
        }
        taken.ids.push(id);
    }
    taken
}

fn name_of(feed: &Subscription) -> String {
    match feed.title.as_str() {
        "" => feed.feed_url.clone(),
        title => format!("“{title}”"),
    }
}

/// Only feeds: what has none cannot be read by another reader.
fn export(config: &Config) -> Outcome {
    let (feeds, others): (Vec<_>, Vec<_>) = config
        .sources
        .iter()
        .partition(|source| matches!(source.kind, SourceKind::Feed));
    let outlines: Vec<OutlineFeed> = feeds
        .iter()
        .map(|source| OutlineFeed {
            title: source
                .title
                .clone()
                .unwrap_or_else(|| source.id.to_string()),
            feed_url: source.url.to_string(),
            language: source.language.clone(),
            group: source.tags.first().cloned(),
            ..OutlineFeed::default()
        })
        .collect();
    Output.write_all(&render("depeche: sources", &outlines))?;
    if !others.is_empty() {
        let ids: Vec<&str> = others.iter().map(|source| source.id.as_str()).collect();
        eprintln!(
            "depeche: left out, because they have no feed: {}",
            ids.join(", ")
        );
    }
    Ok(ExitCode::SUCCESS)
}
