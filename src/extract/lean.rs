//! A page as the extractors need it: written from the tree that is parsed already, without what
//! they read only to throw it away.
//!
//! What goes is what they remove themselves before they look at anything, so that they find the
//! same; each of them parses the page again, and that is most of what it costs. Must not judge what
//! is article.

use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

use crate::text::html::outline::NodeOf;

/// For whom a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// Readability: it weighs forms, figures and asides itself.
    Readability,
    /// trafilatura.
    Trafilatura,
}

/// Elements that no extractor reads.
const UNREAD: &[&str] = &["script", "style", "svg", "link", "base"];
/// Elements whose content the parser kept as text.
const RAW: &[&str] = &[
    "noscript",
    "iframe",
    "noembed",
    "noframes",
    "xmp",
    "plaintext",
];
/// Elements that trafilatura removes first (its `TAGS_TO_CLEAN`, and pictures, which it is not
/// asked for). A `figure` that holds a table is kept.
const CLEANED: &[&str] = &[
    "applet", "area", "aside", "audio", "blink", "button", "canvas", "datalist", "dialog", "embed",
    "fieldset", "figure", "footer", "form", "frame", "frameset", "head", "iframe", "img", "input",
    "label", "legend", "map", "marquee", "math", "menu", "menuitem", "nav", "noscript", "object",
    "optgroup", "option", "output", "param", "picture", "progress", "rp", "rt", "rtc", "select",
    "source", "textarea", "time", "track", "use", "video",
];
/// Attributes that an extractor reads.
const ATTRIBUTES: &[&str] = &[
    "class",
    "id",
    "style",
    "role",
    "itemprop",
    "itemtype",
    "href",
    "rel",
    "lang",
    "type",
    "dir",
    "hidden",
    "aria-hidden",
    "aria-modal",
    "title",
    "target",
    "name",
    "property",
    "content",
    "summary",
    "datatable",
    "colspan",
    "rowspan",
    "src",
    "data-component",
    "data-testid",
    "data-lp-replacement-content",
];
/// Elements without content and end tag.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Longest value of an attribute that is written: longer ones are data, not names or addresses.
const LONGEST_VALUE: usize = 2_000;

/// Writes a page for an extractor. Deep markup is foreign: this does not recurse.
pub(super) fn write(page: &Html, reader: For) -> String {
    let mut out = String::with_capacity(1 << 16);
    let root = page.tree.root();
    let mut node = root;
    loop {
        let open = begin(node, reader, &mut out);
        if open && let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        if open {
            end(node, &mut out);
        }
        loop {
            if node.id() == root.id() {
                return out;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else {
                return out;
            };
            node = parent;
            end(node, &mut out);
        }
    }
}

/// Whether a page holds an element of this name.
pub(super) fn holds(html: &str, name: &str) -> bool {
    html.match_indices('<').any(|(at, _)| {
        let tag = html.get(at + 1..).unwrap_or_default();
        let rest = tag.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with(['>', ' ']))
    })
}

/// Opens a node; gives whether its content is written, too.
fn begin(node: NodeOf<'_>, reader: For, out: &mut String) -> bool {
    match node.value() {
        Node::Document | Node::Fragment => true,
        Node::Text(text) => {
            let raw = node
                .parent()
                .and_then(|p| p.value().as_element().map(Element::name));
            if raw.is_some_and(|name| RAW.contains(&name)) {
                out.push_str(text);
            } else {
                write_text(text, out);
            }
            false
        }
        Node::Element(element) => begin_element(node, element, reader, out),
        _ => false,
    }
}

fn begin_element(node: NodeOf<'_>, element: &Element, reader: For, out: &mut String) -> bool {
    let name = element.name();
    if UNREAD.contains(&name) {
        return false;
    }
    if reader == For::Trafilatura && CLEANED.contains(&name) && !holds_table(node, name) {
        if name == "head" {
            out.push_str(HEAD);
        }
        return false;
    }
    out.push('<');
    out.push_str(name);
    for (name, value) in element.attrs() {
        if ATTRIBUTES.contains(&name) && value.len() <= LONGEST_VALUE {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            html_escape::encode_double_quoted_attribute_to_string(value, out);
            out.push('"');
        }
    }
    out.push('>');
    !VOID.contains(&name)
}

/// Writes text; only what could be read as markup is escaped, since a page of nothing else would grow
/// many times.
fn write_text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, special) = rest.split_at(at);
        out.push_str(before);
        let next = special.as_bytes().get(1);
        let starts = next.is_none_or(|b| b.is_ascii_alphanumeric() || b"/!?#".contains(b));
        out.push_str(match (special.starts_with('<'), starts) {
            (true, true) => "&lt;",
            (false, true) => "&amp;",
            (true, false) => "<",
            (false, false) => "&",
        });
        rest = special.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
}

fn end(node: NodeOf<'_>, out: &mut String) {
    if let Node::Element(element) = node.value() {
        out.push_str("</");
        out.push_str(element.name());
        out.push('>');
    }
}

fn holds_table(node: NodeOf<'_>, name: &str) -> bool {
    name == "figure"
        && ElementRef::wrap(node).is_some_and(|figure| {
            let inside = figure.descendants().filter_map(|n| n.value().as_element());
            inside.into_iter().any(|e| e.name() == "table")
        })
}

/// Statements that keep trafilatura from searching the whole page, field by field, for metadata that
/// nobody asks it for: a third of its work.
const HEAD: &str = concat!(
    r#"<head><meta property="og:title" content="a title"><meta property="og:author" content="A Name">"#,
    r#"<meta property="og:description" content="a b"><meta property="og:site_name" content="A">"#,
    r#"<meta property="og:url" content="https://site.example/"><meta property="og:image" content="https://site.example/i">"#,
    r#"<meta property="og:type" content="article"><meta property="og:article:tag" content="a">"#,
    r#"<script type="application/ld+json">{"@context":"https://schema.org","@type":"Article","articleSection":["a"]}</script></head>"#,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_extractor_reads_goes_and_nothing_else() {
        for (page, readability, trafilatura) in [
            (
                "<p>a</p><script>b</script><p>c",
                "<p>a</p><p>c</p>",
                "<p>a</p><p>c</p>",
            ),
            ("a<!-- <p>b --><svg><path/></svg>", "a", "a"),
            (
                "a &lt;b&amp; <b class='x \"' data-x=1 onclick=y>c</b>",
                "a &lt;b& <b class=\"x &quot;\">c</b>",
                "a &lt;b& <b class=\"x &quot;\">c</b>",
            ),
            (
                "<nav>a</nav><p>b<img src=/c>d<br>",
                "<nav>a</nav><p>b<img src=\"/c\">d<br></p>",
                "<p>bd<br></p>",
            ),
            (
                "<figure><table><tr><td>a</table></figure><figure>b</figure>",
                "<figure><table><tbody><tr><td>a</td></tr></tbody></table></figure><figure>b</figure>",
                "<figure><table><tbody><tr><td>a</td></tr></tbody></table></figure>",
            ),
            ("<ins>a</ins>", "<ins>a</ins>", "<ins>a</ins>"),
            // What is no markup does not grow; what could become some does.
            (
                "&&< &amp;lt; &lt;",
                "&&< &amp;lt; &lt;",
                "&&< &amp;lt; &lt;",
            ),
            (
                "c<noscript><i>a</i></noscript>b",
                "c<noscript><i>a</i></noscript>b",
                "cb",
            ),
        ] {
            let tree = Html::parse_document(page);
            let body = |reader| {
                let html = write(&tree, reader);
                let (_, body) = html.split_once("<body>").expect("a body");
                body.replace("</body></html>", "")
            };
            assert_eq!(body(For::Readability), readability, "{page}");
            assert_eq!(body(For::Trafilatura), trafilatura, "{page}");
        }
    }

    #[test]
    fn a_page_holds_elements_by_their_whole_names() {
        for (html, expected) in [
            ("<p>", true),
            ("a<p class=x>", true),
            ("<pre>", false),
            ("p", false),
        ] {
            assert_eq!(holds(html, "p"), expected, "{html}");
        }
    }

    #[test]
    fn trafilatura_finds_its_metadata_where_it_looks_first() {
        let tree = Html::parse_document(&format!(
            "<title>T - S</title><body><a class=author rel=author>B C</a><article>{}</article>",
            "<p>Some words of an article that is long enough to be one, since it goes on and on.</p>".repeat(9)
        ));
        let options = trafilatura::Options::default();
        let found = trafilatura::extract(&write(&tree, For::Trafilatura), &options)
            .expect("an article")
            .metadata;
        assert_eq!(
            (found.title.as_str(), found.author.as_str()),
            ("a title", "A Name")
        );
        assert_eq!(
            (found.sitename.as_str(), found.page_type.as_str()),
            ("A", "article")
        );
        assert_eq!(
            (found.categories, found.tags),
            (vec!["a".to_owned()], vec!["a".to_owned()])
        );
    }
}
