//! One poll of a source: the request with what we hold of it, and what every outcome of the fetch
//! leaves in its row, above all when it is due again.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::keeping::{Keeping, Push};
use super::plan::in_source;
use super::{PARSER_VERSION, Pipeline, Polled, Reach, candidates, document, domain, seed, terms};
use crate::config::{Config, Source};
use crate::failpoint;
use crate::fetch::message::token;
use crate::fetch::{Freshness, Outcome, Request, Response, Unchanged, Validators, shown};
use crate::hub;
use crate::model::{Discovery, Warning};
use crate::schedule::{Rhythm, Schedule, bits, jittered};
use crate::store::{
    Move, Moved, PollRecord, ReadRecord, Reader, Sighting, SourceRow, SourceState, StoreError,
    Wishes,
};
use crate::text::charset;

/// First wait after a failed poll; it doubles with every further failure.
const FIRST_BACKOFF: Duration = Duration::from_secs(5 * 60);
/// Longest wait after failures: a source is never given up.
const LONGEST_BACKOFF: Duration = Duration::from_secs(24 * 3_600);
/// Longest time that freshness, `ttl` and `sy:*` may keep us away.
const LONGEST_FRESHNESS: TimeDelta = TimeDelta::hours(24);
/// Wait after a source says that it is gone (410), or is refused for good.
const GONE_WAIT: TimeDelta = TimeDelta::days(7);
/// Wait after we refuse to fetch a source.
const REFUSED_WAIT: TimeDelta = TimeDelta::hours(24);
/// What is said of a source whose ids change.
const BY_LINK: &str =
    "its ids change from poll to poll, so its articles are told apart by their links";

/// Polls a source that may be polled now.
pub(super) async fn visit(
    pipeline: &Pipeline,
    config: &Config,
    source: &Source,
    row: &SourceRow,
) -> Result<Polled, StoreError> {
    let request = conditional_request(source, row);
    let conditional = request.validators.is_some();
    let outcome = pipeline.client.fetch(&request).await;
    let visit = Visit {
        pipeline,
        config,
        source,
        row,
        asked: request.url,
        conditional,
    };
    visit.conclude(outcome).await
}

/// The request for a source: to its adopted address if it has one, and with the validators of the
/// body we hold, unless the readers changed.
fn conditional_request(source: &Source, row: &SourceRow) -> Request {
    let parsed = |url: &Option<String>| url.as_deref().and_then(|u| Url::parse(u).ok());
    let url = parsed(&row.adopted_url).unwrap_or_else(|| source.url.clone());
    let mut request = Request::new(url, source.kind.fetch_kind());
    request.source = source.terms.clone();
    if let Some(url) = parsed(&row.validators_url).filter(|_| row.parser == PARSER_VERSION)
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
    asked: Url,
    conditional: bool,
}

impl Visit<'_> {
    async fn conclude(&self, outcome: Outcome) -> Result<Polled, StoreError> {
        let now = self.now();
        match outcome {
            Outcome::Body(response) => self.read(*response).await,
            Outcome::NotModified(unchanged) => self.not_modified(*unchanged).await,
            Outcome::Gone { url } => {
                let message = format!(
                    "the server says that {} is gone for good (410): remove the source or give it a new address",
                    shown(&url)
                );
                let record = self.ended(SourceState::Gone, message, self.retry(now + GONE_WAIT));
                self.record(record, Reach::Answered).await
            }
            Outcome::Throttled { until, status } => {
                let message = format!(
                    "the server asked to wait until {}",
                    until.format("%Y-%m-%d %H:%M UTC")
                );
                let due = self.due(&self.row.wishes, self.rhythm());
                let due = self.open(until.max(due), &self.row.wishes);
                let record = self.ended(SourceState::Throttled, message, due);
                let reach = status.map_or(Reach::Untried, |_| Reach::Answered);
                self.record(record, reach).await
            }
            Outcome::Refused(refusal) => {
                let due = self.retry(now + REFUSED_WAIT);
                let mut record = self.ended(SourceState::Refused, in_source(&refusal), due);
                record.refused_origin = refusal.origin;
                self.record(record, Reach::Untried).await
            }
            Outcome::Failed(failure) => {
                let reach = Reach::of(failure.kind);
                self.failed(failure.message, reach).await
            }
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.pipeline.clock.now()
    }

    /// A body: unchanged by its hash, or read.
    async fn read(&self, mut response: Response) -> Result<Polled, StoreError> {
        let hash = xxh3_64(&response.body) as i64;
        if self.row.body_hash == Some(hash) && self.row.parser == PARSER_VERSION {
            return self.same_body(&response, hash).await;
        }
        let first_poll = self.row.body_hash.is_none();
        let by = (self.source, &self.config.sites);
        let mut turn = self.pipeline.turns.take().await;
        let read =
            document::discover(self.pipeline, by, &mut response, first_poll, &mut turn).await;
        match read {
            Err(reason) => self.failed(reason, Reach::Answered).await,
            Ok(discovery) => self.keep(discovery, &response, hash).await,
        }
    }

    /// Commits what was discovered together with the validators of the body it came from.
    async fn keep(
        &self,
        discovery: Discovery,
        response: &Response,
        hash: i64,
    ) -> Result<Polled, StoreError> {
        let now = self.now();
        for warning in discovery.warnings.iter().take(5) {
            tracing::debug!(source = %self.source.id, "{warning}");
        }
        let at_once = candidates::are_completed_at_once(self.config, self.source, self.row);
        let (sightings, same, repeated) = self.sightings(&discovery, at_once, now).await?;
        let commits = match at_once {
            true => {
                let (source, config) = (&self.source.id, self.config);
                let judged = (self.pipeline).complete_at_once(config, source, &sightings, repeated);
                judged.await
            }
            false => Vec::new(),
        };
        let record = self.read_record(&discovery, response, hash);
        let push = self.push(&discovery, response);
        failpoint::reach("poll.read");
        let mut polled = self.polled(&record, Reach::Answered);
        let keeping = Keeping {
            sightings,
            same,
            record,
            push,
            terms: terms(self.config, &self.pipeline.minting),
            now,
        };
        let recorded = self.pipeline.keep(keeping, commits).await?;
        failpoint::reach("poll.committed");
        (polled.body, polled.new) = (true, recorded.new);
        polled.completed = recorded.completed;
        let moved = recorded.moved.map(|m| self.say_moved(&m));
        let by_link = (recorded.by_link).then(|| format!("source {}: {BY_LINK}", self.source.id));
        polled.notes.extend(moved.into_iter().chain(by_link));
        Ok(polled)
    }

    /// What a poll that brought a document leaves in the source's row.
    fn read_record(&self, discovery: &Discovery, response: &Response, hash: i64) -> PollRecord {
        let now = self.now();
        let rhythm = candidates::rhythm(&discovery.candidates);
        let (state, message) = self.judge_state(discovery, rhythm, now);
        let wishes = wishes(discovery, &response.freshness, now);
        let read = ReadRecord {
            title: discovery.feed.title.clone(),
            site_url: discovery.feed.link.clone(),
            newest_at: rhythm.newest,
            mean_gap: rhythm.mean_gap,
            ..read_record(response, hash)
        };
        PollRecord {
            moved: self.moved(response.permanent.as_ref()),
            wishes: Some(wishes),
            read: Some(read),
            unconditional: !self.conditional,
            ..self.ended(state, message, self.due(&wishes, rhythm))
        }
    }

    /// What is to be recorded of the candidates, and how many of them said the same before: of those, most
    /// of any document, nothing else is asked. With it the paragraphs that the source repeats, where they are
    /// asked for at once.
    async fn sightings(
        &self,
        discovery: &Discovery,
        at_once: bool,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Sighting>, usize, HashSet<i64>), StoreError> {
        let (ids, id) = (candidates::ids(self.row, discovery), self.source.id.clone());
        let settings = at_once.then(|| self.config.stories.clone());
        let (known, repeated) = match ids.is_empty() {
            true => Default::default(),
            false => {
                let read = move |r: &Reader| {
                    let q = r.queries();
                    let repeated = settings.map(|settings| q.boilerplate(&id, &settings, now));
                    Ok((q.said(&id, ids)?, repeated.transpose()?.unwrap_or_default()))
                };
                self.pipeline.store.read(read).await?
            }
        };
        let row = (self.row, &known, at_once);
        let sightings = candidates::sightings(self.config, self.source, row, discovery, now);
        let complete = discovery.candidates.iter().filter(|c| c.complete).count();
        let same = complete - sightings.len();
        Ok((sightings, same, repeated))
    }

    /// The WebSub hub that the answer names, first in its headers (WebSub §4), and the address by
    /// which the hub knows the source. None when nobody is to be asked.
    fn push(&self, discovery: &Discovery, response: &Response) -> Option<Push> {
        if !self.config.fetch.push {
            return None;
        }
        let (hub, own) = hub::named(&response.links);
        let hints = &discovery.hints;
        let absolute = |address: &str| response.final_url.join(address).ok();
        let hub = hub.or(hints.hubs.first().map(String::as_str));
        let own = own.or(hints.self_link.as_deref()).and_then(absolute);
        let own = own.unwrap_or_else(|| response.final_url.clone());
        Some(Push {
            named: hub.and_then(absolute).map(|hub| (hub.into(), own.into())),
            token: token().ok()?,
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
            Some(newest) if now - newest > stale_after => (SourceState::Stale, gone_quiet(newest)),
            // It is read, but its outlet should know.
            _ => {
                let twice = |w: &&Warning| w.message.contains(charset::TWICE);
                let told = discovery.warnings.iter().find(twice);
                (
                    SourceState::Ok,
                    told.map_or_else(String::new, Warning::to_string),
                )
            }
        }
    }

    /// A 304: nothing new; what it says of freshness and validators replaces what we hold
    /// (RFC 9111 §4.3.4).
    async fn not_modified(&self, unchanged: Unchanged) -> Result<Polled, StoreError> {
        let mut wishes = self.row.wishes;
        wishes.fresh = seconds_fresh(&unchanged.freshness, self.now()).or(wishes.fresh);
        let validators = unchanged.validators;
        let mut record = self.unchanged(wishes, unchanged.permanent.as_ref());
        let held = (&self.row.etag, &self.row.last_modified);
        if held != (&validators.etag, &validators.last_modified) {
            record.renewed = Some((validators.etag, validators.last_modified));
        }
        self.record(record, Reach::Answered).await
    }

    /// A 200 with the bytes we have already: its validators are as good as a 304's, and where it
    /// sends none, those that came with the same bytes from the same address still are.
    async fn same_body(&self, response: &Response, hash: i64) -> Result<Polled, StoreError> {
        let mut wishes = self.row.wishes;
        wishes.fresh = seconds_fresh(&response.freshness, self.now());
        let mut record = self.unchanged(wishes, response.permanent.as_ref());
        let mut read = read_record(response, hash);
        let same_address = self.row.validators_url.as_deref() == Some(&*read.validators_url);
        if same_address && read.etag.is_none() && read.last_modified.is_none() {
            read.etag = self.row.etag.clone();
            read.last_modified = self.row.last_modified.clone();
        }
        record.read = Some(read);
        self.record(record, Reach::Answered).await
    }

    /// A source with nothing new is as it was; one that is stale or empty stays so.
    fn unchanged(&self, wishes: Wishes, permanent: Option<&Url>) -> PollRecord {
        let stale_after = TimeDelta::from_std(self.source.stale_after).unwrap_or(TimeDelta::MAX);
        let newest = self.row.newest_at;
        let stale = newest.filter(|newest| self.now() - *newest > stale_after);
        let (state, message) = match (self.row.state, stale) {
            (SourceState::Empty, _) | (SourceState::Stale, Some(_)) => {
                (self.row.state, self.row.message.clone())
            }
            (_, Some(newest)) => (SourceState::Stale, gone_quiet(newest)),
            _ => (SourceState::Ok, String::new()),
        };
        PollRecord {
            moved: self.moved(permanent),
            wishes: (wishes != self.row.wishes).then_some(wishes),
            ..self.ended(state, message, self.due(&wishes, self.rhythm()))
        }
    }

    async fn failed(&self, message: String, reach: Reach) -> Result<Polled, StoreError> {
        let wait = backoff(self.first_backoff(), self.row.failures);
        let due = self.retry(self.now() + jittered(wait, seed(&self.source.id)));
        let record = self.ended(SourceState::Failing, message, due);
        self.record(record, reach).await
    }

    /// The first wait after a failure: five minutes, or the source's own interval when it is shorter.
    fn first_backoff(&self) -> Duration {
        match &self.source.schedule {
            Schedule::Every(every) => FIRST_BACKOFF.min(*every),
            Schedule::Adaptive { min, .. } => FIRST_BACKOFF.min(*min),
            Schedule::Cron(_) => FIRST_BACKOFF,
        }
    }

    /// What every end of a poll writes.
    fn ended(&self, state: SourceState, message: String, due: DateTime<Utc>) -> PollRecord {
        let said = message.is_empty() && self.row.by_link;
        PollRecord {
            id: self.source.id.clone(),
            at: self.now(),
            next_fetch_at: due,
            state,
            message: if said { BY_LINK.to_owned() } else { message },
            refused_origin: None,
            home_domain: domain(&self.source.url),
            unconditional: false,
            moved: Moved::Unknown,
            wishes: None,
            renewed: None,
            read: None,
        }
    }

    async fn record(&self, mut record: PollRecord, reach: Reach) -> Result<Polled, StoreError> {
        record.unconditional = !self.conditional && reach == Reach::Answered;
        let mut polled = self.polled(&record, reach);
        let moved = self
            .pipeline
            .store
            .write_in_company(move |w| w.record_poll(&record))
            .await?;
        polled.notes.extend(moved.map(|m| self.say_moved(&m)));
        Ok(polled)
    }

    fn polled(&self, record: &PollRecord, reach: Reach) -> Polled {
        let mut polled = Polled::of(self.row, record.state, record.message.clone(), reach);
        let reads = matches!(
            record.state,
            SourceState::Ok | SourceState::Stale | SourceState::Empty
        );
        if reads && self.row.failures > 0 {
            let since = self.row.last_ok_at.unwrap_or(self.row.state_since);
            polled.notes.push(format!(
                "source {} answers again after {} failures since {}",
                self.source.id,
                self.row.failures,
                since.format("%Y-%m-%d %H:%M UTC")
            ));
        }
        polled
    }

    fn moved(&self, permanent: Option<&Url>) -> Moved {
        match permanent {
            Some(url) if *url != self.asked => Moved::To {
                url: url.to_string(),
                domain: domain(url),
            },
            _ => Moved::No,
        }
    }

    fn say_moved(&self, moved: &Move) -> String {
        let id = &self.source.id;
        match moved {
            Move::Adopted(url) => {
                format!("source {id} has moved to {url}: write this address into sources.toml")
            }
            Move::Abandoned(url) => format!(
                "source {id} is polled at its configured address again: {url}, to which it had moved, does not work"
            ),
        }
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm {
            mean_gap: self.row.mean_gap,
            newest: self.row.newest_at,
        }
    }

    /// When the source is due again: its schedule, but not before the server's copy goes stale
    /// (RFC 9111 §4.2), the body's own `ttl` and `sy:*` have passed, and its closed hours are over.
    fn due(&self, wishes: &Wishes, rhythm: Rhythm) -> DateTime<Utc> {
        let now = self.now();
        let zone = self.source.zone();
        let due = self
            .source
            .schedule
            .next(now, zone, rhythm, seed(&self.source.id));
        let ttl = wishes.ttl.map(|m| TimeDelta::minutes(i64::from(m)));
        let fresh = wishes.fresh.and_then(TimeDelta::try_seconds);
        let asked = ttl.into_iter().chain(fresh).max().unwrap_or_default();
        self.open(due.max(now + asked.min(LONGEST_FRESHNESS)), wishes)
    }

    /// When a poll that brought nothing is tried again: also between the fires of a `cron`.
    fn retry(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let wishes = &self.row.wishes;
        let closed = self.source.closed(wishes.skip_hours, wishes.skip_days);
        closed.open_from(at, seed(&self.source.id))
    }

    fn open(&self, at: DateTime<Utc>, wishes: &Wishes) -> DateTime<Utc> {
        let closed = self.source.closed(wishes.skip_hours, wishes.skip_days);
        let (zone, seed) = (self.source.zone(), seed(&self.source.id));
        self.source.schedule.not_before(at, zone, &closed, seed)
    }
}

fn gone_quiet(newest: DateTime<Utc>) -> String {
    format!(
        "the newest article is of {}: the source has gone quiet, or its feed is frozen",
        newest.format("%Y-%m-%d")
    )
}

fn wishes(discovery: &Discovery, freshness: &Freshness, now: DateTime<Utc>) -> Wishes {
    let hints = &discovery.hints;
    Wishes {
        ttl: hints.ttl_minutes.max(hints.update_minutes),
        fresh: seconds_fresh(freshness, now),
        skip_hours: bits(&hints.skip_hours),
        skip_days: bits(&hints.skip_days),
    }
}

fn seconds_fresh(freshness: &Freshness, now: DateTime<Utc>) -> Option<i64> {
    // A fraction of a second is a whole one: never earlier than asked.
    freshness.until(now).map(|until| {
        ((until - now).num_milliseconds() + 999)
            .div_euclid(1_000)
            .max(0)
    })
}

fn read_record(response: &Response, hash: i64) -> ReadRecord {
    let validators = response.validators.as_ref();
    ReadRecord {
        validators_url: response.final_url.to_string(),
        etag: validators.and_then(|v| v.etag.clone()),
        last_modified: validators.and_then(|v| v.last_modified.clone()),
        body_hash: hash,
        parser: PARSER_VERSION,
        ..ReadRecord::default()
    }
}

/// The wait after so many failures in a row.
pub fn backoff(first: Duration, failures: u32) -> Duration {
    first
        .saturating_mul(2_u32.saturating_pow(failures.min(20)))
        .min(LONGEST_BACKOFF)
}
