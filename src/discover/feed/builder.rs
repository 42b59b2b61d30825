//! Builder: markup, however ill-formed, to a tree.
//!
//! Elements without an end tag are closed where the vocabulary of feeds says they must end, end
//! tags without an element are passed over, and what is nested too deeply is flattened. Nothing
//! recurses; the work per tag is bounded by [`MAX_DEPTH`]. Knows what parts elements play
//! ([`vocabulary`](super::vocabulary)), not what they mean.

use std::borrow::Cow;
use std::rc::Rc;

use url::Url;

use super::entities::resolve;
use super::markup::{Markup, RawAttribute, Token};
use super::repairs::{Repair, Repairs};
use super::tree::{Attribute, Content, Element, NONE, Node, NodeId, Scope, Tree, split};
use super::vocabulary::{Role, Space, ends_body, ends_leaf, is_void, lower, role};

/// Deepest nesting kept; deeper elements are flattened to their text.
pub(super) const MAX_DEPTH: usize = 512;

/// Most elements and texts kept; it bounds the memory that a document of bare tags can take.
pub(super) const MAX_NODES: usize = 1_000_000;

/// Longest base address in force, in bytes: every relative address of the document grows by it.
const MAX_BASE: usize = 1024;

/// Most namespace declarations in force at once.
const MAX_BINDINGS: usize = 128;

/// Builds the tree of a text from a byte on. Addresses are relative to `base` unless `xml:base`
/// says otherwise. The repairs so far are taken over and given back with those made here.
pub(super) fn build<'a>(
    text: &'a str,
    at: usize,
    base: Option<&Url>,
    repairs: Repairs,
) -> (Tree<'a>, Repairs) {
    let mut builder = Builder::new(Markup::new(text, at, repairs), base);
    builder.run();
    builder.finish()
}

/// An element whose end tag has not come yet.
struct Open<'a> {
    node: NodeId,
    name: &'a str,
    /// Hash of the lower-case name: end tags are compared by it.
    hash: u64,
    role: Role,
    /// Whether an `item` in it is something else: its vocabulary is not known here, or it tells
    /// where an entry was taken from.
    foreign: bool,
    bindings: usize,
}

struct Builder<'a> {
    markup: Markup<'a>,
    tree: Tree<'a>,
    open: Vec<Open<'a>>,
    /// Prefixes in force and what they stand for.
    bindings: Vec<(&'a str, Space)>,
    /// How many start tags beyond the depth limit still wait for their end tags.
    flattened: usize,
    /// Depth of the outermost open element that may hold markup.
    body: Option<usize>,
    /// Depth of the open entry.
    entry: Option<usize>,
    last_root: NodeId,
    closed_root: bool,
    /// Where the last entry begins, once a root was closed.
    last_entry: Option<usize>,
}

impl<'a> Builder<'a> {
    fn new(markup: Markup<'a>, base: Option<&Url>) -> Self {
        let scope = Scope {
            base: base.cloned().map(Rc::new),
            language: None,
        };
        Self {
            markup,
            tree: Tree {
                nodes: Vec::new(),
                attributes: Vec::new(),
                scopes: vec![scope],
                entries: Vec::new(),
                cut_entry: None,
                truncated: false,
            },
            open: Vec::new(),
            bindings: Vec::new(),
            flattened: 0,
            body: None,
            entry: None,
            last_root: NONE,
            closed_root: false,
            last_entry: None,
        }
    }

    fn run(&mut self) {
        loop {
            let inside = self.open.last().map_or("", |open| open.name);
            let Some((at, token)) = self.markup.next(inside) else {
                break;
            };
            match token {
                Token::Start { name, empty } => self.start(name, empty, at),
                Token::End { name } => self.end(name, at),
                Token::Text(raw) => self.text(raw, at),
                Token::Data(data) => self.push_text(Cow::Borrowed(data)),
            }
            if self.open.is_empty() && self.closed_root {
                // What follows the root is junk, unless it holds entries after all.
                self.closed_root = false;
                let (at, rest) = (self.markup.at(), self.markup.rest());
                let last = || {
                    at + rest
                        .rfind("<item")
                        .max(rest.rfind("<entry"))
                        .map_or(0, |n| n + 1)
                };
                if *self.last_entry.get_or_insert_with(last) <= at {
                    break;
                }
            }
        }
    }

    fn finish(mut self) -> (Tree<'a>, Repairs) {
        self.tree.truncated = !self.open.is_empty() || self.markup.cut;
        self.tree.cut_entry = self.entry.map(|depth| self.open[depth].node);
        (self.tree, self.markup.repairs)
    }

    fn text(&mut self, raw: &'a str, at: usize) {
        let idle = match self.open.last() {
            None => true,
            Some(open) => open.role == Role::Container || open.role == Role::Entry,
        };
        if idle && raw.bytes().all(|b| b.is_ascii_whitespace()) {
            return;
        }
        let markup = &mut self.markup;
        let text = resolve(raw, at, &mut markup.declared, &mut markup.repairs);
        self.push_text(text);
    }

    fn push_text(&mut self, text: Cow<'a, str>) {
        let Some(open) = self.open.last() else { return };
        let last = self.tree.nodes[open.node as usize].last;
        if let Some(Node {
            content: Content::Text(before),
            ..
        }) = self.tree.nodes.get_mut(last as usize)
        {
            before.to_mut().push_str(&text);
            return;
        }
        if self.tree.nodes.len() < MAX_NODES {
            let parent = open.node;
            self.push(Content::Text(text), parent);
        }
    }

    fn push(&mut self, content: Content<'a>, parent: NodeId) -> NodeId {
        let id = self.tree.nodes.len() as NodeId;
        self.tree.nodes.push(Node {
            content,
            parent,
            first: NONE,
            last: NONE,
            next: NONE,
        });
        let before = if parent == NONE {
            std::mem::replace(&mut self.last_root, id)
        } else {
            let parent = &mut self.tree.nodes[parent as usize];
            if parent.first == NONE {
                parent.first = id;
            }
            std::mem::replace(&mut parent.last, id)
        };
        if before != NONE {
            self.tree.nodes[before as usize].next = id;
        }
        id
    }

    fn start(&mut self, name: &'a str, empty: bool, at: usize) {
        let bindings = self.bindings.len();
        self.bind();
        let (prefix, local) = split(name);
        let space = self.space(prefix, at);
        let local = lower(local);
        self.close_for(space, &local, at);
        if self.open.len() >= MAX_DEPTH || self.tree.nodes.len() >= MAX_NODES {
            let deep = self.open.len() >= MAX_DEPTH;
            self.markup
                .repairs
                .note(if deep { Repair::Depth } else { Repair::Nodes }, at);
            self.flattened += usize::from(!empty && !is_void(&local));
            self.bindings.truncate(bindings);
            return;
        }
        let role = if self.in_xml_body() || self.in_foreign() {
            Role::Other
        } else {
            role(space, &local)
        };
        let void = !empty
            && is_void(&local)
            && space != Space::Other
            && self.open.last().is_some_and(holds_text);
        let parent = self.open.last().map_or(NONE, |open| open.node);
        let scope = self.scope_of(parent);
        let span = self.take_attributes();
        let node = self.push(
            Content::Element(Element {
                name,
                space,
                local,
                span,
                scope,
            }),
            parent,
        );
        if role == Role::Entry {
            self.tree.entries.push(node);
        }
        if empty || void {
            self.bindings.truncate(bindings);
            return;
        }
        let depth = self.open.len();
        match role {
            Role::Entry => self.entry = Some(depth),
            Role::Body | Role::Leaf if self.body.is_none() => self.body = Some(depth),
            _ => {}
        }
        self.open.push(Open {
            node,
            name,
            hash: hash(name),
            role,
            foreign: space == Space::Other || name == "source",
            bindings,
        });
    }

    /// Closes what cannot hold an element that starts here.
    fn close_for(&mut self, space: Space, local: &str, at: usize) {
        let starts_entry = role(space, local) == Role::Entry;
        if starts_entry && (self.in_xml_body() || self.in_foreign()) {
            return;
        }
        if starts_entry {
            if let Some(depth) = self.entry {
                self.close_to(depth, at);
            } else if let Some(depth) = self.body {
                self.close_to(depth, at);
            }
            return;
        }
        let Some(depth) = self.body else { return };
        let holder = &self.open[depth];
        let innermost = depth + 1 == self.open.len();
        let untyped = self.tree.attribute(holder.node, "type").is_none();
        let ends = match holder.role {
            Role::Leaf => innermost && ends_leaf(space, local),
            _ => untyped && ends_body(space, local),
        };
        if ends {
            self.close_to(depth, at);
        }
    }

    /// Whether the innermost text holder says that its content is XML of another kind.
    fn in_xml_body(&self) -> bool {
        let Some(depth) = self.body else { return false };
        let kind = self.tree.attribute(self.open[depth].node, "type");
        kind.is_some_and(|kind| kind.ends_with("xml") && kind.contains('/'))
    }

    /// Whether the open entry holds an open element in which an `item` is something else.
    fn in_foreign(&self) -> bool {
        let Some(depth) = self.entry else {
            return false;
        };
        self.open[depth + 1..].iter().any(|open| open.foreign)
    }

    fn end(&mut self, name: &'a str, at: usize) {
        let (_, local) = split(name);
        if self.flattened > 0 {
            let structural = matches!(
                &*lower(local),
                "item" | "entry" | "channel" | "rss" | "feed" | "rdf"
            );
            let holder = self
                .body
                .is_some_and(|depth| self.open[depth].hash == hash(name));
            if !structural && !holder {
                self.flattened -= 1;
                return;
            }
            self.flattened = 0;
        }
        let Some(top) = self.open.last() else {
            return self.markup.repairs.note(Repair::Stray, at);
        };
        if is_void(&lower(local)) && top.name != name {
            return; // "<br></br>": the element was closed where it began
        }
        if top.name == name {
            return self.close();
        }
        let wanted = hash(name);
        if let Some(depth) = self.open.iter().rposition(|open| open.hash == wanted) {
            if self.open[depth].name != name {
                self.markup.repairs.note(Repair::Case, at);
            }
            if depth + 1 < self.open.len() {
                self.markup.repairs.note(Repair::Unclosed, at);
            }
            self.open_until(depth);
        } else if split(top.name).1.eq_ignore_ascii_case(local) {
            self.markup.repairs.note(Repair::Case, at);
            self.close();
        } else {
            self.markup.repairs.note(Repair::Stray, at);
        }
    }

    fn close_to(&mut self, depth: usize, at: usize) {
        self.markup.repairs.note(Repair::Unclosed, at);
        self.flattened = 0;
        self.open_until(depth);
    }

    fn open_until(&mut self, depth: usize) {
        while self.open.len() > depth {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.bindings.truncate(open.bindings);
        let depth = self.open.len();
        if self.body == Some(depth) {
            self.body = None;
        }
        if self.entry == Some(depth) {
            self.entry = None;
        }
        self.closed_root |= depth == 0;
    }

    /// Takes the namespace declarations of the start tag at hand.
    fn bind(&mut self) {
        for attribute in &self.markup.attributes {
            let Some(rest) = attribute.name.strip_prefix("xmlns") else {
                continue;
            };
            let prefix = rest.strip_prefix(':').unwrap_or(rest);
            if prefix.len() == rest.len() && !rest.is_empty() || self.bindings.len() >= MAX_BINDINGS
            {
                continue;
            }
            let mut space = Space::of_address(attribute.value);
            // A name under which nobody knows the vocabulary: the prefix tells more.
            if space == Space::Other {
                space = Space::of_prefix(prefix)
                    .filter(|_| !prefix.is_empty())
                    .unwrap_or(Space::Other);
            }
            self.bindings.push((prefix, space));
        }
    }

    fn space(&mut self, prefix: &str, at: usize) -> Space {
        let bound = self
            .bindings
            .iter()
            .rev()
            .find(|(known, _)| *known == prefix);
        if let Some((_, space)) = bound {
            // A default namespace that nobody knows does not hide the elements of a feed.
            let unknown_default = prefix.is_empty() && *space == Space::Other;
            return if unknown_default { Space::Core } else { *space };
        }
        if prefix.is_empty() {
            return Space::Core;
        }
        if prefix == "xml" {
            return Space::Xml;
        }
        self.markup.repairs.note(Repair::Prefix, at);
        Space::of_prefix(&lower(prefix)).unwrap_or(Space::Other)
    }

    fn take_attributes(&mut self) -> (u32, u32) {
        let from = self.tree.attributes.len() as u32;
        let markup = &mut self.markup;
        for RawAttribute { name, value, at } in markup.attributes.drain(..) {
            let value = resolve(value, at, &mut markup.declared, &mut markup.repairs);
            self.tree.attributes.push(Attribute { name, value });
        }
        (from, self.tree.attributes.len() as u32)
    }

    /// The scope of an element about to be added under a parent.
    fn scope_of(&mut self, parent: NodeId) -> u32 {
        let outer = self
            .tree
            .nodes
            .get(parent as usize)
            .map_or(0, |node| match &node.content {
                Content::Element(element) => element.scope,
                Content::Text(_) => 0,
            });
        let find = |name| {
            self.markup
                .attributes
                .iter()
                .find(|a| a.name == name)
                .map(|a| a.value.trim())
        };
        let (base, language) = (find("xml:base").or_else(|| find("BASE")), find("xml:lang")); // BASE is CDF's
        if base.is_none() && language.is_none() {
            return outer;
        }
        let mut scope = self.tree.scopes[outer as usize].clone();
        if let Some(language) = language.filter(|l| scope.language.as_deref() != Some(*l)) {
            scope.language = Some(language).filter(|l| !l.is_empty()).map(Rc::from);
        }
        if let Some(base) = base.filter(|base| !base.is_empty()) {
            let joined = match &scope.base {
                Some(outer) => outer.join(base).ok(),
                None => Url::parse(base).ok(),
            };
            let fits = |url: &Url| !url.cannot_be_a_base() && url.as_str().len() <= MAX_BASE;
            if let Some(joined) = joined.filter(fits) {
                scope.base = Some(Rc::new(joined));
            }
        }
        self.tree.scopes.push(scope);
        self.tree.scopes.len() as u32 - 1
    }
}

fn holds_text(open: &Open<'_>) -> bool {
    open.role != Role::Container && open.role != Role::Entry
}

/// FNV-1a over the lower-case bytes.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, b| {
        (hash ^ u64::from(b.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01B3)
    })
}
