//! A page, parsed once: its tree, what it says about itself, and its blocks.
//!
//! Must not judge: it makes what the other parts read.

use std::cell::OnceCell;

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::head::{self, Head};
use super::jsonld::{self, Described};
use super::score;
use crate::text::html::outline::{self, Outline, Reading};
use crate::text::html::render;

/// A parsed page.
pub(super) struct Page {
    /// The tree, without what the site rule strips.
    pub(super) tree: Html,
    /// Statements outside of the text.
    pub(super) head: Head,
    /// The article in JSON-LD.
    pub(super) described: Option<Described>,
    /// Names of the trail to the article in JSON-LD.
    pub(super) crumbs: Vec<String>,
    /// What relative addresses refer to.
    pub(super) base: Url,
    outline: OnceCell<Outline>,
    lines: OnceCell<String>,
}

impl Page {
    /// Parses a page and removes what a rule strips.
    pub(super) fn parse(html: &str, url: &Url, strip: &[Selector]) -> Self {
        let mut tree = Html::parse_document(html);
        let head = head::read(&tree);
        for selector in strip {
            let found: Vec<_> = tree.select(selector).map(|e| e.id()).collect();
            for id in found {
                if let Some(mut node) = tree.tree.get_mut(id) {
                    node.detach();
                }
            }
        }
        let base = head
            .base
            .as_deref()
            .and_then(|b| url.join(b).ok())
            .unwrap_or_else(|| url.clone());
        let (described, crumbs) = jsonld::read(&head.scripts, url);
        Self {
            tree,
            head,
            described,
            crumbs,
            base,
            outline: OnceCell::new(),
            lines: OnceCell::new(),
        }
    }

    /// All blocks of the page.
    pub(super) fn outline(&self) -> &Outline {
        self.outline
            .get_or_init(|| outline::read(self.tree.tree.root(), self.reading(true)))
    }

    /// The lines of the page's blocks, without those that are not the article's.
    pub(super) fn own_lines(&self) -> impl Iterator<Item = &str> {
        let outline = self.outline();
        let own = outline.blocks.iter().filter(|block| {
            let scope = outline.scopes.get(block.node);
            scope.is_none_or(|s| s.all & score::AROUND == 0)
        });
        own.map(|block| block.run.text.as_str())
    }

    /// The blocks within some elements, in their order.
    pub(super) fn outline_of(&self, elements: &[ElementRef<'_>]) -> Outline {
        let mut all = Outline::default();
        for element in elements {
            let mut part = outline::read(**element, self.reading(false));
            let shift = all.blocks.len() as u32 + 1;
            for block in &mut part.blocks {
                for container in &mut block.path {
                    container.id += shift * 10_000;
                }
            }
            all.blocks.append(&mut part.blocks);
        }
        all
    }

    /// The blocks of a fragment that belongs to the page.
    pub(super) fn fragment(&self, html: &str) -> Outline {
        outline::read_fragment(html, self.reading(false))
    }

    fn reading(&self, hints: bool) -> Reading<'_> {
        Reading {
            base: Some(&self.base),
            hints,
            skip_hidden: false,
        }
    }

    /// The page's text, a line for each block.
    pub(super) fn lines(&self) -> &str {
        self.lines
            .get_or_init(|| render::to_text(&self.outline().blocks))
    }
}
