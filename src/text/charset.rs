//! Charset: bytes of an XML, HTML or JSON document to text, whatever its labels say.
//!
//! Order: byte order mark, UTF-16 and UTF-32 patterns, valid UTF-8 (which wins over every label,
//! because text in another charset is practically never valid UTF-8 by chance), mostly valid UTF-8
//! with its bad bytes read as windows-1252, the HTTP charset, the document's own declaration,
//! detection (RFC 7303 §3.2; the WHATWG encoding labels, so ISO-8859-1 means windows-1252 and
//! gb2312 means GBK). Never fails. Knows nothing of markup beyond where a declaration stands.

mod twice;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::model::Warning;

/// Largest document read, in bytes; what follows is cut off with a warning.
pub const MAX_BYTES: usize = 64 << 20;

/// What the warning about text in two encodings, one upon the other, says.
pub const TWICE: &str = "encoded twice";

/// How far into a document a declaration of its encoding is looked for, in bytes.
const DECLARATION_WINDOW: usize = 4096;

/// How much of a document the detector is given from its first non-ASCII byte on, in bytes.
const DETECTION_WINDOW: usize = 256 << 10;

/// What kind of document the bytes are said to be: it decides where a declaration may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An XML declaration counts, an HTML `meta` only beside it.
    Xml,
    /// A `meta` element counts, an XML declaration only beside it.
    Html,
    /// No declaration: UTF-8 (RFC 8259 §8.1) unless the bytes say otherwise.
    Json,
}

/// A decoded document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without byte order mark.
    pub text: String,
    /// Name of the encoding used, as in the WHATWG Encoding standard (`UTF-32` is added).
    pub encoding: &'static str,
    /// What did not fit: labels that lie, bytes that had to be replaced.
    pub warnings: Vec<Warning>,
}

/// Decodes a document. `content_type` is the HTTP header's value, when there was one.
pub fn decode(bytes: &[u8], content_type: Option<&str>, kind: Kind) -> Decoded {
    let mut warnings = Vec::new();
    let bytes = if bytes.len() > MAX_BYTES {
        warnings.push(Warning::new(
            "",
            format!("The document is larger than {MAX_BYTES} bytes; the rest was not read."),
        ));
        &bytes[..MAX_BYTES]
    } else {
        bytes
    };
    let (text, encoding) = if let Some(wide) = wide(bytes) {
        decode_wide(bytes, wide)
    } else {
        let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let labels = Labels::of(body, content_type, kind);
        decode_narrow(body, &labels, body.len() < bytes.len(), &mut warnings)
    };
    let (text, pieces) = twice::mend(without_mark(text));
    if pieces > 0 {
        warnings.push(Warning::new(
            "",
            format!("{pieces} pieces of text were {TWICE} (UTF-8 taken for windows-1252); they were read as they were meant."),
        ));
    }
    Decoded {
        text,
        encoding,
        warnings,
    }
}

fn without_mark(text: String) -> String {
    if text.starts_with('\u{FEFF}') {
        text.trim_start_matches('\u{FEFF}').to_owned()
    } else {
        text
    }
}

/// Encodings of two or four bytes a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wide {
    Utf16(&'static Encoding),
    Utf32 { big: bool },
}

/// Recognises UTF-16 and UTF-32 by byte order mark or by where the zero bytes stand.
fn wide(bytes: &[u8]) -> Option<Wide> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => return Some(Wide::Utf32 { big: false }),
        [0, 0, 0xFE, 0xFF, ..] => return Some(Wide::Utf32 { big: true }),
        [0xFF, 0xFE, ..] => return Some(Wide::Utf16(UTF_16LE)),
        [0xFE, 0xFF, ..] => return Some(Wide::Utf16(UTF_16BE)),
        _ => {}
    }
    let sample = &bytes[..bytes.len().min(256) & !3];
    if sample.len() < 4 {
        return None;
    }
    let zeros = |place: usize| {
        let count = sample.chunks_exact(4).filter(|c| c[place] == 0).count();
        // Most, not all: a title in Chinese has no zero bytes.
        count * 10 > sample.len() / 4 * 7
    };
    match [zeros(0), zeros(1), zeros(2), zeros(3)] {
        [true, true, _, false] => Some(Wide::Utf32 { big: true }),
        [false, _, true, true] => Some(Wide::Utf32 { big: false }),
        [true, false, true, false] => Some(Wide::Utf16(UTF_16BE)),
        [false, true, false, true] => Some(Wide::Utf16(UTF_16LE)),
        _ => None,
    }
}

fn decode_wide(bytes: &[u8], wide: Wide) -> (String, &'static str) {
    match wide {
        Wide::Utf16(encoding) => {
            let (text, _) = encoding.decode_with_bom_removal(bytes);
            (text.into_owned(), encoding.name())
        }
        Wide::Utf32 { big } => {
            let text = bytes
                .chunks_exact(4)
                .map(|c| {
                    let unit = [c[0], c[1], c[2], c[3]];
                    let code = if big {
                        u32::from_be_bytes(unit)
                    } else {
                        u32::from_le_bytes(unit)
                    };
                    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                })
                .collect();
            (text, "UTF-32")
        }
    }
}

/// What the header and the document say about the encoding.
struct Labels {
    http: Option<&'static Encoding>,
    declared: Option<&'static Encoding>,
}

impl Labels {
    fn of(bytes: &[u8], content_type: Option<&str>, kind: Kind) -> Self {
        let head = &bytes[..bytes.len().min(DECLARATION_WINDOW)];
        let declared = match kind {
            Kind::Xml => xml_declaration(head).or_else(|| meta(head)),
            Kind::Html => meta(head).or_else(|| xml_declaration(head)),
            Kind::Json => None,
        };
        Self {
            http: content_type.and_then(http_charset),
            declared,
        }
    }

    /// The labels in the order in which they are believed.
    fn in_order(&self) -> impl Iterator<Item = &'static Encoding> {
        self.http.into_iter().chain(self.declared)
    }
}

fn decode_narrow(
    bytes: &[u8],
    labels: &Labels,
    marked: bool,
    warnings: &mut Vec<Warning>,
) -> (String, &'static str) {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => Some((text, false)),
        // The end of the document cut a character in two: the rest is still UTF-8.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()])
                .ok()
                .map(|text| (text, true))
        }
        Err(_) => None,
    };
    if let Some((text, cut)) = valid {
        return decode_valid(text, cut, labels, warnings);
    }
    let census = Census::of(bytes);
    if marked || census.mostly_utf8() {
        warnings.push(Warning::new(
            "",
            format!(
                "{} bytes are no UTF-8; they were read as windows-1252.",
                census.bad
            ),
        ));
        return (patched(bytes), UTF_8.name());
    }
    for label in labels.in_order().filter(usable) {
        let (text, failed) = label.decode_without_bom_handling(bytes);
        if !failed {
            return (text.into_owned(), label.name());
        }
    }
    let detected = detect(bytes);
    let (text, failed) = detected.decode_without_bom_handling(bytes);
    let label = labels.in_order().find(usable);
    let (text, used) = match label {
        // Detection did no better than the label: believe the label.
        Some(label) if failed => (label.decode_without_bom_handling(bytes).0, label),
        _ => (text, detected),
    };
    warnings.push(Warning::new("", mislabelled(labels, used)));
    (text.into_owned(), used.name())
}

fn decode_valid(
    text: &str,
    cut: bool,
    labels: &Labels,
    warnings: &mut Vec<Warning>,
) -> (String, &'static str) {
    if cut {
        warnings.push(Warning::new(
            "",
            "The document ends in the middle of a character.",
        ));
    }
    if text.is_ascii() {
        if text.contains('\u{1B}') && labels.in_order().any(|label| label == ISO_2022_JP) {
            let (japanese, _) = ISO_2022_JP.decode_without_bom_handling(text.as_bytes());
            return (japanese.into_owned(), ISO_2022_JP.name());
        }
    } else if let Some(label) = labels.in_order().next().filter(|label| *label != UTF_8) {
        warnings.push(Warning::new(
            "",
            format!("The document says {} and is UTF-8.", label.name()),
        ));
    }
    (text.to_owned(), UTF_8.name())
}

fn mislabelled(labels: &Labels, used: &'static Encoding) -> String {
    match labels.in_order().next() {
        Some(label) => format!(
            "The document says {} and was read as {}.",
            label.name(),
            used.name()
        ),
        None => format!(
            "The document names no encoding and was read as {}.",
            used.name()
        ),
    }
}

/// A label that says something about bytes which are neither UTF-8 nor UTF-16.
fn usable(label: &&'static Encoding) -> bool {
    *label != UTF_8 && label.is_ascii_compatible() && *label != encoding_rs::X_USER_DEFINED
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let start = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let end = bytes.len().min(start + DETECTION_WINDOW);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[start.saturating_sub(64)..end], end == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// How much of a document is UTF-8.
struct Census {
    multibyte: usize,
    bad: usize,
}

impl Census {
    fn of(bytes: &[u8]) -> Self {
        let mut census = Self {
            multibyte: 0,
            bad: 0,
        };
        for chunk in bytes.utf8_chunks() {
            let starts = |b: &&u8| **b >= 0xC0;
            census.multibyte += chunk.valid().as_bytes().iter().filter(starts).count();
            census.bad += chunk.invalid().len();
        }
        census
    }

    /// More valid multi-byte characters than bad bytes: by chance that does not happen.
    fn mostly_utf8(&self) -> bool {
        self.multibyte > 0 && self.multibyte >= self.bad
    }
}

/// UTF-8 with every byte that is none read as windows-1252.
fn patched(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 64);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let (patch, _) = WINDOWS_1252.decode_without_bom_handling(chunk.invalid());
        text.push_str(&patch);
    }
    text
}

/// The charset parameter of a `Content-Type` value.
fn http_charset(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let at = lower.find("charset")?;
    let value = lower[at + "charset".len()..]
        .trim_start()
        .strip_prefix('=')?;
    let value = value.split(';').next()?;
    encoding(value.trim().trim_matches(['"', '\'']).as_bytes())
}

/// The `encoding` of an XML declaration, wherever in the window it stands.
fn xml_declaration(head: &[u8]) -> Option<&'static Encoding> {
    let start = find(head, b"<?xml")?;
    let declaration = &head[start..];
    let declaration = &declaration[..find(declaration, b">")?];
    let at = find(declaration, b"encoding")? + b"encoding".len();
    let value = declaration[at..].trim_ascii_start().strip_prefix(b"=")?;
    quoted(value).and_then(encoding)
}

/// The first `charset=` inside a `meta` element.
fn meta(head: &[u8]) -> Option<&'static Encoding> {
    let lower = head.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = find(&lower[from..], b"<meta") {
        let tag = &lower[from + at..];
        let tag = &tag[..find(tag, b">").unwrap_or(tag.len())];
        from += at + b"<meta".len();
        let Some(at) = find(tag, b"charset") else {
            continue;
        };
        let value = tag[at + b"charset".len()..].trim_ascii_start();
        let value = value.strip_prefix(b"=").map(<[u8]>::trim_ascii_start);
        if let Some(found) = value.and_then(quoted).and_then(encoding) {
            return Some(found);
        }
    }
    None
}

/// A value in quotes, or up to the next byte that cannot stand in a label.
fn quoted(value: &[u8]) -> Option<&[u8]> {
    let value = value.trim_ascii_start();
    let value = match value.first()? {
        b'"' | b'\'' => &value[1..],
        _ => value,
    };
    let end = value
        .iter()
        .position(|b| b"\"'?>; \t\r\n/".contains(b))
        .unwrap_or(value.len());
    Some(&value[..end])
}

/// The encoding of a label; the spellings that the WHATWG table lacks are led back to it.
fn encoding(label: &[u8]) -> Option<&'static Encoding> {
    if let Some(found) = Encoding::for_label(label) {
        return Some(found);
    }
    let label = String::from_utf8_lossy(label)
        .trim()
        .to_ascii_lowercase()
        .replace('_', "-");
    let respelt: Cow<'_, str> = match label.as_str() {
        "latin-1" | "iso-8859" => "iso-8859-1".into(),
        other => other
            .strip_prefix("win-")
            .or_else(|| other.strip_prefix("cp-"))
            .or_else(|| other.strip_prefix("ansi-"))
            .map(|page| format!("windows-{page}"))
            .or_else(|| other.strip_prefix("x-").map(str::to_owned))?
            .into(),
    };
    Encoding::for_label(respelt.as_bytes())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// The character that windows-1252 has where ISO-8859-1 has a control character.
pub fn windows_1252(c: char) -> char {
    let byte = [u8::try_from(u32::from(c)).unwrap_or(b' ')];
    encoding_rs::WINDOWS_1252
        .decode_without_bom_handling(&byte)
        .0
        .chars()
        .next()
        .unwrap_or(c)
}

#[cfg(test)]
mod tests;
