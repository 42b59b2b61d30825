//! How long judging takes: `cargo bench --bench topics`. A hundred topics of forty terms, as in a
//! large configuration, over made-up articles whose words are as frequent as those of a newspaper;
//! about forty terms stand in each.

#[path = "common/mod.rs"]
mod common;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use common::{French, Numbers, percentile};
use depeche::topic::{Aliases, Document, Matcher, Text, Topic, TopicSpec};

const ARTICLES: usize = 1_000;
const TOPICS: usize = 100;
const TERMS: usize = 40;
/// Words of an article, about.
const WORDS: usize = 450;
/// Ranks of the words that terms are made of: rarer than what holds a text together.
const RANKS: std::ops::Range<usize> = 400..20_000;

fn body(french: &French, numbers: &mut Numbers) -> String {
    let mut text = String::new();
    while text.split(' ').count() < WORDS {
        text.push_str(&french.paragraph(numbers));
        text.push('\n');
    }
    text
}

fn topics(french: &French, numbers: &mut Numbers) -> Vec<Arc<Topic>> {
    let mut topics = Vec::with_capacity(TOPICS);
    while topics.len() < TOPICS {
        let mut word = || french.word(RANKS.start + numbers.below(RANKS.len()));
        let any = (0..TERMS).map(|term| match term % 3 {
            0 => format!("\"{} {}\"", word(), word()),
            _ => word().to_owned(),
        });
        let spec = TopicSpec {
            id: format!("topic-{}", topics.len()),
            any: any.collect(),
            ..TopicSpec::default()
        };
        // A made-up word may have the stem of an article: such a topic is refused, as it should be.
        if let Ok(topic) = Topic::compile(&spec, &Aliases::builtin()) {
            topics.push(Arc::new(topic));
        }
    }
    topics
}

fn main() {
    let (french, mut numbers) = (French::new(), Numbers::new(1));
    let matcher = Matcher::new(topics(&french, &mut numbers));
    let articles: Vec<(String, String)> = (0..2 * ARTICLES)
        .map(|_| (french.title(&mut numbers), body(&french, &mut numbers)))
        .collect();
    let (mut read, mut judged) = (Vec::new(), Vec::new());
    let (mut hits, mut words) = (0, 0);
    for (n, (title, body)) in articles.iter().enumerate() {
        let begun = Instant::now();
        let document = Document::new(&Text {
            title,
            body,
            language: Some("fr"),
            ..Text::default()
        });
        let after = Instant::now();
        let verdicts = black_box(matcher.judge(&document));
        let end = Instant::now();
        // The first half warms the caches up; no article is read twice.
        if n >= ARTICLES {
            read.push(after - begun);
            judged.push(end - after);
            hits += verdicts.iter().map(|v| v.why.len()).sum::<usize>();
            words += body.split_whitespace().count();
        }
    }
    println!(
        "{ARTICLES} articles of {} words, {TOPICS} topics of {TERMS} terms, {} hits an article",
        words / ARTICLES,
        hits / ARTICLES
    );
    for (what, times) in [
        ("tokenise and stem", &mut read),
        ("judge by all topics", &mut judged),
    ] {
        let (p50, p95) = (percentile(times, 0.5), percentile(times, 0.95));
        println!("{what:<20} p50 {p50:?}  p95 {p95:?}");
    }
}
