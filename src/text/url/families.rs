//! Families of hosts that serve the same articles, and the identity of an article within them.
//!
//! A family is data a person can write; compiled once, it answers by host and never fails. It
//! knows nothing of how a page of the family is read.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use chrono_tz::Tz;
use regex::Regex;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{bare_host, canonical_path, canonicalise, push_query, registrable_domain};
use crate::model::{FamilyId, SpecError};
use crate::text::pattern;

/// The identity part of a family of hosts that serve the same articles, as written in TOML.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FamilySpec {
    /// Name of the family, for instance `xinhua-fr`.
    pub id: String,
    /// Hosts, with or without `www.`, without scheme and port. The first stands for all.
    pub hosts: Vec<String>,
    /// Patterns over path and query, each with one group around the outlet's id; the first that
    /// answers counts.
    pub key: Vec<String>,
    /// Beginnings of the path that say nothing, for instance `/index.php`.
    pub drop_path_prefixes: Vec<String>,
    /// Time zone of the outlet's dates (IANA name) where they state none.
    pub timezone: Option<String>,
    /// Language tag (BCP 47) of the outlet.
    pub language: Option<String>,
    /// Whether its patterns are known to be right, so that they wait for the first address that
    /// needs them: they cost more than all else of a family.
    pub known: bool,
}

/// A family of hosts, ready to use.
#[derive(Debug, Clone)]
pub struct Family {
    /// Name of the family.
    pub id: FamilyId,
    /// Hosts in lower case without `www.`; the first stands for all.
    pub hosts: Vec<String>,
    /// Time zone of the outlet's dates.
    pub timezone: Option<Tz>,
    /// Language tag (BCP 47) of the outlet.
    pub language: Option<String>,
    keys: Vec<Key>,
    drop_path_prefixes: Vec<String>,
}

/// A pattern around the outlet's id.
#[derive(Debug, Clone)]
struct Key {
    written: String,
    compiled: OnceLock<Option<Regex>>,
}

/// What makes an article the same article.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The family whose pattern answered.
    pub family: Option<FamilyId>,
    /// `family:outlet id`, else the canonical form of the address.
    pub key: String,
}

/// All families of the configuration, found by host.
#[derive(Debug, Clone, Default)]
pub struct Families {
    families: Vec<Family>,
    by_host: HashMap<String, usize>,
}

impl Families {
    /// The names of all families, in the order they were compiled.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.families.iter().map(|family| family.id.as_str())
    }

    /// Compiles all families, or names everything that is wrong with the index of its family.
    pub fn compile(specs: &[FamilySpec]) -> Result<Self, Vec<(usize, SpecError)>> {
        let mut compiled = Self::default();
        let mut ids = HashSet::new();
        let mut errors = Vec::new();
        for (place, spec) in specs.iter().enumerate() {
            let mut wrong = Vec::new();
            if spec.id.trim().is_empty() {
                wrong.push(spec_error(
                    "id",
                    None,
                    "the family has no id",
                    "give it a short name, for instance `id = \"rhc\"`",
                ));
            } else if !ids.insert(spec.id.as_str()) {
                wrong.push(spec_error(
                    "id",
                    None,
                    format!("two families are called `{}`", spec.id),
                    "join them or rename one",
                ));
            }
            let family = compile_family(spec, &mut wrong);
            for (index, host) in family.hosts.iter().enumerate() {
                match compiled.by_host.insert(host.clone(), place) {
                    Some(other) if other != place => wrong.push(spec_error(
                        "hosts",
                        Some(index),
                        format!(
                            "`{host}` already belongs to the family `{}`",
                            specs[other].id
                        ),
                        "a host belongs to one family: remove it from the other",
                    )),
                    _ => {}
                }
            }
            compiled.families.push(family);
            errors.extend(wrong.into_iter().map(|error| (place, error)));
        }
        if errors.is_empty() {
            Ok(compiled)
        } else {
            Err(errors)
        }
    }

    /// The family a host belongs to, whatever the port. A host under `.localhost` (RFC 6761: this
    /// machine) stands for the host before that suffix.
    pub fn of(&self, url: &Url) -> Option<&Family> {
        let host = bare_host(url)?;
        let at = |host: &str| {
            self.by_host
                .get(host)
                .and_then(|&place| self.families.get(place))
        };
        at(&host).or_else(|| at(host.strip_suffix(".localhost")?))
    }

    /// The family of this name.
    pub fn by_id(&self, id: &FamilyId) -> Option<&Family> {
        self.families.iter().find(|family| family.id == *id)
    }

    /// The identity of the article at an address. Where no pattern of its family answers, the
    /// canonical form of the address at the family's first host.
    pub fn identity(&self, url: &Url) -> Identity {
        let Some(family) = self.of(url) else {
            return Identity {
                family: None,
                key: canonicalise(url),
            };
        };
        if let Some(id) = family.outlet_id(url) {
            return Identity {
                family: Some(family.id.clone()),
                key: format!("{}:{id}", family.id),
            };
        }
        let mut key = family.hosts.first().cloned().unwrap_or_default();
        if let Some(port) = url.port() {
            key.push(':');
            key.push_str(&port.to_string());
        }
        key.push_str(&canonical_path(family.without_prefix(url.path())));
        push_query(&mut key, url);
        Identity { family: None, key }
    }

    /// Whether two addresses belong to one house: the same family or the same registrable domain.
    pub fn same_house(&self, one: &Url, other: &Url) -> bool {
        if let (Some(a), Some(b)) = (self.of(one), self.of(other))
            && a.id == b.id
        {
            return true;
        }
        match (bare_host(one), bare_host(other)) {
            (Some(a), Some(b)) => a == b || registrable_domain(&a) == registrable_domain(&b),
            _ => false,
        }
    }
}

impl Family {
    /// The outlet's own id of the article at this address, if a pattern answers.
    pub fn outlet_id(&self, url: &Url) -> Option<String> {
        let raw = self.without_prefix(url.path());
        let path = canonical_path(raw).into_owned();
        let mut with_query = path.clone();
        push_query(&mut with_query, url);
        [with_query.as_str(), path.as_str(), raw]
            .into_iter()
            .find_map(|form| {
                self.keys.iter().find_map(|key| {
                    let id = key.compiled()?.captures(form)?.get(1)?.as_str();
                    (!id.is_empty()).then(|| id.to_owned())
                })
            })
    }

    fn without_prefix<'a>(&self, path: &'a str) -> &'a str {
        self.drop_path_prefixes
            .iter()
            .find_map(|prefix| {
                let rest = path.strip_prefix(prefix.as_str())?;
                (rest.is_empty() || rest.starts_with('/')).then_some(rest)
            })
            .unwrap_or(path)
    }
}

impl Key {
    fn known(written: &str) -> Self {
        Self {
            written: written.to_owned(),
            compiled: OnceLock::new(),
        }
    }

    fn checked(written: &str) -> Result<Self, String> {
        let compiled = OnceLock::from(Some(compile_key(written)?));
        Ok(Self {
            compiled,
            ..Self::known(written)
        })
    }

    fn compiled(&self) -> Option<&Regex> {
        let compile = || compile_key(&self.written).ok();
        self.compiled.get_or_init(compile).as_ref()
    }
}

fn compile_family(spec: &FamilySpec, wrong: &mut Vec<SpecError>) -> Family {
    if spec.hosts.is_empty() {
        wrong.push(spec_error(
            "hosts",
            None,
            "the family has no host",
            "list its hosts, for instance `hosts = [\"radiohc.cu\"]`",
        ));
    }
    let mut hosts = Vec::new();
    for (index, host) in spec.hosts.iter().enumerate() {
        match parse_host(host) {
            Some(host) => hosts.push(host),
            None => wrong.push(spec_error(
                "hosts",
                Some(index),
                format!("`{host}` is not a host name"),
                "write the host alone, without scheme, port and path",
            )),
        }
    }
    let mut keys = Vec::new();
    for (index, key) in spec.key.iter().enumerate() {
        if spec.known {
            keys.push(Key::known(key));
            continue;
        }
        match Key::checked(key) {
            Ok(key) => keys.push(key),
            Err(message) => wrong.push(spec_error("key", Some(index), message, "a pattern has one group around the id, for instance `/c_(\\d+)\\.htm$`; write other groups as `(?:…)`")),
        }
    }
    let timezone = spec
        .timezone
        .as_deref()
        .and_then(|name| match name.parse::<Tz>() {
            Ok(zone) => Some(zone),
            Err(_) => {
                wrong.push(spec_error(
                    "timezone",
                    None,
                    format!("`{name}` is not a time zone"),
                    "use an IANA name, for instance `Asia/Shanghai`",
                ));
                None
            }
        });
    Family {
        id: FamilyId::from(spec.id.as_str()),
        hosts,
        timezone,
        language: spec.language.clone(),
        keys,
        drop_path_prefixes: spec
            .drop_path_prefixes
            .iter()
            .map(|prefix| format!("/{}", prefix.trim_matches('/')))
            .collect(),
    }
}

fn compile_key(pattern: &str) -> Result<Regex, String> {
    let regex = compile_pattern(pattern)?;
    match regex.captures_len() - 1 {
        1 => Ok(regex),
        groups => Err(format!("`{pattern}` has {groups} groups instead of one")),
    }
}

/// Compiles a person's pattern with a bound on its size; the error is one line without the crate's drawing.
pub fn compile_pattern(pattern: &str) -> Result<Regex, String> {
    pattern::compile(pattern, |_| ())
        .map_err(|reason| format!("`{pattern}` is not a regular expression: {reason}"))
}

fn parse_host(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.contains(['/', ':', '?', '#', '@', ' ']) {
        return None;
    }
    let url = Url::parse(&format!("http://{text}/")).ok()?;
    bare_host(&url).map(Cow::into_owned)
}

fn spec_error(
    key: &'static str,
    index: Option<usize>,
    message: impl Into<String>,
    help: &str,
) -> SpecError {
    SpecError {
        key,
        index,
        message: message.into(),
        help: help.to_owned(),
    }
}
