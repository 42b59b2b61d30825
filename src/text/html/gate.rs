//! The last gate of HTML on its way to the store: what is clean beyond doubt passes as it is, the rest goes through a
//! sanitiser, whatever wrote it.
//!
//! Must not know what the HTML was read from.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use url::Url;

use super::{ATTRIBUTES, TAGS};

/// The sanitiser: whatever reading and writing let through by mistake ends here.
static GATE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut gate = Builder::empty();
    let attributes: HashMap<&str, HashSet<&str>> = ATTRIBUTES
        .iter()
        .map(|(tag, names)| (*tag, names.iter().copied().collect()))
        .collect();
    gate.tags(TAGS.iter().copied().collect())
        .clean_content_tags(["script", "style"].into_iter().collect())
        .tag_attributes(attributes)
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .link_rel(Some("noopener noreferrer"))
        .strip_comments(true);
    gate
});

/// Canonical HTML through the last gate.
pub fn seal(canonical: &str) -> String {
    if is_simple(canonical) {
        return canonical.to_owned();
    }
    GATE.clean(canonical).to_string()
}

/// What may stand in running text, without attributes.
const INLINE: [&str; 12] = [
    "b", "strong", "i", "em", "sub", "sup", "cite", "code", "mark", "q", "s", "abbr",
];
const LINK: (&str, &str) = ("a href=\"", "\" rel=\"noopener noreferrer\"");

/// Whether HTML is of a form that a sanitiser gives back as it is: headings, paragraphs, lists and quotations, one within the
/// other as a tree builder leaves them (HTML Standard §13.2.6), with emphasis and links, every character escaped that
/// has to be. Most articles are no more than that, and building their tree once more costs as much as
/// reading them.
fn is_simple(html: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        let Some((tag, next)) = after.split_once('>') else {
            return false;
        };
        if !is_text_here(text, &open) {
            return false;
        }
        let fits = match tag.strip_prefix('/') {
            Some(name) => open.pop() == Some(name),
            None => opens(tag, &mut open),
        };
        if !fits {
            return false;
        }
        rest = next;
    }
    open.is_empty() && is_text_here(rest, &open)
}

fn is_text_here(text: &str, open: &[&str]) -> bool {
    text.is_empty() || (!is_list(open.last().copied().unwrap_or("")) && is_escaped(text))
}

fn is_list(name: &str) -> bool {
    matches!(name, "ul" | "ol")
}

/// Whether a tag may open where these elements are open; then it is one of them.
fn opens<'a>(tag: &'a str, open: &mut Vec<&'a str>) -> bool {
    let parent = open.last().copied().unwrap_or("");
    let flow = matches!(parent, "" | "blockquote" | "li");
    let (name, fits) = match tag {
        "br" => return !is_list(parent),
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "blockquote" => (tag, flow),
        "li" => (tag, is_list(parent)),
        name if INLINE.contains(&name) => (name, !is_list(parent)),
        link => (
            "a",
            is_link(link) && !is_list(parent) && !open.contains(&"a"),
        ),
    };
    open.push(name);
    fits
}

fn is_link(tag: &str) -> bool {
    let address = (tag.strip_prefix(LINK.0)).and_then(|rest| rest.strip_suffix(LINK.1));
    address.is_some_and(|address| {
        let plain = address.replace("&amp;", "&");
        let escaped = (address.split('&').skip(1)).all(|part| part.starts_with("amp;"));
        // What is written as a parser of addresses writes it is one for the sanitiser, too.
        let parsed = Url::parse(&plain).ok().filter(|url| url.as_str() == plain);
        escaped
            && !address.contains(['"', '<', '>'])
            && parsed.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    })
}

/// Whether text is written as HTML is serialised (§13.3), without control characters.
fn is_escaped(text: &str) -> bool {
    let odd = |b: u8| (b < b' ' && b != b'\n') || b == b'>' || b == 0x7F;
    let references = ["amp;", "lt;", "gt;", "nbsp;"];
    let escaped = |part: &str| references.iter().any(|name| part.starts_with(name));
    !text.bytes().any(odd)
        && !text.contains(['\u{A0}', '\u{FEFF}'])
        && text.split('&').skip(1).all(escaped)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_most_articles_are_passes_by_itself() {
        for html in [
            "",
            "Un texte",
            "<p>Un texte</p>",
            "<p>« L’été »&nbsp;: 20 &lt; 30 &amp; plus</p>\n<h2>Titre</h2>\n<p>Un <strong>gras <em>et</em></strong><br>bas</p>",
            "<ul><li>un</li><li><p>deux</p><ol><li>trois</li></ol></li></ul>\n<blockquote><p>dit</p></blockquote>",
            "<p><a href=\"https://a.example/b?c=1&amp;d=2\" rel=\"noopener noreferrer\">lien</a></p>",
        ] {
            assert!(is_simple(html), "{html}");
            assert_eq!(GATE.clean(html).to_string(), html);
        }
    }

    #[test]
    fn what_is_no_such_thing_is_sanitised() {
        for html in [
            "<script>alert(1)</script>",
            "<p onclick=\"x()\">a</p>",
            "<p>a",
            "a</p>",
            "<p><p>a</p></p>",
            "<p><ul><li>a</li></ul></p>",
            "<em><p>a</p></em>",
            "<li>a</li>",
            "<ul>a</ul>",
            "<p>a > b</p>",
            "<p>a & b</p>",
            "<p>&eacute;</p>",
            "<p>a\u{A0}b</p>",
            "<p>a\u{0}b</p>",
            "<p>a\rb</p>",
            "<P>a</P>",
            "<p >a</p>",
            "<!-- a -->",
            "<a href=\"javascript:x()\" rel=\"noopener noreferrer\">a</a>",
            "<a href=\"https://a.example/\">a</a>",
            "<a href=\"https://a.example/\" onclick=\"x\" rel=\"noopener noreferrer\">a</a>",
            "<a href=\"https://a.example/&quot;\" rel=\"noopener noreferrer\">a</a>",
            "<a href=\"https:///a\" rel=\"noopener noreferrer\">a</a>",
            "<a href=\"http://a:99999/\" rel=\"noopener noreferrer\">a</a>",
            "<a href=\"http://1.2.3.4.5/\" rel=\"noopener noreferrer\">a</a>",
            "<a href=\"https://a.example/<b\" rel=\"noopener noreferrer\">a</a>",
            "<a href=\"https://a.example/?a&lt=1\" rel=\"noopener noreferrer\">a</a>",
            "\u{FEFF}<p>a</p>",
            "<a href=\"https://a.example/\" rel=\"noopener noreferrer\"><a href=\"https://a.example/\" rel=\"noopener noreferrer\">a</a></a>",
            "<img src=\"https://a.example/b.png\">",
            "<pre>\na</pre>",
        ] {
            assert!(!is_simple(html), "{html}");
        }
    }

    /// Elements within elements, most of them where they may not stand.
    fn trees() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            "[a-zé'\"«»=;/ \n\u{FEFF}-]{0,6}",
            proptest::sample::select(vec![
                "&amp;", "&lt;", "&nbsp;", "<br>", "&", ">", "<", "&eacute;", "<hr>"
            ])
            .prop_map(str::to_owned),
        ];
        leaf.prop_recursive(5, 40, 4, |inner| {
            let others = [
                "p",
                "p",
                "ul",
                "ol",
                "li",
                "li",
                "h1",
                "h2",
                "h6",
                "blockquote",
                "pre",
                "div",
                "a href=\"http://a.example/x?a=1&amp;b=2\" rel=\"noopener noreferrer\"",
                "a href=\"https://a^b.example/\" rel=\"noopener noreferrer\"",
                "a href=\"https://a.example:99999/\" rel=\"noopener noreferrer\"",
                "a href=\"https://a.example/é\" rel=\"noopener noreferrer\"",
            ];
            let names: Vec<&str> = others.into_iter().chain(INLINE).collect();
            let children = proptest::collection::vec(inner, 0..4);
            (proptest::sample::select(names), children).prop_map(|(name, children)| {
                let end = name.split(' ').next().unwrap_or(name);
                format!("<{name}>{}</{end}>", children.concat())
            })
        })
    }

    #[test]
    fn the_sanitiser_changes_nothing_of_what_passes() {
        let config = ProptestConfig {
            cases: 20_000,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        let passed = std::cell::Cell::new(0);
        let mut runner = proptest::test_runner::TestRunner::new(config);
        let checked = runner.run(&proptest::collection::vec(trees(), 0..4), |trees| {
            let html = trees.concat();
            if is_simple(&html) {
                passed.set(passed.get() + usize::from(html.contains("><")));
                prop_assert_eq!(GATE.clean(&html).to_string(), html);
            }
            Ok(())
        });
        checked.expect("the same");
        assert!(passed.get() > 50, "{} pass", passed.get());
    }
}
