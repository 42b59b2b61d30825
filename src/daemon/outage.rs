//! Telling an outage of our own network from outlets that are down: when every domain tried fails
//! to be reached, none of them is to blame.

use std::collections::{HashMap, HashSet};

use crate::model::SourceId;

/// Domains that must fail in a row, with none answering, before it is our own network; fewer when
/// the configuration names fewer.
const DOMAINS: usize = 3;

/// What the latest polls said about reaching the world.
#[derive(Debug, Default)]
pub(super) struct Outage {
    failed: HashMap<SourceId, String>,
    declared: bool,
}

impl Outage {
    /// A domain answered: the network is there. True when an outage has just ended.
    pub(super) fn answered(&mut self) -> bool {
        self.failed.clear();
        std::mem::take(&mut self.declared)
    }

    /// A domain could not be reached. Returns the sources whose failures are taken back once it is
    /// our own network, and whether that has just become clear.
    pub(super) fn unreachable(
        &mut self,
        source: &SourceId,
        domain: &str,
        domains: usize,
    ) -> (Vec<SourceId>, bool) {
        self.failed.insert(source.clone(), domain.to_owned());
        let distinct: HashSet<&String> = self.failed.values().collect();
        if distinct.len() < DOMAINS.min(domains) {
            return (Vec::new(), false);
        }
        let first = !std::mem::replace(&mut self.declared, true);
        let forgiven = self.failed.keys().cloned().collect();
        self.failed.retain(|_, _| !self.declared);
        (forgiven, first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_domains_in_a_row_are_our_own_network() {
        let mut outage = Outage::default();
        assert!(outage.unreachable(&"a".into(), "a.example", 9).0.is_empty());
        assert!(
            outage
                .unreachable(&"a2".into(), "a.example", 9)
                .0
                .is_empty()
        );
        assert!(outage.unreachable(&"b".into(), "b.example", 9).0.is_empty());
        let (forgiven, first) = outage.unreachable(&"c".into(), "c.example", 9);
        assert_eq!((forgiven.len(), first), (4, true));
        assert!(outage.answered(), "the outage ended");
        assert!(!outage.answered());
        assert!(
            outage.unreachable(&"c".into(), "c.example", 9).0.is_empty(),
            "one failure again"
        );
    }
}
