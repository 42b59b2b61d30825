//! Text on its way out: which characters may stand in a document, how a line, an address, a date
//! and a body are written in every format.
//!
//! Knows the model, no format.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use url::Url;

use super::labels::Labels;
use super::{OutEntry, OutFeed};
use crate::model::Person;

/// Longest title, in characters, made up from a summary when an article has none.
const TITLE_FROM_SUMMARY: usize = 100;

/// The text without what XML 1.0 §2.2 forbids or discourages: control characters and
/// non-characters are dropped, line ends become LF (XML 1.0 §2.11), and the replacement character,
/// which validators take for a broken encoding, becomes a question mark.
pub(super) fn legal(text: &str) -> Cow<'_, str> {
    if is_plain(text.as_bytes()) || text.chars().all(is_legal) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut after_return = false;
    for c in text.chars() {
        match c {
            '\n' if after_return => {}
            '\r' | '\u{85}' => out.push('\n'),
            '\u{B}' | '\u{C}' => out.push(' '),
            '\u{FFFD}' => out.push('?'),
            c if is_legal(c) => out.push(c),
            _ => {}
        }
        after_return = c == '\r';
    }
    Cow::Owned(out)
}

/// Whether every character is legal for certain, as in nearly every text: no control characters (those of Latin-1 begin
/// with the byte C2), nothing from U+F000 on. Each body goes through this for each format of each feed that shows
/// it, so it is written for a compiler that looks at many bytes at once.
fn is_plain(text: &[u8]) -> bool {
    const AT_ONCE: usize = 256;
    let mut before = 0;
    text.chunks(AT_ONCE).all(|chunk| {
        let single = chunk.iter().fold(false, |odd, byte| {
            odd | (*byte < b' ' && *byte != b'\t' && *byte != b'\n')
                | (*byte == 0x7F)
                | (*byte >= 0xEF)
        });
        let control = |first: u8, second: u8| first == 0xC2 && second < 0xA0;
        let pairs = chunk.iter().zip(&chunk[1..]);
        let double = pairs.fold(control(before, chunk[0]), |odd, (first, second)| {
            odd | control(*first, *second)
        });
        before = chunk[chunk.len() - 1];
        !(single | double)
    })
}

fn is_legal(c: char) -> bool {
    match c {
        '\t' | '\n' | ' '..='~' => true,
        '\u{0}'..='\u{9F}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFFD}' => false,
        // The last two places of every plane are non-characters.
        c => u32::from(c) & 0xFFFE != 0xFFFE,
    }
}

/// The text on one line: legal, runs of blanks as one, none at the ends. No-break spaces stay,
/// for French typography needs them.
pub(super) fn line(text: &str) -> String {
    let legal = legal(text);
    let mut out = String::with_capacity(legal.len());
    for word in legal.split([' ', '\t', '\n', '\u{2028}', '\u{2029}']) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// The line, or none when nothing is left of it.
pub(super) fn line_of(text: Option<&str>) -> Option<String> {
    text.map(line).filter(|line| !line.is_empty())
}

/// An address as a URI (RFC 3986): what may not stand in one is percent-encoded, an
/// internationalised host is written in ASCII. A relative address stays relative and one that
/// would run something becomes `about:invalid`; the lint reports both.
pub(super) fn address(url: &str) -> Cow<'_, str> {
    let url = url.trim();
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    if ["javascript", "vbscript", "data"]
        .iter()
        .any(|name| scheme.eq_ignore_ascii_case(name))
    {
        return Cow::Borrowed("about:invalid");
    }
    if (0..url.len()).all(|at| stands_at(url.as_bytes(), at)) {
        return Cow::Borrowed(url);
    }
    let parsed = (!url.is_ascii()).then(|| Url::parse(url).ok()).flatten();
    let url = parsed.as_ref().map_or(url, Url::as_str);
    let host_end = end_of_authority(url);
    let mut out = url[..host_end].to_owned();
    for (at, byte) in url.bytes().enumerate().skip(host_end) {
        push_encoded(&mut out, byte, stands_at(url.as_bytes(), at));
    }
    Cow::Owned(out)
}

/// Appends a byte as it is, or percent-encoded (RFC 3986 §2.1).
pub(super) fn push_encoded(out: &mut String, byte: u8, stands: bool) {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    if stands {
        out.push(char::from(byte));
    } else {
        out.push('%');
        out.push(HEX[usize::from(byte >> 4)]);
        out.push(HEX[usize::from(byte & 15)]);
    }
}

fn end_of_authority(url: &str) -> usize {
    let Some(start) = url.find("://").map(|at| at + 3) else {
        return 0;
    };
    let rest = url[start..].find(['/', '?', '#', ' ', '"', '<', '>']);
    let end = rest.map_or(url.len(), |at| start + at);
    // An authority with anything odd in it is encoded like the rest.
    let plain = |byte: u8| stands_in_uri(byte) || matches!(byte, b'[' | b']');
    if url[..end].bytes().all(plain) {
        end
    } else {
        0
    }
}

/// Whether the byte at a place may stand there: a percent sign only before two hexadecimal digits.
fn stands_at(url: &[u8], at: usize) -> bool {
    match url.get(at..) {
        Some([b'%', a, b, ..]) => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        Some([b'%', ..]) => false,
        Some([byte, ..]) => stands_in_uri(*byte),
        _ => false,
    }
}

fn stands_in_uri(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte)
}

/// The language tag, when it has the shape of one (BCP 47 §2.1).
pub(super) fn language(tag: Option<&str>) -> Option<&str> {
    let tag = tag?.trim();
    let mut parts = tag.split('-');
    let primary = parts.next()?;
    let shaped = (2..=8).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    shaped.then_some(tag)
}

/// A date as Atom and JSON Feed write it (RFC 3339, upper case, `Z`), with a fraction of the second
/// only where it has one.
pub(super) fn rfc3339(date: DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A date as RSS writes it (RFC 822 with a year of four digits).
pub(super) fn rfc822(date: DateTime<Utc>) -> String {
    date.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// The title, never empty: without one the beginning of the summary, else the address.
pub(super) fn title(entry: &OutEntry) -> String {
    let title = line(&entry.title);
    if !title.is_empty() {
        return title;
    }
    let Some(summary) = line_of(entry.summary.as_deref()) else {
        return address(&entry.link).into_owned();
    };
    match summary.char_indices().nth(TITLE_FROM_SUMMARY) {
        None => summary,
        Some((cut, _)) => {
            let head = &summary[..cut];
            let whole = head.rsplit_once(' ').map_or(head, |(words, _)| words);
            format!("{whole}…")
        }
    }
}

/// The authors to write: those of the entry, else the outlet, else whoever publishes the feed.
pub(super) fn authors(entry: &OutEntry, feed: &OutFeed) -> Vec<Person> {
    let named: Vec<Person> = entry.authors.iter().filter_map(person).collect();
    if !named.is_empty() {
        return named;
    }
    let outlet = Person {
        uri: entry.source.link.clone(),
        ..Person::named(entry.source.title.clone())
    };
    person(&outlet)
        .into_iter()
        .chain(person(&feed.author))
        .take(1)
        .collect()
}

/// The person as written: a name, an address of its own only when absolute, mail only when it
/// has the shape of an address (RFC 4287 §3.2). None without a name.
pub(super) fn person(person: &Person) -> Option<Person> {
    let name = line_of(Some(&person.name))?;
    let uri = person.uri.as_deref().map(|uri| address(uri).into_owned());
    let email = person.email.as_deref().map(line);
    Some(Person {
        name,
        uri: uri.filter(|uri| Url::parse(uri).is_ok()),
        email: email.filter(|email| is_email(email)),
    })
}

/// Whether a text has the shape of an address of mail.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| !part.is_empty() && !part.contains(['@', ' ', '<', '>', '(', ')']);
    plain(local) && plain(host) && host.contains('.')
}

/// The body with the line that names the other outlets; empty when there is neither.
pub(super) fn body<'a>(entry: &'a OutEntry, feed: &OutFeed) -> Cow<'a, str> {
    let html = legal(entry.html.trim());
    let mut outlets = Vec::new();
    for (label, url) in &entry.also_at {
        if let Some(label) = line_of(Some(label)) {
            // An address holds no quotation mark any more.
            let href = address(url);
            outlets.push(format!(
                "<a href=\"{}\">{}</a>",
                escape(&href),
                escape(&label)
            ));
        }
    }
    if outlets.is_empty() {
        return html;
    }
    let label = Labels::of(feed.language.as_deref()).also_at;
    Cow::Owned(format!("{html}\n<p>{label}{}</p>", outlets.join(", ")))
}

/// Plain text as HTML.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    html_escape::encode_text(text)
}

/// The media type of a file: as given when it has the shape of one, else by the ending of its
/// address, else the one that says nothing (RFC 2046 §4.5.1).
pub(super) fn media_type<'a>(given: Option<&'a str>, url: &str) -> &'a str {
    let shaped = |text: &&str| {
        let plain = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+-._".contains(&b))
        };
        text.split_once('/')
            .is_some_and(|(kind, sub)| plain(kind) && plain(sub))
    };
    let bare = given.map(|text| text.split(';').next().unwrap_or(text).trim());
    bare.filter(shaped).unwrap_or_else(|| by_ending(url))
}

fn by_ending(url: &str) -> &'static str {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "avif" => "image/avif",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_is_legal() {
        let odd = [
            '\u{FDD0}',
            '\u{FFFD}',
            '\u{FFFE}',
            '\u{1FFFF}',
            '\u{10FFFF}',
        ];
        let characters = (0..0x300).filter_map(char::from_u32).chain(odd);
        for c in characters {
            for before in [0, 1, 254, 255, 256] {
                let text = format!("{}{c}z", "a".repeat(before));
                let (plain, legal) = (is_plain(text.as_bytes()), text.chars().all(is_legal));
                // Whatever stands below is told apart without a second look.
                assert_eq!(plain, legal, "{c:?} after {before}");
            }
        }
        assert!(is_plain(
            "« L’été à Paris – 20 °C, œuvre de Łódź, Алматы, 北京 »".as_bytes()
        ));
        assert!(is_plain(b""));
    }

    #[test]
    fn only_legal_characters_go_out() {
        for (input, expected) in [
            ("plain", "plain"),
            ("a\u{0}b\u{8}c\u{1F}d\u{7F}e", "abcde"),
            ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
            ("\r\r\n", "\n\n"),
            ("a\u{C}b\u{85}c\u{9B}d", "a b\ncd"),
            ("\u{FFFE}\u{FFFF}\u{FDD0}\u{1FFFE}\u{10FFFF}x", "x"),
            ("Am\u{FFFD}rique", "Am?rique"),
            (
                "\u{FEFF}\u{202E}🇨🇺 ]]> 北京\u{A0}!",
                "\u{FEFF}\u{202E}🇨🇺 ]]> 北京\u{A0}!",
            ),
        ] {
            assert_eq!(legal(input), expected, "{input:?}");
        }
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(
            line("  La\tChine\r\n et\u{2028}l’Amérique\u{A0}:  "),
            "La Chine et l’Amérique\u{A0}:"
        );
        assert_eq!(line_of(Some(" \u{1} ")), None);
    }

    #[test]
    fn addresses_are_uris() {
        for (input, expected) in [
            (
                "https://a.example/x?y=1&z=%C3%A9#f",
                "https://a.example/x?y=1&z=%C3%A9#f",
            ),
            (
                " https://a.example/a b\"<c> ",
                "https://a.example/a%20b%22%3Cc%3E",
            ),
            (
                "https://a.example/été?q=ñ",
                "https://a.example/%C3%A9t%C3%A9?q=%C3%B1",
            ),
            ("https://éa.example/", "https://xn--a-9fa.example/"),
            (
                "https://a.example/?f[]=1|2",
                "https://a.example/?f%5B%5D=1%7C2",
            ),
            (
                "https://a.example/100%?x=%zz&y=%C3",
                "https://a.example/100%25?x=%25zz&y=%C3",
            ),
            ("http://[::1]:80/a[b]", "http://[::1]:80/a%5Bb%5D"),
            ("/relative é", "/relative%20%C3%A9"),
            ("https://a b/", "https://a%20b/"),
            ("tag:a.example,2026:x", "tag:a.example,2026:x"),
            ("JavaScript:alert(1)", "about:invalid"),
            ("java\nscript:alert(1)", "java%0Ascript:alert(1)"),
        ] {
            assert_eq!(address(input), expected, "{input}");
        }
    }

    #[test]
    fn languages_have_the_shape_of_bcp_47() {
        for (input, expected) in [
            ("fr", Some("fr")),
            (" zh-Hans-CN ", Some("zh-Hans-CN")),
            ("fr_FR", None),
            ("français", None),
            ("", None),
            ("f", None),
            ("fr-", None),
        ] {
            assert_eq!(language(Some(input)), expected, "{input}");
        }
    }

    #[test]
    fn persons_keep_only_what_is_well_formed() {
        let given = Person {
            name: " Ana\nPérez ".to_owned(),
            uri: Some("/ana".to_owned()),
            email: Some("ana (at) example.org".to_owned()),
        };
        assert_eq!(person(&given), Some(Person::named("Ana Pérez")));
        let given = Person {
            name: "Ana".to_owned(),
            uri: Some("https://a.example/é".to_owned()),
            email: Some("ana@example.org".to_owned()),
        };
        let written = person(&given).unwrap();
        assert_eq!(written.uri.as_deref(), Some("https://a.example/%C3%A9"));
        assert_eq!(written.email.as_deref(), Some("ana@example.org"));
        assert_eq!(person(&Person::named("\u{7}")), None);
    }

    #[test]
    fn media_types_are_well_formed() {
        for (given, url, expected) in [
            (Some("audio/mpeg"), "https://a.example/x", "audio/mpeg"),
            (Some("audio/mpeg; charset=x"), "", "audio/mpeg"),
            (Some("mp3"), "https://a.example/x.mp3?a.b", "audio/mpeg"),
            (None, "https://a.example/x.JPG#y", "image/jpeg"),
            (None, "https://a.example/x", "application/octet-stream"),
            (Some("a/b c"), "", "application/octet-stream"),
        ] {
            assert_eq!(media_type(given, url), expected, "{given:?} {url}");
        }
    }
}
