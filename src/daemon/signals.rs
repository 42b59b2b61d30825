//! What the operating system asks of the daemon: to stop, to read its configuration again. Knows
//! nothing of either; must be listening before anything slow begins, since SIGHUP ends a process
//! that does not listen.

use std::io;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// SIGXFSZ on Linux, but for MIPS.
const FILE_TOO_LARGE: i32 = 25;

/// The two requests. Both are kept until somebody looks.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    /// Cancelled by SIGTERM and SIGINT.
    pub stop: CancellationToken,
    /// Notified by SIGHUP; several that come before one is heeded count as one.
    pub reload: Arc<Notify>,
}

impl Signals {
    /// Listens from now on, for as long as the process lives.
    ///
    /// # Errors
    /// When the system refuses the handlers.
    pub fn listen() -> io::Result<Self> {
        let signals = Self::default();
        let (mut terminate, mut interrupt, mut hangup) = (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
            signal(SignalKind::hangup())?,
        );
        // Listened to, it no longer ends the process: a file that may grow no more is an error of the
        // write, and treated as a full disk.
        drop(signal(SignalKind::from_raw(FILE_TOO_LARGE))?);
        let Self { stop, reload } = signals.clone();
        // Detached on purpose: it lives as long as the process.
        drop(tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = terminate.recv() => stop.cancel(),
                    _ = interrupt.recv() => stop.cancel(),
                    _ = hangup.recv() => reload.notify_one(),
                }
            }
        }));
        Ok(signals)
    }
}
