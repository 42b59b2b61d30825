//! What is asked: the settings of the client, the terms of a source, one request.
//!
//! Plain data with documented defaults. Knows nothing of sockets.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use url::Url;

use super::guard::HostPattern;
use super::outcome::Validators;

/// The product token: what `robots.txt` calls us.
pub const PRODUCT: &str = "depeche";

/// The longest wait for a connection, name look-up and TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest wait for the headers of an answer, and for each piece of its body.
pub const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest time for a whole fetch, redirects included, waits for a turn excluded.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);
/// How many exchanges may run at once, over all domains.
pub const MAX_CONCURRENT: usize = 64;
/// The shortest time between the end of a request to a domain and the beginning of the next.
pub const MIN_GAP: Duration = Duration::from_secs(2);
/// How many redirects are followed.
pub const MAX_REDIRECTS: usize = 10;
/// A pause of a domain that ends within this time is waited for; a longer one is answered.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// The time in which a body must bring [`SLOW_BYTES`].
pub const SLOW_WINDOW: Duration = Duration::from_secs(15);
/// How many bytes a body must bring in [`SLOW_WINDOW`] at least.
pub const SLOW_BYTES: usize = 4096;

/// How the client behaves, whatever it fetches.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `User-Agent`, see [`user_agent`].
    pub user_agent: String,
    /// See [`CONNECT_TIMEOUT`].
    pub connect_timeout: Duration,
    /// See [`READ_TIMEOUT`].
    pub read_timeout: Duration,
    /// See [`TOTAL_TIMEOUT`].
    pub total_timeout: Duration,
    /// See [`MAX_CONCURRENT`].
    pub max_concurrent: usize,
    /// See [`MIN_GAP`].
    pub min_gap: Duration,
    /// See [`MAX_REDIRECTS`].
    pub max_redirects: usize,
    /// See [`PATIENCE`].
    pub patience: Duration,
    /// See [`SLOW_WINDOW`].
    pub slow_window: Duration,
    /// See [`SLOW_BYTES`].
    pub slow_bytes: usize,
    /// The largest decoded body of each kind.
    pub caps: Caps,
    /// A proxy for everything: `http://`, `https://`, `socks5://` (names resolved here),
    /// `socks5h://` (names resolved there).
    pub proxy: Option<Url>,
    /// Whether `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` count when `proxy` is absent.
    pub environment_proxy: bool,
    /// Hosts that may be in a private network, for every source.
    pub allow_private: Vec<HostPattern>,
    /// Certificates in PEM, trusted beside those of the system: for outlets of one's own house.
    pub extra_roots: Vec<u8>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: user_agent(""),
            connect_timeout: CONNECT_TIMEOUT,
            read_timeout: READ_TIMEOUT,
            total_timeout: TOTAL_TIMEOUT,
            max_concurrent: MAX_CONCURRENT,
            min_gap: MIN_GAP,
            max_redirects: MAX_REDIRECTS,
            patience: PATIENCE,
            slow_window: SLOW_WINDOW,
            slow_bytes: SLOW_BYTES,
            caps: Caps::default(),
            proxy: None,
            environment_proxy: true,
            allow_private: Vec::new(),
            extra_roots: Vec::new(),
        }
    }
}

/// `depeche/0.1.0 (contact)`: the contact is an address of a page or of a mailbox, or both.
pub fn user_agent(contact: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match contact.trim() {
        "" => format!("{PRODUCT}/{version}"),
        contact => format!("{PRODUCT}/{version} ({contact})"),
    }
}

/// The largest decoded body of each kind, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// A feed: 16 MiB.
    pub feed: usize,
    /// A listing page: 8 MiB.
    pub listing: usize,
    /// A sitemap: 50 MiB, the limit of sitemaps.org.
    pub sitemap: usize,
    /// An article's page: 8 MiB.
    pub page: usize,
    /// `robots.txt`: 512 KiB; RFC 9309 §2.5 asks for 500 KiB. A longer one is cut, not refused.
    pub robots: usize,
    /// A JSON document: 16 MiB.
    pub json: usize,
}

impl Default for Caps {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            feed: 16 * MIB,
            listing: 8 * MIB,
            sitemap: 50 * MIB,
            page: 8 * MIB,
            robots: 512 * 1024,
            json: 16 * MIB,
        }
    }
}

impl Caps {
    /// The cap of a kind.
    pub fn of(&self, kind: Kind) -> usize {
        match kind {
            Kind::Feed => self.feed,
            Kind::Listing => self.listing,
            Kind::Sitemap => self.sitemap,
            Kind::Page => self.page,
            Kind::Robots => self.robots,
            Kind::Json => self.json,
        }
    }
}

/// What is expected at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// RSS, Atom, JSON Feed.
    Feed,
    /// A page that lists articles.
    Listing,
    /// A sitemap or an index of sitemaps.
    Sitemap,
    /// An article's page.
    Page,
    /// `robots.txt`.
    Robots,
    /// A JSON document that lists articles.
    Json,
}

impl Kind {
    /// The word for logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Listing => "listing",
            Self::Sitemap => "sitemap",
            Self::Page => "page",
            Self::Robots => "robots",
            Self::Json => "json",
        }
    }

    /// The `Accept` header: what can be read, best first, and anything else at last, because many
    /// outlets serve feeds under a wrong type.
    pub fn accept(self) -> &'static str {
        match self {
            Self::Feed => {
                "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, \
                 application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
            }
            Self::Listing | Self::Page => {
                "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.1"
            }
            Self::Sitemap => {
                "application/xml, text/xml, application/gzip;q=0.9, text/plain;q=0.5, */*;q=0.1"
            }
            Self::Robots => "text/plain, */*;q=0.1",
            Self::Json => "application/json, application/feed+json, */*;q=0.1",
        }
    }
}

/// What a source asks of every request made for it.
#[derive(Clone, Default)]
pub struct Terms {
    /// `User-Agent` instead of the client's.
    pub user_agent: Option<String>,
    /// Further headers, each valid by [`check_header`].
    pub headers: Vec<(String, String)>,
    /// Who we are to the outlet.
    pub credentials: Option<Credentials>,
    /// The address whose origin alone is sent `credentials` and `headers`; the request's own when
    /// absent. To be set to the source's address for pages, whose addresses the outlet chooses.
    pub home: Option<Url>,
    /// Hosts that may be in a private network.
    pub allow_private: Vec<HostPattern>,
    /// The total time-out instead of the client's.
    pub timeout: Option<Duration>,
    /// The gap to keep, when longer than the client's.
    pub min_gap: Option<Duration>,
    /// Whether `robots.txt` is asked and obeyed.
    pub obey_robots: bool,
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Terms")
            .field("user_agent", &self.user_agent)
            .field("headers", &names)
            .field("credentials", &self.credentials)
            .field("allow_private", &self.allow_private)
            .field("timeout", &self.timeout)
            .field("min_gap", &self.min_gap)
            .field("obey_robots", &self.obey_robots)
            .finish_non_exhaustive()
    }
}

/// Who we are to an outlet. Debug hides the secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// RFC 7617.
    Basic {
        /// User name.
        user: String,
        /// Password.
        password: String,
    },
    /// RFC 6750.
    Bearer(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { user, .. } => write!(f, "Basic({user}, hidden)"),
            Self::Bearer(_) => write!(f, "Bearer(hidden)"),
        }
    }
}

/// One thing to fetch.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where. Credentials in it are used as Basic credentials and shown nowhere; its fragment is
    /// not sent.
    pub url: Url,
    /// What is expected there.
    pub kind: Kind,
    /// What makes it conditional; sent only to the address they belong to.
    pub validators: Option<Validators>,
    /// The terms of the source it is for.
    pub source: Arc<Terms>,
}

impl Request {
    /// An unconditional request with default terms.
    pub fn new(url: Url, kind: Kind) -> Self {
        Self {
            url,
            kind,
            validators: None,
            source: Arc::default(),
        }
    }
}

/// Headers that the client sets itself, or that would change what a request is.
const RESERVED: &[&str] = &[
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Whether a person may set this header for a source; the error says why not and what to do.
pub fn check_header(name: &str, value: &str) -> Result<(), String> {
    if HeaderName::try_from(name).is_err() {
        return Err(format!(
            "`{name}` is not the name of a header: letters, digits and hyphens only"
        ));
    }
    if HeaderValue::try_from(value).is_err() {
        return Err(format!(
            "the value of `{name}` holds a line break or a control character: remove it"
        ));
    }
    match name.to_ascii_lowercase().as_str() {
        "authorization" => {
            Err("`Authorization` is not set here: use the credentials of the source".to_owned())
        }
        "user-agent" => Err("`User-Agent` is not set here: use `user_agent`".to_owned()),
        reserved if RESERVED.contains(&reserved) => {
            Err(format!("`{name}` is set by the client itself: remove it"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let terms = Terms {
            headers: vec![("X-Key".into(), "s3cret".into())],
            credentials: Some(Credentials::Basic {
                user: "ann".into(),
                password: "s3cret".into(),
            }),
            ..Terms::default()
        };
        let text = format!("{terms:?} {:?}", Credentials::Bearer("s3cret".into()));
        assert!(text.contains("X-Key") && text.contains("ann"), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }

    #[test]
    fn headers_a_person_may_set() {
        let check = |name: &str, value: &str, fine: bool| {
            assert_eq!(check_header(name, value).is_ok(), fine, "{name}: {value}");
        };
        check("Accept-Language", "fr", true);
        check("X-Api-Key", "k", true);
        check("Cookie", "consent=1", true);
        check("Host", "other.example", false);
        check("Accept-Encoding", "zstd", false);
        check("authorization", "Bearer x", false);
        check("User-Agent", "x", false);
        check("Bad Name", "x", false);
        check("X-Split", "a\r\nHost: b", false);
    }
}
