//! Words and shingles of texts, and how far a block of the page is in a proposed body.
//!
//! Must not know where a proposed body comes from.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use crate::text::fold::is_ideograph;

/// Words in a shingle.
const SHINGLE: usize = 4;

/// A hasher for values that are hashes already.
#[derive(Debug, Clone, Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*b);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A set of hashes.
pub(super) type Hashes = HashSet<u64, BuildHasherDefault<Identity>>;

/// The words of a text as hashes: runs of letters and digits, without case; in Chinese and
/// Japanese every character.
pub(super) fn words(text: &str) -> Vec<u64> {
    let mut out = Vec::with_capacity(text.len() / 6);
    let mut hash = 0u64;
    for c in text.chars() {
        if is_ideograph(c) {
            if hash != 0 {
                out.push(hash);
                hash = 0;
            }
            out.push(u64::from(c).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        } else if c.is_alphanumeric() || c == '_' {
            let c = if c.is_ascii() {
                c.to_ascii_lowercase()
            } else {
                c.to_lowercase().next().unwrap_or(c)
            };
            let seed = if hash == 0 {
                0xcbf2_9ce4_8422_2325
            } else {
                hash
            };
            hash = (seed ^ u64::from(c))
                .wrapping_mul(0x0000_0100_0000_01b3)
                .rotate_left(17)
                | 1;
        } else if hash != 0 {
            out.push(hash);
            hash = 0;
        }
    }
    if hash != 0 {
        out.push(hash);
    }
    out
}

/// One hash for a run of words.
pub(super) fn joined(words: &[u64]) -> u64 {
    words.iter().fold(0x9e37_79b9_7f4a_7c15, |h, w| {
        (h.rotate_left(23) ^ w).wrapping_mul(0xff51_afd7_ed55_8ccd)
    })
}

/// A text as shingles and lines, to look blocks up in.
#[derive(Debug, Default)]
pub(super) struct Proposal {
    shingles: Hashes,
    lines: Hashes,
    /// Number of words.
    pub(super) words: usize,
}

impl Proposal {
    /// Reads a proposed body.
    pub(super) fn new(text: &str) -> Self {
        let mut all = Vec::new();
        let mut lines = Hashes::default();
        for line in text.lines() {
            let found = words(line);
            if !found.is_empty() {
                lines.insert(joined(&found));
            }
            all.extend(found);
        }
        Self {
            shingles: shingles(&all),
            lines,
            words: all.len(),
        }
    }

    /// How much of a block stands in the text, 0 to 1. A block shorter than a shingle counts when
    /// it is a line.
    pub(super) fn holds(&self, block: &[u64]) -> f32 {
        if block.len() < SHINGLE {
            return f32::from(u8::from(self.lines.contains(&joined(block))));
        }
        let total = block.len() - SHINGLE + 1;
        let inside = block
            .windows(SHINGLE)
            .filter(|w| self.shingles.contains(&joined(w)))
            .count();
        inside as f32 / total as f32
    }

    /// Jaccard index of the shingles of two texts.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        if self.shingles.is_empty() || other.shingles.is_empty() {
            return 0.0;
        }
        let (small, large) = if self.shingles.len() < other.shingles.len() {
            (self, other)
        } else {
            (other, self)
        };
        let both = small
            .shingles
            .iter()
            .filter(|s| large.shingles.contains(s))
            .count();
        both as f64 / (self.shingles.len() + other.shingles.len() - both) as f64
    }
}

fn shingles(words: &[u64]) -> Hashes {
    if words.len() < SHINGLE {
        return words
            .iter()
            .copied()
            .take(1)
            .map(|_| joined(words))
            .collect();
    }
    words.windows(SHINGLE).map(joined).collect()
}

/// Texts read one after the other, to notice what stands in them again.
#[derive(Debug, Default)]
pub(super) struct Memory(Hashes);

impl Memory {
    /// Part of a text's shingles that have been read before, 0 to 1; remembers the text.
    pub(super) fn repeats(&mut self, words: &[u64]) -> f32 {
        if words.len() < SHINGLE {
            return 0.0;
        }
        let total = words.len() - SHINGLE + 1;
        let known = words
            .windows(SHINGLE)
            .filter(|w| !self.0.insert(joined(w)))
            .count();
        known as f32 / total as f32
    }
}
