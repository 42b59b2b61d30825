//! `demo/outlets.toml`: which file answers which address.

use std::collections::HashMap;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::expand::{Expansion, expand};
use super::{FOLDER, text_file};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    page: Vec<Page>,
}

/// One answer to one address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Hosts that answer with it.
    pub hosts: Vec<String>,
    /// Path and query exactly as requested; may hold placeholders.
    pub path: String,
    /// File within the folder; a redirect has none.
    #[serde(default)]
    pub file: Option<String>,
    /// `Content-Type` as sent.
    #[serde(default = "html")]
    pub content_type: String,
    /// Status; 200 when absent, 302 with a location.
    #[serde(default)]
    pub status: Option<u16>,
    /// `Location` of a redirect.
    #[serde(default)]
    pub location: Option<String>,
    /// Seconds after the start from which on it is served.
    #[serde(default)]
    pub after: u64,
    /// Schemes on which the real outlet answers.
    #[serde(default)]
    pub schemes: Vec<String>,
}

fn html() -> String {
    "text/html; charset=utf-8".to_owned()
}

/// An answer ready to be sent.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) after: u64,
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) location: Option<String>,
    pub(super) body: Vec<u8>,
}

/// The sample outlets with every placeholder filled in for one start and one port.
#[derive(Debug)]
pub struct Outlets {
    answers: HashMap<(String, String), Vec<Answer>>,
    expansion: Expansion,
    start: DateTime<Utc>,
}

impl Outlets {
    /// Reads the manifest and fills in times relative to `start` and addresses with `port`.
    ///
    /// # Errors
    /// When the manifest is not as it should be or names a file that is not there.
    pub fn load(start: DateTime<Utc>, port: u16) -> Result<Self> {
        let text =
            text_file("outlets.toml").context("the manifest of the sample outlets is missing")?;
        let manifest: Manifest = toml::from_str(text).context("demo/outlets.toml")?;
        let mut hosts: Vec<String> = manifest.page.iter().flat_map(|p| p.hosts.clone()).collect();
        hosts.sort();
        hosts.dedup();
        let expansion = Expansion { start, port, hosts };
        let mut answers: HashMap<(String, String), Vec<Answer>> = HashMap::new();
        for page in &manifest.page {
            let answer = answer(page, &expansion)?;
            let path = expanded_text(&page.path, &expansion);
            for host in &page.hosts {
                answers
                    .entry((host.clone(), path.clone()))
                    .or_default()
                    .push(answer.clone());
            }
        }
        for list in answers.values_mut() {
            list.sort_by_key(|a| a.after);
        }
        Ok(Self {
            answers,
            expansion,
            start,
        })
    }

    /// A configuration file of the folder (`sources.toml`, `topics.toml`) with its addresses
    /// pointing to the sample outlets.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn configuration(&self, name: &str) -> Result<String> {
        let text = text_file(name).with_context(|| format!("demo/{name} is missing"))?;
        Ok(expanded_text(text, &self.expansion))
    }

    /// The body and content type that an address answers with at the start.
    pub fn document(&self, url: &url::Url) -> Option<(Vec<u8>, String)> {
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let answer = self.answer(url.host_str()?, path, self.start)?;
        Some((answer.body.clone(), answer.content_type.clone()))
    }

    /// Every host of the sample outlets.
    pub fn hosts(&self) -> &[String] {
        &self.expansion.hosts
    }

    /// The answer to a request at a time; `host` may carry `.localhost` and a port.
    pub(super) fn answer(&self, host: &str, path: &str, now: DateTime<Utc>) -> Option<&Answer> {
        let host = host.split(':').next().unwrap_or(host);
        let host = host.strip_suffix(".localhost").unwrap_or(host);
        let age = (now - self.start).num_seconds().max(0) as u64;
        self.answers
            .get(&(host.to_owned(), path.to_owned()))?
            .iter()
            .rfind(|a| a.after <= age)
    }
}

fn answer(page: &Page, expansion: &Expansion) -> Result<Answer> {
    let body = match &page.file {
        None => Vec::new(),
        Some(name) => {
            let file = FOLDER
                .get_file(name)
                .with_context(|| format!("demo/outlets.toml names {name}, which is not there"))?;
            let textual = ["text/", "xml", "json", "javascript"]
                .iter()
                .any(|part| page.content_type.contains(part));
            if textual {
                expand(file.contents(), expansion)
            } else {
                file.contents().to_vec()
            }
        }
    };
    let location = page.location.as_ref().map(|l| expanded_text(l, expansion));
    Ok(Answer {
        after: page.after,
        status: page
            .status
            .unwrap_or(if location.is_some() { 302 } else { 200 }),
        content_type: page.content_type.clone(),
        location,
        body,
    })
}

fn expanded_text(text: &str, expansion: &Expansion) -> String {
    String::from_utf8_lossy(&expand(text.as_bytes(), expansion)).into_owned()
}
