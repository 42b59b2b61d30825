//! How fast feeds are read: `cargo bench --bench feeds`. Made-up feeds of several formats and sizes,
//! whole and damaged, and one of 100 000 entries.

#[path = "common/mod.rs"]
mod common;

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use common::{French, Numbers, percentile};
use depeche::discover::feed::{Context, parse};

/// Entries of the longest feed.
const MANY: usize = 100_000;
/// Entries that are kept of a feed at most.
const KEPT: usize = 5_000;
/// Least time for which each kind of feed is read again and again.
const ROUND: Duration = Duration::from_secs(2);

struct Entry {
    n: usize,
    title: String,
    teaser: String,
    body: String,
}

fn entries(french: &French, count: usize, paragraphs: usize) -> Vec<Entry> {
    let mut numbers = Numbers::new(count as u64);
    let mut entries = Vec::with_capacity(count);
    for n in 0..count {
        let body: Vec<String> = (0..paragraphs)
            .map(|_| format!("<p>{}</p>", french.paragraph(&mut numbers)))
            .collect();
        entries.push(Entry {
            n,
            title: french.title(&mut numbers),
            teaser: french.sentence(&mut numbers, 30),
            body: body.concat(),
        });
    }
    entries
}

fn rss(entries: &[Entry]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Un journal</title><link>https://journal.example/</link><description>Les nouvelles</description>\n",
    );
    for Entry {
        n,
        title,
        teaser,
        body,
    } in entries
    {
        let _ = writeln!(
            xml,
            "<item><title>{title}</title><link>https://journal.example/a/{n}</link><guid isPermaLink=\"false\">a-{n}</guid><pubDate>Fri, 20 Nov 2026 {:02}:{:02}:00 +0100</pubDate><dc:creator>Jeanne Martin</dc:creator><category>Monde</category><description><![CDATA[{teaser}]]></description>",
            n / 60 % 24,
            n % 60
        );
        if !body.is_empty() {
            let _ = writeln!(xml, "<content:encoded><![CDATA[{body}]]></content:encoded>");
        }
        xml.push_str("</item>\n");
    }
    xml + "</channel></rss>\n"
}

fn atom(entries: &[Entry]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Un journal</title><id>https://journal.example/</id><updated>2026-11-20T10:00:00Z</updated>\n",
    );
    for Entry {
        n,
        title,
        teaser,
        body,
    } in entries
    {
        let body = body.replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(
            xml,
            "<entry><title>{title}</title><link href=\"https://journal.example/a/{n}\"/><id>tag:journal.example,2026:{n}</id><published>2026-11-20T{:02}:{:02}:00Z</published><updated>2026-11-20T10:00:00Z</updated><author><name>Jeanne Martin</name></author><summary>{teaser}</summary><content type=\"html\">{body}</content></entry>",
            n / 60 % 24,
            n % 60
        );
    }
    xml + "</feed>\n"
}

fn rdf(entries: &[Entry]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel rdf:about=\"https://journal.example/\"><title>Un journal</title><link>https://journal.example/</link></channel>\n",
    );
    for Entry {
        n, title, teaser, ..
    } in entries
    {
        let _ = writeln!(
            xml,
            "<item rdf:about=\"https://journal.example/a/{n}\"><title>{title}</title><link>https://journal.example/a/{n}</link><description>{teaser}</description><dc:date>2026-11-20T{:02}:{:02}:00Z</dc:date></item>",
            n / 60 % 24,
            n % 60
        );
    }
    xml + "</rdf:RDF>\n"
}

/// What outlets do to XML: bare ampersands, unknown entities, unclosed tags, control characters.
fn damaged(xml: &str) -> String {
    xml.replace(" des ", " & ")
        .replace(" les ", " &nbsp; ")
        .replace(
            "<category>Monde</category>",
            "<category>Mon<br>de</category>\u{1}",
        )
}

fn latin(xml: &str) -> Vec<u8> {
    let xml = xml.replace("UTF-8", "ISO-8859-1");
    xml.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect()
}

fn context() -> Context<'static> {
    Context {
        url: None,
        content_type: Some("application/xml"),
        timezone: None,
        fetched_at: DateTime::<Utc>::from_timestamp(1_795_000_000, 0).expect("a time"),
    }
}

/// Reads one feed again and again; its row of the table.
fn measure(name: &str, bytes: &[u8], entries: usize) {
    let mut times = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < ROUND || times.len() < 3 {
        let start = Instant::now();
        let read = black_box(parse(bytes, &context())).unwrap_or_default();
        times.push(start.elapsed());
        assert_eq!(read.candidates.len(), entries.min(KEPT), "{name}");
    }
    let p50 = percentile(&mut times, 0.5);
    println!(
        "{name:<34}{:>9} kB{:>9} µs{:>8.1} MB/s{:>8.1} µs/entry",
        bytes.len() / 1_000,
        p50.as_micros(),
        bytes.len() as f64 / p50.as_secs_f64() / 1e6,
        p50.as_secs_f64() * 1e6 / entries as f64
    );
}

fn main() {
    let french = French::new();
    let (short, long) = (entries(&french, 40, 0), entries(&french, 20, 8));
    for (name, xml, count) in [
        ("RSS, teasers", rss(&short), 40),
        ("RSS, whole bodies", rss(&long), 20),
        ("Atom, whole bodies", atom(&long), 20),
        ("RDF, teasers", rdf(&short), 40),
        ("RSS, whole bodies, damaged", damaged(&rss(&long)), 20),
        ("Atom, whole bodies, damaged", damaged(&atom(&long)), 20),
    ] {
        measure(name, xml.as_bytes(), count);
    }
    measure("RSS, whole bodies, ISO-8859-1", &latin(&rss(&long)), 20);
    let many = rss(&entries(&french, MANY, 0));
    measure("RSS, 100 000 entries", many.as_bytes(), MANY);
}
