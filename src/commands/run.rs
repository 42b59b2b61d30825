//! `depeche run`: the daemon.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::check::notes;
use super::{Outcome, WRONG_CONFIGURATION, clock, print_problems, runtime, shown};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::daemon::{
    Daemon, DaemonError, Event, Progress, Signals, disk_trouble, serve_until_writable,
};

/// Arguments of `run`.
#[derive(Default, clap::Args)]
pub(super) struct Arguments {
    /// Keep every exchange in this folder, for `replay`; one thing is then done after the other
    #[arg(long, value_name = "FOLDER")]
    record: Option<PathBuf>,
}

/// Opens a daemon, with a recording where there is a folder for one.
pub(super) async fn open(
    config: Config,
    path: Option<PathBuf>,
    clock: Arc<dyn Clock>,
    record: Option<&Path>,
) -> Result<Daemon, DaemonError> {
    match record {
        Some(folder) => Daemon::open_recording(config, path, clock, folder).await,
        None => Daemon::open(config, path, clock).await,
    }
}

/// Runs until SIGTERM or SIGINT.
pub(super) fn run(config: Config, path: Option<PathBuf>, arguments: &Arguments) -> Outcome {
    runtime()?.block_on(async {
        let signals = Signals::listen()?;
        let record = arguments.record.as_deref();
        let (mut first, mut met) = (Some(config), None);
        let daemon = loop {
            let Some(config) = first.take().or_else(|| read_again(path.as_deref())) else {
                return Ok(ExitCode::from(WRONG_CONFIGURATION));
            };
            if let Some(trouble) = met.take().or_else(|| disk_trouble(&config)) {
                if !serve_until_writable(config, clock(), trouble, &signals).await? {
                    return Ok(ExitCode::SUCCESS);
                }
                continue;
            }
            match open(config, path.clone(), clock(), record).await {
                Ok(daemon) => break daemon,
                Err(error) => met = Some(error.disk_trouble().ok_or(error)?),
            }
        };
        announce(&daemon.current(), path.as_deref());
        daemon.run(signals, &Quiet).await?;
        tracing::info!("stopped; everything is committed");
        Ok(ExitCode::SUCCESS)
    })
}

/// Reads the configuration as it is by now; says what is wrong with it otherwise.
fn read_again(path: Option<&Path>) -> Option<Config> {
    let problems = match config::load(path) {
        Ok(config) => return Some(config),
        Err(problems) => problems,
    };
    print_problems(&problems, "nothing was started");
    None
}

/// Tells the addresses to open and to subscribe to.
pub(super) fn announce(config: &Config, path: Option<&std::path::Path>) {
    let base = &config.daemon.base_url;
    println!("depeche {} with {}", env!("CARGO_PKG_VERSION"), shown(path));
    println!("  state:   {}", config.daemon.state_dir.display());
    println!("  status:  {base}");
    for note in notes(config) {
        println!("  note:    {note}");
    }
    for topic in &config.topics {
        println!(
            "  feed:    {base}feeds/{}.atom  ({})",
            topic.id, topic.title
        );
    }
}

/// Shows nothing: the log says it.
pub(super) struct Quiet;

impl Progress for Quiet {
    fn event(&self, _: &Event) {}
}
