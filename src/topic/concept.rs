//! What a written term stands for once its aliases are expanded.
//!
//! Plain data with a stable hash. Must not know how terms are read, found or weighed.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::document::Fields;
use super::term::Pattern;

/// One pattern of a concept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Member {
    /// What is looked for.
    pub pattern: Pattern,
    /// Where it is looked for.
    pub fields: Fields,
    /// Patterns that hide what they cover from this one, in order.
    pub masks: Arc<BTreeSet<Pattern>>,
}

/// What one written term stands for: a pattern, or all those of an alias.
#[derive(Debug)]
pub struct Concept {
    /// The patterns, in order.
    pub members: BTreeSet<Member>,
    /// Hash of the patterns: concepts of the same hash are the same.
    pub hash: u64,
}

impl Concept {
    /// A concept of these patterns.
    pub fn new(members: BTreeSet<Member>) -> Self {
        let mut text = String::new();
        let mut masks: Option<(&Arc<BTreeSet<Pattern>>, u64)> = None;
        for member in &members {
            let hash = match masks {
                Some((known, hash)) if Arc::ptr_eq(known, &member.masks) => hash,
                _ => xxh3_64(
                    member
                        .masks
                        .iter()
                        .map(canonical)
                        .collect::<String>()
                        .as_bytes(),
                ),
            };
            masks = Some((&member.masks, hash));
            text.push_str(&canonical(&member.pattern));
            text.push_str(&format!("{} {hash}\n", member.fields.0));
        }
        Self {
            hash: xxh3_64(text.as_bytes()),
            members,
        }
    }
}

/// A pattern as text that no other pattern shares.
fn canonical(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Words(words) => words
            .iter()
            .map(|word| format!("{:?} {}\t", word.how, word.text))
            .collect(),
        Pattern::Regex {
            source,
            ignore_case,
        } => format!("/{source}/{ignore_case}\t"),
    }
}

/// A written term and what it stands for.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The term as written.
    pub written: Arc<str>,
    /// What it stands for.
    pub concept: Arc<Concept>,
    /// What it is worth.
    pub weight: f64,
    /// In how many different sentences it must stand to count.
    pub times: u32,
}

/// Concepts that must stand together in a sentence.
#[derive(Debug, Clone)]
pub struct NearRule {
    /// Two or three parts, each of alternatives.
    pub parts: Vec<Vec<Entry>>,
    /// From the first to the last at most this many words.
    pub within: u32,
    /// In this many different sentences.
    pub times: u32,
    /// What it is worth.
    pub weight: f64,
}

/// Entries as text, whatever their order.
pub fn canonical_entries(entries: &[Entry]) -> BTreeSet<String> {
    entries
        .iter()
        .map(|entry| format!("{:x} {} {}", entry.concept.hash, entry.weight, entry.times))
        .collect()
}

/// Adds masks to members; members that share their masks go on sharing them.
pub fn hide(members: &mut [Member], masks: &BTreeSet<Pattern>) {
    let mut joined: HashMap<Arc<BTreeSet<Pattern>>, Arc<BTreeSet<Pattern>>> = HashMap::new();
    let fresh = Arc::new(masks.clone());
    for member in members {
        member.masks = if member.masks.is_empty() {
            Arc::clone(&fresh)
        } else {
            let both = joined
                .entry(Arc::clone(&member.masks))
                .or_insert_with(|| Arc::new(member.masks.union(masks).cloned().collect()));
            Arc::clone(both)
        };
    }
}
