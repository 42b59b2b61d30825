//! `robots.txt` (RFC 9309): reading one, and judging a path by it.
//!
//! Pure and total: whatever the bytes are, there is a set of rules. Fetching and keeping the file
//! is for [`super::robots_cache`].

use std::time::Duration;

/// How much of a file is read: 500 KiB (RFC 9309 §2.5).
pub const MAX_BYTES: usize = 500 * 1024;
/// How much of a line counts; a longer path is no path.
const MAX_LINE: usize = 8 * 1024;
/// The longest `Crawl-delay` that is kept; a longer one is kept as this.
pub const LONGEST_DELAY: Duration = Duration::from_secs(300);

/// The rules of a host for one product, and the sitemaps it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Robots {
    rules: Vec<Rule>,
    /// `Crawl-delay` of the group that applies. Not part of RFC 9309; kept as a longer gap.
    pub crawl_delay: Option<Duration>,
    /// Addresses of `Sitemap` lines, as written.
    pub sitemaps: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    line: u32,
    /// Percent-encoding normalised; `*` and a final `$` have their meaning.
    pattern: Box<str>,
    text: Box<str>,
}

/// What the rules say of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// It may be fetched.
    Allowed,
    /// It may not: by this rule, as written, on this line of the file.
    Denied {
        /// The rule as written.
        rule: String,
        /// Its line, counted from 1.
        line: u32,
    },
}

impl Robots {
    /// Reads the groups for a product token; those for `*` when none names it.
    pub fn parse(bytes: &[u8], product: &str) -> Self {
        let bytes = &bytes[..bytes.len().min(MAX_BYTES)];
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes);
        let mut reader = Reader::new(product);
        // Line ends are CR, LF or both; counting needs CRLF to be one.
        for (index, line) in text.replace("\r\n", "\n").split(['\n', '\r']).enumerate() {
            reader.read(index + 1, line);
        }
        reader.finish()
    }

    /// Judges the path and query of an address: the longest matching rule wins, and `Allow` among
    /// equals (RFC 9309 §2.2.2).
    pub fn judge(&self, path_and_query: &str) -> Ruling {
        let path = normalise(path_and_query);
        if path == "/robots.txt" {
            return Ruling::Allowed;
        }
        let best = self
            .rules
            .iter()
            .filter(|rule| rule.matches(&path))
            .max_by_key(|rule| (rule.pattern.len(), rule.allow));
        match best {
            Some(rule) if !rule.allow => Ruling::Denied {
                rule: rule.text.to_string(),
                line: rule.line,
            },
            _ => Ruling::Allowed,
        }
    }
}

impl Rule {
    fn new(allow: bool, pattern: &str, line: usize, text: &str) -> Self {
        Self {
            allow,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            pattern: normalise(pattern).into(),
            text: text.into(),
        }
    }

    /// Leftmost matches part by part: a part that fits early never harms a later one, so each is
    /// looked for once.
    fn matches(&self, path: &str) -> bool {
        let (pattern, anchored) = match self.pattern.strip_suffix('$') {
            Some(pattern) => (pattern, true),
            None => (&*self.pattern, false),
        };
        let Some((first, others)) = pattern.split_once('*') else {
            return if anchored {
                path == pattern
            } else {
                path.starts_with(pattern)
            };
        };
        let Some(mut rest) = path.strip_prefix(first) else {
            return false;
        };
        let (middle, last) = others.rsplit_once('*').unwrap_or(("", others));
        for part in middle.split('*') {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        match anchored {
            true => rest.ends_with(last),
            false => rest.contains(last),
        }
    }
}

/// Which lines of a group apply: those of the product beat those of `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Ours,
    Everyone,
    Others,
}

#[derive(Default)]
struct Group {
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
    seen: bool,
}

struct Reader<'a> {
    product: &'a str,
    /// Whether the last line that counted named a product: further names join the same group.
    naming: bool,
    ours_named: bool,
    everyone_named: bool,
    ours: Group,
    everyone: Group,
    sitemaps: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(product: &'a str) -> Self {
        Self {
            product,
            naming: false,
            ours_named: false,
            everyone_named: false,
            ours: Group::default(),
            everyone: Group::default(),
            sitemaps: Vec::new(),
        }
    }

    fn read(&mut self, number: usize, line: &str) {
        if line.len() > MAX_LINE {
            return;
        }
        let line = line.split('#').next().unwrap_or_default().trim();
        let Some((key, value)) = line
            .split_once(':')
            .or_else(|| line.split_once(char::is_whitespace))
        else {
            return;
        };
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "user-agent" | "useragent" | "user agent" => self.name(value),
            "allow" => self.rule(true, value, number, line),
            // The misspellings that are met; obeying them is what was meant.
            "disallow" | "dissallow" | "dissalow" | "disalow" | "diasllow" | "disallaw" => {
                self.rule(false, value, number, line);
            }
            "crawl-delay" | "crawldelay" => self.delay(value),
            "sitemap" | "site-map" if !value.is_empty() => self.sitemaps.push(value.to_owned()),
            _ => {}
        }
    }

    fn name(&mut self, value: &str) {
        if !self.naming {
            self.ours_named = false;
            self.everyone_named = false;
            self.naming = true;
        }
        let scope = scope(value, self.product);
        self.ours_named |= scope == Scope::Ours;
        self.everyone_named |= scope == Scope::Everyone;
        self.ours.seen |= scope == Scope::Ours;
    }

    fn rule(&mut self, allow: bool, pattern: &str, number: usize, line: &str) {
        self.naming = false;
        // A rule without a path is no rule; other lines than rules do not close a group.
        if pattern.is_empty() {
            return;
        }
        for group in self.groups() {
            group.rules.push(Rule::new(allow, pattern, number, line));
        }
    }

    fn delay(&mut self, value: &str) {
        let Some(delay) = value
            .parse::<f64>()
            .ok()
            .filter(|seconds| *seconds > 0.0)
            .map(|seconds| {
                Duration::try_from_secs_f64(seconds)
                    .unwrap_or(LONGEST_DELAY)
                    .min(LONGEST_DELAY)
            })
        else {
            return;
        };
        for group in self.groups() {
            group.crawl_delay = group.crawl_delay.max(Some(delay));
        }
    }

    fn groups(&mut self) -> impl Iterator<Item = &mut Group> {
        let ours = self.ours_named.then_some(&mut self.ours);
        let everyone = self.everyone_named.then_some(&mut self.everyone);
        ours.into_iter().chain(everyone)
    }

    fn finish(self) -> Robots {
        let group = if self.ours.seen {
            self.ours
        } else {
            self.everyone
        };
        Robots {
            rules: group.rules,
            crawl_delay: group.crawl_delay,
            sitemaps: self.sitemaps,
        }
    }
}

/// Compares product tokens: letters, hyphen and underscore, case ignored (RFC 9309 §2.2.1). What
/// follows the token, for instance a version, does not count.
fn scope(value: &str, product: &str) -> Scope {
    if value.starts_with('*') {
        return Scope::Everyone;
    }
    let end = value
        .find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_')))
        .unwrap_or(value.len());
    match value[..end].eq_ignore_ascii_case(product) {
        true => Scope::Ours,
        false => Scope::Others,
    }
}

/// Percent-encoding in one form: unreserved characters bare, all others as `%XX` in capitals where
/// they were encoded or are not ASCII; what is bare and reserved stays bare (RFC 9309 §2.2.2).
fn normalise(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let encoded = (byte == b'%')
            .then(|| bytes.get(at + 1..at + 3).and_then(hex))
            .flatten();
        match encoded {
            Some(value) if value.is_ascii_alphanumeric() || b"-._~".contains(&value) => {
                out.push(char::from(value))
            }
            Some(value) => out.push_str(&format!("%{value:02X}")),
            None if byte.is_ascii() && !byte.is_ascii_control() && byte != b' ' => {
                out.push(char::from(byte))
            }
            None => out.push_str(&format!("%{byte:02X}")),
        }
        at += if encoded.is_some() { 3 } else { 1 };
    }
    out
}

fn hex(pair: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(pair).ok()?;
    let digits = text.bytes().all(|b| b.is_ascii_hexdigit());
    digits.then(|| u8::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
#[path = "robots_tests.rs"]
mod tests;
