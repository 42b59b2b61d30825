//! The command line: one file per command.
//!
//! Exit codes: 0 fine, 1 failure, 2 wrong configuration or usage, 3 done in part, 4 nothing to do.

#[macro_use]
mod output;

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
use crate::config;
use crate::report::counted;

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
    /// Main configuration file, or its folder (default: $CONFIGURATION_DIRECTORY, ./config, ~/.config/depeche,
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
    #[command(flatten)]
    Configured(Configured),
    #[command(flatten)]
    Alone(Alone),
}

/// Commands that run on a configuration, which has to be right.
#[derive(Subcommand)]
enum Configured {
    /// Run the daemon (what happens without a command)
    Run(run::Arguments),
    /// Poll everything that is due once, publish, and end
    Once(once::Arguments),
    /// List the sources with their state in words
    Sources(sources::Arguments),
    /// Find out what an outlet offers: feeds, sitemaps, listings, judged, as ready blocks of TOML
    Discover(discover::Arguments),
    /// Discover, and append the best to sources.toml
    Add(add::Arguments),
    /// Exchange lists of feeds with other readers
    #[command(subcommand)]
    Opml(opml::Direction),
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
    /// Do again what --record kept, without network, into a folder of its own
    Replay(replay::Arguments),
}

/// Commands that need no configuration, or say what fits when it is wrong.
#[derive(Subcommand)]
enum Alone {
    /// Check the configuration and list every problem
    Check(check::Arguments),
    /// Say how everything is: the daemon, sources, topics
    Status(status::Arguments),
    /// Ask the running daemon to read its configuration again, and tell what came of it
    Reload(reload::Arguments),
    /// Run the daemon on sample outlets inside the program: needs no network
    Demo(demo::Arguments),
    /// Run one step on files and print what it gives
    #[command(subcommand)]
    Inspect(inspect::Step),
    /// Print the completions for a shell
    Completions(manual::CompletionsArguments),
    /// Print the manual page, or write one for every command
    Man(manual::ManArguments),
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
    let given = cli.config.map(|path| match path.is_dir() {
        true => path.join(config::MAIN),
        false => path,
    });
    let path = given.or_else(config::default_path);
    let result = match cli.command {
        Some(Command::Alone(command)) => alone(&command, path.as_deref()),
        Some(Command::Configured(command)) => on_config(command, path, cli.now),
        None => on_config(Configured::Run(run::Arguments::default()), path, cli.now),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("depeche: {}", crate::report(&*error));
            ExitCode::FAILURE
        }
    }
}

fn alone(command: &Alone, path: Option<&Path>) -> Outcome {
    match command {
        Alone::Check(arguments) => Ok(check::check(path, arguments)),
        Alone::Status(arguments) => status::status(path, arguments),
        Alone::Reload(arguments) => reload::reload(path, arguments),
        Alone::Demo(arguments) => demo::demo(arguments),
        Alone::Inspect(step) => inspect::inspect(step),
        Alone::Completions(arguments) => manual::completions(arguments),
        Alone::Man(arguments) => manual::man(arguments),
        Alone::Worker => crate::isolate::serve()
            .map(|()| ExitCode::SUCCESS)
            .map_err(anyhow::Error::from),
    }
}

/// Runs a command on its configuration, if that is right.
fn on_config(command: Configured, path: Option<PathBuf>, now: Option<DateTime<Utc>>) -> Outcome {
    let main = path.as_deref();
    let config = match config::load(main) {
        Ok(config) => config,
        Err(problems) => {
            let starts = matches!(command, Configured::Run(_) | Configured::Once(_));
            let nothing = if starts { "started" } else { "done" };
            print_problems(&problems, &format!("nothing was {nothing}"));
            return Ok(ExitCode::from(WRONG_CONFIGURATION));
        }
    };
    match command {
        Configured::Run(arguments) => run::run(config, path, &arguments),
        Configured::Once(arguments) => once::once(config, path, &arguments, now),
        Configured::Sources(arguments) => sources::sources(&config, &arguments),
        Configured::Discover(arguments) => discover::discover(&config, &arguments),
        Configured::Add(arguments) => add::add(&config, main, &arguments),
        Configured::Opml(direction) => opml::opml(&config, main, &direction),
        Configured::Explain(arguments) => explain::explain(&config, &arguments),
        Configured::Preview(arguments) => preview::preview(&config, &arguments),
        Configured::Topics(command) => topics::topics(&config, &command),
        Configured::Sites(command) => sites::sites(&config, &command),
        Configured::Backup(arguments) => backup::backup(&config, &arguments),
        Configured::Restore(arguments) => restore::restore(&config, &arguments),
        Configured::Doctor(arguments) => doctor::doctor(&config, &arguments),
        Configured::Export(arguments) => export::export(&config, &arguments),
        Configured::Replay(arguments) => replay::replay(config, &arguments),
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

/// Prints what is wrong with a configuration, and what that means for the command.
fn print_problems(problems: &[config::Problem], so: &str) {
    for problem in problems {
        eprintln!("{problem}");
    }
    let count = counted(problems.len(), "problem");
    eprintln!("depeche: {count} in the configuration; {so}");
}

/// The configuration file in use, for messages.
fn shown(path: Option<&Path>) -> String {
    path.map_or_else(
        || "the built-in configuration".to_owned(),
        |p| p.display().to_string(),
    )
}

/// The async runtime of a command that ends by itself: what computes is put aside anyway, and to hand a task
/// to another thread costs more than most of a poll.
fn small_runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .thread_stack_size(THREAD_STACK)
        .enable_all()
        .build()
}

/// The async runtime: two workers, blocking threads with a stack that deep markup needs.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(THREAD_STACK)
        .enable_all()
        .build()
}
