//! OPML 2.0: the list of our feeds, for a reader to subscribe to them all at once.
//!
//! Knows no more of a feed than its name and addresses.

use super::GENERATOR;
use super::text::{address, language, line, line_of};
use super::xml::Xml;

/// Where OPML 2.0 is described, as its `docs` element names it.
const SPECIFICATION: &str = "https://opml.org/spec2.opml";

/// A feed in a list of feeds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutlineFeed {
    /// Title as plain text.
    pub title: String,
    /// Absolute address of the feed.
    pub feed_url: String,
    /// Absolute address of its HTML page.
    pub html_url: Option<String>,
    /// Description as plain text.
    pub description: Option<String>,
    /// Language tag (BCP 47).
    pub language: Option<String>,
    /// Heading under which it stands; feeds of one heading are put together.
    pub group: Option<String>,
}

/// Renders a list of feeds as OPML 2.0: feeds without heading first, then every heading in the
/// order in which it first occurs.
pub fn opml(title: &str, feeds: &[OutlineFeed]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("opml", &[("version", Some("2.0"))]);
    xml.open("head", &[]);
    xml.text("title", &[], &line(title));
    xml.text("docs", &[], SPECIFICATION);
    xml.close("head");
    xml.open("body", &[]);
    let headings: Vec<Option<String>> = feeds
        .iter()
        .map(|feed| line_of(feed.group.as_deref()))
        .collect();
    write_group(&mut xml, feeds, &headings, None);
    let mut seen: Vec<&str> = Vec::new();
    for heading in headings.iter().flatten() {
        if !seen.contains(&heading.as_str()) {
            seen.push(heading);
            xml.open("outline", &[("text", Some(heading))]);
            write_group(&mut xml, feeds, &headings, Some(heading));
            xml.close("outline");
        }
    }
    if feeds.is_empty() {
        // A body without any outline is not OPML.
        xml.empty("outline", &[("text", Some(GENERATOR))]);
    }
    xml.close("body");
    xml.close("opml");
    xml.finish()
}

fn write_group(
    xml: &mut Xml,
    feeds: &[OutlineFeed],
    headings: &[Option<String>],
    heading: Option<&str>,
) {
    for (feed, own) in feeds.iter().zip(headings) {
        if own.as_deref() == heading {
            write_feed(xml, feed);
        }
    }
}

fn write_feed(xml: &mut Xml, feed: &OutlineFeed) {
    let title = line(&feed.title);
    let page = feed.html_url.as_deref().map(address);
    let description = line_of(feed.description.as_deref());
    let attributes = [
        ("type", Some("rss")),
        ("text", Some(title.as_str())),
        ("title", Some(title.as_str())),
        ("xmlUrl", Some(&*address(&feed.feed_url))),
        ("htmlUrl", page.as_deref()),
        ("description", description.as_deref()),
        ("language", language(feed.language.as_deref())),
    ];
    xml.empty("outline", &attributes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_stand_under_their_headings() {
        let feed = |title: &str, group: Option<&str>| OutlineFeed {
            title: title.to_owned(),
            feed_url: format!("https://d.example/{title}.atom"),
            group: group.map(str::to_owned),
            ..OutlineFeed::default()
        };
        let feeds = [
            feed("a", Some("Thèmes")),
            feed("b", Some("Sources")),
            feed("c", None),
            feed("d", Some("Thèmes")),
        ];
        let text = String::from_utf8(opml("Nos & flux", &feeds)).unwrap();
        let outlines: Vec<&str> = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("<outline "))
            .map(|line| {
                line.split("text=\"")
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap()
            })
            .collect();
        assert_eq!(outlines, ["c", "Thèmes", "a", "d", "Sources", "b"]);
        assert!(text.contains("<title>Nos &amp; flux</title>"));
        assert!(text.contains("xmlUrl=\"https://d.example/c.atom\""));
    }
}
