//! Discovery: what a source offers at the moment, as candidates for articles, whatever its form.
//!
//! `feed` reads RSS, Atom, RDF and JSON feeds, `listing` pages that list articles (without rules by
//! their structure: `generic`), `sitemap` sitemaps and their indexes, `json` data by paths. All take
//! bytes or text and give a [`Discovery`]; none fetches, asks a clock or knows what is already stored.

pub mod feed;
pub mod json;
pub mod listing;
pub mod offers;
pub mod opml;
pub mod sitemap;

mod area;
mod entry;
mod generic;
mod links;
mod moment;
mod paging;
mod sheet;
mod wording;

use xxhash_rust::xxh3::xxh3_64;

use crate::model::Discovery;

/// A number for the set of candidates of a document: equal as long as the same articles are
/// listed, in whatever order. Zero for none.
pub fn candidate_set(discovery: &Discovery) -> u64 {
    let ids = discovery
        .candidates
        .iter()
        .map(|candidate| xxh3_64(candidate.id.as_bytes()));
    // A sum does not depend on the order; ids are unique within a document.
    ids.fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Candidate;

    #[test]
    fn a_set_of_candidates_has_no_order() {
        let set = |ids: &[&str]| {
            let candidates = ids.iter().map(|id| Candidate {
                id: (*id).to_owned(),
                ..Candidate::default()
            });
            candidate_set(&Discovery {
                candidates: candidates.collect(),
                ..Discovery::default()
            })
        };
        assert_eq!(set(&["a", "b"]), set(&["b", "a"]));
        assert_ne!(set(&["a", "b"]), set(&["a", "c"]));
        assert_eq!(set(&[]), 0);
    }
}
