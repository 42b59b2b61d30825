//! The headers of a request, and the validators of an answer.
//!
//! Pure. Decides what a server is told about us: no more than a polite reader says, and secrets
//! only where the caller says that we are at home.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, USER_AGENT,
};
use url::Url;

use super::outcome::Validators;
use super::request::{Credentials, Kind, Terms, check_header};
use crate::text::url::unescape;

/// What the headers of one hop are made from.
pub(super) struct Outgoing<'a> {
    pub kind: Kind,
    pub agent: &'a str,
    /// Whether the answer is to come unpacked.
    pub identity: bool,
    /// The terms whose headers are sent along, and the credentials; None away from home.
    pub at_home: Option<(&'a Terms, Option<&'a Credentials>)>,
    pub validators: Option<&'a Validators>,
}

impl Outgoing<'_> {
    /// All headers; the error is a sentence about the one that cannot be sent.
    pub(super) fn headers(&self) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        let agent =
            sendable(self.agent).ok_or("the `User-Agent` holds a control character: remove it")?;
        headers.insert(USER_AGENT, agent);
        headers.insert(ACCEPT, HeaderValue::from_static(self.kind.accept()));
        let packed = if self.identity {
            "identity"
        } else {
            // Not Brotli: a stream of it takes a window of up to 16 MiB before it gives a byte.
            "gzip, deflate"
        };
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(packed));
        if let Some((terms, credentials)) = self.at_home {
            for (name, value) in &terms.headers {
                check_header(name, value)?;
                headers.append(
                    HeaderName::try_from(name).map_err(|error| error.to_string())?,
                    secret(value)?,
                );
            }
            if let Some(credentials) = credentials {
                headers.insert(AUTHORIZATION, secret(&authorization(credentials))?);
            }
        }
        if let Some(Validators {
            etag,
            last_modified,
            ..
        }) = self.validators
        {
            for (name, value) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, last_modified)] {
                if let Some(value) = value.as_deref().and_then(to_bytes) {
                    headers.insert(name, value);
                }
            }
        }
        Ok(headers)
    }
}

/// The validators of an answer from `url`.
pub(super) fn validators(url: &Url, headers: &HeaderMap) -> Option<Validators> {
    let text = |name| {
        headers
            .get(name)
            .map(to_text)
            .filter(|value: &String| !value.is_empty())
    };
    let (etag, last_modified) = (text(ETAG), text(LAST_MODIFIED));
    (etag.is_some() || last_modified.is_some()).then(|| Validators {
        url: url.clone(),
        etag,
        last_modified,
    })
}

/// Whether what belongs to `home` may be sent to `url`: the same origin, or the same host after
/// the usual step from http to https.
pub(super) fn same_house(home: &Url, url: &Url) -> bool {
    let upgraded = home.scheme() == "http"
        && url.scheme() == "https"
        && home.host() == url.host()
        && home.port().is_none()
        && url.port().is_none();
    upgraded || home.origin() == url.origin()
}

/// An address without what is not sent, and the credentials that stood in it.
pub(super) fn bare_address(url: &Url) -> (Url, Option<Credentials>) {
    let mut bare = url.clone();
    bare.set_fragment(None);
    if url.username().is_empty() && url.password().is_none() {
        return (bare, None);
    }
    let credentials = Credentials::Basic {
        user: unescape(url.username()),
        password: unescape(url.password().unwrap_or_default()),
    };
    // Only addresses without a host refuse this, and those had no credentials.
    let removed = bare.set_username("").is_ok() && bare.set_password(None).is_ok();
    (bare, removed.then_some(credentials))
}

/// The text of a header for a person.
pub(super) fn lossy(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

fn authorization(credentials: &Credentials) -> String {
    match credentials {
        Credentials::Bearer(token) => format!("Bearer {token}"),
        Credentials::Basic { user, password } => {
            format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
        }
    }
}

/// Bytes as characters, one for one.
fn to_text(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

/// Characters as bytes, one for one; None for a text that did not come from [`to_text`].
fn to_bytes(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

/// A value that no log shows and no compression table keeps.
fn secret(text: &str) -> Result<HeaderValue, String> {
    let mut value = sendable(text)
        .ok_or("a header or the credentials of the source hold a control character: remove it")?;
    value.set_sensitive(true);
    Ok(value)
}

fn sendable(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_bytes(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_an_address() {
        let check = |address: &str, bare: &str, expected: Option<(&str, &str)>| {
            let (url, credentials) =
                bare_address(&Url::parse(address).expect("test addresses parse"));
            let expected = expected.map(|(user, password)| Credentials::Basic {
                user: user.to_owned(),
                password: password.to_owned(),
            });
            assert_eq!((url.as_str(), credentials), (bare, expected));
        };
        check("https://a.example/x#y", "https://a.example/x", None);
        check(
            "https://ann@a.example/",
            "https://a.example/",
            Some(("ann", "")),
        );
        check(
            "https://ann:p@a.example/",
            "https://a.example/",
            Some(("ann", "p")),
        );
        check(
            "https://a%40b:1+1%26%25%3D%C3%A9@a.example/",
            "https://a.example/",
            Some(("a@b", "1+1&%=é")),
        );
        check(
            "https://:p@a.example/",
            "https://a.example/",
            Some(("", "p")),
        );
    }
}
