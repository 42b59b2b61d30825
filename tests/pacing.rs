//! Politeness in a simulated world: a scripted server that notes every breach, and time that jumps
//! from wait to wait, so that a month passes in seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use depeche::clock::{Clock, FixedClock, SteppedClock, Timer, TokioTimer};
use depeche::fetch::exchange::{Answer, Body, Broken, Call, Exchange};
use depeche::fetch::{Client, Kind, Outcome, Pacer, Request, Settings, Terms};
use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

const GAP: Duration = Duration::from_secs(2);

/// What the server knows of one registrable domain.
#[derive(Default)]
struct Domain {
    busy: bool,
    last_end: Option<Duration>,
    closed_until: Duration,
    asked: Vec<(Duration, String)>,
}

/// Answers everything, late by a random time, and sometimes with a pause.
struct World {
    clock: SteppedClock,
    domains: Mutex<HashMap<String, Domain>>,
    breaches: Mutex<Vec<String>>,
    flights: Mutex<(usize, usize)>,
    dice: Mutex<u64>,
    /// One answer in so many is a 429 or 503; 0 for never.
    throttle_one_in: u64,
    gap: Duration,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    fn new(throttle_one_in: u64) -> Arc<Self> {
        let start = Utc
            .with_ymd_and_hms(2026, 3, 1, 0, 0, 0)
            .single()
            .expect("a valid date");
        Arc::new(Self {
            clock: SteppedClock::new(start),
            domains: Mutex::default(),
            breaches: Mutex::default(),
            flights: Mutex::default(),
            dice: Mutex::new(0x9E37_79B9_7F4A_7C15),
            throttle_one_in,
            gap: GAP,
        })
    }

    fn client(self: &Arc<Self>, max_concurrent: usize) -> Client {
        let clock = Arc::new(self.clock.clone());
        let timer: Arc<dyn Timer> = clock.clone();
        let settings = Settings {
            max_concurrent,
            min_gap: self.gap,
            environment_proxy: false,
            ..Settings::default()
        };
        Client::with_exchange(settings, clock, timer, Arc::new(Door(Arc::clone(self))))
    }

    /// Runs a future, jumping over every wait.
    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let stepper = self.clock.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .on_thread_park(move || {
                stepper.step();
            })
            .build()
            .expect("a runtime without drivers always builds");
        runtime.block_on(future)
    }

    /// The next throw of xorshift64, below `sides`.
    fn throw(&self, sides: u64) -> u64 {
        let mut dice = locked(&self.dice);
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        *dice % sides
    }

    fn breach(&self, what: String) {
        locked(&self.breaches).push(what);
    }

    /// Notes a request, and answers with the pause it gets, if it gets one.
    fn begin(&self, name: &str, url: &Url) -> Option<u64> {
        let now = self.clock.elapsed();
        let pause = (self.throttle_one_in > 0 && self.throw(self.throttle_one_in) == 0)
            .then(|| 60 + self.throw(20_000));
        let mut flights = locked(&self.flights);
        flights.0 += 1;
        flights.1 = flights.1.max(flights.0);
        drop(flights);
        let mut domains = locked(&self.domains);
        let domain = domains.entry(name.to_owned()).or_default();
        if domain.busy {
            self.breach(format!("two at once to {name} at {now:?}"));
        }
        if domain.last_end.is_some_and(|end| now < end + self.gap) {
            self.breach(format!(
                "{name} asked at {now:?}, {:?} ended",
                domain.last_end
            ));
        }
        if now < domain.closed_until {
            self.breach(format!(
                "{name} asked at {now:?} inside a pause until {:?}",
                domain.closed_until
            ));
        }
        domain.busy = true;
        domain.asked.push((now, url.to_string()));
        pause
    }

    fn end(&self, name: &str) {
        locked(&self.flights).0 -= 1;
        let mut domains = locked(&self.domains);
        let domain = domains.entry(name.to_owned()).or_default();
        domain.busy = false;
        domain.last_end = Some(self.clock.elapsed());
    }

    fn close(&self, name: &str, seconds: u64) {
        let until = self.clock.elapsed() + Duration::from_secs(seconds);
        let mut domains = locked(&self.domains);
        domains.entry(name.to_owned()).or_default().closed_until = until;
    }

    fn assert_polite(&self) {
        let breaches = locked(&self.breaches);
        assert!(
            breaches.is_empty(),
            "{} breaches, first: {:?}",
            breaches.len(),
            breaches.first()
        );
    }

    fn asked(&self) -> usize {
        locked(&self.domains)
            .values()
            .map(|domain| domain.asked.len())
            .sum()
    }
}

/// A request that is under way until it is dropped.
struct Flight {
    world: Arc<World>,
    name: String,
    pieces: u64,
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.world.end(&self.name);
    }
}

impl Body for Flight {
    fn piece(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, Broken>> {
        Box::pin(async {
            if self.pieces == 0 {
                return Ok(None);
            }
            self.pieces -= 1;
            let wait = self.world.throw(400);
            self.world.clock.sleep(Duration::from_millis(wait)).await;
            Ok(Some(vec![b'x'; 5000]))
        })
    }
}

/// The way into the world that a client holds.
struct Door(Arc<World>);

impl Exchange for Door {
    fn send(&self, call: Call) -> BoxFuture<'static, Result<Answer, Broken>> {
        let world = Arc::clone(&self.0);
        Box::pin(async move { Ok(answer(world, call).await) })
    }
}

async fn answer(world: Arc<World>, call: Call) -> Answer {
    let host = call.url.host_str().unwrap_or_default();
    let name = host
        .split_once('.')
        .map_or(host, |(_, domain)| domain)
        .to_owned();
    let pause = world.begin(&name, &call.url);
    let flight = Flight {
        world: Arc::clone(&world),
        name: name.clone(),
        pieces: world.throw(3),
    };
    let latency = 20 + world.throw(3000);
    world.clock.sleep(Duration::from_millis(latency)).await;
    let mut headers = HeaderMap::new();
    let mut status = if world.throw(4) == 0 { 404 } else { 200 };
    if let Some(seconds) = pause {
        status = if world.throw(2) == 0 { 429 } else { 503 };
        let until = world.clock.now() + Duration::from_secs(seconds);
        let as_date = until.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let value = if world.throw(2) == 0 {
            seconds.to_string()
        } else {
            as_date
        };
        let value = HeaderValue::from_str(&value).expect("digits and dates are valid");
        headers.insert(HeaderName::from_static("retry-after"), value);
        // A date has no fractions: the pause it names ends up to a second earlier.
        world.close(&name, seconds.saturating_sub(1));
    }
    Answer {
        status,
        headers,
        body: Box::new(flight),
    }
}

fn request(address: &str) -> Request {
    Request::new(
        Url::parse(address).expect("test addresses parse"),
        Kind::Feed,
    )
}

fn with_robots(address: &str) -> Request {
    let terms = Terms {
        obey_robots: true,
        ..Terms::default()
    };
    Request {
        source: Arc::new(terms),
        kind: Kind::Page,
        ..request(address)
    }
}

/// Sources 0 to 199 live on 30 domains, each at its own host.
fn address(source: u64, poll: u64) -> String {
    format!("https://s{source}.outlet{}.org/{poll}", source % 30)
}

/// Polls a source about every six hours, with one page each time, until `end`.
async fn live(world: Arc<World>, client: Client, source: u64, end: Duration) {
    let mut poll = 0;
    while world.clock.elapsed() < end {
        poll += 1;
        let outcome = client.fetch(&request(&address(source, poll))).await;
        if let Outcome::Body(_) = outcome {
            let _page = client
                .fetch(&with_robots(&format!("{}/page", address(source, poll))))
                .await;
        }
        let wait = 6 * 3600 + world.throw(600);
        world.clock.sleep(Duration::from_secs(wait)).await;
    }
}

async fn live_all(world: &Arc<World>, client: &Client, end: Duration) {
    let mut tasks = tokio::task::JoinSet::new();
    for source in 0..200 {
        tasks.spawn(live(Arc::clone(world), client.clone(), source, end));
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no source panics");
    }
}

#[test]
fn a_month_of_two_hundred_sources_breaks_no_rule() {
    let world = World::new(50);
    let day = Duration::from_secs(86_400);
    let first = world.client(64);
    world.run(live_all(&world, &first, 15 * day));
    let (pauses, robots) = (first.pacer().pauses(), first.robots_rows());
    assert!(!robots.is_empty());
    drop(first);
    // A restart: what was learnt comes back from the store; the gap is not older than that.
    world.clock.advance(GAP);
    let second = world.client(64);
    second.pacer().restore(pauses);
    second.restore_robots(robots);
    world.run(live_all(&world, &second, 30 * day));
    world.assert_polite();
    let asked = world.asked();
    assert!(asked > 25_000, "{asked} requests in the month");
    assert!(
        locked(&world.flights).1 > 10,
        "many domains are asked at the same time"
    );
}

#[test]
fn a_paused_domain_holds_up_nobody_else() {
    let world = World::new(0);
    let client = world.client(64);
    let until = world.clock.now() + Duration::from_secs(3600);
    client.pacer().pause("outlet0.org", until);
    let outcomes = world.run(async {
        let fetches = (0..300).map(|source| {
            let client = client.clone();
            async move {
                (
                    source % 30,
                    client.fetch(&request(&address(source, 1))).await,
                )
            }
        });
        futures_util::future::join_all(fetches).await
    });
    world.assert_polite();
    for (domain, outcome) in outcomes {
        let paused =
            matches!(outcome, Outcome::Throttled { until: end, status: None } if end == until);
        assert_eq!(paused, domain == 0, "outlet{domain}: {outcome}");
    }
    // Ten requests to each domain, each at most 3.8 s long and 2 s apart.
    let took = world.clock.elapsed();
    assert!(
        took <= Duration::from_millis(10 * 3820 + 9 * 2000),
        "{took:?}"
    );
}

#[test]
fn no_more_exchanges_at_once_than_allowed() {
    let world = World::new(0);
    let client = world.client(4);
    world.run(async {
        let fetches = (0..120).map(|source| {
            let client = client.clone();
            async move { client.fetch(&request(&address(source, 1))).await }
        });
        futures_util::future::join_all(fetches).await
    });
    world.assert_polite();
    assert_eq!(world.asked(), 120);
    assert_eq!(locked(&world.flights).1, 4);
}

#[test]
fn turns_are_given_in_the_order_asked_for() {
    let world = World::new(0);
    let client = world.client(64);
    world.run(async {
        let fetches = (0..50).map(|poll| {
            let client = client.clone();
            async move { client.fetch(&request(&address(7, poll))).await }
        });
        futures_util::future::join_all(fetches).await
    });
    let domains = locked(&world.domains);
    let asked: Vec<_> = domains["outlet7.org"]
        .asked
        .iter()
        .map(|(_, url)| url.clone())
        .collect();
    let expected: Vec<_> = (0..50).map(|poll| address(7, poll)).collect();
    assert_eq!(asked, expected);
}

#[test]
fn a_fetch_given_up_gives_its_turn_back() {
    let world = World::new(0);
    let client = world.client(1);
    world.run(async {
        let first = request(&address(1, 1));
        let abandoned = client.fetch(&first);
        let patience = world.clock.sleep(Duration::from_millis(10));
        tokio::select! {
            biased;
            outcome = abandoned => panic!("no answer comes so fast: {outcome}"),
            () = patience => {}
        }
        let outcome = client.fetch(&request(&address(1, 2))).await;
        assert!(
            matches!(outcome, Outcome::Body(_) | Outcome::Failed(_)),
            "{outcome}"
        );
    });
    world.assert_polite();
    assert_eq!(world.asked(), 2);
}

#[test]
fn idle_domains_are_forgotten_and_paused_ones_are_not() {
    let world = World::new(0);
    let client = world.client(64);
    let until: DateTime<Utc> = world.clock.now() + Duration::from_secs(30 * 86_400);
    client.pacer().pause("outlet0.org", until);
    world.run(async {
        for host in 0..3000 {
            let _outcome = client
                .fetch(&request(&format!("https://www.host{host}.org/")))
                .await;
        }
    });
    assert!(
        client.pacer().known() < 800,
        "{} domains are remembered",
        client.pacer().known()
    );
    assert_eq!(client.pacer().pauses(), [("outlet0.org".to_owned(), until)]);
}

#[test]
fn a_clock_that_stands_still_stops_nobody() {
    let start = Utc
        .with_ymd_and_hms(2026, 3, 1, 0, 0, 0)
        .single()
        .expect("a valid date");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime with a timer");
    runtime.block_on(async {
        let pacer = Pacer::new(
            Arc::new(FixedClock::new(start)),
            Arc::new(TokioTimer::default()),
            4,
        );
        pacer.pause("outlet.org", start + Duration::from_millis(50));
        let turn = pacer
            .turn(
                "outlet.org",
                Duration::from_millis(1),
                Duration::from_secs(1),
            )
            .await;
        assert!(turn.is_ok());
    });
}
