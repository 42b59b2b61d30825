//! `depeche demo`: the real daemon on sample outlets inside the program.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use tokio::net::TcpListener;

use super::run::{Quiet, announce};
use super::{Outcome, clock, print_problems, runtime};
use crate::config;
use crate::daemon::{Daemon, Signals};
use crate::demo::{Outlets, serve, write_configuration};

/// Arguments of `demo`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Address on which the feeds are served (port 0: any free one)
    #[arg(long, default_value = "127.0.0.1:8427", value_name = "IP:PORT")]
    listen: SocketAddr,
    /// Folder for the demo's configuration and state; kept afterwards (default: a temporary one)
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Runs until SIGTERM or SIGINT.
pub(super) fn demo(arguments: &Arguments) -> Outcome {
    runtime()?.block_on(async {
        let clock = clock();
        let outlets_listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = outlets_listener.local_addr()?.port();
        let outlets = Outlets::load(clock.now(), port)?;
        let listener = TcpListener::bind(arguments.listen)
            .await
            .with_context(|| format!("the address {} cannot be listened on; give another with --listen", arguments.listen))?;
        let temporary = arguments.folder.is_none();
        let folder = arguments
            .folder
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join(format!("depeche-demo-{}", std::process::id())));
        write_configuration(&folder, &outlets, listener.local_addr()?)?;
        let main = folder.join("depeche.toml");
        let config = config::load(Some(&main)).map_err(|problems| {
            print_problems(&problems, "nothing was started");
            anyhow!("the demo's configuration is wrong; please report this")
        })?;
        println!("Sample outlets on http://127.0.0.1:{port}/; new articles appear within the first minute.");
        announce(&config, Some(&main));
        println!("Subscribe to the feed in a reader, or open the status page in a browser; end with Ctrl-C.");
        println!("Look at it with: depeche --config {} status", main.display());
        let signals = Signals::listen()?;
        let daemon = Daemon::open(config, Some(main), clock.clone()).await?;
        let ended = tokio::select! {
            served = serve(outlets_listener, outlets, clock) => served.map_err(anyhow::Error::from),
            ran = daemon.run_on(listener, signals, &Quiet) => ran.map_err(anyhow::Error::from),
        };
        drop(daemon);
        if temporary {
            let _ = fs::remove_dir_all(&folder);
        }
        ended.map(|()| ExitCode::SUCCESS)
    })
}
