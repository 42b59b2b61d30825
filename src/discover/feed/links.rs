//! Links: Atom's `link` elements and RSS's link texts, absolute where a base is known.

use super::addresses::{absolute, has_scheme};
use super::content::line;
use super::tree::{NodeId, Tree};

/// A link of an entry or of a feed.
#[derive(Debug)]
pub(super) struct Link {
    /// Address, absolute where a base is known.
    pub address: String,
    /// Relation; `alternate` when none is said (RFC 4287 §4.2.7.2).
    pub rel: String,
    /// Media type as written.
    pub media_type: Option<String>,
    /// Length as written.
    pub length: Option<u64>,
    /// Whether it is RSS's element with the address as text.
    pub is_text: bool,
}

impl Link {
    /// Reads a `link` element.
    pub fn of(tree: &Tree<'_>, node: NodeId) -> Option<Self> {
        let href = tree
            .attribute(node, "href")
            .or_else(|| tree.attribute(node, "rdf:resource"));
        let written = href.map(str::to_owned);
        let is_text = written.is_none();
        let address = resolve(tree, node, &written.or_else(|| line(tree, node))?)?;
        let rel = tree
            .attribute(node, "rel")
            .map(str::trim)
            .filter(|rel| !rel.is_empty())
            .unwrap_or("alternate");
        let rel = rel.rsplit('/').next().unwrap_or(rel).to_ascii_lowercase();
        Some(Self {
            address,
            rel,
            media_type: tree.attribute(node, "type").map(str::to_owned),
            length: tree
                .attribute(node, "length")
                .and_then(|length| length.trim().parse().ok()),
            is_text,
        })
    }

    /// Whether it leads to the page of the entry or feed itself.
    pub fn is_page(&self) -> bool {
        let kind = self.media_type.as_deref().unwrap_or("text/html");
        self.rel == "alternate" && (kind.contains("html") || !kind.contains('/') || self.is_text)
    }
}

/// An address as written at a node, made absolute, free of blanks; nothing when it is empty.
pub(super) fn resolve(tree: &Tree<'_>, node: NodeId, written: &str) -> Option<String> {
    let compact: String;
    let mut address = written.trim();
    if address.contains(['\n', '\t']) {
        compact = address.split(['\n', '\t']).map(str::trim).collect();
        address = &compact;
    }
    if address.is_empty() {
        return None;
    }
    Some(match &tree.scope(node).base {
        Some(base) if address.starts_with('#') => base
            .join(address)
            .map_or_else(|_| address.to_owned(), Into::into),
        Some(base) => absolute(address, base).into_owned(),
        None => address.to_owned(),
    })
}

/// Whether an address is one that a browser opens.
pub(super) fn is_web(address: &str) -> bool {
    has_scheme(address) && (address.starts_with("http://") || address.starts_with("https://"))
}
