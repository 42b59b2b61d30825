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
/// How long it is held to be our own network: then failures count, since the sources may all be dead.
const LONGEST: TimeDelta = TimeDelta::hours(1);
/// Shortest and longest wait between two attempts at a source while nothing is reached; in between it
/// is a quarter of the time for which that has lasted.
const WAITS: (TimeDelta, TimeDelta) = (TimeDelta::minutes(1), TimeDelta::minutes(30));

/// What the latest polls said about reaching the world.
#[derive(Debug, Default)]
pub(super) struct Outage {
    /// Sources that could not be reached since somebody answered.
    failed: HashMap<SourceId, Unreached>,
    /// When each domain answered last.
    answered: HashMap<String, DateTime<Utc>>,
    since: Option<DateTime<Utc>>,
    /// Sources that are tried again as soon as somebody answers, with their domains.
    waiting: HashMap<SourceId, String>,
    /// Domains that failed in an outage whose end another one told: they say nothing about the
    /// network until they answer themselves.
    left_behind: HashSet<String>,
}

#[derive(Debug)]
struct Unreached {
    domain: String,
    known: bool,
    times: u32,
}

/// A source that could not be reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Silent<'a> {
    /// The source.
    pub(super) source: &'a SourceId,
    /// Its domain.
    pub(super) domain: &'a str,
    /// Whether it has been read before.
    pub(super) known: bool,
    /// Failures in a row before this one.
    pub(super) failures: u32,
}

/// What a failure means.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// Sources that are tried again after `wait`, with the number of their failures that are taken back.
    pub(super) forgiven: Vec<(SourceId, u32)>,
    /// Whether it has just become clear that nothing is reached.
    pub(super) first: bool,
    /// When those sources are tried again.
    pub(super) wait: Duration,
}

impl Outage {
    /// Takes up what an earlier run knew: since when nothing has been reached.
    pub(super) fn resume(&mut self, since: Option<DateTime<Utc>>) {
        self.since = since;
    }

    /// Since when nothing has been reached.
    pub(super) fn since(&self) -> Option<DateTime<Utc>> {
        self.since
    }

    /// A domain answered: the network is there. Returns the sources that have waited for it when
    /// an outage has just ended.
    pub(super) fn answered(&mut self, domain: &str, now: DateTime<Utc>) -> Option<Vec<SourceId>> {
        self.failed.clear();
        self.answered.retain(|_, at| now - *at < MEMORY);
        self.answered.insert(domain.to_owned(), now);
        self.left_behind.remove(domain);
        self.since.take()?;
        let (waiting, mut domains): (_, HashSet<String>) = self.waiting.drain().unzip();
        domains.remove(domain);
        self.left_behind.extend(domains);
        Some(waiting)
    }

    /// Whether it is held to be our own network at the moment.
    pub(super) fn is_ours(&self, now: DateTime<Utc>) -> bool {
        self.since.is_some_and(|since| now - since <= LONGEST)
    }

    /// How long to wait before the next attempt.
    pub(super) fn wait(&self, now: DateTime<Utc>) -> Duration {
        let lasted = self.since.map_or(TimeDelta::zero(), |since| now - since);
        let wait = (lasted / 4).clamp(WAITS.0, WAITS.1);
        wait.to_std().unwrap_or_default()
    }

    /// A source could not be reached; the configuration names so many domains.
    pub(super) fn unreachable(
        &mut self,
        silent: Silent<'_>,
        domains: usize,
        now: DateTime<Utc>,
    ) -> Meaning {
        let first = self.since.is_none() && self.begins(silent, domains, now);
        if first {
            self.since = Some(now);
        }
        let mut forgiven = Vec::new();
        if self.since.is_some() {
            for (id, unreached) in self.failed.drain() {
                self.waiting.insert(id.clone(), unreached.domain);
                forgiven.push((id, unreached.times));
            }
        }
        if self.since.is_some() && !first {
            let id = silent.source.clone();
            self.waiting.insert(id.clone(), silent.domain.to_owned());
            forgiven.push((id, u32::from(self.is_ours(now))));
        }
        let wait = self.wait(now);
        Meaning {
            forgiven,
            first,
            wait,
        }
    }

    /// Takes note of a failure; whether it shows that nothing is reached. Who failed before says
    /// nothing about the network.
    fn begins(&mut self, silent: Silent<'_>, domains: usize, now: DateTime<Utc>) -> bool {
        let witness = silent.failures == 0 && !self.left_behind.contains(silent.domain);
        if witness {
            let unreached = Unreached {
                domain: silent.domain.to_owned(),
                known: silent.known,
                times: 0,
            };
            let id = silent.source.clone();
            self.failed.entry(id).or_insert(unreached);
        }
        if let Some(unreached) = self.failed.get_mut(silent.source) {
            unreached.times += 1;
        }
        witness && self.all_fail(domains, now)
    }

    /// Whether enough domains fail, and nobody else has answered lately; or else more of those that
    /// were read before than have answered. A name that never led anywhere is no sign beside one that does.
    fn all_fail(&self, domains: usize, now: DateTime<Utc>) -> bool {
        let of = |wanted: fn(&Unreached) -> bool| -> HashSet<&String> {
            let unreached = self.failed.values().filter(|u| wanted(u));
            unreached.map(|u| &u.domain).collect()
        };
        let (failing, known) = (of(|_| true), of(|u| u.known));
        let answered = (self.answered.iter())
            .filter(|(domain, at)| now - **at < MEMORY && !failing.contains(domain))
            .count();
        failing.len() >= DOMAINS.min(domains) && (answered == 0 || known.len() > answered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + minutes * 60, 0).expect("a time")
    }

    fn fail(outage: &mut Outage, id: &str, failures: u32, minute: i64) -> (usize, bool) {
        let meaning = silence(outage, id, (failures, true), minute);
        (meaning.forgiven.len(), meaning.first)
    }

    fn silence(
        outage: &mut Outage,
        id: &str,
        (failures, known): (u32, bool),
        minute: i64,
    ) -> Meaning {
        let silent = Silent {
            source: &SourceId::from(id),
            domain: &format!("{}.example", &id[..1]),
            known,
            failures,
        };
        outage.unreachable(silent, 9, at(minute))
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
    fn an_hour_without_anybody_is_long_enough_to_blame_the_sources() {
        let mut outage = Outage::default();
        for id in ["a", "b", "c"] {
            silence(&mut outage, id, (0, false), 0);
        }
        let again = |outage: &mut Outage, minute| silence(outage, "a", (0, false), minute).forgiven;
        assert_eq!(again(&mut outage, 60), [("a".into(), 1)]);
        assert_eq!(
            again(&mut outage, 61),
            [("a".into(), 0)],
            "tried on, but counted"
        );
        // A run that begins in the middle of it knows how long it has lasted.
        let mut later = Outage::default();
        later.resume(outage.since());
        assert_eq!(again(&mut later, 61), [("a".into(), 0)]);
        assert!(
            outage
                .answered("b.example", at(62))
                .is_some_and(|w| w.len() == 3)
        );
    }

    #[test]
    fn names_that_lead_nowhere_are_no_sign_beside_one_that_does() {
        // First those that are dead, then the one that lives; they are tried again at once.
        let mut outage = Outage::default();
        for (id, first) in [("a", false), ("b", false), ("c", true), ("d", false)] {
            assert_eq!(silence(&mut outage, id, (0, false), 0).first, first, "{id}");
        }
        let waiting = outage.answered("u.example", at(0)).expect("it ended");
        assert_eq!(waiting.len(), 4);
        for minute in [0, 30] {
            for id in ["a", "b", "c", "d"] {
                let meaning = silence(&mut outage, id, (0, false), minute);
                assert_eq!(meaning.forgiven, [], "{id} is dead by itself");
            }
        }
        // First the one that lives.
        let mut outage = Outage::default();
        outage.answered("u.example", at(0));
        for id in ["a", "b", "c", "d"] {
            assert!(!silence(&mut outage, id, (0, false), 0).first);
        }
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
        assert!(outage.is_ours(at(2)), "four fail, two have answered since");
    }
}
