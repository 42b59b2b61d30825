//! The lint of a published RSS 2.0 feed: what the W3C validator names as an error or a warning in
//! what we write, and what it lets pass.
//!
//! Reads the document as a stranger would; knows no file and no clock.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use url::Url;

use super::atom::ATOM_NS;
use super::lint_content::{flaw_of_address, lint_content};
use super::lint_document::{Element, read};
use super::text::{is_email, legal, rfc822};

/// Elements of a channel or an item that may stand there but once.
const ONCE: [&str; 15] = [
    "title",
    "link",
    "description",
    "language",
    "copyright",
    "lastBuildDate",
    "pubDate",
    "generator",
    "docs",
    "image",
    "guid",
    "enclosure",
    "source",
    "content:encoded",
    "ttl",
];
/// Addresses as text.
const ADDRESSES: [&str; 4] = ["link", "docs", "comments", "url"];

/// Reads an RSS document and names everything in it that must not be published. Empty when all is
/// well.
pub fn lint_rss(rss: &[u8], now: DateTime<Utc>) -> Vec<String> {
    let root = match read(rss) {
        Ok(root) => root,
        Err(finding) => return vec![finding],
    };
    let mut findings = Vec::new();
    let Some(channel) = root.one("channel").filter(|_| root.name == "rss") else {
        return vec![format!("the root is `{}`, not an RSS feed", root.name)];
    };
    if root.attribute("version") != Some("2.0") || root.attribute("xmlns:atom") != Some(ATOM_NS) {
        findings.push("the root does not say version 2.0, or not the namespace of Atom".to_owned());
    }
    for name in ["title", "link", "description"] {
        if channel.one(name).is_none_or(|e| e.text.trim().is_empty()) {
            findings.push(format!("the channel: `{name}` is missing or empty"));
        }
    }
    let own = channel
        .all("atom:link")
        .find(|l| l.attribute("rel") == Some("self"));
    if own.and_then(|l| l.attribute("type")) != Some("application/rss+xml") {
        findings
            .push("the channel: its atom:link rel=self with its media type is missing".to_owned());
    }
    findings.extend(flaws("the channel", channel, now));
    let mut guids = HashSet::new();
    for (place, item) in channel.all("item").enumerate() {
        let guid = item.one("guid").map_or("", |guid| guid.text.as_str());
        let place = format!("item {} ({guid})", place + 1);
        if guid.is_empty() || !guids.insert(guid) {
            findings.push(format!("{place}: its guid is missing, or that of another"));
        }
        let permanent = item
            .one("guid")
            .and_then(|guid| guid.attribute("isPermaLink"));
        if permanent != Some("false") && Url::parse(guid).map_or(true, |url| !url.has_host()) {
            findings.push(format!(
                "{place}: its guid is no address and does not say so"
            ));
        }
        if item.one("title").is_none() && item.one("description").is_none() {
            findings.push(format!("{place}: it has neither title nor description"));
        }
        findings.extend(flaws(&place, item, now));
        for name in ["description", "content:encoded"] {
            let html = item.one(name).map_or("", |e| e.text.as_str());
            findings.extend(
                lint_content(html)
                    .into_iter()
                    .map(|f| format!("{place}: {f}")),
            );
        }
    }
    findings
}

/// What a channel and an item have in common.
fn flaws(place: &str, element: &Element, now: DateTime<Utc>) -> Vec<String> {
    let mut found = Vec::new();
    for name in ONCE
        .iter()
        .filter(|name| element.all(name).nth(1).is_some())
    {
        found.push(format!("`{name}` stands there twice"));
    }
    for child in &element.children {
        found.extend(flaw_of_child(child, now));
        let values = child.attributes.iter().map(|(_, value)| value);
        if values
            .chain([&child.text])
            .any(|text| legal(text) != **text)
        {
            found.push(format!(
                "`{}` holds characters that must not be published",
                child.name
            ));
        }
    }
    found
        .into_iter()
        .map(|flaw| format!("{place}: {flaw}"))
        .collect()
}

fn flaw_of_child(child: &Element, now: DateTime<Utc>) -> Option<String> {
    let name = child.name.as_str();
    let text = child.text.trim();
    let address = |key: &str| {
        child
            .attribute(key)
            .map_or(Some("is missing"), flaw_of_address)
    };
    match name {
        "pubDate" | "lastBuildDate" => {
            let date = DateTime::parse_from_rfc2822(text)
                .ok()
                .map(|date| date.to_utc());
            match date {
                // Written by the book: the weekday is that of the date, the year has four digits.
                Some(date) if rfc822(date) != text => {
                    Some(format!("`{name}` is not as RFC 822 wants it: {text}"))
                }
                Some(date) if date > now => Some(format!("`{name}` is in the future: {text}")),
                Some(_) => None,
                None => Some(format!("`{name}` is no date by RFC 822: {text}")),
            }
        }
        "author" | "managingEditor" | "webMaster" => {
            let mail = text.split_whitespace().next().unwrap_or_default();
            (!is_email(mail)).then(|| format!("`{name}` is no address of mail"))
        }
        "ttl" => text
            .parse::<u32>()
            .is_err()
            .then(|| "`ttl` is no number of minutes".to_owned()),
        "enclosure" => {
            let length = child
                .attribute("length")
                .is_some_and(|n| n.parse::<u64>().is_ok());
            let kind = child
                .attribute("type")
                .is_some_and(|kind| kind.contains('/'));
            (!length || !kind || address("url").is_some())
                .then(|| "`enclosure` wants an absolute url, a length and a type".to_owned())
        }
        "source" | "media:content" | "media:thumbnail" => {
            address("url").map(|flaw| format!("the address of `{name}` {flaw}"))
        }
        "atom:link" => address("href").map(|flaw| format!("the address of `atom:link` {flaw}")),
        "image" => image(child),
        _ if ADDRESSES.contains(&name) => {
            flaw_of_address(text).map(|flaw| format!("the address in `{name}` {flaw}"))
        }
        _ => None,
    }
}

/// A picture: its address, and at most 144 by 400 where it says how large it is.
fn image(image: &Element) -> Option<String> {
    let text = |name: &str| image.one(name).map_or("", |e| e.text.trim());
    let fits = |name, most| {
        image.one(name).is_none() || text(name).parse::<u32>().is_ok_and(|n| n <= most)
    };
    if flaw_of_address(text("url")).is_some()
        || flaw_of_address(text("link")).is_some()
        || text("title").is_empty()
    {
        return Some("`image` wants an absolute url and link, and a title".to_owned());
    }
    (!fits("width", 144) || !fits("height", 400))
        .then(|| "`image` is larger than 144 by 400".to_owned())
}
