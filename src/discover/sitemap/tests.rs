//! Sitemaps of all kinds as tables, whole and broken.

use std::io::Write;

use chrono::TimeZone;

use super::*;

fn sitemap(bytes: &[u8], days: Option<i64>) -> Sitemap {
    let base = Url::parse("https://a.fr/sitemaps/news.xml").expect("an address");
    let fetched_at = Utc
        .with_ymd_and_hms(2026, 8, 3, 12, 0, 0)
        .single()
        .expect("a moment");
    let newer_than = days.map(|days| fetched_at - chrono::Duration::days(days));
    read(
        bytes,
        &Context {
            base: &base,
            families: &Families::default(),
            timezone: None,
            fetched_at,
            newer_than,
        },
    )
}

fn shown(sitemap: &Sitemap) -> Vec<String> {
    let date = |date: Option<DateTime<Utc>>| {
        date.map_or("-".to_owned(), |date| {
            date.format("%m-%dT%H:%M").to_string()
        })
    };
    let row = |c: &Candidate| {
        let part = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        format!(
            "{} | {} | {} | {} | {}",
            part(&c.link),
            part(&c.title),
            date(c.published),
            date(c.updated),
            part(&c.language)
        )
    };
    sitemap.discovery.candidates.iter().map(row).collect()
}

fn check(xml: &str, days: Option<i64>, expected: &[&str]) {
    assert_eq!(shown(&sitemap(xml.as_bytes(), days)), expected, "{xml}");
}

const NEWS: &str = "<?xml version='1.0' encoding='UTF-8'?>
<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9' xmlns:image='x'>
<url><loc>https://a.fr/x/1?a=1&amp;b=2</loc><lastmod>2026-08-03T09:00:00+02:00</lastmod>
<news:news><news:publication><news:name>A &amp; B</news:name><news:language>fr</news:language></news:publication>
<news:publication_date>2026-08-03</news:publication_date><news:title>L&#39;eau &lt; le feu &amp; l&eacute;t&eacute;</news:title></news:news>
<image:image><image:loc>https://a.fr/p.jpg</image:loc><image:title>Photo</image:title></image:image></url>
<url><loc><![CDATA[https://a.fr/x/2]]></loc><news:news><news:title><![CDATA[Un & deux]]></news:title><news:publication_date>2026-06-01T10:00Z</news:publication_date></news:news></url>
</urlset>";

#[test]
fn news() {
    let one = "https://a.fr/x/1?a=1&b=2 | L'eau < le feu & l\u{e9}t\u{e9} | 08-03T00:00 | 08-03T07:00 | fr";
    check(
        NEWS,
        None,
        &[one, "https://a.fr/x/2 | Un & deux | 06-01T10:00 | - | -"],
    );
    check(NEWS, Some(7), &[one]);
    let found = sitemap(NEWS.as_bytes(), None);
    assert_eq!(found.discovery.feed.title.as_deref(), Some("A & B"));
    assert_eq!(
        found.discovery.candidates[0].image.as_deref(),
        Some("https://a.fr/p.jpg")
    );
    assert!(found.discovery.warnings.is_empty());
}

#[test]
fn plain_ones() {
    let xml = "<urlset><url><loc> /a-propos </loc></url><url><loc>/x/1</loc><lastmod>2026-08-02</lastmod></url><url><loc>/2026/08/01/y</loc></url><url><loc>/x/1?utm_source=b</loc></url></urlset>";
    let (one, two) = (
        "https://a.fr/x/1 | - | - | 08-02T00:00 | -",
        "https://a.fr/2026/08/01/y | - | 08-01T00:00 | - | -",
    );
    check(xml, Some(7), &[one, two]);
    check(
        xml,
        None,
        &["https://a.fr/a-propos | - | - | - | -", one, two],
    );
    check(
        "<urlset><url><loc>/a</loc></url></urlset>",
        Some(7),
        &["https://a.fr/a | - | - | - | -"],
    );
    check(
        "\u{feff}https://a.fr/1\r\n\r\nhttps://a.fr/2\nrien",
        Some(7),
        &[
            "https://a.fr/1 | - | - | - | -",
            "https://a.fr/2 | - | - | - | -",
        ],
    );
}

#[test]
fn indexes() {
    let xml = "<sitemapindex><sitemap><loc>/s1.xml</loc></sitemap><sitemap><loc>/s2.xml</loc><lastmod>2026-08-01</lastmod></sitemap><sitemap><loc>/s3.xml</loc><lastmod>2026-08-03</lastmod></sitemap><sitemap><loc>/s4.xml</loc><lastmod>2020-01-01</lastmod></sitemap></sitemapindex>";
    let found = sitemap(xml.as_bytes(), Some(7));
    let children: Vec<_> = found
        .children
        .iter()
        .map(|child| child.url.path())
        .collect();
    assert_eq!(children, ["/s3.xml", "/s2.xml", "/s1.xml"]);
    assert!(found.discovery.candidates.is_empty());
}

#[test]
fn broken_ones() {
    let row = |n: u32| format!("https://a.fr/{n} | - | - | - | -");
    let check = |bytes: &[u8], expected: &[u32], warnings: usize| {
        let found = sitemap(bytes, None);
        let rows: Vec<_> = expected.iter().map(|&n| row(n)).collect();
        assert_eq!(shown(&found), rows, "{}", String::from_utf8_lossy(bytes));
        assert_eq!(
            found.discovery.warnings.len(),
            warnings,
            "{:?}",
            found.discovery.warnings
        );
    };
    check(
        b"<urlset><url><loc>/1</loc><url><loc>/2</loc></url><url><loc>/3</lo",
        &[1, 2],
        0,
    );
    check(
        b"<urlset><url><loc>/1</loc><x></url><url><loc>/2</loc>",
        &[1, 2],
        1,
    );
    check(
        b"<urlset><url><loc>/1</loc><news:x>a \xff\xfe & < b</news:x></url>",
        &[1],
        0,
    );
    check(
        b"<urlset><url><loc>http://[</loc></url><url><loc>/2</loc></url></urlset>",
        &[2],
        1,
    );
    check(
        b"<urlset><url><loc>/1</loc><![CDATA[ <url><loc>/2</loc></url></urlset>",
        &[1, 2],
        0,
    );
    check(b"", &[], 1);
    check(b"<html><body>x</body></html>", &[], 1);
    check(
        b"<urlset><sm:url xmlns:sm='x'><sm:loc>/1</sm:loc></sm:url></urlset>",
        &[1],
        0,
    );
}

#[test]
fn packed_ones() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(NEWS.as_bytes()).expect("memory takes all");
    let packed = packer.finish().expect("memory takes all");
    assert_eq!(sitemap(&packed, None).discovery.candidates.len(), 2);
    let torn = sitemap(&packed[..packed.len() / 2], None);
    assert!(torn.discovery.truncated && !torn.discovery.warnings.is_empty());
}

#[test]
fn a_huge_one_is_cut() {
    let xml = "<url><loc>/1</loc></url>".repeat(MAX_ENTRIES + 5);
    let found = sitemap(format!("<urlset>{xml}</urlset>").as_bytes(), None);
    assert_eq!(found.discovery.candidates.len(), 1);
    assert!(
        found
            .discovery
            .warnings
            .iter()
            .any(|warning| warning.message.contains("more than"))
    );
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&[b' '; 5000]).expect("memory takes all");
    let packed = packer.finish().expect("memory takes all");
    let mut discovery = Discovery::default();
    assert_eq!(unpack(&packed, 4000, &mut discovery).len(), 4000);
    assert!(discovery.truncated);
}
