//! The independent extractors a page is shown to, each as plain text.
//!
//! They are other people's code and run on foreign input: each call is fenced against panics, and
//! the shape guard has passed before. Must not choose between them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use trafilatura::{ExtractionFocus, Options};
use url::Url;

/// An extractor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extractor {
    /// Readability's way (dom_smoothie).
    Readability,
    /// trafilatura, minding precision.
    Precision,
    /// trafilatura, minding recall.
    Recall,
}

impl Extractor {
    /// Its name as a route.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Readability => "readability",
            Self::Precision => "precision",
            Self::Recall => "recall",
        }
    }

    /// The text it takes for the article, a line for each block; empty when it finds none. `html` is
    /// [`slim`].
    pub(super) fn text(self, html: &str, url: &Url) -> String {
        let found = catch_unwind(AssertUnwindSafe(|| match self {
            Self::Readability => readability(html),
            Self::Precision => trafilatura(html, url, ExtractionFocus::FavorPrecision),
            Self::Recall => trafilatura(html, url, ExtractionFocus::FavorRecall),
        }));
        found.unwrap_or_default()
    }
}

fn readability(html: &str) -> String {
    let config = dom_smoothie::Config {
        text_mode: dom_smoothie::TextMode::Formatted,
        disable_json_ld: true,
        ..dom_smoothie::Config::default()
    };
    let reader = dom_smoothie::Readability::new(html, None, Some(config));
    match reader.and_then(|mut r| r.parse()) {
        Ok(article) => article.text_content.to_string(),
        Err(_) => String::new(),
    }
}

fn trafilatura(html: &str, url: &Url, focus: ExtractionFocus) -> String {
    let options = Options::default()
        .with_fallback(false)
        .with_exclude_comments(true)
        .with_focus(focus)
        .with_html_date_mode(trafilatura::HtmlDateMode::Disabled)
        .with_url(url.clone());
    trafilatura::extract(html, &options)
        .map(|r| r.content_text)
        .unwrap_or_default()
}

/// Elements whose content is no markup and that no extractor reads: more than half of many pages.
const UNREAD: &[&str] = &["script", "style"];

/// A page without what no extractor reads: scripts, styles, drawings and comments. Each extractor
/// would parse them again only to throw them away.
pub(super) fn slim(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let end = if let Some(comment) = tag.strip_prefix("<!--") {
            comment.find("-->").map_or(tag.len(), |n| n + 7)
        } else if let Some(name) = UNREAD.iter().find(|name| opens(tag, name)) {
            closes(tag, name).unwrap_or(tag.len())
        } else if opens(tag, "svg") {
            drawing(tag)
        } else {
            1
        };
        if end == 1 {
            out.push('<');
        }
        rest = tag.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Whether a text begins with the start tag of an element.
fn opens(tag: &str, name: &str) -> bool {
    let bytes = tag.as_bytes();
    let after = bytes.get(name.len() + 1);
    bytes
        .get(1..=name.len())
        .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
        && after.is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
}

/// Where a drawing ends that begins the text; just behind its `<` when it holds text, closes itself
/// or is never closed: then what follows may be the article.
fn drawing(tag: &str) -> usize {
    let start = tag.find('>').unwrap_or_default();
    let end = closes(tag, "svg").unwrap_or(1);
    let inside = tag.get(start..end).unwrap_or_default();
    let holds_text = ["<p>", "<p ", "<div", "<article", "<foreignObject"]
        .iter()
        .any(|t| inside.contains(t));
    let closed = tag.get(..start).is_some_and(|t| t.ends_with('/'));
    if closed || holds_text { 1 } else { end }
}

/// Where an element ends that begins the text; nothing when it does not end.
fn closes(tag: &str, name: &str) -> Option<usize> {
    let mut from = 1;
    while let Some(at) = tag.get(from..).and_then(|t| t.find("</")).map(|n| n + from) {
        let end = tag.get(at + 1..).unwrap_or_default();
        if opens(end, name) {
            return end.find('>').map(|n| at + n + 2);
        }
        from = at + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::slim;

    #[test]
    fn what_no_extractor_reads_goes_and_nothing_else() {
        for (page, expected) in [
            (
                "<p>a</p><script>if (a < b) '</p>'</script><p>b",
                "<p>a</p><p>b",
            ),
            ("<SCRIPT src=x></SCRIPT >a", "a"),
            ("<scripture>a</scripture>", "<scripture>a</scripture>"),
            ("a<!-- <p>b --><p>c<!--d", "a<p>c"),
            ("<svg><g><path/></g></svg>a<style>p{}</style>", "a"),
            ("a <script>b", "a "),
            ("a < b <", "a < b <"),
            ("<!doctype html><é>", "<!doctype html><é>"),
            ("<svg/>a</svg>b", "<svg/>a</svg>b"),
            ("<svg><p>a</svg>b", "<svg><p>a</svg>b"),
            ("<svg><path/>a", "<svg><path/>a"),
        ] {
            assert_eq!(slim(page), expected, "{page}");
        }
    }
}
