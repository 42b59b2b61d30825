//! `depeche run`: the daemon.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{Outcome, clock, runtime, shown};
use crate::config::Config;
use crate::daemon::{Daemon, Event, Progress, Signals};

/// Runs until SIGTERM or SIGINT.
pub(super) fn run(config: Config, path: Option<PathBuf>) -> Outcome {
    runtime()?.block_on(async {
        let signals = Signals::listen()?;
        let daemon = Daemon::open(config, path.clone(), clock()).await?;
        announce(&daemon.current(), path.as_deref());
        daemon.run(signals, &Quiet).await?;
        tracing::info!("stopped; everything is committed");
        Ok(ExitCode::SUCCESS)
    })
}

/// Tells the addresses to open and to subscribe to.
pub(super) fn announce(config: &Config, path: Option<&std::path::Path>) {
    let base = &config.daemon.base_url;
    println!("depeche {} with {}", env!("CARGO_PKG_VERSION"), shown(path));
    println!("  state:   {}", config.daemon.state_dir.display());
    println!("  status:  {base}");
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
