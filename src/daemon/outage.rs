//! Telling an outage of our own network from outlets that are down: when the domains fail together,
//! with none answering, no outlet is to blame.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::SourceId;

/// Domains that must fail with none answering in between before it is our own network; fewer when
/// the configuration names fewer.
const DOMAINS: usize = 3;
/// How far back a domain that answered speaks for the network.
const MEMORY: TimeDelta = TimeDelta::minutes(10);
/// A source that has failed more often than this in a row says nothing about the network.
const WITNESS_FAILURES: u32 = 1;
/// Shortest and longest wait between two attempts at a source while the outage lasts; in between it
/// is a quarter of the time that the outage has lasted.
const WAITS: (TimeDelta, TimeDelta) = (TimeDelta::minutes(1), TimeDelta::minutes(30));

/// What the latest polls said about reaching the world.
#[derive(Debug, Default)]
pub(super) struct Outage {
    /// Sources that could not be reached since somebody answered, and how often.
    failed: HashMap<SourceId, Unreached>,
    /// When each domain answered last.
    answered: HashMap<String, DateTime<Utc>>,
    since: Option<DateTime<Utc>>,
    waiting: HashSet<SourceId>,
}

#[derive(Debug)]
struct Unreached {
    domain: String,
    times: u32,
}

/// What a failure means.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// Sources whose failures are taken back, with the number of them.
    pub(super) forgiven: Vec<(SourceId, u32)>,
    /// Whether it has just become clear that it is our own network.
    pub(super) first: bool,
    /// When those sources are tried again.
    pub(super) wait: Duration,
}

impl Outage {
    /// A domain answered: the network is there. Returns the sources that have waited for it when
    /// an outage has just ended.
    pub(super) fn answered(&mut self, domain: &str, now: DateTime<Utc>) -> Option<Vec<SourceId>> {
        self.failed.clear();
        self.answered.retain(|_, at| now - *at < MEMORY);
        self.answered.insert(domain.to_owned(), now);
        self.since.take()?;
        Some(self.waiting.drain().collect())
    }

    /// Whether it is held to be our own network at the moment.
    pub(super) fn declared(&self) -> bool {
        self.since.is_some()
    }

    /// How long to wait before the next attempt.
    pub(super) fn wait(&self, now: DateTime<Utc>) -> Duration {
        let lasted = self.since.map_or(TimeDelta::zero(), |since| now - since);
        let wait = (lasted / 4).clamp(WAITS.0, WAITS.1);
        wait.to_std().unwrap_or_default()
    }

    /// A source of a domain could not be reached, after so many failures in a row; the
    /// configuration names so many domains.
    pub(super) fn unreachable(
        &mut self,
        (source, domain): (&SourceId, &str),
        failures: u32,
        domains: usize,
        now: DateTime<Utc>,
    ) -> Meaning {
        let mut first = false;
        if !self.declared() {
            if failures <= WITNESS_FAILURES {
                let unreached = Unreached {
                    domain: domain.to_owned(),
                    times: 0,
                };
                self.failed.entry(source.clone()).or_insert(unreached);
            }
            if let Some(unreached) = self.failed.get_mut(source) {
                unreached.times += 1;
            }
            first = failures <= WITNESS_FAILURES && self.all_fail(domains, now);
            if !first {
                return self.meaning(Vec::new(), false, now);
            }
            self.since = Some(now);
        }
        let mut forgiven: Vec<(SourceId, u32)> =
            self.failed.drain().map(|(id, u)| (id, u.times)).collect();
        if !first {
            forgiven.push((source.clone(), 1));
        }
        self.waiting
            .extend(forgiven.iter().map(|(id, _)| id.clone()));
        self.meaning(forgiven, first, now)
    }

    fn meaning(&self, forgiven: Vec<(SourceId, u32)>, first: bool, now: DateTime<Utc>) -> Meaning {
        Meaning {
            forgiven,
            first,
            wait: self.wait(now),
        }
    }

    /// Whether enough domains fail, and more of them than have answered lately.
    fn all_fail(&self, domains: usize, now: DateTime<Utc>) -> bool {
        let failing: HashSet<&String> = self.failed.values().map(|u| &u.domain).collect();
        let answered = self
            .answered
            .iter()
            .filter(|(domain, at)| now - **at < MEMORY && !failing.contains(domain))
            .count();
        failing.len() >= DOMAINS.min(domains) && failing.len() > answered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + minutes * 60, 0).expect("a time")
    }

    fn fail(outage: &mut Outage, id: &str, failures: u32, minute: i64) -> (usize, bool) {
        let (source, domain) = (SourceId::from(id), format!("{}.example", &id[..1]));
        let meaning = outage.unreachable((&source, &domain), failures, 9, at(minute));
        (meaning.forgiven.len(), meaning.first)
    }

    #[test]
    fn three_domains_that_fail_together_are_our_own_network() {
        let mut outage = Outage::default();
        assert_eq!(fail(&mut outage, "a", 0, 0), (0, false));
        assert_eq!(fail(&mut outage, "a2", 0, 0), (0, false), "the same domain");
        assert_eq!(fail(&mut outage, "b", 0, 1), (0, false));
        assert_eq!(fail(&mut outage, "c", 0, 2), (4, true));
        assert_eq!(fail(&mut outage, "d", 9, 3), (1, false), "each one after");
        assert_eq!(outage.wait(at(4)), Duration::from_secs(60));
        assert_eq!(outage.wait(at(22)), Duration::from_secs(300));
        assert_eq!(outage.wait(at(2_000)), Duration::from_secs(1_800));
        let waiting = outage.answered("a.example", at(5)).expect("it ended");
        assert_eq!(waiting.len(), 5);
        assert_eq!(outage.answered("a.example", at(5)), None);
        assert_eq!(fail(&mut outage, "c", 0, 6), (0, false));
    }

    #[test]
    fn dead_outlets_among_living_ones_are_not() {
        let mut outage = Outage::default();
        for domain in ["u.example", "v.example", "w.example", "x.example"] {
            outage.answered(domain, at(0));
        }
        // Three dead ones time out last, and are alone in being tried again.
        for (minute, failures) in [(1, 0), (5, 1), (15, 2), (35, 3)] {
            for id in ["a", "b", "c"] {
                let found = fail(&mut outage, id, failures, minute);
                assert_eq!(found, (0, false), "{id} {minute}");
            }
        }
    }

    #[test]
    fn an_outage_of_a_busy_configuration_is_seen_once_most_of_it_fails() {
        let mut outage = Outage::default();
        for domain in ["u.example", "v.example", "w.example", "x.example"] {
            outage.answered(domain, at(0));
        }
        for id in ["a", "b", "u", "v"] {
            assert!(!fail(&mut outage, id, 0, 2).1 || id == "v", "{id}");
        }
        assert!(outage.declared(), "four fail, two have answered since");
    }
}
