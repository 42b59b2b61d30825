//! `depeche.toml`: the daemon's own settings.

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::place::Located;
use super::section::Section;
use crate::fetch::HostPattern;
use crate::schedule::Quiet;

/// Address listened on when none is configured.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8427";
/// Where the state goes when the program runs from a checkout.
const CHECKOUT_STATE: &str = "var";

/// Where the web server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// An address.
    Tcp(SocketAddr),
    /// A socket in the file system.
    Unix(PathBuf),
}

/// `[daemon]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Daemon {
    /// Folder of the database.
    pub state_dir: PathBuf,
    /// Address of the web server.
    pub listen: Listen,
    /// Address under which readers reach it; minted ids take their host from it.
    pub base_url: Url,
    /// Further names under which requests are answered; `*` for any.
    pub hosts: Vec<String>,
    /// How an operator can reach the person: goes into the User-Agent.
    pub contact: Option<String>,
}

/// `[fetch]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetch {
    /// Whole User-Agent; None for `depeche/x.y (+URL; contact)`.
    pub user_agent: Option<String>,
    /// Least time between two requests to one registrable domain.
    pub gap: Duration,
    /// Time for a connection.
    pub connect_timeout: Duration,
    /// Time between two pieces of an answer.
    pub read_timeout: Duration,
    /// Time for a whole exchange.
    pub timeout: Duration,
    /// Requests under way at once, over all domains.
    pub concurrency: usize,
    /// Hours of the day without polls, in each source's zone.
    pub quiet: Option<Quiet>,
    /// Pages fetched for one source in one cycle of its domain.
    pub pages_per_cycle: usize,
    /// Proxy, HTTP or SOCKS.
    pub proxy: Option<Url>,
    /// Private addresses that may be fetched (`host`, `host:port`, `*.suffix`).
    pub allow_private: Vec<HostPattern>,
    /// Whether the WebSub hubs of sources are asked to tell us of new articles.
    pub push: bool,
    /// Bounds of the adaptive interval.
    pub adaptive: (Duration, Duration),
}

/// `[extract]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Extract {
    /// How long an article may wait for its page before it goes out with the feed's own text.
    pub hold: Duration,
}

/// `[store]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keeping {
    /// How long an article stays in the archive, unless its source or a topic says otherwise; None
    /// for ever.
    pub keep: Option<Duration>,
}

/// `[publish]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Publish {
    /// Least number of entries in a feed.
    pub entries: usize,
    /// Everything younger than this is in the feed as well.
    pub keep: Duration,
    /// Folder for the feeds as files; None for none.
    pub output_dir: Option<PathBuf>,
    /// Whether an entry names the other outlets that carry it.
    pub also_at: bool,
    /// Name of the feeds' author.
    pub author: String,
    /// Language of our own words, and of feeds that are not bound to one.
    pub language: String,
    /// Whether there is a feed of everything that some topic wants.
    pub all: bool,
    /// Whether every source has a feed of what some topic wants of it.
    pub sources: bool,
    /// Whether every tag has one.
    pub tags: bool,
    /// Whether there is a feed of what a person should know about the sources.
    pub health: bool,
    /// Whether every topic has a feed of what it does not want.
    pub rejected: bool,
    /// Foreign WebSub hubs that are told of every change.
    pub hubs: Vec<Url>,
    /// Whether we are a hub ourselves.
    pub hub: bool,
    /// Hosts in a private network that may subscribe at our hub.
    pub hub_allow_private: Vec<HostPattern>,
}

/// Reads `[daemon]`.
pub fn daemon(section: Option<&Section<'_>>, folder: Option<&Path>) -> Daemon {
    let fallback = Listen::Tcp(SocketAddr::from(([127, 0, 0, 1], 8427)));
    let Some(s) = section else {
        return Daemon {
            state_dir: default_state_dir(folder),
            base_url: base_url_of(&fallback),
            listen: fallback,
            hosts: Vec::new(),
            contact: None,
        };
    };
    let state_dir = s.text("state_dir").map_or_else(
        || default_state_dir(folder),
        |text| resolve(&text.value, folder),
    );
    let listen = listen(s, folder).unwrap_or(fallback);
    let base_url = base_url(s).unwrap_or_else(|| base_url_of(&listen));
    let hosts = s.texts("hosts").into_iter().map(|t| t.value).collect();
    let contact = contact(s);
    s.finish();
    Daemon {
        state_dir,
        listen,
        base_url,
        hosts,
        contact,
    }
}

/// Reads `contact`: a mail address or one of the web, by which an operator reaches the person.
fn contact(s: &Section<'_>) -> Option<String> {
    let text = s.text("contact")?;
    let contact = text.value.trim();
    if contact.is_empty() {
        return None;
    }
    let mail = contact.strip_prefix("mailto:").unwrap_or(contact);
    let is_mail = mail
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !mail.contains(' '));
    let is_page = Url::parse(contact)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !is_mail && !is_page {
        let message = format!("`{contact}` is neither a mail address nor one of the web");
        let help = "write for instance \"mailto:you@example.org\" or \"https://example.org/about\"";
        s.refuse(&text.at, "contact", message, help);
    }
    Some(text.value)
}

/// Reads `listen`: an address, or `unix:` and a path.
fn listen(s: &Section<'_>, folder: Option<&Path>) -> Option<Listen> {
    let text = s.text("listen")?;
    if let Some(path) = text.value.strip_prefix("unix:").filter(|p| !p.is_empty()) {
        return Some(Listen::Unix(resolve(path, folder)));
    }
    if let Ok(address) = text.value.parse() {
        return Some(Listen::Tcp(address));
    }
    s.refuse(
        &text.at,
        "listen",
        format!("`{}` is not an address to listen on", text.value),
        format!("write IP:PORT, for instance \"{DEFAULT_LISTEN}\", or unix:/path/of/a/socket"),
    );
    None
}

/// Reads `base_url`. The addresses of feeds are this one and a path, so it ends in a slash.
fn base_url(s: &Section<'_>) -> Option<Url> {
    let mut url = http_url(s, "base_url")?;
    let bare = url.username().is_empty() && url.password().is_none();
    if !bare || url.query().is_some() || url.fragment().is_some() {
        let message = "the addresses of feeds begin with this one, so it holds a host and a path, nothing else";
        let help =
            "write for instance \"https://feeds.example.org/\"; passwords belong to [access]";
        s.refuse(&s.place_of("base_url"), "base_url", message, help);
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Some(url)
}

fn base_url_of(listen: &Listen) -> Url {
    let host = match listen {
        Listen::Unix(_) => "localhost".to_owned(),
        Listen::Tcp(address) if address.ip().is_unspecified() => {
            format!("127.0.0.1:{}", address.port())
        }
        Listen::Tcp(address) => address.to_string(),
    };
    Url::parse(&format!("http://{host}/")).expect("an address of IP and port is a URL")
}

/// The state folder when none is configured: systemd's, `./var` in a checkout, else the XDG one.
fn default_state_dir(folder: Option<&Path>) -> PathBuf {
    // A unit with several state folders names them all; the first is ours.
    let from_unit = env::var_os("STATE_DIRECTORY");
    if let Some(dir) = from_unit
        .as_ref()
        .and_then(|dirs| env::split_paths(dirs).next())
    {
        return dir;
    }
    if let Some(top) = checkout(folder) {
        return top.join(CHECKOUT_STATE);
    }
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    let state = env::var_os("XDG_STATE_HOME").map(PathBuf::from).or(home);
    state.map_or_else(|| PathBuf::from(CHECKOUT_STATE), |s| s.join("depeche"))
}

/// The top of the checkout whose `config` folder this is, however it was named: `config`,
/// `./config` or as a whole path. The built-in configuration has no folder and belongs to the
/// checkout it is started in.
fn checkout(folder: Option<&Path>) -> Option<PathBuf> {
    let top = match folder {
        None => Path::new(""),
        Some(folder) if folder.ends_with("config") => folder.parent()?,
        Some(_) => return None,
    };
    top.join("Cargo.toml").is_file().then(|| top.to_owned())
}

/// A path of the configuration: relative ones start at its folder, in a checkout at the top.
fn resolve(text: &str, folder: Option<&Path>) -> PathBuf {
    match checkout(folder).or_else(|| folder.map(Path::to_owned)) {
        Some(base) => base.join(text),
        None => PathBuf::from(text),
    }
}

/// An `http` or `https` address, if the key is there.
pub fn http_url(s: &Section<'_>, key: &'static str) -> Option<Url> {
    as_http_url(s, key, s.text(key)?)
}

fn as_http_url(s: &Section<'_>, key: &'static str, text: Located<String>) -> Option<Url> {
    match Url::parse(text.value.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Some(url),
        Ok(url) => {
            let message = format!("`{}:` addresses are not fetched", url.scheme());
            s.refuse(
                &text.at,
                key,
                message,
                "write an address that begins with http:// or https://",
            );
            None
        }
        Err(error) => {
            let message = format!("`{}` is not an address: {error}", text.value);
            s.refuse(
                &text.at,
                key,
                message,
                "write a whole address such as https://www.example.org/feed",
            );
            None
        }
    }
}

/// Reads `[fetch]`.
pub fn fetch(section: Option<&Section<'_>>) -> Fetch {
    let seconds = Duration::from_secs;
    let mut fetch = Fetch {
        user_agent: None,
        gap: seconds(2),
        connect_timeout: seconds(10),
        read_timeout: seconds(30),
        timeout: seconds(60),
        concurrency: 64,
        quiet: None,
        pages_per_cycle: 20,
        proxy: None,
        allow_private: Vec::new(),
        push: false,
        adaptive: (seconds(15 * 60), seconds(12 * 3_600)),
    };
    let Some(s) = section else {
        return fetch;
    };
    fetch.user_agent = s.text("user_agent").map(|t| t.value);
    if let Some(gap) = s.duration("gap") {
        fetch.gap = gap.value;
    }
    for (key, slot) in [
        ("connect_timeout", &mut fetch.connect_timeout),
        ("read_timeout", &mut fetch.read_timeout),
        ("timeout", &mut fetch.timeout),
        ("adaptive_min", &mut fetch.adaptive.0),
        ("adaptive_max", &mut fetch.adaptive.1),
    ] {
        *slot = s.age(key).unwrap_or(*slot);
    }
    if fetch.adaptive.0 > fetch.adaptive.1 {
        let at = s.place_of("adaptive_min");
        s.refuse(
            &at,
            "adaptive_min",
            "the shortest interval is longer than `adaptive_max`",
            "make it shorter, or `adaptive_max` longer (12h unless it is set)",
        );
    }
    if let Some(n) = s.whole("concurrency", 1..=1_024) {
        fetch.concurrency = n as usize;
    }
    if let Some(n) = s.whole("pages_per_cycle", 1..=1_000) {
        fetch.pages_per_cycle = n as usize;
    }
    fetch.quiet = quiet(s, false);
    fetch.proxy = proxy(s);
    fetch.push = s.flag("push").unwrap_or(false);
    fetch.allow_private = s.hosts("allow_private");
    s.finish();
    fetch
}

/// Reads `quiet`; a source may write `"off"` to have none.
pub fn quiet(s: &Section<'_>, may_be_off: bool) -> Option<Quiet> {
    let text = s.text("quiet")?;
    if may_be_off && text.value == "off" {
        return None;
    }
    match Quiet::parse(&text.value) {
        Ok(quiet) => Some(quiet),
        Err(message) => {
            let help = "write the hours in the source's zone, for instance \"23:00-06:00\"";
            s.refuse(&text.at, "quiet", message, help);
            None
        }
    }
}

/// Reads `language`, a language tag.
pub fn language(s: &Section<'_>) -> Option<String> {
    let text = s.text("language")?;
    let tag = crate::text::language::normalise(&text.value);
    if tag.is_none() {
        let message = format!("`{}` is not a language tag", text.value);
        s.refuse(&text.at, "language", message, "write a tag such as \"fr\"");
    }
    tag
}

fn proxy(s: &Section<'_>) -> Option<Url> {
    let text = s.text("proxy")?;
    let url = Url::parse(&text.value).ok();
    let url = url
        .filter(|u| matches!(u.scheme(), "http" | "https" | "socks5" | "socks5h") && u.has_host());
    if url.is_none() {
        let message = format!("`{}` is not the address of a proxy", text.value);
        s.refuse(
            &text.at,
            "proxy",
            message,
            "write http://HOST:PORT or socks5h://HOST:PORT",
        );
    }
    url
}

/// Reads `[extract]`.
pub fn extract(section: Option<&Section<'_>>) -> Extract {
    let mut extract = Extract {
        hold: Duration::from_secs(3_600),
    };
    if let Some(s) = section {
        if let Some(hold) = s.duration("hold") {
            extract.hold = hold.value;
        }
        s.finish();
    }
    extract
}

/// Reads `[store]`.
pub fn store(section: Option<&Section<'_>>) -> Keeping {
    let mut keeping = Keeping::default();
    if let Some(s) = section {
        keeping.keep = s.age("keep");
        s.finish();
    }
    keeping
}

/// Reads `[publish]`.
pub fn publish(section: Option<&Section<'_>>, folder: Option<&Path>) -> Publish {
    let mut publish = Publish {
        entries: 50,
        keep: Duration::from_secs(30 * 86_400),
        output_dir: None,
        also_at: true,
        author: "depeche".to_owned(),
        hubs: Vec::new(),
        language: "fr".to_owned(),
        all: true,
        sources: true,
        tags: true,
        health: true,
        rejected: false,
        hub: false,
        hub_allow_private: Vec::new(),
    };
    let Some(s) = section else {
        return publish;
    };
    if let Some(n) = s.whole("entries", 1..=10_000) {
        publish.entries = n as usize;
    }
    if let Some(keep) = s.duration("keep") {
        publish.keep = keep.value;
    }
    publish.output_dir = s.text("output_dir").map(|t| resolve(&t.value, folder));
    publish.also_at = s.flag("also_at").unwrap_or(true);
    if let Some(author) = s.text("author") {
        publish.author = author.value;
    }
    if let Some(language) = language(s) {
        publish.language = language;
    }
    for (key, flag) in [
        ("all", &mut publish.all),
        ("sources", &mut publish.sources),
        ("tags", &mut publish.tags),
        ("health", &mut publish.health),
        ("rejected", &mut publish.rejected),
    ] {
        *flag = s.flag(key).unwrap_or(*flag);
    }
    publish.hubs = s
        .texts("hubs")
        .into_iter()
        .filter_map(|text| as_http_url(s, "hubs", text))
        .collect();
    publish.hub = s.flag("hub").unwrap_or(false);
    publish.hub_allow_private = s.hosts("hub_allow_private");
    s.finish();
    publish
}
