//! `depeche run`: the daemon.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::{Outcome, runtime, shown};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::daemon::{Daemon, Event, Progress};

/// Runs until SIGTERM or SIGINT.
pub(super) fn run(config: Config, path: Option<PathBuf>) -> Outcome {
    runtime()?.block_on(async {
        let daemon = Daemon::open(config, path.clone(), Arc::new(SystemClock)).await?;
        announce(&daemon.current(), path.as_deref());
        daemon.run(stop_on_signal()?, &Quiet).await?;
        tracing::info!("stopped; everything is committed");
        Ok(ExitCode::SUCCESS)
    })
}

/// A token that SIGTERM and SIGINT cancel.
pub(super) fn stop_on_signal() -> std::io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let token = stop.clone();
    // Detached on purpose: it lives as long as the process.
    drop(tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        token.cancel();
    }));
    Ok(stop)
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
