//! Stories: which articles are one and the same, however many outlets carry them.
//!
//! An arriving article is reduced to a [`Fingerprint`], asked for in an index through [`Lookup`],
//! compared exactly with what the index proposes, and given a [`Level`]. The measures are those of
//! word shingles: Jaccard similarity and directed containment (Broder 1997, "On the resemblance
//! and containment of documents"); the index keeps the smallest hashes of each article, a bottom-k
//! sketch. Pure: the store and the in-memory [`Index`] answer the same questions, so that a person
//! can try the very rules the daemon applies.

mod assign;
mod compare;
mod fingerprint;
mod index;
mod settings;
mod stories;
mod title;
mod tokens;

pub use assign::{Assignment, Known, Lookup, Span, assign, changed, place};
pub use compare::{Arrival, Comparison, Guard, Level, compare};
pub use fingerprint::{
    Fingerprint, KEYS, PROBES, fingerprint, fingerprint_and_paragraphs, paragraph_hash,
    trace_and_paragraphs,
};
pub use index::Index;
pub use settings::{
    Collapse, HOT_KEY, MIN_SHARED, MOST_CANDIDATES, OnLonger, Publication, Scope, Settings,
};
pub use stories::{Draft, Stories};
pub use title::Headline;

#[cfg(test)]
mod tests;
