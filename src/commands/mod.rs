//! The command line: one file per command.
//!
//! Exit codes: 0 fine, 1 failure, 2 wrong configuration or usage, 3 done in part, 4 nothing to do.

mod add;
mod check;
mod demo;
mod discover;
mod explain;
mod inspect;
mod once;
mod opml;
mod preview;
mod replay;
mod run;
mod topics;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

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

/// Every article on your topics, whole, clean, once, in one feed.
#[derive(Parser)]
#[command(name = "depeche", version, about, propagate_version = true)]
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
    log();
    if let Some(now) = cli.now {
        let _ = CLOCK.set(ShiftedClock::starting(now));
    }
    let result = match cli
        .command
        .unwrap_or(Command::Run(run::Arguments::default()))
    {
        Command::Run(arguments) => with_config(cli.config, |config, path| {
            run::run(config, path, &arguments)
        }),
        Command::Check(arguments) => return check::check(cli.config.as_deref(), &arguments),
        Command::Once(arguments) => with_config(cli.config, |config, path| {
            once::once(config, path, &arguments, cli.now)
        }),
        Command::Discover(arguments) => with_config(cli.config, |config, _| {
            discover::discover(&config, &arguments)
        }),
        Command::Add(arguments) => with_config(cli.config, |config, path| {
            add::add(&config, path.as_deref(), &arguments)
        }),
        Command::Opml(direction) => with_config(cli.config, |config, path| {
            opml::opml(&config, path.as_deref(), &direction)
        }),
        Command::Demo(arguments) => demo::demo(&arguments),
        Command::Explain(arguments) => with_config(cli.config, |config, _| {
            explain::explain(&config, &arguments)
        }),
        Command::Preview(arguments) => with_config(cli.config, |config, _| {
            preview::preview(&config, &arguments)
        }),
        Command::Topics(command) => {
            with_config(cli.config, |config, _| topics::topics(&config, &command))
        }
        Command::Inspect(step) => inspect::inspect(&step),
        Command::Replay(arguments) => {
            with_config(cli.config, |config, _| replay::replay(config, &arguments))
        }
        Command::Worker => crate::isolate::serve()
            .map(|()| ExitCode::SUCCESS)
            .map_err(anyhow::Error::from),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("depeche: {}", crate::report(&*error));
            ExitCode::FAILURE
        }
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

/// Logs to standard error; the journal adds time and priority itself.
fn log() {
    let filter = EnvFilter::try_from_env("DEPECHE_LOG")
        .unwrap_or_else(|_| EnvFilter::new("error,depeche=info"));
    let journal = std::env::var_os("JOURNAL_STREAM").is_some();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(!journal && std::io::stderr().is_terminal());
    if journal {
        builder.without_time().init()
    } else {
        builder.init()
    }
}

/// The async runtime: two workers, blocking threads with a stack that deep markup needs.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(THREAD_STACK)
        .enable_all()
        .build()
}
