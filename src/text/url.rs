//! Addresses of articles: which of them name the same article, and which may be shown.
//!
//! One article has many addresses at almost every outlet, so its identity is the outlet's own id
//! within a family of hosts, and only where no pattern answers a canonical form of the address.
//! An identity is a key for comparing: nothing here makes an address that is to be fetched, and
//! nothing turns http into https. This module knows no network and no configuration file.

mod families;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::net::IpAddr;

use unicode_normalization::UnicodeNormalization;
use url::Url;

pub use families::{Families, Family, FamilySpec, Identity, compile_pattern};

/// Query parameters that only say how the reader came here, in lower case.
const TRACKING: &[&str] = &[
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "cmpid",
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "igsh",
    "igshid",
    "icid",
    "intcid",
    "intcmp",
    "jsessionid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ocid",
    "phpsessid",
    "ref_src",
    "ref_url",
    "smid",
    "spm",
    "ttclid",
    "twclid",
    "wbraid",
    "wt.mc_id",
    "wt_mc",
    "xtor",
    "xtref",
    "yclid",
    "__twitter_impression",
];

/// Beginnings of such parameters: whole vocabularies of one measuring tool.
const TRACKING_PREFIXES: &[&str] = &["utm_", "at_", "mtm_", "pk_", "piwik_", "matomo_", "ns_"];

/// Parameters that say nothing about the article only with this value.
const TRACKING_PAIRS: &[(&str, &str)] = &[("f", "pad"), ("outputtype", "amp")];

/// An identity key for an address: without scheme, `www.`, default port, fragment, tracking
/// parameters, AMP suffix and trailing slash; percent-decoded to UTF-8 in NFC where that loses
/// nothing; every other query parameter in its order. Never an address to fetch.
pub fn canonicalise(url: &Url) -> String {
    let Some(host) = bare_host(url) else {
        return strip_tracking(url).into();
    };
    let mut key = host.into_owned();
    if let Some(port) = url.port() {
        key.push(':');
        key.push_str(&port.to_string());
    }
    key.push_str(&canonical_path(url.path()));
    push_query(&mut key, url);
    key
}

/// The address for a reader: without tracking parameters in query or fragment, else untouched.
pub fn strip_tracking(url: &Url) -> Url {
    let mut shown = url.clone();
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query.split('&').filter(|pair| !is_tracking(pair)).collect();
        if kept.len() != query.split('&').count() {
            let kept = kept.join("&");
            shown.set_query(if kept.is_empty() { None } else { Some(&kept) });
        }
    }
    if let Some(fragment) = url.fragment() {
        let tracked = fragment
            .split('&')
            .all(|pair| pair.contains('=') && is_tracking(pair));
        if tracked || fragment.is_empty() || fragment.starts_with(":~:") {
            shown.set_fragment(None);
        }
    }
    shown
}

/// Undoes percent-encoding (RFC 3986 §2.1), with the decoder of forms, whose own two signs are hidden
/// from it. Bytes that are not UTF-8 are replaced.
pub fn unescape(text: &str) -> String {
    let pairs = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let value = url::form_urlencoded::parse(pairs.as_bytes()).next();
    value
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// The part of a host that one owner registered (public suffix list, private part included), in
/// lower case; the whole host for addresses in numbers, `.localhost` and suffixes not listed.
pub fn registrable_domain(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    if literal.parse::<IpAddr>().is_ok() || host == "localhost" || host.ends_with(".localhost") {
        return host;
    }
    match psl::domain(host.as_bytes()) {
        Some(domain) if domain.suffix().is_known() => {
            String::from_utf8_lossy(domain.as_bytes()).into_owned()
        }
        _ => host,
    }
}

/// The canonical address a page states, where it may be believed: as [`believable`] says, and when
/// the page itself has an outlet id, only an address that has one.
pub fn accept_canonical(page: &Url, canonical: &str, families: &Families) -> Option<Url> {
    let url = believable(page, canonical, &|url| families.same_house(page, url))?;
    let keyed = |url: &Url| {
        families
            .of(url)
            .and_then(|family| family.outlet_id(url))
            .is_some()
    };
    (keyed(&url) || !keyed(page)).then_some(url)
}

/// A canonical address that parses, has no braces of an unfilled template, belongs to the same
/// house, and is neither a home page nor the section above the page. Between http and https the
/// scheme of the page is kept: that one has been seen to work.
pub fn believable(page: &Url, canonical: &str, same_house: &dyn Fn(&Url) -> bool) -> Option<Url> {
    let text = canonical.trim();
    let lower = text.to_ascii_lowercase();
    if text.is_empty()
        || text.contains(['{', '}'])
        || lower.contains("%7b")
        || lower.contains("%7d")
    {
        return None;
    }
    let mut url = page.join(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    let home = is_home(&url) && url.query().is_none();
    if !web || home || is_above(&url, page) || !same_house(&url) {
        return None;
    }
    if url.scheme() != page.scheme() && url.port().is_none() && url.host_str() == page.host_str() {
        url.set_scheme(page.scheme()).ok()?;
    }
    url.set_fragment(None);
    Some(url)
}

/// Whether a path is that of a front page, of the site or of one of its languages: `/`,
/// `/index.html`, `/fr/`.
pub fn is_home(url: &Url) -> bool {
    let tag = |part: &str| {
        let letters = part.split(['-', '_']);
        letters.clone().count() <= 2
            && letters
                .into_iter()
                .all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_alphabetic()))
    };
    let front = |part: &str| {
        matches!(part.split('.').next(), Some("index" | "default" | "home")) || tag(part)
    };
    let mut parts = url.path().split('/').filter(|part| !part.is_empty());
    parts.clone().count() <= 2 && parts.all(front)
}

/// Words of a name, or digits of an id, from which on a part of a path names an article.
const NAMING: (usize, usize) = (3, 5);

/// Whether an address is a folder above a page's, and what it leaves out names the article: then it
/// is the section, which some outlets state for all of its articles. (`/slug` above `/slug/amp` or
/// `/slug/2` is the article.)
fn is_above(url: &Url, page: &Url) -> bool {
    let folder = url.path().trim_end_matches('/');
    let rest = page.path().strip_prefix(folder).unwrap_or_default();
    let names = |part: &str| {
        let words = part
            .split(['-', '_'])
            .filter(|word| !word.is_empty())
            .count();
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        words >= NAMING.0 || digits >= NAMING.1
    };
    url.query().is_none() && rest.starts_with('/') && rest.split('/').any(names)
}

/// Host in lower case without `www.` and trailing dot; None for schemes other than http(s).
fn bare_host(url: &Url) -> Option<Cow<'_, str>> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?.trim_end_matches('.');
    // `https://./` is an address to the parser.
    if host.is_empty() {
        return None;
    }
    match host.strip_prefix("www.") {
        Some(rest) if rest.contains('.') => Some(Cow::Borrowed(rest)),
        _ => Some(Cow::Borrowed(host)),
    }
}

fn canonical_path(path: &str) -> Cow<'_, str> {
    let mut path = path;
    if let Some(at) = path.find(";jsessionid=") {
        path = &path[..at];
    }
    path = path.trim_end_matches('/');
    for suffix in ["/amp", ".amp"] {
        match path.strip_suffix(suffix) {
            Some(rest) if !rest.is_empty() => path = rest.trim_end_matches('/'),
            _ => {}
        }
    }
    let path = decode(path);
    match path.strip_suffix(".amp.html") {
        Some(rest) if !rest.ends_with('/') => Cow::Owned(format!("{rest}.html")),
        _ => path,
    }
}

fn push_query(key: &mut String, url: &Url) {
    let mut sign = '?';
    for pair in url.query().unwrap_or_default().split('&') {
        if pair.is_empty() || is_tracking(pair) {
            continue;
        }
        key.push(sign);
        key.push_str(&decode(pair));
        sign = '&';
    }
}

fn is_tracking(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name
        .strip_prefix("amp;")
        .unwrap_or(name)
        .to_ascii_lowercase();
    let value = value.to_ascii_lowercase();
    TRACKING.contains(&name.as_str())
        || TRACKING_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix))
        || TRACKING_PAIRS.contains(&(name.as_str(), value.as_str()))
        || (name == "ref" && !is_number(&value))
        || (name == "amp" && matches!(value.as_str(), "" | "1" | "true"))
}

/// A `ref` that is a number names the article, not the way to it.
fn is_number(value: &str) -> bool {
    value.len() > 2 && value.bytes().all(|b| b.is_ascii_digit())
}

/// Percent-decodes what is UTF-8 and changes no meaning, in NFC; what stays is upper-cased.
fn decode(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut raw = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |place: usize| bytes.get(place).and_then(|&b| char::from(b).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                let value = u8::try_from(high * 16 + low).unwrap_or_default();
                if value <= b' ' || value == 0x7f || b"/?#%&=+;".contains(&value) {
                    raw.extend_from_slice(format!("%{value:02X}").as_bytes());
                } else {
                    raw.push(value);
                }
                at += 3;
            }
            (byte, ..) => {
                raw.push(byte);
                at += 1;
            }
        }
    }
    let mut out = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        out.extend(chunk.valid().nfc());
        for byte in chunk.invalid() {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Cow::Owned(out)
}
