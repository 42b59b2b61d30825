//! `depeche inspect page`.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use serde_json::{Value, json};
use url::Url;

use super::feed::{people, time};
use super::{beside, each_file, parse_url};
use crate::commands::{Outcome, print_problems};
use crate::config::{self, Sites};
use crate::extract::{Extraction, Hint, PageContext, Part, extract, join};
use crate::model::Warning;
use crate::text::charset::{Kind, decode};

/// Arguments of `inspect page`.
#[derive(clap::Args)]
pub(in crate::commands) struct Arguments {
    /// Print JSON (the only form there is)
    #[arg(long)]
    json: bool,
    /// Address the page came from; it decides which site rule applies
    #[arg(long, value_parser = parse_url, default_value = "http://localhost/")]
    url: Url,
    /// `Content-Type` it came with
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Show what every route proposed
    #[arg(long, short)]
    verbose: bool,
    /// Also write pages and articles side by side as one HTML document
    #[arg(long, value_name = "OUT")]
    html: Option<PathBuf>,
    /// The files are the pages of one article, in order: join them as the daemon does
    #[arg(long)]
    join: bool,
    /// Files; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Extracts the article of every file.
pub(super) fn inspect(arguments: &Arguments) -> Outcome {
    let sites = match config::load_sites() {
        Ok(sites) => sites,
        Err(problems) => {
            print_problems(&problems, "nothing was done");
            return Ok(std::process::ExitCode::from(2));
        }
    };
    let (url, content_type, verbose) = (
        arguments.url.clone(),
        arguments.content_type.clone(),
        arguments.verbose,
    );
    let sections = Arc::new(Mutex::new(Vec::new()));
    let shown = arguments.html.is_some().then(|| sections.clone());
    let count = if arguments.join {
        arguments.files.len()
    } else {
        1
    };
    let mut article = Pages::new(count);
    let outcome = each_file(&arguments.files, move |bytes| {
        let decoded = decode(bytes, content_type.as_deref(), Kind::Html);
        let mut extraction = article.read(&decoded.text, &url, &sites)?;
        extraction.extracted.warnings.extend(decoded.warnings);
        if let Some(shown) = &shown {
            let section = beside::section(&url, &decoded.text, &extraction);
            shown
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(section);
        }
        Some(as_json(&extraction, verbose))
    })?;
    if let Some(out) = &arguments.html {
        let document = beside::document(&sections.lock().unwrap_or_else(PoisonError::into_inner));
        fs::write(out, document).with_context(|| format!("{} cannot be written", out.display()))?;
    }
    Ok(outcome)
}

/// The pages of an article, as far as they were read.
struct Pages {
    count: usize,
    left: usize,
    whole: Option<Extraction>,
    known: HashSet<u64>,
}

impl Pages {
    fn new(count: usize) -> Self {
        Self {
            count,
            left: count,
            whole: None,
            known: HashSet::new(),
        }
    }

    /// Reads the next page; gives the article when that was its last.
    fn read(&mut self, html: &str, url: &Url, sites: &Sites) -> Option<Extraction> {
        let mut whole = match self.whole.take() {
            None => extract_page(html, url, sites),
            Some(whole) => self.go_on(whole, html, url, sites),
        };
        self.known.extend(whole.marks.drain(..));
        self.left -= 1;
        if self.left > 0 {
            self.whole = Some(whole);
            return None;
        }
        *self = Self::new(self.count);
        Some(whole)
    }

    fn go_on(&self, mut whole: Extraction, html: &str, url: &Url, sites: &Sites) -> Extraction {
        let named = whole.extracted.next_page.take();
        let next = named.and_then(|next| Url::parse(&next).ok());
        if next.is_none() {
            let message = "names no next page: the daemon would end here";
            let place = format!("page {}", whole.extracted.pages);
            whole.extracted.warnings.push(Warning::new(place, message));
        }
        let part = Part {
            first: url,
            how: &whole.extracted.how,
            marks: &self.known,
        };
        let more = extract_part(html, next.as_ref().unwrap_or(url), sites, Some(part));
        join(&mut whole.extracted, more.extracted);
        whole.defect = whole.defect.or(more.defect);
        whole.marks = more.marks;
        whole
    }
}

/// Extracts the article of a page, by the rules of its family.
pub(in crate::commands) fn extract_page(html: &str, url: &Url, sites: &Sites) -> Extraction {
    extract_part(html, url, sites, None)
}

fn extract_part(html: &str, url: &Url, sites: &Sites, part: Option<Part<'_>>) -> Extraction {
    let family = sites.families.of(url);
    let context = PageContext {
        url,
        rule: family.and_then(|f| sites.rules.get(&f.id)),
        hint: Hint::default(),
        timezone: family.and_then(|f| f.timezone),
        language: family.and_then(|f| f.language.as_deref()),
        boilerplate: &|_| false,
        same_family: &|other| sites.families.same_house(url, other),
        part,
    };
    extract(html, &context)
}

fn as_json(extraction: &Extraction, verbose: bool) -> Value {
    let e = &extraction.extracted;
    let mut value = json!({
        "ok": true,
        "title": e.title,
        "subtitle": e.subtitle,
        "section": e.section,
        "text": e.text,
        "html": e.html,
        "published": time(e.published),
        "modified": time(e.modified),
        "authors": people(&e.authors),
        "agency": e.agency,
        "place": e.place,
        "language": e.language,
        "canonical": e.canonical,
        "image": e.image,
        "next_page": e.next_page,
        "pages": e.pages,
        "how": e.how,
        "agreement": e.agreement,
        "defect": extraction.defect,
        "warnings": e.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    if verbose {
        let routes: Vec<Value> = extraction
            .candidates
            .iter()
            .map(|r| json!({"how": r.how, "length": r.length, "score": r.score, "text": r.text}))
            .collect();
        value["routes"] = json!(routes);
        value["untouched"] = json!(e.untouched);
    }
    value
}
