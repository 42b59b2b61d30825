//! `depeche add`: discovers what an outlet offers and appends the best of it to `sources.toml`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use serde_json::json;

use super::discover::{Target, finding_as_json, nothing, survey};
use super::{NOTHING_TO_DO, Outcome, WRONG_CONFIGURATION, print_problems};
use crate::config::{self, Config, edit};
use crate::model::SourceId;
use crate::survey::block;
use crate::text::url::canonicalise;

/// Arguments of `add`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Id of the source (default: made from the outlet's name)
    #[arg(long)]
    id: Option<String>,
    /// Print what was added as JSON
    #[arg(long)]
    json: bool,
}

/// Adds a source; exit code 4 when it is there already or nothing can be added.
pub(super) fn add(config: &Config, path: Option<&Path>, arguments: &Arguments) -> Outcome {
    let file = sources_file(path)?;
    if let Some(id) = &arguments.id
        && config.source(&SourceId::from(id.as_str())).is_some()
    {
        return Ok(refused(&format!(
            "there is a source `{id}` already: choose another id with --id"
        )));
    }
    let taken = |id: &str| config.source(&SourceId::from(id)).is_some();
    let found = survey(config, &arguments.target, arguments.id.clone())?;
    let Some(best) = found.best() else {
        return Ok(refused(&nothing(&found)));
    };
    let address = canonicalise(&best.url);
    if let Some(known) = config
        .sources
        .iter()
        .find(|s| canonicalise(&s.url) == address)
    {
        return Ok(refused(&format!(
            "the source `{}` polls {} already",
            known.id, best.url
        )));
    }
    let id = block::unique(&found.id, taken);
    let mut best = best.clone();
    best.table = best.table.replacen(
        &block::setting("id", &found.id),
        &block::setting("id", &id),
        1,
    );
    let added = format!("{}{}", block::comment(&found, &best), best.table);
    if let Err(code) = append(path, &file, &added)? {
        return Ok(code);
    }
    if arguments.json {
        let file = file.display().to_string();
        println!(
            "{}",
            json!({"id": id, "file": file, "source": finding_as_json(&best)})
        );
    } else {
        print!("{added}");
        eprintln!(
            "depeche: added to {}; a running daemon takes it up on reload",
            file.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn refused(sentence: &str) -> ExitCode {
    eprintln!("depeche: {sentence}; nothing was added");
    ExitCode::from(NOTHING_TO_DO)
}

/// `sources.toml` beside the configuration in use.
pub(super) fn sources_file(path: Option<&Path>) -> anyhow::Result<PathBuf> {
    let path = path.ok_or_else(|| {
        anyhow!(
            "there is no configuration to add to: the one inside the program is in use. Copy the folder `config`, or name yours with --config"
        )
    })?;
    Ok(path.with_file_name("sources.toml"))
}

/// Appends blocks to a file with sources, once the whole configuration is known to be right with
/// them. The code is that of a configuration which would be wrong.
pub(super) fn append(
    main: Option<&Path>,
    file: &Path,
    blocks: &str,
) -> anyhow::Result<Result<(), ExitCode>> {
    let shown = file.display();
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("{shown} cannot be read")),
    };
    let new = edit::append_sources(&text, blocks)
        .map_err(|reason| anyhow!(reason))
        .with_context(|| format!("{shown} is left as it is"))?;
    if let Some(main) = main
        && let Err(problems) = config::load_replacing(main, file, &new)
    {
        print_problems(&problems, "nothing was added");
        return Ok(Err(ExitCode::from(WRONG_CONFIGURATION)));
    }
    edit::replace_file(file, &new)
        .with_context(|| format!("{shown} cannot be written; it is left as it is"))?;
    Ok(Ok(()))
}
