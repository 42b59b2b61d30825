//! `depeche check`: every problem of the configuration, with its place; and the sources that have
//! moved, and what is hardly meant.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::{WRONG_CONFIGURATION, clock, print_problems, shown};
use crate::config::{self, Config};
use crate::daemon::Refused;
use crate::model::SourceId;
use crate::report::counted;
use crate::store::open_reader;
use crate::topic::Topic;

/// Arguments of `check`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print the problems as JSON
    #[arg(long)]
    json: bool,
}

/// Checks the configuration: exit code 0 when it is fine, 2 when it is not.
pub(super) fn check(path: Option<&Path>, arguments: &Arguments) -> ExitCode {
    match config::load(path) {
        Ok(config) => {
            show(path, &config, arguments.json);
            ExitCode::SUCCESS
        }
        Err(problems) => {
            if arguments.json {
                let list: Vec<_> = problems.iter().map(Refused::of).collect();
                println!("{}", json!({"ok": false, "problems": list}));
            } else {
                print_problems(&problems, "a running daemon keeps the one it has");
            }
            ExitCode::from(WRONG_CONFIGURATION)
        }
    }
}

fn show(path: Option<&Path>, config: &Config, json: bool) {
    let (sources, topics) = (config.sources.len(), config.topics.len());
    let (notes, moved) = (notes(config), moved(config));
    if json {
        let moved: Vec<_> = moved
            .into_iter()
            .map(|(id, url)| json!({"source": id, "url": url}))
            .collect();
        println!(
            "{}",
            json!({"ok": true, "sources": sources, "topics": topics, "notes": notes, "moved": moved})
        );
        return;
    }
    let (sources, topics) = (counted(sources, "source"), counted(topics, "topic"));
    println!("{}: fine: {sources}, {topics}", shown(path));
    for note in notes {
        println!("note: {note}");
    }
    for (id, url) in moved {
        println!("source {id} has moved to {url}: write this address into sources.toml");
    }
}

/// What is right and yet hardly meant, in sentences.
pub(super) fn notes(config: &Config) -> Vec<String> {
    let origin = &config.origin;
    let mut notes = Vec::new();
    if config.sources.is_empty() {
        notes.push(format!(
            "there is no source, so nothing is polled: `depeche add URL` writes one into {origin}/sources.toml"
        ));
    }
    if config.topics.is_empty() {
        notes.push(format!(
            "there is no topic, so nothing is published: describe one in {origin}/topics.toml"
        ));
    }
    for topic in config.topics.iter() {
        notes.extend(unmeant(topic, config.publish.all));
    }
    let named = config.access.tokens.keys();
    let mut idle: Vec<&String> = named.filter(|feed| !publishes(config, feed)).collect();
    idle.sort();
    notes.extend(idle.into_iter().map(|feed| {
        format!("`tokens_file` names a feed `{feed}` that is not published, so this token guards nothing: write the feed's address after feeds/, without extension")
    }));
    let state = ("state folder", "state_dir", &config.daemon.state_dir);
    let output = config.publish.output_dir.as_ref();
    let output = output.map(|folder| ("output folder", "output_dir", folder));
    notes.extend(
        [Some(state), output]
            .into_iter()
            .flatten()
            .filter_map(|(what, key, folder)| unwritable(what, key, folder)),
    );
    notes
}

/// What is hardly meant of a topic.
fn unmeant(topic: &Topic, all: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let id = &topic.id;
    if let Some(key) = topic.excludes_itself() {
        notes.push(format!(
            "the topic `{id}` finds nothing: `none` names what `{key}` asks for; take it out of one of the two"
        ));
    }
    if all && id.as_str() == "all" {
        notes.push(
            "the topic `all` takes the place of the feed of everything, feeds/all.atom: give it another id, or write all = false in [publish]"
                .to_owned(),
        );
    }
    notes
}

/// Says so when files cannot be made in a folder, or the folder cannot be made.
fn unwritable(what: &str, key: &str, folder: &Path) -> Option<String> {
    let shown = folder.display();
    if folder.exists() {
        return (!is_writable(folder)).then(|| {
            format!("this user cannot write into the {what} {shown}: change `{key}`, or run as the user that may")
        });
    }
    let above = folder.ancestors().skip(1).find(|above| above.exists())?;
    (!is_writable(above)).then(|| {
        format!(
            "the {what} {shown} is not there, and this user cannot make it in {}: change `{key}`, or run as the user that may",
            above.display()
        )
    })
}

/// Whether a name of `tokens_file` stands for a feed.
fn publishes(config: &Config, feed: &str) -> bool {
    feed == "*" || crate::daemon::publishes(config, feed, clock().now())
}

/// Whether files can be made in a folder: found out by making one.
fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!(".depeche-{}", std::process::id()));
    let written = fs::write(&probe, "").is_ok();
    let _ = fs::remove_file(&probe);
    written
}

/// Sources that have moved by what the daemon has learnt, if it has run: a store that cannot be
/// read is not a mistake of the configuration.
fn moved(config: &Config) -> Vec<(SourceId, String)> {
    let rows = open_reader(&config.daemon.state_dir).and_then(|r| r.queries().sources(false));
    rows.unwrap_or_default()
        .into_iter()
        .filter(|row| {
            let known = config.source(&row.id);
            known.is_some_and(|source| source.url.as_str() == row.url)
        })
        .filter_map(|row| Some((row.id, row.adopted_url?)))
        .collect()
}
