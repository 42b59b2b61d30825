//! One source from its due time to the commit: fetch, discover, tell the new from the known, keep.
//!
//! ```text
//! poll:      fetch ─▶ discover ─▶ identity and gates ─▶ one transaction (candidates, validators, due time)
//! complete:  fetch page ─▶ extract ─▶ fingerprint ─▶ judge ─▶ one transaction (text, story, verdicts, entries)
//! ```
//! The second half runs article by article from rows, so that a crash between the two loses
//! nothing. Orchestrates the pure stages; the rules are theirs.

mod article;
mod candidates;
mod classifier;
mod document;
mod rejudge;
mod single;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use crate::clock::Clock;
use crate::config::{Config, Source};
use crate::fetch::{Client, Freshness, Outcome, Request, Response, Validators};
use crate::model::{Discovery, SourceId};
use crate::schedule::{Rhythm, Schedule};
use crate::store::{
    Commit, Minting, PollRecord, ReadRecord, Seen, Sighting, SourceRow, SourceState, Store,
    StoreError, Terms,
};

pub use article::Completed;
pub use candidates::domain;
pub use document::{View, read_document};
pub use classifier::Asked;
pub use rejudge::{Change, changes, judge_stored, judge_text, rejudge};
pub use single::{Single, read_page};

/// Version of the readers: when it grows, bodies that have not changed are read once more.
pub const PARSER_VERSION: u32 = 1;
/// First wait after a failed poll; it doubles with every further failure.
const FIRST_BACKOFF: Duration = Duration::from_secs(5 * 60);
/// Longest wait after failures: a source is never given up.
const LONGEST_BACKOFF: Duration = Duration::from_secs(24 * 3_600);
/// Longest time that a server's freshness information may keep us away.
const LONGEST_FRESHNESS: TimeDelta = TimeDelta::hours(24);
/// Wait after a source says that it is gone (410), or is refused for good.
const GONE_WAIT: TimeDelta = TimeDelta::days(7);
/// Wait when our own network seems to be down: it is nobody's failure.
const OUTAGE_WAIT: Duration = Duration::from_secs(60);

/// What the way of a source needs.
#[derive(Clone)]
pub struct Pipeline {
    /// The store.
    pub store: Store,
    /// The client.
    pub client: Client,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// What ids are minted from.
    pub minting: Minting,
    /// Woken when entries may have changed.
    pub changed: Arc<Notify>,
}

/// What a poll came to.
#[derive(Debug, Clone)]
pub struct Polled {
    /// State of the source after it.
    pub state: SourceState,
    /// New articles that wait for their pages.
    pub new: usize,
    /// What a person should know.
    pub message: String,
    /// Whether the failure could be our own network's.
    pub unreachable: bool,
    /// Whether the state is another than before.
    pub changed: bool,
}

impl Polled {
    fn of(before: SourceState, state: SourceState, message: String) -> Self {
        Self {
            state,
            new: 0,
            message,
            unreachable: false,
            changed: before != state,
        }
    }
}

impl Pipeline {
    /// Polls a source: one conditional request, and everything it brings committed at once.
    ///
    /// # Errors
    /// When the store refuses; what the source answers is never an error.
    pub async fn poll(&self, config: &Config, source: &Source) -> Result<Polled, StoreError> {
        let id = source.id.clone();
        let Some(row) = self.store.read(move |r| r.queries().source(&id)).await? else {
            return Ok(Polled::of(
                SourceState::New,
                SourceState::New,
                String::new(),
            ));
        };
        let request = conditional_request(source, &row);
        let unconditional = request.validators.is_none();
        let outcome = self.client.fetch(&request).await;
        let visit = Visit {
            pipeline: self,
            config,
            source,
            row: &row,
            unconditional,
        };
        visit.conclude(outcome).await
    }

    /// What committing an article needs to know of the configuration.
    pub fn terms(&self, config: &Config) -> Terms {
        Terms {
            stories: config.stories.clone(),
            apart: config.apart(),
            minting: self.minting.clone(),
        }
    }
}

/// The request for a source: with the validators of the body we hold, unless the readers changed.
fn conditional_request(source: &Source, row: &SourceRow) -> Request {
    let mut request = Request::new(source.url.clone(), source.kind.fetch_kind());
    request.source = source.terms.clone();
    let address = row
        .validators_url
        .as_deref()
        .and_then(|u| Url::parse(u).ok());
    if let Some(url) = address.filter(|_| row.parser == PARSER_VERSION)
        && (row.etag.is_some() || row.last_modified.is_some())
    {
        request.validators = Some(Validators {
            url,
            etag: row.etag.clone(),
            last_modified: row.last_modified.clone(),
        });
    }
    request
}

/// One poll under way.
struct Visit<'a> {
    pipeline: &'a Pipeline,
    config: &'a Config,
    source: &'a Source,
    row: &'a SourceRow,
    unconditional: bool,
}

impl Visit<'_> {
    async fn conclude(&self, outcome: Outcome) -> Result<Polled, StoreError> {
        match outcome {
            Outcome::Body(response) => self.read(*response).await,
            Outcome::NotModified(unchanged) => {
                let moved = unchanged.permanent.map(String::from);
                self.unchanged(&unchanged.freshness, moved).await
            }
            Outcome::Gone { url } => {
                let message = format!(
                    "the server says that {url} is gone for good (410): remove the source or give it a new address"
                );
                self.ended(SourceState::Gone, message, self.now() + GONE_WAIT)
                    .await
            }
            Outcome::Throttled { until, .. } => {
                let message = format!(
                    "the server asked to wait until {}",
                    until.format("%Y-%m-%d %H:%M UTC")
                );
                let due = until.max(self.due(&Freshness::default(), &Discovery::default()));
                self.ended(SourceState::Throttled, message, due).await
            }
            Outcome::Refused(refusal) => {
                let due = self.now() + TimeDelta::hours(24);
                self.ended(SourceState::Refused, refusal.message, due).await
            }
            Outcome::Failed(failure) => {
                let unreachable = failure.kind.could_be_our_network();
                let mut polled = self.failed(failure.message).await?;
                polled.unreachable = unreachable;
                Ok(polled)
            }
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.pipeline.clock.now()
    }

    /// A body: unchanged by its hash, or read.
    async fn read(&self, response: Response) -> Result<Polled, StoreError> {
        let hash = xxh3_64(&response.body) as i64;
        let moved = response.permanent.clone().map(String::from);
        if self.row.body_hash == Some(hash) && self.row.parser == PARSER_VERSION {
            return self.unchanged_body(&response, hash, moved).await;
        }
        let first_poll = self.row.body_hash.is_none();
        let read = document::discover(
            self.pipeline,
            self.source,
            &self.config.sites,
            &response,
            first_poll,
        )
        .await;
        match read {
            Err(reason) => self.failed(reason).await,
            Ok(discovery) => self.keep(discovery, &response, hash, moved).await,
        }
    }

    /// Commits what was discovered together with the validators of the body it came from.
    async fn keep(
        &self,
        discovery: Discovery,
        response: &Response,
        hash: i64,
        moved: Option<String>,
    ) -> Result<Polled, StoreError> {
        let now = self.now();
        for warning in discovery.warnings.iter().take(5) {
            tracing::debug!(source = %self.source.id, "{warning}");
        }
        let rhythm = candidates::rhythm(&discovery.candidates);
        let (state, message) = self.judge_state(&discovery, rhythm, now);
        let sightings = candidates::sightings(self.config, self.source, self.row, &discovery, now);
        let read = ReadRecord {
            validators_url: response.final_url.to_string(),
            etag: response.validators.as_ref().and_then(|v| v.etag.clone()),
            last_modified: response
                .validators
                .as_ref()
                .and_then(|v| v.last_modified.clone()),
            body_hash: hash,
            parser: PARSER_VERSION,
            title: discovery.feed.title.clone(),
            site_url: discovery.feed.link.clone(),
            newest_at: rhythm.newest,
            mean_gap: rhythm.mean_gap,
        };
        let record = PollRecord {
            id: self.source.id.clone(),
            at: now,
            next_fetch_at: self.due_with(&response.freshness, &discovery, rhythm),
            state,
            message: message.clone(),
            unconditional: self.unconditional,
            moved_to: moved,
            read: Some(read),
        };
        let new = self.pipeline.store.write(move |w| {
            let new = record_sightings(w, &sightings, now)?;
            w.record_poll(&record)?;
            Ok(new)
        });
        Ok(Polled {
            new: new.await?,
            ..Polled::of(self.row.state, state, message)
        })
    }

    fn judge_state(
        &self,
        discovery: &Discovery,
        rhythm: Rhythm,
        now: DateTime<Utc>,
    ) -> (SourceState, String) {
        if discovery.candidates.is_empty() {
            return (
                SourceState::Empty,
                "the document was read, but lists no article".to_owned(),
            );
        }
        let stale_after = TimeDelta::from_std(self.source.stale_after).unwrap_or(TimeDelta::MAX);
        match rhythm.newest {
            Some(newest) if now - newest > stale_after => {
                let message = format!(
                    "the newest article is of {}: the source has gone quiet, or its feed is frozen",
                    newest.format("%Y-%m-%d")
                );
                (SourceState::Stale, message)
            }
            _ => (SourceState::Ok, String::new()),
        }
    }

    /// A 304: nothing new; a source that was stale stays so.
    async fn unchanged(
        &self,
        freshness: &Freshness,
        moved: Option<String>,
    ) -> Result<Polled, StoreError> {
        let record = self.unchanged_record(freshness, moved);
        self.record(record).await
    }

    /// A 200 with the bytes we have already: its validators are as good as a 304's.
    async fn unchanged_body(
        &self,
        response: &Response,
        hash: i64,
        moved: Option<String>,
    ) -> Result<Polled, StoreError> {
        let mut record = self.unchanged_record(&response.freshness, moved);
        record.read = Some(ReadRecord {
            validators_url: response.final_url.to_string(),
            etag: response.validators.as_ref().and_then(|v| v.etag.clone()),
            last_modified: response
                .validators
                .as_ref()
                .and_then(|v| v.last_modified.clone()),
            body_hash: hash,
            parser: PARSER_VERSION,
            ..ReadRecord::default()
        });
        self.record(record).await
    }

    fn unchanged_record(&self, freshness: &Freshness, moved: Option<String>) -> PollRecord {
        let now = self.now();
        let stale_after = TimeDelta::from_std(self.source.stale_after).unwrap_or(TimeDelta::MAX);
        let stale = self
            .row
            .newest_at
            .is_some_and(|newest| now - newest > stale_after);
        let (state, message) = match self.row.state {
            SourceState::Empty | SourceState::Stale => (self.row.state, self.row.message.clone()),
            _ if stale => (
                SourceState::Stale,
                "no new article for longer than `stale_after`".to_owned(),
            ),
            _ => (SourceState::Ok, String::new()),
        };
        PollRecord {
            id: self.source.id.clone(),
            at: now,
            next_fetch_at: self.due(freshness, &Discovery::default()),
            state,
            message,
            unconditional: self.unconditional,
            moved_to: moved,
            read: None,
        }
    }

    async fn failed(&self, message: String) -> Result<Polled, StoreError> {
        let wait = backoff(self.first_backoff(), self.row.failures);
        let due = self.now() + crate::schedule::jittered(wait, seed(&self.source.id));
        self.ended(SourceState::Failing, message, due).await
    }

    /// The first wait after a failure: five minutes, or the source's own interval when it is shorter.
    fn first_backoff(&self) -> Duration {
        match &self.source.schedule {
            Schedule::Every(every) => FIRST_BACKOFF.min(*every),
            Schedule::Adaptive { min, .. } => FIRST_BACKOFF.min(*min),
            Schedule::Cron(_) => FIRST_BACKOFF,
        }
    }

    async fn ended(
        &self,
        state: SourceState,
        message: String,
        due: DateTime<Utc>,
    ) -> Result<Polled, StoreError> {
        let record = PollRecord {
            id: self.source.id.clone(),
            at: self.now(),
            next_fetch_at: due,
            state,
            message,
            unconditional: self.unconditional,
            moved_to: self.row.moved_to.clone(),
            read: None,
        };
        self.record(record).await
    }

    async fn record(&self, record: PollRecord) -> Result<Polled, StoreError> {
        let polled = Polled::of(self.row.state, record.state, record.message.clone());
        self.pipeline
            .store
            .write(move |w| w.record_poll(&record))
            .await?;
        Ok(polled)
    }

    fn due(&self, freshness: &Freshness, discovery: &Discovery) -> DateTime<Utc> {
        let rhythm = Rhythm {
            mean_gap: self.row.mean_gap,
            newest: self.row.newest_at,
        };
        self.due_with(freshness, discovery, rhythm)
    }

    /// When the source is due again: its schedule, but not before the server's copy goes stale
    /// (RFC 9111 §4.2) or the feed's own `ttl` and `sy:*` have passed.
    fn due_with(
        &self,
        freshness: &Freshness,
        discovery: &Discovery,
        rhythm: Rhythm,
    ) -> DateTime<Utc> {
        let now = self.now();
        let zone = self.source.timezone.unwrap_or(chrono_tz::UTC);
        let seed = seed(&self.source.id);
        let due = self.source.schedule.next(now, zone, rhythm, seed);
        let asked = [discovery.hints.ttl_minutes, discovery.hints.update_minutes]
            .into_iter()
            .flatten()
            .map(|minutes| now + TimeDelta::minutes(i64::from(minutes)));
        let earliest = freshness.until(now).into_iter().chain(asked).max();
        match earliest.map(|e| e.min(now + LONGEST_FRESHNESS)) {
            Some(earliest) if earliest > due => match &self.source.schedule {
                Schedule::Cron(cron) => cron
                    .next(earliest - TimeDelta::seconds(1), zone)
                    .unwrap_or(earliest),
                _ => earliest,
            },
            _ => due,
        }
    }
}

fn record_sightings(
    w: &crate::store::Writer<'_>,
    sightings: &[Sighting],
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let mut new = 0;
    for sighting in sightings {
        if let Seen::New(_) = w.record_sighting(sighting, now)? {
            new += 1;
        }
    }
    Ok(new)
}

/// The wait after so many failures in a row.
pub fn backoff(first: Duration, failures: u32) -> Duration {
    first
        .saturating_mul(2_u32.saturating_pow(failures.min(20)))
        .min(LONGEST_BACKOFF)
}

/// The share of jitter of a source: a hash of its id, the same in every run.
pub fn seed(id: &SourceId) -> u64 {
    xxh3_64(id.as_str().as_bytes())
}

impl Pipeline {
    /// Gives a source another chance soon: its failure was our own network's.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn forgive(&self, id: &SourceId) -> Result<(), StoreError> {
        let (id, due) = (id.clone(), self.clock.now() + OUTAGE_WAIT);
        self.store.write(move |w| w.forgive_failure(&id, due)).await
    }

    /// Commits an article with all that was decided about it.
    ///
    /// # Errors
    /// When the store refuses: then nothing of it is kept, and the article stays due.
    pub(crate) async fn commit(
        &self,
        config: &Config,
        commit: Commit,
    ) -> Result<crate::store::Committed, StoreError> {
        let (terms, now) = (self.terms(config), self.clock.now());
        let committed = self
            .store
            .write(move |w| w.commit_article(&commit, &terms, now))
            .await?;
        self.changed.notify_one();
        Ok(committed)
    }
}
