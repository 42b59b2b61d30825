//! `depeche restore`: a copy of the store becomes the store again.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use serde_json::json;

use super::{Outcome, clock};
use crate::config::Config;
use crate::report::counted;
use crate::store::restore as put_back;

/// Arguments of `restore`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// File that `depeche backup` has made
    file: PathBuf,
    /// Print as JSON what was restored
    #[arg(long)]
    json: bool,
}

/// Puts the copy in the place of the store; the daemon must not be running.
pub(super) fn restore(config: &Config, arguments: &Arguments) -> Outcome {
    if !arguments.file.is_file() {
        bail!(
            "there is no file {}: name one that `depeche backup` has made; nothing was restored",
            arguments.file.display()
        );
    }
    let kept = clock()
        .now()
        .format("depeche-replaced-%Y%m%d-%H%M%S.sqlite")
        .to_string();
    let (copied, old) = put_back(&config.daemon.state_dir, &arguments.file, &kept)?;
    if arguments.json {
        println!(
            "{}",
            json!({"articles": copied.articles, "schema": copied.schema, "replaced": old})
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{}: restored with {}",
        config.daemon.state_dir.display(),
        counted(copied.articles, "article")
    );
    if let Some(old) = old {
        println!("What was there before is kept as {}", old.display());
    }
    Ok(ExitCode::SUCCESS)
}
