//! Content: the text of an element as HTML or as plain text.
//!
//! Markup that stands in the document as elements (Atom `xhtml`, unescaped HTML in an RSS
//! description) is written out again with its values escaped. Relative addresses inside the HTML
//! are made absolute. Nothing is sanitised here.

use std::borrow::Cow;

use super::addresses::{absolute, is_address, with_absolute_links};
use super::tree::{Content, Element, NodeId, Step, Tree, split};
use super::vocabulary::{Space, is_void};
use crate::text::html::{looks_like_html, plain as of_either, plain_of_html};

/// What the text of an element is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Plain text, of which some feeds make HTML all the same.
    Text,
    /// HTML, escaped or not.
    Html,
    /// Elements.
    Xml,
    /// Base64 of something.
    Base64,
}

/// The form of an Atom text construct or content (RFC 4287 §3.1, §4.1.3; `mode` is of Atom 0.3).
pub(super) fn form(tree: &Tree<'_>, node: NodeId, otherwise: Form) -> Form {
    let kind = tree
        .attribute(node, "type")
        .map(|kind| kind.trim().to_ascii_lowercase());
    let mode = tree.attribute(node, "mode").map(str::trim);
    let kind = kind
        .as_deref()
        .map(|kind| kind.split(';').next().unwrap_or(kind).trim());
    match (mode, kind) {
        (Some("base64"), _) => Form::Base64,
        (Some("xml"), _) | (_, Some("xhtml")) => Form::Xml,
        (_, Some(kind)) if kind.ends_with("+xml") || kind.ends_with("/xml") => Form::Xml,
        (_, Some("html" | "text/html")) => Form::Html,
        (Some("escaped"), None) => Form::Html,
        (_, Some("text" | "text/plain")) => Form::Text,
        (_, Some(kind)) if kind.starts_with("text/") => Form::Text,
        (None, Some(kind)) if kind.contains('/') => Form::Base64,
        _ => otherwise,
    }
}

/// The content of an element as HTML; nothing when it is empty.
pub(super) fn html(tree: &Tree<'_>, node: NodeId, otherwise: Form) -> Option<String> {
    let form = form(tree, node, otherwise);
    let base = tree.scope(node).base.as_deref();
    let has_elements = tree.elements(node).next().is_some();
    let html: Cow<'_, str> = if has_elements {
        Cow::Owned(markup_of(tree, node, form))
    } else {
        let text = text(tree, node);
        match form {
            Form::Html => text,
            Form::Xml => Cow::Owned(escape(&text)),
            Form::Text if looks_like_html(&text) => text,
            Form::Text => Cow::Owned(of_plain(&text)),
            Form::Base64 => Cow::Owned(base64(&text).unwrap_or_else(|| text.into_owned())),
        }
    };
    let trimmed = unwrapped(html.trim());
    if trimmed.is_empty() {
        return None;
    }
    Some(with_absolute_links(trimmed, base).into_owned())
}

/// Plain text as HTML: in paragraphs, where blank lines part them.
pub(super) fn of_plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let paragraphs: Vec<String> = lines
        .split(|line| line.is_empty())
        .filter(|lines| !lines.is_empty())
        .map(|lines| escape(&lines.join("\n")))
        .collect();
    match paragraphs.as_slice() {
        [] | [_] => escape(text),
        several => several
            .iter()
            .map(|text| format!("<p>{text}</p>"))
            .collect(),
    }
}

/// Text without the marks of a CDATA section that were escaped themselves.
fn unwrapped(text: &str) -> &str {
    let inner = text.strip_prefix("<![CDATA[");
    inner.map_or(text, |inner| {
        inner.strip_suffix("]]>").unwrap_or(inner).trim()
    })
}

/// The text directly inside an element.
pub(super) fn text<'t>(tree: &'t Tree<'_>, node: NodeId) -> Cow<'t, str> {
    let mut texts = tree
        .children(node)
        .filter_map(|child| match tree.content(child) {
            Content::Text(text) => Some(text),
            Content::Element(_) => None,
        });
    let Some(first) = texts.next() else {
        return Cow::Borrowed("");
    };
    let mut all = Cow::Borrowed(&**first);
    for text in texts {
        all.to_mut().push_str(text);
    }
    all
}

/// The trimmed text directly inside an element; nothing when it is empty.
pub(super) fn line(tree: &Tree<'_>, node: NodeId) -> Option<String> {
    let text = text(tree, node);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The content of an element as plain text on one line: no tags, no references.
pub(super) fn plain(tree: &Tree<'_>, node: NodeId, otherwise: Form) -> Option<String> {
    if tree.elements(node).next().is_some() {
        return plain_text(&markup_of(tree, node, Form::Html), Form::Html);
    }
    let form = form(tree, node, otherwise);
    let text = text(tree, node);
    match form {
        Form::Base64 => plain_text(
            &base64(&text).unwrap_or_else(|| text.into_owned()),
            Form::Html,
        ),
        Form::Xml => plain_text(&text, Form::Text),
        form => plain_text(&text, form),
    }
}

/// HTML or text to plain text on one line; nothing when it is empty.
pub(super) fn plain_text(text: &str, form: Form) -> Option<String> {
    let text = unwrapped(text.trim());
    let line = match form {
        Form::Html => plain_of_html(text),
        _ => of_either(text),
    };
    (!line.is_empty()).then_some(line)
}

/// Writes the markup inside an element as HTML. The `div` around Atom's xhtml is left out
/// (RFC 4287 §3.1.1.3).
fn markup_of(tree: &Tree<'_>, node: NodeId, form: Form) -> String {
    let root = wrapper(tree, node, form).unwrap_or(node);
    let mut out = String::with_capacity(256);
    let mut step = tree.walk(root, root, true);
    loop {
        match step {
            Step::Into(at) | Step::Next(at) => {
                let outermost = tree.parent(at) == Some(root);
                let element = open(tree, at, form, outermost, &mut out);
                step = tree.walk(root, at, true);
                if element && !matches!(step, Step::Into(_)) {
                    close(tree, at, &mut out);
                }
            }
            Step::Out(at) if at == root => break,
            Step::Out(at) => {
                close(tree, at, &mut out);
                step = tree.walk(root, at, false);
            }
            Step::End => break,
        }
    }
    out
}

/// The one `div` that holds all of an xhtml content.
fn wrapper(tree: &Tree<'_>, node: NodeId, form: Form) -> Option<NodeId> {
    if form != Form::Xml {
        return None;
    }
    let mut elements = tree.elements(node);
    let (div, element) = elements.next()?;
    let alone = elements.next().is_none() && text(tree, node).trim().is_empty();
    (alone && element.local == "div" && tree.children(div).next().is_some()).then_some(div)
}

/// Writes a text or a start tag; tells whether it was a tag.
fn open(tree: &Tree<'_>, node: NodeId, form: Form, outermost: bool, out: &mut String) -> bool {
    match tree.content(node) {
        // Text beside tags is HTML like them; text inside an element is that element's text.
        Content::Text(text) if outermost && form != Form::Xml => out.push_str(text),
        Content::Text(text) => {
            html_escape::encode_text_to_string(text, out);
        }
        Content::Element(element) => {
            out.push('<');
            out.push_str(tag_name(element));
            write_attributes(tree, element, out);
            out.push('>');
            return true;
        }
    }
    false
}

fn write_attributes(tree: &Tree<'_>, element: &Element<'_>, out: &mut String) {
    for attribute in tree.attributes(element) {
        if attribute.name == "xmlns"
            || attribute.name.starts_with("xmlns:")
            || attribute.name.starts_with("xml:base")
        {
            continue;
        }
        out.push(' ');
        out.push_str(attribute.name);
        out.push_str("=\"");
        match tree
            .scope_of(element)
            .base
            .as_deref()
            .filter(|_| is_address(attribute.name))
        {
            Some(base) => escape_value(&absolute(&attribute.value, base), out),
            None => escape_value(&attribute.value, out),
        }
        out.push('"');
    }
}

fn close(tree: &Tree<'_>, node: NodeId, out: &mut String) {
    if let Some(element) = tree.element(node)
        && !is_void(&element.local)
    {
        out.push_str("</");
        out.push_str(tag_name(element));
        out.push('>');
    }
}

/// The name under which HTML knows an element: `xhtml:div` is a `div`.
fn tag_name<'a>(element: &Element<'a>) -> &'a str {
    match element.space {
        Space::Xhtml | Space::Core => split(element.name).1,
        _ => element.name,
    }
}

/// Escapes text for HTML.
pub(super) fn escape(text: &str) -> String {
    html_escape::encode_text(text).into_owned()
}

/// Appends a value, to stand between double quotes.
pub(super) fn escape_value(value: &str, out: &mut String) {
    html_escape::encode_double_quoted_attribute_to_string(value, out);
}

/// Decodes base64 text (RFC 4648 §4), blanks ignored; nothing when it is none or no text.
fn base64(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0);
    for b in text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace() && *b != b'=')
    {
        let value = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xFF) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}
