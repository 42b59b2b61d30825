//! `depeche replay`: what `--record` kept, done again without network.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{Outcome, runtime};
use crate::config::Config;
use crate::daemon::{self, Replayed};

/// Arguments of `replay`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Folder of the recording
    recording: PathBuf,
    /// Folder for the state and the feeds that come of it; must hold no state yet
    #[arg(long, value_name = "FOLDER")]
    into: PathBuf,
}

/// Does again what was recorded, by the configuration as it is now.
pub(super) fn replay(config: Config, arguments: &Arguments) -> Outcome {
    let replayed = runtime()?.block_on(daemon::replay(
        config,
        &arguments.recording,
        &arguments.into,
    ))?;
    let Replayed {
        polls,
        articles,
        skipped,
    } = replayed;
    println!(
        "{polls} polls and {articles} articles done again into {}, {skipped} events skipped",
        arguments.into.display()
    );
    Ok(ExitCode::SUCCESS)
}
