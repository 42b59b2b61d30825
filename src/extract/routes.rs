//! The independent extractors a page is shown to, each as plain text.
//!
//! They are other people's code and run on foreign input: each call is fenced against panics, and
//! the shape guard has passed before. Must not choose between them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use trafilatura::dom::Document;
use trafilatura::{ExtractionFocus, Options};
use url::Url;

use super::lean::{self, For};
use super::page::Page;

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
}

/// A page, written and parsed for the extractors, for each once.
pub(super) struct Shown<'a> {
    page: &'a Page,
    url: &'a Url,
    /// trafilatura's tree, and whether there is a paragraph in it.
    lean: Option<(Document, bool)>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(page: &'a Page, url: &'a Url) -> Self {
        Self {
            page,
            url,
            lean: None,
        }
    }

    /// The text that an extractor takes for the article, a line for each block; empty when it finds
    /// none.
    pub(super) fn to(&mut self, extractor: Extractor) -> String {
        let found = catch_unwind(AssertUnwindSafe(|| match extractor {
            Extractor::Readability => readability(&lean::write(&self.page.tree, For::Readability)),
            Extractor::Precision => self.trafilatura(ExtractionFocus::FavorPrecision),
            Extractor::Recall => self.trafilatura(ExtractionFocus::FavorRecall),
        }));
        found.unwrap_or_default()
    }

    fn trafilatura(&mut self, focus: ExtractionFocus) -> String {
        let (lean, has_paragraphs) = self.lean.get_or_insert_with(|| {
            let html = lean::write(&self.page.tree, For::Trafilatura);
            (Document::parse(&html), lean::holds(&html, "p"))
        });
        // Where all stands in a form, say, recall takes back what it would have removed.
        let document = if focus == ExtractionFocus::FavorRecall && !*has_paragraphs {
            Document::parse(&lean::write(&self.page.tree, For::Readability))
        } else {
            lean.clone_document()
        };
        let options = Options::default()
            .with_fallback(false)
            .with_exclude_comments(true)
            .with_focus(focus)
            .with_html_date_mode(trafilatura::HtmlDateMode::Disabled)
            .with_url(self.url.clone());
        trafilatura::extract_document(document, &options)
            .map(|r| r.content_text)
            .unwrap_or_default()
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
