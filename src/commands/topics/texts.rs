//! Texts that a person points at: files with text or HTML, and addresses.

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use url::Url;

use crate::commands::inspect::Reader;
use crate::commands::{clock, runtime};
use crate::config::Config;
use crate::daemon;
use crate::ingest::{page_alone, read_page};
use crate::isolate::Extractor;
use crate::text::charset::{Kind, decode};
use crate::text::language;

/// A text to judge.
pub(super) struct Subject {
    /// Where it comes from: a file name or an address.
    pub(super) place: String,
    /// Address, when it has one.
    pub(super) url: String,
    /// Title.
    pub(super) title: String,
    /// Text, a line per paragraph.
    pub(super) text: String,
    /// Language.
    pub(super) language: Option<String>,
    /// Source and tags of the configured source of its domain.
    pub(super) source: Option<(String, Vec<String>)>,
}

/// Reads what a person points at: an address is fetched with the daemon's manners.
pub(super) fn read(config: &Config, place: &str) -> anyhow::Result<Subject> {
    match Url::parse(place) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => page(config, &url),
        _ => file(config, Path::new(place)),
    }
}

fn page(config: &Config, url: &Url) -> anyhow::Result<Subject> {
    let clock = clock();
    let single = runtime()?.block_on(async {
        let client = daemon::client(config, clock)?;
        let workers = Extractor::workers();
        let read = read_page((&client, &workers), config, url).await;
        read.map_err(|reason| anyhow!("{url}: {reason}"))
    })?;
    let e = single.extracted;
    Ok(Subject {
        place: url.to_string(),
        url: single.url.to_string(),
        title: e.title.unwrap_or_default(),
        language: language::decide(e.language.as_deref(), &e.text),
        text: e.text,
        source: single.source,
    })
}

fn file(config: &Config, path: &Path) -> anyhow::Result<Subject> {
    let place = path.display().to_string();
    let bytes = fs::read(path).with_context(|| format!("{place} cannot be read"))?;
    let decoded = decode(&bytes, None, Kind::Html).text;
    let (title, text, stated) = if is_html(path, &decoded) {
        let base = Url::parse("http://localhost/")?;
        let answer = Reader::new()?.read(page_alone(&config.sites, None, base, decoded))?;
        if let Some(defect) = answer.defect {
            return Err(anyhow!("{place} is not an article: {}", defect.words()));
        }
        let e = answer.extracted;
        (e.title.unwrap_or_default(), e.text, e.language)
    } else {
        let (title, rest) = decoded.split_once('\n').unwrap_or((&decoded, ""));
        (title.trim().to_owned(), rest.trim().to_owned(), None)
    };
    Ok(Subject {
        place,
        url: String::new(),
        language: language::decide(stated.as_deref(), &text),
        title,
        text,
        source: None,
    })
}

/// A text file's first line is its title; a file with markup is a page.
fn is_html(path: &Path, text: &str) -> bool {
    let named = path
        .extension()
        .is_some_and(|e| e == "html" || e == "htm" || e == "xhtml");
    named || text.trim_start().starts_with('<')
}
