//! Addresses: relative ones made absolute, alone and inside HTML.
//!
//! Resolution follows RFC 3986 §5.2 on the text as written, so that an address keeps its spelling
//! (RFC 3987): nothing is escaped, lower-cased or re-ordered here.

use std::borrow::Cow;

use url::Url;

use super::content::escape_value;
use crate::text::references::decode;

/// An address as absolute as the base allows; fragments stay as they are.
pub(super) fn absolute<'v>(value: &'v str, base: &Url) -> Cow<'v, str> {
    let trimmed = value.trim();
    if trimmed.is_empty() || trimmed.starts_with('#') || has_scheme(trimmed) {
        return Cow::Borrowed(trimmed);
    }
    match join(trimmed, base) {
        Some(joined) if Url::parse(&joined).is_ok() => Cow::Owned(joined),
        _ => Cow::Borrowed(trimmed),
    }
}

/// Joins a reference without a scheme to a base.
fn join(reference: &str, base: &Url) -> Option<String> {
    let scheme = base.scheme();
    if let Some(rest) = reference.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    let origin = &base[..url::Position::BeforePath];
    if !origin.ends_with(|c: char| c != ':') || base.cannot_be_a_base() {
        return base.join(reference).ok().map(Into::into);
    }
    if reference.starts_with('?') {
        return Some(format!("{origin}{}{reference}", base.path()));
    }
    let end = reference.find(['?', '#']).unwrap_or(reference.len());
    let (path, tail) = reference.split_at(end);
    let folder = if path.starts_with('/') {
        ""
    } else {
        base.path()
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder)
    };
    let glue = if path.starts_with('/') { "" } else { "/" };
    Some(format!(
        "{origin}{}{tail}",
        without_dots(&format!("{folder}{glue}{path}"))
    ))
}

/// Takes `.` and `..` out of a path that starts with a slash (RFC 3986 §5.2.4).
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
        if last && matches!(segment, "." | "..") {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

/// Whether an address starts with a scheme (RFC 3986 §3.1).
pub(super) fn has_scheme(address: &str) -> bool {
    let scheme = address
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
        .count();
    scheme > 1 && address.as_bytes()[0].is_ascii_alphabetic() && address[scheme..].starts_with(':')
}

/// Whether an attribute of HTML holds an address.
pub(super) fn is_address(name: &str) -> bool {
    ["href", "src", "poster", "cite", "longdesc", "background"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// How many times as long HTML may become by absolute addresses, and how many bytes longer besides:
/// a long base and many short links are a bomb.
const GROWTH: (usize, usize) = (8, 16 << 10);

/// HTML with the addresses of its links and pictures made absolute, as far as it does not grow
/// beyond measure.
pub(super) fn with_absolute_links<'h>(html: &'h str, base: Option<&Url>) -> Cow<'h, str> {
    let Some(base) = base else {
        return Cow::Borrowed(html);
    };
    let mut out = String::new();
    let most = html.len() * GROWTH.0 + GROWTH.1;
    let (mut done, mut at) = (0, 0);
    while let Some(open) = html[at..].find('<').filter(|_| out.len() < most) {
        let tag = at + open;
        at = tag + 1;
        if !html.as_bytes().get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let end = html[tag..].find('>').map_or(html.len(), |len| tag + len);
        let mut from = at;
        while let Some((start, stop)) = next_address(html, from, end).filter(|_| out.len() < most) {
            if let Cow::Owned(address) = absolute(&decode(&html[start..stop]), base) {
                out.push_str(&html[done..start]);
                escape_value(&address, &mut out);
                done = stop;
            }
            from = stop;
        }
        at = end;
    }
    if done == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(&html[done..]);
    Cow::Owned(out)
}

/// The next relative address in an attribute of a tag, between two bytes of the HTML.
fn next_address(html: &str, mut from: usize, end: usize) -> Option<(usize, usize)> {
    while let Some(equals) = html[from..end].find('=') {
        let equals = from + equals;
        from = equals + 1;
        let before = html[..equals].trim_end();
        let name_at = before
            .bytes()
            .rev()
            .take(12)
            .take_while(u8::is_ascii_alphabetic)
            .count();
        if !is_address(&before[before.len() - name_at..]) {
            continue;
        }
        let value = html[from..end].trim_start();
        let start = end - value.len();
        let (start, stop) = match value.bytes().next() {
            Some(quote @ (b'"' | b'\'')) => {
                let stop = value[1..]
                    .find(char::from(quote))
                    .unwrap_or(value.len() - 1);
                (start + 1, start + 1 + stop)
            }
            Some(_) => (
                start,
                start
                    + value
                        .find(|c: char| c.is_ascii_whitespace())
                        .unwrap_or(value.len()),
            ),
            None => return None,
        };
        let address = html[start..stop].trim_start();
        if !address.is_empty() && !address.starts_with('#') && !has_scheme(address) {
            return Some((start, stop));
        }
        from = stop;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_as_written() {
        let base = Url::parse("https://example.org/a/b/feed.xml?x=1").expect("a plain address");
        for (reference, expected) in [
            ("c.html", "https://example.org/a/b/c.html"),
            ("../c.html", "https://example.org/a/c.html"),
            ("../../../c.html", "https://example.org/c.html"),
            ("./", "https://example.org/a/b/"),
            ("..", "https://example.org/a/"),
            ("/c?q=é#f", "https://example.org/c?q=é#f"),
            ("?page=2", "https://example.org/a/b/feed.xml?page=2"),
            ("//cdn.example.net/i.png", "https://cdn.example.net/i.png"),
            ("http://other.example/x", "http://other.example/x"),
            ("mailto:a@example.org", "mailto:a@example.org"),
            ("#note", "#note"),
            ("la page", "https://example.org/a/b/la page"),
        ] {
            assert_eq!(absolute(reference, &base), expected);
        }
    }

    #[test]
    fn html_gets_absolute_addresses() {
        let base = Url::parse("https://example.org/a/feed.xml").expect("a plain address");
        for (html, expected) in [
            (
                "<a href=\"b\">x</a>",
                "<a href=\"https://example.org/a/b\">x</a>",
            ),
            (
                "<a href='/b?c=1&amp;d=2'>x</a>",
                "<a href='https://example.org/b?c=1&amp;d=2'>x</a>",
            ),
            (
                "<img alt=\"a=b\" src=i.png>",
                "<img alt=\"a=b\" src=https://example.org/a/i.png>",
            ),
            (
                "<a href=\"https://example.net/\">x</a>",
                "<a href=\"https://example.net/\">x</a>",
            ),
            (
                "<a href=\"#n\">x</a> href=\"b\"",
                "<a href=\"#n\">x</a> href=\"b\"",
            ),
            (
                "<A HREF = \"b\" ><IMG SRC='c'>",
                "<A HREF = \"https://example.org/a/b\" ><IMG SRC='https://example.org/a/c'>",
            ),
            ("a < b and href=c", "a < b and href=c"),
            ("<a href=\"b", "<a href=\"https://example.org/a/b"),
        ] {
            assert_eq!(with_absolute_links(html, Some(&base)), expected);
        }
    }
}
