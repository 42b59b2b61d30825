//! A simulated world: outlets that follow scripts, time that jumps from wait to wait, and the real
//! pipeline, scheduler and store in a folder of their own, which can be dropped and opened again.

#![allow(dead_code, reason = "every test program uses its own part")]

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use depeche::clock::{Clock, SteppedClock, Timer};
use depeche::config;
use depeche::daemon::{Event, Progress, Scheduler};
use depeche::fetch::exchange::{Answer, Body, Broken, Call, Exchange, Pieces};
use depeche::fetch::{Client, Failure, FailureKind, Settings};
use depeche::ingest::{Completed, Pipeline};
use depeche::store::{ArticleRow, Reader, SourceRow, Store, open_reader};
use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tempfile::TempDir;
use tokio::sync::watch;

pub const GAP: Duration = Duration::from_secs(2);
pub const START: &str = "2026-03-02T10:00:00Z";

pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request as a script sees it.
pub struct Asked {
    pub host: String,
    pub path: String,
    pub now: DateTime<Utc>,
    pub etag: Option<String>,
    pub since: Option<String>,
    /// Requests to this address before.
    pub before: usize,
}

/// What a script answers.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    /// Set when there is no answer at all.
    pub broken: Option<FailureKind>,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
            broken: None,
        }
    }

    pub fn ok(media: &str, body: String) -> Self {
        Self {
            body,
            ..Self::status(200).with("content-type", media)
        }
    }

    pub fn feed(body: String) -> Self {
        Self::ok("application/rss+xml", body)
    }

    pub fn to(status: u16, url: &str) -> Self {
        Self::status(status).with("location", url)
    }

    pub fn broken(kind: FailureKind) -> Self {
        Self {
            broken: Some(kind),
            ..Self::status(0)
        }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Answers 304 where the request carries this tag.
    pub fn tagged(self, asked: &Asked, tag: &str) -> Self {
        let reply = if asked.etag.as_deref() == Some(tag) {
            Self {
                headers: self.headers,
                ..Self::status(304)
            }
        } else {
            self
        };
        reply.with("etag", tag)
    }
}

pub type Script = Box<dyn Fn(&Asked) -> Reply + Send + Sync>;

/// A request that was made.
#[derive(Debug, Clone)]
pub struct Made {
    pub at: DateTime<Utc>,
    pub url: String,
    pub conditional: bool,
    pub status: u16,
}

#[derive(Default)]
struct Domain {
    busy: bool,
    last_end: Option<Duration>,
    closed_until: Option<DateTime<Utc>>,
}

/// The outlets, and what they have noted.
pub struct World {
    pub clock: SteppedClock,
    scripts: Mutex<HashMap<String, Script>>,
    domains: Mutex<HashMap<String, Domain>>,
    pub made: Mutex<Vec<Made>>,
    counts: Mutex<HashMap<String, usize>>,
    pub breaches: Mutex<Vec<String>>,
    /// Between these moments nobody can be reached.
    pub outage: Mutex<Option<(DateTime<Utc>, DateTime<Utc>)>>,
    /// From each of these moments on the machine's clock is wrong by so much.
    pub jumps: Mutex<Vec<(DateTime<Utc>, TimeDelta)>>,
}

/// The clock of the machine, which may be wrong; the outlets' is right.
struct WallClock(Arc<World>);

impl Clock for WallClock {
    fn now(&self) -> DateTime<Utc> {
        let now = self.0.clock.now();
        let jumps = locked(&self.0.jumps);
        let wrong = jumps.iter().rfind(|(from, _)| *from <= now);
        now + wrong.map_or(TimeDelta::zero(), |(_, by)| *by)
    }
}

impl World {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            clock: SteppedClock::new(START.parse().unwrap()),
            scripts: Mutex::default(),
            domains: Mutex::default(),
            made: Mutex::default(),
            counts: Mutex::default(),
            breaches: Mutex::default(),
            outage: Mutex::default(),
            jumps: Mutex::default(),
        })
    }

    /// What a host answers; a host without a script answers 404.
    pub fn script(&self, host: &str, script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) {
        locked(&self.scripts).insert(host.to_owned(), Box::new(script));
    }

    pub fn made_to(&self, part: &str) -> Vec<Made> {
        let made = locked(&self.made);
        made.iter()
            .filter(|m| m.url.contains(part))
            .cloned()
            .collect()
    }

    pub fn assert_polite(&self) {
        let breaches = locked(&self.breaches);
        let first: Vec<_> = breaches.iter().take(5).collect();
        assert!(
            breaches.is_empty(),
            "{} breaches: {first:#?}",
            breaches.len()
        );
    }

    fn breach(&self, what: String) {
        locked(&self.breaches).push(what);
    }

    fn begin(&self, name: &str, url: &str) {
        let (now, elapsed) = (self.clock.now(), self.clock.elapsed());
        let mut domains = locked(&self.domains);
        let domain = domains.entry(name.to_owned()).or_default();
        if domain.busy {
            self.breach(format!("two at once to {name} at {now}: {url}"));
        }
        if domain.last_end.is_some_and(|end| elapsed < end + GAP) {
            self.breach(format!("no gap before {url} at {now}"));
        }
        if domain.closed_until.is_some_and(|until| now < until) {
            self.breach(format!("{url} asked at {now} inside a pause"));
        }
        domain.busy = true;
    }

    fn answer(&self, asked: &Asked) -> Reply {
        let down = *locked(&self.outage);
        if down.is_some_and(|(from, to)| from <= asked.now && asked.now < to) {
            return Reply::broken(FailureKind::Dns);
        }
        match locked(&self.scripts).get(&asked.host) {
            Some(script) => script(asked),
            None => Reply::status(404),
        }
    }
}

fn domain_of(host: &str) -> String {
    let mut labels: Vec<&str> = host.rsplitn(3, '.').take(2).collect();
    labels.reverse();
    labels.join(".")
}

struct Flight {
    world: Arc<World>,
    name: String,
    pieces: Pieces,
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut domains = locked(&self.world.domains);
        let domain = domains.entry(self.name.clone()).or_default();
        domain.busy = false;
        domain.last_end = Some(self.world.clock.elapsed());
    }
}

impl Body for Flight {
    fn piece(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, Broken>> {
        self.pieces.piece()
    }
}

struct Door(Arc<World>);

impl Exchange for Door {
    fn send(&self, call: Call) -> BoxFuture<'static, Result<Answer, Broken>> {
        let world = Arc::clone(&self.0);
        Box::pin(async move { exchange(world, call).await })
    }
}

async fn exchange(world: Arc<World>, call: Call) -> Result<Answer, Broken> {
    let host = call.url.host_str().unwrap_or_default().to_owned();
    let name = domain_of(&host);
    let at = world.clock.now();
    world.begin(&name, call.url.as_str());
    let mut flight = Flight {
        world: Arc::clone(&world),
        name: name.clone(),
        pieces: Pieces::default(),
    };
    world.clock.sleep(Duration::from_millis(337)).await;
    let header = |name: &str| {
        let value = call.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let url = call.url.to_string();
    let before = {
        let mut counts = locked(&world.counts);
        let count = counts.entry(url.clone()).or_default();
        *count += 1;
        *count - 1
    };
    let asked = Asked {
        path: call.url.path().to_owned(),
        now: world.clock.now(),
        etag: header("if-none-match"),
        since: header("if-modified-since"),
        before,
        host,
    };
    let reply = world.answer(&asked);
    locked(&world.made).push(Made {
        at,
        url,
        conditional: asked.etag.is_some() || asked.since.is_some(),
        status: reply.status,
    });
    if let Some(kind) = reply.broken {
        return Err(Broken::Failed(Failure::new(kind, "no way there")));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in &reply.headers {
        let value = HeaderValue::from_str(value).unwrap();
        headers.append(HeaderName::from_static(name), value);
        if let Some(seconds) = (*name == "retry-after").then(|| reply_seconds(&reply)) {
            let mut domains = locked(&world.domains);
            let until = asked.now + TimeDelta::seconds(seconds);
            domains.entry(flight.name.clone()).or_default().closed_until = Some(until);
        }
    }
    flight.pieces = Pieces::from(reply.body.into_bytes());
    Ok(Answer {
        status: reply.status,
        headers,
        body: Box::new(flight),
    })
}

fn reply_seconds(reply: &Reply) -> i64 {
    let found = reply
        .headers
        .iter()
        .find(|(name, _)| *name == "retry-after");
    found.map_or(0, |(_, value)| value.parse().unwrap())
}

/// What the scheduler reported.
#[derive(Default)]
pub struct Log {
    pub notes: Mutex<Vec<String>>,
    pub polls: Mutex<usize>,
    pub stored: Mutex<usize>,
}

impl Progress for Log {
    fn event(&self, event: &Event) {
        match event {
            Event::Polled(_, polled) => {
                *locked(&self.polls) += 1;
                locked(&self.notes).extend(polled.notes.clone());
            }
            Event::Completed(_, Completed::Stored { .. }) => *locked(&self.stored) += 1,
            Event::Completed(..) => {}
        }
    }
}

/// A folder with a configuration and a state.
pub struct House {
    pub folder: TempDir,
    pub world: Arc<World>,
    pub log: Log,
}

impl House {
    pub fn new(world: &Arc<World>, main: &str, sources: &str) -> Self {
        let house = Self {
            folder: tempfile::tempdir().unwrap(),
            world: Arc::clone(world),
            log: Log::default(),
        };
        house.write(
            "depeche.toml",
            &format!("[daemon]\nstate_dir = \"var\"\n{main}"),
        );
        house.write("sources.toml", sources);
        house.write(
            "topics.toml",
            "[[topic]]\nid = \"all\"\ntitle = \"All\"\nany = [\"/./\"]\n",
        );
        house
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub fn config_path(&self) -> std::path::PathBuf {
        self.folder.path().join("depeche.toml")
    }

    pub fn config(&self) -> config::Config {
        config::load(Some(&self.config_path()))
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())
            .unwrap()
    }

    /// A run of the program from its start: opens everything, works until `end`, and is dropped
    /// without a word, as by a crash.
    pub fn run(&self, end: DateTime<Utc>) {
        let stepper = self.world.clock.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .on_thread_park(move || {
                stepper.step();
            })
            .build()
            .unwrap();
        runtime.block_on(self.live(end));
    }

    pub fn run_for(&self, span: TimeDelta) {
        self.run(self.world.clock.now() + span);
    }

    /// A client of this world, and its clock.
    pub fn client(&self) -> (Client, Arc<dyn Clock>) {
        let clock: Arc<dyn Clock> = Arc::new(WallClock(self.world.clone()));
        let timer: Arc<dyn Timer> = Arc::new(self.world.clock.clone());
        let settings = Settings {
            min_gap: GAP,
            environment_proxy: false,
            ..Settings::default()
        };
        let door = Arc::new(Door(Arc::clone(&self.world)));
        let client = Client::with_exchange(settings, clock.clone(), timer, door);
        (client, clock)
    }

    async fn live(&self, end: DateTime<Utc>) {
        let time = self.world.clock.clone();
        let (client, clock) = self.client();
        let config = self.config();
        let store = Store::open(&config.daemon.state_dir).unwrap();
        let pipeline = Pipeline::open(store, client, clock.clone(), &config)
            .await
            .unwrap();
        let store = pipeline.store.clone();
        let (_sender, receiver) = watch::channel(Arc::new(config));
        let mut scheduler = Scheduler::new(pipeline, receiver);
        while time.now() < end {
            scheduler.sweep(&self.log).await.unwrap();
            let next = store
                .read(|r| Ok((r.queries().next_due()?, r.queries().next_article_due()?)))
                .await
                .unwrap();
            let next = [next.0, next.1].into_iter().flatten().min();
            let mut wait = next.map_or(TimeDelta::MAX, |next| next - clock.now());
            if !locked(&self.world.jumps).is_empty() {
                // The scheduler looks more often than that, and so notices a jump.
                wait = wait.min(TimeDelta::seconds(30)).max(TimeDelta::seconds(1));
            }
            let wait = wait.min(end - time.now());
            time.advance(wait.to_std().unwrap_or_default());
        }
    }

    pub fn reader(&self) -> Reader {
        open_reader(&self.folder.path().join("var")).unwrap()
    }

    pub fn source(&self, id: &str) -> SourceRow {
        self.reader().queries().source(&id.into()).unwrap().unwrap()
    }

    pub fn article(&self, identity_part: &str) -> ArticleRow {
        let reader = self.reader();
        (1..)
            .map(|id| {
                reader
                    .queries()
                    .article(depeche::model::ArticleId(id))
                    .unwrap()
            })
            .map_while(|row| row)
            .find(|row| row.url.contains(identity_part))
            .expect(identity_part)
    }

    pub fn said(&self, part: &str) -> usize {
        let notes = locked(&self.log.notes);
        notes.iter().filter(|note| note.contains(part)).count()
    }
}

const WORDS: [&str; 40] = [
    "accord",
    "annonce",
    "barrage",
    "canal",
    "capitale",
    "chemin",
    "commerce",
    "conseil",
    "contrat",
    "culture",
    "délégation",
    "dirigeant",
    "échange",
    "école",
    "entreprise",
    "fleuve",
    "forum",
    "frontière",
    "gouvernement",
    "hôpital",
    "industrie",
    "journal",
    "livraison",
    "marché",
    "ministre",
    "montagne",
    "navire",
    "partenaire",
    "peuple",
    "port",
    "président",
    "production",
    "projet",
    "récolte",
    "région",
    "sommet",
    "traité",
    "usine",
    "village",
    "voyage",
];

/// Text that is another one for every seed.
pub fn prose(seed: u64, words: usize) -> String {
    let mut dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::new();
    for n in 0..words {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let word = WORDS[(dice % 40) as usize];
        text.push_str(if n % 12 == 0 { "Le " } else { " " });
        text.push_str(word);
        text.push_str(if n % 12 == 11 { ". " } else { " de la" });
    }
    text.push('.');
    text
}

/// An RSS document; every entry is (guid, link, title, text, date).
pub fn rss(channel: &str, entries: &[(String, String, String, String, DateTime<Utc>)]) -> String {
    let entries: String = entries
        .iter()
        .map(|(guid, link, title, text, date)| {
            format!(
                "<item><guid isPermaLink=\"false\">{guid}</guid><link>{link}</link><title>{title}</title>\
                 <description>{text}</description><pubDate>{}</pubDate></item>",
                date.to_rfc2822()
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Un journal</title>\
         <link>https://www.example.org/</link>{channel}{entries}</channel></rss>"
    )
}

/// An article's page.
pub fn page(title: &str, seed: u64) -> String {
    let paragraphs: String = (0..6)
        .map(|n| format!("<p>{}</p>", prose(seed * 31 + n, 60)))
        .collect();
    format!(
        "<!DOCTYPE html><html lang=\"fr\"><head><title>{title}</title></head><body>\
         <header><nav><a href=\"/\">Accueil</a></nav></header><main><article><h1>{title}</h1>{paragraphs}\
         </article></main><footer>Mentions</footer></body></html>"
    )
}

/// A feed with a new entry every so many hours.
pub fn growing(asked: &Asked, channel: &str, hours: i64) -> String {
    let step = hours * 3_600;
    let newest = asked.now.timestamp() / step;
    let entries: Vec<_> = (newest - 3..=newest)
        .map(|n| {
            let date = DateTime::from_timestamp(n * step, 0).unwrap();
            let link = format!("https://{}/articles/{n}", asked.host);
            let guid = format!("{}-{n}", asked.host);
            let title = format!("Titre {n} de {}", asked.host);
            let seed = asked
                .host
                .bytes()
                .fold(n as u64, |sum, b| sum.wrapping_mul(31) + u64::from(b));
            (guid, link, title, prose(seed, 15), date)
        })
        .collect();
    rss(channel, &entries)
}
