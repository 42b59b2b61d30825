//! What the process counts while it runs, for `/metrics`: fetches and transactions. One set for the
//! whole process, since that is what is scraped; and the page on which they stand, beside figures
//! that are read from the store. Knows neither sources nor SQL.

use std::fmt;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Media type of the page.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Upper bounds of the durations of fetches, in seconds.
const FETCH_BOUNDS: [f64; 8] = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 180.0];
/// Upper bounds of the durations of transactions, in seconds.
const STORE_BOUNDS: [f64; 8] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0];

/// Names and values that tell the figures of one name apart.
pub type Labels = Vec<(&'static str, String)>;

struct Meters {
    fetches: Family<Labels, Counter>,
    fetch_time: Family<Labels, Histogram>,
    store_time: Histogram,
    store_queue: Gauge,
    registry: Registry,
}

static METERS: LazyLock<Meters> = LazyLock::new(|| {
    let mut registry = Registry::default();
    let fetches = Family::default();
    let fetch_time =
        Family::new_with_constructor((|| Histogram::new(FETCH_BOUNDS)) as fn() -> Histogram);
    let store_time = Histogram::new(STORE_BOUNDS);
    let store_queue = Gauge::default();
    registry.register(
        "depeche_fetches",
        "Fetches by kind and outcome",
        fetches.clone(),
    );
    registry.register_with_unit(
        "depeche_fetch_duration",
        "Time of a fetch, waiting for its turn included",
        Unit::Seconds,
        fetch_time.clone(),
    );
    registry.register_with_unit(
        "depeche_store_transaction",
        "Time of a transaction, waiting for the writer included",
        Unit::Seconds,
        store_time.clone(),
    );
    registry.register(
        "depeche_store_queue",
        "Transactions that are waited for",
        store_queue.clone(),
    );
    Meters {
        fetches,
        fetch_time,
        store_time,
        store_queue,
        registry,
    }
});

/// A duration that is being taken.
pub struct Watch(Instant);

impl Watch {
    /// Begins now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    fn seconds(&self) -> f64 {
        let elapsed: Duration = self.0.elapsed();
        elapsed.as_secs_f64()
    }
}

/// Counts a fetch that has ended.
pub fn fetched(kind: &'static str, outcome: &'static str, watch: &Watch) {
    let labels = vec![("kind", kind.to_owned()), ("outcome", outcome.to_owned())];
    METERS.fetches.get_or_create(&labels).inc();
    let kind = vec![("kind", kind.to_owned())];
    METERS
        .fetch_time
        .get_or_create(&kind)
        .observe(watch.seconds());
}

/// A transaction that is waited for; counted when this is dropped.
pub struct Queued(Watch);

/// Counts a transaction from now on.
pub fn queued() -> Queued {
    METERS.store_queue.inc();
    Queued(Watch::start())
}

impl Drop for Queued {
    fn drop(&mut self) {
        METERS.store_queue.dec();
        METERS.store_time.observe(self.0.seconds());
    }
}

/// A page of metrics: figures of the moment, then what the process counts.
#[derive(Default)]
pub struct Page(Registry);

impl Page {
    /// A figure.
    pub fn gauge(&mut self, name: &str, help: &str, value: i64) {
        let gauge = Gauge::<i64>::default();
        gauge.set(value);
        self.0.register(name, help, gauge);
    }

    /// A figure for each of several things.
    pub fn gauges(&mut self, name: &str, help: &str, values: Vec<(Labels, i64)>) {
        let family = Family::<Labels, Gauge>::default();
        for (labels, value) in values {
            family.get_or_create(&labels).set(value);
        }
        self.0.register(name, help, family);
    }

    /// The text.
    ///
    /// # Errors
    /// Never for figures like these; the encoder's signature allows it.
    pub fn finish(self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.0)?;
        encode_registry(&mut text, &METERS.registry)?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}
