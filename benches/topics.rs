//! How long judging takes: `cargo bench --bench topics`. Articles and topics are made up from a
//! fixed vocabulary; a hundred topics of forty terms, as in a large configuration.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use depeche::topic::{Aliases, Document, Matcher, Text, Topic, TopicSpec};

const ARTICLES: usize = 400;
const TOPICS: usize = 100;
const TERMS: usize = 40;
const WORDS: usize = 450;

/// A small generator of repeatable numbers (xorshift, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }

    /// Small numbers are frequent, as words are.
    fn skewed(&mut self, below: usize) -> usize {
        let (a, b) = (self.next(below), self.next(below));
        (a * b) / below.max(1)
    }
}

fn word(n: usize) -> String {
    const HEADS: [&str; 16] = [
        "accord", "barr", "chant", "dialog", "éner", "ferrov", "gouvern", "hydraul", "indust",
        "journ", "kilom", "litt", "march", "négoc", "ouvr", "port",
    ];
    const MIDDLES: [&str; 12] = [
        "", "al", "on", "is", "er", "at", "ur", "el", "in", "ol", "im", "ar",
    ];
    const ENDS: [&str; 14] = [
        "ation", "ement", "ique", "aire", "eur", "ité", "age", "isme", "ant", "eux", "elle", "ée",
        "ance", "oir",
    ];
    let (head, rest) = (n % HEADS.len(), n / HEADS.len());
    let (middle, rest) = (rest % MIDDLES.len(), rest / MIDDLES.len());
    format!(
        "{}{}{}",
        HEADS[head],
        MIDDLES[middle],
        ENDS[rest % ENDS.len()]
    )
}

fn text(numbers: &mut Numbers, words: usize) -> String {
    let mut text = String::new();
    for n in 0..words {
        text.push_str(&word(numbers.skewed(2_600)));
        text.push_str(match n % 60 {
            59 => ".\n",
            14 | 29 | 44 => ". ",
            _ => " de la ",
        });
    }
    text
}

fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share) as usize]
}

fn main() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let articles: Vec<(String, String)> = (0..ARTICLES)
        .map(|_| (text(&mut numbers, 12), text(&mut numbers, WORDS / 3)))
        .collect();
    let topics: Vec<Arc<Topic>> = (0..TOPICS)
        .map(|n| {
            let mut term = |_| {
                let first = word(1_300 + numbers.next(1_300));
                match numbers.next(3) {
                    0 => format!("\"{first} {}\"", word(numbers.next(2_600))),
                    _ => first,
                }
            };
            let spec = TopicSpec {
                id: format!("topic-{n}"),
                any: (0..TERMS).map(&mut term).collect(),
                ..TopicSpec::default()
            };
            Arc::new(Topic::compile(&spec, &Aliases::builtin()).expect("a topic"))
        })
        .collect();
    let matcher = Matcher::new(topics);
    let (mut read, mut judged) = (Vec::new(), Vec::new());
    let mut hits = 0;
    for (title, body) in articles.iter().chain(&articles) {
        let begun = Instant::now();
        let document = Document::new(&Text {
            title,
            body,
            language: Some("fr"),
            ..Text::default()
        });
        read.push(begun.elapsed());
        let begun = Instant::now();
        let verdicts = black_box(matcher.judge(&document));
        judged.push(begun.elapsed());
        hits += verdicts.iter().map(|v| v.why.len()).sum::<usize>();
    }
    // The first round warms the caches up.
    let (read, judged) = (&mut read[ARTICLES..], &mut judged[ARTICLES..]);
    println!("{ARTICLES} articles of about {WORDS} words, {TOPICS} topics of {TERMS} terms");
    println!(
        "tokenise and stem   p50 {:?}  p95 {:?}",
        percentile(read, 0.5),
        percentile(read, 0.95)
    );
    println!(
        "judge by all topics p50 {:?}  p95 {:?}",
        percentile(judged, 0.5),
        percentile(judged, 0.95)
    );
    println!("hits per article    {}", hits / (2 * ARTICLES));
}
