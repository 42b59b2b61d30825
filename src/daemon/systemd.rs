//! Telling systemd how it goes: ready, reloading, stopping, and the watchdog, which is fed only
//! while the scheduler beats and the store's writer answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sd_notify::NotifyState;

use crate::config::Config;
use crate::store::Store;

/// How long the writer may take to answer a question of the watchdog.
const WRITER_ANSWER: Duration = Duration::from_secs(10);

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd could not be told");
    }
}

/// The daemon serves and polls.
pub(super) fn ready(config: &Config) {
    reloaded(config, 0);
}

/// The configuration has been read again; so many problems kept the old one in force.
pub(super) fn reloaded(config: &Config, problems: usize) {
    let (sources, topics) = (config.sources.len(), config.topics.len());
    let mut status = format!("{sources} sources, {topics} topics");
    if problems > 0 {
        status +=
            &format!("; the new configuration has {problems} problems, the old one is in force");
    }
    notify(&[NotifyState::Ready, NotifyState::Status(&status)]);
}

/// The daemon serves what there is, and waits for its disk; to be told again and again.
pub(super) fn waiting(trouble: &str) {
    notify(&[
        NotifyState::Ready,
        NotifyState::Status(trouble),
        NotifyState::Watchdog,
    ]);
}

/// The configuration is being read again.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(_) => notify(&[NotifyState::Reloading]),
    }
}

/// The daemon is ending.
pub(super) fn stopping() {
    notify(&[NotifyState::Stopping]);
}

/// Feeds the watchdog while the scheduler has beaten since the last time and the writer answers.
/// Never ends.
pub(super) async fn keep_alive(beat: Arc<AtomicU64>, store: Store) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    let mut last = None;
    loop {
        tokio::time::sleep(limit / 3).await;
        let now = beat.load(Ordering::Relaxed);
        let answers = tokio::time::timeout(WRITER_ANSWER, store.write(|_| Ok(()))).await;
        if last != Some(now) && matches!(answers, Ok(Ok(()))) {
            notify(&[NotifyState::Watchdog]);
        } else {
            tracing::warn!(
                "the watchdog is not fed: the scheduler or the store's writer does not answer"
            );
        }
        last = Some(now);
    }
}
