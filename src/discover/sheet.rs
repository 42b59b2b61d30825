//! An HTML page laid flat: its elements and texts in the order of the document, by number.
//!
//! Every question a listing asks (what surrounds this link, which lines of text stand near it) is
//! then a walk over a range of numbers, without recursion and in linear time. Selectors are
//! answered once, while the page is laid out. Knows nothing of links, articles or outlets.

use std::collections::HashMap;

use scraper::node::{Element, Node};
use scraper::{ElementRef, Html, Selector};

use crate::text::unseen::seen;

/// Most nodes laid out; the rest of a larger page is not looked at.
pub(crate) const MAX_NODES: usize = 400_000;

/// Elements whose text no reader sees as text.
const SILENT: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "head", "select", "option", "textarea",
    "iframe",
];

/// Elements that run on within a line.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "img", "ins", "kbd",
    "label", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "u", "tt", "big",
    "acronym",
];

/// What a node is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Leaf<'a> {
    /// An element with its attributes.
    Element(&'a Element),
    /// Text as written, entities decoded.
    Text(&'a str),
}

/// One node of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'a> {
    /// Number of the parent; the first node is its own parent.
    pub parent: usize,
    /// First number after the node's descendants.
    pub end: usize,
    /// Number of the sibling before it.
    pub before: Option<usize>,
    /// Which of the selectors match, a bit each.
    pub marks: u32,
    /// Element or text.
    pub leaf: Leaf<'a>,
}

/// A line of text: what stands between two block elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Number of the first text node.
    pub at: usize,
    /// Text with single spaces.
    pub text: String,
}

/// The page.
#[derive(Debug)]
pub(crate) struct Sheet<'a> {
    /// All nodes in the order of the document.
    pub cells: Vec<Cell<'a>>,
    /// Whether the page had more nodes than are laid out.
    pub cut: bool,
    /// The last child seen so far of every parent.
    last: HashMap<usize, usize>,
}

impl<'a> Sheet<'a> {
    /// Lays a page out; bit `n` of a node's marks says that `selectors[n]` matches it (at most 32).
    pub fn lay(html: &'a Html, selectors: &[&Selector]) -> Self {
        let mut sheet = Self {
            cells: Vec::new(),
            cut: false,
            last: HashMap::new(),
        };
        let mut node = *html.root_element();
        let mut parent = 0;
        loop {
            let pushed = sheet.push(node.value(), parent);
            if let (Some(at), Some(element)) = (pushed, ElementRef::wrap(node)) {
                let selectors = selectors.iter().take(32).enumerate();
                for (bit, _) in selectors.filter(|(_, s)| s.matches(&element)) {
                    sheet.cells[at].marks |= 1 << bit;
                }
            }
            if sheet.cut {
                break;
            }
            if let (Some(at), Some(child)) = (pushed, node.first_child()) {
                parent = at;
                node = child;
                continue;
            }
            if pushed == Some(0) {
                break;
            }
            let mut next = node.next_sibling();
            while next.is_none() {
                let Some(up) = node.parent() else { break };
                let len = sheet.cells.len();
                sheet.cells[parent].end = len;
                if parent == 0 {
                    break;
                }
                parent = sheet.cells[parent].parent;
                node = up;
                next = node.next_sibling();
            }
            match next {
                Some(sibling) => node = sibling,
                None => break,
            }
        }
        sheet.close(parent);
        sheet
    }

    /// Gives the marks other bits: bit `n` becomes `names[n]`.
    pub fn rename_marks(&mut self, names: &[u32]) {
        for cell in self.cells.iter_mut().filter(|cell| cell.marks != 0) {
            let marks = cell.marks;
            let named = names
                .iter()
                .enumerate()
                .filter(|(bit, _)| marks & (1 << bit) != 0);
            cell.marks = named.fold(0, |all, (_, name)| all | name);
        }
    }

    /// Appends an element or text; other nodes (comments) are passed over.
    fn push(&mut self, node: &'a Node, parent: usize) -> Option<usize> {
        let leaf = match node {
            Node::Element(element) => Leaf::Element(element),
            Node::Text(text) => Leaf::Text(text),
            _ => return None,
        };
        let at = self.cells.len();
        if at >= MAX_NODES {
            self.cut = true;
            return None;
        }
        self.cells.push(Cell {
            parent,
            end: at + 1,
            before: self.last.insert(parent, at),
            marks: 0,
            leaf,
        });
        Some(at)
    }

    /// Ends every element still open from `parent` up.
    fn close(&mut self, mut parent: usize) {
        let len = self.cells.len();
        while let Some(cell) = self.cells.get_mut(parent) {
            cell.end = len;
            if parent == 0 {
                break;
            }
            parent = cell.parent;
        }
    }

    /// The element at a number, if it is one.
    pub fn element(&self, at: usize) -> Option<&'a Element> {
        match self.cells.get(at)?.leaf {
            Leaf::Element(element) => Some(element),
            Leaf::Text(_) => None,
        }
    }

    /// Name of the element, empty for text.
    pub fn tag(&self, at: usize) -> &'a str {
        self.element(at).map_or("", Element::name)
    }

    /// An attribute of the element.
    pub fn attr(&self, at: usize, name: &str) -> Option<&'a str> {
        self.element(at)?.attr(name)
    }

    /// The ancestors from the parent up to the root.
    pub fn ancestors(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let mut here = at;
        std::iter::from_fn(move || {
            if here == 0 {
                return None;
            }
            here = self.cells[here].parent;
            Some(here)
        })
    }

    /// The children of a node.
    pub fn children(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.cells[at].end;
        let mut next = at + 1;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let here = next;
            next = self.cells[here].end;
            Some(here)
        })
    }

    /// The lines of text in a range, without what no reader sees and without the subtrees for
    /// which `skip` answers yes.
    pub fn lines(&self, from: usize, to: usize, skip: impl Fn(usize) -> bool) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut line = Line {
            at: from,
            text: String::new(),
        };
        let mut open: Vec<usize> = Vec::new();
        let mut at = from;
        while at < to.min(self.cells.len()) {
            while open.last().is_some_and(|&end| end <= at) {
                open.pop();
                finish(&mut line, &mut lines);
            }
            match self.cells[at].leaf {
                Leaf::Text(text) => {
                    if line.text.trim().is_empty() {
                        line.at = at;
                    }
                    line.text.push_str(text);
                    at += 1;
                }
                Leaf::Element(element) => {
                    let name = element.name();
                    if SILENT.contains(&name) || skip(at) {
                        line.text.push(' ');
                        at = self.cells[at].end;
                        continue;
                    }
                    if !INLINE.contains(&name) {
                        finish(&mut line, &mut lines);
                        open.push(self.cells[at].end);
                    }
                    at += 1;
                }
            }
        }
        finish(&mut line, &mut lines);
        lines
    }

    /// All text of a range with single spaces.
    pub fn text(&self, from: usize, to: usize) -> String {
        let mut text = String::new();
        for line in self.lines(from, to, |_| false) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&line.text);
        }
        text
    }

    /// The text of one node with single spaces.
    pub fn text_of(&self, at: usize) -> String {
        self.cells
            .get(at)
            .map_or_else(String::new, |cell| self.text(at, cell.end))
    }
}

/// White space runs, no-break spaces included, as one space; characters that nobody sees away.
pub(crate) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c == '\u{a0}') {
        let word = seen(word);
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word);
    }
    out
}

fn finish(line: &mut Line, lines: &mut Vec<Line>) {
    let text = squeeze(&line.text);
    if !text.is_empty() {
        lines.push(Line { at: line.at, text });
    }
    line.text.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(html: &str) -> Vec<String> {
        let html = Html::parse_document(html);
        let sheet = Sheet::lay(&html, &[]);
        sheet
            .lines(0, sheet.cells.len(), |_| false)
            .into_iter()
            .map(|line| line.text)
            .collect()
    }

    #[test]
    fn lines() {
        let check = |html: &str, expected: &[&str]| assert_eq!(lines_of(html), expected, "{html}");
        check("<p>a <b>b</b>\n c</p>d<br>e", &["a b c", "d", "e"]);
        check("<ul><li>a<li>b</ul>", &["a", "b"]);
        check("<div>a<div>b</div>c</div>", &["a", "b", "c"]);
        check("a<script>x</script><!-- y -->b", &["a b"]);
        check("a\u{a0}\u{a0}b co\u{ad}op", &["a b coop"]);
        check("", &[]);
    }

    #[test]
    fn every_subtree_ends_where_its_last_descendant_ends() {
        let html = Html::parse_document("<body><div><p>a<i>b</i></p><p>c</p></div><ul><li>d</ul>");
        let sheet = Sheet::lay(&html, &[]);
        for (at, cell) in sheet.cells.iter().enumerate() {
            let last = (at..sheet.cells.len())
                .filter(|&n| n == at || sheet.ancestors(n).any(|up| up == at))
                .max();
            assert_eq!(Some(cell.end - 1), last, "node {at}");
        }
        assert_eq!(sheet.cells[0].end, sheet.cells.len());
    }

    #[test]
    fn selectors_mark_their_nodes() {
        let html = Html::parse_document("<ul class=l><li><a href=x>a</a></li></ul><a>b</a>");
        let one = Selector::parse(".l a").expect("a selector");
        let two = Selector::parse("li, a").expect("a selector");
        let sheet = Sheet::lay(&html, &[&one, &two]);
        let marked = |bit: u32| {
            sheet
                .cells
                .iter()
                .filter(|cell| cell.marks & (1 << bit) != 0)
                .count()
        };
        assert_eq!((marked(0), marked(1)), (1, 3));
    }
}
