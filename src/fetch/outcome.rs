//! What a fetch ends in. Every end that is not a bug has a name here and a sentence for a person:
//! a server that is down, an address that is refused, a page that has not changed.
//!
//! Plain data: nothing here knows how a request is made.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use super::freshness::Freshness;
use super::guard;

/// How a fetch ended.
#[derive(Debug)]
pub enum Outcome {
    /// The document is the one we have (304).
    NotModified(Box<Unchanged>),
    /// A document.
    Body(Box<Response>),
    /// The document is gone for good (410).
    Gone {
        /// The address that is gone: the one asked for, or the end of its redirects.
        url: Url,
    },
    /// The server asked for a pause (429, or 503 with `Retry-After`), which holds for its whole registrable domain.
    Throttled {
        /// Until when nothing will be asked.
        until: DateTime<Utc>,
        /// The status that asked for it; None when nothing was sent because a pause was running.
        status: Option<u16>,
    },
    /// We do not ask, or do not take the answer.
    Refused(Refusal),
    /// It was tried and did not work; it may work later.
    Failed(Failure),
}

impl Outcome {
    /// A word for logs and metrics, one per variant.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NotModified(_) => "not-modified",
            Self::Body(_) => "body",
            Self::Gone { .. } => "gone",
            Self::Throttled { .. } => "throttled",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotModified(_) => write!(f, "nothing has changed since the last fetch (304)"),
            Self::Body(response) => write!(
                f,
                "{} bytes from {} in {} ms",
                response.body.len(),
                shown(&response.final_url),
                response.elapsed.as_millis()
            ),
            Self::Gone { url } => write!(f, "{} is gone for good (410)", shown(url)),
            Self::Throttled { until, status } => {
                let until = until.format("%Y-%m-%d %H:%M:%S UTC");
                match status {
                    Some(status) => {
                        write!(f, "the server asked for a pause ({status}) until {until}")
                    }
                    None => write!(
                        f,
                        "nothing was sent: the server asked for a pause until {until}"
                    ),
                }
            }
            Self::Refused(refusal) => refusal.message.fmt(f),
            Self::Failed(failure) => failure.message.fmt(f),
        }
    }
}

/// A document that has not changed.
#[derive(Debug, Clone)]
pub struct Unchanged {
    /// Where the redirects ended.
    pub final_url: Url,
    /// As in [`Response::permanent`].
    pub permanent: Option<Url>,
    /// The redirects on the way.
    pub redirects: Vec<Redirect>,
    /// How long the document stays fresh, as the 304 says (RFC 9111 §4.3.4).
    pub freshness: Freshness,
    /// The validators to send next time: those sent, replaced by those in the 304.
    pub validators: Validators,
}

/// A document.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status: 200 or 203.
    pub status: u16,
    /// Where the redirects ended; without credentials and fragment.
    pub final_url: Url,
    /// The address that the first redirects lead to, as long as all of them were permanent (301,
    /// 308): the source's new address once it has been seen often enough.
    pub permanent: Option<Url>,
    /// The redirects on the way.
    pub redirects: Vec<Redirect>,
    /// `Content-Type` as sent, bytes that are not ASCII replaced.
    pub content_type: Option<String>,
    /// The `Link` headers as sent (RFC 8288).
    pub links: Vec<String>,
    /// The document, decompressed.
    pub body: Vec<u8>,
    /// Whether the body was cut at its limit; only ever true for `robots.txt`.
    pub cut: bool,
    /// What to send next time. To be kept only once the body has been read and committed.
    pub validators: Option<Validators>,
    /// How long the document stays fresh.
    pub freshness: Freshness,
    /// Bytes of the body as they came over the wire.
    pub bytes_on_wire: u64,
    /// Time spent in exchanges, all redirects together, without the waits for a turn.
    pub elapsed: Duration,
}

/// One redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The address that answered.
    pub from: Url,
    /// The address it named.
    pub to: Url,
    /// 301, 302, 303, 307 or 308.
    pub status: u16,
}

/// What makes a request conditional (RFC 9110 §13.1). The values are opaque and go back byte for
/// byte: each character stands for one byte (ISO 8859-1), so that a text column keeps them exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validators {
    /// The address they belong to. They are sent to no other, wherever a redirect leads.
    pub url: Url,
    /// `ETag` with its quotes and its `W/`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// We do not ask, or do not take the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, as a word.
    pub reason: RefusalReason,
    /// Why, as a sentence.
    pub message: String,
    /// Scheme, name and port that the address guard refused; None for any other reason.
    pub origin: Option<String>,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(reason: RefusalReason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            origin: None,
        }
    }

    /// The same, knowing which address it is about.
    #[must_use]
    pub(super) fn at(mut self, url: &Url) -> Self {
        if self.reason == RefusalReason::Address {
            self.origin = Some(url.origin().ascii_serialization());
        }
        self
    }

    /// The name that a configuration has to allow if the address is meant.
    pub fn host(&self) -> Option<String> {
        let url = Url::parse(self.origin.as_ref()?).ok()?;
        Some(guard::bare(url.host_str()?))
    }

    /// Why, and what to do about it: `remedy` gets the name that has to be allowed.
    pub fn with_remedy(&self, remedy: impl FnOnce(&str) -> String) -> String {
        match self.host() {
            Some(host) => format!("{}; if it is meant, {}", self.message, remedy(&host)),
            None => self.message.clone(),
        }
    }
}

/// Why a request is not made or its answer not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalReason {
    /// The address is not one of the public internet.
    Address,
    /// `robots.txt` asks us not to.
    Robots,
    /// The answer is a film, an archive, a PDF.
    MediaType,
    /// Neither http nor https.
    Scheme,
    /// More redirects than allowed, or a circle of them.
    TooManyRedirects,
    /// A redirect from https to http.
    Downgrade,
}

impl RefusalReason {
    /// The word for logs, metrics and rows.
    pub fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Robots => "robots",
            Self::MediaType => "media-type",
            Self::Scheme => "scheme",
            Self::TooManyRedirects => "too-many-redirects",
            Self::Downgrade => "downgrade",
        }
    }
}

/// It was tried and did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What failed, as a word.
    pub kind: FailureKind,
    /// What failed, as a sentence.
    pub message: String,
}

impl Failure {
    /// A failure with its sentence.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The name could not be resolved.
    Dns,
    /// No connection.
    Connect,
    /// The host is there, but takes no connection at this port.
    ConnectionRefused,
    /// No encrypted connection: certificate, protocol.
    Tls,
    /// Too slow: connecting, answering, or sending.
    Timeout,
    /// The connection was closed before an answer came.
    Closed,
    /// A status that is no document.
    Status(u16),
    /// A content delivery network wants proof of a person.
    Challenge,
    /// The document ended before its end.
    Truncated,
    /// The document is larger than its kind may be.
    TooLarge,
    /// The document is not compressed as its headers say.
    Encoding,
    /// The answer breaks the rules of HTTP.
    Protocol,
    /// The network answers for every host with one page of its own.
    Portal,
    /// `robots.txt` could not be read, so the rest of the host has to wait (RFC 9309 §2.3.1.4).
    RobotsUnreachable,
    /// The request cannot be made as configured.
    Request,
}

impl FailureKind {
    /// The word for logs, metrics and rows; the status is not part of it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::ConnectionRefused => "connection-refused",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Closed => "closed",
            Self::Status(_) => "status",
            Self::Challenge => "challenge",
            Self::Truncated => "truncated",
            Self::TooLarge => "too-large",
            Self::Encoding => "encoding",
            Self::Protocol => "protocol",
            Self::Portal => "portal",
            Self::RobotsUnreachable => "robots-unreachable",
            Self::Request => "request",
        }
    }

    /// Whether it could be our own network that is down: when every domain fails so, none is to blame. A
    /// refused connection and a certificate are answers of a network that works.
    pub fn could_be_our_network(self) -> bool {
        matches!(
            self,
            Self::Dns
                | Self::Connect
                | Self::Timeout
                | Self::Closed
                | Self::Portal
                | Self::RobotsUnreachable
        )
    }
}

/// An address as it may be shown and logged: without credentials, and without the values of its
/// query, which often are keys.
pub fn shown(url: &Url) -> String {
    let mut text = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
    if let Some(port) = url.port() {
        text.push_str(&format!(":{port}"));
    }
    text.push_str(url.path());
    if url.query().is_some() {
        text.push_str("?…");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let check = |input: &str, expected: &str| {
            let url = Url::parse(input).expect("test addresses parse");
            assert_eq!(shown(&url), expected);
        };
        check("https://outlet.example/feed", "https://outlet.example/feed");
        check(
            "https://ann:pw@outlet.example:8443/feed?key=s3cret#top",
            "https://outlet.example:8443/feed?…",
        );
        check("http://[::1]/", "http://[::1]/");
    }
}
