//! Turns: how much of what was fetched is in memory at once. A document or a batch of articles that
//! is read, judged and committed has a turn until it is committed: the one thread that writes is
//! what everybody waits for, and whoever waits for it with a thousand articles in hand wastes memory.
//!
//! Must not be held over a request or over the answer of a program: that could take minutes.

use std::num::NonZero;
use std::sync::LazyLock;

use tokio::sync::{Semaphore, SemaphorePermit};

/// Turns for each processor: some compute, some wait for their commit, which they share.
const TURNS_PER_CORE: usize = 4;

/// The right to hold what was fetched in memory, until it is dropped.
pub(super) struct Turn(Option<SemaphorePermit<'static>>);

impl Turn {
    /// Waits for a turn.
    pub(super) async fn take() -> Self {
        static TURNS: LazyLock<Semaphore> = LazyLock::new(|| {
            let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
            Semaphore::new(cores * TURNS_PER_CORE)
        });
        // The semaphore is never closed.
        Self(TURNS.acquire().await.ok())
    }

    /// Lets others have it, before something that may take long.
    pub(super) fn give_up(&mut self) {
        self.0 = None;
    }

    /// Waits for it again where it was given up.
    pub(super) async fn take_again(&mut self) {
        if self.0.is_none() {
            *self = Self::take().await;
        }
    }
}

/// Computes on a blocking thread; `None` when that panics.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}
