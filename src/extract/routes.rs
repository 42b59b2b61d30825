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

    /// The text it takes for the article, a line for each block; empty when it finds none.
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
