//! Which media types are taken: by the header before the body is read, by its first bytes after,
//! because headers lie both ways.
//!
//! Pure. What a document is in detail is for the parsers.

use super::request::Kind;

/// Types under `application/` that may hold a page, a feed or a sitemap.
const TEXTUAL: &[&str] = &[
    "application/atom",
    "application/ecmascript",
    "application/javascript",
    "application/json",
    "application/rdf",
    "application/rss",
    "application/x-javascript",
    "application/x-json",
    "application/x-rss",
    "application/xhtml",
    "application/xml",
];

/// Types that say nothing: the first bytes decide.
const VAGUE: &[&str] = &[
    "",
    "application/binary",
    "application/download",
    "application/force-download",
    "application/gzip",
    "application/octet-stream",
    "application/octetstream",
    "application/unknown",
    "application/x-download",
    "application/x-gzip",
    "application/x-unknown-content-type",
    "binary/octet-stream",
    "content/unknown",
    "unknown/unknown",
];

/// Beginnings of files that are no text, and what they are.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a picture (PNG)"),
    (b"\xFF\xD8\xFF", "a picture (JPEG)"),
    (b"GIF87a", "a picture (GIF)"),
    (b"GIF89a", "a picture (GIF)"),
    (b"RIFF", "a sound, film or picture (RIFF)"),
    (b"OggS", "a sound or film (Ogg)"),
    (b"fLaC", "a sound (FLAC)"),
    (b"ID3", "a sound (MP3)"),
    (b"\x1A\x45\xDF\xA3", "a film (Matroska)"),
    (b"PK\x03\x04", "an archive (ZIP)"),
    (b"PK\x05\x06", "an archive (ZIP)"),
    (b"Rar!\x1A\x07", "an archive (RAR)"),
    (b"7z\xBC\xAF\x27\x1C", "an archive (7z)"),
    (b"BZh", "an archive (bzip2)"),
    (b"\xFD7zXZ\x00", "an archive (xz)"),
    (b"\x28\xB5\x2F\xFD", "an archive (Zstandard)"),
    (b"\xD0\xCF\x11\xE0", "an office document"),
    (b"\x7FELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
];

/// Judges a `Content-Type`. The error says what the document is instead of a text.
pub(super) fn judge_header(kind: Kind, content_type: Option<&str>) -> Result<(), String> {
    let essence = essence(content_type.unwrap_or_default());
    let textual = essence.starts_with("text/")
        || essence.ends_with("+xml")
        || essence.ends_with("+json")
        || TEXTUAL.iter().any(|known| essence.starts_with(known));
    // A robots.txt is read as text whatever it is called (RFC 9309 §2.3).
    if kind == Kind::Robots
        || textual
        || VAGUE.contains(&essence.as_str())
        || !essence.contains('/')
    {
        return Ok(());
    }
    Err(format!("its type is {essence}"))
}

/// Judges the first bytes of a decoded body. The error says what the document is instead of a text.
pub(super) fn judge_bytes(kind: Kind, body: &[u8]) -> Result<(), String> {
    if kind == Kind::Robots {
        return Ok(());
    }
    if body.get(4..8) == Some(b"ftyp") {
        return Err("its first bytes are those of a film (MP4)".to_owned());
    }
    match MAGIC.iter().find(|(magic, _)| body.starts_with(magic)) {
        Some((_, what)) => Err(format!("its first bytes are those of {what}")),
        None => Ok(()),
    }
}

/// `type/subtype` in lower case, without parameters.
fn essence(content_type: &str) -> String {
    let essence = content_type.split([';', ',']).next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_by_header() {
        let check = |content_type: &str, taken: bool| {
            assert_eq!(
                judge_header(Kind::Page, Some(content_type)).is_ok(),
                taken,
                "{content_type}"
            );
        };
        for taken in [
            "text/html; charset=utf-8",
            "TEXT/HTML",
            "application/xhtml+xml",
            "text/plain",
            "application/rss+xml;charset=x",
            "application/ld+json",
            "application/octet-stream",
            "html",
            "",
            "text/html, text/html",
        ] {
            check(taken, true);
        }
        for refused in [
            "application/pdf",
            "video/mp4",
            "audio/mpeg",
            "image/jpeg",
            "application/zip",
            "application/x-tar",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/msword",
            "font/woff2",
            "multipart/x-mixed-replace; boundary=x",
        ] {
            check(refused, false);
        }
        assert!(judge_header(Kind::Page, None).is_ok());
        assert!(judge_header(Kind::Robots, Some("image/png")).is_ok());
        assert!(judge_header(Kind::Feed, Some("video/mp4")).is_err());
    }

    #[test]
    fn types_by_first_bytes() {
        let check = |body: &[u8], taken: bool| {
            assert_eq!(judge_bytes(Kind::Page, body).is_ok(), taken, "{body:?}")
        };
        check(b"<!doctype html>", true);
        check(b"", true);
        check(b"\xEF\xBB\xBF<?xml", true);
        check(b"%PDF-1.7", false);
        check(b"\x00\x00\x00\x18ftypmp42", false);
        check(b"PK\x03\x04rest", false);
        check(b"\xFF\xD8\xFF\xE0", false);
    }
}
