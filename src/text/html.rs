//! HTML from outside: read as blocks, cleaned to an allow-list, and as text.
//!
//! Everything that is published or stored as HTML goes through [`clean`]. Cleaning is canonical:
//! what it gives is read back as the same. Must not know what an article is.

use url::Url;

pub mod cut;
mod elements;
mod gate;
pub mod guard;
pub mod hints;
pub mod inline;
mod link;
mod media;
pub mod outline;
mod plain;
pub mod render;
#[cfg(test)]
mod tests;

use super::one_line;
use super::references::decode;
use outline::Reading;
use plain::without_tags;

pub use gate::seal;
pub use plain::{is_page, looks_like_html, plain, plain_of_html};

const TAGS: &[&str] = &[
    "a",
    "abbr",
    "audio",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "dfn",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "source",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "var",
    "video",
];
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href"]),
    ("img", &["src", "alt", "width", "height"]),
    ("audio", &["src", "controls"]),
    ("video", &["src", "controls", "poster"]),
    ("source", &["src", "type"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan"]),
];

/// Clean HTML: headings, paragraphs, lists, data tables, quotations, figures and inline emphasis;
/// pictures with their real address; sound and film; frames as links; links absolute, http, https
/// or mailto, without tracking. No scripts, styles, classes or handlers. `clean(clean(x)) ==
/// clean(x)` for the same base. Markup that [`guard::inspect`] refuses comes back as plain text.
pub fn clean(html: &str, base: Option<&Url>) -> String {
    match read(html, base) {
        Read::Plain(run) => run.map_or_else(String::new, |run| paragraph(&run)),
        Read::Blocks(blocks) => seal(&render::to_html(&blocks)),
        Read::Refused(clean) => clean,
    }
}

/// Clean HTML, and what [`to_text`] makes of it, with one reading.
pub fn clean_and_text(html: &str, base: Option<&Url>) -> (String, String) {
    match read(html, base) {
        Read::Plain(None) => (String::new(), String::new()),
        Read::Plain(Some(run)) => (paragraph(&run), run.text),
        // What is silent as it came (a frame) is a link in clean HTML, and says where it leads.
        Read::Blocks(blocks) if !blocks.iter().any(|block| block.silent) => {
            (seal(&render::to_html(&blocks)), render::to_text(&blocks))
        }
        Read::Blocks(blocks) => with_text(seal(&render::to_html(&blocks))),
        Read::Refused(clean) => with_text(clean),
    }
}

fn with_text(clean: String) -> (String, String) {
    let text = to_text(&clean);
    (clean, text)
}

/// What HTML was read as.
enum Read {
    /// Running text without any markup, as most teasers are.
    Plain(Option<inline::Run>),
    Blocks(Vec<outline::Block>),
    /// Markup that must not be read: its text as clean HTML.
    Refused(String),
}

fn read(html: &str, base: Option<&Url>) -> Read {
    if !html.contains(['<', '&', '\0']) {
        return Read::Plain(inline::plain(html));
    }
    if guard::inspect(html).is_err() {
        return Read::Refused(from_text(&decode(&without_tags(html))));
    }
    let reading = Reading {
        base,
        hints: false,
        skip_hidden: true,
    };
    Read::Blocks(outline::read_fragment(html, reading).blocks)
}

fn paragraph(run: &inline::Run) -> String {
    format!("<p>{}</p>", run.html)
}

/// The text of HTML: a newline after each block, no blank lines.
pub fn to_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return lines(html);
    }
    if guard::inspect(html).is_err() {
        return lines(&decode(&without_tags(html)));
    }
    let reading = Reading {
        skip_hidden: true,
        ..Reading::default()
    };
    render::to_text(&outline::read_fragment(html, reading).blocks)
}

/// Text as HTML: a `p` for each line that is not blank.
pub fn from_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str("<p>");
        for word in line.split_whitespace() {
            if !out.ends_with('>') {
                out.push(' ');
            }
            html_escape::encode_text_to_string(word, &mut out);
        }
        out.push_str("</p>");
    }
    out
}

fn lines(text: &str) -> String {
    let kept: Vec<String> = text
        .lines()
        .map(one_line)
        .filter(|l| !l.is_empty())
        .collect();
    kept.join("\n")
}
