//! What kinds of elements there are.
//!
//! Must not build anything: it answers questions about one element.

use scraper::Node;
use scraper::node::Element;

use super::outline::NodeOf;

/// The sources of a picture, a film or a sound.
pub(super) fn sources<'a>(node: NodeOf<'a>) -> impl Iterator<Item = &'a Element> {
    node.children()
        .filter_map(|child| child.value().as_element())
        .filter(|e| e.name() == "source")
}

/// The set of pictures a source names.
pub(super) fn set_of(source: &Element) -> Option<String> {
    ["srcset", "data-srcset"]
        .iter()
        .find_map(|name| source.attr(name))
        .map(str::to_owned)
}

/// Whether nothing in an element is ever read.
pub(super) fn is_unread(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "template"
            | "svg"
            | "math"
            | "head"
            | "title"
            | "meta"
            | "link"
            | "select"
            | "option"
            | "textarea"
            | "input"
            | "button"
            | "datalist"
            | "progress"
            | "meter"
            | "map"
            | "area"
            | "noframes"
            | "noembed"
            | "object"
            | "applet"
            | "param"
            | "frame"
            | "frameset"
            | "base"
            | "col"
            | "colgroup"
            | "wbr"
    )
}

/// Whether a table holds data: at least two rows (or one, with a caption or a heading cell), one of two
/// cells or more, no table within, and no cell as long as an article. Only what is read counts, so that a table which is kept is one
/// when it is read again.
pub(super) fn is_data_table<'a>(table: NodeOf<'a>, is_read: impl Fn(&'a Element) -> bool) -> bool {
    const LONGEST_CELL: usize = 1_500;
    let (mut rows, mut cells, mut widest, mut length) = (0, 0, 0, 0);
    let mut named = false;
    let mut next = table.first_child();
    while let Some(node) = next {
        let mut enter = true;
        match node.value() {
            Node::Element(e) if !is_read(e) => enter = false,
            Node::Element(e) if e.name() == "table" => return false,
            Node::Element(e) if e.name() == "tr" => cells = 0,
            Node::Element(e) if matches!(e.name(), "td" | "th") => {
                rows += usize::from(cells == 0);
                cells += 1;
                widest = widest.max(cells);
                length = 0;
                named |= e.name() == "th";
            }
            Node::Text(text) => {
                length += text.trim().len();
                named |= is_caption(node, table) && text.chars().any(char::is_alphanumeric);
                if length > LONGEST_CELL && cells > 0 {
                    return false;
                }
            }
            _ => {}
        }
        next = node.first_child().filter(|_| enter).or_else(|| {
            let up = std::iter::successors(Some(node), |n| n.parent());
            up.take_while(|n| n.id() != table.id())
                .find_map(|n| n.next_sibling())
        });
    }
    (rows >= 2 || named) && widest >= 2
}

/// Whether a text stands directly in the caption of a table.
fn is_caption(text: NodeOf<'_>, table: NodeOf<'_>) -> bool {
    text.parent().is_some_and(|parent| {
        let name = parent.value().as_element().map(Element::name);
        name == Some("caption") && parent.parent().is_some_and(|p| p.id() == table.id())
    })
}

/// Whether an element stands as a block by itself.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}
