//! `depeche sites test`: every site rule of the configuration on the sample pages that the program
//! carries of its outlet, compared with the articles that they hold. A rule that a person has
//! changed is seen at once to work no longer.

use std::collections::{BTreeMap, HashMap};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use serde_json::{Value, json};
use url::Url;

use crate::commands::inspect::Reader;
use crate::commands::{NOTHING_TO_DO, Outcome, clock};
use crate::config::{Config, Sites};
use crate::demo::Outlets;
use crate::ingest::page_alone;
use crate::isolate::Answer;
use crate::text::charset::{Kind, decode};
use crate::text::fold::words;

/// Port that stands in the addresses of the sample pages until it is taken out.
const PORT: u16 = 1;
/// Share of the words of an article and of its expected text that must agree.
const AGREE: f64 = 0.9;

/// Arguments of `sites test`.
#[derive(clap::Args)]
pub(in crate::commands) struct Arguments {
    /// Only this family (the name of its file)
    family: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What came of the pages of one family.
#[derive(Default)]
struct Tried {
    pages: usize,
    /// Address of the page, and what is wrong.
    wrong: Vec<(String, String)>,
}

/// Runs the rules: exit code 1 when one fails, 4 when there is no page to try them on.
pub(super) fn test(config: &Config, arguments: &Arguments) -> Outcome {
    let only = arguments.family.clone();
    let names: Vec<String> = config.sites.families.names().map(str::to_owned).collect();
    if let Some(name) = only.as_ref().filter(|name| !names.contains(name)) {
        return Err(anyhow!(
            "there is no family `{name}`; there are {}",
            names.join(", ")
        ));
    }
    let tried = try_all(&config.sites, only.as_deref())?;
    let untried: Vec<&String> = names
        .iter()
        .filter(|name| !tried.contains_key(*name))
        .filter(|name| arguments.family.as_ref().is_none_or(|only| only == *name))
        .collect();
    if arguments.json {
        println!(
            "{}",
            json!({"families": as_json(&tried), "without_pages": untried})
        );
    } else {
        show(&tried, &untried);
    }
    Ok(match tried.values().all(|t| t.wrong.is_empty()) {
        _ if tried.is_empty() => ExitCode::from(NOTHING_TO_DO),
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn show(tried: &BTreeMap<String, Tried>, untried: &[&String]) {
    for (family, t) in tried {
        let verdict = if t.wrong.is_empty() { "fine" } else { "FAILS" };
        println!(
            "{verdict:<6} {family:<16}{} of {} pages",
            t.pages - t.wrong.len(),
            t.pages
        );
        for (url, what) in &t.wrong {
            println!("       {url}: {what}");
        }
    }
    for family in untried {
        println!(
            "–      {family:<16}no sample page; try it with `depeche inspect page --url URL FILE`"
        );
    }
}

fn as_json(tried: &BTreeMap<String, Tried>) -> Vec<Value> {
    let wrong = |t: &Tried| -> Vec<Value> {
        let one = |(url, what): &(String, String)| json!({"url": url, "message": what});
        t.wrong.iter().map(one).collect()
    };
    tried
        .iter()
        .map(|(family, t)| json!({"family": family, "pages": t.pages, "wrong": wrong(t)}))
        .collect()
}

fn try_all(sites: &Sites, only: Option<&str>) -> anyhow::Result<BTreeMap<String, Tried>> {
    let outlets = Outlets::load(clock().now(), PORT)?;
    let expected: HashMap<String, Value> =
        serde_json::from_str(&outlets.configuration("expected/articles.json")?)
            .context("the expected articles of the sample outlets")?;
    let reader = Reader::new()?;
    let mut tried: BTreeMap<String, Tried> = BTreeMap::new();
    for (address, wanted) in &expected {
        let (served, url): (Url, Url) = (address.parse()?, own(address).parse()?);
        let Some(family) = sites.families.of(&url).map(|f| f.id.to_string()) else {
            continue;
        };
        let Some((body, content_type)) = outlets.document(&served) else {
            continue;
        };
        if only.is_some_and(|only| only != family) || !content_type.contains("html") {
            continue;
        }
        let page = decode(&body, Some(&content_type), Kind::Html).text;
        let tried = tried.entry(family).or_default();
        tried.pages += 1;
        let job = page_alone(sites, None, url.clone(), own(&page));
        let wrong = differs(reader.read(job)?, wanted);
        tried
            .wrong
            .extend(wrong.map(|what| (url.to_string(), what)));
    }
    Ok(tried)
}

/// The outlet's own addresses, instead of those under which the demo serves them.
fn own(text: &str) -> String {
    text.replace(&format!(".localhost:{PORT}"), "")
}

/// What is wrong with the article on a page, if anything.
fn differs(answer: Answer, wanted: &Value) -> Option<String> {
    let found = answer.extracted;
    let text = wanted["text"].as_str().unwrap_or_default();
    let agreement = agreement(&words(&found.text), &words(text));
    if agreement < AGREE {
        return Some(format!(
            "the text agrees by {:.0} % only, had by {}",
            agreement * 100.0,
            found.how
        ));
    }
    let title = wanted["title"].as_str().unwrap_or_default();
    let differs = words(title) != words(found.title.as_deref().unwrap_or_default());
    differs.then(|| {
        format!(
            "the title is {:?} instead of {title:?}",
            found.title.unwrap_or_default()
        )
    })
}

/// Words that two texts share, as a share of the longer one.
fn agreement(a: &[String], b: &[String]) -> f64 {
    let mut counts: HashMap<&String, i64> = HashMap::new();
    for word in a {
        *counts.entry(word).or_default() += 1;
    }
    let mut shared = 0_u32;
    for word in b {
        let count = counts.entry(word).or_default();
        if *count > 0 {
            *count -= 1;
            shared += 1;
        }
    }
    let longer = a.len().max(b.len());
    match longer {
        0 => 1.0,
        _ => f64::from(shared) / longer as f64,
    }
}
