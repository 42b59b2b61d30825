//! `depeche explain`: why an article is, or is not, in a feed; works beside a running daemon.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Outcome, clock};
use crate::config::Config;
use crate::overview::{find, is_telling, way};
use crate::store::{DATABASE, Reader, open_reader};
use crate::text::html::to_text;

/// Arguments of `explain`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Address of the article, any that it is known by; or its number
    #[arg(value_name = "URL|ID")]
    article: String,
    /// Also show the body as its route gave it, before datelines, credits and what the source
    /// repeats were taken out
    #[arg(long)]
    untouched: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the whole way of an article.
pub(super) fn explain(config: &Config, arguments: &Arguments) -> Outcome {
    let reader = reader(config)?;
    let queries = reader.queries();
    let known = find(config, &queries, &arguments.article)?;
    let Some(id) = known
        .with_context(|| format!("`{}` is neither an address nor a number", arguments.article))?
    else {
        bail!(
            "no source has shown {}: nothing is known of it",
            arguments.article
        );
    };
    let Some(row) = queries.article(id)? else {
        bail!("there is no article {id}");
    };
    let mut story = way(config, &queries, &row, clock().now())?;
    let untouched = match arguments.untouched {
        true => Some(queries.untouched(id)?),
        false => None,
    };
    if arguments.json {
        if let Some(untouched) = untouched {
            story["untouched"] = untouched.into();
        }
        println!("{}", serde_json::to_string_pretty(&story)?);
    } else {
        print!("{}", words(&story));
        if let Some(untouched) = untouched {
            let text = untouched.as_deref().map(to_text);
            let nothing = "nothing was taken from the body, or it was stored before that was kept";
            println!("Untouched\n\n{}", text.as_deref().unwrap_or(nothing));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The store of the configuration, for reading.
pub(super) fn reader(config: &Config) -> anyhow::Result<Reader> {
    let folder = &config.daemon.state_dir;
    expect_store(folder)?;
    open_reader(folder).with_context(|| {
        format!(
            "the store in {} cannot be read; `depeche doctor` looks why",
            folder.display()
        )
    })
}

/// Says in a sentence that nothing is stored yet.
pub(super) fn expect_store(folder: &Path) -> anyhow::Result<()> {
    if !folder.join(DATABASE).exists() {
        bail!(
            "there is no store in {} yet: run the daemon, or `depeche once`, first",
            folder.display()
        );
    }
    Ok(())
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(n) if n.is_f64() => format!("{:.2}", n.as_f64().unwrap_or_default()),
        other => other.to_string(),
    }
}

fn time(value: &Value) -> String {
    let parsed: Option<DateTime<Utc>> = value.as_str().and_then(|t| t.parse().ok());
    parsed.map_or_else(
        || text(value),
        |t| t.format("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The same for a person.
fn words(a: &Value) -> String {
    let mut out = sightings(a);
    out.extend(extraction(a));
    out.extend(story(&a["story"]));
    for verdict in list(&a["verdicts"]) {
        out.extend(super::topics::verdict_lines(verdict));
    }
    for entry in list(&a["entries"]) {
        let (topic, id) = (text(&entry["topic"]), text(&entry["atom_id"]));
        let was = match entry["in_feed"].as_bool() {
            Some(false) => "no longer ",
            _ => "",
        };
        let shows = &entry["shows"];
        out.push(line(
            "Entry",
            format!("{was}in {topic}, showing article {shows}, as {id}"),
        ));
    }
    out.join("\n") + "\n"
}

fn line(name: &str, text: String) -> String {
    format!("{name:<12}{text}")
}

/// What it is, and where it was met.
fn sightings(a: &Value) -> Vec<String> {
    let (id, title) = (text(&a["id"]), text(&a["title"]));
    let (state, reason) = (text(&a["state"]), text(&a["reason"]));
    let mut out = vec![line("Article", format!("{id} {title}"))];
    for (name, key) in [("Subtitle", "subtitle"), ("Section", "section")] {
        if !a[key].is_null() {
            out.push(line(name, text(&a[key])));
        }
    }
    out.extend([
        line("Address", text(&a["url"])),
        line("State", format!("{state}: {reason}")),
        line("Identity", text(&a["identity"])),
    ]);
    out.extend(list(&a["aliases"]).map(|alias| line("  also", text(alias))));
    for seen in list(&a["seen"]) {
        let (at, source) = (time(&seen["first_seen"]), text(&seen["source"]));
        let candidate = text(&seen["candidate"]);
        out.push(line("Seen", format!("{at} at {source} as {candidate}")));
    }
    let (published, updated) = (time(&a["published"]), time(&a["updated"]));
    out.push(line("Dated", format!("{published}, updated {updated}")));
    out
}

/// How its text was had.
fn extraction(a: &Value) -> Vec<String> {
    let e = &a["extraction"];
    let mut out = Vec::new();
    let how = text(&e["how"]);
    if !how.is_empty() {
        let agreement = text(&e["agreement"]);
        let words = &e["words"];
        let joined = match e["pages"].as_u64().unwrap_or_default() {
            0 | 1 => String::new(),
            pages => format!(", {pages} pages joined"),
        };
        out.push(line(
            "Body by",
            format!("{how}, {words} words{joined}, agreement {agreement}"),
        ));
    }
    let (attempts, next) = (&e["attempts"], time(&e["next_try"]));
    out.push(line(
        "Page",
        format!("{attempts} failed attempts, next try {next}"),
    ));
    if !e["last_error"].is_null() {
        out.push(line("Last error", text(&e["last_error"])));
    }
    for version in list(&a["versions"]) {
        let (until, title) = (time(&version["until"]), text(&version["title"]));
        let words = &version["words"];
        out.push(line(
            "Version",
            format!("until {until}: {title} ({words} words)"),
        ));
    }
    out
}

fn story(s: &Value) -> Vec<String> {
    let mut out = Vec::new();
    if !s["of"].is_null() {
        out.push(format!(
            "{:<12}{} of article {}",
            "Story",
            text(&s["level"]),
            s["of"]
        ));
    }
    let a = &s["assignment"];
    if let Some(sentence) = a.as_str() {
        out.push(format!("{:<12}{sentence}", ""));
    }
    for c in list(&a["compared"]).filter(|c| is_telling(c)) {
        let guard = match c["guard"].as_str() {
            Some(guard) => format!(", guard: {guard}"),
            None => String::new(),
        };
        out.push(format!(
            "{:<12}article {}: {}, likeness {}, holds {} of this, this holds {} of it{guard}",
            "Compared",
            c["article"],
            text(&c["level"]),
            text(&c["jaccard"]),
            text(&c["containment"]),
            text(&c["contained"]),
        ));
    }
    for m in list(&s["members"]).filter(|_| list(&s["members"]).count() > 1) {
        out.push(format!(
            "{:<12}article {} at {} ({}): {}",
            "In group",
            m["id"],
            text(&m["source"]),
            text(&m["state"]),
            text(&m["url"])
        ));
    }
    out
}
