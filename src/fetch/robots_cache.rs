//! What is known of the hosts' `robots.txt`, and for how long it holds (RFC 9309 §2.3, §2.4).
//!
//! Keeps and judges; the fetching is done by the client, so this knows no network. The rows it
//! gives out and takes back are what the store keeps over a restart.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::outcome::{FailureKind, Outcome, Validators, shown};
use super::request::PRODUCT;
use super::robots::{MAX_BYTES, Robots, Ruling};

/// How long an answer holds (RFC 9309 §2.4).
const FRESH: TimeDelta = TimeDelta::hours(24);
/// How long a host whose file could not be read is left alone before the next try.
const RETRY: TimeDelta = TimeDelta::minutes(30);
/// How long a host may be unreachable before its file counts as absent (RFC 9309 §2.3.1.4).
const GIVE_UP: TimeDelta = TimeDelta::days(30);
/// How many hosts are remembered.
const MAX_HOSTS: usize = 2048;
/// How many bytes of files are remembered, over all hosts; as rules they take some ten times that.
const MAX_TOTAL: usize = 8 * 1024 * 1024;

/// What came of asking for a host's `robots.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RobotsAnswer {
    /// There is one.
    Rules,
    /// There is none, so everything is allowed.
    Absent,
    /// It could not be read, so nothing is allowed for now, or the rules known before still hold.
    Unreachable,
}

impl RobotsAnswer {
    /// The word for a row.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Absent => "absent",
            Self::Unreachable => "unreachable",
        }
    }

    /// The answer of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Rules, Self::Absent, Self::Unreachable]
            .into_iter()
            .find(|answer| answer.word() == word)
    }
}

/// What is known of one host, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsRow {
    /// Scheme, host and port, as `https://outlet.example`.
    pub origin: String,
    /// When it was asked last.
    pub checked_at: DateTime<Utc>,
    /// What came of it.
    pub answer: RobotsAnswer,
    /// Since when it could not be read.
    pub unreachable_since: Option<DateTime<Utc>>,
    /// The file, cut at [`MAX_BYTES`]; with `Unreachable`, the one known before.
    pub body: Option<String>,
    /// What makes the next request for it conditional.
    pub validators: Option<Validators>,
}

struct Known {
    row: RobotsRow,
    rules: Robots,
    /// Why it could not be read; empty when it could, or when that was in an earlier run.
    why: String,
}

/// What the known file says of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Advice {
    /// It may be fetched.
    Allowed,
    /// It may not, by a rule.
    Denied { rule: String, line: u32 },
    /// Nothing may be fetched from this host for now, because its file could not be read: why.
    Wait(String),
    /// The file has to be asked for first.
    Ask(Option<Validators>),
}

/// The known hosts.
#[derive(Default)]
pub(super) struct RobotsCache {
    hosts: Mutex<HashMap<String, Arc<Known>>>,
    /// The hosts learnt about since the store was last told.
    learnt: Mutex<HashSet<String>>,
    asking: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl RobotsCache {
    pub(super) fn advise(&self, url: &Url, now: DateTime<Utc>) -> Advice {
        let Some(known) = self.known(url) else {
            return Advice::Ask(None);
        };
        let row = &known.row;
        let holds = match row.answer {
            RobotsAnswer::Unreachable => RETRY,
            _ => FRESH,
        };
        // A clock set back makes a row of the future: it is asked for again.
        let age = now - row.checked_at;
        if age >= holds || age < -FRESH {
            return Advice::Ask(row.validators.clone());
        }
        let given_up = row
            .unreachable_since
            .is_some_and(|since| now - since >= GIVE_UP);
        match row.answer {
            RobotsAnswer::Absent => Advice::Allowed,
            RobotsAnswer::Unreachable if given_up => Advice::Allowed,
            RobotsAnswer::Unreachable if row.body.is_none() => Advice::Wait(known.why.clone()),
            RobotsAnswer::Rules | RobotsAnswer::Unreachable => {
                match known.rules.judge(&path_and_query(url)) {
                    Ruling::Allowed => Advice::Allowed,
                    Ruling::Denied { rule, line } => Advice::Denied { rule, line },
                }
            }
        }
    }

    pub(super) fn crawl_delay(&self, url: &Url) -> Option<Duration> {
        self.known(url)?.rules.crawl_delay
    }

    pub(super) fn sitemaps(&self, url: &Url) -> Vec<String> {
        self.known(url)
            .map(|known| known.rules.sitemaps.clone())
            .unwrap_or_default()
    }

    /// Takes in what came of asking.
    pub(super) fn learn(&self, url: &Url, outcome: &Outcome, now: DateTime<Utc>) {
        let before = self.known(url).map(|known| known.row.clone());
        let mut row = RobotsRow {
            origin: origin(url),
            checked_at: now,
            answer: RobotsAnswer::Absent,
            unreachable_since: None,
            body: None,
            validators: None,
        };
        match outcome {
            // Nothing was asked, so nothing was learnt.
            Outcome::Throttled { status: None, .. } => return,
            Outcome::Body(response) => {
                let bytes = &response.body[..response.body.len().min(MAX_BYTES)];
                row.answer = RobotsAnswer::Rules;
                row.body = Some(String::from_utf8_lossy(bytes).into_owned());
                row.validators = response.validators.clone();
            }
            Outcome::NotModified(unchanged) => {
                row.answer = RobotsAnswer::Rules;
                row.body = before.and_then(|before| before.body);
                row.validators = Some(unchanged.validators.clone());
            }
            // More redirects than are followed, or a refused one, count as absent (§2.3.1.2); so
            // does every status below 500 (§2.3.1.3).
            Outcome::Gone { .. } | Outcome::Refused(_) => {}
            Outcome::Failed(failure) if matches!(failure.kind, FailureKind::Status(..=499)) => {}
            Outcome::Failed(_) | Outcome::Throttled { .. } => {
                row.answer = RobotsAnswer::Unreachable;
                row.unreachable_since = Some(now);
                if let Some(before) = before {
                    row.unreachable_since = before.unreachable_since.or(Some(now));
                    row.body = before.body;
                    row.validators = before.validators;
                }
            }
        }
        locked(&self.learnt).insert(row.origin.clone());
        self.hold(row, why_not(url, outcome));
    }

    /// One at a time may ask for a host's file; the others wait here and find it known.
    pub(super) fn asking(&self, url: &Url) -> Arc<tokio::sync::Mutex<()>> {
        let mut asking = locked(&self.asking);
        asking.retain(|_, gate| Arc::strong_count(gate) > 1);
        Arc::clone(asking.entry(origin(url)).or_default())
    }

    pub(super) fn rows(&self) -> Vec<RobotsRow> {
        let mut rows: Vec<_> = locked(&self.hosts)
            .values()
            .map(|known| known.row.clone())
            .collect();
        rows.sort_by(|a, b| a.origin.cmp(&b.origin));
        rows
    }

    /// The rows learnt since this was last asked.
    pub(super) fn take_learnt(&self) -> Vec<RobotsRow> {
        let learnt = std::mem::take(&mut *locked(&self.learnt));
        if learnt.is_empty() {
            return Vec::new();
        }
        let mut rows = self.rows();
        rows.retain(|row| learnt.contains(&row.origin));
        rows
    }

    /// Takes up what an earlier run knew.
    pub(super) fn keep(&self, row: RobotsRow) {
        self.hold(row, String::new());
    }

    fn hold(&self, row: RobotsRow, why: String) {
        let rules = row
            .body
            .as_deref()
            .map(|body| Robots::parse(body.as_bytes(), PRODUCT));
        let known = Known {
            rules: rules.unwrap_or_default(),
            row,
            why,
        };
        let mut hosts = locked(&self.hosts);
        hosts.insert(known.row.origin.clone(), Arc::new(known));
        let size = |known: &Arc<Known>| known.row.body.as_ref().map_or(0, String::len);
        let mut total: usize = hosts.values().map(size).sum();
        while hosts.len() > 1 && (hosts.len() > MAX_HOSTS || total > MAX_TOTAL) {
            let oldest = hosts.values().min_by_key(|known| known.row.checked_at);
            let oldest = oldest.map(|known| known.row.origin.clone());
            let Some(gone) = oldest.and_then(|origin| hosts.remove(&origin)) else {
                return;
            };
            total -= size(&gone);
        }
    }

    fn known(&self, url: &Url) -> Option<Arc<Known>> {
        locked(&self.hosts).get(&origin(url)).map(Arc::clone)
    }
}

/// Where a host keeps its rules.
pub(super) fn address(url: &Url) -> Option<Url> {
    let mut robots = url.join("/robots.txt").ok()?;
    robots.set_query(None);
    robots.set_fragment(None);
    Some(robots)
}

/// What went wrong, without the address that everybody knows.
fn why_not(url: &Url, outcome: &Outcome) -> String {
    let Outcome::Failed(failure) = outcome else {
        return String::new();
    };
    let own = address(url).map_or_else(String::new, |url| format!("{}: ", shown(&url)));
    let message = failure.message.strip_prefix(&own);
    message.unwrap_or(&failure.message).to_owned()
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn path_and_query(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(host: usize, minutes: i64, size: usize) -> RobotsRow {
        RobotsRow {
            origin: format!("https://host{host}.example"),
            checked_at: DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes),
            answer: RobotsAnswer::Rules,
            unreachable_since: None,
            body: Some("#".repeat(size)),
            validators: None,
        }
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_go_first() {
        let cache = RobotsCache::default();
        for host in 0..40 {
            cache.keep(row(host, host as i64, 500 * 1024));
        }
        let rows = cache.rows();
        assert_eq!(rows.len(), MAX_TOTAL / (500 * 1024));
        let oldest = rows.iter().map(|row| row.checked_at).min();
        assert_eq!(oldest, Some(DateTime::UNIX_EPOCH + TimeDelta::minutes(24)));
        let cache = RobotsCache::default();
        for host in 0..MAX_HOSTS + 10 {
            cache.keep(row(host, host as i64, 1));
        }
        assert_eq!(cache.rows().len(), MAX_HOSTS);
    }

    #[test]
    fn words_of_answers_read_back() {
        for answer in [
            RobotsAnswer::Rules,
            RobotsAnswer::Absent,
            RobotsAnswer::Unreachable,
        ] {
            assert_eq!(RobotsAnswer::of_word(answer.word()), Some(answer));
        }
        assert_eq!(RobotsAnswer::of_word(""), None);
    }

    #[test]
    fn what_was_learnt_is_told_once() {
        let cache = RobotsCache::default();
        cache.keep(row(1, 0, 1));
        assert_eq!(
            cache.take_learnt(),
            [],
            "what came from the store need not go back"
        );
        let url = Url::parse("https://host2.example/x").expect("test addresses parse");
        let gone = Outcome::Gone { url: url.clone() };
        cache.learn(&url, &gone, DateTime::UNIX_EPOCH);
        let learnt = cache.take_learnt();
        assert_eq!(learnt.len(), 1);
        assert_eq!(
            (learnt[0].origin.as_str(), learnt[0].answer),
            ("https://host2.example", RobotsAnswer::Absent)
        );
        assert_eq!(cache.take_learnt(), []);
    }
}
