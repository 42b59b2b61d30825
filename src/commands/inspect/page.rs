//! `depeche inspect page`.

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
use crate::extract::{Extraction, Hint, PageContext, extract};
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
    let outcome = each_file(&arguments.files, move |bytes| {
        let decoded = decode(bytes, content_type.as_deref(), Kind::Html);
        let mut extraction = extract_page(&decoded.text, &url, &sites);
        extraction.extracted.warnings.extend(decoded.warnings);
        if let Some(shown) = &shown {
            let section = beside::section(&url, &decoded.text, &extraction);
            shown
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(section);
        }
        as_json(&extraction, verbose)
    })?;
    if let Some(out) = &arguments.html {
        let document = beside::document(&sections.lock().unwrap_or_else(PoisonError::into_inner));
        fs::write(out, document).with_context(|| format!("{} cannot be written", out.display()))?;
    }
    Ok(outcome)
}

/// Extracts the article of a page, by the rules of its family.
pub(in crate::commands) fn extract_page(html: &str, url: &Url, sites: &Sites) -> Extraction {
    let family = sites.families.of(url);
    let context = PageContext {
        url,
        rule: family.and_then(|f| sites.rules.get(&f.id)),
        hint: Hint::default(),
        timezone: family.and_then(|f| f.timezone),
        language: family.and_then(|f| f.language.as_deref()),
        boilerplate: &|_| false,
        same_family: &|other| sites.families.same_house(url, other),
    };
    extract(html, &context)
}

fn as_json(extraction: &Extraction, verbose: bool) -> Value {
    let e = &extraction.extracted;
    let mut value = json!({
        "ok": true,
        "title": e.title,
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
    }
    value
}
