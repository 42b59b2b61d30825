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

/// Whether a table holds data: at least two rows, one of two cells or more, no table within, and
/// no cell as long as an article.
pub(super) fn is_data_table(table: NodeOf<'_>) -> bool {
    const LONGEST_CELL: usize = 1_500;
    let (mut rows, mut cells, mut widest, mut length) = (0, 0, 0, 0);
    for node in table.descendants().skip(1) {
        match node.value() {
            Node::Element(e) if e.name() == "table" => return false,
            Node::Element(e) if e.name() == "tr" => cells = 0,
            Node::Element(e) if matches!(e.name(), "td" | "th") => {
                rows += usize::from(cells == 0);
                cells += 1;
                widest = widest.max(cells);
                length = 0;
            }
            Node::Text(text) => {
                length += text.trim().len();
                if length > LONGEST_CELL && cells > 0 {
                    return false;
                }
            }
            _ => {}
        }
    }
    rows >= 2 && widest >= 2
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
