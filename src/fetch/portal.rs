//! Captive portals: a network that answers for every host with one page of its own. What it says is
//! nobody's article, listing or `robots.txt`.
//!
//! Told by the page itself: byte for byte the same at another domain, in place of a feed there, or at
//! two others. Mirrors of one outlet are two domains, and no outlet sends its pages as feeds.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use xxhash_rust::xxh3::xxh3_64;

use super::request::Kind;
use crate::text::html;

/// How far back pages are compared: longer than the longest wait between two attempts while nothing is
/// reached, or its next page would look like an answer.
const MEMORY: Duration = Duration::from_secs(40 * 60);
/// How many pages are remembered at most.
const REMEMBERED: usize = 256;
/// How many other domains must have sent the same page, where no feed was expected.
const OTHERS: usize = 2;

/// The latest pages of HTML.
#[derive(Debug, Default)]
pub(super) struct Portal(Mutex<VecDeque<Page>>);

#[derive(Debug)]
struct Page {
    at: Duration,
    hash: u64,
    domain: String,
    /// Whether something else than HTML was expected.
    misplaced: bool,
}

impl Portal {
    /// Remembers an answer; says whether it is the page of a portal. In place of a feed it takes two
    /// other domains as well: what else can be wrong there is said better where it is read.
    pub(super) fn answers(&self, domain: &str, kind: Kind, body: &[u8], at: Duration) -> bool {
        if !html::is_page(body) {
            return false;
        }
        let hash = xxh3_64(body);
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|page| page.at + MEMORY >= at);
        let same = || {
            pages
                .iter()
                .filter(|page| page.hash == hash && page.domain != domain)
        };
        let misplaced = !matches!(kind, Kind::Page | Kind::Listing);
        let others: HashSet<&str> = same().map(|page| page.domain.as_str()).collect();
        let judged = matches!(kind, Kind::Page | Kind::Listing | Kind::Robots);
        let found = others.len() >= OTHERS || judged && same().any(|page| page.misplaced);
        if pages.len() >= REMEMBERED {
            pages.pop_front();
        }
        pages.push_back(Page {
            at,
            hash,
            domain: domain.to_owned(),
            misplaced,
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &[u8] = b"<!DOCTYPE html><title>Please sign in</title>";

    #[test]
    fn one_page_for_everybody_is_a_portal() {
        let portal = Portal::default();
        let at = Duration::from_secs;
        assert!(!portal.answers("a.example", Kind::Page, PAGE, at(0)));
        assert!(
            !portal.answers("a.example", Kind::Page, PAGE, at(1)),
            "its own soft 404"
        );
        assert!(
            !portal.answers("b.example", Kind::Page, PAGE, at(2)),
            "a mirror"
        );
        assert!(portal.answers("c.example", Kind::Page, PAGE, at(3)));
        assert!(!portal.answers("d.example", Kind::Page, b"<html>x", at(4)));
        assert!(
            !portal.answers("d.example", Kind::Page, PAGE, at(2_500)),
            "long ago"
        );
    }

    #[test]
    fn in_place_of_a_feed_once_is_enough() {
        let portal = Portal::default();
        let at = Duration::from_secs;
        assert!(!portal.answers("a.example", Kind::Feed, PAGE, at(0)));
        assert!(
            !portal.answers("a.example", Kind::Listing, PAGE, at(1)),
            "the same house"
        );
        assert!(portal.answers("b.example", Kind::Robots, PAGE, at(2)));
        assert!(
            !portal.answers("b.example", Kind::Feed, PAGE, at(2)),
            "said elsewhere"
        );
        assert!(!portal.answers("b.example", Kind::Page, b"no html", at(3)));
    }
}
