//! OPML 1.0 and 2.0: the list of feeds that a person brings from another reader.
//!
//! Tolerant as readers' exports are sloppy: names of attributes in any case, references that HTML
//! knows, unclosed outlines. What stood before the first place that cannot be read is kept.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::model::Warning;
use crate::text::charset::{self, Kind};
use crate::text::one_line;
use crate::text::references::decode;

/// Most feeds taken from a list.
const MAX_FEEDS: usize = 10_000;
/// Deepest folders told apart.
const MAX_DEPTH: usize = 32;

/// A feed that a list names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscription {
    /// Title; empty when it has none.
    pub title: String,
    /// Address of the feed, as written.
    pub feed_url: String,
    /// The folders it stands in, the outermost first.
    pub folders: Vec<String>,
}

/// Reads a list; what could not be read is told as warnings.
///
/// # Errors
/// A sentence, when the document is no OPML.
pub fn read(bytes: &[u8]) -> Result<(Vec<Subscription>, Vec<Warning>), String> {
    let text = charset::decode(bytes, None, Kind::Xml).text;
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let mut list = List::default();
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let place = format!("byte {}", reader.error_position());
                list.warnings.push(Warning::new(
                    place,
                    format!("the rest is not read: {error}"),
                ));
                break;
            }
        };
        match event {
            Event::Eof => break,
            Event::Start(element) => list.open(&element, false),
            Event::Empty(element) => list.open(&element, true),
            Event::End(element) if is_outline(element.name().as_ref()) => {
                list.folders.pop();
            }
            _ => {}
        }
    }
    if !list.is_opml {
        return Err("the document is not OPML: it has no <opml> element".to_owned());
    }
    Ok((list.found, list.warnings))
}

#[derive(Default)]
struct List {
    is_opml: bool,
    /// The outlines that are open; None for those that are feeds themselves.
    folders: Vec<Option<String>>,
    found: Vec<Subscription>,
    warnings: Vec<Warning>,
}

impl List {
    fn open(&mut self, element: &BytesStart<'_>, is_empty: bool) {
        let name = element.name();
        self.is_opml |= name.as_ref().eq_ignore_ascii_case("opml");
        if !is_outline(name.as_ref()) {
            return;
        }
        let title = attribute(element, "title").or_else(|| attribute(element, "text"));
        let address = attribute(element, "xmlurl")
            .or_else(|| attribute(element, "url").filter(|_| is_subscription(element)));
        let is_folder = address.is_none();
        if let Some(feed_url) = address.filter(|_| self.found.len() < MAX_FEEDS) {
            let folders = self.folders.iter().take(MAX_DEPTH).flatten();
            self.found.push(Subscription {
                title: title.clone().unwrap_or_default(),
                feed_url,
                folders: folders.cloned().collect(),
            });
        }
        if !is_empty {
            self.folders.push(title.filter(|_| is_folder));
        }
    }
}

fn is_outline(name: &str) -> bool {
    name.eq_ignore_ascii_case("outline")
}

fn is_subscription(element: &BytesStart<'_>) -> bool {
    attribute(element, "type")
        .is_some_and(|t| ["rss", "atom"].contains(&t.to_ascii_lowercase().as_str()))
}

/// An attribute by its name in small letters, white space joined; None when it says nothing.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    let found = attributes
        .flatten()
        .find(|a| a.key.as_ref().eq_ignore_ascii_case(name))?;
    let text = decode(&found.value);
    let joined = one_line(&text);
    (!joined.is_empty()).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feeds(text: &str) -> Vec<(String, String, Vec<String>)> {
        let (found, _) = read(text.as_bytes()).expect("OPML");
        found
            .into_iter()
            .map(|s| (s.title, s.feed_url, s.folders))
            .collect()
    }

    fn feed(title: &str, url: &str, folders: &[&str]) -> (String, String, Vec<String>) {
        let folders = folders.iter().map(|f| (*f).to_owned()).collect();
        (title.to_owned(), url.to_owned(), folders)
    }

    #[test]
    fn lists_as_readers_write_them() {
        let check = |body: &str, expected: &[(String, String, Vec<String>)]| {
            let text =
                format!("<?xml version='1.0'?><opml version='1.0'><body>{body}</body></opml>");
            assert_eq!(feeds(&text), expected, "{body}");
        };
        check(
            "<outline text='A &amp; B' xmlUrl='https://a.example/?x=1&amp;y=2'/>",
            &[feed("A & B", "https://a.example/?x=1&y=2", &[])],
        );
        // Raw ampersands, HTML references, capitals.
        check(
            "<OUTLINE TITLE='Caf&eacute;' XMLURL='https://c.example/?x=1&y=2' />",
            &[feed("Café", "https://c.example/?x=1&y=2", &[])],
        );
        check(
            "<outline text='Monde'><outline text='Asie'><outline text='N' type='rss' xmlUrl='https://n.example/'></outline></outline>\
             <outline text='M' xmlUrl='https://m.example/'/></outline><outline text='Z' xmlUrl='https://z.example/'/>",
            &[
                feed("N", "https://n.example/", &["Monde", "Asie"]),
                feed("M", "https://m.example/", &["Monde"]),
                feed("Z", "https://z.example/", &[]),
            ],
        );
        check("<outline text='vide'/>", &[]);
        check(
            "<outline type='link' text='page' url='https://p.example/'/><outline type='rss' url='https://u.example/'/>",
            &[feed("", "https://u.example/", &[])],
        );
    }

    #[test]
    fn what_is_broken_ends_the_list_and_what_is_no_list_is_refused() {
        let (found, warnings) =
            read(b"<opml><body><outline xmlUrl='https://a.example/'/><outline text='b <")
                .expect("OPML");
        assert_eq!((found.len(), warnings.len()), (1, 1));
        for other in ["", "<rss/>", "rien", "{}"] {
            assert!(read(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let text = format!(
            "<opml>{}<outline xmlUrl='https://a.example/'/>",
            "<outline text='x'>".repeat(5_000)
        );
        assert_eq!(feeds(&text)[0].2.len(), MAX_DEPTH);
    }
}
