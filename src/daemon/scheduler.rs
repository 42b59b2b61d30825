//! The scheduler: asks the store what is due and gives every domain one worker at a time, so that
//! no outlet ever sees two requests at once and a slow one keeps nobody waiting.

use std::collections::{HashMap, HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, Sleep};

use super::outage::{Outage, Silent};
use super::recording::Diary;
use super::worker::{Due, Worker};
use crate::config::Config;
use crate::ingest::{Completed, Pipeline, Polled, Reach};
use crate::model::{ArticleId, SourceId};
use crate::store::{HealthState, Reader, SourceState, StoreError, Writer, on_disk};

/// Longest sleep between two looks at what is due; also the beat of the watchdog.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
/// Shortest sleep: due times are whole seconds.
const SHORTEST_SLEEP: Duration = Duration::from_millis(200);
/// Due rows looked at in one go.
const MOST_DUE: usize = 2_000;
/// Workers at once, as a multiple of the requests that may be under way: most of them wait for gaps.
const WORKERS_PER_REQUEST: usize = 4;
/// 2020: a clock that says less was never set, as on a machine without a battery.
const EARLIEST: DateTime<Utc> =
    DateTime::from_timestamp(1_577_836_800, 0).expect("a time within range");
/// First and longest wait between two tries whether the store can be written again.
const PROBES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(300));
/// Where the store keeps since when nothing has been reached.
const OUTAGE: &str = "outage";
/// Reports of workers that may wait to be read.
const REPORTS: usize = 1_024;

/// What happens, for whoever shows it to a person.
#[derive(Debug, Clone)]
pub enum Event {
    /// A source was polled.
    Polled(SourceId, Polled),
    /// An article was completed.
    Completed(ArticleId, Completed),
}

/// Shows a person what happens.
pub trait Progress: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event);
}

/// The scheduler.
pub struct Scheduler {
    pipeline: Pipeline,
    config: watch::Receiver<Arc<Config>>,
    tasks: JoinSet<bool>,
    /// The domain of each task.
    domains: HashMap<Id, String>,
    /// Those domains again: none of them gets a second worker.
    busy: HashSet<String>,
    /// Domains with something due, the longest overdue first.
    waiting: VecDeque<String>,
    /// When the store is asked again what is due.
    next_look: Pin<Box<Sleep>>,
    look_due: bool,
    reports: (mpsc::Sender<Event>, mpsc::Receiver<Event>),
    beat: Arc<AtomicU64>,
    outage: Outage,
    /// Whether the outage is what the store knows of it.
    recalled: bool,
    /// A configuration, and how many domains its sources have.
    counted: Option<(Arc<Config>, usize)>,
    /// Polls that reached nobody, until it is clear whose fault that was.
    held: Vec<(SourceId, Polled)>,
    diary: Option<Arc<Diary>>,
    /// When it is tried next whether the store can be written again, and how long to wait then.
    probe: Option<(Instant, Duration)>,
    /// The time at the last look at what is due.
    last_look: Option<DateTime<Utc>>,
}

impl Scheduler {
    /// A scheduler with nothing under way.
    pub fn new(pipeline: Pipeline, config: watch::Receiver<Arc<Config>>) -> Self {
        Self {
            pipeline,
            config,
            tasks: JoinSet::new(),
            domains: HashMap::new(),
            busy: HashSet::new(),
            waiting: VecDeque::new(),
            next_look: Box::pin(tokio::time::sleep(Duration::ZERO)),
            look_due: true,
            reports: mpsc::channel(REPORTS),
            beat: Arc::default(),
            outage: Outage::default(),
            recalled: false,
            counted: None,
            held: Vec::new(),
            diary: None,
            probe: None,
            last_look: None,
        }
    }

    /// The same, keeping a diary, and so doing one thing after the other.
    pub(super) fn with_diary(mut self, diary: Option<Arc<Diary>>) -> Self {
        self.diary = diary;
        self
    }

    /// A counter that grows as long as the scheduler lives.
    pub fn beat(&self) -> Arc<AtomicU64> {
        self.beat.clone()
    }

    /// Runs for ever.
    ///
    /// # Errors
    /// When the store refuses to say what is due, and the disk is not to blame.
    pub async fn run(&mut self, progress: &dyn Progress) -> Result<(), StoreError> {
        loop {
            self.beat.fetch_add(1, Ordering::Relaxed);
            if let Err(error) = self.start_due().await {
                // A disk may come back; any other refusal comes again.
                if on_disk(&error).is_none() {
                    return Err(error);
                }
                tracing::error!("{}", crate::report(&error));
                self.look_after(PROBES.0);
            }
            self.wait(progress).await;
        }
    }

    /// Works until nothing is due any more.
    ///
    /// # Errors
    /// When the store refuses to say what is due.
    pub async fn sweep(&mut self, progress: &dyn Progress) -> Result<(), StoreError> {
        loop {
            self.start_due().await?;
            if self.tasks.is_empty() {
                while let Ok(event) = self.reports.1.try_recv() {
                    self.note(&event, progress).await;
                }
                self.log_held();
                let trouble = self.pipeline.store.trouble();
                return trouble.map_or(Ok(()), |why| Err(StoreError::Unwritable(why)));
            }
            self.wait(progress).await;
        }
    }

    /// Lets running work end, for at most `grace`; the rest is dropped and stays due.
    pub async fn finish(&mut self, grace: Duration) {
        let ended = tokio::time::timeout(grace, async {
            while self.tasks.join_next().await.is_some() {}
        });
        if ended.await.is_err() {
            self.tasks.shutdown().await;
        }
    }

    /// Sets right what a wrong clock has left behind, and says whether the clock can be right at all.
    async fn clock_is_right(&mut self) -> Result<bool, StoreError> {
        if self.pipeline.clock.is_chosen() {
            return Ok(true);
        }
        let now = self.pipeline.clock.now();
        let went_back = self.last_look.is_none_or(|last| now < last);
        self.last_look = Some(now);
        if now < EARLIEST {
            if went_back {
                tracing::error!("the clock says {now}: nothing is fetched until it is set");
            }
            return Ok(false);
        }
        if went_back {
            let rows = self.pipeline.store.write(move |w| w.set_back(now)).await?;
            if rows > 0 {
                tracing::warn!(
                    rows,
                    "the clock was ahead: {rows} times that lay after {now} were brought back"
                );
                self.pipeline.changed.notify_one();
            }
        }
        Ok(true)
    }

    /// Whether what is fetched could be kept. While it could not, it is tried at longer and longer
    /// intervals whether the disk takes something again.
    async fn can_keep(&mut self) -> bool {
        let store = &self.pipeline.store;
        if store.trouble().is_none() {
            self.probe = None;
            return true;
        }
        if self.probe.is_none() {
            self.pipeline.changed.notify_one();
        }
        let now = Instant::now();
        let (at, wait) = self.probe.unwrap_or((now + PROBES.0, PROBES.0));
        if now < at {
            self.probe = Some((at, wait));
            return false;
        }
        let wait = (wait * 2).min(PROBES.1);
        self.probe = Some((now + wait, wait));
        let over = store.probe().await.is_ok();
        if over {
            self.pipeline.changed.notify_one();
        }
        over
    }

    /// Gives waiting domains their workers. The store is asked what waits now and then, and when
    /// nothing is left to do; not at the end of every worker, which may be thousands in a second.
    async fn start_due(&mut self) -> Result<(), StoreError> {
        if !self.can_keep().await {
            let probe = self
                .probe
                .map_or(LONGEST_SLEEP, |(at, _)| at - Instant::now());
            self.look_after(probe.clamp(SHORTEST_SLEEP, LONGEST_SLEEP));
            return Ok(());
        }
        if !self.clock_is_right().await? {
            self.look_after(LONGEST_SLEEP);
            return Ok(());
        }
        if !self.recalled {
            self.recall_outage().await?;
            self.recalled = true;
        }
        if self.look_due || self.waiting.is_empty() && self.tasks.is_empty() {
            self.look().await?;
        }
        let config = self.config.borrow().clone();
        let most = match self.diary {
            Some(_) => 1,
            None => config.fetch.concurrency * WORKERS_PER_REQUEST,
        };
        let mut domains = Vec::new();
        while self.tasks.len() + domains.len() < most {
            let Some(domain) = self.waiting.pop_front() else {
                break;
            };
            if self.busy.insert(domain.clone()) {
                domains.push(domain);
            }
        }
        if domains.is_empty() {
            return Ok(());
        }
        // One look for all that begin now; where it fails each worker looks by itself, and fails alone.
        let (now, each) = (self.pipeline.clock.now(), config.fetch.pages_per_cycle);
        let asked = domains.clone();
        let read = move |r: &Reader| {
            let due = asked.iter().map(|domain| Due::read(r, domain, now, each));
            due.collect::<Result<Vec<_>, _>>()
        };
        let due = self.pipeline.store.read(read).await.unwrap_or_default();
        let due = due
            .into_iter()
            .map(Some)
            .chain(std::iter::repeat_with(|| None));
        for (domain, due) in domains.into_iter().zip(due) {
            self.start(&config, domain, due);
        }
        Ok(())
    }

    fn start(&mut self, config: &Arc<Config>, domain: String, due: Option<Due>) {
        let worker = Worker {
            pipeline: self.pipeline.clone(),
            config: config.clone(),
            domain: domain.clone(),
            reports: self.reports.0.clone(),
            diary: self.diary.clone(),
        };
        let handle = self.tasks.spawn(async move {
            match worker.work(due).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::error!(domain = %worker.domain, "{}", crate::report(&error));
                    // The store refuses: do not ask it in a tight loop.
                    tokio::time::sleep(LONGEST_SLEEP).await;
                    false
                }
            }
        });
        self.domains.insert(handle.id(), domain);
    }

    /// Asks the store what is due, the longest overdue first, so that no domain starves where
    /// workers are few, and when to ask again.
    async fn look(&mut self) -> Result<(), StoreError> {
        let now = self.pipeline.clock.now();
        let (domains, next) = self
            .pipeline
            .store
            .read(move |r| {
                let q = r.queries();
                let sources = q.due_sources(now, MOST_DUE)?;
                let articles = q.due_article_domains(now, MOST_DUE)?;
                let domains = sources.into_iter().map(|(_, domain)| domain);
                let domains: Vec<String> = domains.chain(articles).collect();
                let next = [q.next_due()?, q.next_article_due()?];
                Ok((domains, next.into_iter().flatten().min()))
            })
            .await?;
        let mut seen = HashSet::new();
        self.waiting = (domains.into_iter())
            .filter(|domain| !self.busy.contains(domain) && seen.insert(domain.clone()))
            .collect();
        let pause = next.map_or(LONGEST_SLEEP, |at| (at - now).to_std().unwrap_or_default());
        self.look_after(pause.clamp(SHORTEST_SLEEP, LONGEST_SLEEP));
        Ok(())
    }

    fn look_after(&mut self, pause: Duration) {
        self.next_look.set(tokio::time::sleep(pause));
        self.look_due = false;
    }

    /// Waits for the end of a worker or for the next look; reads reports meanwhile.
    async fn wait(&mut self, progress: &dyn Progress) {
        loop {
            tokio::select! {
                () = &mut self.next_look, if !self.look_due => {
                    self.look_due = true;
                    return;
                }
                Some(event) = self.reports.1.recv() => self.note(&event, progress).await,
                Some(ended) = self.tasks.join_next_with_id() => {
                    self.note_end(ended);
                    return;
                }
            }
        }
    }

    /// A domain that has perhaps more to do has another turn after the others.
    fn note_end(&mut self, ended: Result<(Id, bool), JoinError>) {
        let (id, more) = match &ended {
            Ok((id, more)) => (*id, *more),
            Err(error) => (error.id(), false),
        };
        let domain = self.domains.remove(&id).unwrap_or_default();
        self.busy.remove(&domain);
        if let Err(error) = ended {
            tracing::error!(%domain, %error, "the work on {domain} ended in a panic; it stays due");
        }
        if more {
            self.waiting.push_back(domain);
        }
    }

    async fn note(&mut self, event: &Event, progress: &dyn Progress) {
        progress.event(event);
        let noted = match event {
            Event::Polled(source, polled) => {
                let noted = self.note_reach(source, polled).await;
                self.log(source, polled);
                noted
            }
            Event::Completed(id, completed) => self.note_page(*id, completed).await,
        };
        if let Err(error) = noted {
            tracing::error!("{}", crate::report(&error));
        }
    }

    /// Logs a poll. A source that could not be reached is not named before another one answered:
    /// while our own network is down, one line says it for all.
    fn log(&mut self, source: &SourceId, polled: &Polled) {
        let now = self.pipeline.clock.now();
        match polled.reach {
            Reach::Unreachable | Reach::Unsure if self.outage.since().is_none() => {
                self.held.push((source.clone(), polled.clone()));
            }
            Reach::Unreachable | Reach::Unsure if self.outage.is_ours(now) => self.held.clear(),
            _ => {
                self.log_held();
                log_poll(source, polled);
                // The feed of health tells of it.
                if polled.changed {
                    self.pipeline.changed.notify_one();
                }
            }
        }
    }

    fn log_held(&mut self) {
        for (source, polled) in self.held.drain(..) {
            log_poll(&source, &polled);
        }
    }

    /// Takes up since when nothing has been reached, so that a start is no new beginning.
    async fn recall_outage(&mut self) -> Result<(), StoreError> {
        let since = self
            .pipeline
            .store
            .read(|r| r.queries().meta(OUTAGE))
            .await?;
        self.outage.resume(since.and_then(|text| text.parse().ok()));
        Ok(())
    }

    async fn keep_outage(&self) -> Result<(), StoreError> {
        let since = self
            .outage
            .since()
            .map_or_else(String::new, |at| at.to_rfc3339());
        let keep = move |w: &Writer<'_>| w.set_meta(OUTAGE, &since);
        self.pipeline.store.write(keep).await
    }

    /// Learns from a poll whether the network is there; an outage of our own counts against nobody.
    async fn note_reach(&mut self, source: &SourceId, polled: &Polled) -> Result<(), StoreError> {
        let now = self.pipeline.clock.now();
        let config = self.config.borrow().clone();
        let domain_of = |id| config.source(id).map(|s| crate::ingest::domain(&s.url));
        let domain = domain_of(source).unwrap_or_default();
        let suspect = match polled.reach {
            Reach::Untried => false,
            Reach::Unsure => self.outage.since().is_some(),
            Reach::Unreachable => true,
            Reach::Answered => {
                let Some(waiting) = self.outage.answered(&domain, now) else {
                    return Ok(());
                };
                tracing::info!("the network is back");
                self.keep_outage().await?;
                for id in waiting {
                    self.pipeline.forgive(&id, 0, now).await?;
                }
                return Ok(());
            }
        };
        if !suspect {
            return Ok(());
        }
        let domains = self.count_domains(&config);
        let silent = Silent {
            source,
            domain: &domain,
            known: polled.known,
            failures: polled.failures,
        };
        let meaning = self.outage.unreachable(silent, domains, now);
        if meaning.first {
            tracing::warn!(
                "no source can be reached: there seems to be no network ({}). Polling goes on, at first every minute; `depeche demo` shows everything without network",
                polled.message
            );
            self.keep_outage().await?;
        }
        for (id, failures) in meaning.forgiven {
            self.pipeline
                .forgive(&id, failures, now + meaning.wait)
                .await?;
        }
        Ok(())
    }

    /// Domains of the configured sources, counted once for each configuration: in an outage every
    /// poll asks.
    fn count_domains(&mut self, config: &Arc<Config>) -> usize {
        if let Some((counted, domains)) = &self.counted
            && Arc::ptr_eq(counted, config)
        {
            return *domains;
        }
        let domains: HashSet<String> = (config.sources.iter())
            .map(|s| crate::ingest::domain(&s.url))
            .collect();
        self.counted = Some((config.clone(), domains.len()));
        domains.len()
    }

    /// A page that failed while nothing is reached keeps its attempts.
    async fn note_page(&self, id: ArticleId, completed: &Completed) -> Result<(), StoreError> {
        let Completed::Deferred { reach, .. } = completed else {
            return Ok(());
        };
        let suspect = matches!(reach, Reach::Unreachable | Reach::Unsure);
        // However long that has lasted: no attempt is worth anything while nobody at all answers.
        if !suspect || self.outage.since().is_none() {
            return Ok(());
        }
        let now = self.pipeline.clock.now();
        let due = now + self.outage.wait(now);
        self.pipeline.forgive_page(id, due).await
    }
}

fn log_poll(source: &SourceId, polled: &Polled) {
    for note in &polled.notes {
        tracing::info!(source = %source, "{note}");
    }
    match polled.state {
        SourceState::Ok if polled.new > 0 => {
            tracing::info!(source = %source, new = polled.new, "{source}: {} new candidates", polled.new);
        }
        SourceState::Ok => tracing::debug!(source = %source, "{source}: nothing new"),
        state if !polled.changed => {
            tracing::debug!(source = %source, "{source} is still {}", HealthState::from(state).as_str())
        }
        state => {
            let state = HealthState::from(state).as_str();
            tracing::info!(source = %source, state, "{source} is {state}: {}", polled.message)
        }
    }
}
