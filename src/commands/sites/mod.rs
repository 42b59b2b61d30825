//! `depeche sites`: the rules of outlets' sites.

mod test;

use clap::Subcommand;

use super::Outcome;
use crate::config::Config;

/// What is done with the rules.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Run every site rule on the sample pages that there are of its outlet
    Test(test::Arguments),
}

/// Runs a command.
pub(super) fn sites(config: &Config, command: &Command) -> Outcome {
    match command {
        Command::Test(arguments) => test::test(config, arguments),
    }
}
