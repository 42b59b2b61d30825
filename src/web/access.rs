//! Who may ask: names of ours in `Host`, HTTP Basic, and tokens of feeds.
//!
//! A name that is not ours is turned away, because a page of a stranger could otherwise make a
//! browser in our network read what only this network may (DNS rebinding). Addresses in figures
//! cannot be rebound and are always ours.

use std::borrow::Cow;
use std::net::IpAddr;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;
use xxhash_rust::xxh3::xxh3_64;

use super::Site;
use crate::config::{Access, Config, Daemon, Secret};
use crate::text::url::unescape;

/// Turns away requests for names that are not ours (RFC 9110 §15.5.20).
pub(super) async fn check_host(
    State(site): State<Site>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let ours = is_ours(&request, &site.config.borrow());
    if ours {
        return next.run(request).await;
    }
    (
        StatusCode::MISDIRECTED_REQUEST,
        "This server is not known by that name. If it should be, write the name into `hosts` or `base_url` in [daemon].\n",
    )
        .into_response()
}

/// Whether a request names us, or nobody.
pub(super) fn is_ours<B>(request: &Request<B>, config: &Config) -> bool {
    let named = request
        .uri()
        .host()
        .or_else(|| request.headers().get(header::HOST)?.to_str().ok());
    named.is_none_or(|name| is_name_of_ours(name, &config.daemon))
}

/// Whether anybody may have what a request asks for.
pub(super) fn is_public<B>(request: &Request<B>, config: &Config) -> bool {
    decide(&config.access, request.uri(), request.headers()) == Decision::Open
}

/// Whether a host, with or without port, is one of ours.
fn is_name_of_ours(name: &str, daemon: &Daemon) -> bool {
    let bare = match name.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => name.split(':').next().unwrap_or(name),
    };
    let bare = bare.trim_end_matches('.').to_ascii_lowercase();
    bare.parse::<IpAddr>().is_ok()
        || bare == "localhost"
        || bare.ends_with(".localhost")
        || daemon.base_url.host_str() == Some(bare.as_str())
        || daemon
            .hosts
            .iter()
            .any(|host| host == "*" || host.eq_ignore_ascii_case(&bare))
}

/// Asks for a name and password, or for the token of a feed, where the configuration wants them.
pub(super) async fn check_access(
    State(site): State<Site>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let (decision, has_basic) = {
        let config = site.config.borrow();
        let access = &config.access;
        (
            decide(access, request.uri(), request.headers()),
            access.basic.is_some(),
        )
    };
    match decision {
        Decision::Open => next.run(request).await,
        Decision::Known => {
            let mut response = next.run(request).await;
            keep_private(&mut response);
            response
        }
        Decision::Refused if has_basic => (
            StatusCode::UNAUTHORIZED,
            [(
                header::WWW_AUTHENTICATE,
                "Basic realm=\"depeche\", charset=\"UTF-8\"",
            )],
            "A name and a password are asked for here.\n",
        )
            .into_response(),
        Decision::Refused => (
            StatusCode::FORBIDDEN,
            "This feed wants its token: add ?token=… to the address.\n",
        )
            .into_response(),
    }
}

/// Whether anybody may have what stands at an address.
pub(super) fn is_open(access: &Access, address: &Uri) -> bool {
    decide(access, address, &HeaderMap::new()) != Decision::Refused
}

#[derive(Debug, PartialEq, Eq)]
enum Decision {
    /// Anybody may have it.
    Open,
    /// Who asks has shown that they may have it.
    Known,
    Refused,
}

fn decide(access: &Access, uri: &Uri, headers: &HeaderMap) -> Decision {
    // The secret of a push is its address.
    let open = ["/healthz", "/readyz"].contains(&uri.path()) || uri.path().starts_with("/push/");
    if open || access.basic.is_none() && access.tokens.is_empty() {
        return Decision::Open;
    }
    let basic = access.basic.as_ref();
    if basic.is_some_and(|secret| credentials(headers).is_some_and(|text| secret.is(&text))) {
        return Decision::Known;
    }
    // By the name that the routes will look for, however it was written.
    let path = unescape(uri.path());
    let feed = feed_of(&path);
    let guarded = feed.is_some_and(|feed| secrets(access, feed).next().is_some());
    if !guarded && basic.is_none() {
        return Decision::Open;
    }
    match feed.and_then(|feed| token_for(access, feed, uri)) {
        Some(_) => Decision::Known,
        None => Decision::Refused,
    }
}

/// The tokens that open a feed: its own, and that of all feeds.
fn secrets<'a>(access: &'a Access, feed: &str) -> impl Iterator<Item = &'a Secret> + use<'a> {
    let secrets = [access.tokens.get(feed), access.tokens.get("*")];
    secrets.into_iter().flatten()
}

/// What opened a feed to who asked for it.
pub(super) struct Key {
    /// The feed, by its path below `feeds/` without extension.
    feed: String,
    /// Its token, as it stands in an address.
    token: String,
}

/// The token by which an address opens a feed; None where it needs none, or has none that fits.
pub(super) fn key_of(access: &Access, uri: &Uri) -> Option<Key> {
    let path = unescape(uri.path());
    let feed = feed_of(&path)?;
    let token = token_for(access, feed, uri)?;
    Some(Key {
        feed: feed.to_owned(),
        token: form_urlencoded::byte_serialize(token.as_bytes()).collect(),
    })
}

/// The token in an address that opens a feed.
fn token_for<'a>(access: &Access, feed: &str, uri: &'a Uri) -> Option<Cow<'a, str>> {
    form_urlencoded::parse(uri.query()?.as_bytes())
        .filter(|(key, _)| key == "token")
        .map(|(_, token)| token)
        .find(|token| secrets(access, feed).any(|secret| secret.is(token)))
}

impl Key {
    /// A mark of the token that does not tell it.
    pub(super) fn mark(&self) -> u64 {
        xxh3_64(self.token.as_bytes())
    }

    /// A document in which the addresses of the feed itself (its own, its page's, its archives') below
    /// `base` bear the token, so that a reader who follows them is let in.
    pub(super) fn write_into(&self, document: &[u8], base: &str) -> Vec<u8> {
        let text = String::from_utf8_lossy(document);
        let begin = format!("\"{base}");
        let mut parts = text.split(&begin);
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let address = part.split('"').next().unwrap_or_default();
            out += &begin;
            out += address;
            if feed_of(&format!("/{address}")) == Some(&self.feed) {
                out += "?token=";
                out += &self.token;
            }
            out += &part[address.len()..];
        }
        out.into_bytes()
    }
}

/// The `user:password` of HTTP Basic (RFC 7617 §2).
fn credentials(headers: &HeaderMap) -> Option<String> {
    let field = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, coded) = field.trim().split_once(' ')?;
    let bytes = STANDARD.decode(coded.trim()).ok()?;
    scheme
        .eq_ignore_ascii_case("basic")
        .then(|| String::from_utf8(bytes).ok())?
}

/// The feed that a path belongs to: its own, its page or one of its archives.
fn feed_of(path: &str) -> Option<&str> {
    if let Some(topic) = path.strip_prefix("/topics/") {
        return Some(topic);
    }
    let file = path.strip_prefix("/feeds/")?;
    let (file, _) = file.rsplit_once('.')?;
    match file.strip_prefix("archive/") {
        Some(archive) => Some(archive.rsplit_once('/')?.0),
        None => Some(file),
    }
}

/// Keeps an answer out of caches that serve others.
fn keep_private(response: &mut Response) {
    let fields = response.headers_mut();
    let said = fields
        .get(header::CACHE_CONTROL)
        .and_then(|v| v.to_str().ok());
    let said = said.map_or_else(|| "private".to_owned(), |said| format!("private, {said}"));
    if let Ok(value) = HeaderValue::from_str(&said) {
        fields.insert(header::CACHE_CONTROL, value);
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::{Listen, Secret};

    #[test]
    fn only_names_of_ours_are_answered() {
        let daemon = Daemon {
            state_dir: PathBuf::new(),
            listen: Listen::Tcp(([0, 0, 0, 0], 80).into()),
            base_url: "https://feeds.example.org/".parse().unwrap(),
            hosts: vec!["nas.local".to_owned()],
            contact: None,
        };
        for (name, expected) in [
            ("feeds.example.org", true),
            ("FEEDS.example.org:443", true),
            ("feeds.example.org.", true),
            ("nas.local:8427", true),
            ("localhost:1", true),
            ("a.localhost", true),
            ("127.0.0.1:8427", true),
            ("192.168.1.7", true),
            ("[::1]:8427", true),
            ("evil.example", false),
            ("feeds.example.org.evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_name_of_ours(name, &daemon), expected, "{name}");
        }
    }

    #[test]
    fn the_addresses_of_a_feed_bear_the_token_by_which_it_was_asked_for() {
        let secrets = [("t", "a&b"), ("sources/a", "s"), ("*", "every")];
        let access = Access {
            basic: None,
            tokens: secrets
                .map(|(feed, s)| (feed.to_owned(), Secret::new(s)))
                .into(),
        };
        let key = |uri: &str| key_of(&access, &uri.parse().unwrap());
        assert!(key("/feeds/t.atom").is_none() && key("/feeds/t.atom?token=s").is_none());
        assert!(
            key("/feeds.opml?token=every").is_none(),
            "it is no feed's own"
        );
        let own = key("/feeds/archive/t/7.atom?x=1&token=a%26b").unwrap();
        let base = "https://d.example/x/";
        let written = |key: &Key, text: &str| {
            let text = text.replace('~', base);
            String::from_utf8(key.write_into(text.as_bytes(), base))
                .unwrap()
                .replace(base, "~")
        };
        for (text, expected) in [
            (
                r#"<link rel="prev-archive" href="~feeds/archive/t/6.atom"/>"#,
                r#"<link rel="prev-archive" href="~feeds/archive/t/6.atom?token=a%26b"/>"#,
            ),
            (
                r#"{"feed_url":"~feeds/t.json","x":"~topics/t"}"#,
                r#"{"feed_url":"~feeds/t.json?token=a%26b","x":"~topics/t?token=a%26b"}"#,
            ),
            (
                r#"<a href="~feeds/u.atom">~feeds/t.atom</a> <b href="https://e.example/feeds/t.atom"/>"#,
                "",
            ),
            (r#"<a href="~articles/1"/><a href="~"#, ""),
            ("", ""),
        ] {
            let expected = if expected.is_empty() { text } else { expected };
            assert_eq!(written(&own, text), expected);
        }
        let every = key("/feeds/sources/a.atom?token=every").unwrap();
        assert_eq!(
            written(&every, r#""~feeds/sources/a.atom""#),
            r#""~feeds/sources/a.atom?token=every""#
        );
        assert_ne!(own.mark(), every.mark());
    }

    #[test]
    fn access_is_asked_for_where_it_is_wanted() {
        use Decision::{Known, Open, Refused};
        let tokens = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            pairs
                .map(|(feed, token)| ((*feed).to_owned(), Secret::new(token)))
                .collect()
        };
        let none = Access::default();
        let token = Access {
            basic: None,
            tokens: tokens(&[("t", "s"), ("sources/a", "é")]),
        };
        let every = Access {
            basic: None,
            tokens: tokens(&[("*", "s")]),
        };
        let both = Access {
            basic: Some(Secret::new("me:pw")),
            tokens: tokens(&[("t", "s")]),
        };
        let right = STANDARD.encode("me:pw");
        let wrong = STANDARD.encode("me:px");
        for (access, uri, basic, expected) in [
            (&none, "/feeds/t.atom", "", Open),
            (&token, "/feeds/t.atom", "", Refused),
            (&token, "/feeds/t.atom?token=s", "", Known),
            (&token, "/feeds/t.atom?token=x", "", Refused),
            (&token, "/feeds/t.rss?a=1&token=s", "", Known),
            (&token, "/feeds/%74.atom", "", Refused),
            (&token, "/feeds/sources%2Fa.json", "", Refused),
            (&token, "/topics/t", "", Refused),
            (&token, "/topics/%74", "", Refused),
            (&token, "/feeds/archive/t/3.atom", "", Refused),
            (&token, "/feeds/archive/t/3.atom?token=s", "", Known),
            (&token, "/feeds/sources/a.json?token=%C3%A9", "", Known),
            (&token, "/feeds/sources/a.json?token=s", "", Refused),
            (&token, "/feeds/u.atom", "", Open),
            (&token, "/", "", Open),
            (&every, "/feeds/u.atom", "", Refused),
            (&every, "/feeds/u.atom?token=s", "", Known),
            (&both, "/", "", Refused),
            (&both, "/", right.as_str(), Known),
            (&both, "/", wrong.as_str(), Refused),
            (&both, "/", "?", Refused),
            (&both, "/feeds/t.atom?token=s", "", Known),
            (&both, "/feeds/u.atom?token=s", "", Refused),
            (&both, "/healthz", "", Open),
        ] {
            let mut headers = HeaderMap::new();
            if !basic.is_empty() {
                let value = format!("basic {basic}").parse().unwrap();
                headers.insert(header::AUTHORIZATION, value);
            }
            let decision = decide(access, &uri.parse().unwrap(), &headers);
            assert_eq!(decision, expected, "{uri} {basic}");
        }
    }
}
