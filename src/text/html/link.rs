//! Addresses in a page: made absolute, only of the schemes a reader may follow, without the
//! parameters that count where a reader came from.

use url::Url;

use crate::text::url::strip_tracking;

/// Longest address kept, in bytes.
const LONGEST: usize = 4_096;

/// The address as an absolute http, https or mailto URL; nothing when it is of another scheme, or
/// relative without a base.
pub(super) fn absolute(address: &str, base: Option<&Url>) -> Option<String> {
    let address = address.trim();
    if address.is_empty() || address.len() > LONGEST || address.contains("{{") {
        return None;
    }
    let url = match base {
        Some(base) => base.join(address).ok()?,
        None => Url::parse(address).ok()?,
    };
    // Joining and escaping make it longer: what is kept must be kept again.
    if url.as_str().len() > LONGEST {
        return None;
    }
    match url.scheme() {
        "mailto" => Some(url.into()),
        "http" | "https" if url.host_str().is_some_and(|h| !h.is_empty()) => {
            Some(strip_tracking(&url).into())
        }
        _ => None,
    }
}

/// The address a link leads to; nothing for a link within the page.
pub(super) fn target(href: &str, base: Option<&Url>) -> Option<String> {
    if href.trim_start().starts_with('#') {
        return None;
    }
    absolute(href, base)
}
