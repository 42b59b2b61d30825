//! The address guard: what may be dialled. A feed or a redirect can name any address, also one
//! behind the firewall of the person who runs this, so only the public internet is reached unless
//! a source says otherwise.
//!
//! Two gates: addresses written in numbers are judged before each hop, names by the resolver that
//! gives the very addresses that are dialled, so that no second look-up can differ from the first.
//! Knows nothing of requests.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};

/// Which addresses a hop may dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Only addresses of the public internet.
    Public,
    /// Any: the person allowed this host.
    Allowed,
}

/// Judges an address before it is dialled or resolved. The error is a sentence.
pub fn judge<'a>(
    url: &Url,
    allowed: impl IntoIterator<Item = &'a HostPattern>,
    proxies: &[String],
) -> Result<Access, String> {
    let Some(host) = url.host() else {
        return Err("the address names no host".to_owned());
    };
    let name = bare(&host.to_string());
    let port = url.port_or_known_default();
    if allowed
        .into_iter()
        .any(|pattern| pattern.covers(&name, port))
    {
        return Ok(Access::Allowed);
    }
    let reason = match host {
        Host::Ipv4(address) => forbidden(IpAddr::V4(address)),
        Host::Ipv6(address) => forbidden(IpAddr::V6(address)),
        // RFC 6761 §6.3: these names are loopback, whatever a resolver says.
        Host::Domain(_) if is_localhost(&name) => Some("this machine itself"),
        Host::Domain(_) if proxies.contains(&name) => Some("the proxy itself"),
        Host::Domain(_) => None,
    };
    match reason {
        Some(reason) => Err(format!(
            "{name} is not an address of the public internet but {reason}"
        )),
        None => Ok(Access::Public),
    }
}

/// Whether what was refused once (scheme, name and port) is allowed by one of these patterns.
pub fn allows(origin: &str, allowed: &[HostPattern]) -> bool {
    let url = Url::parse(origin);
    url.is_ok_and(|url| judge(&url, allowed, &[]) == Ok(Access::Allowed))
}

/// Why an address is not one of the public internet (IANA special-purpose registries, RFC 6890);
/// None when it is one. Addresses that carry another one inside are refused whatever they carry.
pub fn forbidden(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => forbidden_v4(address),
        IpAddr::V6(address) => forbidden_v6(address),
    }
}

fn forbidden_v4(address: Ipv4Addr) -> Option<&'static str> {
    let reason = match address.octets() {
        [0, ..] => "an address without a network (0.0.0.0/8)",
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => "one of a private network",
        [100, 64..=127, ..] => "one shared behind a provider's gateway (100.64.0.0/10)",
        [127, ..] => "this machine itself",
        [169, 254, ..] => "a link-local one (169.254.0.0/16)",
        [192, 0, 0, _] | [192, 88, 99, _] => "one reserved for protocols",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "one reserved for documentation",
        [198, 18..=19, ..] => "one reserved for benchmarks (198.18.0.0/15)",
        // The one public address that answers with a machine's own secrets, at one large host.
        [168, 63, 129, 16] => "a metadata service",
        [224..=239, ..] => "a multicast one",
        [255, 255, 255, 255] => "the broadcast address",
        [240..=255, ..] => "a reserved one (240.0.0.0/4)",
        _ => return None,
    };
    Some(reason)
}

fn forbidden_v6(address: Ipv6Addr) -> Option<&'static str> {
    let reason = match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => "an address without a network (::)",
        [0, 0, 0, 0, 0, 0, 0, 1] => "this machine itself",
        [0, 0, 0, 0, 0, 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => "a mapped IPv4 address",
        [0, 0, 0, 0, 0, 0, ..] => "an IPv4 address in compatible form",
        [0x64, 0xff9b, ..] => "a translated IPv4 address (NAT64)",
        [0x100, 0, 0, 0 | 1, ..] => "one that leads nowhere (100::/64)",
        [0x2001, 0, ..] => "a tunnelled IPv4 address (Teredo)",
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => "one reserved for documentation",
        [0x2001, 0..=0x1ff, ..] => "one reserved for protocols (2001::/23)",
        [0x2002, ..] => "a tunnelled IPv4 address (6to4)",
        [0xfc00..=0xfdff, ..] => "one of a private network (fc00::/7)",
        [0xfe80..=0xfebf, ..] => "a link-local one (fe80::/10)",
        [0xfec0..=0xfeff, ..] => "a site-local one (fec0::/10)",
        [0xff00..=0xffff, ..] => "a multicast one",
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] => "a tunnelled IPv4 address (ISATAP)",
        [0x2000..=0x3fff, ..] => return None,
        _ => "a reserved one",
    };
    Some(reason)
}

/// Whether a name is this machine by definition (RFC 6761 §6.3).
pub fn is_localhost(name: &str) -> bool {
    let name = bare(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// Lower case, without the root's dot and the brackets of IPv6.
pub(super) fn bare(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(inner) => inner.to_owned(),
        None => host,
    }
}

/// Hosts that may be in a private network: `host`, `host:port`, `*.suffix`, `[::1]:8080`. The
/// suffix form means the names below the suffix, not the suffix itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostPattern {
    host: String,
    below: bool,
    port: Option<u16>,
}

impl HostPattern {
    /// Whether the pattern covers a host (without brackets, in lower case) at a port.
    pub fn covers(&self, host: &str, port: Option<u16>) -> bool {
        if self.port.is_some() && self.port != port {
            return false;
        }
        if !self.below {
            return self.host == host;
        }
        host.strip_suffix(&self.host)
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    }
}

impl FromStr for HostPattern {
    type Err = String;

    /// The error is a sentence that says what to write.
    fn from_str(text: &str) -> Result<Self, String> {
        let help = || {
            format!(
                "`{text}` is not a host: write `host`, `host:port`, `*.suffix` or `[::1]:port`, without scheme and path"
            )
        };
        let text = text.trim();
        let (below, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if rest.is_empty()
            || rest.contains(['/', '@', '?', '#', '*', '\\'])
            || rest.contains(char::is_whitespace)
        {
            return Err(help());
        }
        let bracketed = match rest.parse::<Ipv6Addr>() {
            Ok(_) => format!("[{rest}]"),
            Err(_) => rest.to_owned(),
        };
        // Read as an address, so that every notation of a host compares equal; the port is read
        // beside it, because an address forgets the port that its scheme implies.
        let url = Url::parse(&format!("http://{bracketed}/")).map_err(|_| help())?;
        let host = bare(url.host_str().ok_or_else(help)?);
        let port = match bracketed.rsplit_once(':') {
            Some((_, port)) if !port.contains(']') => Some(port.parse().map_err(|_| help())?),
            _ => None,
        };
        if below && host.parse::<IpAddr>().is_ok() {
            return Err(help());
        }
        Ok(Self { host, below, port })
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.below { "*." } else { "" };
        match (self.host.contains(':'), self.port) {
            (true, Some(port)) => write!(f, "[{}]:{port}", self.host),
            (false, Some(port)) => write!(f, "{star}{}:{port}", self.host),
            (_, None) => write!(f, "{star}{}", self.host),
        }
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
