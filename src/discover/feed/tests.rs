//! Documents and what is read from them.

use super::*;

fn ctx(url: Option<&Url>) -> Context<'_> {
    Context {
        url,
        content_type: None,
        timezone: None,
        fetched_at: dates::parse("2026-11-22T00:00:00Z", None).expect("a plain date"),
    }
}

fn read(text: &str) -> Discovery {
    let url = Url::parse("https://example.org/feed/rss.xml").expect("a plain address");
    parse(text.as_bytes(), &ctx(Some(&url))).expect("a feed")
}

#[test]
fn a_correct_feed_is_read_in_silence() {
    let read = read(
        "<?xml version='1.0'?><rss version='2.0'><channel><title>T</title><link>https://example.org/</link>\
        <item><title>Un &amp; deux</title><guid>https://example.org/1</guid>\
        <description>&lt;p&gt;Texte&lt;/p&gt;</description></item></channel></rss>",
    );
    assert_eq!(read.warnings, []);
    assert_eq!(read.candidates[0].title.as_deref(), Some("Un & deux"));
    assert_eq!(
        read.candidates[0].link.as_deref(),
        Some("https://example.org/1")
    );
    assert_eq!(read.candidates[0].summary.as_deref(), Some("<p>Texte</p>"));
}
