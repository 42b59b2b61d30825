//! Turns: how much of what was fetched is in memory at once. A document or a batch of articles that
//! is read, judged and committed has a turn until it is committed: the one thread that writes is
//! what everybody waits for, and whoever waits for it with a thousand articles in hand wastes memory.
//!
//! Must not be held over a request or over the answer of a program: that could take minutes.

use std::num::NonZero;
use std::sync::{Arc, LazyLock};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Turns for each processor: some compute, some wait for their commit, which they share.
const TURNS_PER_CORE: usize = 3;

/// Gives out turns. Clones share them.
#[derive(Clone)]
pub(super) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(cores() * TURNS_PER_CORE)))
    }
}

impl Turns {
    /// Waits for a turn.
    pub(super) async fn take(&self) -> Turn {
        let mut turn = Turn {
            turns: self.clone(),
            held: None,
        };
        turn.take_again().await;
        turn
    }
}

/// The right to hold what was fetched in memory, until it is dropped.
pub(super) struct Turn {
    turns: Turns,
    held: Option<OwnedSemaphorePermit>,
}

impl Turn {
    /// Lets others have it, before something that may take long.
    pub(super) fn give_up(&mut self) {
        self.held = None;
    }

    /// Waits for it again where it was given up.
    pub(super) async fn take_again(&mut self) {
        if self.held.is_none() {
            // The semaphore is never closed.
            self.held = self.turns.0.clone().acquire_owned().await.ok();
        }
    }
}

/// As many computations as there are processors: more threads compute no more, and each keeps memory of its own.
static COMPUTING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(cores()));

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// Computes on a blocking thread; `None` when that panics.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    // The semaphore is never closed.
    let _free = COMPUTING.acquire().await.ok();
    tokio::task::spawn_blocking(work).await.ok()
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn nobody_has_a_turn_beyond_their_number_until_one_is_given_up() {
        let turns = Turns::default();
        let number = turns.0.available_permits();
        let take = || turns.take().now_or_never();
        let mut held: Vec<Turn> = (0..number).map_while(|_| take()).collect();
        assert_eq!(held.len(), number);
        assert!(take().is_none(), "all are taken");
        held[0].give_up();
        let last = take();
        assert!(last.is_some(), "one was given up");
        assert!(
            held[0].take_again().now_or_never().is_none(),
            "another has it"
        );
        drop(last);
        assert!(held[0].take_again().now_or_never().is_some());
        assert!(take().is_none(), "it is held again");
    }
}
