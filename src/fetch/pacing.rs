//! Pacing: one politeness budget per registrable domain, whatever is asked of it. One request at a
//! time, a gap after each, and silence while the domain has asked for it; other domains are not
//! held up, but for a limit on all exchanges together.
//!
//! Turns are given in the order asked for. Knows nothing of addresses beyond their domain, and
//! nothing of what a request is.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::clock::{Clock, Timer};

/// The pause of a domain that says 429 without saying for how long; doubled each time.
pub const FIRST_PAUSE: Duration = Duration::from_secs(10 * 60);
/// The longest pause taken without being asked for by name.
pub const LONGEST_GUESSED_PAUSE: Duration = Duration::from_secs(6 * 3600);
/// The shortest pause, whatever `Retry-After` says.
pub const SHORTEST_PAUSE: Duration = Duration::from_secs(60);
/// The longest pause a server can ask for: after a week it is worth one request to see.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long an idle domain is remembered at least.
const IDLE_MEMORY: Duration = Duration::from_secs(600);
/// How many domains are known before the idle ones are looked for.
const SWEEP_ABOVE: usize = 256;

/// Gives out turns. Copies share the budgets.
#[derive(Clone)]
pub struct Pacer {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    timer: Arc<dyn Timer>,
    exchanges: Arc<Semaphore>,
    domains: Mutex<Domains>,
    longest_gap_ms: AtomicU64,
}

#[derive(Default)]
struct Domains {
    known: HashMap<String, Arc<Domain>>,
    /// Those that have been silent.
    paused: BTreeSet<String>,
    sweep_above: usize,
}

#[derive(Default)]
struct Domain {
    name: String,
    gate: Arc<tokio::sync::Mutex<()>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: Option<Last>,
    pause: Option<DateTime<Utc>>,
    strikes: u32,
}

#[derive(Clone, Copy)]
struct Last {
    end: Duration,
    gap: Duration,
}

/// A domain that is silent for longer than the caller has patience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paused {
    /// The end of the pause.
    pub until: DateTime<Utc>,
}

/// The right to make one request to a domain. The gap begins when it is dropped.
pub struct Turn {
    domain: Arc<Domain>,
    shared: Arc<Shared>,
    gap: Duration,
    _gate: OwnedMutexGuard<()>,
    _exchange: OwnedSemaphorePermit,
}

impl Pacer {
    /// A pacer that allows `max_concurrent` exchanges at once.
    pub fn new(clock: Arc<dyn Clock>, timer: Arc<dyn Timer>, max_concurrent: usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                clock,
                timer,
                exchanges: Arc::new(Semaphore::new(max_concurrent.max(1))),
                domains: Mutex::default(),
                longest_gap_ms: AtomicU64::new(0),
            }),
        }
    }

    /// Waits for a turn: for those who asked before, for the gap (the longer of theirs and `gap`),
    /// and for a pause that ends within `patience`.
    pub async fn turn(
        &self,
        domain: &str,
        gap: Duration,
        patience: Duration,
    ) -> Result<Turn, Paused> {
        let shared = &self.shared;
        let gap_ms = u64::try_from(gap.as_millis()).unwrap_or(u64::MAX);
        shared.longest_gap_ms.fetch_max(gap_ms, Ordering::Relaxed);
        let domain = self.domain(domain);
        domain.pause_left(shared.clock.now(), None, patience)?;
        let gate = Arc::clone(&domain.gate).lock_owned().await;
        // The time of day may stand still or jump back: a pause once waited for is over.
        let mut waited_for = None;
        loop {
            // Read before it is judged: one that comes in between is judged in the next round.
            let running = locked(&domain.state).pause;
            let pause = domain.pause_left(shared.clock.now(), waited_for, patience)?;
            let wait = locked(&domain.state)
                .gap_left(shared.timer.elapsed(), gap)
                .max(pause);
            if !wait.is_zero() {
                waited_for = running;
                shared.timer.sleep(wait).await;
                continue;
            }
            let Ok(exchange) = Arc::clone(&shared.exchanges).acquire_owned().await else {
                continue;
            };
            // A pause may have come from elsewhere while others held all exchanges.
            if domain
                .pause_left(shared.clock.now(), waited_for, patience)?
                .is_zero()
            {
                let shared = Arc::clone(shared);
                return Ok(Turn {
                    domain,
                    shared,
                    gap,
                    _gate: gate,
                    _exchange: exchange,
                });
            }
        }
    }

    /// Keeps a domain silent until then; a longer pause that is running stays.
    pub fn pause(&self, domain: &str, until: DateTime<Utc>) {
        self.shared.pause(&self.domain(domain), until);
    }

    /// The pauses that are running, by domain, for the store.
    pub fn pauses(&self) -> Vec<(String, DateTime<Utc>)> {
        let domains = locked(&self.shared.domains);
        let Domains { known, paused, .. } = &*domains;
        if paused.is_empty() {
            return Vec::new();
        }
        let now = self.shared.clock.now();
        let end = |name: &String| {
            let pause = known
                .get(name)
                .and_then(|domain| locked(&domain.state).pause);
            pause.filter(|until| *until > now)
        };
        (paused.iter())
            .filter_map(|name| Some((name.clone(), end(name)?)))
            .collect()
    }

    /// Takes up the pauses of an earlier run.
    pub fn restore(&self, pauses: impl IntoIterator<Item = (String, DateTime<Utc>)>) {
        let now = self.shared.clock.now();
        for (domain, until) in pauses {
            if until > now {
                self.pause(&domain, until);
            }
        }
    }

    /// When a domain could be asked next, if nobody else is waiting for it: `now` when it is free.
    pub fn next_free(&self, domain: &str, now: DateTime<Utc>) -> DateTime<Utc> {
        let Some(domain) = locked(&self.shared.domains)
            .known
            .get(domain)
            .map(Arc::clone)
        else {
            return now;
        };
        let state = locked(&domain.state);
        let gap = state.gap_left(self.shared.timer.elapsed(), Duration::ZERO);
        let free = later(now, gap);
        state.pause.map_or(free, |until| until.max(free))
    }

    /// How many domains are remembered.
    pub fn known(&self) -> usize {
        locked(&self.shared.domains).known.len()
    }

    fn domain(&self, name: &str) -> Arc<Domain> {
        let mut domains = locked(&self.shared.domains);
        if let Some(domain) = domains.known.get(name) {
            return Arc::clone(domain);
        }
        if domains.known.len() >= domains.sweep_above.max(SWEEP_ABOVE) {
            self.sweep(&mut domains);
        }
        let domain = Arc::new(Domain {
            name: name.to_owned(),
            ..Domain::default()
        });
        domains.known.insert(name.to_owned(), Arc::clone(&domain));
        domain
    }

    /// Forgets the domains nobody waits for, whose gap is over for the longest gap ever asked for.
    fn sweep(&self, domains: &mut Domains) {
        let longest = Duration::from_millis(self.shared.longest_gap_ms.load(Ordering::Relaxed));
        let elapsed = self.shared.timer.elapsed();
        let now = self.shared.clock.now();
        domains.known.retain(|_, domain| {
            let state = locked(&domain.state);
            let idle = state
                .last
                .is_none_or(|last| elapsed.saturating_sub(last.end) > longest.max(IDLE_MEMORY));
            Arc::strong_count(domain) > 1 || !idle || state.pause.is_some_and(|until| until > now)
        });
        let Domains { known, paused, .. } = domains;
        paused.retain(|name| known.contains_key(name));
        domains.sweep_above = domains.known.len() * 2;
    }
}

impl Shared {
    fn pause(&self, domain: &Domain, until: DateTime<Utc>) {
        let mut domains = locked(&self.domains);
        domains.paused.insert(domain.name.clone());
        let mut state = locked(&domain.state);
        state.pause = state.pause.max(Some(until));
    }
}

impl Domain {
    /// How long the domain stays silent; an error when that is beyond patience.
    fn pause_left(
        &self,
        now: DateTime<Utc>,
        waited_for: Option<DateTime<Utc>>,
        patience: Duration,
    ) -> Result<Duration, Paused> {
        let pause = locked(&self.state).pause;
        let Some(until) = pause.filter(|until| *until > now && pause != waited_for) else {
            return Ok(Duration::ZERO);
        };
        let left = (until - now).to_std().unwrap_or_default();
        if left > patience {
            Err(Paused { until })
        } else {
            Ok(left)
        }
    }
}

impl State {
    fn gap_left(&self, elapsed: Duration, gap: Duration) -> Duration {
        self.last.map_or(Duration::ZERO, |last| {
            last.end
                .saturating_add(last.gap.max(gap))
                .saturating_sub(elapsed)
        })
    }
}

impl Turn {
    /// Notes that the domain answered as it should.
    pub fn answered(&self) {
        locked(&self.domain.state).strikes = 0;
    }

    /// Notes that the domain asked for a pause, and says until when it holds. Without a length
    /// the pause is guessed, and doubled for every time in a row.
    pub fn throttled(&self, asked: Option<Duration>) -> DateTime<Utc> {
        let wait = match asked {
            Some(asked) => asked.clamp(SHORTEST_PAUSE, LONGEST_PAUSE),
            None => {
                let mut state = locked(&self.domain.state);
                let doubled = FIRST_PAUSE.saturating_mul(1 << state.strikes.min(16));
                state.strikes = state.strikes.saturating_add(1);
                doubled.min(LONGEST_GUESSED_PAUSE)
            }
        };
        let until = later(self.shared.clock.now(), wait);
        self.shared.pause(&self.domain, until);
        until
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        locked(&self.domain.state).last = Some(Last {
            end: self.shared.timer.elapsed(),
            gap: self.gap,
        });
    }
}

fn later(now: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(wait)
        .ok()
        .and_then(|wait| now.checked_add_signed(wait))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
