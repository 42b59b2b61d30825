//! Fetching: the one place that opens connections to the world. Polite (one budget per domain,
//! conditional requests, `robots.txt`), safe (address guard, limits on everything a server can
//! send), and with a named outcome for every end.
//!
//! Knows no sources, no schedule and no store: who calls decides when, and keeps what is learnt.
//!
//! ```text
//! Client::fetch ─▶ Journey: for each hop  guard ─▶ robots ─▶ Pacer (a turn) ─▶ Exchange ─▶ body
//! ```

mod body;
pub mod exchange;
mod freshness;
pub mod guard;
mod headers;
mod journey;
mod media;
pub mod message;
pub mod outcome;
pub mod pacing;
mod portal;
pub mod recording;
pub mod request;
pub mod robots;
mod robots_cache;
#[cfg(test)]
mod scripted;
mod transport;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use tracing::Instrument;
use url::Url;

pub use freshness::Freshness;
pub use guard::HostPattern;
pub use outcome::{
    Failure, FailureKind, Outcome, Redirect, Refusal, RefusalReason, Response, Unchanged,
    Validators, shown,
};
pub use pacing::Pacer;
pub use request::{
    Caps, Credentials, Kind, PRODUCT, Request, Settings, Terms, check_header, user_agent,
};
pub use robots_cache::{RobotsAnswer, RobotsRow};
pub use transport::{Lookup, SystemLookup};

use self::exchange::Exchange;
use self::journey::Journey;
use self::robots_cache::{Advice, RobotsCache};
use crate::clock::{Clock, Timer, TokioTimer};
use crate::meters;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The TLS or name look-up parts do not start.
    #[error("the HTTP client cannot be built; are the system's CA certificates installed?")]
    Build(#[source] reqwest::Error),
    /// The further certificates are not PEM.
    #[error(
        "the further certificates cannot be read: they must be in PEM, between BEGIN and END lines"
    )]
    Roots(#[source] reqwest::Error),
    /// The address of the proxy is not one.
    #[error(
        "the proxy cannot be used: write its address as http://host:port or socks5h://host:port"
    )]
    Proxy(#[source] reqwest::Error),
}

/// Fetches. Copies share connections, pacing and what is known of `robots.txt`.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    clock: Arc<dyn Clock>,
    timer: Arc<dyn Timer>,
    exchange: Arc<dyn Exchange>,
    proxies: Vec<String>,
    pacer: Pacer,
    robots: RobotsCache,
    portal: portal::Portal,
    large: Arc<Semaphore>,
}

impl Client {
    /// A client for the network. Installs the TLS provider of the process if there is none. To be
    /// called within an async runtime.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, FetchError> {
        Self::with_lookup(settings, clock, Arc::new(SystemLookup))
    }

    /// A client for the network that resolves names by `lookup`.
    pub fn with_lookup(
        settings: Settings,
        clock: Arc<dyn Clock>,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, FetchError> {
        let exchange = Arc::new(transport::Transport::new(&settings, lookup)?);
        let timer = Arc::new(TokioTimer::default());
        Ok(Self::with_exchange(settings, clock, timer, exchange))
    }

    /// A client for a scripted world, with its own time.
    pub fn with_exchange(
        settings: Settings,
        clock: Arc<dyn Clock>,
        timer: Arc<dyn Timer>,
        exchange: Arc<dyn Exchange>,
    ) -> Self {
        let pacer = Pacer::new(
            Arc::clone(&clock),
            Arc::clone(&timer),
            settings.max_concurrent,
        );
        Self {
            shared: Arc::new(Shared {
                proxies: transport::proxy_hosts(&settings),
                settings,
                clock,
                timer,
                exchange,
                pacer,
                robots: RobotsCache::default(),
                portal: portal::Portal::default(),
                large: Arc::new(Semaphore::new(body::LARGE_MIB as usize)),
            }),
        }
    }

    /// The same client, keeping what is exchanged. To be called before copies are made.
    #[must_use]
    pub fn recording(self, tape: &Arc<recording::Tape>) -> Self {
        let Shared {
            settings,
            clock,
            timer,
            exchange,
            ..
        } = &*self.shared;
        let recorder = recording::Recorder {
            inner: exchange.clone(),
            tape: tape.clone(),
        };
        let recorder = Arc::new(recorder);
        Self::with_exchange(settings.clone(), clock.clone(), timer.clone(), recorder)
    }

    /// Fetches one thing: waits for its turn, follows its redirects, and ends in an [`Outcome`].
    /// Dropping the future ends the fetch and gives the turn back.
    pub async fn fetch(&self, request: &Request) -> Outcome {
        let span =
            tracing::info_span!("fetch", url = %shown(&request.url), kind = request.kind.word());
        let journey = Journey::new(&self.shared, request).run();
        let outcome = async {
            let watch = meters::Watch::start();
            let outcome = journey.await;
            meters::fetched(request.kind.word(), outcome.word(), &watch);
            tracing::debug!(outcome = outcome.word(), "{outcome}");
            outcome
        };
        outcome.instrument(span).await
    }

    /// The pacer, for the pauses to keep and restore.
    pub fn pacer(&self) -> &Pacer {
        &self.shared.pacer
    }

    /// What is known of `robots.txt`, for the store.
    pub fn robots_rows(&self) -> Vec<RobotsRow> {
        self.shared.robots.rows()
    }

    /// What was learnt of `robots.txt` since this was last asked: the rows to write.
    pub fn robots_learnt(&self) -> Vec<RobotsRow> {
        self.shared.robots.take_learnt()
    }

    /// Takes up what an earlier run knew of `robots.txt`.
    pub fn restore_robots(&self, rows: impl IntoIterator<Item = RobotsRow>) {
        rows.into_iter()
            .for_each(|row| self.shared.robots.keep(row));
    }

    /// The sitemaps that a host's `robots.txt` names, as far as it has been read.
    pub fn sitemaps(&self, url: &Url) -> Vec<String> {
        self.shared.robots.sitemaps(url)
    }

    /// When the domain of an address could be asked next, if nobody else is waiting for it.
    pub fn next_free(&self, url: &Url, now: DateTime<Utc>) -> DateTime<Utc> {
        let domain = crate::text::url::registrable_domain(url.host_str().unwrap_or_default());
        self.shared.pacer.next_free(&domain, now)
    }
}

impl Shared {
    /// What `robots.txt` says of an address, asking for it, by these terms, where it is not known.
    async fn advice(&self, url: &Url, terms: impl FnOnce() -> Terms) -> Result<Advice, Outcome> {
        let advice = self.robots.advise(url, self.clock.now());
        if !matches!(advice, Advice::Ask(_)) {
            return Ok(advice);
        }
        let gate = self.robots.asking(url);
        let _asking = gate.lock().await;
        let Advice::Ask(validators) = self.robots.advise(url, self.clock.now()) else {
            return Ok(self.robots.advise(url, self.clock.now()));
        };
        let Some(address) = robots_cache::address(url) else {
            return Ok(Advice::Allowed);
        };
        let request = Request {
            url: address,
            kind: Kind::Robots,
            validators,
            source: Arc::new(terms()),
        };
        // Boxed because a journey asks for robots.txt, which is a journey.
        let outcome = Box::pin(Journey::new(self, &request).run()).await;
        tracing::debug!(url = %shown(&request.url), outcome = outcome.word(), "robots.txt: {outcome}");
        self.robots.learn(url, &outcome, self.clock.now());
        match outcome {
            Outcome::Throttled { .. } => Err(outcome),
            _ => Ok(self.robots.advise(url, self.clock.now())),
        }
    }
}

/// Waits for a future, but not longer than `limit`.
async fn within<F: Future>(timer: &dyn Timer, limit: Duration, future: F) -> Option<F::Output> {
    tokio::select! {
        biased;
        output = future => Some(output),
        () = timer.sleep(limit) => None,
    }
}
