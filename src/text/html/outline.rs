//! A page as a list of blocks: every paragraph, heading, list entry, cell and caption in order,
//! with the lists and tables it stands in and the marks of the elements around it.
//!
//! The one walk over a tree: cleaning, plain text and extraction all read this list. It must not
//! judge what is article and what is not, and must not recurse: depth is foreign input.

use std::ops::Deref;

use scraper::node::Element;
use scraper::{ElementRef, Html, Node};
use url::Url;

use super::elements::{is_block, is_data_table, is_unread, set_of, sources};
use super::hints::{self, Marks};
use super::inline::{INLINE, Inline, Run};
use super::media::{self, Picture};

/// A node of the tree; its crate is not ours to name.
pub type NodeOf<'a> = <ElementRef<'a> as Deref>::Target;

/// How a block is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `p`.
    Paragraph,
    /// `h1` to `h6`.
    Heading(u8),
    /// Directly within its list entry, cell or caption.
    Bare,
    /// `pre`.
    Verbatim,
}

/// A list, table, quotation or figure, or a part of one, that holds blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The tag it is written with.
    pub tag: &'static str,
    /// Distinguishes it from another of the same tag.
    pub id: u32,
    /// Index of its element among the outline's nodes.
    pub node: usize,
    /// `colspan` of a cell.
    pub columns: u16,
    /// `rowspan` of a cell.
    pub rows: u16,
}

/// One block.
#[derive(Debug, Clone)]
pub struct Block {
    /// How it is written.
    pub kind: Kind,
    /// What it stands in, outermost first.
    pub path: Vec<Container>,
    /// What it holds.
    pub run: Run,
    /// Index of its element among the outline's nodes.
    pub node: usize,
    /// Whether it is shown but no part of the text: an embedded frame's label, a picture's caption.
    pub silent: bool,
}

/// A block-level element of the page.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Index of the element around it (itself at the root).
    pub parent: usize,
    /// Marks of its own.
    pub own: Marks,
    /// Its marks and those of everything around it.
    pub all: Marks,
    /// How many block-level elements are around it.
    pub depth: usize,
}

/// A page as blocks.
#[derive(Debug, Default)]
pub struct Outline {
    /// The blocks in the order of the page.
    pub blocks: Vec<Block>,
    /// The block-level elements, each after its parent.
    pub scopes: Vec<Scope>,
}

/// How to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading<'a> {
    /// What relative addresses refer to.
    pub base: Option<&'a Url>,
    /// Whether classes are looked at; without, every scope's marks are empty.
    pub hints: bool,
    /// Whether elements that are not shown are left out.
    pub skip_hidden: bool,
}

impl Reading<'_> {
    fn reads(&self, element: &Element) -> bool {
        !(is_unread(element.name()) || self.skip_hidden && hints::is_hidden(element))
    }
}

/// Reads the blocks of a tree below a node.
pub fn read(root: NodeOf<'_>, reading: Reading<'_>) -> Outline {
    let mut walk = Walk::new(reading);
    let mut node = root;
    loop {
        let descend = walk.enter(node);
        if descend && let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        walk.leave(node, descend);
        loop {
            if node.id() == root.id() {
                walk.flush();
                return walk.outline;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else {
                walk.flush();
                return walk.outline;
            };
            node = parent;
            walk.leave(node, true);
        }
    }
}

/// Reads the blocks of a fragment of HTML.
pub fn read_fragment(html: &str, reading: Reading<'_>) -> Outline {
    let tree = Html::parse_fragment(html);
    read(tree.tree.root(), reading)
}

/// Most containers around a block in which another is opened; deeper ones are unwrapped.
const DEEPEST: usize = 24;

/// What a block-level element that is open does to the blocks in it.
struct Frame {
    scope: usize,
    containers: usize,
    heading: Option<u8>,
    paragraph: bool,
    verbatim: bool,
    data_table: bool,
}

struct Walk<'r> {
    reading: Reading<'r>,
    outline: Outline,
    inline: Inline,
    frames: Vec<Frame>,
    path: Vec<Container>,
    leaves: Vec<u32>,
    next_id: u32,
    sets: Vec<String>,
    last_picture: String,
}

impl<'r> Walk<'r> {
    fn new(reading: Reading<'r>) -> Self {
        let root = Scope {
            parent: 0,
            own: 0,
            all: 0,
            depth: 0,
        };
        Self {
            reading,
            outline: Outline {
                blocks: Vec::new(),
                scopes: vec![root],
            },
            inline: Inline::default(),
            frames: Vec::new(),
            path: Vec::new(),
            leaves: Vec::new(),
            next_id: 1,
            sets: Vec::new(),
            last_picture: String::new(),
        }
    }

    /// Opens a node; gives whether to go into it.
    fn enter(&mut self, node: NodeOf<'_>) -> bool {
        match node.value() {
            Node::Text(text) => {
                self.inline.text(text);
                false
            }
            Node::Element(element) => self.enter_element(node, element),
            Node::Document | Node::Fragment => true,
            _ => false,
        }
    }

    fn enter_element(&mut self, node: NodeOf<'_>, element: &Element) -> bool {
        let name = element.name();
        if !self.reading.reads(element) {
            return false;
        }
        match name {
            "br" => {
                if self.inline.line_break() {
                    self.flush();
                }
                false
            }
            "hr" => {
                self.flush();
                false
            }
            "img" | "amp-img" | "image" => {
                self.picture(element);
                false
            }
            "noscript" => {
                self.noscript(node);
                false
            }
            "picture" => {
                self.sets = sources(node).filter_map(set_of).collect();
                true
            }
            "source" | "track" => false,
            "audio" | "video" => {
                let sources: Vec<&Element> = sources(node).collect();
                if let Some(markup) = media::recording(element, &sources, self.reading.base) {
                    self.inline.atom(&markup);
                }
                false
            }
            "iframe" | "embed" => {
                self.frame(element);
                false
            }
            _ => self.enter_text_element(node, element, name),
        }
    }

    fn enter_text_element(&mut self, node: NodeOf<'_>, element: &Element, name: &str) -> bool {
        if let Some(tag) = INLINE.iter().copied().find(|tag| *tag == name) {
            let href = match tag {
                "a" => element
                    .attr("href")
                    .and_then(|href| super::link::target(href, self.reading.base)),
                _ => Some(String::new()),
            };
            if let Some(href) = href
                && !self.inline.is_open(tag)
            {
                self.inline.open(tag, href);
            }
        } else if is_block(name) {
            self.open_block(node, element, name);
        }
        true
    }

    fn leave(&mut self, node: NodeOf<'_>, entered: bool) {
        let Node::Element(element) = node.value() else {
            return;
        };
        if !entered {
            return;
        }
        let name = element.name();
        if let Some(tag) = INLINE.iter().copied().find(|tag| *tag == name) {
            self.inline.close(tag);
        } else if name == "picture" {
            self.sets.clear();
        } else if is_block(name) {
            self.close_block();
        }
    }

    fn open_block(&mut self, node: NodeOf<'_>, element: &Element, name: &str) {
        self.flush();
        let parent = self.scope();
        let (own, all, depth) = {
            let around = self.outline.scopes.get(parent);
            let own = if self.reading.hints {
                hints::marks(element)
            } else {
                0
            };
            (
                own,
                own | around.map_or(0, |s| s.all),
                around.map_or(0, |s| s.depth) + 1,
            )
        };
        self.outline.scopes.push(Scope {
            parent,
            own,
            all,
            depth,
        });
        let outer = self.frames.last();
        let mut frame = Frame {
            scope: self.outline.scopes.len() - 1,
            containers: self.path.len(),
            heading: outer.and_then(|f| f.heading),
            paragraph: name == "p",
            verbatim: outer.is_some_and(|f| f.verbatim) || name == "pre",
            data_table: outer.is_some_and(|f| f.data_table),
        };
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                frame.heading = name.get(1..).and_then(|n| n.parse().ok());
            }
            "table" => {
                frame.data_table =
                    self.path.len() < DEEPEST && is_data_table(node, |e| self.reading.reads(e));
                if frame.data_table {
                    self.push_container("table", element);
                }
            }
            _ => self.push_structure(name, element, frame.data_table),
        }
        self.inline.verbatim = frame.verbatim;
        self.frames.push(frame);
    }

    /// Opens the container an element stands for, where it stands in its right place.
    fn push_structure(&mut self, name: &str, element: &Element, data_table: bool) {
        let within = self.path.last().map_or("", |c| c.tag);
        let starts = matches!(
            name,
            "ul" | "menu" | "dir" | "ol" | "dl" | "li" | "blockquote" | "figure"
        );
        if starts && self.path.len() >= DEEPEST && !(name == "li" && matches!(within, "ul" | "ol"))
        {
            return;
        }
        let tag = match (name, within) {
            ("ul" | "menu" | "dir", _) => "ul",
            ("ol", _) => "ol",
            ("dl", _) => "dl",
            ("li", "ul" | "ol") => "li",
            ("li", _) => {
                self.push_container("ul", element);
                "li"
            }
            ("dt", "dl") => "dt",
            ("dd", "dl") => "dd",
            ("blockquote", _) => "blockquote",
            ("figure", _) if !self.path.iter().any(|c| c.tag == "figure") => "figure",
            ("figcaption", "figure") => "figcaption",
            ("caption", "table") if data_table => "caption",
            ("thead", "table") if data_table => "thead",
            ("tbody", "table") if data_table => "tbody",
            ("tfoot", "table") if data_table => "tfoot",
            ("tr", "thead" | "tbody" | "tfoot") if data_table => "tr",
            ("td", "tr") if data_table => "td",
            ("th", "tr") if data_table => "th",
            _ => return,
        };
        self.push_container(tag, element);
    }

    fn push_container(&mut self, tag: &'static str, element: &Element) {
        let span = |name: &str| {
            let cell = matches!(tag, "td" | "th");
            let value = element
                .attr(name)
                .filter(|_| cell)
                .and_then(|v| v.trim().parse().ok());
            value.filter(|n| (1..=1_000).contains(n)).unwrap_or(1)
        };
        self.path.push(Container {
            tag,
            id: self.next_id,
            node: self.outline.scopes.len() - 1,
            columns: span("colspan"),
            rows: span("rowspan"),
        });
        self.leaves.push(0);
        self.next_id += 1;
    }

    fn close_block(&mut self) {
        self.flush();
        let Some(frame) = self.frames.pop() else {
            return;
        };
        while self.path.len() > frame.containers {
            let empty = self.leaves.last() == Some(&0);
            let cell = self
                .path
                .last()
                .is_some_and(|c| matches!(c.tag, "td" | "th"));
            if empty && cell {
                self.push_block(Kind::Bare, Run::default(), frame.scope);
            }
            self.path.pop();
            self.leaves.pop();
        }
        self.inline.verbatim = self.frames.last().is_some_and(|f| f.verbatim);
    }

    fn scope(&self) -> usize {
        self.frames.last().map_or(0, |f| f.scope)
    }

    /// Ends the block that is being read.
    fn flush(&mut self) {
        let Some(run) = self.inline.take() else {
            return;
        };
        let scope = self.scope();
        let kind = self.kind();
        if matches!(self.path.last().map(|c| c.tag), Some("ul" | "ol")) {
            // Text between the entries of a list is an entry of its own.
            self.push_entry("li", kind, run);
        } else if matches!(self.path.last().map(|c| c.tag), Some("dl")) {
            self.push_entry("dd", kind, run);
        } else {
            self.push_block(kind, run, scope);
        }
    }

    fn push_entry(&mut self, tag: &'static str, kind: Kind, run: Run) {
        let scope = self.scope();
        let kind = if kind == Kind::Paragraph {
            Kind::Bare
        } else {
            kind
        };
        self.path.push(Container {
            tag,
            id: self.next_id,
            node: scope,
            columns: 1,
            rows: 1,
        });
        self.leaves.push(0);
        self.next_id += 1;
        self.push_block(kind, run, scope);
        self.path.pop();
        self.leaves.pop();
    }

    fn kind(&self) -> Kind {
        let Some(frame) = self.frames.last() else {
            return Kind::Paragraph;
        };
        if frame.verbatim {
            return Kind::Verbatim;
        }
        if let Some(level) = frame.heading {
            return Kind::Heading(level);
        }
        let direct = matches!(
            self.path.last().map(|c| c.tag),
            Some("li" | "td" | "th" | "dt" | "dd" | "figcaption" | "caption" | "figure")
        );
        if direct && !frame.paragraph && self.leaves.last() == Some(&0) {
            Kind::Bare
        } else {
            Kind::Paragraph
        }
    }

    fn push_block(&mut self, kind: Kind, run: Run, node: usize) {
        for leaves in &mut self.leaves {
            *leaves += 1;
        }
        self.outline.blocks.push(Block {
            kind,
            path: self.path.clone(),
            run,
            node,
            silent: false,
        });
    }

    fn picture(&mut self, element: &Element) {
        match media::picture(element, &self.sets, self.reading.base) {
            Picture::Image(markup, address) => {
                self.inline.atom(&markup);
                self.last_picture = address;
            }
            Picture::Character(text) => self.inline.text(&text),
            Picture::Nothing => {}
        }
    }

    /// Pictures for readers without scripts, unless the one before was the same.
    fn noscript(&mut self, node: NodeOf<'_>) {
        let text: String = node
            .children()
            .filter_map(|child| child.value().as_text().map(|t| t.to_string()))
            .collect();
        if !text.contains("<img") || text.len() > 20_000 {
            return;
        }
        let tree = Html::parse_fragment(&text);
        for element in tree.tree.nodes().filter_map(|n| n.value().as_element()) {
            if element.name() != "img" {
                continue;
            }
            let found = media::picture(element, &self.sets, self.reading.base);
            if let Picture::Image(markup, address) = found
                && address != self.last_picture
            {
                self.inline.atom(&markup);
                self.last_picture = address;
            }
        }
    }

    fn frame(&mut self, element: &Element) {
        let Some((address, label)) = media::frame(element, self.reading.base) else {
            return;
        };
        if self.inline.verbatim || self.inline.is_open("a") {
            return;
        }
        self.flush();
        self.inline.open("a", address);
        self.inline.text(&label);
        self.inline.close("a");
        let before = self.outline.blocks.len();
        self.flush();
        if self.outline.blocks.len() > before
            && let Some(block) = self.outline.blocks.last_mut()
        {
            block.silent = true;
        }
    }
}
