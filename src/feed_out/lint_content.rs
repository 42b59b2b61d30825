//! The lint of the HTML in an entry: absolute addresses, nothing active.
//!
//! Independent of the cleaning it checks: it shares neither code nor lists with it.

use scraper::{Html, Node};
use url::Url;

/// Elements that run, embed, send or steer something.
const ACTIVE: [&str; 25] = [
    "applet", "base", "button", "dialog", "embed", "form", "frame", "frameset", "iframe", "input",
    "link", "math", "meta", "noscript", "object", "portal", "script", "select", "slot", "style",
    "svg", "template", "textarea", "title", "xmp",
];

/// Attributes that hold an address.
const ADDRESSES: [&str; 9] = [
    "href",
    "src",
    "poster",
    "cite",
    "data",
    "action",
    "formaction",
    "background",
    "longdesc",
];

/// Schemes that a link in a published feed may have.
const SCHEMES: [&str; 10] = [
    "http", "https", "mailto", "tel", "ftp", "sms", "xmpp", "irc", "geo", "magnet",
];

/// Names what must not stand in the HTML of an entry.
pub(super) fn lint_content(html: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let document = Html::parse_fragment(html);
    for node in document.tree.values() {
        let Node::Element(element) = node else {
            continue;
        };
        let name = element.name();
        if ACTIVE.contains(&name) {
            findings.push(format!("its content holds the active element <{name}>"));
        }
        for (key, value) in element.attrs() {
            findings.extend(flaw_of_attribute(name, key, value));
        }
    }
    findings
}

fn flaw_of_attribute(element: &str, key: &str, value: &str) -> Option<String> {
    if key.starts_with("on") || key == "srcdoc" || key == "style" {
        return Some(format!(
            "its content holds the active attribute {key} on <{element}>"
        ));
    }
    let is_picture = element == "img" && key == "src" && value.starts_with("data:image/");
    if ADDRESSES.contains(&key) && !is_picture {
        let flaw = flaw_of_address(value)?;
        return Some(format!(
            "in its content the {key} of <{element}> {flaw}: {value}"
        ));
    }
    if key == "srcset" {
        let addresses = value
            .split_ascii_whitespace()
            .filter(|part| !is_descriptor(part));
        let flaw = addresses
            .map(|url| url.trim_matches(','))
            .find_map(flaw_of_address)?;
        return Some(format!(
            "in its content the srcset of <{element}> {flaw}: {value}"
        ));
    }
    None
}

/// The width or density after an address in `srcset`.
fn is_descriptor(part: &str) -> bool {
    let number = part.trim_end_matches(',').strip_suffix(['w', 'x', 'h']);
    part == "," || number.is_some_and(|number| number.parse::<f32>().is_ok())
}

/// What is wrong with an address in a published feed: it is relative, or no reader should follow it.
pub(super) fn flaw_of_address(url: &str) -> Option<&'static str> {
    match Url::parse(url) {
        Err(_) => Some("is not absolute"),
        Ok(url) if !SCHEMES.contains(&url.scheme()) => Some("has a scheme that is not for readers"),
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn active_content_and_relative_addresses_are_named() {
        for (html, expected) in [
            (
                "<p>a <a href=\"https://a.example/#x\">b</a> <a href=\"mailto:a@b.example\">m</a></p>",
                0,
            ),
            (
                "<img src=\"https://a.example/x.jpg\" srcset=\"https://a.example/1,2 1x, https://a.example/y 640w\">",
                0,
            ),
            ("<img src=\"data:image/png;base64,AA==\">", 0),
            (
                "<table><tr><td>1</td></tr></table><figure><figcaption>x</figcaption></figure>",
                0,
            ),
            ("&lt;script&gt; <code>&lt;iframe src=x&gt;</code>", 0),
            (
                "<video controls src=\"https://a.example/v.mp4\" poster=\"https://a.example/p.jpg\"></video>",
                0,
            ),
            ("<a href=\"/x\">b</a>", 1),
            ("<a href=\"#note\">1</a>", 1),
            ("<a href=\"//a.example/x\">b</a>", 1),
            ("<a href=\"javascript:alert(1)\">b</a>", 1),
            ("<a href=\" JaVaScRiPt:alert(1)\">b</a>", 1),
            ("<a href=\"data:text/html,x\">b</a>", 1),
            ("<img src=\"x.jpg\" srcset=\"y.jpg 2x\">", 2),
            ("<img src=\"https://a.example/x\" onerror=\"alert(1)\">", 1),
            (
                "<script>1</script><style>p{}</style><iframe src=\"https://a.example/\"></iframe>",
                3,
            ),
            ("<form action=\"https://a.example/\"><input></form>", 2),
            ("<svg><circle/></svg>", 1),
            ("<p style=\"position:fixed\">x</p>", 1),
        ] {
            assert_eq!(
                lint_content(html).len(),
                expected,
                "{html}: {:?}",
                lint_content(html)
            );
        }
    }
}
