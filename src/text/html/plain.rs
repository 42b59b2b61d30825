//! HTML on one line: titles, labels and teasers, and what a text is by the look of it.
//!
//! One linear scan, which any markup bears, deep or broken. Must not build a tree.

use std::borrow::Cow;

use super::elements::is_block;
use super::guard::markup_len;
use crate::text::references::decode;
use crate::text::{head, unseen};

/// How far into a text its first tag is looked for, in bytes.
const SEARCHED: usize = 16 << 10;

/// Elements by which a text is known for HTML when they are closed, or need not be.
const TELLING: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "b",
    "big",
    "blockquote",
    "br",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "iframe",
    "img",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "script",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "tt",
    "u",
    "ul",
    "video",
];

/// What the first tag of a page begins with.
const PAGE: &[&str] = &[
    "<!doctype html",
    "<html",
    "<head",
    "<body",
    "<script",
    "<meta",
    "<title",
];

/// A title or label as plain text on one line: without tags where it is HTML by the look of it,
/// references resolved (twice, because titles escaped once too often are common: "&amp;#039;").
pub fn plain(text_or_html: &str) -> String {
    unescaped(Cow::Borrowed(text_or_html))
}

/// HTML as plain text on one line.
pub fn plain_of_html(html: &str) -> String {
    unescaped(decode(&without_tags(html)))
}

fn unescaped(mut text: Cow<'_, str>) -> String {
    for _ in 0..2 {
        if looks_like_html(&text) {
            text = Cow::Owned(without_tags(&text).into_owned());
        }
        text = Cow::Owned(decode(&text).into_owned());
    }
    one_line(&unseen::seen(&text))
}

/// Blanks that break no line are typography, and stay.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() && c != '\u{A0}' && c != '\u{202F}');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Text without its tags and comments and without scripts and styles, a line break where a block
/// ends. What never ends is no tag.
pub(super) fn without_tags(html: &str) -> Cow<'_, str> {
    let Some(last) = html.rfind('>') else {
        return Cow::Borrowed(html);
    };
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest
        .find('<')
        .filter(|at| html.len() - rest.len() + at < last)
    {
        let (text, tag) = rest.split_at(at);
        out.push_str(text);
        let after = &tag[1..];
        if !after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            out.push('<');
            rest = after;
            continue;
        }
        let name = name(after.trim_start_matches('/'));
        if is_block(&name) || matches!(name.as_str(), "br" | "hr") {
            out.push('\n');
        }
        rest = &tag[markup_len(tag)..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The name that a text begins with, in small letters.
fn name(text: &str) -> String {
    let end = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    text[..end].to_ascii_lowercase()
}

/// Whether a text that may be plain holds HTML: a comment, an end tag, or a tag that needs none.
/// `Vec<T>` is none.
pub fn looks_like_html(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with("!--") {
            return true;
        }
        let (inside, closing) = match rest.strip_prefix('/') {
            Some(inside) => (inside, true),
            None => (rest, false),
        };
        let name = name(inside);
        let ends = inside[name.len()..].starts_with(['>', '/', ' ', '\n', '\t']);
        let alone = matches!(name.as_str(), "br" | "img" | "hr" | "p");
        if ends && (closing || alone) && TELLING.contains(&name.as_str()) {
            return true;
        }
    }
    false
}

/// Whether a document is a page: what its first tag says. Text, comments and declarations of XML may
/// stand before it.
pub fn is_page(document: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&document[..document.len().min(SEARCHED)]);
    let mut rest = &*start;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if rest.starts_with("<!--") {
            rest = &rest[markup_len(rest)..];
        } else if rest.starts_with("<?") {
            rest = &rest[2..];
        } else {
            let tag = head(rest, 32).to_ascii_lowercase();
            return PAGE.iter().any(|start| tag.starts_with(start));
        }
    }
    false
}
