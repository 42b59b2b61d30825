//! Names for what is published: `tag:` URIs for feeds and entries, ETags for documents.
//!
//! Knows no format.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::text::push_encoded;

/// Bytes of the digest that an ETag shows: 128 bits cannot collide by accident.
const ETAG_BYTES: usize = 16;

/// A `tag:` URI (RFC 4151 §2.1) of an authority (a host or an address of mail that was ours on
/// `date`), a date (`2026`, `2026-03` or `2026-03-01`) and a specific part of any text, which is
/// percent-encoded where it has to be. A port in the authority is left out.
pub fn tag_uri(authority: &str, date: &str, specific: &str) -> String {
    let host = match authority.trim().split_once(':') {
        Some((host, _)) => host,
        None => authority.trim(),
    };
    let mut uri = String::from("tag:");
    let named = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '@');
    let host: String = host.chars().filter(named).collect();
    uri.push_str(if host.is_empty() { "localhost" } else { &host });
    uri[4..].make_ascii_lowercase();
    uri.push(',');
    uri.extend(date.chars().filter(|c| c.is_ascii_digit() || *c == '-'));
    uri.push(':');
    for byte in specific.bytes() {
        let stands = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte);
        push_encoded(&mut uri, byte, stands);
    }
    uri
}

/// A strong entity tag (RFC 9110 §8.8.3) of a document: quoted, a function of its bytes alone.
pub fn etag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let mut tag = String::with_capacity(2 * ETAG_BYTES + 2);
    tag.push('"');
    for byte in digest.iter().take(ETAG_BYTES) {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_uris_are_minted_by_rfc_4151() {
        for (authority, specific, expected) in [
            (
                "Example.org",
                "chine-amlat",
                "tag:example.org,2026:chine-amlat",
            ),
            ("localhost:8080", "a/b?c", "tag:localhost,2026:a/b?c"),
            (
                "me@example.org",
                "é #%",
                "tag:me@example.org,2026:%C3%A9%20%23%25",
            ),
            ("", "x", "tag:localhost,2026:x"),
        ] {
            assert_eq!(tag_uri(authority, "2026", specific), expected);
        }
        assert_eq!(
            tag_uri("a.example", "2026-03-01", "x"),
            "tag:a.example,2026-03-01:x"
        );
    }

    #[test]
    fn etags_are_strong_and_depend_on_every_byte() {
        assert_eq!(etag(b""), "\"e3b0c44298fc1c149afbf4c8996fb924\"");
        assert_ne!(etag(b"a"), etag(b"b"));
    }
}
