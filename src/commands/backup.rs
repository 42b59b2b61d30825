//! `depeche backup`: a copy of the store, taken while the daemon runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;

use super::{Outcome, WRONG_CONFIGURATION, clock};
use crate::config::Config;
use crate::report::counted;
use crate::store::backup as copy;

/// How the copies in a folder are named: in the order of time.
const NAME: &str = "depeche-%Y%m%d-%H%M%S.sqlite";

/// Arguments of `backup`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// File that the copy becomes, replacing what is there; or a folder, in which it is named by
    /// the time
    file: PathBuf,
    /// In a folder: keep so many copies, the oldest go
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    /// Print as JSON what was copied
    #[arg(long)]
    json: bool,
}

/// Copies the store.
pub(super) fn backup(config: &Config, arguments: &Arguments) -> Outcome {
    let in_folder = arguments.file.is_dir();
    if arguments.keep.is_some() && !in_folder {
        eprintln!(
            "depeche: --keep counts the copies in a folder, and {} is none: make the folder, or leave --keep out; nothing was copied",
            arguments.file.display()
        );
        return Ok(ExitCode::from(WRONG_CONFIGURATION));
    }
    let file = match in_folder {
        true => (arguments.file).join(clock().now().format(NAME).to_string()),
        false => arguments.file.clone(),
    };
    let folder = &config.daemon.state_dir;
    let copied = copy(folder, &file).with_context(|| {
        format!(
            "the store in {} was not copied to {}",
            folder.display(),
            file.display()
        )
    })?;
    let gone = match arguments.keep {
        Some(keep) => thin(&arguments.file, keep as usize)?,
        None => Vec::new(),
    };
    if arguments.json {
        println!(
            "{}",
            json!({"file": file, "bytes": copied.bytes, "articles": copied.articles,
                "schema": copied.schema, "removed": gone})
        );
    } else {
        println!(
            "{}: {}, {} KiB, checked",
            file.display(),
            counted(copied.articles, "article"),
            copied.bytes / 1_024
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes all but the newest copies of a folder; returns those that went.
fn thin(folder: &Path, keep: usize) -> anyhow::Result<Vec<PathBuf>> {
    let mut copies = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if chrono::NaiveDateTime::parse_from_str(&name, NAME).is_ok() {
            copies.push(folder.join(name));
        }
    }
    copies.sort();
    copies.truncate(copies.len().saturating_sub(keep));
    for old in &copies {
        fs::remove_file(old).with_context(|| format!("{} cannot be removed", old.display()))?;
    }
    Ok(copies)
}
