//! Conditional requests and content codings (RFC 9110 §8.8, §12.5.3, §13), over header values.
//!
//! Pure: knows no server, no file and no clock.

use chrono::{DateTime, Utc};

use crate::text::http_date;

/// What to answer to a conditional request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// 304: what the client has is still good.
    NotModified,
    /// The whole representation.
    Send,
}

/// Judges the preconditions of a request (RFC 9110 §13.2.2): `If-None-Match` first, by weak
/// comparison, over a list or `*`; `If-Modified-Since` only when there is no `If-None-Match`;
/// a date that is none of the three forms is passed over. Only GET and HEAD may get a 304.
///
/// Several `If-None-Match` lines are one list: join them by commas before. `etag` is the quoted
/// tag of the representation that would be sent.
pub fn evaluate(
    method_is_get_or_head: bool,
    if_none_match: Option<&[u8]>,
    if_modified_since: Option<&str>,
    etag: &str,
    last_modified: DateTime<Utc>,
) -> Decision {
    let unchanged = match if_none_match {
        Some(tags) => names(tags, etag.as_bytes()),
        None => {
            let since = if_modified_since.and_then(http_date::parse);
            since.is_some_and(|since| last_modified.timestamp() <= since.timestamp())
        }
    };
    if method_is_get_or_head && unchanged {
        Decision::NotModified
    } else {
        Decision::Send
    }
}

/// Whether a list of entity tags holds the tag, by weak comparison (RFC 9110 §8.8.3.2). Reading
/// stops at the first thing that is no tag.
fn names(list: &[u8], etag: &[u8]) -> bool {
    if list.trim_ascii() == b"*" {
        return true;
    }
    let etag = etag.strip_prefix(b"W/").unwrap_or(etag);
    let mut rest = list;
    loop {
        while let [b' ' | b'\t' | b',', tail @ ..] = rest {
            rest = tail;
        }
        let opaque = rest.strip_prefix(b"W/").unwrap_or(rest);
        let [b'"', inside @ ..] = opaque else {
            return false;
        };
        let Some(end) = inside.iter().position(|byte| *byte == b'"') else {
            return false;
        };
        let (tag, tail) = opaque.split_at(end + 2);
        if tag == etag {
            return true;
        }
        rest = tail;
    }
}

/// The coding that a client prefers among those on offer, by its `Accept-Encoding` (RFC 9110
/// §12.5.3); of equal ones the first. None when it prefers no coding, or says nothing: who does not
/// ask may not understand.
pub fn best_coding<T>(
    accept_encoding: Option<&str>,
    offers: impl Iterator<Item = (&'static str, T)>,
) -> Option<T> {
    let header = accept_encoding?;
    let mut best = (0, None);
    for (coding, offer) in offers {
        let weight = weight_of(header, coding);
        if weight > best.0 {
            best = (weight, Some(offer));
        }
    }
    best.1
}

/// The weight of a coding, zero when no coding at all is preferred to it.
fn weight_of(accept_encoding: &str, wanted: &str) -> u32 {
    let (mut own, mut any, mut identity) = (None, None, None);
    for member in accept_encoding.split(',') {
        let mut parts = member.split(';');
        let coding = parts.next().unwrap_or_default().trim();
        let Some(weight) = weight(parts) else {
            continue;
        };
        let bare = match coding.get(..2) {
            // An old name of the same coding (RFC 9110 §8.4.1.3).
            Some(prefix) if prefix.eq_ignore_ascii_case("x-") => &coding[2..],
            _ => coding,
        };
        if bare.eq_ignore_ascii_case(wanted) {
            own = own.max(Some(weight));
        } else if coding.eq_ignore_ascii_case("identity") {
            identity = Some(weight);
        } else if coding == "*" {
            any = Some(weight);
        }
    }
    let own = own.or(any).unwrap_or(0);
    // Without a word about it, "no coding" is acceptable but not preferred.
    if own >= identity.unwrap_or(0) { own } else { 0 }
}

/// The weight in thousandths (RFC 9110 §12.4.2), 1000 without one; none when it is malformed.
fn weight<'a>(parameters: impl Iterator<Item = &'a str>) -> Option<u32> {
    let mut weight = 1000;
    for parameter in parameters {
        let (key, value) = parameter.split_once('=')?;
        if key.trim().eq_ignore_ascii_case("q") {
            weight = thousandths(value.trim())?;
        }
    }
    Some(weight)
}

fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    match (whole, fraction) {
        ("0", fraction) => Some(fraction),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
#[path = "conditional_tests.rs"]
mod tests;
