//! Repaired: a tree written out as a well-formed document, for readers that need one.
//!
//! Names are made XML names, prefixes are declared, text and values escaped, attributes unique.

use std::collections::BTreeSet;

use super::content::escape;
use super::tree::{Content, Element, NodeId, Step, Tree};

/// Writes the first root element and all in it; a tree without one gives an empty text.
pub(super) fn write(tree: &Tree<'_>) -> String {
    let mut roots = tree.roots().filter(|root| tree.element(*root).is_some());
    let Some(root) = roots.next() else {
        return String::new();
    };
    let undeclared = undeclared(tree);
    let mut out = String::with_capacity(4096);
    start_tag(tree, root, &undeclared, &mut out);
    let mut step = tree.walk(root, root, true);
    loop {
        match step {
            Step::Into(at) | Step::Next(at) => {
                let element = match tree.content(at) {
                    Content::Text(text) => {
                        out.push_str(&escape(text));
                        false
                    }
                    Content::Element(_) => {
                        start_tag(tree, at, &BTreeSet::new(), &mut out);
                        true
                    }
                };
                step = tree.walk(root, at, true);
                if element && !matches!(step, Step::Into(_)) {
                    end_tag(tree, at, &mut out);
                }
            }
            Step::Out(at) if at == root => break,
            Step::Out(at) => {
                end_tag(tree, at, &mut out);
                step = tree.walk(root, at, false);
            }
            Step::End => break,
        }
    }
    end_tag(tree, root, &mut out);
    out
}

/// Prefixes that are used and declared nowhere: the root declares them.
fn undeclared(tree: &Tree<'_>) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut declared = BTreeSet::from(["xml".to_owned(), "xmlns".to_owned()]);
    for (_, element) in tree.all() {
        used.extend(prefix(&name(element.name)));
        for attribute in tree.attributes(element) {
            let name = name(attribute.name);
            match name.strip_prefix("xmlns:") {
                Some(prefix) => declared.insert(prefix.to_owned()),
                None => prefix(&name).is_some_and(|prefix| used.insert(prefix)),
            };
        }
    }
    used.difference(&declared).cloned().collect()
}

fn prefix(name: &str) -> Option<String> {
    name.split_once(':').map(|(prefix, _)| prefix.to_owned())
}

fn start_tag(tree: &Tree<'_>, node: NodeId, prefixes: &BTreeSet<String>, out: &mut String) {
    let Some(element) = tree.element(node) else {
        return;
    };
    out.push('<');
    out.push_str(&name(element.name));
    for prefix in prefixes {
        out.push_str(&format!(" xmlns:{prefix}=\"{}\"", address(prefix)));
    }
    attributes(tree, element, out);
    out.push('>');
}

fn attributes(tree: &Tree<'_>, element: &Element<'_>, out: &mut String) {
    let mut seen = BTreeSet::new();
    for attribute in tree.attributes(element) {
        let name = name(attribute.name);
        // A prefix cannot be declared as nothing.
        if name.starts_with("xmlns:") && attribute.value.is_empty() || !seen.insert(name.clone()) {
            continue;
        }
        out.push_str(&format!(
            " {name}=\"{}\"",
            escape(&attribute.value).replace('"', "&quot;")
        ));
    }
}

fn end_tag(tree: &Tree<'_>, node: NodeId, out: &mut String) {
    if let Some(element) = tree.element(node) {
        out.push_str("</");
        out.push_str(&name(element.name));
        out.push('>');
    }
}

/// A name that XML allows, with one colon at most.
fn name(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut colon = false;
    for c in written.chars() {
        let first = out.is_empty() || out.ends_with(':');
        match c {
            ':' if !colon && !out.is_empty() => {
                colon = true;
                out.push(':');
            }
            c if c.is_ascii_alphabetic() || c == '_' => out.push(c),
            c if !first && (c.is_ascii_digit() || c == '-' || c == '.') => out.push(c),
            c if c.is_alphabetic() && !('\u{F900}'..='\u{FFFF}').contains(&c) && !first => {
                out.push(c)
            }
            _ => out.push('_'),
        }
    }
    if out.is_empty() || out.ends_with(':') {
        out.push('_');
    }
    out
}

fn address(prefix: &str) -> String {
    match prefix {
        "atom" | "a10" => "http://www.w3.org/2005/Atom".to_owned(),
        "content" => "http://purl.org/rss/1.0/modules/content/".to_owned(),
        "dc" => "http://purl.org/dc/elements/1.1/".to_owned(),
        "dcterms" => "http://purl.org/dc/terms/".to_owned(),
        "media" => "http://search.yahoo.com/mrss/".to_owned(),
        "itunes" => "http://www.itunes.com/dtds/podcast-1.0.dtd".to_owned(),
        "rdf" => "http://www.w3.org/1999/02/22-rdf-syntax-ns#".to_owned(),
        other => format!("urn:prefix:{other}"),
    }
}
