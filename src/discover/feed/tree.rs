//! Tree: the elements of a document in an arena, and ways through it that do not recurse.
//!
//! Knows the vocabularies of its elements ([`vocabulary`](super::vocabulary)), not what they mean;
//! how it comes about is the affair of the [`builder`](super::builder).

use std::borrow::Cow;
use std::rc::Rc;

use url::Url;

use super::vocabulary::Space;

/// Index of a node in its tree.
pub(super) type NodeId = u32;

/// No node.
pub(super) const NONE: NodeId = NodeId::MAX;

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    /// Name as written.
    pub name: &'a str,
    /// Value with its references resolved.
    pub value: Cow<'a, str>,
}

/// An element.
#[derive(Debug)]
pub(super) struct Element<'a> {
    /// Name as written, with its prefix.
    pub name: &'a str,
    /// Vocabulary of the name.
    pub space: Space,
    /// Local name in lower case.
    pub local: Cow<'a, str>,
    /// Range of its attributes.
    pub span: (u32, u32),
    /// Index of its scope.
    pub scope: u32,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Content<'a> {
    /// An element.
    Element(Element<'a>),
    /// Text with its references resolved, or of a CDATA section.
    Text(Cow<'a, str>),
}

/// A node and its neighbours.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// What it is.
    pub content: Content<'a>,
    /// The element that holds it, or [`NONE`].
    pub parent: NodeId,
    /// Its first child, or [`NONE`].
    pub first: NodeId,
    /// Its last child, or [`NONE`].
    pub last: NodeId,
    /// Its next sibling, or [`NONE`].
    pub next: NodeId,
}

/// What `xml:base` and `xml:lang` say about an element.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// Address that relative addresses start from.
    pub base: Option<Rc<Url>>,
    /// Language tag.
    pub language: Option<Rc<str>>,
}

/// A document.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    /// All nodes, in the order of the document.
    pub nodes: Vec<Node<'a>>,
    /// The attributes of all elements.
    pub attributes: Vec<Attribute<'a>>,
    /// Scopes; the first is that of the document.
    pub scopes: Vec<Scope>,
    /// Entries in the order of the document.
    pub entries: Vec<NodeId>,
    /// The entry that was open when the text ended.
    pub cut_entry: Option<NodeId>,
    /// Whether the text ended before its root element did.
    pub truncated: bool,
}

impl<'a> Tree<'a> {
    /// The nodes without a parent.
    pub fn roots(&self) -> impl Iterator<Item = NodeId> {
        (0..self.nodes.len() as NodeId)
            .take(1)
            .chain(self.following(0))
    }

    fn following(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let start = self.nodes.get(node as usize).map_or(NONE, |node| node.next);
        Siblings {
            tree: self,
            at: start,
        }
    }

    /// What a node is.
    pub fn content(&self, node: NodeId) -> &Content<'a> {
        &self.nodes[node as usize].content
    }

    /// The element of a node, if it is one.
    pub fn element(&self, node: NodeId) -> Option<&Element<'a>> {
        match self.content(node) {
            Content::Element(element) => Some(element),
            Content::Text(_) => None,
        }
    }

    /// The children of a node.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        Siblings {
            tree: self,
            at: self.nodes[node as usize].first,
        }
    }

    /// The child elements of a node.
    pub fn elements(&self, node: NodeId) -> impl Iterator<Item = (NodeId, &Element<'a>)> {
        self.children(node)
            .filter_map(|child| Some((child, self.element(child)?)))
    }

    /// The first child element of a vocabulary and local name.
    pub fn child(&self, node: NodeId, space: Space, local: &str) -> Option<NodeId> {
        self.elements(node)
            .find(|(_, e)| e.space == space && e.local == local)
            .map(|(id, _)| id)
    }

    /// The next node in the order of the document within `root`: into a node's children first
    /// when `into` is true.
    pub fn walk(&self, root: NodeId, node: NodeId, into: bool) -> Step {
        let here = &self.nodes[node as usize];
        if into && here.first != NONE {
            Step::Into(here.first)
        } else if node == root {
            Step::End
        } else if here.next != NONE {
            Step::Next(here.next)
        } else {
            Step::Out(here.parent)
        }
    }

    /// All attributes of an element.
    pub fn attributes(&self, element: &Element<'a>) -> &[Attribute<'a>] {
        let (from, to) = element.span;
        &self.attributes[from as usize..to as usize]
    }

    /// The value of an attribute by its name in lower case, prefix included.
    pub fn attribute(&self, node: NodeId, name: &str) -> Option<&str> {
        let element = self.element(node)?;
        let found = self
            .attributes(element)
            .iter()
            .find(|a| a.name.eq_ignore_ascii_case(name))?;
        Some(&found.value)
    }

    /// Base address and language in force at an element.
    pub fn scope(&self, node: NodeId) -> &Scope {
        let index = self.element(node).map_or(0, |element| element.scope);
        &self.scopes[index as usize]
    }

    /// Base address and language in force at an element.
    pub fn scope_of(&self, element: &Element<'a>) -> &Scope {
        &self.scopes[element.scope as usize]
    }

    /// All elements, in the order of the document.
    pub fn all(&self) -> impl Iterator<Item = (NodeId, &Element<'a>)> {
        (0..self.nodes.len() as NodeId).filter_map(|id| Some((id, self.element(id)?)))
    }

    /// The parent of a node.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        Some(self.nodes[node as usize].parent).filter(|parent| *parent != NONE)
    }
}

/// Where a walk goes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// To the first child.
    Into(NodeId),
    /// To the next sibling.
    Next(NodeId),
    /// Back to the parent, whose children are all visited.
    Out(NodeId),
    /// Nowhere: the walk is over.
    End,
}

struct Siblings<'t, 'a> {
    tree: &'t Tree<'a>,
    at: NodeId,
}

impl Iterator for Siblings<'_, '_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let here = self.tree.nodes.get(self.at as usize)?;
        Some(std::mem::replace(&mut self.at, here.next))
    }
}

/// Prefix and local name.
pub(super) fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}
