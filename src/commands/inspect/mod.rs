//! `depeche inspect`: one step of the pipeline on files, JSON out. It runs the very code that the
//! daemon runs; a crash is never an answer.

mod articles;
mod beside;
mod feed;
mod page;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use serde_json::{Value, json};
use url::Url;

use super::Outcome;
pub(super) use page::Reader;

/// The steps.
#[derive(Subcommand)]
pub(super) enum Step {
    /// Read feeds: one line of JSON a file
    Feed(feed::Arguments),
    /// Extract articles from pages: one line of JSON a file
    Page(page::Arguments),
    /// Tell copies from new stories: one line of JSON an article, in order of arrival
    Duplicates(articles::DuplicatesArguments),
    /// Judge articles by topics: one line of JSON per article and topic
    Topic(articles::TopicArguments),
}

/// Runs a step. Exit code 1 when a file could not be read at all.
pub(super) fn inspect(step: &Step) -> Outcome {
    match step {
        Step::Feed(arguments) => feed::inspect(arguments),
        Step::Page(arguments) => page::inspect(arguments),
        Step::Duplicates(arguments) => articles::duplicates(arguments),
        Step::Topic(arguments) => articles::topics(arguments),
    }
}

/// Runs a reader over files on a thread with a deep stack, printing one line each; a reader that
/// gives nothing yet prints none.
fn each_file<V: Into<Option<Value>>>(
    files: &[PathBuf],
    mut read: impl FnMut(&[u8]) -> V + Send + 'static,
) -> Outcome {
    let files = files.to_vec();
    let worker = std::thread::Builder::new()
        .stack_size(super::THREAD_STACK)
        .spawn(move || {
            let mut code = ExitCode::SUCCESS;
            for file in &files {
                let line = match bytes(file) {
                    Ok(bytes) => read(&bytes).into(),
                    Err(error) => {
                        code = ExitCode::FAILURE;
                        Some(json!({"ok": false, "error": format!("{error:#}"), "alternates": []}))
                    }
                };
                if let Some(line) = line {
                    println!("{line}");
                }
            }
            code
        })?;
    Ok(worker.join().unwrap_or(ExitCode::FAILURE))
}

/// The bytes of a file; `-` is standard input.
fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Reads `--url`.
fn parse_url(text: &str) -> Result<Url, String> {
    Url::parse(text).map_err(|error| format!("{error}; write a whole address"))
}
