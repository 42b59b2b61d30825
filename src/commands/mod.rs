//! The command line: one file per command.
//!
//! Exit codes: 0 fine, 1 failure, 2 wrong configuration or usage, 3 done in part, 4 nothing to do.

mod add;
mod backup;
mod check;
mod demo;
mod discover;
mod doctor;
mod explain;
mod export;
mod inspect;
mod log;
mod manual;
mod once;
mod opml;
mod preview;
mod reload;
mod replay;
mod restore;
mod run;
mod sites;
mod sources;
mod status;
mod topics;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};

use crate::clock::{Clock, ShiftedClock, SystemClock};
use crate::config::{self, Config};

/// Exit code when the configuration or the usage is wrong.
const WRONG_CONFIGURATION: u8 = 2;
/// Exit code when a part could not be done.
const IN_PART: u8 = 3;
/// Exit code when there was nothing to do.
const NOTHING_TO_DO: u8 = 4;
/// Stack of the runtime's threads: third-party extractors recurse on deep markup.
const THREAD_STACK: usize = 16 << 20;

/// The exit codes, for `--help` and the manual page.
const EXIT_CODES: &str = "Exit codes: 0 fine, 1 failure, 2 wrong configuration or usage, 3 done in part, 4 nothing to do.";

/// Every article on your topics, whole, clean, once, in one feed.
#[derive(Parser)]
#[command(name = "depeche", version, about, propagate_version = true, after_help = EXIT_CODES)]
struct Cli {
    /// Main configuration file (default: $CONFIGURATION_DIRECTORY, ./config, ~/.config/depeche,
    /// /etc/depeche; else the one inside the program)
    #[arg(long, short, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Pretend that it is this time (RFC 3339): for trying schedules, retries and old feeds
    #[arg(long, global = true, value_name = "TIME")]
    now: Option<DateTime<Utc>>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the daemon (what happens without a command)
    Run(run::Arguments),
    /// Check the configuration and list every problem
    Check(check::Arguments),
    /// Poll everything that is due once, publish, and end
    Once(once::Arguments),
    /// Say how everything is: the daemon, sources, topics
    Status(status::Arguments),
    /// List the sources with their state in words
    Sources(sources::Arguments),
    /// Find out what an outlet offers: feeds, sitemaps, listings, judged, as ready blocks of TOML
    Discover(discover::Arguments),
    /// Discover, and append the best to sources.toml
    Add(add::Arguments),
    /// Exchange lists of feeds with other readers
    #[command(subcommand)]
    Opml(opml::Direction),
    /// Run the daemon on sample outlets inside the program: needs no network
    Demo(demo::Arguments),
    /// Say why an article is, or is not, in a feed
    Explain(explain::Arguments),
    /// Show what a topic keeps and rejects of the stored articles, by the rules as they are now
    Preview(preview::Arguments),
    /// List, test and improve topics
    #[command(subcommand)]
    Topics(topics::Command),
    /// Test the rules of outlets' sites
    #[command(subcommand)]
    Sites(sites::Command),
    /// Copy the store into a file, also while the daemon runs
    Backup(backup::Arguments),
    /// Put a copy in the place of the store
    Restore(restore::Arguments),
    /// Look whether store, folders, disk, clock and configuration are as they should be
    Doctor(doctor::Arguments),
    /// Print stored articles as JSON Lines
    Export(export::Arguments),
    /// Ask the running daemon to read its configuration again, and tell what came of it
    Reload(reload::Arguments),
    /// Print the completions for a shell
    Completions(manual::CompletionsArguments),
    /// Print the manual page, or write one for every command
    Man(manual::ManArguments),
    /// Run one step on files and print what it gives
    #[command(subcommand)]
    Inspect(inspect::Step),
    /// Do again what --record kept, without network, into a folder of its own
    Replay(replay::Arguments),
    /// Take pages apart for the daemon (started by it, speaks over pipes)
    #[command(hide = true)]
    Worker,
}

/// Reads the arguments and runs the command.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log::start();
    if let Some(now) = cli.now {
        let _ = CLOCK.set(ShiftedClock::starting(now));
    }
    let command = cli
        .command
        .unwrap_or(Command::Run(run::Arguments::default()));
    if let Command::Check(arguments) = &command {
        return check::check(cli.config.as_deref(), arguments);
    }
    let result = match without_config(&command) {
        Some(outcome) => outcome,
        None => with_config(cli.config, |config, path| {
            configured(command, config, path, cli.now)
        }),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("depeche: {}", crate::report(&*error));
            ExitCode::FAILURE
        }
    }
}

/// Runs a command that needs no configuration; None when it needs one.
fn without_config(command: &Command) -> Option<Outcome> {
    Some(match command {
        Command::Demo(arguments) => demo::demo(arguments),
        Command::Inspect(step) => inspect::inspect(step),
        Command::Completions(arguments) => manual::completions(arguments),
        Command::Man(arguments) => manual::man(arguments),
        Command::Worker => crate::isolate::serve()
            .map(|()| ExitCode::SUCCESS)
            .map_err(anyhow::Error::from),
        _ => return None,
    })
}

/// Runs a command on its configuration.
fn configured(
    command: Command,
    config: Config,
    path: Option<PathBuf>,
    now: Option<DateTime<Utc>>,
) -> Outcome {
    let main = path.as_deref();
    match command {
        Command::Once(arguments) => once::once(config, path, &arguments, now),
        Command::Status(arguments) => status::status(&config, &arguments),
        Command::Sources(arguments) => sources::sources(&config, &arguments),
        Command::Discover(arguments) => discover::discover(&config, &arguments),
        Command::Add(arguments) => add::add(&config, main, &arguments),
        Command::Opml(direction) => opml::opml(&config, main, &direction),
        Command::Explain(arguments) => explain::explain(&config, &arguments),
        Command::Preview(arguments) => preview::preview(&config, &arguments),
        Command::Topics(command) => topics::topics(&config, &command),
        Command::Sites(command) => sites::sites(&config, &command),
        Command::Backup(arguments) => backup::backup(&config, &arguments),
        Command::Restore(arguments) => restore::restore(&config, &arguments),
        Command::Doctor(arguments) => doctor::doctor(&config, &arguments),
        Command::Export(arguments) => export::export(&config, &arguments),
        Command::Reload(arguments) => reload::reload(&config, &arguments),
        Command::Replay(arguments) => replay::replay(config, &arguments),
        Command::Run(arguments) => run::run(config, path, &arguments),
        _ => run::run(config, path, &run::Arguments::default()),
    }
}

/// Set by `--now`, before any command runs.
static CLOCK: OnceLock<ShiftedClock> = OnceLock::new();

/// The time by which this run of the program goes.
fn clock() -> Arc<dyn Clock> {
    match CLOCK.get() {
        Some(shifted) => Arc::new(*shifted),
        None => Arc::new(SystemClock),
    }
}

type Outcome = anyhow::Result<ExitCode>;

fn with_config(
    path: Option<PathBuf>,
    command: impl FnOnce(Config, Option<PathBuf>) -> Outcome,
) -> Outcome {
    let path = path.or_else(config::default_path);
    match config::load(path.as_deref()) {
        Ok(config) => command(config, path),
        Err(problems) => {
            print_problems(&problems);
            Ok(ExitCode::from(WRONG_CONFIGURATION))
        }
    }
}

fn print_problems(problems: &[config::Problem]) {
    for problem in problems {
        eprintln!("{problem}");
    }
    let (count, noun) = (
        problems.len(),
        if problems.len() == 1 {
            "problem"
        } else {
            "problems"
        },
    );
    eprintln!("depeche: {count} {noun} in the configuration; nothing was started");
}

/// The configuration file in use, for messages.
fn shown(path: Option<&Path>) -> String {
    path.map_or_else(
        || "the built-in configuration".to_owned(),
        |p| p.display().to_string(),
    )
}

/// The async runtime: two workers, blocking threads with a stack that deep markup needs.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(THREAD_STACK)
        .enable_all()
        .build()
}
