//! `depeche explain`: why an article is, or is not, in a feed; works beside a running daemon.

use std::process::ExitCode;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::Outcome;
use crate::config::Config;
use crate::model::ArticleId;
use crate::store::{ArticleRow, Queries, Reader, StoreError, VerdictRow, open_reader};
use crate::text::url::strip_tracking;

/// Arguments of `explain`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Address of the article, any that it is known by; or its number
    #[arg(value_name = "URL|ID")]
    article: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the whole way of an article.
pub(super) fn explain(config: &Config, arguments: &Arguments) -> Outcome {
    let reader = reader(config)?;
    let queries = reader.queries();
    let Some(id) = find(config, &queries, &arguments.article)? else {
        bail!(
            "no source has shown {}: nothing is known of it",
            arguments.article
        );
    };
    let Some(row) = queries.article(id)? else {
        bail!("there is no article {id}");
    };
    let story = whole(config, &queries, &row)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&story)?);
    } else {
        print!("{}", words(&story));
    }
    Ok(ExitCode::SUCCESS)
}

/// The store of the configuration, for reading.
pub(super) fn reader(config: &Config) -> anyhow::Result<Reader> {
    let folder = &config.daemon.state_dir;
    open_reader(folder).with_context(|| {
        format!(
            "there is no store in {} yet: run the daemon, or `depeche once`, first",
            folder.display()
        )
    })
}

fn find(config: &Config, queries: &Queries<'_>, wanted: &str) -> anyhow::Result<Option<ArticleId>> {
    if let Ok(id) = wanted.parse() {
        return Ok(queries.article(ArticleId(id))?.map(|row| row.id));
    }
    let url = Url::parse(wanted)
        .with_context(|| format!("`{wanted}` is neither an address nor a number"))?;
    let families = &config.sites.families;
    for identity in [
        families.identity(&url),
        families.identity(&strip_tracking(&url)),
    ] {
        if let Some(id) = queries.by_identity(&identity.key)? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Everything that is known of an article, as JSON.
fn whole(config: &Config, queries: &Queries<'_>, row: &ArticleRow) -> Result<Value, StoreError> {
    let seen: Vec<Value> = queries
        .seen_at(row.id)?
        .iter()
        .map(|s| json!({"source": s.source, "candidate": s.candidate, "first_seen": s.first_seen}))
        .collect();
    let versions: Vec<Value> = queries
        .versions(row.id)?
        .iter()
        .map(|v| json!({"until": v.changed, "title": v.title, "words": v.words}))
        .collect();
    let members: Vec<Value> = queries
        .members(row.head)?
        .iter()
        .map(|m| {
            json!({"id": m.id, "source": m.source, "url": m.url, "title": m.title,
                "state": m.state, "published": m.published, "level": m.level})
        })
        .collect();
    let entries: Vec<Value> = queries
        .published_as(row.head)?
        .iter()
        .map(|e| {
            json!({"topic": e.topic, "shows": e.article, "atom_id": e.atom_id,
                "published": e.published, "updated": e.updated})
        })
        .collect();
    let verdicts: Vec<Value> = queries
        .verdicts(row.id)?
        .iter()
        .map(|v| verdict(config, v))
        .collect();
    Ok(json!({
        "id": row.id, "title": row.title, "url": row.url, "source": row.source,
        "state": row.state, "reason": reason(row, queries.rejected_by(row.id)?),
        "identity": row.identity, "aliases": queries.aliases(row.id)?, "seen": seen,
        "published": row.published, "first_seen": row.first_seen, "updated": row.updated,
        "language": row.language, "agency": row.agency, "place": row.place,
        "extraction": {
            "how": row.how, "agreement": row.agreement, "words": row.words,
            "attempts": row.attempts, "last_error": row.last_error, "next_try": row.next_try,
        },
        "versions": versions,
        "story": {
            "level": row.dup_level, "of": row.dup_of, "score": row.dup_score,
            "head": row.head, "assignment": assignment(row), "members": members,
        },
        "verdicts": verdicts,
        "entries": entries,
    }))
}

/// What a state means for this article, in a sentence.
fn reason(row: &ArticleRow, rejected_by: Option<i64>) -> String {
    let error = row.last_error.as_deref().unwrap_or("no reason is stored");
    match row.state.as_str() {
        "old" => format!("a gate kept it out before its page was fetched: {error}"),
        "rejected" if rejected_by.is_some() => {
            format!("explicit rules rejected it before its page was fetched: {error}")
        }
        "rejected" => "it is stored, and no topic wants it".to_owned(),
        "seen" => "it waits for its page".to_owned(),
        "duplicate" => "another article of its group stands for it".to_owned(),
        _ => "it stands in a feed".to_owned(),
    }
}

/// The comparison as it was made; a sentence where there was none.
fn assignment(row: &ArticleRow) -> Value {
    let Some(why) = &row.dup_why else {
        return Value::Null;
    };
    serde_json::from_str(why).unwrap_or_else(|_| json!(why))
}

fn verdict(config: &Config, row: &VerdictRow) -> Value {
    let mut value: Value = serde_json::from_str(&row.why).unwrap_or_else(|_| json!({}));
    value["topic"] = json!(row.topic);
    value["matched"] = json!(row.matched);
    value["score"] = json!(row.score);
    let current = config
        .topic(&row.topic)
        .is_some_and(|t| t.rules_hash() as i64 == row.rules);
    value["current"] = json!(current);
    value
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
    let mut out = Vec::new();
    let mut line = |name: &str, text: String| out.push(format!("{name:<12}{text}"));
    line(
        "Article",
        format!("{} {}", text(&a["id"]), text(&a["title"])),
    );
    line("Address", text(&a["url"]));
    line(
        "State",
        format!("{}: {}", text(&a["state"]), text(&a["reason"])),
    );
    line("Identity", text(&a["identity"]));
    for alias in list(&a["aliases"]) {
        line("  also", text(alias));
    }
    for seen in list(&a["seen"]) {
        let at = time(&seen["first_seen"]);
        line(
            "Seen",
            format!(
                "{at} at {} as {}",
                text(&seen["source"]),
                text(&seen["candidate"])
            ),
        );
    }
    line(
        "Published",
        format!("{}, updated {}", time(&a["published"]), time(&a["updated"])),
    );
    let e = &a["extraction"];
    if !text(&e["how"]).is_empty() {
        let agreement = text(&e["agreement"]);
        line(
            "Body by",
            format!(
                "{}, {} words, agreement {agreement}",
                text(&e["how"]),
                e["words"]
            ),
        );
    }
    line(
        "Page",
        format!(
            "{} failed attempts, next try {}",
            e["attempts"],
            time(&e["next_try"])
        ),
    );
    if !e["last_error"].is_null() {
        line("Last error", text(&e["last_error"]));
    }
    for version in list(&a["versions"]) {
        let (until, title) = (time(&version["until"]), text(&version["title"]));
        line(
            "Version",
            format!("until {until}: {title} ({} words)", version["words"]),
        );
    }
    out.extend(story(&a["story"]));
    for verdict in list(&a["verdicts"]) {
        out.extend(super::topics::verdict_lines(verdict));
    }
    for entry in list(&a["entries"]) {
        let (topic, id) = (text(&entry["topic"]), text(&entry["atom_id"]));
        out.push(format!(
            "{:<12}in {topic}, showing article {}, as {id}",
            "Entry", entry["shows"]
        ));
    }
    out.join("\n") + "\n"
}

/// Whether a comparison says more than that two texts have nothing in common.
fn is_telling(comparison: &Value) -> bool {
    const LITTLE: f64 = 0.05;
    let measures = ["jaccard", "containment", "contained"];
    !comparison["guard"].is_null()
        || measures
            .iter()
            .any(|m| comparison[*m].as_f64().unwrap_or_default() >= LITTLE)
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
