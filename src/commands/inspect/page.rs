//! `depeche inspect page`.

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

use anyhow::Context;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use url::Url;

use super::feed::{people, time};
use super::{beside, each_file, parse_url};
use crate::commands::{Outcome, WRONG_CONFIGURATION, print_problems, runtime};
use crate::config::{self, Sites};
use crate::extract::join;
use crate::ingest::page_alone;
use crate::isolate::{Answer, Broken, Extractor, Job, Part};
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
            return Ok(ExitCode::from(WRONG_CONFIGURATION));
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
    let mut article = Pages::new(count, Reader::new()?);
    let outcome = each_file(&arguments.files, move |bytes| {
        let decoded = decode(bytes, content_type.as_deref(), Kind::Html);
        let mut answer = match article.read(&decoded.text, &url, &sites) {
            Ok(answer) => answer?,
            Err(broken) => return Some(json!({"ok": false, "error": broken.to_string()})),
        };
        answer.extracted.warnings.extend(decoded.warnings);
        if let Some(shown) = &shown {
            let section = beside::section(&url, &decoded.text, &answer);
            shown
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(section);
        }
        Some(as_json(&answer, verbose))
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
    whole: Option<Answer>,
    known: HashSet<u64>,
    reader: Reader,
}

impl Pages {
    fn new(count: usize, reader: Reader) -> Self {
        Self {
            count,
            left: count,
            whole: None,
            known: HashSet::new(),
            reader,
        }
    }

    /// Reads the next page; gives the article when that was its last.
    fn read(&mut self, html: &str, url: &Url, sites: &Sites) -> Result<Option<Answer>, Broken> {
        let mut whole = match self.whole.take() {
            None => self.reader.read(job(html, url, sites))?,
            Some(whole) => self.go_on(whole, html, url, sites)?,
        };
        self.known.extend(whole.marks.drain(..));
        self.left -= 1;
        if self.left > 0 {
            self.whole = Some(whole);
            return Ok(None);
        }
        self.left = self.count;
        self.known.clear();
        Ok(Some(whole))
    }

    fn go_on(
        &self,
        mut whole: Answer,
        html: &str,
        url: &Url,
        sites: &Sites,
    ) -> Result<Answer, Broken> {
        let named = whole.extracted.next_page.take();
        let next = named.and_then(|next| Url::parse(&next).ok());
        if next.is_none() {
            let message = "names no next page: the daemon would end here";
            let place = format!("page {}", whole.extracted.pages);
            whole.extracted.warnings.push(Warning::new(place, message));
        }
        let part = Part {
            first: url.clone(),
            how: whole.extracted.how.clone(),
            marks: self.known.clone(),
        };
        let more = self.reader.read(Job {
            part: Some(part),
            ..job(html, next.as_ref().unwrap_or(url), sites)
        })?;
        join(&mut whole.extracted, more.extracted, &more.foot);
        whole.defect = whole.defect.or(more.defect);
        whole.marks = more.marks;
        Ok(whole)
    }
}

/// A page of which every route is to be shown.
fn job(html: &str, url: &Url, sites: &Sites) -> Job {
    Job {
        routes: true,
        ..page_alone(sites, None, url.clone(), html.to_owned())
    }
}

/// What takes the pages of a command apart: workers, as the daemon's, since a page may end whoever
/// reads it.
pub(in crate::commands) struct Reader {
    runtime: Runtime,
    workers: Extractor,
}

impl Reader {
    /// No worker runs yet.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(in crate::commands) fn new() -> io::Result<Self> {
        Ok(Self {
            runtime: runtime()?,
            workers: Extractor::workers(),
        })
    }

    /// The article of a page; a page that ends its worker is answered with a defect.
    ///
    /// # Errors
    /// When no worker can be started.
    pub(in crate::commands) fn read(&self, job: Job) -> Result<Answer, Broken> {
        match self.runtime.block_on(self.workers.extract(job)) {
            Err(broken @ (Broken::Died(_) | Broken::TimedOut)) => {
                Ok(Answer::refused(broken.to_string()))
            }
            other => other,
        }
    }
}

fn as_json(answer: &Answer, verbose: bool) -> Value {
    let e = &answer.extracted;
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
        "defect": answer.defect,
        "warnings": e.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    if verbose {
        let routes: Vec<Value> = answer
            .routes
            .iter()
            .map(|r| json!({"how": r.how, "length": r.length, "score": r.score, "text": r.text}))
            .collect();
        value["routes"] = json!(routes);
        value["untouched"] = json!(e.untouched);
    }
    value
}
