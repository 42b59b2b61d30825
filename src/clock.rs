//! Time: the only place of the project that asks the system what time it is.
//!
//! Everything else is given a [`Clock`] (the time of day, which may jump) or a [`Timer`] (time
//! passing, which may not), so that a test can let a month pass in a second. Knows nothing of
//! schedules: what to do at which time is decided elsewhere.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The time of day.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> DateTime<Utc>;
}

/// A wait that has begun.
pub type Sleeping = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Time passing: never jumps, never runs backward, has no date.
pub trait Timer: Send + Sync {
    /// How long this timer has been running.
    fn elapsed(&self) -> Duration;
    /// Waits; a wait of zero is over at once.
    fn sleep(&self, wait: Duration) -> Sleeping;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that asks")]
        Utc::now()
    }
}

/// The clock of the machine, put forward or back: for `--now`.
#[derive(Debug, Clone, Copy)]
pub struct ShiftedClock {
    shift: TimeDelta,
}

impl ShiftedClock {
    /// A clock that shows `now` at this moment and runs on.
    pub fn starting(now: DateTime<Utc>) -> Self {
        Self {
            shift: now - SystemClock.now(),
        }
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> DateTime<Utc> {
        let now = SystemClock.now();
        now.checked_add_signed(self.shift).unwrap_or(now)
    }
}

/// The timer of the async runtime.
#[derive(Debug, Clone, Copy)]
pub struct TokioTimer {
    start: tokio::time::Instant,
}

impl Default for TokioTimer {
    fn default() -> Self {
        Self {
            start: tokio::time::Instant::now(),
        }
    }
}

impl Timer for TokioTimer {
    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, wait: Duration) -> Sleeping {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// A clock that can be held: what happens while it is held happens at one moment, so that a replay
/// can let it happen at the same moment again.
pub struct HeldClock {
    inner: Arc<dyn Clock>,
    held: Mutex<Option<DateTime<Utc>>>,
}

impl HeldClock {
    /// A clock that shows what another one does.
    pub fn new(inner: Arc<dyn Clock>) -> Self {
        Self {
            inner,
            held: Mutex::default(),
        }
    }

    /// Stands still from now on; says at which time.
    pub fn hold(&self) -> DateTime<Utc> {
        let now = self.inner.now();
        *locked(&self.held) = Some(now);
        now
    }

    /// Runs again.
    pub fn release(&self) {
        *locked(&self.held) = None;
    }
}

impl Clock for HeldClock {
    fn now(&self) -> DateTime<Utc> {
        let held = *locked(&self.held);
        held.unwrap_or_else(|| self.inner.now())
    }
}

/// A timer on which every wait is over at once, as if it had taken its time: for a replay, where
/// what is waited for has happened long ago.
#[derive(Debug, Clone, Default)]
pub struct SkippingTimer(Arc<Mutex<Duration>>);

impl Timer for SkippingTimer {
    fn elapsed(&self) -> Duration {
        *locked(&self.0)
    }

    fn sleep(&self, wait: Duration) -> Sleeping {
        let elapsed = self.0.clone();
        Box::pin(async move {
            // Whatever can go on without waiting goes first.
            tokio::task::yield_now().await;
            let mut elapsed = locked(&elapsed);
            *elapsed = elapsed.saturating_add(wait);
        })
    }
}

/// A clock that stands still until it is set: for `once --now`, and for tests.
#[derive(Debug)]
pub struct FixedClock {
    now: Mutex<DateTime<Utc>>,
}

impl FixedClock {
    /// A clock that shows `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now: Mutex::new(now),
        }
    }

    /// Shows `now` from here on.
    pub fn set(&self, now: DateTime<Utc>) {
        *locked(&self.now) = now;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *locked(&self.now)
    }
}

/// A clock and a timer in one that move only when told to; copies share the time.
///
/// A runtime that has nothing left to do can call [`SteppedClock::step`] to jump to the end of the
/// next wait (`tokio::runtime::Builder::on_thread_park` of a current-thread runtime is the place),
/// and so live through a month without waiting.
#[derive(Debug, Clone)]
pub struct SteppedClock {
    start: DateTime<Utc>,
    hand: Arc<Mutex<Hand>>,
}

#[derive(Debug, Default)]
struct Hand {
    elapsed: Duration,
    waits: u64,
    sleepers: BTreeMap<(Duration, u64), Waker>,
}

impl SteppedClock {
    /// A clock that shows `start`, with a timer at zero.
    pub fn new(start: DateTime<Utc>) -> Self {
        Self {
            start,
            hand: Arc::default(),
        }
    }

    /// Moves on by `step`, and wakes those whose wait ends within it.
    pub fn advance(&self, step: Duration) {
        let until = locked(&self.hand).elapsed.saturating_add(step);
        self.move_to(until);
    }

    /// Moves on to the end of the wait that ends next; false when nobody waits.
    pub fn step(&self) -> bool {
        let next = locked(&self.hand)
            .sleepers
            .keys()
            .next()
            .map(|(end, _)| *end);
        if let Some(end) = next {
            self.move_to(end);
        }
        next.is_some()
    }

    fn move_to(&self, end: Duration) {
        let mut woken = Vec::new();
        let mut hand = locked(&self.hand);
        hand.elapsed = hand.elapsed.max(end);
        let later = hand.sleepers.split_off(&(end, u64::MAX));
        woken.extend(std::mem::replace(&mut hand.sleepers, later).into_values());
        drop(hand);
        woken.into_iter().for_each(Waker::wake);
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> DateTime<Utc> {
        let elapsed = locked(&self.hand).elapsed;
        let elapsed = TimeDelta::from_std(elapsed).unwrap_or(TimeDelta::MAX);
        self.start
            .checked_add_signed(elapsed)
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl Timer for SteppedClock {
    fn elapsed(&self) -> Duration {
        locked(&self.hand).elapsed
    }

    fn sleep(&self, wait: Duration) -> Sleeping {
        let mut hand = locked(&self.hand);
        hand.waits += 1;
        let key = (hand.elapsed.saturating_add(wait), hand.waits);
        Box::pin(Wait {
            key,
            hand: Arc::clone(&self.hand),
        })
    }
}

struct Wait {
    key: (Duration, u64),
    hand: Arc<Mutex<Hand>>,
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut hand = locked(&self.hand);
        if hand.elapsed >= self.key.0 {
            return Poll::Ready(());
        }
        hand.sleepers.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        locked(&self.hand).sleepers.remove(&self.key);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn start() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 1, 0, 0, 0)
            .single()
            .expect("a valid date")
    }

    #[test]
    fn a_fixed_clock_shows_what_it_was_set_to() {
        let clock = FixedClock::new(start());
        assert_eq!(clock.now(), start());
        clock.set(start() + TimeDelta::days(3));
        assert_eq!(clock.now(), start() + TimeDelta::days(3));
    }

    #[test]
    fn a_shifted_clock_starts_where_it_is_told_and_runs_on() {
        let clock = ShiftedClock::starting(start());
        let first = clock.now();
        assert!(first >= start() && clock.now() >= first);
        assert!(first - start() < SystemClock.now() - start());
    }

    #[test]
    fn a_stepped_clock_jumps_from_wait_to_wait() {
        let clock = SteppedClock::new(start());
        let stepper = clock.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .on_thread_park(move || {
                stepper.step();
            })
            .build()
            .expect("a runtime without drivers always builds");
        let order = runtime.block_on(async {
            let wait = |seconds: u64| {
                let clock = clock.clone();
                async move {
                    clock.sleep(Duration::from_secs(seconds)).await;
                    (seconds, clock.elapsed().as_secs())
                }
            };
            let (a, b, c) = tokio::join!(wait(86_400), wait(5), wait(0));
            [a, b, c]
        });
        assert_eq!(order, [(86_400, 86_400), (5, 5), (0, 0)]);
        assert_eq!(clock.now(), start() + TimeDelta::days(1));
        assert!(!clock.step(), "nobody waits any more");
    }

    #[test]
    fn an_abandoned_wait_is_forgotten() {
        let clock = SteppedClock::new(start());
        let mut sleeping = clock.sleep(Duration::from_secs(9));
        let mut context = Context::from_waker(Waker::noop());
        assert!(sleeping.as_mut().poll(&mut context).is_pending());
        drop(sleeping);
        assert!(!clock.step());
        assert_eq!(clock.elapsed(), Duration::ZERO);
    }
}
