//! `depeche completions` and `depeche man`: what the binary knows of its own arguments, for shells
//! and for readers.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::output::Output;
use super::{Cli, Outcome};

/// Arguments of `completions`.
#[derive(clap::Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

/// Arguments of `man`.
#[derive(clap::Args)]
pub(super) struct ManArguments {
    /// Folder into which every page is written, one a command (default: the main page is printed)
    folder: Option<PathBuf>,
}

/// Prints the completions for a shell.
pub(super) fn completions(arguments: &CompletionsArguments) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "depeche", &mut script);
    Output.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the manual page, or writes all of them.
pub(super) fn man(arguments: &ManArguments) -> Outcome {
    let Some(folder) = &arguments.folder else {
        clap_mangen::Man::new(Cli::command()).render(&mut Output)?;
        return Ok(ExitCode::SUCCESS);
    };
    let unusable = || format!("{} cannot be written", folder.display());
    fs::create_dir_all(folder).with_context(unusable)?;
    clap_mangen::generate_to(Cli::command(), folder).with_context(unusable)?;
    Ok(ExitCode::SUCCESS)
}
