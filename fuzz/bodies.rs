//! What is fuzzed: one function for each parser of foreign input, and what must hold of what it gives.
//! `fuzz_targets/` runs them under libFuzzer, `tests/fuzzing.rs` on the seeds and their mutations.

use std::path::Path;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use depeche::config::{self, Config};
use depeche::discover::{feed, json, listing, sitemap};
use depeche::extract::{Hint, PageContext, extract};
use depeche::fetch::Freshness;
use depeche::fetch::robots::Robots;
use depeche::model::Discovery;
use depeche::text::charset::{self, Kind};
use depeche::text::url::{Families, FamilySpec, accept_canonical, canonicalise, strip_tracking};
use depeche::text::{dates as moments, html as markup, http_date};
use depeche::topic::{Aliases, Document, Matcher, Text, Topic, TopicSpec};
use depeche::web::conditional::{best_coding, evaluate};
use quick_xml::events::Event;
use reqwest::header::{CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderValue, RETRY_AFTER};
use url::Url;

/// A target and its name: that of its program, and of the folder of its seeds.
type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 15] = [
    ("address", address),
    ("conditional", conditional),
    ("configuration", configuration),
    ("dates", dates),
    ("decode", decode),
    ("html", html),
    ("json", json),
    ("listing", listing),
    ("page", page),
    ("parse", parse),
    ("repair", repair),
    ("robots", robots),
    ("sitemap", sitemap),
    ("topic", topic),
    ("websub", websub),
];

/// Runs a target by its name.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|(n, _)| *n == name);
    target.expect("a target of this name").1(data);
}

static BASE: LazyLock<Url> = LazyLock::new(|| {
    Url::parse("https://www.outlet.example/fr/monde").expect("a constant address")
});
static ALIASES: LazyLock<Aliases> = LazyLock::new(Aliases::builtin);
static NOW: LazyLock<DateTime<Utc>> =
    LazyLock::new(|| DateTime::from_timestamp(1_795_000_000, 0).expect("a constant time"));
static FAMILIES: LazyLock<Families> = LazyLock::new(|| {
    let spec = FamilySpec {
        id: "outlet".to_owned(),
        hosts: vec!["outlet.example".to_owned()],
        key: vec![r"[-/](\d{4,8})(?:-|\.html|$)".to_owned()],
        ..FamilySpec::default()
    };
    Families::compile(&[spec]).expect("a constant family")
});
const ZONE: Option<Tz> = Some(Tz::Asia__Shanghai);

/// The first line and the rest.
fn halves(data: &[u8]) -> (String, &[u8]) {
    let end = data.iter().position(|b| *b == b'\n');
    let (first, rest) = data.split_at(end.unwrap_or(data.len()));
    let first = String::from_utf8_lossy(first).into_owned();
    (first, rest.get(1..).unwrap_or_default())
}

fn sound(discovery: &Discovery) {
    for candidate in &discovery.candidates {
        assert!(!candidate.id.is_empty(), "a candidate without id");
        let dates = [candidate.published, candidate.updated];
        assert!(
            dates.into_iter().flatten().all(|date| date <= *NOW),
            "a date in the future: {candidate:?}"
        );
    }
}

/// Any bytes are a feed or a named refusal, the same each time.
fn parse(data: &[u8]) {
    let context = feed::Context {
        url: Some(&BASE),
        content_type: None,
        timezone: ZONE,
        fetched_at: *NOW,
    };
    let read = feed::parse(data, &context).ok();
    read.iter().for_each(sound);
    assert_eq!(
        read,
        feed::parse(data, &context).ok(),
        "two readings differ"
    );
}

/// Whatever comes in, a well-formed document comes out.
fn repair(data: &[u8]) {
    let (document, _) = feed::repair(&String::from_utf8_lossy(data));
    let mut reader = quick_xml::Reader::from_str(&document);
    let mut depth = 0_u32;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("not well-formed: {error}\n{document}"),
        }
    }
    assert_eq!(depth, 0, "an element stays open\n{document}");
}

/// Any bytes under any content type become text of a size in proportion.
fn decode(data: &[u8]) {
    let (first, rest) = data.split_at(data.len().min(1));
    let kind = match first.first().unwrap_or(&0) % 3 {
        0 => Kind::Xml,
        1 => Kind::Html,
        _ => Kind::Json,
    };
    let (header, _) = halves(rest);
    let content_type = (header.len() < 80).then_some(header.as_str());
    let decoded = charset::decode(rest, content_type, kind);
    assert!(decoded.text.len() <= rest.len().saturating_mul(4) + 16);
}

/// Any text is a date or none; a date understood reads the same from its RFC 3339 form.
fn dates(data: &[u8]) {
    let text = &String::from_utf8_lossy(data);
    for zone in [None, Some(Tz::America__Havana)] {
        let _ = moments::find(text, zone);
        if let Some(date) = moments::parse(text, zone) {
            assert_eq!(
                moments::parse(&date.to_rfc3339(), zone),
                Some(date),
                "{text}"
            );
        }
    }
}

/// A page of links, read by structure (first byte even) or by selectors.
fn listing(data: &[u8]) {
    let spec = listing::ListingSpec {
        entry: Some(".item, article, tr".to_owned()),
        link: Some("a[href]".to_owned()),
        date: Some("time, .date".to_owned()),
        next: Some("a[rel=next]".to_owned()),
        ..listing::ListingSpec::default()
    };
    let by_selectors = data.first().is_some_and(|byte| byte % 2 == 1);
    let spec = if by_selectors {
        spec
    } else {
        listing::ListingSpec::default()
    };
    let context = listing::Context {
        base: &BASE,
        listing: &listing::Listing::compile(&spec).expect("constant selectors"),
        families: &FAMILIES,
        timezone: ZONE,
        fetched_at: *NOW,
    };
    let text = String::from_utf8_lossy(data);
    let read = listing::read(&text, &context);
    sound(&read);
    assert_eq!(read, listing::read(&text, &context), "two readings differ");
}

/// A sitemap or an index of sitemaps, in XML or lines, packed or not.
fn sitemap(data: &[u8]) {
    let context = sitemap::Context {
        base: &BASE,
        families: &FAMILIES,
        timezone: ZONE,
        fetched_at: *NOW,
        newer_than: DateTime::from_timestamp(1_790_000_000, 0),
    };
    let read = sitemap::read(data, &context);
    sound(&read.discovery);
    assert!(read.discovery.candidates.len() + read.children.len() <= sitemap::MAX_ENTRIES);
}

/// JSON, or a script or page that holds some.
fn json(data: &[u8]) {
    let path = |text: &str| Some(text.to_owned());
    let spec = json::JsonSpec {
        items: "data.list".to_owned(),
        link: path("/article/{id}.html"),
        title: path("title"),
        date: path("date"),
        summary: path("summary"),
        author: path("authors.*.name"),
        after: data.starts_with(b"<").then(|| "window.state =".to_owned()),
        ..json::JsonSpec::default()
    };
    let context = json::Context {
        base: &BASE,
        paths: &json::JsonPaths::compile(&spec).expect("constant paths"),
        families: &FAMILIES,
        timezone: ZONE,
        fetched_at: *NOW,
    };
    sound(&json::read(&String::from_utf8_lossy(data), &context));
}

/// A page becomes an article or none; its HTML has passed the gate.
fn page(data: &[u8]) {
    let never = |_: &str| false;
    let context = PageContext {
        url: &BASE,
        rule: None,
        hint: Hint::default(),
        timezone: ZONE,
        language: Some("fr"),
        boilerplate: &never,
        same_family: &|_| true,
        part: None,
    };
    let out = extract(&String::from_utf8_lossy(data), &context).extracted;
    assert_eq!(
        markup::seal(&out.html),
        out.html,
        "not what the gate lets through"
    );
}

/// What was cleaned stays as it is when it is cleaned again; so does plain text.
fn html(data: &[u8]) {
    let text = &String::from_utf8_lossy(data);
    let clean = markup::clean(text, Some(&BASE));
    assert_eq!(markup::clean(&clean, Some(&BASE)), clean, "{text}");
    assert_eq!(markup::seal(&clean), clean, "{text}");
    let _ = (markup::to_text(text), markup::plain(text));
}

/// Rules for robots (after the first line, which is the path asked about).
fn robots(data: &[u8]) {
    let (path, rules) = halves(data);
    let robots = Robots::parse(rules, "depeche");
    assert_eq!(robots.judge(&path), robots.judge(&path));
    let _ = robots.judge(&format!("/{path}"));
}

/// An address (and what it states to be its canonical one, on the second line).
fn address(data: &[u8]) {
    let (first, rest) = halves(data);
    let Ok(url) = BASE.join(&first) else { return };
    let key = canonicalise(&url);
    let shown = strip_tracking(&url);
    if matches!(url.scheme(), "http" | "https") {
        assert_eq!(canonicalise(&shown), key, "{url}");
    }
    assert_eq!(strip_tracking(&shown), shown, "{url}");
    let _ = FAMILIES.identity(&url);
    let _ = accept_canonical(&url, &String::from_utf8_lossy(rest), &FAMILIES);
}

/// A topic as TOML, or else a term a line; and what it says of itself as a text.
fn topic(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let terms = || TopicSpec {
        any: text.lines().map(str::to_owned).collect(),
        ..TopicSpec::default()
    };
    let mut spec: TopicSpec = toml::from_str(&text).unwrap_or_else(|_| terms());
    spec.id = "topic".to_owned();
    let Ok(topic) = Topic::compile(&spec, &ALIASES) else {
        return;
    };
    let again = Topic::compile(&spec, &ALIASES).expect("it was compiled before");
    assert_eq!(topic.rules_hash(), again.rules_hash());
    let document = Document::new(&Text {
        title: text.lines().next().unwrap_or_default(),
        summary: "",
        body: &text,
        categories: &[],
        url: BASE.as_str(),
        language: None,
        source: "outlet",
        tags: &[],
    });
    let judged = Matcher::new(vec![topic.into()]).judge(&document);
    assert_eq!(judged.len(), 1);
    assert!(judged[0].score.is_finite(), "{judged:?}");
}

/// Configuration: the shipped one with one of its files replaced (which, says the first byte: a tab,
/// `[` or `#`).
fn configuration(data: &[u8]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let roots = [root.join("config"), root.join("../config")];
    let Some(folder) = roots
        .iter()
        .find(|folder| folder.join("depeche.toml").exists())
    else {
        return;
    };
    let names = ["depeche.toml", "sources.toml", "topics.toml"];
    let name = names[usize::from(*data.first().unwrap_or(&0)) % names.len()];
    let (main, file) = (folder.join(names[0]), folder.join(name));
    let load = || config::load_replacing(&main, &file, &String::from_utf8_lossy(data));
    let told = |result: Result<Config, Vec<config::Problem>>| {
        let problems = result.err()?;
        assert!(!problems.is_empty(), "refused without a word");
        Some(problems.iter().map(ToString::to_string).collect::<String>())
    };
    assert_eq!(told(load()), told(load()));
}

/// What anybody may send to the hub, and what hubs and subscribers answer.
fn websub(data: &[u8]) {
    if let Ok(ask) = depeche::hub::parse(data) {
        assert!(matches!(ask.callback.scheme(), "http" | "https"));
        assert!(ask.lease > chrono::TimeDelta::zero());
    }
    let _ = depeche::hub::confirmed(data, "challenge");
    let links: Vec<String> = String::from_utf8_lossy(data)
        .lines()
        .map(str::to_owned)
        .collect();
    let _ = depeche::hub::named(&links);
}

/// Headers of a request to us and of an answer to us; the first line is the first of each.
fn conditional(data: &[u8]) {
    let (first, rest) = halves(data);
    let tag = "\"a1b2c3\"";
    let _ = evaluate(true, Some(rest), Some(&first), tag, *NOW);
    let codings = ["br", "gzip"].map(|coding| (coding, coding));
    let _ = best_coding(Some(&first), codings.into_iter());
    if let Some(date) = http_date::parse(&first) {
        let _ = http_date::parse(&http_date::render(date));
    }
    let mut headers = HeaderMap::new();
    for name in [CACHE_CONTROL, EXPIRES, DATE, RETRY_AFTER] {
        let value = if name == DATE { rest } else { first.as_bytes() };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
    }
    let _ = Freshness::of(&headers, *NOW).until(*NOW);
}
