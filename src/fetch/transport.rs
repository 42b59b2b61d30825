//! The network: [`Exchange`] by reqwest. The only place that builds its clients, and the resolver
//! whose answers are the addresses that are dialled.
//!
//! Follows no redirects, repeats nothing, keeps no cookies, sends no `Referer`: all that is
//! decided a level above.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use super::FetchError;
use super::exchange::{Answer, Body, Broken, Call, Exchange};
use super::guard::{self, Access};
use super::outcome::{Failure, FailureKind, Refusal, RefusalReason};
use super::request::Settings;

/// How long an idle connection is kept.
const IDLE_CONNECTION: Duration = Duration::from_secs(90);
/// How many idle connections are kept per host; one request runs at a time.
const IDLE_PER_HOST: usize = 1;
/// How many headers an answer may have; more of them are a broken answer.
const MAX_HEADERS: usize = 200;
/// How large the headers of an HTTP/2 answer may be, in bytes. HTTP/1 stops at 408 KiB.
const MAX_HEADER_BYTES: u32 = 64 * 1024;

/// Names to addresses.
pub trait Lookup: Send + Sync {
    /// The addresses of a name, in the order to try them.
    fn lookup(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The resolver of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let name = name.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Reqwest behind the face of an [`Exchange`]. Guarded and open connections are kept in two pools,
/// so that none opened for a source with leave is used for one without. To make one means to read the
/// system's certificates, so the second is made when it is needed.
pub(super) struct Transport {
    guarded: OnceLock<reqwest::Client>,
    open: OnceLock<reqwest::Client>,
    settings: Settings,
    lookup: Arc<dyn Lookup>,
    proxies: Vec<String>,
}

impl Transport {
    pub(super) fn new(settings: &Settings, lookup: Arc<dyn Lookup>) -> Result<Self, FetchError> {
        // An error means that a provider is installed already, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let proxies = proxy_hosts(settings);
        if !proxies.is_empty() {
            tracing::warn!(
                proxies = ?proxies,
                "a proxy is in use and may resolve names itself: then the address guard checks only \
                 addresses written in numbers"
            );
        }
        let transport = Self {
            guarded: OnceLock::new(),
            open: OnceLock::new(),
            settings: settings.clone(),
            lookup,
            proxies,
        };
        // What is wrong with the settings is told at once.
        transport.client(match settings.allow_private.is_empty() {
            true => Access::Public,
            false => Access::Allowed,
        })?;
        Ok(transport)
    }

    fn client(&self, access: Access) -> Result<&reqwest::Client, FetchError> {
        let pool = match access {
            Access::Public => &self.guarded,
            Access::Allowed => &self.open,
        };
        if let Some(client) = pool.get() {
            return Ok(client);
        }
        let resolver = Resolver {
            lookup: Arc::clone(&self.lookup),
            exempt: self.proxies.clone(),
            guarded: access == Access::Public,
        };
        let client = build(&self.settings, resolver)?;
        Ok(pool.get_or_init(|| client))
    }
}

fn build(settings: &Settings, resolver: Resolver) -> Result<reqwest::Client, FetchError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .http1_max_headers(MAX_HEADERS)
        .http2_max_header_list_size(MAX_HEADER_BYTES)
        .dns_resolver(resolver);
    if !settings.extra_roots.is_empty() {
        let roots = reqwest::Certificate::from_pem_bundle(&settings.extra_roots);
        builder = builder.tls_certs_merge(roots.map_err(FetchError::Roots)?);
    }
    if let Some(proxy) = &settings.proxy {
        let proxy = reqwest::Proxy::all(proxy.clone())
            .map_err(|error| FetchError::Proxy(error.without_url()))?;
        builder = builder.no_proxy().proxy(proxy);
    } else if !settings.environment_proxy {
        builder = builder.no_proxy();
    }
    builder.build().map_err(FetchError::Build)
}

/// The names of the proxies in use: they alone may be resolved to private addresses unasked.
pub(super) fn proxy_hosts(settings: &Settings) -> Vec<String> {
    const VARIABLES: [&str; 6] = [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ];
    let mut urls: Vec<Url> = settings.proxy.iter().cloned().collect();
    if settings.proxy.is_none() && settings.environment_proxy {
        let values = VARIABLES.iter().filter_map(|name| std::env::var(name).ok());
        urls.extend(values.filter_map(|value| {
            let with_scheme = || Url::parse(&format!("http://{value}"));
            Url::parse(&value)
                .ok()
                .filter(Url::has_host)
                .or_else(|| with_scheme().ok())
        }));
    }
    let mut hosts: Vec<String> = urls
        .iter()
        .filter_map(Url::host_str)
        .map(guard::bare)
        .collect();
    hosts.sort();
    hosts.dedup();
    hosts
}

/// The resolver given to reqwest: what it answers is what is dialled.
struct Resolver {
    lookup: Arc<dyn Lookup>,
    exempt: Vec<String>,
    guarded: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = guard::bare(name.as_str());
        let guarded = self.guarded && !self.exempt.contains(&name);
        let lookup = Arc::clone(&self.lookup);
        Box::pin(async move { Ok(resolve(&name, guarded, &*lookup).await?) })
    }
}

async fn resolve(name: &str, guarded: bool, lookup: &dyn Lookup) -> Result<Addrs, Unresolved> {
    let addresses = match guard::is_localhost(name) {
        true => vec![
            IpAddr::from([127, 0, 0, 1]),
            IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
        ],
        false => lookup
            .lookup(name)
            .await
            .map_err(|error| Unresolved::Unknown(error.to_string()))?,
    };
    if addresses.is_empty() {
        return Err(Unresolved::Unknown("the name has no address".to_owned()));
    }
    if guarded {
        // One bad address among good ones is an attack or a mistake: which one would be dialled
        // is chance, so the name as a whole is refused.
        for address in &addresses {
            if let Some(reason) = guard::forbidden(*address) {
                return Err(Unresolved::Forbidden(format!(
                    "{name} resolves to {address}, which is not an address of the public internet but {reason}"
                )));
            }
        }
    }
    Ok(Box::new(
        addresses
            .into_iter()
            .map(|address| SocketAddr::new(address, 0)),
    ))
}

#[derive(Debug)]
enum Unresolved {
    Unknown(String),
    Forbidden(String),
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(message) | Self::Forbidden(message) => f.write_str(message),
        }
    }
}

impl StdError for Unresolved {}

impl Exchange for Transport {
    fn send(&self, call: Call) -> BoxFuture<'static, Result<Answer, Broken>> {
        let client = match self.client(call.access) {
            Ok(client) => client,
            Err(error) => {
                let broken = failed(FailureKind::Request, &crate::report(&error));
                return Box::pin(async { Err(broken) });
            }
        };
        let request = match call.body {
            None => client.get(call.url),
            Some(body) => client.post(call.url).body(body),
        };
        let sending = request.headers(call.headers).send();
        Box::pin(async move {
            let response = sending
                .await
                .map_err(|error| classify(error, Stage::Head))?;
            Ok(Answer {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                body: Box::new(Arriving(response)),
            })
        })
    }
}

struct Arriving(reqwest::Response);

impl Body for Arriving {
    fn piece(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, Broken>> {
        Box::pin(async move {
            let piece = self
                .0
                .chunk()
                .await
                .map_err(|error| classify(error, Stage::Body))?;
            Ok(piece.map(|bytes| bytes.to_vec()))
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Head,
    Body,
}

/// Finds out what failed from the chain of causes; reqwest itself only says in which phase.
fn classify(error: reqwest::Error, stage: Stage) -> Broken {
    let error = error.without_url();
    if let Some(unresolved) = cause::<Unresolved>(&error) {
        return match unresolved {
            Unresolved::Forbidden(message) => {
                Broken::Refused(Refusal::new(RefusalReason::Address, message))
            }
            Unresolved::Unknown(message) => failed(FailureKind::Dns, message),
        };
    }
    if let Some(tls) = cause::<rustls::Error>(&error) {
        return failed(FailureKind::Tls, &tls.to_string());
    }
    let root = root(&error);
    let kind = match stage {
        _ if error.is_timeout() => FailureKind::Timeout,
        _ if is_refused(&error) => FailureKind::ConnectionRefused,
        _ if error.is_connect() => FailureKind::Connect,
        _ if error.is_builder() => FailureKind::Request,
        _ if breaks_rules(&error, &root) => FailureKind::Protocol,
        Stage::Body => FailureKind::Truncated,
        Stage::Head if is_end(&error, &root) => FailureKind::Closed,
        Stage::Head => FailureKind::Protocol,
    };
    failed(kind, &root)
}

/// Whether we ended the exchange because of what came: garbage among chunks, or what HTTP/2 says.
fn breaks_rules(error: &reqwest::Error, root: &str) -> bool {
    let kind = cause::<io::Error>(error).map(io::Error::kind);
    root.contains("error detected")
        || matches!(
            kind,
            Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)
        )
}

/// Whether the host itself said that nothing listens there.
fn is_refused(error: &reqwest::Error) -> bool {
    let kind = cause::<io::Error>(error).map(io::Error::kind);
    error.is_connect() && kind == Some(io::ErrorKind::ConnectionRefused)
}

/// Whether the other side ended the exchange before an answer.
fn is_end(error: &reqwest::Error, root: &str) -> bool {
    cause::<io::Error>(error).is_some()
        || ["closed", "canceled", "error received"]
            .iter()
            .any(|word| root.contains(word))
}

fn failed(kind: FailureKind, cause: &str) -> Broken {
    let what = match kind {
        FailureKind::Dns => "the name cannot be resolved",
        FailureKind::Tls => "no encrypted connection",
        FailureKind::Timeout => "no connection in time",
        FailureKind::Connect | FailureKind::ConnectionRefused => "no connection",
        FailureKind::Request => "the request cannot be made",
        FailureKind::Encoding => "the document cannot be unpacked",
        FailureKind::Truncated => "the document ended before its end",
        FailureKind::Closed => "the connection was closed before an answer came",
        _ => "the answer breaks the rules of HTTP",
    };
    Broken::Failed(Failure::new(kind, format!("{what}: {cause}")))
}

/// The first cause of a type. An `io::Error` hides what it wraps from `source`, so it is opened.
fn cause<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = within_io(error).or_else(|| error.source());
    }
    None
}

fn within_io<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
    Some(inner)
}

fn root(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(next) = within_io(last).or_else(|| last.source()) {
        last = next;
    }
    last.to_string()
}

#[cfg(test)]
#[path = "transport_tests.rs"]
mod tests;
