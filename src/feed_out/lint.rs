//! The lint of a published Atom feed: what our own feeds must keep, over and above what a
//! validator asks. For tests and for `doctor`; reads the document as a stranger would.
//!
//! Knows no file and no clock: the moment to which dates are compared is an argument.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::lint_content::{flaw_of_address, lint_content};
use super::lint_document::{Element, read};
use super::text::{is_email, legal};

/// Reads an Atom document and names everything in it that must not be published: missing or
/// double elements, ids that are no URIs or not unique, dates in the future, relative addresses,
/// active content, links of an archive chain that contradict each other. Empty when all is well.
pub fn lint(atom: &[u8], now: DateTime<Utc>) -> Vec<String> {
    let feed = match read(atom) {
        Ok(feed) => feed,
        Err(finding) => return vec![finding],
    };
    let mut lint = Lint {
        now,
        place: "the feed".to_owned(),
        findings: Vec::new(),
    };
    if feed.name != "feed" || !feed.is_atom() {
        lint.report(format!("the root is `{}`, not an Atom feed", feed.name));
        return lint.findings;
    }
    lint.feed(&feed);
    let mut ids: HashMap<&str, usize> = HashMap::new();
    let mut changes: HashMap<&str, usize> = HashMap::new();
    for (place, entry) in feed.all("entry").enumerate() {
        let place = place + 1;
        let id = entry.one("id").map_or("", |id| id.text.trim());
        lint.place = format!("entry {place} ({id})");
        lint.entry(entry, feed.one("author").is_some());
        if let Some(first) = ids.insert(id, place) {
            lint.report(format!(
                "it has the id of entry {first}; ids must be unique"
            ));
        }
        // The W3C validator warns: readers take two entries of one moment for one change.
        let updated = entry.one("updated").map_or("", |date| date.text.as_str());
        if let Some(first) = changes.insert(updated, place) {
            lint.report(format!("its `updated` is that of entry {first}"));
        }
    }
    lint.findings
}

struct Lint {
    now: DateTime<Utc>,
    place: String,
    findings: Vec<String>,
}

impl Lint {
    fn report(&mut self, message: impl AsRef<str>) {
        self.findings
            .push(format!("{}: {}", self.place, message.as_ref()));
    }

    fn feed(&mut self, feed: &Element) {
        self.characters(feed);
        self.required(feed, &["id", "title", "updated"]);
        self.id(feed);
        let updated = self.date(feed, "updated");
        let latest = feed
            .all("entry")
            .filter_map(|entry| moment(&entry.one("updated")?.text))
            .max();
        if let (Some(updated), Some(latest)) = (updated, latest)
            && updated < latest
        {
            self.report("its `updated` is before that of its latest entry");
        }
        self.plain_texts(feed);
        self.links(feed);
        self.chain(feed);
        if feed.link("self").is_none() {
            self.report("it has no link rel=self; a reader cannot find it again");
        }
        if feed.link("alternate").is_none() {
            self.report("it has no link rel=alternate to a page");
        }
        for name in ["icon", "logo"] {
            if let Some(flaw) = feed.one(name).and_then(|url| flaw_of_address(&url.text)) {
                self.report(format!("the address in `{name}` {flaw}"));
            }
        }
    }

    fn entry(&mut self, entry: &Element, feed_has_author: bool) {
        self.required(entry, &["id", "title", "updated"]);
        self.id(entry);
        self.date(entry, "updated");
        self.date(entry, "published");
        self.plain_texts(entry);
        self.links(entry);
        if entry.link("alternate").is_none() {
            self.report("it has no link rel=alternate to the article");
        }
        let source_has_author = entry
            .one("source")
            .is_some_and(|source| source.one("author").is_some());
        if !feed_has_author && !source_has_author && entry.one("author").is_none() {
            self.report("it has no author");
        }
        if let Some(source) = entry.one("source") {
            let place = self.place.clone();
            self.place = format!("{place}, source");
            self.required(source, &["id", "title", "updated"]);
            self.id(source);
            self.date(source, "updated");
            self.links(source);
            self.place = place;
        }
        self.content(entry);
    }

    fn content(&mut self, entry: &Element) {
        match entry.one("content") {
            None if entry.one("summary").is_none() => {
                self.report("it has neither content nor summary")
            }
            None => {}
            Some(content) if content.attribute("type") == Some("html") => {
                for finding in lint_content(&content.text) {
                    self.report(finding);
                }
            }
            Some(_) => self.report("its content is not of type html"),
        }
    }

    /// Names the required elements that are missing, empty or double (RFC 4287 §4.1).
    fn required(&mut self, element: &Element, names: &[&str]) {
        for name in names {
            match element.all(name).count() {
                0 => self.report(format!("`{name}` is missing")),
                1 => {}
                count => self.report(format!("`{name}` stands there {count} times")),
            }
            if element
                .one(name)
                .is_some_and(|child| child.text.trim().is_empty())
            {
                self.report(format!("`{name}` is empty"));
            }
        }
    }

    /// Judges an id: a URI, and where it is a `tag:` one, minted by RFC 4151.
    fn id(&mut self, element: &Element) {
        let id = element.one("id").map_or("", |id| id.text.as_str());
        if id.is_empty() {
            return;
        }
        if Url::parse(id).is_err() || id.contains(char::is_whitespace) {
            self.report("its id is no URI");
        }
        if let Some(rest) = id.strip_prefix("tag:")
            && !is_tag(rest)
        {
            self.report("its id is no `tag:` URI by RFC 4151");
        }
    }

    fn date(&mut self, element: &Element, name: &str) -> Option<DateTime<Utc>> {
        let date = element.one(name)?;
        let Some(moment) = moment(&date.text) else {
            self.report(format!("`{name}` is no date by RFC 3339: {}", date.text));
            return None;
        };
        // A fraction of the second tells apart what changed within it, and may be ahead.
        if moment > self.now + TimeDelta::seconds(1) {
            self.report(format!("`{name}` is in the future: {}", date.text));
        }
        Some(moment)
    }

    /// Titles and summaries are plain text, so that no reader has to guess.
    fn plain_texts(&mut self, element: &Element) {
        for name in ["title", "subtitle", "summary", "rights"] {
            let kind = element.one(name).and_then(|text| text.attribute("type"));
            if kind.is_some_and(|kind| kind != "text") {
                self.report(format!("`{name}` is not plain text"));
            }
        }
    }

    fn links(&mut self, element: &Element) {
        let mut alternates = HashSet::new();
        for link in element.all("link") {
            let rel = link.attribute("rel").unwrap_or("alternate");
            let href = link.attribute("href").unwrap_or_default();
            if let Some(flaw) = flaw_of_address(href) {
                self.report(format!("the address of its link rel={rel} {flaw}: {href}"));
            }
            if link.attribute("type").is_some_and(|kind| !is_current(kind)) {
                self.report(format!(
                    "the type of its link rel={rel} is none, or out of use"
                ));
            }
            // At most one alternate of a type and language (RFC 4287 §4.1.2).
            let kind = (link.attribute("type"), link.attribute("hreflang"));
            if rel == "alternate" && !alternates.insert(kind) {
                self.report("it has two links rel=alternate of one type and language");
            }
        }
        for email in element
            .all("author")
            .filter_map(|author| author.one("email"))
        {
            if !is_email(&email.text) {
                self.report("the mail of its author is no address");
            }
        }
        for category in element.all("category") {
            if category.attribute("term").is_none_or(str::is_empty) {
                self.report("a category has no term");
            }
        }
    }

    /// The links of RFC 5005 within one document.
    fn chain(&mut self, feed: &Element) {
        let own = feed.link("self");
        let [current, prev, next] = ["current", "prev-archive", "next-archive"].map(|rel| {
            let mut links = feed.links(rel);
            let first = links.next();
            if links.next().is_some() {
                self.report(format!("it has two links rel={rel}"));
            }
            first
        });
        if prev.is_some() && (prev == own || prev == current || prev == next) {
            self.report("its link rel=prev-archive leads to no older document");
        }
        if next.is_some() && (next == own || next == current) {
            self.report("its link rel=next-archive leads to no newer archive");
        }
        if feed.is_archive() && (current.is_none() || current == own) {
            self.report("it is an archive without a link rel=current to the subscription document");
        }
        if !feed.is_archive() && next.is_some() {
            self.report("it is no archive and yet has a link rel=next-archive");
        }
    }

    /// Characters that XML forbids or discourages, anywhere in the document.
    fn characters(&mut self, feed: &Element) {
        for element in feed.descendants() {
            let values = element.attributes.iter().map(|(_, value)| value);
            if values
                .chain([&element.text])
                .any(|text| legal(text) != **text)
            {
                self.report(format!(
                    "`{}` holds characters that must not be published",
                    element.name
                ));
            }
        }
    }
}

/// Whether a media type has the shape of one and is not out of use for what it names.
fn is_current(kind: &str) -> bool {
    const OLD: [&str; 5] = [
        "text/xml",
        "text/rss",
        "application/xml",
        "application/rdf",
        "audio/mp3",
    ];
    let shaped = kind
        .split_once('/')
        .is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty());
    shaped && !OLD.contains(&kind)
}

fn is_tag(rest: &str) -> bool {
    let Some((entity, specific)) = rest.split_once(':') else {
        return false;
    };
    let Some((authority, date)) = entity.split_once(',') else {
        return false;
    };
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = date.split('-');
    !authority.is_empty()
        && !specific.is_empty()
        && parts.next().is_some_and(|year| digits(year, 4))
        && parts.next().is_none_or(|month| digits(month, 2))
        && parts.next().is_none_or(|day| digits(day, 2))
        && parts.next().is_none()
}

/// A date by RFC 3339 as RFC 4287 §3.3 narrows it: upper-case `T` and `Z`.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let shaped = text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
    let date = DateTime::parse_from_rfc3339(text).ok()?;
    shaped.then(|| date.with_timezone(&Utc))
}
