//! Tolerance of feed input: many kinds of damage on many feeds, hostile sizes and depths.
//!
//! The base feeds stand in `tests/feeds/base`. Where `DEPECHE_CORPORA` names a folder of corpora,
//! the feeds captured from the web in it are damaged as well.

#[path = "feeds/damage.rs"]
mod damage;

use std::path::Path;

use chrono::{DateTime, Utc};
use depeche::discover::feed::{Context, parse};
use depeche::model::{Candidate, Discovery};
use depeche::text::charset::{Kind, decode};
use url::Url;

use damage::{DAMAGES, Damage, Spared};

const BASES: &[(&str, &[u8])] = &[
    ("rss091", include_bytes!("feeds/base/rss091.xml")),
    ("rss092", include_bytes!("feeds/base/rss092.xml")),
    (
        "rss20-minimal",
        include_bytes!("feeds/base/rss20-minimal.xml"),
    ),
    ("rss20-dates", include_bytes!("feeds/base/rss20-dates.xml")),
    ("wordpress", include_bytes!("feeds/base/wordpress.xml")),
    ("spip", include_bytes!("feeds/base/spip.xml")),
    ("mrss", include_bytes!("feeds/base/mrss.xml")),
    ("podcast", include_bytes!("feeds/base/podcast.xml")),
    ("latin1", include_bytes!("feeds/base/latin1.xml")),
    ("rdf10", include_bytes!("feeds/base/rdf10.xml")),
    ("atom03", include_bytes!("feeds/base/atom03.xml")),
    ("atom10", include_bytes!("feeds/base/atom10.xml")),
    ("blogger", include_bytes!("feeds/base/blogger.xml")),
];

const JSON: &[u8] = include_bytes!("feeds/base/jsonfeed.json");

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_348_800, 0).expect("a date of 2026")
}

fn read(bytes: &[u8]) -> Result<Discovery, String> {
    let url = Url::parse("https://example.org/feeds/fr.xml").expect("a plain address");
    let ctx = Context {
        url: Some(&url),
        content_type: Some("application/xml"),
        timezone: None,
        fetched_at: now(),
    };
    parse(bytes, &ctx).map_err(|refused| refused.reason)
}

#[derive(Default)]
struct Score {
    documents: usize,
    parsed: usize,
    intact: usize,
    complaints: Vec<String>,
}

impl Score {
    fn judge(&mut self, base: &str, damage: &Damage, truth: &Discovery, damaged: &[u8]) {
        self.documents += 1;
        let name = format!("{base}, {}", damage.name);
        let found = match read(damaged) {
            Ok(found) => found,
            Err(reason) => return self.complaints.push(format!("{name}: refused: {reason}")),
        };
        self.parsed += 1;
        let (wanted, got) = (truth.candidates.len(), found.candidates.len());
        let counted = if damage.cuts {
            (1..=wanted).contains(&got)
        } else {
            got == wanted
        };
        let difference = if counted {
            truth
                .candidates
                .first()
                .zip(found.candidates.first())
                .and_then(|(a, b)| difference(a, b, damage.spared))
        } else {
            Some(format!("{got} entries instead of {wanted}"))
        };
        let last_is_final = found.candidates.last().is_some_and(|last| last.complete);
        match difference {
            Some(difference) => self.complaints.push(format!("{name}: {difference}")),
            None if damage.cuts && got < wanted && !found.truncated && last_is_final => {
                self.complaints
                    .push(format!("{name}: taken for a whole document"));
            }
            None => self.intact += 1,
        }
    }
}

fn difference(a: &Candidate, b: &Candidate, spared: Spared) -> Option<String> {
    let fields = [
        ("id", Some(&a.id), Some(&b.id)),
        ("link", a.link.as_ref(), b.link.as_ref()),
        ("title", a.title.as_ref(), b.title.as_ref()),
        ("summary", a.summary.as_ref(), b.summary.as_ref()),
        ("content", a.content.as_ref(), b.content.as_ref()),
    ];
    for (name, wanted, got) in fields {
        let excused = match spared {
            Spared::All => false,
            // An id made of the title changes with it; so does nothing else.
            Spared::ButTitle => name == "title" || a.id.starts_with("hash:") && name == "id",
            Spared::ButText => {
                name == "summary" || name == "content" || a.id.starts_with("hash:") && name == "id"
            }
        };
        if wanted.map(|text| plain(text)) != got.map(|text| plain(text)) && !excused {
            return Some(format!("{name} {got:?} instead of {wanted:?}"));
        }
    }
    (a.published != b.published)
        .then(|| format!("date {:?} instead of {:?}", b.published, a.published))
}

/// Line ends and blanks may change, nothing else.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn damage_all(name: &str, bytes: &[u8], score: &mut Score) {
    let text = decode(bytes, None, Kind::Xml).text;
    let truth = read(text.as_bytes()).expect("an undamaged feed is read");
    for damage in DAMAGES {
        if let Some(damaged) = (damage.make)(&text) {
            score.judge(name, damage, &truth, &damaged);
        }
    }
}

fn verdict(score: &Score) {
    println!(
        "{} damaged documents: {} parsed, {} intact",
        score.documents, score.parsed, score.intact
    );
    println!("{}", score.complaints.join("\n"));
    assert_eq!(
        score.parsed,
        score.documents,
        "{}",
        score.complaints.join("\n")
    );
    assert!(
        score.intact * 1000 >= score.documents * 995,
        "{}",
        score.complaints.join("\n")
    );
}

#[test]
fn damaged_feeds_are_read() {
    let mut score = Score::default();
    for (name, bytes) in BASES {
        damage_all(name, bytes, &mut score);
    }
    assert!(
        DAMAGES.len() >= 40 && score.documents >= 500,
        "{} documents",
        score.documents
    );
    verdict(&score);
}

#[test]
fn damaged_feeds_of_the_corpora_are_read() {
    let Some(corpora) = std::env::var_os("DEPECHE_CORPORA") else {
        return;
    };
    let folder = Path::new(&corpora).join("feeds");
    let list =
        std::fs::read_to_string(folder.join("expected.jsonl")).expect("the corpus has a list");
    let captured = [
        "rome",
        "netnewswire",
        "newsboat",
        "yarr",
        "miniflux",
        "reader",
        "feed-rs",
        "simplepie",
    ];
    let mut score = Score::default();
    let mut feeds = 0;
    for line in list.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let bytes = std::fs::read(folder.join(row["file"].as_str().expect("a file name")))
            .expect("the file is there");
        let suits = captured.iter().any(|name| row["corpus"] == *name)
            && (1500..200_000).contains(&bytes.len());
        // Damage is compared with what a well-formed feed gives: ill-formed ones have their own.
        let Ok(truth) = read(&bytes) else { continue };
        if suits
            && truth.candidates.len() > 1
            && truth.warnings.is_empty()
            && !bytes.starts_with(b"{")
        {
            feeds += 1;
            damage_all(
                row["origin"].as_str().unwrap_or_default(),
                &bytes,
                &mut score,
            );
        }
    }
    println!("{feeds} captured feeds");
    assert!(feeds >= 30, "{feeds} feeds");
    verdict(&score);
}

#[test]
fn a_correct_feed_is_silent() {
    for (name, bytes) in BASES {
        let found = read(bytes).expect("a feed");
        assert_eq!(found.warnings, [], "{name}");
        assert!(
            !found.truncated
                && found
                    .candidates
                    .iter()
                    .all(|c| c.complete && !c.id.is_empty()),
            "{name}"
        );
    }
}

#[test]
fn identity_is_stable_from_poll_to_poll() {
    for (name, bytes) in BASES.iter().chain([&("json", JSON)]) {
        let (first, second) = (read(bytes).expect("a feed"), read(bytes).expect("a feed"));
        let ids: Vec<&str> = first.candidates.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(
            ids,
            second
                .candidates
                .iter()
                .map(|c| c.id.as_str())
                .collect::<Vec<_>>(),
            "{name}"
        );
        let mut unique = ids.clone();
        unique.dedup();
        assert_eq!(ids.len(), unique.len(), "{name}");
    }
}

#[test]
fn json_feeds_are_read_field_by_field() {
    let feed = read(JSON).expect("a feed");
    assert_eq!(feed.format, "json feed 1.1");
    let ids: Vec<&str> = feed.candidates.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["4182", "4181", "https://steppes.example/2026/11/col"]);
    assert_eq!(
        feed.candidates[0].link.as_deref(),
        Some("https://example.org/2026/11/gazoduc")
    );
    assert_eq!(feed.candidates[1].title, None);
    assert_eq!(feed.candidates[1].authors[0].name, "Aïgul");
    assert_eq!(feed.candidates[2].authors[0].name, "Fil des steppes");
    assert_eq!(feed.hints.hubs, ["https://hub.example/"]);
}

fn rss(inside: &str) -> Vec<u8> {
    format!(
        "<rss version=\"2.0\"><channel><title>T</title><item><title>Un</title><guid>1</guid>\
         <description>{inside}</description></item><item><title>Deux</title><guid>2</guid></item></channel></rss>"
    )
    .into_bytes()
}

#[test]
fn depth_is_flattened() {
    for inside in [
        "<div>".repeat(200_000) + "fond",
        "<b>".repeat(200_000) + "fond" + &"</b>".repeat(200_000),
    ] {
        let found = read(&rss(&inside)).expect("a feed");
        assert_eq!(found.candidates.len(), 2);
        assert!(
            found.candidates[0]
                .summary
                .as_ref()
                .is_some_and(|text| text.contains("fond"))
        );
    }
    let xhtml = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>{}</div>\
         </content></entry><entry><id>2</id></entry></feed>",
        "<em>".repeat(200_000)
    );
    assert_eq!(read(xhtml.as_bytes()).expect("a feed").candidates.len(), 2);
}

#[test]
fn a_text_of_thirty_megabytes() {
    let long = "&lt;p&gt;Une phrase assez longue pour un article, et une autre.&lt;/p&gt;\n"
        .repeat(450_000);
    let found = read(&rss(&long)).expect("a feed");
    assert!(
        found.candidates[0]
            .summary
            .as_ref()
            .is_some_and(|text| text.len() > 20_000_000)
    );
}

#[test]
fn a_hundred_thousand_entries() {
    let entries: String = (0..100_000)
        .map(|n| format!("<item><title>Article {n}</title><link>https://example.org/{n}</link><guid>{n}</guid></item>"))
        .collect();
    let found = read(format!("<rss><channel><title>T</title>{entries}</channel></rss>").as_bytes())
        .expect("a feed");
    assert_eq!(found.candidates.len(), 5000);
    assert!(
        found
            .warnings
            .iter()
            .any(|warning| warning.message.contains("100000 entries"))
    );
}

#[test]
fn tags_that_never_match() {
    let found = read(&rss(&"<d></e>".repeat(200_000))).expect("a feed");
    assert_eq!(found.candidates.len(), 2);
}

#[test]
fn fifty_thousand_attributes() {
    let many: String = (0..50_000).map(|n| format!(" a{n}=\"{n}\"")).collect();
    let document = String::from_utf8(rss("texte"))
        .expect("text")
        .replace("<item>", &format!("<item{many}>"));
    assert_eq!(
        read(document.as_bytes()).expect("a feed").candidates.len(),
        2
    );
    let spaces: String = (0..50_000)
        .map(|n| format!(" xmlns:p{n}=\"urn:{n}\""))
        .collect();
    let document = String::from_utf8(rss("texte"))
        .expect("text")
        .replace("<rss ", &format!("<rss{spaces} "));
    assert_eq!(
        read(document.as_bytes()).expect("a feed").candidates.len(),
        2
    );
}

#[test]
fn millions_of_bare_marks() {
    for mark in ["&", "<", "]]>", "<a b='"] {
        let found = read(&rss(&mark.repeat(3_000_000 / mark.len()))).expect("a feed");
        assert_eq!(found.candidates[0].id, "1", "{mark}");
    }
}

#[test]
fn openings_without_ends() {
    for opening in [
        "<!--",
        "<![CDATA[",
        "<?",
        "<!DOCTYPE [",
        "<a b=\"",
        "</",
        "<!",
        "<x y",
        "&#",
        "<item>",
        "<title>",
    ] {
        let document = format!(
            "<rss version='2.0'><channel><title>T</title>{}",
            opening.repeat(300_000)
        );
        // Whatever it is taken for, it is taken for something.
        let _ = read(document.as_bytes());
    }
    for opening in ["<!-- x", "<![CDATA[x</description>", "<? y", "<a href='x>"] {
        let document = format!(
            "<rss><channel>{}-->]]>?>'",
            "<item><description>".to_owned() + &opening.repeat(100_000)
        );
        let _ = read(document.as_bytes());
    }
}

#[test]
fn scopes_and_bases_are_bounded() {
    let nested: String = (0..500)
        .map(|n| {
            format!(
                "<g{n} xml:base='d{n}/' xml:lang='l{n}' {}>",
                "z='1' ".repeat(20)
            )
        })
        .collect();
    let entries: String = (0..5000)
        .map(|n| format!("<item><link>{n}</link><title>{n}</title></item>"))
        .collect();
    let found = read(format!("<rss><channel>{nested}{entries}").as_bytes()).expect("a feed");
    assert!(found.candidates.len() > 4000);
}

/// Documents that are no feeds, a word of the reason, and how many feeds they advertise.
const NO_FEEDS: &[(&str, &str, usize)] = &[
    ("", "empty", 0),
    (" \n\t ", "empty", 0),
    ("\u{FEFF}", "empty", 0),
    ("%PDF-1.7", "PDF", 0),
    ("Bonjour", "plain text", 0),
    ("[1, 2]", "JSON", 0),
    ("{\"a\": 1}", "JSON", 0),
    (
        "{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [",
        "cut off",
        0,
    ),
    (
        "<?xml version='1.0'?><urlset><url><loc>x</loc></url></urlset>",
        "sitemap",
        0,
    ),
    ("<opml><body><outline/></body></opml>", "OPML", 0),
    ("<svg><path/></svg>", "<svg>", 0),
    (
        "<!DOCTYPE html><html><head><title>404 — Page introuvable</title></head><body>Rien</body></html>",
        "404",
        0,
    ),
    (
        "<html><head><title>Just a moment...</title></head><body><script src='/cdn-cgi/challenge-platform/x'></script>",
        "Cloudflare",
        0,
    ),
    (
        "<html><script src='https://ct.captcha-delivery.com/c.js'></script></html>",
        "DataDome",
        0,
    ),
    (
        "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>Reference #18.2d351ab8</BODY></HTML>",
        "Akamai",
        0,
    ),
    (
        "<html><iframe src='/_Incapsula_Resource?SWUDNSAI=9'></iframe></html>",
        "Imperva",
        0,
    ),
    (
        "<html><body><form><input name=u><input type=password name=p></form>",
        "login",
        0,
    ),
    (
        "<html><head><base href='https://b.example/x/'><link rel='alternate' type='application/rss+xml' title='Fil' href='feed'>\
      <link rel=alternate type=application/atom+xml href=/atom.xml><link rel=alternate hreflang=en href=/en></head>",
        "advertises feeds",
        2,
    ),
];

#[test]
fn what_is_no_feed_is_named() {
    for &(document, reason, alternates) in NO_FEEDS {
        let refused = read(document.as_bytes()).expect_err(document);
        assert!(refused.contains(reason), "{document}: {refused}");
        let url = Url::parse("https://example.org/").expect("a plain address");
        let ctx = Context {
            url: Some(&url),
            content_type: None,
            timezone: None,
            fetched_at: now(),
        };
        let found = parse(document.as_bytes(), &ctx)
            .expect_err(document)
            .alternates;
        assert_eq!(found.len(), alternates, "{document}");
        if alternates > 0 {
            assert_eq!(found[0].url, "https://b.example/x/feed");
            assert_eq!(found[1].url, "https://b.example/atom.xml");
        }
    }
}
