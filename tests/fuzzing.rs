//! The fuzz targets without a fuzzer: every seed, and seeded mutations of it, through the same
//! bodies that libFuzzer runs (`fuzz/bodies.rs`).
//!
//! `DEPECHE_MUTATIONS=5000 cargo test --test program fuzzing::` for more mutations of each seed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../fuzz/bodies.rs"]
mod bodies;

use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;

use bodies::TARGETS;

/// Mutations of each seed in an ordinary run of the tests.
const MUTATIONS: usize = 30;
/// What parsers give a meaning to.
const MARKS: [&str; 24] = [
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&",
    "&#0;",
    "&amp;amp;",
    "\"",
    "'",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "{",
    "}",
    "[[",
    "*",
    "%",
    "99999999999999999999",
    "-1",
];

/// Numbers that look random and are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (bound.max(1) as u64)).unwrap()
    }

    /// A stretch of something that is so long; short ones are more frequent.
    fn stretch(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        let longest = [4, 32, length][self.below(3)];
        from..(from + self.below(longest + 1)).min(length)
    }

    fn mutate(&mut self, data: &mut Vec<u8>, other: &[u8]) {
        for _ in 0..=self.below(4) {
            let place = self.stretch(data.len());
            let piece = match self.below(6) {
                0 => Vec::new(),
                1 => data[self.stretch(data.len())].to_vec(),
                2 => other[self.stretch(other.len())].to_vec(),
                3 => MARKS[self.below(MARKS.len())].into(),
                4 => data[place.clone()].repeat(2 + self.below(30)),
                _ => vec![u8::try_from(self.below(256)).unwrap()],
            };
            data.splice(place, piece);
        }
    }
}

fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(root.join("fuzz/seeds").join(target)).expect(target);
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = paths
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()));
    read.collect()
}

#[test]
fn every_target_stands_its_seeds_and_their_mutations() {
    let mutations = std::env::var("DEPECHE_MUTATIONS").ok();
    let mutations = mutations.and_then(|n| n.parse().ok()).unwrap_or(MUTATIONS);
    let mut executions = 0;
    for (name, _) in TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seed");
        let mut dice = Dice(7);
        for (path, seed) in &seeds {
            for n in 0..=mutations {
                let mut data = seed.clone();
                if n > 0 {
                    let other = dice.below(seeds.len());
                    dice.mutate(&mut data, &seeds[other].1);
                }
                let stands = catch_unwind(|| bodies::run(name, &data)).is_ok();
                let text = data.escape_ascii();
                assert!(
                    stands,
                    "{name}: mutation {n} of {}: b\"{text}\"",
                    path.display()
                );
                executions += 1;
            }
        }
    }
    println!("{executions} executions of {} targets", TARGETS.len());
}
